"""The entry script: who is signed in, and which page. Nothing else."""

from pathlib import Path

import streamlit as st

from dashboard import navigation
from dashboard.ui import safe_html, sign_in
from dashboard.ui.forms import draw_messages
from dashboard.ui.gateway import acting
from dashboard.ui.own_password import draw_own_password
from dashboard.ui.widget_labels import draw_widget_words
from dashboard.words import word

ICON = Path(__file__).with_name("icon.svg")

user = sign_in.current_user()
sign_in.own_state(user)
language = sign_in.page_language(user)
st.session_state["language"] = language
# An icon of our own: for a page's icon the browser would ask Google's servers.
st.set_page_config(page_title=word("app.name", language), page_icon=str(ICON), layout="wide")
draw_widget_words()
if user is None:
    sign_in.draw_sign_in()
else:
    with acting(user):
        page = st.navigation(navigation.pages(user.actor), expanded=True)
        sign_in.draw_account(user)
        draw_own_password(user)
        navigation.follow()
        safe_html.style()
        draw_messages()
        page.run()
