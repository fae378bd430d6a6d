"""Finnish post codes and their towns, as the last Posti file that was brought in gives them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from queries.rules.roles import Permission
from queries.store.search import fold
from queries.store.sessions import needs
from queries.store.tables import PostCode, Setting

#: The setting that says of which day the file was that the codes came from.
AS_OF = "post_codes.as_of"


@dataclass(frozen=True)
class PostTown:
    """A post code and its town; the municipality is another one here and there."""

    code: str
    town_fi: str
    town_sv: str
    municipality_fi: str
    municipality_sv: str
    valid_from: date

    def has(self, town: str) -> bool:
        """Check if a town, however it is written and in either language, belongs to the code."""
        names = (self.town_fi, self.town_sv, self.municipality_fi, self.municipality_sv)
        return fold(town) in {fold(name) for name in names if name}


@dataclass(frozen=True)
class PostCodeChanges:
    """Effect of a file on the codes of the register; it replaces all of them.

    :param older: the register's codes are of a later file.
    """

    added: int
    changed: int
    removed: int
    unchanged: int
    older: bool

    @property
    def does_something(self) -> bool:
        return bool(self.added or self.changed or self.removed)


@needs(Permission.SEE_CUSTOMERS)
def places_of(session: Session, codes: Iterable[str]) -> dict[str, PostTown]:
    """The places of some post codes; a code that is not in use is left out. One statement."""
    wanted = sorted(set(codes))
    if not wanted:
        return {}
    rows = session.scalars(select(PostCode).where(PostCode.code.in_(wanted)))
    return {row.code: place(row) for row in rows}


@needs(Permission.IMPORT_DATA)
def post_code_changes(
    session: Session, places: tuple[PostTown, ...], *, run_on: date
) -> PostCodeChanges:
    """Return what bringing these in would do; two statements.

    :param run_on: the day that the file says it is of.
    """
    stands = {row.code: place(row) for row in session.scalars(select(PostCode))}
    before = as_of(session)
    codes = {one.code for one in places}
    added = len(codes - set(stands))
    changed = sum(one.code in stands and stands[one.code] != one for one in places)
    return PostCodeChanges(
        added,
        changed,
        len(set(stands) - codes),
        len(places) - added - changed,
        before is not None and run_on < before,
    )


def as_of(session: Session) -> date | None:
    """The day of the file that the codes came from; one statement, a piece of other reads."""
    value = session.scalar(select(Setting.value).where(Setting.name == AS_OF))
    return None if value is None else date.fromisoformat(json.loads(value))


def place(row: PostCode) -> PostTown:
    """A row of the store as its place."""
    return PostTown(
        row.code, row.town_fi, row.town_sv, row.municipality_fi, row.municipality_sv, row.valid_from
    )
