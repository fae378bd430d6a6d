"""Commands that need the same records lock them in one order: nobody is given up as a deadlock."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, text

from queries.store.migrate import open_store
from queries.store.named_locks import NamedLock
from queries.store.retention.eligibility import lock_conditions
from queries.store.retention.erasing import FILES, erase, gate_open
from queries.store.tables import FormMessage, Invoice, Note, Payment, Restriction, Subscription
from queries.writes.customers.notes import AmendNote, amend_note
from queries.writes.form_messages import AcceptMessage, accept_message
from queries.writes.newsletter.newsletter import Subscribe, subscribe
from queries.writes.requests.erasure import FulfilErasure, fulfil_erasure
from queries.writes.requests.restrictions import Restrict, restrict
from queries.writes.sales.credit_notes import CreditInvoice, credit_invoice
from queries.writes.sales.drafts import AmendDraft, amend_draft
from queries.writes.sales.invoices import IssueInvoice, issue_invoice
from queries.writes.sales.orders import ChangeOrderStatus, change_order_status
from queries.writes.sales.payments import RecordPayment, record_payment
from tests.conftest import NOW
from tests.factories.messages import make_form, make_message
from tests.factories.newsletters import AINO, make_consent_text
from tests.factories.records import MAKER, TODAY, make_email, make_order, make_party, make_person
from tests.factories.requests import RECEIVED, SENT, make_identity, make_letter, make_request, seen
from tests.factories.retention import hold
from tests.factories.sales import line, make_draft, make_invoice, version_of
from tests.support.races import after_both_looked, errors_of, queued

NEWSLETTER = f"SELECT pg_advisory_xact_lock({NamedLock.NEWSLETTER:d}, 0)"
SERIES = "SELECT 1 FROM number_series WHERE name = 'invoice' FOR UPDATE"


@pytest.fixture
def store(postgresql_address):
    """Open a PostgreSQL store only: on SQLite writers are alone."""
    opened = open_store(postgresql_address)
    yield opened
    opened.close()


def held(table, key):
    """The statement that locks a record."""
    return f"SELECT 1 FROM {table} WHERE id = {key} FOR UPDATE"  # noqa: S608 - our own words


def rows(store, column):
    with store.engine.connect() as connection:
        return list(connection.execute(select(column).order_by(column)).scalars())


def doing(store, command, inputs):
    return lambda: store.carry_out(command, inputs, actor=MAKER, now=NOW)


def crediting(store, invoice):
    version = version_of(store, "invoice", invoice)
    return doing(store, credit_invoice, CreditInvoice(id=invoice, version=version, issued_on=TODAY))


def issuing(store, draft):
    return doing(store, issue_invoice, IssueInvoice(id=draft, version=1, issued_on=TODAY))


def reopening(store, order):
    inputs = ChangeOrderStatus(
        id=order, version=version_of(store, "service_order", order), status="in_progress"
    )
    return doing(store, change_order_status, inputs)


def test_issuing_and_crediting(store):
    party = make_party(store)
    invoice, draft = make_invoice(store, party), make_draft(store, party)
    errors = errors_of(store)
    found = queued(store, SERIES, crediting(store, invoice), issuing(store, draft))
    assert (found, errors) == (["done", "done"], [])
    assert rows(store, Invoice.number) == ["1001", "1002", "1003"]


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("what", ["issue", "credit", "pay", "draft"])
def test_selling_and_the_order_that_is_sold(store, what, is_first):
    party = make_party(store)
    order = make_order(store, party)
    invoice = make_invoice(store, party, order_id=order)
    draft = make_draft(store, party, order_id=order)
    payment = RecordPayment(
        invoice_id=invoice,
        version=version_of(store, "invoice", invoice),
        paid_on=TODAY,
        amount="10,00",
    )
    another = AmendDraft(party_id=party, order_id=order, lines=(line(),))
    call = {
        "issue": issuing(store, draft),
        "credit": crediting(store, invoice),
        "pay": doing(store, record_payment, payment),
        "draft": doing(store, amend_draft, another),
    }[what]
    errors = errors_of(store)
    calls = [call, reopening(store, order)]
    found = queued(store, held("party", party), *(calls if is_first else reversed(calls)))
    assert (found, errors) == (["done", "done"], [])


def test_a_payment_for_an_invoice_that_is_being_disposed_of(store):
    party = make_party(store)
    invoice = make_invoice(store, party)
    version = version_of(store, "invoice", invoice)
    pay = doing(
        store,
        record_payment,
        RecordPayment(invoice_id=invoice, version=version, paid_on=TODAY, amount="10,00"),
    )
    credit = crediting(store, invoice)

    def dispose():
        with store.writing(MAKER, now=NOW) as uow, gate_open(uow.session):
            erase(uow.session, FILES["invoice"], [invoice], on=TODAY)
            uow.audit("carry_out_disposal", "disposal_run", 1)

    found = queued(store, held("invoice", invoice), dispose, pay, credit)
    assert found == ["done", "not_found", "not_found"]
    assert rows(store, Payment.id) == rows(store, Invoice.id) == []


def restricting(store, party):
    request = make_request(store, party, ("restriction",))
    inputs = Restrict(**seen(store, request), reason="Tieto on riitautettu")
    return doing(store, restrict, inputs)


def test_restricting_and_editing(store):
    party = make_person(store)
    restrict_it = restricting(store, party)
    note = doing(store, amend_note, AmendNote(party_id=party, text="x", noted_on=TODAY))
    errors = errors_of(store)
    found = after_both_looked(store, "restriction", restrict_it, note)
    assert (found, errors) == (["done", "restricted"], [])
    assert rows(store, Note.id) == []


def test_editing_and_restricting(store):
    party = make_person(store)
    restrict_it = restricting(store, party)
    note = doing(store, amend_note, AmendNote(party_id=party, text="x", noted_on=TODAY))
    errors = errors_of(store)
    found = after_both_looked(store, "note", note, restrict_it)
    assert (found, errors) == (["done", "done"], [])
    assert rows(store, Note.text) == ["x"]
    assert rows(store, Restriction.party_id) == [party]


def test_an_erasure_and_a_restriction_of_one_request(store):
    party = make_party(
        store, given_name="Aino", family_name="Esimerkki", status="ended", ended_on=RECEIVED
    )
    request = make_request(store, party, ("erasure", "restriction"))
    make_identity(store, request)
    make_letter(store, request, "erased", "erasure")
    as_seen = seen(store, request)
    inputs = Restrict(**as_seen, reason="Tieto on riitautettu")
    errors = errors_of(store)
    found = queued(
        store,
        f"SELECT pg_advisory_xact_lock({NamedLock.RESTRICTION:d}, {party})",
        doing(store, restrict, inputs),
        doing(store, fulfil_erasure, FulfilErasure(**as_seen, **SENT)),
    )
    assert (found, errors) == (["done", "done"], [])
    assert rows(store, Restriction.basis) == ["erasure", "request"]


def test_a_new_subscriber_and_an_objection(store):
    text = make_consent_text(store)
    party = make_person(store)
    make_email(store, party, AINO)
    consent = Subscribe(
        address=AINO, consent_text_id=text, source="phone", sourced_on=date(2026, 2, 2)
    )
    errors = errors_of(store)
    found = queued(
        store,
        NEWSLETTER,
        doing(store, subscribe, consent),
        lambda: make_request(store, party, ("objection",)),
    )
    assert (found, errors) == (["done", "done"], [])
    assert rows(store, Subscription.id) == []


def test_a_new_subscriber_and_a_message_with_a_consent(store):
    text = make_consent_text(store)
    party = make_person(store)
    make_email(store, party, AINO)
    form = make_form(store, consent_text_id=text)
    message = make_message(store, form, email=AINO, consents=True)
    consent = Subscribe(
        address=AINO, consent_text_id=text, source="phone", sourced_on=date(2026, 2, 2)
    )
    errors = errors_of(store)
    found = queued(
        store,
        NEWSLETTER,
        doing(store, subscribe, consent),
        doing(
            store,
            accept_message,
            AcceptMessage(id=message, party_id=party, email=AINO, subscribe=True),
        ),
    )
    assert (found, errors) == (["done", "done"], [])
    assert len(rows(store, Subscription.id)) == 1
    assert rows(store, FormMessage.id) == []


@pytest.mark.parametrize("what", ["hold", "request"])
def test_a_disposal_and_what_stands_in_its_way(store, what):
    party = make_party(store)
    order = make_order(store, party)
    call = {
        "hold": lambda: hold(store, "order", order),
        "request": lambda: make_request(store, party),
    }[what]
    table, key = {"hold": ("service_order", order), "request": ("party", party)}[what]

    def look_and_lock():
        """The locks of a batch, in its order: the tables of conditions, then the records."""
        with store.writing(MAKER, now=NOW) as uow:
            lock_conditions(uow.session)
            uow.session.execute(text(held(table, key)))

    errors = errors_of(store)
    found = queued(store, held(table, key), call, look_and_lock)
    assert (found, errors) == (["done", "done"], [])
