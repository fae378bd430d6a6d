"""A message that nobody decided on falls due as a lead does, and is erased by the one disposal."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from queries.reads.retention.figures import RetentionState, retention_figures
from queries.reads.retention.reasons import explained
from queries.reads.retention.record_list import RetentionFilter, retention_list
from queries.store.backup.ledger import ledger_of
from tests.factories.disposals import DAY, OVER, dispose, hold, reasons
from tests.factories.messages import make_form, make_message
from tests.factories.records import MAKER
from tests.support.trails import everything

#: 24 months later is 2.2.2025: over on 3.2.2025, on the next day not yet.
OLD, NEW = (datetime(2023, 2, day, 10, tzinfo=UTC) for day in (2, 3))


@pytest.fixture
def ledger(store, tmp_path):
    return ledger_of(store, tmp_path)


def test_a_message_that_nobody_decided_on_goes(store, ledger):
    form = make_form(store)
    old, new = make_message(store, form, now=OLD), make_message(store, form, now=NEW)
    with store.reading(MAKER, now=OVER) as session:
        figures = retention_figures(session, today=DAY)
        overdue = RetentionFilter(state=RetentionState.OVERDUE)
        rows = retention_list(session, overdue, today=DAY).rows
        why, _keepers = explained(session, f"message_days-{old}", today=DAY)
    assert figures.of(RetentionState.OVERDUE) == 1
    assert [(row.key, row.kind, row.keep_until) for row in rows] == [
        (f"message_days-{old}", "form_message", date(2025, 2, 2))
    ]
    assert (why.event, why.reason.kind, why.keep_until) == (
        "received",
        "quote_or_lead",
        date(2025, 2, 2),
    )
    found = dispose(store, ledger)
    assert [group.kind for group in found.groups] == ["form_message"]
    assert [row[0] for row in everything(store)["form_message"]] == [new]


def test_a_class_hold_keeps_it(store, ledger):
    key = make_message(store, make_form(store), now=OLD)
    hold(store, "class", "quote_or_lead")
    found = dispose(store, ledger)
    assert reasons(found) == {("form_message", "class_hold:quote_or_lead"): 1}
    assert [row[0] for row in everything(store)["form_message"]] == [key]
