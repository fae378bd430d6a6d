"""Removal of personal data from the records of imports.

The danger: a copy of a person's data in the notes of an import, which outlives the person's own
record, or stays long after anybody needs it. The principle: names, notes, values that were replaced
and the name of the file are kept while an import can be undone and its notes are worked through,
and not a day longer: the class ``import_record``, one month unless the company sets another period.
They are removed automatically at the next import and the next sign-in; what a hold on the class or
on a party keeps stays. When a party is erased before that, every row that names the party is
removed with it, by key and, for rows of people whom the register did not know then, by the whole
name: losing a note of a namesake does no harm. What remains of an import is its day, form, hash and
counts, and who did it.

The transaction boundary is the caller's: the eraser's, a restore's, or that of the sign-in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from queries.rules.calendar_fi import day_begins
from queries.rules.personal_data import emptied_values
from queries.rules.retention import OwnPeriod
from queries.store.retention.blocks import held_parties
from queries.store.retention.series import own_months
from queries.store.sql_keys import among
from queries.store.tables import (
    HoldScope,
    ImportBatch,
    ImportBefore,
    ImportChange,
    ImportMention,
    ImportRow,
    LegalHold,
    Party,
)

CLASS = "import_record"


def last_day_over(session: Session, today: date) -> date | None:
    """The latest day of imports whose details are over on a day; none where nothing is; one
    statement."""
    return OwnPeriod(own_months(session, CLASS)).last_event_disposable(today)


def forget_over(session: Session, today: date) -> None:
    """Take the details out of the imports whose time is up; two statements where there are none.

    A period that cannot be read keeps them: nothing here may keep anybody from signing in.
    """
    try:
        last = last_day_over(session, today)
    except (TypeError, ValueError):
        return
    if last is None:
        return
    begins = day_begins(date.fromordinal(last.toordinal() + 1))
    full = and_(ImportBatch.at < begins, ImportBatch.emptied_on.is_(None))
    rows, before = ImportRow.noted_on <= last, ImportBefore.noted_on <= last
    if not session.scalar(
        select(or_(exists().where(full), exists().where(rows), exists().where(before)))
    ):
        return
    if _is_class_held(session):
        return
    held = held_parties()
    mentioned = select(ImportMention.row_id).where(ImportMention.party_id.in_(held))
    kept = or_(ImportRow.party_id.in_(held), ImportRow.id.in_(mentioned))
    _forget_rows(session, select(ImportRow.id).where(rows, kept.is_not(True)))
    over = select(ImportBatch.id).where(full)
    for statement in (
        delete(ImportBefore).where(before, ImportBefore.party_id.not_in(held)),
        delete(ImportChange).where(ImportChange.batch_id.in_(over)),
        update(ImportBatch).where(full).values(**emptied_values("import_batch"), emptied_on=today),
    ):
        session.execute(statement.execution_options(synchronize_session=False))


def forget_parties(session: Session, parties: Sequence[int]) -> None:
    """Take every row that names one of these parties out of the records of imports, and the name of
    a file that has a word of theirs in it; the values that an import replaced go with the party."""
    if not parties or session.scalar(select(ImportBatch.id).limit(1)) is None:
        return
    names = set(session.scalars(select(Party.name).where(among(Party.id, parties))))
    named = select(Party.name).where(among(Party.id, parties))
    _forget_rows(
        session,
        select(ImportRow.id).where(
            or_(
                among(ImportRow.party_id, parties),
                ImportRow.name.in_(named),
                ImportRow.id.in_(
                    select(ImportMention.row_id).where(among(ImportMention.party_id, parties))
                ),
            )
        ),
    )
    files = select(ImportBatch.id, ImportBatch.name).where(ImportBatch.name.is_not(None))
    words = {word for name in names for word in _words(name)}
    told = [key for key, name in session.execute(files) if words & _words(name or "")]
    if told:
        session.execute(
            update(ImportBatch)
            .where(among(ImportBatch.id, told))
            .values(name=None)
            .execution_options(synchronize_session=False)
        )


def _forget_rows(session: Session, which: Select[Any]) -> None:
    keys: Sequence[int] = session.scalars(which).all()
    for column in (ImportMention.row_id, ImportRow.id):
        session.execute(
            delete(column.class_)
            .where(among(column, keys))
            .execution_options(synchronize_session=False)
        )


def _is_class_held(session: Session) -> bool:
    held = select(LegalHold.id).where(
        LegalHold.scope == HoldScope.CLASS,
        LegalHold.class_code == CLASS,
        LegalHold.released_at.is_(None),
    )
    return session.scalar(held.limit(1)) is not None


#: A shorter word of a name is no name.
_SHORTEST = 3


def _words(text: str) -> set[str]:
    """The words of a name, or of the name of a file."""
    apart = "".join(one if one.isalpha() else " " for one in text.casefold())
    return {word for word in apart.split() if len(word) >= _SHORTEST}
