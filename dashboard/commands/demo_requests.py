"""The demonstration's requests of data subjects, some answered with their letters and some open,
and a hold whose review day has passed.

They go through the same commands as any others, each on its own day, so that their files are whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from queries.documents.access.report import access_report, redacted
from queries.documents.access.review import proposed, review
from queries.documents.letters.request_letters import RequestLetters
from queries.reads.customers.customer_list import (
    CustomerFilter,
    CustomerRow,
    CustomerSort,
    customer_list,
)
from queries.reads.requests.request_card import request_card
from queries.reads.sales.invoice_list import InvoiceFilter, InvoiceState, invoice_list
from queries.rules.calendar_fi import helsinki_day
from queries.rules.requests import ANSWERED_BY, Asked, IdentityMethod, LetterKind, RequestChannel
from queries.rules.roles import Actor, Role
from queries.store.sessions import Store
from queries.store.tables import HoldScope, Registered
from queries.writes.commands import Seen
from queries.writes.requests import answers, identity, requests, restrictions
from queries.writes.requests.answers import FileLetter, RightAnswer
from queries.writes.retention.holds import AmendHold, amend_hold


@dataclass(frozen=True)
class _Made:
    """A request of the demonstration.

    :param ago: how many days before today it came.
    :param taken: in how many days it was answered; None where it is open.
    :param text: what was written, in the requester's words.
    :param stranger: a requester who is not in the register; otherwise it is a customer.
    """

    asked: tuple[Asked, ...]
    channel: RequestChannel
    ago: int
    taken: int | None
    text: str
    stranger: str | None = None


_EMAIL, _POST, _PHONE = RequestChannel.EMAIL, RequestChannel.POST, RequestChannel.PHONE

_REQUESTS = (
    _Made((Asked.ACCESS,), _EMAIL, 402, 9, "Hei, mitä tietoja teillä on minusta?"),
    _Made((Asked.WITHDRAWAL,), _EMAIL, 331, 0, "En halua enää uutiskirjettä."),
    _Made(
        (Asked.ACCESS,),
        _POST,
        287,
        12,
        "Pyydän tiedon siitä, olenko asiakasrekisterissänne.",
        "Tuntematon Tarkastaja",
    ),
    _Made((Asked.ACCESS,), _EMAIL, 214, 16, "Pyydän nähdä kaikki itseäni koskevat tiedot."),
    _Made((Asked.OBJECTION,), _PHONE, 168, 1, "Kielsi puhelimessa suoramarkkinoinnin."),
    _Made((Asked.ACCESS,), _POST, 96, 21, "Haluan tarkastaa tietoni rekisteristänne."),
    _Made((Asked.WITHDRAWAL,), _EMAIL, 41, 0, "Peruuttakaa uutiskirjeen tilaukseni, kiitos."),
    _Made((Asked.ERASURE,), _EMAIL, 25, None, "Poistakaa tietoni. En ole enää asiakkaanne."),
    _Made(
        (Asked.ACCESS, Asked.PORTABILITY),
        _EMAIL,
        11,
        None,
        "Haluaisin tietoni sekä luettavina että koneellisesti siirrettävinä.",
    ),
    _Made((Asked.RECTIFICATION,), _PHONE, 2, None, "Puhelinnumero on vaihtunut vuosi sitten."),
)

#: Whoever handled them; one of the users of the demonstration.
_WHO = Actor("maija", Role.MANAGER)
_WHAT = "uutiskirje"
_HOUR = 9

#: When an invoice was put under a hold, and when that was to be looked at again, in days ago.
_HELD, _REVIEWED = 190, 8
_DISPUTED = "Asiakas on riitauttanut laskun. Neuvottelu on kesken."


def hold_demonstration(store: Store) -> None:
    """Put the latest overdue invoice under a hold; where there is none, nothing."""
    now = datetime.now(UTC)
    today = helsinki_day(now)
    with store.reading(_WHO) as session:
        overdue = invoice_list(session, InvoiceFilter(state=InvoiceState.OVERDUE), today=today).rows
    if overdue:
        inputs = AmendHold(
            scope=HoldScope.INVOICE,
            target_id=overdue[0].id,
            reason=_DISPUTED,
            review_on=today - timedelta(days=_REVIEWED),
        )
        store.carry_out(amend_hold, inputs, actor=_WHO, now=now - timedelta(days=_HELD))


def ask_demonstration(store: Store) -> None:
    """Record the requests, and answer the ones that were answered."""
    today = helsinki_day(datetime.now(UTC))
    with store.reading(_WHO) as session:
        people = customer_list(
            session,
            CustomerFilter(kind="person", status="active", language="fi", sort=CustomerSort.OLDEST),
        ).rows
    who = (person for person in people if person.email is not None)
    for made in _REQUESTS:
        asker = None if made.stranger else next(who, None)
        if asker is None and made.stranger is None:
            continue
        received = today - timedelta(days=made.ago)
        if asker is not None and received < asker.started_on:
            continue
        _File(store, made, asker, received).go_through()


class _File:
    """One request, from the day on which it came to the day on which it was answered."""

    def __init__(
        self, store: Store, made: _Made, asker: CustomerRow | None, received: date
    ) -> None:
        self._store = store
        self._made = made
        self._asker = asker
        self._received = received
        self._day = received
        self._id = 0

    def go_through(self) -> None:
        """Record it and, where it was answered, answer and close it."""
        self._record()
        if self._made.taken is None:
            return
        if self._asker is not None and Asked.ACCESS in self._made.asked:
            self._identify()
        self._day = self._received + timedelta(days=self._made.taken)
        for asked in self._made.asked:
            self._answer(asked)
        with self._reading() as session:
            card = request_card(session, self._id, today=self._day)
        self._do(requests.close_request, Seen(id=self._id, version=card.version))

    def _record(self) -> None:
        made, asker = self._made, self._asker
        called = made.stranger or (asker.name if asker else None)
        contact = asker.email if asker and made.channel == _EMAIL else None
        self._id = self._do(
            requests.record_request,
            requests.RecordRequest(
                received_on=self._received,
                channel=made.channel,
                rights=made.asked,
                text=made.text,
                language=asker.language if asker else "fi",
                claimed_name=called,
                claimed_contact=contact,
                party_id=asker.id if asker else None,
            ),
        )
        if asker is None:
            self._do(
                requests.identify_party,
                requests.IdentifyParty(
                    id=self._id, version=1, registered=Registered.NOT_IN_REGISTER
                ),
            )

    def _identify(self) -> None:
        by_mail = self._made.channel == _EMAIL
        method = IdentityMethod.KNOWN_EMAIL if by_mail else IdentityMethod.SIGNATURE
        self._do(
            identity.note_identity,
            identity.NoteIdentity(
                request_id=self._id, version=1, method=method, checked_on=self._day
            ),
        )

    def _answer(self, asked: Asked) -> None:
        command: Callable[..., int]
        if self._asker is None:
            kind, command = LetterKind.NOT_IN_REGISTER, answers.answer_not_in_register
        elif asked == Asked.ACCESS:
            kind, command = ANSWERED_BY[asked], answers.fulfil_export
        else:
            kind, command = ANSWERED_BY[asked], restrictions.fulfil_objection
        inputs = self._letters(asked, kind)
        self._do(answers.file_letter, inputs)
        self._do(
            command,
            RightAnswer(
                request_id=self._id,
                version=inputs.version + 1,
                asked=asked,
                sent_on=self._day,
                channel=_EMAIL if self._made.channel == _PHONE else self._made.channel,
            ),
        )

    def _letters(self, asked: Asked, kind: LetterKind) -> FileLetter:
        with self._reading() as session:
            card = request_card(session, self._id, today=self._day)
        letters = RequestLetters(card=card, reading=self._reading, today=self._day)
        if kind != LetterKind.ACCESS_REPORT:
            called = self._made.stranger or card.party_name
            return letters.answer(kind, asked, {"what": _WHAT, "searched": called})
        with self._reading() as session:
            report = access_report(
                session,
                letters.party_id,
                language=card.language,
                today=self._day,
                request_number=card.number,
            )
            marks = review(session, report, letters.party_id).marks
        return letters.access(redacted(report, proposed(report, marks)), None)

    def _do(self, command: Callable[..., int], inputs: object) -> int:
        return self._store.carry_out(command, inputs, actor=_WHO, now=self._now)

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        with self._store.reading(_WHO, now=self._now) as session:
            yield session

    @property
    def _now(self) -> datetime:
        return datetime(self._day.year, self._day.month, self._day.day, _HOUR, tzinfo=UTC)
