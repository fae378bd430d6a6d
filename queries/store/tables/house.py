"""The company's own records: users, their sign-ins, the trail, imports and settings."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from queries.rules.roles import Role
from queries.store.tables.base import Base, Versioned, checks
from queries.store.tables.parties import Language


class TrailKind(enum.StrEnum):
    READ = "read"
    WRITE = "write"


class User(Versioned, Base):
    """Someone who may sign in. ``password_hash`` is bcrypt."""

    __tablename__ = "user_account"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(2), default="fi")
    password_hash: Mapped[str] = mapped_column(String(100))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    last_sign_in_at: Mapped[datetime | None]
    failed_sign_ins: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None]

    __table_args__ = checks(
        CheckConstraint("username = lower(username) AND length(username) > 0", name="username"),
        role=Role,
        language=Language,
    )


class SignInTicket(Base):
    """A proof of a checked password, good once and for seconds; only hashes are stored."""

    __tablename__ = "sign_in_ticket"
    ticket_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    nonce_hash: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]
    __table_args__ = (Index("ix_sign_in_ticket_expires_at", "expires_at"),)


class SignInSession(Base):
    """A signed-in browser; only the hash of its cookie is stored."""

    __tablename__ = "sign_in_session"
    cookie_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_sign_in_session_user_id", "user_id"),
        Index("ix_sign_in_session_expires_at", "expires_at"),
    )


class TrailEntry(Base):
    """One line of the audit trail (lokimerkintä): names of columns, never their values.

    ``token`` is the form's: the same command sent twice finds the first one's line.
    """

    __tablename__ = "trail_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(8))
    actor: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(48))
    subject: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[int | None]
    party_id: Mapped[int | None]
    columns: Mapped[str | None] = mapped_column(Text)
    token: Mapped[str | None] = mapped_column(String(64), unique=True)

    __table_args__ = checks(
        Index("ix_trail_entry_at", "at", "id"),
        Index("ix_trail_entry_party", "party_id", "id"),
        Index("ix_trail_entry_subject", "subject", "subject_id", "id"),
        Index("ix_trail_entry_actor", "actor", "id"),
        kind=TrailKind,
    )


class Setting(Versioned, Base):
    """A setting of the installation; its value as JSON."""

    __tablename__ = "setting"
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class DisposalGate(Base):
    """Holds a row only inside the transaction of the disposal service.

    The triggers that guard issued invoices, payments, parties and the trail look here: without
    the row they refuse, whoever asks.
    """

    __tablename__ = "disposal_gate"
    id: Mapped[int] = mapped_column(primary_key=True)


class DerivedMark(Base):
    """The fingerprint of a derived object (triggers, search index) as it was last installed."""

    __tablename__ = "derived_mark"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
