"""Customers, partners and contact persons: their contact and billing details, and the source."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from queries.demonstration import feeds, names, numbers, places
from queries.demonstration.catalogue import NOTES, STAFF, TITLES
from queries.demonstration.days import Days
from queries.demonstration.feeds import Rows
from queries.demonstration.plan import DemoPlan
from queries.store.search import search_text, sort_name
from queries.store.tables import BillingMethod, PartyKind, PartyStatus, Purpose, Source
from queries.writes.sales.numbering import FIRST_NUMBER

#: Which customers bear the awkward names, and which are partners too or have a partner beside them.
_AWKWARD = dict(zip((4, 10, 18), names.AWKWARD_NAMES, strict=True))
_ALSO_PARTNER_AT, _PARTNER_EVERY, _PARTNER_AT = 2, 50, 16
#: Which of every twenty has a note for sure.
_NOTED_AT = 1

#: E-invoice operators as published by the Finnish banks and brokers.
_OPERATORS = (
    "003723327487",
    "BAWCFI22",
    "003703575029",
    "003721291126",
    "003708599126",
    "NDEAFIHH",
)
_SOURCES = (
    *[Source.EMAIL] * 5,
    *[Source.PHONE] * 5,
    *[Source.FORM] * 4,
    *[Source.MEETING] * 3,
    Source.IMPORT,
)
_PERSON, _ORGANISATION = PartyKind.PERSON.value, PartyKind.ORGANISATION.value
_LANGUAGES = (*["fi"] * 46, *["sv"] * 3, "en")
_MAIL_HOSTS = ("posti.example", "kotiposti.example", "sahkoposti.example", "savonmeili.example")


class DemoBuyer(NamedTuple):
    """A customer as sales need it."""

    party_id: int
    name: str
    address: str
    business_id: str | None
    reference: str | None
    is_person: bool
    mail: str | None
    language: str


class _Party(NamedTuple):
    """A party before it has rows."""

    is_person: bool
    name: names.Person | str
    language: str
    status: PartyStatus
    started: int
    ended: int
    business_id: str | None = None
    customer_number: str | None = None
    is_customer: bool = False
    is_partner: bool = False
    is_contact: bool = False
    terms: int = 14
    reference: str | None = None


class PartyMaker:
    """Makes the rows of parties, one customer with its contact persons and partners at a time."""

    def __init__(self, days: Days, rows: Rows, business_ids: Iterator[str]) -> None:
        self._days = days
        self._add_party = rows.adder(feeds.PARTY)
        self._party_key = rows.keys(feeds.PARTY)
        self._add_party_search = rows.adder(feeds.PARTY_SEARCH)
        self._add_contact_person = rows.adder(feeds.CONTACT_PERSON)
        self._contact_person_key = rows.keys(feeds.CONTACT_PERSON)
        self._add_address = rows.adder(feeds.ADDRESS)
        self._address_key = rows.keys(feeds.ADDRESS)
        self._add_email = rows.adder(feeds.EMAIL)
        self._email_key = rows.keys(feeds.EMAIL)
        self._add_phone = rows.adder(feeds.PHONE)
        self._phone_key = rows.keys(feeds.PHONE)
        self._add_billing_detail = rows.adder(feeds.BILLING_DETAIL)
        self._billing_detail_key = rows.keys(feeds.BILLING_DETAIL)
        self._add_note = rows.adder(feeds.NOTE)
        self._note_key = rows.keys(feeds.NOTE)
        self._business_ids = business_ids
        self._phones = 0
        self._employer: DemoBuyer | None = None

    def customer(self, rng: Random, plan: DemoPlan) -> DemoBuyer:
        """The rows of a customer and of who belongs to it."""
        draw = rng.random
        language = _LANGUAGES[int(draw() * len(_LANGUAGES))]
        awkward = _AWKWARD.get(plan.n)
        is_person = plan.is_person and awkward is None
        name: names.Person | str
        if is_person:
            name = names.person(rng, language)
        else:
            name = awkward or names.organisation(rng, language)
        trades = not is_person or draw() < 0.03
        reference = f"KP {100 + int(draw() * 900)}" if not is_person and draw() < 0.2 else None
        employer = self._employer if is_person and draw() < 0.02 else None
        party = _Party(
            is_person,
            name,
            language,
            plan.status,
            plan.started,
            plan.ended,
            business_id=next(self._business_ids) if trades else None,
            customer_number=str(FIRST_NUMBER + plan.n),
            is_customer=True,
            is_partner=plan.n % 100 == _ALSO_PARTNER_AT,
            is_contact=employer is not None,
            terms=plan.terms,
            reference=reference,
        )
        buyer = self._all_of(rng, party)
        if employer is not None:
            self._link(rng, employer.party_id, buyer.party_id, plan.started)
        if not is_person:
            self._employer = buyer
            self._contacts(rng, party, buyer, sure=plan.n % 20 == 0)
        if plan.n % 20 == _NOTED_AT or draw() < 0.12:
            self._note(rng, buyer.party_id, plan)
        if plan.n % _PARTNER_EVERY == _PARTNER_AT:
            self._partner(rng, plan)
        return buyer

    def _all_of(self, rng: Random, party: _Party) -> DemoBuyer:
        """A party with an address and billing details."""
        draw = rng.random
        place = places.place(rng, party.language, flat=party.is_person)
        key = self._party(rng, party, place.town)
        mails = self._reach(rng, party, key)
        self._address(rng, party, key, place, Purpose.CONTACT)
        if not party.is_person and draw() < 0.15:
            place = places.place(rng, party.language, flat=False)
            self._address(rng, party, key, place, Purpose.BILLING)
        if party.is_customer:
            self._billing(rng, party, key, mails)
        name = party.name if isinstance(party.name, str) else party.name.whole
        return DemoBuyer(
            key,
            name,
            place.lines,
            party.business_id,
            party.reference,
            party.is_person,
            mails[0] if mails else None,
            party.language,
        )

    def _party(self, rng: Random, party: _Party, town: str | None) -> int:
        key = self._party_key()
        given = family = None
        if isinstance(party.name, str):
            name = ordered = party.name
        else:
            given, family = party.name
            name, ordered = f"{given} {family}", f"{family} {given}"
        source = Source.YTJ if party.business_id and rng.random() < 0.4 else self._source(rng)
        text = self._days.text
        self._add_party(
            (
                key,
                party.customer_number,
                _PERSON if party.is_person else _ORGANISATION,
                name,
                given,
                family,
                sort_name(ordered),
                party.business_id,
                party.language,
                party.status.value,
                town,
                party.is_customer,
                party.is_partner,
                party.is_contact,
                text[party.started],
                text[party.ended] if party.ended >= 0 else None,
                source,
                text[party.started],
                self._days.instant[max(party.started, party.ended)],
            )
        )
        return key

    def _reach(self, rng: Random, party: _Party, key: int) -> list[str]:
        """Make e-mail addresses, telephone numbers and the search text; return the addresses."""
        draw = rng.random
        mails: list[str] = []
        if draw() < 0.93:
            mails.append(_mailbox(rng, party))
            self._email(rng, party, key, mails[0], Purpose.CONTACT)
        if not party.is_person and party.is_customer and draw() < 0.25:
            mails.append(f"laskut@{names.domain(str(party.name))}")
            self._email(rng, party, key, mails[-1], Purpose.BILLING)
        phones = [self._phone(rng, party, key, at) for at in range(2 if draw() < 0.1 else 1)]
        name = party.name if isinstance(party.name, str) else party.name.whole
        found_by = search_text(
            name, (party.business_id, party.customer_number), sorted(mails), sorted(phones)
        )
        self._add_party_search((key, found_by))
        return mails

    def _sourced(self, rng: Random, party: _Party, purpose: Purpose) -> tuple[str, str, str, str]:
        """Purpose, source, its day and the instant of the row: at first, or corrected later."""
        day = party.started
        if rng.random() < 0.2:
            last = party.ended if party.ended >= 0 else self._days.last
            day += int(rng.random() * (last - day))
        return purpose.value, self._source(rng), self._days.text[day], self._days.instant[day]

    def _source(self, rng: Random) -> str:
        return _SOURCES[int(rng.random() * len(_SOURCES))].value

    def _address(
        self, rng: Random, party: _Party, key: int, place: places.DemoPlace, purpose: Purpose
    ) -> None:
        self._add_address(
            (
                self._address_key(),
                key,
                *place,
                purpose is Purpose.CONTACT,
                *self._sourced(rng, party, purpose),
            )
        )

    def _email(self, rng: Random, party: _Party, key: int, mail: str, purpose: Purpose) -> None:
        self._add_email(
            (
                self._email_key(),
                key,
                mail,
                purpose is Purpose.CONTACT,
                *self._sourced(rng, party, purpose),
            )
        )

    def _phone(self, rng: Random, party: _Party, key: int, at: int) -> str:
        self._phones += 1
        number = numbers.phone(self._phones)
        self._add_phone(
            (self._phone_key(), key, number, at == 0, *self._sourced(rng, party, Purpose.CONTACT))
        )
        return number

    def _billing(self, rng: Random, party: _Party, key: int, mails: list[str]) -> None:
        draw = rng.random
        method, to, operator, mail = BillingMethod.LETTER, None, None, None
        if not party.is_person and party.business_id and draw() < 0.55:
            method = BillingMethod.E_INVOICE
            to = "0037" + party.business_id.replace("-", "")
            operator = _OPERATORS[int(draw() * len(_OPERATORS))]
        elif mails and draw() < 0.8:
            method, mail = BillingMethod.EMAIL, mails[-1]
        self._add_billing_detail(
            (
                self._billing_detail_key(),
                key,
                method.value,
                to,
                operator,
                mail,
                party.terms,
                party.reference,
                *self._sourced(rng, party, Purpose.BILLING),
            )
        )

    def _contacts(self, rng: Random, organisation: _Party, buyer: DemoBuyer, *, sure: bool) -> None:
        """Contact persons for half of the organisations, two for some."""
        chance = rng.random()
        for _ in range(2 if chance < 0.07 else 1 if sure or chance < 0.48 else 0):
            name = names.person(rng, organisation.language)
            person = _Party(
                True,
                name,
                organisation.language,
                organisation.status,
                organisation.started,
                organisation.ended,
                is_contact=True,
            )
            key = self._party(rng, person, None)
            mail = f"{name.mailbox}@{names.domain(buyer.name)}"
            self._email(rng, person, key, mail, Purpose.CONTACT)
            phone = self._phone(rng, person, key, 0)
            self._add_party_search((key, search_text(name.whole, (), (mail,), (phone,))))
            self._link(rng, buyer.party_id, key, person.started)

    def _link(self, rng: Random, organisation_id: int, person_id: int, day: int) -> None:
        self._add_contact_person(
            (
                self._contact_person_key(),
                organisation_id,
                person_id,
                TITLES[int(rng.random() * len(TITLES))],
                self._days.instant[day],
            )
        )

    def _partner(self, rng: Random, plan: DemoPlan) -> None:
        """A subcontractor or supplier that buys nothing."""
        partner = _Party(
            False,
            names.organisation(rng, "fi"),
            "fi",
            PartyStatus.ACTIVE,
            plan.started,
            -1,
            business_id=next(self._business_ids),
            is_partner=True,
        )
        self._all_of(rng, partner)

    def _note(self, rng: Random, party_id: int, plan: DemoPlan) -> None:
        draw = rng.random
        last = plan.ended if plan.ended >= 0 else self._days.last
        day = self._days.working[plan.started + int(draw() * (last - plan.started))]
        self._add_note(
            (
                self._note_key(),
                party_id,
                NOTES[int(draw() * len(NOTES))],
                self._days.text[day],
                STAFF[int(draw() * len(STAFF))],
                self._days.instant[day],
            )
        )


def _mailbox(rng: Random, party: _Party) -> str:
    if isinstance(party.name, str):
        return f"toimisto@{names.domain(party.name)}"
    host = _MAIL_HOSTS[int(rng.random() * len(_MAIL_HOSTS))]
    return f"{party.name.mailbox}{int(rng.random() * 1000) or ''}@{host}"
