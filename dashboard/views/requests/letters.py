"""Making of letters from the request's own facts, and of exports from the personal-data map.

What belongs together is made at one press and filed by one command: a report as paper and as JSON
with its covering letter, a letter to the person and one to each recipient of the data. Reading ends
before anything is typeset, so that nobody waits for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.runtime import the_store
from dashboard.ui import clock
from dashboard.ui.gateway import actor
from dashboard.ui.language import language, t
from dashboard.views.requests.report_review import noted, reviewed
from dashboard.words import has_word
from queries.documents import words
from queries.documents.access.json_file import as_json
from queries.documents.access.pdf import as_pdf
from queries.documents.access.report import redacted
from queries.documents.access.review import proposed
from queries.documents.access.subject_data import Disclosed, recipients_of
from queries.documents.controller_details import Controller, controller
from queries.documents.letters.addressing import addressee
from queries.documents.letters.letters import Addressee, Letter, letter
from queries.documents.portability import portability_package
from queries.errors import IdentityUnverified, InvalidInput, RuleRefusal
from queries.reads.requests.erasure_plan import OPEN, ErasurePlan, PlanLine, erasure_plan
from queries.reads.requests.request_card import RequestCard
from queries.rules.deadlines import explain_request_due
from queries.rules.recipients import language_of
from queries.rules.requests import TOLD_OF, Asked, LetterKind, grounds_for
from queries.writes.requests.answers import Copy, FileLetter
from queries.writes.requests.erasure import unless_forbidden

#: A fact of a letter that is looked up by what was typed.
_TYPED_AS = {"citation": "ground"}

#: Why what stays of an erasure stays, by kind (``letter.reasons``).
_STAYS = {"invoice": "voucher", "order": "voucher", "party": "follows_record"}


def letter_wish(
    card: RequestCard, kind: str, asked: str | None, /, *, by_post: bool = False, **typed: Any
) -> FileLetter:
    """Return the inputs that file a letter made now from the request and what was typed.

    :param by_post: the letter has the postal address, where one is known.
    :raises RegisterError: for a missing fact, a missing party, a missing right, an erasure that may
        not be, a place of the report that nobody has decided on.
    """
    if kind == LetterKind.ACCESS_REPORT:
        return _access(card, by_post)
    if kind == LetterKind.PORTABILITY_PACKAGE:
        return _portability(card, by_post)
    tells = bool(typed.pop("tell", False))
    with the_store().reading(actor(), now=clock.now()) as session:
        plan = (
            erasure_plan(session, _party(card), today=clock.today())
            if kind == LetterKind.ERASED
            else None
        )
        told = recipients_of(session, _party(card)) if tells else ()
    if plan is not None:
        _erasable(card, plan)
    if asked == Asked.COMPLAINT and not typed.get("reply", "").strip():
        # Somebody who has complained needs no advice on how to complain.
        raise InvalidInput("reply", "letter_fact_missing", fact=t("requests.fields.reply"))
    details = _lines(typed.pop("details", ""))
    facts = _facts(card, asked, plan, typed)
    facts["recipients"] = sorted({one.name for one in told})
    made = _letter(card, kind, facts, *_house(card, by_post))
    more = _to_recipients(card, asked, told, details)
    return FileLetter(**_same(card, kind, asked), text=made.text, content=made.pdf, more=more)


def _access(card: RequestCard, by_post: bool) -> FileLetter:
    """The reviewed report as paper and as JSON, and its covering letter."""
    report, marks, found = reviewed(card, _party(card))
    report = redacted(report, proposed(report, marks))
    papers = report.section("paper_record")
    cover = _letter(
        card,
        LetterKind.ACCESS,
        {
            "received_on": card.received_on,
            "redacted": len(report.redactions),
            "paper_records": len(papers.entries) if papers else 0,
        },
        *_house(card, by_post),
    )
    return FileLetter(
        **_same(card, LetterKind.ACCESS_REPORT, Asked.ACCESS),
        text=noted(report, found),
        content=as_pdf(report),
        redacted=len(report.redactions),
        more=(
            Copy(
                kind=LetterKind.ACCESS_REPORT,
                media_type="application/json",
                content=as_json(report),
            ),
            Copy(kind=LetterKind.ACCESS, text=cover.text, content=cover.pdf),
        ),
    )


def _portability(card: RequestCard, by_post: bool) -> FileLetter:
    """The package and its covering letter."""
    with the_store().reading(actor(), now=clock.now()) as session:
        package = portability_package(
            session,
            _party(card),
            language=card.language,
            today=clock.today(),
            request_number=card.number,
        )
    files = [
        {"name": file.name, "records": file.records}
        for file in package.files
        if file.records is not None
    ]
    cover = _letter(
        card,
        LetterKind.PORTABILITY,
        {"received_on": card.received_on, "files": files, "sha256": package.sha256},
        *_house(card, by_post),
    )
    return FileLetter(
        **_same(card, LetterKind.PORTABILITY_PACKAGE, Asked.PORTABILITY),
        media_type="application/zip",
        content=package.content,
        more=(Copy(kind=LetterKind.PORTABILITY, text=cover.text, content=cover.pdf),),
    )


def _to_recipients(
    card: RequestCard, asked: str | None, told: Sequence[Disclosed], details: list[str]
) -> tuple[Copy, ...]:
    """A letter to each recipient (GDPR Art. 19): of what it has received, and nothing else."""
    if not told or asked is None:
        return ()
    sender, _person = _house(card, by_post=False)
    copies = []
    for name, key in sorted({(one.name, one.recipient_id) for one in told}):
        received = list(dict.fromkeys(one.what for one in told if one.recipient_id == key))
        facts = {
            "person": card.party_name,
            "done_on": clock.today(),
            "event": TOLD_OF[Asked(asked)],
            "details": [*received, *details],
        }
        theirs = language_of(next(one.country for one in told if one.recipient_id == key))
        made = _letter(
            card, LetterKind.RECIPIENTS_TOLD, facts, sender, Addressee(name=name), theirs
        )
        copies.append(
            Copy(
                kind=LetterKind.RECIPIENTS_TOLD,
                recipient_id=key,
                language=theirs,
                text=f"{name}\n\n{made.text}",
                content=made.pdf,
            )
        )
    return tuple(copies)


def _same(card: RequestCard, kind: str, asked: str | None) -> dict[str, Any]:
    return {
        "request_id": card.id,
        "version": card.version,
        "kind": kind,
        "asked": asked,
        "language": card.language,
    }


def _house(card: RequestCard, by_post: bool) -> tuple[Controller, Addressee]:
    """Return the sender and the addressee."""
    with the_store().reading(actor(), now=clock.now()) as session:
        to = addressee(
            session,
            card.party_id,
            name=card.party_name or card.claimed_name or "–",
            by_post=by_post,
            written=card.claimed_contact,
        )
        return controller(session), to


def _letter(
    card: RequestCard,
    kind: str,
    facts: dict[str, Any],
    sender: Controller,
    to: Addressee,
    written_in: str | None = None,
) -> Letter:
    """:param written_in: the letter's language, where it is not that of the request."""
    try:
        return letter(
            kind,
            written_in or card.language,
            facts=facts,
            addressee=to,
            controller=sender,
            made_on=clock.today(),
            request_number=card.number,
        )
    except InvalidInput as error:
        label = f"requests.fields.{_TYPED_AS.get(error.field, error.field)}"
        if not has_word(label, language()):
            raise
        raise InvalidInput(error.field, "letter_fact_missing", fact=t(label)) from None


