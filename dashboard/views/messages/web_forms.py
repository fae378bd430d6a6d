"""The contact forms of the company's sites: kept, given a secret, and what the site copies."""

from __future__ import annotations

import secrets
from html import escape
from typing import Any

import streamlit as st

from dashboard.runtime import the_doorway
from dashboard.ui import safe_html
from dashboard.ui.actions import act, confirm, open_form
from dashboard.ui.forms import Field, edit_form, editing
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import t
from dashboard.web.form_pages import used_for
from dashboard.words import word
from queries.documents.controller_details import Controller, controller
from queries.reads.web_forms import WebFormRow, consent_choices, web_form_list
from queries.rules import web_forms
from queries.rules.roles import Permission
from queries.store.sessions import UnitOfWork
from queries.store.tables import Language
from queries.writes.commands import Seen
from queries.writes.web_forms import (
    AmendWebForm,
    RenewSecret,
    amend_web_form,
    remove_web_form,
    renew_secret,
)

#: The secret that is shown once, with the key of its form.
_SHOWN = "web_form!shown"
_SECRET_BYTES = 24
_INPUTS = {"email": "email", "phone": "tel"}


def draw_web_forms() -> None:
    """The forms, each with its state and its sites; for who may, how to change them."""
    keeps = may(Permission.EDIT_SETTINGS)
    rows = ask(web_form_list)
    if not rows:
        st.info(t("messages.no_forms"))
    for row in rows:
        with st.container(border=True):
            _draw(row, keeps=keeps)
    if not keeps:
        return
    if editing("web-form-new"):
        _form(None)
    else:
        open_form("web-form-new", "messages.add_form", icon="add", kind="secondary")


def _draw(row: WebFormRow, *, keeps: bool) -> None:
    if editing(f"web-form-{row.id}"):
        _form(row)
        return
    state = t("messages.form_active") if row.active else t("messages.form_closed")
    parts = [state, t(f"languages.{row.language}"), t("messages.waiting", n=row.waiting)]
    if row.consent_version is not None:
        parts.append(t("messages.with_consent", version=row.consent_version))
    safe_html.lines(row.name, ", ".join(row.origins), small=" · ".join(parts))
    if not keeps:
        return
    shown: dict[str, Any] | None = st.session_state.get(_SHOWN)
    if shown is not None and shown.get("id") == row.id:
        _snippet(row, shown["secret"])
    form = f"web-form-{row.id}"
    # Of the drawing, not of the click: the second of two clicks changes nothing, and must show
    # the secret that the first one kept.
    secret = st.session_state.setdefault(
        f"{form}!secret-{row.version}", secrets.token_urlsafe(_SECRET_BYTES)
    )
    with st.container(horizontal=True):
        open_form(form)
        # A new key with each secret: the question that was answered does not stay open.
        confirm(
            "messages.new_secret",
            "messages.new_secret_about",
            "messages.new_secret_yes",
            _renew,
            row.id,
            row.version,
            secret,
            key=f"{form}.secret",
            ask_key=f"{form}.ask-secret-{row.version}",
            icon="key",
        )
        if not row.waiting:
            confirm(
                "forms.remove",
                "messages.remove_form_sure",
                "forms.remove_yes",
                act,
                remove_web_form,
                Seen(id=row.id, version=row.version),
                key=f"{form}.remove",
                ask_key=f"{form}.ask",
                icon="backspace",
                kwargs={"token": f"web-form-{row.id}-{row.version}", "done": "forms.removed"},
            )


def _form(row: WebFormRow | None) -> None:
    fields = _fields(row)
    if row is not None:
        values = {
            "name": row.name,
            "origins": "\n".join(row.origins),
            "language": row.language,
            "consent_text_id": row.consent_text_id,
            "active": row.active,
        }
        edit_form(
            f"web-form-{row.id}",
            fields,
            values,
            command=amend_web_form,
            inputs=AmendWebForm,
            fixed={"id": row.id, "version": row.version},
        )
        return
    secret = st.session_state.setdefault("web_form!secret", secrets.token_urlsafe(_SECRET_BYTES))
    # A plain dictionary: the command may touch nothing of the screen while its transaction is open.
    shown: dict[str, Any] = {"secret": secret}
    st.session_state[_SHOWN] = shown

    def make(uow: UnitOfWork, inputs: AmendWebForm) -> int:
        shown["id"] = amend_web_form(uow, inputs)
        return int(shown["id"])

    edit_form(
        "web-form-new",
        fields,
        {"active": True},
        command=make,
        inputs=AmendWebForm,
        fixed={"secret": secret},
    )


