"""Generated tables in many encodings, dialects and states of damage: each read exactly or named.

``ASIAKASREKISTERI_CORPUS=3000 python -m pytest -s tests/intake/test_corpus.py`` makes so many;
without it there are 306. What went into a file is known, so that a value that comes out otherwise
without a word of it is found. The figures are printed.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from dataclasses import dataclass

from queries.errors import UnreadableFile
from queries.intake.import_command import preview
from queries.intake.plan import Plan, PlanRow, RowOutcome
from queries.intake.readers.delimited import DELIMITERS
from tests.factories.import_files import OFFICE, TODAY, read

FILES = int(os.environ.get("ASIAKASREKISTERI_CORPUS", "306"))
ENCODINGS = (
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "cp1252",
    "iso-8859-15",
    "cp850",
    "mac-roman",
)
FIELDS = ("number", "name", "street", "post_code", "town", "email", "phone", "note")
DIALECTS = {
    "fi": "Asiakasnumero Nimi Katuosoite Postinumero Postitoimipaikka Sähköposti Puhelin Huomautus",
    "fi-short": "Asnro Asiakas Lähiosoite Postinro Paikkakunta Sähköpostiosoite GSM Lisätietoja",
    "sv": "Kundnummer Namn Gatuadress Postnummer Postort E-post Telefon Anteckningar",
    "en": "CustomerNumber Name Street Postcode City E-mail Phone Notes",
    "de": "Kundennummer Name Strasse PLZ Ort E-Mail Telefon Bemerkung",
    "outlook": "CustomerId Name Business_Street Business_Postal_Code Business_City E-mail_Address"
    " Mobile_Phone Notes",
}
DAMAGE = (
    "none",
    "none",
    "quoted lines",
    "stray quote",
    "short row",
    "long row",
    "encoded twice",
    "lost letter",
    "totals",
    "heading again",
    "print line",
    "nul",
    "line ends",
    "trailing",
    "twice named",
    "thousands",
    "cut",
)
GIVEN = ("Aino", "Väinö", "Öörni", "Åsa", "Päivi", "Heikki", "Mirjam", "Tuuli")
FAMILY = ("Esimerkki", "Mäkelä", "Öhman", "Åkerlund", "Järvinen", "Mallikas", "Hämäläinen")
TOWNS = (
    ("00100", "Helsinki"),
    ("40100", "Jyväskylä"),
    ("53100", "Lappeenranta"),
    ("65100", "Vaasa"),
)
#: Notes after which any cell of a row may be in the place of another.
_OF_WHOLE_ROW = {"too_few_cells", "too_many_cells"}
#: What says that a kind was taken for granted, and nothing of a value.
_SAYS_NOTHING = {"assumed_person", "assumed_organisation"}


@dataclass(frozen=True)
class Made:
    """A file and what went into it, by e-mail."""

    data: bytes
    people: dict[str, dict[str, str]]
    told: str


def made(seed: int) -> Made:
    dice = random.Random(seed)  # noqa: S311 - test data
    encoding, delimiter = dice.choice(ENCODINGS), dice.choice(DELIMITERS)
    dialect, damage = dice.choice(sorted(DIALECTS)), DAMAGE[seed % len(DAMAGE)]
    people = [_person(dice, n) for n in range(dice.randint(5, 14))]
    head = [name.replace("_", " ") for name in DIALECTS[dialect].split()]
    if damage == "thousands":  # a number is a name: it is kept as it is written
        for one in people:
            one["number"] = f"{one['number'][0]} {one['number'][1:]}"
    rows = [head, *([one[field] for field in FIELDS] for one in people)]
    at = dice.randint(2, len(rows) - 2)
    if damage == "quoted lines":
        people[at - 1]["note"] = rows[at][7] = "Ensimmäinen rivi\nja toinen"
    _harm_rows(rows, at, damage, dice)
    end = dice.choice(("\n", "\r\n"))
    lines = [_line(row, delimiter, quoted=dice.random() < 0.2) for row in rows]
    text = _harmed_text(lines, at, damage, end, delimiter, dice)
    if damage == "cut":
        text = text[: dice.randint(len(text) // 2, len(text) - 3)]
    people_in = {one["email"]: one for one in people if one["email"] in text}
    told = f"{seed} {encoding} {delimiter!r} {dialect} {damage}"
    return Made(text.encode(encoding, "replace"), people_in, told)


def _person(dice: random.Random, n: int) -> dict[str, str]:
    post_code, town = dice.choice(TOWNS)
    return {
        "number": str(1000 + n),
        "name": f"{dice.choice(GIVEN)} {dice.choice(FAMILY)}",
        "street": f"{dice.choice(('Käpytie', 'Mallikatu', 'Åvägen', 'Öljymäki'))} {n + 1}",
        "post_code": post_code,
        "town": town,
        "email": f"made{n}@posti.example",
        "phone": f"040 12345{n:02}",
        "note": dice.choice(("", "Soitettava ennen käyntiä", 'Sanoi "kyllä", mutta; epäröi')),
    }


def _harm_rows(rows: list[list[str]], at: int, damage: str, dice: random.Random) -> None:
    row = rows[at]
    if damage == "short row":
        del row[dice.randint(0, 7)]
    elif damage == "long row":
        row.insert(dice.randint(0, 7), "ylimääräinen")
    elif damage == "encoded twice":
        row[1] = "Väinö Mäkelä".encode().decode("cp1252")
    elif damage == "lost letter":
        row[1] = "V\ufffdin\ufffd M\ufffdkel\ufffd"
    else:
        _harm_table(rows, at, damage)


def _harm_table(rows: list[list[str]], at: int, damage: str) -> None:
    if damage == "totals":
        rows.append(["Yhteensä", str(len(rows) - 1), *[""] * 6])
    elif damage == "heading again":
        rows.insert(at, list(rows[0]))
    elif damage == "print line":
        rows.insert(at, ["Sivu 2/3", *[""] * 7])
    elif damage == "trailing":
        for one in rows:
            one.extend(["", ""])
    elif damage == "twice named":
        for one in rows:
            one.append(one[1])


def _line(cells: list[str], delimiter: str, *, quoted: bool) -> str:
    def cell(text: str) -> str:
        if quoted or any(sign in text for sign in (delimiter, '"', "\n")):
            return '"' + text.replace('"', '""') + '"'
        return text

    return delimiter.join(cell(one) for one in cells)


def _harmed_text(
    lines: list[str], at: int, damage: str, end: str, delimiter: str, dice: random.Random
) -> str:
    if damage == "stray quote":
        first, _, rest = lines[at].replace('"', "").partition(delimiter)
        lines[at] = f'{first}{delimiter}"{rest}'
    elif damage == "nul":
        lines[at] = lines[at][:3] + "\x00" + lines[at][3:]
    if damage == "line ends":
        return "".join(line + dice.choice(("\n", "\r\n")) for line in lines)
    return end.join(lines) + end


def came_out(row: PlanRow) -> dict[str, str]:
    """Return what a row would put into the register, by the names of :data:`FIELDS`."""
    of = {
        ("party", "customer_number"): "number",
        ("party", "name"): "name",
        ("address", "street"): "street",
        ("address", "post_code"): "post_code",
        ("address", "town"): "town",
        ("email", "address"): "email",
        ("phone", "number"): "phone",
        ("note", "text"): "note",
    }
    return {
        of[step.table, name]: str(value)
        for step in row.steps
        for name, value in step.values
        if (step.table, name) in of and value
    }


def wrong_in(file: Made, plan: Plan, read: set[str], unread: set[str]) -> list[str]:
    """Return what came out otherwise than it went in, or not at all, without a word.

    :param read: the fields whose columns were recognised.
    :param unread: the names of the columns that were not.
    """
    named = repr(plan.notes)
    found = [f"column {name} is not named" for name in unread if name not in named]
    if len(plan.rows) < len(file.people):
        found.append(f"{len(plan.rows)} rows of {len(file.people)}")
    for row in plan.rows:
        out = came_out(row)
        if row.outcome is not RowOutcome.CREATE:
            if not row.reasons:
                found.append(f"row {row.number}: left out without a reason")
            continue
        if {note.code for note in row.notes} & _OF_WHOLE_ROW:
            continue
        went_in = file.people.get(out.get("email", ""), {})
        expected = {key: value for key, value in went_in.items() if key in read and value}
        if "phone" in expected:
            expected["phone"] = "+358" + expected["phone"].replace(" ", "")[1:]
        if any(note.code == "letters_doubtful" for note in row.notes):
            expected["name"] = out.get("name", "")  # named as damaged; every other value is right
        if out != expected:
            found.append(f"row {row.number}: {out} of {expected}")
    return found


def test_every_file_is_read_exactly_or_named(sqlite_store):
    figures, wrong = Counter(), []
    for seed in range(FILES):
        file = made(seed)
        outcome, found = tried(sqlite_store, file)
        figures[outcome] += 1
        wrong.extend(f"{file.told}: {one}" for one in found)
    print(f"\n{FILES} files: {dict(figures)}; silently wrong: {len(wrong)}")
    assert wrong == [], "\n".join(wrong[:20])


def tried(store, file: Made) -> tuple[str, list[str]]:
    try:
        intake, settings = read("a.csv", file.data)
    except UnreadableFile as error:
        return f"refused ({error.code})", [] if "line" in error.facts else [
            "refused without a line"
        ]
    with store.reading(OFFICE) as session:
        plan = preview(session, intake, settings=settings, today=TODAY)
    grid = intake.grid
    header = grid.header or ()
    own = {"customer_number": "number"}
    recognised = {own.get(field, field) for field in grid.columns.values()}
    unread = {name for at, name in enumerate(header) if name and at not in grid.columns}
    found = wrong_in(file, plan, recognised, unread)
    is_exact = (
        not found
        and len(plan.rows) == len(file.people)
        and all(
            row.outcome is RowOutcome.CREATE and not {n.code for n in row.notes} - _SAYS_NOTHING
            for row in plan.rows
        )
    )
    return ("read exactly" if is_exact and not unread else "named"), found
