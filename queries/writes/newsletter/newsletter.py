"""Commands on the newsletter: consent texts, subscriptions with their legal basis, and their
end.

Laki sähköisen viestinnän palveluista 917/2014 200 and 202 §; GDPR Art. 7, 18 and 21. A subscription
that ends is removed at once, and a keyed hash of its address stays, so that no import brings it
back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from queries.errors import InvalidInput, RuleRefusal
from queries.rules import identifiers
from queries.rules.roles import Permission
from queries.store.search import fold
from queries.store.sessions import UnitOfWork, needs
from queries.store.suppression import address_hash, hash_key
from queries.store.tables import (
    ConsentText,
    Email,
    Invoice,
    InvoiceStatus,
    Language,
    MarketingBasis,
    OrderStatus,
    Party,
    PartyKind,
    PartyStatus,
    ServiceOrder,
    Source,
    Subscription,
    Suppression,
    SuppressionKind,
)
from queries.writes.commands import Checks, fetch, unless_restricted
from queries.writes.newsletter.subscriptions import (
    OBJECTED,
    SubscriptionEntry,
    enlist,
    lift_suppressions,
    newsletter_alone,
    parties_with,
    subscription_at,
    suppress,
)

LONGEST_NAME = 200
LONGEST_REASON = 1_000
SUBJECT = "subscription"

#: How a person gives a consent to the office; nobody gives it for another.
CONSENTED_BY = (Source.EMAIL, Source.PHONE, Source.FORM, Source.MEETING, Source.OFFICE)
_OWN_CUSTOMER = "Laki sähköisen viestinnän palveluista 917/2014 200.3 §"
_ORGANISATION = "Laki sähköisen viestinnän palveluista 917/2014 202 §"


@dataclass(frozen=True, kw_only=True)
class WriteConsentText:
    """A new version of the text that people agree to, in the languages in which consent is
    asked."""

    fi: str
    sv: str | None = None
    en: str | None = None


@dataclass(frozen=True, kw_only=True)
class Subscribe:
    """A consent as it was given.

    :param party_id: whose the address is; None to look for it in the register.
    :param consent_text_id: the version of the text that was agreed to.
    :param source: how it was given (:data:`CONSENTED_BY`), on ``sourced_on``.
    """

    address: str = field(repr=False)
    name: str | None = field(default=None, repr=False)
    language: str = Language.FI
    party_id: int | None = None
    consent_text_id: int | None
    source: str
    sourced_on: date
    accept_suspect: bool = False


@dataclass(frozen=True, kw_only=True)
class RenewConsent(Subscribe):
    """A new consent of somebody whose address is suppressed, with the reason to believe it."""

    reason: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class RelationSubscription:
    """A subscription without consent: of an own customer, or of an organisation."""

    party_id: int
    email_id: int


@dataclass(frozen=True, kw_only=True)
class EndSubscription:
    """A subscription that the person asked the office to end."""

    id: int
    version: int | None = None


@needs(Permission.EDIT_SETTINGS)
def write_consent_text(uow: UnitOfWork, inputs: WriteConsentText) -> int:
    """Write the next version of the consent text; return its number. The earlier ones stay as they
    are: they say what was agreed to.

    :raises InvalidInputs: ``required`` without the Finnish one.
    :raises RuleRefusal: ``consent_text_same`` when nothing differs from the newest version.
    """
    checks = Checks(inputs)
    texts = {
        code: checks.lines(code, longest=2_000, required=code == Language.FI)
        for code in (language.value for language in Language)
    }
    checks.done()
    newest = uow.session.scalar(select(func.max(ConsentText.version))) or 0
    stands = select(ConsentText.language, ConsentText.text).where(ConsentText.version == newest)
    given = {code: text for code, text in texts.items() if text is not None}
    if given == dict(uow.session.execute(stands).all()):
        raise RuleRefusal("consent_text_same", "GDPR Art. 7(1)")
    uow.session.add_all(
        ConsentText(
            version=newest + 1,
            language=code,
            text=text,
            since=uow.today,
            written_by=uow.actor.username,
        )
        for code, text in given.items()
    )
    uow.session.flush()
    uow.audit("write_consent_text", "consent_text", newest + 1, columns=["text", *given])
    return newest + 1


@needs(Permission.SEND_NEWSLETTER)
def subscribe(uow: UnitOfWork, inputs: Subscribe) -> int:
    """Subscribe a person who agreed to get the newsletter; return the subscription. An existing
    one on another legal basis becomes one by consent.

    :raises InvalidInputs: also ``subscribed_already`` beside the address.
    :raises RuleRefusal: ``suppressed``: only :func:`renew_consent` is allowed past that.
    :raises NotFound, Restricted:
    """
    added = enlist(uow, _consent(uow, inputs, reason=None))
    if added is None:
        raise InvalidInput("address", "subscribed_already")
    return _noted(uow, added, "subscribe")


@needs(Permission.SEND_NEWSLETTER)
def renew_consent(uow: UnitOfWork, inputs: RenewConsent) -> int:
    """The one way past a suppression: the person gave the office a new consent of their own.
    Returns the subscription.

    What the address had said no to is taken away, all marketing too: the later will counts.

    :raises InvalidInputs: also ``consent_before_suppression`` beside the day.
    :raises RuleRefusal: ``not_suppressed``: then :func:`subscribe` is enough.
    :raises NotFound, Restricted:
    """
    checks = Checks(inputs)
    reason = checks.lines("reason", longest=LONGEST_REASON, required=True)
    checks.done()
    entry = _consent(uow, inputs, reason=reason)
    since = _suppressed_since(uow.session, entry.address)
    if since is None:
        raise RuleRefusal("not_suppressed", OBJECTED)
    if entry.sourced_on < since:
        raise InvalidInput("sourced_on", "consent_before_suppression", since=since)
    lift_suppressions(uow, entry.address)
    added = enlist(uow, entry)
    if added is None:
        raise InvalidInput("address", "subscribed_already")
    return _noted(uow, added, "renew_consent", "renewal_reason", "suppression")


@needs(Permission.SEND_NEWSLETTER)
def subscribe_customer(uow: UnitOfWork, inputs: RelationSubscription) -> int:
    """Add an own customer, a person, under 917/2014 200.3 §; return the subscription.

    :raises RuleRefusal: ``not_own_customer`` without an order in force or done, or an issued
        invoice, and once the relation is over; ``suppressed``.
    :raises InvalidInput: ``subscribed_already``.
    :raises NotFound, Restricted:
    """
    party, email = _own_address(uow, inputs)
    if (
        party.kind != PartyKind.PERSON
        or not party.is_customer
        or party.status == PartyStatus.ENDED
        or not _has_bought(uow.session, party.id)
    ):
        raise RuleRefusal("not_own_customer", _OWN_CUSTOMER)
    return _of_relation(uow, party, email, MarketingBasis.CUSTOMER)


@needs(Permission.SEND_NEWSLETTER)
def subscribe_organisation(uow: UnitOfWork, inputs: RelationSubscription) -> int:
    """Add an organisation at an address of its own, under 917/2014 202 §; return the subscription.

    :raises RuleRefusal: ``not_organisation``; ``suppressed``.
    :raises InvalidInput: ``subscribed_already``.
    :raises NotFound, Restricted:
    """
    party, email = _own_address(uow, inputs)
    if party.kind != PartyKind.ORGANISATION:
        raise RuleRefusal("not_organisation", _ORGANISATION)
    return _of_relation(uow, party, email, MarketingBasis.ORGANISATION)


@needs(Permission.SEND_NEWSLETTER)
def end_subscription(uow: UnitOfWork, inputs: EndSubscription) -> int:
    """End a subscription because the person said so, whatever is restricted; return it. The
    address is marked, so that nothing but a new consent brings it back.

    :raises NotFound, StaleRecord:
    """
    newsletter_alone(uow)
    stands = fetch(uow, Subscription, inputs.id, version=inputs.version, inputs=inputs, edits=False)
    _end(uow, stands, "end_subscription")
    return inputs.id


def unsubscribe_by_link(uow: UnitOfWork, token: str) -> int:
    """End the subscription that a link belongs to; return it, 0 for a link of no subscription, an
    unknown one or one that has done its work.

    Needs no permission: anyone with the link may use it (917/2014 200.3 §, RFC 8058).
    """
    newsletter_alone(uow)
    query = select(Subscription).where(Subscription.token == token)
    stands = uow.session.scalars(query).first()
    if stands is None:
        return 0
    key = stands.id
    _end(uow, stands, "unsubscribe")
    return key


def _end(uow: UnitOfWork, ended: Subscription, action: str) -> None:
    key, party_id = ended.id, ended.party_id
    suppress(uow, SuppressionKind.NEWSLETTER, [ended.address])
    uow.session.flush()
    uow.audit(action, SUBJECT, key, party_id=party_id, columns=["suppression"])


def _consent(uow: UnitOfWork, inputs: Subscribe, *, reason: str | None) -> SubscriptionEntry:
    """Return the values of the inputs, checked; check the party's restriction too."""
    checks = Checks(inputs)
    address = checks.by(identifiers.email, "address", required=True)
    name = checks.text("name", longest=LONGEST_NAME)
    language = checks.one_of("language", Language)
    source = checks.one_of("source", CONSENTED_BY)
    sourced_on = checks.day("sourced_on", latest=uow.today)
    if inputs.consent_text_id is None:
        checks.refuse("consent_text_id", "required")
    elif uow.session.get(ConsentText, inputs.consent_text_id) is None:
        checks.refuse("consent_text_id", "choice")
    checks.done()
    assert address and sourced_on, "required above"  # noqa: S101, PT018 - for the type checker
    having = parties_with(uow.session, address)
    unless_restricted(uow, *having, *([] if inputs.party_id is None else [inputs.party_id]))
    newsletter_alone(uow)
    party_id = inputs.party_id
    if party_id is None and len(having) == 1:
        party_id = having[0]
    if party_id is not None:
        party = fetch(uow, Party, party_id, version=None, inputs=inputs)
        name = name or party.name
    return SubscriptionEntry(
        address=address,
        name=name,
        language=language,
        basis=MarketingBasis.CONSENT,
        party_id=party_id,
        consent_text_id=inputs.consent_text_id,
        source=source,
        sourced_on=sourced_on,
        renewal_reason=reason,
    )


def _own_address(uow: UnitOfWork, inputs: RelationSubscription) -> tuple[Party, Email]:
    """The party and the one of its addresses that is meant.

    :raises RuleRefusal: ``not_own_address`` for one of somebody else.
    """
    unless_restricted(uow, inputs.party_id)
    newsletter_alone(uow)
    party = fetch(uow, Party, inputs.party_id, version=None, inputs=inputs)
    email = fetch(uow, Email, inputs.email_id, version=None, inputs=inputs)
    if email.party_id != party.id:
        raise RuleRefusal("not_own_address", _OWN_CUSTOMER)
    return party, email


def _of_relation(uow: UnitOfWork, party: Party, email: Email, basis: MarketingBasis) -> int:
    if subscription_at(uow.session, email.address) is not None:
        raise InvalidInput("email_id", "subscribed_already")
    entry = SubscriptionEntry(
        address=email.address,
        name=party.name,
        language=party.language,
        basis=basis,
        party_id=party.id,
        source=email.source,
        sourced_on=email.sourced_on,
    )
    added = enlist(uow, entry)
    assert added is not None, "looked for above"  # noqa: S101 - for the type checker
    return _noted(uow, added, f"subscribe_{basis}")


def _has_bought(session: Session, party_id: int) -> bool:
    """Check if the party ordered something, beyond an inquiry, or was invoiced."""
    ordered = select(ServiceOrder.id).where(
        ServiceOrder.party_id == party_id,
        ServiceOrder.status.in_((OrderStatus.OPEN, OrderStatus.IN_PROGRESS, OrderStatus.DONE)),
    )
    invoiced = select(Invoice.id).where(
        Invoice.party_id == party_id, Invoice.status == InvoiceStatus.ISSUED
    )
    return bool(session.scalar(select(or_(ordered.exists(), invoiced.exists()))))


def _suppressed_since(session: Session, address: str) -> date | None:
    """Return since when the address must not get it, by the latest mark; two statements."""
    key = hash_key(session)
    if key is None:
        return None
    return session.scalar(
        select(func.max(Suppression.since)).where(
            Suppression.address_hash == address_hash(key, fold(address)),
            Suppression.kind.in_(tuple(SuppressionKind)),
        )
    )


def _noted(uow: UnitOfWork, added: Subscription, action: str, *more: str) -> int:
    uow.session.flush()
    columns = ["address", "basis", "consent_text_id", "language", "name", "source", "sourced_on"]
    uow.audit(action, SUBJECT, added.id, party_id=added.party_id, columns=[*columns, *more])
    return added.id
