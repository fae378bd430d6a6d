"""Provenance of data (Tietolähteet), and the people to inform of data that came from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from queries.errors import NotFound
from queries.reads.paging import Page, Total, count_up_to, page_of
from queries.rules.deadlines import source_notice_due, source_notice_overdue
from queries.rules.roles import Permission
from queries.store.sessions import needs
from queries.store.tables import Address, BillingDetail, Email, Party, Phone, Source, SourceNotice

PAGE_SIZE = 25
#: People who are to be informed within this time are named beforehand.
SOON = timedelta(days=7)

#: The tables whose rows know their source, with the column that names the party.
_SOURCED: tuple[tuple[Any, InstrumentedAttribute[int]], ...] = (
    (Party, Party.id),
    (Address, Address.party_id),
    (Email, Email.party_id),
    (Phone, Phone.party_id),
    (BillingDetail, BillingDetail.party_id),
)


@dataclass(frozen=True)
class UnknownRow:
    """A party with data of which nobody knows where they came from; ``tables`` names them."""

    id: int
    name: str
    tables: tuple[str, ...]


@dataclass(frozen=True)
class ReminderRow:
    """A person to inform of data that came from elsewhere, by ``due`` at the latest.

    :param since: the day of the first datum of that source.
    """

    id: int
    party_id: int
    name: str
    language: str
    source: str
    since: date
    due: date
    days_left: int


@dataclass(frozen=True)
class ReminderFigures:
    """Counts of people to inform: all, those within a week, and those who are informed too late.

    :param first_due: the last day of the one who waits the longest.
    """

    waiting: Total
    soon: Total
    overdue: Total
    first_due: date | None


@dataclass(frozen=True)
class ToldRow:
    """Data of a party that came from elsewhere, and when and how the person was informed."""

    id: int
    source: str
    since: date
    due: date
    told_on: date | None
    told_by: str | None
    how: str | None


@dataclass(frozen=True)
class FromElsewhere:
    """Contents of a letter of Art. 14: the party, the source, and which data came on which day.

    :param data: table and day, each once.
    """

    party_id: int
    name: str
    language: str
    source: str
    due: date
    told_on: date | None
    how: str | None
    data: tuple[tuple[str, date], ...]


@needs(Permission.SEE_NOTICE)
def source_counts(session: Session) -> dict[str, int]:
    """Count the data from each source, in the order of the sources; 5 statements, each of which
    reads its table to the end."""
    found = dict.fromkeys((source.value for source in Source), 0)
    for model, _key in _SOURCED:
        for source, n in session.execute(select(model.source, func.count()).group_by(model.source)):
            found[source] += int(n)
    return {source: n for source, n in found.items() if n}


@needs(Permission.SEE_NOTICE)
def unknown_sources(session: Session) -> Total:
    """Count the data whose source is unknown; 5 statements, by the indexes by source."""
    counts = [count_up_to(session, query) for query in unknown_data()]
    return Total(sum(one.n for one in counts), exact=all(one.exact for one in counts))


@needs(Permission.SEE_NOTICE)
def unknown_list(
    session: Session, *, after: int | None = None, size: int = PAGE_SIZE
) -> tuple[tuple[UnknownRow, ...], int | None]:
    """Parties with data of unknown source, by key, and the key to page on after; 2 statements.

    Each table is read by its index by source, no further than one page.
    """
    branches = []
    for model, key in _SOURCED:
        own = select(key.label("party_id")).where(_unknown(model), key > (after or 0))
        branches.append(select(own.distinct().order_by(key).limit(size + 1).subquery().c.party_id))
    some = union_all(*branches).subquery()
    rows = session.execute(
        select(Party.id, Party.name)
        .where(Party.id.in_(select(some.c.party_id)))
        .order_by(Party.id)
        .limit(size + 1)
    ).all()
    shown = rows[:size]
    tables = _unknown_tables(session, [row.id for row in shown])
    found = tuple(UnknownRow(row.id, row.name, tables.get(row.id, ())) for row in shown)
    return found, found[-1].id if len(rows) > size and found else None


@needs(Permission.SEE_NOTICE)
def source_reminders(
    session: Session,
    *,
    today: date,
    after: int | None = None,
    before: int | None = None,
    size: int = PAGE_SIZE,
) -> Page[ReminderRow]:
    """Return one page of people to inform, the longest waiting first; at most 4 statements."""
    query = (
        select(SourceNotice, Party.name, Party.language)
        .join(Party, Party.id == SourceNotice.party_id)
        .where(SourceNotice.told_on.is_(None))
    )
    return page_of(
        session,
        query,
        [SourceNotice.since, SourceNotice.id],
        lambda rows: (_reminder(one, name, language, today) for one, name, language in rows),
        total=count_up_to(session, _waiting()),
        after=after,
        before=before,
        size=size,
    )


@needs(Permission.SEE_NOTICE)
def reminder_figures(session: Session, *, today: date) -> ReminderFigures:
    """The figures of the overview; 4 statements."""
    late, soon = source_notice_overdue(today), source_notice_overdue(today + SOON)
    within = _waiting().where(SourceNotice.since > late, SourceNotice.since <= soon)
    oldest = session.scalar(
        select(SourceNotice.since)
        .where(SourceNotice.told_on.is_(None))
        .order_by(SourceNotice.since, SourceNotice.id)
        .limit(1)
    )
    return ReminderFigures(
        waiting=count_up_to(session, _waiting()),
        soon=count_up_to(session, within),
        overdue=count_up_to(session, told_late(today)),
        first_due=None if oldest is None else source_notice_due(oldest),
    )


@needs(Permission.SEE_CUSTOMERS)
def source_notices_of(session: Session, party_id: int) -> tuple[ToldRow, ...]:
    """Return the data of a party from elsewhere, and whether the person was informed; 1
    statement."""
    rows = session.scalars(
        select(SourceNotice).where(SourceNotice.party_id == party_id).order_by(SourceNotice.id)
    )
    return tuple(
        ToldRow(
            row.id,
            row.source,
            row.since,
            source_notice_due(row.since),
            row.told_on,
            row.told_by,
            row.how,
        )
        for row in rows
    )


@needs(Permission.SEE_CUSTOMERS)
def from_elsewhere(session: Session, notice_id: int) -> FromElsewhere:
    """Return the contents of a letter about one source; 2 statements.

    :raises NotFound: when the data are gone, and the person's reminder with them.
    """
    found = session.execute(
        select(SourceNotice, Party.name, Party.language)
        .join(Party, Party.id == SourceNotice.party_id)
        .where(SourceNotice.id == notice_id)
    ).first()
    if found is None:
        raise NotFound("source_notice", notice_id)
    one, name, language = found
    data = union_all(
        *(
            select(literal(model.__tablename__).label("name"), model.sourced_on.label("day")).where(
                key == one.party_id, model.source == one.source
            )
            for model, key in _SOURCED
        )
    )
    return FromElsewhere(
        party_id=one.party_id,
        name=name,
        language=language,
        source=one.source,
        due=source_notice_due(one.since),
        told_on=one.told_on,
        how=one.how,
        data=tuple(sorted({(row.name, row.day) for row in session.execute(data)})),
    )


def _unknown(model: Any) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = model.source == Source.UNKNOWN
    return condition


def unknown_data() -> list[Select[int]]:
    """The data of which nobody knows where they came from, table by table, by its index."""
    return [select(key).where(_unknown(model)) for model, key in _SOURCED]


def told_late(today: date) -> Select[int]:
    """Select the data from elsewhere of which the person was not informed in time."""
    return _waiting().where(SourceNotice.since <= source_notice_overdue(today))


def _waiting() -> Select[int]:
    return select(SourceNotice.id).where(SourceNotice.told_on.is_(None))


def _unknown_tables(session: Session, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    rows = session.execute(
        union_all(
            *(
                select(key.label("party_id"), literal(model.__tablename__).label("name")).where(
                    key.in_(ids), _unknown(model)
                )
                for model, key in _SOURCED
            )
        )
    )
    found: dict[int, dict[str, None]] = {}
    for row in rows:
        found.setdefault(row.party_id, {})[row.name] = None
    return {key: tuple(names) for key, names in found.items()}


def _reminder(one: SourceNotice, name: str, language: str, today: date) -> ReminderRow:
    due = source_notice_due(one.since)
    return ReminderRow(
        one.id, one.party_id, name, language, one.source, one.since, due, (due - today).days
    )
