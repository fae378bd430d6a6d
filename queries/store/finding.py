"""Which parties a typed search means: the condition on the store's search index."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, column, func, literal, select, table, union
from sqlalchemy.orm import Session

from queries.store.search import fold, phone_digits, sort_name
from queries.store.tables import Invoice, Party, PartySearch

#: A trigram needs three characters; shorter words find the beginnings of names.
SHORTEST_PART = 3
#: A search that finds more is told to be narrowed: sorting more than this is not worth the wait.
MOST_FOUND = 5_000

_trigram = table("party_trigram", column("rowid"), column("text"))


def searches(text: str) -> list[list[str]]:
    """What to look for: one of these lists of parts, all of which must be found.

    Digits may be a telephone number in some notation, or part of an identifier as they stand.

    >>> searches("040 123 4567"), searches("mäki oy")
    ([['040', '123', '4567'], ['401234567']], [['mäki', 'oy']])
    """
    words, digits = fold(text).split(), phone_digits(text)
    return [each for each in (words, [digits] if digits else []) if each]


def found_parties(session: Session, text: str) -> Select[int] | None:
    """A query for the ids of the parties found, at most ``MOST_FOUND``; None when text is empty.

    A party is found when all words are part of its name, e-mails, telephone numbers, business ID
    or customer number, or when the text is the number or reference of one of its invoices.
    """
    wanted = [list(words) for words in dict.fromkeys(tuple(words) for words in searches(text))]
    if not wanted:
        return None
    by_text = [_by_words(session, words) for words in wanted]
    whole = "".join(text.split()).upper()
    by_number = select(Invoice.party_id).where(Invoice.number == whole).limit(50)
    by_reference = select(Invoice.party_id).where(Invoice.reference == whole).limit(50)
    found = union(
        *(select(part.subquery().c[0].label("id")) for part in (*by_text, by_number, by_reference))
    )
    return select(found.subquery().c.id)


def _by_words(session: Session, words: list[str]) -> Select[int]:
    long = [word for word in words if len(word) >= SHORTEST_PART]
    return _by_parts(session, words, long) if long else _by_beginning(words)


def _by_parts(session: Session, words: list[str], long: list[str]) -> Select[int]:
    exact = [func.instr(PartySearch.text, word) > 0 for word in words]
    if session.get_bind().dialect.name != "sqlite":
        return (
            select(PartySearch.party_id)
            .where(*(PartySearch.text.contains(word, autoescape=True) for word in words))
            .limit(MOST_FOUND)
        )
    likely = and_(*(_trigram.c.text.like(_pattern(word)) for word in long))
    return (
        select(PartySearch.party_id)
        .join(_trigram, _trigram.c.rowid == PartySearch.party_id)
        .where(likely, *exact)
        .limit(MOST_FOUND)
    )


def _pattern(word: str) -> str:
    # The trigram index serves LIKE only without ESCAPE: a wildcard that was typed becomes the
    # one-character wildcard here, and instr() then compares to the letter.
    return "%" + word.replace("%", "_") + "%"


def _by_beginning(words: list[str]) -> Select[int]:
    start = sort_name(" ".join(words))
    return select(Party.id).where(*begins_with(Party.sort_name, start)).limit(MOST_FOUND)


def begins_with(name: ColumnElement[str] | object, start: str) -> list[ColumnElement[bool]]:
    """``name`` begins with ``start``, as an index range on either engine."""
    after = start[:-1] + chr(ord(start[-1]) + 1)
    return [name >= literal(start), name < literal(after)]
