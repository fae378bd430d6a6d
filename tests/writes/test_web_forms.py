"""Contact forms: kept, given a secret, refused."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from queries.errors import InvalidInputs, NotAllowed, RuleRefusal, StaleRecord
from queries.reads.sign_ins import hash_of
from queries.reads.web_forms import LETTERBOX, consent_choices, open_form, web_form_list
from queries.writes.commands import Seen
from queries.writes.web_forms import (
    AmendWebForm,
    RenewSecret,
    amend_web_form,
    remove_web_form,
    renew_secret,
)
from tests.factories.messages import ORIGIN, SECRET, make_consent_text, make_form, make_message
from tests.support.statements import statements
from tests.support.trails import everything, trail_of


def forms(store, actor):
    with store.reading(actor) as session:
        return web_form_list(session)


def test_a_form_is_made_corrected_and_closed(store, office, manager, now):
    consent = make_consent_text(store)
    key = make_form(
        store, consent_text_id=consent, origins=f"{ORIGIN}/\nhttps://shop.esimerkki.example:8443"
    )
    (row,) = forms(store, office)
    assert (row.id, row.name, row.origins, row.consent_version, row.waiting, row.active) == (
        key,
        "Yhteydenotto",
        (ORIGIN, "https://shop.esimerkki.example:8443"),
        1,
        0,
        True,
    )
    with store.reading(LETTERBOX) as session:
        found = open_form(session, row.key)
        assert open_form(session, "") is None
    assert found is not None
    assert (found.id, found.secret_hash, found.consent_text) == (
        key,
        hash_of(SECRET),
        "Haluan uutiskirjeen",
    )
    closed = AmendWebForm(id=key, version=1, name="Vanha", origins=ORIGIN, active=False)
    store.carry_out(amend_web_form, closed, actor=manager, now=now)
    with store.reading(LETTERBOX) as session:
        assert open_form(session, row.key) is None
    assert trail_of(store, "web_form") == [
        (
            "add_web_form",
            key,
            None,
            "tekija",
            ["active", "consent_text_id", "key", "language", "name", "origins", "secret_hash"],
        ),
        ("amend_web_form", key, None, "maija", ["active", "consent_text_id", "name", "origins"]),
    ]


def test_the_secret_is_kept_as_a_hash_and_renewed(store, manager, now):
    key = make_form(store)
    assert SECRET not in repr(everything(store))
    inputs = RenewSecret(id=key, version=1, secret="t" * 40)
    store.carry_out(renew_secret, inputs, actor=manager, now=now)
    with store.engine.connect() as connection:
        stands = connection.execute(text("SELECT secret_hash FROM web_form")).scalar_one()
    assert stands == hash_of("t" * 40)
    assert "tttt" not in repr(inputs)
    with pytest.raises(StaleRecord):
        store.carry_out(
            renew_secret, RenewSecret(id=key, version=1, secret="u" * 40), actor=manager, now=now
        )


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"name": ""}, ("name", "required")),
        ({"origins": " \n"}, ("origins", "required")),
        ({"origins": "https://a.example/yhteys"}, ("origins", "origins.form")),
        ({"origins": "http://a.example"}, ("origins", "origins.scheme")),
        (
            {"origins": "\n".join(f"https://a{n}.example" for n in range(21))},
            ("origins", "origins.too_many"),
        ),
        ({"language": "de"}, ("language", "choice")),
        ({"consent_text_id": 7}, ("consent_text_id", "choice")),
        ({"consent_text_id": 1, "language": "sv"}, ("consent_text_id", "consent_language")),
        ({"secret": "lyhyt"}, ("secret", "secret.too_short")),
        ({"secret": None}, ("secret", "secret.too_short")),
    ],
)
def test_what_is_not_valid_is_refused_beside_its_field(sqlite_store, manager, now, values, refused):
    make_consent_text(sqlite_store)
    before = everything(sqlite_store)
    inputs = {"name": "Lomake", "origins": ORIGIN, "secret": SECRET, **values}
    with pytest.raises(InvalidInputs) as refusal:
        sqlite_store.carry_out(amend_web_form, AmendWebForm(**inputs), actor=manager, now=now)
    assert [(error.field, error.code) for error in refusal.value.errors] == [refused]
    assert everything(sqlite_store) == before


def test_a_form_with_messages_stays(store, manager, now):
    key = make_form(store)
    make_message(store, key)
    assert [row.waiting for row in forms(store, manager)] == [1]
    with pytest.raises(RuleRefusal) as refusal:
        store.carry_out(remove_web_form, Seen(id=key, version=1), actor=manager, now=now)
    assert refusal.value.code == "form_has_messages"
    other = make_form(store, name="Toinen")
    store.carry_out(remove_web_form, Seen(id=other, version=1), actor=manager, now=now)
    assert [row.id for row in forms(store, manager)] == [key]


def test_the_reads_and_who_may(store, office, viewer, now):
    make_consent_text(store)
    make_consent_text(store, "sv", "Jag vill ha nyhetsbrevet")
    make_form(store)
    with store.reading(office) as session, statements(store.engine) as seen:
        assert len(web_form_list(session)) == 1
        assert len(seen) == 2
        assert [row[:2] for row in consent_choices(session).values()] == [("fi", 1), ("sv", 1)]
        assert len(seen) == 3
    inputs = AmendWebForm(name="X", origins=ORIGIN, secret=SECRET)
    with pytest.raises(NotAllowed):
        store.carry_out(amend_web_form, inputs, actor=office, now=now)
