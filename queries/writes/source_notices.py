"""That people were told of data that did not come from them (GDPR Art. 14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from queries.errors import NotFound
from queries.rules.roles import Right
from queries.store.sessions import Desk, needs
from queries.store.tables import SourceNotice, ToldHow
from queries.writes.changing import Checks

#: As many are noted at a time.
MOST_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class ToldWish:
    """That the people of some reminders were told, on which day and how.

    :param ids: the reminders that were seen; one that somebody noted in between stays as it is.
    """

    ids: tuple[int, ...]
    told_on: date
    how: str


@needs(Right.EDIT_CUSTOMERS)
def note_told(desk: Desk, wish: ToldWish) -> int:
    """Note that people were told; returns the first of the reminders.

    What Art. 18(2) lets be done: it is the house's own duty, and nothing of the person's changes.

    :raises InvalidInputs: also ``none_chosen``, ``too_many_chosen``.
    :raises NotFound: for a reminder that is gone with its data.
    """
    checks = Checks(wish)
    how = checks.one_of("how", ToldHow)
    told_on = checks.day("told_on", latest=desk.today)
    if not wish.ids:
        checks.refuse("ids", "none_chosen")
    elif len(wish.ids) > MOST_AT_ONCE:
        checks.refuse("ids", "too_many_chosen", most=MOST_AT_ONCE)
    checks.done()
    found = desk.session.scalars(
        select(SourceNotice).where(SourceNotice.id.in_(wish.ids)).order_by(SourceNotice.id)
        .with_for_update()
    ).all()  # fmt: skip
    if len(found) < len(set(wish.ids)):
        raise NotFound("source_notice", min(set(wish.ids) - {row.id for row in found}))
    changed = [row for row in found if row.told_on is None]
    for row in changed:
        row.told_on, row.how, row.told_by = told_on, how, desk.actor.username
    if changed:
        desk.session.flush()
        party = changed[0].party_id if len(changed) == 1 else None
        desk.note("note_told", "source_notice", changed[0].id, party_id=party,
                  columns=["told_on", "told_by", "how"])  # fmt: skip
    return found[0].id
