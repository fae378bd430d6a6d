"""Disposals that were proposed, and the outcome of each file, with the reason."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, null, or_, select
from sqlalchemy.orm import Session

from queries.errors import NotFound
from queries.rules.roles import Permission
from queries.store.retention.blocks import kept_back_by, party_kept_back, read_standing
from queries.store.retention.disposal_items import open_sums
from queries.store.retention.series import SERIES
from queries.store.sessions import needs
from queries.store.tables import (
    DisposalItem,
    DisposalRun,
    ItemKind,
    Outcome,
    Party,
    PartyFacts,
    RunStatus,
)

OPEN = (RunStatus.PROPOSED, RunStatus.APPROVED, RunStatus.CARRYING_OUT)


@dataclass(frozen=True)
class RunRow:
    """One disposal."""

    id: int
    version: int
    as_of: date
    status: str
    proposed_by: str
    proposed_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    finished_at: datetime | None
    rows: dict[str, int]


@dataclass(frozen=True)
class Group:
    """The files of one kind and class in a disposal: how many, of what event days.

    :param gone: disposed of; ``removed`` were not there any more when it was their turn.
    """

    kind: str
    class_code: str
    rule: str
    count: int
    gone: int
    stayed: int
    first_event: date
    last_event: date
    removed: int = 0

    @property
    def waiting(self) -> int:
        return self.count - self.gone - self.removed - self.stayed


@dataclass(frozen=True)
class Review:
    """Sums and counts of a disposal.

    :param kept_back: files by kind that a hold, a restriction, an open request or an open balance
        keeps now; read only before anything is carried out.
    :param reasons: files that stayed, by kind and reason.
    :param sums: the cents of its invoices by name: ``owed`` by customers and ``to_refund`` to them,
        of those that are proposed or stayed, and ``written_off``, of those that are or were to go.
    """

    run: RunRow
    groups: tuple[Group, ...]
    kept_back: dict[str, int]
    reasons: tuple[tuple[str, str, int], ...]
    sums: Mapping[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(group.count for group in self.groups)

    @property
    def gone(self) -> int:
        return sum(group.gone for group in self.groups)

    @property
    def removed(self) -> int:
        return sum(group.removed for group in self.groups)

    @property
    def stayed(self) -> int:
        return sum(group.stayed for group in self.groups)

    @property
    def decided(self) -> int:
        return self.gone + self.removed + self.stayed

    @property
    def waiting(self) -> int:
        return self.count - self.decided


@dataclass(frozen=True)
class ItemRow:
    """One file in a disposal; ``number`` and ``party`` while it still exists."""

    kind: str
    record_id: int
    class_code: str
    event_on: date
    keep_until: date
    outcome: str | None
    reason: str | None
    number: str | None
    party: str | None


@needs(Permission.SEE_RETENTION)
def disposal_runs(session: Session, *, size: int = 20) -> tuple[RunRow, ...]:
    """The latest disposals, the newest first; one statement."""
    found = session.scalars(select(DisposalRun).order_by(DisposalRun.id.desc()).limit(size))
    return tuple(_row(run) for run in found)


@needs(Permission.SEE_RETENTION)
def disposal_review(session: Session, run_id: int) -> Review:
    """One disposal in counts; three statements, and while nothing is carried out one more for
    holds, one for open sums and one for each series.

    :raises NotFound:
    """
    run = session.get(DisposalRun, run_id)
    if run is None:
        raise NotFound("disposal_run", run_id)
    item = DisposalItem
    groups = session.execute(
        select(
            item.kind,
            item.class_code,
            item.rule,
            func.count(),
            func.count().filter(item.outcome == Outcome.GONE, item.reason.is_(None)),
            func.count().filter(item.outcome == Outcome.STAYED),
            func.min(item.event_on),
            func.max(item.event_on),
            func.count().filter(item.outcome == Outcome.GONE, item.reason.is_not(None)),
        )
        .where(item.run_id == run_id)
        .group_by(item.kind, item.class_code, item.rule)
    )
    order = {kind: position for position, kind in enumerate(ItemKind)}
    found = sorted(
        (Group(*row) for row in groups), key=lambda g: (order[ItemKind(g.kind)], g.class_code)
    )
    reasons = session.execute(
        select(item.kind, item.reason, func.count())
        .where(item.run_id == run_id, item.outcome == Outcome.STAYED)
        .group_by(item.kind, item.reason)
        .order_by(func.count().desc(), item.kind, item.reason)
    )
    undone = run.status in {RunStatus.PROPOSED, RunStatus.APPROVED}
    return Review(
        _row(run),
        tuple(found),
        _kept_back(session, run_id) if undone else {},
        tuple((kind, reason or "", count) for kind, reason, count in reasons),
        _sums(session, run, undone=undone),
    )


def _sums(session: Session, run: DisposalRun, *, undone: bool) -> Mapping[str, int]:
    """Return the sums as they were when the invoices' turn came; before that, as they are."""
    if not undone:
        return json.loads(run.sums) if run.sums else {}
    proposed = select(DisposalItem.record_id).where(
        DisposalItem.run_id == run.id, DisposalItem.kind == ItemKind.INVOICE
    )
    return open_sums(session, proposed)


