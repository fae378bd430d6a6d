"""What is derived from the tables and kept by the database itself: guards, summaries, search.

Migrations own the tables; everything here is made anew from this module whenever its fingerprint
changes, so no migration ever has to copy a trigger.

- *Guards* refuse, in the database, to change or remove what only the disposal service may: issued
  invoices and their lines, payments, parties, orders, work entries and the trail.
- *Summaries* are counts and sums by key, kept in the writing transaction.
- *Search* is the trigram index over ``party_search``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, text

GATE_SHUT = "NOT EXISTS (SELECT 1 FROM disposal_gate)"


@dataclass(frozen=True)
class Kept:
    """One summary: which rows of ``table`` count, under which key, with which sum.

    ``{r}`` stands for the row; ``month(...)`` is written in each engine's own way.
    """

    name: str
    table: str
    when: str
    key: str
    cents: str
    columns: tuple[str, ...]


SUMMARIES = (
    Kept("invoiced", "invoice", "{r}.status = 'issued'", "month({r}.issued_on)", "{r}.net_cents",
         ("status", "issued_on", "net_cents")),
    # What customers owe, by due day; an invoice that came in without one is under the last day.
    Kept("open_by_due", "invoice", "{r}.open_cents > 0", "day(coalesce({r}.due_on, '9999-12-31'))",
         "{r}.open_cents", ("open_cents", "due_on")),
    # What customers are owed: credited or paid too much.
    Kept("to_refund", "invoice", "{r}.open_cents < 0", "'all'", "{r}.open_cents", ("open_cents",)),
    Kept("orders", "service_order", "1 = 1", "{r}.status", "0", ("status",)),
    Kept("customers", "party", "{r}.is_customer", "{r}.status", "0", ("is_customer", "status")),
    Kept("started", "party", "{r}.is_customer", "month({r}.started_on)", "0",
         ("is_customer", "started_on")),
    Kept("ended", "party", "{r}.is_customer AND {r}.ended_on IS NOT NULL", "month({r}.ended_on)",
         "0", ("is_customer", "ended_on")),
)  # fmt: skip

_INVOICE_FREE = {"open_cents", "version", "changed_at", "changed_by"}


def install(connection: Connection) -> None:
    """Make the derived objects anew where they differ from this module."""
    wanted = _fingerprint(connection)
    marks = dict(connection.execute(text("SELECT name, fingerprint FROM derived_mark")).all())  # type: ignore[arg-type]  # rows of two
    if marks.get("derived") == wanted:
        return
    remove(connection)
    _create(connection)
    rebuild(connection)
    connection.execute(
        text("INSERT INTO derived_mark (name, fingerprint) VALUES ('derived', :f)"), {"f": wanted}
    )


def remove(connection: Connection) -> None:
    """Take the derived objects out, as before a migration or a bulk load."""
    if connection.dialect.name == "sqlite":
        names = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'derived_%'")
        ).scalars()
        for name in list(names):
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        connection.exec_driver_sql("DROP TABLE IF EXISTS party_trigram")
    else:
        names = connection.execute(
            text("SELECT proname FROM pg_proc WHERE proname LIKE 'derived\\_%'"
                 " AND pronamespace = current_schema()::regnamespace")
        ).scalars()  # fmt: skip
        for name in list(names):
            connection.exec_driver_sql(f'DROP FUNCTION "{name}"() CASCADE')
        connection.exec_driver_sql("DROP INDEX IF EXISTS derived_party_trigram")
    connection.execute(text("DELETE FROM derived_mark WHERE name = 'derived'"))


def rebuild(connection: Connection) -> None:
    """Compute every summary and the search index from the rows."""
    connection.execute(text("DELETE FROM summary"))
    for kept in SUMMARIES:
        connection.execute(text(
            f"INSERT INTO summary (name, key, count, cents) SELECT '{kept.name}', k, count(*),"  # noqa: S608 - our own constants
            f" sum(c) FROM ({_keyed_rows(connection, kept)}) AS rows GROUP BY k"
        ))  # fmt: skip
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO party_trigram(party_trigram) VALUES ('rebuild')")


def differences(connection: Connection) -> list[str]:
    """The keys at which a kept summary is not what the rows say; empty when all is well."""
    wrong = []
    for kept in SUMMARIES:
        rows = connection.execute(text(
            f"SELECT k, count(*), sum(c) FROM ({_keyed_rows(connection, kept)}) AS rows GROUP BY k"  # noqa: S608 - our own constants
        ))  # fmt: skip
        told = {key: (count, int(cents)) for key, count, cents in rows}
        stands = {
            key: (count, cents)
            for key, count, cents in connection.execute(
                text("SELECT key, count, cents FROM summary WHERE name = :n AND"
                     " (count <> 0 OR cents <> 0)"), {"n": kept.name})
        }  # fmt: skip
        wrong += [f"{kept.name}/{key}" for key in told.keys() | stands.keys()
                  if told.get(key) != stands.get(key)]  # fmt: skip
    return sorted(wrong)


@contextmanager
def without(connection: Connection) -> Iterator[None]:
    """Load in bulk without triggers; they and what they keep are made anew afterwards."""
    remove(connection)
    yield
    install(connection)


def has_trigrams(connection: Connection) -> bool:
    """Whether this PostgreSQL server has pg_trgm to offer, or this SQLite its trigram index."""
    if connection.dialect.name == "sqlite":
        return True
    found = connection.execute(
        text("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
    ).first()
    return found is not None


def _fingerprint(connection: Connection) -> str:
    if connection.dialect.name == "sqlite":
        statements = [*_sqlite_guards(), *_sqlite_summaries(), *_SQLITE_SEARCH]
    else:
        statements = [*_postgresql_guards(), *_postgresql_summaries()]
        statements.append(f"trigrams {has_trigrams(connection)}")
    return hashlib.sha256("\n".join(statements).encode()).hexdigest()


def _create(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        statements = [*_sqlite_guards(), *_sqlite_summaries(), *_SQLITE_SEARCH]
    else:
        statements = [*_postgresql_guards(), *_postgresql_summaries()]
        if has_trigrams(connection):
            statements += _POSTGRESQL_SEARCH
    for statement in statements:
        connection.exec_driver_sql(statement)


def _keyed_rows(connection: Connection, kept: Kept) -> str:
    key, cents, when = (
        _in_dialect(part, connection.dialect.name).format(r=kept.table)
        for part in (kept.key, kept.cents, kept.when)
    )
    return f"SELECT {key} AS k, {cents} AS c FROM {kept.table} WHERE {when}"  # noqa: S608 - our own constants


def _in_dialect(expression: str, dialect: str) -> str:
    """``month(x)`` and ``day(x)`` as text, 2026-03 and 2026-03-05."""
    for word, length, form in (("month", 7, "YYYY-MM"), ("day", 10, "YYYY-MM-DD")):
        if expression.startswith(f"{word}("):
            inner = expression.removeprefix(f"{word}(").removesuffix(")")
            if dialect == "sqlite":
                return f"substr({inner}, 1, {length})"
            return f"to_char({inner}, '{form}')"
    return expression


def _guarded() -> list[tuple[str, str, str, str]]:
    """Name, table, event and condition of each guard; {r} is the row as it stood."""
    from queries.store.tables import Invoice  # noqa: PLC0415 - the columns as they are now

    fixed = [c.name for c in Invoice.__table__.columns if c.name not in _INVOICE_FREE]
    line_is_issued = (
        "EXISTS (SELECT 1 FROM invoice WHERE invoice.id = {r}.invoice_id"
        " AND invoice.status = 'issued')"
    )
    guards = [
        ("invoice_fixed", "invoice", "UPDATE OF " + ", ".join(fixed), "{r}.status = 'issued'"),
        ("invoice_kept", "invoice", "DELETE", "{r}.status = 'issued'"),
        ("line_fixed", "invoice_line", "UPDATE", line_is_issued),
        ("line_kept", "invoice_line", "DELETE", line_is_issued),
        ("line_added", "invoice_line", "INSERT", line_is_issued),
        ("payment_fixed", "payment", "UPDATE", "1 = 1"),
        ("trail_fixed", "trail_entry", "UPDATE", "1 = 1"),
    ]
    kept = ("payment", "trail_entry", "party", "service_order", "work_entry")
    guards += [(f"{table}_kept", table, "DELETE", "1 = 1") for table in kept]
    return guards


def _sqlite_guards() -> list[str]:
    return [
        f"CREATE TRIGGER derived_{name} BEFORE {doing} ON {table}"
        f" WHEN {when.format(r='NEW' if doing == 'INSERT' else 'OLD')} AND {GATE_SHUT}"
        f" BEGIN SELECT RAISE(ABORT, 'guarded: {name}'); END"
        for name, table, doing, when in _guarded()
    ]


def _postgresql_guards() -> list[str]:
    statements = []
    for name, table, doing, when in _guarded():
        row = "NEW" if doing == "INSERT" else "OLD"
        back = "OLD" if doing == "DELETE" else "NEW"
        statements += [
            f"CREATE FUNCTION derived_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {when.format(r=row)} AND {GATE_SHUT} THEN RAISE EXCEPTION 'guarded: {name}';"
            f" END IF; RETURN {back}; END $$",
            f"CREATE TRIGGER derived_{name} BEFORE {doing} ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION derived_{name}()",
        ]
    return statements


def _taken_and_added(kept: Kept, dialect: str) -> tuple[str, str, str, str]:
    """Condition and statement for the old row, then for the new one."""
    key, cents = _in_dialect(kept.key, dialect), kept.cents
    take = (
        f"UPDATE summary SET count = count - 1, cents = cents - {cents.format(r='OLD')}"  # noqa: S608 - our own constants
        f" WHERE name = '{kept.name}' AND key = {key.format(r='OLD')}"
    )
    add = (
        f"INSERT INTO summary (name, key, count, cents) VALUES ('{kept.name}',"  # noqa: S608 - our own constants
        f" {key.format(r='NEW')}, 1, {cents.format(r='NEW')})"
        " ON CONFLICT (name, key) DO UPDATE SET count = summary.count + 1,"
        " cents = summary.cents + excluded.cents"
    )
    return kept.when.format(r="OLD"), take, kept.when.format(r="NEW"), add


def _sqlite_summaries() -> list[str]:
    statements = []
    for kept in SUMMARIES:
        was, take, is_, add = _taken_and_added(kept, "sqlite")
        update = "UPDATE OF " + ", ".join(kept.columns)
        for tag, doing, when, do in (
            ("added", "INSERT", is_, add),
            ("taken", "DELETE", was, take),
            ("before", update, was, take),
            ("after", update, is_, add),
        ):
            statements.append(
                f"CREATE TRIGGER derived_sum_{kept.name}_{tag} AFTER {doing} ON {kept.table}"
                f" WHEN {when} BEGIN {do}; END"
            )
    return statements


def _postgresql_summaries() -> list[str]:
    statements = []
    for kept in SUMMARIES:
        was, take, is_, add = _taken_and_added(kept, "postgresql")
        function = f"derived_sum_{kept.name}"
        statements += [
            f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF TG_OP <> 'INSERT' THEN IF {was} THEN {take}; END IF; END IF;"
            f" IF TG_OP <> 'DELETE' THEN IF {is_} THEN {add}; END IF; END IF;"
            " RETURN NULL; END $$",
            f"CREATE TRIGGER {function} AFTER INSERT OR DELETE OR UPDATE OF"
            f" {', '.join(kept.columns)} ON {kept.table} FOR EACH ROW EXECUTE FUNCTION {function}()",
        ]
    return statements


_SQLITE_SEARCH = [
    "CREATE VIRTUAL TABLE party_trigram USING fts5(text, content='party_search',"
    " content_rowid='party_id', tokenize='trigram', detail=none)",
    "CREATE TRIGGER derived_search_added AFTER INSERT ON party_search BEGIN"
    " INSERT INTO party_trigram(rowid, text) VALUES (NEW.party_id, NEW.text); END",
    "CREATE TRIGGER derived_search_taken AFTER DELETE ON party_search BEGIN"
    " INSERT INTO party_trigram(party_trigram, rowid, text)"
    " VALUES ('delete', OLD.party_id, OLD.text); END",
    "CREATE TRIGGER derived_search_changed AFTER UPDATE ON party_search BEGIN"
    " INSERT INTO party_trigram(party_trigram, rowid, text)"
    " VALUES ('delete', OLD.party_id, OLD.text);"
    " INSERT INTO party_trigram(rowid, text) VALUES (NEW.party_id, NEW.text); END",
]

_POSTGRESQL_SEARCH = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX derived_party_trigram ON party_search USING gin (text gin_trgm_ops)",
]
