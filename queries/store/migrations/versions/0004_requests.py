"""Requests of data subjects: the widened file of a request and of a restriction.

The two tables that stood before are made anew with what was in them: SQLite cannot add a check to a
table that stands. A request without a number gets the next one of the year in which it came.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    requests, restrictions = _rows("data_subject_request"), _rows("restriction")
    given_out = {name: _given_out(name) for name in ("data_subject_request", "restriction")}
    op.drop_table("restriction")
    op.drop_table("data_subject_request")
    _make_widened()
    _put_back("data_subject_request", _numbered(requests), given_out)
    _put_back(
        "restriction",
        [{**row, "basis": "request", "told_on": row["lifted_on"]} for row in restrictions],
        given_out,
    )


def _rows(table: str) -> list[dict[str, Any]]:
    found = op.get_bind().execute(sa.text(f"SELECT * FROM {table} ORDER BY id"))  # noqa: S608 - our own tables
    return [dict(row) for row in found.mappings()]


def _given_out(table: str) -> int:
    """The highest key that was ever given out: none is given out twice."""
    bind = op.get_bind()
    if bind.dialect.name == "sqlite":
        query = sa.text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        return int(bind.scalar(query, {"name": table}) or 0)
    last = f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {table}_id_seq"  # noqa: S608 - our own tables
    return int(bind.scalar(sa.text(last)) or 0)


def _numbered(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    years: dict[str, int] = {}
    found = []
    for row in sorted(rows, key=lambda row: (str(row["received_on"]), row["id"])):
        year = str(row["received_on"])[:4]
        years[year] = years.get(year, 0) + 1
        found.append(
            {
                **row,
                "number": f"{year}-{years[year]:04}",
                "channel": "post",
                "language": "fi",
                "registered": "unknown" if row["party_id"] is None else "in_register",
            }
        )
    for year, last in years.items():
        op.get_bind().execute(
            sa.text("INSERT INTO number_series (name, next_number) VALUES (:name, :next)"),
            {"name": f"request.{year}", "next": last + 1},
        )
    return found


def _put_back(table: str, rows: Sequence[Mapping[str, Any]], given_out: Mapping[str, int]) -> None:
    bind = op.get_bind()
    for row in rows:
        names = ", ".join(row)
        values = ", ".join(f":{name}" for name in row)
        bind.execute(sa.text(f"INSERT INTO {table} ({names}) VALUES ({values})"), dict(row))  # noqa: S608 - our own tables
    highest = given_out[table]
    if not highest:
        return
    if bind.dialect.name == "sqlite":
        bind.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table})
        bind.execute(
            sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"),
            {"name": table, "seq": highest},
        )
    else:
        bind.execute(sa.text(f"SELECT setval('{table}_id_seq', :seq)"), {"seq": highest})


def _make_widened() -> None:
    op.create_table(
        "data_subject_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("claimed_name", sa.String(length=200), nullable=True),
        sa.Column("claimed_contact", sa.String(length=300), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("registered", sa.String(length=16), nullable=False),
        sa.Column("linked_to", sa.Integer(), nullable=True),
        sa.Column("extended_on", sa.Date(), nullable=True),
        sa.Column("extension_reason", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("anonymised_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "(status = 'closed') = (closed_on IS NOT NULL)",
            name=op.f("ck_data_subject_request_closed_day"),
        ),
        sa.CheckConstraint(
            "anonymised_on IS NULL OR (status = 'closed' AND party_id IS NULL AND claimed_name IS NULL AND claimed_contact IS NULL AND text IS NULL)",
            name=op.f("ck_data_subject_request_anonymised"),
        ),
        sa.CheckConstraint(
            "channel IN ('email', 'post', 'phone', 'in_person', 'form')",
            name=op.f("ck_data_subject_request_channel"),
        ),
        sa.CheckConstraint(
            "language IN ('fi', 'sv', 'en')", name=op.f("ck_data_subject_request_language")
        ),
        sa.CheckConstraint(
            "party_id IS NULL OR registered = 'in_register'",
            name=op.f("ck_data_subject_request_party_registered"),
        ),
        sa.CheckConstraint(
            "registered IN ('unknown', 'in_register', 'not_in_register')",
            name=op.f("ck_data_subject_request_registered"),
        ),
        sa.CheckConstraint(
            "status IN ('open', 'closed')", name=op.f("ck_data_subject_request_status")
        ),
        sa.CheckConstraint(
            "extended_on IS NOT NULL OR extension_reason IS NULL",
            name=op.f("ck_data_subject_request_extension_day"),
        ),
        sa.ForeignKeyConstraint(
            ["linked_to"],
            ["data_subject_request.id"],
            name=op.f("fk_data_subject_request_linked_to"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["party.id"],
            name=op.f("fk_data_subject_request_party_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_subject_request")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_data_subject_request_closed_on",
        "data_subject_request",
        ["closed_on", "id"],
        unique=False,
    )
    op.create_index(
        "ix_data_subject_request_linked_to", "data_subject_request", ["linked_to"], unique=False
    )
    op.create_index(
        "ix_data_subject_request_party_id", "data_subject_request", ["party_id"], unique=False
    )
    op.create_index(
        "ix_data_subject_request_status",
        "data_subject_request",
        ["status", "received_on", "id"],
        unique=False,
    )
    op.create_index(
        "uq_data_subject_request_number", "data_subject_request", ["number"], unique=True
    )
    op.create_table(
        "restriction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("basis", sa.String(length=16), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("lifted_on", sa.Date(), nullable=True),
        sa.Column("lifting_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint("basis IN ('request', 'erasure')", name=op.f("ck_restriction_basis")),
        sa.CheckConstraint(
            "lifted_on IS NULL OR (told_on IS NOT NULL AND told_on <= lifted_on)",
            name=op.f("ck_restriction_told_before"),
        ),
        sa.CheckConstraint(
            "lifted_on IS NULL OR lifted_on >= since", name=op.f("ck_restriction_lifted_after")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_restriction_party_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["data_subject_request.id"],
            name=op.f("fk_restriction_request_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restriction")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_restriction_party_id", "restriction", ["party_id"], unique=False)
    op.create_index("ix_restriction_request_id", "restriction", ["request_id"], unique=False)
    op.create_index(
        "ix_restriction_standing",
        "restriction",
        ["party_id", "basis"],
        unique=False,
        sqlite_where=sa.text("lifted_on IS NULL"),
        postgresql_where=sa.text("lifted_on IS NULL"),
    )
