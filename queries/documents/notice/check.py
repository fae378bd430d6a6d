"""A published notice against the register: a text is given, and what differs is listed.

The danger: a program that reads a text as a lawyer would, and is believed. The principle: every
finding quotes the words that it was made of and says what to do; what is only not found is called
that. Nothing of the text is kept.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from queries.documents.controller_details import AUTHORITY_ADDRESS
from queries.documents.notice.pasted_text import NoticeText, Spot, WrittenPlace
from queries.errors import InvalidInput
from queries.reads.newsletter import NewsletterFigures, newsletter_figures, subscribers_without_link
from queries.reads.notice.controller import Controller, controller_row
from queries.reads.notice.notice import sources_used
from queries.reads.notice.post_codes import PostTown, places_of
from queries.reads.notice.proofs_counted import counted
from queries.reads.recipients import RecipientRow, recipient_list
from queries.rules import identifiers
from queries.rules import notice_words as words
from queries.rules.proofs import Proof
from queries.rules.roles import Permission
from queries.store.search import fold
from queries.store.sessions import needs
from queries.store.tables import Invoice, MarketingBasis, Note, Source

#: A longer text is no notice.
LONGEST = 100_000


class Weight(enum.StrEnum):
    """``wrong``: the text and the register, or the text and itself, cannot both be right.
    ``missing``: something that the law asks for was not found. ``look``: a person has to say."""

    WRONG = "wrong"
    MISSING = "missing"
    LOOK = "look"


@dataclass(frozen=True)
class CheckFinding:
    """One difference.

    :param code: the key of its words, which need the ``facts``.
    :param spot: where in the text; None for what is nowhere in it.
    """

    code: str
    weight: Weight
    spot: Spot | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    """Findings, the gravest first, each weight in the order of the text.

    :param knows_post_codes: Posti's file is in the register, so that codes were held against it.
    :param lines: of the text.
    """

    findings: tuple[CheckFinding, ...]
    knows_post_codes: bool
    lines: int

    def of(self, weight: Weight) -> tuple[CheckFinding, ...]:
        return tuple(one for one in self.findings if one.weight is weight)


@needs(Permission.SEE_NOTICE)
def check_notice(session: Session, text: str, *, today: date, public: str | None) -> Checked:
    """Hold a text against the register; at most 13 statements.

    :param public: the ``https`` address of the register, None where it has none.
    :raises InvalidInput: ``text.required``, ``text.too_long`` (longest, length).
    """
    if not text.strip():
        raise InvalidInput("text", "required")
    if len(text) > LONGEST:
        raise InvalidInput("text", "too_long", longest=LONGEST, length=len(text))
    notice = NoticeText(text)
    written = tuple(notice.places())
    known = places_of(session, {one.code for one in written})
    house = controller_row(session)
    recipients = recipient_list(session)
    figures = newsletter_figures(session)
    any_known = bool(known) or bool(places_of(session, ["00100"]))
    controller = house.controller if house.version is not None else None
    found = [
        *_controller(notice, controller),
        *_post_codes(written, known, controller, any_known=any_known),
        *_reached(notice, controller, recipients),
        *_parts(notice, recipients),
        *_sources(notice, sources_used(session)),
        *_services(notice, recipients),
        *_retention(notice),
        *_bases(notice, _bases_used(session, figures)),
        *_promises(notice, session, recipients, today),
        *_newsletter(notice, session, figures, public),
    ]
    weights = list(Weight)
    found.sort(
        key=lambda one: (
            weights.index(one.weight),
            one.spot is None,
            one.spot.line if one.spot else 0,
        )
    )
    return Checked(tuple(found), any_known, len(notice.lines))


def _controller(notice: NoticeText, house: Controller | None) -> Iterator[CheckFinding]:
    """Check the controller and its contact person, and how they are reached."""
    if house is None:
        yield CheckFinding("controller_unset", Weight.LOOK)
        return
    for name in ("name", "street", "town", "email", "contact_name", "contact_email"):
        value = getattr(house, name)
        if not notice.has(value):
            yield CheckFinding(f"{name}_differs", Weight.WRONG, facts={"value": value})
    for name in ("phone", "contact_phone"):
        value = getattr(house, name)
        if value and _digits(value) not in {_digits(one) for one, _spot in notice.phones()}:
            yield CheckFinding(f"{name}_differs", Weight.WRONG, facts={"value": value})


def _post_codes(
    written: Sequence[WrittenPlace],
    known: Mapping[str, PostTown],
    house: Controller | None,
    *,
    any_known: bool,
) -> Iterator[CheckFinding]:
    """Check for codes that are not of their town, one address with two of them, and the
    company's own."""
    ours = [one for one in written if not _is_authority(one)]
    wrong = list(_of_other_towns(ours, known)) if any_known else []
    yield from wrong
    told = {one.spot for one in wrong}
    groups: dict[tuple[str, str], list[WrittenPlace]] = {}
    for one in ours:
        groups.setdefault((fold(one.street), fold(one.town)), []).append(one)
    for group in groups.values():
        first = group[0]
        other = next((one for one in group if one.code != first.code), None)
        if other is not None and not any(one.spot in told for one in group):
            facts: dict[str, Any] = {
                "first": first.code,
                "second": other.code,
                "line": first.spot.line,
                "where": first.street or first.town,
            }
            yield CheckFinding("two_post_codes", Weight.WRONG, other.spot, facts)
    if house is not None and not any(one.code == house.post_code for one in written):
        yield CheckFinding("post_code_differs", Weight.WRONG, facts={"value": house.post_code})


