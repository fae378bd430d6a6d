"""Parts that every table shares: names of constraints, types, and the columns of provenance."""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime
from typing import Annotated, Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Index,
    Integer,
    MetaData,
    String,
    TypeDecorator,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """A UTC instant; aware in Python, without a zone in the store."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Instant()}  # noqa: RUF012 - SQLAlchemy's own spelling


#: A sum of money in cents.
Cents = Annotated[int, mapped_column(BigInteger)]


#: A key of a list: compared by code point in both engines, whatever the database's language.
Ordered = String(200).with_variant(String(200, collation="C"), "postgresql")


class Source(enum.StrEnum):
    """Source of a datum (Tietolähteet; GDPR Art. 14(2)(f), 15(1)(g))."""

    EMAIL = "email"
    PHONE = "phone"
    FORM = "form"
    MEETING = "meeting"
    YTJ = "ytj"
    IMPORT = "import"
    INVOICE = "invoice"
    OFFICE = "office"
    THIRD_PARTY = "third_party"
    """Someone other than the person, and other than YTJ."""
    UNKNOWN = "unknown"
    """An older system did not tell; the notice counts these as not known."""


#: Where data come from when they do not come from the person (GDPR Art. 14).
ELSEWHERE = (Source.YTJ, Source.THIRD_PARTY)


class Purpose(enum.StrEnum):
    """Permitted use of a contact detail."""

    CONTACT = "contact"
    BILLING = "billing"
    DELIVERY = "delivery"


def one_of(column: str, values: type[enum.StrEnum]) -> CheckConstraint:
    """The store's own check that ``column`` holds a value of the enumeration."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def checks(*own: Any, **enums: type[enum.StrEnum]) -> tuple[Any, ...]:
    """Table arguments: own constraints, then one check for each enumerated column.

    A key is never given out twice (AUTOINCREMENT): the trail speaks of records by their key.
    """
    enumerated = (one_of(column, values) for column, values in enums.items())
    return (*own, *enumerated, {"sqlite_autoincrement": True})


def by_source(table: str, key: str = "party_id") -> Index:
    """Return an index of a table's rows by source: it answers which sources occur without
    reading the table, and finds the few rows of unknown source."""
    return Index(f"ix_{table}_source", "source", key)


class Versioned:
    """A record that is corrected in place: the version is what an editor saw."""

    version: Mapped[int] = mapped_column(Integer, default=1)
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(64))

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


class Sourced:
    """A datum that knows where it came from and when."""

    purpose: Mapped[str] = mapped_column(String(16))
    source: Mapped[str] = mapped_column(String(16))
    sourced_on: Mapped[date]
