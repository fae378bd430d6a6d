"""Steps shared by every command: fetch, compare the version, check, change, audit.

A command's inputs are a frozen dataclass. Its fields are checked one by one through
:class:`Checks`, which gathers every refusal, so that a form can show all of them at once, each
beside its field.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import func, select

from queries.errors import InvalidInput, InvalidInputs, NotFound, Restricted, StaleRecord
from queries.rules.identifiers import find_personal_identity_codes
from queries.rules.typed_text import has_control
from queries.store.named_locks import NamedLock, take
from queries.store.sessions import UnitOfWork
from queries.store.tables import Base, ContactPerson, Party, Restriction
from queries.writes.removal_guard import (
    CONTENT,
    Owned,
    announce_removal,
    keep_overwritten,
    parties_of,
    unless_kept,
)

_T = TypeVar("_T")
_R = TypeVar("_R", bound=Base)

#: No day of the register lies outside these: what does is a slip of the keyboard.
FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2100, 12, 31)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A record as its user saw it, for commands that need nothing else: to remove it, for one."""

    id: int
    version: int


def fetch(
    uow: UnitOfWork,
    model: type[_R],
    key: object,
    *,
    version: int | None,
    inputs: Any,
    edits: bool = True,
) -> _R:
    """Return the record to change, locked, if it is still the one that the user saw.

    :param version: what the user saw; None only where nothing was shown beforehand.
    :param edits: False where nothing of the party's own is changed, as when a hold is placed.
    :raises NotFound: when it is gone.
    :raises Restricted: when processing of the data of its party is restricted.
    :raises StaleRecord: when someone changed it since; ``theirs`` has the inputs' fields as they
        are now.
    """
    shared = _share_restrictions(uow, model, key) if edits else ()
    record = uow.session.get(model, key, with_for_update=True, populate_existing=True)
    if record is None:
        raise NotFound(model.__tablename__, key)
    current: int | None = getattr(record, "version", None)
    if version is not None and current != version:
        raise StaleRecord(
            model.__tablename__,
            key,
            theirs={
                name: getattr(record, name)
                for name in wish_values(inputs)
                if hasattr(record, name) and name not in {"id", "version"}
            },
            version=current,
            changed_by=getattr(record, "changed_by", None),
            changed_at=getattr(record, "changed_at", None),
        )
    if edits and (parties := parties_of(record)):
        _share(uow, set(parties) - set(shared))
        _refuse_restricted(uow, parties)
    return record


def to_remove(
    uow: UnitOfWork, model: type[_R], key: object, *, version: int | None, inputs: Any
) -> _R:
    """The record that a person removes, locked, where nothing keeps it;
    see :func:`.preservation.unless_kept`.

    :raises NotFound, StaleRecord, Restricted:
    :raises RuleRefusal: ``removal_held``, ``removal_class_held``, ``removal_asked_about``.
    """
    announce_removal(uow.session)
    record = fetch(uow, model, key, version=version, inputs=inputs)
    unless_kept(uow.session, record)
    return record


def unless_restricted(uow: UnitOfWork, *party_ids: int) -> None:
    """Refuse where processing of a party's data is restricted (GDPR Art. 18).

    Every command that edits a party or what is its own comes here, through :func:`fetch` or by
    itself. Editors share the lock: they wait for a restriction and never for each other. What Art.
    18(2) allows does not come here: storing, what the person consents to, and claims (payments,
    credit notes, holds), nor the requests themselves.

    :raises Restricted:
    """
    if party_ids:
        _share(uow, set(party_ids))
        _refuse_restricted(uow, party_ids)


def _share_restrictions(uow: UnitOfWork, model: type[Base], key: object) -> tuple[int, ...]:
    """Lock the restrictions of whose record it is, as it is now, before the record is locked: who
    restricts does it in this order, and needs the party's row for the restriction's reference."""
    if uow.session.get_bind().dialect.name != "postgresql":
        return ()
    parties: tuple[int, ...] = ()
    if model is Party and isinstance(key, int):
        parties = (key,)
    elif issubclass(model, Owned | ContactPerson):
        named = (
            (model.organisation_id, model.person_id)
            if issubclass(model, ContactPerson)
            else (model.party_id,)
        )
        found = uow.session.execute(select(*named).where(model.id == key)).first()
        parties = () if found is None else tuple(found)
    _share(uow, set(parties))
    return parties


def _share(uow: UnitOfWork, party_ids: set[int]) -> None:
    for party_id in sorted(party_ids):
        take(uow.session, NamedLock.RESTRICTION, party_id, shared=True)


def _refuse_restricted(uow: UnitOfWork, party_ids: tuple[int, ...]) -> None:
    since = uow.session.scalar(
        select(func.min(Restriction.since)).where(
            Restriction.party_id.in_(party_ids), Restriction.lifted_on.is_(None)
        )
    )
    if since is not None:
        raise Restricted(since)


def restrict_alone(uow: UnitOfWork, party_id: int) -> None:
    """Wait until nobody edits the party, and let nobody begin, until the transaction ends.

    Called before any record is locked, so that no two wait for each other.
    """
    take(uow.session, NamedLock.RESTRICTION, party_id)


def wish_values(inputs: Any) -> dict[str, Any]:
    """Return the fields of a command's inputs by name, without descending into them."""
    return {name: getattr(inputs, name) for name in inputs.__dataclass_fields__}


