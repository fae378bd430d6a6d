"""The inbox that web forms fill (Yhteydenotot): what waits, and who it may be from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from queries.errors import NotFound
from queries.reads.paging import Page, Total, count_up_to, page_of
from queries.reads.requests.request_list import RequestMatch, who_is_this
from queries.rules.roles import Permission
from queries.store.sessions import audit_read, needs
from queries.store.suppression import is_suppressed
from queries.store.tables import ConsentText, FormMessage, SuppressionKind, WebForm

PAGE_SIZE = 25
#: The most characters of a message in the list.
_BEGINNING = 120


@dataclass(frozen=True)
class MessageRow:
    """A message in the inbox; ``beginning`` of its text, on one line."""

    id: int
    received_on: date
    form: str
    name: str
    town: str | None
    beginning: str
    consents: bool


@dataclass(frozen=True)
class MessageFigures:
    """Count of waiting messages, and the day of the oldest."""

    waiting: Total
    oldest: date | None


@dataclass(frozen=True)
class MessageCard:
    """A message with what is known about it.

    :param consent_text: the text beside the box that was ticked.
    :param is_suppressed: the address said no to the newsletter or to all marketing.
    :param matches: parties that it may be from, with the reasons, best first.
    """

    id: int
    received_at: datetime
    received_on: date
    form: str
    language: str
    name: str
    email: str | None
    phone: str | None
    street: str | None
    post_code: str | None
    town: str | None
    message: str | None
    consents: bool
    consent_text: str | None
    consent_version: int | None
    is_suppressed: bool
    matches: tuple[RequestMatch, ...]


@needs(Permission.HANDLE_MESSAGES)
def waiting_messages(
    session: Session, *, after: int | None = None, before: int | None = None, size: int = PAGE_SIZE
) -> Page[MessageRow]:
    """One page of the inbox, the oldest first; at most 4 statements."""
    form_of = WebForm.id == FormMessage.form_id
    query = select(FormMessage, WebForm.name).join(WebForm, form_of)
    return page_of(
        session,
        query,
        [FormMessage.received_on, FormMessage.id],
        lambda rows: (
            MessageRow(
                one.id,
                one.received_on,
                form,
                one.name,
                one.town,
                _beginning(one.message),
                one.consents,
            )
            for one, form in rows
        ),
        total=count_up_to(session, select(FormMessage.id)),
        after=after,
        before=before,
        size=size,
    )


@needs(Permission.HANDLE_MESSAGES)
def message_figures(session: Session) -> MessageFigures:
    """The figures of the overview; 2 statements."""
    oldest = select(FormMessage.received_on).order_by(FormMessage.received_on, FormMessage.id)
    return MessageFigures(
        count_up_to(session, select(FormMessage.id)), session.scalar(oldest.limit(1))
    )


@needs(Permission.HANDLE_MESSAGES)
def message_card(session: Session, message_id: int) -> MessageCard:
    """One message and who it may be from; at most 20 statements, and a read line.

    :raises NotFound: when it was decided on.
    """
    found = session.execute(
        select(FormMessage, WebForm.name, ConsentText.text, ConsentText.version)
        .join(WebForm, WebForm.id == FormMessage.form_id)
        .outerjoin(ConsentText, ConsentText.id == FormMessage.consent_text_id)
        .where(FormMessage.id == message_id)
    ).first()
    if found is None:
        raise NotFound("form_message", message_id)
    one, form, text, version = found
    audit_read(session, "form_message", message_id)
    return MessageCard(
        id=one.id,
        received_at=one.received_at,
        received_on=one.received_on,
        form=form,
        language=one.language,
        name=one.name,
        email=one.email,
        phone=one.phone,
        street=one.street,
        post_code=one.post_code,
        town=one.town,
        message=one.message,
        consents=one.consents,
        consent_text=text,
        consent_version=version,
        is_suppressed=one.consents
        and one.email is not None
        and any(is_suppressed(session, kind, one.email) for kind in SuppressionKind),
        matches=_matches(session, one),
    )


def _beginning(message: str | None) -> str:
    line = " ".join((message or "").split())
    return line if len(line) <= _BEGINNING else f"{line[:_BEGINNING].rstrip()}…"


def _matches(session: Session, one: FormMessage) -> tuple[RequestMatch, ...]:
    """Find the parties that the sender may be: by the address, by the number, and by the name
    with the town."""
    found: dict[int, RequestMatch] = {}
    asked = [("", one.email or ""), ("", one.phone or ""), (one.name, one.town or "")]
    for name, contact in asked:
        for match in who_is_this(session, name=name, contact=contact) if name or contact else ():
            before = found.get(match.party_id)
            reasons = match.reasons if before is None else (*before.reasons, *match.reasons)
            found[match.party_id] = RequestMatch(match.party_id, match.name, match.town, reasons)
    return tuple(sorted(found.values(), key=lambda match: (-len(match.reasons), match.name)))