def _erasable(card: RequestCard, plan: ErasurePlan) -> None:
    """Refuse to announce an erasure before the requester is identified and the data may be
    erased.

    :raises IdentityUnverified:
    :raises RuleRefusal: ``under_hold``; ``relation_in_force``.
    """
    if not card.identified:
        raise IdentityUnverified
    unless_forbidden(plan)


def _party(card: RequestCard) -> int:
    if card.party_id is None:
        raise RuleRefusal("request_without_party", "GDPR Art. 11(2), 12(2)")
    return card.party_id


def _facts(
    card: RequestCard, asked: str | None, plan: ErasurePlan | None, typed: dict[str, Any]
) -> dict[str, Any]:
    today = clock.today()
    facts = {
        "received_on": card.received_on,
        "rights": [right.kind for right in card.rights],
        "due_on": card.clock.due,
        "first_due_on": card.first_due,
        "done_on": today,
        "right": asked,
        **typed,
    }
    if typed.get("ground") and asked:
        grounds = {ground.code: ground.citation for ground in grounds_for(asked)}
        facts |= {"citation": grounds.get(typed["ground"], "")}
    if card.restrictions:
        facts["since"] = card.restrictions[0].since
    if "extends" in typed:
        extended = explain_request_due(
            card.received_on, extended=True, suspended_days=card.clock.suspended_days
        )
        facts["due_on"] = extended.due
    if plan is not None:
        facts |= {
            "gone": [
                {"kind": line.kind, "label": _pieces(line.count, card.language)}
                for line in plan.lines
                if line.goes_now
            ],
            "staying": _staying(plan, card.language),
            "completes_on": plan.completes_on,
            "open_balances": plan.open_balances,
        }
    if "changes" in typed:
        facts["changes"] = [_change(line) for line in _lines(typed["changes"])]
    if "searched" in typed:
        facts["searched"] = _lines(typed["searched"])
    return facts


