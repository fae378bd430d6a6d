"""Commands that record that people were informed of data from elsewhere (GDPR Art. 14), and take
that back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from queries.errors import NotFound, StaleRecord
from queries.rules.roles import Permission
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import SourceNotice, ToldHow
from queries.writes.commands import Checks

#: As many are noted at a time.
MOST_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class NoteTold:
    """The day and the way in which the people of some reminders were informed.

    :param ids: the reminders that were seen; one that somebody noted in between stays as it is.
    """

    ids: tuple[int, ...]
    told_on: date
    how: str


@dataclass(frozen=True, kw_only=True)
class RetractTold:
    """A correction: the people of some reminders were not informed after all.

    :param ids: the reminders that were seen, noted as told on this day and in this way.
    """

    ids: tuple[int, ...]
    told_on: date
    how: str


@needs(Permission.EDIT_CUSTOMERS)
def note_told(uow: UnitOfWork, inputs: NoteTold) -> int:
    """Record that people were informed; return the first of the reminders.

    Art. 18(2) permits this: it is the company's own duty, and nothing of the person's changes.

    :raises InvalidInputs: also ``none_chosen``, ``too_many_chosen``.
    :raises NotFound: for a reminder that is gone with its data.
    """
    checks = Checks(inputs)
    how = checks.one_of("how", ToldHow)
    told_on = checks.day("told_on", latest=uow.today)
    if not inputs.ids:
        checks.refuse("ids", "none_chosen")
    elif len(inputs.ids) > MOST_AT_ONCE:
        checks.refuse("ids", "too_many_chosen", most=MOST_AT_ONCE)
    checks.done()
    found = _reminders(uow, inputs.ids)
    changed = [row for row in found if row.told_on is None]
    for row in changed:
        row.told_on, row.how, row.told_by = told_on, how, uow.actor.username
    _note(uow, "note_told", changed)
    return found[0].id


@needs(Permission.EDIT_CUSTOMERS)
def retract_told(uow: UnitOfWork, inputs: RetractTold) -> int:
    """Take back that people were informed: the reminders wait again, with the same last day;
    return the first of them.

    Of several, one that says something else by now was noted anew by somebody and stays.

    :raises NotFound: for a reminder that is gone with its data.
    :raises StaleRecord: when none of them says any more what was seen.
    """
    found = _reminders(uow, inputs.ids)
    changed = [row for row in found if (row.told_on, row.how) == (inputs.told_on, inputs.how)]
    if not changed:
        raise StaleRecord("source_notice", found[0].id, changed_by=found[0].told_by)
    for row in changed:
        row.told_on = row.how = row.told_by = None
    _note(uow, "retract_told", changed)
    return changed[0].id


def _reminders(uow: UnitOfWork, ids: tuple[int, ...]) -> Sequence[SourceNotice]:
    """The reminders, all of them, in order of their keys."""
    found = uow.session.scalars(
        select(SourceNotice)
        .where(SourceNotice.id.in_(ids))
        .order_by(SourceNotice.id)
        .with_for_update()
    ).all()
    missing = set(ids) - {row.id for row in found}
    if missing or not found:
        raise NotFound("source_notice", min(missing, default=None))
    return found


def _note(uow: UnitOfWork, action: str, changed: Sequence[SourceNotice]) -> None:
    """The trail's line of those that changed; none where nothing did."""
    if not changed:
        return
    uow.session.flush()
    party = changed[0].party_id if len(changed) == 1 else None
    uow.audit(
        action,
        "source_notice",
        changed[0].id,
        party_id=party,
        columns=["told_on", "told_by", "how"],
    )
