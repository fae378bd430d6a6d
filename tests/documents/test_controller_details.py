"""The controller: the setting, and the company of the notice until it is set."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from queries.documents.controller_details import (
    CONTROLLER,
    DEMONSTRATION,
    authority,
    controller,
    controller_of,
)
from queries.errors import InvalidInputs
from queries.writes.settings import ChangeSetting, change_setting


def test_until_it_is_set_the_controller_is_the_company_of_the_notice(store, viewer):
    with store.reading(viewer) as session:
        found = controller(session)
    assert found == DEMONSTRATION
    assert found.lines == ("Kixit Oy", "Kasarminkatu 10", "50100 Mikkeli", "toimisto@kixit.example")
    assert found.reach == "tietosuoja@kixit.example, 040 123 4567"


def test_the_house_sets_its_own(store, manager, viewer, now):
    own = replace(DEMONSTRATION, name="Mallitalo Oy", phone="015 000 000", business_id="9000001-6")
    inputs = ChangeSetting(name=CONTROLLER, value=asdict(own))
    store.carry_out(change_setting, inputs, actor=manager, now=now)
    with store.reading(viewer) as session:
        assert controller(session) == own


def test_values_are_trimmed_and_each_missing_one_is_named():
    values = asdict(DEMONSTRATION) | {"name": "  Malli \n Oy ", "phone": None}
    assert controller_of(values) == replace(DEMONSTRATION, name="Malli Oy")
    with pytest.raises(InvalidInputs) as refused:
        controller_of({"name": "x" * 201, "street": " "})
    assert [(error.field, error.code) for error in refused.value.errors] == [
        ("street", "required"),
        ("post_code", "required"),
        ("town", "required"),
        ("email", "required"),
        ("contact_name", "required"),
        ("contact_email", "required"),
        ("name", "too_long"),
    ]


def test_the_authority_is_named_in_each_language():
    assert [authority(language)[0] for language in ("fi", "sv", "en")] == [
        "Tietosuojavaltuutetun toimisto",
        "Dataombudsmannens byrå (Tietosuojavaltuutetun toimisto)",
        "Office of the Data Protection Ombudsman (Tietosuojavaltuutetun toimisto)",
    ]
