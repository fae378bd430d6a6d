"""The plan for a table of customers: what becomes of each row, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from queries.errors import InvalidInput
from queries.intake.customers.columns import FIELDS, SEVERAL, field_of, letters
from queries.intake.customers.contacts import Contacts
from queries.intake.customers.details import Details
from queries.intake.customers.matching import Known, Match, Register
from queries.intake.customers.merge import Provenance, completion, new_party
from queries.intake.customers.row_details import RowReader
from queries.intake.mailing.tools import customers_permission_columns
from queries.intake.plan import Difference, ImportSettings, PlanRow, Reason, RowOutcome, Step
from queries.intake.readers.grid import Grid
from queries.intake.readers.row_kinds import left_out
from queries.store.search import fold
from queries.store.suppression import suppressed_among
from queries.store.tables import PartyKind, Source, SuppressionKind

#: One of these must be in the table: what a row is known by.
_KEYS = {"name", "company", "family_name", "customer_number", "business_id", "vat_number"}


@dataclass(frozen=True, slots=True)
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
    details = [row.details for row in rows if row.details]
    register = Register(session, details, dict(settings.matches))
    contacts = Contacts(session, register.ids(), details)
    planner = _Planner(
        register,
        contacts,
        Provenance(Source.IMPORT, today),
        settings,
        _refused_already(session, details),
    )
    for row in rows:
        if row.left_out is not None:
            yield PlanRow(row.number, RowOutcome.SKIP, row.name, reasons=(row.left_out,))
        elif row.details is None:
            yield PlanRow(
                row.number, RowOutcome.REFUSE, row.name, reasons=row.reasons, notes=row.notes
            )
        else:
            yield planner.row(row, row.details)


def _refused_already(session: Session, rows: Iterable[Details]) -> Mapping[str, frozenset[str]]:
    """The addresses that have a mark already, by kind, among those of rows that say no."""
    wanted: dict[str, set[str]] = {}
    for row in rows:
        for kind in row.refuses:
            wanted.setdefault(kind, set()).update(_addresses(row))
    return {
        kind: suppressed_among(session, addresses, [SuppressionKind(kind)])
        for kind, addresses in wanted.items()
    }


def _addresses(row: Details) -> tuple[str, ...]:
    return (*row.emails, *(row.contact.emails if row.contact else ()))


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
    """Report what of the table is not brought in: ``column_again`` (letter, column, field,
    other) for a second column of one meaning, ``columns_unused`` (names) for columns whose values
    are not used, and ``permission_columns`` (names) for those whose refusals are kept and
    permissions are not."""
    columns = columns_of(grid, settings)
    header = grid.header or ()
    found = []
    unused = []
    permissions = []
    says = customers_permission_columns(header)
    for at, name in enumerate(header):
        if at in columns or not _is_filled(grid, at):
            continue
        if at in says:
            permissions.append(name)
            continue
        field = field_of(name)
        other = next((place for place, its in columns.items() if its == field), None)
        if other is not None:
            facts = {"letter": letters(at), "column": name, "field": field, "other": letters(other)}
            found.append(Reason("column_again", facts))
        else:
            unused.append(name or letters(at))
    if permissions:
        found.append(Reason("permission_columns", {"names": ", ".join(permissions)}))
    if unused:
        found.append(Reason("columns_unused", {"names": ", ".join(unused)}))
    return tuple(found)


def _is_filled(grid: Grid, at: int) -> bool:
    return any(at < len(row.cells) and row.cells[at].strip() for row in grid.rows)


def _remembered(
    grid: Grid, columns: Mapping[int, str], settings: ImportSettings, today: date
) -> tuple[_Read, ...]:
    """The rows read by these settings, once: checking 20 000 rows takes seconds."""
    key = (tuple(sorted(columns.items())), replace(settings, columns=None, matches=()), today)
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
    usual = max(len(grid.header or ()), _usual_width(grid))
    for row in grid.rows:
        reader = RowReader(row, columns, grid.header, settings, today, is_text=is_text)
        if (reason := left_out(row, columns, grid.header)) is not None:
            yield _Read(row.number, reader.shown_name(), None, (), (), reason)
            continue
        details = reader.read()
        if is_text and grid.header and details and len(row.cells) > usual:
            # Its last cells are empty, so that one more among the others would go unseen.
            facts = {"cells": len(row.cells), "columns": len(grid.header)}
            reader.notes.append(Reason("too_many_cells", facts))
        yield _Read(
            row.number, reader.shown_name(), details, tuple(reader.reasons), tuple(reader.notes)
        )


def _usual_width(grid: Grid) -> int:
    """Return the number of cells that most rows have: all may end with delimiters that the
    header lacks."""
    found = Counter(len(row.cells) for row in grid.rows)
    return found.most_common(1)[0][0] if found else 0


class _Seen:
    """Parties that earlier rows of the file were about."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, object], tuple[int, Details]] = {}

    def earlier(self, keys: Iterable[tuple[str, object]]) -> tuple[int, Details] | None:
        found = [self._rows[key] for key in keys if key in self._rows]
        return min(found, key=lambda row: row[0]) if found else None

    def add(self, number: int, details: Details, match: Match) -> None:
        for key in (*_keys_of(details, match), *_likenesses(details, match)):
            self._rows.setdefault(key, (number, details))


