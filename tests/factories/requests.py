"""Requests of data subjects for the tests, made and brought on by the commands."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypedDict

from sqlalchemy import select

from queries.rules.requests import ANSWERED_BY, Asked
from queries.store.sessions import Store
from queries.store.tables import DataSubjectRequest
from queries.writes.commands import Seen
from queries.writes.requests.answers import FileLetter, RightAnswer, file_letter, fulfil_export
from queries.writes.requests.identity import NoteIdentity, note_identity
from queries.writes.requests.requests import RecordRequest, close_request, record_request
from queries.writes.requests.restrictions import Restrict, restrict
from tests.conftest import NOW
from tests.factories.records import MAKER

RECEIVED = date(2026, 2, 20)
SENT: dict[str, Any] = {"sent_on": date(2026, 3, 5), "channel": "email"}


class SeenRequest(TypedDict):
    """A request as somebody sees it, for a command's inputs."""

    request_id: int
    version: int


def make_request(
    store: Store,
    party_id: int | None = None,
    rights: tuple[str, ...] = ("access",),
    *,
    now: datetime = NOW,
    **more: Any,
) -> int:
    """A request that came on 20.2.2026 by e-mail."""
    values: dict[str, Any] = {
        "received_on": RECEIVED,
        "channel": "email",
        "rights": rights,
        "party_id": party_id,
        "claimed_name": "Aino Esimerkki",
        "text": "Haluan tietoni.",
    }
    inputs = RecordRequest(**(values | more))
    return store.carry_out(record_request, inputs, actor=MAKER, now=now)


def version_of(store: Store, request_id: int) -> int:
    with store.engine.connect() as connection:
        return connection.execute(
            select(DataSubjectRequest.version).where(DataSubjectRequest.id == request_id)
        ).scalar_one()


def seen(store: Store, request_id: int) -> SeenRequest:
    """Return the request as somebody sees it now, for a command's inputs."""
    return {"request_id": request_id, "version": version_of(store, request_id)}


def make_identity(store: Store, request_id: int, *, now: datetime = NOW) -> None:
    inputs = NoteIdentity(
        **seen(store, request_id), method="known_email", checked_on=date(2026, 3, 5)
    )
    store.carry_out(note_identity, inputs, actor=MAKER, now=now)


def make_letter(
    store: Store, request_id: int, kind: str, asked: str | None, *, now: datetime = NOW, **more: Any
) -> None:
    inputs = FileLetter(
        **seen(store, request_id),
        kind=kind,
        asked=asked,
        language="fi",
        text="Hyvä Aino",
        content=b"%PDF-1.7 kirje",
        **more,
    )
    store.carry_out(file_letter, inputs, actor=MAKER, now=now)


def make_answered(store: Store, party_id: int, asked: str = "access") -> int:
    """A request whose one right was answered by an export."""
    request = make_request(store, party_id, (asked,))
    make_identity(store, request)
    make_letter(store, request, ANSWERED_BY[Asked(asked)], asked)
    inputs = RightAnswer(**seen(store, request), **SENT, asked=asked)
    store.carry_out(fulfil_export, inputs, actor=MAKER, now=NOW)
    return request


def make_closed(store: Store, party_id: int) -> int:
    request = make_answered(store, party_id)
    inputs = Seen(id=request, version=version_of(store, request))
    store.carry_out(close_request, inputs, actor=MAKER, now=NOW)
    return request


def make_restriction(store: Store, party_id: int) -> int:
    """Restrict processing of a party's data on request; return the request."""
    request = make_request(store, party_id, ("restriction",))
    inputs = Restrict(**seen(store, request), reason="Osoite on kiistetty")
    store.carry_out(restrict, inputs, actor=MAKER, now=NOW)
    return request
