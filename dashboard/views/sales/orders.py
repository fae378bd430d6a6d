"""Orders (Tilaukset): search, filter, page, open."""

from __future__ import annotations

import streamlit as st

from dashboard.panels.restriction_banner import draw_restricted_parties
from dashboard.ui import clock
from dashboard.ui.gateway import ask
from dashboard.ui.language import language, t
from dashboard.ui.lists import Choice, Column, draw_page, filters, page_marks, search_field
from dashboard.ui.month_filter import month_choice
from queries.reads.sales.order_list import OrderFilter, OrderRow, OrderSort, OrderState, order_list
from queries.reads.sales.services import service_list
from queries.store.tables import OrderStatus
from queries.wording.formats import day


def _status(row: OrderRow) -> str:
    said = t(f"order_statuses.{row.status}")
    return t("orders.late_status", status=said) if row.late else said


COLUMNS: tuple[Column[OrderRow], ...] = (
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
    page = ask(order_list, _filter(text), today=clock.today(), **page_marks())
    draw_page(page, COLUMNS, words="orders", opens="order", below=draw_restricted_parties)


def _filter(text: str) -> OrderFilter:
    names = {str(code): t(f"order_states.{code}") for code in OrderState}
    names |= {str(code): t(f"order_statuses.{code}") for code in OrderStatus}
    services = {str(row.id): f"{row.code} {row.name}" for row in ask(service_list)}
    state, service, month, sort = filters(
        Choice("state", _STATES, names=names),
        Choice("service", list(services), names=services),
        month_choice(),
        Choice("sort", list(OrderSort)[1:], "order_sorts", every="order_sorts.newest"),
    )
    return OrderFilter(
        text=text,
        state=state,
        service_id=int(service) if service else None,
        month=month,
        sort=sort or OrderSort.NEWEST,
    )


draw()
