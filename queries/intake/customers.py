"""The plan for a table of customers: what becomes of each row, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from queries.errors import InvalidInput
from queries.intake.columns import FIELDS, SEVERAL, field_of, letters
from queries.intake.completing import Provenance, completion, new_party
from queries.intake.details import Details
from queries.intake.grid import Grid
from queries.intake.matching import Known, Match, Register
from queries.intake.plan import ImportSettings, Outcome, PlanRow, Reason
from queries.intake.row_details import RowReader
from queries.intake.row_kinds import left_out
from queries.store.search import fold
from queries.store.tables import PartyKind, Source

#: One of these must be in the table: what a row is known by.
_KEYS = {"name", "family_name", "customer_number", "business_id", "vat_number"}


@dataclass(frozen=True)
class _Read:
    number: int
    name: str
    details: Details | None
    reasons: tuple[Reason, ...]
    notes: tuple[Reason, ...]
    left_out: Reason | None = None


def plan_customers(
    session: Session, grid: Grid, settings: ImportSettings, today: date
) -> Iterator[PlanRow]:
    """One row of the plan for each row of the table.

    :raises InvalidInput: ``columns``: a column or field that is not there (``choice``), a field
        given twice (``column_twice``), or nothing to know a row by (``no_key_column``).
    """
    columns = columns_of(grid, settings)
    rows = _remembered(grid, columns, settings, today)
    register = Register(session, [row.details for row in rows if row.details])
    planner = _Planner(register, Provenance(Source.IMPORT, today), overwrite=settings.overwrite)
    for row in rows:
        if row.left_out is not None:
            yield PlanRow(row.number, Outcome.SKIP, row.name, reasons=(row.left_out,))
        elif row.details is None:
            yield PlanRow(row.number, Outcome.REFUSE, row.name, reasons=row.reasons,
                          notes=row.notes)  # fmt: skip
        else:
            yield planner.row(row, row.details)


def columns_of(grid: Grid, settings: ImportSettings) -> Mapping[int, str]:
    """The field of each column: as the settings say, else as recognised."""
    columns = grid.columns if settings.columns is None else dict(settings.columns)
    single = [field for field in columns.values() if field not in SEVERAL]
    if not set(columns.values()) <= set(FIELDS) or any(at < 0 for at in columns):
        raise InvalidInput("columns", "choice")
    if len(single) != len(set(single)):
        raise InvalidInput("columns", "column_twice")
    if not _KEYS & set(columns.values()):
        raise InvalidInput("columns", "no_key_column")
    return columns


def remarks_on_columns(grid: Grid, settings: ImportSettings) -> tuple[Reason, ...]:
    """What of the table is not brought in: ``column_again`` (column, field) for a second column of
    one meaning, ``columns_unused`` (names) for columns whose values go nowhere."""
    columns = columns_of(grid, settings)
    header = grid.header or ()
    found = []
    unused = []
    for at, name in enumerate(header):
        if at in columns or not _is_filled(grid, at):
            continue
        field = field_of(name)
        if field in columns.values():
            found.append(Reason("column_again", {"column": name, "field": field}))
        else:
            unused.append(name or letters(at))
    if unused:
        found.append(Reason("columns_unused", {"names": ", ".join(unused)}))
    return tuple(found)


def _is_filled(grid: Grid, at: int) -> bool:
    return any(at < len(row.cells) and row.cells[at].strip() for row in grid.rows)


def _remembered(
    grid: Grid, columns: Mapping[int, str], settings: ImportSettings, today: date
) -> tuple[_Read, ...]:
    """The rows read by these settings, once: checking 20 000 rows takes seconds."""
    key = (tuple(sorted(columns.items())), replace(settings, columns=None), today)
    found = grid.memory.get(key)
    if not isinstance(found, tuple):
        found = tuple(_read(grid, columns, settings, today))
        grid.memory.clear()
        grid.memory[key] = found
    return found


def _read(
    grid: Grid, columns: Mapping[int, str], settings: ImportSettings, today: date
) -> Iterator[_Read]:
    is_text = grid.delimiter is not None
    for row in grid.rows:
        reader = RowReader(row, columns, grid.header, settings, today, is_text=is_text)
        if (reason := left_out(row, columns, grid.header)) is not None:
            yield _Read(row.number, reader.shown_name(), None, (), (), reason)
            continue
        details = reader.read()
        yield _Read(row.number, reader.shown_name(), details, tuple(reader.reasons),
                    tuple(reader.notes))  # fmt: skip


class _Seen:
    """What earlier rows of the file were about."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, object], tuple[int, Details]] = {}

    def earlier(self, details: Details, match: Match) -> tuple[int, Details] | None:
        found = [self._rows[key] for key in self._keys(details, match) if key in self._rows]
        return min(found, key=lambda row: row[0]) if found else None

    def add(self, number: int, details: Details, match: Match) -> None:
        for key in self._keys(details, match):
            self._rows.setdefault(key, (number, details))

    def _keys(self, details: Details, match: Match) -> Iterator[tuple[str, object]]:
        if match.party is not None:
            yield "party", match.party.id
        if details.customer_number:
            yield "customer_number", details.customer_number
        if details.business_id:
            yield "business_id", details.business_id
        if match.party is None and not details.customer_number and not details.business_id:
            told = details.post_codes() | set(details.emails) | {details.foreign_id or ""}
            for one in sorted(told - {""}) or [""]:
                yield "name", (fold(details.name or ""), one)


