"""The files of a mailing tool: subscribers, refusals, and mailboxes that are gone.

The danger: a list of last year that brings back who has left since. The principle: a file of
subscribers never overrides a suppression, whatever day it states; a file of those who left marks
every one of them. The transaction boundary is the import's: the whole file or nothing, under the
lock of the newsletter.

Of the many columns of such a file the address, the name and the day of consent are taken; where a
person was, on what network, and how often they read is not (GDPR Art. 5(1)(c)).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select, true, update
from sqlalchemy.orm import Session

from queries.errors import InvalidInput
from queries.intake.apply_plan import Carried
from queries.intake.customers import vocabulary
from queries.intake.customers.columns import plain
from queries.intake.customers.matching import chunks
from queries.intake.mailing.tools import (
    MailingList,
    MailingPermission,
    has_tool_columns,
    permission,
    permission_columns,
)
from queries.intake.plan import ImportSettings, Plan, PlanRow, Reason, RowOutcome, Step
from queries.intake.readers.grid import Grid, GridRow
from queries.rules import identifiers
from queries.rules.identifiers import find_personal_identity_codes
from queries.store.retention.blocks import held_parties, parties_on_hold, read_standing
from queries.store.search import fold
from queries.store.sessions import UnitOfWork
from queries.store.suppression import address_hash, hash_key
from queries.store.tables import (
    Email,
    Language,
    MarketingBasis,
    Party,
    Restriction,
    Source,
    Subscription,
    Suppression,
    SuppressionKind,
)
from queries.writes.commands import stamp
from queries.writes.newsletter.subscriptions import suppress

_NAMES = {
    "address": "emailaddress email subscriber sähköposti sähköpostiosoite epost epostadress",
    "given": "firstname fname etunimi förnamn",
    "family": "lastname lname sukunimi efternamn",
    "opted": "optintime optindate optinat optintimestamp doubleoptindate subscribedat subscribed"
    " subscribedon signuptimestamp suostumuspäivä suostunut samtyckesdatum consentdate",
    "confirmed": "confirmtime confirmedat subscriptiondate",
    "language": "language preferredlanguage kieli språk",
}
_FIELD_OF = {name: field for field, names in _NAMES.items() for name in names.split()}
_LONGEST_NAME = 200
_TOGETHER = 500


@dataclass(frozen=True)
class _Read:
    """A row as it says itself; ``reason`` refuses it."""

    number: int
    shown: str
    address: str = ""
    name: str | None = None
    language: str | None = None
    consented_on: date | None = None
    says: MailingPermission = MailingPermission.UNKNOWN
    reason: Reason | None = None

    @property
    def key(self) -> str:
        return fold(self.address)


@dataclass(frozen=True)
class _Known:
    """The register's data on the addresses of some rows."""

    subscriptions: Mapping[str, tuple[int, str]]
    parties: Mapping[str, list[tuple[int, str, str]]]
    suppressed: frozenset[str]
    newsletter: frozenset[str]


def plan_mailing_list(
    session: Session, grid: Grid, form: MailingList, settings: ImportSettings, today: date
) -> Iterator[PlanRow]:
    """One row of the plan for each row of the list.

    :raises InvalidInput: ``columns``: ``no_key_column`` where no column holds an address.
    """
    columns = _columns(grid)
    if "address" not in columns:
        raise InvalidInput("columns", "no_key_column")
    register = _Register(session)
    seen: dict[str, int] = {}
    of_a_tool = form is not MailingList.MEMBERS or has_tool_columns(grid.header or ())
    for rows in chunks(grid.rows, _TOGETHER):
        read = [_read(row, columns, grid, settings, today) for row in rows]
        if not of_a_tool:
            read = [_without_bare_yes(one) for one in read]
        known = register.look_up([one for one in read if one.reason is None])
        for one in read:
            if one.reason is not None:
                yield PlanRow(one.number, RowOutcome.REFUSE, one.shown, reasons=(one.reason,))
            elif one.key in seen:
                again = Reason("repeated_in_file", {"row": seen[one.key]})
                yield PlanRow(one.number, RowOutcome.SKIP, one.shown, reasons=(again,))
            else:
                seen[one.key] = one.number
                yield _PLANNED[form](one, known, register, today)


def _without_bare_yes(row: _Read) -> _Read:
    """Drop a yes without a day from a row of a list that no mailing tool made: somebody typed it,
    and it does not show who agreed to what (GDPR Art. 7(1)). A tool keeps the consent itself."""
    bare = row.says is MailingPermission.YES and row.consented_on is None
    return replace(row, says=MailingPermission.UNKNOWN) if bare else row


