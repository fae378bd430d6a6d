"""The controller's own statements in the notice: its safeguards and its own words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from queries.rules.notice import LANGUAGES, TOPICS, Safeguard
from queries.rules.roles import Permission
from queries.store.sessions import needs
from queries.store.tables import Setting

#: The setting of the safeguards, and the names of those of own words: ``notice.words.<topic>``.
SAFEGUARDS = "notice.safeguards"
WORDS = "notice.words."


@dataclass(frozen=True)
class WordsRow:
    """A topic in the company's own words, by language; without a version the program's words are
    used."""

    topic: str
    words: Mapping[str, str]
    version: int | None
    changed_by: str | None
    changed_at: datetime | None


@dataclass(frozen=True)
class NoticeSettings:
    """All that the controller says, but for who it is.

    :param safeguards: those that it keeps, in the order of :class:`.Safeguard`.
    :param version: of the safeguards; none where they were never set.
    """

    safeguards: tuple[Safeguard, ...]
    version: int | None
    changed_by: str | None
    changed_at: datetime | None
    topics: tuple[WordsRow, ...]

    def words(self, topic: str, language: str) -> str:
        """Return the company's own words on a topic; empty where it has none."""
        row = next(row for row in self.topics if row.topic == topic)
        return row.words.get(language, "")


@needs(Permission.SEE_NOTICE)
def notice_settings(session: Session) -> NoticeSettings:
    """Every setting of the notice; one statement."""
    names = [SAFEGUARDS, *(f"{WORDS}{topic}" for topic in TOPICS)]
    found = {
        row.name: row for row in session.scalars(select(Setting).where(Setting.name.in_(names)))
    }
    kept = found.get(SAFEGUARDS)
    chosen = {} if kept is None else json.loads(kept.value)
    return NoticeSettings(
        safeguards=tuple(code for code in Safeguard if chosen.get(code)),
        version=None if kept is None else kept.version,
        changed_by=None if kept is None else kept.changed_by,
        changed_at=None if kept is None else kept.changed_at,
        topics=tuple(_words_row(topic, found.get(f"{WORDS}{topic}")) for topic in TOPICS),
    )


def _words_row(topic: str, kept: Setting | None) -> WordsRow:
    if kept is None:
        return WordsRow(topic, dict.fromkeys(LANGUAGES, ""), None, None, None)
    stands = json.loads(kept.value)
    words = {language: str(stands.get(language, "")) for language in LANGUAGES}
    return WordsRow(topic, words, kept.version, kept.changed_by, kept.changed_at)
