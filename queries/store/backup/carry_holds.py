"""Holds, restrictions and open requests made since a backup, carried over into the copy.

**The danger.** A backup of a day before knows no hold, restriction or request that came since. The
next disposal would destroy what they keep, and the ledger would see to it that it stays
destroyed.

**The principle.** As long as the replaced store can be read, its holds and restrictions in force
and its open requests come along, with the file of a request as it was, and a proposal that was
withdrawn is withdrawn in the copy too. What can not come along is named, without personal data: a
hold or restriction on what the copy does not have, other financial years or periods, or all of it,
where the replaced store is lost. While anything is named, no disposal continues until a person has
looked (:func:`unless_unchecked`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, inspect, select, update
from sqlalchemy.orm import Session

from queries.errors import RuleRefusal
from queries.rules.statutes import OWN_CLASSES
from queries.store.retention.series import PERIOD
from queries.store.sessions import UnitOfWork
from queries.store.tables import (
    Base,
    DataSubjectRequest,
    DisposalRun,
    FinancialYear,
    HoldScope,
    IdentityCheck,
    Invoice,
    LegalHold,
    Party,
    RequestLetter,
    RequestStatus,
    Restriction,
    RunStatus,
    ServiceOrder,
    Setting,
)

#: The setting that says what a person has to look at before the next disposal.
TO_CHECK = "restore.to_check"

Row = Mapping[str, Any]

_REQUEST, _CHECK, _LETTER, _HOLD, _RESTRICTION, _RUN, _YEAR, _SETTING = (
    Base.metadata.tables[model.__tablename__]
    for model in (
        DataSubjectRequest,
        IdentityCheck,
        RequestLetter,
        LegalHold,
        Restriction,
        DisposalRun,
        FinancialYear,
        Setting,
    )
)
_TARGETS = {
    HoldScope.PARTY: Party.id,
    HoldScope.ORDER: ServiceOrder.id,
    HoldScope.INVOICE: Invoice.id,
}
_NUMBERED = {
    HoldScope.ORDER: Base.metadata.tables[ServiceOrder.__tablename__],
    HoldScope.INVOICE: Base.metadata.tables[Invoice.__tablename__],
}
#: The tables whose rows belong to the file of a request.
_FILES = tuple(
    table
    for table in Base.metadata.sorted_tables
    if "request_id" in table.c and not table.c.request_id.nullable
)


@dataclass(frozen=True)
class Safeguards:
    """Everything in a store that blocks disposals.

    :param rows: by table: the holds and restrictions in force, the open requests and their files.
    :param numbers: of the orders and invoices under a hold, by scope and key.
    :param withdrawn: the disposals that were withdrawn.
    :param years: first and last days of the financial years.
    :param periods: how many months the company keeps each class whose period it sets itself.
    :param unchecked: what waits for a person since an earlier restore, as it was noted.
    """

    rows: Mapping[str, tuple[Row, ...]]
    numbers: Mapping[tuple[str, int], str]
    withdrawn: frozenset[int]
    years: frozenset[tuple[str, str]]
    periods: Mapping[str, int]
    unchecked: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class NamedRecord:
    """Safeguards by what a person knows them by, nothing personal.

    :param holds: key, scope and what it covers: a number, a party's key or a retention class.
    :param requests: numbers.
    :param restrictions: the keys of the parties.
    """

    holds: tuple[tuple[int, str, str], ...] = ()
    requests: tuple[str, ...] = ()
    restrictions: tuple[int, ...] = ()


@dataclass(frozen=True)
class CarriedOver:
    """The holds, restrictions and requests that a copy received, and those it did not.

    :param carried: what the copy lacked and has now.
    :param lacking: what the copy still lacks: it does not have the records concerned.
    :param unread: nobody knows what was in force: no store was replaced, or it could not be read.
    :param years: financial years of the copy that were changed or removed since.
    :param periods: the classes of which the company's own period was longer.
    :param withdrawn: disposals that were withdrawn in the copy.
    :param unrepeated: erasures that were not repeated, by what a person knows them by: kind of
        record, number or key, and why (:mod:`queries.store.backup.lawfulness`).
    :param ledger_lost: whether nobody knows all that was erased since.
    """

    carried: NamedRecord = field(default_factory=NamedRecord)
    lacking: NamedRecord = field(default_factory=NamedRecord)
    unread: bool = False
    years: tuple[tuple[str, str], ...] = ()
    periods: tuple[str, ...] = ()
    withdrawn: tuple[int, ...] = ()
    unrepeated: tuple[tuple[str, str, str], ...] = ()
    ledger_lost: bool = False

    @property
    def is_to_check(self) -> bool:
        """Return whether a person has to look before the next disposal."""
        told = self.years or self.periods or self.unrepeated
        return self.unread or self.ledger_lost or bool(told) or self.lacking != NamedRecord()


def safeguards_of(connection: Connection) -> Safeguards:
    """The safeguards of a store, of an older version too, as far as it has them."""
    there = set(inspect(connection).get_table_names())
    rows: dict[str, tuple[Row, ...]] = {}
    for table, standing in (
        (_HOLD, _HOLD.c.released_at.is_(None)),
        (_RESTRICTION, _RESTRICTION.c.lifted_on.is_(None)),
        (_REQUEST, _REQUEST.c.status == RequestStatus.OPEN),
    ):
        rows[table.name] = _rows(connection, table, standing) if table.name in there else ()
    asked = [row["id"] for row in rows[_REQUEST.name]]
    for table in _FILES:
        if asked and table.name in there:
            rows[table.name] = _rows(connection, table, table.c.request_id.in_(asked))
    withdrawn: Iterable[int] = ()
    if _RUN.name in there:
        withdrawn = connection.scalars(
            select(_RUN.c.id).where(_RUN.c.status == RunStatus.WITHDRAWN)
        )
    return Safeguards(
        rows,
        _numbers(connection, rows[_HOLD.name]),
        frozenset(withdrawn),
        _years(connection, there),
        _periods(connection),
        _unchecked(connection),
    )


def carry_safeguards(
    uow: UnitOfWork,
    replaced: Safeguards | None,
    *,
    is_newest: bool = True,
    unrepeated: tuple[tuple[str, str, str], ...] = (),
    ledger_lost: bool = False,
) -> CarriedOver:
    """Carry holds, restrictions and requests of the replaced store into the copy, and note what
    a person has to check.

    :param replaced: None where there was no store, or it could not be read.
    :param is_newest: whether it knew all that was in force; an older copy of it does not.
    :param unrepeated: as in :class:`CarriedOver`, and ``ledger_lost`` likewise.
    """
    done = replace(
        CarriedOver() if replaced is None else _carry(uow, replaced),
        unread=replaced is None or not is_newest,
        unrepeated=unrepeated,
        ledger_lost=ledger_lost,
    )
    kept = uow.session.get(Setting, TO_CHECK)
    notes = [] if kept is None else json.loads(kept.value)
    earlier = () if replaced is None else replaced.unchecked
    notes += [note for note in earlier if note not in notes]
    if done.is_to_check:
        notes.append({"on": uow.today.isoformat(), **asdict(done)})
    if notes:
        if kept is None:
            kept = Setting(name=TO_CHECK)
            uow.session.add(kept)
        kept.value = json.dumps(notes, sort_keys=True)
        kept.changed_at, kept.changed_by = uow.now, uow.actor.username
        uow.session.flush()
    return done


def unless_unchecked(session: Session) -> None:
    """Refuse while something waits for a person since the store was restored. One statement.

    :raises RuleRefusal: ``restore_unchecked``.
    """
    if session.scalar(select(Setting.name).where(Setting.name == TO_CHECK)) is not None:
        raise RuleRefusal("restore_unchecked", "GDPR Art. 5(2), 32")


def _carry(uow: UnitOfWork, replaced: Safeguards) -> CarriedOver:
    session = uow.session
    parties = _there(
        session,
        Party.id,
        (
            row["party_id"]
            for table in (_HOLD, _RESTRICTION, _REQUEST)
            for row in replaced.rows[table.name]
        ),
    )
    requests, lost_requests = _carry_requests(session, replaced, parties)
    restrictions, lost_restrictions = _carry_restrictions(session, replaced, parties)
    holds, lost_holds = _carry_holds(session, replaced)
    return CarriedOver(
        NamedRecord(holds, requests, restrictions),
        NamedRecord(lost_holds, lost_requests, lost_restrictions),
        years=tuple(sorted(_years(session.connection(), {_YEAR.name}) - replaced.years)),
        periods=tuple(
            code
            for code, months in sorted(_periods(session.connection()).items())
            if months < replaced.periods[code]
        ),
        withdrawn=_withdraw(uow, replaced.withdrawn),
    )


def _carry_requests(
    session: Session, replaced: Safeguards, parties: set[int]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Open requests with their files, and whose and of what those are that the copy knows; one of
    whose party the copy knows nothing is named."""
    asked = {row["id"]: row for row in replaced.rows[_REQUEST.name]}
    stands = _stand_as(session, asked)
    missing = asked.keys() - stands.keys()
    for key in sorted(missing):
        # What it is linked to may come after it.
        _put(session, _REQUEST, [{**asked[key], "party_id": None, "linked_to": None}])
    for table in _FILES:
        _put(
            session,
            table,
            [row for row in replaced.rows.get(table.name, ()) if row["request_id"] in missing],
        )
    links = _there(session, DataSubjectRequest.id, (row["linked_to"] for row in asked.values()))
    told = set(missing)
    for key, row in asked.items():
        party = row["party_id"] if row["party_id"] in parties else None
        link = row["linked_to"] if row["linked_to"] in links else None
        was = stands.get(key, (None, None))
        now = party or was[0], link or was[1]
        if now != was:
            told.add(key)
            session.execute(
                update(_REQUEST)
                .where(_REQUEST.c.id == key)
                .values(party_id=now[0], linked_to=now[1], registered=row["registered"])
            )
        if key in stands and now[0] != was[0]:
            _forget_another(session, key, replaced)
    lost = [
        row["number"]
        for row in asked.values()
        if row["party_id"] is not None and row["party_id"] not in parties
    ]
    return tuple(sorted(asked[key]["number"] for key in told)), tuple(sorted(lost))


