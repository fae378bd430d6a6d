"""Generated files in many encodings, dialects and states of damage: each read exactly or named.

``ASIAKASREKISTERI_CORPUS=3000 python -m pytest -s tests/intake/test_corpus.py`` makes so many
tables and a third as many invoices; without it there are 306 and 102. What went into a file is
known, line by line, so that a value that comes out otherwise, or a record that does not come out,
is found. The figures are printed.
"""

from __future__ import annotations

import os
from collections import Counter

from queries.errors import UnreadableFile
from queries.intake.import_command import preview
from queries.intake.plan import Plan, PlanRow, RowOutcome
from tests.factories import damaged_invoices, damaged_tables
from tests.factories.damaged_invoices import MadeFile, MadeInvoice, made_file
from tests.factories.damaged_tables import MadeTable, made_table
from tests.factories.import_files import OFFICE, TODAY, read

FILES = int(os.environ.get("ASIAKASREKISTERI_CORPUS", "306"))
#: Notes after which any cell of a row may be in the place of another.
_OF_WHOLE_ROW = {"too_few_cells", "too_many_cells"}
#: What says that a kind was taken for granted, and nothing of a value.
_SAYS_NOTHING = {"assumed_person", "assumed_organisation"}
#: What is said of every invoice here, or says nothing of its sums.
_OF_EVERY_INVOICE = {"seller_not_compared", "seller_not_given", "encoding_not_as_declared"}
_FIELD_OF = {
    ("party", "customer_number"): "number",
    ("party", "name"): "name",
    ("party", "kind"): "kind",
    ("party", "business_id"): "business_id",
    ("address", "street"): "street",
    ("address", "post_code"): "post_code",
    ("address", "town"): "town",
    ("email", "address"): "email",
    ("phone", "number"): "phone",
    ("note", "text"): "note",
}


def came_out(row: PlanRow) -> dict[str, str]:
    """Return what a row would put into the register, by the names of :data:`_FIELD_OF`."""
    return {
        _FIELD_OF[step.table, name]: str(value)
        for step in row.steps
        for name, value in step.values
        if (step.table, name) in _FIELD_OF and value
    }


def wrong_in_table(file: MadeTable, plan: Plan, read: set[str], unread: set[str]) -> list[str]:
    """Return what came out otherwise than it went in, or not at all, without a word.

    :param read: the fields whose columns were recognised.
    :param unread: the names of the columns that were not.
    """
    open_row = next((one.facts["row"] for one in plan.notes if one.code == "end_open"), None)
    named = repr(plan.notes)
    found = [f"column {name} is not named" for name in unread if name not in named]
    lines = {row.number for row in plan.rows}
    found += [f"line {line} is lost" for line in sorted({*file.records, *file.never} - lines)]
    found += [f"line {line} holds nothing" for line in lines - {*file.records, *file.never}]
    for row in plan.rows:
        if row.outcome is not RowOutcome.CREATE:
            if not row.reasons:
                found.append(f"line {row.number}: left out without a reason")
            elif file.damage in damaged_tables.HARMLESS:
                found.append(f"line {row.number}: {row.outcome}, {row.reasons}")
        elif row.number in file.never:
            found.append(f"line {row.number}: added, and should not be")
        elif row.number in file.records:
            found += _wrong_row(file.records[row.number], row, read, open_row)
    return found


def _wrong_row(
    record: dict[str, str], row: PlanRow, read: set[str], open_row: int | None
) -> list[str]:
    codes = {note.code for note in row.notes}
    if codes & _OF_WHOLE_ROW:
        return []
    out = came_out(row)
    expected = {key: value for key, value in record.items() if key in read and value}
    expected["kind"] = record["kind"]
    last = out.get("note", "")
    if row.number == open_row and expected.get("note", "").startswith(last):
        # Named as the row within which the file may be cut.
        expected.pop("note", None)
        expected |= {"note": last} if last else {}
    if "phone" in expected:
        expected["phone"] = "+358" + expected["phone"].replace(" ", "")[1:]
    if "letters_doubtful" in codes:
        # Named as damaged; every other value is right.
        expected |= {"name": out.get("name", ""), "kind": out.get("kind", "")}
    return [] if out == expected else [f"line {row.number}: {out} of {expected}"]


