"""Letters to data subjects and to recipients, as PDF, as HTML and as text for an e-mail.

The sentences are in ``words`` and hold the names of facts (Jinja2, undefined names refused); the
facts are filled in one by one and are never read as a template, as HTML or as a layout. Each kind
says here what it needs, so that a form can ask for it and a missing fact is named.

Nothing is stored or sent here. A letter's SHA-256 is that of its PDF; the same facts give the same
bytes.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from itertools import groupby
from operator import itemgetter
from typing import Any

from jinja2 import Environment, StrictUndefined, Template, UndefinedError

from queries.documents import words
from queries.documents.controller_details import Controller, authority
from queries.documents.typesetting import heading, items, paper, text, typeset
from queries.errors import InvalidInput
from queries.rules.requests import LetterKind
from queries.wording import formats

#: The letter about data from elsewhere (GDPR Art. 14): it belongs to no request.
SOURCE_NOTICE = "source_notice"

#: What each letter needs. Days are dates; codes (``rights``, ``right``, ``ground``, ``event``, and
#: an item's ``kind`` and ``why``, ``source``) are keys of the words under ``letter``; ``sections``
#: have a ``title`` and ``statements``, each a text and whether it is an item of a list.
NEEDED: Mapping[str, tuple[str, ...]] = {
    LetterKind.RECEIVED: ("received_on", "rights", "due_on"),
    LetterKind.EXTENSION: ("received_on", "first_due_on", "due_on", "reason"),
    LetterKind.IDENTITY_ASKED: ("received_on", "reason", "asked"),
    LetterKind.ACCESS: ("received_on",),
    LetterKind.PORTABILITY: ("received_on", "files", "sha256"),
    LetterKind.RECTIFIED: ("received_on", "done_on", "changes"),
    LetterKind.RECIPIENTS_TOLD: ("person", "done_on", "event", "details"),
    LetterKind.ERASED: ("received_on",),
    LetterKind.RESTRICTED: ("received_on", "since", "ground"),
    LetterKind.RESTRICTION_LIFTED: ("since", "lifts_on", "reason"),
    LetterKind.OBJECTION: ("received_on", "done_on"),
    LetterKind.WITHDRAWAL: ("received_on", "done_on", "what"),
    LetterKind.REFUSED: ("received_on", "right", "reason", "citation"),
    LetterKind.NOT_IN_REGISTER: ("received_on", "searched"),
    LetterKind.COMPLAINT_INFO: ("received_on",),
    SOURCE_NOTICE: ("source", "data", "sections"),
}

#: Facts that a letter can do without, and their replacements. ``gone`` and ``staying`` of an
#: erasure are lists of ``kind``, ``label`` and, of what stays, ``keep_until`` (or None), ``why``,
#: ``citation``, ``restricted`` and, where they are several, ``days`` (``keep_until``, ``label``);
#: ``changes`` of a rectification of ``what``, ``old``, ``new``; ``files`` of ``name`` and
#: ``records``; ``recipients`` are names.
OTHERWISE: Mapping[str, Mapping[str, Any]] = {
    LetterKind.ACCESS: {"redacted": 0, "paper_records": 0},
    LetterKind.RECTIFIED: {"recipients": ()},
    LetterKind.ERASED: {
        "gone": (),
        "staying": (),
        "completes_on": None,
        "open_balances": 0,
        "recipients": (),
    },
    LetterKind.RESTRICTED: {"recipients": ()},
    LetterKind.REFUSED: {"partly": False},
    LetterKind.COMPLAINT_INFO: {"reply": ""},
}

_ITEM_OTHERWISE = {"label": "", "keep_until": None, "days": (), "citation": "", "restricted": False}


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """The name on a letter; ``lines`` are those of the postal address, if it goes by post."""

    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter that was made.

    :param subject: of the e-mail; the letter's title.
    :param text: the whole letter as plain text, to paste in an e-mail.
    :param html: the same, as a page.
    :param sha256: of ``pdf``, in hexadecimal.
    """

    kind: str
    language: str
    made_on: date
    subject: str
    text: str
    html: str
    pdf: bytes
    sha256: str


def letter(
    kind: str,
    language: str,
    *,
    facts: Mapping[str, Any],
    addressee: Addressee,
    controller: Controller,
    made_on: date,
    request_number: str | None = None,
) -> Letter:
    """Write a letter; no statements.

    :param facts: what :data:`NEEDED` and :data:`OTHERWISE` name for the kind.
    :param request_number: as it is shown, ``2026-0007``; only a letter to a recipient, or one
        that answers no request, can be without.
    :param kind: a key of :data:`NEEDED`.
    :raises InvalidInput: ``letter_field_missing``, with the fact's name as its field, for a fact
        that is not there or is empty.
    """
    known = _whole(kind, facts, request_number)
    known |= {"addressee": addressee, "controller": controller, "request_number": request_number}
    said = _Said(kind, language, known)
    subject = said.fill(words.phrase(f"letters.{kind}.subject", language))
    head = [formats.day(made_on, language)]
    if request_number:
        head.append(said.fill(words.phrase("letter.number", language)))
    blocks = said.body()
    sheet = paper(
        title=subject,
        author=controller.name,
        made_on=made_on.isoformat(),
        footer=said.fill(words.phrase("letter.footer", language)),
        sender=controller.lines,
        head=head,
        addressee=(addressee.name, *addressee.lines),
        blocks=blocks,
    )
    pdf = typeset("document", sheet, language=language)
    return Letter(
        kind=kind,
        language=language,
        made_on=made_on,
        subject=subject,
        text=_as_text(subject, head, blocks),
        html=_page().render(**{**sheet, "subject": subject, "language": language}),
        pdf=pdf,
        sha256=hashlib.sha256(pdf).hexdigest(),
    )


