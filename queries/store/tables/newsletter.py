"""The newsletter: consent texts, subscriptions, and the issues that were sent.

A subscription that ends is removed at once; what remains is the suppression mark (a keyed hash).
"""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from queries.store.tables.base import Base, Source, Versioned, checks
from queries.store.tables.parties import Language


class MarketingBasis(enum.StrEnum):
    """Legal basis on which an address gets the newsletter (Laki sähköisen viestinnän palveluista
    917/2014).

    ``consent``: the person asked for it (200.1 §). ``customer``: own customer, similar services,
    a free way out in every message (200.3 §). ``organisation``: a company, until it opts out
    (202 §).
    """

    CONSENT = "consent"
    CUSTOMER = "customer"
    ORGANISATION = "organisation"


class ConsentText(Base):
    """A text that a person agreed to, word for word; never changed, only followed by a newer
    version."""

    __tablename__ = "consent_text"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    language: Mapped[str] = mapped_column(String(2))
    text: Mapped[str] = mapped_column(Text)
    since: Mapped[date]
    written_by: Mapped[str] = mapped_column(String(64))

    __table_args__ = checks(
        CheckConstraint("length(text) > 0", name="written"),
        Index("uq_consent_text_version", "version", "language", unique=True),
        language=Language,
    )


class Subscription(Versioned, Base):
    """An address that gets the newsletter (Uutiskirje), and the legal basis.

    :param address: as it is written to; ``address_key`` is the same in lower case, and unique.
    :param party_id: whose it is, where the address is one in the register. A consent outlives the
        customer relation; the other bases end with it (``derived.sources``).
    :param consent_text_id: what was agreed to; with consent only, and None where an older system
        did not say.
    :param renewal_reason: why the person gets it again after a suppression, as it was given to the
        office; only where the person's own new consent took a suppression away.
    :param token: of the person's own unsubscribe link: 128 random bits, in letters of a URL; None
        until an issue was exported.
    """

    __tablename__ = "subscription"
    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id", ondelete="SET NULL"))
    address: Mapped[str] = mapped_column(String(254))
    address_key: Mapped[str] = mapped_column(String(254))
    name: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2), default="fi")
    basis: Mapped[str] = mapped_column(String(16))
    consent_text_id: Mapped[int | None] = mapped_column(ForeignKey("consent_text.id"))
    source: Mapped[str] = mapped_column(String(16))
    sourced_on: Mapped[date]
    renewal_reason: Mapped[str | None] = mapped_column(Text)
    token: Mapped[str | None] = mapped_column(String(32))

    __table_args__ = checks(
        CheckConstraint("consent_text_id IS NULL OR basis = 'consent'", name="consented"),
        CheckConstraint("length(address) > 0", name="addressed"),
        Index("uq_subscription_address_key", "address_key", unique=True),
        Index("uq_subscription_token", "token", unique=True),
        Index("ix_subscription_party_id", "party_id"),
        Index("ix_subscription_basis", "basis", "id"),
        Index("ix_subscription_consent_text_id", "consent_text_id"),
        language=Language,
        basis=MarketingBasis,
        source=Source,
    )


class NewsletterIssue(Base):
    """One issue's list of recipients, as it was given to the mailing tool: how many, not who."""

    __tablename__ = "newsletter_issue"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    exported_at: Mapped[datetime]
    exported_by: Mapped[str] = mapped_column(String(64))
    recipients: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))

    __table_args__ = checks(Index("ix_newsletter_issue_exported_at", "exported_at", "id"))
