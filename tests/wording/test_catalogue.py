"""Words in files, for the screen and for documents."""

from __future__ import annotations

import sys

import pytest

from queries.wording.catalogue import read_words


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of words with two files in Finnish."""
    folder = tmp_path / "words_of_a_test" / "fi"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").write_text("")
    (folder / "a.toml").write_text('[list]\ntitle = "Luettelo"\n')
    (folder / "b.toml").write_text('[list]\nnone = "Tyhjä"\n')
    (folder / "notes.txt").write_text("not words")
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    sys.modules.pop("words_of_a_test", None)
    read_words.cache_clear()


def test_files_are_read_as_one(package):
    assert read_words("words_of_a_test", "fi") == {"list": {"title": "Luettelo", "none": "Tyhjä"}}


def test_a_key_of_two_files_is_a_mistake(package):
    (package / "c.toml").write_text('[list.title]\none = "Yksi"\nother = "Monta"\n')
    with pytest.raises(ValueError, match=r"fi\.list\.title is defined twice"):
        read_words("words_of_a_test", "fi")


def test_another_language_is_a_mistake(package):
    with pytest.raises(KeyError, match="de"):
        read_words("words_of_a_test", "de")
