"""Is the notice true (Toteutuuko seloste): its statements held against the register today."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import link
from dashboard.panels.notice_proofs import draw_proofs, read_proofs
from dashboard.ui.language import t

st.title(t("pages.proofs"), anchor=False)
st.caption(t("proofs.about"))
draw_proofs(read_proofs())
link("notice_check", t("notice_check.open"), icon="plagiarism")
