"""Making what goes out: letters from the request's own facts, the access report from the map."""

from __future__ import annotations

from typing import Any

from dashboard.parts import clock
from dashboard.parts.doors import actor
from dashboard.parts.language import t
from dashboard.runtime import the_store
from queries.documents.access_paper import as_pdf
from queries.documents.access_report import access_report
from queries.documents.house import controller
from queries.documents.letters import Addressee, letter
from queries.documents.portability import portability_package
from queries.errors import RuleRefusal
from queries.reads.request_card import ErasurePlan, RequestCard, erasure_plan
from queries.rules.deadlines import explain_request_due
from queries.rules.requests import LetterKind, grounds_for
from queries.writes.request_answers import LetterWish

#: Why what stays of an erasure stays, by kind (``letter.reasons``).
_STAYS = {"invoice": "voucher", "order": "voucher", "party": "follows_record"}


def letter_wish(card: RequestCard, kind: str, asked: str | None, **typed: Any) -> LetterWish:
    """The wish that keeps a letter, or the report, made now from the request and what was typed.

    :raises RegisterError: for a missing fact, a missing party, a missing right.
    """
    same: dict[str, Any] = {
        "request_id": card.id, "version": card.version, "kind": kind, "asked": asked,
        "language": card.language,
    }  # fmt: skip
    with the_store().reading(actor(), now=clock.now()) as session:
        if kind == LetterKind.ACCESS_REPORT:
            report = access_report(session, _party(card), language=card.language,
                                   today=clock.today(), request_number=card.number)  # fmt: skip
            return LetterWish(**same, content=as_pdf(report))
        if kind == LetterKind.PORTABILITY_PACKAGE:
            package = portability_package(
                session, _party(card), language=card.language, today=clock.today(),
                request_number=card.number,
            )  # fmt: skip
            return LetterWish(**same, media_type="application/zip", content=package.content)
        plan = (
            erasure_plan(session, _party(card), today=clock.today())
            if kind == LetterKind.ERASED else None
        )  # fmt: skip
        sender = controller(session)
    made = letter(
        kind, card.language, facts=_facts(card, asked, plan, typed),
        addressee=Addressee(name=card.party_name or card.claimed_name or "–"),
        controller=sender, made_on=clock.today(), request_number=card.number,
    )  # fmt: skip
    return LetterWish(**same, text=made.text, content=made.pdf)


def _party(card: RequestCard) -> int:
    if card.party_id is None:
        raise RuleRefusal("request_without_party", "GDPR Art. 11(2), 12(2)")
    return card.party_id


def _facts(
    card: RequestCard, asked: str | None, plan: ErasurePlan | None, typed: dict[str, Any]
) -> dict[str, Any]:
    today = clock.today()
    facts = {
        "received_on": card.received_on, "rights": [right.kind for right in card.rights],
        "due_on": card.clock.due, "first_due_on": card.first_due, "done_on": today,
        "right": asked, **typed,
    }  # fmt: skip
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
            "gone": [{"kind": line.kind, "label": str(line.count)}
                     for line in plan.lines if line.goes_now],
            "staying": [{"kind": line.kind, "label": str(line.count),
                         "keep_until": line.keep_until, "why": _STAYS.get(line.kind, "voucher"),
                         "citation": line.citation, "restricted": True}
                        for line in plan.lines if not line.goes_now],
            "completes_on": plan.completes_on,
        }  # fmt: skip
    if "changes" in typed:
        facts["changes"] = [_change(line) for line in str(typed["changes"]).splitlines() if line]
    return facts


def _change(line: str) -> dict[str, str]:
    """``what: old > new`` as the form asks for it; a line of another form is told as it is."""
    what, _, values = line.partition(":")
    old, arrow, new = values.partition(">")
    if not arrow:
        return {"what": line.strip(), "old": "", "new": t("requests.corrected")}
    return {"what": what.strip(), "old": old.strip(), "new": new.strip()}
