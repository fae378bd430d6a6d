"""Series of records and the conditions that find those whose time is up, for pages and disposal.

The danger: two places put the same condition in their own words, and one shows a record as kept
while the other disposes of it. The principle: both use this module. A condition is made from
:class:`queries.rules.periods.Periods`, read in the same transaction, and becomes ranges of an index
(:attr:`Series.day`); no deadline is stored. What blocks a disposal all the same is
:mod:`queries.store.retention.blocks`.

The files that go together: an invoice with its payments and credit notes; a draft; an order with
its work; a note; a message of a web form; a binder of paper; the file of a request; a party with
its details, which is erased last of all.

A further kind of record is declared in :data:`SERIES`, and there alone: figures, lists, holds,
proposal, eligibility, erasure, ledger and restore all follow that declaration. Its words are
``file_kinds``, ``why.<event>`` and, on the certificate, ``certificate.kinds``; its value is one of
:class:`.ItemKind`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Date,
    String,
    and_,
    cast,
    exists,
    false,
    literal_column,
    not_,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from queries.rules import retention
from queries.rules.calendar_fi import helsinki_day
from queries.rules.paper import PAPER_CLASSES
from queries.rules.periods import OWN_CODES, Periods, Span
from queries.rules.statutes import STATUTES, Formula, own_class
from queries.store.day_ranges import outside, within
from queries.store.planner_hints import unindexed
from queries.store.retention.anonymising import Emptying
from queries.store.tables import (
    DataSubjectRequest,
    FinancialYear,
    FormMessage,
    HoldScope,
    Invoice,
    InvoiceStatus,
    ItemKind,
    Note,
    OrderStatus,
    PaperDestruction,
    PaperParty,
    PaperRecord,
    PartyFacts,
    RequestStatus,
    ServiceOrder,
    Setting,
)

#: The setting of a class's months is named ``period.<class>``.
PERIOD = "period."

_BY_FINANCIAL_YEAR = frozenset(
    rule.code
    for rule in STATUTES
    if rule.formula in {Formula.FINANCIAL_YEAR_END, Formula.FINANCIAL_YEAR_CALENDAR_YEAR}
)


@dataclass(frozen=True, kw_only=True)
class Series:
    """Records of one kind and one retention class, by the day from which they are kept.

    :param name: of the series, and of the summary that counts its records by day, where one does.
    :param model: the table, whose key is ``id``.
    :param day: the indexed column of the event: a day, or an instant, whose name ends in ``_at``.
    :param event: what happened on that day, as the words name it.
    :param belongs: which rows of the table are files of the series.
    :param party: whose record it is; none where ``people``, key of the record and of the party in a
        table of its own, names the people it is about, or where it belongs to nobody in the
        register.
    :param number: what the record is called by, where it has a number.
    :param scope: of a hold on a single record of the kind.
    :param is_summed: whether a summary counts the records by day; of others there are few.
    :param keeps_party: whether a record that stays keeps its party's details.
    :param emptied: how a record is emptied that stays to be counted; the rows go where it is none.
    :param narrowed: ``belongs`` as an expression that no index serves, for a query that begins from
        a few keys (:mod:`queries.store.planner_hints`); none where an index does no harm.
    :param going_on: which rows have no event yet, because what they record is still in force.
    :param waits: which records may not go yet although their time is up, and the reason's code.
    """

    name: str
    kind: ItemKind
    code: str
    model: Any
    day: InstrumentedAttribute[Any]
    event: str
    belongs: ColumnElement[bool]
    party: InstrumentedAttribute[Any] | None = None
    people: tuple[InstrumentedAttribute[int], InstrumentedAttribute[int]] | None = None
    number: InstrumentedAttribute[Any] | None = None
    scope: HoldScope | None = None
    is_summed: bool = True
    keeps_party: bool = True
    emptied: Emptying | None = None
    narrowed: ColumnElement[bool] | None = None
    waits: tuple[ColumnElement[bool], str] | None = None
    going_on: ColumnElement[bool] | None = None

    @property
    def table(self) -> str:
        return str(self.model.__tablename__)

    @property
    def is_instant(self) -> bool:
        return self.day.key.endswith("_at")

    @property
    def needs_financial_year(self) -> bool:
        """Return whether a file whose event is in no recorded year has no deadline."""
        return self.code in _BY_FINANCIAL_YEAR

    @property
    def ends_on_request(self) -> bool:
        """Return whether a request for erasure ends the period of the file; it does not for a
        binder of many people."""
        return self.party is not None and self.code in ENDED_BY_ERASURE

    def of_parties(self, parties: Any) -> ColumnElement[bool]:
        """Select the records about one of these parties.

        :param parties: their keys, or a query of them.
        """
        found: ColumnElement[bool] = false()
        if self.party is not None:
            found = self.party.in_(parties)
        elif self.people is not None:
            record, party = self.people
            key: ColumnElement[int] = self.model.id
            found = key.in_(select(record).where(party.in_(parties)))
        return found

    @property
    def has_files(self) -> ColumnElement[bool]:
        """The rows that are files of the series, with a day to count from or still going on."""
        counted: ColumnElement[bool] = self.day.is_not(None)
        return and_(self.belongs, counted if self.going_on is None else or_(counted, self.going_on))

    def within(self, spans: Sequence[Span], *, narrowed: bool = False) -> ColumnElement[bool]:
        """The files of the series whose event lies in one of the spans.

        :param narrowed: whether the query begins from a few keys.
        """
        belongs: ColumnElement[bool] = self.belongs
        day: ColumnElement[Any] | InstrumentedAttribute[Any] = self.day
        if narrowed:
            belongs, day = self.belongs if self.narrowed is None else self.narrowed, unindexed(day)
        if self.is_instant:
            return and_(belongs, within(day, spans, instants=True))
        return and_(belongs, day.is_not(None), within(day, spans))

    def up(self, periods: Periods, on: date, *, narrowed: bool = False) -> ColumnElement[bool]:
        """The files of the series whose time is up on a day.

        :param narrowed: as of :meth:`within`.
        """
        return self.within(periods.up(self.code, on), narrowed=narrowed)


_NOTE = aliased(Invoice)
#: An invoice with an open balance, either way: to be paid, or owed to the customer. It is erased
#: when somebody has decided on it, however long ago the claim lapsed.
OPEN_BALANCE = or_(
    Invoice.open_cents != 0, exists().where(_NOTE.credits_id == Invoice.id, _NOTE.open_cents != 0)
)
INVOICES = Series(
    name="invoice_days",
    kind=ItemKind.INVOICE,
    code="voucher",
    model=Invoice,
    day=Invoice.last_event_on,
    event="issued",
    belongs=and_(Invoice.credits_id.is_(None), Invoice.claim_on.is_(None)),
    party=Invoice.party_id,
    number=Invoice.number,
    scope=HoldScope.INVOICE,
    narrowed=and_(unindexed(Invoice.credits_id).is_(None), unindexed(Invoice.claim_on).is_(None)),
    waits=(OPEN_BALANCE, "open_balance"),
)
#: Those of which the claim is kept longer than the voucher: few, and every one of them open. A
#: credit note has no claim day of its own.
CLAIMS = Series(
    name="claim_days",
    kind=ItemKind.INVOICE,
    code="claim",
    model=Invoice,
    day=Invoice.claim_on,
    event="due",
    belongs=Invoice.claim_on.is_not(None),
    party=Invoice.party_id,
    number=Invoice.number,
    scope=HoldScope.INVOICE,
    is_summed=False,
    waits=(OPEN_BALANCE, "open_balance"),
)
#: Written out, for SQLite finds the index of the drafts alone by no bound value.
DRAFTS = Series(
    name="drafts",
    kind=ItemKind.DRAFT,
    code="quote_or_lead",
    model=Invoice,
    day=Invoice.changed_at,
    event="drafted",
    belongs=Invoice.status == literal_column(f"'{InvoiceStatus.DRAFT}'"),
    party=Invoice.party_id,
    scope=HoldScope.INVOICE,
    narrowed=unindexed(Invoice.status) == InvoiceStatus.DRAFT,
)
ORDERS = Series(
    name="order_days",
    kind=ItemKind.ORDER,
    code="voucher",
    model=ServiceOrder,
    day=ServiceOrder.voucher_on,
    event="invoiced",
    belongs=true(),
    party=ServiceOrder.party_id,
    number=ServiceOrder.number,
    scope=HoldScope.ORDER,
)
ORDERS_AT_REST = Series(
    name="rest_days",
    kind=ItemKind.ORDER,
    code="quote_or_lead",
    model=ServiceOrder,
    day=ServiceOrder.rest_on,
    event="closed",
    belongs=true(),
    party=ServiceOrder.party_id,
    number=ServiceOrder.number,
    scope=HoldScope.ORDER,
    going_on=ServiceOrder.status.in_((OrderStatus.OPEN, OrderStatus.IN_PROGRESS)),
)
NOTES = Series(
    name="note_days",
    kind=ItemKind.NOTE,
    code="note",
    model=Note,
    day=Note.noted_on,
    event="noted",
    belongs=true(),
    party=Note.party_id,
)
REQUESTS = Series(
    name="request_days",
    kind=ItemKind.REQUEST,
    code="request_file",
    model=DataSubjectRequest,
    day=DataSubjectRequest.closed_on,
    event="answered",
    belongs=DataSubjectRequest.anonymised_on.is_(None),
    party=DataSubjectRequest.party_id,
    number=DataSubjectRequest.number,
    is_summed=False,
    keeps_party=False,
    emptied=Emptying(
        DataSubjectRequest,
        DataSubjectRequest.anonymised_on,
        (DataSubjectRequest.status == RequestStatus.CLOSED,),
    ),
)

#: What somebody wrote on a web site, and nobody has decided on.
MESSAGES = Series(
    name="message_days",
    kind=ItemKind.FORM_MESSAGE,
    code="quote_or_lead",
    model=FormMessage,
    day=FormMessage.received_on,
    event="received",
    belongs=true(),
    is_summed=False,
)
_DESTROYED = exists().where(PaperDestruction.paper_id == PaperRecord.id)
#: Paper is of many classes, each row of its own; it waits until somebody has destroyed it.
PAPERS = tuple(
    Series(
        name=f"paper_{code}",
        kind=ItemKind.PAPER,
        code=code,
        model=PaperRecord,
        day=PaperRecord.ends_on,
        event="filed",
        belongs=and_(PaperRecord.class_code == code, PaperRecord.disposed_on.is_(None)),
        people=(PaperParty.paper_id, PaperParty.party_id),
        number=PaperRecord.number,
        is_summed=False,
        emptied=Emptying(PaperRecord, PaperRecord.disposed_on),
        waits=(not_(_DESTROYED), "not_destroyed"),
    )
    for code in PAPER_CLASSES
)

#: In the order in which their files are disposed of; parties come last.
SERIES = (INVOICES, CLAIMS, DRAFTS, ORDERS, ORDERS_AT_REST, NOTES, MESSAGES, *PAPERS, REQUESTS)

#: The company's own classes that end when a person asks for erasure (GDPR Art. 17(1)). The file of
#: the request itself does not: it shows how the request was answered (Art. 5(2), 17(3)(b), (e)).
ENDED_BY_ERASURE = frozenset(OWN_CODES) - {"request_file"}

#: Events of a party and their classes; instants are recognised by their names.
PARTY_EVENTS: tuple[tuple[InstrumentedAttribute[Any], str], ...] = (
    (PartyFacts.last_voucher_on, "voucher"),
    (PartyFacts.last_claim_on, "claim"),
    (PartyFacts.last_rest_on, "quote_or_lead"),
    (PartyFacts.last_draft_at, "quote_or_lead"),
    (PartyFacts.last_note_on, "note"),
    (PartyFacts.lead_on, "quote_or_lead"),
    (PartyFacts.ended_on, "contact_without_transaction"),
    (PartyFacts.unlinked_on, "contact_without_transaction"),
)

_SELDOM = {"last_claim_on", "last_note_on", "last_rest_on", "last_draft_at", "unlinked_on"}


def read_periods(session: Session) -> Periods:
    """Read the financial years and the company's periods as they are; one statement."""
    names = [f"{PERIOD}{code}" for code in OWN_CODES]
    years = select(
        FinancialYear.starts_on,
        FinancialYear.ends_on,
        cast(null(), String).label("name"),
        cast(null(), String).label("value"),
    )
    months = select(cast(null(), Date), cast(null(), Date), Setting.name, Setting.value).where(
        Setting.name.in_(names)
    )
    found = session.execute(union_all(years, months)).all()
    return Periods(
        tuple(
            retention.FinancialYearSpan(start, end, checked=False)
            for start, end, name, _value in found
            if not name
        ),
        {name.removeprefix(PERIOD): json.loads(value) for _s, _e, name, value in found if name},
    )


