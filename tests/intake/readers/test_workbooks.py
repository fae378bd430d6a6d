"""A workbook is read as its sheet shows it, or says what it does not show."""

from __future__ import annotations

from datetime import date

import pytest

from queries.errors import UnreadableFile
from queries.intake.plan import ImportSettings
from queries.intake.readers.read_file import read_file
from queries.intake.readers.workbook_numbers import shown_number
from tests.factories.import_files import codes, outcomes, planned
from tests.factories.workbook_files import book_of, parts_of, rows, strict, with_sheet, zip_of
from tests.support.work import grows_evenly

HEAD = ("Asiakasnumero", "Nimi", "Postinumero", "Postitoimipaikka")
KAHVILA = ("5001", "Kahvila Aamu Oy", "50100", "Mikkeli")
SAHA = ("5002", "Saha Halko Oy", "50100", "Mikkeli")


def grid(data, name="a.xlsx", **settings):
    return read_file(name, data, settings=ImportSettings(**settings)).grid


def cells(data, **settings):
    return [row.cells for row in grid(data, **settings).rows]


def said(data, **settings):
    return [(one.code, dict(one.facts)) for one in grid(data, **settings).notes]


def refused(data, name="a.xlsx"):
    with pytest.raises(UnreadableFile) as caught:
        read_file(name, data)
    return caught.value.code


def test_a_strict_workbook_is_read_like_any_other():
    def draw(book, sheet):
        rows(HEAD, KAHVILA)(book, sheet)
        sheet.write_number(2, 0, 7, book.add_format({"num_format": "00000"}))
        sheet.write_string(2, 1, "Seitsemäs Oy")
        sheet.set_row(2, None, None, {"hidden": True})

    data = book_of(("Asiakkaat", draw), ("Muut", rows(("x", "y"))))
    assert b"purl.oclc.org" in parts_of(strict(data))["xl/workbook.xml"]
    assert grid(strict(data)) == grid(data)
    assert cells(strict(data)) == [KAHVILA, ("00007", "Seitsemäs Oy")]


def test_a_day_of_a_strict_workbook_is_read():
    data = strict(
        with_sheet(
            b'<sheetData><row><c t="inlineStr"><is><t>Nimi</t></is></c>'
            b'<c t="inlineStr"><is><t>Alkanut</t></is></c></row>'
            b'<row><c t="inlineStr"><is><t>Aino</t></is></c><c t="d"><v>2024-03-05</v></c></row>'
            b'<row><c t="inlineStr"><is><t>Eino</t></is></c><c t="d"><v>ei</v></c></row>'
            b"</sheetData>"
        )
    )
    table = grid(data)
    assert [row.cells for row in table.rows] == [("Aino", "2024-03-05"), ("Eino", "ei")]
    assert [row.unread for row in table.rows] == [(), ((1, "day_unclear", "B3"),)]


def test_the_order_and_the_names_of_the_parts_do_not_matter():
    parts = parts_of(book_of(("Asiakkaat", rows(HEAD, KAHVILA)), ("Muut", rows(("x",)))))
    turned = dict(reversed(parts.items()))
    assert cells(zip_of(turned)) == [KAHVILA]
    moved = {
        name.replace("/", "\\").replace("workbook.xml", "Book7.xml"): one.replace(
            b"xl/workbook.xml", b"xl/Book7.xml"
        )
        for name, one in parts.items()
    }
    assert cells(zip_of(moved)) == [KAHVILA]
    swapped = {**parts}
    swapped["xl/_rels/workbook.xml.rels"] = (
        parts["xl/_rels/workbook.xml.rels"]
        .replace(b"sheet1.xml", b"sheetX.xml")
        .replace(b"sheet2.xml", b"sheet1.xml")
        .replace(b"sheetX.xml", b"sheet2.xml")
    )
    assert grid(zip_of(swapped)).sheet == "Muut"


