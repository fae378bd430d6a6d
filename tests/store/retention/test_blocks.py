"""Records that belong together are kept together, in counts, lists, explanations and the
disposal."""

from __future__ import annotations

from datetime import date

import pytest

from queries.reads.retention.figures import RetentionState, retention_figures
from queries.reads.retention.reasons import explained
from queries.reads.retention.record_list import retention_list
from queries.reads.retention.rows import RetentionFilter
from tests.factories.disposals import hold
from tests.factories.records import MAKER, make_order, make_party
from tests.factories.retention import make_year
from tests.factories.sales import credit, make_invoice
from tests.support.filled import filled_once

DAY = date(2033, 1, 1)


@filled_once
def dealings(store):
    """An order with an invoice and its credit note, and another of each beside them."""
    make_year(store, date(2025, 8, 15), date(2026, 12, 31))
    party = make_party(store, started_on=date(2025, 8, 15))
    orders = [
        make_order(store, party, status="done", ordered_on=date(2025, 9, 1)) for _ in range(2)
    ]
    bills = [
        make_invoice(store, party, order_id=order, issued_on=date(2025, 9, 9)) for order in orders
    ]
    note = credit(store, bills[0], issued_on=date(2025, 10, 1))
    return orders, bills, note


def keys(store, state):
    with store.reading(MAKER) as session:
        figures = retention_figures(session, today=DAY)
        page = retention_list(session, RetentionFilter(state=state), today=DAY)
    assert figures.of(state) == len(page.rows)
    return {row.key for row in page.rows}


@pytest.mark.parametrize("which", ["order", "invoice", "credit note"])
def test_a_hold_keeps_the_order_with_its_invoices_and_the_invoice_with_its_order(
    store, dealings, which
):
    orders, bills, note = dealings
    scope, target = {
        "order": ("order", orders[0]),
        "invoice": ("invoice", bills[0]),
        "credit note": ("invoice", note),
    }[which]
    held = hold(store, scope, target)
    together = {f"order_days-{orders[0]}", f"invoice_days-{bills[0]}"}
    assert keys(store, RetentionState.HELD) == together
    assert keys(store, RetentionState.OVERDUE) == {
        f"order_days-{orders[1]}",
        f"invoice_days-{bills[1]}",
    }
    with store.reading(MAKER) as session:
        for key in together:
            _why, keepers = explained(session, key, today=DAY)
            assert [row.id for row in keepers.holds] == [held]
        _why, keepers = explained(session, f"invoice_days-{bills[1]}", today=DAY)
    assert not keepers.keep


def test_a_hold_on_an_order_keeps_no_other_order(store, dealings):
    orders, bills, _note = dealings
    hold(store, "order", orders[1])
    assert keys(store, RetentionState.HELD) == {
        f"order_days-{orders[1]}",
        f"invoice_days-{bills[1]}",
    }
