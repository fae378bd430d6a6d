"""Addresses that must not get something again, known by a keyed hash only.

The key is a setting of the register: with the store in hand an address can be tested, which is what
the list is for; the hashes alone, as in an extract, reveal nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from queries.store.search import fold
from queries.store.tables import Setting, Suppression, SuppressionKind

#: The name of the setting that holds the key.
KEY = "suppression.key"
#: Hashes in one IN list.
_TOGETHER = 500


def hash_key(session: Session) -> bytes | None:
    """The register's key; None before the first suppression. One statement."""
    value = session.scalar(select(Setting.value).where(Setting.name == KEY))
    return None if value is None else bytes.fromhex(json.loads(value))


def new_key() -> dict[str, str]:
    """The columns of a setting with a fresh key."""
    return {"name": KEY, "value": json.dumps(secrets.token_hex(32))}


def address_hash(key: bytes, address: str) -> str:
    """The keyed hash of an e-mail address, however it is written: HMAC-SHA256, hexadecimal."""
    return hmac.new(key, fold(address).encode(), hashlib.sha256).hexdigest()


def is_suppressed(session: Session, kind: SuppressionKind, address: str) -> bool:
    """Check if the address is suppressed; two statements."""
    key = hash_key(session)
    if key is None:
        return False
    return session.get(Suppression, (kind, address_hash(key, address))) is not None


def suppressed_among(
    session: Session,
    addresses: Iterable[str],
    kinds: Iterable[SuppressionKind] = tuple(SuppressionKind),
) -> frozenset[str]:
    """The addresses that have a mark of one of these kinds, as given: of people who said no to
    something, and of those who were erased at their request while they got the newsletter.

    Statements: none without addresses, else one and one for every 500 of them.
    """
    given = sorted(set(addresses))
    key = hash_key(session) if given else None
    if key is None:
        return frozenset()
    hashed = {address: address_hash(key, address) for address in given}
    marked: set[str] = set()
    wanted = sorted(set(hashed.values()))
    for start in range(0, len(wanted), _TOGETHER):
        some = wanted[start : start + _TOGETHER]
        marked.update(
            session.scalars(
                select(Suppression.address_hash).where(
                    Suppression.kind.in_(list(kinds)), Suppression.address_hash.in_(some)
                )
            )
        )
    return frozenset(address for address, hash_ in hashed.items() if hash_ in marked)
