"""The form that credits an invoice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dashboard.panels.sales_forms import typed_sum
from dashboard.ui import clock
from dashboard.ui.forms import Field, edit_form
from dashboard.views.sales.draft_form import on_row
from dashboard.views.sales.invoice_forms import refused
from queries.errors import InvalidInput, InvalidInputs
from queries.reads.sales.invoice import InvoiceRecord
from queries.store.sessions import UnitOfWork
from queries.writes.sales.credit_notes import CreditInvoice, CreditLine, credit_invoice

CREDIT = (Field("issued_on", "day"), Field("free_text", "lines"))


@dataclass(frozen=True)
class TypedCredit:
    """A credit note as the screen has it: ``rows[n]`` is the row of line ``n``."""

    inputs: CreditInvoice
    rows: tuple[int, ...]


def credit_form(record: InvoiceRecord) -> None:
    """Credit an invoice: all that is left of each line is offered, and can be made less."""
    left = [row for row in record.lines if row.left_cents]
    fields = [
        *CREDIT,
        *(
            Field(
                f"lines.{n}.net",
                label="fields.credited_net",
                facts={"n": row.position},
                row=f"lines-{n // 4}",
            )
            for n, row in enumerate(left)
        ),
    ]
    form = f"credit-{record.id}"
    if refused(form, "credits_written_off"):
        fields.append(Field("accept_written_off", "check"))
    values: dict[str, Any] = {"issued_on": clock.today()}
    values |= {f"lines.{n}.net": typed_sum(row.left_cents) for n, row in enumerate(left)}

    def inputs(**typed: Any) -> TypedCredit:
        rows = tuple(
            n for n in range(len(left)) if typed[f"lines.{n}.net"].strip() not in {"", "0"}
        )
        lines = tuple(CreditLine(line_id=left[n].id, net=typed[f"lines.{n}.net"]) for n in rows)
        head = {name: typed[name] for name in typed if not name.startswith("lines.")}
        return TypedCredit(
            CreditInvoice(id=record.id, version=record.version, lines=lines, **head), rows
        )

    edit_form(
        form,
        fields,
        values,
        command=_credit,
        inputs=inputs,
        fixed={},
        done="invoices.credited",
        submit="invoices.credit",
        opens="invoice",
    )


def _credit(uow: UnitOfWork, typed: TypedCredit) -> int:
    """The command, with its refusals beside the rows of the screen."""
    if not typed.inputs.lines:
        # To the command no lines mean all of them; here every sum was taken out.
        raise InvalidInput("lines", "no_lines")
    try:
        return credit_invoice(uow, typed.inputs)
    except InvalidInputs as refusal:
        raise InvalidInputs([on_row(error, typed.rows) for error in refusal.errors]) from refusal
