"""Recipients as the page, the notice's proofs and the customer card read them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text

from queries.reads.recipients import recipient_list, recipient_names
from tests.factories.recipients import make_disclosure, make_recipient
from tests.factories.records import TODAY, make_person
from tests.support.statements import statements

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
            ("Ajanseuranta", "missing", 0),
            ("Hosti", "ended", 0),
            ("Pankki", "not_needed", 0),
            ("Posti", "ends_soon", 0),
            ("Tilitoimisto Malli Oy", "in_force", 2),
        ]
        assert list(recipient_names(session).values()) == names(rows)


def test_none_is_outside_until_one_is(store, viewer, now):
    make_recipient(store)
    make_recipient(store, name="Norjalainen", country="NO")
    assert transfers(store, viewer, now) == ([], [])
    make_recipient(store, name="Pilvi", country="US", transfer_basis="adequacy")
    make_recipient(store, name="Vanha", country="GB", transfer_basis="adequacy")
    with store.engine.begin() as connection:  # as an older program could have left it
        connection.execute(text("UPDATE recipient SET transfer_basis = NULL WHERE name = 'Vanha'"))
    assert transfers(store, viewer, now) == (["Pilvi", "Vanha"], ["Vanha"])


def transfers(store, viewer, now):
    """Return the recipients that keep data outside the EU and the EEA, and those without a
    recorded basis."""
    with store.reading(viewer, now=now) as session:
        rows = recipient_list(session)
    return (
        names(row for row in rows if row.is_outside),
        names(row for row in rows if row.is_unfounded),
    )