class _Said:
    """The sentences of one letter, filled with its facts."""

    def __init__(self, kind: str, language: str, facts: Mapping[str, Any]) -> None:
        self._kind = kind
        self._language = language
        self._facts = facts

    def fill(self, sentence: str, **more: Any) -> str:
        try:
            return _template(sentence, self._language).render({**self._facts, **more}).strip()
        except UndefinedError as error:
            name = str(error).rsplit("'", 2)[-2] if "'" in str(error) else "?"
            raise InvalidInput(name, "letter_field_missing", kind=self._kind) from None

    def body(self) -> list[dict[str, Any]]:
        """The blocks from the greeting to the signature."""
        to_recipient = self._kind == LetterKind.RECIPIENTS_TOLD
        suffix = "_recipient" if to_recipient else ""
        blocks = [text(self._common(f"hello{suffix}"))]
        for part in words.branch(f"letters.{self._kind}.body", self._language):
            if isinstance(part, str):
                blocks += [text(filled)] if (filled := self.fill(part)) else []
            elif "sections" in part:
                blocks += _sections(self._facts[part["sections"]])
            elif each := self._facts[part["each"]]:
                blocks.append(items([self.fill(part["item"], item=item) for item in each]))
        if not to_recipient:
            # A letter about complaining says this already.
            where = "authority" if self._kind == LetterKind.COMPLAINT_INFO else "complaint"
            blocks += [text(self._common(where)), items(authority(self._language))]
        blocks.append(text(self._common(f"questions{suffix}")))
        controller: Controller = self._facts["controller"]
        signed = (self._common("signed"), controller.contact_name, controller.name)
        blocks.append(text("\n".join(signed)))
        return blocks

    def _common(self, key: str) -> str:
        return self.fill(words.phrase(f"letter.{key}", self._language))


def _sections(sections: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the sections of the notice, under its own headings."""
    blocks: list[dict[str, Any]] = []
    for section in sections:
        blocks.append(heading(section["title"]))
        for listed, group in groupby(section["statements"], key=itemgetter(1)):
            said = [statement for statement, _listed in group]
            blocks += [items(said)] if listed else [text(one) for one in said]
    return blocks


def _whole(kind: str, facts: Mapping[str, Any], request_number: str | None) -> dict[str, Any]:
    """Return the facts of the kind, with defaults for those that can be left out."""
    whole = {**OTHERWISE.get(kind, {}), **facts}
    for name in NEEDED[kind]:
        if _is_empty(whole.get(name)):
            raise InvalidInput(name, "letter_field_missing", kind=kind)
    if kind == LetterKind.RECEIVED and not request_number:
        raise InvalidInput("request_number", "letter_field_missing", kind=kind)
    if kind == LetterKind.ERASED:
        for name in ("gone", "staying"):
            whole[name] = [{**_ITEM_OTHERWISE, **item} for item in whole[name]]
    return whole


def _is_empty(value: Any) -> bool:
    return (
        value is None
        or (isinstance(value, str) and not value.strip())
        or (isinstance(value, Sequence) and len(value) == 0)
    )


def _as_text(subject: str, head: Sequence[str], blocks: Sequence[Mapping[str, Any]]) -> str:
    parts = [subject, "\n".join(head)]
    for block in blocks:
        if block["kind"] == "list":
            parts.append("\n".join(f"- {item}" for item in block["items"]))
        else:
            parts.append(block["text"])
    return "\n\n".join(parts) + "\n"


@functools.cache
def _sentences(language: str) -> Environment:
    """The environment of sentences: plain text, which is escaped by whoever shows it."""
    environment = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701 - plain text, not HTML
    environment.filters["day"] = lambda value: formats.day(value, language)
    for name in ("right", "record", "reason", "ground", "event", "source"):
        environment.filters[name] = functools.partial(_named, name, language)
    return environment


def _named(group: str, language: str, code: str) -> str:
    return words.phrase(f"letter.{group}s.{code}", language)


@functools.lru_cache(maxsize=1024)
def _template(sentence: str, language: str) -> Template:
    """A sentence of the words, made ready; values never come here."""
    return _sentences(language).from_string(sentence)


@functools.cache
def _page() -> Template:
    environment = Environment(undefined=StrictUndefined, autoescape=True)
    source = (files("queries.documents") / "layouts" / "letter.html").read_text(encoding="utf-8")
    return environment.from_string(source)
