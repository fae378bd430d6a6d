"""An import and a restriction at the same moment: neither passes the other."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from queries.intake.import_command import BringIn, bring_in, preview
from queries.rules.roles import Actor, Role
from queries.store.migrate import open_store
from queries.store.tables import ImportBatch, Phone, Restriction, Subscription
from queries.writes.requests.restrictions import Restrict, restrict
from tests.conftest import NOW
from tests.factories.import_files import csv_of, read
from tests.factories.records import MAKER, TODAY, business_id, make_email, make_party
from tests.factories.requests import make_request, seen
from tests.support.filled import filled_once
from tests.support.races import after_both_looked

OFFICE = Actor("olli", Role.OFFICE)
NUMBER = business_id(7)
CUSTOMERS = csv_of(("Yritys Oy", NUMBER, "040 123 4567"), header=("Nimi", "Y-tunnus", "Puhelin"))
SUBSCRIBERS = (
    b"Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,LEID,EUID\n"
    b"aino@esimerkki.example,Aino,Esimerkki,2,2024-05-06 07:08:09,77,ab12\n"
)
FILES = [("a.csv", CUSTOMERS), ("subscribed_members.csv", SUBSCRIBERS)]


@pytest.fixture
def store(postgresql_address):
    """Open a PostgreSQL store only: on SQLite writers are alone."""
    opened = open_store(postgresql_address)
    yield opened
    opened.close()


@filled_once
def party(store):
    key = make_party(store, name="Yritys Oy", business_id=NUMBER)
    make_email(store, key, "aino@esimerkki.example")
    return key


def bringing(store, name, content):
    intake, settings = read(name, content)
    with store.reading(OFFICE) as session:
        plan = preview(session, intake, settings=settings, today=TODAY)
    inputs = BringIn(intake=intake, settings=settings, fingerprint=plan.fingerprint)
    return lambda: store.carry_out(bring_in, inputs, actor=OFFICE, now=NOW)


def restricting(store, party):
    request = make_request(store, party, ("restriction",))
    inputs = Restrict(**seen(store, request), reason="Tieto on riitautettu")
    return lambda: store.carry_out(restrict, inputs, actor=MAKER, now=NOW)


def count(store, table):
    with store.engine.connect() as connection:
        return len(connection.execute(select(table.id)).all())


@pytest.mark.parametrize(("name", "content"), FILES)
def test_a_restriction_waits_for_the_import(store, party, name, content):
    bring, restrict_it = bringing(store, name, content), restricting(store, party)
    found = after_both_looked(store, "import_batch", bring, restrict_it)
    assert found == ["done", "done"]
    assert count(store, ImportBatch) == count(store, Restriction) == 1
    assert count(store, Phone) + count(store, Subscription) == 1


@pytest.mark.parametrize(("name", "content"), FILES)
def test_an_import_waits_for_the_restriction(store, party, name, content):
    bring, restrict_it = bringing(store, name, content), restricting(store, party)
    found = after_both_looked(store, "trail_entry", restrict_it, bring)
    assert found == ["done", "stale_record"]
    assert count(store, ImportBatch) == count(store, Phone) == count(store, Subscription) == 0


def test_the_same_file_twice_at_once(store, party):
    bring = bringing(store, *FILES[0])
    found = after_both_looked(store, "phone", bring, bring)
    assert sorted(found) == ["done", "stale_record"]
    assert count(store, ImportBatch) == count(store, Phone) == 1
