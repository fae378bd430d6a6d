"""Invoices and credit notes of UBL 2.1, as Peppol carries them (XML)."""

from __future__ import annotations

from queries.intake.formats import Format
from queries.intake.invoices.plan import plan_invoices
from queries.intake.invoices.ubl import is_ubl, read_ubl
from queries.intake.readers.given_file import Content

FORMATS = (
    Format(
        code="ubl",
        recognises=lambda file: file.content is Content.XML and is_ubl(file.raw),
        read=lambda file: read_ubl(file.raw, file.tell),
        plan=plan_invoices,
        choices=("create_missing", "accept_suspect", "default_kind"),
        order=50,
    ),
)
