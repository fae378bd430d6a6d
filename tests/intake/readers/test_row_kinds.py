"""Rows that are not records are left out and named; a company of such a name is one."""

from __future__ import annotations

import pytest

from queries.intake.readers.grid import GridRow
from queries.intake.readers.row_kinds import left_out

HEADER = ("Asiakasnumero", "Nimi", "Katuosoite", "Puhelin", "Saldo")
COLUMNS = {0: "customer_number", 1: "name", 2: "street", 3: "phone"}


def reason_of(*cells: str) -> str | None:
    found = left_out(GridRow(2, cells), COLUMNS, HEADER)
    return None if found is None else found.code


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (("", "Yhteensä 2 asiakasta", "", "", ""), "totals_row"),
        (("Yhteensä", "", "", "", "1 234,50 €"), "totals_row"),
        (("", "Yhteensä:", "", "", ""), "totals_row"),
        (("", "Yht.", "", "", "12"), "totals_row"),
        (("", "***", "", "", ""), "print_line"),
        (("", "\u200b", "", "", ""), "print_line"),
        (("", "Summa", "", "", "12"), "totals_row"),
        (("Total", "", "", "", "-3.50"), "totals_row"),
        (("", "Tulostettu 30.11.2026", "", "", ""), "print_line"),
        (("Sivu 2/3", "", "", "", ""), "print_line"),
        (("Printed 2026-11-30 10:00", "", "", "", ""), "print_line"),
        (HEADER, "heading_again"),
        (("asiakasnumero", "NIMI", "", "", ""), "heading_again"),
        (("5001", "Summa", "", "0401234567", ""), None),
        (("", "Summa Oy", "", "", ""), None),
        (("", "Total Kiinteistöpalvelut", "", "", ""), None),
        (("", "Yhteensä 2 asiakasta", "Rantatie 1", "", ""), None),
        (("", "Sivu Sanni", "", "", ""), None),
        (("", "Nimi", "", "", ""), None),
        (("1001", "Kahvila Aamu Oy", "Rantatie 1", "0401234567", "0"), None),
    ],
)
def test_why_a_row_is_left_out(cells, reason):
    assert reason_of(*cells) == reason


@pytest.mark.parametrize("text", ["1" + " " * 130_000 + "x", "summa" + " " * 130_000 + "x"])
def test_a_cell_as_long_as_a_file_is_no_total(text):
    """The expressions cost the square of a text: this one would take minutes."""
    assert reason_of("", text, "", "", "") is None
