"""The access report: every datum held about a person, and the information that Art. 15 requires
with it.

The danger: a datum left out, because nobody thought of its table; or another person's datum sent.
The principle: what is personal and whose it is comes from the personal-data map and from nowhere
else, and rows are reached by the party's key, never by a name. Free text can still name somebody
else: :mod:`queries.documents.access.review` marks such places, and ``redactions`` replace them,
which the report itself says. Reading the report leaves a read line; sending it is a command's work,
which asks for the identity check first.

Sources: GDPR Art. 12(1), 15(1)(a)-(h), 15(3)-(4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from queries.documents import words
from queries.documents.access.labels import label, of_the_person, plain, shown, table_title
from queries.documents.access.row_retention import RowDeadlines, RowKept
from queries.documents.access.subject_data import (
    Agreed,
    Disclosed,
    Names,
    Row,
    agreed_recipients,
    gather,
    names_of,
    recipients_of,
)
from queries.documents.controller_details import Controller, controller
from queries.errors import InvalidInput
from queries.reads.retention.reasons import why
from queries.rules.personal_data import PERSONAL_DATA
from queries.rules.personal_data_types import Personal
from queries.rules.roles import Permission
from queries.store.retention.series import read_periods
from queries.store.sessions import needs
from queries.store.tables import ItemKind


@dataclass(frozen=True)
class ReportField:
    """A column of the report: what it is called, and by what right it is held (codes)."""

    column: str
    label: str
    purpose: str
    legal_basis: str
    source: str
    retention_class: str


@dataclass(frozen=True)
class Datum:
    """One value.

    :param value: as JSON has it; ``text``: as a person reads it, empty for none.
    :param redacted: what identified another person was replaced.
    """

    column: str
    value: str | int | bool | None
    text: str
    redacted: bool = False


@dataclass(frozen=True)
class ReportEntry:
    """One row. ``key`` is its key in the table."""

    key: int
    data: tuple[Datum, ...]
    kept: RowKept


@dataclass(frozen=True)
class ReportSection:
    """The rows of one table."""

    table: str
    title: str
    fields: tuple[ReportField, ...]
    entries: tuple[ReportEntry, ...]


@dataclass(frozen=True)
class Redaction:
    """Replacement of a datum that identifies another person.

    :param place: ``table/key/column``, as :func:`place_of` makes it.
    :param replacement: the whole new text; the language's own words where it is empty.
    """

    place: str
    replacement: str = ""


@dataclass(frozen=True)
class AccessReport:
    """The report of one party, in one language.

    :param recipients: to whom the party's own data were noted as disclosed; ``agreed``: who has
        data of the register by an agreement.
    :param redactions: what was redacted, in words: the section, the row's number, the field.
    """

    language: str
    made_on: date
    request_number: str | None
    name: str
    controller: Controller
    sections: tuple[ReportSection, ...]
    recipients: tuple[Disclosed, ...]
    agreed: tuple[Agreed, ...]
    redactions: tuple[str, ...]

    def section(self, table: str) -> ReportSection | None:
        return next((section for section in self.sections if section.table == table), None)


@needs(Permission.SEE_REQUESTS)
def access_report(
    session: Session,
    party_id: int,
    *,
    language: str,
    today: date,
    request_number: str | None = None,
    redactions: Iterable[Redaction] = (),
) -> AccessReport:
    """The report of everything that is held about a party on a day.

    One statement for each table of the map, two for names, four for the controller, the
    recipients and the periods' years, and those of :func:`.reasons.why`; a read line of the
    party when the reading ends.

    :raises NotFound: when there is no such party, or no more.
    :raises InvalidInput: ``unknown_place`` for a redaction of a datum that is not in the report
        or is no text.
    """
    rows = gather(session, party_id)
    deadlines = RowDeadlines(
        read_periods(session), why(session, f"{ItemKind.PARTY}-{party_id}"), rows
    )
    names = names_of(session, rows)
    report = AccessReport(
        language=language,
        made_on=today,
        request_number=request_number,
        name=rows["party"][0]["name"],
        controller=controller(session),
        sections=tuple(
            _section(table, its, names, deadlines, language) for table, its in rows.items() if its
        ),
        recipients=recipients_of(session, party_id),
        agreed=agreed_recipients(session, today=today),
        redactions=(),
    )
    return redacted(report, redactions)


def redacted(report: AccessReport, redactions: Iterable[Redaction]) -> AccessReport:
    """Return the report with what identifies others replaced, and a statement of that; no
    statements of the store.

    :raises InvalidInput: ``unknown_place`` for a redaction of a datum that is not in the report
        or is no text.
    """
    replaced = {redaction.place: redaction.replacement for redaction in redactions}
    sections = tuple(_redacted(one, replaced, report.language) for one in report.sections)
    return replace(report, sections=sections, redactions=_told(sections, replaced))


def place_of(table: str, key: int, column: str) -> str:
    """
    >>> place_of("note", 17, "text")
    'note/17/text'
    """
    return f"{table}/{key}/{column}"


def reported_columns(table: str) -> dict[str, Personal]:
    """Return the columns of a table in the report, with what the map says of them."""
    columns: Mapping[str, Personal | None] = PERSONAL_DATA[table].columns
    return {name: entry for name, entry in columns.items() if entry is not None and entry.in_access}


def _section(
    table: str, rows: Sequence[Row], names: Names, deadlines: RowDeadlines, language: str
) -> ReportSection:
    columns = reported_columns(table)
    fields = tuple(
        ReportField(
            name,
            label(table, name, language),
            its.purpose,
            its.legal_basis,
            its.source,
            its.retention_class,
        )
        for name, its in columns.items()
    )
    entries = tuple(
        ReportEntry(
            row["id"],
            tuple(_datum(table, name, row[name], names, language) for name in columns),
            deadlines.of(table, row),
        )
        for row in rows
    )
    return ReportSection(table, table_title(table, language), fields, entries)


def _datum(table: str, column: str, given: Any, names: Names, language: str) -> Datum:
    value = of_the_person(table, column, given)
    return Datum(column, plain(value), shown(table, column, value, names, language))


def _redacted(section: ReportSection, replaced: Mapping[str, str], language: str) -> ReportSection:
    """The section with its redactions done; the same one where there are none."""
    mine = {place for place in replaced if place.startswith(f"{section.table}/")}
    if not mine:
        return section
    otherwise = words.phrase("report.redacted", language)

    def done(key: int, datum: Datum) -> Datum:
        place = place_of(section.table, key, datum.column)
        if place not in mine or not isinstance(datum.value, str):
            return datum
        text = replaced[place].strip() or otherwise
        return Datum(datum.column, text, text, redacted=True)

    entries = tuple(
        ReportEntry(entry.key, tuple(done(entry.key, datum) for datum in entry.data), entry.kept)
        for entry in section.entries
    )
    return ReportSection(section.table, section.title, section.fields, entries)


def _told(sections: Sequence[ReportSection], replaced: Mapping[str, str]) -> tuple[str, ...]:
    """Describe what was redacted, in words; refuse a place that does not exist."""
    told = {
        place_of(section.table, entry.key, datum.column): f"{section.title} {n}: {field.label}"
        for section in sections
        for n, entry in enumerate(section.entries, start=1)
        for datum, field in zip(entry.data, section.fields, strict=True)
        if datum.redacted
    }
    if replaced.keys() - told.keys():
        raise InvalidInput("redactions", "unknown_place")
    return tuple(told.values())
