"""The facts of retention: exact by example, and equal to a recomputation after any commands."""

from __future__ import annotations

import shutil
from datetime import date, timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, text, update

from queries.errors import RegisterError
from queries.store import derived
from queries.store.engine import sqlite_url
from queries.store.migrate import open_store
from queries.store.retention.erasing import FILES, erase, gate_open
from queries.store.tables import Note, Party, PartyFacts
from queries.writes.commands import Seen
from queries.writes.customers.notes import remove_note
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
from queries.writes.sales.drafts import discard_draft
from queries.writes.sales.orders import ChangeOrderStatus, change_order_status
from queries.writes.sales.work_entries import AmendWorkEntry, amend_work_entry
from tests.factories.records import MAKER, make_note, make_order, make_party, make_phone, make_work
from tests.factories.sales import credit, make_draft, make_invoice, noon, pay, version_of


def days(store, query, **values):
    with store.engine.connect() as connection:
        rows = connection.execute(text(query), values)
        return [tuple(None if day is None else str(day)[:10] for day in row) for row in rows]


def facts(store, party):
    with store.engine.connect() as connection:
        row = (
            connection.execute(select(PartyFacts.__table__).where(PartyFacts.party_id == party))
            .mappings()
            .one()
        )
    return {name: value for name, value in row.items() if value is not None and name != "party_id"}


def contact(store, organisation, **more):
    person = make_party(
        store, given_name="Yrjö", family_name="Yhteys", is_customer=False, is_contact=True, **more
    )
    link(store, organisation, person)
    return person


def link(store, organisation, person):
    inputs = LinkContactPerson(organisation_id=organisation, person_id=person)
    return store.carry_out(link_contact_person, inputs, actor=MAKER)


def differences(store):
    with store.engine.connect() as connection:
        return derived.differences(connection)


def test_an_invoice_counts_from_its_latest_payment_or_credit_note(store):
    party = make_party(store)
    invoice = make_invoice(store, party, issued_on=date(2026, 1, 5))
    assert days(store, "SELECT last_event_on FROM invoice") == [("2026-01-05",)]
    pay(store, invoice, "25,50", paid_on=date(2026, 2, 1))
    assert days(store, "SELECT last_event_on FROM invoice") == [("2026-02-01",)]
    pay(store, invoice, "10,00", paid_on=date(2026, 1, 20))
    assert days(store, "SELECT last_event_on FROM invoice") == [("2026-02-01",)]
    note = credit(store, invoice, issued_on=date(2026, 2, 10))
    assert days(store, "SELECT last_event_on FROM invoice ORDER BY id") == [
        ("2026-02-10",),
        ("2026-02-10",),
    ]
    pay(store, note, "-35,50", paid_on=date(2026, 3, 3))
    assert days(store, "SELECT last_event_on FROM invoice ORDER BY id") == [
        ("2026-03-03",),
        ("2026-03-03",),
    ]
    assert days(store, "SELECT key FROM summary WHERE name = 'invoice_days' AND count > 0") == [
        ("2026-03-03",)
    ]


def test_an_order_counts_from_its_invoices_once_it_is_at_rest(store):
    party = make_party(store)
    order = make_order(store, party)
    asked = "SELECT voucher_on, rest_on FROM service_order"
    assert days(store, asked) == [(None, None)]
    make_invoice(store, party, order_id=order, issued_on=date(2026, 2, 27))
    assert days(store, asked) == [(None, None)]
    done = ChangeOrderStatus(id=order, version=1, status="done", closed_on=date(2026, 2, 25))
    store.carry_out(change_order_status, done, actor=MAKER)
    assert days(store, asked) == [("2026-02-27", None)]


def test_an_order_counts_from_the_latest_of_its_closing_its_work_and_its_invoices(store):
    party = make_party(store)
    order = make_order(store, party, status="done", ordered_on=date(2025, 1, 7))
    asked = "SELECT invoiced_on, voucher_on, rest_on FROM service_order"
    assert days(store, asked) == [(None, None, "2025-01-07")]
    make_work(store, order, done_on=date(2025, 1, 31))
    assert days(store, asked) == [(None, None, "2025-01-31")]
    make_invoice(store, party, order_id=order, issued_on=date(2025, 1, 10))
    assert days(store, asked) == [("2025-01-10", "2025-01-31", None)]
    opened = ChangeOrderStatus(id=order, version=2, status="in_progress")
    store.carry_out(change_order_status, opened, actor=MAKER)
    assert days(store, asked) == [("2025-01-10", None, None)]
    closed = ChangeOrderStatus(id=order, version=3, status="done", closed_on=date(2025, 3, 3))
    store.carry_out(change_order_status, closed, actor=MAKER)
    assert days(store, asked) == [("2025-01-10", "2025-03-03", None)]
    assert days(store, "SELECT key FROM summary WHERE name = 'order_days' AND count > 0") == [
        ("2025-03-03",)
    ]
    assert facts(store, party) == {"in_force": True, "last_voucher_on": date(2025, 3, 3)}
    assert differences(store) == []


