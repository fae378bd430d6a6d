"""Records that the notice (Tietosuojaseloste) is compared with: versions, sources, post codes."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from queries.store.tables.base import Base, Source, checks


class ToldHow(enum.StrEnum):
    """The way in which a person was informed of data that came from elsewhere (GDPR Art. 14)."""

    EMAIL = "email"
    POST = "post"
    PHONE = "phone"
    IN_PERSON = "in_person"
    ALREADY_KNOWN = "already_known"
    """The person has the information already (Art. 14(5)(a))."""


class SourceNotice(Base):
    """Data of a person that did not come from the person: to be reported to the person within a
    month (Art. 14(3)).

    The row is made by the database itself when such a datum is stored, whichever way it came in;
    ``since`` is the day of the first one from that source.
    """

    __tablename__ = "source_notice"
    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"))
    source: Mapped[str] = mapped_column(String(16))
    since: Mapped[date]
    told_on: Mapped[date | None]
    told_by: Mapped[str | None] = mapped_column(String(64))
    how: Mapped[str | None] = mapped_column(String(16))

    __table_args__ = checks(
        CheckConstraint("(told_on IS NULL) = (told_by IS NULL)", name="told_by"),
        CheckConstraint("(told_on IS NULL) = (how IS NULL)", name="told_how"),
        Index("uq_source_notice_source", "party_id", "source", unique=True),
        Index(
            "ix_source_notice_waiting",
            "since",
            "id",
            sqlite_where=text("told_on IS NULL"),
            postgresql_where=text("told_on IS NULL"),
        ),
        source=Source,
        how=ToldHow,
    )


class NoticeVersion(Base):
    """The notice as it was published: its text in three languages, never changed."""

    __tablename__ = "notice_version"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    published_on: Mapped[date]
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(String(64))
    summary: Mapped[str | None] = mapped_column(String(200))
    fi: Mapped[str] = mapped_column(Text)
    sv: Mapped[str] = mapped_column(Text)
    en: Mapped[str] = mapped_column(Text)

    __table_args__ = checks(Index("uq_notice_version_number", "number", unique=True))


class PostCode(Base):
    """A Finnish post code and its town, as Posti's PCF file gives them."""

    __tablename__ = "post_code"
    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    town_fi: Mapped[str] = mapped_column(String(30))
    town_sv: Mapped[str] = mapped_column(String(30))
    municipality_fi: Mapped[str] = mapped_column(String(20))
    municipality_sv: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date]
