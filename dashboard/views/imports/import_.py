"""Import (Tuonti): a file is read, previewed row by row, and brought in whole or not at all."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.ui.language import t
from dashboard.views.imports.carrying_out import carry_out_wanted, want
from dashboard.views.imports.file_settings import draw_settings
from dashboard.views.imports.given_file import draw_giving
from dashboard.views.imports.matches import said
from dashboard.views.imports.outcome import draw_done
from dashboard.views.imports.post_codes import draw_post_codes, draw_post_codes_done
from dashboard.views.imports.preview import draw_plan, planned
from queries.intake.post_codes import PostCodeFile


def draw() -> None:
    st.title(t("pages.import_"))
    carry_out_wanted()
    if draw_done() or draw_post_codes_done():
        return
    st.markdown(t("import.about"))
    given = draw_giving()
    if given is None:
        return
    intake, settings = draw_settings(given)
    if isinstance(intake.content, PostCodeFile):
        draw_post_codes(intake.content, intake.sha256, intake.name)
        return
    settings = replace(settings, matches=said(intake))
    draw_plan(planned(intake, settings), want)


draw()
