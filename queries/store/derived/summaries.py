"""Summaries: counts and sums by key, kept in the writing transaction.

On PostgreSQL they are kept when it commits (:mod:`.locks`): nobody waits for a count while another
transaction is open, and two that count in opposite order do not wait for each other.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from queries.store.derived import locks


@dataclass(frozen=True)
class KeptSummary:
    """One summary: which rows of ``table`` count, under which key, with which sum.

    ``{r}`` is the row; ``month(...)``, ``day(...)`` and ``hour(...)`` are written in each
    engine's own way.
    """

    name: str
    table: str
    when: str
    key: str
    cents: str
    columns: tuple[str, ...]


SUMMARIES = (
    KeptSummary(
        "invoiced",
        "invoice",
        "{r}.status = 'issued'",
        "month({r}.issued_on)",
        "{r}.net_cents",
        ("status", "issued_on", "net_cents"),
    ),
    # What customers owe, by due day; an invoice imported without one is under the last day.
    KeptSummary(
        "open_by_due",
        "invoice",
        "{r}.open_cents > 0",
        "day(coalesce({r}.due_on, '9999-12-31'))",
        "{r}.open_cents",
        ("open_cents", "due_on"),
    ),
    # What customers are owed: credited or paid too much.
    KeptSummary(
        "to_refund", "invoice", "{r}.open_cents < 0", "'all'", "{r}.open_cents", ("open_cents",)
    ),
    KeptSummary("orders", "service_order", "1 = 1", "{r}.status", "0", ("status",)),
    KeptSummary(
        "customers", "party", "{r}.is_customer", "{r}.status", "0", ("is_customer", "status")
    ),
    KeptSummary(
        "started",
        "party",
        "{r}.is_customer",
        "month({r}.started_on)",
        "0",
        ("is_customer", "started_on"),
    ),
    # The days from which retention counts, so that what is due is a sum over days.
    KeptSummary(
        "invoice_days",
        "invoice",
        "{r}.last_event_on IS NOT NULL AND {r}.credits_id IS NULL AND {r}.claim_on IS NULL",
        "day({r}.last_event_on)",
        "0",
        ("last_event_on", "credits_id", "claim_on"),
    ),
    KeptSummary(
        "order_days",
        "service_order",
        "{r}.voucher_on IS NOT NULL",
        "day({r}.voucher_on)",
        "0",
        ("voucher_on",),
    ),
    KeptSummary(
        "rest_days",
        "service_order",
        "{r}.rest_on IS NOT NULL",
        "day({r}.rest_on)",
        "0",
        ("rest_on",),
    ),
    KeptSummary("note_days", "note", "1 = 1", "day({r}.noted_on)", "0", ("noted_on",)),
    # By the hour: no day of Helsinki begins within one of UTC.
    KeptSummary(
        "drafts",
        "invoice",
        "{r}.status = 'draft'",
        "hour({r}.changed_at)",
        "0",
        ("status", "changed_at"),
    ),
    KeptSummary(
        "ended",
        "party",
        "{r}.is_customer AND {r}.ended_on IS NOT NULL",
        "month({r}.ended_on)",
        "0",
        ("is_customer", "ended_on"),
    ),
)


def rebuild(connection: Connection) -> None:
    """Compute every summary from the rows; on PostgreSQL nobody writes to them meanwhile."""
    locks.take_tables(connection, sorted({kept.table for kept in SUMMARIES}))
    connection.execute(text("DELETE FROM summary"))
    for kept in SUMMARIES:
        connection.execute(
            text(
                f"INSERT INTO summary (name, key, count, cents) SELECT '{kept.name}', k, count(*),"  # noqa: S608 - our own constants
                f" sum(c) FROM ({_keyed_rows(connection, kept)}) AS rows GROUP BY k"
            )
        )


def differences(connection: Connection) -> list[str]:
    """The keys at which a kept summary is not what the rows say."""
    wrong = []
    for kept in SUMMARIES:
        rows = connection.execute(
            text(
                "SELECT k, count(*), sum(c)"  # noqa: S608 - our own constants
                f" FROM ({_keyed_rows(connection, kept)}) AS rows GROUP BY k"
            )
        )
        told = {key: (count, int(cents)) for key, count, cents in rows}
        stands = {
            key: (count, cents)
            for key, count, cents in connection.execute(
                text(
                    "SELECT key, count, cents FROM summary WHERE name = :n AND"
                    " (count <> 0 OR cents <> 0)"
                ),
                {"n": kept.name},
            )
        }
        wrong += [
            f"{kept.name}/{key}"
            for key in told.keys() | stands.keys()
            if told.get(key) != stands.get(key)
        ]
    return wrong


def _taken_and_added(kept: KeptSummary, dialect: str) -> tuple[str, str, str, str]:
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


def sqlite() -> list[str]:
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


def postgresql() -> list[str]:
    statements = []
    for kept in SUMMARIES:
        was, take, is_, add = _taken_and_added(kept, "postgresql")
        function = f"derived_sum_{kept.name}"
        statements += [
            f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" {locks.IN_TRIGGER} IF TG_OP <> 'INSERT' THEN IF {was} THEN {take}; END IF; END IF;"
            f" IF TG_OP <> 'DELETE' THEN IF {is_} THEN {add}; END IF; END IF;"
            " RETURN NULL; END $$",
            f"CREATE CONSTRAINT TRIGGER {function} AFTER INSERT OR DELETE OR UPDATE OF"
            f" {', '.join(kept.columns)} ON {kept.table} DEFERRABLE INITIALLY DEFERRED"
            f" FOR EACH ROW EXECUTE FUNCTION {function}()",
        ]
    return statements


def _keyed_rows(connection: Connection, kept: KeptSummary) -> str:
    key, cents, when = (
        _in_dialect(part, connection.dialect.name).format(r=kept.table)
        for part in (kept.key, kept.cents, kept.when)
    )
    return f"SELECT {key} AS k, {cents} AS c FROM {kept.table} WHERE {when}"  # noqa: S608 - our own constants


def _in_dialect(expression: str, dialect: str) -> str:
    """``month(x)``, ``day(x)`` and ``hour(x)`` as text: 2026-03, 2026-03-05, 2026-03-05 09."""
    words = (("month", 7, "YYYY-MM"), ("day", 10, "YYYY-MM-DD"), ("hour", 13, "YYYY-MM-DD HH24"))
    for word, length, form in words:
        if expression.startswith(f"{word}("):
            inner = expression.removeprefix(f"{word}(").removesuffix(")")
            if dialect == "sqlite":
                return f"substr({inner}, 1, {length})"
            return f"to_char({inner}, '{form}')"
    return expression
