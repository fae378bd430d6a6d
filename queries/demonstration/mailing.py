"""The newsletter of the demonstration: who agreed, who is sent it as a customer, who said no.

It draws by itself, so that the customers are the same with it and without.
"""

from __future__ import annotations

import hashlib
import json
from random import Random

from sqlalchemy import Connection, insert

from queries.demonstration import feeds
from queries.demonstration.days import Days
from queries.demonstration.feeds import BY, Rows
from queries.demonstration.parties import DemoBuyer
from queries.demonstration.plan import DemoPlan
from queries.store.search import fold
from queries.store.suppression import KEY, address_hash
from queries.store.tables import (
    Language,
    MarketingBasis,
    OrderStatus,
    PartyStatus,
    Setting,
    Source,
    SuppressionKind,
)

#: What is agreed to, since so many days before today.
_TEXTS = (
    (
        3_000,
        {
            Language.FI: "Haluan uutiskirjeen sähköpostiini.",
            Language.SV: "Jag vill ha nyhetsbrevet till min e-post.",
            Language.EN: "I want the newsletter by e-mail.",
        },
    ),
    (
        900,
        {
            Language.FI: "Haluan uutiskirjeen sähköpostiini enintään kerran kuussa. Voin lopettaa"
            " sen milloin tahansa kirjeessä olevasta linkistä.",
            Language.SV: "Jag vill ha nyhetsbrevet till min e-post högst en gång i månaden. Jag kan"
            " avsluta det när som helst med länken i brevet.",
            Language.EN: "I want the newsletter by e-mail once a month at the most. I can end it at"
            " any time by the link in the letter.",
        },
    ),
)
_LANGUAGES = tuple(Language)
#: The place among twenty from which on the next one who can shows each kind for sure.
_FROM = {"consents": 1, "relation": 8, "refuses": 15}
_SOURCES = (*[Source.FORM] * 5, *[Source.EMAIL] * 3, Source.MEETING, Source.PHONE)
_BOUGHT = {OrderStatus.OPEN.value, OrderStatus.IN_PROGRESS.value, OrderStatus.DONE.value}


class MailingMaker:
    """Makes the rows of the newsletter, one customer at a time."""

    def __init__(self, days: Days, rows: Rows, seed: int) -> None:
        self._days = days
        self._seed = seed
        self._rng = Random(f"newsletter/{seed}")  # noqa: S311 - a made-up world, not a secret
        self._key = hashlib.sha256(f"suppression/{seed}".encode()).digest()
        self._add = rows.adder(feeds.SUBSCRIPTION)
        self._next = rows.keys(feeds.SUBSCRIPTION)
        self._suppress = rows.adder(feeds.SUPPRESSION)
        self._seen: set[str] = set()
        self._owed: set[str] = set()
        self._texts(rows)

    def _texts(self, rows: Rows) -> None:
        add, key = rows.adder(feeds.CONSENT_TEXT), rows.keys(feeds.CONSENT_TEXT)
        for version, (ago, texts) in enumerate(_TEXTS, start=1):
            for language, text in texts.items():
                since = self._days.text[self._days.last - ago]
                add((key(), version, language.value, text, since))

    def customer(self, buyer: DemoBuyer, plan: DemoPlan) -> None:
        """Decide whether a customer is sent the newsletter, and on which legal basis."""
        draw = self._rng.random
        chance, place = draw(), plan.n % 20
        if place == 0:
            self._owed = set(_FROM)
        if buyer.mail is None or (key := fold(buyer.mail)) in self._seen:
            return
        due = {kind for kind in self._owed if place >= _FROM[kind]}
        if "consents" in due or chance < 0.12:
            self._owed.discard("consents")
            self._seen.add(key)
            self._consents(buyer, plan, key)
        elif "refuses" in due or chance > 0.98:
            self._owed.discard("refuses")
            self._seen.add(key)
            kind = SuppressionKind.MARKETING if draw() < 0.2 else SuppressionKind.NEWSLETTER
            since = self._days.text[self._day(plan, plan.started)]
            self._suppress((kind.value, address_hash(self._key, key), since))
        elif plan.status is PartyStatus.ACTIVE and ("relation" in due or chance < 0.3):
            if plan.is_person and not any(job.status in _BOUGHT for job in plan.jobs):
                return
            self._owed.discard("relation")
            self._seen.add(key)
            basis = MarketingBasis.ORGANISATION
            if buyer.is_person:
                basis = MarketingBasis.CUSTOMER
            self._subscription(buyer, key, basis, plan.started, None)

    def _consents(self, buyer: DemoBuyer, plan: DemoPlan, key: str) -> None:
        first = self._days.last - _TEXTS[0][0]
        day = self._day(plan, max(first, plan.started))
        if day < first:  # a relation that ended before there was a newsletter
            return
        version = sum(day >= self._days.last - ago for ago, _texts in _TEXTS)
        text_id = (version - 1) * len(_LANGUAGES) + 1 + _LANGUAGES.index(Language(buyer.language))
        self._subscription(buyer, key, MarketingBasis.CONSENT, day, text_id)

    def _subscription(
        self, buyer: DemoBuyer, key: str, basis: MarketingBasis, day: int, text_id: int | None
    ) -> None:
        source = _SOURCES[int(self._rng.random() * len(_SOURCES))]
        self._add(
            (
                self._next(),
                buyer.party_id,
                buyer.mail,
                key,
                buyer.name,
                buyer.language,
                basis.value,
                text_id,
                source.value,
                self._days.text[day],
                self._days.instant[day],
            )
        )

    def _day(self, plan: DemoPlan, first: int) -> int:
        last = plan.ended if plan.ended >= 0 else self._days.last
        return min(last, first + int(self._rng.random() * (max(first, last) - first + 1)))

    def note_key(self, connection: Connection) -> None:
        """The key of the suppressions: drawn from the seed, for there is nobody to hide."""
        connection.execute(
            insert(Setting),
            {
                "name": KEY,
                "value": json.dumps(self._key.hex()),
                "version": 1,
                "changed_at": self._days.now,
                "changed_by": BY,
            },
        )
