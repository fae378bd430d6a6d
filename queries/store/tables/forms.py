"""Contact forms of the company's web site, and the inbox that they fill (Lomakkeet)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from queries.store.tables.base import Base, Versioned, checks
from queries.store.tables.parties import Language


class WebForm(Versioned, Base):
    """A form of a web site that may send messages here.

    :param key: names the form in its address, ``/forms/<key>``.
    :param secret_hash: SHA-256 of the secret that the site sends with each message.
    :param origins: the sites that it may come from, ``https://www.esimerkki.example``, one a line.
    :param consent_text_id: the text beside the newsletter box of the form, where it has one.
    """

    __tablename__ = "web_form"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    key: Mapped[str] = mapped_column(String(32))
    secret_hash: Mapped[str] = mapped_column(String(64))
    origins: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2), default="fi")
    consent_text_id: Mapped[int | None] = mapped_column(ForeignKey("consent_text.id"))
    active: Mapped[bool] = mapped_column(Boolean, default=True)

    __table_args__ = checks(
        CheckConstraint("length(name) > 0", name="named"),
        Index("uq_web_form_key", "key", unique=True),
        Index("ix_web_form_consent_text_id", "consent_text_id"),
        language=Language,
    )


class FormMessage(Base):
    """A message that waits for a person's decision; it is removed when it is accepted or
    rejected.

    :param consents: the newsletter box was ticked, under ``consent_text_id``.
    :param received_on: the Helsinki day, from which its retention counts.
    """

    __tablename__ = "form_message"
    id: Mapped[int] = mapped_column(primary_key=True)
    form_id: Mapped[int] = mapped_column(ForeignKey("web_form.id"))
    received_at: Mapped[datetime]
    received_on: Mapped[date]
    language: Mapped[str] = mapped_column(String(2), default="fi")
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    phone: Mapped[str | None] = mapped_column(String(32))
    street: Mapped[str | None] = mapped_column(String(200))
    post_code: Mapped[str | None] = mapped_column(String(16))
    town: Mapped[str | None] = mapped_column(String(100))
    message: Mapped[str | None] = mapped_column(Text)
    consents: Mapped[bool] = mapped_column(Boolean, default=False)
    consent_text_id: Mapped[int | None] = mapped_column(ForeignKey("consent_text.id"))

    __table_args__ = checks(
        CheckConstraint("length(name) > 0", name="named"),
        CheckConstraint("consents OR consent_text_id IS NULL", name="consented"),
        Index("ix_form_message_received_on", "received_on", "id"),
        Index("ix_form_message_form_id", "form_id"),
        Index("ix_form_message_consent_text_id", "consent_text_id"),
        language=Language,
    )