def _forget_another(session: Session, key: int, replaced: Safeguards) -> None:
    """Remove identity checks and letters of a request that belonged to another person."""
    session.execute(delete(_CHECK).where(_CHECK.c.request_id == key))
    session.execute(delete(_LETTER).where(_LETTER.c.request_id == key, _LETTER.c.sent_on.is_(None)))
    _put(
        session,
        _CHECK,
        [row for row in replaced.rows.get(_CHECK.name, ()) if row["request_id"] == key],
    )


def _stand_as(session: Session, keys: Iterable[int]) -> dict[int, tuple[int | None, int | None]]:
    """Return whose the requests in the copy are, and what they are linked to."""
    known = _there(session, DataSubjectRequest.id, keys)
    found = session.execute(
        select(_REQUEST.c.id, _REQUEST.c.party_id, _REQUEST.c.linked_to).where(
            _REQUEST.c.id.in_(known)
        )
    )
    return {row.id: (row.party_id, row.linked_to) for row in found}


def _carry_restrictions(
    session: Session, replaced: Safeguards, parties: set[int]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    standing = replaced.rows[_RESTRICTION.name]
    known = _there(session, Restriction.id, (row["id"] for row in standing))
    requests = _there(session, DataSubjectRequest.id, (row["request_id"] for row in standing))
    missing = [row for row in standing if row["id"] not in known]
    coming = [row for row in missing if row["party_id"] in parties]
    _put(
        session,
        _RESTRICTION,
        [
            {**row, "request_id": row["request_id"] if row["request_id"] in requests else None}
            for row in coming
        ],
    )
    lost = {row["party_id"] for row in missing} - {row["party_id"] for row in coming}
    return tuple(sorted({row["party_id"] for row in coming})), tuple(sorted(lost))


def _carry_holds(
    session: Session, replaced: Safeguards
) -> tuple[tuple[tuple[int, str, str], ...], tuple[tuple[int, str, str], ...]]:
    standing = replaced.rows[_HOLD.name]
    known = _there(session, LegalHold.id, (row["id"] for row in standing))
    missing = [row for row in standing if row["id"] not in known]
    targets = {
        scope: _there(session, key, (row["target_id"] for row in missing if row["scope"] == scope))
        for scope, key in _TARGETS.items()
    }
    coming = [
        row
        for row in missing
        if row["scope"] == HoldScope.CLASS or row["target_id"] in targets[HoldScope(row["scope"])]
    ]
    _put(session, _HOLD, coming)
    lost = [row for row in missing if row not in coming]

    def named(rows: Iterable[Row]) -> tuple[tuple[int, str, str], ...]:
        return tuple((row["id"], row["scope"], _covers(row, replaced.numbers)) for row in rows)

    return named(coming), named(lost)


def _covers(row: Row, numbers: Mapping[tuple[str, int], str]) -> str:
    if row["scope"] == HoldScope.CLASS:
        return str(row["class_code"])
    return numbers.get((row["scope"], row["target_id"]), str(row["target_id"]))


def _withdraw(uow: UnitOfWork, withdrawn: frozenset[int]) -> tuple[int, ...]:
    """An approval that was taken back since is not one in the copy either."""
    open_ones = uow.session.scalars(
        select(DisposalRun.id).where(
            DisposalRun.status.in_((RunStatus.PROPOSED, RunStatus.APPROVED))
        )
    ).all()
    taken_back = tuple(sorted(withdrawn.intersection(open_ones)))
    if taken_back:
        uow.session.execute(
            update(DisposalRun)
            .where(DisposalRun.id.in_(taken_back))
            .values(status=RunStatus.WITHDRAWN, finished_at=uow.now)
        )
    return taken_back


def _rows(connection: Connection, table: Table, which: Any) -> tuple[Row, ...]:
    """Rows in order of their keys, with the columns that the store has."""
    stand = {column["name"] for column in inspect(connection).get_columns(table.name)}
    columns = [column for column in table.c if column.name in stand]
    found = connection.execute(select(*columns).where(which).order_by(*table.primary_key))
    return tuple(dict(row) for row in found.mappings())


def _put(session: Session, table: Table, rows: list[Row]) -> None:
    for row in rows:
        session.execute(insert(table).values(row))


def _there(session: Session, key: Any, keys: Iterable[int | None]) -> set[int]:
    """Return those of the keys that the copy has."""
    wanted = sorted({one for one in keys if one is not None})
    found: set[int] = set()
    for at in range(0, len(wanted), 500):
        found.update(session.scalars(select(key).where(key.in_(wanted[at : at + 500]))))
    return found


def _numbers(connection: Connection, holds: Iterable[Row]) -> dict[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    for scope, table in _NUMBERED.items():
        keys = [row["target_id"] for row in holds if row["scope"] == scope]
        if keys:
            for key, number in connection.execute(
                select(table.c.id, table.c.number).where(table.c.id.in_(keys))
            ):
                if number is not None:
                    found[scope, key] = number
    return found


def _years(connection: Connection, there: set[str]) -> frozenset[tuple[str, str]]:
    if _YEAR.name not in there:
        return frozenset()
    found = connection.execute(select(_YEAR.c.starts_on, _YEAR.c.ends_on))
    return frozenset((row.starts_on.isoformat(), row.ends_on.isoformat()) for row in found)


def _unchecked(connection: Connection) -> tuple[Mapping[str, Any], ...]:
    value = connection.scalar(select(_SETTING.c.value).where(_SETTING.c.name == TO_CHECK))
    return () if value is None else tuple(json.loads(value))


def _periods(connection: Connection) -> dict[str, int]:
    found = connection.execute(
        select(_SETTING.c.name, _SETTING.c.value).where(_SETTING.c.name.startswith(PERIOD))
    )
    kept: dict[str, str] = {row.name: row.value for row in found}
    return {
        rule.code: int(json.loads(kept.get(f"{PERIOD}{rule.code}", str(rule.suggested_months))))
        for rule in OWN_CLASSES
    }
