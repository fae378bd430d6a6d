"""Migrating a store that holds data, step by step, on both engines."""

from __future__ import annotations

import pytest
from alembic import command
from sqlalchemy import inspect, text

from queries.store import derived
from queries.store.engine import open_engine, sqlite_url
from queries.store.migrate import _config, migrate, newest_revision

_ROWS = (
    "INSERT INTO party (id, kind, name, sort_name, language, status, is_customer, is_partner,"
    " is_contact, started_on, source, sourced_on, version, changed_at, changed_by) VALUES"
    " (1, 'organisation', 'Vanha Oy', 'vanha oy', 'fi', 'active', true, false, false,"
    " '2025-01-01', 'office', '2025-01-01', 1, '2025-01-01 10:00:00', 'maija')",
    "INSERT INTO service_order (id, number, party_id, title, status, ordered_on, due_on, version,"
    " changed_at, changed_by) VALUES (1, '1001', 1, 'Työ', 'open', '2025-01-01', '2025-02-01', 1,"
    " '2025-01-01 10:00:00', 'maija')",
    "INSERT INTO invoice (id, kind, status, origin, number, party_id, issued_on, due_on,"
    " buyer_name, net_cents, vat_cents, total_cents, open_cents, version, changed_at, changed_by)"
    " VALUES (1, 'invoice', 'issued', 'own', '1001', 1, '2025-01-02', '2025-01-16', 'Vanha Oy',"
    " 10000, 2550, 12550, 12550, 1, '2025-01-02 10:00:00', 'maija'),"
    " (2, 'credit_note', 'issued', 'own', '1002', 1, '2025-01-03', NULL, 'Vanha Oy',"
    " -100, 0, -100, -100, 1, '2025-01-03 10:00:00', 'maija')",
    "INSERT INTO payment (id, invoice_id, party_id, paid_on, amount_cents, source, version,"
    " changed_at, changed_by) VALUES (1, 1, 1, '2025-01-20', 100, 'import', 1,"
    " '2025-01-20 10:00:00', 'maija')",
)

_OLD_TRIGGER = {
    "sqlite": (
        "CREATE TRIGGER derived_old BEFORE UPDATE ON invoice BEGIN"
        " SELECT RAISE(ABORT, 'guarded: old'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION derived_old() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'guarded: old'; END $$",
        "CREATE TRIGGER derived_old BEFORE UPDATE ON invoice FOR EACH ROW"
        " EXECUTE FUNCTION derived_old()",
    ),
}


@pytest.fixture(params=["sqlite", "postgresql"])
def first_store(request, tmp_path):
    """A store of the first revision with a customer, an order and two invoices in it."""
    if request.param == "sqlite":
        engine = open_engine(sqlite_url(tmp_path / "old.sqlite"), create=True)
    else:
        cluster = request.getfixturevalue("postgresql_cluster")
        cluster.execute("DROP DATABASE IF EXISTS register_old WITH (FORCE)")
        cluster.execute("CREATE DATABASE register_old")
        engine = open_engine(cluster.address_of("register_old"))
    with engine.begin() as connection:
        command.upgrade(_config(connection), "0001")
        for row in _ROWS:
            connection.execute(text(row))
        # A trigger as an older program left it: it must not fire at the rows of the migration.
        for statement in _OLD_TRIGGER[request.param]:
            connection.exec_driver_sql(statement)
    yield engine
    engine.dispose()


def test_what_stood_in_the_first_revision_stands_in_the_newest(first_store):
    tables = ("party", "service_order", "invoice", "payment")
    columns = {
        table: ", ".join(column["name"] for column in inspect(first_store).get_columns(table))
        for table in tables
    }

    def rows() -> list[list[object]]:
        with first_store.connect() as connection:
            return [
                connection.execute(text(f"SELECT {names} FROM {table} ORDER BY id")).all()  # noqa: S608 - our own tables
                for table, names in columns.items()
            ]

    before = rows()
    assert migrate(first_store) == ("0001", newest_revision())
    assert [len(table) for table in before] == [1, 1, 2, 1]
    assert rows() == before
    with first_store.connect() as connection:
        assert derived.differences(connection) == []
        summary = connection.execute(
            text(
                "SELECT name, key, count, cents FROM summary WHERE name IN"
                " ('open_by_due', 'to_refund') ORDER BY name"
            )
        )
        assert [tuple(row) for row in summary] == [
            ("open_by_due", "2025-01-16", 1, 12_550),
            ("to_refund", "all", 1, -100),
        ]


def test_the_second_revision_adds_the_indexes_of_the_sales_lists(first_store):
    migrate(first_store)
    names = {
        index["name"]
        for table in ("service_order", "invoice")
        for index in inspect(first_store).get_indexes(table)
    }
    assert names >= {
        "ix_service_order_service",
        "ix_service_order_late",
        "ix_invoice_open_issued",
        "ix_invoice_to_refund",
        "ix_invoice_credit_note",
    }


def test_the_third_revision_computes_the_days_from_which_retention_counts(first_store):
    migrate(first_store)

    def days(query: str) -> list[tuple[str | None, ...]]:
        with first_store.connect() as connection:
            rows = connection.execute(text(query))
            return [tuple(None if day is None else str(day) for day in row) for row in rows]

    assert days("SELECT last_event_on FROM invoice ORDER BY id") == [
        ("2025-01-20",),
        ("2025-01-03",),
    ]
    assert days("SELECT voucher_on, rest_on FROM service_order") == [(None, None)]
    assert days("SELECT last_voucher_on, last_rest_on, ended_on FROM party_facts") == [
        ("2025-01-20", None, None)
    ]
    assert days("SELECT key, count FROM summary WHERE name = 'invoice_days' ORDER BY key") == [
        ("2025-01-03", "1"),
        ("2025-01-20", "1"),
    ]


