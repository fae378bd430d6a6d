"""Sales and work: the service catalogue, orders and work entries."""

from __future__ import annotations

import enum
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from queries.store.tables.base import Base, Cents, Versioned, checks


class VatCategory(enum.StrEnum):
    STANDARD = "standard"
    REDUCED = "reduced"
    REDUCED_LOW = "reduced_low"
    ZERO = "zero"
    REVERSE_CHARGE = "reverse_charge"


class Unit(enum.StrEnum):
    HOUR = "hour"
    PIECE = "piece"
    DAY = "day"
    KILOMETRE = "kilometre"
    MONTH = "month"


class OrderStatus(enum.StrEnum):
    QUOTE = "quote"
    OPEN = "open"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    CANCELLED = "cancelled"


class Service(Versioned, Base):
    """A service in the catalogue (palvelu)."""

    __tablename__ = "service"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(16))
    unit_price_cents: Mapped[Cents]
    vat_category: Mapped[str] = mapped_column(String(16))
    active: Mapped[bool] = mapped_column(default=True)

    __table_args__ = checks(
        CheckConstraint("unit_price_cents >= 0", name="price"), unit=Unit, vat_category=VatCategory
    )


class ServiceOrder(Versioned, Base):
    """An agreed job (tilaus); a quote until it is accepted.

    Kept by triggers, no command writes them:

    :param invoiced_on: the day of the latest invoice that was ever issued for it: what supports a
        voucher stays bookkeeping material when that voucher is gone.
    :param voucher_on: of an order that was invoiced, the latest of its closing, its work and the
        events of its invoices, once the job is at rest.
    :param rest_on: of one that was not, the latest of its closing, or a quote's own day, and its
        work; neither day while a job is going on.
    """

    __tablename__ = "service_order"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    ordered_on: Mapped[date]
    due_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    buyer_reference: Mapped[str | None] = mapped_column(String(100))
    invoiced_on: Mapped[date | None]
    voucher_on: Mapped[date | None]
    rest_on: Mapped[date | None]

    __table_args__ = checks(
        CheckConstraint("due_on IS NULL OR due_on >= ordered_on", name="due_after_order"),
        CheckConstraint(
            "(status IN ('done', 'cancelled')) = (closed_on IS NOT NULL)", name="closed_day"
        ),
        Index("ix_service_order_party", "party_id", "ordered_on"),
        Index("ix_service_order_status", "status", "ordered_on", "id"),
        Index("ix_service_order_ordered_on", "ordered_on", "id"),
        Index("ix_service_order_service", "service_id", "ordered_on", "id"),
        Index(
            "ix_service_order_unclosed",
            "ordered_on",
            "id",
            "status",
            sqlite_where=text("closed_on IS NULL"),
            postgresql_where=text("closed_on IS NULL"),
        ),
        Index(
            "ix_service_order_late",
            "due_on",
            "id",
            "status",
            sqlite_where=text("closed_on IS NULL"),
            postgresql_where=text("closed_on IS NULL"),
        ),
        Index(
            "ix_service_order_voucher",
            "voucher_on",
            "id",
            sqlite_where=text("voucher_on IS NOT NULL"),
            postgresql_where=text("voucher_on IS NOT NULL"),
        ),
        Index(
            "ix_service_order_rest",
            "rest_on",
            "id",
            sqlite_where=text("rest_on IS NOT NULL"),
            postgresql_where=text("rest_on IS NOT NULL"),
        ),
        Index("ix_service_order_party_rest", "party_id", "rest_on"),
        Index("ix_service_order_party_voucher", "party_id", "voucher_on"),
        status=OrderStatus,
    )


class WorkEntry(Versioned, Base):
    """Work that was done, when and by whom (toimenpide). ``minutes`` of work."""

    __tablename__ = "work_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("service_order.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    done_on: Mapped[date]
    done_by: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(Text)
    minutes: Mapped[int] = mapped_column(Integer, default=0)
    material: Mapped[str | None] = mapped_column(Text)

    __table_args__ = checks(
        CheckConstraint("minutes BETWEEN 0 AND 60000", name="minutes"),
        Index("ix_work_entry_party", "party_id", "done_on"),
        Index("ix_work_entry_order", "order_id", "done_on"),
        Index("ix_work_entry_done_on", "done_on", "id"),
    )
