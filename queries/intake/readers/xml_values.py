"""Texts, numbers and days out of the elements of an XML document, found by their local names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from lxml import etree

from queries.intake.plan import Reason
from queries.intake.readers.xml_documents import XmlDocument
from queries.rules.personal_identity import find_personal_identity_codes
from queries.rules.typed_text import has_control

_NUMBER = re.compile(r"[+-]?\d{1,12}([.,]\d{1,10})?")
#: A point before three digits is a thousand in one country and a fraction in another.
_THOUSAND = re.compile(r"[+-]?\d{1,3}\.\d{3}")
#: The most names of elements in one sentence.
_MOST_NAMES = 12
_DAY = re.compile(r"(\d{4})(-?)(\d{2})\2(\d{2})")


def local(element: etree._Element) -> str:
    """The name of an element, without its namespace."""
    return etree.QName(element).localname


def all_of(parent: etree._Element | None, name: str) -> list[etree._Element]:
    """The children with this name."""
    if parent is None:
        return []
    return [child for child in parent if isinstance(child.tag, str) and local(child) == name]


def one_of(parent: etree._Element | None, *path: str) -> etree._Element | None:
    """The first child with this name, or the first grandchild on this path."""
    for name in path:
        parent = next(iter(all_of(parent, name)), None)
    return parent


def texts_of(parent: etree._Element | None, name: str) -> list[str]:
    """Return the texts of the children with this name, each with single spaces."""
    found = (" ".join((child.text or "").split()) for child in all_of(parent, name))
    return [text for text in found if text]


def text_of(parent: etree._Element | None, *path: str) -> str:
    """Return the text of the first element on this path; empty where there is none."""
    return next(iter(texts_of(one_of(parent, *path[:-1]), path[-1])), "")


def names_told(names: Iterable[str]) -> str:
    """Names of elements for one sentence; of very many the first ones."""
    found = sorted({name[:60] for name in names})
    more = " …" if len(found) > _MOST_NAMES else ""
    return ", ".join(found[:_MOST_NAMES]) + more


def identity_codes(root: etree._Element) -> Iterator[tuple[str, str]]:
    """Elements that hold what looks like a personal identity code, and how certain that is."""
    for element in root.iter():
        for text in (element.text, *map(str, element.attrib.values())):
            for finding in find_personal_identity_codes(text) if text else ():
                yield local(element), finding.certainty


def unseen_marks(root: etree._Element) -> Iterator[Reason]:
    """Why a document is refused whose texts hold characters that turn the text around them."""
    for element in root.iter(etree.Element):
        if has_control(element.text or "", lines=True):
            yield Reason("control_character", {"column": local(element)[:60]})


class ValueReader:
    """Reads numbers and days; what cannot be read is gathered in ``problems`` with its line."""

    def __init__(self, file: XmlDocument) -> None:
        self._file = file
        self.problems: list[Reason] = []

    def line_of(self, element: etree._Element) -> int:
        return self._file.line_of(element)

    def number(self, parent: etree._Element | None, *path: str) -> Decimal | None:
        return self.number_in(one_of(parent, *path))

    def money(self, parent: etree._Element | None, *path: str) -> Decimal | None:
        """A sum of money; 1.234 could be a thousand or more than one, and is unreadable."""
        return self.money_in(one_of(parent, *path))

    def day(self, parent: etree._Element | None, *path: str) -> date | None:
        return self.day_in(one_of(parent, *path))

    def money_in(self, element: etree._Element | None) -> Decimal | None:
        if _THOUSAND.fullmatch(_compact(element)):
            self._unreadable(element)
            return None
        return self.number_in(element)

    def number_in(self, element: etree._Element | None) -> Decimal | None:
        text = _compact(element).replace("\N{MINUS SIGN}", "-")
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            self._unreadable(element)
            return None
        return Decimal(text.replace(",", "."))

    def day_in(self, element: etree._Element | None) -> date | None:
        text = _compact(element)
        if not text:
            return None
        found = _DAY.fullmatch(text)
        try:
            if found is not None:
                return date(int(found[1]), int(found[3]), int(found[4]))
        except ValueError:
            pass
        self._unreadable(element)
        return None

    def _unreadable(self, element: etree._Element | None) -> None:
        assert element is not None, "only what is there is unreadable"  # noqa: S101 - see the callers
        facts = {"element": local(element)[:60], "line": self.line_of(element)}
        self.problems.append(Reason("element_unreadable", facts))


def _compact(element: etree._Element | None) -> str:
    return "" if element is None else re.sub(r"\s", "", element.text or "")
