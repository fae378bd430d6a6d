"""The subscriptions behind a proof of the notice that is not true: what is to mend in them."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import link
from dashboard.ui.gateway import ask
from dashboard.ui.language import t
from dashboard.ui.lists import Column, draw_page, page_marks
from dashboard.ui.public_address import public_address
from queries.reads.newsletter import SubscriptionRow, refused_subscriptions, unlinked_subscriptions

#: In the address of the page: which of the lists.
LIST = "list"
NO_LINK, REFUSED = "no_link", "refused"


def draw_faults(which: str, columns: tuple[Column[SubscriptionRow], ...]) -> None:
    """One of the lists, and the way back to all subscribers.

    :param which: :data:`NO_LINK` or :data:`REFUSED`.
    """
    st.header(t(f"newsletter.faults.{which}"), anchor=False)
    if which == NO_LINK:
        page = ask(unlinked_subscriptions, public=public_address(), **page_marks())
    else:
        page = ask(refused_subscriptions)
    if page.rows:
        st.caption(t(f"proofs.mend.{_PROOFS[which]}"))
        draw_page(page, columns, words="newsletter", opens="newsletter", key=f"newsletter-{which}")
    else:
        st.success(t(f"newsletter.faults.no_{which}"), icon=":material/check_circle:")
    link("newsletter", t("newsletter.faults.all"), icon="arrow_back")


_PROOFS = {NO_LINK: "links_work", REFUSED: "suppressed_left_alone"}
