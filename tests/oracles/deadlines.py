"""Every file's deadline by a plain loop over the rows, to compare the reads with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from sqlalchemy import text

from queries.rules.periods import Periods
from queries.store.sessions import Store

File = tuple[str, str, int, date | None]
"""Kind, class, key and deadline."""
_Rows = Callable[..., list[tuple]]


def files(store: Store, periods: Periods) -> list[File]:
    """All files of a store without contact persons, in which every relation is one's own."""
    with store.engine.connect() as connection:

        def rows(query: str, **values: object) -> list[tuple]:
            return [tuple(row) for row in connection.execute(text(query), values)]

        events = [*_invoices(rows), *_orders(rows), *_drafts_and_notes(rows)]
        found = [(kind, code, key, periods.keep_until(code, on)) for kind, code, key, on in events]
        return [*found, *_parties(rows, found, periods)]


def _day(value: object) -> date:
    return date.fromisoformat(str(value)[:10])


def _last_events(rows: _Rows) -> dict[int, date]:
    """The latest day of each invoice file: its own, its credit notes' and all their payments'."""
    last: dict[int, date] = {}
    query = "SELECT id, credits_id, issued_on FROM invoice WHERE status = 'issued'"
    for key, credits_id, issued_on in rows(query):
        paid = rows("SELECT paid_on FROM payment WHERE invoice_id = :key", key=key)
        root = credits_id or key
        last[root] = max([last.get(root, date.min), _day(issued_on), *(_day(on) for (on,) in paid)])
    return last


def _invoices(rows: _Rows) -> Iterator[tuple[str, str, int, date]]:
    for key, on in _last_events(rows).items():
        yield "invoice", "voucher", key, on


def _orders(rows: _Rows) -> Iterator[tuple[str, str, int, date]]:
    last = _last_events(rows)
    invoiced = "SELECT id FROM invoice WHERE credits_id IS NULL AND order_id = :key"
    query = "SELECT id, status, ordered_on, closed_on FROM service_order"
    for key, status, ordered_on, closed_on in rows(query):
        theirs = [last[root] for (root,) in rows(invoiced, key=key) if root in last]
        if theirs:
            yield "order", "voucher", key, max(theirs)
        else:
            yield (
                "order",
                "quote_or_lead",
                key,
                _day(ordered_on if status == "quote" else closed_on),
            )


def _drafts_and_notes(rows: _Rows) -> Iterator[tuple[str, str, int, date]]:
    for key, at in rows("SELECT id, changed_at FROM invoice WHERE status = 'draft'"):
        yield "draft", "quote_or_lead", key, _day(at)
    for key, on in rows("SELECT id, noted_on FROM note"):
        yield "note", "note", key, _day(on)


def _parties(rows: _Rows, found: list[File], periods: Periods) -> Iterator[File]:
    """A party is kept as long as any of its files, or as its own period says."""
    owner = {("note", key): party for key, party in rows("SELECT id, party_id FROM note")}
    owner |= {
        ("order", key): party for key, party in rows("SELECT id, party_id FROM service_order")
    }
    for key, party in rows("SELECT id, party_id FROM invoice"):
        owner["invoice", key] = owner["draft", key] = party
    for key, status, started_on, ended_on in rows(
        "SELECT id, status, started_on, ended_on FROM party WHERE status <> 'active'"
    ):
        own = (
            ("quote_or_lead", started_on)
            if status == "lead"
            else ("contact_without_transaction", ended_on)
        )
        untils = [until for kind, _code, record, until in found if owner[kind, record] == key]
        untils.append(periods.keep_until(own[0], _day(own[1])))
        known = [until for until in untils if until is not None]
        yield "party", "follows_party", key, max(known) if len(known) == len(untils) else None
