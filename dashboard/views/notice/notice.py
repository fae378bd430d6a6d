"""The notice (Tietosuojaseloste): the draft with its proofs, versions, settings, Art. 30."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import link
from dashboard.ui import clock
from dashboard.ui.gateway import ask
from dashboard.ui.language import language, t
from dashboard.views.notice.draft import draw_draft, draw_publishing
from dashboard.views.notice.files import draw_files, draw_record, draw_version
from dashboard.views.notice.settings_forms import draw_controller, draw_safeguards
from dashboard.views.notice.topic_words import draw_words
from dashboard.views.notice.versions import DRAFT, choose_version, draw_changes, draw_state
from queries.documents.notice import Notice
from queries.documents.notice.differences import count_changed
from queries.documents.notice.draft import draw_notices
from queries.documents.notice.text import Imprint, as_text, read_text, written
from queries.documents.processing import record_of_processing
from queries.reads.notice.controller import controller_row
from queries.reads.notice.notice import (
    NoticeFacts,
    Version,
    VersionRow,
    notice_facts,
    notice_version,
    notice_versions,
)
from queries.reads.paper.rooms import rooms
from queries.rules.notice import LANGUAGES


def draw() -> None:
    st.title(t("pages.notice"), anchor=False)
    facts = ask(notice_facts, today=clock.today())
    drawn = draw_notices(facts)
    texts = {code: as_text(notice) for code, notice in drawn.items()}
    rows, latest = ask(notice_versions), ask(notice_version)
    with st.container():  # a place of its own, so that the tabs below stay where they are
        draw_state(rows, 0 if latest is None else count_changed(latest.fi, texts["fi"]))
        if latest is None or any(latest.text(code) != text for code, text in texts.items()):
            draw_publishing(texts)
    link("notice_check", t("notice_check.open"), icon="plagiarism")
    shown_in = _chosen_language()
    names = ("text", "changes", "settings", "record")
    text, changes, settings, record = st.tabs([t(f"notice.tabs.{name}") for name in names])
    with text:
        same = latest if latest and latest.text(shown_in) == texts[shown_in] else None
        _text(drawn[shown_in], rows, facts, same)
    with changes:
        draw_changes(rows, texts[shown_in], shown_in)
    with settings:
        draw_controller(ask(controller_row))
        draw_safeguards(facts.settings)
        draw_words(facts.settings)
    with record:
        places = ask(rooms, today=clock.today())
        draw_record(record_of_processing(facts, shown_in, rooms=places))


def _chosen_language() -> str:
    chosen = st.segmented_control(
        t("notice.language"),
        LANGUAGES,
        default=language(),
        key="notice.language",
        format_func=lambda code: t(f"languages.{code}"),
    )
    return chosen or language()


def _text(
    notice: Notice, rows: tuple[VersionRow, ...], facts: NoticeFacts, same: Version | None
) -> None:
    """The draft, or the version that is chosen, with its files.

    :param same: the latest version, where the draft says the same: then the files are that version.
    """
    chosen = choose_version("shown", rows, DRAFT) if rows else DRAFT
    version = None if chosen == DRAFT else ask(notice_version, chosen)
    house, shown_in = facts.controller.name, notice.language
    if version is None:
        imprint = Imprint(facts.today) if same is None else _imprint(same)
        draw_files(written(notice), shown_in, imprint, house)
        draw_draft(notice)
        return
    text = version.text(shown_in)
    draw_files(read_text(text), shown_in, _imprint(version), house)
    draw_version(text, shown_in)


def _imprint(version: Version) -> Imprint:
    return Imprint(version.row.published_on, version.row.number)


draw()
