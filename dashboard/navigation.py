"""The registry of pages: which exist, who sees them, and how one opens a record."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard.ui.language import t
from queries.reads.paging import typed_key
from queries.rules.roles import Actor, Permission

_VIEWS = Path(__file__).parent / "views"


@dataclass(frozen=True)
class PageEntry:
    """A page of the dashboard.

    :param script: its file below ``views``, without the suffix.
    :param icon: of Material Symbols.
    :param right: what a role needs to see it.
    :param is_listed: whether the menu lists it; others are opened from a list.
    :param address: where it is not the script's own name.
    """

    script: str
    icon: str
    right: Permission
    is_listed: bool = True
    address: str = ""

    @property
    def name(self) -> str:
        """The page's address, by which code and words call it."""
        return self.address or self.script.rsplit("/", 1)[-1]

    @property
    def path(self) -> Path:
        return _VIEWS / f"{self.script}.py"


#: The parts of the menu, in order.
SECTIONS: dict[str, tuple[PageEntry, ...]] = {
    "": (PageEntry("overview/overview", "dashboard", Permission.SEE_BILLING),),
    "customers": (
        PageEntry("customers/customers", "groups", Permission.SEE_CUSTOMERS),
        PageEntry("customers/customer", "person", Permission.SEE_CUSTOMERS, is_listed=False),
        PageEntry(
            "customers/new_customer", "person_add", Permission.EDIT_CUSTOMERS, is_listed=False
        ),
        PageEntry("messages/messages", "inbox", Permission.HANDLE_MESSAGES),
        PageEntry("newsletter/newsletter", "mail", Permission.SEND_NEWSLETTER),
        PageEntry("imports/import_", "upload_file", Permission.IMPORT_DATA),
        PageEntry("imports/imports", "inventory", Permission.IMPORT_DATA),
    ),
    "sales": (
        PageEntry("sales/orders", "assignment", Permission.SEE_CUSTOMERS),
        PageEntry("sales/order", "assignment", Permission.SEE_CUSTOMERS, is_listed=False),
        PageEntry("sales/invoices", "receipt_long", Permission.SEE_BILLING),
        PageEntry("sales/invoice", "receipt_long", Permission.SEE_BILLING, is_listed=False),
        PageEntry("sales/services", "sell", Permission.SEE_BILLING),
    ),
    "keeping": (
        PageEntry("retention/retention", "schedule", Permission.SEE_RETENTION),
        PageEntry("disposal/disposal", "delete_forever", Permission.SEE_RETENTION),
        PageEntry("paper", "folder_open", Permission.SEE_RETENTION),
        PageEntry("retention/financial_years", "event_note", Permission.SEE_RETENTION),
    ),
    "data_protection": (
        PageEntry("requests/requests", "contact_mail", Permission.SEE_REQUESTS),
        PageEntry("requests/request", "contact_mail", Permission.SEE_REQUESTS, is_listed=False),
        PageEntry("notice/notice", "policy", Permission.SEE_NOTICE),
        PageEntry("notice/notice_check", "plagiarism", Permission.SEE_NOTICE, is_listed=False),
        PageEntry("notice/proofs", "fact_check", Permission.SEE_NOTICE),
        PageEntry("provenance", "travel_explore", Permission.SEE_NOTICE, address="sources"),
        PageEntry("recipients", "share", Permission.SEE_NOTICE),
        PageEntry("trail", "history", Permission.SEE_TRAIL),
    ),
}

PAGES = {page.name: page for members in SECTIONS.values() for page in members}
#: The addresses of all pages, the overview's first.
PAGE_NAMES = tuple(PAGES)


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
        for page in members:
            title, icon = t(f"pages.{page.name}"), f":material/{page.icon}:"
            if actor.may(page.right):
                own[page.name] = st.Page(
                    page.path,
                    title=title,
                    icon=icon,
                    url_path=page.name,
                    default=not own,
                    visibility="visible" if page.is_listed else "hidden",
                )
                shown.append(own[page.name])
            else:
                closed.append(
                    st.Page(
                        _closed, title=title, icon=icon, url_path=page.name, visibility="hidden"
                    )
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
    return typed_key(st.query_params.get(name))


def link(page: str, label: str, query: dict[str, str] | None = None, *, icon: str = "") -> None:
    """A link to a page of ours, with words that are ours too."""
    target = st.session_state["pages"].get(page)
    if target is not None:
        st.page_link(
            target, label=label, query_params=query, icon=f":material/{icon}:" if icon else None
        )
