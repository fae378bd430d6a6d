"""Companies of YTJ: from a file, or from the service when requested."""

from __future__ import annotations

import json
from datetime import date

import httpx
import pytest

from queries.errors import InvalidInput
from queries.intake.ytj.reader import companies_of, read_ytj
from queries.intake.ytj.service import ADDRESS, MOST_BYTES, ServiceRefusal, fetch_company
from queries.store.tables import Address, Party, TrailEntry
from tests.factories.import_files import (
    BUYER,
    TODAY,
    brought,
    codes,
    company,
    notes,
    outcomes,
    planned,
    ytj_of,
)
from tests.factories.records import business_id, make_address, make_party
from tests.support.trails import only


def test_the_current_name_is_the_newest_trade_name_without_an_end():
    names = [
        {"name": "Vanhin Oy", "type": "1", "version": 3, "endDate": "2010-01-01"},
        {"name": "Uudempi Oy", "type": "1", "registrationDate": "2020-01-01"},
        {"name": "Uusin Oy", "type": "1", "registrationDate": "2024-01-01"},
        {"name": "Aputoiminimi", "type": "3", "registrationDate": "2025-01-01"},
        {"name": "", "type": "1", "registrationDate": "2026-01-01"},
    ]
    (found,) = read_ytj(ytj_of(company(names=names)))
    assert found.name == "Uusin Oy"
    versions = [
        {"name": "Versio 2 Oy", "type": "1", "version": 2},
        {"name": "Versio 1 Oy", "type": 1, "version": 1},
    ]
    assert read_ytj(ytj_of(company(names=versions)))[0].name == "Versio 1 Oy"


def test_the_address_is_the_postal_one_in_finnish():
    (found,) = read_ytj(ytj_of(company()))
    assert (found.address.street, found.address.post_code, found.address.town) == (
        "Teollisuustie 4",
        "50100",
        "Mikkeli",
    )
    both = [
        {"type": 1, "street": "Käyntitie", "buildingNumber": "1", "postCode": "00100"},
        {
            "type": 2,
            "postOfficeBox": "12",
            "postCode": "50101",
            "postOffices": [{"city": "MIKKELI", "languageCode": "1"}],
        },
    ]
    (found,) = read_ytj(ytj_of(company(addresses=both)))
    assert (found.address.street, found.address.post_code) == ("PL 12", "50101")
    flat = [
        {
            "type": 1,
            "street": "Katu",
            "buildingNumber": "2",
            "entrance": "B",
            "apartmentNumber": "3",
            "co": "c/o Toinen Oy",
            "postCode": "50100",
        }
    ]
    assert (
        read_ytj(ytj_of(company(addresses=flat)))[0].address.street == "c/o Toinen Oy, Katu 2 B 3"
    )


@pytest.mark.parametrize("content", [company(), [company()], {"companies": [company()]}])
def test_a_company_a_list_and_a_response_are_read(content):
    assert [one.business_id for one in companies_of(content)] == [BUYER]


def test_odd_types_are_left_aside():
    odd = company(names="x", addresses={"a": 1}, companyForms=None, endDate=5, businessId="1-2")
    (found,) = read_ytj(ytj_of(odd))
    assert (found.name, found.address, found.ended_on, found.business_id) == (
        None,
        None,
        None,
        "1-2",
    )


def test_a_company_is_added_with_its_source_and_day(store):
    plan = brought(store, "a.json", ytj_of(company()))
    assert (outcomes(plan), codes(plan)) == (["create"], ["not_found"])
    (party,) = only(store, Party)
    assert (party.name, party.business_id, party.kind, party.source, party.sourced_on) == (
        "Uusinimi Oy",
        BUYER,
        "organisation",
        "ytj",
        TODAY,
    )
    assert [(a.street, a.town, a.source) for a in only(store, Address)] == [
        ("Teollisuustie 4", "Mikkeli", "ytj")
    ]
    assert len(only(store, TrailEntry)) == 1
    assert outcomes(planned(store, "a.json", ytj_of(company()))) == ["skip"]