def test_the_fourth_revision_keeps_and_numbers_the_requests_that_stood(first_store):
    with first_store.begin() as connection:
        derived.remove(connection)
        command.upgrade(_config(connection), "0003")
        for row in (
            "INSERT INTO data_subject_request (id, party_id, received_on, status, closed_on,"
            " version, changed_at, changed_by) VALUES"
            " (4, 1, '2025-12-30', 'closed', '2026-01-12', 2, '2026-01-12 10:00:00', 'maija'),"
            " (7, NULL, '2025-11-03', 'open', NULL, 1, '2025-11-03 10:00:00', 'maija')",
            "INSERT INTO restriction (id, party_id, since, reason, lifted_on, version, changed_at,"
            " changed_by) VALUES (3, 1, '2025-12-30', 'Tarkistetaan', '2026-01-12', 2,"
            " '2026-01-12 10:00:00', 'maija')",
        ):
            connection.execute(text(row))
        if first_store.dialect.name == "postgresql":  # keys were given, not taken
            connection.execute(text("SELECT setval('data_subject_request_id_seq', 7)"))
    migrate(first_store)

    def rows(query: str) -> list[tuple[str, ...]]:
        with first_store.connect() as connection:
            return [tuple(map(str, row)) for row in connection.execute(text(query))]

    assert rows(
        "SELECT id, number, party_id, received_on, channel, registered, status, closed_on, version"
        " FROM data_subject_request ORDER BY id"
    ) == [
        ("4", "2025-0002", "1", "2025-12-30", "post", "in_register", "closed", "2026-01-12", "2"),
        ("7", "2025-0001", "None", "2025-11-03", "post", "unknown", "open", "None", "1"),
    ]
    assert rows("SELECT id, basis, since, reason, told_on, lifted_on FROM restriction") == [
        ("3", "request", "2025-12-30", "Tarkistetaan", "2026-01-12", "2026-01-12")
    ]
    assert rows("SELECT name, next_number FROM number_series") == [("request.2025", "3")]
    with first_store.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO data_subject_request (number, received_on, channel, language,"
                " registered, status, version, changed_at, changed_by) VALUES ('2026-0001',"
                " '2026-01-13', 'email', 'fi', 'unknown', 'open', 1, '2026-01-13 10:00:00',"
                " 'maija')"
            )
        )
    assert rows("SELECT id FROM data_subject_request WHERE number = '2026-0001'") == [("8",)]


def test_the_eighth_revision_says_to_which_recipient_a_letter_went(first_store):
    letter = (
        "INSERT INTO request_letter (request_id, kind, asked, language, text, media_type, sha256,"
        " content, made_at, made_by) VALUES (1, :kind, 'erasure', 'fi', :text, 'application/pdf',"
        " '00', :content, '2026-01-13 10:00:00', 'maija')"
    )
    with first_store.begin() as connection:
        derived.remove(connection)
        command.upgrade(_config(connection), "0007")
        for row in (
            "INSERT INTO data_subject_request (number, received_on, channel, language,"
            " registered, status, version, changed_at, changed_by) VALUES ('2026-0001',"
            " '2026-01-13', 'email', 'fi', 'unknown', 'open', 1, '2026-01-13 10:00:00', 'maija')",
            "INSERT INTO recipient (name, kind, purpose, country, version, changed_at, changed_by)"
            " VALUES ('Tilitoimisto Malli Oy', 'accountant', 'kirjanpito', 'FI', 1,"
            " '2026-01-13 10:00:00', 'maija')",
        ):
            connection.execute(text(row))
        for kind, said in (
            ("erased", "Tilitoimisto Malli Oy\n\nHei"),
            ("recipients_told", "Tilitoimisto Malli Oy\n\nIlmoitus"),
            ("recipients_told", "Lopettanut Oy\n\nIlmoitus"),
        ):
            connection.execute(text(letter), {"kind": kind, "text": said, "content": b"%PDF"})
    migrate(first_store)
    with first_store.connect() as connection:
        found = connection.execute(text("SELECT recipient_id FROM request_letter ORDER BY id"))
        assert [row[0] for row in found] == [None, 1, None]


@pytest.mark.parametrize(
    ("row", "marks"),
    [
        (
            "INSERT INTO trail_entry (at, kind, actor, action, subject) VALUES"
            " ('2026-01-13 10:00:00', 'write', '(register)', 'restore_backup', 'store')",
            [(0, "")],
        ),
        (
            "INSERT INTO disposal_run (as_of, status, proposed_by, proposed_at, approved_by,"
            " approved_at, version, changed_at, changed_by) VALUES ('2026-01-13', 'done', 'maija',"
            " '2026-01-13 10:00:00', 'maija', '2026-01-13 10:00:00', 1, '2026-01-13 10:00:00',"
            " 'maija')",
            [(0, "")],
        ),
        (
            "INSERT INTO disposal_run (as_of, status, proposed_by, proposed_at, version,"
            " changed_at, changed_by)"
            " VALUES ('2026-01-13', 'proposed', 'maija', '2026-01-13 10:00:00', 1,"
            " '2026-01-13 10:00:00', 'maija')",
            [],
        ),
    ],
)
def test_the_ninth_revision_marks_a_store_that_has_a_ledger(first_store, row, marks):
    with first_store.begin() as connection:
        derived.remove(connection)
        command.upgrade(_config(connection), "0008")
        connection.execute(text(row))
    migrate(first_store)
    with first_store.connect() as connection:
        found = connection.execute(text("SELECT number, mac FROM ledger_mark")).all()
        assert [tuple(one) for one in found] == marks
