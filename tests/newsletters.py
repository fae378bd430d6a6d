"""Subscriptions for the tests, made by the commands."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update

from queries.store.sessions import Store
from queries.store.tables import ConsentText, Subscription
from queries.writes.newsletter import (
    ConsentTextWish,
    ConsentWish,
    subscribe,
    write_consent_text,
)
from tests.conftest import NOW
from tests.makers import MAKER


def make_consent_text(store: Store, text: str = "Haluan uutiskirjeen.", **more: object) -> int:
    """A version of the consent text; returns the key of the Finnish one."""
    wish = ConsentTextWish(**{"fi": text, **more})
    version = store.carry_out(write_consent_text, wish, actor=MAKER, now=NOW)
    with store.reading(MAKER) as session:
        query = select(ConsentText.id).where(
            ConsentText.version == version, ConsentText.language == "fi"
        )
        return session.execute(query).scalar_one()


def make_subscription(
    store: Store,
    address: str = "aino@esimerkki.example",
    *,
    token: str | None = None,
    now: datetime = NOW,
    **more: object,
) -> int:
    """A subscription by consent; with a ``token`` as if an issue had been exported."""
    text_id = more.pop("consent_text_id", None) or _a_text(store)
    values = {"source": "phone", "sourced_on": date(2026, 2, 2), "consent_text_id": text_id}
    wish = ConsentWish(**{"address": address, **values, **more})
    key = store.carry_out(subscribe, wish, actor=MAKER, now=now)
    if token is not None:
        with store.engine.begin() as connection:
            connection.execute(
                update(Subscription).where(Subscription.id == key).values(token=token)
            )
    return key


def _a_text(store: Store) -> int:
    with store.reading(MAKER) as session:
        found = session.scalar(select(ConsentText.id).limit(1))
    return found or make_consent_text(store)


def addresses(store: Store) -> list[str]:
    """The addresses that get the newsletter, in order."""
    with store.reading(MAKER) as session:
        return sorted(session.scalars(select(Subscription.address)))
