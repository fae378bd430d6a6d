"""Subscriptions and suppressions: the parts that every command on them shares.

The danger: an address that said no and gets it again, through an import, a form or a corrected
customer. The principle: nothing adds a subscription but :func:`enlist` and the import of a mailing
tool's files, and both ask the suppressions first, under one lock; nothing takes a suppression away
but the person's own new consent. The transaction boundary: a mark and the end of the subscription
are one transaction with whatever they belong to.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from queries.errors import InvalidInput, RuleRefusal
from queries.rules import identifiers
from queries.rules.requests import Asked
from queries.store.named_locks import NamedLock, take
from queries.store.search import fold
from queries.store.search_query import found_parties
from queries.store.sessions import UnitOfWork
from queries.store.suppression import address_hash, hash_key, is_suppressed, new_key
from queries.store.tables import (
    Email,
    MarketingBasis,
    Setting,
    Subscription,
    Suppression,
    SuppressionKind,
)
from queries.writes.commands import stamp

#: Addresses in one statement.
_TOGETHER = 500
#: What an address must not get again, by what was asked for.
ENDED_BY: Mapping[str, SuppressionKind] = {
    Asked.OBJECTION: SuppressionKind.MARKETING,
    Asked.WITHDRAWAL: SuppressionKind.NEWSLETTER,
}
OBJECTED = "GDPR Art. 7(3), 21(3); 917/2014 200 §"


@dataclass(frozen=True, kw_only=True)
class SubscriptionEntry:
    """A subscription to be, its values checked.

    :param party_id: whose the address is; None for nobody of the register.
    """

    address: str = field(repr=False)
    name: str | None = field(default=None, repr=False)
    language: str
    basis: str
    party_id: int | None = None
    consent_text_id: int | None = None
    source: str
    sourced_on: date
    renewal_reason: str | None = field(default=None, repr=False)


def newsletter_alone(uow: UnitOfWork) -> None:
    """Lock out others who add or suppress an address until the transaction ends. Whoever also locks
    a restriction does that first."""
    take(uow.session, NamedLock.NEWSLETTER)


def unless_suppressed(session: Session, address: str) -> None:
    """Refuse where the address has refused the newsletter or all marketing.

    :raises RuleRefusal: ``suppressed``.
    """
    if any(is_suppressed(session, kind, address) for kind in SuppressionKind):
        raise RuleRefusal("suppressed", OBJECTED)


def subscription_at(session: Session, address: str) -> Subscription | None:
    """The subscription of an address, however it is written; one statement."""
    key = fold(address)
    return session.scalars(select(Subscription).where(Subscription.address_key == key)).first()


def parties_with(session: Session, address: str) -> list[int]:
    """The parties of the register that have this e-mail address, however it is written; two
    statements, by the search index."""
    found = found_parties(session, address)
    assert found is not None, "an address is no empty text"  # noqa: S101 - for the type checker
    rows = session.execute(
        select(Email.party_id, Email.address).where(Email.party_id.in_(found))
    ).all()
    return sorted({party for party, own in rows if fold(own) == fold(address)})


def enlist(uow: UnitOfWork, entry: SubscriptionEntry) -> Subscription | None:
    """Add a subscription, or turn one by another right into one by consent; None when the address
    has one already by consent. The caller has checked the restriction of the party, and notes.

    :raises RuleRefusal: ``suppressed``.
    """
    newsletter_alone(uow)
    unless_suppressed(uow.session, entry.address)
    stands = subscription_at(uow.session, entry.address)
    values = {name: getattr(entry, name) for name in SubscriptionEntry.__dataclass_fields__}
    if stands is None:
        new = Subscription(**values, address_key=fold(entry.address))
        stamp(uow, new)
        uow.session.add(new)
        return new
    if stands.basis == MarketingBasis.CONSENT or entry.basis != MarketingBasis.CONSENT:
        return None
    for name, value in values.items():
        if name not in {"party_id", "name"} or value is not None:
            setattr(stands, name, value)
    stamp(uow, stands)
    return stands


def suppress(uow: UnitOfWork, kind: SuppressionKind, addresses: Iterable[str]) -> None:
    """Mark addresses and end their subscriptions at once; an existing mark stays as it is."""
    newsletter_alone(uow)
    key = hash_key(uow.session)
    if key is None:
        setting = Setting(**new_key())
        stamp(uow, setting)
        uow.session.add(setting)
        uow.session.flush()
        key = hash_key(uow.session)
    assert key is not None, "made above"  # noqa: S101 - for the type checker
    by_hash = {address_hash(key, one): fold(one) for one in addresses}
    hashes = sorted(by_hash)
    for at in range(0, len(hashes), _TOGETHER):
        some = hashes[at : at + _TOGETHER]
        marked = set(
            uow.session.scalars(
                select(Suppression.address_hash).where(
                    Suppression.kind == kind, Suppression.address_hash.in_(some)
                )
            )
        )
        uow.session.add_all(
            Suppression(kind=kind, address_hash=hashed, since=uow.today)
            for hashed in some
            if hashed not in marked
        )
        keys = [by_hash[hashed] for hashed in some]
        uow.session.execute(delete(Subscription).where(Subscription.address_key.in_(keys)))
        uow.session.flush()


def newsletter_addresses(session: Session, party_id: int | None) -> set[str]:
    """Return the addresses at which a party gets the newsletter; empty for None. One statement."""
    if party_id is None:
        return set()
    own = select(Subscription.address).where(Subscription.party_id == party_id)
    return set(session.scalars(own))


def stop_sending(
    uow: UnitOfWork, rights: Iterable[str], *, party_id: int | None, contact: str | None
) -> bool:
    """Stop marketing if the requested rights include an objection to it or a withdrawal of
    consent: from this transaction on nothing more is sent to any e-mail address of the party or
    of the requester. Nothing is disclosed, so nobody has to be identified first.

    :returns: whether there was an address.
    """
    kinds = [ENDED_BY[right] for right in rights if right in ENDED_BY]
    if not kinds:
        return False
    addresses = set(uow.session.scalars(select(Email.address).where(Email.party_id == party_id)))
    # Not for a telephone number or a postal address: the party's own addresses are meant then.
    with contextlib.suppress(InvalidInput):
        addresses.add(identifiers.email(contact or ""))
    addresses |= newsletter_addresses(uow.session, party_id)
    for kind in kinds if addresses else ():
        suppress(uow, kind, addresses)
    return bool(addresses)


def suppress_party(uow: UnitOfWork, kind: SuppressionKind, party_id: int) -> bool:
    """Mark every address by which a party gets the newsletter, and end that: an erasure on request.
    The mailing tool may know the address still, and no file of it brings it back.

    :returns: whether there was one.
    """
    newsletter_alone(uow)
    own = select(Email.address).where(Email.party_id == party_id)
    keys = {fold(address) for address in uow.session.scalars(own)}
    found = uow.session.scalars(
        select(Subscription.address).where(
            or_(Subscription.party_id == party_id, Subscription.address_key.in_(keys))
        )
    ).all()
    if found:
        suppress(uow, kind, found)
    return bool(found)


def lift_suppressions(uow: UnitOfWork, address: str) -> bool:
    """Take away what the address said no to; only for the person's own new consent.

    :returns: whether there was a mark.
    """
    newsletter_alone(uow)
    key = hash_key(uow.session)
    if key is None:
        return False
    gone = uow.session.execute(
        delete(Suppression).where(Suppression.address_hash == address_hash(key, address))
    )
    return bool(gone.rowcount)  # type: ignore[attr-defined]  # a cursor's result
