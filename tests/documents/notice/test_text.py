"""The notice written out: text, page and paper, with hostile names as they are."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser

import pytest

from queries.documents.notice.differences import Change, TextDifference, count_changed, differences
from queries.documents.notice.text import (
    Imprint,
    as_page,
    as_paper,
    as_plain,
    as_text,
    read_text,
    written,
)
from tests.factories.notices import (
    HOSTILE,
    LANGUAGES,
    facts_of,
    make_controller,
    make_words,
    notice_of,
)
from tests.factories.recipients import make_recipient
from tests.factories.records import TODAY
from tests.support.filled import filled_once
from tests.support.pdf_text import squeezed, words_of

DRAFT = Imprint(TODAY)


@filled_once
def hostile(sqlite_store):
    """A controller, a recipient and own words that look like markup of every kind."""
    make_controller(sqlite_store, name=HOSTILE, contact_name=HOSTILE)
    make_recipient(
        sqlite_store,
        name=HOSTILE,
        kind="other",
        purpose=HOSTILE,
        country="US",
        transfer_basis="derogation",
    )
    make_words(sqlite_store, "protection", "-----\n\n• " + HOSTILE)
    return sqlite_store


class Page(HTMLParser):
    """The texts of a page by their elements, and every element and attribute there is."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open = ""
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self._open = tag
        self.elements.append((tag, dict(attrs)))
        self.found.append((tag, ""))

    def handle_data(self, data):
        if self.found and self.found[-1][0] == self._open:
            tag, before = self.found[-1]
            self.found[-1] = (tag, before + data)

    def handle_endtag(self, _tag):
        self._open = ""

    def texts(self, tag: str) -> list[str]:
        return [text for name, text in self.found if name == tag]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_reads_back_as_it_was_written(hostile, language):
    notice = notice_of(hostile, language)
    assert read_text(as_text(notice)) == written(notice)


def test_own_words_cannot_make_a_heading(hostile):
    notice = notice_of(hostile)
    titles = [chapter.title for chapter in read_text(as_text(notice)).chapters]
    assert titles == [section.title for section in notice.sections]
    assert notice.statement("protection.own").text == f"----- • {HOSTILE}"


def test_the_text_says_which_version_it_is(sqlite_store):
    writing = written(notice_of(sqlite_store, "sv"))
    text = as_plain(writing, language="sv", imprint=Imprint(date(2026, 1, 2), 3))
    assert text.split("\n\n")[:3] == [
        f"Dataskyddsbeskrivning: Kixit Oy, kundregister\n{'=' * 45}",
        "Version 3, publicerad 2.1.2026",
        f"Vem ansvarar för dina uppgifter\n{'-' * 31}",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_holds_every_statement_and_loads_nothing(hostile, language):
    notice = notice_of(hostile, language)
    source = as_page(written(notice), language=language, imprint=DRAFT)
    page = Page(source)
    assert page.elements[0] == ("html", {"lang": language})
    assert page.texts("title") == page.texts("h1") == [notice.title]
    assert page.texts("h2") == [section.title for section in notice.sections]
    assert page.texts("li") == [each.text for each in notice.statements if each.listed]
    assert page.texts("p") == [
        DRAFT.line(language),
        *(each.text for each in notice.statements if not each.listed),
    ]
    names = {tag for tag, _attributes in page.elements}
    assert names == {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "h1",
        "section",
        "h2",
        "p",
        "ul",
        "li",
    }
    assert {name for _tag, its in page.elements for name in its} == {
        "lang",
        "charset",
        "name",
        "content",
        "http-equiv",
    }
    assert "http://" not in source
    assert "https://" not in source


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_paper_is_tagged_and_says_the_same(hostile, language):
    notice = notice_of(hostile, language)
    house = facts_of(hostile).controller.name
    made = as_paper(written(notice), language=language, imprint=DRAFT, house=house)
    assert b"/StructTreeRoot" in made
    assert b"/Lang(" + language.encode() in made
    text = squeezed(words_of(made))
    for each in notice.statements:
        assert squeezed(each.text)[:40] in text
    assert squeezed(HOSTILE) in text
    assert as_paper(written(notice), language=language, imprint=DRAFT, house=house) == made


def test_what_differs_is_told_by_section(sqlite_store):
    older = as_text(notice_of(sqlite_store, "en"))
    assert differences(older, older) == ()
    make_recipient(sqlite_store)
    newer = as_text(notice_of(sqlite_store, "en"))
    title = "Who receives the data"
    assert differences(older, newer) == (
        TextDifference(
            title, Change.REMOVED, "Data are not regularly disclosed to anyone outside our company."
        ),
        TextDifference(title, Change.ADDED, "The following receive data for their work:"),
        TextDifference(
            title,
            Change.ADDED,
            "Tilitoimisto Malli Oy (accounting firm), which processes data on our behalf;"
            " country: Finland",
        ),
    )
    assert count_changed(older, newer) == 2
    assert [each.change for each in differences(newer, older)] == [
        Change.REMOVED,
        Change.REMOVED,
        Change.ADDED,
    ]