def test_every_table_is_read_exactly_or_named(sqlite_store):
    figures, wrong = Counter(), []
    for seed in range(FILES):
        file = made_table(seed)
        outcome, found = tried_table(sqlite_store, file)
        figures[outcome] += 1
        wrong.extend(f"{file.told}: {one}" for one in found)
    print(f"\n{FILES} tables: {dict(figures)}; silently wrong: {len(wrong)}")
    assert wrong == [], "\n".join(wrong[:20])


def tried_table(store, file: MadeTable) -> tuple[str, list[str]]:
    try:
        intake, settings = read("a.csv", file.data)
    except UnreadableFile as error:
        found = [] if "line" in error.facts else ["refused without a line"]
        if file.damage in damaged_tables.HARMLESS:
            found.append(f"refused: {error.code}")
        return f"refused ({error.code})", found
    with store.reading(OFFICE) as session:
        plan = preview(session, intake, settings=settings, today=TODAY)
    grid = intake.grid
    own = {"customer_number": "number"}
    recognised = {own.get(field, field) for field in grid.columns.values()}
    unread = {name for at, name in enumerate(grid.header or ()) if name and at not in grid.columns}
    found = wrong_in_table(file, plan, recognised, unread)
    is_exact = (
        not (found or unread or plan.notes)
        and len(plan.rows) == len(file.records)
        and all(
            row.outcome is RowOutcome.CREATE and not {n.code for n in row.notes} - _SAYS_NOTHING
            for row in plan.rows
        )
    )
    return ("read exactly" if is_exact else "named"), found


def test_every_invoice_is_filed_exactly_or_named(sqlite_store):
    figures, wrong = Counter(), []
    for seed in range(FILES // 3):
        file = made_file(seed)
        outcome, found = tried_file(sqlite_store, file)
        figures[outcome] += 1
        wrong.extend(f"{file.told}: {one}" for one in found)
    print(f"\n{FILES // 3} files of invoices: {dict(figures)}; silently wrong: {len(wrong)}")
    assert wrong == [], "\n".join(wrong[:20])


def tried_file(store, file: MadeFile) -> tuple[str, list[str]]:
    is_harmless = file.damage in damaged_invoices.HARMLESS
    try:
        intake, settings = read("a.xml", file.data)
    except UnreadableFile as error:
        is_placed = {"line", "encoding"} & set(error.facts)
        found = [] if is_placed else [f"refused without a line: {error.code}"]
        return f"refused ({error.code})", [*found, *(["refused"] if is_harmless else [])]
    with store.reading(OFFICE) as session:
        plan = preview(session, intake, settings=settings, today=TODAY)
    found = []
    if [row.number for row in plan.rows] != list(range(1, len(file.invoices) + 1)):
        found.append(f"{[row.number for row in plan.rows]} of {len(file.invoices)} invoices")
    is_exact = True
    for row, invoice in zip(plan.rows, file.invoices, strict=False):
        exact, wrong = _wrong_invoice(row, invoice)
        is_exact = is_exact and exact
        found += wrong or ([] if exact or not is_harmless else [f"{row.reasons} {row.notes}"])
    return ("filed exactly" if is_exact else "named"), found


def _wrong_invoice(row: PlanRow, made: MadeInvoice) -> tuple[bool, list[str]]:
    """Return whether an invoice is filed as it was made, and what is wrong without a word."""
    if row.outcome is not RowOutcome.CREATE or row.invoice is None:
        return False, [] if row.reasons else [f"row {row.number}: left out without a reason"]
    values = dict(row.invoice.values)
    rows = [dict(line) for line in row.invoice.lines]
    sums = ("net_cents", "vat_cents", "total_cents")
    out = MadeInvoice(
        values["number"],
        *(values[name] for name in sums),
        tuple((line["description"], line["net_cents"]) for line in rows),
    )
    told = {note.code for note in row.notes} - _OF_EVERY_INVOICE
    if out == made:
        return not told, []
    return False, [] if told else [f"row {row.number}: {out} of {made}"]
