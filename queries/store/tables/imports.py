"""The record of each import: the file, every note that was shown, what it added and replaced."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from queries.store.tables.base import Base, checks


class ImportBatch(Base):
    """A file that was brought in, and what came of it.

    The row stays. What may identify a person is removed by the class ``import_record``: the name of
    the file (it may be a person's), the settings (they name the sheet), and the rows of the tables
    below.

    :param skipped: rows that were left as they were; with the refused ones where ``refused`` is
        None, as it is of imports from before there were records.
    :param replaced: how many records have a row of :class:`ImportBefore`.
    :param settings: as JSON, what was chosen otherwise than the program would have.
    :param emptied_on: the day on which the details were removed.
    """

    __tablename__ = "import_batch"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(64))
    form: Mapped[str] = mapped_column(String(16))
    sha256: Mapped[str] = mapped_column(String(64))
    created: Mapped[int] = mapped_column(Integer)
    changed: Mapped[int] = mapped_column(Integer)
    skipped: Mapped[int] = mapped_column(Integer)
    refused: Mapped[int | None] = mapped_column(Integer)
    replaced: Mapped[int | None] = mapped_column(Integer)
    name: Mapped[str | None] = mapped_column(String(255))
    settings: Mapped[str | None] = mapped_column(Text)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(String(64))
    emptied_on: Mapped[date | None]
    __table_args__ = checks(Index("ix_import_batch_sha256", "sha256"))


class ImportRow(Base):
    """The report on one row of the file, or on the file as a whole (``number`` None).

    Rows without anything to report have none.

    :param said: as JSON, the codes and facts of the reasons and notes, the values that were not
        taken, and whom the row may have meant.
    :param party_id: whose row it is, where that is known.
    """

    __tablename__ = "import_row"
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"))
    noted_on: Mapped[date]
    number: Mapped[int | None] = mapped_column(Integer)
    outcome: Mapped[str | None] = mapped_column(String(8))
    name: Mapped[str | None] = mapped_column(String(200))
    invoice_number: Mapped[str | None] = mapped_column(String(32))
    said: Mapped[str] = mapped_column(Text)
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    __table_args__ = checks(
        Index("ix_import_row_batch_id", "batch_id", "id"),
        Index("ix_import_row_party_id", "party_id"),
        Index("ix_import_row_name", "name"),
        Index("ix_import_row_noted_on", "noted_on"),
    )


class ImportMention(Base):
    """A party that a row names although it is not that party's own, such as a namesake."""

    __tablename__ = "import_mention"
    row_id: Mapped[int] = mapped_column(ForeignKey("import_row.id"), primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), primary_key=True)
    __table_args__ = (Index("ix_import_mention_party_id", "party_id"),)


class ImportChange(Base):
    """Records that an import added: keys of one table, each from the first to the last."""

    __tablename__ = "import_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"))
    table_name: Mapped[str] = mapped_column(String(32))
    first_id: Mapped[int]
    last_id: Mapped[int]
    __table_args__ = checks(Index("ix_import_change_batch_id", "batch_id", "id"))


class ImportBefore(Base):
    """The values that an import replaced in a record, as JSON, and the version that it left.

    Among the values are the record's version, and who changed it and when, until then. A later
    import that changed the record and is undone leaves a new version of the same values: that is
    then ``version_after``.
    """

    __tablename__ = "import_before"
    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"))
    noted_on: Mapped[date]
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    table_name: Mapped[str] = mapped_column(String(32))
    record_id: Mapped[int]
    version_after: Mapped[int]
    stood: Mapped[str] = mapped_column(Text)
    __table_args__ = checks(
        Index("ix_import_before_batch_id", "batch_id", "id"),
        Index("ix_import_before_party_id", "party_id"),
        Index("ix_import_before_noted_on", "noted_on"),
    )
