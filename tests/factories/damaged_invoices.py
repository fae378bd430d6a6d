"""Invoices of Finvoice and UBL, whole and damaged in many ways, with what went into them.

A file of the same seed is always the same.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from tests.factories.import_files import BUYER, euros, finvoice, finvoice_row
from tests.factories.ubl_files import ubl

#: Without any of these every invoice of the file is filed as it was made.
HARMLESS = (
    "none",
    "several",
    "comment",
    "cdata",
    "envelope",
    "byte-order mark",
    "utf-16",
    "cp1252",
    "encoding left behind",
    "prefix",
    "line ends",
)
DAMAGE = (
    *HARMLESS,
    "cut",
    "ampersand",
    "tag lost",
    "encoding untrue",
    "entity",
    "amount altered",
    "amount altered",
    "amount spelt",
    "currency",
    "element lost",
    "element lost",
    "element twice",
    "row lost",
)
_RATES = ("25,5", "14", "10")
_AMOUNT = re.compile(r"(?<=[>])-?\d+[,.]\d\d(?=<)")
_LOSABLE = {
    "finvoice": (
        "InvoiceNumber",
        "InvoiceDate",
        "InvoiceTotalVatExcludedAmount",
        "InvoiceTotalVatAmount",
        "InvoiceTotalVatIncludedAmount",
        "RowVatExcludedAmount",
        "RowVatRatePercent",
        "UnitPriceAmount",
        "InvoicedQuantity",
        "BuyerOrganisationName",
    ),
    "ubl": (
        "cbc:ID",
        "cbc:IssueDate",
        "cbc:TaxAmount",
        "cbc:TaxExclusiveAmount",
        "cbc:TaxInclusiveAmount",
        "cbc:PayableAmount",
        "cbc:LineExtensionAmount",
        "cbc:PriceAmount",
        "cbc:InvoicedQuantity",
        "cbc:Percent",
    ),
}


@dataclass(frozen=True)
class MadeInvoice:
    """An invoice as it was meant: sums in cents, each row's text and net."""

    number: str
    net: int
    vat: int
    total: int
    rows: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class MadeFile:
    data: bytes
    invoices: tuple[MadeInvoice, ...]
    damage: str
    told: str


def made_file(seed: int) -> MadeFile:
    dice = random.Random(seed)  # noqa: S311 - test data
    damage = DAMAGE[seed % len(DAMAGE)]
    form = dice.choice(("finvoice", "finvoice", "ubl"))
    count = dice.randint(2, 4) if damage in {"several", "cut"} else 1
    made = [_invoice(dice, form, str(2001 + n)) for n in range(count)]
    texts = [text for text, _ in made]
    data = _damaged(texts, damage, form, dice)
    return MadeFile(data, tuple(one for _, one in made), damage, f"{seed} {form} {damage}")


