"""Facts: the latest day of each file's events, kept by triggers and computed from the rows.

The danger: a fact that lags behind its rows lets a voucher go too early. The principle: every fact
is one expression over the rows; the trigger writes what the expression says now, and never adds to
what it said before. So the fact is right in whatever order rows are added and removed.
The transaction boundary: a trigger works in the transaction of the row that fires it.

On PostgreSQL a statement sees what was committed before it began, and not what another transaction
commits while it waits. So a trigger takes its lock in a statement before the one that computes: the
rows of invoices, then of orders, each by id, and keeps their facts at once; the facts of parties it
keeps when the transaction commits, under the lock of all derived facts (:mod:`.locks`). SQLite has
one writer and keeps all of them at once.

- ``invoice.last_event_on``: the latest day of an issued invoice, its payments, its credit notes and
  its write-offs.
- ``invoice.claim_on``: see :class:`queries.store.tables.Invoice`.
- ``service_order.voucher_on`` and ``rest_on``: see :class:`queries.store.tables.ServiceOrder`.
- ``party_facts``: see :class:`queries.store.tables.PartyFacts`.

``service_order.invoiced_on`` is noted beside them: it outlives the invoice, so no later row can say
it. "Never" is not a day: what is still in force has no day at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from queries.store.derived import locks
from queries.store.derived.fact_expressions import (
    CLAIM,
    FOLLOWS,
    INVOICE,
    LAST_ISSUE,
    PARTY,
    REST,
    THEIRS,
    UNNOTED,
    VOUCHER,
)
from queries.store.derived.guards import GATE_SHUT

_COLUMNS = (
    "in_force",
    "last_voucher_on",
    "last_claim_on",
    "last_rest_on",
    "last_draft_at",
    "last_note_on",
    "lead_on",
    "ended_on",
    "unlinked_on",
)


@dataclass(frozen=True)
class _Write:
    """A statement that keeps facts.

    :param rows: the table and condition of the rows that it writes and that are locked before it;
        None for the facts of parties, which have a lock of their own.
    """

    statement: str
    rows: tuple[str, str] | None = None


@dataclass(frozen=True)
class _Trigger:
    """A trigger's body for each row of a table at an event; {NEW} and {OLD} are the rows."""

    name: str
    table: str
    event: str
    writes: tuple[_Write, ...]

    @property
    def at_commit(self) -> bool:
        """Return whether PostgreSQL keeps the facts when the transaction commits: those of
        parties."""
        return self.table != "party_facts" and all(write.rows is None for write in self.writes)


#: The tables whose rows the facts are computed from.
_SOURCES = (
    "invoice",
    "payment",
    "write_off",
    "service_order",
    "work_entry",
    "party",
    "contact_person",
    "note",
    "party_facts",
)


def definitions(dialect: str) -> list[str]:
    """The expressions, for the fingerprint."""
    return [_in(dialect, part) for part in (INVOICE, CLAIM, VOUCHER, REST, _own(), _following())]


def rebuild(connection: Connection) -> None:
    """Compute every fact from the rows; what is right already is not written again.

    On PostgreSQL the tables of the rows are locked: nobody writes to them until the transaction
    ends.
    """
    locks.take_tables(connection, _SOURCES)
    dialect = connection.dialect.name
    for statement in _rebuilding(dialect):
        connection.exec_driver_sql(statement)
    # Once for each link of a chain: before, whom a party follows has no facts yet.
    following = _in(dialect, _keep_party("IS NOT NULL")[1])
    while connection.exec_driver_sql(following).rowcount > 0:
        pass


def differences(connection: Connection) -> list[str]:
    """The facts that are not what the rows say, as ``table/key``."""
    dialect = connection.dialect.name
    queries = {
        "invoice": f"SELECT id FROM invoice WHERE last_event_on {{differs}} {INVOICE}"  # noqa: S608 - our own constants
        f" OR claim_on {{differs}} {CLAIM}",
        "service_order": "SELECT id FROM service_order"  # noqa: S608 - our own constants
        f" WHERE voucher_on {{differs}} {VOUCHER} OR rest_on {{differs}} {REST} OR {UNNOTED}",
        "party_facts": f"SELECT told.id FROM ({_own()} UNION ALL {_following()}) AS told"  # noqa: S608 - our own constants
        " LEFT JOIN party_facts ON party_facts.party_id = told.id WHERE party_facts.party_id"
        " IS NULL OR "
        + " OR ".join(f"told.{name} {{differs}} party_facts.{name}" for name in _COLUMNS),
    }
    return [
        f"{table}/{key}"
        for table, query in queries.items()
        for key in connection.exec_driver_sql(_in(dialect, query)).scalars()
    ]


