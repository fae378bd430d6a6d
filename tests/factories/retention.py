"""Financial years, holds and periods for the tests, made by the commands themselves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import insert

from queries.rules.roles import Actor
from queries.store import derived
from queries.store.sessions import Store
from queries.store.tables import FinancialYear
from queries.writes.retention.financial_years import AmendFinancialYear, amend_financial_year
from queries.writes.retention.holds import AmendHold, amend_hold
from queries.writes.settings import SetPeriod, set_period
from tests.conftest import NOW
from tests.factories.records import MAKER

#: The review day of a hold, when none is given.
REVIEW = date(2027, 3, 5)


def make_year(store: Store, starts_on: date, ends_on: date, **more: Any) -> int:
    """A financial year."""
    inputs = AmendFinancialYear(starts_on=starts_on, ends_on=ends_on, **more)
    return store.carry_out(amend_financial_year, inputs, actor=MAKER)


def years_from_elsewhere(store: Store, *spans: tuple[date, date]) -> None:
    """Financial years as no command records them: they may overlap."""
    with store.engine.begin() as connection, derived.without(connection):
        connection.execute(
            insert(FinancialYear),
            [
                {"starts_on": start, "ends_on": end, "changed_at": NOW, "changed_by": "muualta"}
                for start, end in spans
            ],
        )


def hold(
    store: Store,
    scope: str = "party",
    target_id: int | None = None,
    *,
    now: datetime = NOW,
    actor: Actor = MAKER,
    **more: Any,
) -> int:
    """A hold with a reason and a review day."""
    values = {"reason": "Oikeudenkäynti vireillä", "review_on": REVIEW}
    inputs = AmendHold(**{"scope": scope, "target_id": target_id, **values, **more})
    return store.carry_out(amend_hold, inputs, actor=actor, now=now)


def period(store: Store, code: str, months: int, **more: Any) -> int:
    """Set a period of the company."""
    inputs = SetPeriod(code=code, months=months, **more)
    return store.carry_out(set_period, inputs, actor=MAKER, now=NOW)
