"""The two steps of an import: preview first, then all or nothing.

The danger: a file half brought in, or brought in otherwise than it was shown. The principle: the
plan is made anew in the transaction that carries it out, and must be the one that was seen. The
transaction boundary: the whole file is one transaction with one trail line and one batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from queries.errors import RegisterError, StaleRecord
from queries.intake.apply_plan import TOGETHER, Progress
from queries.intake.collector import collector_paused
from queries.intake.import_record import Recording, file_name, recording, save_rows, settings_json
from queries.intake.plan import ImportSettings, Plan, PlanRow, Reason, RowOutcome
from queries.intake.readers.read_file import Intake
from queries.rules.roles import Permission
from queries.store.import_details import forget_over
from queries.store.named_locks import let_nobody_hold_or_restrict
from queries.store.retention.blocks import held_parties, parties_on_hold
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import ImportBatch, Restriction

#: Rows that a note of the whole file names; each row says it too.
_MOST_NAMED = 50
_ON_SELLER = frozenset({"seller_not_compared", "seller_not_given", "seller_missing"})


@dataclass(frozen=True, kw_only=True)
class BringIn:
    """A file to be brought in as it was previewed.

    :param fingerprint: of the plan that was seen.
    :param skip_refused: bring in the rest where rows are refused; otherwise nothing then.
    :param progress: called with the number of rows done, and with 0 while the plan is made anew;
        what it raises ends the import, and nothing of it stays.
    """

    intake: Intake = field(repr=False)
    settings: ImportSettings
    fingerprint: str
    skip_refused: bool = False
    progress: Progress | None = field(default=None, repr=False, compare=False)


@needs(Permission.IMPORT_DATA)
def preview(session: Session, intake: Intake, *, settings: ImportSettings, today: date) -> Plan:
    """Return what bringing the file in would do, row by row; change nothing.

    Statements: a handful for every 500 rows of the file, none for each row.

    :raises InvalidInput: ``columns`` as :func:`queries.intake.customers.plan.plan_customers` says.
    """
    return _plan(session, intake, settings, today)


@needs(Permission.IMPORT_DATA)
def bring_in(uow: UnitOfWork, inputs: BringIn) -> int:
    """Bring the file in; return the :class:`queries.store.tables.ImportBatch`.

    :raises StaleRecord: when the register changed since the preview, so that the plan is another.
    :raises RegisterError: ``import_refused_rows`` (n) unless they are to be left out;
        ``import_nothing`` when there is nothing to create or change.
    """
    of = inputs.intake.format
    of.begin(uow)
    let_nobody_hold_or_restrict(uow.session)
    plan = _plan(uow.session, inputs.intake, inputs.settings, uow.today, inputs.progress)
    if plan.fingerprint != inputs.fingerprint:
        raise StaleRecord("import_batch", None)
    refused = plan.count(RowOutcome.REFUSE)
    if refused and not inputs.skip_refused:
        raise RegisterError("import_refused_rows", n=refused)
    if not plan.does_something:
        raise RegisterError("import_nothing")
    with recording(uow.session) as found:
        carried = of.apply(uow, plan, inputs.progress)
    batch_id = _record(uow, inputs, plan, found, carried.parties)
    uow.audit("bring_in", "import_batch", batch_id, columns=carried.columns)
    return batch_id


def _record(
    uow: UnitOfWork, inputs: BringIn, plan: Plan, found: Recording, parties: Mapping[int, int]
) -> int:
    """Write the record of the import, and remove details of earlier ones whose time is up."""
    forget_over(uow.session, uow.today)
    batch = ImportBatch(
        at=uow.now,
        actor=uow.actor.username,
        form=plan.form,
        sha256=plan.sha256,
        name=file_name(inputs.intake.name),
        settings=settings_json(inputs.settings),
        created=plan.count(RowOutcome.CREATE),
        changed=plan.count(RowOutcome.CHANGE),
        skipped=plan.count(RowOutcome.SKIP),
        refused=plan.count(RowOutcome.REFUSE),
        replaced=found.replaced,
    )
    uow.session.add(batch)
    uow.session.flush()
    batch_id = batch.id
    found.save(uow.session, batch_id, uow.today)
    save_rows(uow.session, batch_id, plan, parties, uow.today)
    return batch_id


def _telling(rows: Iterable[PlanRow], progress: Progress | None) -> Iterator[PlanRow]:
    for at, row in enumerate(rows):
        if progress is not None and at % TOGETHER == 0:
            progress(0)
        yield row


@collector_paused()
def _plan(
    session: Session,
    intake: Intake,
    settings: ImportSettings,
    today: date,
    progress: Progress | None = None,
) -> Plan:
    plan = intake.format.plan
    assert plan is not None, "a format that is planned row by row"  # noqa: S101 - of our own making
    grid = intake.grid
    is_empty = not (intake.content if grid is None else grid.rows)
    notes = list(grid.notes if grid is not None else ())
    notes += [Reason("no_rows")] if is_empty else intake.format.remarks(intake.content, settings)
    restricted = set(
        session.scalars(select(Restriction.party_id).where(Restriction.lifted_on.is_(None)))
    )
    held = held_parties().subquery().c[0]
    kept = {
        party: "held" if on_hold else "asked_about"
        for party, on_hold in session.execute(select(held, held.in_(parties_on_hold())))
    }
    rows = tuple(
        _kept_as_it_is(row, "restricted")
        if restricted & _touched(row)
        else _kept_as_it_is(row, kept[row.party_id])
        if row.party_id in kept and _overwrites(row)
        else row
        for row in _telling(plan(session, intake.content, settings, today), progress)
    )
    returning = [row.number for row in rows if Reason("returns_suppressed") in row.notes]
    if returning:
        numbers = ", ".join(str(number) for number in returning[:_MOST_NAMED])
        facts = {"n": len(returning), "numbers": numbers}
        notes.append(Reason("returning_suppressed", facts))
    rows, shared = _said_once(rows)
    notes += shared
    there = {row.number for row in rows}
    notes += [
        Reason("match_row_missing", {"row": number})
        for number, _party in settings.matches
        if number not in there
    ]
    return Plan(intake.form, intake.sha256, rows, tuple(notes))


def _said_once(rows: tuple[PlanRow, ...]) -> tuple[tuple[PlanRow, ...], tuple[Reason, ...]]:
    """Part the notes on the seller that every row of several has: they are of the whole file."""
    if len(rows) < 2:  # noqa: PLR2004 - one row says it itself
        return rows, ()
    shared = tuple(
        note
        for note in rows[0].notes
        if note.code in _ON_SELLER and all(note in row.notes for row in rows)
    )
    if not shared:
        return rows, ()
    return tuple(
        replace(row, notes=tuple(note for note in row.notes if note not in shared)) for row in rows
    ), shared


def _touched(row: PlanRow) -> set[int | None]:
    """The parties that a row is about: its own, and its contact."""
    people = {
        value
        for step in row.steps
        for name, value in step.values
        if name in {"person_id", "party_id"}
    }
    return {row.party_id, *people}


def _overwrites(row: PlanRow) -> bool:
    """Return whether a row replaces something that a party has, rather than adding to it."""
    return any(step.id is not None for step in row.steps)


def _kept_as_it_is(row: PlanRow, why: str) -> PlanRow:
    """A row about a party whose data are only stored (GDPR Art. 18(2)), or are under a hold or
    an open request and would be overwritten: nothing of it is brought in."""
    if row.outcome not in {RowOutcome.CREATE, RowOutcome.CHANGE}:
        return row
    return replace(
        row,
        outcome=RowOutcome.REFUSE,
        reasons=(Reason(why),),
        differences=(),
        steps=(),
        invoice=None,
    )
