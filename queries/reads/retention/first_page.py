"""All that the page of retention shows at first, of one moment: figures, list and holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from queries.reads.retention.figures import RetentionFigures, event_days, figures_of, read_moment
from queries.reads.retention.holds import HoldRow, holds
from queries.reads.retention.record_list import list_of
from queries.reads.retention.rows import RetentionFilter, RetentionPage
from queries.rules.roles import Permission
from queries.store.sessions import needs


@dataclass(frozen=True)
class RetentionView:
    """The page: what is counted above is what is listed below."""

    figures: RetentionFigures
    page: RetentionPage
    holds: tuple[HoldRow, ...]


@needs(Permission.SEE_RETENTION)
def retention_view(
    session: Session, wanted: RetentionFilter, *, today: date, after: str | None = None
) -> RetentionView:
    """Return the page's figures, its list and the holds; 7 statements.

    One more pages on, one more counts what is held, two more while somebody who asked for erasure
    is not gone yet, and one more for each series that has files of theirs.

    :param after: as of :func:`.record_list.list_of`.
    """
    moment = read_moment(session, today=today)
    days = event_days(session, moment)
    return RetentionView(
        figures_of(session, moment, days),
        list_of(session, wanted, moment, after=after, days=days),
        holds(session, today=today),
    )
