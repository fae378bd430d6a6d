"""Recipients as the page, the notice's proofs and the customer card read them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text

from queries.reads.recipients import (
    agreements_ended,
    agreements_ending,
    processors_without_agreement,
    recipient_list,
    recipient_names,
    recipients_outside_eea,
)
from tests.counting import statements
from tests.makers import TODAY, make_person
from tests.recipients import make_disclosure, make_recipient

NONE = {"agreement": None, "agreed_on": None}


def names(rows) -> list[str]:
    return [row.name for row in rows]


def test_the_list_with_states_and_disclosures(store, viewer, now):
    make_recipient(store, name="Posti", kind="postal_service", ends_on=date(2026, 5, 4))
    make_recipient(store, name="Hosti", kind="hosting", ends_on=date(2026, 3, 4))
    make_recipient(store, name="Pankki", kind="bank", role="controller", **NONE)
    make_recipient(store, name="Ajanseuranta", kind="work_tracking", **NONE)
    key = make_recipient(store)
    party = make_person(store)
    make_disclosure(store, party, key)
    make_disclosure(store, party, key, what="Puhelinnumero")
    with store.reading(viewer, now=now) as session, statements(store.engine) as seen:
        rows = recipient_list(session)
        assert len(seen) == 2
        assert [(row.name, row.state(TODAY).value, row.given) for row in rows] == [
            ("Ajanseuranta", "missing", 0), ("Hosti", "ended", 0), ("Pankki", "not_needed", 0),
            ("Posti", "ends_soon", 0), ("Tilitoimisto Malli Oy", "in_force", 2),
        ]  # fmt: skip
        assert names(agreements_ended(session, today=TODAY)) == ["Hosti"]
        assert names(agreements_ending(session, today=TODAY)) == ["Posti"]
        assert names(processors_without_agreement(session)) == ["Ajanseuranta"]
        assert list(recipient_names(session).values()) == names(rows)


def test_none_is_outside_until_one_is(store, viewer, now):
    make_recipient(store)
    make_recipient(store, name="Norjalainen", country="NO")
    with store.reading(viewer, now=now) as session:
        told = recipients_outside_eea(session)
        assert (told.n, told.outside, told.without_basis) == (2, (), ())
        assert agreements_ended(session, today=TODAY) == ()
        assert processors_without_agreement(session) == ()
    make_recipient(store, name="Pilvi", country="US", transfer_basis="adequacy")
    make_recipient(store, name="Vanha", country="GB", transfer_basis="adequacy")
    with store.engine.begin() as connection:  # as an older program could have left it
        connection.execute(text("UPDATE recipient SET transfer_basis = NULL WHERE name = 'Vanha'"))
    with store.reading(viewer, now=now) as session, statements(store.engine) as seen:
        told = recipients_outside_eea(session)
        assert len(seen) == 2
    assert (told.n, names(told.outside), names(told.without_basis)) == (
        4, ["Pilvi", "Vanha"], ["Vanha"],
    )  # fmt: skip
