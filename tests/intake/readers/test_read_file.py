"""Every unusable file is refused with its code before anything in it is parsed."""

from __future__ import annotations

import io
import os
import zipfile

import pytest

from queries.errors import InvalidInput, UnreadableFile
from queries.intake.plan import ImportSettings
from queries.intake.readers.read_file import read_file
from tests.factories.import_files import (
    ROWS,
    company,
    csv_of,
    finvoice,
    finvoice_file,
    xlsx_of,
    ytj_of,
)


def refused(name, data, **settings):
    with pytest.raises(UnreadableFile) as caught:
        read_file(name, data, settings=ImportSettings(**settings))
    return caught.value


def test_each_form_is_recognised_by_its_bytes():
    files = {
        "a.csv": csv_of(*ROWS),
        "a.xlsx": xlsx_of(*ROWS),
        "a.xml": finvoice_file(finvoice()),
        "a.json": ytj_of(company()),
    }
    assert [read_file(name, data).form for name, data in files.items()] == [
        "customers",
        "customers",
        "finvoice",
        "ytj",
    ]
    assert [read_file("file", data).form for data in files.values()] == [
        "customers",
        "customers",
        "finvoice",
        "ytj",
    ]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.csv", b"", "file_empty"),
        ("a.csv", b" \r\n\r\n", "file_empty"),
        ("a.csv", b"\xef\xbb\xbf", "file_empty"),
        ("a.csv", b"%PDF-1.7 ...", "file_is_pdf"),
        ("a.csv", b"<!DOCTYPE html><html></html>", "file_is_html"),
        ("a.csv", b"<HTML><body>", "file_is_html"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file_is_old_excel"),
        ("a.csv", bytes(range(256)) * 40, "file_binary"),
        ("a.csv", b"Nimi;Y-tunnus\n" + b"\x00" * 40, "file_binary"),
        ("a.xlsx", csv_of(*ROWS), "wrong_extension"),
        ("a.csv", xlsx_of(*ROWS), "wrong_extension"),
        ("a.xml", csv_of(*ROWS), "wrong_extension"),
        ("a.json", finvoice_file(finvoice()), "wrong_extension"),
        ("kirje.txt", "Hei! Tämä on kirje, ei taulukko.\nTerveisin".encode(), "form_unknown"),
        ("a.csv", b'Nimi;Katuosoite\n"Auki jaanyt;Tie 1\n', "table_damaged"),
        ("a.json", b"{", "json_damaged"),
        ("a.json", b'{"other": 1}', "json_not_ytj"),
        ("a.json", b"[1, 2]", "json_not_ytj"),
        ("a.json", b'{"companies": []}', "no_rows"),
        ("a.json", b"[" * 100_000, "json_too_deep"),
        ("a.json", b'{"companies": [{"businessId": ' + b"9" * 5000 + b"}]}", "json_too_deep"),
        ("a.json", b'{"companies": "\xe4"}', "wrong_encoding"),
        ("a.xml", b"<Invoice xmlns='urn:oasis'><ID>1</ID></Invoice>", "xml_not_finvoice"),
        (
            "a.xml",
            b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.02'/>",
            "bank_statement",
        ),
        (
            "a.xml",
            b"<?xml version='1.0' encoding='no-such-code'?><Finvoice></Finvoice>",
            "wrong_encoding",
        ),
        (
            "a.xml",
            b"<?xml version='1.0' encoding='UTF-8'?><Finvoice>\xe4</Finvoice>",
            "wrong_encoding",
        ),
        (
            "tili.csv",
            "Kirjauspäivä;Maksupäivä;Summa;Viitenumero;Arkistointitunnus\n".encode(),
            "bank_statement",
        ),
    ],
)
def test_what_is_no_such_file_is_refused_by_name(name, data, code):
    assert refused(name, data).code == code


def test_a_password_protected_workbook_is_known_for_what_it_is():
    data = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le")
    )
    assert refused("a.xlsx", data).code == "file_encrypted"


def test_a_file_too_large_is_measured_and_not_read(tmp_path, monkeypatch):
    path = tmp_path / "suuri.csv"
    with path.open("wb") as file:
        file.truncate(300 * 1024 * 1024)
    monkeypatch.setattr(type(path), "open", lambda *_a, **_k: pytest.fail("it was opened"))
    error = refused("suuri.csv", path)
    assert (error.code, error.facts) == ("file_too_big", {"most": 20})