def change(uow: UnitOfWork, record: Base, values: Mapping[str, Any]) -> list[str]:
    """Set what differs; return the names of the columns that changed.

    What a hold or an open request keeps is not lost: :func:`.preservation.keep_overwritten`.

    :raises RuleRefusal: ``correction_held``.
    """
    changed = [name for name, value in values.items() if getattr(record, name) != value]
    content = CONTENT.get(record.__tablename__, frozenset())
    old = {name: getattr(record, name) for name in changed if name in content}
    if lost := {name: value for name, value in old.items() if value not in {None, ""}}:
        keep_overwritten(uow, record, lost, values)
    for name in changed:
        setattr(record, name, values[name])
    if changed:
        stamp(uow, record)
    return changed


def save(
    uow: UnitOfWork,
    model: type[_R],
    known: _R | None,
    values: Mapping[str, Any],
    actions: tuple[str, str],
    *,
    party_id: int | None = None,
    given: Mapping[str, Any] | None = None,
) -> Any:
    """Add a record or correct the known one, and audit what changed; returns the record.

    :param actions: what the audit line calls an addition, and a correction.
    :param given: columns of a new record that no correction changes: its party, its writer.
    :raises RuleRefusal: ``correction_held``.
    """
    record: Any = known
    if known is None:
        record, changed = model(**(given or {}), **values), list(values)
        stamp(uow, record)
        uow.session.add(record)
    else:
        changed = change(uow, known, values)
    if changed:
        uow.session.flush()
        action = actions[0] if known is None else actions[1]
        uow.audit(action, model.__tablename__, record.id, party_id=party_id, columns=changed)
    return record


def remove(uow: UnitOfWork, record: Any, action: str, *, party_id: int | None = None) -> None:
    """Remove a record and audit it; the command has asked whether it may go."""
    key = record.id
    uow.session.delete(record)
    uow.session.flush()
    uow.audit(action, record.__tablename__, key, party_id=party_id)


def stamp(uow: UnitOfWork, record: Any) -> None:
    """Write who changed the record and when."""
    record.changed_at = uow.now
    record.changed_by = uow.actor.username


class Checks:
    """A check of a command's inputs, field by field; it gathers what is wrong.

    :param accept_suspect: the person has confirmed that what looks like a personal identity code
        with a wrong check character is something else.
    """

    def __init__(self, inputs: Any, *, accept_suspect: bool = False) -> None:
        self._wish = inputs
        self._accept_suspect = accept_suspect or getattr(inputs, "accept_suspect", False)
        self._errors: list[InvalidInput] = []

    def refuse(self, field: str, code: str, **facts: Any) -> None:
        self._errors.append(InvalidInput(field, code, **facts))

    def done(self) -> None:
        """:raises InvalidInputs: when any field was refused."""
        if self._errors:
            raise InvalidInputs(self._errors)

    def text(self, field: str, *, longest: int, required: bool = False) -> str | None:
        """One line of text: trimmed, composed (NFC), without control characters."""
        return self._text(field, longest=longest, required=required, lines=False)

    def lines(self, field: str, *, longest: int = 10_000, required: bool = False) -> str | None:
        """Several lines of text."""
        return self._text(field, longest=longest, required=required, lines=True)

    def by(self, rule: Callable[[str], _T], field: str, *, required: bool = False) -> _T | None:
        """The field's value as a rule of ``queries.rules`` normalises it."""
        text = self._text(field, longest=1_000, required=required, lines=False)
        if text is None:
            return None
        try:
            return rule(text)
        except InvalidInput as error:
            facts = {name: fact for name, fact in error.facts.items() if name != "field"}
            self.refuse(field, f"{error.field}.{error.code}", **facts)
            return None

    def one_of(self, field: str, values: Any) -> str:
        """A code of the given enumeration."""
        value = getattr(self._wish, field)
        if value not in list(values):
            self.refuse(field, "choice")
        return str(value)

    def day(self, field: str, *, required: bool = True, latest: date | None = None) -> date | None:
        """A day; ``latest`` is mostly today, for what has already happened."""
        value: date | None = getattr(self._wish, field)
        if value is None:
            if required:
                self.refuse(field, "required")
        elif not FIRST_DAY <= value <= LAST_DAY:
            self.refuse(field, "day_out_of_range")
        elif latest is not None and value > latest:
            self.refuse(field, "day_in_future", latest=latest)
        return value

    def whole(self, field: str, *, least: int, most: int) -> int:
        """A whole number within bounds."""
        value = getattr(self._wish, field)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.refuse(field, "number_out_of_range", least=least, most=most)
            return least
        return value

    def _text(self, field: str, *, longest: int, required: bool, lines: bool) -> str | None:
        raw = getattr(self._wish, field)
        if raw is None or not (text := unicodedata.normalize("NFC", str(raw)).strip()):
            if required:
                self.refuse(field, "required")
            return None
        if len(text) > longest:
            self.refuse(field, "too_long", longest=longest, length=len(text))
            return None
        if has_control(text, lines=lines):
            self.refuse(field, "control_character")
            return None
        return text if self._free_of_identity_codes(field, text) else None

    def _free_of_identity_codes(self, field: str, text: str) -> bool:
        certainties = {finding.certainty for finding in find_personal_identity_codes(text)}
        if "valid" in certainties:
            self.refuse(field, "personal_identity_code")
        elif "suspect" in certainties and not self._accept_suspect:
            self.refuse(field, "suspect_identity_code")
        else:
            return True
        return False
