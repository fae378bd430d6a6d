"""Versions of the notice: published as seen, never twice the same, never changed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from queries.documents.notice.publish import (
    PublishNotice,
    drafts,
    fingerprint,
    publish_notice,
    published_differences,
)
from queries.errors import InvalidInputs, NotAllowed, RegisterError, StaleRecord
from queries.reads.notice.notice import VersionRow, notice_facts, notice_version, notice_versions
from queries.rules.roles import Actor, Role
from queries.store.tables import Source
from tests.conftest import NOW
from tests.factories.notices import LANGUAGES, make_controller, publish
from tests.factories.records import MAKER, TODAY, make_email, make_person
from tests.factories.retention import period
from tests.support.statements import statements
from tests.support.trails import everything, trail_of


def read(store, query, *args, **more):
    with store.reading(MAKER) as session:
        return query(session, *args, **more)


def draft(store):
    return read(store, drafts, today=TODAY)


def test_a_version_is_the_draft_in_three_languages(store):
    make_controller(store)
    assert read(store, notice_version) is None
    assert read(store, published_differences, today=TODAY) is None
    texts = draft(store)
    assert publish(store, summary="  Ensimmäinen ") == 1
    found = read(store, notice_version)
    assert {code: found.text(code) for code in LANGUAGES} == texts
    assert found.row == VersionRow(
        found.row.id, 1, date(2026, 3, 5), NOW, MAKER.username, "Ensimmäinen"
    )
    assert trail_of(store, "notice_version") == [
        ("publish_notice", found.row.id, None, MAKER.username, ["en", "fi", "sv"])
    ]
    assert read(store, published_differences, today=TODAY) == 0


def test_versions_follow_each_other_and_stay(store):
    make_controller(store)
    publish(store)
    first = read(store, notice_version, 1)
    period(store, "note", 7)
    assert read(store, published_differences, today=TODAY) == 1
    assert publish(store, now=NOW + timedelta(days=1)) == 2
    assert [row.number for row in read(store, notice_versions)] == [2, 1]
    assert read(store, notice_version, 1) == first
    assert "7 kuukautta" in read(store, notice_version).fi
    assert read(store, notice_version, 3) is None


def test_an_unchanged_text_is_not_published_again(store):
    make_controller(store)
    publish(store)
    before = everything(store)
    with pytest.raises(RegisterError) as refused:
        publish(store)
    assert (refused.value.code, refused.value.facts) == ("notice_unchanged", {"number": 1})
    assert everything(store) == before


def test_what_was_not_seen_is_not_published(store):
    make_controller(store)
    seen = fingerprint(draft(store))
    period(store, "note", 7)
    before = everything(store)
    with pytest.raises(StaleRecord):
        store.carry_out(publish_notice, PublishNotice(seen=seen), actor=MAKER, now=NOW)
    assert everything(store) == before


def test_the_examples_controller_is_not_published(store):
    with pytest.raises(RegisterError) as refused:
        publish(store)
    assert refused.value.code == "controller_unset"


def test_a_summary_is_short(store):
    make_controller(store)
    with pytest.raises(InvalidInputs):
        publish(store, summary="x" * 201)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OFFICE])
def test_only_who_may_publish_publishes(store, role):
    with pytest.raises(NotAllowed):
        store.carry_out(publish_notice, PublishNotice(seen=""), actor=Actor("joku", role), now=NOW)


def test_the_facts_cost_a_few_statements(store):
    person = make_person(store)
    make_email(store, person, source=Source.PHONE)
    with statements(store.engine) as seen:
        facts = read(store, notice_facts, today=TODAY)
    assert facts.sources == (Source.PHONE, Source.OFFICE)
    assert len(seen) == 13
    with statements(store.engine) as seen:
        read(store, notice_versions)
        read(store, notice_version)
    assert len(seen) == 2


def test_no_table_of_people_is_read_to_its_end(sqlite_store):
    with statements(sqlite_store.engine) as seen:
        read(sqlite_store, notice_facts, today=TODAY)
    asked = next(one for one in seen if "party.source" in one)
    with sqlite_store.engine.connect() as connection:
        values = ("email",) * asked.count("?")
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", values).all()
    steps = [row.detail for row in plan if row.detail.startswith(("SCAN", "SEARCH"))]
    assert len([step for step in steps if step.startswith("SEARCH")]) == 50
    assert [step for step in steps if step != "SCAN CONSTANT ROW"] == [
        step for step in steps if "_source (source=?)" in step
    ]
