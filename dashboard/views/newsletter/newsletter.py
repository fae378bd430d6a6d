"""Newsletter (Uutiskirje): who gets it by which right, a new issue, and what is agreed to."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import link, record_id
from dashboard.panels.newsletter_forms import (
    PAGE,
    consent_form,
    draw_subscription,
    draw_texts,
    form_button,
    renewal_form,
)
from dashboard.ui import safe_html
from dashboard.ui.forms import editing
from dashboard.ui.gateway import ask
from dashboard.ui.language import language, t
from dashboard.ui.lists import Column, draw_page, first_page, page_marks, search_field
from dashboard.views.newsletter.issue import draw_export, draw_issues
from dashboard.views.newsletter.subscription_faults import LIST, NO_LINK, REFUSED, draw_faults
from queries.reads.newsletter import (
    SubscriptionRow,
    newsletter_figures,
    subscription_list,
    subscription_record,
)
from queries.store.tables import MarketingBasis
from queries.wording.formats import day, number


def _state(row: SubscriptionRow) -> str:
    return t(f"newsletter.states.{row.stands_still or 'sent'}")


COLUMNS: tuple[Column[SubscriptionRow], ...] = (
    Column("fields.email", lambda row: row.address, width=280),
    Column("fields.name", lambda row: row.name or "–", width=190),
    Column("newsletter.fields.state", _state, width=135),
    Column("newsletter.fields.since", lambda row: day(row.sourced_on, language()), width=95),
    Column("newsletter.fields.source", lambda row: t(f"sources.{row.source}"), width=105),
    Column("newsletter.fields.language", lambda row: t(f"languages.{row.language}"), width=80),
)
_LIST = "newsletter.list"


def draw() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.title(t("pages.newsletter"), anchor=False)
        form_button("consent-new", "newsletter.add", icon="add")
        form_button("renewal-new", "newsletter.renew", icon="restart_alt")
    st.caption(t("newsletter.about"))
    if editing("consent-new"):
        consent_form("consent-new")
    if editing("renewal-new"):
        renewal_form("renewal-new")
    figures = ask(newsletter_figures)
    columns = st.columns(4)
    for column, basis in zip(columns, MarketingBasis, strict=False):
        column.metric(t(f"newsletter.lists.{basis}"), number(figures.by_basis[basis], language()))
    columns[3].metric(
        t("newsletter.suppressed"),
        number(figures.suppressed, language()),
        help=t("newsletter.suppressed_help"),
    )
    _draw_chosen()
    st.header(t("newsletter.issue"), anchor=False)
    draw_export()
    draw_issues()
    if (which := st.query_params.get(LIST)) in {NO_LINK, REFUSED}:
        draw_faults(which, COLUMNS)
        return
    st.header(t("newsletter.subscribers"), anchor=False)
    _draw_list()
    with st.expander(t("newsletter.texts"), expanded=editing("consent-text-new")):
        draw_texts()


def _draw_chosen() -> None:
    chosen = record_id()
    if chosen is None:
        return
    row = ask(subscription_record, chosen)
    with st.container(border=True):
        safe_html.heading(row.name or row.address, level=3)
        draw_subscription(row, place=PAGE)
        if row.party_id is not None:
            link("customer", t("newsletter.to_card"), {"id": str(row.party_id)}, icon="person")


def _draw_list() -> None:
    basis = (
        st.segmented_control(
            t("newsletter.right"),
            list(MarketingBasis),
            default=MarketingBasis.CONSENT,
            key=_LIST,
            format_func=lambda one: t(f"newsletter.lists.{one}"),
            on_change=first_page,
        )
        or MarketingBasis.CONSENT
    )
    st.caption(t(f"newsletter.laws.{basis}"))
    text = search_field("newsletter", label="newsletter.search")
    page = ask(subscription_list, basis, text=text, **page_marks())
    draw_page(page, COLUMNS, words="newsletter", opens="newsletter", key=f"newsletter-{basis}")


draw()
