"""No removal by hand passes a hold, a restriction or an open request."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import func, select

from queries.documents.access.corrections import as_kept, details_of
from queries.errors import Restricted, RuleRefusal
from queries.rules.requests import LetterKind
from queries.store.tables import Base, Note, RequestLetter
from queries.writes.commands import Seen
from queries.writes.customers.billing_details import remove_billing
from queries.writes.customers.contacts import remove_address, remove_email, remove_phone
from queries.writes.customers.notes import remove_note
from queries.writes.customers.parties import UnlinkContactPerson, unlink_contact_person
from queries.writes.form_messages import (
    AcceptMessage,
    RejectMessage,
    accept_message,
    reject_message,
)
from queries.writes.paper.records import AmendPaper, PartyLink, amend_paper, unlink_party
from queries.writes.requests.answers import FulfilRectification, fulfil_rectification
from queries.writes.requests.rectification import BeginRectification, begin_rectification
from queries.writes.requests.requests import close_request
from queries.writes.retention.holds import release_hold
from queries.writes.sales.drafts import discard_draft
from queries.writes.sales.work_entries import AmendWorkEntry, amend_work_entry
from tests.conftest import NOW
from tests.factories import papers
from tests.factories.disposals import hold, linked
from tests.factories.messages import make_form, make_message
from tests.factories.records import (
    MAKER,
    make_address,
    make_billing,
    make_email,
    make_note,
    make_order,
    make_party,
    make_person,
    make_phone,
    make_work,
)
from tests.factories.requests import (
    SENT,
    make_answered,
    make_letter,
    make_request,
    make_restriction,
    seen,
    version_of,
)
from tests.factories.sales import line, make_draft
from tests.support.filled import filled_once
from tests.support.trails import everything

#: Each command by which a record of a party is removed, by the table of the record.
DOORS = {
    "note": (remove_note, Seen),
    "phone": (remove_phone, Seen),
    "email": (remove_email, Seen),
    "address": (remove_address, Seen),
    "billing_detail": (remove_billing, Seen),
    "invoice": (discard_draft, Seen),
}
#: Of the holds of the tests.
PLACED = {"since": date(2025, 2, 3), "review_on": date(2026, 1, 1)}


def newest(store, table):
    """The newest record of a table with its version."""
    columns = Base.metadata.tables[table].c
    with store.engine.connect() as connection:
        return connection.execute(
            select(columns.id, columns.version).order_by(columns.id.desc()).limit(1)
        ).one()


def remove(store, table):
    command, inputs = DOORS[table]
    key, version = newest(store, table)
    return store.carry_out(command, inputs(id=key, version=version), actor=MAKER, now=NOW)


def refusal(store, command, inputs):
    """The code and facts by which a command is refused; nothing has changed."""
    before = everything(store)
    with pytest.raises(RuleRefusal) as refused:
        store.carry_out(command, inputs, actor=MAKER, now=NOW)
    assert everything(store) == before
    facts = {name: fact for name, fact in refused.value.facts.items() if name != "citation"}
    return refused.value.code, facts


def refused_removal(store, table):
    command, inputs = DOORS[table]
    key, version = newest(store, table)
    return refusal(store, command, inputs(id=key, version=version))


@filled_once
def person(store):
    """Make a person with one record for each command."""
    party = make_person(store)
    for make in (make_note, make_phone, make_email, make_address, make_billing, make_draft):
        make(store, party)
    return party


@pytest.mark.parametrize("table", DOORS)
def test_a_hold_on_the_party_keeps_the_record_until_it_is_released(store, person, table):
    held = hold(store, "party", person)
    assert refused_removal(store, table) == ("removal_held", PLACED)
    store.carry_out(release_hold, Seen(id=held, version=1), actor=MAKER, now=NOW)
    assert remove(store, table) == person


@pytest.mark.parametrize("table", DOORS)
def test_an_open_request_keeps_the_record_until_it_is_closed(store, person, table):
    request = make_answered(store, person)
    said = {"number": "2026-0001", "received_on": date(2026, 2, 20)}
    assert refused_removal(store, table) == ("removal_asked_about", said)
    inputs = Seen(id=request, version=version_of(store, request))
    store.carry_out(close_request, inputs, actor=MAKER, now=NOW)
    assert remove(store, table) == person


@pytest.mark.parametrize("table", DOORS)
def test_a_restriction_keeps_the_record(store, person, table):
    make_restriction(store, person)
    with pytest.raises(Restricted):
        remove(store, table)


@pytest.mark.parametrize(
    ("code", "kept"),
    [
        ("note", {"note", "phone", "email", "address", "billing_detail"}),
        ("quote_or_lead", {"invoice", "phone", "email", "address", "billing_detail"}),
        ("voucher", set()),
    ],
)
def test_a_hold_on_a_class_keeps_its_records_and_whom_one_of_them_is_about(
    store, person, code, kept
):
    hold(store, "class", code)
    said = ("removal_class_held", {"retention_class": code, **PLACED})
    assert {table: refused_removal(store, table) for table in DOORS if table in kept} == (
        dict.fromkeys(kept, said)
    )
    assert [remove(store, table) for table in DOORS if table not in kept] == (
        [person] * (len(DOORS) - len(kept))
    )


@pytest.mark.parametrize("scope", ["invoice", "order"])
def test_a_hold_on_an_invoice_or_its_order_keeps_the_draft_and_no_telephone_number(store, scope):
    party = make_person(store)
    order = make_order(store, party)
    draft = make_draft(store, party, order_id=order)
    make_phone(store, party)
    hold(store, scope, {"invoice": draft, "order": order}[scope])
    assert refused_removal(store, "invoice") == ("removal_held", PLACED)
    assert remove(store, "phone") == party


def test_a_hold_on_somebody_else_keeps_nothing_here(store, person):
    hold(store, "party", make_party(store))
    assert [remove(store, table) for table in DOORS] == [person] * len(DOORS)


@pytest.mark.parametrize("end", ["organisation", "person"])
def test_a_link_is_kept_by_a_hold_on_either_end(store, end):
    parties = {"organisation": make_party(store), "person": make_person(store)}
    linked(store, parties["organisation"], parties["person"])
    hold(store, "party", parties[end])
    inputs = UnlinkContactPerson(id=newest(store, "contact_person").id)
    assert refusal(store, unlink_contact_person, inputs) == ("removal_held", PLACED)


def test_a_link_is_kept_while_the_person_asks_about_it(store):
    organisation, person = make_party(store), make_person(store)
    linked(store, organisation, person)
    make_request(store, person)
    inputs = UnlinkContactPerson(id=newest(store, "contact_person").id)
    assert refusal(store, unlink_contact_person, inputs)[0] == "removal_asked_about"


@pytest.mark.parametrize(
    ("command", "inputs"), [(reject_message, RejectMessage), (accept_message, AcceptMessage)]
)
def test_a_message_stays_in_the_inbox_while_its_class_is_held(store, command, inputs):
    message = make_message(store, make_form(store))
    values = {"id": message}
    if inputs is AcceptMessage:
        values |= {"kind": "person", "given_name": "Aino", "family_name": "Esimerkki"}
    held = hold(store, "class", "quote_or_lead")
    said = ("removal_class_held", {"retention_class": "quote_or_lead", **PLACED})
    assert refusal(store, command, inputs(**values)) == said
    store.carry_out(release_hold, Seen(id=held, version=1), actor=MAKER, now=NOW)
    store.carry_out(command, inputs(**values), actor=MAKER, now=NOW)


@pytest.mark.parametrize(
    ("scope", "code"), [("party", "removal_held"), ("class", "removal_class_held")]
)
def test_paper_goes_on_naming_whom_a_hold_keeps(store, scope, code):
    party = make_person(store)
    paper = papers.make_paper(store, party)
    hold(store, scope, party if scope == "party" else "voucher")
    inputs = PartyLink(**papers.seen(store, paper), party_id=party)
    assert refusal(store, unlink_party, inputs)[0] == code


@pytest.fixture
def rectifying(store, person):
    """A rectification in whose file the person's data are kept as they were."""
    request = make_request(store, person, ("rectification",))
    with store.reading(MAKER, now=NOW) as session:
        content = as_kept(details_of(session, person, "fi"))
    inputs = BeginRectification(**seen(store, request), content=content)
    return store.carry_out(begin_rectification, inputs, actor=MAKER, now=NOW)


