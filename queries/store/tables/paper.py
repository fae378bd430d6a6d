"""Manual material (Manuaaliset aineistot): binders and boxes, their rooms, keys and loans."""

from __future__ import annotations

import enum
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from queries.store.tables.base import Base, Versioned, checks


class PaperKind(enum.StrEnum):
    BINDER = "binder"
    BOX = "box"
    FOLDER = "folder"


class DestructionMethod(enum.StrEnum):
    """Method of destroying paper; ``shredded`` to DIN 66399 on the premises, or by a processor."""

    SHREDDED = "shredded"
    PROCESSOR = "processor"
    BURNED = "burned"


class StorageRoom(Versioned, Base):
    """A room, or a cabinet in one (säilytystila).

    :param lock: how it is locked; none is a room without a lock, which is a fault to mend.
    :param closed_on: the last day that it was in use.
    """

    __tablename__ = "storage_room"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(200))
    lock: Mapped[str | None] = mapped_column(String(200))
    closed_on: Mapped[date | None]

    __table_args__ = checks(
        CheckConstraint("length(name) > 0", name="named"),
        Index("uq_storage_room_name", "name", unique=True),
    )


class KeyHolder(Versioned, Base):
    """A person with a key to a room, from when to when and for what work.

    :param username: the user of the dashboard that it is, where it is one.
    :param reason: the task for which the key is needed; none is a fault to mend.
    """

    __tablename__ = "key_holder"
    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("storage_room.id"))
    name: Mapped[str] = mapped_column(String(200))
    username: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str | None] = mapped_column(String(200))
    held_from: Mapped[date]
    held_until: Mapped[date | None]

    __table_args__ = checks(
        CheckConstraint("length(name) > 0", name="named"),
        CheckConstraint("held_until IS NULL OR held_until >= held_from", name="until_after"),
        Index("ix_key_holder_room_id", "room_id", "held_from"),
    )


class PaperRecord(Versioned, Base):
    """A binder, box or folder of paper (manuaalinen aineisto).

    :param number: ``M-0007``, as it is written on the back.
    :param class_code: its retention class; its period counts from ``ends_on``.
    :param room_id: where it is kept; None is a record without a place, a fault to mend.
    :param disposed_on: the day on which the disposal service carried its destruction out; personal
        data is gone from the row by then.
    """

    __tablename__ = "paper_record"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(200))
    class_code: Mapped[str] = mapped_column(String(32))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    room_id: Mapped[int | None] = mapped_column(ForeignKey("storage_room.id"))
    shelf: Mapped[str | None] = mapped_column(String(100))
    disposed_on: Mapped[date | None]

    __table_args__ = checks(
        CheckConstraint("ends_on >= starts_on", name="period"),
        CheckConstraint("length(title) > 0", name="titled"),
        Index("uq_paper_record_number", "number", unique=True),
        Index(
            "ix_paper_record_class",
            "class_code",
            "ends_on",
            "id",
            sqlite_where=text("disposed_on IS NULL"),
            postgresql_where=text("disposed_on IS NULL"),
        ),
        Index("ix_paper_record_room_id", "room_id"),
        kind=PaperKind,
    )


class PaperParty(Base):
    """A party that a paper record names; while the record exists, the party's own file stays."""

    __tablename__ = "paper_party"
    paper_id: Mapped[int] = mapped_column(
        ForeignKey("paper_record.id", ondelete="CASCADE"), primary_key=True
    )
    party_id: Mapped[int] = mapped_column(
        ForeignKey("party.id", ondelete="CASCADE"), primary_key=True
    )

    __table_args__ = (Index("ix_paper_party_party_id", "party_id"),)


class PaperLoan(Base):
    """Lending out of a paper record, and its return."""

    __tablename__ = "paper_loan"
    id: Mapped[int] = mapped_column(primary_key=True)
    paper_id: Mapped[int] = mapped_column(ForeignKey("paper_record.id", ondelete="CASCADE"))
    lent_to: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(200))
    lent_on: Mapped[date]
    due_on: Mapped[date]
    returned_on: Mapped[date | None]
    noted_by: Mapped[str] = mapped_column(String(64))

    __table_args__ = checks(
        CheckConstraint("due_on >= lent_on", name="due_after"),
        CheckConstraint("returned_on IS NULL OR returned_on >= lent_on", name="returned_after"),
        Index("ix_paper_loan_paper_id", "paper_id", "lent_on"),
        Index(
            "uq_paper_loan_out",
            "paper_id",
            unique=True,
            sqlite_where=text("returned_on IS NULL"),
            postgresql_where=text("returned_on IS NULL"),
        ),
        Index(
            "ix_paper_loan_due_on",
            "due_on",
            "id",
            sqlite_where=text("returned_on IS NULL"),
            postgresql_where=text("returned_on IS NULL"),
        ),
    )


class PaperDestruction(Base):
    """The line that proves a destruction: when, who, how and before which witness.

    It is written when the paper is destroyed; the disposal service lets the record go only with it.
    """

    __tablename__ = "paper_destruction"
    paper_id: Mapped[int] = mapped_column(
        ForeignKey("paper_record.id", ondelete="CASCADE"), primary_key=True
    )
    destroyed_on: Mapped[date]
    destroyed_by: Mapped[str] = mapped_column(String(200))
    method: Mapped[str] = mapped_column(String(16))
    witness: Mapped[str] = mapped_column(String(200))
    noted_by: Mapped[str] = mapped_column(String(64))

    __table_args__ = checks(method=DestructionMethod)[:-1]
