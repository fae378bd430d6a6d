"""Finvoice files brought into a store of the tests, and the store's contents afterwards."""

from __future__ import annotations

from typing import Any

from queries.intake.plan import Plan
from queries.store.sessions import Store
from tests.factories.import_files import brought, finvoice_file, finvoice_row, planned

#: A credit note of the invoice 2001.
CREDIT = {
    "kind": "INV02",
    "net": "-40,00",
    "vat": "-10,20",
    "total": "-50,20",
    "rows": finvoice_row(quantity="-1", price="40,00", net="-40,00"),
    "details": "<OriginalInvoiceNumber>2001</OriginalInvoiceNumber>",
}


def bring(store: Store, *documents: str, encoding: str = "UTF-8", **more: Any) -> Plan:
    return brought(store, "a.xml", finvoice_file(*documents, encoding=encoding), **more)


def plan_of(store: Store, *documents: str, **settings: Any) -> Plan:
    return planned(store, "a.xml", finvoice_file(*documents), **settings)
