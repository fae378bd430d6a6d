"""Merge of a file's details into a party: what it would add, and what differs.

What is empty is filled. A value that differs is listed, and taken only where the settings say so.
Every detail that is added or changed gets the file's provenance: its source and today.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from queries.intake.customers.details import Billing, Details, Place
from queries.intake.customers.matching import Known, KnownLine, KnownPlace
from queries.intake.plan import Difference, Step
from queries.store.search import sort_name
from queries.store.tables import BillingMethod, Language, PartyKind, PartyStatus, Purpose

#: Columns of a party that a file can fill or, if so chosen, replace.
_COLUMNS = (
    "customer_number",
    "business_id",
    "foreign_id",
    "given_name",
    "family_name",
    "name",
    "language",
    "status",
)


@dataclass(frozen=True)
class Provenance:
    """Source and day of the details."""

    source: str
    day: date

    def columns(self, purpose: str) -> tuple[tuple[str, Any], ...]:
        return (("purpose", purpose), ("source", self.source), ("sourced_on", self.day))


def new_party(
    details: Details, provenance: Provenance
) -> tuple[tuple[Step, ...], tuple[Difference, ...]]:
    """The steps that add a party with its details, the first one the party; and what they add."""
    ended_on = details.ended_on
    status = details.status or (PartyStatus.ENDED if ended_on else PartyStatus.ACTIVE)
    if status == PartyStatus.ENDED and ended_on is None:
        ended_on = provenance.day
    started_on = details.started_on or min(provenance.day, ended_on or provenance.day)
    main = details.place or details.delivery
    party = Step(
        "party",
        None,
        (
            ("kind", details.kind),
            ("name", details.name),
            ("given_name", details.given_name),
            ("family_name", details.family_name),
            ("sort_name", ordered_by(details)),
            ("customer_number", details.customer_number),
            ("business_id", details.business_id),
            ("foreign_id", details.foreign_id),
            ("language", details.language or Language.FI),
            ("status", status),
            ("town", main.town if main else None),
            ("is_customer", details.is_customer),
            ("is_partner", details.is_partner),
            ("is_contact", False),
            ("started_on", started_on),
            ("ended_on", ended_on),
            ("source", provenance.source),
            ("sourced_on", provenance.day),
        ),
    )
    known = Known(0, {"name": details.name, "language": details.language})
    work = _Completion(details, known, provenance, overwrite=False)
    shown = [
        Difference(field, None, str(value), taken=True)
        for field in ("kind", "customer_number", "business_id", "foreign_id", "language", "status")
        if (value := getattr(details, field)) is not None
    ]
    steps = (party, *work.contact_steps())
    return steps, (*shown, *work.differences)


def ordered_by(details: Details) -> str:
    """The key that lists order the party by: a person's family name first, where it is known."""
    if details.kind == PartyKind.PERSON and details.family_name:
        parts = (details.family_name, details.given_name)
        return sort_name(" ".join(part for part in parts if part))
    return sort_name(details.name or "")


def completion(
    details: Details, known: Known, provenance: Provenance, *, overwrite: bool
) -> tuple[tuple[Step, ...], tuple[Difference, ...]]:
    """The steps that complete a party of the register, and what differs from it."""
    work = _Completion(details, known, provenance, overwrite=overwrite)
    steps = (*work.party_steps(), *work.contact_steps())
    return steps, tuple(work.differences)


