"""A made-up person with a row in every table that the map says is about a person.

The rows are derived from the schema: a new table or column is filled by its type, with values that
are nowhere else, so that a report that has one of them has it from that very place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    String,
    Table,
    insert,
    update,
)
from sqlalchemy.sql.sqltypes import BigInteger

from queries.documents.access.subject_data import reported_tables
from queries.store.sessions import Store
from queries.store.tables import (
    Base,
    FinancialYear,
    ImportBatch,
    Invoice,
    Recipient,
    Service,
    StorageRoom,
)
from queries.store.tables.base import Instant
from tests.factories.records import business_id

#: Columns whose value a check of the store asks for.
FIXED: dict[str, dict[str, Any]] = {
    "party": {"kind": "person", "status": "ended", "is_customer": True, "foreign_id": None},
    "address": {"country": "FI"},
    "billing_detail": {"method": "e_invoice", "payment_days": 21},
    "invoice": {
        "kind": "invoice",
        "origin": "finvoice",
        "status": "draft",
        "open_cents": 0,
        "credits_id": None,
    },
    "invoice_line": {"vat_basis_points": 2550, "discount_basis_points": 1250},
    "service_order": {"status": "done"},
    "restriction": {"basis": "request"},
    "data_subject_request": {
        "status": "closed",
        "registered": "in_register",
        "linked_to": None,
        "anonymised_on": None,
    },
    "request_right": {"kind": "erasure", "status": "refused", "refusal_ground": "legal_obligation"},
    "legal_hold": {"scope": "party", "class_code": None},
    "request_letter": {"kind": "erased", "asked": "erasure"},
    "paper_record": {"class_code": "payroll_ledger", "disposed_on": None},
}
#: Tables that name a party without a key of the schema.
LAST = {"legal_hold"}
NOW = datetime(2026, 3, 5, 10, 0, tzinfo=UTC)


#: Columns that the store keeps by itself.
KEPT_BY_TRIGGERS = {"last_event_on", "invoiced_on", "voucher_on", "rest_on", "claim_on"}


class Person:
    """The rows of one person; ``rows[table]`` is what was put in the store.

    :param mark: is in each of the person's texts and in nobody else's.
    :param n: distinguishes the person's numbers and days from another's, up to 9.
    """

    def __init__(self, store: Store, mark: str, n: int) -> None:
        self.mark = mark
        self._n = n
        self._count = 0
        self.rows: dict[str, dict[str, Any]] = {}
        with store.engine.begin() as connection:
            tables = sorted(Base.metadata.sorted_tables, key=lambda table: table.name in LAST)
            for table in tables:
                if table.name in reported_tables():
                    values = self._values(table)
                    key = connection.execute(insert(table).values(values)).inserted_primary_key
                    assert key is not None
                    self.rows[table.name] = {**values, "id": key[0]}
                    self._link(connection, table)
                if table.name == "invoice_line":  # it could not be added to an issued invoice
                    issued = {"status": "issued", "open_cents": 10_000 * n + 9_999}
                    connection.execute(
                        update(Base.metadata.tables["invoice"])
                        .values(issued)
                        .where(Invoice.id == self.rows["invoice"]["id"])
                    )
                    self.rows["invoice"] |= issued

    @property
    def id(self) -> int:
        key: int = self.rows["party"]["id"]
        return key

    def _link(self, connection: Connection, table: Table) -> None:
        """Link the row to this person, where a table of its own does so."""
        first, *last = reported_tables()[table.name].owner
        if last and first == f"{table.name}.id":
            link, key = last[0].split(".")
            values = {f"{table.name.partition('_')[0]}_id": self.rows[table.name]["id"]}
            connection.execute(insert(Base.metadata.tables[link]).values({**values, key: self.id}))

    def _values(self, table: Table) -> dict[str, Any]:
        fixed = FIXED.get(table.name, {})
        values = {
            column.name: self._value(table, column)
            for column in table.c
            if column.name not in {"id", *KEPT_BY_TRIGGERS, *fixed}
        }
        values |= fixed
        if table.name == "invoice":
            values["total_cents"] = values["net_cents"] + values["vat_cents"]
        if table.name == "party":
            values["business_id"] = business_id(self._n)
        if table.name == "contact_person":
            values["organisation_id"] = ORGANISATION[self._n]
        if table.name == "legal_hold":
            values["target_id"] = values["party_id"] = self.id
        return values

    def _value(self, table: Table, column: Column[Any]) -> Any:
        self._count += 1
        if column.name in {"service_id", "recipient_id", "room_id", "batch_id"}:
            return self._n
        if column.foreign_keys:
            target = next(iter(column.foreign_keys)).column.table.name
            return self.rows[target]["id"] if target in self.rows else None
        if (choices := choices_of(table, column.name)) is not None:
            return choices[self._n % len(choices)]
        return self._by_type(column, f"{self.mark}{table.name}.{column.name}")

    def _by_type(self, column: Column[Any], text: str) -> Any:
        kind = column.type
        if isinstance(kind, Boolean):
            return True
        if isinstance(kind, Integer | BigInteger):
            return 1 if column.name == "version" else 10_000 * self._n + self._count
        if isinstance(kind, Instant):
            return NOW
        if isinstance(kind, Date):
            return date(2015, 1, 1) + timedelta(days=500 * self._n + self._count)
        if isinstance(kind, LargeBinary):
            return text.encode()
        assert isinstance(kind, String)
        return short(text, kind.length)


#: The organisation of which each person is a contact, by the person's number.
ORGANISATION: dict[int, int] = {}


def surroundings(store: Store, numbers: range) -> None:
    """Make what the persons' rows point at: services, recipients, rooms, organisations, years."""
    with store.engine.begin() as connection:
        for n in numbers:
            connection.execute(
                insert(Service).values(
                    id=n,
                    code=f"P{n}",
                    name=f"Palvelu-{n}",
                    unit="hour",
                    unit_price_cents=100,
                    vat_category="standard",
                    active=True,
                    version=1,
                    changed_at=NOW,
                    changed_by="x",
                )
            )
            connection.execute(
                insert(Recipient).values(
                    id=n,
                    name=f"Vastaanottaja-{n}",
                    kind="processor",
                    purpose=f"Tarkoitus-{n}",
                    country="FI" if n == 1 else "US",
                    version=1,
                    changed_at=NOW,
                    changed_by="x",
                )
            )
            connection.execute(
                insert(StorageRoom).values(
                    id=n,
                    name=f"Varasto-{n}",
                    place=f"Kerros-{n}",
                    version=1,
                    changed_at=NOW,
                    changed_by="x",
                )
            )
            connection.execute(
                insert(ImportBatch).values(
                    id=n,
                    at=NOW,
                    actor="x",
                    form="customers",
                    sha256="0" * 64,
                    created=1,
                    changed=0,
                    skipped=0,
                )
            )
            key = connection.execute(
                insert(Base.metadata.tables["party"]).values(
                    kind="organisation",
                    name=f"Organisaatio-{n}",
                    sort_name=f"organisaatio-{n}",
                    is_customer=True,
                    started_on=date(2020, 1, 1),
                    source="office",
                    sourced_on=date(2020, 1, 1),
                    version=1,
                    changed_at=NOW,
                    changed_by="x",
                )
            ).inserted_primary_key
            assert key is not None
            ORGANISATION[n] = key[0]
        for year in range(2014, 2027):
            connection.execute(
                insert(FinancialYear).values(
                    starts_on=date(year, 1, 1),
                    ends_on=date(year, 12, 31),
                    version=1,
                    changed_at=NOW,
                    changed_by="x",
                )
            )


def choices_of(table: Table, column: str) -> list[str] | None:
    """Return the codes that a check of the store allows in a column; None where any text is
    allowed."""
    for constraint in table.constraints:
        if isinstance(constraint, CheckConstraint):
            found = re.fullmatch(rf"{column} IN \((.*)\)", str(constraint.sqltext))
            if found:
                return re.findall(r"'(\w+)'", found[1])
    return None


def short(text: str, longest: int | None) -> str:
    """The text, or where the column is too narrow, the mark with a number for the rest."""
    if longest is None or len(text) <= longest:
        return text
    rest = f"{sum(ord(c) * n for n, c in enumerate(text, start=7)) % 10**6}"
    return f"{text[:6]}{rest}"[:longest]


def personal_values(
    person: Person, stored: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, str, Any]]:
    """Yield ``(table, column, value)`` for everything that the map puts into the person's
    report."""
    for table, its in reported_tables().items():
        for column, entry in its.columns.items():
            if entry is not None and entry.in_access:
                yield table, column, stored[table][column]