def _staying(plan: ErasurePlan, language: str) -> list[dict[str, Any]]:
    """Return what stays, with the reason once for all the days of a kind."""
    alike: dict[tuple[str, str, str, bool], list[PlanLine]] = {}
    for line in plan.lines:
        if not line.goes_now:
            key = (line.kind, _why(line), line.citation, line.keep_until is None)
            alike.setdefault(key, []).append(line)
    several = words.phrase("letter.pieces", language)
    return [
        {
            "kind": kind,
            "why": why,
            "citation": citation,
            "restricted": True,
            "label": _pieces(sum(line.count for line in lines), language),
            "keep_until": lines[-1].keep_until,
            "days": []
            if len(lines) == 1
            else [
                {"keep_until": line.keep_until, "label": several.format(n=line.count)}
                for line in lines
            ],
        }
        for (kind, why, citation, _open), lines in alike.items()
    ]


def _pieces(count: int, language: str) -> str:
    """Return how many there are of a kind; empty for the only one."""
    return "" if count == 1 else words.phrase("letter.pieces", language).format(n=count)


def _lines(typed: object) -> list[str]:
    return [line.strip() for line in str(typed or "").splitlines() if line.strip()]


def change_line(what: str, old: str, new: str) -> str:
    """A correction as a line of the form, which :func:`_change` reads back."""
    return f"{what}: {' '.join(old.split()) or '–'} > {' '.join(new.split()) or '–'}"


def _why(line: PlanLine) -> str:
    """Return why what stays stays; a binder is kept by a law of its own."""
    if line.kind == "paper" or line.code == OPEN:
        return line.code
    return _STAYS.get(line.kind, "voucher")


def _change(line: str) -> dict[str, str]:
    """``what: old > new`` as the form asks for it.

    :raises InvalidInput: ``change_form`` for a line of another form, or with more than one arrow:
        nobody knows then where the old value ends.
    """
    what, colon, values = line.partition(": ")
    old, arrow, new = values.partition(" > ")
    if not arrow or not colon or " > " in new:
        raise InvalidInput("changes", "change_form", example=t("requests.fields.changes_example"))
    return {"what": what.strip(), "old": old.strip(), "new": new.strip()}
