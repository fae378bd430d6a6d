"""Differences between two texts of the notice, section by section."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from queries.documents.notice.text import Writing, read_text


class Change(enum.StrEnum):
    """Change of a line between the older text and the newer one."""

    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class TextDifference:
    """A line that only one of the texts has.

    :param chapter: the heading above it; the title's own line has none.
    """

    chapter: str
    change: Change
    text: str


def differences(older: str, newer: str) -> tuple[TextDifference, ...]:
    """Return what the newer text has otherwise, in the order of reading; empty when they are the
    same."""
    before, after = list(_lines(read_text(older))), list(_lines(read_text(newer)))
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    found: list[TextDifference] = []
    for tag, start, end, first, last in matcher.get_opcodes():
        if tag != "equal":
            found += [
                TextDifference(chapter, Change.REMOVED, text) for chapter, text in before[start:end]
            ]
            found += [
                TextDifference(chapter, Change.ADDED, text) for chapter, text in after[first:last]
            ]
    return tuple(found)


def count_changed(older: str, newer: str) -> int:
    """Count the lines that are not the same: one that was rewritten counts once."""
    before, after = list(_lines(read_text(older))), list(_lines(read_text(newer)))
    matcher = SequenceMatcher(a=before, b=after, autojunk=False)
    return sum(
        max(end - start, last - first)
        for tag, start, end, first, last in matcher.get_opcodes()
        if tag != "equal"
    )


def _lines(writing: Writing) -> Iterator[tuple[str, str]]:
    yield "", writing.title
    for chapter in writing.chapters:
        yield chapter.title, chapter.title
        for paragraph in chapter.paragraphs:
            yield chapter.title, paragraph.text
