from __future__ import annotations

import pytest

from queries.errors import InvalidInputs, NotAllowed, StaleRecord
from queries.reads.sales.services import ServiceRow, service_list
from queries.writes.sales.services import AmendService, amend_service
from tests.factories.sales import make_service
from tests.support.statements import statements
from tests.support.trails import everything, trail_of


def _inputs(**values: object) -> AmendService:
    return AmendService(
        **{
            "code": "PUH-2",
            "name": "Ikkunanpesu",
            "unit": "hour",
            "unit_price": "45,50",
            "vat_category": "standard",
        }
        | values
    )


def test_a_service_is_added_and_corrected(store, office, now):
    service = store.carry_out(amend_service, _inputs(), actor=office, now=now)
    inputs = _inputs(id=service, version=1, unit_price="1 045,50 €", active=False)
    assert store.carry_out(amend_service, inputs, actor=office, now=now) == service
    with store.reading(office, now=now) as session:
        assert service_list(session) == (
            ServiceRow(service, 2, "PUH-2", "Ikkunanpesu", "hour", 104_550, "standard", False),
        )
    assert trail_of(store, "service") == [
        (
            "add_service",
            service,
            None,
            "olli",
            ["active", "code", "name", "unit", "unit_price_cents", "vat_category"],
        ),
        ("amend_service", service, None, "olli", ["active", "unit_price_cents"]),
    ]


def test_the_catalogue_is_searched_and_read_in_one_statement(store, viewer, now):
    for code, name, active in (
        ("B", "Siivous", True),
        ("A", "Ikkunanpesu ulkoa", True),
        ("C", "Ikkunanpesu", False),
    ):
        make_service(store, code, name=name, active=active)
    with store.reading(viewer, now=now) as session, statements(store.engine) as seen:
        assert [row.code for row in service_list(session)] == ["A", "B", "C"]
        assert len(seen) == 1
        assert [row.code for row in service_list(session, text="PESU ikk")] == ["A", "C"]
        assert [row.code for row in service_list(session, text="c")] == ["C"]
        assert [row.code for row in service_list(session, only_active=True)] == ["A", "B"]


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"code": ""}, ("code", "required")),
        ({"code": "x" * 33}, ("code", "too_long")),
        ({"code": "SÄH-01"}, ("code", "taken")),
        ({"name": "\u200b\x00"}, ("name", "control_character")),
        ({"unit": "bushel"}, ("unit", "choice")),
        ({"unit_price": ""}, ("unit_price", "required")),
        ({"unit_price": "kallis"}, ("unit_price", "amount.form")),
        ({"unit_price": "1.234"}, ("unit_price", "amount.ambiguous")),
        ({"unit_price": "0,001"}, ("unit_price", "amount.precision")),
        ({"unit_price": "-1"}, ("unit_price", "negative")),
        ({"vat_category": "luxury"}, ("vat_category", "choice")),
    ],
)
def test_what_is_not_valid_is_refused_beside_its_field(sqlite_store, office, now, values, refused):
    make_service(sqlite_store)
    before = everything(sqlite_store)
    with pytest.raises(InvalidInputs) as refusal:
        sqlite_store.carry_out(amend_service, _inputs(**values), actor=office, now=now)
    assert [(error.field, error.code) for error in refusal.value.errors] == [refused]
    assert everything(sqlite_store) == before


def test_a_stale_service_is_refused_with_the_price_that_stands(store, office, manager, now):
    service = store.carry_out(amend_service, _inputs(), actor=office, now=now)
    dearer = _inputs(id=service, version=1, unit_price="50")
    store.carry_out(amend_service, dearer, actor=manager, now=now)
    with pytest.raises(StaleRecord) as refusal:
        store.carry_out(
            amend_service, _inputs(id=service, version=1, name="Pesu"), actor=office, now=now
        )
    assert (refusal.value.theirs["unit_price"], refusal.value.theirs["name"]) == (
        "50,00",
        "Ikkunanpesu",
    )


def test_the_same_again_changes_nothing(store, office, now):
    service = store.carry_out(amend_service, _inputs(), actor=office, now=now)
    before = everything(store)
    same = _inputs(id=service, version=1, unit_price="45.50")
    assert store.carry_out(amend_service, same, actor=office, now=now) == service
    assert everything(store) == before


def test_a_viewer_adds_nothing(store, viewer, now):
    with pytest.raises(NotAllowed):
        store.carry_out(amend_service, _inputs(), actor=viewer, now=now)
