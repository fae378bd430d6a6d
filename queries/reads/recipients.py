"""Recipients of personal data (Vastaanottajat), their agreements, and what was given of whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from queries.rules.countries import EEA
from queries.rules.recipients import Agreement, RecipientRole, agreement_state
from queries.rules.roles import Right
from queries.store.sessions import needs
from queries.store.tables import Disclosure, Recipient

#: Recipients are shown whole: of more than this the first are.
MOST_RECIPIENTS = 500
#: The latest disclosures of a party that its card shows.
MOST_SHOWN = 100


@dataclass(frozen=True)
class RecipientRow:
    """A recipient.

    :param is_outside: keeps the data outside the EU and the EEA.
    :param given: disclosures noted of single parties.
    """

    id: int
    version: int
    name: str
    kind: str
    role: str
    what: str | None
    purpose: str
    country: str
    transfer_basis: str | None
    email: str | None
    agreement: str | None
    agreed_on: date | None
    ends_on: date | None
    is_outside: bool
    given: int = 0

    def state(self, today: date) -> Agreement:
        """How its agreement stands on a day."""
        return agreement_state(self.role, self.agreement, self.ends_on, today=today)


@dataclass(frozen=True)
class OutsideEea:
    """Transfers out of the EU and the EEA (GDPR Art. 44-49).

    :param n: of all recipients.
    :param outside: those that keep data outside.
    :param without_basis: those of them for which no basis of Chapter V is recorded.
    """

    n: int
    outside: tuple[RecipientRow, ...]
    without_basis: tuple[RecipientRow, ...]


@dataclass(frozen=True)
class DisclosedRow:
    """What was given of a party, to whom, when; who noted it."""

    id: int
    recipient: str
    what: str
    disclosed_on: date
    noted_by: str


@needs(Right.SEE_NOTICE)
def recipient_list(session: Session) -> tuple[RecipientRow, ...]:
    """The recipients in order of their names; 2 statements."""
    rows = session.execute(
        select(Disclosure.recipient_id, func.count()).group_by(Disclosure.recipient_id)
    )
    given = {row[0]: int(row[1]) for row in rows}
    return _rows(session, _all(), given)


@needs(Right.SEE_NOTICE)
def recipients_outside_eea(session: Session) -> OutsideEea:
    """How many recipients there are, and which keep data outside the EU and the EEA; 2 statements.

    The first are 500 at most.
    """
    n = session.scalar(select(func.count(Recipient.id))) or 0
    outside = _rows(session, _all().where(Recipient.country.not_in(sorted(EEA))))
    return OutsideEea(n, outside, tuple(row for row in outside if row.transfer_basis is None))


@needs(Right.SEE_NOTICE)
def agreements_ended(session: Session, *, today: date) -> tuple[RecipientRow, ...]:
    """The recipients whose agreement has ended, the first that ended first; 1 statement."""
    query = _all().where(Recipient.agreement.is_not(None), Recipient.ends_on < today)
    return tuple(sorted(_rows(session, query), key=lambda row: (row.ends_on, row.name)))


@needs(Right.SEE_NOTICE)
def agreements_ending(session: Session, *, today: date) -> tuple[RecipientRow, ...]:
    """The recipients whose agreement ends within 60 days, the first first; 1 statement."""
    query = _all().where(Recipient.agreement.is_not(None), Recipient.ends_on >= today)
    rows = [row for row in _rows(session, query)
            if row.state(today) is Agreement.ENDS_SOON]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (row.ends_on, row.name)))


@needs(Right.SEE_NOTICE)
def processors_without_agreement(session: Session) -> tuple[RecipientRow, ...]:
    """The processors that work without an agreement, against Art. 28(3); 1 statement."""
    missing = Recipient.agreement.is_(None) & (Recipient.role == RecipientRole.PROCESSOR)
    return _rows(session, _all().where(missing))


@needs(Right.SEE_CUSTOMERS)
def disclosures_of(session: Session, party_id: int) -> tuple[DisclosedRow, ...]:
    """What was given of a party, the latest first, 100 at most; 1 statement."""
    rows = session.execute(
        select(Disclosure.id, Recipient.name, Disclosure.what, Disclosure.disclosed_on,
               Disclosure.noted_by)
        .join(Recipient, Recipient.id == Disclosure.recipient_id)
        .where(Disclosure.party_id == party_id)
        .order_by(Disclosure.disclosed_on.desc(), Disclosure.id.desc())
        .limit(MOST_SHOWN)
    )  # fmt: skip
    return tuple(DisclosedRow(*row) for row in rows)


@needs(Right.SEE_CUSTOMERS)
def recipient_names(session: Session) -> dict[int, str]:
    """The recipients by their keys, in order of their names, for choosing one; 1 statement."""
    query = select(Recipient.id, Recipient.name).order_by(Recipient.name).limit(MOST_RECIPIENTS)
    return {row.id: row.name for row in session.execute(query)}


def _all() -> Select[Any]:
    return select(Recipient).order_by(Recipient.name, Recipient.id).limit(MOST_RECIPIENTS)


def _rows(
    session: Session, query: Select[Any], given: dict[int, int] | None = None
) -> tuple[RecipientRow, ...]:
    return tuple(
        RecipientRow(
            id=row.id, version=row.version, name=row.name, kind=row.kind, role=row.role,
            what=row.what, purpose=row.purpose, country=row.country,
            transfer_basis=row.transfer_basis, email=row.email, agreement=row.agreement,
            agreed_on=row.agreed_on, ends_on=row.ends_on,
            is_outside=row.country not in EEA, given=(given or {}).get(row.id, 0),
        )
        for row in session.scalars(query)
    )  # fmt: skip
