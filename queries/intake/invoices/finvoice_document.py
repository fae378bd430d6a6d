"""Contents of one invoice of a file, as given: nothing is judged here and nothing made up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from queries.intake.plan import Reason

_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Adjustment:
    """A discount (negative) or a charge, without VAT."""

    text: str
    amount: Decimal
    vat_rate: Decimal | None = None
    vat_code: str = ""


@dataclass(frozen=True)
class Quantity:
    """A quantity with its unit as written and as a code of the UN (Recommendation 20)."""

    value: Decimal
    unit: str = ""
    unit_code: str = ""

    def same_unit(self, other: Quantity) -> bool:
        """Check if both have the same unit, as far as both name one."""
        codes = (self.unit_code.upper(), other.unit_code.upper())
        if all(codes):
            return codes[0] == codes[1]
        units = (self.unit.strip(". ").upper(), other.unit.strip(". ").upper())
        return not all(units) or units[0] == units[1]


@dataclass(frozen=True)
class FinvoiceLine:
    """One row of the invoice, as given; sums are without VAT unless it says otherwise.

    :param quantities: what was invoiced, then what was delivered, each in one or more units.
    :param price: the price of ``base`` with its unit; ``net_price`` after the price's discount,
        ``gross_price`` with VAT.
    :param base: the quantity for which the price is; None for one.
    :param gross: the sum with VAT.
    :param subs: the sub-rows.
    """

    position: int
    text: str
    quantities: tuple[Quantity, ...]
    price: Quantity | None
    net_price: Decimal | None
    gross_price: Decimal | None
    base: Decimal | None
    discount_percent: Decimal | None
    discount: Decimal | None
    adjustments: tuple[Adjustment, ...]
    net: Decimal | None
    vat: Decimal | None
    gross: Decimal | None
    vat_rate: Decimal | None
    vat_code: str
    subs: tuple[FinvoiceLine, ...] = ()

    @property
    def quantity(self) -> Decimal | None:
        return self.quantities[0].value if self.quantities else None

    @property
    def is_bare(self) -> bool:
        """Return whether a sum with VAT is all that the row has."""
        others = (self.net, self.vat, self.vat_rate, self.price, self.net_price, self.gross_price)
        return self.gross is not None and not self.vat_code and all(one is None for one in others)


@dataclass(frozen=True)
class FinvoiceParty:
    """The seller or the buyer."""

    name: str
    identifier: str
    tax_code: str
    street: str
    post_code: str
    town: str
    country: str
    email: str = ""
    e_invoice_address: str = ""
    operator: str = ""


@dataclass(frozen=True)
class VatTotal:
    """One row of the specification of VAT."""

    rate: Decimal | None
    code: str
    base: Decimal | None = None
    amount: Decimal | None = None
    text: str = ""


@dataclass(frozen=True)
class Terms:
    """One term of payment: a due day, a discount for paying earlier, a fine for paying late."""

    due_on: date | None
    discount_on: date | None = None
    discount_percent: Decimal | None = None
    discount: Decimal | None = None
    fine_percent: Decimal | None = None


@dataclass(frozen=True)
class Instalments:
    """The paid part of an invoice, what is left, and the days on which the rest is to be paid."""

    paid: Decimal | None
    unpaid: Decimal | None
    parts: tuple[tuple[date | None, Decimal | None], ...] = ()


@dataclass(frozen=True)
class FinvoiceDocument:
    """One invoice of a file. ``problems`` refuse it, ``notes`` are to be known.

    :param origin_code: ``Original``, ``Copy`` or ``Cancel``.
    :param originals: the invoices that a credit note credits: number and, where given, day.
    :param roundoff: what the sum to pay differs from the total.
    :param paid: paid before, by the invoice's own sum; ``payment_status`` and ``instalments`` may
        say it too.
    :param payable: the sum on the payment slip, to be paid on ``slip_day``.
    :param factor: to whom the claim was sold or pledged; empty where it was not.
    :param identity_codes: elements that hold what looks like a personal identity code, and how
        certain that is.
    """

    position: int
    line: int
    type_code: str
    un_code: str
    origin_code: str
    number: str
    issued_on: date | None
    terms: tuple[Terms, ...]
    slip_day: date | None
    originals: tuple[tuple[str, date | None], ...]
    reference: str
    net: Decimal | None
    vat: Decimal | None
    total: Decimal | None
    roundoff: Decimal | None
    paid: Decimal | None
    payment_status: str
    instalments: tuple[Instalments, ...]
    payable: Decimal | None
    factor: str
    buyer_reference: str
    free_text: str
    seller: FinvoiceParty
    buyer: FinvoiceParty
    lines: tuple[FinvoiceLine, ...]
    adjustments: tuple[Adjustment, ...]
    vat_totals: tuple[VatTotal, ...]
    problems: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()
    identity_codes: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def cents(amount: Decimal) -> int:
    """A sum of euros as whole cents, halves away from zero."""
    return int(amount.quantize(_CENT, ROUND_HALF_UP).scaleb(2))
