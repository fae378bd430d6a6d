"""Messages (Yhteydenotot): the inbox of the web forms, and the forms themselves."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import record_id
from dashboard.ui import clock
from dashboard.ui.gateway import ask
from dashboard.ui.language import language, t
from dashboard.ui.lists import Column, page_marks, paging, record_table
from dashboard.views.messages.message_forms import draw_message
from dashboard.views.messages.web_forms import draw_web_forms
from queries.reads.form_messages import MessageRow, message_figures, waiting_messages
from queries.wording.formats import day

COLUMNS: tuple[Column[MessageRow], ...] = (
    Column("messages.columns.received", lambda row: day(row.received_on, language()), width=90),
    Column("messages.columns.name", lambda row: row.name, width=155),
    Column("messages.columns.town", lambda row: row.town or "–", width=100),
    Column("messages.columns.beginning", lambda row: row.beginning or "–", width=220),
    Column(
        "messages.columns.consents",
        lambda row: t("forms.yes") if row.consents else t("forms.no"),
        width=95,
    ),
    Column("messages.columns.form", lambda row: row.form, width=165),
)


def draw() -> None:
    st.title(t("pages.messages"), anchor=False)
    st.caption(t("messages.about"))
    figures = ask(message_figures)
    if figures.oldest is None:
        st.success(t("messages.none"), icon=":material/check_circle:")
    else:
        days = (clock.today() - figures.oldest).days
        words = "messages.waiting" if figures.waiting.exact else "messages.waiting_many"
        st.caption(f"{t(words, n=figures.waiting.n)} · {t('messages.oldest', n=days)}")
        page = ask(waiting_messages, **page_marks())
        record_table(page.rows, COLUMNS, key="messages", opens="messages", alt=t("messages.alt"))
        paging(page)
    st.header(t("messages.forms"), anchor=False)
    draw_web_forms()


chosen = record_id()
if chosen is None:
    draw()
else:
    draw_message(chosen)