def carry_out_mailing_list(
    uow: UnitOfWork, plan: Plan, progress: Callable[[int], None] | None
) -> Carried:
    """Carry the rows out that create or change."""
    work = [row for row in plan.rows if row.outcome in {RowOutcome.CREATE, RowOutcome.CHANGE}]
    touched: set[str] = set()
    for rows in chunks(work, _TOGETHER):
        refused = []
        for row in rows:
            for step in row.steps:
                values = dict(step.values)
                if step.table == "suppression":
                    refused.append(values["address"])
                elif step.id is None:
                    new = Subscription(**values)
                    stamp(uow, new)
                    uow.session.add(new)
                else:
                    _change(uow, step.id, values)
                touched |= {step.table} if step.table == "suppression" else set(values)
        suppress(uow, SuppressionKind.NEWSLETTER, refused)
        uow.session.flush()
        uow.session.expunge_all()
        if progress is not None:
            progress(len(rows))
    return Carried(sorted(touched | {"subscription"}))


def _change(uow: UnitOfWork, key: int | None, values: Mapping[str, Any]) -> None:
    uow.session.execute(
        update(Subscription)
        .where(Subscription.id == key)
        .values(
            **values,
            version=Subscription.version + 1,
            changed_at=uow.now,
            changed_by=uow.actor.username,
        )
    )


def _columns(grid: Grid) -> dict[str, int]:
    """Return the place of each field; the first column of two of one field counts."""
    found: dict[str, int] = {}
    for at, name in enumerate(grid.header or ()):
        if (field := _FIELD_OF.get(plain(name))) is not None:
            found.setdefault(field, at)
    return found


def _read(
    row: GridRow, columns: Mapping[str, int], grid: Grid, settings: ImportSettings, today: date
) -> _Read:
    def cell(field: str) -> str:
        at = columns.get(field)
        return row.cells[at].strip() if at is not None and at < len(row.cells) else ""

    def named(field: str) -> str:
        return (grid.header or ())[columns[field]]

    for at, code, place in row.unread:
        if field := next((one for one, where in columns.items() if where == at), None):
            return _Read(
                row.number, "", reason=Reason(code, {"column": named(field), "cell": place})
            )
    for field in ("address", "given", "family"):
        codes = {one.certainty for one in find_personal_identity_codes(cell(field))}
        if "valid" in codes:
            reason = Reason("personal_identity_code", {"column": named(field)})
            return _Read(row.number, "", reason=reason)
        if codes and not settings.accept_suspect:
            reason = Reason("suspect_identity_code", {"column": named(field)})
            return _Read(row.number, "", reason=reason)
    try:
        address = identifiers.email(cell("address"))
    except InvalidInput as error:
        facts = {"column": named("address"), "rule": f"{error.field}.{error.code}"}
        return _Read(row.number, cell("address")[:80], reason=Reason("value", facts))
    name = " ".join(part for part in (cell("given"), cell("family")) if part)
    name = "".join(character for character in name if character.isprintable())
    consented = _day(cell("opted")) or _day(cell("confirmed"))
    return _Read(
        row.number,
        address,
        address,
        name[:_LONGEST_NAME] or None,
        vocabulary.language(cell("language")) if cell("language") else None,
        None if consented is None else min(consented, today),
        permission(_said(row, grid.header or ())),
    )


def _said(row: GridRow, header: Sequence[str]) -> list[tuple[str, str]]:
    """The cells of a row that say something of permission, with the names of their columns."""
    there = [at for at in permission_columns(header) if at < len(row.cells)]
    return [(header[at], row.cells[at]) for at in there]


def _day(text: str) -> date | None:
    """The day of an instant such as ``2015-06-01 12:34:56``."""
    try:
        return vocabulary.day(text.partition(" ")[0].partition("T")[0])
    except InvalidInput:
        return None


