"""Taking the person out of a record that stays to be counted: the file of a request, paper.

What is emptied here is erased as what goes row by row is: by key, through the disposal service, and
again by a restore. Rights, days and outcome of a request stay, so that it can be said how many came
and how they were answered. Number, class and period of a binder stay beside the line of its
destruction: they say what was destroyed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from queries.rules.personal_data import replaced_values
from queries.store.tables import (
    DataSubjectRequest,
    IdentityCheck,
    PaperLoan,
    PaperParty,
    PaperRecord,
    RequestAttachment,
    RequestLetter,
    RequestRight,
    RequestStatus,
    RequestSuspension,
)


@dataclass(frozen=True)
class Emptying:
    """How records are emptied that stay to be counted; both give the rows by table.

    :param empty: session, keys and, as ``on``, the day.
    :param remove: session and keys, of what a restored copy has in a state that cannot be emptied.
    """

    empty: Callable[..., dict[str, int]]
    remove: Callable[[Session, Sequence[int]], dict[str, int]]


#: What of a request tells of a person, and goes when the time of its file is up.
_PERSONAL = ("party_id", "claimed_name", "claimed_contact", "text", "extension_reason", "linked_to")
#: What of a paper record tells of a person, or where the paper stood.
_ON_PAPER = ("title", "room_id", "shelf")


def anonymise_requests(session: Session, ids: Sequence[int], *, on: date) -> dict[str, int]:
    """Take the person out of closed files whose time is up; called by the disposal service, and by
    a restore that repeats it. What was anonymised before is left as it is.

    :param ids: as many as go into one statement.
    :returns: how many rows went or were emptied, by table.
    """
    gone: dict[str, int] = {}
    connection = session.connection()
    ids = session.scalars(
        select(DataSubjectRequest.id).where(
            DataSubjectRequest.id.in_(ids),
            DataSubjectRequest.status == RequestStatus.CLOSED,
            DataSubjectRequest.anonymised_on.is_(None),
        )
    ).all()
    for model in (RequestAttachment, RequestLetter, IdentityCheck, RequestSuspension):
        done = connection.execute(delete(model).where(model.request_id.in_(ids)))
        gone[model.__tablename__] = done.rowcount
    connection.execute(
        update(RequestRight).where(RequestRight.request_id.in_(ids)).values(refusal_reason=None)
    )
    emptied = connection.execute(
        update(DataSubjectRequest)
        .where(DataSubjectRequest.id.in_(ids))
        .values({**dict.fromkeys(_PERSONAL), "anonymised_on": on, "registered": "unknown"})
    )
    gone[DataSubjectRequest.__tablename__] = emptied.rowcount
    session.expire_all()
    return {table: n for table, n in gone.items() if n}


def remove_unanswered(session: Session, ids: Sequence[int]) -> dict[str, int]:
    """Remove the files that a restored copy has as open still although their person was taken out
    since: the copy knows no answer, so that nothing in them can be counted.

    :param ids: as many as go into one statement.
    """
    done = session.connection().execute(
        delete(DataSubjectRequest).where(
            DataSubjectRequest.id.in_(ids), DataSubjectRequest.status == RequestStatus.OPEN
        )
    )
    session.expire_all()
    return {DataSubjectRequest.__tablename__: done.rowcount} if done.rowcount else {}


def anonymise_papers(session: Session, ids: Sequence[int], *, on: date) -> dict[str, int]:
    """Take what tells of people out of paper records that are destroyed; called by the disposal
    service, and by a restore that repeats it. What was emptied before is left as it is.

    :param ids: as many as go into one statement.
    :returns: how many rows went or were emptied, by table.
    """
    gone: dict[str, int] = {}
    connection = session.connection()
    ids = session.scalars(
        select(PaperRecord.id).where(PaperRecord.id.in_(ids), PaperRecord.disposed_on.is_(None))
    ).all()
    for model in (PaperParty, PaperLoan):
        done = connection.execute(delete(model).where(model.paper_id.in_(ids)))
        gone[model.__tablename__] = done.rowcount
    emptied = connection.execute(
        update(PaperRecord)
        .where(PaperRecord.id.in_(ids))
        .values({**_of_paper(), "disposed_on": on})
    )
    gone[PaperRecord.__tablename__] = emptied.rowcount
    session.expire_all()
    return {table: n for table, n in gone.items() if n}


def remove_no_papers(_session: Session, _ids: Sequence[int]) -> dict[str, int]:
    """A copy has no paper record that cannot be emptied."""
    return {}


def _of_paper() -> dict[str, str | None]:
    """What the personal-data map puts in the place of title and place of a paper record."""
    values = replaced_values(PaperRecord.__tablename__)
    return {name: None if values[name] == "NULL" else values[name] for name in _ON_PAPER}
