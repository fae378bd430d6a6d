"""Posti's post codes (PCF); they are brought in by :mod:`queries.writes.notice.post_codes`."""

from __future__ import annotations

from queries.intake.formats import Format
from queries.intake.post_codes import is_pcf, read_pcf
from queries.intake.readers.given_file import Content

FORMATS = (
    Format(
        code="post_codes",
        recognises=lambda file: file.content is Content.TEXT and is_pcf(file.raw),
        read=lambda file: read_pcf(file.raw),
        order=10,
    ),
)
