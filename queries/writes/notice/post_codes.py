"""Taking over Posti's post codes, all at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select

from queries.errors import RegisterError
from queries.reads.notice.post_codes import AS_OF, PostTown, place
from queries.rules.roles import Permission
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import ImportBatch, PostCode, Setting
from queries.writes.commands import stamp

#: The form of such a file, as imports are noted.
FORM = "post_codes"


@dataclass(frozen=True, kw_only=True)
class ReplacePostCodes:
    """Every post code of a file.

    :param run_on: the day that the file says it is of.
    :param sha256: of the file, and ``name`` its own name, for the record of the import.
    """

    places: tuple[PostTown, ...] = field(repr=False)
    run_on: date
    sha256: str
    name: str | None = None


@needs(Permission.IMPORT_DATA)
def replace_post_codes(uow: UnitOfWork, inputs: ReplacePostCodes) -> int:
    """Replace the register's codes with the file's; return the
    :class:`queries.store.tables.ImportBatch`.

    :raises RegisterError: ``import_nothing`` when the register has exactly these.
    """
    session = uow.session
    stands = {row.code: place(row) for row in session.scalars(select(PostCode))}
    given = {one.code: one for one in inputs.places}
    gone = sorted(set(stands) - set(given))
    new = [one for code, one in given.items() if code not in stands]
    changed = [one for code, one in given.items() if code in stands and stands[code] != one]
    if not (gone or new or changed):
        raise RegisterError("import_nothing")
    # Changed codes are written in bulk, because a file has thousands of them.
    for codes in (gone, [one.code for one in changed]):
        for at in range(0, len(codes), 500):
            session.execute(delete(PostCode).where(PostCode.code.in_(codes[at : at + 500])))
    if new or changed:
        session.execute(insert(PostCode), [_columns(one) for one in (*new, *changed)])
    setting = session.get(Setting, AS_OF) or Setting(name=AS_OF)
    setting.value = json.dumps(inputs.run_on.isoformat())
    stamp(uow, setting)
    session.add(setting)
    batch = ImportBatch(
        at=uow.now,
        actor=uow.actor.username,
        form=FORM,
        sha256=inputs.sha256,
        name=inputs.name,
        created=len(new),
        changed=len(changed) + len(gone),
        skipped=len(given) - len(new) - len(changed),
        refused=0,
    )
    session.add(batch)
    session.flush()
    uow.audit(
        "replace_post_codes", "import_batch", batch.id, columns=list(PostTown.__dataclass_fields__)
    )
    return batch.id


def _columns(one: PostTown) -> Mapping[str, Any]:
    return {name: getattr(one, name) for name in PostTown.__dataclass_fields__}
