"""Commands on paper records: kept as a list, moved, linked with those they tell of, lent out.

What is destroyed is not touched any more: the record waits for the disposal service with the line
of its destruction (:mod:`queries.writes.paper.destruction`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, select

from queries.errors import NotFound, RuleRefusal
from queries.rules.paper import PAPER_CLASSES
from queries.rules.roles import Right
from queries.store.sessions import Desk, needs
from queries.store.tables import (
    PaperDestruction,
    PaperKind,
    PaperLoan,
    PaperParty,
    PaperRecord,
    Party,
    StorageRoom,
)
from queries.writes.commands import Checks, change, fetch, stamp, unless_restricted
from queries.writes.removal_guard import announce_removal, unless_kept
from queries.writes.sales.numbering import take_number

SUBJECT = "paper_record"
#: The series of numbers, and the text that stands before a number on the back of a binder.
SERIES, PREFIX = "paper", "M-"
LONGEST_TITLE, LONGEST_SHELF, LONGEST = 200, 100, 200

_NAMES = {"title": "paper_title", "method": "destruction_method"}


@dataclass(frozen=True, kw_only=True)
class PaperWish:
    """A paper record as it should stand.

    :param id: the record to correct, with the ``version`` that was seen; None to add one.
    :param class_code: its retention class, which counts from ``ends_on``.
    :param room_id: where a new record is put; one that is there already is moved by :class:`Move`.
    """

    id: int | None = None
    version: int | None = None
    kind: str
    title: str
    class_code: str
    starts_on: date | None
    ends_on: date | None
    room_id: int | None = None
    shelf: str | None = None
    accept_suspect: bool = False


@dataclass(frozen=True, kw_only=True)
class Move:
    """Where a record, as it was seen, stands from now on; no room is a record nowhere."""

    id: int
    version: int
    room_id: int | None
    shelf: str | None = None
    accept_suspect: bool = False


@dataclass(frozen=True, kw_only=True)
class Link:
    """A record, as it was seen, and a party of which it tells."""

    id: int
    version: int
    party_id: int


@dataclass(frozen=True, kw_only=True)
class Loan:
    """To whom a record is lent, what for, and by when it has to be back.

    :param loan_id: the loan to correct; None to lend out.
    :param version: of the record, as it was seen.
    """

    id: int
    version: int
    loan_id: int | None = None
    lent_to: str
    reason: str
    lent_on: date | None
    due_on: date | None
    accept_suspect: bool = False


@dataclass(frozen=True, kw_only=True)
class Return:
    """That a lent record is back."""

    id: int
    version: int
    returned_on: date | None


@needs(Right.KEEP_PAPER)
def amend_paper(desk: Desk, wish: PaperWish) -> int:
    """Add a paper record, numbered in a gapless series, or correct one; returns it.

    :raises InvalidInputs: also ``choice``, ``end_before_start``, ``room_closed``.
    :raises RuleRefusal: ``paper_destroyed``. :raises NotFound, StaleRecord:
    """
    checks = Checks(wish)
    values: dict[str, Any] = {
        "kind": checks.one_of("kind", PaperKind),
        "title": checks.text("title", longest=LONGEST_TITLE, required=True),
        "class_code": checks.one_of("class_code", PAPER_CLASSES),
        "starts_on": checks.day("starts_on"),
        "ends_on": checks.day("ends_on"),
    }
    if wish.starts_on and wish.ends_on and wish.ends_on < wish.starts_on:
        checks.refuse("ends_on", "period_ends_first")
    if wish.id is not None:
        paper = paper_to_change(desk, wish.id, wish.version, wish)
        checks.done()
        changed = change(desk, paper, values)
    else:
        values |= _place(desk, checks, wish)
        checks.done()
        number = f"{PREFIX}{take_number(desk, SERIES, first=1):04}"
        paper = PaperRecord(number=number, **values)
        stamp(desk, paper)
        desk.session.add(paper)
        changed = ["number", *values]
    if changed:
        desk.session.flush()
        action = "add_paper" if wish.id is None else "amend_paper"
        desk.note(action, SUBJECT, paper.id, columns=named(changed))
    return paper.id


@needs(Right.KEEP_PAPER)
def move_paper(desk: Desk, wish: Move) -> int:
    """Put a record into another room or on another shelf; returns it.

    :raises InvalidInputs: ``room_closed``. :raises RuleRefusal: ``paper_destroyed``.
    :raises NotFound: also ``storage_room``. :raises StaleRecord:
    """
    checks = Checks(wish)
    paper = paper_to_change(desk, wish.id, wish.version, wish)
    values = _place(desk, checks, wish)
    checks.done()
    changed = change(desk, paper, values)
    if changed:
        desk.session.flush()
        desk.note("move_paper", SUBJECT, paper.id, columns=changed)
    return paper.id


@needs(Right.KEEP_PAPER)
def link_party(desk: Desk, wish: Link) -> int:
    """Say that a record tells of a party; returns the record. The party's own details stay for as
    long as the paper does.

    :raises RuleRefusal: ``paper_destroyed``. :raises NotFound: also ``party``.
    :raises StaleRecord:
    """
    paper = paper_to_change(desk, wish.id, wish.version, wish)
    # The disposal locks the parties that it judges: it waits for this link, or this link for it and
    # finds the party gone.
    fetch(desk, Party, wish.party_id, version=None, wish=wish, edits=False)
    if desk.session.get(PaperParty, (paper.id, wish.party_id)) is None:
        desk.session.add(PaperParty(paper_id=paper.id, party_id=wish.party_id))
        stamp(desk, paper)
        desk.session.flush()
        desk.note("link_paper", SUBJECT, paper.id, party_id=wish.party_id, columns=["party"])
    return paper.id


@needs(Right.KEEP_PAPER)
def unlink_party(desk: Desk, wish: Link) -> int:
    """Say that a record does not tell of a party after all; returns the record.

    :raises RuleRefusal: ``paper_destroyed``; as :func:`.preservation.unless_kept` while a hold or
        an open request of the party, or a hold on the paper's class, keeps the paper.
    :raises NotFound, StaleRecord, Restricted:
    """
    announce_removal(desk.session)
    paper = paper_to_change(desk, wish.id, wish.version, wish)
    unless_restricted(desk, wish.party_id)
    link = desk.session.get(PaperParty, (paper.id, wish.party_id))
    if link is not None:
        unless_kept(desk.session, link)
        desk.session.execute(
            delete(PaperParty).where(
                PaperParty.paper_id == paper.id, PaperParty.party_id == wish.party_id
            )
        )
        stamp(desk, paper)
        desk.session.flush()
        desk.note("unlink_paper", SUBJECT, paper.id, party_id=wish.party_id, columns=["party"])
    return paper.id


@needs(Right.KEEP_PAPER)
def lend_paper(desk: Desk, wish: Loan) -> int:
    """Lend a record out, or correct a loan that is out; returns the record.

    :raises InvalidInputs: also ``lent_already``, ``due_before_loan``, ``day_in_future``.
    :raises Restricted: while processing of the data of somebody in it is restricted: they are kept,
        and not used (GDPR Art. 18(2)).
    :raises RuleRefusal: ``paper_destroyed``. :raises NotFound, StaleRecord:
    """
    checks = Checks(wish)
    values = {
        "lent_to": checks.text("lent_to", longest=LONGEST, required=True),
        "reason": checks.text("reason", longest=LONGEST, required=True),
        "lent_on": checks.day("lent_on", latest=desk.today),
        "due_on": checks.day("due_on"),
    }
    if wish.lent_on and wish.due_on and wish.due_on < wish.lent_on:
        checks.refuse("due_on", "due_before_loan")
    paper = paper_to_change(desk, wish.id, wish.version, wish)
    people = select(PaperParty.party_id).where(PaperParty.paper_id == paper.id)
    unless_restricted(desk, *desk.session.scalars(people))
    loan = loan_out(desk, paper.id)
    if wish.loan_id is None and loan is not None:
        checks.refuse("lent_to", "lent_already")
    if wish.loan_id is not None and (loan is None or loan.id != wish.loan_id):
        raise NotFound("paper_loan", wish.loan_id)
    checks.done()
    if loan is None:
        desk.session.add(PaperLoan(paper_id=paper.id, noted_by=desk.actor.username, **values))
        changed = list(values)
    else:
        changed = [name for name, value in values.items() if getattr(loan, name) != value]
        for name in changed:
            setattr(loan, name, values[name])
    if changed:
        stamp(desk, paper)
        desk.session.flush()
        action = "lend_paper" if wish.loan_id is None else "amend_loan"
        desk.note(action, SUBJECT, paper.id, columns=changed)
    return paper.id


@needs(Right.KEEP_PAPER)
def return_paper(desk: Desk, wish: Return) -> int:
    """Note that a lent record is back; returns the record.

    :raises InvalidInputs: ``returned_before_loan``, ``day_in_future``, ``not_lent``.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(wish)
    back = checks.day("returned_on", latest=desk.today)
    paper = fetch(desk, PaperRecord, wish.id, version=wish.version, wish=wish)
    loan = loan_out(desk, paper.id)
    if loan is None:
        checks.refuse("returned_on", "not_lent")
    elif back is not None and back < loan.lent_on:
        checks.refuse("returned_on", "returned_before_loan")
    checks.done()
    if loan is not None:
        loan.returned_on = back
        stamp(desk, paper)
        desk.session.flush()
        desk.note("return_paper", SUBJECT, paper.id, columns=["returned_on"])
    return paper.id


