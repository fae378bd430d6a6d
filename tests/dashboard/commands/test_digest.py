from __future__ import annotations

from datetime import date
from email.message import EmailMessage

import pytest

from dashboard.cli import main
from dashboard.commands import digest
from dashboard.ui import clock
from queries.store.engine import sqlite_url
from queries.store.migrate import open_store
from tests.conftest import NOW
from tests.factories.records import make_person
from tests.factories.requests import make_request


@pytest.fixture
def address(sqlite_path, monkeypatch):
    """A store with an overdue request and one that is not."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    found = sqlite_url(sqlite_path)
    store = open_store(found)
    party = make_person(store)
    make_request(store, party, received_on=date(2026, 2, 1))
    make_request(store, party, ("erasure",))
    store.close()
    return str(found)


def test_the_digest_has_numbers_and_days_and_nobodys_name(address, capsys):
    assert main(["--language", "fi", "digest", "--database-url", address]) == 0
    assert capsys.readouterr().out == (
        "Avoimia pyyntöjä 2, myöhässä 1\n\n"
        "2026-0001  Vastattava viimeistään 2.3.2026  Myöhässä 3 päivää\n"
        "2026-0002  Vastattava viimeistään 20.3.2026  15 päivää jäljellä\n"
    )
    assert main(["--language", "en", "digest", "--html", "--database-url", address]) == 0
    page = capsys.readouterr().out
    assert "<td>2026-0001</td><td>To be answered by 2.3.2026</td><td>3 days overdue</td>" in page
    assert "Esimerkki" not in page


def test_sending_needs_its_settings(address, capsys, monkeypatch):
    monkeypatch.delenv(digest.SERVER, raising=False)
    assert main(["--language", "fi", "digest", "--send", "--database-url", address]) == 1
    assert digest.SERVER in capsys.readouterr().err


def test_a_message_carries_both_forms(monkeypatch):
    for name, value in (
        (digest.SERVER, "localhost:25"),
        (digest.SENDER, "a@b.example"),
        (digest.RECIPIENTS, "c@d.example"),
    ):
        monkeypatch.setenv(name, value)
    message = digest.as_message((), "sv")
    assert isinstance(message, EmailMessage)
    assert message["Subject"] == "Öppna begäranden 0, försenade 0"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_a_server_that_does_not_answer_is_a_refusal(address, capsys, monkeypatch):
    for name, value in (
        (digest.SERVER, "localhost:1"),
        (digest.SENDER, "a@b.example"),
        (digest.RECIPIENTS, "c@d.example"),
    ):
        monkeypatch.setenv(name, value)
    assert main(["--language", "en", "digest", "--send", "--database-url", address]) == 1
    assert "mail server" in capsys.readouterr().err
