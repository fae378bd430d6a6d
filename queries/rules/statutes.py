"""The statutes on the retention of records, as data.

Every retention class of the register is here once: the statutory ones, whose period nobody in the
company can change, and the company's own, whose period is a setting because no law gives one and
purpose limitation asks for one all the same (GDPR Art. 5(1)(e)). The arithmetic is
:mod:`queries.rules.retention`; the sentences are the words folder's, keyed by ``code``,
``formula`` and ``trigger``.

``valid_from`` is the day on which the act, or the duty in it, came into force. Earlier records
that are still kept are kept by the same rule. A class has one rule in force: a second
version of a class would have to say which events it covers before the inverse in
:mod:`queries.rules.retention` could be trusted, and a test refuses one until then.

The product is a tool, not legal advice.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date

from queries.errors import InvalidInput, RuleRefusal

CODES = {"retention_class": ("unknown",), "months": ("negative", "out_of_range")}
"""Each field's codes, so that a test can ask the catalogues for every sentence."""

MOST_MONTHS = 1200


class Formula(enum.StrEnum):
    """Formula that counts ``keep_until`` from the event; ``period`` is in years, or in months."""

    FINANCIAL_YEAR_END = "financial_year_end"
    """The end of the financial year that contains the event, and the years, to the day."""
    FINANCIAL_YEAR_CALENDAR_YEAR = "financial_year_calendar_year"
    """31 December of the year in which that financial year ended, and the years."""
    CALENDAR_YEAR = "calendar_year"
    """31 December of the event's year, and the years."""
    EVENT = "event"
    """The event, and the years, to the day."""
    OWN_PERIOD = "own_period"
    """The event, and the months of the house's setting, to the day."""


class Trigger(enum.StrEnum):
    """Event of a class, from which its period counts."""

    RECORDED = "recorded"
    """The day of the bookkeeping record: an invoice's date, a letter's, a work report's."""
    WAGE_PERIOD = "wage_period"
    """A day of the financial year for which the wages were paid."""
    ADJUSTMENT_BEGAN = "adjustment_began"
    """The day on which the adjustment period of a real-estate investment began."""
    TRANSACTION = "transaction"
    """The day of the sale that was declared under the special scheme."""
    WORKED = "worked"
    """The day that was worked."""
    DUE = "due"
    """The due day of the receivable, or the day on which its lapse was last interrupted."""
    LAST_ACTIVITY = "last_activity"
    """The last contact, offer or change on the person's own initiative."""
    CLOSED = "closed"
    """The day on which the request was closed."""
    WRITTEN = "written"
    """The day on which the note was written or last changed."""
    SIGNED_IN = "signed_in"
    """The day of the sign-in, or of its attempt."""
    WITHDRAWN = "withdrawn"
    """The day on which consent was withdrawn."""


@dataclass(frozen=True)
class Statute:
    """A retention class whose period a law sets.

    :param period: years.
    :param arithmetic: the formula in plain English, for readers of the code and of the record of
        processing; the screen has its own sentences.
    :param valid_to: the last day of force; nothing while it is in force.
    """

    code: str
    citation: str
    formula: Formula
    period: int
    trigger: Trigger
    arithmetic: str
    valid_from: date
    valid_to: date | None = None

    @property
    def needs_financial_year(self) -> bool:
        return self.formula in _BY_FINANCIAL_YEAR


@dataclass(frozen=True)
class OwnClass:
    """A retention class whose period the company sets.

    :param citation: why there has to be a period at all.
    :param suggested_months: the period until the company has set its own.
    :param floor: the statutory class that the period must not undercut, where there is one; its
        years are the fewest that a setting may have.
    """

    code: str
    citation: str
    trigger: Trigger
    suggested_months: int
    floor: str | None = None
    formula: Formula = Formula.OWN_PERIOD


_BY_FINANCIAL_YEAR = frozenset({Formula.FINANCIAL_YEAR_END, Formula.FINANCIAL_YEAR_CALENDAR_YEAR})

_KPL = date(1997, 12, 31)

