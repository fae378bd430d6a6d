"""Exported data in the files of requests, removed as soon as any of the person's data is erased.

The danger: an access report or a portability package is a copy of everything about a person, and in
the file of the request it would outlive the erasure by years. The principle: what shows how a
request was answered stays for the period of its file (GDPR Art. 5(2)): the request, the decision
with its reasons, the letters, and of an export that it was sent, when, how, and its SHA-256. The
data in it are removed when the party is, or when anything of the party is erased before that; and
so does what was kept from before a correction. A hold on the class of request files keeps them
whole.

The transaction boundary is the eraser's, which calls this for each of its chunks, in a restore too.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from queries.rules.requests import EXPORTS, LetterKind
from queries.store.sql_keys import among
from queries.store.tables import (
    DataSubjectRequest,
    HoldScope,
    LegalHold,
    RequestLetter,
    RequestStatus,
)

_CLASS = "request_file"


def empty_exports(session: Session, parties: Sequence[int]) -> None:
    """Take the data out of the answered requests of some parties, and of parties that are gone;
    three statements.

    An open request keeps whatever it is about: nothing of its party is erased.
    """
    held = select(LegalHold.id).where(
        LegalHold.scope == HoldScope.CLASS,
        LegalHold.class_code == _CLASS,
        LegalHold.released_at.is_(None),
    )
    if session.scalar(held.limit(1)) is not None:
        return
    files = select(DataSubjectRequest.id).where(
        DataSubjectRequest.status == RequestStatus.CLOSED,
        DataSubjectRequest.anonymised_on.is_(None),
        or_(among(DataSubjectRequest.party_id, parties), DataSubjectRequest.party_id.is_(None)),
    )
    session.execute(
        update(RequestLetter)
        .where(
            RequestLetter.request_id.in_(files),
            RequestLetter.kind.in_(EXPORTS),
            func.length(RequestLetter.content) > 0,
        )
        .values(content=b"", text=None)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        delete(RequestLetter)
        .where(RequestLetter.request_id.in_(files), RequestLetter.kind == LetterKind.BEFORE)
        .execution_options(synchronize_session=False)
    )
