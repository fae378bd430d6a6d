"""Carrying a plan out: parties and their details in bulk, then invoices and what they settle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from queries.intake.customers.contacts import ContactFiling
from queries.intake.customers.matching import chunks
from queries.intake.plan import InvoiceStep, Plan, PlanRow, RowOutcome, Step
from queries.store.search import refresh_search
from queries.store.sessions import UnitOfWork
from queries.store.tables import (
    Address,
    Base,
    BillingDetail,
    Email,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceStatus,
    Note,
    Party,
    Payment,
    Phone,
    Source,
    SuppressionKind,
)
from queries.writes.commands import stamp
from queries.writes.customers.contacts import keep_town
from queries.writes.newsletter.subscriptions import suppress
from queries.writes.sales.invoice_balance import locked_family, settle

#: Rows that are written to the store together.
TOGETHER = 500

Progress = Callable[[int], None]

_MODELS: dict[str, type[Base]] = {
    model.__tablename__: model for model in (Party, Address, Email, Phone, BillingDetail, Note)
}


@dataclass(frozen=True)
class Carried:
    """Result of carrying a plan out.

    :param columns: the names of the columns that it touched.
    :param parties: the party of each row, by its number, as far as rows have one.
    """

    columns: list[str]
    parties: Mapping[int, int] = field(default_factory=dict)


def carry_out_rows(uow: UnitOfWork, plan: Plan, progress: Progress | None) -> Carried:
    """Carry out every row that creates or changes."""
    work = [row for row in plan.rows if row.outcome in {RowOutcome.CREATE, RowOutcome.CHANGE}]
    filing = _Filing(uow)
    touched: set[str] = set()
    for rows in chunks(work, TOGETHER):
        touched |= filing.parties(rows)
        if progress is not None and not any(row.invoice for row in rows):
            progress(len(rows))
    # An invoice before the credit notes that credit it: they are settled against each other.
    filed = [row for row in work if row.invoice is not None]
    for row in sorted(filed, key=lambda one: _is_credit(one.invoice)):
        touched |= filing.invoice(row)
        if progress is not None:
            progress(1)
    return Carried(sorted(touched), filing.party_of)


def _is_credit(step: InvoiceStep | None) -> bool:
    return step is not None and dict(step.values)["kind"] == InvoiceKind.CREDIT_NOTE


class _Beside:
    """Steps that reach beyond the row's own party: its contacts, and what it says no to."""

    def __init__(self) -> None:
        self.contacts: list[tuple[int, Step]] = []
        self.refused: dict[SuppressionKind, list[str]] = {}

    def takes(self, step: Step, party_id: int) -> bool:
        if step.table == "contact_person":
            self.contacts.append((party_id, step))
        elif step.table == "suppression":
            values = dict(step.values)
            self.refused.setdefault(values["kind"], []).append(values["address"])
        else:
            return False
        return True


def _columns_of(step: Step) -> set[str]:
    """Return the columns that a step touched, as the trail names them."""
    if step.table in {"contact_person", "suppression"}:
        return {step.table}
    return {name for name, _value in step.values}


