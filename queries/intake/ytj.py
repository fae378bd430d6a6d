"""Companies of the YTJ open data, API v3 (PRH and the Tax Administration, CC BY 4.0).

Read from a file that someone saved, or from the service when a person asks for one company
(:mod:`queries.intake.ytj_service`). Elements that are not known here are left aside.
"""

from __future__ import annotations

import json
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
    """

    position: int
    business_id: str | None
    name: str | None
    address: CompanyAddress | None
    ended_on: date | None
    is_ceased: bool
    form_code: str | None


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
        listed = content.get("companies", [content] if "businessId" in content else None)
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
    forms = [form for form in _dicts(one.get("companyForms")) if not form.get("endDate")]
    return CompanyRecord(
        position,
        _line(number.get("value") if isinstance(number, dict) else number),
        _current_name(one.get("names")),
        _address(one.get("addresses")),
        ended_on,
        ended_on is not None or _is_struck_off(one),
        _line(forms[0].get("type")) if forms else None,
    )


def _is_struck_off(one: dict[str, Any]) -> bool:
    """``tradeRegisterStatus`` 4: ceased (PRH code list)."""
    return str(one.get("tradeRegisterStatus")) == "4"


def _current_name(names: Any) -> str | None:
    """The trade name without an end date; of several, the newest."""
    current = [
        name for name in _dicts(names)
        if str(name.get("type")) == _TRADE_NAME and not name.get("endDate")
        and _line(name.get("name"))
    ]  # fmt: skip
    # Version 1 is the newest, 2 the one before; where there is none the day of registration tells.
    current.sort(key=lambda name: (-_whole(name.get("version"), 1),
                                   str(name.get("registrationDate") or "")))  # fmt: skip
    return _line(current[-1]["name"]) if current else None


def _address(addresses: Any) -> CompanyAddress | None:
    """The postal address, else the street address; without an end date, the newest."""
    for kind in (_POSTAL_ADDRESS, _STREET_ADDRESS):
        found = [one for one in _dicts(addresses)
                 if str(one.get("type")) == kind and not one.get("endDate")]  # fmt: skip
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
    if box := _line(one.get("postOfficeBox")):
        return box if not box.isdigit() else f"PL {box}"
    if free := _line(one.get("freeAddressLine")):
        return free
    name, house = _line(one.get("street")), _line(one.get("buildingNumber"))
    if name is None:
        return None
    stair, flat = _line(one.get("entrance")), _line(one.get("apartmentNumber"))
    letter = _line(one.get("apartmentIdSuffix"))
    flat = f"{flat}{letter or ''}" if flat else None
    whole = " ".join(part for part in (name, house, stair, flat) if part)
    co = _line(one.get("co"))
    return f"c/o {co.removeprefix('c/o').strip()}, {whole}" if co else whole


def _town(one: dict[str, Any]) -> str | None:
    """The post office in Finnish, else Swedish, else English."""
    offices = {str(office.get("languageCode")): _line(office.get("city"))
               for office in _dicts(one.get("postOffices"))}  # fmt: skip
    named = (offices.get(code) for code in _LANGUAGES)
    found = next((name for name in named if name), None)
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
