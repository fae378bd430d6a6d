from __future__ import annotations

from datetime import date

from queries.reads.retention.financial_years import MissingYear, financial_years
from queries.rules.retention import FinancialYearSpan as Days
from queries.writes.commands import Seen
from queries.writes.retention.financial_years import remove_financial_year
from tests.factories.records import MAKER, make_order, make_party
from tests.factories.retention import make_year, years_from_elsewhere
from tests.factories.sales import make_invoice
from tests.support.statements import statements


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


OVERLAPPING = ((date(2018, 1, 1), date(2018, 12, 31)), (date(2018, 7, 1), date(2019, 6, 30)))


def test_years_that_overlap_are_shown_with_the_days_to_mend(store):
    years_from_elsewhere(store, *OVERLAPPING)
    party = make_party(store)
    make_invoice(store, party, issued_on=date(2018, 8, 8))
    shown = read(store)
    assert [(row.starts_on, row.keep_until, row.invoices) for row in shown.years] == [
        (date(2018, 7, 1), date(2025, 12, 31), 1),
        (date(2018, 1, 1), date(2025, 12, 31), 1),
    ]
    assert shown.overlapping == ((date(2018, 7, 1), date(2018, 12, 31)),)
    assert shown.missing == ()
    assert shown.proposed == Days(date(2019, 7, 1), date(2020, 6, 30))


def test_years_that_overlap_can_be_mended(store):
    years_from_elsewhere(store, *OVERLAPPING)
    later, earlier = read(store).years
    make_year(store, date(2018, 1, 1), date(2018, 6, 30), id=earlier.id, version=1)
    assert read(store).overlapping == ()
    removal = Seen(id=later.id, version=1)
    store.carry_out(remove_financial_year, removal, actor=MAKER)
    assert [row.id for row in read(store).years] == [earlier.id]


def test_a_year_of_three_years_from_elsewhere_is_shown(store):
    years_from_elsewhere(store, (date(2018, 1, 1), date(2020, 12, 31)))
    assert [row.keep_until for row in read(store).years] == [date(2026, 12, 31)]
