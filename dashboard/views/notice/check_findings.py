"""A published notice on the screen: the text that is pasted in, and what differs."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import link
from dashboard.ui import clock, safe_html
from dashboard.ui.gateway import ask
from dashboard.ui.language import t
from dashboard.ui.public_address import public_address
from queries.documents.notice.check import LONGEST, Checked, CheckFinding, Weight, check_notice

_ICONS = {Weight.WRONG: "error", Weight.MISSING: "playlist_remove", Weight.LOOK: "visibility"}


def draw_check() -> None:
    """Draw the field, and the findings on its text; nothing of it is kept."""
    with st.form("notice_check"):
        text = st.text_area(
            t("notice_check.text"), key="notice_check.text", height=300, max_chars=LONGEST
        )
        st.form_submit_button(t("notice_check.check"), type="primary", icon=":material/fact_check:")
    if text and text.strip():
        found = ask(check_notice, text, today=clock.today(), public=public_address())
        _draw_found(found)


def _draw_found(found: Checked) -> None:
    if not found.findings:
        st.success(t("notice_check.none"), icon=":material/check_circle:")
    else:
        st.markdown(t("notice_check.summary", n=len(found.findings), lines=found.lines))
    for weight in Weight:
        rows = found.of(weight)
        if rows:
            st.header(t(f"notice_check.{weight}"), anchor=False)
            for row in rows:
                _draw_finding(row)
    if not found.knows_post_codes:
        st.info(t("notice_check.no_codes"), icon=":material/pin_drop:")
        link("import_", t("pages.import_"), icon="upload_file")
    link("notice", t("notice_check.draft"), icon="policy")
    st.caption(t("notice_check.limits"))


def _draw_finding(row: CheckFinding) -> None:
    said, todo = sentences(row)
    with (
        st.container(border=True, gap="small"),
        st.container(horizontal=True, vertical_alignment="top", wrap=False),
    ):
        st.markdown(f":material/{_ICONS[row.weight]}:", width="content")
        quoted = ""
        if row.spot is not None:
            quoted = t("notice_check.line", n=row.spot.line, quote=row.spot.quote)
        with st.container(gap="xsmall"):
            safe_html.lines(said, small=quoted)
            safe_html.lines(f"\N{RIGHTWARDS ARROW} {todo}")


def sentences(row: CheckFinding) -> tuple[str, str]:
    """Return what was found, and what to do about it."""
    if not row.code.startswith("part_"):
        found = t(f"notice_check.found.{row.code}", **row.facts)
        return found, t(f"notice_check.do.{row.code}", **row.facts)
    code = row.code.removeprefix("part_")
    part = t(f"notice_check.parts.{code}")
    counts = row.facts.get("n")
    words = "notice_check.missing_recipients" if counts else "notice_check.missing_part"
    facts = {name: fact for name, fact in row.facts.items() if name != "n" or counts}
    todo = "notice_check.do_conditional" if row.weight is Weight.LOOK else "notice_check.do_part"
    return t(words, part=part, **facts), t(todo)
