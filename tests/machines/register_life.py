"""Actions of people on a register in the course of years, as the rules of a state machine."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sqlalchemy import URL, text

from queries.errors import RegisterError
from queries.store.engine import sqlite_url
from queries.store.migrate import create_store, open_store
from queries.store.tables import DataSubjectRequest, Restriction
from queries.writes.commands import Seen, stamp
from queries.writes.customers.notes import AmendNote, amend_note
from queries.writes.customers.parties import AmendParty, ChangeStatus, amend_party, change_status
from queries.writes.paper.records import AmendPaper, PartyLink, amend_paper, link_party
from queries.writes.retention.financial_years import AmendFinancialYear, amend_financial_year
from queries.writes.retention.holds import AmendHold, amend_hold, release_hold
from queries.writes.sales.credit_notes import CreditInvoice, credit_invoice
from queries.writes.sales.drafts import AmendDraft, DraftLine, amend_draft
from queries.writes.sales.invoices import IssueInvoice, issue_invoice
from queries.writes.sales.orders import (
    AmendOrder,
    ChangeOrderStatus,
    amend_order,
    change_order_status,
)
from queries.writes.sales.payments import RecordPayment, record_payment
from queries.writes.sales.write_offs import WriteOffBalance, write_off_balance
from queries.writes.settings import SetPeriod, set_period
from tests.factories.records import MAKER
from tests.oracles.eligibility import FILES, rows_of

_LINES = (
    DraftLine(
        description="Työ", quantity="1", unit="hour", unit_price="100", vat_category="standard"
    ),
)
ANY = st.integers(min_value=0, max_value=50)


class Living(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="register-life-"))
        self.url = self.new_place()
        self.store = open_store(self.url)
        self.today = date(2018, 3, 5)
        self.copies: list[tuple[Path, dict, set]] = []
        self.gone: set[tuple[str, int]] = set()

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    def new_place(self) -> URL:
        """The address of an empty store of this life's own."""
        url = sqlite_url(self.folder / "register.sqlite")
        create_store(url).close()
        return url

    def throw_away(self, aside: str) -> None:
        """The store that a restore set aside."""
        Path(aside).unlink()

    @property
    def now(self) -> datetime:
        return datetime(self.today.year, self.today.month, self.today.day, 10, tzinfo=UTC)

    def do(self, command, inputs) -> int:
        return self.store.carry_out(command, inputs, actor=MAKER, now=self.now)

    def pick(self, table: str, which: int, **like) -> dict | None:
        """One of the rows that are so, or nothing."""
        rows = [
            row
            for _key, row in sorted(rows_of(self.store)[table].items())
            if all(row[name] == value for name, value in like.items())
        ]
        return rows[which % len(rows)] if rows else None

    @initialize()
    def begin(self) -> None:
        year = AmendFinancialYear(starts_on=date(2017, 8, 1), ends_on=date(2018, 12, 31))
        self.do(amend_financial_year, year)
        for which in range(3):
            self.sell(0, closed=which != 1)
            self.bill(which, issued=True)
            self.write_note(which)
        self.pay(0)
        self.end(0)
        self.file_paper(0, "voucher")

    @rule(which=ANY, closed=st.booleans())
    def sell(self, which: int, closed: bool) -> None:
        party = self.pick("party", which, status="active") if which % 3 else None
        key = (
            party["id"]
            if party
            else self.do(
                amend_party,
                AmendParty(
                    kind="person",
                    given_name="Aino",
                    family_name="Esimerkki",
                    started_on=self.today,
                    source="office",
                    sourced_on=self.today,
                ),
            )
        )
        with contextlib.suppress(RegisterError):
            order = self.do(
                amend_order,
                AmendOrder(party_id=key, title="Työ", status="open", ordered_on=self.today),
            )
            if closed:
                self.do(
                    change_order_status,
                    ChangeOrderStatus(id=order, version=1, status="done", closed_on=self.today),
                )

    @rule(which=ANY, issued=st.sampled_from([True, True, False]))
    def bill(self, which: int, issued: bool) -> None:
        order = self.pick("service_order", which)
        if order is None:
            return
        with contextlib.suppress(RegisterError):
            draft = self.do(
                amend_draft,
                AmendDraft(party_id=order["party_id"], order_id=order["id"], lines=_LINES),
            )
            if issued:
                self.do(issue_invoice, IssueInvoice(id=draft, version=1, issued_on=self.today))

    @rule(which=ANY)
    def pay(self, which: int) -> None:
        """A part of an invoice is paid, or most often all that is open of it."""
        bill = self.pick("invoice", which, status="issued", kind="invoice")
        if bill is not None:
            amount = "10" if which % 4 == 1 else f"{bill['open_cents'] / 100:.2f}"
            with contextlib.suppress(RegisterError):
                self.do(
                    record_payment,
                    RecordPayment(
                        invoice_id=bill["id"],
                        version=bill["version"],
                        paid_on=self.today,
                        amount=amount,
                    ),
                )

    @rule(which=ANY)
    def write_off(self, which: int) -> None:
        bill = self.pick("invoice", which, status="issued")
        if bill is not None:
            with contextlib.suppress(RegisterError):
                self.do(
                    write_off_balance,
                    WriteOffBalance(
                        invoice_id=bill["id"],
                        version=bill["version"],
                        written_off_on=self.today,
                        reason="x",
                    ),
                )

    @rule(which=ANY)
    def credit(self, which: int) -> None:
        bill = self.pick("invoice", which, status="issued", kind="invoice")
        if bill is not None:
            with contextlib.suppress(RegisterError):
                self.do(
                    credit_invoice,
                    CreditInvoice(id=bill["id"], version=bill["version"], issued_on=self.today),
                )

    @rule(which=ANY)
    def write_note(self, which: int) -> None:
        party = self.pick("party", which)
        if party is not None:
            with contextlib.suppress(RegisterError):
                self.do(amend_note, AmendNote(party_id=party["id"], text="x", noted_on=self.today))

    @rule(which=ANY, code=st.sampled_from(["voucher", "books", "quote_or_lead"]))
    def file_paper(self, which: int, code: str) -> None:
        """Add a binder that names a party or two."""
        inputs = AmendPaper(
            kind="binder", title="Nimi", class_code=code, starts_on=self.today, ends_on=self.today
        )
        paper = self.do(amend_paper, inputs)
        for other in {which, which // 2}:
            row, party = self.pick("paper_record", 0, id=paper), self.pick("party", other)
            if party is not None:
                self.do(
                    link_party, PartyLink(id=paper, version=row["version"], party_id=party["id"])
                )

    @rule(which=ANY)
    def end(self, which: int) -> None:
        party = self.pick("party", which, status="active")
        if party is not None:
            with contextlib.suppress(RegisterError):
                self.do(
                    change_status,
                    ChangeStatus(
                        id=party["id"],
                        version=party["version"],
                        status="ended",
                        ended_on=self.today,
                    ),
                )

    @rule(which=ANY, scope=st.sampled_from(["party", "order", "invoice", "class"]))
    def hold(self, which: int, scope: str) -> None:
        covers: dict[str, object] = {"class_code": ["voucher", "note", "quote_or_lead"][which % 3]}
        if scope != "class":
            target = self.pick(FILES[scope], which)
            if target is None:
                return
            covers = {"target_id": target["id"]}
        self.do(amend_hold, AmendHold(scope=scope, reason="x", review_on=self.today, **covers))

    @rule(which=ANY)
    def release(self, which: int) -> None:
        hold = self.pick("legal_hold", which, released_at=None)
        if hold is not None:
            self.do(release_hold, Seen(id=hold["id"], version=hold["version"]))

    @rule(which=ANY, table=st.sampled_from(["restriction", "data_subject_request"]))
    def ask_or_answer(self, which: int, table: str) -> None:
        """A request or a restriction comes, or the oldest is over."""
        stands = {"lifted_on": None} if table == "restriction" else {"status": "open"}
        found, party = self.pick(table, which, **stands), self.pick("party", which)
        model = Restriction if table == "restriction" else DataSubjectRequest
        answered = found is not None and which % 2
        if not answered and party is None:
            return
        values = {
            ("restriction", True): {"told_on": self.today, "lifted_on": self.today},
            ("restriction", False): {"basis": "request", "since": self.today, "reason": "x"},
            ("data_subject_request", True): {"status": "closed", "closed_on": self.today},
            ("data_subject_request", False): {
                "number": str(len(rows_of(self.store)[table])),
                "received_on": self.today,
                "channel": "email",
                "registered": "in_register",
            },
        }[table, bool(answered)]
        with self.store.writing(MAKER, now=self.now) as uow:
            if answered:
                record = uow.session.get_one(model, found["id"])
            else:
                record = model(party_id=party["id"])
                uow.session.add(record)
            for name, value in values.items():
                setattr(record, name, value)
            stamp(uow, record)
            uow.audit("restrict", table, None)

    @rule(months=st.integers(min_value=1, max_value=17), change=st.booleans())
    def keep_years(self, months: int, change: bool) -> None:
        """The next financial year is recorded, short or long, or the last one is changed."""
        years = sorted(rows_of(self.store)["financial_year"].values(), key=lambda r: r["ends_on"])
        last = years[-1]
        starts = date.fromisoformat(last["ends_on"]) + timedelta(days=1)
        inputs = AmendFinancialYear(starts_on=starts, ends_on=starts + timedelta(days=30 * months))
        if change and len(years) > 1:
            begun = date.fromisoformat(last["starts_on"])
            inputs = AmendFinancialYear(
                id=last["id"],
                version=last["version"],
                starts_on=begun,
                ends_on=begun + timedelta(days=30 * months),
            )
        with contextlib.suppress(RegisterError):
            self.do(amend_financial_year, inputs)

    @rule(months=st.integers(min_value=0, max_value=60), note=st.booleans())
    def change_period(self, months: int, note: bool) -> None:
        code = "note" if note else "quote_or_lead"
        with self.store.engine.connect() as connection:
            version = connection.execute(
                text("SELECT version FROM setting WHERE name = :n"), {"n": f"period.{code}"}
            ).scalar()
        self.do(set_period, SetPeriod(code=code, months=months, version=version))

    @rule(days=st.sampled_from([1, 40, 400, 2600]))
    def let_time_pass(self, days: int) -> None:
        self.today = min(self.today + timedelta(days=days), date(2060, 1, 1))
