"""An independent answer to "may this go?", from the rows alone: what the disposal is measured by.

It reads no facts, no summaries, no index, and shares with the program only the arithmetic of
:mod:`queries.rules`, which has tests of its own.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text

from queries.errors import RuleRefusal
from queries.rules.deadlines import add_months
from queries.rules.retention import FinancialYearSpan, financial_year_of, keep_until
from queries.rules.statutes import own_class

Rows = dict[str, dict[int, dict[str, Any]]]
_TABLES = (
    "party",
    "invoice",
    "invoice_line",
    "payment",
    "write_off",
    "service_order",
    "work_entry",
    "note",
    "phone",
    "email",
    "address",
    "contact_person",
    "legal_hold",
    "restriction",
    "data_subject_request",
    "financial_year",
    "paper_record",
)
#: Columns that the database keeps by itself.
DERIVED = {"last_event_on", "claim_on", "voucher_on", "rest_on"}
FILES = {
    "invoice": "invoice",
    "draft": "invoice",
    "order": "service_order",
    "note": "note",
    "paper": "paper_record",
    "party": "party",
}


def rows_of(store) -> Rows:
    """Every row of what people keep in the register, by table and id."""
    with store.engine.connect() as connection:
        found = {
            table: {
                row["id"]: {name: _stored(row[name]) for name in row if name not in DERIVED}
                for row in connection.execute(text(f"SELECT * FROM {table}")).mappings()  # noqa: S608 - our own tables
            }
            for table in _TABLES
        }
        for table in ("paper_party", "paper_destruction"):
            rows = connection.execute(text(f"SELECT * FROM {table}")).mappings()  # noqa: S608 - as above
            found[table] = dict(
                enumerate({name: _stored(row[name]) for name in row} for row in rows)
            )
        settings = connection.execute(text("SELECT name, value FROM setting WHERE name LIKE 'p%'"))
        found["period"] = {name: json.loads(value) for name, value in settings}
    return found


def _stored(value: Any) -> Any:
    """A value as SQLite stores it, whichever engine it comes from."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


