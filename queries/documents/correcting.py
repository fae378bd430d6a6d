"""What of a party's data was corrected: the values before and after, side by side (GDPR Art. 16).

The trail names the columns that changed and never their values, so that an erasure leaves it as it
is; what stood before is therefore only known to whoever looked before the change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from queries.documents.access_report import reported_columns
from queries.documents.gathering import gather, is_owners_key, names_of
from queries.documents.showing import label, shown, table_title
from queries.rules.roles import Right
from queries.store.sessions import needs

#: Tables whose rows a person can ask to have corrected; the other two are read for their names.
_TABLES = ("party", "address", "email", "phone", "billing_detail", "note", "service_order",
           "contact_person")  # fmt: skip
#: How a datum came is no datum of the person, and changes with every edit.
_ORIGIN = {"source", "sourced_on", "noted_by", "is_primary"}

#: Tables whose columns say by themselves what they are.
_PLAIN = {"party", "address", "email", "phone"}

Details = Mapping[tuple[str, int, str], Any]
"""Raw values by table, key and column."""


@dataclass(frozen=True)
class Correction:
    """One datum before and after, as a person reads them; empty where there was or is none."""

    what: str
    old: str
    new: str


@needs(Right.SEE_REQUESTS)
def details_of(session: Session, party_id: int) -> tuple[Details, Any]:
    """The party's data as they stand, and the names behind their keys; a statement for each of
    eight tables, and two for the names.

    :raises NotFound:
    """
    rows = gather(session, party_id, _TABLES)
    found = {
        (table, row["id"], column): row[column]
        for table, its in rows.items()
        for row in its
        for column in reported_columns(table)
        if column not in _ORIGIN and not is_owners_key(table, column)
    }
    return found, names_of(session, rows)


def corrections(
    before: tuple[Details, Any], now: tuple[Details, Any], language: str
) -> tuple[Correction, ...]:
    """What differs, in the order of the register: changed, added and taken away."""
    places = [*before[0], *(place for place in now[0] if place not in before[0])]
    found = []
    for place in places:
        table, _key, column = place
        was, stands = (
            shown(table, column, side[0].get(place), side[1], language) for side in (before, now)
        )
        if was != stands:
            name = label(table, column, language)
            what = name if table in _PLAIN else f"{table_title(table, language)}: {name}"
            found.append(Correction(what, was, stands))
    return tuple(found)
