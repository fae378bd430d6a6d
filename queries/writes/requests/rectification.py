"""Start of a rectification (GDPR Art. 16): the old data are kept until the answer is sent.

The danger: the answer and the letters to recipients name the old data, which nobody knows any more
once it is corrected; the trail holds no values. The principle: it is kept in the file of the
request, is removed when the right is answered, and is never sent as it is. The transaction
boundary: the command's own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from sqlalchemy import select

from queries.rules.requests import Asked, LetterKind
from queries.rules.roles import Permission
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import RequestLetter
from queries.writes.requests.request_file import (
    SUBJECT,
    open_file,
    require_party,
    right_to_answer,
    touch,
)


@dataclass(frozen=True, kw_only=True)
class BeginRectification:
    """The party's data as they are before anything is corrected."""

    request_id: int
    version: int
    content: bytes = field(repr=False)


@needs(Permission.ANSWER_REQUESTS)
def begin_rectification(uow: UnitOfWork, inputs: BeginRectification) -> int:
    """Keep the party's data as they are; return the request. What was kept first stays.

    :raises RuleRefusal: ``answered_already``, ``request_without_party``, ``request_closed``.
    :raises NotFound, StaleRecord:
    """
    request = open_file(uow, inputs.request_id, version=inputs.version, inputs=inputs)
    right_to_answer(uow, request, Asked.RECTIFICATION)
    party_id = require_party(request)
    kept = select(RequestLetter.id).where(
        RequestLetter.request_id == request.id,
        RequestLetter.kind == LetterKind.BEFORE,
        RequestLetter.asked == Asked.RECTIFICATION,
    )
    if uow.session.scalar(kept) is not None:
        return request.id
    uow.session.add(
        RequestLetter(
            request_id=request.id,
            kind=LetterKind.BEFORE,
            asked=Asked.RECTIFICATION,
            language=request.language,
            media_type="application/json",
            content=inputs.content,
            sha256=hashlib.sha256(inputs.content).hexdigest(),
            made_at=uow.now,
            made_by=uow.actor.username,
        )
    )
    touch(uow, request)
    uow.session.flush()
    uow.audit(
        "begin_rectification",
        SUBJECT,
        request.id,
        party_id=party_id,
        columns=["content", "kind", "sha256"],
    )
    return request.id
