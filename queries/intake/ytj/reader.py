"""Companies of the YTJ open data, API v3 and v1 (PRH and the Tax Administration, CC BY 4.0).

Read from a file that someone saved, or from the service when a person asks for one company
(:mod:`queries.intake.ytj.service`). Elements that are not known here are left aside.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from queries.errors import UnreadableFile

MOST_COMPANIES = 5_000

#: Types of names and addresses, and codes of languages, as the service documents them.
_TRADE_NAME = "1"
_STREET_ADDRESS = "1"
_POSTAL_ADDRESS = "2"
_LANGUAGES = ("1", "2", "3")
_TRADE_REGISTER = "1"
_CARE_OF = re.compile(r"^c/o[\s:]*", re.IGNORECASE)
#: How an entry says, in the three languages, that a company is no more in the trade register.
_CEASED = frozenset(
    {
        "ceased",
        "lakannut",
        "lopetettu",
        "upphört",
        "upphörd",
        "struck off",
        "poistettu",
        "avförd",
        "purettu",
        "upplöst",
        "dissolved",
    }
)


@dataclass(frozen=True)
class CompanyAddress:
    street: str
    post_code: str | None
    town: str | None
    country: str


@dataclass(frozen=True)
class CompanyRecord:
    """One company, as the service gave it.

    :param business_id: as given; it is checked when the plan is made.
    :param name: the current trade name, None where there is none.
    :param ended_on: the day on which the business ID ceased.
    :param has_no_name: no name is in force; ``name`` is the last one that was.
    :param situations: codes of what is going on (``KONK`` bankruptcy, ``SELTILA`` liquidation,
        ``SANE`` restructuring) and since when.
    """

    position: int
    business_id: str | None
    name: str | None
    address: CompanyAddress | None
    ended_on: date | None
    is_ceased: bool
    form_code: str | None
    has_no_name: bool = False
    situations: tuple[tuple[str, date | None], ...] = ()


def read_ytj(raw: bytes) -> tuple[CompanyRecord, ...]:
    """The companies of a saved response.

    :raises UnreadableFile: ``wrong_encoding``, ``json_damaged`` (line), ``json_too_deep``,
        ``json_not_ytj``, ``no_rows``, ``too_many_rows``.
    """
    try:
        content = json.loads(raw.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise UnreadableFile("json_damaged", line=error.lineno) from None
    except UnicodeDecodeError:
        raise UnreadableFile("wrong_encoding", encoding="utf-8") from None
    except (ValueError, RecursionError):  # a number of thousands of digits, or brackets in brackets
        raise UnreadableFile("json_too_deep") from None
    return companies_of(content)


def companies_of(content: Any) -> tuple[CompanyRecord, ...]:
    """The companies of a response, or the one company that ``content`` is.

    :raises UnreadableFile: as :func:`read_ytj`.
    """
    listed = content
    if isinstance(content, dict):
        alone = [content] if "businessId" in content else None
        listed = content.get("companies", content.get("results", alone))
    if not isinstance(listed, list) or not all(
        isinstance(one, dict) and isinstance(one.get("businessId"), dict | str) for one in listed
    ):
        raise UnreadableFile("json_not_ytj")
    if not listed:
        raise UnreadableFile("no_rows")
    if len(listed) > MOST_COMPANIES:
        raise UnreadableFile("too_many_rows", line=MOST_COMPANIES, most=MOST_COMPANIES)
    return tuple(_company(one, position) for position, one in enumerate(listed, start=1))


def _company(one: dict[str, Any], position: int) -> CompanyRecord:
    number = one["businessId"]
    ended_on = _day(one.get("endDate"))
    current, last = _names(one.get("names"))
    forms = [form for form in _dicts(one.get("companyForms")) if not form.get("endDate")]
    return CompanyRecord(
        position,
        _line(number.get("value") if isinstance(number, dict) else number),
        current or last,
        _address(one.get("addresses")),
        ended_on,
        ended_on is not None or _is_struck_off(one),
        _line(forms[0].get("type")) if forms else _line(one.get("companyForm")),
        current is None,
        _situations(one),
    )


def _is_struck_off(one: dict[str, Any]) -> bool:
    """``tradeRegisterStatus`` 4, ceased (PRH code list), or an entry in force that says so."""
    return str(one.get("tradeRegisterStatus")) == "4" or any(
        (_line(said.get("description")) or "").casefold() in _CEASED
        for entry in _dicts(one.get("registeredEntries"))
        if str(entry.get("register")) == _TRADE_REGISTER and not entry.get("endDate")
        for said in (entry, *_dicts(entry.get("descriptions")))
    )


def _situations(one: dict[str, Any]) -> tuple[tuple[str, date | None], ...]:
    """Return the situations that have not ended; v1 calls them ``liquidations``."""
    listed = [*_dicts(one.get("companySituations")), *_dicts(one.get("liquidations"))]
    return tuple(
        ((_line(item.get("type")) or "?").upper()[:40], _day(item.get("registrationDate")))
        for item in listed
        if not item.get("endDate")
    )


def _names(names: Any) -> tuple[str | None, str | None]:
    """The trade name in force, of several the newest; and the one that ended last."""
    trade = [name for name in _dicts(names) if _is_trade_name(name) and _line(name.get("name"))]
    current = [name for name in trade if not name.get("endDate")]
    # Version 1 is the newest, 2 the one before; without one the day of registration decides.
    current.sort(
        key=lambda name: (-_whole(name.get("version"), 1), str(name.get("registrationDate") or ""))
    )
    ended = sorted(trade, key=lambda name: str(name.get("endDate") or ""))
    return (
        _line(current[-1]["name"]) if current else None,
        _line(ended[-1]["name"]) if ended else None,
    )


def _is_trade_name(name: dict[str, Any]) -> bool:
    """Return whether a name is a trade name, by ``type``; v1 has none, and gives the trade name
    the order 0."""
    if "type" in name:
        return str(name["type"]) == _TRADE_NAME
    return _whole(name.get("order"), 0) == 0


def _address(addresses: Any) -> CompanyAddress | None:
    """The postal address, else the street address; without an end date, the newest."""
    for kind in (_POSTAL_ADDRESS, _STREET_ADDRESS):
        found = [
            one
            for one in _dicts(addresses)
            if str(one.get("type")) == kind and not one.get("endDate")
        ]
        found.sort(key=lambda one: str(one.get("registrationDate") or ""))
        for one in reversed(found):
            if (made := _made(one)) is not None:
                return made
    return None


def _made(one: dict[str, Any]) -> CompanyAddress | None:
    street = _street(one)
    if street is None:
        return None
    country = _line(one.get("country")) or "FI"
    return CompanyAddress(street, _line(one.get("postCode")), _town(one), country)


def _street(one: dict[str, Any]) -> str | None:
    """The line above the post code: c/o whom, and the box, the free line or the street."""
    co = _line(one.get("co")) or _line(one.get("careOf"))
    if co:
        co = f"c/o {_CARE_OF.sub('', co)}"
    box = _line(one.get("postOfficeBox"))
    if box and box.isdigit():
        box = f"PL {box}"
    main = box or _line(one.get("freeAddressLine")) or _house(one)
    return ", ".join(part for part in (co, main) if part) or None


def _house(one: dict[str, Any]) -> str | None:
    name, house = _line(one.get("street")), _line(one.get("buildingNumber"))
    if name is None:
        return None
    stair, flat = _line(one.get("entrance")), _line(one.get("apartmentNumber"))
    letter = _line(one.get("apartmentIdSuffix"))
    flat = f"{flat}{letter or ''}" if flat else None
    return " ".join(part for part in (name, house, stair, flat) if part)


def _town(one: dict[str, Any]) -> str | None:
    """The post office in Finnish, else Swedish, else English."""
    offices = {
        str(office.get("languageCode")): _line(office.get("city"))
        for office in _dicts(one.get("postOffices"))
    }
    named = (offices.get(code) for code in _LANGUAGES)
    found = next((name for name in named if name), None) or _line(one.get("city"))
    # The service writes them in capitals.
    return found.title() if found and found.isupper() else found


def _dicts(value: Any) -> Iterable[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _line(value: Any) -> str | None:
    """One line of text, None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _whole(value: Any, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None
