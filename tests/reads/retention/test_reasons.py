from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from queries.errors import NotFound
from queries.reads.retention.blocked_by import holds_on
from queries.reads.retention.reasons import (
    Event,
    ReasonPart,
    customer_retention,
    record_explained,
    why,
)
from queries.store.tables import ContactPerson, TrailEntry
from queries.writes.customers.parties import (
    ChangeStatus,
    LinkContactPerson,
    UnlinkContactPerson,
    change_status,
    link_contact_person,
    unlink_contact_person,
)
from queries.writes.sales.orders import ChangeOrderStatus, change_order_status
from tests.conftest import NOW
from tests.factories.records import MAKER, TODAY, make_note, make_order, make_party, make_work
from tests.factories.retention import hold, make_year
from tests.factories.sales import credit, make_draft, make_invoice, noon, pay
from tests.support.filled import filled_once
from tests.support.statements import statements

KPL = "Kirjanpitolaki 1336/1997 2:10.2"


@filled_once
def year(store):
    """A long first year, as in the example of the law."""
    return make_year(store, date(2025, 8, 15), date(2026, 12, 31))


def explained(store, key):
    with store.reading(MAKER, now=NOW) as session:
        return why(session, key)


def told(found):
    return found.kind, found.number, found.event, found.event_on, found.keep_until


def customer(store, party):
    with store.reading(MAKER, now=NOW) as session:
        return customer_retention(session, party, today=TODAY)


def test_an_invoice_counts_from_its_issue_its_payment_or_its_credit(store, year):
    party = make_party(store)
    key = f"invoice_days-{make_invoice(store, party, issued_on=date(2025, 9, 1))}"
    found = explained(store, key)
    assert told(found) == ("invoice", "1001", Event.ISSUED, date(2025, 9, 1), date(2032, 12, 31))
    reason = found.reason
    assert (
        reason.financial_year.start,
        reason.financial_year.end,
        reason.citation,
        reason.counted_from,
        reason.period,
        reason.unit,
    ) == (date(2025, 8, 15), date(2026, 12, 31), KPL, date(2026, 12, 31), 6, "years")
    pay(store, 1, "25,50", paid_on=date(2026, 2, 2))
    assert told(explained(store, key))[2:4] == (Event.PAID, date(2026, 2, 2))
    credit(store, 1, issued_on=date(2026, 3, 3))
    assert told(explained(store, key))[2:4] == (Event.CREDITED, date(2026, 3, 3))


def test_an_order_says_which_of_its_events_was_the_last(store, year):
    party = make_party(store)
    order = make_order(store, party, status="done", ordered_on=date(2025, 9, 1))
    make_work(store, order, done_on=date(2025, 9, 20))
    assert told(explained(store, f"rest_days-{order}"))[2:4] == (Event.WORKED, date(2025, 9, 20))
    make_invoice(store, party, order_id=order, issued_on=date(2025, 9, 9))
    key = f"order_days-{order}"
    assert told(explained(store, key))[2:4] == (Event.WORKED, date(2025, 9, 20))
    for version, status, closed_on in ((2, "open", None), (3, "done", date(2025, 9, 30))):
        inputs = ChangeOrderStatus(id=order, version=version, status=status, closed_on=closed_on)
        store.carry_out(change_order_status, inputs, actor=MAKER, now=NOW)
    assert told(explained(store, key))[2:4] == (Event.ORDER_CLOSED, date(2025, 9, 30))
    ended = ChangeStatus(id=party, version=1, status="ended", ended_on=date(2026, 1, 1))
    store.carry_out(change_status, ended, actor=MAKER, now=NOW)
    assert told(explained(store, f"party-{party}"))[1:4] == (
        "1001",
        Event.INVOICED,
        date(2025, 9, 30),
    )


def test_a_voucher_without_a_year_says_so(store):
    invoice = make_invoice(store, make_party(store), issued_on=date(2025, 9, 1))
    found = explained(store, f"invoice_days-{invoice}")
    assert (found.year_missing, found.keep_until, found.event) == (True, None, Event.ISSUED)


def test_each_kind_says_what_happened(store, year):
    party = make_party(store)
    done = make_order(store, party, status="done", ordered_on=date(2025, 9, 1))
    make_invoice(store, party, order_id=done, issued_on=date(2025, 9, 9))
    quote = make_order(store, party, status="quote", ordered_on=date(2025, 9, 2))
    closed = make_order(store, party, status="cancelled", ordered_on=date(2025, 9, 3))
    draft = make_draft(store, party, now=noon(date(2025, 9, 4)))
    make_note(store, party, noted_on=date(2025, 9, 5))
    events = {
        f"order_days-{done}": (Event.INVOICED, date(2025, 9, 9), date(2032, 12, 31)),
        f"rest_days-{quote}": (Event.QUOTED, date(2025, 9, 2), date(2027, 9, 2)),
        f"rest_days-{closed}": (Event.CLOSED, date(2025, 9, 3), date(2027, 9, 3)),
        f"drafts-{draft}": (Event.DRAFTED, date(2025, 9, 4), date(2027, 9, 4)),
        "note_days-1": (Event.NOTED, date(2025, 9, 5), date(2027, 9, 5)),
    }
    assert {key: told(explained(store, key))[2:] for key in events} == events


def test_an_order_that_goes_on_has_no_deadline(store):
    order = make_order(store, make_party(store))
    found = explained(store, f"rest_days-{order}")
    assert (found.alive, found.event, found.keep_until, found.year_missing) == (
        True,
        None,
        None,
        False,
    )