def _rebuilding(dialect: str) -> Iterator[str]:
    for which in ("IS NOT NULL", "IS NULL"):  # credit notes first: their invoices look at them
        yield _in(dialect, _set_invoice(f"invoice.credits_id {which}"))
    yield _in(dialect, _set_claim("1 = 1"))
    yield _in(dialect, _note_invoiced("1 = 1"))
    yield _in(dialect, _set_order("1 = 1"))
    yield "DELETE FROM party_facts"
    yield _in(dialect, f"INSERT INTO party_facts (party_id, {', '.join(_COLUMNS)}) {_own()}")


def _set_invoice(which: str) -> str:
    return (
        f"UPDATE invoice SET last_event_on = {INVOICE}"  # noqa: S608 - our own constants
        f" WHERE {which} AND last_event_on {{differs}} {INVOICE}"
    )


def _set_claim(which: str) -> str:
    return f"UPDATE invoice SET claim_on = {CLAIM} WHERE {which} AND claim_on {{differs}} {CLAIM}"  # noqa: S608 - our own constants


def _note_invoiced(which: str) -> str:
    """Record on an order when it was last invoiced; what was recorded before is never taken
    back."""
    return f"UPDATE service_order SET invoiced_on = {LAST_ISSUE} WHERE {which} AND {UNNOTED}"  # noqa: S608 - our own constants


def _set_order(which: str) -> str:
    return (
        f"UPDATE service_order SET voucher_on = {VOUCHER}, rest_on = {REST}"  # noqa: S608 - our own constants
        f" WHERE {which} AND (voucher_on {{differs}} {VOUCHER} OR rest_on {{differs}} {REST})"
    )


def _invoices(which: str) -> _Write:
    return _Write(_set_invoice(which), ("invoice", which))


def _claims(which: str) -> _Write:
    return _Write(_set_claim(which), ("invoice", which))


def _orders(which: str) -> _Write:
    return _Write(_set_order(which), ("service_order", which))


def _invoiced(which: str) -> _Write:
    return _Write(_note_invoiced(which), ("service_order", which))


def _parties(which: str) -> tuple[_Write, ...]:
    return tuple(_Write(statement) for statement in _keep_party(which))


def _own(which: str = "1 = 1") -> str:
    """The facts of the parties that follow nobody."""
    told = ", ".join(f"{expression} AS {name}" for name, expression in PARTY.items())
    return f"SELECT party.id, {told} FROM party WHERE NOT {FOLLOWS} AND {which}"  # noqa: S608 - our own constants


def _following(which: str = "1 = 1", party: str = "party") -> str:
    """The facts of contact persons: the latest of their own and of their organisations'.

    :param party: the table, with how it is to be read.
    """
    parts = []
    for name, own in PARTY.items():
        if name == "in_force":
            of = "coalesce(max(CASE WHEN theirs.in_force THEN 1 ELSE 0 END), 0) = 1"
            parts.append(f"({own} OR {THEIRS.format(of=of)}) AS in_force")
        else:
            theirs = THEIRS.format(of=f"max(theirs.{name})")
            parts.append(
                f"(SELECT max(days.d) FROM (SELECT {own} AS d UNION ALL SELECT {theirs}) AS days)"  # noqa: S608 - our own constants
                f" AS {name}"
            )
    return f"SELECT party.id, {', '.join(parts)} FROM {party} WHERE {FOLLOWS} AND {which}"  # noqa: S608 - our own constants


def _keep_party(party: str, *, following: str = "party") -> list[str]:
    """Statements that write the facts of a party, or take nothing where it is gone.

    :param following: as of :func:`_following`.
    """
    columns = ", ".join(_COLUMNS)
    values = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)
    differ = " OR ".join(f"party_facts.{name} {{differs}} excluded.{name}" for name in _COLUMNS)
    return [
        f"INSERT INTO party_facts (party_id, {columns}) {rows}"
        f" ON CONFLICT (party_id) DO UPDATE SET {values} WHERE {differ}"
        for rows in (_own(f"party.id {party}"), _following(f"party.id {party}", following))
    ]


_PEOPLE_OF = (
    "IN (SELECT contact_person.person_id FROM contact_person"
    " WHERE contact_person.organisation_id = {row}.party_id)"
)


