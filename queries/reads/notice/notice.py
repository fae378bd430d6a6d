"""Facts that the notice is drawn from, and the versions that were published (Tietosuojaseloste)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import Session

from queries.reads.notice.controller import Controller, controller
from queries.reads.notice.settings import NoticeSettings, notice_settings
from queries.reads.recipients import RecipientRow, recipient_list
from queries.rules.periods import Periods
from queries.rules.recipients import Agreement
from queries.rules.roles import Permission
from queries.store.retention.series import read_periods
from queries.store.sessions import needs
from queries.store.tables import (
    Address,
    BillingDetail,
    ConsentText,
    ContactPerson,
    Email,
    MarketingBasis,
    NoticeVersion,
    PaperRecord,
    Party,
    Phone,
    Source,
    Subscription,
    WebForm,
)

_SOURCED: tuple[Any, ...] = (Party, Address, Email, Phone, BillingDetail)


@dataclass(frozen=True)
class NoticeFacts:
    """Everything that the notice states, as it is in the store on a day.

    How many there are of anything is left out: the notice does not change when a record is added.

    :param sources: where data of the register came from.
    :param recipients: those whose agreement has not ended.
    :param marketing: by what rights addresses get the newsletter; a consent text is enough.
    :param has_contacts: the register has contact people of an organisation.
    :param has_forms: a web form is in use.
    :param paper_classes: the retention classes of the paper that is kept.
    """

    today: date
    controller: Controller
    settings: NoticeSettings
    sources: tuple[Source, ...]
    recipients: tuple[RecipientRow, ...]
    periods: Periods
    marketing: tuple[MarketingBasis, ...]
    has_contacts: bool
    has_forms: bool
    paper_classes: tuple[str, ...]

    @property
    def outside(self) -> tuple[RecipientRow, ...]:
        """The recipients that keep data outside the EU and the EEA."""
        return tuple(row for row in self.recipients if row.is_outside)


@needs(Permission.SEE_NOTICE)
def notice_facts(session: Session, *, today: date) -> NoticeFacts:
    """Return the facts that the notice of a day is drawn from; 13 statements."""
    return NoticeFacts(
        today=today,
        controller=controller(session),
        settings=notice_settings(session),
        sources=sources_used(session),
        recipients=tuple(
            row for row in recipient_list(session) if row.state(today) is not Agreement.ENDED
        ),
        periods=read_periods(session),
        marketing=_marketing(session),
        has_contacts=_any(session, select(ContactPerson.id)),
        has_forms=_any(session, select(WebForm.id).where(WebForm.active)),
        paper_classes=tuple(
            session.scalars(
                select(PaperRecord.class_code)
                .where(PaperRecord.disposed_on.is_(None))
                .distinct()
                .order_by(PaperRecord.class_code)
            )
        ),
    )


@dataclass(frozen=True)
class VersionRow:
    """A published version, without its texts."""

    id: int
    number: int
    published_on: date
    published_at: datetime
    published_by: str
    summary: str | None


@dataclass(frozen=True)
class Version:
    """A published version with its text in each language."""

    row: VersionRow
    fi: str
    sv: str
    en: str

    def text(self, language: str) -> str:
        return {"fi": self.fi, "sv": self.sv, "en": self.en}[language]


@needs(Permission.SEE_NOTICE)
def notice_versions(session: Session) -> tuple[VersionRow, ...]:
    """The versions, the latest first; one statement."""
    rows = session.execute(
        select(
            NoticeVersion.id,
            NoticeVersion.number,
            NoticeVersion.published_on,
            NoticeVersion.published_at,
            NoticeVersion.published_by,
            NoticeVersion.summary,
        ).order_by(NoticeVersion.number.desc())
    )
    return tuple(VersionRow(*row) for row in rows)


@needs(Permission.SEE_NOTICE)
def notice_version(session: Session, number: int | None = None) -> Version | None:
    """A version with its texts; the latest one without a number; one statement."""
    query = select(NoticeVersion).order_by(NoticeVersion.number.desc()).limit(1)
    if number is not None:
        query = query.where(NoticeVersion.number == number)
    row = session.scalar(query)
    if row is None:
        return None
    head = VersionRow(
        row.id, row.number, row.published_on, row.published_at, row.published_by, row.summary
    )
    return Version(head, row.fi, row.sv, row.en)


@needs(Permission.SEE_NOTICE)
def sources_used(session: Session) -> tuple[Source, ...]:
    """Return the sources that occur, each looked up in the tables' indexes by source; one
    statement."""
    stand = session.execute(
        select(
            *(
                or_(*(exists().where(table.source == source) for table in _SOURCED)).label(source)
                for source in Source
            )
        )
    ).one()
    return tuple(source for source, stands in zip(Source, stand, strict=True) if stands)


def _marketing(session: Session) -> tuple[MarketingBasis, ...]:
    used: Iterable[MarketingBasis] = (
        basis
        for basis in MarketingBasis
        if _any(session, select(Subscription.id).where(Subscription.basis == basis))
    )
    found = set(used)
    if _any(session, select(ConsentText.id)):
        found.add(MarketingBasis.CONSENT)
    return tuple(basis for basis in MarketingBasis if basis in found)


def _any(session: Session, query: Select[Any]) -> bool:
    return session.scalar(query.limit(1)) is not None
