"""Encodings and delimiters, detected and set."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.errors import UnreadableFile
from queries.intake.readers.delimited import DELIMITERS, ENCODINGS, read_delimited
from tests.factories.import_files import HEADER, ROWS, csv_of


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encoding_and_delimiter_are_recognised(encoding, delimiter):
    found = read_delimited(csv_of(*ROWS, encoding=encoding, delimiter=delimiter))
    assert [row.cells for row in found.rows] == [HEADER, *ROWS]
    assert (found.encoding, found.delimiter) == (encoding.removesuffix("-sig"), delimiter)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Šimon Žukov €", "cp1252"),
        ("Šimon €", "iso-8859-15"),
        ("Äijälä", "cp1252"),
        ("McDonald´s", "cp1252"),
    ],
)
def test_one_byte_encodings_are_told_apart_by_their_own_letters(text, encoding):
    found = read_delimited(f"Nimi;Maa\n{text};FI\n".encode(encoding))
    assert (found.rows[1].cells[0], found.encoding) == (text, encoding)


def test_a_told_encoding_is_used():
    data = "Nimi;Maa\nÄijälä;FI\n".encode("iso-8859-15")
    assert read_delimited(data, encoding="iso-8859-15").encoding == "iso-8859-15"


def test_the_separator_line_of_excel_is_obeyed():
    found = read_delimited(b"sep=,\r\nNimi,Maa\r\nA;B,FI\r\n")
    assert [(row.number, row.cells) for row in found.rows] == [
        (2, ("Nimi", "Maa")),
        (3, ("A;B", "FI")),
    ]


def test_rows_are_numbered_by_the_line_they_begin_on():
    found = read_delimited(b'Nimi;Memo\nA;"yksi\nkaksi"\n\nB;x\n')
    assert [row.number for row in found.rows] == [1, 2, 5]


def test_a_row_that_the_file_ends_in_is_marked():
    found = read_delimited(b"Nimi;Maa\nA;FI\nB")
    assert [row.ends_file for row in found.rows] == [False, False, True]
    assert not read_delimited(b"Nimi;Maa\nA;FI\n").rows[-1].ends_file


def test_a_cell_without_end_is_refused():
    with pytest.raises(UnreadableFile) as caught:
        read_delimited(b"Nimi;Maa\nA;" + b"x" * 200_000)
    assert caught.value.code == "table_damaged"


CELL = st.text(
    st.characters(codec="cp1252", exclude_categories=["Cc", "Cs"], exclude_characters="\x85"),
    max_size=20,
)


@given(
    rows=st.lists(st.tuples(st.just("x"), CELL, CELL), min_size=1, max_size=6),
    encoding=st.sampled_from(ENCODINGS),
    delimiter=st.sampled_from(DELIMITERS),
)
def test_what_is_written_is_read_back(rows, encoding, delimiter):
    try:
        data = csv_of(
            *rows, header=("Nimi", "Memo", "Osoite"), encoding=encoding, delimiter=delimiter
        )
    except UnicodeEncodeError:
        return
    found = read_delimited(data, encoding=encoding, delimiter=delimiter)
    assert [row.cells for row in found.rows[1:]] == rows


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a;b;c\n1;"x;2\n3;y;4\n5;z";6\n7;w;8\n', 2),
        ('a;b;c\n0;u;1\n1;"x;2\n3;y";4\n', 3),
        ('a;b\n1;"x\n2;y"\n', 2),
    ],
)
def test_a_quotation_mark_that_swallows_rows_is_refused_by_its_line(text, line):
    with pytest.raises(UnreadableFile) as caught:
        read_delimited(text.encode())
    assert (caught.value.code, caught.value.facts) == ("stray_quote", {"line": line})


def test_a_quotation_mark_that_is_never_closed_is_refused_by_its_line():
    with pytest.raises(UnreadableFile) as caught:
        read_delimited(b'a;b;c\n0;u;1\n1;"x;2\n3;y;4\n')
    assert (caught.value.code, caught.value.facts) == ("table_damaged", {"line": 3})


def test_remarks_of_several_lines_are_one_cell():
    text = 'a;b;memo\n1;x;"yksi; kaksi\n\nkolme"\n2;"y\nz";\n'
    found = read_delimited(text.encode())
    assert [row.cells for row in found.rows[1:]] == [
        ("1", "x", "yksi; kaksi\n\nkolme"),
        ("2", "y\nz", ""),
    ]


def test_an_inch_sign_within_a_cell_is_a_sign():
    assert read_delimited(b'a;b\nputki 27";x\n').rows[1].cells == ('putki 27"', "x")


def test_vertical_bars_part_a_table():
    found = read_delimited(b"Nimi|Maa\nA;B|FI\n")
    assert (found.delimiter, found.rows[1].cells) == ("|", ("A;B", "FI"))
