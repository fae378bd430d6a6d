"""Posti's file of post codes: read whole, or refused with the line."""

from __future__ import annotations

from datetime import date

import pytest

from queries.errors import UnreadableFile
from queries.intake.post_codes import LINE, read_pcf
from queries.intake.readers.read_file import read_file
from queries.reads.notice.post_codes import PostTown
from tests.factories.post_code_files import PLACES, pcf, pcf_line


def refused(raw):
    with pytest.raises(UnreadableFile) as caught:
        read_pcf(raw)
    return caught.value.code, caught.value.facts


def test_a_line_is_as_long_as_postis():
    assert (LINE, len(pcf_line(*PLACES[0]))) == (220, 220)


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_the_codes_and_the_day_of_the_file(end):
    file = read_pcf(pcf(*PLACES[:3], end=end))
    assert file.run_on == date(2026, 3, 2)
    day = date(1991, 1, 1)
    assert file.places == (
        PostTown("50100", "Mikkeli", "S:t Michel", "Mikkeli", "S:t Michel", day),
        PostTown("52100", "Anttola", "Anttola", "Mikkeli", "S:t Michel", day),
        PostTown("00580", "Helsinki", "Helsingfors", "Helsinki", "Helsingfors", day),
    )


def test_letters_of_the_language_and_names_without_swedish():
    (place,) = read_pcf(pcf(("21660", "NAGU", "", "PARAINEN", "PARGAS"))).places
    assert (place.town_fi, place.town_sv) == ("Nagu", "Nagu")
    (place,) = read_pcf(pcf(("34910", "YLÖJÄRVI-ÅBY", "", "", ""))).places
    assert (place.town_fi, place.municipality_fi) == ("Ylöjärvi-Åby", "")


def test_the_last_line_may_lack_its_end():
    assert len(read_pcf(pcf().removesuffix(b"\r\n")).places) == len(PLACES)
    assert len(read_pcf(pcf() + b"\x1a").places) == len(PLACES)


GOOD = pcf_line(*PLACES[0])


@pytest.mark.parametrize(
    "bad",
    [
        "",
        GOOD[:-1],
        GOOD + " ",
        "PUNOT" + GOOD[5:],
        GOOD[:13] + "5O100" + GOOD[18:],
        GOOD[:13] + "     " + GOOD[18:],
        GOOD[:18] + " " * 30 + GOOD[48:],
        GOOD[:5] + "20261302" + GOOD[13:],
        GOOD[:102] + "19910229" + GOOD[110:],
        GOOD[:20] + "\t" + GOOD[21:],
    ],
)
def test_one_malformed_line_refuses_the_file_and_is_named(bad):
    raw = pcf(*PLACES[1:3]) + f"{bad}\r\n".encode("iso-8859-1") + pcf(*PLACES[3:])
    assert refused(raw) == ("post_code_line", {"line": 3})


def test_a_file_saved_as_utf_8_is_refused():
    raw = pcf(("34910", "YLÖJÄRVI", "", "", "")).decode("iso-8859-1").encode()
    assert refused(raw) == ("post_code_line", {"line": 1})


def test_a_code_twice_is_refused():
    assert refused(pcf(PLACES[0], PLACES[1], PLACES[0])) == ("post_code_twice", {"line": 3})


@pytest.mark.parametrize("name", ["PCF_20260302.dat", "PCF.txt", "file"])
def test_a_file_is_recognised_by_its_content(name):
    intake = read_file(name, pcf())
    assert (intake.form, len(intake.content.places)) == ("post_codes", len(PLACES))
