"""Rooms, keys and paper records for the tests, made by the commands themselves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypedDict

from queries.reads.paper.records import PaperCard, paper_card
from queries.rules.roles import Actor
from queries.store.sessions import Store
from queries.writes.paper.destruction import NoteDestruction, note_destruction
from queries.writes.paper.records import (
    AmendPaper,
    LendPaper,
    PartyLink,
    amend_paper,
    lend_paper,
    link_party,
)
from queries.writes.paper.rooms import AmendKey, AmendRoom, amend_key, amend_room
from tests.conftest import NOW
from tests.factories.records import MAKER, TODAY


class SeenPaper(TypedDict):
    """A record as somebody sees it, for a command's inputs."""

    id: int
    version: int


def make_room(store: Store, name: str = "Arkisto", *, now: datetime = NOW, **more: Any) -> int:
    """A room with a lock."""
    inputs = AmendRoom(**{"name": name, "place": "Kellari", "lock": "Abloy, sarjoitettu", **more})
    return store.carry_out(amend_room, inputs, actor=MAKER, now=now)


def make_key(store: Store, room_id: int, *, now: datetime = NOW, **more: Any) -> int:
    """Give somebody a key."""
    values = {
        "room_id": room_id,
        "name": "Olli Toimisto",
        "reason": "Tositteiden arkistointi",
        "held_from": date(2024, 1, 2),
    }
    return store.carry_out(amend_key, AmendKey(**{**values, **more}), actor=MAKER, now=now)


def make_paper(store: Store, *parties: int, now: datetime = NOW, **more: Any) -> int:
    """Make a binder of vouchers of 2018, which names these parties."""
    values = {
        "kind": "binder",
        "title": "Tositteet 2018",
        "class_code": "voucher",
        "starts_on": date(2018, 1, 1),
        "ends_on": date(2018, 12, 31),
    }
    paper = store.carry_out(amend_paper, AmendPaper(**{**values, **more}), actor=MAKER, now=now)
    for party in parties:
        inputs = PartyLink(**seen(store, paper), party_id=party)
        store.carry_out(link_party, inputs, actor=MAKER, now=now)
    return paper


def lend(store: Store, paper: int, *, now: datetime = NOW, **more: Any) -> int:
    """Lend a record to the accountant for two weeks."""
    values = {
        "lent_to": "Tilitoimisto Esimerkki",
        "reason": "Tilintarkastus",
        "lent_on": TODAY,
        "due_on": date(2026, 3, 19),
    }
    inputs = LendPaper(**seen(store, paper), **{**values, **more})
    return store.carry_out(lend_paper, inputs, actor=MAKER, now=now)


def destroy(store: Store, paper: int, *, now: datetime, **more: Any) -> int:
    """Record that a paper record was shredded."""
    values = {
        "destroyed_on": now.date(),
        "destroyed_by": "Maija",
        "method": "shredded",
        "witness": "Olli",
    }
    inputs = NoteDestruction(**seen(store, paper), **{**values, **more})
    return store.carry_out(note_destruction, inputs, actor=MAKER, now=now)


def card(store: Store, paper: int, *, today: date = TODAY, actor: Actor = MAKER) -> PaperCard:
    with store.reading(actor, now=NOW) as session:
        return paper_card(session, paper, today=today)


def seen(store: Store, paper: int) -> SeenPaper:
    """Return the record as somebody sees it now, for a command's inputs."""
    return {"id": paper, "version": card(store, paper).version}