def test_the_value_that_a_formula_had_is_read_and_one_without_is_named(sqlite_store):
    def draw(book, sheet):
        rows(HEAD, KAHVILA)(book, sheet)
        sheet.write_formula(1, 1, '="Kahvila"&" Aamu Oy"', None, "Kahvila Aamu Oy")
        sheet.write_string(2, 0, "5002")
        sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")
        sheet.write_string(3, 0, "5003")
        sheet.write_formula(3, 1, '="x"', None, "NOT_YET")

    parts = parts_of(book_of(("Asiakkaat", draw)))
    name = "xl/worksheets/sheet1.xml"
    parts[name] = (
        parts[name].replace(b"<v>NOT_YET</v>", b"").replace(b' t="str"><f>"x"', b'><f>"x"')
    )
    data = zip_of(parts)
    table = grid(data)
    assert table.rows[0].cells == KAHVILA
    assert [row.unread for row in table.rows[1:]] == [
        ((1, "cell_error", "B3"),),
        ((1, "formula", "B4"),),
    ]
    plan = planned(sqlite_store, "a.xlsx", data)
    assert outcomes(plan) == ["create", "refuse", "refuse"]
    assert (codes(plan, 1), codes(plan, 2)) == (["cell_error"], ["formula"])
    assert plan.rows[2].reasons[0].facts == {"column": "Nimi", "cell": "B4"}


def test_a_formula_whose_result_is_an_empty_text_is_an_empty_cell():
    data = with_sheet(
        b'<sheetData><row><c t="inlineStr"><is><t>Nimi</t></is></c>'
        b'<c t="inlineStr"><is><t>Maa</t></is></c></row><row><c t="inlineStr"><is><t>A</t></is></c>'
        b'<c t="str"><f>""</f><v></v></c></row></sheetData>'
    )
    assert [(row.cells, row.unread) for row in grid(data).rows] == [(("A",), ())]


def test_the_sheet_with_a_table_is_offered_and_the_others_are_named():
    cover = ("Kansi", rows(("Asiakasluettelo 2026",), ("Laatinut",), ("Olli",)))
    data = book_of(
        cover, ("Tyhjä", rows()), ("Asiakkaat", rows(HEAD, KAHVILA)), ("Vanhat", rows(HEAD, SAHA))
    )
    table = grid(data)
    assert (table.sheet, table.sheets) == ("Asiakkaat", ("Kansi", "Tyhjä", "Asiakkaat", "Vanhat"))
    assert said(data) == [("sheets_left", {"names": "Kansi, Vanhat"})]
    assert cells(data, sheet="Vanhat") == [SAHA]
    assert said(data, sheet="Vanhat") == [("sheets_left", {"names": "Kansi, Asiakkaat"})]
    with pytest.raises(UnreadableFile) as caught:
        grid(data, sheet="Tyhjä")
    assert caught.value.code == "no_rows"


def test_a_hidden_sheet_is_named_and_may_be_chosen():
    def hidden(book, sheet):
        rows(HEAD, KAHVILA, SAHA)(book, sheet)
        sheet.hide()

    data = book_of(("Lista", rows(("Nimi", "Maa"), ("Aino", "FI"))), ("Piilo", hidden))
    assert grid(data).sheet == "Lista"
    assert said(data) == [("sheets_hidden", {"names": "Piilo"})]
    assert cells(data, sheet="Piilo") == [KAHVILA, SAHA]


def test_a_sheet_of_something_else_does_not_keep_the_table_from_being_read():
    wide = ("Leveä", rows(("x",) * 400))
    data = book_of(wide, ("Asiakkaat", rows(HEAD, KAHVILA)))
    assert cells(data) == [KAHVILA]
    assert said(data) == [("sheets_left", {"names": "Leveä"})]


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        ("7", "00000", "00007"),
        ("7", "General", "7"),
        ("7", "@", "7"),
        ("100", "00000", "00100"),
        ("23456780", "0000000-0", "2345678-0"),
        ("1120389", "0000000\\-0", "0112038-9"),
        ("401234567", "0000000000", "0401234567"),
        ("401234567", "000\\ 000\\ 0000", "040 123 4567"),
        ("5", '"A-"000', "A-005"),
        ("12", '0" pv"', "12 pv"),
        ("0.25", "0%", "25%"),
        ("0.255", "0.0 %", "25,5 %"),
        ("1.5", "0.00", "1,50"),
        ("1.5", "0.##", "1,5"),
        ("-3", "0;[Red](0)", "(3)"),
        ("-3", "0", "-3"),
        ("0", '0;-0;"ei ole"', "0"),
        ("1.5", "General", "1,5"),
        ("0.1", "General", "0,1"),
        ("0.30000000000000004", "General", "0,3"),
        ("4.01234567E8", "General", "401234567"),
        ("358401234567", "General", "358401234567"),
        ("123456789012345", "0", "123456789012345"),
        ("1234.5", "#,##0.00", "1234,5"),
        ("12.7", "0", "12,7"),
        ("7", ";;;", "7"),
        ("1234", "0.00E+00", "1234"),
        ("0.5", "# ?/?", "0,5"),
        ("45356", "d.m.yyyy", "2024-03-05"),
        ("45356", "[$-40B]d. mmmm yyyy;@", "2024-03-05"),
        ("45356", "mmm yy", "2024-03-05"),
        ("45356.5", "d.m.yyyy h:mm", "2024-03-05 12:00:00"),
        ("0.5", "h:mm", "12:00:00"),
        ("12", '0" day"', "12 day"),
        ("12", "0\\d", "12d"),
    ],
)
def test_a_number_is_what_the_sheet_shows(number, code, text):
    shown = shown_number(number, code, from_1904=False)
    assert (shown.text, shown.problem) == (text, None)


