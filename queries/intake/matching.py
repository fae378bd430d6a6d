"""Which party of the register a row of a file means.

Customer number first, then business ID, then the name together with a post code or an e-mail
address. Where two keys point at two parties, or a name at several, nothing is guessed: the row is
refused with its reason. Everything is looked up in bulk: no statement per row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from queries.intake.details import Details, Place
from queries.intake.plan import Reason
from queries.store.search import fold, sort_name
from queries.store.tables import Address, BillingDetail, Email, Note, Party, Phone

#: Values in one IN list.
CHUNK = 500


@dataclass(frozen=True)
class KnownPlace:
    id: int
    purpose: str
    is_primary: bool
    place: Place


@dataclass(frozen=True)
class KnownLine:
    """An e-mail address or telephone number of the register."""

    id: int
    value: str
    is_primary: bool


@dataclass
class Known:
    """A party as the register has it: what an import compares with."""

    id: int
    columns: dict[str, Any]
    places: list[KnownPlace] = field(default_factory=list)
    emails: list[KnownLine] = field(default_factory=list)
    phones: list[KnownLine] = field(default_factory=list)
    billing: list[dict[str, Any]] = field(default_factory=list)
    notes: set[str] = field(default_factory=set)

    def names(self) -> set[str]:
        family, given = self.columns["family_name"], self.columns["given_name"]
        turned = " ".join(part for part in (family, given) if part)
        return {fold(self.columns["name"]), fold(turned or self.columns["name"])}

    def post_codes(self) -> set[str]:
        return {known.place.post_code for known in self.places if known.place.post_code}


@dataclass(frozen=True)
class Match:
    """``party`` is None for someone new; ``reason`` refuses the row; ``by`` is the key."""

    party: Known | None = None
    by: str | None = None
    reason: Reason | None = None


_COLUMNS = (
    "id", "version", "customer_number", "kind", "name", "given_name", "family_name", "business_id",
    "foreign_id", "language", "status", "started_on", "ended_on", "is_customer", "is_partner",
)  # fmt: skip


class Register:
    """The parties that the rows of one file may mean, loaded at once."""

    def __init__(self, session: Session, rows: Sequence[Details]) -> None:
        self._session = session
        numbers = {row.customer_number for row in rows if row.customer_number}
        businesses = {row.business_id for row in rows if row.business_id}
        names = {key for row in rows for key in _sort_names(row)}
        ids = set()
        for column, values in (
            (Party.customer_number, numbers),
            (Party.business_id, businesses),
            (Party.sort_name, names),
        ):
            ids |= self._ids(column, values)
        self._known = {known.id: known for known in self._load(ids)}
        self._by_number = self._index("customer_number")
        self._by_business = self._index("business_id")
        self._by_name: dict[str, list[Known]] = {}
        for known in self._known.values():
            for name in known.names():
                self._by_name.setdefault(name, []).append(known)

    def match(self, row: Details) -> Match:
        """The party that a row means, nobody, or why that cannot be said."""
        numbered = self._by_number.get(row.customer_number or "")
        business = self._by_business.get(row.business_id or "")
        if numbered and business and numbered.id != business.id:
            facts = {"first": numbered.columns["name"], "second": business.columns["name"]}
            return Match(reason=Reason("keys_differ", facts))
        found = numbered or business
        if found is not None:
            return self._checked(row, found, "customer_number" if numbered else "business_id")
        return self._by_its_name(row)

    def _checked(self, row: Details, found: Known, by: str) -> Match:
        stands, given = found.columns["business_id"], row.business_id
        if stands and given and stands != given:
            # The same customer number with another business ID is another system's number, or a
            # company that became another one: a person has to look.
            facts = {"name": found.columns["name"], "stands": stands, "given": given}
            return Match(reason=Reason("identifier_differs", facts))
        return Match(found, by)

    def _by_its_name(self, row: Details) -> Match:
        same = {known.id: known for name in row.names() for known in self._by_name.get(name, ())}
        # Two business IDs are two companies, whatever their names.
        same = {key: known for key, known in same.items() if not _is_other(row, known)}
        if not same:
            return Match()
        told = [known for known in same.values() if _shares_detail(row, known)]
        if len(told) == 1:
            return Match(told[0], "name")
        if told:
            return Match(reason=Reason("ambiguous", {"n": len(told)}))
        bare = [known for known in same.values() if not _has_detail(known)]
        if _row_has_detail(row) and not bare:
            return Match()  # a namesake elsewhere
        if len(same) == 1 and len(bare) == 1 and not _row_has_detail(row):
            return Match(bare[0], "name")
        return Match(reason=Reason("name_alone", {"n": len(same)}))

    def _ids(self, column: InstrumentedAttribute[Any], values: set[Any]) -> set[int]:
        found: set[int] = set()
        for some in chunks(sorted(values)):
            found.update(self._session.scalars(select(Party.id).where(column.in_(some))))
        return found

    def _index(self, column: str) -> dict[str, Known]:
        return {known.columns[column]: known for known in self._known.values()
                if known.columns[column]}  # fmt: skip

    def _load(self, ids: set[int]) -> Iterator[Known]:
        for some in chunks(sorted(ids)):
            yield from load_known(self._session, some)


def load_known(session: Session, ids: Sequence[int]) -> list[Known]:
    """The parties with these keys; six statements."""
    columns = [getattr(Party, name) for name in _COLUMNS]
    known = {
        row.id: Known(row.id, dict(zip(_COLUMNS, row, strict=True)))
        for row in session.execute(select(*columns).where(Party.id.in_(ids)))
    }
    for place in session.execute(
        select(Address.id, Address.party_id, Address.purpose, Address.is_primary, Address.street,
               Address.post_code, Address.town, Address.country)
        .where(Address.party_id.in_(ids)).order_by(Address.is_primary.desc(), Address.id)
    ):  # fmt: skip
        known[place.party_id].places.append(KnownPlace(
            place.id, place.purpose, place.is_primary,
            Place(place.street, place.post_code, place.town, place.country),
        ))  # fmt: skip
    for model, value, kind in (
        (Email, Email.address, "emails"), (Phone, Phone.number, "phones"),
    ):  # fmt: skip
        for key, party_id, text, primary in session.execute(
            select(model.id, model.party_id, value, model.is_primary)
            .where(model.party_id.in_(ids)).order_by(model.is_primary.desc(), model.id)
        ):  # fmt: skip
            getattr(known[party_id], kind).append(KnownLine(key, text, primary))
    for detail in session.execute(
        select(BillingDetail.id, BillingDetail.party_id, BillingDetail.method,
               BillingDetail.e_invoice_address, BillingDetail.operator, BillingDetail.email,
               BillingDetail.iban, BillingDetail.payment_days, BillingDetail.buyer_reference)
        .where(BillingDetail.party_id.in_(ids)).order_by(BillingDetail.id)
    ).mappings():  # fmt: skip
        known[detail["party_id"]].billing.append(dict(detail))
    for party_id, text in session.execute(
        select(Note.party_id, Note.text).where(Note.party_id.in_(ids))
    ):
        known[party_id].notes.add(text)
    return list(known.values())


def chunks(values: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """The values in lists of at most ``size``."""
    remaining = iter(values)
    while some := list(islice(remaining, size)):
        yield some


def _sort_names(row: Details) -> set[str]:
    """The keys under which the store may list the party: as written, and turned round."""
    found = {sort_name(name) for name in row.names()}
    if row.name and row.kind == "person":
        words = row.name.split()
        found.add(sort_name(" ".join([words[-1], *words[:-1]])))
        found.add(sort_name(" ".join([*words[1:], words[0]])))
    return found


def _is_other(row: Details, known: Known) -> bool:
    for key in ("business_id", "foreign_id"):
        ours, theirs = known.columns[key], getattr(row, key)
        if ours and theirs and ours != theirs:
            return True
    return False


def _shares_detail(row: Details, known: Known) -> bool:
    if row.foreign_id and row.foreign_id == known.columns["foreign_id"]:
        return True
    emails = {line.value.casefold() for line in known.emails}
    given = {email.casefold() for email in row.emails}
    return bool(row.post_codes() & known.post_codes() or given & emails)


def _has_detail(known: Known) -> bool:
    return bool(known.post_codes() or known.emails or known.columns["foreign_id"])


def _row_has_detail(row: Details) -> bool:
    return bool(row.post_codes() or row.emails or row.foreign_id)
