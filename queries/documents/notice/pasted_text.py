"""Reader of a pasted notice: the places of its words, addresses, headings and contact details."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from queries.store.search import fold

#: A quotation is cut to so many characters.
QUOTED = 160
#: A heading is one short line without a full stop.
_LONGEST_HEADING = 90
_MOST_WORDS = 14
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_PHONE = re.compile(r"(?<![\w.,/-])(?:\+|00)?\d[\d \u00a0()-]{6,18}\d(?![\w-])")
_PLACE = re.compile(
    r"(?<![\w-])(?:FI-)?(\d{5})[ \t\u00a0]{1,3}([A-ZÅÄÖ][\w:-]{1,29})"
    r"(?:[ \t]([A-ZÅÄÖ][\w-]{1,29}))?"
)
_STREET = re.compile(
    r"((?:[A-ZÅÄÖ][\w'-]{1,40}[ ]){1,3}\d{1,4}(?: ?[a-zA-Z]{1,2}\b)?(?: \d{1,3})?)$"
)


@dataclass(frozen=True)
class Spot:
    """A place in the text: its line, from 1, and the words quoted."""

    line: int
    quote: str


@dataclass(frozen=True)
class WrittenPlace:
    """A post code with its town, and the street before it where there is one."""

    code: str
    towns: tuple[str, ...]
    street: str
    spot: Spot

    @property
    def town(self) -> str:
        return self.towns[-1]


class NoticeText:
    """A text with its lines; ``flat`` is the same with spaces for line ends."""

    def __init__(self, text: str) -> None:
        self.text = text.replace("\r\n", "\n").replace("\r", "\n")
        self.flat = self.text.replace("\n", " ").replace("\t", " ")
        self.lines = self.text.split("\n")
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self.folded = fold(self.text)

    def has(self, words: str) -> bool:
        """Check if the words are in the text, however they are spaced and written."""
        return fold(words) in self.folded

    def spot(self, at: int) -> Spot:
        """The line of a position, quoted."""
        line = bisect_right(self._starts, at) - 1
        whole = self.lines[line]
        column = at - self._starts[line]
        start = max(0, min(column - QUOTED // 4, len(whole) - QUOTED)) if len(whole) > QUOTED else 0
        cut = whole[start : start + QUOTED].strip()
        before = "… " if start else ""
        after = " …" if start + QUOTED < len(whole) else ""
        return Spot(line + 1, f"{before}{cut}{after}")

    def find(self, words: re.Pattern[str]) -> Spot | None:
        """The first place that speaks of something."""
        found = words.search(self.flat)
        return None if found is None else self.spot(found.start())

    def section(self, heading: re.Pattern[str]) -> tuple[str, Spot] | None:
        """Return the text under the first heading with these words, and the heading's place;
        where no heading has them, return the sentence that does."""
        for at, line in enumerate(self.lines):
            if self._is_heading(at) and heading.search(line):
                body = []
                for below in range(at + 1, len(self.lines)):
                    if self._is_heading(below):
                        break
                    body.append(self.lines[below])
                return " ".join(body), self.spot(self._starts[at])
        found = heading.search(self.flat)
        if found is None:
            return None
        start = self.flat.rfind(".", 0, found.start()) + 1
        end = self.flat.find(".", found.end())
        sentence = self.flat[start : end if end > 0 else len(self.flat)]
        return sentence, self.spot(found.start())

    def emails(self) -> Iterator[tuple[str, Spot]]:
        for found in _EMAIL.finditer(self.text):
            yield found[0].rstrip("."), self.spot(found.start())

    def phones(self) -> Iterator[tuple[str, Spot]]:
        """Yield what looks like a telephone number: digits that are neither a day nor a post
        code."""
        for at, line in enumerate(self.lines):
            for found in _PHONE.finditer(line):
                if len(re.sub(r"\D", "", found[0])) >= len("0401234"):
                    yield found[0], self.spot(self._starts[at] + found.start())

    def places(self) -> Iterator[WrittenPlace]:
        for at, line in enumerate(self.lines):
            for found in _PLACE.finditer(line):
                before = line[max(0, found.start() - 90) : found.start()].rstrip(" ,\t\u00a0")
                if not before and at:
                    before = self.lines[at - 1].strip()[-90:].rstrip(" ,")
                street = _STREET.search(before)
                one = found[2].rstrip(":-")
                both = (f"{one} {found[3]}",) if found[3] else ()
                yield WrittenPlace(
                    found[1],
                    (*both, one),
                    street[1] if street else "",
                    self.spot(self._starts[at] + found.start()),
                )

    def _is_heading(self, at: int) -> bool:
        line = self.lines[at].strip()
        if not line or len(line) > _LONGEST_HEADING or len(line.split()) > _MOST_WORDS:
            return False
        if line[-1] in ".,;!?" or line[0] in "•-*–·" or (line[0].isdigit() and "," in line):
            return False
        before = not at or not self.lines[at - 1].strip()
        return before and not re.search(r"[@\d]{2}|\d{5}", line)