def kept_before(store, request):
    with store.engine.connect() as connection:
        return connection.scalar(
            select(func.count()).where(
                RequestLetter.request_id == request, RequestLetter.kind == LetterKind.BEFORE
            )
        )


def answer_rectification(store, request):
    make_letter(store, request, "rectified", "rectification")
    inputs = FulfilRectification(**seen(store, request), **SENT)
    store.carry_out(fulfil_rectification, inputs, actor=MAKER, now=NOW)


@pytest.mark.parametrize(("held", "left"), [(None, 0), ("party", 1), ("note", 1), ("voucher", 0)])
def test_a_rectification_removes_what_its_file_keeps_for_as_long_as_a_hold_covers_it(
    store, person, rectifying, held, left
):
    if held is not None:
        hold(store, "party" if held == "party" else "class", person if held == "party" else held)
    assert remove(store, "phone") == person
    answer_rectification(store, rectifying)
    assert kept_before(store, rectifying) == left


def test_what_came_after_the_rectification_began_is_in_no_file_and_stays(store, person, rectifying):
    make_phone(store, person, "050 123 4567")
    assert refused_removal(store, "phone")[0] == "removal_asked_about"


def corrected(store, party, number="050 123 4567"):
    """Correct the newest telephone number."""
    key, version = newest(store, "phone")
    return make_phone(store, party, number, id=key, version=version)


