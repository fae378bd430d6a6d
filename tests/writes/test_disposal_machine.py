"""The whole life of a register, in any order: nothing kept ever goes, nothing over stays silently.

Measured by :mod:`tests.keepers`, which answers from the rows alone.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import text

from queries.errors import RegisterError
from queries.reads.disposals import disposal_items, disposal_review
from queries.reads.retention import retention_figures
from queries.store import derived
from queries.store.backup import back_up
from queries.store.engine import sqlite_url
from queries.store.ledger import ledger_of
from queries.store.migrate import create_store, open_store
from queries.store.restore import restore
from queries.store.tables import DataSubjectRequest, Restriction
from queries.writes.changing import stamp
from queries.writes.crediting import CreditWish, credit_invoice
from queries.writes.destruction import Destruction, note_destruction
from queries.writes.disposal import (
    Proposal,
    RunWish,
    approve_disposal,
    carry_on,
    propose_disposal,
    withdraw_disposal,
)
from queries.writes.drafts import DraftWish, LineWish, amend_draft
from queries.writes.financial_years import FinancialYearWish, amend_financial_year
from queries.writes.holds import HoldRelease, HoldWish, amend_hold, release_hold
from queries.writes.invoices import IssueWish, issue_invoice
from queries.writes.notes import NoteWish, amend_note
from queries.writes.orders import OrderStatusWish, OrderWish, amend_order, change_order_status
from queries.writes.paper import Link, PaperWish, amend_paper, link_party
from queries.writes.parties import PartyWish, StatusWish, amend_party, change_status
from queries.writes.payments import PaymentWish, record_payment
from queries.writes.settings import PeriodWish, set_period
from tests.keepers import FILES, Keepers, rows_of
from tests.makers import MAKER

_LINES = (LineWish(description="Työ", quantity="1", unit="hour", unit_price="100",
                   vat_category="standard"),)  # fmt: skip
#: What is emptied rather than removed, or says something of what went: looked at by itself.
_OTHERWISE = {"legal_hold", "data_subject_request", "paper_record", "paper_party",
              "paper_destruction"}  # fmt: skip
ANY = st.integers(min_value=0, max_value=50)


class Life(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="register-life-"))
        self.url = sqlite_url(self.folder / "register.sqlite")
        self.store = create_store(self.url)
        self.today = date(2018, 3, 5)
        self.copies: list[tuple[Path, dict, set]] = []
        self.gone: set[tuple[str, int]] = set()

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    @property
    def now(self) -> datetime:
        return datetime(self.today.year, self.today.month, self.today.day, 10, tzinfo=UTC)

    def do(self, command, wish) -> int:
        return self.store.carry_out(command, wish, actor=MAKER, now=self.now)

    def pick(self, table: str, which: int, **like) -> dict | None:
        """One of the rows that are so, or nothing."""
        rows = [row for _key, row in sorted(rows_of(self.store)[table].items())
                if all(row[name] == value for name, value in like.items())]  # fmt: skip
        return rows[which % len(rows)] if rows else None

    @initialize()
    def begin(self) -> None:
        year = FinancialYearWish(starts_on=date(2017, 8, 1), ends_on=date(2018, 12, 31))
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
        key = party["id"] if party else self.do(amend_party, PartyWish(
            kind="person", given_name="Aino", family_name="Esimerkki", started_on=self.today,
            source="office", sourced_on=self.today))  # fmt: skip
        with contextlib.suppress(RegisterError):
            order = self.do(amend_order, OrderWish(party_id=key, title="Työ", status="open",
                                                   ordered_on=self.today))  # fmt: skip
            if closed:
                self.do(change_order_status, OrderStatusWish(
                    id=order, version=1, status="done", closed_on=self.today))  # fmt: skip

    @rule(which=ANY, issued=st.sampled_from([True, True, False]))
    def bill(self, which: int, issued: bool) -> None:
        order = self.pick("service_order", which)
        if order is None:
            return
        with contextlib.suppress(RegisterError):
            draft = self.do(amend_draft, DraftWish(party_id=order["party_id"],
                                                   order_id=order["id"], lines=_LINES))  # fmt: skip
            if issued:
                self.do(issue_invoice, IssueWish(id=draft, version=1, issued_on=self.today))

    @rule(which=ANY)
    def pay(self, which: int) -> None:
        bill = self.pick("invoice", which, status="issued", kind="invoice")
        if bill is not None:
            with contextlib.suppress(RegisterError):
                self.do(record_payment, PaymentWish(
                    invoice_id=bill["id"], version=bill["version"], paid_on=self.today,
                    amount="10"))  # fmt: skip

    @rule(which=ANY)
    def credit(self, which: int) -> None:
        bill = self.pick("invoice", which, status="issued", kind="invoice")
        if bill is not None:
            with contextlib.suppress(RegisterError):
                self.do(credit_invoice, CreditWish(id=bill["id"], version=bill["version"],
                                                   issued_on=self.today))  # fmt: skip

    @rule(which=ANY)
    def write_note(self, which: int) -> None:
        party = self.pick("party", which)
        if party is not None:
            with contextlib.suppress(RegisterError):
                self.do(amend_note, NoteWish(party_id=party["id"], text="x", noted_on=self.today))

    @rule(which=ANY, code=st.sampled_from(["voucher", "books", "quote_or_lead"]))
    def file_paper(self, which: int, code: str) -> None:
        """A binder that tells of a party or two."""
        wish = PaperWish(kind="binder", title="Nimi", class_code=code, starts_on=self.today,
                         ends_on=self.today)  # fmt: skip
        paper = self.do(amend_paper, wish)
        for other in {which, which // 2}:
            row, party = self.pick("paper_record", 0, id=paper), self.pick("party", other)
            if party is not None:
                self.do(link_party, Link(id=paper, version=row["version"], party_id=party["id"]))

    @rule(which=ANY)
    def end(self, which: int) -> None:
        party = self.pick("party", which, status="active")
        if party is not None:
            with contextlib.suppress(RegisterError):
                self.do(change_status, StatusWish(id=party["id"], version=party["version"],
                                                  status="ended", ended_on=self.today))  # fmt: skip

    @rule(which=ANY, scope=st.sampled_from(["party", "order", "invoice", "class"]))
    def hold(self, which: int, scope: str) -> None:
        covers: dict[str, object] = {"class_code": ["voucher", "note", "quote_or_lead"][which % 3]}
        if scope != "class":
            target = self.pick(FILES[scope], which)
            if target is None:
                return
            covers = {"target_id": target["id"]}
        self.do(amend_hold, HoldWish(scope=scope, reason="x", review_on=self.today, **covers))

    @rule(which=ANY)
    def release(self, which: int) -> None:
        hold = self.pick("legal_hold", which, released_at=None)
        if hold is not None:
            self.do(release_hold, HoldRelease(id=hold["id"], version=hold["version"]))

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
                "number": str(len(rows_of(self.store)[table])), "received_on": self.today,
                "channel": "email", "registered": "in_register"},
        }[table, bool(answered)]  # fmt: skip
        with self.store.writing(MAKER, now=self.now) as desk:
            if answered:
                record = desk.session.get_one(model, found["id"])
            else:
                record = model(party_id=party["id"])
                desk.session.add(record)
            for name, value in values.items():
                setattr(record, name, value)
            stamp(desk, record)
            desk.note("restrict", table, None)

    @rule(months=st.integers(min_value=1, max_value=17), change=st.booleans())
    def keep_years(self, months: int, change: bool) -> None:
        """The next financial year is recorded, short or long, or the last one is changed."""
        years = sorted(rows_of(self.store)["financial_year"].values(), key=lambda r: r["ends_on"])
        last = years[-1]
        starts = date.fromisoformat(last["ends_on"]) + timedelta(days=1)
        wish = FinancialYearWish(starts_on=starts, ends_on=starts + timedelta(days=30 * months))
        if change and len(years) > 1:
            begun = date.fromisoformat(last["starts_on"])
            wish = FinancialYearWish(id=last["id"], version=last["version"], starts_on=begun,
                                     ends_on=begun + timedelta(days=30 * months))  # fmt: skip
        with contextlib.suppress(RegisterError):
            self.do(amend_financial_year, wish)

    @rule(months=st.integers(min_value=0, max_value=60), note=st.booleans())
    def change_period(self, months: int, note: bool) -> None:
        code = "note" if note else "quote_or_lead"
        with self.store.engine.connect() as connection:
            version = connection.execute(
                text("SELECT version FROM setting WHERE name = :n"), {"n": f"period.{code}"}
            ).scalar()
        self.do(set_period, PeriodWish(code=code, months=months, version=version))

    @rule(days=st.sampled_from([1, 40, 400, 2600]))
    def let_time_pass(self, days: int) -> None:
        self.today = min(self.today + timedelta(days=days), date(2060, 1, 1))

    @rule(wait=st.sampled_from([0, 0, 400]), limit=st.sampled_from([1, 3, 1000]), which=ANY)
    def dispose(self, wait: int, limit: int, which: int) -> None:
        """Proposed and approved; perhaps something happens before it is carried out."""
        run = self.do(propose_disposal, Proposal(as_of=self.today))
        as_of = self.today
        with self.store.reading(MAKER) as session:
            is_empty = disposal_review(session, run).count == 0
        self.do(withdraw_disposal if is_empty else approve_disposal, RunWish(id=run, version=1))
        if is_empty:
            return
        self.let_time_pass(wait)
        [self.pay, self.end, self.write_note, self.release][which % 4](which)
        self._shred(which)
        self._carry_out(run, as_of, limit)

    @rule(days=st.sampled_from([800, 2600, 3000]), limit=st.sampled_from([1, 3, 1000]), which=ANY)
    def grow_old_and_dispose(self, days: int, limit: int, which: int) -> None:
        self.let_time_pass(days)
        self.end(which)
        self.dispose(0, limit, which)

    @rule(days=st.sampled_from([800, 2600, 3000]), which=ANY)
    def restore_over_a_disposal(self, days: int, which: int) -> None:
        self.back_up()
        self.grow_old_and_dispose(days, 1000, which)
        self.restore(len(self.copies) - 1)

    def _shred(self, which: int) -> None:
        """Most of the paper is destroyed, as far as the command lets it be."""
        for key, row in rows_of(self.store)["paper_record"].items():
            if row["disposed_on"] is None and (key + which) % 4:
                with contextlib.suppress(RegisterError):
                    self.do(note_destruction, Destruction(
                        id=key, version=row["version"], destroyed_on=self.today,
                        destroyed_by="Maija", method="shredded", witness="Olli"))  # fmt: skip

    def _carry_out(self, run: int, as_of: date, limit: int) -> None:
        before = rows_of(self.store)
        keepers = Keepers(before, as_of)
        due = keepers.due()
        ledger = ledger_of(self.store, self.folder)
        carry_on(self.store, ledger, run, actor=MAKER, now=self.now, limit=limit)
        after = rows_of(self.store)
        gone = {(table, key) for table, rows in before.items() for key in rows
                if key not in after[table]}  # fmt: skip
        self._might_go(keepers, due, gone)
        self._paper_went(keepers, due["paper"], after, gone)
        for table, rows in before.items():
            if table not in _OTHERWISE:
                stays = {key: row for key, row in rows.items() if (table, key) not in gone}
                assert after[table] == stays, table
        for kind in ("invoice", "draft", "note"):
            for key in due[kind]:
                held = keepers.kept_back(kind, key)
                assert ((FILES[kind], key) in gone) != held, (kind, key)
        self.gone |= {(table, key) for table, key in gone if table in set(FILES.values())}
        self._is_accounted_for(run)

    def _paper_went(self, keepers: Keepers, due, after, gone) -> None:
        """Paper goes when it is over, destroyed and kept by nothing, and no sooner; whom it names
        does not go before it."""
        for key, row in keepers.rows["paper_record"].items():
            goes = key in due and keepers.is_destroyed(key) and not keepers.kept_back("paper", key)
            now = after["paper_record"][key]
            if row["disposed_on"] is None:
                assert (now["disposed_on"] is not None) == goes, key
                assert now == row or (now["title"], now["room_id"]) == ("-", None)
            for link in keepers.rows["paper_party"].values():
                if link["paper_id"] == key and ("party", link["party_id"]) in gone:
                    assert now["disposed_on"] is not None
            if now["disposed_on"] is not None:
                self.gone.add(("paper_record", key))
                assert all(link["paper_id"] != key for link in after["paper_party"].values())

    def _might_go(self, keepers: Keepers, due, gone) -> None:
        """Nothing that is kept has gone."""
        for kind, table in FILES.items():
            for key, row in keepers.rows[table].items():
                is_other = table == "invoice" and (row["status"] == "draft") != (kind == "draft")
                if (table, key) not in gone or row.get("credits_id") is not None or is_other:
                    continue
                assert not keepers.kept_back(kind, key), (kind, key)
                if kind == "order":  # judged anew when its invoices are gone
                    assert keepers.order_event(key) is not None
                else:
                    assert key in due[kind], (kind, key)

    def _is_accounted_for(self, run: int) -> None:
        with self.store.reading(MAKER) as session:
            review = disposal_review(session, run)
            assert review.waiting == 0
            for kind in FILES:
                for item in disposal_items(session, run, kind=kind, outcome="stayed", size=1000):
                    assert item.reason
        ledger = ledger_of(self.store, self.folder).read()
        assert ledger.unsettled == []

    @rule()
    def back_up(self) -> None:
        ledger = ledger_of(self.store, self.folder)
        path = self.folder / "copies" / f"{len(self.copies)}"
        back_up(self.store, ledger, path, on=self.today)
        self.copies.append((path, rows_of(self.store), set(self.gone)))

    @rule(which=ANY)
    def restore(self, which: int) -> None:
        if not self.copies:
            return
        path, then, _gone = self.copies[which % len(self.copies)]
        highest = max([0, *rows_of(self.store)["party"]])
        self.store.close()
        done = restore(path, self.url, self.folder, now=self.now)
        self.store = open_store(self.url)
        Path(done.aside).unlink()
        back = rows_of(self.store)
        parties = {key for table, key in self.gone if table == "party"}
        for table, rows in then.items():
            for key, row in rows.items():
                erased = (table, key) in self.gone or row_of(table, row, self.gone, parties)
                if table == "paper_record" and erased:
                    assert (back[table][key]["title"], row["id"]) == ("-", key)
                if table not in _OTHERWISE:
                    assert (key in back[table]) != erased, (table, key)
                    assert erased or back[table][key] == row or table == "invoice"
        assert all(set(back[table]) <= set(then[table]) for table in FILES.values())
        self.sell(0, closed=False)
        assert max(rows_of(self.store)["party"]) > highest

    @invariant()
    def what_is_over_is_listed(self) -> None:
        due = Keepers(rows_of(self.store), self.today).due()
        with self.store.reading(MAKER) as session:
            figures = retention_figures(session, today=self.today)
        told: dict[str, int] = dict.fromkeys(FILES, 0)
        for count in figures.counts:
            if count.kind in told:
                told[count.kind] += count.overdue + count.held
        assert told == {kind: len(keys) for kind, keys in due.items()}

    @invariant()
    def what_is_derived_is_right(self) -> None:
        with self.store.engine.connect() as connection:
            assert derived.differences(connection) == []


def row_of(table, row, gone, parties) -> bool:
    """Whether a row belongs to something that was erased."""
    if not isinstance(row, dict):
        return False
    owners = {"invoice_line": ("invoice", "invoice_id"), "payment": ("invoice", "invoice_id"),
              "work_entry": ("service_order", "order_id")}  # fmt: skip
    if table in owners and (owners[table][0], row[owners[table][1]]) in gone:
        return True
    return row.get("party_id") in parties and table not in _OTHERWISE


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=10, stateful_step_count=25, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip
