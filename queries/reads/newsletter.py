"""The newsletter: subscriptions with their legal basis, consent texts, and the issues sent.

The three rights stay apart in every list (917/2014 200.1, 200.3 and 202 §), and so does whom an
issue reaches: a subscription of a restricted party, of a customer relation that is over, or at an
address that is no longer the party's, is suspended until that is over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    null,
    select,
    true,
)
from sqlalchemy.orm import Session

from queries.errors import NotFound
from queries.reads.paging import Page, Total, count_up_to, page_of
from queries.rules.roles import Permission
from queries.store.search import bounded, fold
from queries.store.sessions import audit_read, needs
from queries.store.suppression import address_hash, hash_key
from queries.store.tables import (
    ConsentText,
    Email,
    MarketingBasis,
    NewsletterIssue,
    Party,
    PartyKind,
    PartyStatus,
    Restriction,
    Setting,
    Subscription,
    Suppression,
    SuppressionKind,
)

PAGE = 50
#: So many of the latest issues are listed.
ISSUES = 12
#: The setting that says at what address the links of the latest issue lead.
LINKS = "newsletter.links"


@dataclass(frozen=True)
class SubscriptionRow:
    """A subscription.

    :param stands_still: why no issue reaches it now: ``restricted``, ``relation_ended`` or
        ``address_changed``; None for one that is sent to.
    :param consent_version: of the text that was agreed to; None where it is not known.
    :param linked: the person has an unsubscribe link.
    """

    id: int
    version: int
    address: str = field(repr=False)
    name: str | None = field(repr=False)
    language: str
    basis: str
    party_id: int | None
    source: str
    sourced_on: date
    consent_version: int | None
    renewal_reason: str | None = field(repr=False)
    linked: bool
    stands_still: str | None


@dataclass(frozen=True)
class ConsentTextRow:
    id: int
    version: int
    language: str
    text: str
    since: date
    written_by: str


@dataclass(frozen=True)
class IssueRow:
    """An issue that was given to the mailing tool: to how many, not to whom."""

    id: int
    name: str
    exported_at: datetime
    exported_by: str
    recipients: int
    sha256: str


@dataclass(frozen=True)
class NewsletterFigures:
    """Counts of subscriptions and suppressions.

    :param by_basis: subscriptions by right.
    :param suppressed: marks of addresses that must not get it again.
    """

    by_basis: dict[str, int]
    suppressed: int

    @property
    def subscribers(self) -> int:
        return sum(self.by_basis.values())


@dataclass(frozen=True)
class SubscriberRow:
    """A recipient of the next issue; ``token`` is None for one who never had a link,
    ``party_id`` for one who is not a party of the register."""

    id: int
    party_id: int | None
    address: str = field(repr=False)
    name: str | None = field(repr=False)
    language: str
    basis: str
    token: str | None = field(repr=False)


def _stands_still() -> ColumnElement[Any]:
    """Return the reason why an issue does not reach a subscription."""
    restricted = select(Restriction.id).where(
        Restriction.party_id == Subscription.party_id, Restriction.lifted_on.is_(None)
    )
    own = select(Email.id).where(
        Email.party_id == Subscription.party_id,
        func.lower(Email.address) == func.lower(Subscription.address),
    )
    over = select(Party.id).where(
        Party.id == Subscription.party_id, Party.status == PartyStatus.ENDED
    )
    person = select(Party.id).where(
        Party.id == Subscription.party_id, Party.kind == PartyKind.PERSON
    )
    return case(
        (restricted.exists(), literal("restricted")),
        (Subscription.basis == MarketingBasis.CONSENT, null()),
        (
            and_(Subscription.basis == MarketingBasis.CUSTOMER, over.exists()),
            literal("relation_ended"),
        ),
        (
            and_(Subscription.basis == MarketingBasis.ORGANISATION, person.exists()),
            literal("became_person"),
        ),
        (~own.exists(), literal("address_changed")),
        else_=null(),
    )


_STILL = _stands_still()
#: Typed loosely: a statement of this many columns has no type of its own.
_ROW: Any = select(
    Subscription.id,
    Subscription.version,
    Subscription.address,
    Subscription.name,
    Subscription.language,
    Subscription.basis,
    Subscription.party_id,
    Subscription.source,
    Subscription.sourced_on,
    ConsentText.version.label("consent_version"),
    Subscription.renewal_reason,
    Subscription.token.is_not(None).label("linked"),
    _STILL.label("stands_still"),
).outerjoin(ConsentText, ConsentText.id == Subscription.consent_text_id)


_BY_TOKEN = select(Subscription.id).where(Subscription.token == bindparam("token"))


@needs(Permission.SEND_NEWSLETTER)
def subscription_list(
    session: Session,
    basis: str,
    *,
    text: str = "",
    after: int | None = None,
    before: int | None = None,
    size: int = PAGE,
) -> Page[SubscriptionRow]:
    """The subscriptions by one right, the newest first; two statements.

    :param text: the beginning of the address.
    """
    among: ColumnElement[bool] = Subscription.basis == basis
    if start := fold(bounded(text)):
        among &= Subscription.address_key.startswith(start, autoescape=True)
    return _page(session, among, after=after, before=before, size=size)


def _page(
    session: Session,
    among: ColumnElement[bool],
    *,
    after: int | None,
    before: int | None,
    size: int,
) -> Page[SubscriptionRow]:
    """One page of subscriptions, the newest first; two statements."""
    return page_of(
        session,
        _ROW.where(among),
        (Subscription.id,),
        lambda rows: (SubscriptionRow(**row._asdict()) for row in rows),
        total=count_up_to(session, select(Subscription.id).where(among)),
        descending=True,
        after=after,
        before=before,
        size=size,
    )


@needs(Permission.SEND_NEWSLETTER)
def subscription_record(session: Session, subscription_id: int) -> SubscriptionRow:
    """One subscription; one statement.

    :raises NotFound: also when it has ended: a subscription that ends is gone.
    """
    row = session.execute(_ROW.where(Subscription.id == subscription_id)).first()
    if row is None:
        raise NotFound("subscription", subscription_id)
    found = SubscriptionRow(**row._asdict())
    audit_read(session, "subscription", found.id, party_id=found.party_id)
    return found


@needs(Permission.SEE_CUSTOMERS)
def subscriptions_of(session: Session, party_id: int) -> tuple[SubscriptionRow, ...]:
    """The subscriptions of a party; one statement."""
    rows = session.execute(_ROW.where(Subscription.party_id == party_id).order_by(Subscription.id))
    return tuple(SubscriptionRow(**row._asdict()) for row in rows)


@needs(Permission.SEE_CUSTOMERS)
def refused_addresses(session: Session, party_id: int) -> tuple[str, ...]:
    """The addresses of a party that said no to the newsletter or to all marketing; at most three
    statements."""
    key = hash_key(session)
    if key is None:
        return ()
    own = select(Email.address).where(Email.party_id == party_id).order_by(Email.id)
    by_address = {address: address_hash(key, address) for address in session.scalars(own)}
    marks = set(
        session.scalars(
            select(Suppression.address_hash).where(
                Suppression.kind.in_(tuple(SuppressionKind)),
                Suppression.address_hash.in_(set(by_address.values())),
            )
        )
    )
    return tuple(address for address, mark in by_address.items() if mark in marks)


@needs(Permission.SEE_NOTICE)
def newsletter_figures(session: Session) -> NewsletterFigures:
    """Count the subscriptions and the suppressed addresses; two statements."""
    by_right = select(Subscription.basis, func.count()).group_by(Subscription.basis)
    counted = dict(session.execute(by_right).all())
    by_basis = {basis.value: counted.get(basis.value, 0) for basis in MarketingBasis}
    marks = select(func.count(func.distinct(Suppression.address_hash)))
    return NewsletterFigures(by_basis, session.execute(marks).scalar_one())


@needs(Permission.SEE_NOTICE)
def consent_texts(session: Session) -> tuple[ConsentTextRow, ...]:
    """Return the texts that people have agreed to, the newest version first; one statement."""
    query = select(ConsentText).order_by(ConsentText.version.desc(), ConsentText.id)
    return tuple(
        ConsentTextRow(row.id, row.version, row.language, row.text, row.since, row.written_by)
        for row in session.scalars(query)
    )


@needs(Permission.SEE_NOTICE)
def newsletter_issues(session: Session) -> tuple[IssueRow, ...]:
    """The latest issues; one statement."""
    newest = (NewsletterIssue.exported_at.desc(), NewsletterIssue.id.desc())
    return tuple(
        IssueRow(row.id, row.name, row.exported_at, row.exported_by, row.recipients, row.sha256)
        for row in session.scalars(select(NewsletterIssue).order_by(*newest).limit(ISSUES))
    )


@needs(Permission.SEND_NEWSLETTER)
def issue_recipients(session: Session) -> Iterator[SubscriberRow]:
    """Yield the recipients of the next issue, in order of the keys; three statements.

    No suppressed address is among the subscriptions; if one ever did, it is left out here.
    """
    refused = _suppressions(session)
    query = (
        select(
            Subscription.id,
            Subscription.party_id,
            Subscription.address,
            Subscription.name,
            Subscription.language,
            Subscription.basis,
            Subscription.token,
        )
        .where(_STILL.is_(None))
        .order_by(Subscription.id)
    )
    for row in session.execute(query):
        if not refused.has(row.address):
            yield SubscriberRow(*row)


def leads_out(session: Session, token: str) -> bool:
    """Check if a link belongs to a subscription; one statement, by the unique index of tokens.

    Needs no permission: anyone with the link may use it, and the answer is shown to nobody.
    """
    return session.connection().execute(_BY_TOKEN, {"token": token}).first() is not None


class _Suppressions:
    def __init__(self, key: bytes | None, hashes: frozenset[str]) -> None:
        self._key = key
        self._hashes = hashes

    def has(self, address: str) -> bool:
        return self._key is not None and address_hash(self._key, address) in self._hashes

    def __bool__(self) -> bool:
        return bool(self._hashes)


def _suppressions(session: Session) -> _Suppressions:
    """Every address that said no, of either kind; two statements."""
    hashes = frozenset(session.scalars(select(Suppression.address_hash)))
    return _Suppressions(hash_key(session), hashes)


@needs(Permission.SEE_NOTICE)
def subscriptions_against_suppression(session: Session) -> int:
    """Subscriptions at an address that said no to the newsletter or to all marketing: 0, by every
    way in. Three statements; every address is hashed, as long as there is a suppression."""
    return len(_against(session))


@needs(Permission.SEND_NEWSLETTER)
def refused_subscriptions(session: Session, *, size: int = PAGE) -> Page[SubscriptionRow]:
    """The first of :func:`subscriptions_against_suppression`, to be ended; four statements."""
    keys = _against(session)
    rows = session.execute(_ROW.where(Subscription.id.in_(keys[:size])).order_by(Subscription.id))
    found = tuple(SubscriptionRow(**row._asdict()) for row in rows)
    return Page(found, Total(len(keys)), None, None)


def _against(session: Session) -> list[int]:
    refused = _suppressions(session)
    if not refused:
        return []
    every = select(Subscription.id, Subscription.address).order_by(Subscription.id)
    return [row.id for row in session.execute(every) if refused.has(row.address)]


@needs(Permission.SEE_NOTICE)
def subscribers_without_link(session: Session, *, public: str | None) -> int:
    """Subscribers whom the newsletter would reach, or did reach, without an unsubscribe link that
    works; two statements.

    A link is made at the first export and never without a public address. So it is everybody where
    the register has no public address, and where that has changed since the last export whoever
    holds a link of the old one; until the next export gives them one that works.

    :param public: the ``https`` address of the register now, None where it has none.
    """
    query = select(func.count()).select_from(Subscription).where(_linkless(session, public))
    return session.execute(query).scalar_one()


@needs(Permission.SEND_NEWSLETTER)
def unlinked_subscriptions(
    session: Session,
    *,
    public: str | None,
    after: int | None = None,
    before: int | None = None,
    size: int = PAGE,
) -> Page[SubscriptionRow]:
    """Return those whom :func:`subscribers_without_link` counts, newest first; three statements."""
    return _page(session, _linkless(session, public), after=after, before=before, size=size)


def _linkless(session: Session, public: str | None) -> ColumnElement[bool]:
    if public is None:
        return true()
    kept = session.scalar(select(Setting.value).where(Setting.name == LINKS))
    if kept is not None and json.loads(kept) == public:
        return false()
    return Subscription.token.is_not(None)
