"""Labels that the pages of requests share: the clock, a right with its answer, days left."""

from __future__ import annotations

from dashboard.ui import clock
from dashboard.ui.language import language, t
from queries.reads.requests.request_list import AskedRow, RequestRow
from queries.rules.deadlines import DueExplanation
from queries.wording.formats import day


def clock_line(due: DueExplanation) -> str:
    """The arithmetic in words: 31.1.2026 + 1 kk = 28.2.2026, lauantai -> ma 2.3.2026."""
    spoken = language()
    parts = [t("requests.clock.months", received=due.received, n=due.months, ends=due.period_ends)]
    if due.month_was_short:
        parts.append(t("requests.clock.short"))
    if due.extension_from == "first_month":
        parts.append(t("requests.clock.from_first", first=due.first_month_ends))
    if due.suspended_days:
        parts.append(t("requests.clock.suspended", n=due.suspended_days, until=due.unrolled))
    parts += [f"{day(rest.day, spoken)} {t(f'rest_days.{rest.why}')}" for rest in due.moved_over]
    if due.moved_over:
        parts.append(t("requests.clock.moved", due=due.due))
    return " · ".join(parts)


def days_line(row: RequestRow) -> str:
    """Return how much time there is, or how late it is."""
    if row.waiting:
        return t("requests.waits_short")
    if row.days_left < 0:
        return t("requests.overdue", n=-row.days_left)
    return t("requests.left", n=row.days_left) if row.days_left else t("requests.today")


def answer_line(right: AskedRow, *, gone: bool = False) -> str:
    """Return the outcome of a right.

    :param gone: the party of the request is no longer in the register: what stayed of an erasure
        has gone too. For an anonymised file this is not known.
    """
    parts = [t(f"asked_statuses.{right.status}")]
    if right.answered_on:
        parts.append(day(right.answered_on, language()))
    if right.answered_by:
        parts.append(right.answered_by)
    if right.refusal_ground:
        parts.append(t(f"grounds.{right.refusal_ground}"))
    if right.refusal_citation:
        parts.append(right.refusal_citation)
    if right.completes_on:
        past = "storage_ended" if right.completes_on < clock.today() else "completes"
        key = "completed" if gone else past
        parts.append(t(f"requests.{key}", on=right.completes_on))
    return " · ".join(parts)
