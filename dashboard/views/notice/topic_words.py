"""The company's own words for topics of the notice."""

from __future__ import annotations

import streamlit as st

from dashboard.ui import safe_html
from dashboard.ui.actions import open_form
from dashboard.ui.forms import Field, edit_form, editing
from dashboard.ui.gateway import may
from dashboard.ui.language import language, t
from queries.reads.notice.settings import NoticeSettings, WordsRow
from queries.rules.notice import LANGUAGES
from queries.rules.roles import Permission
from queries.writes.notice.settings import SetWords, set_words

_WORDS = tuple(Field(code, "lines", label=f"notice.words_in.{code}") for code in LANGUAGES)


def draw_words(settings: NoticeSettings) -> None:
    """Draw what is said in the company's own words, topic by topic."""
    st.subheader(t("notice.words"), anchor=False)
    st.caption(t("notice.words_about"))
    for row in settings.topics:
        _draw_topic(row)


def _draw_topic(row: WordsRow) -> None:
    form = f"notice-words-{row.topic}"
    title = t(f"notice_topics.{row.topic}")
    if editing(form):
        st.write(f"**{title}**")
        edit_form(
            form,
            _WORDS,
            row.words,
            command=set_words,
            inputs=SetWords,
            fixed={"topic": row.topic, "version": row.version},
        )
        return
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        own = row.words.get(language(), "")
        safe_html.lines(title, small=own or t("notice.words_none"))
        if may(Permission.EDIT_SETTINGS):
            open_form(form)
