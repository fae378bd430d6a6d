"""Subscriptions for the tests, made by the commands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

import pytest
from sqlalchemy import select, update

from queries.errors import InvalidInput, InvalidInputs, RuleRefusal
from queries.rules.roles import Actor
from queries.store.sessions import Store, UnitOfWork
from queries.store.suppression import is_suppressed
from queries.store.tables import ConsentText, Email, Subscription, SuppressionKind
from queries.writes.newsletter.newsletter import (
    RenewConsent,
    Subscribe,
    WriteConsentText,
    subscribe,
    write_consent_text,
)
from queries.writes.newsletter.subscriptions import suppress
from tests.conftest import NOW
from tests.factories.records import MAKER, TODAY
from tests.support.trails import everything

_InputsT = TypeVar("_InputsT")

AINO = "aino@esimerkki.example"


def make_consent_text(store: Store, text: str = "Haluan uutiskirjeen.", **more: Any) -> int:
    """A version of the consent text; returns the key of the Finnish one."""
    inputs = WriteConsentText(**{"fi": text, **more})
    version = store.carry_out(write_consent_text, inputs, actor=MAKER, now=NOW)
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
    **more: Any,
) -> int:
    """A subscription by consent; with a ``token`` as if an issue had been exported."""
    text_id = more.pop("consent_text_id", None) or _a_text(store)
    values = {"source": "phone", "sourced_on": date(2026, 2, 2), "consent_text_id": text_id}
    inputs = Subscribe(**{"address": address, **values, **more})
    key = store.carry_out(subscribe, inputs, actor=MAKER, now=now)
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


def consent(text_id: int, address: str = AINO, **more: Any) -> Subscribe:
    values: dict[str, Any] = {
        "address": address,
        "consent_text_id": text_id,
        "source": "email",
        "sourced_on": date(2026, 3, 1),
    }
    return Subscribe(**values | more)


def renewal(text_id: int, address: str = AINO, **more: Any) -> RenewConsent:
    values: dict[str, Any] = {
        "reason": "Soitti ja pyysi kirjettä uudelleen.",
        "source": "phone",
        "sourced_on": TODAY,
    }
    return RenewConsent(address=address, consent_text_id=text_id, **values | more)


def marked(
    store: Store, address: str = AINO, kind: SuppressionKind = SuppressionKind.NEWSLETTER
) -> bool:
    with store.reading(MAKER) as session:
        return is_suppressed(session, kind, address)


def say_no(
    store: Store,
    address: str = AINO,
    kind: SuppressionKind = SuppressionKind.NEWSLETTER,
    now: datetime | None = None,
) -> None:
    with store.writing(MAKER, now=now) as uow:
        suppress(uow, kind, [address])
        uow.audit("unsubscribe", "subscription", None)


def refused(
    store: Store,
    command: Callable[[UnitOfWork, _InputsT], int],
    inputs: _InputsT,
    actor: Actor = MAKER,
    now: datetime | None = None,
) -> str:
    """The code of the refusal, which changes nothing."""
    before = everything(store)
    with pytest.raises((RuleRefusal, InvalidInput, InvalidInputs)) as refusal:
        store.carry_out(command, inputs, actor=actor, now=now)
    assert everything(store) == before
    errors = getattr(refusal.value, "errors", [refusal.value])
    return " ".join(error.code for error in errors)


def email_of(store: Store, party: int) -> int:
    with store.reading(MAKER) as session:
        return session.execute(select(Email.id).where(Email.party_id == party)).scalar_one()
