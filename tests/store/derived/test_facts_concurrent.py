"""Two transactions at the same moment: what is derived is what the rows say, whoever commits first.

On PostgreSQL, in threads of their own. ``ASIAKASREKISTERI_PAIRS=2000 python -m pytest -s
tests/store/derived/test_facts_concurrent.py -k random`` runs so many random pairs of commands and
prints what became of them.
"""

from __future__ import annotations

import os
from datetime import date

import pytest
from sqlalchemy import select, update

from queries.store.migrate import open_store
from queries.store.tables import Address, ContactPerson, Email, Invoice, Note, Party, Payment, Phone
from queries.writes.commands import Seen, stamp
from queries.writes.customers.contacts import (
    AmendAddress,
    AmendEmail,
    AmendPhone,
    amend_address,
    amend_email,
    amend_phone,
    remove_address,
    remove_phone,
)
from queries.writes.customers.notes import AmendNote, amend_note, remove_note
from queries.writes.customers.parties import (
    AmendParty,
    ChangeStatus,
    LinkContactPerson,
    UnlinkContactPerson,
    amend_party,
    change_status,
    link_contact_person,
    unlink_contact_person,
)
from queries.writes.sales.credit_notes import CreditInvoice, credit_invoice
from queries.writes.sales.drafts import AmendDraft, amend_draft, discard_draft
from queries.writes.sales.invoices import IssueInvoice, issue_invoice
from queries.writes.sales.orders import (
    AmendOrder,
    ChangeOrderStatus,
    amend_order,
    change_order_status,
)
from queries.writes.sales.payments import RecordPayment, record_payment
from queries.writes.sales.work_entries import AmendWorkEntry, amend_work_entry
from tests.conftest import NOW
from tests.factories.records import (
    MAKER,
    TODAY,
    make_address,
    make_email,
    make_note,
    make_order,
    make_party,
    make_person,
    make_phone,
)
from tests.factories.sales import credit, line, make_draft, make_invoice, noon, version_of
from tests.machines.concurrent_pairs import Pairs, differences
from tests.support.races import errors_of, overlapping

#: So many random pairs, where nobody asks for more.
PAIRS = int(os.environ.get("ASIAKASREKISTERI_PAIRS", "40"))
EARLY, LATE = date(2026, 3, 1), date(2026, 3, 4)
_FROM_YTJ = {"source": "ytj", "sourced_on": EARLY}


@pytest.fixture
def store(postgresql_address):
    """Open a PostgreSQL store only: on SQLite writers are alone."""
    opened = open_store(postgresql_address)
    yield opened
    opened.close()


def doing(command, inputs):
    return lambda uow: command(uow, inputs)


def contact(store, *organisations):
    person = make_party(
        store, given_name="Yrjö", family_name="Yhteys", is_customer=False, is_contact=True
    )
    for organisation in organisations:
        store.carry_out(link_contact_person, link(organisation, person), actor=MAKER, now=NOW)
    return person


def link(organisation, person):
    return LinkContactPerson(organisation_id=organisation, person_id=person)


def status(store, party, status, on=None):
    version = version_of(store, "party", party)
    return doing(change_status, ChangeStatus(id=party, version=version, status=status, ended_on=on))


def noting(party, on):
    return doing(amend_note, AmendNote(party_id=party, text="Soitettu.", noted_on=on))


def drafting(party, order=None):
    return doing(amend_draft, AmendDraft(party_id=party, order_id=order, lines=(line(),)))


def paying(store, invoice, on):
    inputs = RecordPayment(
        invoice_id=invoice, version=version_of(store, "invoice", invoice), paid_on=on, amount="1,00"
    )
    return doing(record_payment, inputs)


def crediting(store, invoice):
    version = version_of(store, "invoice", invoice)
    return doing(credit_invoice, CreditInvoice(id=invoice, version=version, issued_on=TODAY))


def closing(store, order, status, on):
    version = version_of(store, "service_order", order)
    return doing(
        change_order_status,
        ChangeOrderStatus(id=order, version=version, status=status, closed_on=on),
    )


def bare_payment(invoice, on):
    """Write a payment as any code may, without a look at the invoice or a lock on it: a mistake
    and its correction, so that the open balance stays as it was."""

    def pay(uow):
        party = uow.session.scalar(select(Invoice.party_id).where(Invoice.id == invoice))
        for cents in (100, -100):
            payment = Payment(
                invoice_id=invoice, party_id=party, paid_on=on, amount_cents=cents, source="office"
            )
            stamp(uow, payment)
            uow.session.add(payment)
        uow.audit("record_payment", "payment", None)

    return pay


def becoming(party, kind):
    def change(uow):
        uow.session.execute(update(Party).where(Party.id == party).values(kind=kind))
        uow.audit("amend_party", "party", party)

    return change


def key_of(store, model, **like):
    with store.engine.connect() as connection:
        return connection.scalars(select(model.id).filter_by(**like)).one()


# Each is a kind of fact, and two who change rows that it is computed from.


def payments_of_an_invoice(store):
    invoice = make_invoice(store, make_party(store), issued_on=EARLY)
    return bare_payment(invoice, LATE), bare_payment(invoice, EARLY)


