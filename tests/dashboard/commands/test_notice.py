"""``asiakasrekisteri notice``: the published notice as a file, and its demonstration."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dashboard.cli import main
from dashboard.commands.demo_notice import publish_demonstration
from dashboard.ui import clock
from queries.documents.notice.publish import published_differences
from queries.reads.notice.notice import notice_versions
from queries.store.engine import sqlite_url
from queries.store.migrate import open_store
from tests.conftest import NOW
from tests.factories.notices import make_controller, publish
from tests.factories.records import MAKER, TODAY
from tests.factories.retention import period


@pytest.fixture
def address(sqlite_path, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return str(sqlite_url(sqlite_path))


@pytest.fixture
def published(address):
    """A store with two versions and a draft that differs from both."""
    store = open_store(address)
    make_controller(store)
    publish(store)
    period(store, "note", 7)
    publish(store, now=NOW + timedelta(days=1))
    period(store, "note", 9, version=1)
    store.close()
    return address


def run(address, capfdbinary, *options, language="en"):
    assert main(["--language", language, "notice", "--database-url", address, *options]) == 0
    return capfdbinary.readouterr().out


def test_the_latest_version_is_printed_as_a_page(published, capfdbinary):
    page = run(published, capfdbinary, language="sv").decode()
    assert page.startswith('<!DOCTYPE html>\n<html lang="sv">')
    assert "<p>Version 2, publicerad 6.3.2026</p>" in page
    assert "7 månader" in page


def test_an_older_version_and_the_draft_are_printed_too(published, capfdbinary):
    older = run(published, capfdbinary, "--form", "text", "--version", "1").decode()
    assert "Version 1, published 5.3.2026" in older
    assert "notes: 2 years" in older
    draft = run(published, capfdbinary, "--form", "text", "--draft").decode()
    assert "Draft 5.3.2026" in draft
    assert "notes: 9 months" in draft


def test_a_paper_goes_into_a_file(published, capfdbinary, tmp_path):
    file = tmp_path / "notice.pdf"
    assert run(published, capfdbinary, "--form", "pdf", "--output", str(file)) == b""
    assert file.read_bytes().startswith(b"%PDF-1.7")


def test_what_is_not_there_is_refused_in_words(address, published, capfdbinary):
    assert main(["--language", "en", "notice", "--database-url", address, "--version", "9"]) == 1
    assert capfdbinary.readouterr().err != b""


def test_before_the_first_version_there_is_only_a_draft(address, capfdbinary):
    assert main(["--language", "en", "notice", "--database-url", address]) == 1
    assert b"The notice has not been published. Use --draft" in capfdbinary.readouterr().err


def test_the_demonstration_has_a_version_that_something_changed_after(sqlite_store):
    publish_demonstration(sqlite_store, "fi")
    with sqlite_store.reading(MAKER) as session:
        assert [row.number for row in notice_versions(session)] == [1]
        assert published_differences(session, today=TODAY) == 1
