"""Tables of customers in many encodings, dialects and states of damage, with what went into them.

Persons and organisations, whose business IDs are written as people write them. A table of the same
seed is always the same.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from queries.intake.readers.delimited import DELIMITERS
from tests.factories.records import business_id

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
FIELDS = ("number", "name", "business_id", "street", "post_code", "town", "email", "phone", "note")
DIALECTS = {
    "fi": "Asiakasnumero Nimi Y-tunnus Katuosoite Postinumero Postitoimipaikka Sähköposti Puhelin"
    " Huomautus",
    "fi-short": "Asnro Asiakas LY-tunnus Lähiosoite Postinro Paikkakunta Sähköpostiosoite GSM"
    " Lisätietoja",
    "sv": "Kundnummer Namn FO-nummer Gatuadress Postnummer Postort E-post Telefon Anteckningar",
    "en": "CustomerNumber Name Business_ID Street Postcode City E-mail Phone Notes",
    "de": "Kundennummer Name Reg._Nr. Strasse PLZ Ort E-Mail Telefon Bemerkung",
    "outlook": "CustomerId Name Company_ID Business_Street Business_Postal_Code Business_City"
    " E-mail_Address Mobile_Phone Notes",
}
#: Without any of these the file is whole: every record of it is read, and none is refused.
HARMLESS = frozenset(
    {
        "none",
        "quoted lines",
        "line ends",
        "trailing",
        "twice named",
        "thousands",
        "title above",
        "separator named",
        "blank lines",
    }
)
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
    "title above",
    "separator named",
    "blank lines",
    "wrong business id",
    "mangled business id",
    "business id again",
    "row again",
)
_GIVEN = ("Aino", "Väinö", "Öörni", "Åsa", "Päivi", "Heikki", "Mirjam", "Tuuli")
_FAMILY = ("Esimerkki", "Mäkelä", "Öhman", "Åkerlund", "Järvinen", "Mallikas", "Hämäläinen")
#: Names that say by themselves that they are an organisation's.
_FORMS = (
    "{family} Oy",
    "Kahvila {family} Oyj",
    "Tmi {given} {family}",
    "{family} & Pojat Ky",
    "Asunto Oy {family}nkatu {n}",
    "Bostads Ab {family}sborg {n}",
    "{family}n kuolinpesä",
    "{family}n kotiseutuyhdistys ry",
    "{family}n osuuskunta",
    "Mallikaupungin seurakunta {n}",
    "{family}, {given} & Co Oy",
    'Ravintola "{given}" Oy',
    "Öljy; Äes | {family} Ab",
    "{family} Exempel GmbH",
)
#: Names that only a business ID shows to be an organisation's.
_BARE = ("Kahvila {given}", "Parturi-kampaamo {family}", "{family}", "Studio {family} {n}")
_TOWNS = (
    ("00100", "Helsinki"),
    ("40100", "Jyväskylä"),
    ("53100", "Lappeenranta"),
    ("65100", "Vaasa"),
)


@dataclass(frozen=True)
class MadeTable:
    """A file and what went into it.

    :param records: by the line on which each begins.
    :param never: lines of which nothing may be added: what is on them is no record, says what
        cannot be, or was said before.
    """

    data: bytes
    records: dict[int, dict[str, str]]
    never: frozenset[int]
    damage: str
    told: str


@dataclass
class _Row:
    """A row while the table is made; ``record`` is None where it holds none."""

    cells: list[str]
    record: dict[str, str] | None = None
    is_never: bool = False
    text: str = field(default="", init=False)


def made_table(seed: int) -> MadeTable:
    dice = random.Random(seed)  # noqa: S311 - test data
    encoding, delimiter = dice.choice(ENCODINGS), dice.choice(DELIMITERS)
    dialect, damage = dice.choice(sorted(DIALECTS)), DAMAGE[seed % len(DAMAGE)]
    names = [(given, family) for given in _GIVEN for family in _FAMILY]
    dice.shuffle(names)
    people = [_record(dice, n, *names[n]) for n in range(dice.randint(5, 14))]
    head = [name.replace("_", " ") for name in DIALECTS[dialect].split()]
    if damage == "thousands":  # a number is a name: it is kept as it is written
        for one in people:
            one["number"] = f"{one['number'][0]} {one['number'][1:]}"
    at = dice.randint(2, len(people) - 1)
    if damage == "quoted lines":
        people[at - 1]["note"] = "Ensimmäinen rivi\nja toinen"
    rows = [_Row(head), *(_Row([_cell(one, name, dice) for name in FIELDS], one) for one in people)]
    _harm_rows(rows, at, damage, dice)
    _harm_table(rows, at, damage)
    for row in rows:
        row.text = _line(row.cells, delimiter, quoted=dice.random() < 0.2)
    _harm_text(rows[at], damage, delimiter)
    told = f"{seed} {encoding} {delimiter!r} {dialect} {damage}"
    return _joined(rows, damage, encoding, delimiter, dice, told)


def _record(dice: random.Random, n: int, given: str, family: str) -> dict[str, str]:
    post_code, town = dice.choice(_TOWNS)
    form = dice.choice(("person", "person", "form", "form with id", "bare with id"))
    of = {"given": given, "family": family, "n": n + 1}
    name = {"person": f"{given} {family}", "bare with id": dice.choice(_BARE).format(**of)}.get(
        form, dice.choice(_FORMS).format(**of)
    )
    return {
        "number": str(1000 + n),
        "name": name,
        "kind": "person" if form == "person" else "organisation",
        "business_id": business_id(dice.randint(1, 400_000)) if form.endswith("id") else "",
        "street": f"{dice.choice(('Käpytie', 'Mallikatu', 'Åvägen', 'Öljymäki'))} {n + 1}",
        "post_code": post_code,
        "town": town,
        "email": f"made{n}@posti.example",
        "phone": f"040 12345{n:02}",
        "note": dice.choice(("", "Soitettava ennen käyntiä", 'Sanoi "kyllä", mutta; epäröi')),
    }


def _cell(record: dict[str, str], name: str, dice: random.Random) -> str:
    """Return a value as somebody writes it."""
    value = record[name]
    if name == "business_id" and value:
        bare = value.replace("-", "")
        return dice.choice((value, value, bare, f"FI{bare}", f"FI {value}"))
    return value


def _harm_rows(rows: list[_Row], at: int, damage: str, dice: random.Random) -> None:
    row = rows[at]
    if damage == "short row":
        del row.cells[dice.randint(0, len(FIELDS) - 1)]
    elif damage == "long row":
        row.cells.insert(dice.randint(0, len(FIELDS) - 1), "ylimääräinen")
    elif damage == "encoded twice":
        row.cells[1] = "Väinö Mäkelä".encode().decode("cp1252")
    elif damage == "lost letter":
        row.cells[1] = "V\ufffdin\ufffd M\ufffdkel\ufffd"
    elif damage == "wrong business id":
        right = business_id(dice.randint(1, 400_000))
        row.cells[2] = right[:-1] + str((int(right[-1]) + 1) % 10)
        row.is_never = True
    elif damage == "mangled business id":
        row.cells[2] = dice.choice(("9.00001E+07", "9,00001E+07", "900001"))
        row.is_never = True
    elif damage == "business id again":
        rows[1].cells[2] = row.cells[2] = business_id(dice.randint(1, 400_000))
        for one, own in ((rows[1], "Oy"), (row, "Ab")):
            one.record = {**(one.record or {}), "business_id": row.cells[2]}
            one.record |= {"kind": "organisation", "name": f"{one.cells[1]} {own}"}
            one.cells[1] = one.record["name"]
        row.is_never = True


def _harm_table(rows: list[_Row], at: int, damage: str) -> None:
    empty = [""] * (len(FIELDS) - 1)
    added = {
        "totals": (len(rows), ["Yhteensä", str(len(rows) - 1), *empty[1:]]),
        "heading again": (at, list(rows[0].cells)),
        "print line": (at, ["Sivu 2/3", *empty]),
        "row again": (len(rows), list(rows[at].cells)),
    }
    if damage in added:
        place, cells = added[damage]
        rows.insert(place, _Row(cells, is_never=True))
    elif damage == "trailing":
        for one in rows:
            one.cells.extend(["", ""])
    elif damage == "twice named":
        for one in rows:
            one.cells.append(one.cells[1])
    elif damage == "title above":
        rows[:0] = [_Row(["Asiakasluettelo", *empty]), _Row(["", *empty])]
    elif damage == "blank lines":
        rows.insert(at, _Row([""]))
        rows.insert(1, _Row(["", *empty]))


def _line(cells: list[str], delimiter: str, *, quoted: bool) -> str:
    def cell(text: str) -> str:
        if quoted or any(sign in text for sign in (delimiter, '"', "\n")):
            return '"' + text.replace('"', '""') + '"'
        return text

    return delimiter.join(cell(one) for one in cells)


def _harm_text(row: _Row, damage: str, delimiter: str) -> None:
    if damage == "stray quote":
        first, _, rest = row.text.replace('"', "").partition(delimiter)
        row.text = f'{first}{delimiter}"{rest}'
    elif damage == "nul":
        row.text = row.text[:3] + "\x00" + row.text[3:]


def _joined(
    rows: list[_Row], damage: str, encoding: str, delimiter: str, dice: random.Random, told: str
) -> MadeTable:
    """Join the rows to a file; the lines of those that begin before it breaks off are known."""
    end = dice.choice(("\n", "\r\n"))
    text = f"sep={delimiter}{end}" if damage == "separator named" else ""
    starts = []
    for row in rows:
        starts.append(len(text))
        text += row.text + (dice.choice(("\n", "\r\n")) if damage == "line ends" else end)
    if damage == "cut":
        text = text[: dice.randint(len(text) // 2, len(text) - 3)]
    records, never = {}, set()
    for start, row in zip(starts, rows, strict=True):
        line = text.count("\n", 0, start) + 1
        if not text[start:].strip():
            continue
        if row.is_never:
            never.add(line)
        elif row.record is not None:
            records[line] = row.record
    return MadeTable(text.encode(encoding, "replace"), records, frozenset(never), damage, told)
