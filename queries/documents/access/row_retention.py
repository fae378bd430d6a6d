"""Retention of each row of a report: its last day and the law (GDPR Art. 15(1)(d)).

The deadlines are those of the disposal: the same periods, read in the same transaction,
and the same events (:mod:`queries.store.retention.series`), only read row by row.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from queries.documents.access.subject_data import Row, Rows
from queries.reads.retention.reasons import Why
from queries.rules.calendar_fi import helsinki_day
from queries.rules.periods import Periods
from queries.rules.personal_data import PERSONAL_DATA
from queries.rules.personal_data_types import AS_RECORDED, FOLLOWS_PARTY
from queries.store.tables import InvoiceStatus


class Keeping(enum.StrEnum):
    """Knowledge of the end of the storage."""

    UNTIL = "until"
    OPEN_BALANCE = "open_balance"
    """Until a day, and beyond it until the open balance was paid, credited or written off."""
    WITHDRAWN = "withdrawn"
    """Until the person withdraws from it."""
    ALIVE = "alive"
    """The relation or the job goes on: no deadline yet."""
    OPEN = "open"
    """The request is not closed yet."""
    UNKNOWN = "unknown"
    """A voucher in no recorded financial year."""


@dataclass(frozen=True)
class RowKept:
    """The period for which a row is kept.

    :param until: the last day kept; only with ``Keeping.UNTIL`` and ``OPEN_BALANCE``.
    :param retention_class: whose rule it is; empty while alive.
    """

    state: Keeping
    until: date | None
    retention_class: str
    citation: str


_ALIVE = RowKept(Keeping.ALIVE, None, "", "")


class RowDeadlines:
    """The deadlines of one party's rows.

    :param party: why the party's own details are kept.
    """

    def __init__(self, periods: Periods, party: Why, rows: Rows) -> None:
        self._periods = periods
        self._party = party
        self._invoices = {row["id"]: row for row in rows["invoice"]}
        self._open = {
            row["credits_id"] or row["id"] for row in rows["invoice"] if row["open_cents"]
        }
        self._orders = {row["id"]: row for row in rows["service_order"]}
        self._requests = {row["id"]: row for row in rows["data_subject_request"]}
        self._known: dict[tuple[str, date], RowKept] = {}

    def of(self, table: str, row: Row) -> RowKept:
        """Return how long a row of a table is kept."""
        return RULES[table_class(table)](self, table, row)

    def _voucher(self, table: str, row: Row) -> RowKept:
        """An invoice with its lines and payments, or an order with its work."""
        if table in {"service_order", "work_entry"}:
            return self._order(self._orders[row["id" if table == "service_order" else "order_id"]])
        return self._invoice(self._invoices[row["id" if table == "invoice" else "invoice_id"]])

    def _invoice(self, row: Row) -> RowKept:
        if row["status"] == InvoiceStatus.DRAFT:
            return self._by("quote_or_lead", helsinki_day(row["changed_at"]))
        root = self._invoices.get(row["credits_id"], row)
        claimed = root["claim_on"] is not None
        kept = (
            self._by("claim", root["claim_on"])
            if claimed
            else self._by("voucher", root["last_event_on"])
        )
        if root["id"] in self._open and kept.state == Keeping.UNTIL:
            return replace(kept, state=Keeping.OPEN_BALANCE)
        return kept

    def _order(self, row: Row) -> RowKept:
        if row["voucher_on"] is not None:
            return self._by("voucher", row["voucher_on"])
        rest = row["rest_on"]
        return _ALIVE if rest is None else self._by("quote_or_lead", rest)

    def _note(self, _table: str, row: Row) -> RowKept:
        return self._by("note", row["noted_on"])

    def _import(self, _table: str, row: Row) -> RowKept:
        return self._by("import_record", row["noted_on"])

    def _request(self, table: str, row: Row) -> RowKept:
        request = row if table == "data_subject_request" else self._requests[row["request_id"]]
        if request["closed_on"] is None:
            return RowKept(
                Keeping.OPEN, None, "request_file", self._periods.citation("request_file")
            )
        return self._by("request_file", request["closed_on"])

    def _newsletter(self, _table: str, _row: Row) -> RowKept:
        return RowKept(Keeping.WITHDRAWN, None, "newsletter", self._periods.citation("newsletter"))

    def _paper(self, _table: str, row: Row) -> RowKept:
        return self._by(row["class_code"], row["ends_on"])

    def _of_party(self, _table: str, _row: Row) -> RowKept:
        reason = self._party.reason
        if reason is not None:
            return RowKept(Keeping.UNTIL, reason.keep_until, reason.kind, reason.citation)
        if self._party.alive:
            return _ALIVE
        return RowKept(Keeping.UNKNOWN, None, "voucher", self._periods.citation("voucher"))

    def _by(self, code: str, event: date) -> RowKept:
        """The deadline of an event; many rows have the same one."""
        if (code, event) not in self._known:
            until = self._periods.keep_until(code, event)
            state = Keeping.UNKNOWN if until is None else Keeping.UNTIL
            self._known[code, event] = RowKept(state, until, code, self._periods.citation(code))
        return self._known[code, event]


RULES: Mapping[str, Callable[[RowDeadlines, str, Row], RowKept]] = {
    "voucher": RowDeadlines._voucher,  # noqa: SLF001 - the class's own rules, by retention class
    "note": RowDeadlines._note,  # noqa: SLF001 - as above
    "import_record": RowDeadlines._import,  # noqa: SLF001 - as above
    "request_file": RowDeadlines._request,  # noqa: SLF001 - as above
    "newsletter": RowDeadlines._newsletter,  # noqa: SLF001 - as above
    AS_RECORDED: RowDeadlines._paper,  # noqa: SLF001 - as above
    FOLLOWS_PARTY: RowDeadlines._of_party,  # noqa: SLF001 - as above
}
"""How each retention class of the map is asked; a test finds a class that is not here."""


@functools.cache
def table_class(table: str) -> str:
    """Return the retention class of a table's rows: that of its columns that are given out.

    >>> table_class("invoice_line"), table_class("email")
    ('voucher', 'follows_party')
    """
    return next(
        entry.retention_class
        for entry in PERSONAL_DATA[table].columns.values()
        if entry is not None and entry.in_access
    )
