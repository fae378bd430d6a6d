"""Drafting, issuing, crediting and paying in any order: what must hold whatever was done."""

from __future__ import annotations

import shutil
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from queries.errors import RegisterError
from queries.reads.sales.invoice import invoice_record
from queries.store import derived
from queries.store.engine import sqlite_url
from queries.store.migrate import open_store
from queries.writes.commands import Seen
from queries.writes.sales.credit_notes import CreditLine
from queries.writes.sales.drafts import AmendDraft, amend_draft, discard_draft
from queries.writes.sales.invoices import IssueInvoice, issue_invoice
from tests.factories.records import MAKER, TODAY, business_id, make_party
from tests.factories.sales import credit, line, noon, pay, version_of
from tests.support.trails import everything

_FREE = {"open_cents", "last_event_on", "version", "changed_at", "changed_by"}
_LINES = st.lists(
    st.builds(
        line,
        st.integers(0, 20_000).map(lambda cents: f"{cents // 100},{cents % 100:02d}"),
        quantity=st.sampled_from(["1", "-1", "2,5", "0,333", "12"]),
        discount=st.sampled_from(["", "10", "33,33"]),
        vat_category=st.sampled_from(["standard", "reduced", "zero", "reverse_charge"]),
    ),
    max_size=4,
)
_AMOUNTS = st.integers(-30_000, 30_000).map(
    lambda cents: f"{'-' if cents < 0 else ''}{abs(cents) // 100},{abs(cents) % 100:02d}"
)
_DAYS = st.integers(0, 60).map(lambda n: TODAY - timedelta(days=60 - n))


