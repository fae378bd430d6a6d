"""The proofs of the notice, all of them, in the order of its sections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from queries.reads.newsletter import subscribers_without_link, subscriptions_against_suppression
from queries.reads.notice.proofs_answered import answered
from queries.reads.notice.proofs_counted import counted
from queries.reads.recipients import every_recipient
from queries.reads.retention.figures import RetentionFigures, RetentionState, retention_figures
from queries.rules.calendar_fi import helsinki_day
from queries.rules.proofs import Proof, ServerFacts
from queries.rules.recipients import Agreement, RecipientRole
from queries.rules.roles import Permission
from queries.store.sessions import needs
from queries.store.tables import NoticeVersion, Subscription, Suppression, TrailEntry

#: The codes, in the order in which they are shown.
ORDER = (
    "sources_known",
    "people_told",
    "transfers_have_basis",
    "agreements_in_force",
    "processors_agreed",
    "sign_in_needed",
    "users_work",
    "rights_by_work",
    "backup_recent",
    "paper_locked",
    "paper_placed",
    "keys_reasoned",
    "loans_returned",
    "none_overdue",
    "vouchers_in_years",
    "holds_reviewed",
    "requests_in_time",
    "requests_none_overdue",
    "links_work",
    "suppressed_left_alone",
    "notice_current",
)
#: A backup of so many days is recent.
BACKUP_DAYS = 7
#: The subject of the trail's line of a backup.
BACKUP = "backup"


@dataclass(frozen=True)
class Proofs:
    """All of them, and how many hold."""

    rows: tuple[Proof, ...]

    @property
    def holding(self) -> int:
        return sum(row.holds for row in self.rows)

    def of(self, code: str) -> Proof | None:
        return next((row for row in self.rows if row.code == code), None)


@needs(Permission.SEE_NOTICE)
def proofs(
    session: Session, *, today: date, known: ServerFacts, kept: RetentionFigures | None = None
) -> Proofs:
    """Every statement of the notice that the register can be held to, with today's figure.

    At most 18 statements: one counts whatever is counted by rows, the rest are the recipients, the
    retention figures, the requests, the newsletter, the last backup and the published notice. All
    of it by index or summary but for the newsletter, whose table is read once, and whose addresses
    are hashed only when subscriptions or suppressions have changed.

    :param kept: the retention figures, where they are read already.
    """
    found: dict[str, Proof] = {**counted(session, today=today), **answered(session, today=today)}
    if kept is None:
        kept = retention_figures(session, today=today)
    for each in (
        *_recipients(session, today),
        *_kept(kept),
        *_newsletter(session, known),
        _backup(session, today),
        *_notice(session, known),
        *_exposure(known),
    ):
        found[each.code] = each
    return Proofs(tuple(found[code] for code in ORDER if code in found))


def _recipients(session: Session, today: date) -> tuple[Proof, ...]:
    """Check recipients by the rules of their page; one statement, for they are few."""
    rows = every_recipient(session)
    states = [row.state(today) for row in rows]
    processors = [
        state
        for row, state in zip(rows, states, strict=True)
        if row.role == RecipientRole.PROCESSOR
    ]
    return tuple(
        Proof(
            code=code, section=section, holds=not against, figure=against, of=of, page="recipients"
        )
        for code, section, against, of in (
            ("transfers_have_basis", "transfers", sum(row.is_unfounded for row in rows), len(rows)),
            (
                "agreements_in_force",
                "recipients",
                states.count(Agreement.ENDED),
                sum(row.agreement is not None for row in rows),
            ),
            ("processors_agreed", "recipients", states.count(Agreement.MISSING), len(processors)),
        )
    )


def _kept(figures: RetentionFigures) -> tuple[Proof, ...]:
    """The retention page's own figures."""
    overdue, missing = (
        figures.of(state) for state in (RetentionState.OVERDUE, RetentionState.MISSING)
    )
    return (
        Proof(
            code="none_overdue",
            section="retention",
            holds=not overdue,
            figure=overdue,
            page="retention",
            query={"state": RetentionState.OVERDUE},
        ),
        Proof(
            code="vouchers_in_years",
            section="retention",
            holds=not missing,
            figure=missing,
            page="retention",
            query={"state": RetentionState.MISSING},
        ),
    )


def _newsletter(session: Session, known: ServerFacts) -> tuple[Proof, ...]:
    state = _state(session)
    without = subscribers_without_link(session, public=known.public)
    against = _against(session, state)
    return (
        Proof(
            code="links_work",
            section="newsletter",
            holds=not without,
            figure=without,
            of=state[0],
            page="newsletter",
            query={"list": "no_link"},
        ),
        Proof(
            code="suppressed_left_alone",
            section="newsletter",
            holds=not against,
            figure=against,
            of=state[0],
            page="newsletter",
            query={"list": "refused"},
        ),
    )


#: What the last look at the addresses said, by store: the state that was looked at, and how many
#: were against a suppression. Hashing every address again would take seconds of every redraw.
_looked: dict[str, tuple[Any, int]] = {}


def _state(session: Session) -> tuple[int, Any, Any, int]:
    """Return values that change whenever a subscription or a suppression does: the count, the
    last key and change, and the count of suppressions; one statement."""
    marks = select(func.count()).select_from(Suppression).scalar_subquery()
    row = session.execute(
        select(
            func.count(), func.max(Subscription.id), func.max(Subscription.changed_at), marks
        ).select_from(Subscription)
    ).one()
    return tuple(row)


def _against(session: Session, state: Any) -> int:
    where = session.get_bind().engine.url.render_as_string()
    kept = _looked.get(where)
    if kept is None or kept[0] != state:
        kept = (state, subscriptions_against_suppression(session))
        _looked[where] = kept
    return kept[1]


def _backup(session: Session, today: date) -> Proof:
    """Return the proof by the last backup in the trail."""
    at: datetime | None = session.scalar(
        select(TrailEntry.at)
        .where(TrailEntry.subject == BACKUP)
        .order_by(TrailEntry.id.desc())
        .limit(1)
    )
    if at is None:
        return Proof(code="backup_recent", section="protection", holds=False, figure=0)
    age = (today - helsinki_day(at.replace(tzinfo=at.tzinfo or UTC))).days
    return Proof(
        code="backup_recent",
        section="protection",
        holds=age <= BACKUP_DAYS,
        figure=age,
        facts={"at": at},
    )


def _notice(session: Session, known: ServerFacts) -> tuple[Proof, ...]:
    """Check if what was published is what would be published now."""
    if known.notice_differs is None:
        return ()
    row = session.execute(
        select(NoticeVersion.number, NoticeVersion.published_on)
        .order_by(NoticeVersion.number.desc())
        .limit(1)
    ).first()
    facts: Mapping[str, Any] = {} if row is None else {"number": row[0], "on": row[1]}
    return (
        Proof(
            code="notice_current",
            section="notice",
            page="notice",
            facts=facts,
            holds=row is not None and not known.notice_differs,
            figure=known.notice_differs,
        ),
    )


def _exposure(known: ServerFacts) -> tuple[Proof, ...]:
    if known.exposure is None:
        return ()
    tried = known.exposure
    holds = tried.asked > 0 and not tried.open
    return (
        Proof(
            code="sign_in_needed",
            section="protection",
            holds=holds,
            figure=len(tried.open),
            of=tried.asked,
            facts={"at": tried.at, "open": tried.open},
        ),
    )
