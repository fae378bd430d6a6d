"""The record of processing on paper, PDF/UA-1."""

from __future__ import annotations

from typing import Any

from queries.documents.processing import PARTS, RECIPIENT_PARTS, ProcessingRecord
from queries.documents.typesetting import facts, heading, items, paper, text, typeset


def as_paper(record: ProcessingRecord) -> bytes:
    """The same facts as the workbook's, an activity after another.

    What is the same for every activity, how data are protected, is said once.
    """
    blocks: list[dict[str, Any]] = [facts(record.controller), text(record.say("about"))]
    for activity in record.activities:
        blocks.append(heading(activity.title))
        for name in PARTS:
            if name != "security":
                blocks.append(heading(record.say(f"parts.{name}"), 2))
                blocks.append(_texts(activity.parts[name]))
    blocks.append(heading(record.say("parts.security")))
    blocks.append(_texts(record.activities[0].parts["security"]))
    blocks.append(heading(record.say("sheets.recipients")))
    if not record.recipients:
        blocks.append(text(record.say("none.recipients")))
    for row in record.recipients:
        blocks.append(heading(row[0], 2))
        told = zip(RECIPIENT_PARTS[1:], row[1:], strict=True)
        blocks.append(
            facts([(record.say(f"recipient.{name}"), value) for name, value in told if value])
        )
    sheet = paper(
        title=record.say("title"),
        author=record.house,
        made_on=record.made_on.isoformat(),
        footer=record.say("footer").format(name=record.house),
        blocks=blocks,
    )
    return typeset("document", sheet, language=record.language)


def _texts(each: tuple[str, ...]) -> dict[str, Any]:
    return text(each[0]) if len(each) == 1 else items(each)
