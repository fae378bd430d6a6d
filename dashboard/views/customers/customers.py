"""Customers (Asiakkaat): search, filter, page, open."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import open_page
from dashboard.panels.restriction_banner import draw_restricted
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import language, t
from dashboard.ui.lists import (
    Choice,
    Column,
    draw_page,
    filters,
    first_page,
    page_marks,
    search_field,
)
from queries.reads.customers.customer_list import (
    CustomerFilter,
    CustomerRow,
    CustomerSort,
    PartyRole,
    customer_list,
    towns,
)
from queries.rules.roles import Permission
from queries.store.tables import Language, PartyKind, PartyStatus
from queries.wording.formats import day, euros, telephone


def _owed(row: CustomerRow) -> str:
    return euros(row.open_cents, language()) if row.open_cents else ""


COLUMNS: tuple[Column[CustomerRow], ...] = (
    Column("fields.name", lambda row: row.name, width=240),
    Column("fields.town", lambda row: row.town or "", width=110),
    Column("fields.phone", lambda row: telephone(row.phone) if row.phone else "", width=145),
    Column("fields.open_cents", _owed, right=True, width=105),
    Column("fields.status", lambda row: t(f"statuses.{row.status}"), width=95),
    Column("fields.business_id", lambda row: row.business_id or "", width=100),
    Column("fields.email", lambda row: row.email or "", width="medium"),
    Column("fields.roles", lambda row: ", ".join(t(f"roles_of_party.{r}") for r in row.roles)),
    Column("fields.started_on", lambda row: day(row.started_on, language())),
)

_ROLES = {
    None: PartyRole.CUSTOMER,
    "partner": PartyRole.PARTNER,
    "contact": PartyRole.CONTACT,
    "any": None,
}


def draw() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.title(t("pages.customers"))
        if may(Permission.EDIT_CUSTOMERS):
            st.button(
                t("customers.add"),
                icon=":material/person_add:",
                on_click=open_page,
                args=("new_customer",),
            )
    text = search_field("customers", label="customers.search")
    wanted = _filter(text)
    page = ask(customer_list, wanted, **page_marks())
    is_short = bool(text) and len(text.strip()) < 3  # noqa: PLR2004 - the shortest part that is searched
    draw_page(
        page,
        COLUMNS,
        words="customers",
        opens="customer",
        none="customers.too_short" if is_short else "customers.none",
        below=lambda rows: draw_restricted(rows, lambda row: (row.id, row.name)),
    )
    if text and wanted.role is PartyRole.CUSTOMER:
        st.button(
            t("customers.search_everyone"),
            icon=":material/travel_explore:",
            type="tertiary",
            on_click=_search_everyone,
        )


def _filter(text: str) -> CustomerFilter:
    roles, found = ["partner", "contact", "any"], ask(towns)
    role, kind, status, spoken, town, sort = filters(
        Choice("role", roles, "roles_of_party", every="roles_of_party.customer"),
        Choice("kind", list(PartyKind), "kinds"),
        Choice("status", list(PartyStatus), "statuses"),
        Choice("language", list(Language), "languages"),
        Choice("town", found, names={name: name for name in found}),
        Choice("sort", list(CustomerSort)[1:], "sorts", every="sorts.name"),
    )
    return CustomerFilter(
        text=text,
        role=_ROLES[role],
        kind=kind,
        status=status,
        language=spoken,
        town=town,
        started_month=_month("started"),
        ended_month=_month("ended"),
        sort=sort or CustomerSort.NAME,
    )


def _search_everyone() -> None:
    """Contact persons and partners too (a callback): the list is of customers otherwise."""
    first_page()
    st.query_params["role"] = "any"


def _month(name: str) -> str | None:
    text = st.query_params.get(name, "")
    whole = len(text) == 7 and text[4] == "-" and text[:4].isdecimal() and text[5:].isdecimal()  # noqa: PLR2004 - 2026-03
    return text if whole and 1 <= int(text[5:]) <= 12 else None  # noqa: PLR2004 - months


draw()