STATUTES = (
    Statute(
        "voucher",
        "Kirjanpitolaki 1336/1997 2:10.2",
        Formula.FINANCIAL_YEAR_CALENDAR_YEAR,
        6,
        Trigger.RECORDED,
        "31 December of the year in which the financial year ended + 6 years",
        _KPL,
    ),
    Statute(
        "books",
        "Kirjanpitolaki 1336/1997 2:10.1",
        Formula.FINANCIAL_YEAR_END,
        10,
        Trigger.RECORDED,
        "end of the financial year + 10 years",
        _KPL,
    ),
    Statute(
        "payroll_ledger",
        "OVML 768/2016 28.3 §",
        Formula.FINANCIAL_YEAR_END,
        10,
        Trigger.WAGE_PERIOD,
        "end of the financial year + 10 years",
        date(2017, 1, 1),
    ),
    Statute(
        "real_estate_investment",
        "AVL 1501/1993 209 q §",
        Formula.CALENDAR_YEAR,
        13,
        Trigger.ADJUSTMENT_BEGAN,
        "31 December of the year in which the adjustment period began + 13 years",
        date(2008, 1, 1),
    ),
    Statute(
        "oss_record",
        "AVL 1501/1993 134 e §",
        Formula.CALENDAR_YEAR,
        10,
        Trigger.TRANSACTION,
        "31 December of the year of the transaction + 10 years",
        date(2021, 7, 1),
    ),
    Statute(
        "working_time_record",
        "Työaikalaki 872/2019 32, 40 §",
        Formula.CALENDAR_YEAR,
        2,
        Trigger.WORKED,
        "31 December of the year of the work + 2 years, the employment continuing",
        date(2020, 1, 1),
    ),
    Statute(
        "claim",
        "Laki velan vanhentumisesta 728/2003 4-5, 10, 13 §",
        Formula.EVENT,
        3,
        Trigger.DUE,
        "due day + 3 years, unless interrupted",
        date(2004, 1, 1),
    ),
)
"""The classes of the law, one rule each."""

OWN_CLASSES = (
    OwnClass("quote_or_lead", "GDPR Art. 5(1)(e)", Trigger.LAST_ACTIVITY, 24),
    OwnClass("contact_without_transaction", "GDPR Art. 5(1)(e)", Trigger.LAST_ACTIVITY, 24),
    OwnClass("request_file", "GDPR Art. 5(2); Tietosuojalaki 1050/2018 24 §", Trigger.CLOSED, 36),
    OwnClass("note", "GDPR Art. 5(1)(e)", Trigger.WRITTEN, 24),
    OwnClass("sign_in_record", "GDPR Art. 5(1)(e), 32", Trigger.SIGNED_IN, 12),
    OwnClass("import_record", "GDPR Art. 5(1)(e)", Trigger.WRITTEN, 1),
    OwnClass("newsletter", "GDPR Art. 7(3); 917/2014 200 §", Trigger.WITHDRAWN, 0),
)
"""The house's own classes. None of them has a floor: a quote that led to an order, a note that
documents a sale and a letter about one are bookkeeping material, so they belong to ``voucher``
from that day on rather than to a class of the house with a longer period."""

_STATUTES = {rule.code: rule for rule in STATUTES}
_OWN = {rule.code: rule for rule in OWN_CLASSES}


def statute(code: str) -> Statute:
    """The statutory class of that code.

    :raises InvalidInput: ``retention_class.unknown``.

    >>> statute("voucher").citation
    'Kirjanpitolaki 1336/1997 2:10.2'
    """
    if code not in _STATUTES:
        raise InvalidInput("retention_class", "unknown", retention_class=code)
    return _STATUTES[code]


def own_class(code: str) -> OwnClass:
    """Return the company's own class of that code.

    :raises InvalidInput: ``retention_class.unknown``.

    >>> own_class("request_file").suggested_months
    36
    """
    if code not in _OWN:
        raise InvalidInput("retention_class", "unknown", retention_class=code)
    return _OWN[code]


def check_own_period(code: str, months: int) -> None:
    """Refuse a period that the company may not set for this class.

    :raises RuleRefusal: ``period_set_by_statute`` for a statutory class;
        ``period_below_statute`` where the class has a floor and the months are fewer.
    :raises InvalidInput: ``retention_class.unknown``, ``months.negative``, ``months.out_of_range``.

    >>> check_own_period("quote_or_lead", 12)
    >>> check_own_period("voucher", 12)
    Traceback (most recent call last):
        ...
    queries.errors.RuleRefusal: period_set_by_statute (citation, retention_class, years)
    """
    if code in _STATUTES:
        rule = _STATUTES[code]
        raise RuleRefusal(
            "period_set_by_statute", rule.citation, retention_class=code, years=rule.period
        )
    check_period(own_class(code), months)


def check_months(months: int) -> None:
    """Refuse a number of months that is not a period: up to 100 years.

    :raises InvalidInput: ``months.negative``, ``months.out_of_range``.
    """
    if months < 0:
        raise InvalidInput("months", "negative")
    if months > MOST_MONTHS:
        raise InvalidInput("months", "out_of_range", most=MOST_MONTHS)


def check_period(rule: OwnClass, months: int) -> None:
    """Check as :func:`check_own_period` does, for a class at hand."""
    check_months(months)
    if rule.floor is None:
        return
    floor = statute(rule.floor)
    if months < 12 * floor.period:
        raise RuleRefusal(
            "period_below_statute", floor.citation, retention_class=rule.code, years=floor.period
        )
