"""Web forms and their messages for the tests, made by the commands themselves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import insert

from queries.reads.web_forms import LETTERBOX
from queries.store.sessions import Store
from queries.store.tables import ConsentText
from queries.writes.form_messages import Received, receive_message
from queries.writes.web_forms import AmendWebForm, amend_web_form
from tests.conftest import NOW
from tests.factories.records import MAKER

SECRET = "s" * 40
ORIGIN = "https://www.esimerkki.example"


def make_consent_text(
    store: Store, language: str = "fi", text: str = "Haluan uutiskirjeen", version: int = 1
) -> int:
    with store.engine.begin() as connection:
        key = connection.execute(
            insert(ConsentText).values(
                version=version,
                language=language,
                text=text,
                since=date(2025, 1, 1),
                written_by="x",
            )
        ).inserted_primary_key
    assert key is not None
    return int(key[0])


def make_form(store: Store, **more: Any) -> int:
    """A form of the company's site, without a newsletter box."""
    inputs = AmendWebForm(**{"name": "Yhteydenotto", "origins": ORIGIN, "secret": SECRET, **more})
    return store.carry_out(amend_web_form, inputs, actor=MAKER, now=NOW)


def make_message(store: Store, form_id: int, *, now: datetime = NOW, **more: Any) -> int:
    """A message as the route puts it into the inbox."""
    inputs = Received(
        **{
            "form_id": form_id,
            "name": "Aino Esimerkki",
            "email": "aino@esimerkki.example",
            "phone": "040 123 4567",
            "message": "Voitteko tarjota ikkunanpesua?",
            **more,
        }
    )
    return store.carry_out(receive_message, inputs, actor=LETTERBOX, now=now)
