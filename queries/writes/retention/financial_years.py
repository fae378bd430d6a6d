"""Commands on financial years (tilikaudet), from whose ends the retention of vouchers counts.

The danger: a year that is moved lets vouchers go sooner. The principle: no deadline is stored, so
an amended year takes effect at once, in both directions, and the trail says who moved it. Years do
not overlap, and none is longer than 18 months (Kirjanpitolaki 1336/1997 1:4); they may be broken,
short, and leave gaps, whose vouchers are shown as having no year and are not disposable. Who looks
for an overlap holds the lock of all years; the database refuses one by itself too. Years that
overlap all the same, because they came from elsewhere, are shown and can be mended here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from queries.errors import InvalidInput
from queries.rules import retention
from queries.rules.roles import Permission
from queries.store.named_locks import NamedLock, take
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import FinancialYear
from queries.writes.commands import Checks, Seen, fetch, remove, save


@dataclass(frozen=True, kw_only=True)
class AmendFinancialYear:
    """A financial year as it should be.

    :param id: the year to correct, with the ``version`` that was seen; None to record one.
    """

    id: int | None = None
    version: int | None = None
    starts_on: date
    ends_on: date


@needs(Permission.EDIT_FINANCIAL_YEARS)
def amend_financial_year(uow: UnitOfWork, inputs: AmendFinancialYear) -> int:
    """Record a financial year or correct one; return it.

    :raises InvalidInputs: also ``financial_year.ends_before_start``, ``financial_year.too_long``
        and ``financial_year.overlap``, all of ``ends_on`` or ``starts_on``.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    values = {"starts_on": checks.day("starts_on"), "ends_on": checks.day("ends_on")}
    checks.done()
    take(uow.session, NamedLock.FINANCIAL_YEARS)
    year = None
    if inputs.id is not None:
        year = fetch(uow, FinancialYear, inputs.id, version=inputs.version, inputs=inputs)
    _check(uow, checks, inputs)
    checks.done()
    actions = "add_financial_year", "amend_financial_year"
    return int(save(uow, FinancialYear, year, values, actions).id)


@needs(Permission.EDIT_FINANCIAL_YEARS)
def remove_financial_year(uow: UnitOfWork, inputs: Seen) -> int:
    """Remove a financial year; its vouchers then have none, and are kept. Return its key.

    :raises NotFound, StaleRecord:
    """
    year = fetch(uow, FinancialYear, inputs.id, version=inputs.version, inputs=inputs)
    remove(uow, year, "remove_financial_year")
    return inputs.id


def _check(uow: UnitOfWork, checks: Checks, inputs: AmendFinancialYear) -> None:
    try:
        year = retention.FinancialYearSpan(inputs.starts_on, inputs.ends_on)
    except InvalidInput as error:
        facts = {name: fact for name, fact in error.facts.items() if name != "field"}
        checks.refuse("ends_on", f"{error.field}.{error.code}", **facts)
        return
    overlapping = select(FinancialYear.starts_on, FinancialYear.ends_on).where(
        FinancialYear.starts_on <= year.end,
        FinancialYear.ends_on >= year.start,
        FinancialYear.id != (inputs.id or 0),
    )
    with uow.session.no_autoflush:
        other = uow.session.execute(overlapping.limit(1)).first()
    if other is not None:
        field = "starts_on" if other.starts_on < year.start else "ends_on"
        checks.refuse(field, "financial_year.overlap", day=other.starts_on)