def _of_other_towns(
    written: Sequence[WrittenPlace], known: Mapping[str, PostTown]
) -> Iterator[CheckFinding]:
    for one in written:
        place = known.get(one.code)
        if place is None and one.street:
            yield CheckFinding("post_code_unknown", Weight.LOOK, one.spot, {"code": one.code})
        elif place is not None and not any(place.has(town) for town in one.towns):
            facts = {"code": one.code, "town": one.town, "of": place.town_fi}
            yield CheckFinding("post_code_not_of_town", Weight.WRONG, one.spot, facts)


def _is_authority(one: WrittenPlace) -> bool:
    return any(
        line.startswith((f"{one.street}, {one.code}", f"PL 800, {one.code}"))
        for line in AUTHORITY_ADDRESS
    )


def _reached(
    notice: NoticeText, house: Controller | None, recipients: Sequence[RecipientRow]
) -> Iterator[CheckFinding]:
    """Addresses and numbers of the text that nobody in the register has."""
    if house is None:
        return
    emails = {house.email, house.contact_email, house.officer_email, house.requests_email}
    emails |= {row.email or "" for row in recipients} | set(AUTHORITY_ADDRESS)
    known = {fold(address) for address in emails}
    for address, spot in _once(notice.emails()):
        if fold(address) not in known:
            yield CheckFinding("email_unknown", Weight.LOOK, spot, {"value": address})
    numbers = (house.phone, house.contact_phone, house.officer_phone, *AUTHORITY_ADDRESS)
    digits = {_digits(number) for number in numbers}
    for number, spot in _once(notice.phones()):
        if _digits(number) not in digits and _is_phone(number):
            yield CheckFinding("phone_unknown", Weight.LOOK, spot, {"value": number})


def _once(found: Iterator[tuple[str, Spot]]) -> Iterator[tuple[str, Spot]]:
    seen: set[str] = set()
    for value, spot in found:
        if fold(value) not in seen:
            seen.add(fold(value))
            yield value, spot


def _digits(number: str) -> str:
    """The digits of a number, Finnish ones without their prefix."""
    bare = re.sub(r"\D", "", number)
    for prefix in ("00358", "358"):
        bare = bare.removeprefix(prefix)
    return bare.removeprefix("0")


def _is_phone(number: str) -> bool:
    try:
        identifiers.phone(number)
    except InvalidInput:
        return False
    return True


def _parts(notice: NoticeText, recipients: Sequence[RecipientRow]) -> Iterator[CheckFinding]:
    """Find the parts that Art. 13 and 14 require and the text does not cover."""
    for part in words.PARTS:
        if notice.find(part.words) is not None:
            continue
        weight = Weight.LOOK if part.is_conditional else Weight.MISSING
        facts: dict[str, Any] = {"citation": part.citation}
        if part.code == "recipients":
            facts["n"] = len(recipients)
        yield CheckFinding(f"part_{part.code}", weight, facts=facts)


