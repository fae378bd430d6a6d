"""The encoding of a text is judged by evidence, or not guessed."""

from __future__ import annotations

import random

import pytest

from queries.errors import InvalidInput, UnreadableFile
from queries.intake.readers.text_encoding import ENCODINGS, decoded

#: Words as they are in customer lists, and what is beside them.
WORDS = (
    "Mäntyharju",
    "Äijälä",
    "Käpylän Höylä Oy",
    "ÄIJÄLÄ OY",
    "Åbo Ab",
    "Sörnäinen",
    "Pöytyä",
    "Dušan Žukov",
    "René Müller",
    "José Núñez",
    "Straße 1",
    "Café Ö",
    "Märta Åkerlöf",
    "Yö",
    "Å",
    "Linnankatu 4 ½",
    "10 €",
    "Kahvila ”Aamu”",
    "O’Neill",
    "1–2",
    "Töölön tori",
    "håll",
    "ÖLJY ÅBO",
    "Pälkäne ä",
    "mäki-öljy",
)


def refused(data: bytes, encoding: str | None = None) -> tuple[str, dict[str, object]]:
    with pytest.raises(UnreadableFile) as caught:
        decoded(data, encoding)
    return caught.value.code, caught.value.facts


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("text", ["Mäntyharju", "Käpylän Höylä Oy;Ähtäri", "ÖLJY ÅBO;René"])
def test_finnish_text_is_read_right_in_every_encoding(encoding, text):
    found, named = decoded(f"Nimi;Katu\n{text}\n".encode(encoding), None)
    assert found == f"Nimi;Katu\n{text}\n"
    # These texts are the same bytes in both.
    assert named == ("cp1252" if encoding == "iso-8859-15" else encoding)


@pytest.mark.parametrize("seed", range(20))
def test_no_list_is_read_wrong_without_a_word(seed):
    chance = random.Random(seed)  # noqa: S311 - made-up lists, the same every time
    outcomes = []
    for _ in range(40):
        n = chance.choice([1, 2, 3, 5, 10])
        text = "".join(f"{chance.choice(WORDS)};{chance.choice(WORDS)}\n" for _ in range(n))
        for encoding in ENCODINGS:
            try:
                data = text.encode(encoding)
            except UnicodeEncodeError:
                continue
            try:
                outcomes.append("right" if decoded(data, None)[0] == text else "wrong")
            except UnreadableFile as error:
                outcomes.append(error.code)
    assert set(outcomes) <= {"right", "encoding_unclear"}
    assert outcomes.count("right") > 150


def test_utf_16_without_a_mark_is_read():
    assert decoded("Nimi;Maa\nÄijälä;FI\n".encode("utf-16-le"), None) == (
        "Nimi;Maa\nÄijälä;FI\n",
        "utf-16",
    )


def test_a_text_that_could_be_two_things_is_not_guessed():
    assert refused(b"Nimi;Maa\nx;y\n\x80;\x80\n") == ("encoding_unclear", {"line": 3})


def test_what_was_chosen_is_obeyed_or_refused():
    assert decoded(b"Du\x9aan", "cp1252") == ("Dušan", "cp1252")
    assert decoded(b"Du\x9aan", "cp850") == ("DuÜan", "cp850")
    assert refused("Äijälä".encode("cp1252"), "utf-8") == ("wrong_encoding", {"encoding": "utf-8"})
    with pytest.raises(InvalidInput) as caught:
        decoded(b"a", "koi8-r")
    assert (caught.value.field, caught.value.code) == ("encoding", "choice")


def test_two_encodings_in_one_file_are_refused_by_the_line():
    data = "Nimi\nÄijälä\nMäntyharju\n".encode() + "Pöytyä\n".encode("cp1252")
    assert refused(data) == ("encodings_mixed", {"line": 4})


@pytest.mark.parametrize("data", [b"a;b\n" + bytes(range(256)) * 40, b"Nimi;b\n" + b"\x00" * 40])
def test_what_is_no_text_is_refused(data):
    assert refused(data) == ("file_binary", {"line": 2})


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_read_in_either_order(order):
    assert decoded("Nimi;Maa\nÄijälä;FI\n".encode(order), None) == (
        "Nimi;Maa\nÄijälä;FI\n",
        "utf-16",
    )
