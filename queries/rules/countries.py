"""Countries by their ISO 3166-1 alpha-2 code, and those of the European Economic Area."""

from __future__ import annotations

from functools import cache

from babel import Locale

from queries.errors import InvalidInput

#: Countries with the post codes and business IDs of Finland: Åland has a code of its own in the
#: standard, and is of Finland.
FINLAND = frozenset({"FI", "AX"})

#: The EU's members and Iceland, Liechtenstein and Norway (EEA Agreement): a transfer to any other
#: country needs a basis of GDPR Chapter V. With the parts of members that have codes of their own:
#: Åland, the Canary Islands, Ceuta and Melilla, and the outermost regions of France (TFEU Art. 349,
#: 355(1) and (4)); not those that are outside the Union (Art. 355(2)), nor Svalbard.
EEA = frozenset(
    {
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IS",
        "IT",
        "LI",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
        "AX",
        "EA",
        "GF",
        "GP",
        "IC",
        "MF",
        "MQ",
        "RE",
        "YT",
    }
)


def country_code(text: str) -> str:
    """The normalised country code.

    :raises InvalidInput: ``country.form`` when it is not an assigned code.

    >>> country_code(" fi ")
    'FI'
    """
    code = text.strip().upper()
    if code not in _assigned():
        raise InvalidInput("country", "form")
    return code


@cache
def _assigned() -> frozenset[str]:
    groups = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"}  # not countries, though in the list
    names = [str(code) for code in Locale("en").territories]
    return frozenset(code for code in names if len(code) == 2 and code.isalpha()) - groups  # noqa: PLR2004 - alpha-2
