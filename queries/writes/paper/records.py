"""Commands on paper records: add, amend, move, link with parties, lend out.

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
from queries.rules.roles import Permission
from queries.store.sessions import UnitOfWork, needs
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
#: The series of numbers, and the text before a number on the back of a binder.
SERIES, PREFIX = "paper", "M-"
LONGEST_TITLE, LONGEST_SHELF, LONGEST = 200, 100, 200

_NAMES = {"title": "paper_title", "method": "destruction_method"}


@dataclass(frozen=True, kw_only=True)
class AmendPaper:
    """A paper record as it should be.

    :param id: the record to correct, with the ``version`` that was seen; None to add one.
    :param class_code: its retention class, which counts from ``ends_on``.
    :param room_id: where a new record is put; one that is there already is moved by
        :class:`MovePaper`.
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
class MovePaper:
    """The new place of a record, as it was seen; no room means a record without a place."""

    id: int
    version: int
    room_id: int | None
    shelf: str | None = None
    accept_suspect: bool = False


@dataclass(frozen=True, kw_only=True)
class PartyLink:
    """A record, as it was seen, and a party that it names."""

    id: int
    version: int
    party_id: int


@dataclass(frozen=True, kw_only=True)
class LendPaper:
    """A loan of a record: to whom, what for, and by when it has to be back.

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
class ReturnPaper:
    """The return of a lent record."""

    id: int
    version: int
    returned_on: date | None


@needs(Permission.KEEP_PAPER)
def amend_paper(uow: UnitOfWork, inputs: AmendPaper) -> int:
    """Add a paper record, numbered in a gapless series, or correct one; return it.

    :raises InvalidInputs: also ``choice``, ``end_before_start``, ``room_closed``.
    :raises RuleRefusal: ``paper_destroyed``. :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    values: dict[str, Any] = {
        "kind": checks.one_of("kind", PaperKind),
        "title": checks.text("title", longest=LONGEST_TITLE, required=True),
        "class_code": checks.one_of("class_code", PAPER_CLASSES),
        "starts_on": checks.day("starts_on"),
        "ends_on": checks.day("ends_on"),
    }
    if inputs.starts_on and inputs.ends_on and inputs.ends_on < inputs.starts_on:
        checks.refuse("ends_on", "period_ends_first")
    if inputs.id is not None:
        paper = paper_to_change(uow, inputs.id, inputs.version, inputs)
        checks.done()
        changed = change(uow, paper, values)
    else:
        values |= _place(uow, checks, inputs)
        checks.done()
        number = f"{PREFIX}{take_number(uow, SERIES, first=1):04}"
        paper = PaperRecord(number=number, **values)
        stamp(uow, paper)
        uow.session.add(paper)
        changed = ["number", *values]
    if changed:
        uow.session.flush()
        action = "add_paper" if inputs.id is None else "amend_paper"
        uow.audit(action, SUBJECT, paper.id, columns=named(changed))
    return paper.id


@needs(Permission.KEEP_PAPER)
def move_paper(uow: UnitOfWork, inputs: MovePaper) -> int:
    """Put a record into another room or on another shelf; return it.

    :raises InvalidInputs: ``room_closed``. :raises RuleRefusal: ``paper_destroyed``.
    :raises NotFound: also ``storage_room``. :raises StaleRecord:
    """
    checks = Checks(inputs)
    paper = paper_to_change(uow, inputs.id, inputs.version, inputs)
    values = _place(uow, checks, inputs)
    checks.done()
    changed = change(uow, paper, values)
    if changed:
        uow.session.flush()
        uow.audit("move_paper", SUBJECT, paper.id, columns=changed)
    return paper.id


@needs(Permission.KEEP_PAPER)
def link_party(uow: UnitOfWork, inputs: PartyLink) -> int:
    """Link a party to the record that names it; return the record. The party's own details stay
    for as long as the paper does.

    :raises RuleRefusal: ``paper_destroyed``. :raises NotFound: also ``party``.
    :raises StaleRecord:
    """
    paper = paper_to_change(uow, inputs.id, inputs.version, inputs)
    # The disposal locks the parties that it judges: it waits for this link, or this link for it and
    # finds the party gone.
    fetch(uow, Party, inputs.party_id, version=None, inputs=inputs, edits=False)
    if uow.session.get(PaperParty, (paper.id, inputs.party_id)) is None:
        uow.session.add(PaperParty(paper_id=paper.id, party_id=inputs.party_id))
        stamp(uow, paper)
        uow.session.flush()
        uow.audit("link_paper", SUBJECT, paper.id, party_id=inputs.party_id, columns=["party"])
    return paper.id


