"""The due day of a Finvoice document, and what its terms of payment say besides."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from queries.intake.invoices.finvoice_document import FinvoiceDocument, Terms, cents
from queries.intake.plan import Reason


def due_day(document: FinvoiceDocument) -> tuple[date | None, tuple[Reason, ...]]:
    """Return the day on which the whole is due, with notes of other days, discounts and fines.

    Of several due days it is the one that the payment slip names, else the last: before it the
    whole is not late. The day of a discount for paying early is not a due day, wherever it is.
    """
    notes: list[Reason] = []
    days = sorted({one.due_on for one in document.terms if one.due_on is not None})
    parts = [part for one in document.instalments for part in one.parts]
    days = days or sorted({on for on, _sum in parts if on is not None})
    slip = document.slip_day
    discounts = {one.discount_on for one in document.terms}
    due: date | None
    if slip in days:
        due = slip
    elif days:
        due = days[-1]
        if slip is not None and slip not in discounts:
            notes.append(Reason("slip_day_differs", {"given_on": slip, "due_on": due}))
    else:
        due = None if slip in discounts else slip
    notes += [
        Reason("other_due_day", {"given_on": day, "due_on": due}) for day in days if day != due
    ]
    for on, amount in parts:
        if on is not None and amount is not None:
            facts = {"given_on": on, "given_cents": cents(amount)}
            notes.append(Reason("instalment", facts))
    for one in document.terms:
        notes += _discount(one)
    fines = {one.fine_percent for one in document.terms if one.fine_percent}
    notes += [Reason("overdue_fine", {"percent": _percent(fine)}) for fine in sorted(fines)]
    return due, tuple(notes)


def _discount(terms: Terms) -> list[Reason]:
    percent, amount, until = terms.discount_percent, terms.discount, terms.discount_on
    if until is None:
        return []
    if percent:
        facts = {"given_on": until, "percent": _percent(percent)}
        return [Reason("cash_discount_percent", facts)]
    if amount:
        return [Reason("cash_discount_sum", {"given_on": until, "given_cents": cents(amount)})]
    return [Reason("cash_discount_day", {"given_on": until})]


def _percent(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")
