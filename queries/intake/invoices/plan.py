"""The plan for Finvoice invoices: the party of each, whether it is here already, what differs.

They are sales invoices of this company, issued by another system before. The voucher is kept as
it was issued: its number, days and sums are the document's. What the register cannot keep as it
is, is refused; what can be left out is left out and named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from queries.intake.customers.details import Details
from queries.intake.customers.matching import Match, Register, chunks
from queries.intake.customers.merge import Provenance, completion, new_party
from queries.intake.invoices.buyers import NewBuyers
from queries.intake.invoices.drafts import LONGEST_NUMBER, InvoiceDraft, judged
from queries.intake.invoices.finvoice_document import FinvoiceDocument
from queries.intake.invoices.start_days import with_true_beginnings
from queries.intake.plan import ImportSettings, InvoiceStep, PlanRow, Reason, RowOutcome, Step
from queries.reads.notice.controller import controller
from queries.store.tables import (
    FinancialYear,
    Invoice,
    InvoiceKind,
    InvoiceOrigin,
    InvoiceStatus,
    Language,
    Payment,
    Source,
)


def plan_invoices(
    session: Session, documents: tuple[FinvoiceDocument, ...], settings: ImportSettings, today: date
) -> Iterator[PlanRow]:
    """One row of the plan for each invoice, in the order of the file."""
    own = controller(session)
    drafts = [judged(document, settings, own, today) for document in documents]
    buyers = [draft.buyer.details for draft in drafts]
    register = Register(session, buyers, dict(settings.matches))
    standing = _Numbers(_standing(session, drafts), _financial_years(session), drafts)
    planner = _Planner(register, standing, settings, today)
    # Invoices before the credit notes that credit them, whatever their order in the file.
    planned = {}
    for draft in sorted(drafts, key=lambda one: one.values.get("kind") != InvoiceKind.INVOICE):
        planned[draft.document.position] = planner.row(draft)
    rows = [planned[document.position] for document in documents]
    yield from with_true_beginnings(rows, planner.began)


#: The notes that promise a payment.
_PAYMENT_NOTES = frozenset({"paid_in_file", "paid_by_status"})


@dataclass(frozen=True)
class _Standing:
    """An invoice of the register with a number that the file has too."""

    id: int
    party_id: int
    kind: str
    origin: str
    issued_on: date | None
    total_cents: int
    paid_cents: int


def _standing(session: Session, drafts: Sequence[InvoiceDraft]) -> dict[str, list[_Standing]]:
    numbers = {draft.document.number for draft in drafts}
    numbers |= {number for draft in drafts for number, _day in draft.document.originals}
    found: dict[str, list[_Standing]] = {}
    for some in chunks(sorted(numbers - {""})):
        for row in session.execute(
            select(
                Invoice.number,
                Invoice.id,
                Invoice.party_id,
                Invoice.kind,
                Invoice.origin,
                Invoice.issued_on,
                Invoice.total_cents,
                select(func.coalesce(func.sum(Payment.amount_cents), 0))
                .where(Payment.invoice_id == Invoice.id)
                .scalar_subquery(),
            )
            .where(Invoice.number.in_(some), Invoice.status == InvoiceStatus.ISSUED)
            .order_by(Invoice.origin, Invoice.id)
        ):
            found.setdefault(str(row.number), []).append(_Standing(*row[1:]))
    return found


def _notes_of_a_repeat(draft: InvoiceDraft, standing: _Standing) -> tuple[Reason, ...]:
    """Return the notes of an invoice that is in the register already: no payment is entered for it,
    and one that the register lacks is named."""
    notes = tuple(note for note in draft.notes if note.code not in _PAYMENT_NOTES)
    if draft.paid_cents <= standing.paid_cents:
        return notes
    sums = {"paid_cents": draft.paid_cents, "stands_cents": standing.paid_cents}
    return (*notes, Reason("paid_not_entered", sums))


def _financial_years(session: Session) -> list[tuple[date, date]]:
    return [
        (row[0], row[1])
        for row in session.execute(select(FinancialYear.starts_on, FinancialYear.ends_on))
    ]


class _Numbers:
    """The invoices with the numbers of a file: of the register, and those that the file cancels.

    A number is one invoice's within a financial year; many start again from 1 in the next.
    """

    def __init__(
        self,
        standing: dict[str, list[_Standing]],
        years: list[tuple[date, date]],
        drafts: Sequence[InvoiceDraft],
    ) -> None:
        self._standing = standing
        self._years = years
        self._cancels: dict[str, list[InvoiceDraft]] = {}
        for draft in drafts:
            if draft.is_cancellation:
                self._cancels.setdefault(draft.document.number, []).append(draft)

    def standing(self, number: str) -> list[_Standing]:
        return self._standing.get(number, [])

    def in_one_year(self, one: date | None, other: date | None) -> bool:
        """Check if two days are of one financial year; where none is on record, of one year."""
        if one is None or other is None:
            return True
        for first, last in self._years:
            inside = (first <= one <= last) + (first <= other <= last)
            if inside:
                return inside == 2  # noqa: PLR2004 - both days
        return one.year == other.year

    def taken(self, draft: InvoiceDraft) -> _Standing | None:
        """Return another imported invoice with the number of this one in the same year."""
        for one in self.standing(draft.document.number):
            same_year = self.in_one_year(one.issued_on, draft.document.issued_on)
            if one.origin == InvoiceOrigin.FINVOICE and same_year:
                return one
        return None

    def cancelled_by(self, draft: InvoiceDraft) -> int | None:
        """The message of the file that takes an invoice of the file back.

        What comes after it with other content was issued anew.
        """
        for cancel in self._cancels.get(draft.document.number, []):
            if not self.in_one_year(cancel.document.issued_on, draft.document.issued_on):
                continue
            after = cancel.document.position > draft.document.position
            if after or (cancel.values, cancel.lines) == (draft.values, draft.lines):
                return cancel.document.position
        return None

    def cancellation(self, draft: InvoiceDraft) -> Reason:
        """Return why a message that cancels an invoice is not brought in."""
        number = draft.document.number[:LONGEST_NUMBER]
        for one in self.standing(draft.document.number):
            if self.in_one_year(one.issued_on, draft.document.issued_on):
                facts = {
                    "number": number,
                    "stands_on": one.issued_on,
                    "stands_cents": one.total_cents,
                }
                return Reason("message_cancels_known", facts)
        return Reason("message_cancels", {"number": number})


class _Planner:
    """Compares the drafts with the register and with each other."""

    def __init__(
        self, register: Register, numbers: _Numbers, settings: ImportSettings, today: date
    ) -> None:
        self._register = register
        self._numbers = numbers
        self._settings = settings
        self._provenance = Provenance(Source.INVOICE, today)
        self._seen: dict[str, list[InvoiceDraft]] = {}
        self._said_new = {number for number, party_id in settings.matches if party_id is None}
        self._new = NewBuyers()
        self._reached: set[int] = set()
        #: When the register says that the relations began to which invoices of the file go.
        self.began: dict[int, date] = {}
        self._filed_as: dict[str, list[tuple[InvoiceDraft, int | tuple[str, object]]]] = {}

    def row(self, draft: InvoiceDraft) -> PlanRow:
        if draft.is_cancellation:
            hidden = [one for one in draft.reasons if one.code.endswith("identity_code")]
            reasons = (*hidden, self._numbers.cancellation(draft))
            return self._plain(draft, RowOutcome.REFUSE, reasons)
        reasons = draft.reasons or self._repeated(draft)
        if reasons:
            outcome = RowOutcome.REFUSE
            if {reason.code for reason in reasons} <= {"already_so", "repeated_in_file"}:
                outcome = RowOutcome.SKIP
            same = self._same(draft) if outcome is RowOutcome.SKIP else None
            if same is not None:
                draft = replace(draft, notes=_notes_of_a_repeat(draft, same))
            return self._plain(draft, outcome, reasons, same.party_id if same else None)
        match = self._register.match(draft.buyer.details, draft.document.position)
        return replace(self._of_buyer(draft, match), suggested=match.suggestions())

    def _of_buyer(self, draft: InvoiceDraft, match: Match) -> PlanRow:
        if match.reason is not None:
            return self._plain(draft, RowOutcome.REFUSE, (match.reason,))
        if match.party is None and not self._settings.create_missing:
            return self._plain(draft, RowOutcome.REFUSE, (Reason("buyer_not_found"),))
        same_as: int | Reason | None = None
        if match.party is None and draft.document.position not in self._said_new:
            same_as = self._new.earlier(draft.buyer.details)
        if isinstance(same_as, Reason):
            return self._plain(draft, RowOutcome.REFUSE, (same_as,))
        return self._filed(draft, match, same_as)

    def _plain(
        self,
        draft: InvoiceDraft,
        outcome: RowOutcome,
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
        standing = self._numbers.standing(draft.document.number)
        return next((one for one in standing if (one.issued_on, one.total_cents) == given), None)

    def _repeated(self, draft: InvoiceDraft) -> tuple[Reason, ...]:
        """Check if the invoice is cancelled, or is in the register or earlier in the file."""
        number = draft.document.number
        cancel = self._numbers.cancelled_by(draft)
        if cancel is not None:
            return (
                Reason("cancelled_in_file", {"number": number[:LONGEST_NUMBER], "row": cancel}),
            )
        if self._same(draft) is not None:
            return (Reason("already_so"),)
        taken = self._numbers.taken(draft)
        if taken is not None:
            return (
                Reason(
                    "number_taken",
                    {
                        "number": number,
                        "stands_on": taken.issued_on,
                        "stands_cents": taken.total_cents,
                        "given_on": draft.values["issued_on"],
                        "given_cents": draft.values["total_cents"],
                    },
                ),
            )
        seen = self._seen.setdefault(number, [])
        for earlier in seen:
            if self._numbers.in_one_year(earlier.document.issued_on, draft.document.issued_on):
                same = (earlier.values, earlier.lines) == (draft.values, draft.lines)
                code = "repeated_in_file" if same else "twice_in_file"
                return (Reason(code, {"row": earlier.document.position}),)
        seen.append(draft)
        return ()

    def _number_notes(self, draft: InvoiceDraft) -> list[Reason]:
        """Other invoices with this number: of the own series, and of other years."""
        number = draft.document.number
        standing = self._numbers.standing(number)
        notes = []
        if any(one.origin != InvoiceOrigin.FINVOICE for one in standing):
            notes.append(Reason("number_in_own_series", {"number": number}))
        days = [one.issued_on for one in standing if one.origin == InvoiceOrigin.FINVOICE]
        days += [one.document.issued_on for one in self._seen[number] if one is not draft]
        notes += [
            Reason("number_of_other_year", {"number": number, "stands_on": day}) for day in days
        ]
        return notes

    def _filed(self, draft: InvoiceDraft, match: Match, same_as: int | None) -> PlanRow:
        known, document = match.party, draft.document
        notes = [*draft.notes, *self._number_notes(draft), *match.notes]
        steps: tuple[Step, ...] = ()
        if known is not None:
            reasons = (Reason(f"matched_by_{match.by}"),)
            self.began[known.id] = known.columns["started_on"]
            if not known.emails and known.id not in self._reached:
                only = Details(kind=known.columns["kind"], emails=draft.buyer.details.emails[:1])
                steps, _none = completion(only, known, self._provenance, overwrite=False)
                self._reached |= {known.id} if steps else set()
        elif same_as is None:
            reasons = (Reason("buyer_added"),)
            if draft.buyer.details.kind_is_assumed:
                notes.append(Reason(f"assumed_{draft.buyer.details.kind}"))
            steps, _added = new_party(draft.buyer.details, self._provenance)
            self._new.add(draft.buyer.details, document.position)
        else:
            reasons = (Reason("buyer_of_row", {"row": same_as}),)
        buyer = known.id if known else ("row", same_as or document.position)
        self._filed_as.setdefault(document.number, []).append((draft, buyer))
        told = known.columns["language"] if known else draft.buyer.details.language
        language = told or Language.FI
        credits_, credits_row = self._credited(draft, buyer, notes)
        return PlanRow(
            document.position,
            RowOutcome.CREATE,
            document.buyer.name[:200],
            party_id=known.id if known else None,
            party_name=known.columns["name"] if known else None,
            same_as=same_as,
            reasons=reasons,
            notes=tuple(notes),
            steps=steps,
            invoice=InvoiceStep(
                tuple(draft.values.items()),
                draft.lines_in(language),
                draft.paid_cents,
                credits_,
                credits_row,
            ),
        )

    def _credited(
        self, draft: InvoiceDraft, buyer: int | tuple[str, object], notes: list[Reason]
    ) -> tuple[int | None, int | None]:
        """The invoice that a credit note credits: one of the register, or a row of this file."""
        originals = draft.document.originals
        if draft.values["kind"] != InvoiceKind.CREDIT_NOTE:
            return None, None
        if len(originals) != 1:
            numbers = ", ".join(number for number, _day in originals)
            notes.append(
                Reason("originals_several", {"numbers": numbers[:100]})
                if originals
                else Reason("original_not_given")
            )
            return None, None
        number, day = originals[0]
        found: list[tuple[int | None, int | None]] = [
            (one.id, None)
            for one in self._numbers.standing(number)
            if one.kind == InvoiceKind.INVOICE
            and one.party_id == buyer
            and day in {None, one.issued_on}
        ]
        found += [
            (None, other.document.position)
            for other, theirs in self._filed_as.get(number, [])
            if other.values["kind"] == InvoiceKind.INVOICE
            and theirs == buyer
            and day in {None, other.document.issued_on}
        ]
        if len(found) == 1:
            return found[0]
        code = "original_ambiguous" if found else "original_not_found"
        notes.append(Reason(code, {"number": number[:LONGEST_NUMBER]}))
        return None, None