@pytest.mark.parametrize("code", ["#,##0.00", "0", "0.00E+00", "# ?/?", ";;;", "[>5]0;00"])
def test_a_number_that_the_sheet_shortens_is_read_whole_and_named(code):
    shown = shown_number("1234.5678", code, from_1904=False)
    assert (shown.text, shown.is_plain) == ("1234,5678", True)


def test_columns_of_shortened_numbers_are_named():
    def draw(book, sheet):
        rows(("Nimi", "Asiakasnumero", "Saldo"), ("Aino Oy",), ("Eino Oy",))(book, sheet)
        sheet.write_number(1, 1, 12345, book.add_format({"num_format": "#,##0"}))
        sheet.write_number(2, 2, 12.345, book.add_format({"num_format": "0.00"}))

    data = book_of(("Asiakkaat", draw))
    assert cells(data) == [("Aino Oy", "12345"), ("Eino Oy", "", "12,345")]
    assert said(data) == [("numbers_plain", {"columns": "B, C"})]


def test_a_number_whose_end_is_lost_refuses_its_row(sqlite_store):
    data = book_of(
        (
            "A",
            rows(
                ("Nimi", "Y-tunnus", "Verkkolaskuosoite"),
                ("Aino Oy", None, 37123456789012345),
                ("Eino Oy", None, "0037123456789012345"),
            ),
        )
    )
    plan = planned(sqlite_store, "a.xlsx", data)
    assert codes(plan, 0) == ["number_cut"]
    assert plan.rows[0].reasons[0].facts["cell"] == "C2"


def test_a_text_that_a_spreadsheet_shortened_refuses_its_row(sqlite_store):
    data = book_of(("A", rows(("Nimi", "Puhelin"), ("Aino Oy", "3,58401E+11"), ("E+5 Oy", None))))
    plan = planned(sqlite_store, "a.xlsx", data)
    assert (codes(plan, 0), outcomes(plan)) == (["number_mangled"], ["refuse", "create"])


def test_days_count_from_1904_where_the_workbook_says_so():
    def draw(book, sheet):
        rows(("Nimi", "Asiakkuus alkanut"), ("Aino Oy",))(book, sheet)
        sheet.write_datetime(1, 1, date(2024, 3, 5), book.add_format({"num_format": 14}))

    for from_1904 in (False, True):
        data = book_of(("A", draw), from_1904=from_1904)
        assert cells(data) == [("Aino Oy", date(2024, 3, 5).isoformat())]
        assert cells(strict(data)) == [("Aino Oy", "2024-03-05")]


@pytest.mark.parametrize("number", ["-1", "0.5", "99999999"])
def test_a_day_that_is_none_is_not_read(number):
    assert shown_number(number, "d.m.yyyy", from_1904=False).problem == "day_unclear"


def test_hidden_rows_and_columns_are_read_and_named():
    def draw(book, sheet):
        rows(HEAD, KAHVILA, SAHA, ("5003", "Verstas Oy"), ("5004", "Piha Oy"))(book, sheet)
        for at in (2, 3, 9):
            sheet.set_row(at, None, None, {"hidden": True})
        sheet.set_column(2, 2, None, None, {"hidden": True})
        sheet.set_column(20, 16383, None, None, {"hidden": True})

    data = book_of(("A", draw))
    assert cells(data)[1] == SAHA
    assert said(data) == [("rows_hidden", {"rows": "3–4"}), ("columns_hidden", {"columns": "C"})]


