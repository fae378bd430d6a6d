"""The register's own exports given to the import: read back as they were, or refused."""

from __future__ import annotations

import shutil
from datetime import date

import pytest
from sqlalchemy import select

from queries.documents.newsletter_issue import ExportIssue, export_issue
from queries.documents.portability import portability_package
from queries.errors import RegisterError, UnreadableFile
from queries.rules.roles import Actor, Role
from queries.store.engine import sqlite_url
from queries.store.migrate import open_store
from queries.store.tables import Party
from tests.conftest import NOW
from tests.factories.import_files import TODAY, brought, codes, outcomes, planned
from tests.factories.newsletters import make_subscription
from tests.factories.records import (
    MAKER,
    business_id,
    make_address,
    make_email,
    make_party,
    make_person,
    make_phone,
)

MANAGER = Actor("maija", Role.MANAGER)
PARTIES = (
    {"name": "Pihlajamäen Huolto Oy", "business_id": business_id(21)},
    {"name": "=1+1 Oy", "foreign_id": "DE111111125"},
    {"name": "'Heittomerkki; puolipiste, pilkku Oy", "language": "sv"},
    {"given_name": "Väinö", "family_name": "Äijälä", "customer_number": "00107"},
    {
        "name": "Päättynyt Ky",
        "business_id": business_id(22),
        "status": "ended",
        "ended_on": date(2025, 3, 31),
    },
)
KEPT = (
    "customer_number",
    "kind",
    "name",
    "given_name",
    "family_name",
    "business_id",
    "foreign_id",
    "language",
    "status",
    "started_on",
    "ended_on",
    "is_customer",
    "is_partner",
)


@pytest.fixture
def other_store(sqlite_template, tmp_path):
    """An empty register besides ``sqlite_store``."""
    path = shutil.copy(sqlite_template, tmp_path / "other.sqlite")
    store = open_store(sqlite_url(path))
    yield store
    store.close()


def packaged(store, party_id) -> dict[str, bytes]:
    """Return the tables of a party's portability package, by name."""
    with store.reading(MANAGER) as session:
        package = portability_package(session, party_id, language="fi", today=TODAY)
    return {
        one.name.removeprefix("data/"): one.content
        for one in package.files
        if one.name.endswith(".csv")
    }


def parties(store) -> list[tuple[object, ...]]:
    with store.engine.connect() as connection:
        columns = [getattr(Party, name) for name in KEPT]
        return [tuple(row) for row in connection.execute(select(*columns).order_by(Party.id))]


def test_a_package_tells_another_register_the_same_parties(sqlite_store, other_store):
    for values in PARTIES:
        party_id = make_party(sqlite_store, **values)
        brought(other_store, "party.csv", packaged(sqlite_store, party_id)["party.csv"])
    assert parties(other_store) == parties(sqlite_store)


def test_a_package_changes_nothing_where_it_came_from(sqlite_store):
    for values in PARTIES:
        party_id = make_party(sqlite_store, **values)
        plan = planned(sqlite_store, "party.csv", packaged(sqlite_store, party_id)["party.csv"])
        assert (outcomes(plan), plan.rows[0].differences) == (["skip"], ())


def test_tables_of_a_package_that_name_nobody_are_refused(sqlite_store):
    party_id = make_party(sqlite_store)
    make_address(sqlite_store, party_id)
    make_email(sqlite_store, party_id)
    make_phone(sqlite_store, party_id)
    tables = packaged(sqlite_store, party_id)
    filled = {name for name, data in tables.items() if data.count(b"\n") > 1}
    assert filled == {"party.csv", "address.csv", "email.csv", "phone.csv"}
    for name in filled - {"party.csv"}:
        with pytest.raises(RegisterError):
            planned(sqlite_store, name, tables[name])


def test_the_file_of_an_issue_invents_no_consent(sqlite_store, other_store):
    make_subscription(sqlite_store, "aino@esimerkki.example", name="Äijälä, Aino")
    made: list[bytes] = []
    inputs = ExportIssue(
        name="Kevätkirje", base="https://rekisteri.example", recipient_id=None, deliver=made.append
    )
    sqlite_store.carry_out(export_issue, inputs, actor=MAKER, now=NOW)
    for store in (sqlite_store, other_store):
        with pytest.raises(UnreadableFile) as caught:
            planned(store, "kevatkirje.csv", made[0])
        assert caught.value.code == "mailing_list_unknown"


def test_the_subscriptions_of_a_package_are_no_customers(sqlite_store, other_store):
    party_id = make_person(sqlite_store)
    make_email(sqlite_store, party_id, "aino@esimerkki.example")
    make_subscription(sqlite_store, "aino@esimerkki.example", name="Aino", party_id=party_id)
    data = packaged(sqlite_store, party_id)["subscription.csv"]
    plan = planned(other_store, "subscription.csv", data)
    assert (outcomes(plan), codes(plan)) == (["refuse"], ["email_misplaced"])
