"""The forms of services, orders and work entries, for their own pages and for the customer card."""

from __future__ import annotations

from typing import Any

from dashboard.ui import clock
from dashboard.ui.actions import open_form
from dashboard.ui.forms import Code, Field, edit_form, editing
from dashboard.ui.gateway import actor, ask, may
from dashboard.ui.language import t
from queries.reads.sales.order import OrderRecord, WorkRow, order_record, work_record
from queries.reads.sales.services import ServiceRow, service_list
from queries.rules.money import from_cents
from queries.rules.roles import Permission
from queries.store.tables import OrderStatus, Unit, VatCategory
from queries.writes.sales.orders import (
    BEGINNINGS,
    AmendOrder,
    ChangeOrderStatus,
    amend_order,
    change_order_status,
)
from queries.writes.sales.services import AmendService, amend_service
from queries.writes.sales.work_entries import AmendWorkEntry, amend_work_entry

SERVICE = (
    Field("code", label="fields.service_code", row="1"),
    Field("name", label="fields.service_name", row="1", width=3),
    Field("unit", "choice", options=tuple(Unit), words="units", row="2"),
    Field("unit_price", help="fields.unit_price_help", row="2"),
    Field("vat_category", "choice", options=tuple(VatCategory), words="vat_categories", row="2"),
    Field("active", "check", label="fields.service_active"),
)
ORDER_STATUS = (
    Field("status", "choice", options=tuple(OrderStatus), words="order_statuses", row="1"),
    Field("closed_on", "day", help="fields.closed_on_help", row="1"),
)
WORK = (
    Field("done_on", "day", row="1"),
    Field("done_by", row="1", width=2),
    Field("minutes", "whole", row="1"),
    Field("description", "lines", label="fields.work_done"),
    Field("material", "lines"),
)


def sales_button(form: str, label: str, *, icon: str = "edit", primary: bool = False) -> None:
    """The button that opens a form of sales; nothing for who may not edit them."""
    if may(Permission.EDIT_SALES):
        open_form(form, label, icon=icon, kind="primary" if primary else "tertiary")


def service_form(service: ServiceRow | None) -> None:
    """Add a service or correct one."""
    fixed: dict[str, Any] = {}
    values: dict[str, Any] = {"active": True, "unit": Unit.HOUR}
    if service is not None:
        fixed = {"id": service.id, "version": service.version}
        values = {field.name: getattr(service, field.name, None) for field in SERVICE}
        values["unit_price"] = typed_sum(service.unit_price_cents)
    name = "new" if service is None else service.id
    edit_form(
        f"service-{name}", SERVICE, values, command=amend_service, inputs=AmendService, fixed=fixed
    )


def typed_sum(cents: int) -> str:
    """A sum as a person types it: 1234,50."""
    return f"{from_cents(cents):f}".replace(".", ",")


def order_fields(*, new: bool, service_id: int | None) -> tuple[Field, ...]:
    """An order's fields; its services are those on sale and the one it has."""
    services: dict[Code, str] = {
        row.id: f"{row.code} {row.name}"
        for row in ask(service_list)
        if row.active or row.id == service_id
    }
    beginning = (Field("status", "choice", options=BEGINNINGS, words="order_statuses", row="2"),)
    return (
        Field("title", label="fields.order_title"),
        Field(
            "service_id",
            "choice",
            label="fields.service",
            options=(None, *services),
            names={None: t("orders.no_service"), **services},
        ),
        Field("description", "lines"),
        *(beginning if new else ()),
        Field("ordered_on", "day", row="2"),
        Field("due_on", "day", label="fields.order_due_on", row="2"),
        Field("buyer_reference"),
    )


def new_order_form(party_id: int, *, opens: str | None = "order") -> None:
    """Record an order of a customer."""
    edit_form(
        f"order-new-{party_id}",
        order_fields(new=True, service_id=None),
        {"ordered_on": clock.today(), "status": OrderStatus.OPEN},
        command=amend_order,
        inputs=AmendOrder,
        fixed={"party_id": party_id},
        done="orders.recorded",
        opens=opens,
    )


def order_form(order: OrderRecord) -> None:
    """Correct an order."""
    fields = order_fields(new=False, service_id=order.service_id)
    values = {field.name: getattr(order, field.name) for field in fields}
    edit_form(
        f"order-{order.id}",
        fields,
        values,
        command=amend_order,
        inputs=AmendOrder,
        # The state has buttons of its own; the command leaves it as it is.
        fixed={
            "id": order.id,
            "version": order.version,
            "party_id": order.party_id,
            "status": order.status,
        },
    )


def order_status_form(order: OrderRecord) -> None:
    """Draw the form for the state of an order; today is suggested as the closing day."""
    edit_form(
        f"order-status-{order.id}",
        ORDER_STATUS,
        {"status": order.status, "closed_on": order.closed_on or clock.today()},
        command=change_order_status,
        inputs=ChangeOrderStatus,
        fixed={"id": order.id, "version": order.version},
    )


def new_work_form(order_id: int) -> None:
    """Record work on an order, by default one's own of today."""
    values = {"done_on": clock.today(), "done_by": actor().username, "minutes": 60}
    edit_form(
        f"work-new-{order_id}",
        WORK,
        values,
        command=amend_work_entry,
        inputs=AmendWorkEntry,
        fixed={"order_id": order_id},
        done="orders.work_recorded",
    )


def work_form(entry: WorkRow, order_id: int) -> None:
    """Correct a work entry."""
    values = {field.name: getattr(entry, field.name) for field in WORK}
    edit_form(
        f"work-{entry.id}",
        WORK,
        values,
        command=amend_work_entry,
        inputs=AmendWorkEntry,
        fixed={"id": entry.id, "version": entry.version, "order_id": order_id},
    )


def edit_in_place(kind: str, record_id: int) -> bool:
    """Draw, on a line of the customer card, the form of its ``order`` or ``work``, when it is open.

    The button that opens it is ``sales_button(f"{kind}-{record_id}", "forms.edit")``.

    :returns: whether the form was drawn instead of the line.
    """
    if not editing(f"{kind}-{record_id}"):
        return False
    if kind == "order":
        order_form(ask(order_record, record_id))
    else:
        entry = ask(work_record, record_id)
        work_form(entry, entry.order_id)
    return True
