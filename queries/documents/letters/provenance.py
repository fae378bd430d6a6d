"""The letter that informs a person of the source of their data (GDPR Art. 14).

What it says beside the source is the notice itself, drawn from the store on that day: the
controller, purposes and bases, categories, recipients, storage periods and rights are in no
second place.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from queries.documents import words
from queries.documents.letters.addressing import addressee
from queries.documents.letters.letters import SOURCE_NOTICE, Letter, letter
from queries.documents.notice.draft import draw_notice
from queries.reads.notice.notice import notice_facts
from queries.reads.provenance import from_elsewhere
from queries.wording import formats

#: Sections of the notice that the letter says in words of its own.
_SAID_ELSEWHERE = {"authority"}


def source_letter(
    session: Session, notice_id: int, *, today: date, by_post: bool, language: str | None = None
) -> Letter:
    """Write the letter of one reminder; about thirty statements, some of which read their tables to
    the end.

    :param by_post: it has the postal address, where one is known.
    :param language: that of the party, where none is given.
    :raises NotFound: when the data are gone.
    """
    told = from_elsewhere(session, notice_id)
    spoken = language or told.language
    facts = notice_facts(session, today=today)
    notice = draw_notice(facts, spoken)
    sections = [
        {
            "title": section.title,
            "statements": [(one.text, one.listed) for one in section.statements],
        }
        for section in notice.sections
        if section.code not in _SAID_ELSEWHERE
    ]
    data = [
        f"{words.phrase(f'letter.data.{name}', spoken)}, {formats.day(on, spoken)}"
        for name, on in told.data
    ]
    return letter(
        SOURCE_NOTICE,
        spoken,
        facts={"source": told.source, "data": data, "sections": sections},
        addressee=addressee(session, told.party_id, name=told.name, by_post=by_post),
        controller=facts.controller,
        made_on=today,
    )
