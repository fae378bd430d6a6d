"""The real schema of a store, compared with the one that this program makes.

**The danger.** A revision is a word in a table. A store whose checks, indexes or triggers are gone
or are another program's says the same word, and keeps wrong facts without anyone noticing.

**The principle.** What the engine itself says of every table, column, constraint, index, trigger
and trigger function is compared. Engines write expressions in words of their own
(``IN`` becomes ``= ANY``), so the schema of this program is made once more beside the store, by
the same engine, read in the same way, and taken away again: :func:`differences`. That is done
when a store is migrated or checked. What was found equal then is noted as a fingerprint in the
store, and whoever opens it compares the fingerprint alone: :func:`is_as_marked`.

The order of columns and constraints, white space and quotes are ignored: they depend on
which migrations a store went through. Nor are brackets and casts between texts in an expression of
PostgreSQL, which it writes otherwise once it has read its own words from a dump.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import StaticPool

from queries.store import derived
from queries.store.tables import Base

_MARK = "schema"
_BESIDE = "register_schema_of_the_program"
#: The migrations' own table, and what the engine makes of the search index by itself.
_NOT_OURS = ("alembic_version", "party_trigram_", "sqlite_")

_SQLITE = "SELECT type, name, sql FROM sqlite_master WHERE type <> 'view' AND sql IS NOT NULL"
_POSTGRESQL = """
SELECT 'column ' || c.relname || '.' || a.attname,
       concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
                 l.collname, pg_get_expr(d.adbin, d.adrelid))
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  LEFT JOIN pg_collation l ON l.oid = a.attcollation
 WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
UNION ALL
SELECT 'constraint ' || c.relname || '.' || k.conname,
       concat_ws(' ', pg_get_constraintdef(k.oid), k.convalidated)
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
 WHERE k.connamespace = current_schema()::regnamespace AND k.contype <> 'n' AND k.contype <> 't'
UNION ALL
SELECT 'index ' || i.relname, concat_ws(' ', pg_get_indexdef(x.indexrelid), x.indisvalid)
  FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
 WHERE i.relnamespace = current_schema()::regnamespace
UNION ALL
SELECT 'trigger ' || t.tgname || ' on ' || c.relname,
       concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled)
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
 WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace
UNION ALL
SELECT 'function ' || p.proname, concat_ws(' ', l.lanname, p.prosecdef, p.prosrc)
  FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
 WHERE p.pronamespace = current_schema()::regnamespace AND starts_with(p.proname, 'derived_')
"""

#: What PostgreSQL adds to an expression of its own accord.
_CAST = re.compile(r"::(?:character varying|text|bpchar)(?:\(\d+\))?(?:\[\])?|[() ]")


def described(connection: Connection) -> dict[str, str]:
    """Return the engine's description of each object of the schema, by its kind and name."""
    found = _as_the_engine_says(connection)
    if connection.dialect.name == "sqlite":
        return {name: _in_order(sql) for name, sql in found.items()}
    return found


def _as_the_engine_says(connection: Connection) -> dict[str, str]:
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(_SQLITE).all()
        return {f"{kind} {name}": sql for kind, name, sql in rows if _is_ours(name)}
    schema = connection.scalar(text("SELECT current_schema()"))
    own = re.compile(rf'(?:\b{schema}|"{schema}")\.')
    return {
        name: said if name.startswith("function ") else _CAST.sub("", own.sub("", said))
        for name, said in connection.exec_driver_sql(_POSTGRESQL)
        if _is_ours(name.split(" ", 1)[1])
    }


def differences(connection: Connection) -> list[str]:
    """The objects that the store lacks, has too many of, or has otherwise; none when all is well.

    On PostgreSQL the schema of the program is made in the transaction at hand and undone: the
    right to make a schema in the database is needed.
    """
    there = described(connection)
    with _of_the_program(connection) as beside:
        wanted = described(beside)
    return sorted(
        name for name in there.keys() | wanted.keys() if there.get(name) != wanted.get(name)
    )


def mark(connection: Connection) -> None:
    """Record that the schema as it is now is this program's; :func:`differences` found none."""
    connection.execute(text("DELETE FROM derived_mark WHERE name = :name"), {"name": _MARK})
    connection.execute(
        text("INSERT INTO derived_mark (name, fingerprint) VALUES (:name, :said)"),
        {"name": _MARK, "said": _fingerprint(connection)},
    )


def is_as_marked(connection: Connection) -> bool:
    """Check if the schema is still the one that was compared. Two statements on SQLite, three on
    PostgreSQL."""
    noted = connection.scalar(
        text("SELECT fingerprint FROM derived_mark WHERE name = :name"), {"name": _MARK}
    )
    return bool(noted == _fingerprint(connection))


def _fingerprint(connection: Connection) -> str:
    lines = sorted(f"{name}\n{said}" for name, said in _as_the_engine_says(connection).items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@contextmanager
def _of_the_program(connection: Connection) -> Iterator[Connection]:
    """A connection that sees the schema of this program and nothing in it."""
    if connection.dialect.name == "sqlite":
        engine = create_engine("sqlite+pysqlite://", poolclass=StaticPool)
        try:
            with engine.connect() as beside:
                _make(beside)
                yield beside
        finally:
            engine.dispose()
        return
    schema = connection.scalar(text("SELECT current_schema()"))
    undone = connection.begin_nested()
    try:
        connection.exec_driver_sql(f'CREATE SCHEMA "{_BESIDE}"')
        # The schema of the store is looked at last: that is where the extensions are.
        connection.exec_driver_sql(f'SET LOCAL search_path TO "{_BESIDE}", "{schema}"')
        _make(connection)
        yield connection
    finally:
        undone.rollback()


def _make(connection: Connection) -> None:
    Base.metadata.create_all(connection, checkfirst=False)
    derived.make(connection)


def _is_ours(name: str) -> bool:
    return not name.startswith(_NOT_OURS)


def _in_order(sql: str) -> str:
    """A statement of SQLite without white space and quotes; the parts of a table in order.

    >>> _in_order('CREATE TABLE "t" (b INTEGER, a TEXT, CHECK (a IN (1, 2)))')
    'CREATE TABLE t (a TEXT;b INTEGER;CHECK (a IN (1, 2)))'
    """
    plain = " ".join(sql.replace('"', "").split())
    head, opening, body = plain.partition("(")
    if not plain.startswith("CREATE TABLE ") or not opening:
        return plain
    return f"{head}({';'.join(sorted(_parts(body[: body.rindex(')')]), key=str.lower))})"


def _parts(body: str) -> list[str]:
    """The parts between the commas that no bracket and no quote encloses."""
    parts, depth, quoted = [""], 0, False
    for sign in body:
        if sign == "'":
            quoted = not quoted
        elif not quoted:
            depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth and not quoted:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts]
