"""Commands on what the notice says of the controller: who it is, its safeguards, its own words."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any

from queries.errors import StaleRecord
from queries.reads.notice.controller import CONTROLLER, OWN_BUSINESS_ID, REQUIRED, Controller
from queries.reads.notice.post_codes import places_of
from queries.reads.notice.settings import SAFEGUARDS, WORDS
from queries.rules import identifiers
from queries.rules.notice import LANGUAGES, TOPICS, Safeguard
from queries.rules.roles import Permission
from queries.store.search import fold
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import Setting
from queries.writes.commands import Checks, wish_values

LONGEST = 200
LONGEST_WORDS = 2_000

_CHECKED = {
    "email": identifiers.email,
    "contact_email": identifiers.email,
    "officer_email": identifiers.email,
    "requests_email": identifiers.email,
    "business_id": identifiers.business_id,
    "post_code": identifiers.post_code,
    "requests_post_code": identifiers.post_code,
    "notice_address": identifiers.web_address,
}
#: Fields that are given together or not at all.
_TOGETHER = (("requests_street", "requests_post_code", "requests_town"),)


@dataclass(frozen=True, kw_only=True)
class SetController(Controller):
    """The controller as it should be.

    Telephone numbers stay as they are typed: the notice shows them so.

    :param version: what was seen; None where it was never set.
    """

    version: int | None = None
    accept_suspect: bool = False


@needs(Permission.EDIT_SETTINGS)
def set_controller(uow: UnitOfWork, inputs: SetController) -> int:
    """Set who the controller is; every paper made from now on says so.

    :raises InvalidInputs: also ``post_code_elsewhere`` where the post code is another town's by
        Posti's file, ``two_post_codes`` where one address has two, and ``required`` for the rest
        of an address or of a person that was begun.
    :raises StaleRecord:
    """
    checks = Checks(inputs)
    values: dict[str, str] = {}
    for field in fields(Controller):
        values[field.name] = _checked(checks, field.name) or ""
    for group in _TOGETHER:
        if any(values[name] for name in group):
            _require(checks, inputs, group)
    if values["officer_name"] and not (values["officer_email"] or values["officer_phone"]):
        checks.refuse("officer_email", "required")
    if (values["officer_email"] or values["officer_phone"]) and not values["officer_name"]:
        checks.refuse("officer_name", "required")
    _check_towns(uow, checks, values)
    checks.done()
    _keep(uow, CONTROLLER, values, inputs)
    uow.audit("set_controller", "setting", None, columns=(CONTROLLER,))
    return 0


@dataclass(frozen=True, kw_only=True)
class SetBusinessId:
    """The company's business ID, before the rest of the controller is set.

    :param version: what was seen; None where it was never set.
    """

    business_id: str
    version: int | None = None
    accept_suspect: bool = False


@needs(Permission.EDIT_SETTINGS)
def set_business_id(uow: UnitOfWork, inputs: SetBusinessId) -> int:
    """Set the company's business ID: imported invoices are compared with it.

    :raises InvalidInputs: as :func:`queries.rules.identifiers.business_id` says.
    :raises StaleRecord:
    """
    checks = Checks(inputs)
    number = checks.by(identifiers.business_id, "business_id", required=True)
    checks.done()
    _keep(uow, OWN_BUSINESS_ID, number, inputs)
    uow.audit("set_controller", "setting", None, columns=(OWN_BUSINESS_ID,))
    return 0


@dataclass(frozen=True, kw_only=True)
class SetSafeguards:
    """The safeguards that the company applies; see :class:`.Safeguard`.

    :param version: what was seen; None where it was never set.
    """

    version: int | None = None
    encrypted_connection: bool = False
    encrypted_disk: bool = False
    backups: bool = False
    updates: bool = False
    within_eu: bool = False
    confidentiality: bool = False
    training: bool = False


@needs(Permission.EDIT_SETTINGS)
def set_safeguards(uow: UnitOfWork, inputs: SetSafeguards) -> int:
    """Set which safeguards the notice may promise.

    :raises StaleRecord:
    """
    kept = {code: bool(getattr(inputs, code)) for code in Safeguard}
    _keep(uow, SAFEGUARDS, kept, inputs)
    uow.audit("set_safeguards", "setting", None, columns=(SAFEGUARDS,))
    return 0


@dataclass(frozen=True, kw_only=True)
class SetWords:
    """The notice's text on a topic in the company's own words, in every language or in none.

    :param topic: one of :data:`queries.rules.notice.TOPICS`.
    :param version: what was seen; None where the program's words were in use.
    """

    topic: str
    version: int | None = None
    fi: str = ""
    sv: str = ""
    en: str = ""
    accept_suspect: bool = False


@needs(Permission.EDIT_SETTINGS)
def set_words(uow: UnitOfWork, inputs: SetWords) -> int:
    """Set the company's own words on a topic; without any, use the program's again.

    :raises InvalidInputs: ``all_languages`` for a language that was left out, ``choice`` for an
        unknown topic.
    :raises StaleRecord:
    """
    checks = Checks(inputs)
    checks.one_of("topic", TOPICS)
    words = {
        name: " ".join((checks.lines(name, longest=LONGEST_WORDS) or "").split())
        for name in LANGUAGES
    }
    for name, text in words.items():
        if not text and not getattr(inputs, name).strip() and any(words.values()):
            checks.refuse(name, "all_languages")
    checks.done()
    setting = f"{WORDS}{inputs.topic}"
    _keep(uow, setting, words if any(words.values()) else None, inputs)
    uow.audit("set_notice_words", "setting", None, columns=(setting,))
    return 0


def _checked(checks: Checks, name: str) -> str | None:
    required = name in REQUIRED
    if name in _CHECKED:
        return checks.by(_CHECKED[name], name, required=required)
    text = checks.text(name, longest=LONGEST, required=required)
    return None if text is None else " ".join(text.split())


def _require(checks: Checks, inputs: SetController, names: tuple[str, ...]) -> None:
    for name in names:
        if not str(getattr(inputs, name)).strip():
            checks.refuse(name, "required")


def _check_towns(uow: UnitOfWork, checks: Checks, values: dict[str, str]) -> None:
    """A post code of another town is a slip, and so are two of the same address; one that Posti's
    file does not have is not judged."""
    pairs = [
        (f"{start}post_code", values[f"{start}post_code"], values[f"{start}town"])
        for start in ("", "requests_")
    ]
    places = places_of(uow.session, [code for _name, code, _town in pairs if code])
    right = True
    for name, code, town in pairs:
        place = places.get(code)
        if place is not None and town and not place.has(town):
            right = False
            checks.refuse(
                name, "post_code_elsewhere", post_code=code, town=place.town_fi.capitalize()
            )
    (_name, code, town), (name, other, its_town) = pairs
    same = fold(values["street"]) == fold(values["requests_street"]) and fold(town) == fold(
        its_town
    )
    if right and same and code and other and code != other:
        checks.refuse(name, "two_post_codes", post_code=code)


def _keep(uow: UnitOfWork, name: str, value: Any, inputs: Any) -> None:
    """Keep a setting, or none where the value is none, if it is the one that the user saw."""
    setting = uow.session.get(Setting, name, with_for_update=True, populate_existing=True)
    if (None if setting is None else setting.version) != inputs.version:
        raise _stale(name, setting, inputs)
    if value is None:
        if setting is not None:
            uow.session.delete(setting)
        return
    if setting is None:
        setting = Setting(name=name)
        uow.session.add(setting)
    setting.value = json.dumps(value, sort_keys=True, ensure_ascii=False)
    setting.changed_at = uow.now
    setting.changed_by = uow.actor.username


def _stale(name: str, setting: Setting | None, inputs: Any) -> StaleRecord:
    own = [field for field in wish_values(inputs) if field not in {"version", "topic"}]
    if setting is None:
        return StaleRecord("setting", name, theirs=dict.fromkeys(own, ""), version=None)
    stands = json.loads(setting.value)
    return StaleRecord(
        "setting",
        name,
        theirs={field: stands.get(field, "") for field in own if field in stands},
        version=setting.version,
        changed_by=setting.changed_by,
        changed_at=setting.changed_at,
    )
