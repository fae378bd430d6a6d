"""Commands on messages from web forms: received, accepted by a person, or rejected.

Nothing enters the register by itself: a message waits until somebody decides, and is removed with
the decision. What is taken into the register has the form as its source and the day of the message.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from queries.errors import NotFound, RuleRefusal
from queries.rules import identifiers, web_forms
from queries.rules.roles import Permission
from queries.store.search import fold
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import (
    Address,
    Email,
    FormMessage,
    Language,
    MarketingBasis,
    Note,
    Party,
    PartyKind,
    PartyStatus,
    Phone,
    Purpose,
    Source,
    WebForm,
)
from queries.writes.commands import Checks, fetch, remove, stamp, unless_restricted
from queries.writes.customers.contacts import address_columns, keep_town
from queries.writes.customers.parties import name_columns
from queries.writes.newsletter.subscriptions import SubscriptionEntry, enlist, newsletter_alone
from queries.writes.removal_guard import announce_removal, unless_kept

#: As many messages of one form may wait for a decision.
MOST_WAITING = 500
SUBJECT = "form_message"


@dataclass(frozen=True, kw_only=True)
class Received:
    """The contents of a message, as they were typed.

    :param form_id: the form, whose secret the route has seen.
    :param consents: the newsletter box was ticked; of a form without a consent text it says
        nothing.
    """

    form_id: int
    language: str = Language.FI
    name: str = field(repr=False)
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    street: str = field(default="", repr=False)
    post_code: str = field(default="", repr=False)
    town: str = field(default="", repr=False)
    message: str = field(default="", repr=False)
    consents: bool = False


@dataclass(frozen=True, kw_only=True)
class AcceptMessage:
    """The fields of a message to take into the register; an empty field is not taken.

    :param party_id: the party that it is taken to; None for a new one, of which ``kind`` and the
        names are.
    :param note: what becomes a note.
    :param subscribe: the ticked consent becomes a subscription.
    """

    id: int
    party_id: int | None = None
    kind: str = PartyKind.PERSON
    name: str | None = field(default=None, repr=False)
    given_name: str | None = field(default=None, repr=False)
    family_name: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    street: str | None = field(default=None, repr=False)
    post_code: str | None = field(default=None, repr=False)
    town: str | None = field(default=None, repr=False)
    country: str = "FI"
    note: str | None = field(default=None, repr=False)
    subscribe: bool = False
    accept_suspect: bool = False


@dataclass(frozen=True, kw_only=True)
class RejectMessage:
    """A message that is not taken into the register."""

    id: int


def receive_message(uow: UnitOfWork, inputs: Received) -> int:
    """Put a message into the inbox; return it. The route has checked the form's secret.

    :raises InvalidInputs: also ``no_contact`` beside the address of a message that nobody could
        answer.
    :raises RuleRefusal: ``inbox_full`` while 500 messages of the form wait.
    :raises NotFound: when the form is gone or in use no more.
    """
    # Locked, so that of two messages at once only one is the last that the inbox takes.
    form = uow.session.get(WebForm, inputs.form_id, with_for_update=True)
    if form is None or not form.active:
        raise NotFound("web_form", inputs.form_id)
    checks = Checks(inputs)
    values = {
        "name": checks.text("name", longest=web_forms.LONGEST_NAME, required=True),
        "email": checks.by(identifiers.email, "email"),
        "phone": checks.by(identifiers.phone, "phone"),
        "street": checks.text("street", longest=web_forms.LONGEST_STREET),
        "post_code": checks.text("post_code", longest=web_forms.LONGEST_POST_CODE),
        "town": checks.text("town", longest=web_forms.LONGEST_TOWN),
        "message": checks.lines("message", longest=web_forms.LONGEST_MESSAGE),
        "language": checks.one_of("language", Language),
    }
    if not inputs.email.strip() and not inputs.phone.strip():
        checks.refuse("email", "no_contact")
    consents = inputs.consents and form.consent_text_id is not None
    if consents and not inputs.email.strip() and inputs.phone.strip():
        checks.refuse("email", "consent_needs_email")
    checks.done()
    waiting = select(func.count()).select_from(FormMessage).where(FormMessage.form_id == form.id)
    if (uow.session.scalar(waiting) or 0) >= MOST_WAITING:
        raise RuleRefusal("inbox_full", "GDPR Art. 32(1)(b)")
    message = FormMessage(
        form_id=form.id,
        received_at=uow.now,
        received_on=uow.today,
        consents=consents,
        consent_text_id=form.consent_text_id if consents else None,
        **values,
    )
    uow.session.add(message)
    uow.session.flush()
    uow.audit("receive_message", SUBJECT, message.id)
    return message.id


@needs(Permission.HANDLE_MESSAGES)
def accept_message(uow: UnitOfWork, inputs: AcceptMessage) -> int:
    """Take a message into the register and out of the inbox; return the party.

    A new party is a lead: it has inquired, and ordered nothing yet. For an existing one nothing is
    changed but what comes to it; a detail that it has already is not added again.

    :raises InvalidInputs, NotFound:
    :raises Restricted: processing of the party's data is restricted.
    :raises RuleRefusal: ``suppressed``: the address said no to the newsletter, which no form
        overrides; ``not_consented`` where the box was not ticked; ``removal_class_held``: what is
        not taken over is removed, and a hold on its class keeps all of it.
    """
    announce_removal(uow.session)
    _lock(uow, inputs)
    message = _message(uow, inputs.id)
    checks = Checks(inputs)
    party_values = None if inputs.party_id is not None else name_columns(checks)
    email = checks.by(identifiers.email, "email")
    phone = checks.by(identifiers.phone, "phone")
    address = _address(checks)
    note = checks.lines("note")
    if inputs.subscribe and email is None and not inputs.email:
        checks.refuse("email", "required")
    if inputs.subscribe and not message.consents:
        raise RuleRefusal("not_consented", "GDPR Art. 7(1)")
    if inputs.party_id is None:
        checks.done()
        party = _new_party(uow, message, party_values or {})
    else:
        party = fetch(uow, Party, inputs.party_id, version=None, inputs=inputs)
        checks.done()
    taken = [*(party_values or ())]
    for name, model, column, value in (
        ("email", Email, "address", email),
        ("phone", Phone, "number", phone),
    ):
        if value is not None and _add(uow, model, party, message, {column: value}):
            taken.append(name)
    if address and _add(uow, Address, party, message, address):
        keep_town(uow, party.id)
        taken.append("address")
    if note is not None:
        made = Note(
            party_id=party.id, text=note, noted_on=message.received_on, noted_by=uow.actor.username
        )
        stamp(uow, made)
        uow.session.add(made)
        taken.append("note")
    if inputs.subscribe and email is not None and _subscribe(uow, party, message, email):
        taken.append("subscription")
    unless_kept(uow.session, message)
    uow.session.delete(message)
    uow.session.flush()
    uow.audit("accept_message", SUBJECT, inputs.id, party_id=party.id, columns=taken)
    return party.id


@needs(Permission.HANDLE_MESSAGES)
def reject_message(uow: UnitOfWork, inputs: RejectMessage) -> int:
    """Remove a message from the inbox; return its key.

    :raises NotFound:
    :raises RuleRefusal: ``removal_class_held``.
    """
    announce_removal(uow.session)
    message = _message(uow, inputs.id)
    unless_kept(uow.session, message)
    remove(uow, message, "reject_message")
    return inputs.id


def _lock(uow: UnitOfWork, inputs: AcceptMessage) -> None:
    """Take the named locks before any row is locked."""
    if inputs.party_id is not None:
        unless_restricted(uow, inputs.party_id)
    if inputs.subscribe:
        newsletter_alone(uow)


def _message(uow: UnitOfWork, key: int) -> FormMessage:
    message = uow.session.get(FormMessage, key, with_for_update=True, populate_existing=True)
    if message is None:
        raise NotFound(SUBJECT, key)
    return message


def _address(checks: Checks) -> dict[str, Any]:
    """The columns of the address, if there is one: a town alone reaches nobody."""
    values = address_columns(checks, required=False)
    if values["street"] is None:
        if values["post_code"] or values["town"]:
            checks.refuse("street", "required")
        return {}
    return values


def _new_party(uow: UnitOfWork, message: FormMessage, values: dict[str, Any]) -> Party:
    party = Party(
        **values,
        status=PartyStatus.LEAD,
        language=message.language,
        is_customer=True,
        is_partner=False,
        is_contact=False,
        started_on=message.received_on,
        source=Source.FORM,
        sourced_on=message.received_on,
    )
    stamp(uow, party)
    uow.session.add(party)
    uow.session.flush()
    return party


def _add(
    uow: UnitOfWork,
    model: type[Email | Phone | Address],
    party: Party,
    message: FormMessage,
    values: dict[str, Any],
) -> bool:
    """Add a detail that the party does not have yet; the first of its kind is the primary one."""
    there = uow.session.scalars(select(model).where(model.party_id == party.id)).all()
    if any(_same(record, values) for record in there):
        return False
    record = model(
        party_id=party.id,
        **values,
        purpose=Purpose.CONTACT,
        source=Source.FORM,
        sourced_on=message.received_on,
        is_primary=not there,
    )
    stamp(uow, record)
    uow.session.add(record)
    return True


def _same(record: Any, values: dict[str, Any]) -> bool:
    return all(
        fold(str(getattr(record, name) or "")) == fold(str(value or ""))
        for name, value in values.items()
    )


def _subscribe(uow: UnitOfWork, party: Party, message: FormMessage, email: str) -> bool:
    """The ticked consent; False where the address gets the newsletter by consent already."""
    uow.session.flush()
    added = enlist(
        uow,
        SubscriptionEntry(
            address=email,
            name=party.name,
            language=message.language,
            basis=MarketingBasis.CONSENT,
            party_id=party.id,
            consent_text_id=message.consent_text_id,
            source=Source.FORM,
            sourced_on=message.received_on,
        ),
    )
    return added is not None
