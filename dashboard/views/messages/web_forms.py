"""The contact forms of the company's sites: listed, and given a new secret."""

from __future__ import annotations

import secrets
from functools import partial
from typing import Any

import streamlit as st

from dashboard.ui import safe_html
from dashboard.ui.actions import act, confirm, on_seen, open_form
from dashboard.ui.forms import editing
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import t
from dashboard.views.messages.form_snippet import draw_snippet
from dashboard.views.messages.web_form_fields import SECRET_BYTES, SHOWN, draw_form
from queries.reads.web_forms import WebFormRow, web_form_list
from queries.rules.roles import Permission
from queries.writes.web_forms import RenewSecret, remove_web_form, renew_secret


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
        draw_form(None)
    else:
        open_form("web-form-new", "messages.add_form", icon="add", kind="secondary")


def _draw(row: WebFormRow, *, keeps: bool) -> None:
    if editing(f"web-form-{row.id}"):
        draw_form(row)
        return
    state = t("messages.form_active") if row.active else t("messages.form_closed")
    parts = [state, t(f"languages.{row.language}"), t("messages.waiting", n=row.waiting)]
    if row.consent_version is not None:
        parts.append(t("messages.with_consent", version=row.consent_version))
    safe_html.lines(row.name, ", ".join(row.origins), small=" · ".join(parts))
    if not keeps:
        return
    shown: dict[str, Any] | None = st.session_state.get(SHOWN)
    if shown is not None and shown.get("id") == row.id:
        draw_snippet(row, shown["secret"])
    form = f"web-form-{row.id}"
    # Of the drawing, not of the click: the second of two clicks changes nothing, and must show
    # the secret that the first one kept.
    secret = st.session_state.setdefault(
        f"{form}!secret-{row.version}", secrets.token_urlsafe(SECRET_BYTES)
    )
    with st.container(horizontal=True):
        open_form(form)
        # A new key with each secret: the question that was answered does not stay open.
        confirm(
            "messages.new_secret",
            "messages.new_secret_about",
            "messages.new_secret_yes",
            partial(_renew, row.id, row.version, secret),
            key=f"{form}.secret",
            ask_key=f"{form}.ask-secret-{row.version}",
            icon="key",
        )
        if not row.waiting:
            confirm(
                "forms.remove",
                "messages.remove_form_sure",
                "forms.remove_yes",
                on_seen(remove_web_form, row, done="forms.removed"),
                key=f"{form}.remove",
                ask_key=f"{form}.ask",
                icon="backspace",
            )


def _renew(form_id: int, version: int, secret: str) -> None:
    def show(_form: int) -> None:
        st.session_state[SHOWN] = {"id": form_id, "secret": secret}

    inputs = RenewSecret(id=form_id, version=version, secret=secret)
    act(renew_secret, inputs, token=f"secret-{form_id}-{version}", then=show)
