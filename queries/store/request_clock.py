"""The days by which requests are suspended: between asking about an identity and its answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from queries.store.tables import RequestSuspension


def suspended_days(session: Session, ids: Sequence[int], *, today: date) -> dict[int, int]:
    """Suspended days by request, one that still waits counted to today; one statement.

    A request without a suspension is left out. Suspensions never overlap: the store allows one to
    wait at a time, and the next begins on the day on which the last ended at the earliest.
    """
    found: dict[int, int] = {}
    if not ids:
        return found
    rows = session.execute(
        select(
            RequestSuspension.request_id, RequestSuspension.asked_on, RequestSuspension.answered_on
        ).where(RequestSuspension.request_id.in_(ids))
    )
    for request_id, asked_on, answered_on in rows:
        days = max(0, ((answered_on or today) - asked_on).days)
        found[request_id] = found.get(request_id, 0) + days
    return found
