"""Disposals for the tests: someone of the past, and the steps from proposal to certificate."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import text

from queries.reads.retention.disposals import Review, disposal_review
from queries.rules.roles import Actor, Role
from queries.store.backup.ledger import Ledger
from queries.store.sessions import Store
from queries.store.tables import Restriction
from queries.writes.commands import Seen
from queries.writes.customers.parties import (
    ChangeStatus,
    LinkContactPerson,
    change_status,
    link_contact_person,
)
from queries.writes.retention.disposal import (
    ProposeDisposal,
    approve_disposal,
    carry_on,
    propose_disposal,
)
from queries.writes.retention.holds import AmendHold, amend_hold
from queries.writes.sales.drafts import AmendDraft, DraftLine, amend_draft
from queries.writes.sales.invoices import IssueInvoice, issue_invoice
from queries.writes.sales.payments import RecordPayment, record_payment
from tests.factories.records import MAKER, make_note, make_order, make_party, make_phone
from tests.support.trails import everything

SOLD = datetime(2018, 3, 5, 10, 0, tzinfo=UTC)
#: A financial year of 2018 keeps its vouchers until the end of 2024.
OVER = datetime(2025, 2, 3, 10, 0, tzinfo=UTC)
DAY = date(2025, 2, 3)
OTHER = Actor("pekka", Role.MANAGER)
"""Who did not propose."""


def ended_person(store: Store, given_name: str = "Aino", ended_on: date = date(2018, 6, 1)) -> int:
    return make_party(
        store,
        given_name=given_name,
        family_name="Esimerkki",
        status="ended",
        started_on=date(2018, 1, 1),
        ended_on=ended_on,
        now=OVER,
    )


def invoice(
    store: Store,
    party: int,
    order: int | None = None,
    *,
    on: date = date(2018, 3, 5),
    paid_on: date | None = None,
    due_on: date | None = None,
    paid: bool = True,
) -> int:
    """An invoice that was paid on its own day: in full, or the rest on ``paid_on``.

    :param paid: False where nothing was.
    """
    inputs = AmendDraft(
        party_id=party,
        order_id=order,
        lines=(
            DraftLine(
                description="Työ",
                quantity="1",
                unit="hour",
                unit_price="100",
                vat_category="standard",
            ),
        ),
    )
    now = datetime(on.year, on.month, on.day, 10, tzinfo=UTC)
    draft = store.carry_out(amend_draft, inputs, actor=MAKER, now=now)
    issue = IssueInvoice(id=draft, version=1, issued_on=on, due_on=due_on)
    store.carry_out(issue_invoice, issue, actor=MAKER, now=now)
    if paid:
        pay(store, draft, on)
    if paid_on:
        for amount in ("-50", "50"):
            pay(store, draft, paid_on, amount)
    return draft


def pay(store: Store, invoice: int, on: date, amount: str | None = None) -> None:
    """Record a payment: of all that is open where no amount is given."""
    with store.engine.connect() as connection:
        version, cents = connection.execute(
            text("SELECT version, open_cents FROM invoice WHERE id = :key"), {"key": invoice}
        ).one()
    inputs = RecordPayment(
        invoice_id=invoice,
        version=version,
        paid_on=on,
        source="office",
        amount=amount or f"{cents / 100:.2f}",
    )
    now = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    store.carry_out(record_payment, inputs, actor=MAKER, now=now)


def sold(store: Store, given_name: str = "Aino", **more: Any) -> tuple[int, int, int]:
    """A person of the past with everything a customer has; the relation has ended since."""
    party = make_party(
        store, given_name=given_name, family_name="Esimerkki", started_on=date(2018, 1, 1), now=SOLD
    )
    order = make_order(store, party, status="done", ordered_on=date(2018, 2, 1), now=SOLD)
    bill = invoice(store, party, order, **more)
    make_note(store, party, noted_on=date(2018, 3, 1))
    make_phone(store, party, sourced_on=date(2018, 1, 1))
    store.carry_out(
        change_status,
        ChangeStatus(id=party, version=1, status="ended", ended_on=date(2018, 12, 1)),
        actor=MAKER,
        now=OVER,
    )
    return party, order, bill


def propose(store: Store, as_of: date = DAY, actor: Actor = MAKER, now: datetime = OVER) -> int:
    return store.carry_out(propose_disposal, ProposeDisposal(as_of=as_of), actor=actor, now=now)


def approve(store: Store, run: int, actor: Actor = MAKER) -> int:
    return store.carry_out(approve_disposal, Seen(id=run, version=1), actor=actor, now=OVER)


def dispose(store: Store, ledger: Ledger, as_of: date = DAY) -> Review:
    """Propose, approve, carry out; return the review."""
    run = propose(store, as_of)
    approve(store, run)
    carry_on(store, ledger, run, actor=MAKER, now=OVER)
    return review(store, run)


def review(store: Store, run: int) -> Review:
    with store.reading(MAKER) as session:
        return disposal_review(session, run)


def counts(store: Store) -> dict[str, int]:
    tables = (
        "party",
        "service_order",
        "invoice",
        "invoice_line",
        "payment",
        "note",
        "phone",
        "party_search",
        "party_facts",
        "work_entry",
    )
    found = everything(store)
    return {table: len(found[table]) for table in tables if found[table]}


def reasons(found: Review) -> dict[tuple[str, str], int]:
    return {(kind, reason): count for kind, reason, count in found.reasons}


def hold(store: Store, scope: str, target: int | str) -> int:
    covers: dict[str, Any] = {"class_code" if scope == "class" else "target_id": target}
    inputs = AmendHold(scope=scope, reason="Riita", review_on=date(2026, 1, 1), **covers)
    return store.carry_out(amend_hold, inputs, actor=MAKER, now=OVER)


def restrict(store: Store, party: int) -> None:
    inputs = Restriction(
        party_id=party,
        since=DAY,
        basis="request",
        reason="Kiistetty",
        changed_at=OVER,
        changed_by="x",
    )
    with store.writing(MAKER, now=OVER) as uow:
        uow.session.add(inputs)
        uow.audit("restrict", "restriction", None)


def linked(store: Store, organisation: int, person: int) -> None:
    inputs = LinkContactPerson(organisation_id=organisation, person_id=person)
    store.carry_out(link_contact_person, inputs, actor=MAKER, now=SOLD)
