"""The record of an import: what was said of its rows, what it added and what it replaced.

The danger: an import that nobody can look at again or take back, and an undo that restores what it
guesses. The principle: what the session writes while a plan is carried out is noted as it is
written, whatever the format, so that the record cannot differ from the deed. The transaction
boundary is the import's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import event, insert, inspect, select
from sqlalchemy.orm import Session, UOWTransaction

from queries.intake.customers.matching import chunks
from queries.intake.plan import ImportSettings, Plan, PlanRow, Reason, to_be_told
from queries.rules.identifiers import find_personal_identity_codes
from queries.store.plain_values import as_json
from queries.store.tables import (
    ImportBefore,
    ImportChange,
    ImportMention,
    ImportRow,
    Party,
    Suppression,
)

#: The tables whose rows an import adds.
_ADDED_TO = {
    "party",
    "address",
    "email",
    "phone",
    "billing_detail",
    "note",
    "contact_person",
    "subscription",
    "invoice",
    "invoice_line",
    "payment",
}
#: The tables in which it may replace values.
_REPLACED_IN = {"party", "address", "email", "phone", "billing_detail", "note"}
#: Why a row is kept without its address: the list of refusals holds none in clear either, and who
#: did not agree to letters is on no list of the register.
_WITHOUT_ADDRESS = {"suppressed", "suppressed_already", "consent_not_shown"}
#: Forms whose rows are an address each; a repeated one may be of somebody who refused.
_LISTS = {"unsubscribed", "cleaned", "members"}
#: Facts of a reason that are names of parties.
_NAMES = ("name", "first", "second")
_TOGETHER = 500
_LONGEST_FILE_NAME = 255


@dataclass
class _Before:
    party_id: int
    version: int
    stood: dict[str, Any] = field(default_factory=dict)


@dataclass
class Recording:
    """Writes made while a plan was carried out: runs of keys, and the values before."""

    _added: dict[str, list[list[int]]] = field(default_factory=lambda: defaultdict(list))
    _before: dict[tuple[str, int], _Before] = field(default_factory=dict)

    _refusals: int = 0

    @property
    def replaced(self) -> int:
        return len(self._before)

    def flushed(self, session: Session, _context: UOWTransaction) -> None:
        keys: dict[str, list[int]] = defaultdict(list)
        for thing in session.new:
            self._refusals += isinstance(thing, Suppression)
            if thing.__tablename__ in _ADDED_TO:
                keys[thing.__tablename__].append(thing.id)
        for table, own in keys.items():
            for key in sorted(own):
                self._add(table, key)
        for thing in session.dirty:
            if thing.__tablename__ in _REPLACED_IN and session.is_modified(thing):
                self._replace(thing)

    def _add(self, table: str, key: int) -> None:
        runs = self._added[table]
        if runs and runs[-1][1] == key - 1:
            runs[-1][1] = key
        else:
            runs.append([key, key])

    def _replace(self, thing: Any) -> None:
        table, key = thing.__tablename__, thing.id
        is_new = any(first <= key <= last for first, last in self._added[table])
        party_id = key if isinstance(thing, Party) else thing.party_id
        known = self._before.setdefault((table, key), _Before(party_id, thing.version))
        known.version = thing.version
        if is_new:  # nothing was there, but the version is not the first
            return
        known.stood.setdefault("version", thing.version - 1)  # a flush raises it by one
        for name in set(thing.__table__.c.keys()) - {"version"}:
            history = inspect(thing).attrs[name].history
            if history.deleted:
                known.stood.setdefault(name, history.deleted[0])

    def save(self, session: Session, batch_id: int, on: date) -> None:
        """Write what was added and replaced under the import."""
        added = [
            {"batch_id": batch_id, "table_name": table, "first_id": first, "last_id": last}
            for table, runs in self._added.items()
            for first, last in runs
        ]
        if self._refusals:  # marks have no keys: how many there are
            added.append(
                {
                    "batch_id": batch_id,
                    "table_name": "suppression",
                    "first_id": 1,
                    "last_id": self._refusals,
                }
            )
        before = [
            {
                "batch_id": batch_id,
                "noted_on": on,
                "party_id": one.party_id,
                "table_name": table,
                "record_id": key,
                "version_after": one.version,
                "stood": as_json(one.stood),
            }
            for (table, key), one in self._before.items()
        ]
        for model, rows in ((ImportChange, added), (ImportBefore, before)):
            for some in chunks(rows, _TOGETHER):
                session.execute(insert(model), some)


@contextmanager
def recording(session: Session) -> Iterator[Recording]:
    """Record what the session writes until the block ends."""
    found = Recording()
    event.listen(session, "after_flush", found.flushed)
    try:
        yield found
        session.flush()
    finally:
        event.remove(session, "after_flush", found.flushed)


def file_name(name: str) -> str | None:
    """A file's name as it is kept: none that has a personal identity code in it."""
    if not name or find_personal_identity_codes(name):
        return None
    shown = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in name)
    return shown[:_LONGEST_FILE_NAME]