class _Register:
    """Reads of the register, once for the whole file, and once for some rows."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._key = hash_key(session)
        marks = session.execute(select(Suppression.kind, Suppression.address_hash)).all()
        self._marks = {kind: {mark for of, mark in marks if of == kind} for kind in SuppressionKind}
        standing = (
            select(Email.address)
            .join(Restriction, Restriction.party_id == Email.party_id)
            .where(Restriction.lifted_on.is_(None))
        )
        self.restricted = frozenset(fold(address) for address in session.scalars(standing))
        own = select(Subscription.id, true())
        if "newsletter" not in read_standing(session).classes:
            own = select(Subscription.id, Subscription.party_id.in_(parties_on_hold())).where(
                Subscription.party_id.in_(held_parties())
            )
        #: Why each subscription that is kept is kept.
        self.kept = {
            key: "held" if on_hold else "asked_about" for key, on_hold in session.execute(own)
        }

    def look_up(self, rows: Sequence[_Read]) -> _Known:
        """Two statements for some rows."""
        keys = [row.key for row in rows]
        found = self._session.execute(
            select(Subscription.address_key, Subscription.id, Subscription.basis).where(
                Subscription.address_key.in_(keys)
            )
        )
        subscriptions = {row.address_key: (row.id, row.basis) for row in found}
        parties: dict[str, list[tuple[int, str, str]]] = {}
        spelled = {row.address for row in rows} | set(keys)
        for address, party_id, name, language in self._session.execute(
            select(Email.address, Party.id, Party.name, Party.language)
            .join(Party, Party.id == Email.party_id)
            .where(Email.address.in_(spelled))
            .distinct()
        ):
            parties.setdefault(fold(address), []).append((party_id, name, language))
        return _Known(
            subscriptions,
            parties,
            self._marked(keys, *SuppressionKind),
            self._marked(keys, SuppressionKind.NEWSLETTER),
        )

    def _marked(self, keys: Sequence[str], *kinds: SuppressionKind) -> frozenset[str]:
        if self._key is None:
            return frozenset()
        own = self._key
        marks = set().union(*(self._marks[kind] for kind in kinds))
        return frozenset(key for key in keys if address_hash(own, key) in marks)


def _subscribed(row: _Read, known: _Known, register: _Register, today: date) -> PlanRow:
    if row.key in known.suppressed:
        return PlanRow(row.number, RowOutcome.SKIP, row.shown, reasons=(Reason("suppressed"),))
    if row.key in register.restricted:
        return PlanRow(row.number, RowOutcome.REFUSE, row.shown, reasons=(Reason("restricted"),))
    stands = known.subscriptions.get(row.key)
    if stands is not None and stands[1] == MarketingBasis.CONSENT:
        return PlanRow(
            row.number, RowOutcome.SKIP, row.shown, reasons=(Reason("subscribed_already"),)
        )
    if row.consented_on is None and row.says is not MailingPermission.YES:
        # Being on a list is no consent (GDPR Art. 4(11), 7(1)): the file has to say yes.
        return PlanRow(
            row.number, RowOutcome.REFUSE, row.shown, reasons=(Reason("consent_not_shown"),)
        )
    notes = () if row.consented_on else (Reason("consent_day_missing"),)
    consent: tuple[tuple[str, Any], ...] = (
        ("basis", MarketingBasis.CONSENT.value),
        ("source", Source.IMPORT.value),
        ("sourced_on", row.consented_on or today),
    )
    if stands is not None:
        return PlanRow(
            row.number,
            RowOutcome.CHANGE,
            row.shown,
            notes=notes,
            reasons=(Reason("becomes_consent"),),
            steps=(Step("subscription", stands[0], consent),),
        )
    having = known.parties.get(row.key, [])
    party = having[0] if len(having) == 1 else None
    values: tuple[tuple[str, Any], ...] = (
        ("address", row.address),
        ("address_key", row.key),
        ("name", row.name or (party[1] if party else None)),
        ("language", row.language or (party[2] if party else Language.FI.value)),
        ("party_id", party[0] if party else None),
        *consent,
    )
    return PlanRow(
        row.number,
        RowOutcome.CREATE,
        row.shown,
        reasons=(Reason("subscribes"),),
        notes=notes,
        party_id=party[0] if party else None,
        party_name=party[1] if party else None,
        steps=(Step("subscription", None, values),),
    )


def _unsubscribed(row: _Read, known: _Known, _register: _Register, _today: date) -> PlanRow:
    if row.key in known.newsletter and row.key not in known.subscriptions:
        return PlanRow(
            row.number, RowOutcome.SKIP, row.shown, reasons=(Reason("suppressed_already"),)
        )
    ends = row.key in known.subscriptions
    return PlanRow(
        row.number,
        RowOutcome.CHANGE,
        row.shown,
        reasons=(Reason("unsubscribes") if ends else Reason("will_be_suppressed"),),
        steps=(Step("suppression", None, (("address", row.address),)),),
    )


def _cleaned(row: _Read, known: _Known, register: _Register, _today: date) -> PlanRow:
    """The mailbox sent letters back: the subscription ends, and no list brings it again. One that a
    hold or an open request keeps stays: it says by what right the letters were sent."""
    stands = known.subscriptions.get(row.key)
    if stands is not None and (why := register.kept.get(stands[0])) is not None:
        return PlanRow(row.number, RowOutcome.REFUSE, row.shown, reasons=(Reason(why),))
    if row.key in known.newsletter and row.key not in known.subscriptions:
        return PlanRow(
            row.number, RowOutcome.SKIP, row.shown, reasons=(Reason("suppressed_already"),)
        )
    return PlanRow(
        row.number,
        RowOutcome.CHANGE,
        row.shown,
        reasons=(Reason("mailbox_gone"),),
        steps=(Step("suppression", None, (("address", row.address),)),),
    )


def _member(row: _Read, known: _Known, register: _Register, today: date) -> PlanRow:
    """A row of a list in which each row says its own permission."""
    if row.says is MailingPermission.NO:
        return _unsubscribed(row, known, register, today)
    if row.says is MailingPermission.BOUNCED:
        return _cleaned(row, known, register, today)
    return _subscribed(row, known, register, today)


_PLANNED: dict[MailingList, Callable[[_Read, _Known, _Register, date], PlanRow]] = {
    MailingList.SUBSCRIBED: _subscribed,
    MailingList.UNSUBSCRIBED: _unsubscribed,
    MailingList.CLEANED: _cleaned,
    MailingList.MEMBERS: _member,
}
