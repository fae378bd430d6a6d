"""Orders (Tilaukset): search, filter, page, open."""

from __future__ import annotations

import streamlit as st

from dashboard.panels.restriction_banner import draw_restricted
from dashboard.ui import clock
from dashboard.ui.gateway import ask
from dashboard.ui.language import language, t
from dashboard.ui.lists import (
    Column,
    choice,
    found_line,
    page_marks,
    paging,
    record_table,
    search_field,
)
from dashboard.ui.month_filter import month_choice
from dashboard.words.formats import day
from queries.reads.sales.order_list import OrderFilter, OrderRow, OrderSort, OrderState, order_list
from queries.reads.sales.services import service_list
from queries.store.tables import OrderStatus


def _status(row: OrderRow) -> str:
    said = t(f"order_statuses.{row.status}")
    return t("orders.late_status", status=said) if row.late else said


COLUMNS = (
    Column("fields.order_number", lambda row: row.number),
    Column("fields.status", _status, width=130),
    Column("fields.customer", lambda row: row.party_name, width=190),
    Column("fields.order_title", lambda row: row.title, width=215),
    Column("fields.ordered_on", lambda row: day(row.ordered_on, language())),
    Column("fields.order_due_on", lambda row: day(row.due_on, language())),
    Column("fields.closed_on", lambda row: day(row.closed_on, language())),
    Column("fields.service", lambda row: row.service_name or ""),
)
_STATES = (*OrderState, *OrderStatus)


def draw() -> None:
    st.title(t("pages.orders"))
    text = search_field("orders", label="orders.search")
    wanted = _filter(text)
    marks = page_marks()
    page = ask(order_list, wanted, today=clock.today(), after=marks.after, before=marks.before)
    found_line("orders", page.total)
    if page.rows:
        record_table(page.rows, COLUMNS, key="orders", opens="order", alt=t("orders.alt"))
        draw_restricted(page.rows, lambda row: (row.party_id, row.party_name))
    else:
        st.info(t("orders.none"))
    paging(page)


def _filter(text: str) -> OrderFilter:
    chosen = any(name in st.query_params for name in ("state", "service", "month", "sort"))
    with st.expander(t("listing.filters"), expanded=chosen):
        columns = st.columns(4)
        with columns[0]:
            state = choice(
                "state",
                _STATES,
                names={
                    **{code: t(f"order_statuses.{code}") for code in OrderStatus},
                    **{code: t(f"order_states.{code}") for code in OrderState},
                },
            )
        with columns[1]:
            services = {str(row.id): f"{row.code} {row.name}" for row in ask(service_list)}
            service = choice("service", list(services), names=services)
        with columns[2]:
            month = month_choice()
        with columns[3]:
            sort = choice(
                "sort", list(OrderSort)[1:], words="order_sorts", every="order_sorts.newest"
            )
    return OrderFilter(
        text=text,
        state=state,
        service_id=int(service) if service else None,
        month=month,
        sort=sort or OrderSort.NEWEST,
    )


draw()
