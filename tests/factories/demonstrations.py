"""Demonstration companies for the tests, and what two of them are compared by."""

from __future__ import annotations

import hashlib
import shutil
from datetime import date
from pathlib import Path

from sqlalchemy import inspect, select

from queries.demonstration import build
from queries.store.engine import sqlite_url
from queries.store.migrate import open_store
from queries.store.sessions import Store
from queries.store.tables import Base

TODAY = date(2026, 3, 5)
#: Filled by others: users and their sign-ins, settings, imports, what blocks a disposal,
#: what disposals and restores note, and decisions of a person on a claim.
NOT_OURS = {
    "data_subject_request",
    "derived_mark",
    "disposal_gate",
    "disposal_item",
    "disposal_run",
    "erased_record",
    "identity_check",
    "import_batch",
    "import_before",
    "import_change",
    "import_mention",
    "import_row",
    "ledger_mark",
    "legal_hold",
    "newsletter_issue",
    "notice_version",
    "post_code",
    "request_attachment",
    "request_letter",
    "request_right",
    "request_suspension",
    "restriction",
    "setting",
    "sign_in_session",
    "sign_in_ticket",
    "user_account",
    "write_off",
}
OURS = [table for table in Base.metadata.sorted_tables if table.name not in NOT_OURS]


def fill(store: Store, customers: int, seed: int = 1, today: date = TODAY) -> Store:
    build(store, customers=customers, seed=seed, today=today)
    return store


def fresh(template: Path, folder: Path) -> Store:
    path = folder / "register.sqlite"
    shutil.copy(template, path)
    return open_store(sqlite_url(path))


def fingerprint(store: Store) -> str:
    """One hash over every row of every table of ours."""
    told = hashlib.sha256()
    with store.engine.connect() as connection:
        for table in OURS:
            rows = sorted(repr(tuple(row)) for row in connection.execute(select(table)))
            told.update(f"{table.name} {len(rows)}\n".encode())
            told.update("\n".join(rows).encode())
    return told.hexdigest()


def schema(store: Store) -> dict[str, tuple[list[str], list[str]]]:
    """Return the indexes and foreign keys of each table, as the database describes them."""
    seen = inspect(store.engine)
    return {
        table: (
            sorted(
                f"{index['name']} {index['column_names']} {index['unique']}"
                for index in seen.get_indexes(table)
            ),
            sorted(
                f"{key['name']} {key['constrained_columns']} {key['referred_table']}"
                f" {key['options']}"
                for key in seen.get_foreign_keys(table)
            ),
        )
        for table in sorted(seen.get_table_names())
    }
