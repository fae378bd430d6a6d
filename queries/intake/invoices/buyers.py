"""The buyer of a Finvoice document as a party of the register."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from queries.errors import InvalidInput
from queries.intake.customers.country import told_country
from queries.intake.customers.details import Billing, Details, Place
from queries.intake.customers.organisation_names import looks_like_organisation
from queries.intake.invoices.finvoice_document import FinvoiceParty
from queries.intake.plan import ImportSettings, Reason
from queries.rules import identifiers
from queries.rules.countries import FINLAND, country_code
from queries.store.search import fold
from queries.store.tables import PartyKind

_LONGEST_NAME = 200
_LONGEST_TOWN = 100
_LONGEST_ADDRESS = 400
_LONGEST_POST_CODE = 16
_LONGEST_ID = 32
_LONGEST_OPERATOR = 35


@dataclass(frozen=True)
class Buyer:
    """The buyer's details, and the address and identifier that are on the invoice itself."""

    details: Details
    address: str | None
    identifier: str | None
    reasons: tuple[Reason, ...]
    notes: tuple[Reason, ...]


def read_buyer(party: FinvoiceParty, settings: ImportSettings) -> Buyer:
    """The buyer; what of it is not valid is left out of the party and named in the notes."""
    return _Reader(party, settings).buyer()


class NewBuyers:
    """The new customers of one file, so that a later invoice to one of them is added to the
    same."""

    def __init__(self) -> None:
        self._by_key: dict[tuple[str, object], tuple[int, Details]] = {}
        self._by_name: dict[str, list[tuple[int, Details]]] = {}

    def earlier(self, details: Details) -> int | Reason | None:
        """Return the position of the invoice that adds the buyer; None where no earlier one
        does.

        A name alone, or with a post code, is not enough: ``namesake_in_file`` (row).
        """
        if (key := _identifier(details)) is not None:
            found = self._by_key.get(key)
            return found[0] if found else None
        namesakes = self._by_name.get(fold(details.name or ""), [])
        for position, other in namesakes:
            if _same_buyer(details, other):
                return position
        for position, other in namesakes:
            ours, theirs = details.post_codes(), other.post_codes()
            if ours & theirs or not (ours and theirs):
                return Reason("namesake_in_file", {"row": position})
        return None

    def add(self, details: Details, position: int) -> None:
        if (key := _identifier(details)) is not None:
            self._by_key.setdefault(key, (position, details))
        else:
            known = self._by_name.setdefault(fold(details.name or ""), [])
            known.append((position, details))


def _identifier(details: Details) -> tuple[str, object] | None:
    if details.business_id:
        return "business_id", details.business_id
    if details.foreign_id:
        return "foreign_id", "".join(one for one in fold(details.foreign_id) if one.isalnum())
    return None


def _same_buyer(one: Details, other: Details) -> bool:
    """Check if two buyers of one name have an e-mail address in common, or the whole address and
    no two e-mail addresses."""
    emails = {email.casefold() for email in one.emails}
    others = {email.casefold() for email in other.emails}
    if emails and others:
        return bool(emails & others)
    if one.place is None or other.place is None or not one.place.post_code:
        return False
    told = [(fold(place.street), place.post_code) for place in (one.place, other.place)]
    return bool(one.place.street) and told[0] == told[1]


def _told(rule: Callable[[str], str], text: str) -> str | None:
    """Apply the rule to the text; None where it is empty."""
    try:
        return rule(text)
    except InvalidInput:
        return None


