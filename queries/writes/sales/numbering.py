"""Number series, and the check of whom something may be sold to, shared by commands of sales."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from queries.errors import InvalidInput, RuleRefusal
from queries.rules.money import parse_amount, parse_quantity, to_cents, to_thousandths
from queries.store.sessions import UnitOfWork
from queries.store.tables import NumberSeries, Party, PartyStatus
from queries.writes.commands import change

#: The first number of a series: from here on an invoice's reference needs no padding.
FIRST_NUMBER = 1001

_WHOLE = 10_000  # basis points


def typed_cents(text: str) -> int:
    """A sum as it was typed, in cents.

    :raises InvalidInput: ``amount.*`` of :mod:`queries.rules.money`.
    """
    return to_cents(parse_amount(text))


def typed_thousandths(text: str) -> int:
    """A quantity as it was typed, in thousandths.

    :raises InvalidInput: ``quantity.*`` of :mod:`queries.rules.money`.
    """
    return to_thousandths(parse_quantity(text))


def typed_basis_points(text: str) -> int:
    """A percentage as it was typed, ``12,5``, in basis points; from 0 to 100 per cent.

    :raises InvalidInput: ``quantity.*`` of :mod:`queries.rules.money`; ``percent.precision``,
        ``percent.range``.
    """
    points, rest = divmod(typed_thousandths(text.removesuffix("%")), 10)
    if rest:
        raise InvalidInput("percent", "precision")
    if not 0 <= points <= _WHOLE:
        raise InvalidInput("percent", "range")
    return points


def take_number(uow: UnitOfWork, series: str, *, first: int = FIRST_NUMBER) -> int:
    """The next number of a gapless series.

    The row of the series stays locked until the transaction ends: whoever comes next waits, and a
    transaction that is undone gives its number back.
    """
    on_sqlite = uow.session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if on_sqlite else postgresql.insert
    uow.session.execute(
        insert(NumberSeries)
        .values(name=series, next_number=first)
        .on_conflict_do_nothing(index_elements=["name"])
    )
    row = uow.session.scalars(
        select(NumberSeries)
        .where(NumberSeries.name == series)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    number = row.next_number
    row.next_number = number + 1
    uow.session.flush()
    return number


def refuse_ended(party: Party) -> None:
    """:raises RuleRefusal: ``party_ended`` when the customer relation is over."""
    if party.status == PartyStatus.ENDED:
        # The purpose for which the register holds the person's data has ended with the relation:
        # a new deal begins by opening the relation again.
        raise RuleRefusal("party_ended", "GDPR Art. 5(1)(b)", ended_on=party.ended_on)


def becomes_active(uow: UnitOfWork, party: Party) -> list[str]:
    """A lead that orders is a customer; returns what that adds to the trail line's columns."""
    if party.status != PartyStatus.LEAD:
        return []
    change(uow, party, {"status": PartyStatus.ACTIVE})
    return ["party_status"]
