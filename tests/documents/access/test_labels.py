"""Values of the access report as a person reads them."""

from __future__ import annotations

from datetime import UTC, datetime

from queries.documents.access.labels import of_the_person, shown
from queries.documents.access.subject_data import Names
from queries.store.plain_values import as_json

NAMES = Names(services={}, parties={}, orders={}, invoices={}, rooms={}, consents={})


def test_what_an_import_replaced_is_shown_without_who_had_changed_it():
    at = datetime(2026, 3, 5, 12, tzinfo=UTC)
    stood = as_json(
        {"version": 3, "changed_at": at, "changed_by": "olli", "street": "Vanhatie 1", "town": None}
    )
    kept = of_the_person("import_before", "stood", stood)
    assert kept == as_json({"street": "Vanhatie 1", "town": None})
    assert of_the_person("note", "text", stood) == stood
    assert shown("import_before", "stood", kept, NAMES, "en") == (
        "Street address: Vanhatie 1; Town: –"
    )
