"""Companies of the YTJ open data (JSON)."""

from __future__ import annotations

from queries.intake.formats import Format
from queries.intake.readers.given_file import Content
from queries.intake.ytj.plan import plan_companies
from queries.intake.ytj.reader import read_ytj

FORMATS = (
    Format(
        code="ytj",
        recognises=lambda file: file.content is Content.JSON,
        read=lambda file: read_ytj(file.raw),
        plan=plan_companies,
        choices=("overwrite", "as_partner", "accept_suspect"),
    ),
)
