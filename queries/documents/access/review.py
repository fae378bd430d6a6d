"""Places of an access report that may be about somebody else, marked for a person to look at.

A note can name a colleague, an invoice another addressee. Nothing is taken out here: a person looks
at each mark before the report is sent, and what is redacted is replaced by
:class:`.report.Redaction` (GDPR Art. 15(4): a copy must not harm the rights of others).

Looked for in texts of free form: names of the company's users, of those who did the work and of the
people around the same organisations, inflected or misspelt (Jaro-Winkler); names of other persons
of the register, two words together, with the endings of Finnish cases taken off; e-mail addresses
and telephone numbers that are not the person's own. It is bounded, and says when the bound was met.
A name that it does not know it cannot find: reading the report is not spared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler
from sqlalchemy import String, Text, select
from sqlalchemy.orm import Session, aliased

from queries.documents import words
from queries.documents.access.report import AccessReport, Redaction, place_of
from queries.rules.roles import Permission
from queries.store.search import fold, phone_digits, sort_name
from queries.store.sessions import needs
from queries.store.tables import Base, ContactPerson, Party, PartyKind, User, WorkEntry

#: Tables whose texts are details in fields of their own, the person's by definition.
_DETAILS = {"party", "address", "email", "phone", "billing_detail"}
_SHORTEST_TEXT = 100

_SHORTEST_NAME = 4
#: So many letters of the text before and after it show what is said of somebody.
AROUND = 60
_ALIKE = 0.9
_MOST_NAMES = 2_000
_MOST_PAIRS = 2_000
_CHUNK = 1_000

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w+])(?:\+\d|0\d)[\d ()-]{4,16}\d(?!\w)")
_ENDINGS = (
    "lle",
    "lla",
    "llä",
    "lta",
    "ltä",
    "ssa",
    "ssä",
    "sta",
    "stä",
    "ksi",
    "na",
    "nä",
    "in",
    "en",
    "n",
    "a",
    "ä",
)


@dataclass(frozen=True)
class ReviewMark:
    """A place to look at.

    :param place: as in :class:`.report.Redaction`.
    :param where: the section, the row's number and the field, in words.
    :param start: of what was found in the datum's text; ``end`` is after it.
    :param reason: ``user``, ``worker``, ``around`` (of the same organisations), ``register``,
        ``contact_detail``, or ``reader``: who looked has found it.
    :param before: some of the text before it, and ``after`` after it, to judge it by.
    """

    place: str
    where: str
    start: int
    end: int
    found: str
    reason: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class ReportReview:
    """The marks in the order of the report; ``complete`` unless a bound was met."""

    marks: tuple[ReviewMark, ...]
    complete: bool


@dataclass(frozen=True)
class _Place:
    place: str
    where: str
    text: str


@needs(Permission.SEE_REQUESTS)
def review(session: Session, report: AccessReport, party_id: int) -> ReportReview:
    """Find the places of a report that may be about somebody else.

    Three statements for the names nearby, and one for each thousand names of the register.
    """
    places = list(_places(report))
    own = {fold(word) for word in _WORD.findall(report.name)}
    nearby, all_nearby = _nearby(session, party_id)
    known = {name: reason for name, reason in nearby.items() if name not in own}
    inflected = _alike({fold(w) for p in places for w in _names_in(p.text)} - own, known)
    pairs = _register(session, places, party_id, own)
    details = _own_details(report)
    marks = [
        mark for place in places for mark in _in_order(_found(place, inflected, pairs[0], details))
    ]
    return ReportReview(tuple(marks), all_nearby and pairs[1])


def occurrences(report: AccessReport, words_found: Iterable[str]) -> tuple[ReviewMark, ...]:
    """Find the words that a reader of the report has found, whole and in any case.

    Only texts of free form are looked at, as in :func:`review`.
    """
    wanted = [re.escape(word.strip()) for word in words_found if word.strip()]
    if not wanted:
        return ()
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(wanted)})(?!\w)", re.IGNORECASE)
    return tuple(
        _mark(place, *match.span(), "reader")
        for place in _places(report)
        for match in pattern.finditer(place.text)
    )


def proposed(report: AccessReport, marks: Iterable[ReviewMark]) -> tuple[Redaction, ...]:
    """Redactions that replace what the marks have found, and leave the rest of each text."""
    instead = words.phrase("report.redacted", report.language)
    texts = {place.place: place.text for place in _places(report)}
    by_place: dict[str, list[ReviewMark]] = {}
    for mark in marks:
        by_place.setdefault(mark.place, []).append(mark)
    # A word that the reader found can lie in one that was marked: then the longer one is removed.
    marks = [mark for its in by_place.values() for mark in _in_order(its)]
    for mark in sorted(marks, key=lambda mark: mark.start, reverse=True):
        text = texts[mark.place]
        texts[mark.place] = text[: mark.start] + instead + text[mark.end :]
    return tuple(Redaction(place, texts[place]) for place in dict.fromkeys(m.place for m in marks))


def _places(report: AccessReport) -> Iterator[_Place]:
    """The texts of free form that the report shows as they are."""
    for section in report.sections:
        free = {
            column.name
            for column in Base.metadata.tables[section.table].c
            if section.table not in _DETAILS and _is_free(column.type)
        }
        for n, entry in enumerate(section.entries, start=1):
            for field, datum in zip(section.fields, entry.data, strict=True):
                if field.column in free and isinstance(datum.value, str) and datum.value:
                    yield _Place(
                        place_of(section.table, entry.key, field.column),
                        f"{section.title} {n}: {field.label}",
                        datum.value,
                    )


def _is_free(kind: object) -> bool:
    if isinstance(kind, Text):
        return True
    return isinstance(kind, String) and (kind.length or 0) >= _SHORTEST_TEXT


def _names_in(text: str) -> Iterator[str]:
    """Yield words that begin with a capital, and are long enough to be distinct."""
    return (w for w in _WORD.findall(text) if w[0].isupper() and len(w) >= _SHORTEST_NAME)


def _nearby(session: Session, party_id: int) -> tuple[dict[str, str], bool]:
    """Return the parts of the names of related people, folded, each with its reason."""
    mine, theirs = aliased(ContactPerson), aliased(ContactPerson)
    around = (
        select(Party.name)
        .join(theirs, theirs.person_id == Party.id)
        .outerjoin(mine, mine.organisation_id == theirs.organisation_id)
        .where((mine.person_id == party_id) | (theirs.organisation_id == party_id))
        .where(Party.id != party_id)
        .distinct()
    )
    workers = select(WorkEntry.done_by).where(WorkEntry.party_id == party_id).distinct()
    found: dict[str, str] = {}
    complete = True
    for reason, query in (("user", select(User.name)), ("worker", workers), ("around", around)):
        names = session.scalars(query.limit(_MOST_NAMES + 1)).all()
        complete = complete and len(names) <= _MOST_NAMES
        for name in names[:_MOST_NAMES]:
            for part in _WORD.findall(name):
                if len(part) >= _SHORTEST_NAME:
                    found.setdefault(fold(part), reason)
    return found, complete


def _alike(spoken: set[str], known: Mapping[str, str]) -> dict[str, str]:
    """The words that are a known name or like one, each with the reason."""
    by_initial: dict[str, list[str]] = {}
    for name in known:
        by_initial.setdefault(name[0], []).append(name)
    found = {}
    for word in spoken:
        best = process.extractOne(
            word, by_initial.get(word[0], []), scorer=JaroWinkler.similarity, score_cutoff=_ALIKE
        )
        if best is not None:
            found[word] = known[best[0]]
    return found


def _register(
    session: Session, places: Iterable[_Place], party_id: int, own: set[str]
) -> tuple[set[tuple[str, str]], bool]:
    """The pairs of words that are the name of another person of the register."""
    pairs = {pair for place in places for pair, _span in _pairs(place.text)}
    pairs = {pair for pair in pairs if not set(pair) <= own}
    wanted = sorted(pairs)[:_MOST_PAIRS]
    keys: dict[str, set[tuple[str, str]]] = {}
    for pair in wanted:
        for key in _keys(pair):
            keys.setdefault(key, set()).add(pair)
    found: set[tuple[str, str]] = set()
    for chunk in _chunks(sorted(keys)):
        query = select(Party.sort_name).where(
            Party.sort_name.in_(chunk), Party.kind == PartyKind.PERSON, Party.id != party_id
        )
        for key in session.scalars(query):
            found |= keys[key]
    return found, len(pairs) <= _MOST_PAIRS


def _chunks(keys: list[str]) -> Iterator[list[str]]:
    return (keys[start : start + _CHUNK] for start in range(0, len(keys), _CHUNK))


def _pairs(text: str) -> Iterator[tuple[tuple[str, str], tuple[int, int]]]:
    """Yield two words with capitals one after the other, folded, and their places."""
    found = [match for match in _WORD.finditer(text) if match[0][0].isupper()]
    for one, other in pairwise(found):
        if not text[one.end() : other.start()].strip(" \u00a0"):
            yield (fold(one[0]), fold(other[0])), (one.start(), other.end())


def _keys(pair: tuple[str, str]) -> set[str]:
    """The names, as lists are ordered by them, that a pair of words can be a form of."""
    one, other = pair
    return {sort_name(f"{base} {one}") for base in _bases(other)} | {
        sort_name(f"{one} {base}") for base in _bases(other)
    }


def _bases(word: str) -> set[str]:
    """The word without the endings of Finnish cases.

    >>> sorted(_bases("virtaselle"))
    ['virtanen', 'virtase', 'virtaselle']
    >>> "mäki" in _bases("mäkin"), "laine" in _bases("laineen")
    (True, True)
    """
    bases = {word}
    for ending in _ENDINGS:
        base = word.removesuffix(ending)
        if base != word and len(base) >= _SHORTEST_NAME - 1:
            bases.add(base)
            if base.endswith("se"):
                bases.add(f"{base[:-2]}nen")
    if word.endswith("sen"):
        bases.add(f"{word[:-3]}nen")
    return bases


def _own_details(report: AccessReport) -> set[str]:
    """The person's own addresses and numbers, as they are compared."""
    found = set()
    for table, column in (("email", "address"), ("phone", "number"), ("billing_detail", "email")):
        section = report.section(table)
        for entry in section.entries if section else ():
            found |= {_detail(d.text) for d in entry.data if d.column == column and d.text}
    return found


