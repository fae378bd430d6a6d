"""The letters of a request, from its own facts and what was typed, and its exports.

What belongs together is made at once and filed by one command: a report as paper and as JSON with
its covering letter, a letter to the person and one to each recipient of the data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from queries.documents import words
from queries.documents.access.json_file import as_json
from queries.documents.access.pdf import as_pdf
from queries.documents.access.report import AccessReport
from queries.documents.access.subject_data import Disclosed, recipients_of
from queries.documents.controller_details import Controller, controller
from queries.documents.letters.addressing import addressee
from queries.documents.letters.letters import Addressee, Letter, letter
from queries.documents.portability import portability_package
from queries.errors import IdentityUnverified, InvalidInput, RuleRefusal
from queries.reads.requests.erasure_plan import ErasurePlan, PlanLine, erasure_plan
from queries.reads.requests.request_card import RequestCard
from queries.rules.deadlines import explain_request_due
from queries.rules.personal_data_types import FOLLOWS_PARTY
from queries.rules.recipients import language_of
from queries.rules.requests import TOLD_OF, Asked, LetterKind, grounds_for
from queries.writes.requests.answers import Copy, FileLetter
from queries.writes.requests.erasure import unless_forbidden


@dataclass(frozen=True, kw_only=True)
class RequestLetters:
    """Makes the letters of one request, as the inputs that file them.

    :param reading: opens a session. It is closed before anything is typeset, so that nobody waits
        for that.
    :param by_post: the letters have the postal address, where one is known.
    """

    card: RequestCard
    reading: Callable[[], AbstractContextManager[Session]]
    today: date
    by_post: bool = False

    @property
    def party_id(self) -> int:
        """Return the party of the request.

        :raises RuleRefusal: ``request_without_party``.
        """
        if self.card.party_id is None:
            raise RuleRefusal("request_without_party", "GDPR Art. 11(2), 12(2)")
        return self.card.party_id

    def answer(self, kind: str, asked: str | None, typed: Mapping[str, Any]) -> FileLetter:
        """Make a letter to the person and, where they are to be informed, to the recipients.

        :raises InvalidInput: for what is missing or has another form.
        :raises RegisterError: for a missing party or an erasure that may not be.
        """
        typed = dict(typed)
        informs = bool(typed.pop("tell", False))
        with self.reading() as session:
            plan = (
                erasure_plan(session, self.party_id, today=self.today)
                if kind == LetterKind.ERASED
                else None
            )
            recipients = recipients_of(session, self.party_id) if informs else ()
        if plan is not None:
            self._unless_forbidden(plan)
        if asked == Asked.COMPLAINT and not typed.get("reply", "").strip():
            # Somebody who has complained needs no advice on how to complain.
            raise InvalidInput("reply", "letter_field_missing", kind=kind)
        details = _lines(typed.pop("details", ""))
        facts = self._facts(asked, plan, typed)
        facts["recipients"] = sorted({one.name for one in recipients})
        made = self._letter(kind, facts, *self._sender_and_addressee())
        more = self._to_recipients(asked, recipients, details)
        return FileLetter(**self._filed(kind, asked), text=made.text, content=made.pdf, more=more)

    def access(self, report: AccessReport, note: str | None) -> FileLetter:
        """Make the report as paper and as JSON, and its covering letter.

        :param report: as it was reviewed and redacted.
        :param note: what the file says of the review, if anything.
        """
        papers = report.section("paper_record")
        facts = {
            "received_on": self.card.received_on,
            "redacted": len(report.redactions),
            "paper_records": len(papers.entries) if papers else 0,
        }
        cover = self._letter(LetterKind.ACCESS, facts, *self._sender_and_addressee())
        return FileLetter(
            **self._filed(LetterKind.ACCESS_REPORT, Asked.ACCESS),
            text=note,
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

    def portability(self) -> FileLetter:
        """Make the package and its covering letter."""
        with self.reading() as session:
            package = portability_package(
                session,
                self.party_id,
                language=self.card.language,
                today=self.today,
                request_number=self.card.number,
            )
        files = [
            {"name": file.name, "records": file.records}
            for file in package.files
            if file.records is not None
        ]
        facts = {"received_on": self.card.received_on, "files": files, "sha256": package.sha256}
        cover = self._letter(LetterKind.PORTABILITY, facts, *self._sender_and_addressee())
        return FileLetter(
            **self._filed(LetterKind.PORTABILITY_PACKAGE, Asked.PORTABILITY),
            media_type="application/zip",
            content=package.content,
            more=(Copy(kind=LetterKind.PORTABILITY, text=cover.text, content=cover.pdf),),
        )

    def _to_recipients(
        self, asked: str | None, recipients: Sequence[Disclosed], details: list[str]
    ) -> tuple[Copy, ...]:
        """Write to each recipient (GDPR Art. 19): of what it has received, and nothing else."""
        if not recipients or asked is None:
            return ()
        sender, _person = self._sender_and_addressee(by_post=False)
        copies = []
        for name, key in sorted({(one.name, one.recipient_id) for one in recipients}):
            own = [one for one in recipients if one.recipient_id == key]
            facts = {
                "person": self.card.party_name,
                "done_on": self.today,
                "event": TOLD_OF[Asked(asked)],
                "details": [*dict.fromkeys(one.what for one in own), *details],
            }
            theirs = language_of(own[0].country)
            made = self._letter(
                LetterKind.RECIPIENTS_TOLD, facts, sender, Addressee(name=name), theirs
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

    def _filed(self, kind: str, asked: str | None) -> dict[str, Any]:
        return {
            "request_id": self.card.id,
            "version": self.card.version,
            "kind": kind,
            "asked": asked,
            "language": self.card.language,
        }

    def _sender_and_addressee(self, *, by_post: bool | None = None) -> tuple[Controller, Addressee]:
        card = self.card
        with self.reading() as session:
            to = addressee(
                session,
                card.party_id,
                name=card.party_name or card.claimed_name or "–",
                by_post=self.by_post if by_post is None else by_post,
                written=card.claimed_contact,
            )
            return controller(session), to

    def _letter(
        self,
        kind: str,
        facts: dict[str, Any],
        sender: Controller,
        to: Addressee,
        written_in: str | None = None,
    ) -> Letter:
        """:param written_in: the letter's language, where it is not that of the request."""
        return letter(
            kind,
            written_in or self.card.language,
            facts=facts,
            addressee=to,
            controller=sender,
            made_on=self.today,
            request_number=self.card.number,
        )

    def _unless_forbidden(self, plan: ErasurePlan) -> None:
        """Refuse to announce an erasure before the requester is identified and the data may be
        erased.

        :raises IdentityUnverified:
        :raises RuleRefusal: ``under_hold``; ``relation_in_force``.
        """
        if not self.card.identified:
            raise IdentityUnverified
        unless_forbidden(plan)

    def _facts(
        self, asked: str | None, plan: ErasurePlan | None, typed: Mapping[str, Any]
    ) -> dict[str, Any]:
        card = self.card
        facts = {
            "received_on": card.received_on,
            "rights": [right.kind for right in card.rights],
            "due_on": card.clock.due,
            "first_due_on": card.first_due,
            "done_on": self.today,
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
    """Return why what stays stays (``letter.reasons``): its class, or for a party what it has."""
    return "follows_record" if line.code == FOLLOWS_PARTY else line.code


def _change(line: str) -> dict[str, str]:
    """``what: old > new`` as the form asks for it.

    :raises InvalidInput: ``change_form`` for a line of another form, or with more than one arrow:
        nobody knows then where the old value ends.
    """
    what, colon, values = line.partition(": ")
    old, arrow, new = values.partition(" > ")
    if not arrow or not colon or " > " in new:
        raise InvalidInput("changes", "change_form")
    return {"what": what.strip(), "old": old.strip(), "new": new.strip()}
