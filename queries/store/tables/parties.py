"""Parties: the persons and organisations of the register, and how to reach and bill them."""

from __future__ import annotations

import enum
from datetime import date

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from queries.store.tables.base import (
    Base,
    Ordered,
    Purpose,
    Source,
    Sourced,
    Versioned,
    by_source,
    checks,
)


class PartyKind(enum.StrEnum):
    PERSON = "person"
    ORGANISATION = "organisation"


class PartyStatus(enum.StrEnum):
    """``lead``: made an inquiry or got an offer, has ordered nothing; ``ended``: the relation is
    over."""

    LEAD = "lead"
    ACTIVE = "active"
    ENDED = "ended"


class Language(enum.StrEnum):
    FI = "fi"
    SV = "sv"
    EN = "en"


class BillingMethod(enum.StrEnum):
    EMAIL = "email"
    E_INVOICE = "e_invoice"
    LETTER = "letter"


class Party(Versioned, Base):
    """A person or an organisation in any role (osapuoli).

    ``name`` is what is shown; a person's parts are columns beside it. ``sort_name`` is the folded
    name that lists page by; ``town`` is the town of the primary address, kept for the list's
    filter.

    :param unlinked_on: the last day on which a person stopped being the contact person of an
        organisation, or came without one.
    """

    __tablename__ = "party"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_number: Mapped[str | None] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(200))
    given_name: Mapped[str | None] = mapped_column(String(100))
    family_name: Mapped[str | None] = mapped_column(String(100))
    sort_name: Mapped[str] = mapped_column(Ordered)
    business_id: Mapped[str | None] = mapped_column(String(16))
    foreign_id: Mapped[str | None] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(2), default="fi")
    status: Mapped[str] = mapped_column(String(16), default="active")
    town: Mapped[str | None] = mapped_column(String(100))
    is_customer: Mapped[bool] = mapped_column(Boolean, default=False)
    is_partner: Mapped[bool] = mapped_column(Boolean, default=False)
    is_contact: Mapped[bool] = mapped_column(Boolean, default=False)
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    unlinked_on: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(16))
    sourced_on: Mapped[date]

    addresses: Mapped[list[Address]] = relationship(cascade="all, delete-orphan")
    emails: Mapped[list[Email]] = relationship(cascade="all, delete-orphan")
    phones: Mapped[list[Phone]] = relationship(cascade="all, delete-orphan")
    billing: Mapped[list[BillingDetail]] = relationship(cascade="all, delete-orphan")

    __table_args__ = checks(
        CheckConstraint("length(name) > 0", name="named"),
        CheckConstraint("(status = 'ended') = (ended_on IS NOT NULL)", name="ended_day"),
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="ended_after_start"),
        CheckConstraint("is_customer OR is_partner OR is_contact", name="has_a_role"),
        CheckConstraint(
            "kind = 'organisation' OR business_id IS NULL OR is_customer OR is_partner",
            name="business_id_owner",
        ),
        Index("uq_party_business_id", "business_id", unique=True),
        Index("uq_party_customer_number", "customer_number", unique=True),
        Index("ix_party_sort_name", "sort_name", "id"),
        Index("ix_party_town", "town", "sort_name", "id"),
        Index("ix_party_status", "status", "sort_name", "id"),
        Index("ix_party_kind", "kind", "sort_name", "id"),
        Index("ix_party_language", "language", "sort_name", "id"),
        Index("ix_party_partner", "is_partner", "sort_name", "id"),
        Index("ix_party_contact", "is_contact", "sort_name", "id"),
        Index("ix_party_started_on", "started_on", "id"),
        by_source("party", "id"),
        Index("ix_party_ended_on", "ended_on", "id"),
        kind=PartyKind,
        status=PartyStatus,
        language=Language,
        source=Source,
    )


class ContactPerson(Versioned, Base):
    """A person through whom an organisation is reached (yhteyshenkilö)."""

    __tablename__ = "contact_person"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"))
    title: Mapped[str | None] = mapped_column(String(100))

    __table_args__ = checks(
        CheckConstraint("organisation_id <> person_id", name="two_parties"),
        Index("uq_contact_person_pair", "organisation_id", "person_id", unique=True),
        Index("ix_contact_person_person_id", "person_id"),
    )


class Address(Versioned, Sourced, Base):
    __tablename__ = "address"
    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"))
    street: Mapped[str] = mapped_column(String(200))
    post_code: Mapped[str | None] = mapped_column(String(16))
    town: Mapped[str | None] = mapped_column(String(100))
    country: Mapped[str] = mapped_column(String(2), default="FI")
    is_primary: Mapped[bool] = mapped_column(Boolean, default=False)

    __table_args__ = checks(
        CheckConstraint("length(country) = 2", name="country_code"),
        Index("ix_address_party_id", "party_id"),
        by_source("address"),
        purpose=Purpose,
        source=Source,
    )


class Email(Versioned, Sourced, Base):
    __tablename__ = "email"
    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(String(254))
    is_primary: Mapped[bool] = mapped_column(Boolean, default=False)

    __table_args__ = checks(
        Index("ix_email_party_id", "party_id"),
        Index("ix_email_address", "address"),
        by_source("email"),
        purpose=Purpose,
        source=Source,
    )


class Phone(Versioned, Sourced, Base):
    """A telephone number in E.164."""

    __tablename__ = "phone"
    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"))
    number: Mapped[str] = mapped_column(String(20))
    is_primary: Mapped[bool] = mapped_column(Boolean, default=False)

    __table_args__ = checks(
        Index("ix_phone_party_id", "party_id"),
        Index("ix_phone_number", "number"),
        by_source("phone"),
        purpose=Purpose,
        source=Source,
    )


class BillingDetail(Versioned, Sourced, Base):
    """Billing of a party; ``operator`` is the e-invoice intermediator's identifier."""

    __tablename__ = "billing_detail"
    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"))
    method: Mapped[str] = mapped_column(String(16))
    e_invoice_address: Mapped[str | None] = mapped_column(String(35))
    operator: Mapped[str | None] = mapped_column(String(35))
    email: Mapped[str | None] = mapped_column(String(254))
    iban: Mapped[str | None] = mapped_column(String(34))
    payment_days: Mapped[int] = mapped_column(Integer, default=14)
    buyer_reference: Mapped[str | None] = mapped_column(String(100))

    __table_args__ = checks(
        CheckConstraint("payment_days BETWEEN 0 AND 180", name="payment_days"),
        CheckConstraint(
            "method <> 'e_invoice' OR e_invoice_address IS NOT NULL", name="e_invoice_address"
        ),
        Index("ix_billing_detail_party_id", "party_id"),
        by_source("billing_detail"),
        method=BillingMethod,
        purpose=Purpose,
        source=Source,
    )


class Note(Versioned, Base):
    """A note of what was agreed or noticed, in the office's own words."""

    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(Text)
    noted_on: Mapped[date]
    noted_by: Mapped[str] = mapped_column(String(64))

    __table_args__ = checks(
        Index("ix_note_party_id", "party_id", "noted_on"),
        Index("ix_note_noted_on", "noted_on", "id"),
    )


class PartySearch(Base):
    """The folded text by which a party is found, under a trigram index."""

    __tablename__ = "party_search"
    party_id: Mapped[int] = mapped_column(
        ForeignKey("party.id", ondelete="CASCADE"), primary_key=True
    )
    text: Mapped[str] = mapped_column(Text)
