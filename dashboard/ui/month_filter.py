"""Choosing a month as a filter."""

from __future__ import annotations

from datetime import date

from dashboard.ui import clock
from dashboard.ui.language import language
from dashboard.ui.lists import Choice
from queries.reads.overview import months
from queries.wording.formats import month

#: So far back a list can be narrowed to a month: all that the overview shows, and a year more.
MONTHS_OFFERED = 60


def month_choice() -> Choice:
    """Return the choice of a month as the address has it, 2026-03; None for all."""
    offered = list(reversed(months(clock.today(), MONTHS_OFFERED)))
    names = {code: month(date(int(code[:4]), int(code[5:]), 1), language()) for code in offered}
    return Choice("month", offered, names=names)