def test_work_that_is_moved_to_another_order_counts_there(store):
    party = make_party(store)
    first, second = (
        make_order(store, party, status="done", ordered_on=date(2025, 1, n)) for n in (7, 8)
    )
    entry = make_work(store, first, done_on=date(2025, 2, 2))
    moved = AmendWorkEntry(
        id=entry, version=1, order_id=second, done_on=date(2025, 2, 3), done_by="V", description="x"
    )
    store.carry_out(amend_work_entry, moved, actor=MAKER)
    assert days(store, "SELECT rest_on FROM service_order ORDER BY id") == [
        ("2025-01-07",),
        ("2025-02-03",),
    ]


def test_a_job_that_goes_on_keeps_a_customer_in_force_whose_relation_ended(store):
    party = make_party(store)
    order = make_order(store, party)
    inputs = ChangeStatus(id=party, version=1, status="ended", ended_on=date(2026, 2, 2))
    store.carry_out(change_status, inputs, actor=MAKER)
    assert facts(store, party) == {"in_force": True, "ended_on": date(2026, 2, 2)}
    done = ChangeOrderStatus(id=order, version=1, status="cancelled", closed_on=date(2026, 2, 25))
    store.carry_out(change_order_status, done, actor=MAKER)
    assert facts(store, party) == {
        "in_force": False,
        "ended_on": date(2026, 2, 2),
        "last_rest_on": date(2026, 2, 25),
    }


def test_a_quote_counts_from_its_own_day_and_a_cancelled_order_from_its_closing(store):
    party = make_party(store)
    make_order(store, party, status="quote", ordered_on=date(2026, 1, 7))
    make_order(
        store, party, status="cancelled", ordered_on=date(2026, 1, 8), closed_on=date(2026, 1, 9)
    )
    assert days(store, "SELECT voucher_on, rest_on FROM service_order ORDER BY id") == [
        (None, "2026-01-07"),
        (None, "2026-01-09"),
    ]


def test_a_party_has_the_latest_of_each_class(store):
    party = make_party(store)
    assert facts(store, party) == {"in_force": True}
    make_note(store, party, noted_on=date(2026, 1, 1))
    make_note(store, party, noted_on=date(2025, 1, 1))
    make_order(store, party, status="done", ordered_on=date(2025, 5, 5))
    make_invoice(store, party, issued_on=date(2025, 6, 6))
    make_draft(store, party, now=noon(date(2025, 7, 7)))
    inputs = ChangeStatus(id=party, version=1, status="ended", ended_on=date(2026, 2, 2))
    store.carry_out(change_status, inputs, actor=MAKER)
    assert facts(store, party) == {
        "in_force": False,
        "last_note_on": date(2026, 1, 1),
        "last_rest_on": date(2025, 5, 5),
        "last_voucher_on": date(2025, 6, 6),
        "last_draft_at": noon(date(2025, 7, 7)),
        "ended_on": date(2026, 2, 2),
    }


def test_a_lead_counts_from_its_later_note(store):
    party = make_party(store, status="lead", started_on=date(2024, 1, 15))
    assert facts(store, party) == {"in_force": False, "lead_on": date(2024, 1, 15)}
    make_note(store, party, noted_on=date(2025, 3, 3))
    assert facts(store, party)["lead_on"] == date(2025, 3, 3)


def test_a_contact_person_follows_the_organisations(store):
    first, second = make_party(store, name="Eka Oy"), make_party(store, name="Toka Oy")
    make_invoice(store, first, issued_on=date(2025, 6, 6))
    person = contact(store, first)
    assert facts(store, person) == {"in_force": True, "last_voucher_on": date(2025, 6, 6)}
    for party, on in ((first, date(2026, 1, 1)), (second, date(2026, 2, 2))):
        inputs = ChangeStatus(id=party, version=1, status="ended", ended_on=on)
        store.carry_out(change_status, inputs, actor=MAKER)
    assert facts(store, person) == {
        "in_force": False,
        "last_voucher_on": date(2025, 6, 6),
        "ended_on": date(2026, 1, 1),
    }
    link(store, second, person)
    assert facts(store, person)["ended_on"] == date(2026, 2, 2)


