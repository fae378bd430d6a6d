"""The audit trail: who read and who changed what, and when."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from queries.reads.paging import Page, count_up_to, page_of
from queries.rules.roles import Permission
from queries.store.sessions import needs
from queries.store.tables import TrailEntry

PAGE_SIZE = 100


@dataclass(frozen=True, kw_only=True)
class TrailFilter:
    """Filter of the list; None is no restriction."""

    kind: str | None = None
    actor: str | None = None
    party_id: int | None = None
    subject: str | None = None
    subject_id: int | None = None


@dataclass(frozen=True)
class TrailRow:
    """One line; ``columns`` names what changed, never the values."""

    id: int
    at: datetime
    kind: str
    actor: str
    action: str
    subject: str
    subject_id: int | None
    party_id: int | None
    columns: tuple[str, ...]


@needs(Permission.SEE_TRAIL)
def trail(
    session: Session,
    wanted: TrailFilter,
    *,
    after: int | None = None,
    before: int | None = None,
    size: int = PAGE_SIZE,
) -> Page[TrailRow]:
    """One page of the trail, newest first; 2 statements."""
    query = select(TrailEntry)
    for column, value in (
        (TrailEntry.kind, wanted.kind),
        (TrailEntry.actor, wanted.actor),
        (TrailEntry.party_id, wanted.party_id),
        (TrailEntry.subject, wanted.subject),
        (TrailEntry.subject_id, wanted.subject_id),
    ):
        if value is not None:
            query = query.where(column == value)
    return page_of(
        session,
        query,
        [TrailEntry.id],
        lambda rows: (_row(row[0]) for row in rows),
        total=count_up_to(session, query.with_only_columns(TrailEntry.id)),
        descending=True,
        after=after,
        before=before,
        size=size,
    )


def _row(line: TrailEntry) -> TrailRow:
    return TrailRow(
        id=line.id,
        at=line.at,
        kind=line.kind,
        actor=line.actor,
        action=line.action,
        subject=line.subject,
        subject_id=line.subject_id,
        party_id=line.party_id,
        columns=tuple(json.loads(line.columns)) if line.columns else (),
    )
