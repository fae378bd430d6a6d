"""Tables of customers (CSV, XLSX): every table that is not of another format."""

from __future__ import annotations

from queries.intake.customers.plan import plan_customers, remarks_on_columns
from queries.intake.formats import Format
from queries.intake.readers.given_file import Content

FORMATS = (
    Format(
        code="customers",
        recognises=lambda file: file.content in {Content.TEXT, Content.WORKBOOK},
        read=lambda file: file.table(),
        plan=plan_customers,
        remarks=remarks_on_columns,
        choices=("overwrite", "as_partner", "accept_suspect", "default_kind", "name_order"),
        has_columns=True,
        order=900,
    ),
)
