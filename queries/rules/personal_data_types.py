"""Types of the personal-data map's entries (:mod:`queries.rules.personal_data`)."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


class ProcessingPurpose(enum.StrEnum):
    """Purpose for which a datum is in the register (Käyttötarkoitus)."""

    CUSTOMER_RELATION = "customer_relation"
    BILLING = "billing"
    SERVICE = "service"
    LEGAL_DUTY = "legal_duty"
    SECURITY = "security"
    MARKETING = "marketing"


class LegalBasis(enum.StrEnum):
    """Legal basis, GDPR Art. 6(1)."""

    CONTRACT = "contract"
    """Art. 6(1)(b)."""
    LEGAL_OBLIGATION = "legal_obligation"
    """Art. 6(1)(c)."""
    LEGITIMATE_INTEREST = "legitimate_interest"
    """Art. 6(1)(f)."""
    CONSENT = "consent"
    """Art. 6(1)(a)."""


class From(enum.StrEnum):
    """Origin of the data (Tietolähteet)."""

    PERSON_OR_YTJ = "person_or_ytj"
    """The person, the organisation, or YTJ; each row says which and when."""
    HOUSE = "house"
    """Made in the house: what was agreed, done, invoiced and paid."""
    BANK = "bank"
    DERIVED = "derived"
    """Computed from other columns."""


@dataclass(frozen=True)
class Personal:
    """One column with data of a person.

    :param retention_class: a class of :mod:`queries.rules.statutes`; ``follows_party`` where the
        column is erased with the party's file, whose deadline is that of its longest-living record;
        ``as_recorded`` where the row names its class.
    :param erased: ``row``: the row is removed; anything else is the value put in its place.
    :param emptied: the value put in its place when its record's own time is up and the row stays to
        be counted (the file of a request, a binder of paper); none where it stays as it is.
    :param in_access: included in the access report (GDPR Art. 15).
    :param in_portability: included in the portability package (Art. 20): given by the person and
        processed by contract.
    """

    purpose: ProcessingPurpose
    legal_basis: LegalBasis
    retention_class: str
    source: From
    erased: str = "row"
    emptied: str | None = None
    in_access: bool = True
    in_portability: bool = False


FOLLOWS_PARTY = "follows_party"

AS_RECORDED = "as_recorded"
"""The row itself names its class: a binder of vouchers is kept as vouchers are."""

Entry = Personal | None
"""``None`` declares a column impersonal."""


@dataclass(frozen=True)
class TableMap:
    """The columns of a table.

    :param owner: how its rows are reached from a party; empty where they are about no party.
    """

    columns: Mapping[str, Entry]
    owner: tuple[str, ...] = ()


def table_map(
    personal: Personal,
    names: str,
    *,
    impersonal: str = "",
    owner: Iterable[str] = (),
    **others: Personal,
) -> TableMap:
    """Build a table's map: ``names`` are ``personal``; ``others`` differ; ``impersonal``
    identify nobody."""
    columns: dict[str, Entry] = dict.fromkeys(impersonal.split())
    columns |= dict.fromkeys(names.split(), personal)
    columns |= others
    return TableMap(columns, tuple(owner))


def impersonal_map(names: str) -> TableMap:
    """Build the map of a table whose columns identify nobody."""
    return TableMap(dict.fromkeys(names.split()))


def of_request(table: str) -> tuple[str, str]:
    """Return the steps from a row of a request to the party it is about."""
    return (f"{table}.request_id", "data_subject_request.party_id")
