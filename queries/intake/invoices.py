"""The plan for Finvoice invoices: whose each one is, whether it is here already, what differs.

They are sales invoices of this company, issued by another system before. The voucher is kept as
it was issued: its number, days and sums are the document's. What the register cannot keep as it
stands is refused; what can be left out is left out and named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from queries.intake.buyers import same_key
from queries.intake.completing import Provenance, completion, new_party
from queries.intake.details import Details
from queries.intake.finvoice import FinvoiceDocument
from queries.intake.invoice_drafts import LONGEST_NUMBER, InvoiceDraft, judged
from queries.intake.matching import Known, Match, Register, chunks
from queries.intake.plan import ImportSettings, InvoiceStep, Outcome, PlanRow, Reason, Step
from queries.reads.controller import controller
from queries.store.tables import (
    Invoice,
    InvoiceKind,
    InvoiceOrigin,
    InvoiceStatus,
    Source,
)


def plan_invoices(
    session: Session,
    documents: tuple[FinvoiceDocument, ...],
    settings: ImportSettings,
    today: date,
) -> Iterator[PlanRow]:
    """One row of the plan for each invoice, in the order of the file."""
    own = _own_business_id(session)
    drafts = [judged(document, settings, own, today) for document in documents]
    register = Register(session, [draft.buyer.details for draft in drafts])
    planner = _Planner(register, _standing(session, drafts), settings, today)
    # Invoices before the credit notes that credit them, whatever their order in the file.
    planned = {}
    for draft in sorted(drafts, key=lambda one: one.values.get("kind") != InvoiceKind.INVOICE):
        planned[draft.document.position] = planner.row(draft)
    yield from (planned[document.position] for document in documents)


def _own_business_id(session: Session) -> str | None:
    return controller(session).business_id or None


@dataclass(frozen=True)
class _Standing:
    """An invoice of the register with a number that the file has too."""

    id: int
    party_id: int
    kind: str
    origin: str
    issued_on: date | None
    total_cents: int


def _standing(session: Session, drafts: Sequence[InvoiceDraft]) -> dict[str, list[_Standing]]:
    numbers = {draft.document.number for draft in drafts}
    numbers |= {draft.document.original_number for draft in drafts}
    found: dict[str, list[_Standing]] = {}
    for some in chunks(sorted(numbers - {""})):
        for row in session.execute(
            select(Invoice.number, Invoice.id, Invoice.party_id, Invoice.kind, Invoice.origin,
                   Invoice.issued_on, Invoice.total_cents)
            .where(Invoice.number.in_(some), Invoice.status == InvoiceStatus.ISSUED)
            .order_by(Invoice.origin, Invoice.id)
        ):  # fmt: skip
            found.setdefault(str(row.number), []).append(_Standing(*row[1:]))
    return found


class _Planner:
    """Compares the drafts with the register and with each other."""

    def __init__(
        self,
        register: Register,
        standing: dict[str, list[_Standing]],
        settings: ImportSettings,
        today: date,
    ) -> None:
        self._register = register
        self._standing = standing
        self._settings = settings
        self._provenance = Provenance(Source.INVOICE, today)
        self._numbers: dict[str, InvoiceDraft] = {}
        self._new: dict[tuple[str, object], int] = {}
        self._reached: set[int] = set()
        self._buyers: dict[str, int | tuple[str, object]] = {}

    def row(self, draft: InvoiceDraft) -> PlanRow:
        reasons = draft.reasons or self._repeated(draft)
        if reasons:
            outcome = Outcome.REFUSE
            if {reason.code for reason in reasons} <= {"already_so", "repeated_in_file"}:
                outcome = Outcome.SKIP
            same = self._same(draft) if outcome is Outcome.SKIP else None
            return self._plain(draft, outcome, reasons, same.party_id if same else None)
        match = self._register.match(draft.buyer.details)
        if match.reason is not None:
            return self._plain(draft, Outcome.REFUSE, (match.reason,))
        if match.party is None and not self._settings.create_missing:
            return self._plain(draft, Outcome.REFUSE, (Reason("buyer_not_found"),))
        return self._filed(draft, match)

    def _plain(
        self,
        draft: InvoiceDraft,
        outcome: Outcome,
        reasons: tuple[Reason, ...],
        party_id: int | None = None,
    ) -> PlanRow:
        hidden = any(reason.code.endswith("identity_code") for reason in reasons)
        name = "" if hidden else draft.document.buyer.name[:200]
        return PlanRow(
            draft.document.position,
            outcome,
            name,
            party_id=party_id,
            reasons=reasons,
            notes=draft.notes,
        )

    def _same(self, draft: InvoiceDraft) -> _Standing | None:
        """The invoice of the register that the draft is."""
        given = (draft.values["issued_on"], draft.values["total_cents"])
        standing = self._standing.get(draft.document.number, [])
        return next((one for one in standing if (one.issued_on, one.total_cents) == given), None)

    def _repeated(self, draft: InvoiceDraft) -> tuple[Reason, ...]:
        """Whether the number stands in the register or earlier in the file already."""
        if self._same(draft) is not None:
            return (Reason("already_so"),)
        for invoice in self._standing.get(draft.document.number, []):
            if invoice.origin == InvoiceOrigin.FINVOICE:
                return (Reason("number_taken", {
                    "number": draft.document.number, "stands_on": invoice.issued_on,
                    "stands_cents": invoice.total_cents,
                    "given_on": draft.values["issued_on"],
                    "given_cents": draft.values["total_cents"],
                }),)  # fmt: skip
        earlier = self._numbers.get(draft.document.number)
        if earlier is None:
            self._numbers[draft.document.number] = draft
            return ()
        same = (earlier.values, earlier.lines) == (draft.values, draft.lines)
        code = "repeated_in_file" if same else "twice_in_file"
        return (Reason(code, {"row": earlier.document.position}),)

    def _filed(self, draft: InvoiceDraft, match: Match) -> PlanRow:
        known, document = match.party, draft.document
        key = same_key(draft.buyer.details)
        notes = list(draft.notes)
        if self._standing.get(document.number):
            notes.append(Reason("number_in_own_series", {"number": document.number}))
        same_as = None if known else self._new.get(key)
        steps: tuple[Step, ...] = ()
        if known is not None:
            reasons = (Reason(f"matched_by_{match.by}"),)
            if not known.emails and known.id not in self._reached:
                only = Details(kind=known.columns["kind"], emails=draft.buyer.details.emails[:1])
                steps, _none = completion(only, known, self._provenance, overwrite=False)
                self._reached |= {known.id} if steps else set()
        elif same_as is None:
            reasons = (Reason("buyer_added"),)
            if draft.buyer.details.kind_is_assumed:
                notes.append(Reason(f"assumed_{draft.buyer.details.kind}"))
            steps, _added = new_party(draft.buyer.details, self._provenance)
            self._new[key] = document.position
        else:
            reasons = (Reason("buyer_of_row", {"row": same_as}),)
        self._buyers[document.number] = known.id if known else key
        credits_ = self._credited(draft, known, key, notes)
        return PlanRow(
            document.position, Outcome.CREATE, document.buyer.name[:200],
            party_id=known.id if known else None,
            party_name=known.columns["name"] if known else None, same_as=same_as,
            reasons=reasons, notes=tuple(notes), steps=steps,
            invoice=InvoiceStep(
                tuple(draft.values.items()), tuple(tuple(one.items()) for one in draft.lines),
                draft.paid_cents, credits_,
            ),
        )  # fmt: skip

    def _credited(
        self, draft: InvoiceDraft, known: Known | None, key: tuple[str, object], notes: list[Reason]
    ) -> int | str | None:
        """The invoice that a credit note credits: one of the register, or of this file."""
        number = draft.document.original_number
        if draft.values["kind"] != InvoiceKind.CREDIT_NOTE:
            return None
        if not number:
            notes.append(Reason("original_not_given"))
            return None
        for invoice in self._standing.get(number, []):
            if invoice.kind == InvoiceKind.INVOICE and known and invoice.party_id == known.id:
                return invoice.id
        original = self._numbers.get(number)
        if (
            original is not None
            and original.values["kind"] == InvoiceKind.INVOICE
            and self._buyers.get(number) == (known.id if known else key)
        ):
            return number
        notes.append(Reason("original_not_found", {"number": number[:LONGEST_NUMBER]}))
        return None