def test_a_contact_person_of_nobody_counts_from_the_day_of_unlinking(store):
    organisation = make_party(store)
    person = contact(store, organisation, now=noon(date(2025, 5, 5)))
    key = int(days(store, "SELECT id FROM contact_person")[0][0])
    unlink = UnlinkContactPerson(id=key)
    store.carry_out(unlink_contact_person, unlink, actor=MAKER, now=noon(date(2026, 2, 2)))
    assert facts(store, person) == {"in_force": False, "unlinked_on": date(2026, 2, 2)}
    make_phone(store, person)
    edit = AmendParty(
        id=person,
        version=version_of(store, "party", person),
        kind="person",
        given_name="Yrjö",
        family_name="Yhdys",
        is_customer=False,
        is_contact=True,
        started_on=date(2024, 1, 15),
        source="office",
        sourced_on=date(2024, 1, 15),
    )
    store.carry_out(amend_party, edit, actor=MAKER, now=noon(date(2026, 3, 1)))
    assert facts(store, person) == {"in_force": False, "unlinked_on": date(2026, 2, 2)}


def test_a_role_that_ended_does_not_override_a_link_in_force(store):
    organisation = make_party(store)
    person = contact(store, organisation)
    edit = AmendParty(
        id=person,
        version=version_of(store, "party", person),
        kind="person",
        given_name="Yrjö",
        family_name="Yhteys",
        is_customer=True,
        is_contact=True,
        started_on=date(2024, 1, 15),
        source="office",
        sourced_on=date(2024, 1, 15),
    )
    store.carry_out(amend_party, edit, actor=MAKER)
    for party, on in ((person, date(2025, 1, 1)), (organisation, date(2026, 1, 1))):
        assert facts(store, person)["in_force"]
        inputs = ChangeStatus(
            id=party, version=version_of(store, "party", party), status="ended", ended_on=on
        )
        store.carry_out(change_status, inputs, actor=MAKER)
    assert facts(store, person) == {"in_force": False, "ended_on": date(2026, 1, 1)}


def test_who_stops_trading_and_is_nobodys_contact_counts_from_that_day(store):
    person = make_party(store, given_name="Yrjö", family_name="Yhteys")
    edit = AmendParty(
        id=person,
        version=1,
        kind="person",
        given_name="Yrjö",
        family_name="Yhteys",
        is_customer=False,
        is_contact=True,
        started_on=date(2024, 1, 15),
        source="office",
        sourced_on=date(2024, 1, 15),
    )
    store.carry_out(amend_party, edit, actor=MAKER, now=noon(date(2026, 2, 20)))
    assert facts(store, person) == {"in_force": False, "unlinked_on": date(2026, 2, 20)}


def test_a_fact_that_is_wrong_is_told_and_rebuilt(store):
    party = make_party(store)
    make_invoice(store, party)
    order = make_order(store, party)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE invoice SET last_event_on = '2020-01-01'"))
        connection.execute(text("UPDATE service_order SET rest_on = '2020-01-01'"))
        connection.execute(text("UPDATE party_facts SET ended_on = '2020-01-01'"))
        wrong = derived.differences(connection)
        derived.rebuild(connection)
        assert derived.differences(connection) == []
    assert {f"service_order/{order}", f"party_facts/{party}"} <= set(wrong)
    assert any(each.startswith("invoice/") for each in wrong)


def chain(store):
    """An organisation with a voucher, its contact person who became an organisation, and a person
    who is the contact of that one: no command makes it, and a store may hold it."""
    first = make_party(store, name="Eka Oy")
    invoice = make_invoice(store, first, issued_on=date(2019, 3, 1))
    between = contact(store, first)
    with store.engine.begin() as connection:
        connection.execute(update(Party).where(Party.id == between).values(kind="organisation"))
    return invoice, contact(store, between)


def test_an_erasure_reaches_who_follows_one_that_follows(store):
    invoice, person = chain(store)
    assert facts(store, person)["last_voucher_on"] == date(2019, 3, 1)
    with store.writing(MAKER, now=noon(date(2026, 3, 4))) as uow:
        with gate_open(uow.session):
            erase(uow.session, FILES["invoice"], [invoice], on=uow.today)
        uow.audit("dispose", "disposal_run", None)
    with store.engine.connect() as connection:
        assert derived.differences(connection) == []
    assert "last_voucher_on" not in facts(store, person)