def own_months(session: Session, code: str) -> int:
    """Return for how many months the company keeps one of its classes; one statement, which
    reads only this setting.

    :raises TypeError, ValueError: when what is set is not a number.
    """
    value = session.scalar(select(Setting.value).where(Setting.name == f"{PERIOD}{code}"))
    return own_class(code).suggested_months if value is None else int(json.loads(value))


def read_event(series: Series, text: str) -> date | datetime:
    """The event of a record, read as text where series of days and of instants are read as one."""
    if series.is_instant:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    return date.fromisoformat(text)


class Longest(NamedTuple):
    """The event that keeps a party longest.

    :param column: of :class:`.PartyFacts`.
    :param until: the last day kept; None where the financial year is missing.
    """

    column: str
    code: str
    event: date
    until: date | None


class Deadlines:
    """Deadlines of one moment, each computed once: a day has many records."""

    def __init__(self, periods: Periods) -> None:
        self._periods = periods
        self._known: dict[tuple[str, date], date | None] = {}

    def keep_until(self, code: str, event: date) -> date | None:
        """The last day kept; nothing where the event's financial year is missing."""
        key = (code, event)
        if key not in self._known:
            self._known[key] = self._periods.keep_until(code, event)
        return self._known[key]

    def until(self, code: str, event: date | datetime, erasing: date | None) -> date | None:
        """Return the last day kept, for a party that asked for erasure: the company's own
        periods end with the day before.

        :param erasing: that day; None for everybody else.
        """
        found = self.keep_until(code, event_day(event))
        if erasing is None or found is None or code not in ENDED_BY_ERASURE:
            return found
        return min(found, erasing)

    def citation(self, code: str) -> str:
        return self._periods.citation(code)

    def longest(self, events: Sequence[Any], erasing: date | None = None) -> Longest | None:
        """Find the event that keeps a party longest, the first of them in the order of
        ``PARTY_EVENTS``; an event without a deadline is longer than any.

        :param erasing: as :meth:`until` of the party.
        """
        found: Longest | None = None
        for (column, code), event in zip(PARTY_EVENTS, events, strict=True):
            if event is None:
                continue
            day = event_day(event)
            until = self.until(code, event, erasing)
            if found is None or (
                found.until is not None and (until is None or until > found.until)
            ):
                found = Longest(column.key, code, day, until)
        return found


def event_day(event: date | datetime) -> date:
    """The calendar day of an event that is a day or an instant."""
    return helsinki_day(event) if isinstance(event, datetime) else event


def party_up(periods: Periods, on: date) -> ColumnElement[bool]:
    """The parties whose time is up on a day, by their :class:`.PartyFacts`.

    A party that still has a record which is held, or whose financial year is missing, is among
    them when its latest events are over: whoever disposes looks for what is left of it.
    """
    return and_(not_(PartyFacts.in_force), *events_over(periods, on))


def events_over(
    periods: Periods, on: date, *, but: InstrumentedAttribute[Any] | None = None
) -> list[ColumnElement[bool]]:
    """Return, for each event of a party, the condition that it is over on a day or never
    happened.

    :param but: an event that the caller checks itself.
    """
    # The event that decides most parties is tried first: most have never had the others.
    events = sorted(PARTY_EVENTS, key=lambda event: event[0].key in _SELDOM)
    # "Not later" rather than "earlier or none": a third of the time over a million parties.
    return [
        outside(column, periods.up(code, on)).is_not(true())
        for column, code in events
        if column is not but
    ]
