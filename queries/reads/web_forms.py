"""Contact forms of web sites: for the office that keeps them and for the route they post to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from queries.rules.roles import Actor, Permission, Role
from queries.store.sessions import needs
from queries.store.tables import ConsentText, FormMessage, WebForm

#: Who brings a message in before anybody has looked at it. No user can have this name.
LETTERBOX = Actor("(web form)", Role.VIEWER)

MOST_FORMS = 200


@dataclass(frozen=True)
class WebFormRow:
    """A contact form; ``waiting`` messages of it wait for a decision."""

    id: int
    version: int
    name: str
    key: str
    origins: tuple[str, ...]
    language: str
    consent_text_id: int | None
    consent_version: int | None
    consent_text: str | None
    active: bool
    waiting: int
    changed_at: datetime


@dataclass(frozen=True)
class OpenForm:
    """A form that may send messages, as the route needs it."""

    id: int
    key: str
    name: str
    secret_hash: str = field(repr=False)
    origins: tuple[str, ...]
    language: str
    consent_text_id: int | None
    consent_text: str | None


@needs(Permission.HANDLE_MESSAGES)
def web_form_list(session: Session) -> tuple[WebFormRow, ...]:
    """The forms in order of their names; 2 statements."""
    counted = session.execute(
        select(FormMessage.form_id, func.count()).group_by(FormMessage.form_id)
    )
    waiting = {row[0]: int(row[1]) for row in counted}
    rows = session.execute(
        select(WebForm, ConsentText.version, ConsentText.text)
        .outerjoin(ConsentText, ConsentText.id == WebForm.consent_text_id)
        .order_by(WebForm.name, WebForm.id)
        .limit(MOST_FORMS)
    )
    return tuple(
        WebFormRow(
            form.id,
            form.version,
            form.name,
            form.key,
            tuple(form.origins.splitlines()),
            form.language,
            form.consent_text_id,
            version,
            text,
            form.active,
            waiting.get(form.id, 0),
            form.changed_at,
        )
        for form, version, text in rows
    )


@needs(Permission.HANDLE_MESSAGES)
def consent_choices(session: Session) -> dict[int, tuple[str, int, str]]:
    """The newest consent text of each language, by key: language, version and text; 1 statement."""
    newest = (
        select(ConsentText.language, func.max(ConsentText.version).label("version"))
        .group_by(ConsentText.language)
        .subquery()
    )
    rows = session.scalars(
        select(ConsentText)
        .join(
            newest,
            (newest.c.language == ConsentText.language) & (newest.c.version == ConsentText.version),
        )
        .order_by(ConsentText.language)
    )
    return {row.id: (row.language, row.version, row.text) for row in rows}


def open_form(session: Session, key: str) -> OpenForm | None:
    """The form of a key while it is in use; one statement.

    Needs no permission: anyone with the form's secret may post to it, and this reads the secret.
    """
    found = session.execute(
        select(WebForm, ConsentText.text)
        .outerjoin(ConsentText, ConsentText.id == WebForm.consent_text_id)
        .where(WebForm.key == key, WebForm.active)
    ).first()
    if found is None:
        return None
    form, text = found
    return OpenForm(
        id=form.id,
        key=form.key,
        name=form.name,
        secret_hash=form.secret_hash,
        origins=tuple(form.origins.splitlines()),
        language=form.language,
        consent_text_id=form.consent_text_id,
        consent_text=text,
    )
