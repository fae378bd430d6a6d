"""The form by which a web form is added and corrected."""

from __future__ import annotations

import secrets
from typing import Any

import streamlit as st

from dashboard.ui.forms import Code, Field, edit_form
from dashboard.ui.gateway import ask
from dashboard.ui.language import t
from queries.reads.web_forms import WebFormRow, consent_choices
from queries.store.sessions import UnitOfWork
from queries.store.tables import Language
from queries.writes.web_forms import AmendWebForm, amend_web_form

#: The secret that is shown once, with the key of its form.
SHOWN = "web_form!shown"


SECRET_BYTES = 24


def draw_form(row: WebFormRow | None) -> None:
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
    secret = st.session_state.setdefault("web_form!secret", secrets.token_urlsafe(SECRET_BYTES))
    # A plain dictionary: the command may touch nothing of the screen while its transaction is open.
    shown: dict[str, Any] = {"secret": secret}
    st.session_state[SHOWN] = shown

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
    texts: dict[Code, str] = {None: t("messages.no_consent_text")}
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