def test_a_file_too_large_in_memory_is_refused(monkeypatch):
    monkeypatch.setattr("queries.intake.readers.given_file.MOST_BYTES", 1000)
    assert refused("a.csv", b"a" * 1001).code == "file_too_big"


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    assert refused("ei.csv", tmp_path / "ei.csv").code == "file_missing"
    assert refused("kansio", tmp_path).code == "file_missing"


def test_a_file_is_read_where_it_stands(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(csv_of(*ROWS))
    intake = read_file(path.name, path)
    assert (intake.size, len(intake.grid.rows)) == (path.stat().st_size, 2)
    assert intake.sha256 == read_file("b.csv", csv_of(*ROWS)).sha256


@pytest.mark.parametrize(
    "bad",
    [
        b'<!DOCTYPE Finvoice [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        b'<!DOCTYPE Finvoice SYSTEM "file:///etc/passwd">',
        b'<!DOCTYPE Finvoice SYSTEM "http://example.com/Finvoice.dtd">',
        b'<!DOCTYPE Finvoice PUBLIC "x" "y">',
        b'<!DOCTYPE Finvoice SYSTEM "Finvoice.dtd" []>',
    ],
)
def test_a_document_type_is_refused_before_parsing(bad):
    data = finvoice_file(finvoice()).replace(b"?>\n", b"?>\n" + bad + b"\n", 1)
    assert refused("a.xml", data).code == "xml_entities"
    wide = data.decode().encode("utf-16")
    assert refused("a.xml", wide).code == "xml_entities"


@pytest.mark.parametrize(
    "bad", [b'<!doctype Finvoice PUBLIC "x" "y">', b"<!ENTITY % x SYSTEM 'http://example.com/'>"]
)
def test_a_declaration_out_of_its_place_is_damage(bad):
    data = finvoice_file(finvoice()).replace(b"?>\n", b"?>\n" + bad + b"\n", 1)
    assert refused("a.xml", data).code == "xml_damaged"


def test_the_document_type_of_old_finvoice_files_is_passed_over():
    data = finvoice_file(finvoice(version="1.3")).replace(
        b"?>\n", b'?>\n<!DOCTYPE Finvoice SYSTEM "Finvoice.dtd">\n', 1
    )
    assert [one.number for one in read_file("a.xml", data).content] == ["2001"]


def test_an_entity_without_a_document_type_is_damage():
    data = finvoice_file(finvoice(name="&lol;"))
    assert refused("a.xml", data).code == "xml_damaged"


def test_damage_is_placed_on_its_line():
    data = finvoice_file(finvoice()).replace(b"</SellerPartyDetails>", b"</Wrong>")
    error = refused("a.xml", data)
    assert (error.code, error.facts["line"]) == ("xml_damaged", 4)
    assert refused("a.csv", b'Nimi;Maa\nA;FI\n"B;FI\n').facts["line"] == 3
    assert refused("a.json", b'{\n"companies": [\n}').facts["line"] == 3


def zipped(**parts: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return data.getvalue()


def rebuilt(data: bytes, name: str, content: bytes) -> bytes:
    """The archive with one of its parts replaced."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            new.writestr(part, content if part == name else old.read(part))
    return made.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_a_zip_bomb_is_refused_by_its_list():
    assert refused("a.xlsx", rebuilt(xlsx_of(), SHEET, b" " * 210 * 1024 * 1024)).code == "zip_bomb"
    assert refused("a.xlsx", rebuilt(xlsx_of(), SHEET, b" " * 30 * 1024 * 1024)).code == "zip_bomb"


def test_a_zip_bomb_that_lies_about_its_size_is_refused():
    data = bytearray(rebuilt(xlsx_of(), SHEET, b" " * 8 * 1024 * 1024))
    size = (8 * 1024 * 1024).to_bytes(4, "little")
    small = (1000).to_bytes(4, "little")
    assert data.count(size) == 2
    assert refused("a.xlsx", bytes(data).replace(size, small)).code == "workbook_damaged"


def test_too_many_parts_are_a_bomb():
    parts = {f"xl__part{n}_xml": b"<a/>" for n in range(2001)}
    assert refused("a.xlsx", zipped(**parts)).code == "zip_bomb"


def test_an_archive_that_is_no_workbook_is_refused():
    assert refused("a.xlsx", zipped(mimetype=b"application/vnd.oasis")).code == "not_a_workbook"


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "[Content_Types].xml"])
def test_entities_in_a_workbook_are_refused(part):
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'
    assert refused("a.xlsx", rebuilt(xlsx_of(*ROWS), part, bomb)).code == "xml_entities"
    hidden = bomb.decode().encode("utf-16")
    assert refused("a.xlsx", rebuilt(xlsx_of(*ROWS), part, hidden)).code == "xml_entities"


def test_an_entity_split_between_two_chunks_is_seen():
    bomb = b"<a>" + b"x" * (1024 * 1024 - 6) + b'<!DOCTYPE a [<!ENTITY b "b">]></a>'
    noise = bytes(os.urandom(600_000)).hex().encode()
    data = rebuilt(xlsx_of(*ROWS), SHEET, bomb + noise)
    assert refused("a.xlsx", data).code == "xml_entities"


def test_an_encrypted_part_is_refused():
    data = bytearray(xlsx_of(*ROWS))
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    assert refused("a.xlsx", bytes(data)).code == "file_encrypted"


def test_a_sheet_that_claims_a_million_rows_is_read_by_what_it_has():
    data = xlsx_of(*ROWS)
    sheet = zipfile.ZipFile(io.BytesIO(data)).read(SHEET)
    assert b"<dimension ref=" in sheet
    start = sheet.index(b'ref="') + 5
    end = sheet.index(b'"', start)
    lying = sheet[:start] + b"A1:XFD1048576" + sheet[end:]
    assert len(read_file("a.xlsx", rebuilt(data, SHEET, lying)).grid.rows) == 2


def test_cells_far_away_are_too_many():
    assert refused("a.xlsx", xlsx_of(("x",) * 301)).code == "too_many_columns"
    wide = csv_of(("x",) * 301)
    error = refused("a.csv", wide)
    assert (error.code, error.facts) == ("too_many_columns", {"line": 2, "most": 300})


def test_too_many_rows_are_refused_with_the_line(monkeypatch):
    for module, name in (("tables", "ROWS"), ("delimited", "READ"), ("workbooks", "READ")):
        most = {"ROWS": 3, "READ": 5}[name]
        monkeypatch.setattr(f"queries.intake.readers.{module}.MOST_{name}", most)
    for name, made in (("a.csv", csv_of), ("a.xlsx", xlsx_of)):
        assert len(read_file(name, made(*ROWS, ROWS[0])).grid.rows) == 3  # besides the heading
        assert refused(name, made(*ROWS, *ROWS)).facts["line"] == 5
        assert refused(name, made(*ROWS, *ROWS, *ROWS)).code == "too_many_rows"


def test_a_setting_that_is_not_possible_is_refused():
    for settings in ({"encoding": "ebcdic"}, {"delimiter": "#"}):
        with pytest.raises(InvalidInput) as caught:
            read_file("a.csv", csv_of(*ROWS), settings=ImportSettings(**settings))
        assert (caught.value.field, caught.value.code) == (next(iter(settings)), "choice")
    with pytest.raises(InvalidInput) as caught:
        read_file("a.xlsx", xlsx_of(*ROWS), settings=ImportSettings(sheet="Eiole"))
    assert caught.value.field == "sheet"


def test_a_setting_that_does_not_fit_the_file_is_refused():
    assert refused("a.csv", csv_of(*ROWS, encoding="cp1252"), encoding="utf-8").code == (
        "wrong_encoding"
    )


def test_every_prefix_of_a_file_is_a_file_or_refused():
    """A truncated file never comes out as anything else than a refusal or what is left of it."""
    files = {
        "a.xml": finvoice_file(finvoice(), finvoice("2002")),
        "a.json": ytj_of(company()),
        "a.csv": csv_of(*ROWS, encoding="cp1252"),
    }
    kept = 0
    for name, data in files.items():
        for end in range(0, len(data), 3):
            try:
                read_file(name, data[:end])
            except UnreadableFile:
                continue
            kept += 1
    assert kept > 20


def test_every_truncated_or_damaged_workbook_is_refused():
    data = xlsx_of(*ROWS)
    for end in range(0, len(data) - 1, 37):
        with pytest.raises(UnreadableFile):
            read_file("a.xlsx", data[:end])
    for at in range(4, len(data), 41):
        damaged = data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]
        try:
            read_file("a.xlsx", damaged)
        except UnreadableFile:
            continue


def test_refusals_hold_nothing_of_the_file():
    error = refused("a.xml", finvoice_file(finvoice(name="Salainen & Nimi")))
    assert "Salainen" not in str(error)
    assert error.__cause__ is None