class _Completion:
    def __init__(
        self, details: Details, known: Known, provenance: Provenance, *, overwrite: bool
    ) -> None:
        self._details = details
        self._known = known
        self._provenance = provenance
        self._overwrite = overwrite
        self.differences: list[Difference] = []

    def party_steps(self) -> list[Step]:
        columns = self._known.columns
        values: dict[str, Any] = {}
        for column in _COLUMNS:
            given = self._given(column)
            if given is None or given == columns[column]:
                continue
            if self._takes(column, columns[column], str(given)):
                values[column] = given
        if self._details.kind != columns["kind"] and not self._details.kind_is_assumed:
            self.differences.append(
                Difference("kind", columns["kind"], self._details.kind, taken=False)
            )
        values |= self._days(values)
        for role in ("is_customer", "is_partner"):
            if getattr(self._details, role) and not columns[role]:
                values[role] = True
                self.differences.append(Difference(role, None, "", taken=True))
        if {"name", "given_name", "family_name"} & values.keys():
            values["sort_name"] = self._sort_name(values)
        if not values:
            return []
        return [Step("party", self._known.id, tuple(values.items()))]

    def _days(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the days of the relation that change with the status, or that the file states."""
        days = {}
        if "status" in values:
            days["ended_on"] = self._ended_on(values["status"])
        if (began := self._began(days.get("ended_on"))) is not None:
            days["started_on"] = began
        return days

    def _given(self, column: str) -> Any:
        """The file's value; a person's parts of the name say nothing of an organisation."""
        is_part = column in {"given_name", "family_name"}
        if is_part and self._known.columns["kind"] != PartyKind.PERSON:
            return None
        return getattr(self._details, column)

    def _ended_on(self, status: str) -> date | None:
        if status != PartyStatus.ENDED:
            return None
        return self._details.ended_on or self._provenance.day

    def _began(self, ended_on: date | None) -> date | None:
        """An earlier beginning than the register's: a relation began with its earliest record at
        the latest, so the earlier day is taken, whatever else is kept."""
        current: date = self._known.columns["started_on"]
        told = [day for day in (self._details.started_on, ended_on) if day is not None]
        if not told or min(told) >= current:
            return None
        given = min(told)
        self.differences.append(
            Difference("started_on", current.isoformat(), given.isoformat(), taken=True)
        )
        return given

    def _sort_name(self, values: dict[str, Any]) -> str:
        name, given, family = (
            values.get(column, self._known.columns[column])
            for column in ("name", "given_name", "family_name")
        )
        kind = self._known.columns["kind"]
        return ordered_by(Details(kind=kind, name=name, given_name=given, family_name=family))

    def contact_steps(self) -> list[Step]:
        details = self._details
        return [
            *self._place_steps(details.place, Purpose.CONTACT, "address"),
            *self._place_steps(details.delivery, Purpose.DELIVERY, "delivery_address"),
            *self._line_steps("email", "address", details.emails, self._known.emails),
            *self._line_steps("phone", "number", details.phones, self._known.phones),
            *self._billing_steps(),
            *self._note_steps(),
        ]

    def _place_steps(self, given: Place | None, purpose: str, field: str) -> Iterable[Step]:
        if given is None:
            return
        wanted_delivery = purpose == Purpose.DELIVERY
        ours = [
            one
            for one in self._known.places
            if (one.purpose == Purpose.DELIVERY) is wanted_delivery
        ]
        if any(_says_no_more(given, one.place) for one in ours):
            return
        if not ours:
            primary = not wanted_delivery and not any(one.is_primary for one in self._known.places)
            self.differences.append(Difference(field, None, given.shown(), taken=True))
            values = (
                ("street", given.street),
                ("post_code", given.post_code),
                ("town", given.town),
                ("country", given.country),
                ("is_primary", primary),
            )
            yield Step("address", None, (*values, *self._provenance.columns(purpose)))
            return
        first = ours[0]
        if _fills(given, first.place) or self._takes(field, first.place.shown(), given.shown()):
            if _fills(given, first.place):
                self.differences.append(
                    Difference(field, first.place.shown(), given.shown(), taken=True)
                )
            yield self._place_change(given, first)

    def _place_change(self, given: Place, current: KnownPlace) -> Step:
        values = (
            ("street", given.street),
            ("post_code", given.post_code or current.place.post_code),
            ("town", given.town or current.place.town),
            ("country", given.country),
        )
        return Step("address", current.id, (*values, *self._provenance.columns(current.purpose)))

    def _line_steps(
        self, table: str, column: str, given: tuple[str, ...], ours: list[KnownLine]
    ) -> Iterable[Step]:
        has = {line.value.casefold() for line in ours}
        wanted = {value.casefold() for value in given}
        missing = [value for value in given if value.casefold() not in has]
        provenance = self._provenance.columns(Purpose.CONTACT)
        if not ours:
            for position, value in enumerate(missing):
                self.differences.append(Difference(table, None, value, taken=True))
                line = ((column, value), ("is_primary", position == 0))
                yield Step(table, None, (*line, *provenance))
            return
        replaceable = [line for line in ours if line.value.casefold() not in wanted]
        for value in missing:
            current = replaceable.pop(0) if replaceable else None
            if self._takes(table, (current or ours[0]).value, value):
                if current is not None:
                    yield Step(table, current.id, ((column, value), *provenance))
                else:
                    yield Step(table, None, ((column, value), ("is_primary", False), *provenance))

    def _billing_steps(self) -> Iterable[Step]:
        given = self._details.billing.given()
        if not given:
            return
        provenance = self._provenance.columns(Purpose.BILLING)
        if not self._known.billing:
            for column, value in given.items():
                self.differences.append(Difference(_named(column), None, str(value), taken=True))
            values = {"method": _method(self._details.billing), **given}
            yield Step("billing_detail", None, (*values.items(), *provenance))
            return
        current = self._known.billing[0]
        changes = {
            column: value
            for column, value in given.items()
            if value != current[column] and self._takes(_named(column), current[column], str(value))
        }
        if changes:
            yield Step("billing_detail", current["id"], (*changes.items(), *provenance))

    def _note_steps(self) -> Iterable[Step]:
        note = self._details.note
        if note and note not in self._known.notes:
            self.differences.append(Difference("note", None, note, taken=True))
            yield Step("note", None, (("text", note), ("noted_on", self._provenance.day)))

    def _takes(self, field: str, current: Any, given: str) -> bool:
        """Record the difference; return whether the file's value is taken."""
        empty = current is None or current == ""
        taken = empty or self._overwrite
        shown = None if empty else str(current)
        self.differences.append(Difference(field, shown, given, taken=taken))
        return taken


def _says_no_more(given: Place, current: Place) -> bool:
    """Check if the register's address has everything that the file's has."""
    return (
        given.street in {"", current.street}
        and given.country == current.country
        and given.post_code in {None, current.post_code}
        and given.town in {None, current.town}
    )


def _fills(given: Place, current: Place) -> bool:
    """Check if the file's address is the register's with its empty parts filled."""
    return (
        given.street == current.street
        and given.country == current.country
        and (current.post_code is None or given.post_code in {None, current.post_code})
        and (current.town is None or given.town in {None, current.town})
    )


def _named(column: str) -> str:
    """The billing detail's e-mail is another than the party's own."""
    return "billing_email" if column == "email" else column


def _method(billing: Billing) -> str:
    if billing.e_invoice_address:
        return BillingMethod.E_INVOICE
    return BillingMethod.EMAIL if billing.email else BillingMethod.LETTER
