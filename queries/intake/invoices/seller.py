"""Seller of a Finvoice document: only invoices that this company issued are brought in."""

from __future__ import annotations

from queries.errors import InvalidInput
from queries.intake.invoices.finvoice_document import FinvoiceDocument, FinvoiceParty
from queries.intake.plan import Reason
from queries.reads.notice.controller import Controller
from queries.rules.identifiers import business_id
from queries.store.search import fold

#: Words of a company's form, which one writes and another leaves out.
_FORMS = frozenset(
    ("oy", "ab", "oy/ab", "oyj", "abp", "ky", "kb", "ay", "öb", "tmi", "t:mi", "fma")
)


def look_at_seller(
    document: FinvoiceDocument, own: Controller
) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """Return why the invoice is not one of the company's own, and what is to be known of the
    seller.

    Business IDs are compared where both sides have them, names where one has not.
    """
    seller = document.seller
    facts = {"seller": seller.name[:80], "seller_id": seller.identifier[:40]}
    own_id = own.business_id or None
    if _is_own(document.buyer, own) and not _is_own(seller, own):
        return (Reason("buyer_is_controller", facts),), ()
    given = _ids(seller)
    if not given and not (own_id is None and _same_name(seller.name, own.name)):
        said = seller.name or seller.identifier
        return (), (Reason("seller_not_given", facts) if said else Reason("seller_missing"),)
    if own_id is None:
        return (), (
            () if _same_name(seller.name, own.name) else (Reason("seller_not_compared", facts),)
        )
    return ((), ()) if own_id in given else ((Reason("seller_is_other", facts),), ())


def _is_own(party: FinvoiceParty, own: Controller) -> bool:
    given = _ids(party)
    if own.business_id and given:
        return own.business_id in given
    return _same_name(party.name, own.name)


def _same_name(one: str, other: str) -> bool:
    words = [
        {word for word in fold(name).replace(",", " ").split() if word not in _FORMS}
        for name in (one, other)
    ]
    return bool(words[0]) and words[0] == words[1]


def _ids(party: FinvoiceParty) -> set[str]:
    return {found for text in (party.identifier, party.tax_code) if (found := _business_id(text))}


def _business_id(text: str) -> str | None:
    """A business ID out of itself, its VAT number or its OVT identifier; None for others."""
    digits = "".join(character for character in text if character.isdigit())
    compact = text.replace(" ", "").upper()
    if compact.startswith("FI") or (compact.startswith("0037") and len(digits) >= 12):  # noqa: PLR2004 - 0037 and eight digits
        digits = digits.removeprefix("0037")[:8]
        text = f"{digits[:7]}-{digits[7:]}"
    try:
        return business_id(text)
    except InvalidInput:
        return None