def test_an_organisation_is_completed_and_renamed_only_when_told(sqlite_store):
    party = make_party(
        sqlite_store, name="Vanhanimi Oy", business_id=BUYER, is_customer=False, is_partner=True
    )
    plan = brought(sqlite_store, "a.json", ytj_of(company()))
    assert [(d.field, d.current, d.given, d.taken) for d in plan.rows[0].differences] == [
        ("name", "Vanhanimi Oy", "Uusinimi Oy", False),
        ("address", None, "Teollisuustie 4, 50100 Mikkeli", True),
    ]
    again = planned(sqlite_store, "a.json", ytj_of(company()))
    assert codes(again) == ["matched_by_business_id", "differs_kept"]
    brought(sqlite_store, "a.json", ytj_of(company()), overwrite=True)
    (stands,) = only(sqlite_store, Party)
    assert (stands.id, stands.name, stands.is_customer) == (party, "Uusinimi Oy", False)


def test_an_address_that_stands_is_kept(sqlite_store):
    party = make_party(sqlite_store, name="Uusinimi Oy", business_id=BUYER)
    make_address(sqlite_store, party, street="Oma tie 1", post_code="50100", town="Mikkeli")
    plan = planned(sqlite_store, "a.json", ytj_of(company()))
    assert [(d.field, d.taken) for d in plan.rows[0].differences] == [("address", False)]


def test_ceased_companies_are_flagged(sqlite_store):
    ended = company(business_id(81), endDate="2020-02-02")
    struck = company(business_id(82), tradeRegisterStatus="4")
    plan = planned(sqlite_store, "a.json", ytj_of(ended, struck))
    assert [notes(plan, row) for row in (0, 1)] == [["company_ceased_on"], ["company_ceased"]]
    assert [codes(plan, row) for row in (0, 1)] == [["ceased_not_added"], ["ceased_not_added"]]
    assert outcomes(plan) == ["refuse", "refuse"]
    assert dict(plan.rows[0].notes[0].facts) == {"ended_on": date(2020, 2, 2)}


def test_a_known_company_that_ceased_is_completed(sqlite_store):
    make_party(sqlite_store, name="Uusinimi Oy", business_id=BUYER)
    plan = planned(sqlite_store, "a.json", ytj_of(company(endDate="2020-02-02")))
    assert (outcomes(plan), notes(plan)) == (["change"], ["company_ceased_on"])


@pytest.mark.parametrize(
    "more",
    [
        {"name": "Uusi\u202eyO imin"},
        {"addresses": [{"type": 1, "street": "Tie\x07", "buildingNumber": "1"}]},
    ],
)
def test_what_turns_the_text_around_is_refused(sqlite_store, more):
    plan = planned(sqlite_store, "a.json", ytj_of(company(**more)))
    assert (outcomes(plan), codes(plan)) == (["refuse"], ["control_character"])


def test_what_cannot_be_kept_is_refused_with_its_reason(sqlite_store):
    plan = planned(
        sqlite_store,
        "a.json",
        ytj_of(
            company("0222222-2"),
            company(business_id(83), names=[]),
            company(),
            company(),
            company(business_id(84), name="Tmi 131052-308T"),
            company(business_id(85), name="x" * 201),
        ),
    )
    assert outcomes(plan) == ["refuse", "refuse", "create", "refuse", "refuse", "refuse"]
    assert [codes(plan, row)[0] for row in (0, 1, 3, 4, 5)] == [
        "value",
        "element_missing",
        "twice_in_file",
        "personal_identity_code",
        "too_long",
    ]
    assert "131052" not in repr(plan)


def test_an_address_that_cannot_be_read_is_left_out_and_told(sqlite_store):
    odd = company(addresses=[{"type": 1, "street": "Tie", "postCode": "5O1"}])
    assert notes(planned(sqlite_store, "a.json", ytj_of(odd))) == ["address_left_out"]


@pytest.mark.parametrize(
    ("code", "note"),
    [
        ("KONK", "company_bankrupt"),
        ("SELTILA", "company_in_liquidation"),
        ("SANE", "company_in_restructuring"),
        ("MUU", "company_situation"),
    ],
)
@pytest.mark.parametrize("name", ["companySituations", "liquidations"])
def test_what_is_going_on_in_a_company_is_named(sqlite_store, code, note, name):
    going_on = {"type": code, "registrationDate": "2026-02-01"}
    over = {"type": "SANE", "registrationDate": "2020-02-01", "endDate": "2021-02-01"}
    plan = planned(sqlite_store, "a.json", ytj_of(company(**{name: [over, going_on]})))
    assert notes(plan) == [note]
    assert plan.rows[0].notes[0].facts["since"] == date(2026, 2, 1)


def test_the_line_of_care_of_stays_beside_a_box_and_a_free_line():
    def street(**address):
        return read_ytj(ytj_of(company(addresses=[{"type": 2, **address}])))[0].address.street

    assert street(postOfficeBox="12", co="Luku Oy") == "c/o Luku Oy, PL 12"
    assert street(freeAddressLine="PL 55, Tukholma", co="C/O: Laki") == "c/o Laki, PL 55, Tukholma"
    assert street(co="c/o Laki", postCode="50100") == "c/o Laki"


def test_an_address_abroad_keeps_its_country(sqlite_store):
    abroad = {"type": 2, "freeAddressLine": "12 High Street, London W1A 1AA", "country": "GB"}
    brought(sqlite_store, "a.json", ytj_of(company(addresses=[abroad])))
    assert [(a.street, a.post_code, a.country) for a in only(sqlite_store, Address)] == [
        ("12 High Street, London W1A 1AA", None, "GB")
    ]


def test_a_company_whose_names_ended_has_its_last_one(sqlite_store):
    names = [
        {"name": "Toinen Oy", "type": "1", "endDate": "2022-02-02"},
        {"name": "Ensimmäinen Oy", "type": "1", "endDate": "2010-01-01"},
    ]
    ended = company(names=names, tradeRegisterStatus="4")
    entry = {
        "type": "2",
        "register": "1",
        "registrationDate": "2020-01-01",
        "descriptions": [{"languageCode": "3", "description": "Ceased"}],
    }
    struck = company(business_id(82), tradeRegisterStatus="3", registeredEntries=[entry])
    plan = planned(sqlite_store, "a.json", ytj_of(ended, struck))
    assert (plan.rows[0].name, notes(plan)) == (
        "Toinen Oy",
        ["company_name_ended", "company_ceased"],
    )
    assert notes(plan, 1) == ["company_ceased"]


def test_a_response_of_the_first_version_is_read(sqlite_store):
    older = {
        "businessId": BUYER,
        "companyForm": "OY",
        "names": [
            {"order": 1, "version": 1, "name": "Aputoiminimi"},
            {"order": 0, "version": 1, "name": "Vanha Rajapinta Oy"},
        ],
        "addresses": [
            {
                "careOf": "Luku Oy",
                "street": "PL 12",
                "postCode": "50101",
                "type": 2,
                "city": "MIKKELI",
                "country": None,
                "version": 1,
            }
        ],
    }
    brought(sqlite_store, "a.json", json.dumps({"results": [older]}).encode())
    assert [party.name for party in only(sqlite_store, Party)] == ["Vanha Rajapinta Oy"]
    assert [(a.street, a.town, a.country) for a in only(sqlite_store, Address)] == [
        ("c/o Luku Oy, PL 12", "Mikkeli", "FI")
    ]


# --- the service ----------------------------------------------------------------------------


def answering(answer):
    asked = []

    def handle(request):
        asked.append(request)
        return answer(request) if callable(answer) else answer

    return httpx.MockTransport(handle), asked


def test_the_service_is_asked_for_one_business_id_and_nothing_else():
    transport, asked = answering(httpx.Response(200, content=ytj_of(company())))
    raw = fetch_company(f" {BUYER} ", transport=transport)
    assert json.loads(raw)["companies"][0]["businessId"]["value"] == BUYER
    assert [str(request.url) for request in asked] == [f"{ADDRESS}?businessId={BUYER}"]
    assert asked[0].url.scheme == "https"


def test_nothing_is_sent_for_what_is_no_business_id():
    transport, asked = answering(httpx.Response(200))
    with pytest.raises(InvalidInput):
        fetch_company("131052-308T", transport=transport)
    assert asked == []


def no_network(request):
    raise httpx.ConnectError("no route", request=request)


def too_slow(request):
    raise httpx.ReadTimeout("slow", request=request)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.Response(429), "ytj_busy"),
        (httpx.Response(500), "ytj_failed"),
        (httpx.Response(302, headers={"location": "https://muualla.example/"}), "ytj_failed"),
        (httpx.Response(200, content=b"<html>"), "ytj_failed"),
        (httpx.Response(200, content=b"x" * (MOST_BYTES + 1)), "ytj_failed"),
        (httpx.Response(200, content=b'{"companies": []}'), "ytj_not_found"),
        (no_network, "ytj_no_connection"),
        (too_slow, "ytj_no_connection"),
    ],
)
def test_the_service_that_does_not_answer_is_told_of(answer, code):
    transport, _asked = answering(answer)
    with pytest.raises(ServiceRefusal) as caught:
        fetch_company(BUYER, transport=transport)
    assert caught.value.code == code
    assert BUYER not in str(caught.value)
    assert caught.value.__cause__ is None
