"""Words that other systems write in a cell: yes and no, languages, countries, kinds, days.

In Finnish, Swedish, English and, for countries, German. What is not among them is refused with
:class:`queries.errors.InvalidInput`, never guessed.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from babel import Locale

from queries.errors import InvalidInput
from queries.rules import identifiers
from queries.rules.countries import country_code
from queries.store.tables import PartyKind, PartyStatus

_YES = frozenset(["1", "x", "k", "kyllä", "on", "tosi", "true", "yes", "y", "ja", "j", "sant"])
_NO = frozenset(["0", "e", "ei", "epätosi", "false", "no", "n", "nej", "nein", "falskt"])
_KINDS = {
    PartyKind.PERSON: "henkilö yksityishenkilö yksityinen yksityisasiakas henkilöasiakas kuluttaja"
    " kuluttaja-asiakas h person private consumer individual privat privatperson privatkund"
    " konsument b2c",
    PartyKind.ORGANISATION: "organisaatio yritys yritysasiakas yhteisö y o organisation"
    " organization company business corporate företag företagskund organisation b2b firma",
}
_STATUSES = {
    PartyStatus.ACTIVE: "voimassa aktiivinen active aktiv gällande",
    PartyStatus.ENDED: "päättynyt passiivinen ended inactive passive avslutad inaktiv passiv",
    PartyStatus.LEAD: "mahdollinen asiakas|liidi|prospekti|lead|prospect|möjlig kund",
}
_LANGUAGES = {
    "fi": "fi fin suomi suomea finnish finska finnisch",
    "sv": "sv swe ruotsi ruotsia swedish svenska schwedisch se",
    "en": "en eng englanti englantia english engelska englisch gb",
}
_ROLES = {
    "customer": "asiakas customer kund",
    "partner": "yhteistyökumppani kumppani partner samarbetspartner toimittaja supplier leverantör",
}
_DAY = re.compile(
    r"(\d{1,2})[./]\s?(\d{1,2})[./]\s?(\d{4})|(\d{4})[-/](\d{1,2})[-/](\d{1,2})|(\d{4})(\d{2})(\d{2})"
)
#: The time of day after a day, as databases and spreadsheets write it.
_TIME = re.compile(
    r"[ T](?:(?:klo|kl\.?|at)\s+)?\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?"
    r"\s*(?:[AP]\.?M\.?)?\s*(?:Z|UTC|[+-]\d{2}(?::?\d{2})?)?$",
    re.IGNORECASE,
)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_MONTHS = 12
#: Numbers that spreadsheets keep for days: from 1954 to 2064.
_SERIAL = re.compile(r"[2-6]\d{4}(?:[.,]\d+)?")
_LONGEST_GIVEN = 30
_DAYS_NET = re.compile(
    r"(?:netto\s*)?(\d{1,3})\s*(?:pv|päivää|päivä|päiv|days?|dagar|dag|d|tage)?\.?\s*(?:netto|net)?",
    re.IGNORECASE,
)
_MOST_PAYMENT_DAYS = 180


def yes_or_no(text: str) -> bool:
    """
    >>> yes_or_no("Kyllä"), yes_or_no("0"), yes_or_no("Nein")
    (True, False, False)
    """
    word = text.strip().casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise InvalidInput("yes_or_no", "choice")


def kind(text: str) -> str:
    """
    >>> kind("Yritys"), kind("privatkund")
    ('organisation', 'person')
    """
    return _word_of(text, _KINDS, "kind")


def status(text: str) -> str:
    """
    >>> status("Päättynyt"), status("lead")
    ('ended', 'lead')
    """
    return _word_of(text, _STATUSES, "status")


def roles(text: str) -> frozenset[str]:
    """
    >>> sorted(roles("Asiakas, yhteistyökumppani"))
    ['customer', 'partner']
    """
    words = [word for word in re.split(r"[,;/+]", text) if word.strip()]
    return frozenset(_word_of(word, _ROLES, "role") for word in words)


def language(text: str) -> str | None:
    """The register's language that a word means; None for another language.

    >>> language("Suomi"), language("SWE"), language("de")
    ('fi', 'sv', None)
    """
    word = text.strip().casefold()
    for separator in "-_":
        word = word.partition(separator)[0]
    return next((code for code, words in _LANGUAGES.items() if word in words.split()), None)


def country(text: str) -> str:
    """The ISO 3166-1 code of a country's code or name.

    >>> country("fi"), country("Suomi"), country("Tyskland"), country("Deutschland")
    ('FI', 'FI', 'DE', 'DE')
    """
    word = text.strip()
    named = _countries().get(word.casefold())
    return named or country_code(word)


@cache
def _countries() -> dict[str, str]:
    names: dict[str, str] = {"fin": "FI", "swe": "SE", "est": "EE", "nor": "NO", "deu": "DE"}
    for locale in ("de", "en", "sv", "fi"):
        for code, name in Locale(locale).territories.items():
            if len(code) == 2 and code.isalpha():  # noqa: PLR2004 - alpha-2
                names[name.casefold()] = code
    return names


def day(text: str) -> date:
    """Return the day that a cell means, in any of the usual forms.

    >>> day("5.3.2026"), day("2026-03-05"), day("20260305")
    (datetime.date(2026, 3, 5), datetime.date(2026, 3, 5), datetime.date(2026, 3, 5))
    >>> day("2026-03-05 00:00:00"), day("3/25/2026"), day("25/3/2026")
    (datetime.date(2026, 3, 5), datetime.date(2026, 3, 25), datetime.date(2026, 3, 25))

    With slashes the order of day and month is the country's: 3/5/2026 is not guessed.

    :raises InvalidInput: ``day_form``, ``day_serial`` for a spreadsheet's number of a day,
        ``day_missing`` for a day that the calendar has not, and ``day_order`` where day and month
        are ambiguous (given).
    """
    given = _TIME.sub("", text.strip())
    shown = given[:_LONGEST_GIVEN]
    if (slashed := _SLASHED.fullmatch(given)) is not None:
        given = _ordered(*slashed.groups())
    found = _DAY.fullmatch(given)
    if found is None:
        code = "day_serial" if _SERIAL.fullmatch(given) else "day_form"
        raise InvalidInput("day", code, given=shown)
    d, m, y, iso_y, iso_m, iso_d, plain_y, plain_m, plain_d = found.groups()
    try:
        return date(
            int(y or iso_y or plain_y), int(m or iso_m or plain_m), int(d or iso_d or plain_d)
        )
    except ValueError:
        raise InvalidInput("day", "day_missing", given=shown) from None


def _ordered(first: str, second: str, year: str) -> str:
    """A day with slashes, as ``d.m.yyyy``."""
    if first != second and int(first) <= _MONTHS and int(second) <= _MONTHS:
        raise InvalidInput("day", "day_order", given=f"{first}/{second}/{year}")
    day, month = (second, first) if int(second) > _MONTHS else (first, second)
    return f"{day}.{month}.{year}"


def payment_days(text: str) -> int:
    """Days net.

    >>> payment_days("14"), payment_days("14 pv netto"), payment_days("30 days net")
    (14, 14, 30)
    """
    found = _DAYS_NET.fullmatch(text.strip())
    if found is None or int(found[1]) > _MOST_PAYMENT_DAYS:
        raise InvalidInput("payment_days", "form")
    return int(found[1])


def emails(text: str) -> tuple[str, ...]:
    """The addresses of a cell, which may hold several.

    >>> emails("a@yritys.example; b@yritys.example")
    ('a@yritys.example', 'b@yritys.example')
    """
    parts = [part for part in re.split(r"[;,|\n]|:::|\s/\s", text) if part.strip()]
    return tuple(dict.fromkeys(identifiers.email(part) for part in parts or [text]))


def _word_of(
    text: str, words: dict[PartyKind, str] | dict[PartyStatus, str] | dict[str, str], field: str
) -> str:
    wanted = text.strip().casefold()
    for code, listed in words.items():
        if wanted in (listed.split("|") if "|" in listed else listed.split()):
            return str(code)
    raise InvalidInput(field, "choice")
