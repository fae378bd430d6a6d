"""Which pages there are, who sees them, and how one opens a record."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard.parts.language import t
from queries.rules.roles import Actor, Right

_VIEWS = Path(__file__).parent / "views"

#: The menu's parts, in order; of each page its name, icon, the right to see it, and whether the
#: menu lists it. The name is the page's address.
SECTIONS: dict[str, tuple[tuple[str, str, Right, bool], ...]] = {
    "": (("overview", "dashboard", Right.SEE_BILLING, True),),
    "customers": (
        ("customers", "groups", Right.SEE_CUSTOMERS, True),
        ("customer", "person", Right.SEE_CUSTOMERS, False),
        ("new_customer", "person_add", Right.EDIT_CUSTOMERS, False),
        ("messages", "inbox", Right.HANDLE_MESSAGES, True),
        ("newsletter", "mail", Right.SEND_NEWSLETTER, True),
        ("import_", "upload_file", Right.IMPORT_DATA, True),
        ("imports", "inventory", Right.IMPORT_DATA, True),
    ),
    "sales": (
        ("orders", "assignment", Right.SEE_CUSTOMERS, True),
        ("order", "assignment", Right.SEE_CUSTOMERS, False),
        ("invoices", "receipt_long", Right.SEE_BILLING, True),
        ("invoice", "receipt_long", Right.SEE_BILLING, False),
        ("services", "sell", Right.SEE_BILLING, True),
    ),
    "keeping": (
        ("retention", "schedule", Right.SEE_RETENTION, True),
        ("disposal", "delete_forever", Right.SEE_RETENTION, True),
        ("paper", "folder_open", Right.SEE_RETENTION, True),
        ("financial_years", "event_note", Right.SEE_RETENTION, True),
    ),
    "data_protection": (
        ("requests", "contact_mail", Right.SEE_REQUESTS, True),
        ("request", "contact_mail", Right.SEE_REQUESTS, False),
        ("notice", "policy", Right.SEE_NOTICE, True),
        ("notice_check", "plagiarism", Right.SEE_NOTICE, False),
        ("proofs", "fact_check", Right.SEE_NOTICE, True),
        ("sources", "travel_explore", Right.SEE_NOTICE, True),
        ("recipients", "share", Right.SEE_NOTICE, True),
        ("trail", "history", Right.SEE_TRAIL, True),
    ),
}

#: The addresses of all pages, the overview's first.
PAGE_NAMES = tuple(name for members in SECTIONS.values() for name, *_ in members)


def pages(actor: Actor) -> dict[str, list[StreamlitPage]]:
    """The pages of a user's role under the headings of the menu; the first is the one that opens
    after signing in.

    The address of a page that the role may not see says so, for it may come from a colleague.
    """
    own: dict[str, StreamlitPage] = {}
    menu: dict[str, list[StreamlitPage]] = {}
    closed: list[StreamlitPage] = []
    for section, members in SECTIONS.items():
        shown: list[StreamlitPage] = []
        for name, icon, right, listed in members:
            title, sign = t(f"pages.{name}"), f":material/{icon}:"
            if actor.may(right):
                own[name] = st.Page(
                    _VIEWS / f"{name}.py",
                    title=title,
                    icon=sign,
                    url_path=name,
                    default=not own,
                    visibility="visible" if listed else "hidden",
                )
                shown.append(own[name])
            else:
                closed.append(
                    st.Page(_closed, title=title, icon=sign, url_path=name, visibility="hidden")
                )
        menu[t(f"sections.{section}") if section else ""] = shown
    st.session_state["pages"] = own
    menu[""].extend(closed)
    return {heading: shown for heading, shown in menu.items() if shown}


def _closed() -> None:
    st.error(t("refusals.not_allowed"), icon=":material/lock:")


def open_record(page: str, record_id: int) -> None:
    """Open a record's page at the next run (a callback)."""
    open_page(page, {"id": str(record_id)})


def open_page(page: str, query: dict[str, str] | None = None) -> None:
    """Open a page at the next run with these parameters (a callback)."""
    st.session_state["go"] = (page, query or {})


def follow() -> None:
    """Go where a callback said; the entry script calls it before it runs the page."""
    where = st.session_state.pop("go", None)
    if where is not None and where[0] in st.session_state["pages"]:
        st.switch_page(st.session_state["pages"][where[0]], query_params=where[1])


def record_id(name: str = "id") -> int | None:
    """The id in the address of a record's page; ``name`` is that of its parameter."""
    text = st.query_params.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 12 else None  # noqa: PLR2004 - an id's length


def link(page: str, label: str, query: dict[str, str] | None = None, *, icon: str = "") -> None:
    """A link to a page of ours, with words that are ours too."""
    target = st.session_state["pages"].get(page)
    if target is not None:
        st.page_link(
            target, label=label, query_params=query, icon=f":material/{icon}:" if icon else None
        )
