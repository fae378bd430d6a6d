"""The country of an address that does not name it: by VAT number, post code and town."""

from __future__ import annotations

import re

from queries.errors import InvalidInput
from queries.rules.company_ids import MEMBER_STATES
from queries.rules.countries import country_code
from queries.store.search import fold

#: Prefixes of VAT numbers that are not the country's code (Directive 2006/112/EC, Art. 215).
_OF_VAT = {"EL": "GR", "XI": "GB"}
#: Prefixes of the VAT numbers of neighbours outside the Union.
_OUTSIDE = frozenset({"CH", "GB", "IS", "NO"})
#: A VAT number: its letters (Switzerland has three) before a digit.
_LETTERS_OF_ID = re.compile(r"([A-Z]{2})(?:(?<=CH)E)?[-.\s]?\d")
#: Letters before post codes, as the vehicles of the country carry them.
_BEFORE_CODE = {
    "S": "SE",
    "D": "DE",
    "N": "NO",
    "F": "FR",
    "A": "AT",
    "FIN": "FI",
    "I": "IT",
    "E": "ES",
    "B": "BE",
    "L": "LU",
    "EST": "EE",
    "P": "PT",
    "H": "HU",
}
_PREFIXED = re.compile(r"([A-Z]{1,3})[-\s]?(?=\d)")
#: The form of post codes in Sweden, and in Czechia, Slovakia and Greece too.
_SPACED = re.compile(r"\d{3}\s\d{2}")
_FINNISH = re.compile(r"\d{5}")
#: Towns that are in one country alone, under the names that Finns write.
_TOWNS = {
    "SE": "stockholm tukholma göteborg malmö uppsala västerås örebro linköping helsingborg "
    "jönköping norrköping lund umeå luulaja luleå gävle borås södertälje eskilstuna "
    "halmstad växjö karlstad sundsvall solna haaparanta haparanda kiruna",
    "EE": "tallinn tallinna tartu tartto pärnu narva",
    "NO": "oslo bergen trondheim stavanger tromssa tromsø",
    "DK": "københavn copenhagen kööpenhamina aarhus odense aalborg",
    "DE": "berlin berliini hamburg hampuri münchen frankfurt köln düsseldorf stuttgart bremen",
    "LV": "riga riika",
    "LT": "vilnius vilna kaunas",
    "GB": "london lontoo manchester birmingham edinburgh glasgow",
    "NL": "amsterdam rotterdam utrecht",
    "FR": "paris pariisi lyon marseille",
    "PL": "warszawa varsova kraków gdańsk",
    "BE": "bruxelles brussel bryssel antwerpen",
}
_COUNTRY_OF = {fold(town): code for code, towns in _TOWNS.items() for town in towns.split()}


def told_country(
    *, vat: str | None = None, post_code: str | None = None, town: str | None = None
) -> str | None:
    """Return the country by the rest of an address; None where a person has to decide.

    An address without any sign of it is in Finland.

    :param vat: a VAT number, or another identifier of a company.

    >>> told_country(vat="SE556042722001"), told_country(post_code="SE-114 55")
    ('SE', 'SE')
    >>> told_country(post_code="11455", town="Stockholm"), told_country(post_code="50100")
    ('SE', 'FI')
    >>> told_country(post_code="123 45", town="Ort"), told_country(post_code="W1A 1AA")
    (None, None)
    """
    if found := country_of_id(vat):
        return found
    code = (post_code or "").strip().upper()
    if prefixed := _PREFIXED.match(code):
        return _of_letters(prefixed[1])
    if found := _COUNTRY_OF.get(fold(town or "").split(" ")[0]):
        return found
    return "FI" if not code or _FINNISH.fullmatch(code) else None


def country_of_id(text: str | None) -> str | None:
    """Return the country that the letters of a VAT number name, in the Union or beside it.

    >>> country_of_id("NO 974760673 MVA"), country_of_id("CHE-123.456.788"), country_of_id("EL1")
    ('NO', 'CH', 'GR')
    >>> country_of_id("HRB 12345"), country_of_id("SC123456"), country_of_id(None)
    (None, None, None)
    """
    found = _LETTERS_OF_ID.match((text or "").strip().upper())
    if found is None or found[1] not in _OUTSIDE | MEMBER_STATES:
        return None
    return _OF_VAT.get(found[1], found[1])


def has_foreign_form(post_code: str) -> bool:
    """Check if a post code is written as Finnish ones are not, or has letters in it."""
    return bool(_SPACED.fullmatch(post_code) or re.search(r"[^\W\d_]", post_code))


def _of_letters(letters: str) -> str | None:
    try:
        return _BEFORE_CODE.get(letters) or country_code(letters)
    except InvalidInput:
        return None
