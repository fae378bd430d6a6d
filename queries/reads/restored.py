"""Review of a restored store: what a person has to look at before the next disposal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from queries.rules.roles import Permission
from queries.store.backup.carry_holds import TO_CHECK, CarriedOver, NamedRecord
from queries.store.sessions import needs
from queries.store.tables import Setting


@dataclass(frozen=True)
class ToCheck:
    """The findings that :func:`queries.store.backup.carry_holds.carry_safeguards` recorded.

    :param restores: the day of each restore, with what it found.
    """

    version: int
    restores: tuple[tuple[date, CarriedOver], ...]


@needs(Permission.SEE_RETENTION)
def restore_to_check(session: Session) -> ToCheck | None:
    """Return what waits for a person since the store was restored, or None. One statement."""
    kept = session.get(Setting, TO_CHECK)
    if kept is None:
        return None
    notes = json.loads(kept.value)
    return ToCheck(
        kept.version, tuple((date.fromisoformat(note["on"]), _found(note)) for note in notes)
    )


def _found(said: Mapping[str, Any]) -> CarriedOver:
    return CarriedOver(
        _named(said["carried"]),
        _named(said["lacking"]),
        said["unread"],
        tuple((start, end) for start, end in said["years"]),
        tuple(said["periods"]),
        tuple(said["withdrawn"]),
        # Noted by an earlier version without these.
        tuple((kind, covers, reason) for kind, covers, reason in said.get("unrepeated", ())),
        said.get("ledger_lost", False),
    )


def _named(said: Mapping[str, Any]) -> NamedRecord:
    return NamedRecord(
        tuple((key, scope, covers) for key, scope, covers in said["holds"]),
        tuple(said["requests"]),
        tuple(said["restrictions"]),
    )
