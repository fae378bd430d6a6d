"""First days of the relations of buyers: their earliest invoice at the latest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from queries.intake.plan import PlanRow, Reason, Step


def with_true_beginnings(rows: Sequence[PlanRow], began: Mapping[int, date]) -> Iterator[PlanRow]:
    """The rows, with the beginnings of relations moved back to the earliest invoice.

    A new customer begins on the day of its earliest invoice of the file. Where the register says
    that a relation began after an invoice of it, the row of the earliest one changes that, and
    says so (``began_earlier``).

    :param began: the beginning of each party of the register that rows go to.
    """
    filed = [(row, day) for row in rows if (day := _issued_on(row)) is not None]
    earliest: dict[tuple[str, int], tuple[date, int]] = {}
    for row, day in filed:
        key = _buyer(row)
        earliest[key] = min(earliest.get(key, (day, row.number)), (day, row.number))
    for row in rows:
        if _issued_on(row) is None:
            yield row
            continue
        day, number = earliest[_buyer(row)]
        if row.party_id is not None and number == row.number and day < began[row.party_id]:
            note = Reason("began_earlier", {"stands_on": began[row.party_id], "given_on": day})
            step = Step("party", row.party_id, (("started_on", day),))
            yield replace(row, steps=(*row.steps, step), notes=(*row.notes, note))
        elif row.party_id is None and row.steps:
            yield replace(row, steps=(_begun(row.steps[0], day), *row.steps[1:]))
        else:
            yield row


def _buyer(row: PlanRow) -> tuple[str, int]:
    return ("row", row.same_as or row.number) if row.party_id is None else ("party", row.party_id)


def _issued_on(row: PlanRow) -> date | None:
    """The day of the invoice that the row files; None where it files none."""
    if row.invoice is None:
        return None
    found: date = dict(row.invoice.values)["issued_on"]
    return found


def _begun(party: Step, day: date) -> Step:
    values = dict(party.values)
    return replace(
        party, values=tuple((values | {"started_on": min(day, values["started_on"])}).items())
    )
