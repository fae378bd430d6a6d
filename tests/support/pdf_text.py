"""Reading papers back."""

from __future__ import annotations

import io

from jinja2 import meta
from pypdf import PdfReader

from queries.documents.letters import letters


def words_of(pdf: bytes) -> str:
    """The text of a PDF in reading order, with one space wherever there is space at all."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def squeezed(text: str) -> str:
    """Text without any space: where lines break on paper does not matter."""
    return "".join(text.split())


def facts_in(sentence: str) -> set[str]:
    """The names of the facts that a sentence of the words holds."""
    return meta.find_undeclared_variables(letters._sentences("fi").parse(sentence))
