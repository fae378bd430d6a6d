"""Recipients of personal data (Vastaanottajat), their agreements, and disclosures to them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from queries.rules.recipients import Agreement, RecipientKind, agreement_state, needs_basis
from queries.rules.roles import Permission
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

    @property
    def is_unfounded(self) -> bool:
        """Keeps data outside, and no basis of Chapter V is recorded (GDPR Art. 44)."""
        return self.is_outside and self.transfer_basis is None

    def state(self, today: date) -> Agreement:
        """Return the state of its agreement on a day."""
        return agreement_state(self.role, self.agreement, self.ends_on, today=today)


@dataclass(frozen=True)
class DisclosedRow:
    """A disclosure of a party's data: what, to whom and when, and who recorded it."""

    id: int
    recipient: str
    what: str
    disclosed_on: date
    noted_by: str


@needs(Permission.SEE_NOTICE)
def recipient_list(session: Session) -> tuple[RecipientRow, ...]:
    """The recipients in order of their names; 2 statements."""
    rows = session.execute(
        select(Disclosure.recipient_id, func.count()).group_by(Disclosure.recipient_id)
    )
    given = {row[0]: int(row[1]) for row in rows}
    query = select(Recipient).order_by(Recipient.name, Recipient.id).limit(MOST_RECIPIENTS)
    return _rows(session, query, given)


@needs(Permission.SEE_NOTICE)
def every_recipient(session: Session) -> tuple[RecipientRow, ...]:
    """All of them, without what was disclosed to them; one statement."""
    return _rows(session, select(Recipient))


@needs(Permission.SEE_CUSTOMERS)
def disclosures_of(session: Session, party_id: int) -> tuple[DisclosedRow, ...]:
    """Return what was given of a party, the latest first, 100 at most; 1 statement."""
    rows = session.execute(
        select(
            Disclosure.id,
            Recipient.name,
            Disclosure.what,
            Disclosure.disclosed_on,
            Disclosure.noted_by,
        )
        .join(Recipient, Recipient.id == Disclosure.recipient_id)
        .where(Disclosure.party_id == party_id)
        .order_by(Disclosure.disclosed_on.desc(), Disclosure.id.desc())
        .limit(MOST_SHOWN)
    )
    return tuple(DisclosedRow(*row) for row in rows)


@needs(Permission.SEE_CUSTOMERS)
def recipient_names(session: Session) -> dict[int, str]:
    """The recipients by their keys, in order of their names, for choosing one; 1 statement."""
    query = select(Recipient.id, Recipient.name).order_by(Recipient.name).limit(MOST_RECIPIENTS)
    return {row.id: row.name for row in session.execute(query)}


@needs(Permission.SEND_NEWSLETTER)
def mailing_tools(session: Session, *, today: date) -> dict[int, str]:
    """The mailing tools that a newsletter can be given to, by their keys, in order of their names;
    1 statement. One whose agreement has ended gets nothing any more."""
    kind = Recipient.kind == RecipientKind.MAILING_TOOL
    rows = _rows(session, select(Recipient).where(kind).order_by(Recipient.name))
    return {row.id: row.name for row in rows if row.state(today) != Agreement.ENDED}


def _rows(
    session: Session, query: Select[Any], given: dict[int, int] | None = None
) -> tuple[RecipientRow, ...]:
    return tuple(
        RecipientRow(
            id=row.id,
            version=row.version,
            name=row.name,
            kind=row.kind,
            role=row.role,
            what=row.what,
            purpose=row.purpose,
            country=row.country,
            transfer_basis=row.transfer_basis,
            email=row.email,
            agreement=row.agreement,
            agreed_on=row.agreed_on,
            ends_on=row.ends_on,
            is_outside=needs_basis(row.country),
            given=(given or {}).get(row.id, 0),
        )
        for row in session.scalars(query)
    )