def files(store):
    """Return what the files of requests keep of data from before a correction, as it is written
    there."""
    with store.engine.connect() as connection:
        found = connection.execute(
            select(RequestLetter.request_id, RequestLetter.content)
            .where(RequestLetter.kind == LetterKind.BEFORE)
            .order_by(RequestLetter.id)
        )
        return [(request, json.loads(content)) for request, content in found]


def close(store, request):
    inputs = Seen(id=request, version=version_of(store, request))
    store.carry_out(close_request, inputs, actor=MAKER, now=NOW)


def test_a_correction_goes_on_while_somebody_asks_and_the_file_keeps_what_was(store, person):
    request = make_answered(store, person)
    phone = newest(store, "phone").id
    assert corrected(store, person) == person
    assert files(store) == [(request, [["phone", phone, "number", "+358401234567"]])]
    corrected(store, person, "050 999 8888")
    assert len(files(store)) == 1
    close(store, request)
    assert files(store) == []


def test_what_was_is_kept_for_as_long_as_a_hold_covers_it(store, person):
    request = make_answered(store, person)
    hold(store, "party", person)
    corrected(store, person)
    close(store, request)
    assert [key for key, _content in files(store)] == [request]


def test_nothing_is_kept_of_what_was_empty_or_stays(store, person):
    make_answered(store, person)
    key, version = newest(store, "address")
    make_address(store, person, id=key, version=version, is_primary=True)
    make_phone(store, person, "050 123 4567")
    assert files(store) == []


AMENDED = {
    "note": lambda store, party, seen_: make_note(store, party, "Muuta", **seen_),
    "phone": lambda store, party, seen_: make_phone(store, party, "050 123 4567", **seen_),
    "email": lambda store, party, seen_: make_email(store, party, "b@c.example", **seen_),
    "address": lambda store, party, seen_: make_address(store, party, street="Uusi 1", **seen_),
    "billing_detail": lambda store, party, seen_: make_billing(
        store, party, method="email", email="b@c.example", **seen_
    ),
    "invoice": lambda store, party, seen_: make_draft(store, party, line("5,00"), **seen_),
}


@pytest.mark.parametrize("table", AMENDED)
def test_under_a_hold_the_new_is_written_beside_the_old(store, person, table):
    hold(store, "party", person)
    before = everything(store)
    key, version = newest(store, table)
    with pytest.raises(RuleRefusal) as refused:
        AMENDED[table](store, person, {"id": key, "version": version})
    facts = {name: fact for name, fact in refused.value.facts.items() if name != "citation"}
    assert (refused.value.code, facts) == ("correction_held", PLACED)
    assert everything(store) == before
    AMENDED[table](store, person, {})


def test_a_hold_on_a_class_keeps_its_content_and_lets_a_number_be_corrected(store, person):
    hold(store, "class", "note")
    key, version = newest(store, "note")
    with pytest.raises(RuleRefusal):
        make_note(store, person, "Muuta", id=key, version=version)
    assert corrected(store, person) == person


def test_a_party_has_one_name_and_the_one_before_is_kept_as_a_note(store):
    party = make_party(store, name="Vanha Nimi Oy")
    hold(store, "party", party)
    make_party(store, name="Uusi Nimi Oy", id=party, version=1)
    with store.engine.connect() as connection:
        notes = connection.scalars(select(Note.text)).all()
    assert notes == ["Vanha Nimi Oy → Uusi Nimi Oy"]


def test_work_is_not_moved_away_from_an_order_that_is_held(store):
    party = make_person(store)
    order, other = make_order(store, party), make_order(store, party)
    work = make_work(store, order)
    hold(store, "order", order)
    inputs = AmendWorkEntry(
        id=work,
        version=1,
        order_id=other,
        done_on=date(2026, 2, 3),
        done_by="Veikko Vasara",
        description="Keskus vaihdettu",
        minutes=150,
    )
    assert refusal(store, amend_work_entry, inputs) == ("correction_held", PLACED)


def test_paper_is_not_made_of_another_class_while_its_own_is_held(store):
    paper = papers.make_paper(store)
    hold(store, "class", "voucher")
    inputs = AmendPaper(
        **papers.seen(store, paper),
        kind="binder",
        title="Tositteet 2018",
        class_code="note",
        starts_on=date(2018, 1, 1),
        ends_on=date(2018, 12, 31),
    )
    assert refusal(store, amend_paper, inputs) == ("correction_held", PLACED)
