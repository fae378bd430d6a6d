"""Recipients and disclosures for the tests, made by the commands themselves."""

from __future__ import annotations

from datetime import date
from typing import Any

from queries.store.sessions import Store
from queries.writes.recipients import (
    AmendRecipient,
    NoteDisclosure,
    amend_recipient,
    note_disclosure,
)
from tests.conftest import NOW
from tests.factories.records import MAKER, TODAY


def recipient_inputs(**more: Any) -> AmendRecipient:
    """A recipient with nothing wrong; what matters is said by name."""
    return AmendRecipient(
        **{
            "name": "Tilitoimisto Malli Oy",
            "kind": "accountant",
            "role": "processor",
            "what": "Laskujen tiedot",
            "purpose": "Kirjanpito",
            "country": "FI",
            "agreement": "Käsittelysopimus",
            "agreed_on": date(2024, 5, 2),
            **more,
        }
    )


def make_recipient(store: Store, **more: Any) -> int:
    return store.carry_out(amend_recipient, recipient_inputs(**more), actor=MAKER, now=NOW)


def make_disclosure(store: Store, party_id: int, recipient_id: int, **more: Any) -> int:
    """A disclosure; returns the party, as the command does."""
    inputs = NoteDisclosure(
        **{
            "party_id": party_id,
            "recipient_id": recipient_id,
            "what": "Nimi ja laskutusosoite",
            "disclosed_on": TODAY,
            **more,
        }
    )
    return store.carry_out(note_disclosure, inputs, actor=MAKER, now=NOW)
