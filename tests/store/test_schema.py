from __future__ import annotations

import doctest
import re

import pytest
from alembic import command
from sqlalchemy import text

from queries.errors import StoreRefusal
from queries.store import derived, schema
from queries.store.engine import open_engine, sqlite_url
from queries.store.migrate import _config, migrate, open_store
from tests.factories.records import make_person


def refused(call):
    with pytest.raises(StoreRefusal) as refusal:
        call()
    return refusal.value.code, refusal.value.facts.get("what")


def damaged(store, *statements):
    with store.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    store.close()


def test_the_examples():
    assert doctest.testmod(schema).failed == 0


def test_the_migrated_store_is_the_one_that_the_program_makes(store):
    with store.engine.begin() as connection:
        assert schema.differences(connection) == []
        assert schema.is_as_marked(connection)
        kinds = {name.split(" ")[0] for name in schema.described(connection)}
    sqlite = {"table", "index", "trigger"}
    postgresql = {"column", "constraint", "index", "trigger", "function"}
    assert kinds == (sqlite if store.engine.dialect.name == "sqlite" else postgresql)


def test_nothing_of_the_comparison_stays(store):
    with store.engine.begin() as connection:
        before = schema.described(connection)
        schema.differences(connection)
        assert schema.described(connection) == before
        if connection.dialect.name == "postgresql":
            made = connection.scalar(
                text("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'register%'")
            )
            assert made == 0


@pytest.mark.parametrize(
    "lost", ["TRIGGER derived_party_kept{on}", "INDEX derived_party_over"], ids=["trigger", "index"]
)
def test_what_is_derived_is_made_anew(store, lost):
    """Facts are computed too: a store without its triggers keeps none."""
    make_person(store)
    on = "" if store.engine.dialect.name == "sqlite" else " ON party"
    damaged(store, f"DROP {lost.format(on=on)}", "UPDATE party_facts SET ended_on = '2020-01-01'")
    assert refused(lambda: open_store(store.engine.url)) == ("schema_differs", None)
    engine = open_engine(store.engine.url)
    migrate(engine)
    engine.dispose()
    mended = open_store(store.engine.url)
    with mended.engine.begin() as connection:
        assert derived.differences(connection) == []
        assert schema.differences(connection) == []
    mended.close()


def test_triggers_of_another_version_are_refused_and_made_anew(store, monkeypatch):
    store.close()
    kept = derived.summaries.SUMMARIES
    monkeypatch.setattr(derived.summaries, "SUMMARIES", kept[:-1])
    assert refused(lambda: open_store(store.engine.url)) == ("schema_differs", None)
    engine = open_engine(store.engine.url)
    migrate(engine)
    engine.dispose()
    open_store(store.engine.url).close()


#: What somebody did to the schema, and what is named of it on SQLite and on PostgreSQL.
_DAMAGES = {
    "index gone": (
        "DROP INDEX ix_trail_entry_at",
        "index ix_trail_entry_at",
        "index ix_trail_entry_at",
    ),
    "index more": (
        "CREATE INDEX house_own ON note (noted_on)",
        "index house_own",
        "index house_own",
    ),
    "column more": ("ALTER TABLE note ADD COLUMN mood TEXT", "table note", "column note.mood"),
    "table more": (
        "CREATE TABLE letters (number INTEGER)",
        "table letters",
        "column letters.number",
    ),
    "marks gone": ("DROP TABLE derived_mark", "derived_mark", "derived_mark"),
}


@pytest.mark.parametrize("damage", list(_DAMAGES))
def test_what_is_not_derived_is_named_and_left(store, damage):
    statement, on_sqlite, on_postgresql = _DAMAGES[damage]
    damaged(store, statement)
    assert refused(lambda: open_store(store.engine.url)) == ("schema_differs", None)
    engine = open_engine(store.engine.url)
    with engine.begin() as connection:
        before = schema.described(connection)
    named = on_sqlite if engine.dialect.name == "sqlite" else on_postgresql
    assert refused(lambda: migrate(engine)) == ("schema_damaged", named)
    with engine.begin() as connection:
        assert schema.described(connection) == before
    engine.dispose()


def test_a_check_that_is_gone_is_named(store):
    if store.engine.dialect.name == "postgresql":
        damaged(store, "ALTER TABLE payment DROP CONSTRAINT ck_payment_amount")
        named = "constraint payment.ck_payment_amount"
    else:
        damaged(
            store,
            "PRAGMA writable_schema = ON",
            "UPDATE sqlite_master SET sql = replace(sql,"
            " 'CONSTRAINT ck_payment_amount CHECK (amount_cents <> 0),', '')"
            " WHERE name = 'payment'",
            "PRAGMA writable_schema = RESET",
        )
        named = "table payment"
    assert refused(lambda: open_store(store.engine.url)) == ("schema_differs", None)
    engine = open_engine(store.engine.url)
    assert refused(lambda: migrate(engine)) == ("schema_damaged", named)
    engine.dispose()


def test_letters_that_lost_their_checks_have_them_again(tmp_path):
    """Make the checks as an older Alembic left them, which reads none from a table that it makes
    anew."""
    engine = open_engine(sqlite_url(tmp_path / "register.sqlite"), create=True)
    checks = re.compile(r"CONSTRAINT ck_request_letter_\w+ CHECK \(.*?\),\s*(?=CONSTRAINT)")
    with engine.begin() as connection:
        command.upgrade(_config(connection), "0008")
        told = text("SELECT sql FROM sqlite_master WHERE name = 'request_letter'")
        less = checks.sub("", connection.scalar(told)).replace(" AUTOINCREMENT", "")
        assert ("CHECK" in less, "CONSTRAINT" in less) == (False, True)
        connection.exec_driver_sql("PRAGMA writable_schema = ON")
        connection.execute(
            text("UPDATE sqlite_master SET sql = :sql WHERE name = 'request_letter'"), {"sql": less}
        )
        connection.exec_driver_sql("PRAGMA writable_schema = RESET")
    migrate(engine)
    with engine.begin() as connection:
        assert schema.differences(connection) == []
    engine.dispose()