def _kept() -> Iterator[_Trigger]:
    of_payment = (
        _invoices("invoice.id = {row}.invoice_id"),
        _invoices(
            "invoice.id = (SELECT paid.credits_id FROM invoice AS paid"
            " WHERE paid.id = {row}.invoice_id)"
        ),
    )
    root = (_invoices("invoice.id = {row}.credits_id"),)
    of_invoice = (_invoices("invoice.id = {row}.id"), *root)
    order = (_orders("service_order.id = {row}.order_id"),)
    billed = (_invoiced("service_order.id = {row}.order_id"), *order)
    party = _parties("= {row}.party_id")
    yield from _each("payment", "payment", "invoice_id, paid_on", of_payment, of_payment)
    yield from _each("write_off", "write_off", "invoice_id, written_off_on", of_payment, of_payment)
    yield from _each("invoice", "invoice", "status, issued_on, credits_id", of_invoice, root)
    claimed = "last_event_on, due_on, open_cents, credits_id"
    of_root = (_claims("invoice.id = {row}.credits_id"),)
    yield from _each(
        "claim", "invoice", claimed, (_claims("invoice.id = {row}.id"), *of_root), of_root
    )
    yield from _each("billed", "invoice", "last_event_on, order_id", billed, order)
    files = "last_event_on, claim_on, party_id, changed_at, status"
    yield from _each("file", "invoice", files, party, party)
    itself = (_orders("service_order.id = {row}.id"),)
    ordered = "status, ordered_on, closed_on, invoiced_on"
    yield from _each("order", "service_order", ordered, itself)
    yield from _each("work", "work_entry", "order_id, done_on", order, order)
    at_rest = "status, voucher_on, rest_on, party_id"
    yield from _each("rest", "service_order", at_rest, party, party)
    yield from _each("note", "note", "noted_on, party_id", party, party)
    own = "status, is_customer, is_partner, started_on, ended_on, unlinked_on"
    yield from _each("party", "party", own, _parties("= {row}.id"))
    person = _parties("= {row}.person_id")
    yield from _each("linked", "contact_person", "organisation_id, person_id", person, person)
    yield from _each("people", "party_facts", ", ".join(_COLUMNS), _parties(_PEOPLE_OF))


def refresh(
    connection: Connection, table: str, orders: Sequence[int], parties: Sequence[int]
) -> None:
    """Bring the facts of these orders and parties up to date, and of the parties' contact persons.

    For the eraser alone: while its gate is open no trigger keeps facts, which one by one would take
    ten times as long as erasing in sets. Most parties whose old invoices go have newer ones: only
    where a fact is not what its rows say any more is it written.

    :param table: from which rows went.
    """
    dialect = connection.dialect.name
    for chunk in _lists(orders):
        which = f"service_order.id {chunk}"
        if dialect == "postgresql":
            connection.exec_driver_sql(_rows_to_lock("service_order", which))
        connection.exec_driver_sql(_in(dialect, _set_order(which)))
    if parties:
        locks.take(connection)
    for chunk in _lists(parties):
        changed = connection.exec_driver_sql(_in(dialect, _changed(table, chunk))).scalars().all()
        _keep_with_followers(connection, changed)


def _keep_with_followers(connection: Connection, parties: Sequence[int]) -> None:
    """Keep the facts of these parties, of their contact persons, and on as the triggers would where
    one of those has contact persons itself (a person who was made an organisation)."""
    dialect = connection.dialect.name
    kept: set[int] = set()
    keys = sorted(parties)
    while keys:
        for chunk in _lists(keys):
            for statement in _keep_party(chunk, following=_BY_KEY):
                connection.exec_driver_sql(_in(dialect, statement))
        kept.update(keys)
        people = {
            person
            for chunk in _lists(keys)
            for person in connection.exec_driver_sql(
                "SELECT DISTINCT person_id FROM contact_person"  # noqa: S608 - keys
                f" WHERE organisation_id {chunk}"
            ).scalars()
        }
        keys = sorted(people - kept)


#: Of thousands of keys SQLite thinks that all parties of a status are fewer.
_BY_KEY = "party{by_key}"

#: The facts of a party that look at the rows of a table.
_LOOK_AT = {
    "invoice": ("last_voucher_on", "last_claim_on", "last_draft_at", "last_rest_on"),
    "service_order": ("in_force", "last_voucher_on", "last_rest_on"),
    "note": ("last_note_on", "lead_on"),
}


def _changed(table: str, chunk: str) -> str:
    """Select the parties among these of which a fact differs from its rows, and those whose
    facts follow from other parties, since their own rows are not enough to decide."""
    differ = (
        f"party_facts.{name} {{differs}} {PARTY[name]}" for name in _LOOK_AT.get(table, PARTY)
    )
    return (
        "SELECT party.id FROM party JOIN party_facts ON party_facts.party_id = party.id"  # noqa: S608 - our own constants
        f" WHERE party.id {chunk} AND ({' OR '.join(differ)})"
    )


def _lists(keys: Sequence[int], size: int = 5_000) -> Iterator[str]:
    for start in range(0, len(keys), size):
        yield f"IN ({', '.join(str(int(key)) for key in keys[start : start + size])})"


