"""Records for the tests, made by the commands themselves where there is one.

Every maker takes the store first and what matters to the test by name; the rest is ordinary.
"""

from __future__ import annotations

import itertools
from datetime import date, datetime
from typing import Any

from queries.rules.roles import Actor, Role
from queries.store.sessions import Store
from queries.store.tables import OrderStatus
from queries.writes.customers.billing_details import AmendBilling, amend_billing
from queries.writes.customers.contacts import (
    AmendAddress,
    AmendEmail,
    AmendPhone,
    amend_address,
    amend_email,
    amend_phone,
)
from queries.writes.customers.notes import AmendNote, amend_note
from queries.writes.customers.parties import AmendParty, ChangeStatus, amend_party, change_status
from queries.writes.sales.orders import (
    AmendOrder,
    ChangeOrderStatus,
    amend_order,
    change_order_status,
)
from queries.writes.sales.work_entries import AmendWorkEntry, amend_work_entry
from tests.conftest import NOW

#: Who made the records of the tests.
MAKER = Actor("tekija", Role.ADMINISTRATOR)
TODAY = date(2026, 3, 5)

_SOURCED: dict[str, Any] = {"source": "phone", "sourced_on": date(2026, 2, 2)}
_serial = itertools.count(1)


def business_id(n: int) -> str:
    """The nth business ID with a right check digit in the range that is not issued (9xxxxxx)."""
    number = 9_000_000 + n
    weights = (7, 9, 10, 5, 8, 4, 2)
    remainder = sum(int(d) * w for d, w in zip(str(number), weights, strict=True)) % 11
    if remainder == 1:
        return business_id(n + 500_000)
    return f"{number}-{0 if remainder == 0 else 11 - remainder}"


def make_party(
    store: Store,
    *,
    name: str = "Mäntyharjun Sähköasennus Oy",
    kind: str = "organisation",
    given_name: str | None = None,
    family_name: str | None = None,
    status: str = "active",
    started_on: date = date(2024, 1, 15),
    ended_on: date | None = None,
    now: datetime = NOW,
    **more: Any,
) -> int:
    """A customer; a person when ``family_name`` is given."""
    if family_name is not None:
        kind = "person"
    inputs = AmendParty(
        kind=kind,
        name=None if kind == "person" else name,
        given_name=given_name,
        family_name=family_name,
        started_on=started_on,
        source="office",
        sourced_on=started_on,
        **more,
    )
    party_id = store.carry_out(amend_party, inputs, actor=MAKER, now=now)
    if status != "active":
        change = ChangeStatus(id=party_id, version=1, status=status, ended_on=ended_on)
        store.carry_out(change_status, change, actor=MAKER, now=now)
    return party_id


def make_order(
    store: Store,
    party_id: int,
    *,
    status: str = OrderStatus.OPEN,
    ordered_on: date = date(2026, 2, 2),
    closed_on: date | None = None,
    title: str = "Sähkökeskuksen vaihto",
    now: datetime = NOW,
    **more: Any,
) -> int:
    """A service order in any status."""
    begins = status if status in {"quote", "open"} else "open"
    inputs = AmendOrder(
        party_id=party_id, title=title, status=begins, ordered_on=ordered_on, **more
    )
    order_id = store.carry_out(amend_order, inputs, actor=MAKER, now=now)
    if status != begins:
        closing = closed_on or ordered_on if status in {"done", "cancelled"} else None
        change = ChangeOrderStatus(id=order_id, version=1, status=status, closed_on=closing)
        store.carry_out(change_order_status, change, actor=MAKER, now=now)
    return order_id


def make_work(
    store: Store,
    order_id: int,
    *,
    done_on: date = date(2026, 2, 3),
    done_by: str = "Veikko Vasara",
    description: str = "Keskus vaihdettu",
    minutes: int = 150,
    material: str | None = None,
) -> int:
    """A work entry of an order."""
    inputs = AmendWorkEntry(
        order_id=order_id,
        done_on=done_on,
        done_by=done_by,
        description=description,
        minutes=minutes,
        material=material,
    )
    return store.carry_out(amend_work_entry, inputs, actor=MAKER, now=NOW)


def make_person(store: Store, given_name: str = "Aino", family_name: str = "Esimerkki") -> int:
    """A customer who is a person."""
    return make_party(store, given_name=given_name, family_name=family_name)


def make_phone(store: Store, party_id: int, number: str = "040 123 4567", **more: Any) -> int:
    """A telephone number; returns the party, as the command does."""
    inputs = AmendPhone(**{"party_id": party_id, "number": number, **_SOURCED, **more})
    return store.carry_out(amend_phone, inputs, actor=MAKER, now=NOW)


def make_email(
    store: Store, party_id: int, address: str = "aino@esimerkki.example", **more: Any
) -> int:
    """An e-mail address; returns the party."""
    inputs = AmendEmail(**{"party_id": party_id, "address": address, **_SOURCED, **more})
    return store.carry_out(amend_email, inputs, actor=MAKER, now=NOW)


def make_address(store: Store, party_id: int, **more: Any) -> int:
    """A postal address; returns the party."""
    values = {"street": "Kasarminkatu 10", "post_code": "50100", "town": "Mikkeli", **_SOURCED}
    inputs = AmendAddress(**{"party_id": party_id, **values, **more})
    return store.carry_out(amend_address, inputs, actor=MAKER, now=NOW)


def make_billing(store: Store, party_id: int, **more: Any) -> int:
    """Add billing details; return the party."""
    inputs = AmendBilling(**{"party_id": party_id, "method": "letter", **_SOURCED, **more})
    return store.carry_out(amend_billing, inputs, actor=MAKER, now=NOW)


def make_note(
    store: Store, party_id: int, text: str = "Soitetaan maanantaina.", **more: Any
) -> int:
    """A note; returns the party."""
    inputs = AmendNote(**{"party_id": party_id, "text": text, "noted_on": date(2026, 2, 2), **more})
    return store.carry_out(amend_note, inputs, actor=MAKER, now=NOW)