def test_a_rebuild_reaches_who_follows_one_that_follows(store):
    _invoice, person = chain(store)
    before = facts(store, person)
    with store.engine.begin() as connection:
        derived.rebuild(connection)
        assert derived.differences(connection) == []
    assert facts(store, person) == before


class Dealings(RuleBasedStateMachine):
    """Any commands in any order: the facts are what the rows say."""

    parties = Bundle("parties")
    people = Bundle("people")
    orders = Bundle("orders")
    invoices = Bundle("invoices")
    drafts = Bundle("drafts")

    def __init__(self, store):
        super().__init__()
        self.store = store
        self.day = date(2025, 1, 2)

    def teardown(self):
        self.store.close()

    def _later(self):
        self.day += timedelta(days=3)
        return self.day

    def _do(self, command, inputs):
        """Carried out, or refused with a sentence: either way the facts are right."""
        try:
            self.store.carry_out(command, inputs, actor=MAKER)
        except RegisterError as refusal:
            assert refusal.code  # noqa: PT017 - any refusal will do

    @rule(target=parties, status=st.sampled_from(["active", "lead"]))
    def begin(self, status):
        return make_party(self.store, name="Yritys Oy", status=status)

    @rule(target=people, organisation=parties)
    def person(self, organisation):
        return contact(self.store, organisation)

    @rule(organisation=parties, person=people)
    def join(self, organisation, person):
        self._do(
            link_contact_person, LinkContactPerson(organisation_id=organisation, person_id=person)
        )

    @rule(person=people)
    def part(self, person):
        found = days(self.store, "SELECT id FROM contact_person WHERE person_id = :p", p=person)
        for (key,) in found[:1]:
            self._do(unlink_contact_person, UnlinkContactPerson(id=int(key)))

    @rule(party=st.one_of(parties, people), status=st.sampled_from(["active", "lead", "ended"]))
    def change(self, party, status):
        inputs = ChangeStatus(
            id=party,
            version=version_of(self.store, "party", party),
            status=status,
            ended_on=self._later() if status == "ended" else None,
        )
        self._do(change_status, inputs)

    @rule(target=orders, party=parties, status=st.sampled_from(["quote", "open"]))
    def order(self, party, status):
        try:
            return make_order(self.store, party, status=status, ordered_on=self._later())
        except RegisterError:  # the relation is over
            return None

    @rule(order=orders, status=st.sampled_from(["quote", "in_progress", "done", "cancelled"]))
    def go_on(self, order, status):
        if order is not None:
            version = version_of(self.store, "service_order", order)
            self._do(
                change_order_status,
                ChangeOrderStatus(
                    id=order, version=version, status=status, closed_on=self._later()
                ),
            )

    @rule(target=drafts, party=parties)
    def draft(self, party):
        try:
            return make_draft(self.store, party, now=noon(self._later()))
        except RegisterError:
            return None

    @rule(draft=drafts)
    def discard(self, draft):
        if draft is not None:
            self._do(discard_draft, Seen(id=draft, version=1))

    @rule(target=invoices, party=parties, order=orders)
    def invoice(self, party, order):
        owner = days(self.store, "SELECT party_id FROM service_order WHERE id = :o", o=order or 0)
        if owner:
            party = int(owner[0][0])
        try:
            return make_invoice(self.store, party, order_id=order, issued_on=self._later())
        except RegisterError:
            return None

    @rule(invoice=invoices)
    def paid(self, invoice):
        if invoice is not None:
            try:
                pay(self.store, invoice, "1,00", paid_on=self._later())
            except RegisterError:
                return

    @rule(invoice=invoices)
    def credited(self, invoice):
        if invoice is not None:
            try:
                credit(self.store, invoice, issued_on=self._later())
            except RegisterError:
                return

    @rule(party=st.one_of(parties, people))
    def noted(self, party):
        make_note(self.store, party, noted_on=self._later())

    @rule(party=st.one_of(parties, people))
    def unnoted(self, party):
        with self.store.engine.connect() as connection:
            note = connection.scalar(select(Note.id).where(Note.party_id == party).limit(1))
        if note is not None:
            self._do(remove_note, Seen(id=note, version=1))

    @invariant()
    def facts_are_what_the_rows_say(self):
        assert differences(self.store) == []


def test_facts_after_any_commands(sqlite_template, tmp_path_factory):
    def begin() -> Dealings:
        path = tmp_path_factory.mktemp("facts") / "register.sqlite"
        shutil.copy(sqlite_template, path)
        return Dealings(open_store(sqlite_url(path)))

    run_state_machine_as_test(
        begin,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],  # shrinking takes minutes
        ),
    )