def paper_to_change(desk: Desk, key: int, version: int | None, wish: Any) -> PaperRecord:
    """The record, locked, where it is still paper; a piece of these commands.

    :raises RuleRefusal: ``paper_destroyed``. :raises NotFound, StaleRecord:
    """
    paper = fetch(desk, PaperRecord, key, version=version, wish=wish)
    line = desk.session.get(PaperDestruction, key)
    if paper.disposed_on is not None or line is not None:
        raise RuleRefusal("paper_destroyed", "GDPR Art. 5(2)", number=paper.number)
    return paper


def loan_out(desk: Desk, paper_id: int) -> PaperLoan | None:
    """The loan by which a record is out at this moment; a piece of these commands."""
    return desk.session.scalars(
        select(PaperLoan)
        .where(PaperLoan.paper_id == paper_id, PaperLoan.returned_on.is_(None))
        .with_for_update()
    ).one_or_none()


def named(columns: Iterable[str]) -> list[str]:
    """Columns as the trail names them: what other tables call by the same name is told apart."""
    return [_NAMES.get(name, name) for name in columns]


def _place(desk: Desk, checks: Checks, wish: PaperWish | Move) -> dict[str, Any]:
    """Room and shelf; a room that is closed takes nothing in."""
    if wish.room_id is not None:
        room = fetch(desk, StorageRoom, wish.room_id, version=None, wish=wish)
        if room.closed_on is not None and room.closed_on < desk.today:
            checks.refuse("room_id", "room_closed")
    return {"room_id": wish.room_id, "shelf": checks.text("shelf", longest=LONGEST_SHELF)}