def test_filtered_rows_are_read_and_named():
    def draw(book, sheet):
        rows(HEAD, KAHVILA, SAHA)(book, sheet)
        sheet.autofilter(0, 0, 2, 3)
        sheet.filter_column("A", "x == 5001")
        sheet.set_row(2, None, None, {"hidden": True})

    data = book_of(("A", draw))
    assert cells(data) == [KAHVILA, SAHA]
    assert said(data) == [("rows_filtered", {"rows": "3"})]


def test_merged_cells_below_the_heading_and_comments_are_named():
    def draw(book, sheet):
        sheet.merge_range("A1:D1", "Asiakasluettelo")
        rows(HEAD, KAHVILA, SAHA[:3], first=1)(book, sheet)
        sheet.merge_range("D3:D4", "Mikkeli")
        sheet.write_comment("B3", "soita ensin")

    data = book_of(("A", draw))
    assert cells(data) == [KAHVILA, SAHA[:3]]
    assert said(data) == [
        ("comments_left", {}),
        ("cells_merged", {"cells": "D3:D4"}),
        ("rows_above_heading", {"rows": "1"}),
    ]


def test_titles_above_the_heading_are_named():
    data = book_of(("A", rows(("Asiakkaat",), ("Tulostettu", "1.2.2026"), (), HEAD, KAHVILA)))
    assert cells(data) == [KAHVILA]
    assert said(data) == [("rows_above_heading", {"rows": "1–2"})]


def test_a_heading_in_two_rows_is_read_as_one():
    upper = ("Asiakasnumero", "Nimi", "Osoite", "", "", "Yhteys", "")
    lower = ("", "", "Katuosoite", "Postinumero", "Postitoimipaikka", "Puhelin", "Sähköposti")
    row = ("5001", "Kahvila Aamu Oy", "Rantatie 1", "50100", "Mikkeli", "0401234567", "a@b.example")
    data = book_of(("A", rows(("Lista",), upper, lower, row)))
    table = grid(data)
    assert table.header == (*upper[:2], *lower[2:])
    assert [table.columns[at] for at in range(7)] == [
        "customer_number",
        "name",
        "street",
        "post_code",
        "town",
        "phone",
        "email",
    ]
    assert [one.cells for one in table.rows] == [row]
    assert said(data) == [
        ("rows_above_heading", {"rows": "1"}),
        ("heading_of_two_rows", {"rows": "2, 3"}),
    ]


def test_a_group_above_a_column_is_not_taken_for_a_second_name():
    groups = ("Asiakas", "", "Osoite", "", "")
    names = ("Numero", "Nimi", "Katu", "Postinumero", "Postitoimipaikka")
    values = ("9001", "Eka Halko Oy", "Rantatie 1", "00610", "Helsinki")
    assert grid(book_of(("Taulu", rows(groups, names, values)))).columns == {
        0: "customer_number",
        1: "name",
        2: "street",
        3: "post_code",
        4: "town",
    }


def test_a_row_below_the_heading_is_no_second_heading():
    data = book_of(("A", rows(("Nimi", "Lempiväri"), ("Aino", "Maa"), ("Eino", "Puhelin"))))
    assert (grid(data).header, cells(data)) == (
        ("Nimi", "Lempiväri"),
        [("Aino", "Maa"), ("Eino", "Puhelin")],
    )


def test_every_note_has_its_sentence_on_the_plan(sqlite_store):
    data = book_of(("Kansi", rows(("Kansi",))), ("A", rows(("Lista",), HEAD, KAHVILA)))
    plan = planned(sqlite_store, "a.xlsx", data)
    assert [one.code for one in plan.notes] == ["sheets_left", "rows_above_heading"]


def test_an_empty_workbook_has_no_rows():
    assert refused(book_of(("Taul1", rows()))) == "no_rows"
    assert refused(strict(book_of(("Taul1", rows()), ("Taul2", rows())))) == "no_rows"