def _sources(notice: NoticeText, used: Collection[Source]) -> Iterator[CheckFinding]:
    """Find the sources of the register that the text's own passage on sources leaves out."""
    source = next(part for part in words.PARTS if part.code == "source")
    spot = notice.find(source.words)
    if Source.YTJ in used and spot is not None and notice.find(words.YTJ) is None:
        yield CheckFinding("source_ytj", Weight.WRONG, spot)


def _services(notice: NoticeText, recipients: Sequence[RecipientRow]) -> Iterator[CheckFinding]:
    """Services that the text names and no recipient of the register provides."""
    kinds = {row.kind for row in recipients}
    for kind, named in words.SERVICES.items():
        if kind not in kinds and (spot := notice.find(named)):
            yield CheckFinding(f"service_{kind}", Weight.LOOK, spot)


def _retention(notice: NoticeText) -> Iterator[CheckFinding]:
    """Check the periods by class: "as long as is needed" informs nobody (WP 260 rev.01, annex)."""
    storage = next(part for part in words.PARTS if part.code == "storage")
    section = notice.section(storage.words)
    if section is None:
        return
    if words.DURATION.search(notice.flat) is None:
        yield CheckFinding("retention_vague", Weight.MISSING, notice.find(_SO_LONG) or section[1])


_SO_LONG = re.compile(r"niin kauan|så länge|as long as", re.IGNORECASE)


def _bases_used(session: Session, figures: NewsletterFigures) -> dict[str, bool]:
    """Return the legal bases of data in the register: vouchers by the law, notes by interest."""

    def there(query: Select[tuple[int]]) -> bool:
        return session.scalar(query.limit(1)) is not None

    return {
        "legal_obligation": there(select(Invoice.id)),
        "legitimate_interest": there(select(Note.id)),
        "consent": bool(figures.by_basis[MarketingBasis.CONSENT]),
    }


def _bases(notice: NoticeText, used: Mapping[str, bool]) -> Iterator[CheckFinding]:
    """Legal bases of the register that the text's own passage on them leaves out."""
    basis = next(part for part in words.PARTS if part.code == "legal_basis")
    section = notice.section(basis.words)
    if section is None:
        return
    body, spot = section
    said = f"{spot.quote} {body}"
    bookkeeping = words.BOOKKEEPING.search(notice.flat) is not None
    for code, pattern in words.BASES.items():
        expected = used.get(code, False) or (code == "legal_obligation" and bookkeeping)
        if expected and pattern.search(said) is None:
            quoted = notice.find(re.compile(re.escape(body.strip()[:60]))) if body.strip() else None
            yield CheckFinding(f"basis_{code}", Weight.WRONG, quoted or spot)


def _promises(
    notice: NoticeText, session: Session, recipients: Sequence[RecipientRow], today: date
) -> Iterator[CheckFinding]:
    """Find what the text says and the register contradicts."""
    outside = [row.name for row in recipients if row.is_outside]
    if outside and (spot := notice.find(words.NO_TRANSFERS)):
        yield CheckFinding(
            "transfer_denied",
            Weight.WRONG,
            spot,
            {"n": len(outside), "names": ", ".join(outside[:5])},
        )
    proofs = counted(session, today=today)
    if (spot := notice.find(words.LOCKED)) and not proofs["paper_locked"].holds:
        yield _of_proof("paper_promised", proofs["paper_locked"], spot)
    if spot := notice.find(words.IDENTITY_CODE):
        yield CheckFinding("identity_code_named", Weight.LOOK, spot)
    if spot := notice.find(words.OLD_AUTHORITY):
        yield CheckFinding("authority_moved", Weight.WRONG, spot, {"value": AUTHORITY_ADDRESS[0]})


def _newsletter(
    notice: NoticeText, session: Session, figures: NewsletterFigures, public: str | None
) -> Iterator[CheckFinding]:
    """A newsletter that nobody gets, and a promise of links that do not work."""
    spot = notice.find(words.NEWSLETTER)
    if spot is None:
        return
    if not figures.subscribers:
        yield CheckFinding("newsletter_unknown", Weight.LOOK, spot)
        return
    link = notice.find(words.LINK)
    without = subscribers_without_link(session, public=public)
    if link is not None and without:
        yield CheckFinding("link_promised", Weight.WRONG, link, {"n": without})


def _of_proof(code: str, proof: Proof, spot: Spot) -> CheckFinding:
    return CheckFinding(code, Weight.WRONG, spot, {"n": proof.figure})
