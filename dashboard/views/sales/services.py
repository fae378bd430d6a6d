"""Services (Palvelut): the catalogue of what is sold."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import record_id
from dashboard.panels.sales_forms import sales_button, service_form
from dashboard.ui.forms import editing, start_editing
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import language, t
from dashboard.ui.lists import Column, found_line, record_table, search_field
from queries.reads.paging import Total
from queries.reads.sales.services import ServiceRow, service_list
from queries.rules.roles import Permission
from queries.wording.formats import euros

COLUMNS: tuple[Column[ServiceRow], ...] = (
    Column("fields.service_code", lambda row: row.code, width=130),
    Column("fields.service_name", lambda row: row.name, width=300),
    Column("fields.unit", lambda row: t(f"units.{row.unit}")),
    Column(
        "fields.unit_price",
        lambda row: euros(row.unit_price_cents, language()),
        right=True,
        width=165,
    ),
    Column("fields.vat_category", lambda row: t(f"vat_categories.{row.vat_category}")),
    Column("fields.service_active", lambda row: t("forms.yes") if row.active else t("forms.no")),
)


def draw() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.title(t("pages.services"))
        sales_button("service-new", "services.add", icon="add")
    chosen = record_id()
    # The row that was clicked: its form opens once.
    if chosen is not None and may(Permission.EDIT_SALES):
        st.query_params.pop("id")
        start_editing(f"service-{chosen}")
    if editing("service-new"):
        service_form(None)
    every = ask(service_list)
    for row in every:
        if editing(f"service-{row.id}"):
            service_form(row)
    rows = ask(service_list, text=search_field("services", label="services.search"))
    found_line("services", Total(len(rows)))
    if rows:
        opens = "services" if may(Permission.EDIT_SALES) else None
        record_table(rows, COLUMNS, key="services", opens=opens, alt=t("services.alt"))
    else:
        st.info(t("services.none"))


draw()
