"""The HTML of a web form, to be put on the company's own site."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.runtime import the_doorway
from dashboard.ui.gateway import ask
from dashboard.ui.language import t
from dashboard.web.form_pages import used_for
from dashboard.words import word
from queries.documents.controller_details import Controller, controller
from queries.reads.web_forms import WebFormRow
from queries.rules import web_forms

_INPUTS = {"email": "email", "phone": "tel"}


def draw_snippet(row: WebFormRow, secret: str) -> None:
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
