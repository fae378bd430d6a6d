"""Forms of the controller's own statements in the notice: its details and safeguards."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import streamlit as st

from dashboard.ui import safe_html
from dashboard.ui.actions import open_form
from dashboard.ui.forms import Field, edit_form, editing
from dashboard.ui.gateway import may
from dashboard.ui.language import language, t
from dashboard.ui.trail_lines import said_by
from queries.reads.notice.controller import ControllerRow
from queries.reads.notice.settings import NoticeSettings
from queries.rules.notice import Safeguard
from queries.rules.roles import Permission
from queries.wording.formats import instant
from queries.writes.notice.settings import (
    SetController,
    SetSafeguards,
    set_controller,
    set_safeguards,
)


def _field(name: str, row: str = "", width: int = 1, help_: str = "") -> Field:
    return Field(
        name,
        label=f"notice.fields.{name}",
        row=row,
        width=width,
        help=f"notice.fields.{help_}" if help_ else "",
    )


_CONTROLLER = (
    _field("name", "name", 2),
    _field("business_id", "name"),
    _field("street", "address", 2),
    _field("post_code", "address"),
    _field("town", "address"),
    _field("email", "reach"),
    _field("phone", "reach"),
    _field("contact_name", "contact"),
    _field("contact_email", "contact"),
    _field("contact_phone", "contact"),
    _field("officer_name", "officer", help_="officer_help"),
    _field("officer_email", "officer"),
    _field("officer_phone", "officer"),
    _field("requests_email", help_="requests_help"),
    _field("requests_street", "requests", 2, "requests_help"),
    _field("requests_post_code", "requests"),
    _field("requests_town", "requests"),
    _field("notice_address", help_="notice_address_help"),
)


_SAFEGUARDS = tuple(Field(code, "check", label=f"safeguards.{code}") for code in Safeguard)


def draw_controller(row: ControllerRow) -> None:
    """Draw the controller, and the form to change it."""
    _head("notice.controller", "notice-controller", row.version is not None, _who(row))
    values = asdict(row.controller)
    if row.version is None:
        st.warning(t("notice.unset"), icon=":material/edit_note:")
    if editing("notice-controller"):
        edit_form(
            "notice-controller",
            _CONTROLLER,
            values,
            command=set_controller,
            inputs=SetController,
            fixed={"version": row.version},
        )
        return
    safe_html.facts(
        (t(f"notice.fields.{field.name}"), values[field.name])
        for field in _CONTROLLER
        if values[field.name]
    )


def draw_safeguards(settings: NoticeSettings) -> None:
    """The safeguards that the notice may promise, and the form to choose them."""
    _head("notice.safeguards", "notice-safeguards", settings.version is not None, _who(settings))
    st.caption(t("notice.safeguards_about"))
    if editing("notice-safeguards"):
        chosen = {str(code): code in settings.safeguards for code in Safeguard}
        edit_form(
            "notice-safeguards",
            _SAFEGUARDS,
            chosen,
            command=set_safeguards,
            inputs=SetSafeguards,
            fixed={"version": settings.version},
        )
        return
    st.markdown(
        "  \n".join(
            f":material/{'check' if code in settings.safeguards else 'remove'}: "
            f"{t(f'safeguards.{code}')}"
            for code in Safeguard
        )
    )


def _head(title: str, form: str, is_set: bool, who: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(t(title), anchor=False)
        if may(Permission.EDIT_SETTINGS) and not editing(form):
            open_form(form)
    if is_set:
        st.caption(who)


def _who(row: Any) -> str:
    if row.changed_by is None:
        return ""
    return t("notice.changed", by=said_by(row.changed_by), at=instant(row.changed_at, language()))
