"""No order of commands exports or erases without identity, edits a restricted party, or closes a
request without its answers: Hypothesis looks for one."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from queries.errors import NotFound, RegisterError
from queries.rules.requests import ANSWERED_BY, Asked
from queries.store.engine import sqlite_url
from queries.store.migrate import open_store
from queries.store.sessions import Store
from queries.writes.commands import Seen
from queries.writes.customers import contacts
from queries.writes.requests import answers, erasure, identity, requests, restrictions
from tests.conftest import NOW
from tests.factories.records import MAKER, TODAY, make_party, make_phone
from tests.factories.requests import SENT, make_request, seen, version_of

ASKED = ("access", "erasure", "portability", "restriction")


class Office:
    """One request about one person, and everything that can be done with it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.party = make_party(
            store,
            given_name="Aino",
            family_name="Esimerkki",
            status="ended",
            ended_on=date(2026, 1, 31),
        )
        make_phone(store, self.party)
        self.request = make_request(store, self.party, ASKED)

    def do(self, step: str) -> None:
        name, _, asked = step.partition(":")
        command, inputs = getattr(self, f"_{name}")(asked)
        self.store.carry_out(command, inputs, actor=MAKER, now=NOW)

    def _identify(self, _asked):
        return identity.note_identity, identity.NoteIdentity(
            **seen(self.store, self.request), method="signature", checked_on=TODAY
        )

    def _other(self, _asked):
        return requests.identify_party, requests.IdentifyParty(
            id=self.request,
            version=version_of(self.store, self.request),
            registered="not_in_register",
        )

    def _file(self, asked):
        return answers.file_letter, answers.FileLetter(
            **seen(self.store, self.request),
            kind=ANSWERED_BY[Asked(asked)],
            asked=asked,
            language="fi",
            content=b"%PDF-1.7",
        )

    def _smuggle(self, asked):
        """An export that calls itself the answer to something that needs no identity."""
        return answers.file_letter, answers.FileLetter(
            **seen(self.store, self.request),
            kind="restricted",
            asked="restriction",
            language="fi",
            content=b"%PDF-1.7",
            more=(answers.Copy(kind=ANSWERED_BY[Asked(asked)], content=b"%PDF-1.7"),),
        )

    def _answer(self, asked):
        command = {
            "erasure": erasure.fulfil_erasure,
            "restriction": restrictions.fulfil_restriction,
        }
        return command.get(asked, answers.fulfil_export), answers.FulfilRestriction(
            **seen(self.store, self.request), **SENT, asked=asked
        )

    def _restrict(self, _asked):
        return restrictions.restrict, restrictions.Restrict(
            **seen(self.store, self.request), reason="Kiistetty"
        )

    def _edit(self, _asked):
        inputs = contacts.AmendPhone(
            party_id=self.party, number="040 765 4321", source="phone", sourced_on=TODAY
        )
        return contacts.amend_phone, inputs

    def _close(self, _asked):
        return requests.close_request, Seen(
            id=self.request, version=version_of(self.store, self.request)
        )

    def one(self, query: str) -> int:
        with self.store.engine.connect() as connection:
            return connection.execute(text(query)).scalar_one()


STEPS = st.sampled_from(
    [
        "identify",
        "other",
        "restrict",
        "edit",
        "close",
        "smuggle:access",
        "smuggle:portability",
        *(f"{doing}:{asked}" for doing in ("file", "answer") for asked in ASKED),
    ]
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(STEPS, max_size=14))
@example(["restrict", "edit"])
@example(["identify", "file:access", "other", "answer:access", "close"])
def test_no_order_of_commands_breaks_the_promise(sqlite_template, steps):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "register.sqlite"
        shutil.copy(sqlite_template, path)
        store = open_store(sqlite_url(path))
        try:
            _play(Office(store), steps)
        finally:
            store.close()


def _play(office: Office, steps: list[str]) -> None:
    for step in steps:
        restricted = office.one("SELECT count(*) FROM restriction WHERE lifted_on IS NULL")
        identified = office.one("SELECT count(*) FROM identity_check")
        waiting = office.one("SELECT count(*) FROM request_right WHERE status = 'open'")
        try:
            office.do(step)
        except (RegisterError, NotFound):
            continue
        if step == "edit":
            assert restricted == 0
        elif step == "close":
            assert waiting == 0
        elif step in {
            "file:access",
            "file:portability",
            "smuggle:access",
            "smuggle:portability",
            "answer:access",
            "answer:portability",
            "answer:erasure",
        }:
            assert identified > 0


def test_the_whole_way_is_open(sqlite_store):
    """The property above would hold of commands that refuse everything."""
    office = Office(sqlite_store)
    for step in (
        "edit",
        "identify",
        "file:access",
        "answer:access",
        "file:portability",
        "answer:portability",
        "restrict",
        "file:restriction",
        "answer:restriction",
        "file:erasure",
        "answer:erasure",
        "close",
    ):
        office.do(step)
    assert office.one("SELECT count(*) FROM data_subject_request WHERE status = 'closed'") == 1
    with pytest.raises(RegisterError):
        office.do("edit")
