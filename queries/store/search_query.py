"""Condition on the store's search index for a typed search.

The danger: what is typed is anything at all, and an engine reads some signs as operators. A LIKE
with a wildcard against the trigram index ends the whole process in SQLite 3.40. The principle: the
index is handed quoted fragments of three characters only, never a pattern, and what it lets through
is compared to the letter. What is typed is bounded before any engine sees it.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, column, func, literal, select, table, union
from sqlalchemy.orm import Session

from queries.store.search import bounded, searchable, sort_name, typed_numbers
from queries.store.tables import Invoice, Party, PartySearch

#: A trigram needs three characters; shorter words find the beginnings of names.
SHORTEST_PART = 3
#: The index is asked for no more fragments than this; the comparison to the letter does the rest.
MOST_FRAGMENTS = 32

_LAST = chr(0x10FFFF)
_BEFORE_SURROGATES, _AFTER_SURROGATES = chr(0xD7FF), chr(0xE000)

# The column with the table's own name is the one that FTS5 is asked by.
_trigram = table("party_trigram", column("rowid"), column("party_trigram"))


def searches(text: str) -> list[list[str]]:
    """Return lists of parts; a party matches if every part of one list is found.

    Digits may be a telephone number in some notation, or part of an identifier as they are.

    >>> searches("040 123 4567"), searches("mäki oy")
    ([['040', '123', '4567'], ['0401234567'], ['401234567']], [['mäki', 'oy']])
    """
    text = bounded(text)
    words = list(dict.fromkeys(searchable(text).split()))
    numbers = [number for number in typed_numbers(text) if len(number) >= SHORTEST_PART]
    found = [words, *([number] for number in numbers)]
    return [list(parts) for parts in dict.fromkeys(map(tuple, found)) if parts]


def found_parties(session: Session, text: str) -> Select[int] | None:
    """A query for the ids of all the parties found; None when there is nothing to look for.

    A party is found when all words are part of its name, e-mails, telephone numbers, business ID
    or customer number, or when the text is the number or reference of one of its invoices. Nothing
    is left out of it: a bound here would cut before the caller's filters are applied.
    """
    wanted = searches(text)
    if not wanted:
        return None
    by_text = [_by_words(session, words) for words in wanted]
    whole = "".join(bounded(text).split()).upper()
    by_number = select(Invoice.party_id).where(Invoice.number == whole)
    by_reference = select(Invoice.party_id).where(Invoice.reference == whole)
    found = union(*by_text, by_number, by_reference).subquery()
    return select(found.c[0])


def _by_words(session: Session, words: list[str]) -> Select[int]:
    long = [word for word in words if len(word) >= SHORTEST_PART]
    return _by_parts(session, words, long) if long else _by_beginning(words)


def _by_parts(session: Session, words: list[str], long: list[str]) -> Select[int]:
    if session.get_bind().dialect.name != "sqlite":
        return select(PartySearch.party_id).where(
            *(PartySearch.text.contains(word, autoescape=True) for word in words)
        )
    return (
        select(PartySearch.party_id)
        .join(_trigram, _trigram.c.rowid == PartySearch.party_id)
        .where(
            _trigram.c.party_trigram.op("MATCH")(fragments(long)),
            *(func.instr(PartySearch.text, word) > 0 for word in words),
        )
    )


def fragments(words: list[str]) -> str:
    """Return the FTS5 query for the words: all of their fragments, quoted, so that no sign is an
    operator.

    The index keeps no places of its fragments, so it answers fragments and not whole words.

    >>> fragments(["a%b_", 'x"y'])
    '"a%b" "%b_" "x""y"'
    """
    size = SHORTEST_PART
    every = [word[at : at + size] for word in words for at in range(len(word) - size + 1)]
    distinct = list(dict.fromkeys(every))
    step = -(-len(distinct) // MOST_FRAGMENTS)
    return " ".join('"' + one.replace('"', '""') + '"' for one in distinct[::step])


def _by_beginning(words: list[str]) -> Select[int]:
    start = sort_name(" ".join(words))
    return select(Party.id).where(*begins_with(Party.sort_name, start))


def begins_with(name: ColumnElement[str] | object, start: str) -> list[ColumnElement[bool]]:
    """``name`` begins with ``start``, as an index range on either engine."""
    after = _after(start)
    from_it = [name >= literal(start)]
    return from_it if after is None else [*from_it, name < literal(after)]


def _after(start: str) -> str | None:
    """The first text after all that begin with ``start``; None when nothing can be after them."""
    kept = start.rstrip(_LAST)
    if not kept:
        return None
    last = kept[-1]
    return kept[:-1] + (_AFTER_SURROGATES if last == _BEFORE_SURROGATES else chr(ord(last) + 1))