@needs(Permission.KEEP_PAPER)
def unlink_party(uow: UnitOfWork, inputs: PartyLink) -> int:
    """Unlink a party that a record does not name after all; return the record.

    :raises RuleRefusal: ``paper_destroyed``; as :func:`.removal_guard.unless_kept` while a hold or
        an open request of the party, or a hold on the paper's class, keeps the paper.
    :raises NotFound, StaleRecord, Restricted:
    """
    announce_removal(uow.session)
    paper = paper_to_change(uow, inputs.id, inputs.version, inputs)
    unless_restricted(uow, inputs.party_id)
    link = uow.session.get(PaperParty, (paper.id, inputs.party_id))
    if link is not None:
        unless_kept(uow.session, link)
        uow.session.execute(
            delete(PaperParty).where(
                PaperParty.paper_id == paper.id, PaperParty.party_id == inputs.party_id
            )
        )
        stamp(uow, paper)
        uow.session.flush()
        uow.audit("unlink_paper", SUBJECT, paper.id, party_id=inputs.party_id, columns=["party"])
    return paper.id


@needs(Permission.KEEP_PAPER)
def lend_paper(uow: UnitOfWork, inputs: LendPaper) -> int:
    """Lend a record out, or correct a loan that is out; return the record.

    :raises InvalidInputs: also ``lent_already``, ``due_before_loan``, ``day_in_future``.
    :raises Restricted: while processing of the data of somebody in it is restricted: they are kept,
        and not used (GDPR Art. 18(2)).
    :raises RuleRefusal: ``paper_destroyed``. :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    values = {
        "lent_to": checks.text("lent_to", longest=LONGEST, required=True),
        "reason": checks.text("reason", longest=LONGEST, required=True),
        "lent_on": checks.day("lent_on", latest=uow.today),
        "due_on": checks.day("due_on"),
    }
    if inputs.lent_on and inputs.due_on and inputs.due_on < inputs.lent_on:
        checks.refuse("due_on", "due_before_loan")
    paper = paper_to_change(uow, inputs.id, inputs.version, inputs)
    people = select(PaperParty.party_id).where(PaperParty.paper_id == paper.id)
    unless_restricted(uow, *uow.session.scalars(people))
    loan = loan_out(uow, paper.id)
    if inputs.loan_id is None and loan is not None:
        checks.refuse("lent_to", "lent_already")
    if inputs.loan_id is not None and (loan is None or loan.id != inputs.loan_id):
        raise NotFound("paper_loan", inputs.loan_id)
    checks.done()
    if loan is None:
        uow.session.add(PaperLoan(paper_id=paper.id, noted_by=uow.actor.username, **values))
        changed = list(values)
    else:
        changed = [name for name, value in values.items() if getattr(loan, name) != value]
        for name in changed:
            setattr(loan, name, values[name])
    if changed:
        stamp(uow, paper)
        uow.session.flush()
        action = "lend_paper" if inputs.loan_id is None else "amend_loan"
        uow.audit(action, SUBJECT, paper.id, columns=changed)
    return paper.id


@needs(Permission.KEEP_PAPER)
def return_paper(uow: UnitOfWork, inputs: ReturnPaper) -> int:
    """Record that a lent record is back; return the record.

    :raises InvalidInputs: ``returned_before_loan``, ``day_in_future``, ``not_lent``.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    back = checks.day("returned_on", latest=uow.today)
    paper = fetch(uow, PaperRecord, inputs.id, version=inputs.version, inputs=inputs)
    loan = loan_out(uow, paper.id)
    if loan is None:
        checks.refuse("returned_on", "not_lent")
    elif back is not None and back < loan.lent_on:
        checks.refuse("returned_on", "returned_before_loan")
    checks.done()
    if loan is not None:
        loan.returned_on = back
        stamp(uow, paper)
        uow.session.flush()
        uow.audit("return_paper", SUBJECT, paper.id, columns=["returned_on"])
    return paper.id


def paper_to_change(uow: UnitOfWork, key: int, version: int | None, inputs: Any) -> PaperRecord:
    """The record, locked, where it is still paper; a piece of these commands.

    :raises RuleRefusal: ``paper_destroyed``. :raises NotFound, StaleRecord:
    """
    paper = fetch(uow, PaperRecord, key, version=version, inputs=inputs)
    line = uow.session.get(PaperDestruction, key)
    if paper.disposed_on is not None or line is not None:
        raise RuleRefusal("paper_destroyed", "GDPR Art. 5(2)", number=paper.number)
    return paper


def loan_out(uow: UnitOfWork, paper_id: int) -> PaperLoan | None:
    """The loan by which a record is out at this moment; a piece of these commands."""
    return uow.session.scalars(
        select(PaperLoan)
        .where(PaperLoan.paper_id == paper_id, PaperLoan.returned_on.is_(None))
        .with_for_update()
    ).one_or_none()


def named(columns: Iterable[str]) -> list[str]:
    """Return columns as the trail names them, distinct from those of the same name in other
    tables."""
    return [_NAMES.get(name, name) for name in columns]


def _place(uow: UnitOfWork, checks: Checks, inputs: AmendPaper | MovePaper) -> dict[str, Any]:
    """Room and shelf; a room that is closed takes nothing in."""
    if inputs.room_id is not None:
        room = fetch(uow, StorageRoom, inputs.room_id, version=None, inputs=inputs)
        if room.closed_on is not None and room.closed_on < uow.today:
            checks.refuse("room_id", "room_closed")
    return {"room_id": inputs.room_id, "shelf": checks.text("shelf", longest=LONGEST_SHELF)}
