"""The archive of the demonstration."""

from __future__ import annotations

import pytest

from queries.demonstration.archive import file_papers
from queries.demonstration.days import Days
from queries.demonstration.feeds import Rows
from queries.reads.paper.faults import PaperFigures, paper_figures
from queries.reads.paper.records import PaperFilter, paper_list
from queries.reads.paper.rooms import key_holders
from tests.factories.demonstrations import TODAY, fill
from tests.factories.records import MAKER


def test_paper_of_eleven_years_with_something_to_mend(sqlite_store):
    company = fill(sqlite_store, 20)
    with company.reading(MAKER) as session:
        page = paper_list(session, PaperFilter(), today=TODAY)
        gone = paper_list(session, PaperFilter(state="destroyed"), today=TODAY)
        late = paper_list(session, PaperFilter(state="overdue"), today=TODAY)
        figures = paper_figures(session, today=TODAY)
        held = key_holders(session, today=TODAY)
    assert (page.total.n, gone.total.n, late.total.n) == (34, 9, 1)
    assert {row.class_code for row in page.rows} == {
        "voucher",
        "books",
        "payroll_ledger",
        "working_time_record",
        "real_estate_investment",
        "quote_or_lead",
    }
    assert all(row.keep_until is not None for row in page.rows)
    assert all(row.title == "-" and row.destroyed_on for row in gone.rows)
    assert figures == PaperFigures(papers=34, rooms=3, lent=2, late=1, faults=6)
    assert {row.username for row in held if row.holds} == {"maija", "olli", "anna"}


@pytest.mark.parametrize("customers", [1, 20, 1_000, 1_000_000])
def test_paper_grows_slowly_with_the_customers(customers):
    rows = Rows()
    number = file_papers(Days(TODAY), rows, customers)
    made = {feed.table: len(found) for feed, found in rows.take()}
    assert made["paper_record"] == number - 1
    assert 40 <= number <= 160
    assert made["paper_party"] == min(customers, 3)
