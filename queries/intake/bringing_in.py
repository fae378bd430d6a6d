"""Preview first, then all or nothing: the two doors of an import.

The danger: a file half brought in, or brought in otherwise than it was shown. The principle: the
plan is made anew in the transaction that carries it out, and must be the one that was seen. The
transaction boundary: the whole file is one transaction with one trail line and one batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from queries.errors import RegisterError, StaleRecord
from queries.intake.carrying_out import Progress, carry_out_rows
from queries.intake.companies import plan_companies
from queries.intake.customers import plan_customers
from queries.intake.invoices import plan_invoices
from queries.intake.mailing_lists import carry_out_mailing_list, plan_mailing_list
from queries.intake.plan import (
    MAILING_LISTS,
    Form,
    ImportSettings,
    Outcome,
    Plan,
    PlanRow,
    Reason,
)
from queries.intake.reading import Intake
from queries.rules.roles import Right
from queries.store.sessions import Desk, needs
from queries.store.tables import ImportBatch, Restriction
from queries.writes.subscribing import newsletter_alone


@dataclass(frozen=True, kw_only=True)
class Bringing:
    """A file to be brought in as it was previewed.

    :param fingerprint: of the plan that was seen.
    :param skip_refused: bring in the rest where rows are refused; otherwise nothing then.
    :param progress: told how many rows are done.
    """

    intake: Intake = field(repr=False)
    settings: ImportSettings
    fingerprint: str
    skip_refused: bool = False
    progress: Progress | None = field(default=None, repr=False, compare=False)


@needs(Right.IMPORT_DATA)
def preview(session: Session, intake: Intake, *, settings: ImportSettings, today: date) -> Plan:
    """What bringing the file in would do, row by row; nothing is changed.

    Statements: a handful for every 500 rows of the file, none for each row.

    :raises InvalidInput: ``columns`` as :func:`queries.intake.customers.plan_customers` says.
    """
    return _plan(session, intake, settings, today)


@needs(Right.IMPORT_DATA)
def bring_in(desk: Desk, wish: Bringing) -> int:
    """Bring the file in; returns the :class:`queries.store.tables.ImportBatch`.

    :raises StaleRecord: when the register changed since the preview, so that the plan is another.
    :raises RegisterError: ``import_refused_rows`` (n) unless they are to be left out;
        ``import_nothing`` when there is nothing to create or change.
    """
    if wish.intake.form in MAILING_LISTS:
        newsletter_alone(desk)
    else:
        _see_one_state(desk.session)
    plan = _plan(desk.session, wish.intake, wish.settings, desk.today)
    if plan.fingerprint != wish.fingerprint:
        raise StaleRecord("import_batch", None)
    refused = plan.count(Outcome.REFUSE)
    if refused and not wish.skip_refused:
        raise RegisterError("import_refused_rows", n=refused)
    if not plan.does_something:
        raise RegisterError("import_nothing")
    file = carry_out_mailing_list if plan.form in MAILING_LISTS else carry_out_rows
    columns = file(desk, plan, wish.progress)
    batch = ImportBatch(
        at=desk.now, actor=desk.actor.username, form=plan.form, sha256=plan.sha256,
        created=plan.count(Outcome.CREATE), changed=plan.count(Outcome.CHANGE),
        skipped=plan.count(Outcome.SKIP) + refused,
    )  # fmt: skip
    desk.session.add(batch)
    desk.session.flush()
    desk.note("bring_in", "import_batch", batch.id, columns=columns)
    return batch.id


def _see_one_state(session: Session) -> None:
    """On PostgreSQL plan and deed see one state of the register, and of two files that add the same
    customer at once one is refused; on SQLite there is one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "SERIALIZABLE"})


def _plan(session: Session, intake: Intake, settings: ImportSettings, today: date) -> Plan:
    notes = [] if _has_rows(intake) else [Reason("no_rows")]
    restricted = set(
        session.scalars(select(Restriction.party_id).where(Restriction.lifted_on.is_(None)))
    )
    rows = tuple(
        _kept_as_it_is(row) if row.party_id in restricted else row
        for row in _rows(session, intake, settings, today)
    )
    return Plan(intake.form, intake.sha256, rows, tuple(notes))


def _kept_as_it_is(row: PlanRow) -> PlanRow:
    """A row about a party whose data are only stored (GDPR Art. 18(2)): nothing of it comes in."""
    if row.outcome not in {Outcome.CREATE, Outcome.CHANGE}:
        return row
    return replace(row, outcome=Outcome.REFUSE, reasons=(Reason("restricted"),), differences=(),
                   steps=(), invoice=None)  # fmt: skip


def _has_rows(intake: Intake) -> bool:
    return bool(intake.invoices or intake.companies or (intake.grid and intake.grid.rows))


def _rows(
    session: Session, intake: Intake, settings: ImportSettings, today: date
) -> Iterator[PlanRow]:
    if intake.form is Form.FINVOICE:
        return plan_invoices(session, intake.invoices, settings, today)
    if intake.form is Form.YTJ:
        return plan_companies(session, intake.companies, settings, today)
    assert intake.grid is not None, "a table has its grid"  # noqa: S101 - of our own making
    if intake.form in MAILING_LISTS:
        return plan_mailing_list(session, intake.grid, intake.form, settings, today)
    return plan_customers(session, intake.grid, settings, today)