@needs(Permission.SEE_RETENTION)
def disposal_items(
    session: Session,
    run_id: int,
    *,
    kind: str,
    outcome: str | None = None,
    after: int = 0,
    size: int = 50,
) -> tuple[ItemRow, ...]:
    """Files of one kind in a disposal, by key; two statements, one where there is none.

    :param outcome: ``gone`` or ``stayed``; None for those that wait.
    """
    query = select(DisposalItem).where(
        DisposalItem.run_id == run_id,
        DisposalItem.kind == kind,
        DisposalItem.record_id > after,
        DisposalItem.outcome.is_(None) if outcome is None else DisposalItem.outcome == outcome,
    )
    items = session.scalars(query.order_by(DisposalItem.record_id).limit(size)).all()
    labels = _labels(session, kind, [item.record_id for item in items])
    return tuple(
        ItemRow(
            item.kind,
            item.record_id,
            item.class_code,
            item.event_on,
            item.keep_until,
            item.outcome,
            item.reason,
            *labels.get(item.record_id, (None, None)),
        )
        for item in items
    )


def _labels(
    session: Session, kind: str, keys: list[int]
) -> dict[int, tuple[str | None, str | None]]:
    if not keys:
        return {}
    if kind == ItemKind.PARTY:
        query: Any = select(Party.id, Party.customer_number, Party.name)
    else:
        series = next(one for one in SERIES if one.kind == kind)
        number = null() if series.number is None else series.number
        query = select(series.model.id, number, null() if series.party is None else Party.name)
        if series.party is not None:
            query = query.outerjoin_from(series.model, Party, Party.id == series.party)
    key = query.selected_columns[0]
    return {row[0]: (row[1], row[2]) for row in session.execute(query.where(key.in_(keys)))}


def _kept_back(session: Session, run_id: int) -> dict[str, int]:
    """Files of the run by kind that something keeps at this moment, or that wait for a decision."""
    classes = read_standing(session).classes
    found: dict[str, int] = {}
    item = DisposalItem
    of_run = select(item.record_id).where(item.run_id == run_id)
    asked: list[tuple[str, str | None, Select[Any]]] = []
    for series in SERIES:
        kept_by = kept_back_by(series)
        # Paper that waits for its destruction is counted apart.
        if series.waits is not None and series.kind != ItemKind.PAPER:
            theirs = of_run.where(item.kind == series.kind)
            kept_by.append(and_(series.model.id.in_(theirs), series.waits[0]))
        asked.append((series.kind, series.code, select(series.model.id).where(or_(*kept_by))))
    parties = select(PartyFacts.party_id).where(party_kept_back(classes))
    asked += [(ItemKind.PARTY, None, parties)]  # of every class
    for kind, code, kept in asked:
        query = select(func.count()).where(
            item.run_id == run_id,
            item.kind == kind,
            or_(item.class_code.in_(classes), item.record_id.in_(kept)),
        )
        if code is not None:
            query = query.where(item.class_code == code)
        if count := session.execute(query).scalar_one():
            found[kind] = found.get(kind, 0) + count
    return found


def _row(run: DisposalRun) -> RunRow:
    return RunRow(
        run.id,
        run.version,
        run.as_of,
        run.status,
        run.proposed_by,
        run.proposed_at,
        run.approved_by,
        run.approved_at,
        run.finished_at,
        json.loads(run.counts) if run.counts else {},
    )
