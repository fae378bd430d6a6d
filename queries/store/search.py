"""The search index: one folded text a party, found by any part of it.

On SQLite an FTS5 trigram table indexes ``party_search``, on PostgreSQL a pg_trgm index where the
server has that extension; without it the same search reads the text table through.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from sqlalchemy import Connection, event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, UOWTransaction

from queries.store.tables import Email, Party, PartySearch, Phone

#: How much of a typed search is looked for, in characters and in words. The longest name has 200
#: characters, the longest e-mail address 254.
MOST_CHARACTERS = 300
MOST_WORDS = 30


def bounded(text: str) -> str:
    """A typed search as any engine can take it: a control character is a space, and what is over
    :data:`MOST_CHARACTERS` or :data:`MOST_WORDS` is cut off.

    Controls (a driver refuses NUL) and halves of surrogate pairs (no text of a store has them) go.

    >>> bounded(" ab\\0cd \\ud800 e ")
    'ab cd e'
    """
    words = _cleaned(text[:_LONGEST_READ]).split()[:MOST_WORDS]
    return " ".join(words)[:MOST_CHARACTERS].rstrip()


def is_cut(text: str) -> bool:
    """Return whether :func:`bounded` cuts off part of the text."""
    if len(text) > _LONGEST_READ:
        return True
    words = _cleaned(text).split()
    return len(words) > MOST_WORDS or len(" ".join(words)) > MOST_CHARACTERS


#: No more than this of a text is looked at: a pasted book costs no more than a page.
_LONGEST_READ = 10 * MOST_CHARACTERS


def _cleaned(text: str) -> str:
    if text.isprintable():  # neither controls nor signs that nobody sees
        return text
    return "".join(" " if unicodedata.category(sign) in {"Cc", "Cs"} else sign for sign in text)


def fold(text: str) -> str:
    """Text as it is compared: NFKC, no case, single spaces. Umlauts stay: ä is not a.

    >>> fold("  Mäki-Oja \\u00a0 OY ")
    'mäki-oja oy'
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


#: å, ä and ö come after z, in this order; by code point ä would come first.
_ALPHABET = str.maketrans({"å": "{", "ä": "|", "ö": "}"})


def searchable(text: str) -> str:
    """Text as it is searched: folded, without signs that nobody sees, and with every i alike.

    Case folding leaves a combining dot of İ, and a Finnish keyboard types no dotless ı.

    >>> searchable("İstanbul Oy"), searchable("Stra\u00dfe"), searchable("Tähti\u00adtuuli")
    ('istanbul oy', 'strasse', 'tähtituuli')
    """
    seen = _cleaned(text)
    if not seen.isprintable():
        seen = "".join(sign for sign in seen if unicodedata.category(sign) != "Cf")
    # Once more to NFC: folding can leave a letter and its mark apart.
    return unicodedata.normalize("NFKC", fold(seen)).replace("i\u0307", "i").replace("ı", "i")


def sort_name(name: str) -> str:
    """The key that lists of names are ordered by: the searchable text in the order of the Finnish
    alphabet.

    >>> sorted(["Öhman", "Zetterberg", "Äijälä", "Åberg"], key=sort_name)
    ['Zetterberg', 'Åberg', 'Äijälä', 'Öhman']
    """
    return searchable(name).translate(_ALPHABET)[:200]


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


def typed_numbers(text: str) -> list[str]:
    """A typed telephone number, or part of one, as it can be part of a search text.

    >>> typed_numbers("040 123"), typed_numbers("00358 40-1"), typed_numbers("+358 (0)40 1")
    (['040123'], ['+358401'], ['+358401'])
    >>> typed_numbers("070 123 4567"), typed_numbers("Oja 1")
    (['0701234567', '701234567'], [])
    """
    bare = re.sub(r"[\s()./\u2010-\u2015-]", "", unicodedata.normalize("NFKC", text))
    if not re.fullmatch(r"(\+|00)?[0-9]{1,18}", bare):
        return []
    if bare.startswith("00"):
        bare = "+" + bare.removeprefix("00")
    if bare.startswith("+3580"):
        bare = "+358" + bare.removeprefix("+3580")
    # A number from abroad is in the index with its country only.
    rest = bare.removeprefix("0")
    return [bare, rest] if rest != bare and len(rest) >= _NATIONAL else [bare]


#: So many digits without a country are a number of their own, and not the beginning of one.
_NATIONAL = 6


def search_text(
    name: str, identifiers: Iterable[str | None], emails: Iterable[str], phones: Iterable[str]
) -> str:
    """Return the text by which a party is found; a business ID is in it with and without its
    hyphen, a Finnish telephone number as it is dialled at home and from abroad.

    >>> search_text("Oja Oy", ["9000007-4"], [], ["+358401234567"])
    'oja oy 9000007-4 90000074 0401234567 +358401234567'
    """
    given = [part for part in identifiers if part]
    parts = [name, *given, *(part.replace("-", "") for part in given if "-" in part), *emails]
    for phone in phones:
        if phone.startswith("+358"):
            parts.append("0" + phone.removeprefix("+358"))
        parts.append(phone)
    return searchable(" ".join(parts))


def texts_fingerprint() -> str:
    """Return a fingerprint that changes when texts are made otherwise than those that are
    stored.

    Made from a text that meets every step: when it comes out otherwise, stores are read anew.
    """
    met = [
        search_text(
            f"A\u0308 {sign} Oy",
            ["9000007-4", "X 1"],
            ["A@B.example"],
            ["+358401234567", "+46701234567"],
        )
        for sign in "İıßẞΣςÅÉ\u00ad\u200d\ufb01\uff11\u0345\u1e9b\ufdfa\u2126"
    ]
    return hashlib.sha256("\n".join([*met, *map(sort_name, met)]).encode()).hexdigest()


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
    texts = search_texts(session, party_ids)
    changed = [
        {"party_id": key, "text": text} for key, text in texts.items() if before.get(key) != text
    ]
    if changed:
        on_sqlite = session.get_bind().dialect.name == "sqlite"
        write = (sqlite.insert if on_sqlite else postgresql.insert)(PartySearch)
        session.execute(
            write.on_conflict_do_update(
                index_elements=["party_id"], set_={"text": write.excluded.text}
            ),
            changed,
        )


def search_texts(reader: Session | Connection, party_ids: list[int]) -> dict[int, str]:
    """The search texts of these parties as their rows have them; three statements."""
    parties = reader.execute(
        select(
            Party.id, Party.name, Party.business_id, Party.customer_number, Party.foreign_id
        ).where(Party.id.in_(party_ids))
    ).all()
    emails = _by_party(reader, Email.party_id, Email.address, party_ids)
    phones = _by_party(reader, Phone.party_id, Phone.number, party_ids)
    return {
        party.id: search_text(
            party.name,
            (party.business_id, party.customer_number, party.foreign_id),
            emails.get(party.id, []),
            phones.get(party.id, []),
        )
        for party in parties
    }


def _by_party(
    reader: Session | Connection, key: object, value: object, ids: list[int]
) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for party_id, text in reader.execute(
        select(key, value).where(key.in_(ids)).order_by(key, value)  # type: ignore[call-overload,attr-defined]  # columns
    ):
        found.setdefault(party_id, []).append(text)
    return found
