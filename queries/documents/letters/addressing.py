"""Addressee of a letter: the name, and the lines of the postal address if it goes by post."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from queries.documents.letters.letters import Addressee
from queries.rules.roles import Permission
from queries.store.sessions import needs
from queries.store.tables import Address

_HOME = "FI"


@needs(Permission.SEE_REQUESTS)
def addressee(
    session: Session, party_id: int | None, *, name: str, by_post: bool, written: str | None = None
) -> Addressee:
    """Return the addressee of a letter; one statement where it goes by post to somebody in the
    register.

    The address of the register takes precedence over the one that a request gives, which anybody
    can write: it is taken only where the register has none.

    :param written: whence the request came, as written; an e-mail address is not a postal one.
    """
    if not by_post:
        return Addressee(name=name)
    if party_id is not None:
        row = session.execute(
            select(Address.street, Address.post_code, Address.town, Address.country)
            .where(Address.party_id == party_id)
            .order_by(Address.is_primary.desc(), Address.id)
            .limit(1)
        ).first()
        if row is not None:
            place = " ".join(part for part in (row.post_code, row.town) if part)
            country = "" if row.country == _HOME else row.country
            return Addressee(
                name=name, lines=tuple(line for line in (row.street, place, country) if line)
            )
    if written is None or "@" in written or not any(sign.isalpha() for sign in written):
        return Addressee(name=name)
    lines = tuple(line.strip() for line in written.replace("\n", ",").split(",") if line.strip())
    return Addressee(name=name, lines=lines)
