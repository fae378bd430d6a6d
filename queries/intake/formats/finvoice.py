"""Finvoice invoices (XML), and every other XML, to be refused by its name."""

from __future__ import annotations

from queries.intake.formats import Format
from queries.intake.invoices.finvoice import read_finvoice
from queries.intake.invoices.plan import plan_invoices
from queries.intake.readers.given_file import Content

FORMATS = (
    Format(
        code="finvoice",
        recognises=lambda file: file.content is Content.XML,
        read=lambda file: read_finvoice(file.raw, file.tell),
        plan=plan_invoices,
        choices=("create_missing", "accept_suspect", "default_kind"),
    ),
)