def _each(
    name: str, table: str, columns: str, now: tuple[_Write, ...], before: tuple[_Write, ...] = ()
) -> Iterator[_Trigger]:
    """A trigger for each event: ``now`` for the row as it is, ``before`` as it was."""
    new = tuple(_of_row(write, "NEW") for write in now)
    old = tuple(_of_row(write, "OLD") for write in before)
    yield _Trigger(f"{name}_added", table, "INSERT", new)
    yield _Trigger(f"{name}_changed", table, f"UPDATE OF {columns}", (*old, *new))
    if old:
        yield _Trigger(f"{name}_taken", table, "DELETE", old)


def _of_row(write: _Write, row: str) -> _Write:
    rows = write.rows and (write.rows[0], write.rows[1].replace("{row}", row))
    return replace(write, statement=write.statement.replace("{row}", row), rows=rows)


def index(dialect: str) -> str:
    """Return the index by which parties are counted without reading their rows: the relation is
    over, and its first column is the event that distinguishes most of them."""
    over = "in_force = 0" if dialect == "sqlite" else "NOT in_force"
    return (
        "CREATE INDEX derived_party_over ON party_facts (last_voucher_on, ended_on, lead_on,"
        " last_claim_on, last_rest_on, last_note_on, last_draft_at, unlinked_on, party_id,"
        " in_force)"
        f" WHERE {over}"
    )


def triggers(dialect: str) -> list[str]:
    """The statements that make the triggers."""
    if dialect == "sqlite":
        return [_on_sqlite(trigger) for trigger in _kept()]
    shut = f"CREATE FUNCTION {_SHUT} RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN"
    return [
        f"{shut} {GATE_SHUT}; END $$",
        *(statement for trigger in _kept() for statement in _on_postgresql(trigger)),
    ]


#: Asked when the row changes and not at commit: the eraser has shut its gate again by then.
_SHUT = "derived_gate_shut()"


def _on_sqlite(trigger: _Trigger) -> str:
    body = _in("sqlite", " ".join(f"{write.statement};" for write in trigger.writes))
    head = f"CREATE TRIGGER derived_fact_{trigger.name} AFTER {trigger.event} ON {trigger.table}"
    return f"{head} WHEN {GATE_SHUT} BEGIN {body} END"


def _on_postgresql(trigger: _Trigger) -> Iterator[str]:
    function = f"derived_fact_{trigger.name}()"
    does = [f"{write.statement};" for write in trigger.writes]
    body = _in("postgresql", " ".join([*_locks(trigger), *does]))
    yield (
        f"CREATE FUNCTION {function} RETURNS trigger LANGUAGE plpgsql"
        f" AS $$ BEGIN {body} RETURN NULL; END $$"
    )
    constraint, deferred = (
        ("CONSTRAINT ", " DEFERRABLE INITIALLY DEFERRED") if trigger.at_commit else ("", "")
    )
    yield (
        f"CREATE {constraint}TRIGGER derived_fact_{trigger.name} AFTER {trigger.event}"
        f" ON {trigger.table}{deferred} FOR EACH ROW WHEN ({_SHUT}) EXECUTE FUNCTION {function}"
    )


def _locks(trigger: _Trigger) -> Iterator[str]:
    """The locks of what a trigger writes, each in a statement of its own before all the writes."""
    which: dict[str, list[str]] = {}
    for write in trigger.writes:
        if write.rows is None:
            yield locks.IN_TRIGGER
            return
        which.setdefault(write.rows[0], []).append(f"({write.rows[1]})")
    for table, conditions in which.items():
        lock = _rows_to_lock(table, " OR ".join(conditions))
        yield f"{lock.replace('SELECT', 'PERFORM', 1)};"


def _rows_to_lock(table: str, which: str) -> str:
    return f"SELECT {table}.id FROM {table} WHERE {which} ORDER BY {table}.id FOR NO KEY UPDATE"  # noqa: S608 - our own constants


def _in(dialect: str, statement: str) -> str:
    """The statement in the engine's own words."""
    words: dict[str, dict[str, str]] = {
        "sqlite": {
            "greatest(": "max(",
            "{differs}": "IS NOT",
            "{due_much_later}": "CAST(substr(invoice.due_on, 1, 4) AS INTEGER)"
            " > CAST(substr(invoice.last_event_on, 1, 4) AS INTEGER) + 3",
            "{by_key}": " NOT INDEXED",
        },
        "postgresql": {
            "{differs}": "IS DISTINCT FROM",
            "{due_much_later}": "extract(year FROM invoice.due_on)"
            " > extract(year FROM invoice.last_event_on) + 3",
            "{by_key}": "",
        },
    }
    for ours, theirs in words[dialect].items():
        statement = statement.replace(ours, theirs)
    return statement