class Keepers:
    """Records that the law and the company keep on a day, file by file."""

    def __init__(self, rows: Rows, today: date) -> None:
        self.rows = rows
        self.today = today
        self.years = [
            FinancialYearSpan(_day(row["starts_on"]), _day(row["ends_on"]))
            for row in rows["financial_year"].values()
        ]

    def due(self) -> dict[str, set[int]]:
        """The files whose time is up, by kind."""
        found: dict[str, set[int]] = {kind: set() for kind in FILES}
        for key, row in self.rows["invoice"].items():
            if row["status"] == "draft":
                if self._over("quote_or_lead", _helsinki(row["changed_at"])):
                    found["draft"].add(key)
            elif row["credits_id"] is None and self._over(*self.invoice_event(key)):
                found["invoice"].add(key)
        for key in self.rows["service_order"]:
            event = self.order_event(key)
            if event is not None and self._over(*event):
                found["order"].add(key)
        for key, row in self.rows["note"].items():
            if self._over("note", _day(row["noted_on"])):
                found["note"].add(key)
        found["paper"] = {
            key
            for key, row in self.rows["paper_record"].items()
            if row["disposed_on"] is None and self._over(row["class_code"], _day(row["ends_on"]))
        }
        found["party"] = {key for key in self.rows["party"] if self._party_over(key)}
        return found

    def kept_back(self, kind: str, key: int) -> bool:
        """Return whether a hold, a restriction or an open request keeps a file."""
        if kind == "paper":
            held = {
                hold["class_code"]
                for hold in self.rows["legal_hold"].values()
                if hold["released_at"] is None
            }
            people = [
                one["party_id"]
                for one in self.rows["paper_party"].values()
                if one["paper_id"] == key
            ]
            return self.rows["paper_record"][key]["class_code"] in held or any(
                self._party_kept(party) for party in people
            )
        row = self.rows[FILES[kind]][key]
        party = key if kind == "party" else row["party_id"]
        holds = [hold for hold in self.rows["legal_hold"].values() if hold["released_at"] is None]
        targets = {(hold["scope"], hold["target_id"]) for hold in holds}
        asked = any(
            r["party_id"] == party and r["status"] == "open"
            for r in self.rows["data_subject_request"].values()
        )
        restricted = any(
            r["party_id"] == party and r["lifted_on"] is None
            for r in self.rows["restriction"].values()
        )
        classes = {hold["class_code"] for hold in holds if hold["scope"] == "class"}
        return (
            ("party", party) in targets
            or asked
            or restricted
            or self._together(kind, key) & targets != set()
            or self.class_of(kind, key) in classes
        )

    def _party_kept(self, key: int) -> bool:
        """Return whether a hold, a restriction or an open request keeps everything of a party."""
        return (
            any(
                hold["scope"] == "party"
                and hold["target_id"] == key
                and hold["released_at"] is None
                for hold in self.rows["legal_hold"].values()
            )
            or any(
                r["party_id"] == key and r["status"] == "open"
                for r in self.rows["data_subject_request"].values()
            )
            or any(
                r["party_id"] == key and r["lifted_on"] is None
                for r in self.rows["restriction"].values()
            )
        )

    def is_destroyed(self, paper: int) -> bool:
        """Return whether there is a line of a paper record's destruction."""
        return any(line["paper_id"] == paper for line in self.rows["paper_destruction"].values())

    def _together(self, kind: str, key: int) -> set[tuple[str, int]]:
        """Return the records on which a hold keeps the file: an invoice with its credit notes
        and its order, an order with its invoices and their credit notes."""
        rows = self.rows["invoice"]
        if kind in {"invoice", "draft"}:
            family = {key} | {i for i, row in rows.items() if row["credits_id"] == key}
            orders = {rows[i]["order_id"] for i in family} - {None}
            return {("invoice", i) for i in family} | {("order", i) for i in orders}
        if kind == "order":
            own = {i for i, row in rows.items() if row["order_id"] == key}
            family = own | {i for i, row in rows.items() if row["credits_id"] in own}
            return {("invoice", i) for i in family} | {("order", key)}
        return set()

    def class_of(self, kind: str, key: int) -> str | None:
        """The retention class of a file, but for parties, which have several."""
        if kind == "order":
            event = self.order_event(key)
            return event[0] if event else None
        return {"invoice": "voucher", "draft": "quote_or_lead", "note": "note"}.get(kind)

    def order_event(self, key: int) -> tuple[str, date] | None:
        row = self.rows["service_order"][key]
        if row["status"] in {"open", "in_progress"}:
            return None
        closed = row["ordered_on"] if row["status"] == "quote" else row["closed_on"]
        days = [_day(closed)]
        days += [
            _day(work["done_on"])
            for work in self.rows["work_entry"].values()
            if work["order_id"] == key
        ]
        files = [
            self._file_event(i)
            for i, invoice in self.rows["invoice"].items()
            if invoice["order_id"] == key and invoice["status"] == "issued"
        ]
        if row["invoiced_on"] is not None:  # of an invoice that may be gone
            files.append(_day(row["invoiced_on"]))
        return ("voucher", max(files + days)) if files else ("quote_or_lead", max(days))

    def is_open(self, key: int) -> bool:
        """Return whether money is owed for an invoice, either way: it is erased once somebody
        has decided on it."""
        return any(
            row["open_cents"]
            for i, row in self.rows["invoice"].items()
            if key in (i, row["credits_id"])
        )

    def invoice_event(self, key: int) -> tuple[str, date]:
        """The later of two classes: an open claim that falls due years after is kept longer."""
        event, due = self._file_event(key), self.rows["invoice"][key]["due_on"]
        if due is not None and self.is_open(key) and _day(due).year > event.year + 3:
            return "claim", _day(due)
        return "voucher", event

    def _file_event(self, key: int) -> date:
        family = {key} | {i for i, row in self.rows["invoice"].items() if row["credits_id"] == key}
        days = [_day(self.rows["invoice"][i]["issued_on"]) for i in family]
        days += [
            _day(row["paid_on"])
            for row in self.rows["payment"].values()
            if row["invoice_id"] in family
        ]
        days += [
            _day(row["written_off_on"])
            for row in self.rows["write_off"].values()
            if row["invoice_id"] in family
        ]
        return max(days)

    def _party_over(self, key: int) -> bool:
        row = self.rows["party"][key]
        if row["status"] == "active":
            return False
        events: list[tuple[str, date]] = []
        for i, invoice in self.rows["invoice"].items():
            if invoice["party_id"] != key:
                continue
            draft = invoice["status"] == "draft"
            events.append(
                ("quote_or_lead", _helsinki(invoice["changed_at"]))
                if draft
                else ("voucher", self._file_event(i))
            )
            if not draft and invoice["credits_id"] is None:
                events.append(self.invoice_event(i))
        for i, order in self.rows["service_order"].items():
            if order["party_id"] == key:
                event = self.order_event(i)
                if event is None:
                    return False
                events.append(event)
        events += [
            ("note", _day(note["noted_on"]))
            for note in self.rows["note"].values()
            if note["party_id"] == key
        ]
        if row["status"] == "ended":
            events.append(("contact_without_transaction", _day(row["ended_on"])))
        # The future of a class is judged by its latest event alone.
        latest: dict[str, date] = {}
        for code, event in events:
            latest[code] = max(event, latest.get(code, event))
        return all(self._over(code, event) for code, event in latest.items())

    def _over(self, code: str, event: date) -> bool:
        if code == "claim":
            return keep_until(code, event) < self.today
        if code in {"voucher", "books"}:
            year = financial_year_of(event, self.years)
            try:
                return keep_until(code, event, financial_year=year) < self.today
            except RuleRefusal:
                return False
        months = self.rows["period"].get(f"period.{code}", own_class(code).suggested_months)
        return add_months(event, months) < self.today


def _day(value: Any) -> date:
    return date.fromisoformat(str(value)[:10])


def _helsinki(value: Any) -> date:
    moment = datetime.fromisoformat(str(value)).replace(tzinfo=UTC)
    return moment.astimezone(ZoneInfo("Europe/Helsinki")).date()
