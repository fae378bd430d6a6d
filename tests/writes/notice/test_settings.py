"""The controller's own statements: checked, versioned, in every language or in none."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date

import pytest
from sqlalchemy import insert

from queries.errors import InvalidInputs, NotAllowed, StaleRecord
from queries.reads.notice.controller import DEMONSTRATION, controller, controller_row
from queries.reads.notice.settings import notice_settings
from queries.rules.notice import TOPICS, Safeguard
from queries.store.tables import PostCode
from queries.writes.notice.settings import (
    SetBusinessId,
    SetSafeguards,
    SetWords,
    set_business_id,
    set_controller,
    set_safeguards,
    set_words,
)
from tests.conftest import NOW
from tests.factories.notices import controller_inputs, make_controller, make_words
from tests.factories.records import MAKER, business_id
from tests.support.statements import statements
from tests.support.trails import everything, trail_of


def read(store, query):
    with store.reading(MAKER) as session:
        return query(session)


def refused(store, **more):
    """The fields and codes that a controller is refused for; nothing may have changed."""
    before = everything(store)
    with pytest.raises(InvalidInputs) as refusal:
        make_controller(store, **more)
    assert everything(store) == before
    return [(error.field, error.code) for error in refusal.value.errors]


def test_a_controller_is_kept_as_its_rules_write_it(store):
    assert read(store, controller_row).version is None
    vat_number = f" FI{business_id(1)} ".replace("-", "")
    make_controller(
        store,
        name="  Malli  Oy ",
        business_id=vat_number,
        town="Helsinki",
        email="Toimisto@Malli.EXAMPLE",
        post_code="FI-00580",
        phone="015 000 000",
    )
    row = read(store, controller_row)
    assert asdict(row.controller) == asdict(DEMONSTRATION) | {
        "name": "Malli Oy",
        "business_id": business_id(1),
        "email": "Toimisto@malli.example",
        "post_code": "00580",
        "town": "Helsinki",
        "phone": "015 000 000",
    }
    assert (row.version, row.changed_by, row.changed_at) == (1, MAKER.username, NOW)
    assert trail_of(store, "setting") == [
        ("set_controller", None, None, MAKER.username, ["controller"])
    ]
    with statements(store.engine) as seen:
        assert read(store, controller) == row.controller
    assert len(seen) == 1


def test_every_value_is_checked(store):
    assert refused(
        store,
        name=" ",
        email="toimisto",
        contact_email="x@",
        business_id="1234567-8",
        post_code="580",
        officer_email="@",
        requests_email="a b",
        notice_address="http://a.example",
    ) == [
        ("name", "required"),
        ("post_code", "post_code.form"),
        ("email", "email.form"),
        ("contact_email", "email.form"),
        ("business_id", "business_id.check_digit"),
        ("officer_email", "email.form"),
        ("requests_email", "email.form"),
        ("notice_address", "web_address.form"),
    ]
    assert refused(store, name="x" * 201, contact_name="131052-308T") == [
        ("name", "too_long"),
        ("contact_name", "personal_identity_code"),
    ]


def test_what_is_begun_is_finished(store):
    assert refused(store, requests_street="Toinen katu 2") == [
        ("requests_post_code", "required"),
        ("requests_town", "required"),
    ]
    assert refused(store, officer_name="Olga") == [("officer_email", "required")]
    assert refused(store, officer_phone="040 1") == [("officer_name", "required")]


def test_a_post_code_of_another_town_is_a_slip(store):
    with store.engine.begin() as connection:
        connection.execute(
            insert(PostCode),
            [
                {
                    "code": code,
                    "town_fi": town,
                    "town_sv": swedish,
                    "municipality_fi": town,
                    "municipality_sv": swedish,
                    "valid_from": date(2020, 1, 1),
                }
                for code, town, swedish in (
                    ("50100", "MIKKELI", "ST MICHEL"),
                    ("00580", "HELSINKI", "HELSINGFORS"),
                )
            ],
        )
    assert refused(store, post_code="00580") == [("post_code", "post_code_elsewhere")]
    assert refused(
        store,
        requests_street="Kasarminkatu 10",
        requests_post_code="00580",
        requests_town="Mikkeli",
    ) == [("requests_post_code", "post_code_elsewhere")]
    make_controller(
        store,
        town="St Michel",
        requests_street="A 1",
        requests_post_code="99999",
        requests_town="Muualla",
    )
    assert read(store, controller).town == "St Michel"


def test_one_address_has_one_post_code(store):
    other = {"requests_street": "KASARMINKATU 10", "requests_town": "mikkeli"}
    assert refused(store, **other, requests_post_code="00580") == [
        ("requests_post_code", "two_post_codes")
    ]
    assert refused(store, **other) == [("requests_post_code", "required")]
    make_controller(
        store, **other | {"requests_street": "Kasarminkatu 1"}, requests_post_code="00580"
    )
    make_controller(store, **other, requests_post_code="50100", version=1)
    assert read(store, controller).requests_post_code == "50100"


def test_what_another_saved_meanwhile_is_shown_and_not_overwritten(store):
    make_controller(store)
    for version in (None, 7):
        with pytest.raises(StaleRecord) as refusal:
            make_controller(store, name="Toinen Oy", version=version)
        assert refusal.value.version == 1
        assert refusal.value.theirs["name"] == "Kixit Oy"
    make_controller(store, name="Toinen Oy", version=1)
    assert read(store, controller_row).version == 2


def test_safeguards_are_those_that_were_chosen(store):
    assert set(SetSafeguards.__dataclass_fields__) == {"version", *Safeguard}
    inputs = SetSafeguards(training=True, backups=True)
    store.carry_out(set_safeguards, inputs, actor=MAKER, now=NOW)
    found = read(store, notice_settings)
    assert found.safeguards == (Safeguard.BACKUPS, Safeguard.TRAINING)
    assert (found.version, found.changed_by, found.changed_at) == (1, MAKER.username, NOW)
    with pytest.raises(StaleRecord):
        store.carry_out(set_safeguards, inputs, actor=MAKER, now=NOW)


def test_own_words_are_said_in_every_language_or_in_none(store):
    make_words(store, "interests", " Omaa\n tekstiä ")
    found = read(store, notice_settings)
    assert {language: found.words("interests", language) for language in ("fi", "sv", "en")} == {
        "fi": "Omaa tekstiä",
        "sv": "Omaa tekstiä",
        "en": "Omaa tekstiä",
    }
    assert found.words("automated", "fi") == ""
    before = everything(store)
    inputs = SetWords(topic="interests", version=1, fi="Vain suomeksi")
    with pytest.raises(InvalidInputs) as refusal:
        store.carry_out(set_words, inputs, actor=MAKER, now=NOW)
    assert [(error.field, error.code) for error in refusal.value.errors] == [
        ("sv", "all_languages"),
        ("en", "all_languages"),
    ]
    assert everything(store) == before
    store.carry_out(set_words, SetWords(topic="interests", version=1), actor=MAKER, now=NOW)
    assert read(store, notice_settings).words("interests", "fi") == ""
    with pytest.raises(StaleRecord):
        make_words(store, "interests", version=1)


def test_a_topic_is_one_of_ours_and_words_are_no_identity_code(store):
    for topic, text, expected in (
        ("weather", "a", ("topic", "choice")),
        ("interests", "131052-308T", ("fi", "personal_identity_code")),
    ):
        with pytest.raises(InvalidInputs) as refusal:
            make_words(store, topic, text)
        assert expected in [(error.field, error.code) for error in refusal.value.errors]


def test_each_purpose_is_a_topic():
    assert len(TOPICS) == 9


def test_the_office_changes_none_of_it(store, office):
    for command, inputs in (
        (set_controller, controller_inputs()),
        (set_safeguards, SetSafeguards()),
        (set_words, SetWords(topic="interests")),
    ):
        with pytest.raises(NotAllowed):
            store.carry_out(command, inputs, actor=office, now=NOW)


def test_every_setting_of_the_notice_is_one_statement(store):
    with statements(store.engine) as seen:
        read(store, notice_settings)
    assert len(seen) == 1


def test_the_business_id_counts_until_the_controller_is_set(store):
    number = business_id(1)
    store.carry_out(set_business_id, SetBusinessId(business_id=f" {number} "), actor=MAKER, now=NOW)
    with store.reading(MAKER) as session:
        assert controller(session) == replace(DEMONSTRATION, business_id=number)
        assert controller_row(session).version is None
    with pytest.raises(InvalidInputs):
        store.carry_out(
            set_business_id, SetBusinessId(business_id="9000001-0"), actor=MAKER, now=NOW
        )
    make_controller(store, business_id=business_id(2))
    with store.reading(MAKER) as session:
        assert controller(session).business_id == business_id(2)
