"""Commands on notes: what was agreed or noticed, in the office's own words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from queries.rules.roles import Permission
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import Note, Party
from queries.writes.commands import Checks, Seen, fetch, remove, save, to_remove

LONGEST_NOTE = 4_000


@dataclass(frozen=True, kw_only=True)
class AmendNote:
    """A note as it should be; ``noted_on`` is the day of what it describes."""

    party_id: int
    id: int | None = None
    version: int | None = None
    text: str
    noted_on: date
    accept_suspect: bool = False


@needs(Permission.EDIT_CUSTOMERS)
def amend_note(uow: UnitOfWork, inputs: AmendNote) -> int:
    """Write or correct a note; return the party. Whoever wrote it first stays its writer.

    :raises InvalidInputs, NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    values = {
        "text": checks.lines("text", longest=LONGEST_NOTE, required=True),
        "noted_on": checks.day("noted_on", latest=uow.today),
    }
    checks.done()
    party = fetch(uow, Party, inputs.party_id, version=None, inputs=inputs)
    note = None
    if inputs.id is not None:
        note = fetch(uow, Note, inputs.id, version=inputs.version, inputs=inputs)
    given = {"party_id": party.id, "noted_by": uow.actor.username}
    actions = "add_note", "amend_note"
    save(uow, Note, note, values, actions, party_id=party.id, given=given)
    return party.id


@needs(Permission.EDIT_CUSTOMERS)
def remove_note(uow: UnitOfWork, inputs: Seen) -> int:
    """Remove a note that should not have been written, and that nothing keeps; return the party.

    :raises NotFound, StaleRecord, Restricted, RuleRefusal: as :func:`.commands.to_remove`.
    """
    note = to_remove(uow, Note, inputs.id, version=inputs.version, inputs=inputs)
    party_id = note.party_id
    remove(uow, note, "remove_note", party_id=party_id)
    return party_id
