"""Corrections of a party's data: the values before and after, side by side (GDPR Art. 16).

The trail names the columns that changed and never their values, so that an erasure leaves it as it
is; the old data are therefore kept in the file of the request, until the request is answered.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from queries.documents.access.labels import label, shown, table_title
from queries.documents.access.report import reported_columns
from queries.documents.access.subject_data import gather, is_owners_key, names_of
from queries.rules.roles import Permission
from queries.store.sessions import needs

#: Tables whose rows a person can ask to have corrected; the other two are read for their names.
_TABLES = (
    "party",
    "address",
    "email",
    "phone",
    "billing_detail",
    "note",
    "service_order",
    "contact_person",
)
#: How a datum came is no datum of the person, and changes with every edit.
_ORIGIN = {"source", "sourced_on", "noted_by", "is_primary"}

#: Tables whose columns say by themselves what they are.
_PLAIN = {"party", "address", "email", "phone"}

Details = Mapping[tuple[str, int, str], str]
"""Values as a person reads them, by table, key and column."""


@dataclass(frozen=True)
class Correction:
    """One datum before and after, as a person reads them; empty where there was or is none."""

    what: str
    old: str
    new: str


@needs(Permission.SEE_REQUESTS)
def details_of(session: Session, party_id: int, language: str) -> Details:
    """Return the party's data as they are; a statement for each of eight tables, and two for
    names.

    :raises NotFound:
    """
    rows = gather(session, party_id, _TABLES)
    names = names_of(session, rows)
    return {
        (table, row["id"], column): shown(table, column, row[column], names, language)
        for table, its in rows.items()
        for row in its
        for column in reported_columns(table)
        if column not in _ORIGIN and not is_owners_key(table, column)
    }


def as_kept(details: Details) -> bytes:
    """The data as the file of a request keeps them.

    >>> read_kept(as_kept({("phone", 7, "number"): "+358401234567"}))
    {('phone', 7, 'number'): '+358401234567'}
    """
    return json.dumps([[*place, value] for place, value in details.items()]).encode()


def read_kept(content: bytes) -> Details:
    """Read the bytes that :func:`as_kept` wrote."""
    return {(table, key, column): value for table, key, column, value in json.loads(content)}


def corrections(before: Details, now: Details, language: str) -> tuple[Correction, ...]:
    """Return the differences, in the order of the register: changed, added and taken away."""
    places = [*before, *(place for place in now if place not in before)]
    found = []
    for place in places:
        was, stands = before.get(place, ""), now.get(place, "")
        if was != stands:
            table, _key, column = place
            name = label(table, column, language)
            what = name if table in _PLAIN else f"{table_title(table, language)}: {name}"
            found.append(Correction(what, was, stands))
    return tuple(found)
