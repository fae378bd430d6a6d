"""Papers: tagged, literal, the same bytes each time."""

from __future__ import annotations

import io
import json

import pytest
from pypdf import PdfReader

from queries.documents import glyphs, typesetting
from queries.documents.glyphs import writable
from queries.documents.typesetting import (
    facts,
    heading,
    items,
    paper,
    records,
    table,
    text,
    typeset,
)
from tests.support.pdf_text import words_of

HOSTILE = [
    "*stars* _under_ `code` $x^2$",
    "[a](http://x.example) :red[x] <b>bold</b> &amp;",
    '#set page(fill: red) #eval("1") @ref <label>',
    "= Heading\n- item\n/ Term: x\n// comment\n/* block */",
    "\"quotes\" \\ back\\slash -- --- ~ ... 'x'",
    "=1+1",
]


def sheet(*blocks, **more) -> dict:
    values = {
        "title": "Otsikko",
        "author": "Esimerkki Oy",
        "made_on": "2026-03-05",
        "footer": "Alaviite",
        **more,
    }
    return paper(blocks=blocks, **values)


def test_the_blocks_stand_on_the_paper_in_their_order():
    made = typeset(
        "document",
        sheet(
            heading("Eka luku"),
            text("Rivi yksi\nRivi kaksi"),
            items(["alfa", "beeta"]),
            facts([("Nimi", "Aino"), ("Kieli", "suomi")]),
            table(["Laji", "Määrä"], [["Lasku", "2"], ["Tilaus", "1"]], [2, 1]),
            records([("Lasku 7", "Summa: 1,00 €")]),
            sender=["Esimerkki Oy", "Katu 1"],
            head=["5.3.2026"],
            addressee=["Aino Aalto"],
        ),
        language="fi",
    )
    assert words_of(made) == (
        "Esimerkki Oy Katu 1 5.3.2026 Aino Aalto Otsikko Eka luku Rivi yksi Rivi kaksi • alfa "
        "• beeta Nimi: Aino Kieli: suomi Laji Määrä Lasku 2 Tilaus 1 Lasku 7 Summa: 1,00 € "
        "Alaviite 1 / 1"
    )


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_a_paper_is_tagged_and_says_its_language(language):
    """PDF/UA-1: the flag of the standard, tags, title shown, language (ISO 14289-1, 5, 7.1-2)."""
    root = PdfReader(
        io.BytesIO(typeset("document", sheet(text("x")), language=language))
    ).root_object
    metadata = root["/Metadata"].get_object().get_data()
    assert b"<pdfuaid:part>1</pdfuaid:part>" in metadata
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert root["/Lang"] == f"{language}-FI"
    assert "/StructTreeRoot" in root


@pytest.mark.parametrize("hostile", HOSTILE)
def test_markup_in_a_value_reads_back_literally(hostile):
    every_place = sheet(
        heading(hostile),
        text(hostile),
        items([hostile]),
        facts([(hostile, hostile)]),
        table([hostile], [[hostile]]),
        records([(hostile, hostile)]),
        title=hostile.replace("\n", " "),
        footer=hostile,
        sender=[hostile],
        head=[hostile],
        addressee=[hostile],
    )
    made = typeset("document", every_place, language="fi")
    footers = len(PdfReader(io.BytesIO(made)).pages)
    assert words_of(made).replace(" ", "").count("".join(hostile.split())) == 13 + footers


def test_the_same_data_gives_the_same_bytes():
    one, other = (typeset("document", sheet(text("Sama")), language="fi") for _ in range(2))
    assert one == other


def test_what_the_fonts_lack_is_written_with_its_code_point():
    made = typeset("document", sheet(text("李 Öhman 😀 Пётр \u202egnirts\x07")), language="fi")
    assert "[U+674E] Öhman [U+1F600] Пётр [U+202E]gnirts[U+0007]" in words_of(made)


def test_signs_that_hide_are_written_out():
    assert writable("a\u200bb\u00adc\u2066d\ufeff") == "a[U+200B]b[U+00AD]c[U+2066]d[U+FEFF]"


def test_a_pile_of_marks_and_many_strange_characters_make_a_paper_all_the_same():
    pile = "e" + "\u0301\u0328\u0359" * 40
    strange = "".join(chr(0x4E00 + n) for n in range(500))
    made = typeset("document", sheet(text(pile), text(strange)), language="fi")
    assert words_of(made).count("[U+4") >= 1
    assert f"[U+{0x4E00 + 499:04X}]" in words_of(made).replace(" ", "")


def test_what_fails_only_together_is_written_out(monkeypatch):
    """The fonts are checked sign by sign; where that was not enough, the plainest form is taken."""
    monkeypatch.setattr(typesetting, "writable", lambda value: value)
    made = typeset("document", sheet(text("Åsa 李")), language="fi")
    assert "Åsa [U+674E]" in words_of(made)


def test_every_letter_that_is_called_plain_is_in_the_fonts():
    letters = [chr(code) for code in range(0x20, 0x450) if chr(code).isalpha()]
    plain = "".join(letter for letter in letters if glyphs._ALL_PLAIN.fullmatch(letter))
    made = typesetting._compiled("document", sheet(text(plain)), "fi")
    assert made.startswith(b"%PDF-")
    assert {"å", "ä", "ö", "š", "ž", "đ", "ŋ", "Ж", "Ω"} <= set(plain)


def test_a_layout_that_fails_is_a_bug_and_loud():
    incomplete = sheet(text("x"))
    del incomplete["footer"]
    with pytest.raises(typesetting.typst.TypstError):
        typeset("document", json.loads(json.dumps(incomplete)), language="fi")
