"""Disposal (hävittäminen): proposed, reviewed, approved, carried out, certified. There is no
other way.

**The danger.** What is erased here no backup brings back: the ledger sees to that. A record that
goes a day too early, under a hold, or while the person is asking about it, is gone for good, and
the company has broken the law that it meant to keep. A record that is skipped without a word stays
for ever, and nobody knows. And a run that dies halfway must neither forget what it has done nor do
it twice.

**The principle.** A proposal is a list of keys with the rule and the arithmetic of each; it permits
nothing. Every record is checked again in the very transaction that erases it
(:mod:`queries.store.retention.eligibility`): the rule as of the proposal's day, the financial years
and periods as they are now, holds, restrictions, open requests, and whether anything of it is left.
What passes is erased, by its key, with all that belongs to it
(:mod:`queries.store.retention.erasing`, which reads the personal-data map); what does not pass
stays, with its reason, on the run's list. Files go in an order in which nothing is left hanging:
invoices, drafts, orders, notes, paper, the files of requests, and parties last. Every way of
disposal uses this service; the database's own guards refuse everyone else.

**The transaction boundary.** One batch is one transaction: checks, erasure, outcomes and one trail
line together, or nothing. Before it commits, its intent is in the erasure ledger outside the
store; after it, the confirmation (:mod:`queries.store.backup.ledger`). An item without an outcome
is still to be done, so an interrupted run continues where it was; an item with one is never taken
again. A batch that fails for a reason that nobody foresaw is tried again in smaller ones, down to
the record at which it fails: that one stays with its reason, the others continue. A disposal that
was begun can be ended where it is. The batch keeps the line of its intent in the store as well: a
ledger that does not have it is refused (:mod:`queries.store.backup.ledger_marks`). :func:`carry_on`
is the loop over batches that page and command line share.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update

from queries.errors import RegisterError, RuleRefusal, StaleRecord, StoreRefusal
from queries.rules.roles import Actor, Permission
from queries.store.backup.backup import highest_ids
from queries.store.backup.carry_holds import unless_unchecked
from queries.store.backup.carry_permissions import SECOND_PERSON
from queries.store.backup.ledger import Ledger, settle
from queries.store.backup.ledger_marks import note_mark, unless_apart, unless_batch_apart
from queries.store.backup.record_origins import TABLES, origins_of
from queries.store.backup.scrub import scrub
from queries.store.named_locks import NamedLock, take
from queries.store.retention.disposal_items import asked_for, mark_outcomes, next_items, open_sums
from queries.store.retention.eligibility import Stays, Verdict, lock_conditions, recheck
from queries.store.retention.erasing import FILES, erase, gate_open
from queries.store.retention.proposal import collect
from queries.store.sessions import Store, UnitOfWork, needs
from queries.store.tables import DisposalItem, DisposalRun, ItemKind, Outcome, RunStatus, Setting
from queries.writes.commands import Checks, Seen, change, fetch, stamp

#: The setting that asks for a second person: whoever proposed does not approve.
BATCH = 4_000
#: A batch that lost a race for a lock is tried again so many times.
_TRIES = 5
#: How much smaller the batches become in which a failure is looked for.
_FINER = 8
_LOG = logging.getLogger(__name__)
_NO_DOUBLE_CONTROL = "GDPR Art. 5(2), 32"


@dataclass(frozen=True, kw_only=True)
class ProposeDisposal:
    """:param as_of: the day by which the time must be up; never one to come."""

    as_of: date


@dataclass(frozen=True, kw_only=True)
class DisposeBatch:
    """The next items of a disposal.

    :param ledger: of the register; held (:meth:`.Ledger.held`) until the batch is confirmed.
    """

    run_id: int
    ledger: Ledger
    limit: int = BATCH


@dataclass(frozen=True, kw_only=True)
class SetAside:
    """The next item of a disposal stays."""

    run_id: int


@dataclass(frozen=True, kw_only=True)
class AskSecondPerson:
    """The rule that somebody other than the proposer has to approve.

    :param version: of the setting that was seen; None where it was never set.
    """

    asked: bool
    version: int | None = None


@needs(Permission.EDIT_SETTINGS)
def ask_second_person(uow: UnitOfWork, inputs: AskSecondPerson) -> int:
    """Ask for a second person's approval, or no more; return 0.

    :raises RuleRefusal: ``disposal_under_way``: what was proposed under a rule ends under it.
    :raises StaleRecord:
    """
    take(uow.session, NamedLock.DISPOSALS)
    stands = uow.session.get(Setting, SECOND_PERSON, with_for_update=True)
    if stands is None:
        stands = Setting(name=SECOND_PERSON)
        uow.session.add(stands)
    elif stands.version != inputs.version:
        raise StaleRecord(
            "setting",
            SECOND_PERSON,
            theirs={"asked": json.loads(stands.value)},
            version=stands.version,
            changed_by=stands.changed_by,
            changed_at=stands.changed_at,
        )
    if not inputs.asked:
        _refuse_under_way(uow)
    stands.value = json.dumps(inputs.asked)
    stands.changed_at, stands.changed_by = uow.now, uow.actor.username
    uow.session.flush()
    uow.audit("ask_second_person", "setting", None, columns=(SECOND_PERSON,))
    return 0


@needs(Permission.PROPOSE_DISPOSAL)
def propose_disposal(uow: UnitOfWork, inputs: ProposeDisposal) -> int:
    """List everything whose time is up; return the run. Nothing is erased.

    :raises InvalidInputs: ``day_in_future``.
    :raises RuleRefusal: ``disposal_under_way`` while another one is not finished;
        ``restore_unchecked`` until a person has looked at a restored store.
    """
    unless_unchecked(uow.session)
    checks = Checks(inputs)
    checks.day("as_of", latest=uow.today)
    checks.done()
    take(uow.session, NamedLock.DISPOSALS)
    _refuse_under_way(uow)
    run = DisposalRun(as_of=inputs.as_of, proposed_by=uow.actor.username, proposed_at=uow.now)
    stamp(uow, run)
    uow.session.add(run)
    uow.session.flush()
    collect(uow.session, run.id, inputs.as_of)
    uow.audit("propose_disposal", "disposal_run", run.id)
    return run.id


@needs(Permission.APPROVE_DISPOSAL)
def approve_disposal(uow: UnitOfWork, inputs: Seen) -> int:
    """Approve a proposal as it was reviewed; return the run.

    :raises RuleRefusal: ``second_person`` where the setting asks for one and this is the proposer;
        ``disposal_decided`` when it is not a proposal any more; ``disposal_empty``;
        ``restore_unchecked``.
    :raises NotFound, StaleRecord:
    """
    unless_unchecked(uow.session)
    run = fetch(uow, DisposalRun, inputs.id, version=inputs.version, inputs=inputs)
    _refuse_decided(run, RunStatus.PROPOSED)
    if _needs_second_person(uow) and run.proposed_by == uow.actor.username:
        raise RuleRefusal("second_person", _NO_DOUBLE_CONTROL)
    if not _waiting(uow, run.id):
        raise RuleRefusal("disposal_empty", _NO_DOUBLE_CONTROL)
    changed = change(
        uow,
        run,
        {"status": RunStatus.APPROVED, "approved_by": uow.actor.username, "approved_at": uow.now},
    )
    uow.session.flush()
    uow.audit("approve_disposal", "disposal_run", run.id, columns=changed)
    return run.id


@needs(Permission.PROPOSE_DISPOSAL)
def withdraw_disposal(uow: UnitOfWork, inputs: Seen) -> int:
    """Withdraw a disposal of which nothing was carried out yet; return the run.

    :raises RuleRefusal: ``disposal_decided``.
    :raises NotFound, StaleRecord:
    """
    run = fetch(uow, DisposalRun, inputs.id, version=inputs.version, inputs=inputs)
    _refuse_decided(run, RunStatus.PROPOSED, RunStatus.APPROVED)
    change(uow, run, {"status": RunStatus.WITHDRAWN, "finished_at": uow.now})
    uow.session.flush()
    uow.audit("withdraw_disposal", "disposal_run", run.id, columns=["status"])
    return run.id


@needs(Permission.CARRY_OUT_DISPOSAL)
def dispose_batch(uow: UnitOfWork, inputs: DisposeBatch) -> int:
    """Carry the next items of an approved disposal out, in one transaction; return how many were
    decided: 0 when none is left.

    The unit of work's token is the batch's name in ledger and trail.

    :raises RuleRefusal: ``disposal_unapproved``; ``disposal_decided`` when it is done or withdrawn;
        ``restore_unchecked``.
    :raises StoreRefusal: ``ledger_unwritable``: nothing is erased without its intent;
        ``ledger_lost``, ``ledger_short``, ``ledger_another`` where it is not this store's.
    """
    if uow.token is None:
        raise ValueError("a batch has a token: the ledger knows it by that")
    lock_conditions(uow.session)
    unless_unchecked(uow.session)
    unless_batch_apart(uow.session, inputs.ledger)
    run = fetch(uow, DisposalRun, inputs.run_id, version=None, inputs=inputs)
    _refuse_decided(run, RunStatus.APPROVED, RunStatus.CARRYING_OUT)
    kind, items = next_items(uow.session, run.id, inputs.limit)
    if not items:
        return 0
    verdict = recheck(uow.session, kind, items, min(run.as_of, uow.today))
    table = TABLES[kind]
    gone: dict[str, int] = {}
    sums = _sums(uow, verdict) if kind == ItemKind.INVOICE else {}
    if verdict.go:
        with gate_open(uow.session):
            gone = erase(uow.session, FILES[table], verdict.go, on=uow.today)
    mark_outcomes(uow.session, run.id, kind, verdict)
    change(
        uow,
        run,
        {
            "status": RunStatus.CARRYING_OUT,
            "counts": _added(run.counts, gone),
            "sums": _added(run.sums, sums),
        },
    )
    uow.session.flush()
    uow.audit(
        "carry_out_disposal",
        "disposal_run",
        run.id,
        columns=[f"{name}={count}" for name, count in gone.items()],
    )
    if verdict.go:
        highest = highest_ids(uow.session.connection())
        mark = inputs.ledger.intend(
            uow.token,
            uow.today,
            {table: verdict.go},
            {table: highest.get(table, 0)},
            origins={table: origins_of(uow.session.connection(), table, verdict.go)},
            asked={table: asked_for(uow.session, run.id, kind, verdict.go)},
        )
        note_mark(uow.session, mark)
    return len(items)


@needs(Permission.CARRY_OUT_DISPOSAL)
def set_aside(uow: UnitOfWork, inputs: SetAside) -> int:
    """Keep the next item, with the parties that are judged with it, because the program fails
    at it; return how many.

    :raises RuleRefusal: as :func:`dispose_batch`.
    """
    run = fetch(uow, DisposalRun, inputs.run_id, version=None, inputs=inputs)
    _refuse_decided(run, RunStatus.APPROVED, RunStatus.CARRYING_OUT)
    kind, items = next_items(uow.session, run.id, 1)
    mark_outcomes(uow.session, run.id, kind, Verdict(stay=dict.fromkeys(items, Stays.FAILED)))
    change(uow, run, {"status": RunStatus.CARRYING_OUT})
    uow.session.flush()
    uow.audit("carry_out_disposal", "disposal_run", run.id, columns=[f"failed={len(items)}"])
    return len(items)


@needs(Permission.CARRY_OUT_DISPOSAL)
def end_disposal(uow: UnitOfWork, inputs: Seen) -> int:
    """End a disposal that was begun: what is left of it stays. Return the run.

    :raises RuleRefusal: ``disposal_decided``; ``disposal_unapproved``.
    :raises NotFound, StaleRecord:
    """
    run = fetch(uow, DisposalRun, inputs.id, version=inputs.version, inputs=inputs)
    _refuse_decided(run, RunStatus.CARRYING_OUT)
    uow.session.connection().execute(
        update(DisposalItem)
        .where(DisposalItem.run_id == run.id, DisposalItem.outcome.is_(None))
        .values(outcome=Outcome.STAYED, reason=Stays.ENDED)
    )
    change(uow, run, {"status": RunStatus.DONE, "finished_at": uow.now})
    uow.session.flush()
    uow.audit("end_disposal", "disposal_run", run.id, columns=["finished_at", "status"])
    return run.id


@needs(Permission.CARRY_OUT_DISPOSAL)
def finish_disposal(uow: UnitOfWork, inputs: Seen) -> int:
    """Close a disposal whose every item has its outcome; return the run.

    :raises RuleRefusal: ``disposal_unfinished`` while items wait; ``disposal_unapproved``;
        ``disposal_decided``.
    """
    run = fetch(uow, DisposalRun, inputs.id, version=inputs.version, inputs=inputs)
    _refuse_decided(run, RunStatus.APPROVED, RunStatus.CARRYING_OUT)
    if waiting := _waiting(uow, run.id):
        raise RuleRefusal("disposal_unfinished", _NO_DOUBLE_CONTROL, n=waiting)
    change(uow, run, {"status": RunStatus.DONE, "finished_at": uow.now})
    uow.session.flush()
    uow.audit("finish_disposal", "disposal_run", run.id, columns=["finished_at", "status"])
    return run.id


@needs(Permission.CARRY_OUT_DISPOSAL)
def note_certificate(uow: UnitOfWork, inputs: Seen) -> int:
    """Record that a certificate was given out; return the run."""
    run = fetch(uow, DisposalRun, inputs.id, version=None, inputs=inputs)
    uow.audit("export_certificate", "disposal_run", run.id)
    return run.id


def carry_on(
    store: Store,
    ledger: Ledger,
    run_id: int,
    *,
    actor: Actor,
    now: datetime,
    progress: Callable[[int], None] = lambda _done: None,
    limit: int = BATCH,
) -> None:
    """Carry out an approved disposal, or continue an interrupted one, scrub, and close it. A
    disposal that is closed is left as it is.

    :param progress: called with how many items each batch decided.
    :raises RuleRefusal: as :func:`dispose_batch`.
    :raises StoreRefusal: ``disposal_busy``, ``ledger_unwritable``, ``store_busy``: what was done
        is done, the rest continues at the next call; as :func:`.unless_apart`.
    """
    if _status(store, run_id) == RunStatus.DONE:
        return
    unless_apart(store, ledger)
    settle(ledger, store)
    for done in _batches(store, ledger, run_id, actor, limit, now):
        progress(done)
    settle(ledger, store)
    # Before the run is closed: one that dies here is carried on, and scrubbed, again.
    scrub(store)
    with store.writing(actor, now=now) as uow:
        run = fetch(uow, DisposalRun, run_id, version=None, inputs=None)
        finish_disposal(uow, Seen(id=run_id, version=run.version))


def end_early(store: Store, run_id: int, version: int, *, actor: Actor, now: datetime) -> None:
    """End a disposal that was begun, once what it erased is scrubbed.

    :raises RegisterError: as :func:`end_disposal`; ``store_busy``.
    """
    scrub(store)
    store.carry_out(end_disposal, Seen(id=run_id, version=version), actor=actor, now=now)


def _status(store: Store, run_id: int) -> str | None:
    with store.engine.connect() as connection:
        return connection.execute(
            select(DisposalRun.status).where(DisposalRun.id == run_id)
        ).scalar()


def _batches(
    store: Store, ledger: Ledger, run_id: int, actor: Actor, limit: int, now: datetime
) -> Iterator[int]:
    """Batch after batch, as :func:`carry_on`; how many items each decided.

    What the program refuses stops the disposal. What it fails at is looked for in smaller batches:
    where the store itself fails, setting a record aside fails too, and is raised.
    """
    size = limit
    while True:
        try:
            done = _one_batch(store, ledger, run_id, actor, size, now)
        except RegisterError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, one record must not stop the others
            if size > 1:
                size = max(1, size // _FINER)
                continue
            done = store.carry_out(set_aside, SetAside(run_id=run_id), actor=actor, now=now)
            _LOG.error("disposal %s: %s records stay: %s", run_id, done, type(error).__name__)
        else:
            size = min(limit, size * _FINER)
        if not done:
            return
        yield done


def _one_batch(
    store: Store, ledger: Ledger, run_id: int, actor: Actor, limit: int, now: datetime
) -> int:
    inputs = DisposeBatch(run_id=run_id, ledger=ledger, limit=limit)
    for _ in range(_TRIES):
        batch = f"disposal-{run_id}-{secrets.token_hex(8)}"
        with ledger.held():
            try:
                with store.writing(actor, now=now, token=batch) as uow:
                    done = dispose_batch(uow, inputs)
            except StaleRecord:
                continue  # another writer won a lock; the intent, if any, is settled at the end
            ledger.confirm_if_intended(batch)
            return done
    raise StoreRefusal("store_busy")


def _sums(uow: UnitOfWork, verdict: Verdict) -> dict[str, int]:
    """Sum the open balances of the invoices that stay and the write-offs of those that go, in
    cents."""
    stays = open_sums(uow.session, list(verdict.stay))
    goes = open_sums(uow.session, verdict.go)
    found = {name: stays.get(name, 0) for name in ("owed", "to_refund")}
    found["written_off"] = goes.get("written_off", 0)
    return {name: cents for name, cents in found.items() if cents}


def _added(counts: str | None, gone: dict[str, int]) -> str:
    """Add up the counts so far and now, by name, as JSON."""
    total: dict[str, int] = json.loads(counts) if counts else {}
    for table, count in gone.items():
        total[table] = total.get(table, 0) + count
    return json.dumps(total, sort_keys=True)


def _refuse_decided(run: DisposalRun, *allowed: str) -> None:
    if run.status not in allowed:
        if run.status == RunStatus.PROPOSED:
            raise RuleRefusal("disposal_unapproved", _NO_DOUBLE_CONTROL)
        raise RuleRefusal("disposal_decided", _NO_DOUBLE_CONTROL, status=run.status)


def _refuse_under_way(uow: UnitOfWork) -> None:
    under_way = (RunStatus.PROPOSED, RunStatus.APPROVED, RunStatus.CARRYING_OUT)
    other = uow.session.scalars(
        select(DisposalRun.id).where(DisposalRun.status.in_(under_way))
    ).first()
    if other is not None:
        raise RuleRefusal("disposal_under_way", _NO_DOUBLE_CONTROL, run=str(other))


def _waiting(uow: UnitOfWork, run_id: int) -> int:
    query: Sequence[Any] = (DisposalItem.run_id == run_id, DisposalItem.outcome.is_(None))
    return uow.session.execute(
        select(func.count()).select_from(DisposalItem).where(*query)
    ).scalar_one()


def _needs_second_person(uow: UnitOfWork) -> bool:
    value = uow.session.scalar(select(Setting.value).where(Setting.name == SECOND_PERSON))
    return value is not None and bool(json.loads(value))
