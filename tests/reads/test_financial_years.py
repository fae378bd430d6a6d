from __future__ import annotations

from datetime import date

from queries.reads.financial_years import MissingYear, financial_years
from queries.rules.retention import FinancialYear as Days
from tests.counting import statements
from tests.keeping import make_year
from tests.makers import MAKER, make_order, make_party
from tests.sums import make_invoice


def read(store):
    with store.reading(MAKER) as session:
        return financial_years(session)


def test_without_years_nothing_is_proposed(store):
    assert (read(store).years, read(store).missing, read(store).proposed) == ((), (), None)


def test_the_page_counts_vouchers_and_tells_which_have_no_year(store):
    party = make_party(store)
    order = make_order(store, party, status="done", ordered_on=date(2025, 6, 1))
    make_invoice(store, party, issued_on=date(2024, 5, 5))
    make_invoice(store, party, order_id=order, issued_on=date(2025, 6, 6))
    make_invoice(store, party, issued_on=date(2025, 7, 7))
    make_year(store, date(2024, 1, 1), date(2024, 12, 31))
    with statements(store.engine) as seen:
        shown = read(store)
    assert len(seen) == 2
    assert [(row.invoices, row.orders) for row in shown.years] == [(1, 0)]
    assert shown.missing == (MissingYear(date(2025, 6, 6), date(2025, 7, 7), 2, 1),)
    assert shown.proposed == Days(date(2025, 1, 1), date(2025, 12, 31))


def test_after_a_leap_day_the_next_year_ends_on_the_last_of_february(store):
    make_year(store, date(2023, 3, 1), date(2024, 2, 28))
    assert read(store).proposed == Days(date(2024, 2, 29), date(2025, 2, 27))