def _invoice(dice: random.Random, form: str, number: str) -> tuple[str, MadeInvoice]:
    if form == "ubl":
        return ubl(number), MadeInvoice(number, 10000, 2550, 12550, (("Asennus", 10000),))
    rate = Decimal(dice.choice(_RATES).replace(",", "."))
    rows, written = [], []
    for n in range(dice.randint(2, 4)):
        quantity, price = dice.randint(1, 40), Decimal(dice.randint(100, 99_999)) / 100
        net = quantity * price
        rows.append((f"Työ {n + 1}", int(net * 100)))
        written.append(
            finvoice_row(
                f"Työ {n + 1}", str(quantity), euros(price), euros(net), str(rate).replace(".", ",")
            )
        )
    net = Decimal(sum(one for _, one in rows)) / 100
    vat = (net * rate / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    text = finvoice(
        number,
        net=euros(net),
        vat=euros(vat),
        total=euros(net + vat),
        name="Öljyn Äes Oy",
        buyer=BUYER,
        rows="".join(written),
    )
    sums = (int(net * 100), int(vat * 100), int((net + vat) * 100))
    return text, MadeInvoice(number, *sums, tuple(rows))


def _damaged(texts: list[str], damage: str, form: str, dice: random.Random) -> bytes:
    text = "\n".join(texts)
    if damage in {"comment", "cdata", "envelope", "prefix", "line ends", "ampersand", "tag lost"}:
        return _wrapped(text, damage, dice).encode()
    if damage == "several":
        return "\n".join(f'<?xml version="1.0"?>\n{one}' for one in texts).encode()
    if damage == "cut":
        return text[: dice.randint(len(text) // 4, len(text) - 10)].encode()
    if damage in {"byte-order mark", "utf-16", "cp1252", "encoding left behind", "encoding untrue"}:
        return _encoded(text, damage)
    return _altered(text, damage, form, dice).encode()


def _wrapped(text: str, damage: str, dice: random.Random) -> str:
    soap = "http://schemas.xmlsoap.org/soap/envelope/"
    return {
        "comment": lambda: f'<?xml version="1.0"?><!-- {text.replace("--", "")} -->\n{text}',
        "cdata": lambda: re.sub(r">([^<>\n]*[A-Za-zÖö][^<>\n]*)<", r"><![CDATA[\1]]><", text),
        "envelope": lambda: (
            f'<s:Envelope xmlns:s="{soap}"><s:Header/><s:Body>{text}</s:Body></s:Envelope>'
        ),
        "prefix": lambda: _prefixed(text) if text.startswith("<Finvoice ") else text,
        "line ends": lambda: text.replace("\n", "\r\n"),
        "ampersand": lambda: text.replace(" Oy<", " & Oy<", 1),
        "tag lost": lambda: text.replace(dice.choice(re.findall(r"</[\w:]+>", text)), "", 1),
    }[damage]()


def _prefixed(text: str) -> str:
    """Return the invoice with a prefix before each of its elements."""
    named = re.sub(r"<(/?)([A-Z])", r"<\1f:\2", text)
    return named.replace("<f:Finvoice ", '<f:Finvoice xmlns:f="urn:made" ', 1)


def _encoded(text: str, damage: str) -> bytes:
    declared = {
        "utf-16": ("UTF-16", "utf-16"),
        "cp1252": ("windows-1252", "cp1252"),
        "encoding left behind": ("ISO-8859-1", "utf-8"),
        "encoding untrue": ("UTF-8", "cp1252"),
        "byte-order mark": ("UTF-8", "utf-8-sig"),
    }[damage]
    whole = text.replace("Ostotie", "Östotie")
    return f'<?xml version="1.0" encoding="{declared[0]}"?>\n{whole}'.encode(declared[1])


def _altered(text: str, damage: str, form: str, dice: random.Random) -> str:
    if damage == "entity":
        return f'<!DOCTYPE a [<!ENTITY b "1">]>{text}'
    if damage == "currency":
        return text.replace('"EUR"', '"SEK"', 1)
    if damage == "row lost":
        return re.sub(r"<InvoiceRow>.*?</InvoiceRow>", "", text, count=1, flags=re.DOTALL)
    if damage in {"amount altered", "amount spelt"}:
        return _with_amount(text, damage, dice)
    name = dice.choice(_LOSABLE[form])
    found = re.search(rf"<{name}[ >][^<]*</{name}>", text)
    if found is None:
        return text
    again = "" if damage == "element lost" else found[0] + _other(found[0])
    return text[: found.start()] + again + text[found.end() :]


def _with_amount(text: str, damage: str, dice: random.Random) -> str:
    """Change one digit of one amount, or write the amount otherwise."""
    found = dice.choice(list(_AMOUNT.finditer(text)))
    given = found[0]
    if damage == "amount altered":
        at = dice.choice([at for at, sign in enumerate(given) if sign.isdigit()])
        other = (int(given[at]) + dice.randint(1, 9)) % 10
        given = f"{given[:at]}{other}{given[at + 1 :]}"
    else:
        turned = given.translate(str.maketrans(",.", ".,"))
        given = dice.choice((turned, f"{given} EUR", f" {given}\n", f"+{given}", f"0{given}"))
    return text[: found.start()] + given + text[found.end() :]


def _other(element: str) -> str:
    """Return the element with another value."""
    return re.sub(r"(\d)(?=[^\d<]*<)", lambda digit: str((int(digit[0]) + 1) % 10), element)
