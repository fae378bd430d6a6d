"""The newsletter's forms: a consent, its renewal, an end, and the text that is agreed to."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from dashboard.panels.contact_forms import origin_line
from dashboard.ui import clock, safe_html
from dashboard.ui.actions import act, confirm, open_form
from dashboard.ui.forms import Code, Field, edit_form, editing
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import language, t
from queries.reads.customers.customer_card import Origin
from queries.reads.newsletter import ConsentTextRow, SubscriptionRow, consent_texts
from queries.rules.roles import Permission
from queries.store.tables import Language, Source
from queries.wording.formats import day
from queries.writes.newsletter.newsletter import (
    CONSENTED_BY,
    EndSubscription,
    RenewConsent,
    Subscribe,
    WriteConsentText,
    end_subscription,
    renew_consent,
    subscribe,
    write_consent_text,
)

_NAMED = (Field("address", label="fields.email", row="1"), Field("name", row="1"))
_REASON = Field("reason", "lines", label="newsletter.fields.renewal_reason")
_TEXTS = (
    Field("fi", "lines", label="languages.fi"),
    Field("sv", "lines", label="languages.sv"),
    Field("en", "lines", label="languages.en"),
)

#: Where a subscription is drawn: on its own page, or on the customer's card.
PAGE, CARD = "page", "card"


def form_button(
    form: str, label: str, *, icon: str, right: Permission = Permission.SEND_NEWSLETTER
) -> None:
    """The button that opens a form; nothing for who may not use it."""
    if may(right) and not editing(form):
        open_form(form, label, icon=icon)


def newest(texts: tuple[ConsentTextRow, ...]) -> tuple[ConsentTextRow, ...]:
    """Return the texts that people are asked to agree to now, in each language."""
    return tuple(row for row in texts if row.version == texts[0].version)


def consent_form(form: str, *, party_id: int | None = None, address: str = "") -> None:
    """Draw the form that records a consent given to the office."""
    _consent(form, (), party_id, address, subscribe, Subscribe, "newsletter.added")


def renewal_form(form: str) -> None:
    """Draw the form that records a new consent of someone who had refused."""
    st.info(t("newsletter.renewal_about"))
    _consent(form, (_REASON,), None, "", renew_consent, RenewConsent, "newsletter.renewed")


def _consent(
    form: str,
    more: tuple[Field, ...],
    party_id: int | None,
    address: str,
    command: Any,
    inputs: Any,
    done: str,
) -> None:
    texts = newest(ask(consent_texts))
    if not texts:
        st.warning(t("newsletter.no_text"))
        return
    names: dict[Code, str] = {row.id: _shown(row) for row in texts}
    fields = (
        *_NAMED,
        Field("language", "choice", options=tuple(Language), words="languages", row="2"),
        Field(
            "consent_text_id",
            "choice",
            label="newsletter.fields.consent_text",
            options=tuple(names),
            names=names,
            row="2",
            width=2,
        ),
        Field(
            "source",
            "choice",
            label="newsletter.fields.how",
            options=CONSENTED_BY,
            words="sources",
            row="3",
        ),
        Field("sourced_on", "day", label="newsletter.fields.when", row="3", width=2),
        *more,
    )
    values = {
        "sourced_on": clock.today(),
        "language": language(),
        "source": Source.EMAIL,
        "address": address,
    }
    if party_id is not None:  # the card's column has no room for fields beside each other
        fields = tuple(replace(field, row="") for field in fields)
    edit_form(
        form,
        fields,
        values,
        command=command,
        inputs=inputs,
        fixed={"party_id": party_id},
        done=done,
        submit="newsletter.save",
    )


def _shown(row: ConsentTextRow) -> str:
    text = " ".join(row.text.split())
    cut = text if len(text) <= 60 else text[:59] + "…"  # noqa: PLR2004 - what a box shows
    return f"{t(f'languages.{row.language}')}: {cut}"


def text_form(form: str) -> None:
    """Draw the form for the next version of the consent text, beginning with the present one."""
    texts = ask(consent_texts)
    stands = {row.language: row.text for row in newest(texts)} if texts else {}
    edit_form(
        form,
        _TEXTS,
        stands,
        command=write_consent_text,
        inputs=WriteConsentText,
        fixed={},
        done="newsletter.text_written",
    )


def draw_subscription(row: SubscriptionRow, *, place: str) -> None:
    """A subscription with its right, its source and what may be done with it.

    :param place: :data:`PAGE` or :data:`CARD`.
    """
    if row.consent_version is not None:
        right = t("newsletter.by_text", n=row.consent_version)
    else:
        right = t(f"newsletter.rights.{row.basis}")
    below = origin_line(Origin(row.source, row.sourced_on))
    reason = t("newsletter.renewed_because", why=row.renewal_reason) if row.renewal_reason else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        safe_html.lines(row.address, right, reason, small=below)
        if may(Permission.SEND_NEWSLETTER):
            confirm(
                "newsletter.end",
                "newsletter.end_sure",
                "newsletter.end_yes",
                partial(
                    act,
                    end_subscription,
                    EndSubscription(id=row.id, version=row.version),
                    token=f"end-subscription-{row.id}",
                    done="newsletter.ended",
                    then=_forget_record if place == PAGE else None,
                ),
                key=f"{place}.end-{row.id}",
                ask_key=f"{place}.ask-{row.id}",
                icon="unsubscribe",
            )
    if row.stands_still is not None:
        st.caption(f":material/pause_circle: {t(f'newsletter.still.{row.stands_still}')}")


def _forget_record(_subscription: int) -> None:
    """Take the record out of the page's address: it is gone."""
    st.query_params.pop("id", None)


def draw_texts() -> None:
    """Draw every version of the consent text, the one in use first."""
    texts = ask(consent_texts)
    if not texts:
        st.caption(t("newsletter.no_text"))
    for row in texts:
        small = t(
            "newsletter.text_line",
            n=row.version,
            on=day(row.since, language()),
            spoken=t(f"languages.{row.language}"),
            by=row.written_by,
        )
        safe_html.lines(*row.text.splitlines(), small=small)
    form = "consent-text-new"
    if editing(form) and may(Permission.EDIT_SETTINGS):
        text_form(form)
    else:
        form_button(form, "newsletter.write_text", icon="edit_note", right=Permission.EDIT_SETTINGS)
