"""Check of a published notice (Julkaistun selosteen tarkistus): pasted in, held to the register."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import link
from dashboard.ui.language import t
from dashboard.views.notice.check_findings import draw_check

link("notice", t("pages.notice"), icon="arrow_back")
st.title(t("pages.notice_check"), anchor=False)
st.caption(t("notice_check.about"))
draw_check()
