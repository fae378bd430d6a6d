"""The record of processing activities (seloste käsittelytoimista), GDPR Art. 30(1)(a)-(g).

One activity for each purpose, from the same facts and the same map as the notice; the company's own
people, whom the notice to customers leaves out, are here too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from queries.documents.notice.draft import (
    country_name,
    draw_notice,
    recipient_kind,
    retention_text,
    transfer_basis,
)
from queries.documents.notice.map_statements import bases, categories, purposes, retention_classes
from queries.documents.words import branch, phrase
from queries.reads.notice.notice import NoticeFacts
from queries.reads.paper.rooms import RoomRow
from queries.reads.recipients import RecipientRow
from queries.rules.personal_data_types import ProcessingPurpose
from queries.rules.recipients import RecipientKind
from queries.wording.formats import day

#: For which purposes a recipient of a kind gets data; one of any other kind may for each.
SERVES = {
    RecipientKind.ACCOUNTANT: {ProcessingPurpose.BILLING},
    RecipientKind.TAX_SYSTEM: {ProcessingPurpose.BILLING},
    RecipientKind.WORK_TRACKING: {ProcessingPurpose.SERVICE},
    RecipientKind.E_INVOICE_OPERATOR: {ProcessingPurpose.BILLING},
    RecipientKind.BANK: {ProcessingPurpose.BILLING},
    RecipientKind.MAILING_TOOL: {ProcessingPurpose.MARKETING},
    RecipientKind.POSTAL_SERVICE: {ProcessingPurpose.CUSTOMER_RELATION, ProcessingPurpose.BILLING},
    RecipientKind.AUTHORITY: {ProcessingPurpose.LEGAL_DUTY, ProcessingPurpose.BILLING},
    RecipientKind.COLLECTION: {ProcessingPurpose.BILLING},
    RecipientKind.SUBCONTRACTOR: {ProcessingPurpose.SERVICE},
}

#: Facts on each activity, in the order of the columns.
PARTS = ("purpose", "basis", "subjects", "data", "recipients", "transfers", "kept", "security")
#: Facts on each recipient.
RECIPIENT_PARTS = (
    "name",
    "kind",
    "role",
    "what",
    "purpose",
    "country",
    "transfer_basis",
    "agreement",
    "agreed_on",
    "ends_on",
)


@dataclass(frozen=True)
class Activity:
    """A processing activity; every part of :data:`PARTS` with its texts, none of them empty."""

    purpose: ProcessingPurpose
    title: str
    parts: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class ProcessingRecord:
    """The whole record in one language.

    :param controller: labels and values of who answers (Art. 30(1)(a)).
    :param recipients: a row for each recipient, by :data:`RECIPIENT_PARTS`.
    """

    language: str
    made_on: date
    house: str
    controller: tuple[tuple[str, str], ...]
    activities: tuple[Activity, ...]
    recipients: tuple[tuple[str, ...], ...]

    def say(self, key: str) -> str:
        """The record's words of a key."""
        return phrase(f"processing.{key}", self.language)


def record_of_processing(
    facts: NoticeFacts, language: str, *, rooms: Iterable[RoomRow] = ()
) -> ProcessingRecord:
    """The record as it follows from the facts; no statements of the database.

    :param rooms: of manual material; the record names those in use, which the notice does not.
    """
    notice = draw_notice(facts, language)
    security = (
        *(each.text for each in notice.statements if each.section == "protection"),
        *(_room(row, language) for row in rooms if row.is_open),
    )
    return ProcessingRecord(
        language=language,
        made_on=facts.today,
        house=facts.controller.name,
        controller=_controller(facts, language),
        activities=tuple(
            _activity(purpose, facts, security, language)
            for purpose in (*purposes(facts), ProcessingPurpose.SECURITY)
        ),
        recipients=tuple(_recipient(row, language) for row in facts.recipients),
    )


def _controller(facts: NoticeFacts, language: str) -> tuple[tuple[str, str], ...]:
    house = facts.controller
    officer = ", ".join(part for part in (house.officer_name, house.officer_reach) if part)
    pairs = (
        ("name", house.name),
        ("business_id", house.business_id),
        ("address", house.address),
        ("email", house.email),
        ("phone", house.phone),
        ("contact", f"{house.contact_name}, {house.reach}"),
        ("officer", officer or phrase("processing.no_officer", language)),
        ("requests", "; ".join(house.requests_to)),
        ("made_on", day(facts.today, language)),
    )
    return tuple(
        (phrase(f"processing.controller.{name}", language), value) for name, value in pairs if value
    )


def _activity(
    purpose: ProcessingPurpose, facts: NoticeFacts, security: tuple[str, ...], language: str
) -> Activity:
    rows = [row for row in facts.recipients if _serves(row, purpose)]
    title = phrase(f"processing.activities.{purpose}", language)
    own = facts.settings.words(f"purposes.{purpose}", language)
    parts: dict[str, Iterable[str]] = {
        "purpose": [own or phrase(f"processing.purposes.{purpose}", language)],
        "basis": [phrase(f"record.bases.{basis}", language) for basis in bases(purpose, facts)],
        "subjects": [phrase(f"processing.subjects.{purpose}", language)],
        "data": _data(purpose, facts, language),
        "recipients": [f"{row.name} ({recipient_kind(row, language)})" for row in rows],
        "transfers": [_transfer(row, language) for row in rows if row.is_outside],
        "kept": _kept(purpose, facts, language),
        "security": security,
    }
    none = branch("processing.none", language)
    return Activity(purpose, title, {name: tuple(parts[name]) or (none[name],) for name in PARTS})


def _data(purpose: ProcessingPurpose, facts: NoticeFacts, language: str) -> list[str]:
    if purpose is ProcessingPurpose.SECURITY:
        return [phrase("processing.staff_data", language)]
    return [phrase(f"notice.categories.{code}", language) for code in categories(facts, purpose)]


def _kept(purpose: ProcessingPurpose, facts: NoticeFacts, language: str) -> list[str]:
    periods = [retention_text(code, facts, language) for code in retention_classes(facts, purpose)]
    if purpose is ProcessingPurpose.SECURITY:
        periods.append(phrase("processing.staff_kept", language))
    return periods


def _serves(row: RecipientRow, purpose: ProcessingPurpose) -> bool:
    served = {str(kind): its for kind, its in SERVES.items()}.get(row.kind)
    return served is None or purpose in served


def _transfer(row: RecipientRow, language: str) -> str:
    basis = transfer_basis(row, language) or phrase("processing.no_basis", language)
    return f"{row.name}, {country_name(row.country, language)}: {basis}"


def _room(row: RoomRow, language: str) -> str:
    key = "room" if row.lock else "room_without_lock"
    return phrase(f"processing.{key}", language).format(
        name=row.name, place=row.place, lock=row.lock, n=row.holders
    )


def _recipient(row: RecipientRow, language: str) -> tuple[str, ...]:
    outside = transfer_basis(row, language) or phrase("processing.no_basis", language)
    return (
        row.name,
        recipient_kind(row, language),
        phrase(f"processing.roles.{row.role}", language),
        row.what or "",
        row.purpose,
        country_name(row.country, language),
        outside if row.is_outside else phrase("processing.within_eea", language),
        row.agreement or "",
        "" if row.agreed_on is None else day(row.agreed_on, language),
        "" if row.ends_on is None else day(row.ends_on, language),
    )