def _detail(text: str) -> str:
    return phone_digits(text) or fold(text)


def _found(
    place: _Place, inflected: Mapping[str, str], pairs: set[tuple[str, str]], own: set[str]
) -> Iterator[ReviewMark]:
    for pair, (start, end) in _pairs(place.text):
        if pair in pairs:
            yield _mark(place, start, end, "register")
    for match in _WORD.finditer(place.text):
        reason = inflected.get(fold(match[0])) if match[0][0].isupper() else None
        if reason is not None:
            yield _mark(place, *match.span(), reason)
    for pattern in (_EMAIL, _PHONE):
        for match in pattern.finditer(place.text):
            if _detail(match[0]) not in own:
                yield _mark(place, *match.span(), "contact_detail")


def _mark(place: _Place, start: int, end: int, reason: str) -> ReviewMark:
    text = place.text
    return ReviewMark(
        place.place,
        place.where,
        start,
        end,
        text[start:end],
        reason,
        before=text[max(0, start - AROUND) : start],
        after=text[end : end + AROUND],
    )


def _in_order(marks: Iterable[ReviewMark]) -> list[ReviewMark]:
    """Sort by the place in the text; of two that overlap keep the one that begins first, or is
    longer."""
    kept: list[ReviewMark] = []
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return kept