def payments_of_an_invoice_and_its_credit_note(store):
    invoice = make_invoice(store, make_party(store), issued_on=EARLY)
    note = credit(store, invoice, issued_on=EARLY)
    return bare_payment(invoice, EARLY), bare_payment(note, LATE)


def payments_of_an_order(store):
    party = make_party(store)
    order = make_order(store, party, status="done", ordered_on=date(2026, 2, 2))
    bills = [make_invoice(store, party, order_id=order, issued_on=EARLY) for _ in range(2)]
    return paying(store, bills[0], LATE), paying(store, bills[1], date(2026, 3, 2))


def payments_of_a_party(store):
    party = make_party(store)
    bills = [make_invoice(store, party, issued_on=EARLY) for _ in range(2)]
    return paying(store, bills[0], LATE), paying(store, bills[1], date(2026, 3, 2))


def payments_of_the_organisations_of_a_contact_person(store):
    organisations = [make_party(store, name=name) for name in ("Eka Oy", "Toka Oy")]
    contact(store, *organisations)
    first, second = (make_invoice(store, one, issued_on=EARLY) for one in organisations)
    return paying(store, first, LATE), paying(store, second, date(2026, 3, 2))


def a_payment_and_a_credit_note(store):
    party = make_party(store)
    bills = [make_invoice(store, party, issued_on=EARLY) for _ in range(2)]
    return crediting(store, bills[0]), paying(store, bills[1], LATE)


def an_order_that_ends_and_its_invoice(store):
    party = make_party(store)
    order = make_order(store, party)
    draft = make_draft(store, party, order_id=order)
    issue = doing(issue_invoice, IssueInvoice(id=draft, version=1, issued_on=TODAY))
    return closing(store, order, "done", LATE), issue


def orders_of_a_party(store):
    party = make_party(store)
    orders = [make_order(store, party) for _ in range(2)]
    return closing(store, orders[0], "cancelled", LATE), closing(store, orders[1], "done", EARLY)


def orders_of_the_organisations_of_a_contact_person(store):
    organisations = [make_party(store, name=name) for name in ("Eka Oy", "Toka Oy")]
    contact(store, *organisations)
    first, second = (make_order(store, one) for one in organisations)
    return closing(store, first, "cancelled", LATE), closing(store, second, "done", EARLY)


def notes_of_a_party(store):
    party = make_party(store)
    make_note(store, party, noted_on=LATE)
    removal = Seen(id=key_of(store, Note, party_id=party), version=1)
    return doing(remove_note, removal), noting(party, EARLY)


def notes_of_a_lead(store):
    party = make_party(store, status="lead")
    return noting(party, LATE), noting(party, EARLY)


def a_lead_that_orders_and_a_note(store):
    party = make_party(store, status="lead")
    inputs = AmendOrder(party_id=party, title="Työ", ordered_on=EARLY)
    return doing(amend_order, inputs), noting(party, LATE)


def drafts_of_a_party(store):
    party = make_party(store)
    draft = make_draft(store, party, now=noon(EARLY))
    return doing(discard_draft, Seen(id=draft, version=1)), drafting(party)


def drafts_of_an_order(store):
    party = make_party(store)
    order = make_order(store, party)
    return drafting(party, order), drafting(party, order)


def ends_of_the_organisations_of_a_contact_person(store):
    organisations = [make_party(store, name=name) for name in ("Eka Oy", "Toka Oy")]
    contact(store, *organisations)
    days = (EARLY, LATE)
    return tuple(
        status(store, one, "ended", on) for one, on in zip(organisations, days, strict=True)
    )


def an_organisation_goes_on_and_another_ends(store):
    first = make_party(store, name="Eka Oy", status="ended", ended_on=EARLY)
    second = make_party(store, name="Toka Oy")
    contact(store, first, second)
    return status(store, first, "active"), status(store, second, "ended", LATE)


def a_contact_person_of_one_that_ends(store):
    organisation = make_party(store)
    person = contact(store)
    return doing(link_contact_person, link(organisation, person)), status(
        store, organisation, "ended", LATE
    )


def a_contact_person_of_one_with_a_payment(store):
    organisation = make_party(store)
    person = contact(store)
    invoice = make_invoice(store, organisation, issued_on=EARLY)
    return doing(link_contact_person, link(organisation, person)), paying(store, invoice, LATE)


def a_contact_person_no_more_and_a_payment(store):
    organisations = [make_party(store, name=name) for name in ("Eka Oy", "Toka Oy")]
    person = contact(store, *organisations)
    invoice = make_invoice(store, organisations[0], issued_on=EARLY)
    key = key_of(store, ContactPerson, organisation_id=organisations[1], person_id=person)
    return doing(unlink_contact_person, UnlinkContactPerson(id=key)), paying(store, invoice, LATE)


def sums_in_opposite_order(store):
    """Each changes two customers, the second the other two in the other direction."""
    parties = [make_party(store, name=f"Yritys {n} Oy") for n in range(4)]
    to_lead = [status(store, one, "lead") for one in parties]
    to_end = [status(store, one, "ended", LATE) for one in parties]

    def first(uow):
        to_lead[0](uow)
        to_end[1](uow)

    def second(uow):
        to_end[2](uow)
        to_lead[3](uow)

    return first, second


