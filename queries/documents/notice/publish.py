"""Publishing the notice: what was seen becomes a version, in three languages, for good.

The danger: a published text that nobody read. The principle: the draft is drawn anew in the
publishing transaction and must be the one that its publisher saw; the register may have changed
while it was being read. The transaction boundary: the command's own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from queries.documents.notice.differences import count_changed
from queries.documents.notice.draft import draw_notices
from queries.documents.notice.text import as_text
from queries.errors import RegisterError, StaleRecord
from queries.reads.notice.controller import controller_row
from queries.reads.notice.notice import notice_facts, notice_version
from queries.rules.roles import Permission
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import NoticeVersion
from queries.writes.commands import Checks

LONGEST_SUMMARY = 200


@dataclass(frozen=True, kw_only=True)
class PublishNotice:
    """A notice to publish.

    :param seen: :func:`fingerprint` of the draft that the publisher saw.
    :param summary: what changed, in the publisher's words.
    """

    seen: str
    summary: str = ""
    accept_suspect: bool = False


@needs(Permission.SEE_NOTICE)
def drafts(session: Session, *, today: date) -> dict[str, str]:
    """The notice as it would be published, as text by language; the statements of the facts."""
    drawn = draw_notices(notice_facts(session, today=today))
    return {language: as_text(notice) for language, notice in drawn.items()}


def fingerprint(texts: Mapping[str, str]) -> str:
    """One name for the texts of all languages (SHA-256, in hexadecimal)."""
    return hashlib.sha256("\0".join(texts[name] for name in sorted(texts)).encode()).hexdigest()


@needs(Permission.SEE_NOTICE)
def published_differences(session: Session, *, today: date) -> int | None:
    """Count the lines of the published notice in Finnish that are not what the register says
    now.

    The other languages say the same. None where nothing has been published. The statements of the
    facts and one more.
    """
    latest = notice_version(session)
    if latest is None:
        return None
    return count_changed(latest.fi, drafts(session, today=today)["fi"])


@needs(Permission.PUBLISH_NOTICE)
def publish_notice(uow: UnitOfWork, inputs: PublishNotice) -> int:
    """Publish the notice as the register is; return the number of the version.

    :raises RegisterError: ``controller_unset`` while the controller is the demonstration's by
        default; ``notice_unchanged`` when the latest version says the same in every language.
    :raises StaleRecord: when the draft is no longer the one that was seen.
    :raises InvalidInputs:
    """
    checks = Checks(inputs)
    summary = checks.text("summary", longest=LONGEST_SUMMARY)
    checks.done()
    if controller_row(uow.session).version is None:
        raise RegisterError("controller_unset")
    texts = drafts(uow.session, today=uow.today)
    if fingerprint(texts) != inputs.seen:
        raise StaleRecord("notice_version", None)
    latest = notice_version(uow.session)
    if latest is not None and all(latest.text(name) == text for name, text in texts.items()):
        raise RegisterError("notice_unchanged", number=latest.row.number)
    number = (uow.session.scalar(select(func.max(NoticeVersion.number))) or 0) + 1
    version = NoticeVersion(
        number=number,
        published_on=uow.today,
        published_at=uow.now,
        published_by=uow.actor.username,
        summary=summary,
        **texts,
    )
    uow.session.add(version)
    uow.session.flush()
    uow.audit("publish_notice", "notice_version", version.id, columns=("fi", "sv", "en"))
    return number