def _fields(row: WebFormRow | None) -> tuple[Field, ...]:
    texts: dict[int | None, str] = {None: t("messages.no_consent_text")}
    if row is not None and row.consent_text_id is not None:
        texts[row.consent_text_id] = t("messages.with_consent", version=row.consent_version)
    texts |= {
        key: f"{t(f'languages.{code}')}, {t('messages.consent_version', version=version)}: {text}"
        for key, (code, version, text) in ask(consent_choices).items()
    }
    return (
        Field("name", label="messages.fields.name"),
        Field(
            "origins", "lines", label="messages.fields.origins", help="messages.fields.origins_help"
        ),
        Field(
            "language",
            "choice",
            label="messages.fields.language",
            options=tuple(Language),
            words="languages",
        ),
        Field(
            "consent_text_id",
            "choice",
            label="messages.fields.consent_text_id",
            options=tuple(texts),
            names=texts,
            help="messages.fields.consent_help",
        ),
        Field("active", "check", label="messages.fields.active"),
    )


def _renew(form_id: int, version: int, secret: str) -> None:
    def show(_form: int) -> None:
        st.session_state[_SHOWN] = {"id": form_id, "secret": secret}

    inputs = RenewSecret(id=form_id, version=version, secret=secret)
    act(renew_secret, inputs, token=f"secret-{form_id}-{version}", then=show)


def _snippet(row: WebFormRow, secret: str) -> None:
    """Draw what the site copies: once, for the secret is nowhere else."""
    st.session_state.pop("web_form!secret", None)
    st.warning(t("messages.shown_once"), icon=":material/key:")
    house = ask(controller)
    if the_doorway().public is None:
        st.caption(t("messages.no_address"))
    if not house.notice_address:
        st.caption(t("messages.no_notice_address"))
    st.code(snippet(row, secret, house), language="html", wrap_lines=True)


def snippet(row: WebFormRow, secret: str, house: Controller) -> str:
    """The form as HTML for the site, in the form's language; no script is needed."""
    door = the_doorway()
    address = f"{door.public or f'http://localhost:{door.port}'}/forms/{row.key}"
    lines = [
        f'<form method="post" action="{escape(address)}">',
        f'  <input type="hidden" name="{web_forms.SECRET}" value="{escape(secret)}">',
    ]
    for name in web_forms.FIELDS:
        label = escape(word(f"form_pages.fields.{name}", row.language))
        drawn = (
            f'<textarea name="{name}" rows="6" maxlength="{web_forms.LONGEST_MESSAGE}"></textarea>'
            if name == "message"
            else f'<input type="{_INPUTS.get(name, "text")}" name="{name}"'
            f"{' required' if name == 'name' else ''}>"
        )
        lines.append(f"  <p><label>{label}<br>{drawn}</label></p>")
    if row.consent_text is not None:
        lines.append(
            f'  <p><label><input type="checkbox" name="{web_forms.CONSENT}">'
            f" {escape(row.consent_text)}</label></p>"
        )
    empty = escape(word("form_pages.leave_empty", row.language))
    lines += [
        '  <p style="position:absolute;left:-100vw" aria-hidden="true">',
        f'    <label>{empty}<input type="text" name="{web_forms.HONEYPOT}" tabindex="-1"'
        ' autocomplete="off"></label>',
        "  </p>",
        f"  <p>{used_for(house, row.language)}</p>",
        f"  <button>{escape(word('form_pages.send', row.language))}</button>",
        "</form>",
    ]
    return "\n".join(lines)