def _keys_of(details: Details, match: Match) -> Iterator[tuple[str, object]]:
    """Yield the keys by which two rows of one file are the same party."""
    if match.party is not None:
        yield "party", match.party.id
    for key in ("customer_number", "business_id"):
        if value := getattr(details, key):
            yield key, value
    if details.foreign_id:
        yield "foreign_id", "".join(one for one in fold(details.foreign_id) if one.isalnum())
    if _is_without_id(details):
        for contact in (*details.emails, *details.phones):
            yield "contact", (fold(details.name or ""), contact.casefold())


def _likenesses(details: Details, match: Match) -> Iterator[tuple[str, object]]:
    """Yield what two rows may share that are two people all the same."""
    if match.party is None and _is_without_id(details):
        for one in sorted(details.post_codes()) or [""]:
            yield "name", (fold(details.name or ""), one)


def _is_without_id(details: Details) -> bool:
    return not (details.customer_number or details.business_id or details.foreign_id)


class _Planner:
    """Compares the rows with the register and with each other."""

    def __init__(
        self,
        register: Register,
        contacts: Contacts,
        provenance: Provenance,
        settings: ImportSettings,
        refused: Mapping[str, frozenset[str]],
    ) -> None:
        self._register = register
        self._contacts = contacts
        self._refused = refused
        self._provenance = provenance
        self._overwrite = settings.overwrite
        self._said_new = {number for number, party_id in settings.matches if party_id is None}
        self._seen = _Seen()
        self._created: set[int] = set()

    def row(self, row: _Read, details: Details) -> PlanRow:
        match = self._match(row, details)
        planned = self._planned(row, details, match)
        if not match.suggested:
            return planned
        return replace(planned, suggested=match.suggestions())

    def _match(self, row: _Read, details: Details) -> Match:
        """Return the match; a namesake about whom the row has nothing new needs no question."""
        match = self._register.match(details, row.number)
        is_asked = match.reason is not None and len(match.suggested) == 1
        if not is_asked or match.reason == Reason("match_not_offered"):
            return match
        steps, differences = completion(
            details, match.suggested[0], self._provenance, overwrite=self._overwrite
        )
        named = {"name", "given_name", "family_name"}
        if details.contact is not None:
            known = match.suggested[0].id
            steps += self._contacts.steps(details, known, self._provenance)[0]
        if steps or any(one.field not in named for one in differences):
            return match
        return Match(match.suggested[0], "name")

    def _planned(self, row: _Read, details: Details, match: Match) -> PlanRow:
        if match.notes:
            row = replace(row, notes=(*row.notes, *match.notes))
        if match.reason is not None:
            return _refused(row, match.reason)
        if match.party is not None and self._is_other(details, match):
            return _refused(row, Reason("number_of_other", {"name": match.party.columns["name"]}))
        if (repeated := self._repeated(row, details, match)) is not None:
            return repeated
        self._seen.add(row.number, details, match)
        if match.party is None:
            return self._with_more(_created(row, details, self._provenance), details, None)
        return self._completed(row, details, match.party, f"matched_by_{match.by}")

    def _repeated(self, row: _Read, details: Details, match: Match) -> PlanRow | None:
        """Return the row as one that is earlier in the file, or may be the same as one that is."""
        is_new = row.number in self._said_new
        codes = ("repeated_in_file", "twice_in_file")
        earlier = self._seen.earlier(
            key for key in _keys_of(details, match) if not (is_new and key[0] == "contact")
        )
        if earlier is None and not is_new:
            earlier = self._seen.earlier(_likenesses(details, match))
            codes = ("repeated_in_file", "namesake_in_file")
        if earlier is None:
            return None
        same = earlier[1] == details
        if not same and replace(earlier[1], contact=details.contact) == details:
            return self._another_contact(row, details, match, earlier[0])
        return PlanRow(
            row.number,
            RowOutcome.SKIP if same else RowOutcome.REFUSE,
            row.name,
            reasons=(Reason(codes[not same], {"row": earlier[0]}),),
            notes=row.notes,
        )

    def _another_contact(
        self, row: _Read, details: Details, match: Match, earlier: int
    ) -> PlanRow | None:
        """The row as one more contact of the organisation of an earlier row."""
        if details.contact is None or (match.party is None and earlier not in self._created):
            return None
        known = match.party
        steps, differences = self._contacts.steps(
            details, known.id if known else None, self._provenance
        )
        reasons = [Reason("company_of_row", {"row": earlier})]
        if not steps:
            reasons.append(Reason("already_so"))
        planned = PlanRow(
            row.number,
            RowOutcome.CHANGE if steps else RowOutcome.SKIP,
            row.name,
            party_id=known.id if known else None,
            same_as=None if known else earlier,
            party_name=known.columns["name"] if known else None,
            reasons=tuple(reasons),
            notes=row.notes,
            differences=differences,
            steps=steps,
        )
        return self._with_refusals(planned, details)

    def _with_more(self, planned: PlanRow, details: Details, known: int | None) -> PlanRow:
        """A row with its contact and with what it says no to."""
        if planned.outcome is RowOutcome.REFUSE:
            return planned
        if planned.outcome is RowOutcome.CREATE:
            self._created.add(planned.number)
        steps, differences = self._contacts.steps(details, known, self._provenance)
        if steps:
            planned = _changed(planned, steps, differences)
        return self._with_refusals(planned, details)

    def _with_refusals(self, planned: PlanRow, details: Details) -> PlanRow:
        addresses = _addresses(details)
        if details.refuses and not addresses:
            return replace(planned, notes=(*planned.notes, Reason("refuses_without_address")))
        steps = tuple(
            Step("suppression", None, (("kind", SuppressionKind(kind)), ("address", one)))
            for kind in sorted(details.refuses)
            for one in addresses
            if one not in self._refused[kind]
        )
        if not steps:
            return planned
        noted = replace(planned, notes=(*planned.notes, Reason("refuses_marketing")))
        return _changed(noted, steps, ())

    def _is_other(self, details: Details, match: Match) -> bool:
        """A customer number alone, with another name: more likely another system's numbering than
        a new name, unless the person says that the file is right."""
        if match.party is None or match.by != "customer_number":
            return False
        columns = match.party.columns
        same_id = any(
            getattr(details, key) and getattr(details, key) == columns[key]
            for key in ("business_id", "foreign_id")
        )
        if same_id or self._overwrite or not details.names():
            return False
        return not details.names() & match.party.names()

    def _completed(self, row: _Read, details: Details, known: Known, by: str) -> PlanRow:
        steps, differences = completion(details, known, self._provenance, overwrite=self._overwrite)
        reasons = [Reason(by)]
        if not steps:
            reasons.append(Reason("differs_kept" if differences else "already_so"))
        planned = PlanRow(
            row.number,
            RowOutcome.CHANGE if steps else RowOutcome.SKIP,
            row.name or known.columns["name"],
            party_id=known.id,
            party_name=known.columns["name"],
            reasons=tuple(reasons),
            notes=row.notes,
            differences=differences,
            steps=steps,
        )
        return self._with_more(planned, details, known.id)


def _changed(
    planned: PlanRow, steps: tuple[Step, ...], differences: tuple[Difference, ...]
) -> PlanRow:
    """A row that does more; one that did nothing changes something now."""
    outcome, reasons = planned.outcome, planned.reasons
    if outcome is RowOutcome.SKIP:
        outcome = RowOutcome.CHANGE
        idle = {"differs_kept", "already_so"}
        reasons = tuple(one for one in reasons if one.code not in idle)
    return replace(
        planned,
        outcome=outcome,
        reasons=reasons,
        differences=(*planned.differences, *differences),
        steps=(*planned.steps, *steps),
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
        row.number,
        RowOutcome.CREATE,
        details.name,
        reasons=(Reason("not_found"),),
        notes=tuple(notes),
        differences=differences,
        steps=steps,
    )


def _refused(row: _Read, reason: Reason) -> PlanRow:
    return PlanRow(row.number, RowOutcome.REFUSE, row.name, reasons=(reason,), notes=row.notes)
