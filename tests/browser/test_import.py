"""Import of a file with a real browser: given, previewed, brought in, opened."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import press, shot
from tests.factories.import_files import ROWS, csv_of, finvoice, finvoice_file
from tests.factories.workbook_files import book_of, rows
from tests.support.words import fi, start_of

HOSTILE = "*Ab* [x](javascript:alert(1)) :red[y] $z$ <img src=x> Oy"


def give(page, name, data):
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )


@pytest.fixture
def page(new_context):
    """A tall window, so that the pictures hold the preview."""
    return new_context(viewport={"width": 1280, "height": 1400}).new_page()


def test_a_table_is_previewed_and_brought_in(page, signed_in):
    signed_in(page, "office")
    page.goto("/import_")
    rows = [(f"T{number}", name, "", *rest) for number, name, _id, *rest in ROWS]
    rows += [
        ("T3", HOSTILE, "", "Tie 1", "501", "Mikkeli", "", ""),
        ("T4", "Väärä Oy", "9000001-2", "", "", "", "ei@@", ""),
    ]
    give(page, "asiakkaat.csv", csv_of(*rows, encoding="cp1252"))
    table = page.locator(".register-table")
    expect(table).to_contain_text(fi("refusals.business_id.check_digit"))
    expect(
        page.get_by_role("button", name=fi("import.carry_out"), exact=False).last
    ).to_be_visible()
    shot(page, "import_refused")
    press(page.get_by_text(fi("import.show_all")))
    expect(table).to_contain_text(HOSTILE)
    expect(table).to_contain_text("501 → 00501")
    press(page.get_by_text(fi("import.settings")))
    expect(page.get_by_text(fi("import.sample", sample="Pihlajamäen Huolto Oy"))).to_be_visible()
    shot(page, "import_settings")
    press(page.get_by_text(fi("import.skip_refused")))
    press(page.locator(".st-key-import-carry_out button"))
    expect(page.get_by_text(start_of("import.done", created=3))).to_be_visible()
    expect(page.locator("canvas").first).to_be_visible()
    shot(page, "import_done")


def test_invoices_are_previewed(page, signed_in):
    signed_in(page, "manager")
    page.goto("/import_")
    data = finvoice_file(
        finvoice("20011", details="<InvoicePaidAmount>100,00</InvoicePaidAmount>"),
        finvoice("20012", kind="TES01"),
        encoding="ISO-8859-15",
    )
    give(page, "laskut.xml", data)
    expect(page.locator(".register-table")).to_contain_text(
        start_of("import.reasons.invoice_type", type="TES01")
    )
    press(page.get_by_text(fi("import.show_all")))
    expect(page.locator(".register-table")).to_contain_text(
        fi("import.invoice_of", name="Ostajan Oy", number="20011")
    )
    shot(page, "import_invoices")


def test_the_sheet_of_a_workbook_is_offered_and_may_be_changed(page, signed_in):
    signed_in(page, "office")
    page.goto("/import_")
    data = book_of(
        ("Kansi", rows(("Asiakasluettelo",))),
        ("Uusia", rows(("Nimi", "Maa"), ("Uusi Halko Oy", "FI"))),
        ("Vanhat", rows(("Maa", "Nimi"), ("FI", "Vanha Halko Oy"))),
    )
    give(page, "luettelo.xlsx", data)
    expect(
        page.get_by_text(fi("import.reasons.sheets_left", names="Kansi, Vanhat"))
    ).to_be_visible()
    sheet = page.get_by_role("combobox", name=fi("import.sheet"))
    expect(sheet).to_be_visible()
    shot(page, "import_sheets")
    press(sheet)
    press(page.get_by_role("option", name="Vanhat"))
    expect(page.get_by_text(fi("import.reasons.sheets_left", names="Kansi, Uusia"))).to_be_visible()
    press(page.get_by_text(fi("import.show_all")))
    expect(page.locator(".register-table")).to_contain_text("Vanha Halko Oy")
