"""Proof that paper was destroyed: when, by whom, how, before which witness.

The danger: paper that is shredded a day too early, or while somebody is asking about it. So the
line is written only for a record of an approved disposal that passes, at that very moment, every
check that the disposal service itself makes (:mod:`queries.store.retention.eligibility`). The
record itself is removed when the disposal is carried out, and only with this line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from queries.errors import RuleRefusal
from queries.rules.calendar_fi import helsinki_day
from queries.rules.roles import Permission
from queries.store.retention.eligibility import Stays, lock_conditions, recheck
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import (
    DestructionMethod,
    DisposalItem,
    DisposalRun,
    ItemKind,
    PaperDestruction,
    PaperRecord,
    RunStatus,
)
from queries.writes.commands import Checks, Seen, fetch, stamp
from queries.writes.paper.records import SUBJECT, loan_out, named

LONGEST_NAME = 200
_PROOF = "GDPR Art. 5(2), 32"


@dataclass(frozen=True, kw_only=True)
class NoteDestruction:
    """The destruction of a record, as it was seen.

    :param destroyed_by: who did it: a person of the company, or of the processor that fetched it.
    :param witness: who saw it; somebody else.
    """

    id: int
    version: int
    destroyed_on: date | None
    destroyed_by: str
    method: str
    witness: str
    accept_suspect: bool = False


@needs(Permission.KEEP_PAPER)
def note_destruction(uow: UnitOfWork, inputs: NoteDestruction) -> int:
    """Write the line of a destruction, or correct it before the disposal is carried out; returns
    the record.

    :raises InvalidInputs: ``witness_is_destroyer``, ``before_approval``, ``day_in_future``,
        ``lent_already``.
    :raises RuleRefusal: ``paper_not_in_disposal``, ``paper_destroyed``; or why the record has to
        stay: ``paper_held``, ``paper_class_held``, ``paper_restricted``, ``paper_asked_about``,
        ``paper_retained``, ``paper_year_missing``, ``paper_changed``.
    :raises NotFound, StaleRecord:
    """
    lock_conditions(uow.session)
    checks = Checks(inputs)
    by = checks.text("destroyed_by", longest=LONGEST_NAME, required=True)
    witness = checks.text("witness", longest=LONGEST_NAME, required=True)
    values = {
        "destroyed_on": checks.day("destroyed_on", latest=uow.today),
        "destroyed_by": by,
        "method": checks.one_of("method", DestructionMethod),
        "witness": witness,
    }
    if witness is not None and by is not None and _same(witness, by):
        checks.refuse("witness", "witness_is_destroyer")
    paper = _standing(uow, inputs.id, inputs.version, inputs)
    line = uow.session.get(PaperDestruction, paper.id)
    run = _approved(uow, paper)
    if inputs.destroyed_on and run.approved_at and inputs.destroyed_on < _day(run):
        checks.refuse("destroyed_on", "before_approval", approved=_day(run))
    if loan_out(uow, paper.id) is not None:
        checks.refuse("destroyed_on", "lent_already")
    checks.done()
    _refuse_kept(uow, paper, run)
    if line is None:
        line = PaperDestruction(paper_id=paper.id, noted_by=uow.actor.username, **values)
        uow.session.add(line)
        changed, action = list(values), "note_destruction"
    else:
        changed = [name for name, value in values.items() if getattr(line, name) != value]
        action = "amend_destruction"
        for name in changed:
            setattr(line, name, values[name])
    if changed:
        stamp(uow, paper)
        uow.session.flush()
        uow.audit(action, SUBJECT, paper.id, columns=named(changed))
    return paper.id


@needs(Permission.KEEP_PAPER)
def remove_destruction(uow: UnitOfWork, inputs: Seen) -> int:
    """Take the line of a record back that is still there; return the record.

    :raises RuleRefusal: ``paper_destroyed`` when the disposal was carried out.
    :raises NotFound, StaleRecord:
    """
    paper = _standing(uow, inputs.id, inputs.version, inputs)
    line = uow.session.get(PaperDestruction, paper.id)
    if line is not None:
        uow.session.delete(line)
        stamp(uow, paper)
        uow.session.flush()
        uow.audit("remove_destruction", SUBJECT, paper.id)
    return paper.id


def _standing(uow: UnitOfWork, key: int, version: int | None, inputs: object) -> PaperRecord:
    paper = fetch(uow, PaperRecord, key, version=version, inputs=inputs)
    if paper.disposed_on is not None:
        raise RuleRefusal("paper_destroyed", "GDPR Art. 5(2)", number=paper.number)
    return paper


def _approved(uow: UnitOfWork, paper: PaperRecord) -> DisposalRun:
    """The approved disposal in which the record waits for its turn."""
    run = uow.session.scalars(
        select(DisposalRun)
        .join(DisposalItem, DisposalItem.run_id == DisposalRun.id)
        .where(
            DisposalItem.kind == ItemKind.PAPER,
            DisposalItem.record_id == paper.id,
            DisposalItem.outcome.is_(None),
            DisposalRun.status.in_((RunStatus.APPROVED, RunStatus.CARRYING_OUT)),
        )
    ).first()
    if run is None:
        raise RuleRefusal("paper_not_in_disposal", _PROOF, number=paper.number)
    return run


def _refuse_kept(uow: UnitOfWork, paper: PaperRecord, run: DisposalRun) -> None:
    """Ask what the disposal itself would ask now."""
    as_of = min(run.as_of, uow.today)
    verdict = recheck(uow.session, ItemKind.PAPER, {paper.id: paper.class_code}, as_of)
    code, _about, until = [*verdict.stay.get(paper.id, "").split(":"), "", ""][:3]
    if code == Stays.HOLD:
        raise RuleRefusal("paper_held", "GDPR Art. 17(3)(e)")
    if code == Stays.CLASS_HOLD:
        raise RuleRefusal("paper_class_held", "GDPR Art. 17(3)(e)")
    if code == Stays.RESTRICTION:
        raise RuleRefusal("paper_restricted", "GDPR Art. 18(2)")
    if code == Stays.REQUEST:
        raise RuleRefusal("paper_asked_about", "GDPR Art. 12, 15")
    if code == Stays.STILL_RETAINED:
        raise RuleRefusal("paper_retained", "GDPR Art. 17(3)(b)", until=date.fromisoformat(until))
    if code == Stays.YEAR_MISSING:
        raise RuleRefusal("paper_year_missing", "Kirjanpitolaki 1336/1997 2:10")
    if code not in {"", Stays.NOT_DESTROYED}:
        raise RuleRefusal("paper_changed", _PROOF)


def _day(run: DisposalRun) -> date:
    """The calendar day of the approval."""
    return helsinki_day(run.approved_at) if run.approved_at else run.as_of


def _same(one: str, other: str) -> bool:
    """Compare two names, apart from spelling."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
