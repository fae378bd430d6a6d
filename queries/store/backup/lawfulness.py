"""Erasures that a restore may repeat in a copy, and those that it leaves out and names.

**The danger.** A record is erased because a ledger says so, and it is somebody else's, or one that
the law still keeps. The other way round, somebody who was rightly erased is back because the copy,
which is older, does not know yet why their time was up.

**The principle.** Each erasure is checked anew in the copy, as of its own day, with the checks of
every disposal (:mod:`queries.store.retention.eligibility`). What passes is erased. What does not
pass is one of these:

- A record with another origin (:mod:`queries.store.backup.record_origins`) is another record, and
  stays.
- One of the same origin was checked in the transaction that erased it, when holds, requests, years
  and the company's own periods were newer than the copy's. They may have ended since the copy was
  made, and the erasure is repeated. What a statute keeps cannot have ended, so that stays.
- One that was due by a request for erasure (GDPR Art. 17) is erased likewise: only a statute kept
  it.
- Nothing is known of any other; it stays, because a record that is kept can still be erased.

A party stays while any of its files was kept here. Whatever stays is named, and no disposal
continues until a person has looked at it.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from queries.rules.periods import OWN_CODES
from queries.store.retention.eligibility import Stays, recheck
from queries.store.retention.erasing import PARTY
from queries.store.retention.series import SERIES
from queries.store.sql_keys import among
from queries.store.tables import Invoice, InvoiceStatus, ItemKind

#: Why a record stays that has another origin than the one that was erased.
ANOTHER = "another_record"
_TOGETHER = 5_000


class ErasureProof(enum.Enum):
    """Evidence that the copy's record is the one that was erased."""

    SAME = enum.auto()
    ANOTHER = enum.auto()
    NONE = enum.auto()


@dataclass(frozen=True)
class Erasure:
    """An erasure that the ledger or the replaced store reports to a restore.

    :param on: its day.
    :param asked: whether the person had asked for it.
    """

    on: date
    proof: ErasureProof
    asked: bool = False

    @property
    def is_due(self) -> bool:
        """Return whether only a statute can keep the record."""
        return self.proof == ErasureProof.SAME or self.asked


@dataclass
class Judged:
    """:param kept: by table and key, why a record stays."""

    kept: dict[str, dict[int, str]] = field(default_factory=dict)

    def of(
        self, session: Session, table: str, told: Mapping[int, Erasure], *, today: date
    ) -> list[int]:
        """Return the records of a table whose erasure is repeated; note those that are kept.

        :param told: the erasures, by the keys that the copy has.
        :param today: no erasure is judged as of a day to come.
        """
        kept = {key: ANOTHER for key, one in told.items() if one.proof == ErasureProof.ANOTHER}
        go: list[int] = []
        for kind, on, keys in _batches(session, table, told, today):
            code = next((series.code for series in SERIES if series.kind == kind), "")
            verdict = recheck(session, kind, dict.fromkeys(keys, code), on)
            for key in keys:
                reason = verdict.stay.get(key)
                if reason is None or (told[key].is_due and not _is_statutory(reason, on)):
                    go.append(key)
                else:
                    kept[key] = reason
        if table == PARTY.table:
            for key in self._owners(session, go):
                kept[key] = Stays.HAS_RECORDS
            go = [key for key in go if key not in kept]
        if kept:
            self.kept[table] = kept
        return go

    def _owners(self, session: Session, parties: list[int]) -> set[int]:
        """The parties of which a file was kept."""
        found: set[int] = set()
        for series in SERIES:
            kept = self.kept.get(series.table)
            if not kept:
                continue
            queries = []
            if series.party is not None:
                queries.append(select(series.party).where(among(series.model.id, kept)))
            if series.people is not None:
                record, party = series.people
                queries.append(select(party).where(among(record, kept)))
            for query in queries:
                found.update(session.scalars(query))
        return found.intersection(parties)


def named(
    session: Session, kept: Mapping[str, Mapping[int, str]]
) -> tuple[tuple[str, str, str], ...]:
    """Return what was kept by the name a person knows: kind, number or key, and the reason's
    code."""
    found: list[tuple[str, str, str]] = []
    for table, reasons in kept.items():
        series = next((one for one in SERIES if one.table == table), None)
        numbers: dict[int, str] = {}
        if series is not None and series.number is not None:
            rows = session.execute(
                select(series.model.id, series.number).where(among(series.model.id, reasons))
            )
            numbers = {key: number for key, number in rows if number is not None}
        kind = ItemKind.PARTY if series is None else series.kind
        found.extend(
            (str(kind), numbers.get(key, str(key)), str(reason).partition(":")[0])
            for key, reason in sorted(reasons.items())
        )
    return tuple(found)


def _batches(
    session: Session, table: str, told: Mapping[int, Erasure], today: date
) -> Iterator[tuple[ItemKind, date, list[int]]]:
    """Group records that are checked together: those of one kind whose erasures were of one day."""
    by_day: dict[date, list[int]] = {}
    for key, one in told.items():
        if one.proof != ErasureProof.ANOTHER:
            by_day.setdefault(min(one.on, today), []).append(key)
    for on, keys in sorted(by_day.items()):
        for at in range(0, len(keys), _TOGETHER):
            for kind, some in _kinds(session, table, keys[at : at + _TOGETHER]):
                yield kind, on, some


def _kinds(session: Session, table: str, keys: list[int]) -> Iterable[tuple[ItemKind, list[int]]]:
    """The records by kind; drafts and invoices are in one table."""
    if table == PARTY.table:
        return [(ItemKind.PARTY, keys)]
    if table != Invoice.__tablename__:
        return [(next(one.kind for one in SERIES if one.table == table), keys)]
    query = select(Invoice.id).where(among(Invoice.id, keys), Invoice.status == InvoiceStatus.DRAFT)
    drafts = set(session.scalars(query))
    split = (
        (ItemKind.DRAFT, [key for key in keys if key in drafts]),
        (ItemKind.INVOICE, [key for key in keys if key not in drafts]),
    )
    return [(kind, some) for kind, some in split if some]


def _is_statutory(reason: str, on: date) -> bool:
    """Return whether a statute keeps a record on a day: its own period, or that of a record
    left."""
    code, class_code, until = [*reason.split(":"), "", ""][:3]
    if code not in {Stays.STILL_RETAINED, Stays.HAS_RECORDS, Stays.PAPER_NAMES} or not class_code:
        return False
    return class_code not in OWN_CODES and (not until or date.fromisoformat(until) >= on)
