"""Lines that a ledger lacks, renewed from the store: after it was lost, or at a restore.

A store knows what its own disposals took, and what restores repeated in it
(:func:`queries.store.backup.record_origins.known_gone`). It does not know the erasures of a newer
store of which it is an older copy: those are lost with the ledger.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from queries.errors import StoreRefusal
from queries.store.backup.ledger import Contents, Ledger
from queries.store.backup.record_origins import Gone

_TOGETHER = 5_000


def add_lacking(ledger: Ledger, contents: Contents, known: Mapping[str, Mapping[int, Gone]]) -> int:
    """Add the records known to be gone that a ledger, which is locked, lacks; return their
    number.

    :param contents: of the ledger as it is.
    """
    added = 0
    for (table, on), records in _by_day(ledger, contents, known).items():
        keys = sorted(records)
        for at in range(0, len(keys), _TOGETHER):
            some = keys[at : at + _TOGETHER]
            batch = f"known-{secrets.token_hex(8)}"
            origins = {key: origin for key in some if (origin := records[key].origin) is not None}
            asked = [key for key in some if records[key].asked]
            ledger.intend(
                batch, on, {table: some}, {}, origins={table: origins}, asked={table: asked}
            )
            ledger.confirm(batch)
        added += len(keys)
    return added


def set_unusable_aside(ledger: Ledger, instant: str) -> Path | None:
    """Give a ledger that cannot be read another name, so that a new one begins; return that name,
    or None where the ledger can be read or is not there.

    Its key stays where it is one: what a copy of the ledger said under it can still be read.
    """
    try:
        ledger.read()
    except StoreRefusal as refusal:
        if refusal.code not in {"ledger_damaged", "ledger_key"}:
            raise
        return ledger.set_aside(instant)
    return None


def _by_day(
    ledger: Ledger, contents: Contents, known: Mapping[str, Mapping[int, Gone]]
) -> dict[tuple[str, date], dict[int, Gone]]:
    found: dict[tuple[str, date], dict[int, Gone]] = {}
    for table, records in known.items():
        names = contents.named.get(table, {})
        for key, gone in records.items():
            if ledger.pseudonym(table, key) not in names:
                found.setdefault((table, gone.on), {})[key] = gone
    return found