def test_other_forms_of_workbooks_are_refused_by_name():
    ods = zip_of(
        {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}
    )
    assert refused(ods, "a.ods") == "file_is_ods"
    parts = parts_of(book_of(("A", rows(HEAD))))
    binary = {
        name.replace("workbook.xml", "workbook.bin"): one.replace(b"workbook.xml", b"workbook.bin")
        for name, one in parts.items()
    }
    assert refused(zip_of(binary), "a.xlsb") == "file_is_xlsb"
    assert (
        refused(b"\x09\x08\x10\x00\x00\x06\x05\x00" + b"\0" * 600, "a.xls") == "file_is_old_excel"
    )
    assert refused(b"Nimi\tMaa\nAino\tFI\n", "a.xls") == "text_named_xls"
    assert refused("Nimi\tMaa\nAino\tFI\n".encode("utf-16"), "a.xls") == "text_named_xls"
    assert refused(b"<html><table><tr><td>Nimi</td></tr></table></html>", "a.xls") == "file_is_html"
    assert (
        refused(
            b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
            b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "a.xls",
        )
        == "file_is_xml_excel"
    )


def test_a_workbook_with_macros_is_read_without_them():
    parts = parts_of(book_of(("A", rows(HEAD, KAHVILA))))
    parts["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0 Auto_Open"
    assert [row.cells for row in grid(zip_of(parts), name="a.xlsm").rows] == [KAHVILA]


def test_texts_in_pieces_are_whole_and_their_pronunciation_is_left_out():
    data = with_sheet(
        b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><r><t>Ni</t></r><r><t>mi</t></r>'
        b'<rPh sb="0" eb="1"><t>ni</t></rPh></is></c></row>'
        b'<row r="3"><c r="A3" t="inlineStr"><is><t xml:space="preserve">Rivi_x000A_vaihto</t></is>'
        b"</c></row></sheetData>"
    )
    assert [(row.number, row.cells) for row in grid(data, has_header=True).rows] == [
        (3, ("Rivi\nvaihto",))
    ]


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="A0"><v>1</v></c>',
        b'<c r="A2"><v>1</v></c>',
        b'<c r="ZZZZ1"><v>1</v></c>',
        b'<c r="A1" t="s"><v>99</v></c>',
        b'<c r="A1" t="s"><v>x</v></c>',
        b'<c r="A1" s="x"><v>1.5</v></c>',
        b'<c r="A1"><v>1</v></c><c r="A1"><v>2</v></c>',
        b'<c r="A1"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c>',
    ],
)
def test_a_sheet_that_contradicts_itself_is_damaged(cell):
    data = with_sheet(b'<sheetData><row r="1">' + cell + b"</row></sheetData>")
    assert refused(data) == "workbook_damaged"


def test_two_parts_of_one_name_are_damage():
    parts = parts_of(book_of(("A", rows(HEAD, KAHVILA))))
    parts["XL/worksheets/SHEET1.xml"] = parts["xl/worksheets/sheet1.xml"]
    assert refused(zip_of(parts)) == "workbook_damaged"


def test_twice_as_many_empty_rows_are_twice_the_work():
    def read(n):
        empty = b"".join(b'<row r="%d" ht="15"/>' % number for number in range(1, n + 1))
        refused(with_sheet(b"<sheetData>" + empty + b"</sheetData>"))

    assert grows_evenly(read, 5_000)


def test_a_token_of_ten_megabytes_is_read_to_its_end():
    noise = b"".join(b"%d" % (number * 7919) for number in range(1_500_000))
    refused(with_sheet(b'<sheetData><row r="' + noise + b'"/></sheetData>'))
    text = b'<sheetData><row><c t="inlineStr"><is><t>' + noise + b"</t></is></c></row></sheetData>"
    refused(with_sheet(text))


def sheet_with_hidden(spans, lines):
    """A sheet whose later columns are hidden by so many spans over each other."""
    hidden = b"".join(
        b'<col min="%d" max="16384" hidden="1"/>' % (3 + at % 9) for at in range(spans)
    )
    head = b'<row><c t="inlineStr"><is><t>Nimi</t></is></c></row>'
    body = b"<row><c><v>1</v></c><c><v>2</v></c><c><v>3</v></c></row>" * lines
    return with_sheet(b"<cols>" + hidden + b"</cols><sheetData>" + head + body + b"</sheetData>")


def test_hidden_columns_cost_no_more_for_each_row():
    table = grid(sheet_with_hidden(50_000, 20_000))
    assert len(table.rows) == 20_000
    assert [dict(one.facts) for one in table.notes] == [{"columns": "C"}]
    assert grows_evenly(lambda n: grid(sheet_with_hidden(n, n)), 500)