def settings_json(settings: ImportSettings) -> str | None:
    """Return what was chosen otherwise than the program would have, as JSON."""
    usual = asdict(ImportSettings())
    chosen = {name: value for name, value in asdict(settings).items() if value != usual[name]}
    return as_json(chosen) if chosen else None


def save_rows(
    session: Session, batch_id: int, plan: Plan, parties: Mapping[int, int], on: date
) -> None:
    """Write what was said of the file and of its rows.

    :param parties: the party of each row, by its number.
    """
    if plan.notes:
        whole = ImportRow(
            batch_id=batch_id, noted_on=on, said=as_json({"notes": _told(plan.notes)})
        )
        session.add(whole)
    told = [_nameless(one, plan.form) for one in map(to_be_told, plan.rows) if one is not None]
    for some in chunks(told, _TOGETHER):
        rows = [(one, _row(one, batch_id, parties, on)) for one in some]
        session.add_all(row for _one, row in rows)
        session.flush()
        _save_mentions(session, rows)
        session.expunge_all()


def _nameless(one: PlanRow, form: str) -> PlanRow:
    """The row, without its address where that belongs to somebody who gets no letters."""
    hidden = _WITHOUT_ADDRESS | ({"repeated_in_file"} if form in _LISTS else set())
    is_hidden = any(reason.code in hidden for reason in one.reasons)
    return replace(one, name="", party_name=None) if is_hidden else one


def _row(one: PlanRow, batch_id: int, parties: Mapping[int, int], on: date) -> ImportRow:
    said = {
        "reasons": _told(one.reasons),
        "notes": _told(one.notes),
        "kept": [[kept.field, kept.current, kept.given] for kept in one.differences],
        "asked": [[known.id, known.shown] for known in one.suggested],
    }
    number = None if one.invoice is None else dict(one.invoice.values)["number"]
    return ImportRow(
        batch_id=batch_id,
        noted_on=on,
        number=one.number,
        outcome=one.outcome,
        name=(one.party_name or one.name)[:200],
        invoice_number=number,
        said=as_json({name: value for name, value in said.items() if value}),
        party_id=one.party_id or parties.get(one.number),
    )


def _told(reasons: Sequence[Reason]) -> list[list[Any]]:
    return [[one.code, dict(one.facts)] for one in reasons]


def _save_mentions(session: Session, rows: Sequence[tuple[PlanRow, ImportRow]]) -> None:
    """Save for each row which other parties it names, so that it is removed with any of them."""
    names: dict[str, set[int]] = defaultdict(set)
    found: set[tuple[int, int]] = set()
    for one, row in rows:
        found |= {(row.id, known.id) for known in one.suggested}
        for reason in (*one.reasons, *one.notes):
            for name in (reason.facts.get(key) for key in _NAMES):
                if isinstance(name, str):
                    names[name].add(row.id)
    if names:
        query = select(Party.id, Party.name).where(Party.name.in_(list(names)))
        found |= {(row, key) for key, name in session.execute(query) for row in names[name]}
    if found:
        session.execute(
            insert(ImportMention), [{"row_id": row, "party_id": key} for row, key in sorted(found)]
        )
