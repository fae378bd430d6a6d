"""Finvoice files brought into a store of the tests, and the store's contents afterwards."""

from __future__ import annotations

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


def bring(store, *documents, encoding="UTF-8", **more):
    return brought(store, "a.xml", finvoice_file(*documents, encoding=encoding), **more)


def plan_of(store, *documents, **settings):
    return planned(store, "a.xml", finvoice_file(*documents), **settings)
