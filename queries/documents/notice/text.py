"""The notice written out: as text, which is what is kept of a published version, as a page of a
web site, and on paper.

The text is plain and can be read back (:func:`read_text`), so that a version of years ago makes
the same page and paper as it did then. In it a block is parted from the next by an empty line; a
heading is underlined, the title with ``=`` and a section with ``-``; an item of a list begins with
a bullet. A statement is one line, so nothing that somebody wrote can look like a heading.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from itertools import groupby

from jinja2 import Environment, StrictUndefined, Template

from queries.documents.notice import Notice
from queries.documents.typesetting import heading, items, paper, text, typeset
from queries.documents.words import phrase
from queries.wording.formats import day

_BULLET = "• "
_TITLE, _SECTION = "=", "-"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, or an item of a list."""

    text: str
    listed: bool


@dataclass(frozen=True)
class Chapter:
    """A heading and the text under it."""

    title: str
    paragraphs: tuple[Paragraph, ...]

    @property
    def blocks(self) -> tuple[tuple[bool, tuple[str, ...]], ...]:
        """Paragraphs, and the items of each list together: whether it is a list, and its texts."""
        return tuple(
            (listed, tuple(each.text for each in group))
            for listed, group in groupby(self.paragraphs, key=lambda one: one.listed)
        )


@dataclass(frozen=True)
class Writing:
    """A notice without its codes, as it can be read out of a text."""

    title: str
    chapters: tuple[Chapter, ...]


@dataclass(frozen=True)
class Imprint:
    """The version: the number and the day of publishing, or a draft of a day."""

    day: date
    number: int | None = None

    def line(self, language: str) -> str:
        """
        >>> Imprint(date(2026, 3, 5), 2).line("en")
        'Version 2, published 5.3.2026'
        """
        if self.number is None:
            return phrase("notice.draft", language).format(day=day(self.day, language))
        return phrase("notice.published", language).format(
            number=self.number, day=day(self.day, language)
        )


def written(notice: Notice) -> Writing:
    """Return the text of a notice as it is shown."""
    chapters = tuple(
        Chapter(
            section.title, tuple(Paragraph(each.text, each.listed) for each in section.statements)
        )
        for section in notice.sections
    )
    return Writing(notice.title, chapters)


def as_text(notice: Notice) -> str:
    """The notice as plain text."""
    return "\n\n".join(_blocks(written(notice))) + "\n"


def read_text(text: str) -> Writing:
    """A text that :func:`as_text` wrote.

    >>> read_text("A\\n=\\n\\nB\\n-\\n\\nc\\n\\n• d\\n• e\\n").chapters[0].blocks
    ((False, ('c',)), (True, ('d', 'e')))
    """
    title, chapters = "", list[Chapter]()
    for block in text.strip("\n").split("\n\n"):
        lines = block.split("\n")
        if _underlined(lines, _TITLE) and not title:
            title = lines[0]
        elif _underlined(lines, _SECTION):
            chapters.append(Chapter(lines[0], ()))
        else:
            last = chapters.pop()
            more = tuple(
                Paragraph(line.removeprefix(_BULLET), line.startswith(_BULLET)) for line in lines
            )
            chapters.append(Chapter(last.title, last.paragraphs + more))
    return Writing(title, tuple(chapters))


def as_page(writing: Writing, *, language: str, imprint: Imprint) -> str:
    """The notice as a web page of its own (HTML), which loads nothing from anywhere."""
    return _page().render(writing=writing, language=language, imprint=imprint.line(language))


def as_paper(writing: Writing, *, language: str, imprint: Imprint, house: str) -> bytes:
    """Return the notice as PDF/UA-1.

    :param house: the controller's name, as the author of the paper.
    """
    blocks = [text(imprint.line(language))]
    for chapter in writing.chapters:
        blocks.append(heading(chapter.title))
        for listed, texts in chapter.blocks:
            blocks += [items(texts)] if listed else [text(each) for each in texts]
    sheet = paper(
        title=writing.title,
        author=house,
        made_on=imprint.day.isoformat(),
        blocks=blocks,
        footer=phrase("notice.footer", language).format(name=house),
    )
    return typeset("document", sheet, language=language)


def as_plain(writing: Writing, *, language: str, imprint: Imprint) -> str:
    """The text with its version below the title, for giving out."""
    title, *rest = _blocks(writing)
    return "\n\n".join([title, imprint.line(language), *rest]) + "\n"


def _blocks(writing: Writing) -> Iterator[str]:
    yield f"{writing.title}\n{_TITLE * len(writing.title)}"
    for chapter in writing.chapters:
        yield f"{chapter.title}\n{_SECTION * len(chapter.title)}"
        for listed, texts in chapter.blocks:
            if listed:
                yield "\n".join(f"{_BULLET}{each}" for each in texts)
            else:
                yield from texts


def _underlined(lines: list[str], sign: str) -> bool:
    return len(lines) == 2 and bool(lines[1]) and not lines[1].strip(sign)  # noqa: PLR2004 - a heading and its line


@functools.cache
def _page() -> Template:
    source = (files("queries.documents") / "layouts" / "notice.html").read_text(encoding="utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(source)
