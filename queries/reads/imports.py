"""The imports that were done: when, who, which file, what came of it, and what was said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from queries.errors import NotFound
from queries.reads.paging import Page, count_up_to, page_of
from queries.rules.calendar_fi import helsinki_day
from queries.rules.retention import OwnPeriod
from queries.rules.roles import Permission
from queries.store.import_details import CLASS
from queries.store.plain_values import from_json
from queries.store.retention.series import own_months
from queries.store.sessions import audit_read, needs
from queries.store.tables import ImportBatch, ImportRow

PAGE_SIZE = 25
#: Rows of a record that are read at once.
ROWS = 100


@dataclass(frozen=True)
class ImportLine:
    """An import in the list.

    :param name: of the file; None where it went with the details, or was never kept.
    :param refused: None of an import from before there were records: ``skipped`` has them too.
    """

    id: int
    at: datetime
    actor: str
    form: str
    name: str | None
    created: int
    changed: int
    skipped: int
    refused: int | None
    undone_at: datetime | None


@dataclass(frozen=True)
class Said:
    """The report on one row: codes with their facts, which were kept as JSON.

    :param kept: values that were not taken: the field, the register's value, the file's.
    :param asked: the parties that the row may have meant: keys of parties, with what was shown of
        them.
    """

    number: int
    outcome: str
    name: str
    invoice_number: str | None
    party_id: int | None
    reasons: tuple[tuple[str, Mapping[str, Any]], ...]
    notes: tuple[tuple[str, Mapping[str, Any]], ...]
    kept: tuple[tuple[str, str, str], ...]
    asked: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class ImportRecord:
    """The record of one import.

    :param settings: what was chosen otherwise than the program would have; of any type, as JSON.
    :param notes: what was said of the whole file.
    :param rows: of how many rows something was said; they come by :func:`import_rows`.
    :param details_until: the last day on which notes are kept and the import can be undone.
    """

    line: ImportLine
    sha256: str
    settings: Mapping[str, Any]
    notes: tuple[tuple[str, Mapping[str, Any]], ...]
    rows: int
    undone_by: str | None
    emptied_on: date | None
    details_until: date

    def may_be_undone(self, today: date) -> bool:
        """Return whether to offer undoing; whether anything blocks it is checked later."""
        line = self.line
        is_recorded = line.refused is not None and self.emptied_on is None
        return (
            is_recorded
            and line.undone_at is None
            and line.form != "post_codes"
            and today <= self.details_until
        )


@needs(Permission.IMPORT_DATA)
def imports(
    session: Session, *, after: int | None = None, before: int | None = None, size: int = PAGE_SIZE
) -> Page[ImportLine]:
    """One page of the imports, newest first; 2 statements."""
    return page_of(
        session,
        select(ImportBatch),
        [ImportBatch.id],
        lambda rows: (_line(row[0]) for row in rows),
        total=count_up_to(session, select(ImportBatch.id)),
        descending=True,
        after=after,
        before=before,
        size=size,
    )


@needs(Permission.IMPORT_DATA)
def import_record(session: Session, batch_id: int) -> ImportRecord:
    """The record of one import; 4 statements, and a read line.

    :raises NotFound: when there is no such import.
    """
    batch = session.get(ImportBatch, batch_id)
    if batch is None:
        raise NotFound("import_batch", batch_id)
    audit_read(session, "import_batch", batch_id)
    own = ImportRow.batch_id == batch_id
    whole = session.scalar(select(ImportRow.said).where(own, ImportRow.number.is_(None)))
    counted = session.scalar(select(func.count()).where(own, ImportRow.number.is_not(None)))
    period = OwnPeriod(own_months(session, CLASS))
    return ImportRecord(
        line=_line(batch),
        sha256=batch.sha256,
        settings=from_json(batch.settings or "{}"),
        notes=_pairs(from_json(whole or "{}"), "notes"),
        rows=counted or 0,
        undone_by=batch.undone_by,
        emptied_on=batch.emptied_on,
        details_until=period.keep_until(helsinki_day(batch.at)),
    )


@needs(Permission.IMPORT_DATA)
def import_rows(
    session: Session, batch_id: int, *, after: int = 0, size: int = ROWS
) -> tuple[Said, ...]:
    """Return the reports on the rows of an import, in the order of the file; one statement.

    :param after: the number of the row to continue after.
    """
    rows = session.scalars(
        select(ImportRow)
        .where(ImportRow.batch_id == batch_id, ImportRow.number > after)
        .order_by(ImportRow.number, ImportRow.id)
        .limit(size)
    )
    return tuple(_said(row) for row in rows)


def _line(batch: ImportBatch) -> ImportLine:
    return ImportLine(
        batch.id,
        batch.at,
        batch.actor,
        batch.form,
        batch.name,
        batch.created,
        batch.changed,
        batch.skipped,
        batch.refused,
        batch.undone_at,
    )


def _said(row: ImportRow) -> Said:
    said = from_json(row.said)
    return Said(
        number=row.number or 0,
        outcome=row.outcome or "",
        name=row.name or "",
        invoice_number=row.invoice_number,
        party_id=row.party_id,
        reasons=_pairs(said, "reasons"),
        notes=_pairs(said, "notes"),
        kept=tuple((field, stands, given) for field, stands, given in said.get("kept", ())),
        asked=tuple((key, shown) for key, shown in said.get("asked", ())),
    )


def _pairs(said: Mapping[str, Any], name: str) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    return tuple((code, facts) for code, facts in said.get(name, ()))