class _Reader:
    def __init__(self, party: FinvoiceParty, settings: ImportSettings) -> None:
        self._party = party
        self._settings = settings
        self._reasons: list[Reason] = []
        self._notes: list[Reason] = []

    def buyer(self) -> Buyer:
        party = self._party
        if not party.name:
            self._reasons.append(Reason("element_missing", {"element": "BuyerOrganisationName"}))
        if len(party.name) > _LONGEST_NAME:
            self._reasons.append(
                Reason(
                    "too_long",
                    {
                        "column": "BuyerOrganisationName",
                        "longest": _LONGEST_NAME,
                        "length": len(party.name),
                    },
                )
            )
        country = self._country()
        business_id, foreign_id = self._identifiers(country)
        kind, assumed = self._kind(bool(business_id or foreign_id))
        place = self._place(country)
        details = Details(
            name=party.name[:_LONGEST_NAME] or None,
            kind=kind,
            kind_is_assumed=assumed,
            business_id=business_id,
            foreign_id=foreign_id,
            is_customer=True,
            place=place,
            emails=self._emails(),
            billing=self._billing(),
        )
        return Buyer(
            details,
            self._address(country),
            business_id or foreign_id,
            tuple(self._reasons),
            tuple(self._notes),
        )

    def _country(self) -> str:
        """Return the country that is given, else the one shown by the rest of the buyer."""
        party = self._party
        if party.country:
            found = self._valid(party.country, country_code, "CountryCode")
            if found is not None:
                return found
        vat = _told(identifiers.vat_number, party.tax_code)
        own = _told(identifiers.business_id, party.identifier)
        if own and not vat:
            return "FI"
        identifier = vat or party.tax_code
        found = told_country(vat=identifier, post_code=party.post_code, town=party.town)
        if found is None:
            facts = {
                "post_code": party.post_code[:_LONGEST_POST_CODE],
                "town": party.town[:_LONGEST_TOWN],
            }
            self._reasons.append(Reason("country_unclear", facts))
        elif found != "FI":
            self._notes.append(Reason("country_told", {"given": found}))
        return found or "FI"

    def _identifiers(self, country: str) -> tuple[str | None, str | None]:
        """The Finnish business ID, and the identifier of another country."""
        identifier, tax_code = self._party.identifier, self._party.tax_code
        vat = None
        if tax_code:
            vat = self._valid(tax_code, identifiers.vat_number, "BuyerOrganisationTaxCode")
        own = f"{vat[2:9]}-{vat[9]}" if vat and vat.startswith("FI") else None
        if vat and own is None:
            return None, vat
        if identifier and country not in FINLAND and own is None:
            return None, identifier[:_LONGEST_ID]
        given = None
        if identifier:
            given = self._valid(identifier, identifiers.business_id, "BuyerPartyIdentifier")
        if own and given and own != given:
            self._reasons.append(Reason("ids_differ", {"column": "BuyerOrganisationTaxCode"}))
        return own or given, None

    def _kind(self, has_company_id: bool) -> tuple[str, bool]:
        if has_company_id or looks_like_organisation(self._party.name):
            return PartyKind.ORGANISATION, False
        return self._settings.default_kind, True

    def _place(self, country: str) -> Place | None:
        party = self._party
        post_code: str | None = party.post_code[:_LONGEST_POST_CODE] or None
        if post_code and country in FINLAND:
            post_code = self._valid(post_code, identifiers.post_code, "BuyerPostCodeIdentifier")
        if not (party.street or post_code or party.town):
            return None
        return Place(
            party.street[:_LONGEST_NAME], post_code, party.town[:_LONGEST_TOWN] or None, country
        )

    def _address(self, country: str) -> str | None:
        """The address in lines, to the letter as on the invoice."""
        party = self._party
        last = " ".join(part for part in (party.post_code, party.town) if part)
        lines = (party.street, last, "" if country == "FI" else country)
        return "\n".join(line for line in lines if line)[:_LONGEST_ADDRESS] or None

    def _emails(self) -> tuple[str, ...]:
        if not self._party.email:
            return ()
        found = self._valid(self._party.email, identifiers.email, "BuyerEmailaddressIdentifier")
        return (found,) if found else ()

    def _billing(self) -> Billing:
        """The e-invoice address to which the invoice was sent."""
        party = self._party
        if not (party.e_invoice_address and party.operator):
            return Billing()
        address = self._valid(
            party.e_invoice_address, identifiers.e_invoice_address, "ToIdentifier"
        )
        if address is None:
            return Billing()
        return Billing(e_invoice_address=address, operator=party.operator[:_LONGEST_OPERATOR])

    def _valid(self, text: str, rule: Callable[[str], str], element: str) -> str | None:
        try:
            return rule(text)
        except InvalidInput:
            self._notes.append(Reason("element_left_out", {"element": element}))
            return None
