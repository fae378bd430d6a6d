"""Plain pages that a visitor of the company's site sees after sending a form without a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from starlette.responses import HTMLResponse

from dashboard.web.outside import plain_page, sheet
from dashboard.words import word
from queries.documents.controller_details import Controller
from queries.errors import InvalidInput
from queries.reads.web_forms import OpenForm
from queries.rules import web_forms

_STYLE = """
label{display:block;font-weight:600;margin:0 0 .25rem}
.field{margin:0 0 1.25rem}
input[type=text],input[type=email],input[type=tel],textarea{box-sizing:border-box;width:100%;
font:inherit;color:inherit;background:transparent;border:1px solid #767680;border-radius:.5rem;
padding:.6rem .75rem}
textarea{min-height:8rem}
input:focus-visible,textarea:focus-visible,a:focus-visible{outline:3px solid var(--deed);
outline-offset:2px}
.wrong{margin:.35rem 0 0;color:#b3261e;font-weight:600}
@media(prefers-color-scheme:dark){.wrong{color:#f2b8b5}}
.box{display:flex;gap:.6rem;align-items:start}.box label{font-weight:400;margin:0}
.box input{width:1.25rem;height:1.25rem;margin:.2rem 0 0;flex:none}
a{color:var(--deed)}ul{padding-left:1.25rem;margin:0 0 1.5rem}
.unseen{position:absolute;left:-100vw;width:1px;height:1px;overflow:hidden}
"""
_KINDS = {
    "email": ("email", "email"),
    "phone": ("tel", "tel"),
    "name": ("text", "name"),
    "street": ("text", "street-address"),
    "post_code": ("text", "postal-code"),
    "town": ("text", "address-level2"),
}


def thanks_page(language: str, house: str) -> HTMLResponse:
    """Return the page that says that the message has come, and to whom."""
    return plain_page(
        language,
        word("form_pages.thanks_title", language),
        [word("form_pages.thanks", language, house=house)],
    )


def problem_page(
    language: str, message: str, status: int, *, retry_after: int | None = None
) -> HTMLResponse:
    """Return the page that says that the message was not taken, and what to do."""
    return plain_page(
        language,
        word("form_pages.problem_title", language),
        [message],
        status=status,
        retry_after=retry_after,
    )


def message_of(error: InvalidInput, language: str) -> str:
    """Return what is wrong with a field, for a visitor: no statute, nothing to confirm."""
    if error.code in {"personal_identity_code", "suspect_identity_code"}:
        return word("form_pages.identity_code", language)
    if error.code in {"no_contact", "consent_needs_email"}:
        return word(f"form_pages.{error.code}", language)
    if error.code == "too_long":
        return word("form_pages.too_long", language, longest=error.facts.get("longest", 0))
    if error.field == "email":
        return word("refusals.email.form", language)
    if error.field == "phone":
        return word("form_pages.phone", language)
    code = error.code if error.code in {"required", "control_character"} else "form"
    return word(f"refusals.{code}", language)


def used_for(house: Controller, language: str) -> str:
    """Return the controller, the purpose and a link to the rest, as HTML (GDPR Art. 13): it is
    shown where the details are asked for."""
    said = escape(word("form_pages.used_for", language, house=house.name))
    if house.notice_address:
        link = escape(word("form_pages.read_notice", language))
        return f'{said} <a href="{escape(house.notice_address)}">{link}</a>'
    return f"{said} {escape(word('form_pages.ask_notice', language, email=house.requests_to[0]))}"


def mend_page(
    form: OpenForm,
    typed: Mapping[str, str],
    errors: Sequence[InvalidInput],
    language: str,
    house: Controller,
) -> HTMLResponse:
    """The form again with what was typed, and beside each field what to mend in it."""
    wrong = {error.field: message_of(error, language) for error in reversed(errors)}
    listed = "".join(
        f'<li><a href="#{name}">{_label(name, language)}</a>: {escape(wrong[name])}</li>'
        for name in web_forms.FIELDS
        if name in wrong
    )
    fields = "".join(
        _field(name, typed.get(name, ""), wrong.get(name), language) for name in web_forms.FIELDS
    )
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in (
            (web_forms.SECRET, typed.get(web_forms.SECRET, "")),
            (web_forms.LANGUAGE, language),
        )
    )
    inner = (
        f"<p>{escape(word('form_pages.mend', language))}</p><ul>{listed}</ul>"
        f'<form method="post" action="/forms/{form.key}" novalidate>{hidden}{fields}'
        f"{_box(form, typed)}{_unseen(language)}<p>{used_for(house, language)}</p>"
        f"<button>{escape(word('form_pages.send', language))}</button></form>"
    )
    return sheet(language, word("form_pages.mend_title", language), inner, style=_STYLE, status=422)


def _label(name: str, language: str) -> str:
    return escape(word(f"form_pages.fields.{name}", language))


def _field(name: str, value: str, wrong: str | None, language: str) -> str:
    said = f'<p class="wrong" id="{name}-wrong">{escape(wrong)}</p>' if wrong else ""
    more = f' aria-invalid="true" aria-describedby="{name}-wrong"' if wrong else ""
    if name == "message":
        drawn = f'<textarea id="{name}" name="{name}" rows="6"{more}>\n{escape(value)}</textarea>'
    else:
        kind, fill = _KINDS[name]
        drawn = (
            f'<input type="{kind}" id="{name}" name="{name}" value="{escape(value)}"'
            f' autocomplete="{fill}"{more}>'
        )
    label = f'<label for="{name}">{_label(name, language)}</label>'
    return f'<div class="field">{label}{drawn}{said}</div>'


def _box(form: OpenForm, typed: Mapping[str, str]) -> str:
    """The newsletter box, as ticked as it was."""
    if form.consent_text is None:
        return ""
    name = web_forms.CONSENT
    ticked = " checked" if typed.get(name) else ""
    return (
        f'<div class="field box"><input type="checkbox" id="{name}" name="{name}"{ticked}>'
        f'<label for="{name}">{escape(form.consent_text)}</label></div>'
    )


def _unseen(language: str) -> str:
    """The field for programs, out of sight and out of the way of keyboards and screen readers."""
    name, label = web_forms.HONEYPOT, escape(word("form_pages.leave_empty", language))
    return (
        f'<div class="unseen" aria-hidden="true"><label for="{name}">{label}</label>'
        f'<input type="text" id="{name}" name="{name}" tabindex="-1" autocomplete="off">'
        "</div>"
    )