def an_address_from_elsewhere_of_one_that_becomes_a_person(store):
    party = make_party(store)
    inputs = AmendAddress(
        party_id=party, street="Katu 1", post_code="50100", town="Mikkeli", **_FROM_YTJ
    )
    return becoming(party, "person"), doing(amend_address, inputs)


def an_address_that_was_from_elsewhere(store):
    party = make_party(store)
    make_address(store, party)
    inputs = AmendAddress(
        party_id=party,
        id=key_of(store, Address, party_id=party),
        version=1,
        street="Katu 1",
        post_code="50100",
        town="Mikkeli",
        **_FROM_YTJ,
    )
    return doing(amend_address, inputs), becoming(party, "person")


def a_number_and_an_address_that_are_searched(store):
    party = make_person(store)
    phone = AmendPhone(party_id=party, number="040 123 4567", source="phone", sourced_on=EARLY)
    email = AmendEmail(
        party_id=party, address="aino@esimerkki.example", source="phone", sourced_on=EARLY
    )
    return doing(amend_phone, phone), doing(amend_email, email)


def a_name_and_a_number_that_are_searched(store):
    party = make_person(store)
    make_phone(store, party)
    make_email(store, party)
    person = AmendParty(
        id=party,
        version=version_of(store, "party", party),
        kind="person",
        given_name="Aino",
        family_name="Toinen",
        started_on=EARLY,
        source="phone",
        sourced_on=EARLY,
    )
    removal = Seen(id=key_of(store, Phone, party_id=party), version=1)
    email = AmendEmail(
        party_id=party,
        id=key_of(store, Email, party_id=party),
        version=1,
        source="phone",
        address="toinen@esimerkki.example",
        sourced_on=EARLY,
    )

    def both(uow):
        amend_party(uow, person)
        amend_email(uow, email)

    return doing(remove_phone, removal), both


def addresses_of_a_party(store):
    party = make_party(store)
    make_address(store, party, is_primary=True)
    make_address(store, party, town="Savonlinna")
    first = key_of(store, Address, party_id=party, town="Mikkeli")
    second = key_of(store, Address, party_id=party, town="Savonlinna")
    inputs = AmendAddress(
        party_id=party,
        id=second,
        version=1,
        street="Katu 1",
        post_code="70100",
        town="Kuopio",
        source="phone",
        sourced_on=EARLY,
    )
    return doing(remove_address, Seen(id=first, version=1)), doing(amend_address, inputs)


def work_of_an_order_and_its_closing(store):
    order = make_order(store, make_party(store))
    work = AmendWorkEntry(order_id=order, done_on=LATE, done_by="Veikko", description="Tehty")
    return doing(amend_work_entry, work), closing(store, order, "done", EARLY)


def work_of_two_orders_of_a_party(store):
    party = make_party(store)
    orders = [make_order(store, party, status="done", closed_on=EARLY) for _ in range(2)]
    return tuple(
        doing(
            amend_work_entry,
            AmendWorkEntry(order_id=order, done_on=on, done_by="Veikko", description="Tehty"),
        )
        for order, on in zip(orders, (EARLY, LATE), strict=True)
    )


KINDS = (
    work_of_an_order_and_its_closing,
    work_of_two_orders_of_a_party,
    addresses_of_a_party,
    payments_of_an_invoice,
    payments_of_an_invoice_and_its_credit_note,
    payments_of_an_order,
    payments_of_a_party,
    payments_of_the_organisations_of_a_contact_person,
    a_payment_and_a_credit_note,
    an_order_that_ends_and_its_invoice,
    orders_of_a_party,
    orders_of_the_organisations_of_a_contact_person,
    notes_of_a_party,
    notes_of_a_lead,
    a_lead_that_orders_and_a_note,
    drafts_of_a_party,
    drafts_of_an_order,
    ends_of_the_organisations_of_a_contact_person,
    an_organisation_goes_on_and_another_ends,
    a_contact_person_of_one_that_ends,
    a_contact_person_of_one_with_a_payment,
    a_contact_person_no_more_and_a_payment,
    sums_in_opposite_order,
    an_address_from_elsewhere_of_one_that_becomes_a_person,
    an_address_that_was_from_elsewhere,
    a_number_and_an_address_that_are_searched,
    a_name_and_a_number_that_are_searched,
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_what_is_derived_is_what_the_rows_say(store, kind):
    errors = errors_of(store)
    for first, second in (kind(store), kind(store)[::-1]):
        assert overlapping(store, first, second, actor=MAKER, now=NOW) == ["done", "done"]
        assert errors == []
    assert differences(store) == []


def test_random_pairs_of_commands(store, tmp_path):
    # Time passes some twenty times, within the days that the register takes.
    pairs = Pairs(store, tmp_path, seed=1, age=max(20, PAIRS // 25))
    for _ in range(PAIRS):
        pairs.run()
    print(pairs.said())
    assert pairs.wrong == []