class _Filing:
    def __init__(self, uow: UnitOfWork) -> None:
        self._desk = uow
        self.party_of: dict[int, int] = {}
        self._invoice_of: dict[int, int] = {}
        self._held: list[Any] = []
        self._contacts = ContactFiling(uow)

    def parties(self, rows: list[PlanRow]) -> set[str]:
        """Add and change the parties of some rows; a few statements for all of them."""
        session = self._desk.session
        self._warm(rows)
        self._add(rows)
        beside = _Beside()
        moved: set[int] = set()
        for row in rows:
            party_id = self.party_of.get(row.same_as or row.number)
            if party_id is None:
                continue
            self.party_of[row.number] = party_id
            is_new = row.party_id is None and row.same_as is None
            steps = row.steps[1:] if is_new else row.steps
            for step in steps:
                if not beside.takes(step, party_id):
                    self._step(step, party_id)
            if not is_new and any(step.table == "address" for step in steps):
                moved.add(party_id)
        session.flush()
        self._contacts.file(beside.contacts)
        for kind, addresses in beside.refused.items():
            suppress(self._desk, kind, addresses)
        session.flush()
        for party_id in sorted(moved):
            keep_town(self._desk, party_id)
        session.flush()
        refresh_search(session)  # in lists that a statement can carry
        session.expunge_all()
        return {name for row in rows for step in row.steps for name in _columns_of(step)}

    def _add(self, rows: list[PlanRow]) -> None:
        """Add the parties that are new; the other rows' are known already."""
        session = self._desk.session
        new: list[tuple[PlanRow, Party]] = []
        for row in rows:
            if row.party_id is not None:
                self.party_of[row.number] = row.party_id
            elif row.steps and row.same_as is None:
                party = Party(**dict(row.steps[0].values))
                stamp(self._desk, party)
                session.add(party)
                new.append((row, party))
        session.flush()
        self.party_of |= {row.number: party.id for row, party in new}

    def invoice(self, row: PlanRow) -> set[str]:
        """File one invoice: as a draft with its lines, then issued, then settled."""
        step = row.invoice
        assert step is not None, "only rows with an invoice are filed"  # noqa: S101 - of our own making
        session = self._desk.session
        values = dict(step.values)
        party_id = self.party_of.get(row.same_as or row.number)
        if party_id is None:
            party_id = self.party_of[row.number]
        credits_id = step.credits
        if step.credits_row is not None:
            credits_id = self._invoice_of[step.credits_row]
        invoice = Invoice(
            **{**values, "party_id": party_id, "credits_id": credits_id, "open_cents": 0},
            status=InvoiceStatus.DRAFT,
            lines=[InvoiceLine(**dict(line)) for line in step.lines],
        )
        stamp(self._desk, invoice)
        session.add(invoice)
        # A line of an issued invoice is refused by the store: lines first, then the invoice.
        session.flush()
        invoice.status = InvoiceStatus.ISSUED
        session.flush()
        if step.paid_cents:
            self._pay(invoice, step.paid_cents)
        self._invoice_of[row.number] = invoice.id
        family = locked_family(self._desk, invoice.id)
        settle(self._desk, family.invoice, family.credit_notes)
        names = {*values, "open_cents", "lines", "status"}
        return names | ({"amount_cents"} if step.paid_cents else set())

    def _pay(self, invoice: Invoice, cents: int) -> None:
        """Record what the document says is paid: on the day of the invoice, for it names no
        other."""
        payment = Payment(
            invoice_id=invoice.id,
            party_id=invoice.party_id,
            paid_on=invoice.issued_on,
            amount_cents=cents,
            source=Source.INVOICE,
        )
        stamp(self._desk, payment)
        self._desk.session.add(payment)
        self._desk.session.flush()

    def _step(self, step: Step, party_id: int) -> None:
        session, values = self._desk.session, dict(step.values)
        model = _MODELS[step.table]
        if step.id is None:
            if model is Note:
                values["noted_by"] = self._desk.actor.username
            record: Any = model(**{"party_id": party_id, **values})
            session.add(record)
        else:
            record = session.get_one(model, step.id)
            for name, value in values.items():
                setattr(record, name, value)
        stamp(self._desk, record)

    def _warm(self, rows: list[PlanRow]) -> None:
        """Load the records to change all at once, so that none needs a query of its own."""
        wanted: dict[str, list[int]] = {}
        for row in rows:
            for step in row.steps:
                if step.id is not None:
                    wanted.setdefault(step.table, []).append(step.id)
        self._held = []  # the session itself holds records weakly
        for table, ids in wanted.items():
            model: Any = _MODELS[table]
            self._held += self._desk.session.scalars(select(model).where(model.id.in_(ids)))
