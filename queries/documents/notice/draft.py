"""The notice as it follows from the store: every section, statement by statement.

The sentences are the words folder's (``notice``); which of them are used, and with which facts, is
decided here from :class:`.NoticeFacts` and the personal-data map alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from babel import Locale
from babel.lists import format_list

from queries.documents.controller_details import authority
from queries.documents.notice import Notice, NoticeSection, Statement
from queries.documents.notice.map_statements import (
    bases,
    categories,
    months_of,
    purposes,
    retention_classes,
)
from queries.documents.words import phrase
from queries.reads.notice.notice import NoticeFacts
from queries.reads.recipients import RecipientRow
from queries.rules.notice import LANGUAGES
from queries.rules.personal_data_types import LegalBasis, ProcessingPurpose
from queries.rules.recipients import RecipientKind, RecipientRole
from queries.store.tables import MarketingBasis, Source

#: The sections, in the order of reading.
SECTIONS = (
    "controller",
    "purposes",
    "interests",
    "categories",
    "sources",
    "required",
    "recipients",
    "transfers",
    "protection",
    "retention",
    "rights",
    "objection",
    "requests",
    "authority",
    "automated",
)

_LOCALES = {"fi": "fi_FI", "sv": "sv_FI", "en": "en_GB"}
#: How the person itself gives data; other sources have sentences of their own.
_WAYS = (Source.EMAIL, Source.PHONE, Source.FORM, Source.MEETING)
_RIGHTS = ("access", "rectification", "erasure", "restriction", "portability")
_YEAR = 12


def draw_notice(facts: NoticeFacts, language: str) -> Notice:
    """The notice in one language; no statements of the database."""
    drawer = _Drawer(facts, language)
    sections = tuple(
        NoticeSection(code, phrase(f"notice.sections.{code}", language), drawer.section(code))
        for code in SECTIONS
    )
    title = phrase("notice.title", language).format(name=facts.controller.name)
    return Notice(language, title, sections)


def draw_notices(facts: NoticeFacts) -> dict[str, Notice]:
    """The notice in each language."""
    return {language: draw_notice(facts, language) for language in LANGUAGES}


def duration(months: int, language: str) -> str:
    """
    >>> duration(72, "en"), duration(18, "en"), duration(1, "fi")
    ('6 years', '18 months', 'yksi kuukausi')
    """
    unit, n = ("month", months) if months % _YEAR or not months else ("year", months // _YEAR)
    return phrase(f"notice.time.{unit}{'' if n == 1 else 's'}", language).format(n=n)


def country_name(code: str, language: str) -> str:
    """
    >>> country_name("US", "sv")
    'USA'
    """
    return str(Locale(language).territories.get(code, code))


def listed(parts: Iterable[str], language: str) -> str:
    """
    >>> listed(["a", "b", "c"], "fi")
    'a, b ja c'
    """
    return str(format_list(list(parts), locale=_LOCALES[language]))


def recipient_kind(row: RecipientRow, language: str) -> str:
    """Return the kind of a recipient; one of another kind is described by what it does."""
    if row.kind == RecipientKind.OTHER:
        return row.purpose
    return phrase(f"notice.kinds.{row.kind}", language)


def transfer_basis(row: RecipientRow, language: str) -> str:
    """Return the legal basis on which data leave the EU and the EEA; empty where none is
    recorded."""
    if row.transfer_basis is None:
        return ""
    return phrase(f"notice.transfer_bases.{row.transfer_basis}", language)


def retention_text(code: str, facts: NoticeFacts, language: str) -> str:
    """Return the sentence of a retention class, with its period as it is."""
    if code == "party":
        return phrase("notice.retention.party", language)
    months = months_of(code, facts)
    if code == "newsletter" and months:
        code = "newsletter_after"
    return phrase(f"notice.retention.{code}", language).format(time=duration(months, language))


class _Drawer:
    """Draws the sections of one notice; each method of a section's name adds its statements."""

    def __init__(self, facts: NoticeFacts, language: str) -> None:
        self._facts = facts
        self._language = language
        self._section = ""
        self._found: list[Statement] = []

    def section(self, code: str) -> tuple[Statement, ...]:
        self._section, self._found = code, []
        getattr(self, f"_{code}")()
        return tuple(self._found)

    def _say(self, key: str, *, code: str = "", listed: bool = False, **facts: Any) -> None:
        """Add the statement of a key; its code is the key unless another is given."""
        text = phrase(f"notice.{self._section}.{key}", self._language).format(**facts)
        self._add(code or key, text, listed=listed)

    def _add(self, code: str, text: str, *, listed: bool = False) -> None:
        """Add a statement; a text of several lines becomes one paragraph."""
        one = " ".join(text.split())
        self._found.append(Statement(f"{self._section}.{code}", self._section, one, listed))

    def _controller(self) -> None:
        house = self._facts.controller
        identity = "identity_with_id" if house.business_id else "identity"
        self._say(
            identity,
            code="identity",
            name=house.name,
            business_id=house.business_id,
            address=house.address,
        )
        self._say(
            "reach_with_phone" if house.phone else "reach",
            code="reach",
            email=house.email,
            phone=house.phone,
        )
        self._say("contact", contact_name=house.contact_name, reach=house.reach)
        if house.officer_name:
            self._say("officer", officer_name=house.officer_name, reach=house.officer_reach)
        else:
            self._say("no_officer", code="officer")

    def _purposes(self) -> None:
        self._say("whom")
        for purpose in purposes(self._facts):
            own = self._facts.settings.words(f"purposes.{purpose}", self._language)
            self._say(
                "own" if own else purpose,
                code=purpose,
                listed=True,
                words=own,
                bases=self._bases(purpose),
            )

    def _bases(self, purpose: ProcessingPurpose) -> str:
        named = [
            phrase(f"notice.bases.{basis}", self._language) for basis in bases(purpose, self._facts)
        ]
        return listed(named, self._language)

    def _interests(self) -> None:
        if LegalBasis.LEGITIMATE_INTEREST in bases(
            ProcessingPurpose.CUSTOMER_RELATION, self._facts
        ):
            self._say("notes")
        if self._facts.has_contacts:
            self._say("contacts")
        if LegalBasis.LEGITIMATE_INTEREST in bases(ProcessingPurpose.LEGAL_DUTY, self._facts):
            self._say("claims")
        for basis in self._facts.marketing:
            if basis is not MarketingBasis.CONSENT:
                self._say(basis)
        self._own("interests")

    def _own(self, topic: str) -> None:
        own = self._facts.settings.words(topic, self._language)
        if own:
            self._add("own", own)

    def _categories(self) -> None:
        self._say("intro")
        for code in categories(self._facts):
            self._say(code, listed=True)

    def _sources(self) -> None:
        ways = [source for source in _WAYS if source in self._facts.sources]
        if ways:
            named = [phrase(f"notice.ways.{way}", self._language) for way in ways]
            self._say("person_by", code="person", ways=listed(named, self._language))
        else:
            self._say("person")
        for source in self._facts.sources:
            if source not in _WAYS:
                self._say(source)
        self._say("house")
        self._say("bank")

    def _required(self) -> None:
        for key in ("contract", "law", "voluntary"):
            self._say(key)

    def _recipients(self) -> None:
        rows = self._facts.recipients
        self._say("intro" if rows else "none")
        for row in rows:
            key = "processor" if row.role == RecipientRole.PROCESSOR else "controller"
            self._say(
                key,
                code=str(row.id),
                listed=True,
                name=row.name,
                kind=recipient_kind(row, self._language),
                country=country_name(row.country, self._language),
            )
        self._say("authorities")

    def _transfers(self) -> None:
        if not self._facts.outside:
            self._say("none")
            return
        for row in self._facts.outside:
            basis = transfer_basis(row, self._language)
            self._say(
                "one" if basis else "unbased",
                code=str(row.id),
                listed=True,
                name=row.name,
                country=country_name(row.country, self._language),
                basis=basis,
            )
        self._say("copy")

    def _protection(self) -> None:
        self._say("manual" if self._facts.paper_classes else "no_manual")
        for key in ("sign_in", "roles", "trail", *self._facts.settings.safeguards):
            self._say(key, listed=True)
        self._own("protection")

    def _retention(self) -> None:
        self._say("intro")
        for code in retention_classes(self._facts):
            text = retention_text(code, self._facts, self._language)
            self._add(code, text, listed=True)

    def _rights(self) -> None:
        self._say("intro")
        for key in _RIGHTS:
            self._say(key, listed=True)
        self._say("withdrawal")
        if self._facts.marketing:
            self._say("unsubscribe")

    def _objection(self) -> None:
        """Return the right to object, in a section of its own, as Art. 21(4) requires."""
        self._say("interest")
        self._say("marketing")

    def _requests(self) -> None:
        email, post = self._facts.controller.requests_to
        self._say("how", email=email, post=post)
        for key in ("time", "free", "identity"):
            self._say(key)

    def _authority(self) -> None:
        name, *address = authority(self._language)
        self._say("complaint", name=name, address=", ".join(address))

    def _automated(self) -> None:
        own = self._facts.settings.words("automated", self._language)
        if own:
            self._add("own", own)
        else:
            self._say("none")