def test_a_party_follows_its_longest_living_record(store, year):
    party = make_party(
        store, status="ended", started_on=date(2025, 8, 15), ended_on=date(2025, 10, 1)
    )
    assert told(explained(store, f"party-{party}")) == (
        "party",
        None,
        Event.ENDED,
        date(2025, 10, 1),
        date(2027, 10, 1),
    )
    make_note(store, party, noted_on=date(2025, 11, 11))
    assert told(explained(store, f"party-{party}"))[2:4] == (Event.NOTED, date(2025, 11, 11))
    kept = make_party(store, name="Laskutettu Oy")
    assert explained(store, f"party-{kept}").alive
    order = make_order(store, kept, status="done", ordered_on=date(2025, 9, 1))
    make_invoice(store, kept, order_id=order, issued_on=date(2025, 9, 9))
    with store.reading(MAKER, now=NOW) as session, statements(store.engine) as seen:
        found = customer_retention(session, kept, today=TODAY)
    assert len(seen) == 7
    assert found.why.alive
    assert found.parts == (
        ReasonPart("invoice", "voucher", 1, date(2032, 12, 31), date(2032, 12, 31)),
        ReasonPart("order", "voucher", 1, date(2032, 12, 31), date(2032, 12, 31)),
    )


def test_an_ended_customer_follows_the_invoice_by_its_number(store, year):
    party = make_party(store, started_on=date(2025, 8, 15))
    make_invoice(store, party, issued_on=date(2025, 9, 9))
    inputs = ChangeStatus(id=party, version=1, status="ended", ended_on=date(2026, 1, 1))
    store.carry_out(change_status, inputs, actor=MAKER, now=NOW)
    assert told(explained(store, f"party-{party}")) == (
        "party",
        "1001",
        Event.ISSUED,
        date(2025, 9, 9),
        date(2032, 12, 31),
    )


def test_a_contact_person_follows_the_organisation(store, year):
    organisation = make_party(
        store,
        name="Loppunut Oy",
        status="ended",
        started_on=date(2025, 8, 15),
        ended_on=date(2025, 12, 1),
    )
    person = make_party(
        store,
        given_name="Yrjö",
        family_name="Yhteys",
        is_customer=False,
        is_contact=True,
        now=noon(date(2025, 9, 9)),
    )
    inputs = LinkContactPerson(organisation_id=organisation, person_id=person)
    store.carry_out(link_contact_person, inputs, actor=MAKER, now=NOW)
    found = explained(store, f"party-{person}")
    assert (found.event, found.event_on, found.through) == (
        Event.ENDED,
        date(2025, 12, 1),
        "Loppunut Oy",
    )
    with store.engine.connect() as connection:
        key = connection.scalar(select(ContactPerson.id))
    store.carry_out(unlink_contact_person, UnlinkContactPerson(id=key), actor=MAKER, now=NOW)
    found = explained(store, f"party-{person}")
    assert (found.event, found.event_on, found.through) == (Event.UNLINKED, NOW.date(), None)


def test_a_customers_holds_are_told(store, year):
    party = make_party(store)
    key = hold(store, "party", party)
    assert [row.id for row in customer(store, party).keepers.holds] == [key]


def test_what_is_explained_leaves_a_read_line_of_its_customer(store, year):
    party = make_party(store)
    make_note(store, party)
    explained(store, "note_days-1")
    with store.engine.connect() as connection:
        lines = connection.execute(
            select(TrailEntry.subject, TrailEntry.subject_id).where(TrailEntry.kind == "read")
        ).all()
    assert [tuple(line) for line in lines] == [("party", party)]


@pytest.mark.parametrize("key", ["invoice_days-9", "nothing-1", "party-9", "party-x", "", "1"])
def test_what_is_not_there_is_not_found(store, key):
    with pytest.raises(NotFound):
        explained(store, key)


def test_an_order_an_invoice_and_a_credit_note_are_explained_by_their_own_keys(store, year):
    party = make_party(store)
    order = make_order(store, party, status="done", closed_on=date(2026, 2, 3))
    at_rest = make_order(store, party)
    bill = make_invoice(store, party, order_id=order, issued_on=date(2026, 2, 4))
    note = credit(store, bill)
    draft = make_draft(store, party)

    def of(scope, key):
        with store.reading(MAKER, now=NOW) as session:
            return record_explained(session, scope, key, today=TODAY)[0]

    assert (of("order", order).kind, of("order", order).reason.kind) == ("order", "voucher")
    assert of("order", at_rest).alive
    assert of("invoice", bill) == of("invoice", note)
    assert of("invoice", draft).kind == "draft"
    with pytest.raises(NotFound):
        of("order", 99)


def test_the_holds_of_a_record_are_those_that_keep_it(store, year):
    party = make_party(store)
    order, other = make_order(store, party), make_order(store, party)
    bill = make_invoice(store, party, order_id=order)

    def of(scope, key):
        with store.reading(MAKER, now=NOW) as session, statements(store.engine) as seen:
            found = holds_on(session, scope, key, today=TODAY)
        assert len(seen) == 1
        return [one.id for one in found]

    on_order = hold(store, "order", order)
    assert (of("order", order), of("invoice", bill), of("order", other)) == (
        [on_order],
        [on_order],
        [],
    )
    on_class = hold(store, "class", class_code="quote_or_lead")
    assert (of("order", other), of("invoice", bill)) == ([on_class], [on_order])
    on_party = hold(store, "party", party)
    assert (of("party", party), of("order", other), of("invoice", bill)) == (
        [on_order, on_party],
        [on_class, on_party],
        [on_order, on_party],
    )