class _Planner:
    """Compares the rows with the register and with each other."""

    def __init__(self, register: Register, provenance: Provenance, *, overwrite: bool) -> None:
        self._register = register
        self._provenance = provenance
        self._overwrite = overwrite
        self._seen = _Seen()

    def row(self, row: _Read, details: Details) -> PlanRow:
        match = self._register.match(details)
        if match.reason is not None:
            return _refused(row, match.reason)
        if match.party is not None and self._is_other(details, match.party):
            return _refused(row, Reason("number_of_other", {"name": match.party.columns["name"]}))
        earlier = self._seen.earlier(details, match)
        if earlier is not None:
            same = earlier[1] == details
            reason = Reason("repeated_in_file" if same else "twice_in_file", {"row": earlier[0]})
            outcome = Outcome.SKIP if same else Outcome.REFUSE
            return PlanRow(row.number, outcome, row.name, reasons=(reason,), notes=row.notes)
        self._seen.add(row.number, details, match)
        if match.party is None:
            return _created(row, details, self._provenance)
        return self._completed(row, details, match.party, f"matched_by_{match.by}")

    def _is_other(self, details: Details, known: Known) -> bool:
        """A customer number alone, with another name: more likely another system's numbering than
        a new name, unless the person says that the file is right."""
        same_id = details.business_id and details.business_id == known.columns["business_id"]
        if same_id or self._overwrite or not details.names():
            return False
        return not details.names() & known.names()

    def _completed(self, row: _Read, details: Details, known: Known, by: str) -> PlanRow:
        steps, differences = completion(details, known, self._provenance, overwrite=self._overwrite)
        reasons = [Reason(by)]
        if not steps:
            reasons.append(Reason("differs_kept" if differences else "already_so"))
        return PlanRow(
            row.number,
            Outcome.CHANGE if steps else Outcome.SKIP,
            row.name or known.columns["name"],
            party_id=known.id,
            party_name=known.columns["name"],
            reasons=tuple(reasons),
            notes=row.notes,
            differences=differences,
            steps=steps,
        )


def _created(row: _Read, details: Details, provenance: Provenance) -> PlanRow:
    if not details.name:
        return _refused(row, Reason("name_missing"))
    notes = list(row.notes)
    if details.kind_is_assumed:
        notes.append(Reason(f"assumed_{details.kind}"))
    if details.kind == PartyKind.PERSON and details.business_id:
        notes.append(Reason("person_with_business_id"))
    steps, differences = new_party(details, provenance)
    return PlanRow(
        row.number, Outcome.CREATE, details.name, reasons=(Reason("not_found"),),
        notes=tuple(notes), differences=differences, steps=steps,
    )  # fmt: skip


def _refused(row: _Read, reason: Reason) -> PlanRow:
    return PlanRow(row.number, Outcome.REFUSE, row.name, reasons=(reason,), notes=row.notes)
