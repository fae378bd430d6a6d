"""The privacy notice (Tietosuojaseloste), drawn from the store.

>>> from queries.documents.notice.draft import draw_notice

A notice is made of statements, each with a code that stays the same from version to version and in
every language, so that a proof can be shown beside it. What changes from day to day (how many, who)
is not in its text: a notice is a promise. A test holds every letter of GDPR Art. 13(1)-(2) and
14(1)-(2) against it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Statement:
    """One statement of the notice.

    :param code: ``recipients.no_transfer``: the section's code and its own; unique in a notice.
    :param section: code of its section.
    :param text: one paragraph without line breaks, as it is read aloud.
    :param listed: an item of a list with its neighbours.
    """

    code: str
    section: str
    text: str
    listed: bool = False


@dataclass(frozen=True)
class NoticeSection:
    """A heading and the statements under it."""

    code: str
    title: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Notice:
    """The whole notice in one language."""

    language: str
    title: str
    sections: tuple[NoticeSection, ...]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Every statement, in the order of reading."""
        return tuple(each for section in self.sections for each in section.statements)

    def statement(self, code: str) -> Statement | None:
        return next((each for each in self.statements if each.code == code), None)