class InvoiceLife(RuleBasedStateMachine):
    """Every refusal is a refusal of ours and leaves the store as it was."""

    invoices = Bundle("invoices")

    def __init__(self, store) -> None:
        super().__init__()
        self.store = store
        self.party = make_party(store, business_id=business_id(1), started_on=date(2020, 1, 1))
        self.issued: dict[int, object] = {}

    def _try(self, action, *args, **kwargs) -> int | None:
        before = everything(self.store)
        try:
            return int(action(self.store, *args, **kwargs))
        except RegisterError:
            assert everything(self.store) == before
            return None

    @rule(target=invoices, lines=_LINES, day=_DAYS)
    def draft(self, lines, day):
        inputs = AmendDraft(party_id=self.party, lines=tuple(lines))
        return self.store.carry_out(amend_draft, inputs, actor=MAKER, now=noon(day))

    @rule(target=invoices, lines=_LINES.filter(bool), day=_DAYS)
    def draft_and_issue(self, lines, day):
        invoice = self.draft(lines, day)
        self.issue(invoice, day)
        return invoice

    @rule(invoice=invoices, day=_DAYS)
    def issue(self, invoice, day):
        def issue(store):
            version = version_of(store, "invoice", invoice)
            inputs = IssueInvoice(id=invoice, version=version, issued_on=day)
            return store.carry_out(issue_invoice, inputs, actor=MAKER, now=noon(TODAY))

        if self._stands(invoice):
            self._try(issue)

    @rule(invoice=invoices)
    def discard(self, invoice):
        def discard(store):
            version = version_of(store, "invoice", invoice)
            inputs = Seen(id=invoice, version=version)
            return store.carry_out(discard_draft, inputs, actor=MAKER, now=noon(TODAY))

        if self._stands(invoice):
            self._try(discard)

    @rule(target=invoices, invoice=invoices)
    def credit_all(self, invoice):
        return (self._try(credit, invoice) or 0) if self._stands(invoice) else 0

    @rule(target=invoices, invoice=invoices, n=st.integers(0, 3), amount=_AMOUNTS)
    def credit_some(self, invoice, n, amount):
        if not self._stands(invoice):
            return 0
        with self.store.reading(MAKER) as session:
            lines = invoice_record(session, invoice).lines
        if n >= len(lines):
            return 0
        inputs = CreditLine(line_id=lines[n].id, net=amount)
        return self._try(credit, invoice, inputs) or 0

    @rule(invoice=invoices, amount=_AMOUNTS, accept=st.booleans())
    def payment(self, invoice, amount, accept):
        if self._stands(invoice):
            self._try(pay, invoice, amount, accept_overpayment=accept)

    def _stands(self, invoice: int) -> bool:
        with self.store.engine.connect() as connection:
            query = text("SELECT count(*) FROM invoice WHERE id = :id")
            return bool(connection.scalar(query, {"id": invoice}))

    @invariant()
    def numbers_are_gapless_and_go_the_way_of_the_days(self):
        with self.store.engine.connect() as connection:
            rows = connection.execute(
                text(
                    "SELECT CAST(number AS INTEGER), issued_on FROM invoice"
                    " WHERE status = 'issued' ORDER BY 1"
                )
            ).all()
        assert [number for number, _ in rows] == list(range(1001, 1001 + len(rows)))
        days = [str(day) for _, day in rows]
        assert days == sorted(days)

    @invariant()
    def what_is_open_adds_up(self):
        with self.store.engine.connect() as connection:
            paid = dict(
                connection.execute(
                    text("SELECT invoice_id, sum(amount_cents) FROM payment GROUP BY invoice_id")
                ).all()
            )
            rows = connection.execute(
                text(
                    "SELECT id, kind, credits_id, net_cents, vat_cents, total_cents, open_cents"
                    " FROM invoice WHERE status = 'issued'"
                )
            ).all()
        families: dict[int, list] = {}
        for row in rows:
            families.setdefault(row.credits_id or row.id, []).append(row)
        for family in families.values():
            invoice = next(row for row in family if row.kind == "invoice")
            notes = [row for row in family if row.kind == "credit_note"]
            received = sum(int(paid.get(row.id, 0)) for row in family)
            assert sum(row.open_cents for row in family) == (
                sum(row.total_cents for row in family) - received
            )
            assert 0 <= -sum(note.total_cents for note in notes) <= invoice.total_cents
            assert all(note.total_cents <= note.open_cents <= 0 for note in notes)
            assert invoice.open_cents <= invoice.total_cents
            # Nothing is owed both ways at once.
            assert invoice.open_cents <= 0 or all(note.open_cents == 0 for note in notes)

    @invariant()
    def summaries_are_what_the_rows_say(self):
        with self.store.engine.connect() as connection:
            assert derived.differences(connection) == []

    @invariant()
    def what_is_issued_stays(self):
        with self.store.engine.connect() as connection:
            lines = connection.execute(text("SELECT * FROM invoice_line ORDER BY id")).all()
            rows = connection.execute(
                text("SELECT * FROM invoice WHERE status = 'issued'")
            ).mappings()
            stands = {
                row["id"]: (
                    {name: value for name, value in row.items() if name not in _FREE},
                    [one for one in lines if one.invoice_id == row["id"]],
                )
                for row in rows
            }
        for key, value in self.issued.items():
            assert stands[key] == value
        self.issued = stands


def test_invoices_on_sqlite(sqlite_template, tmp_path_factory):
    def begin() -> InvoiceLife:
        path = tmp_path_factory.mktemp("life") / "register.sqlite"
        shutil.copy(sqlite_template, path)
        return InvoiceLife(open_store(sqlite_url(path)))

    run_state_machine_as_test(
        begin,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],  # shrinking takes minutes
        ),
    )


@pytest.fixture
def emptied(postgresql_address):
    store = open_store(postgresql_address)

    def begin() -> InvoiceLife:
        with store.engine.begin() as connection:
            connection.execute(text("INSERT INTO disposal_gate VALUES (1)"))
            for table in (
                "payment",
                "invoice",
                "party",
                "trail_entry",
                "number_series",
                "summary",
                "disposal_gate",
            ):
                connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - our own tables
        return InvoiceLife(store)

    yield begin
    store.close()


def test_invoices_on_postgresql(emptied):
    run_state_machine_as_test(
        emptied,
        settings=settings(
            max_examples=8,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],  # shrinking takes minutes
        ),
    )
