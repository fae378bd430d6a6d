"""The search index: one folded text a party, found by any part of it.

On SQLite an FTS5 trigram table stands on ``party_search``, on PostgreSQL a pg_trgm index where the
server has that extension; without it the same search reads the text table through.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from sqlalchemy import event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, UOWTransaction

from queries.store.tables import Email, Party, PartySearch, Phone

#: How much of a typed search is looked for, in characters and in words. The longest name has 200
#: characters, the longest e-mail address 254.
MOST_CHARACTERS = 300
MOST_WORDS = 30


def bounded(text: str) -> str:
    """A typed search as any engine can take it: what is no character is a space, and what is over
    :data:`MOST_CHARACTERS` or :data:`MOST_WORDS` is cut off.

    Controls (a driver refuses NUL) and halves of surrogate pairs (no text of a store has them) go.

    >>> bounded(" ab\\0cd \\ud800 e ")
    'ab cd e'
    """
    words = _cleaned(text[:_LONGEST_READ]).split()[:MOST_WORDS]
    return " ".join(words)[:MOST_CHARACTERS].rstrip()


def is_cut(text: str) -> bool:
    """Whether :func:`bounded` cuts off something of the text."""
    if len(text) > _LONGEST_READ:
        return True
    words = _cleaned(text).split()
    return len(words) > MOST_WORDS or len(" ".join(words)) > MOST_CHARACTERS


#: No more than this of a text is looked at: a pasted book costs no more than a page.
_LONGEST_READ = 10 * MOST_CHARACTERS


def _cleaned(text: str) -> str:
    return "".join(" " if unicodedata.category(sign) in {"Cc", "Cs"} else sign for sign in text)


def fold(text: str) -> str:
    """Text as it is compared: NFKC, no case, single spaces. Umlauts stay: ä is not a.

    >>> fold("  Mäki-Oja \\u00a0 OY ")
    'mäki-oja oy'
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


#: å, ä and ö come after z, in this order; by code point ä would come first.
_ALPHABET = str.maketrans({"å": "{", "ä": "|", "ö": "}"})


def sort_name(name: str) -> str:
    """The key that lists of names are ordered by: folded, in the order of the Finnish alphabet.

    >>> sorted(["Öhman", "Zetterberg", "Äijälä", "Åberg"], key=sort_name)
    ['Zetterberg', 'Åberg', 'Äijälä', 'Öhman']
    """
    return fold(name).translate(_ALPHABET)[:200]


def phone_digits(text: str) -> str | None:
    """The digits of a telephone number without its prefix, as the index holds them.

    >>> phone_digits("+358 40 123 4567"), phone_digits("040-1234567"), phone_digits("Oja 1")
    ('401234567', '401234567', None)
    """
    bare = re.sub(r"[\s()./-]", "", text)
    if not re.fullmatch(r"(\+|00)?\d{3,18}", bare):
        return None
    for prefix in ("+358", "00358"):
        if bare.startswith(prefix):
            return bare.removeprefix(prefix).removeprefix("0")
    return bare.removeprefix("+").removeprefix("00").removeprefix("0")


def search_text(
    name: str,
    identifiers: Iterable[str | None],
    emails: Iterable[str],
    phones: Iterable[str],
) -> str:
    """The folded text of one party; a business ID stands with and without its hyphen."""
    given = [part for part in identifiers if part]
    parts = [name, *given, *(part.replace("-", "") for part in given if "-" in part), *emails]
    digits = [phone.removeprefix("+358").removeprefix("+") for phone in phones]
    return fold(" ".join([*parts, *digits]))


@event.listens_for(Session, "after_flush")
def _remember_parties(session: Session, _context: UOWTransaction) -> None:
    touched = session.info.setdefault("search", set())
    for thing in (*session.new, *session.dirty):
        if isinstance(thing, Party):
            touched.add(thing.id)
        elif isinstance(thing, Email | Phone):
            touched.add(thing.party_id)
    for thing in session.deleted:
        if isinstance(thing, Email | Phone):
            touched.add(thing.party_id)


def refresh_search(session: Session) -> None:
    """Bring the search texts of the parties that this transaction touched up to date."""
    touched = session.info.pop("search", set())
    if touched:
        index_parties(session, sorted(touched))


def index_parties(session: Session, party_ids: list[int]) -> None:
    """Bring the search texts of these parties up to date; four statements, five where one changes.

    The texts are locked before anything is read: of two who change a party at once the second
    reads what the first has written.
    """
    before = {
        row.party_id: row.text
        for row in session.execute(
            select(PartySearch.party_id, PartySearch.text)
            .where(PartySearch.party_id.in_(party_ids))
            .order_by(PartySearch.party_id)
            .with_for_update(key_share=True)
        )
    }
    parties = session.execute(
        select(Party.id, Party.name, Party.business_id, Party.customer_number, Party.foreign_id)
        .where(Party.id.in_(party_ids))
    ).all()  # fmt: skip
    emails = _by_party(session, Email.party_id, Email.address, party_ids)
    phones = _by_party(session, Phone.party_id, Phone.number, party_ids)
    texts = {
        party.id: search_text(
            party.name,
            (party.business_id, party.customer_number, party.foreign_id),
            emails.get(party.id, []),
            phones.get(party.id, []),
        )
        for party in parties
    }
    changed = [{"party_id": key, "text": text} for key, text in texts.items()
               if before.get(key) != text]  # fmt: skip
    if changed:
        on_sqlite = session.get_bind().dialect.name == "sqlite"
        write = (sqlite.insert if on_sqlite else postgresql.insert)(PartySearch)
        session.execute(
            write.on_conflict_do_update(
                index_elements=["party_id"], set_={"text": write.excluded.text}
            ),
            changed,
        )


def _by_party(session: Session, key: object, value: object, ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for party_id, text in session.execute(
        select(key, value).where(key.in_(ids)).order_by(key, value)  # type: ignore[call-overload,attr-defined]  # columns
    ):
        found.setdefault(party_id, []).append(text)
    return found
