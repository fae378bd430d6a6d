"""Commands on notes: what was agreed or noticed, in the office's own words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from queries.rules.roles import Right
from queries.store.sessions import Desk, needs
from queries.store.tables import Note, Party
from queries.writes.commands import Checks, change, fetch, stamp, to_remove
from queries.writes.customers.contacts import Removal

LONGEST_NOTE = 4_000


@dataclass(frozen=True, kw_only=True)
class NoteWish:
    """A note as it should stand; ``noted_on`` is the day of what it tells."""

    party_id: int
    id: int | None = None
    version: int | None = None
    text: str
    noted_on: date
    accept_suspect: bool = False


@needs(Right.EDIT_CUSTOMERS)
def amend_note(desk: Desk, wish: NoteWish) -> int:
    """Write or correct a note; returns the party. Whoever wrote it first stays its writer.

    :raises InvalidInputs, NotFound, StaleRecord:
    """
    checks = Checks(wish)
    values = {
        "text": checks.lines("text", longest=LONGEST_NOTE, required=True),
        "noted_on": checks.day("noted_on", latest=desk.today),
    }
    checks.done()
    party = fetch(desk, Party, wish.party_id, version=None, wish=wish)
    if wish.id is None:
        note = Note(party_id=party.id, noted_by=desk.actor.username, **values)
        stamp(desk, note)
        desk.session.add(note)
        changed = list(values)
    else:
        note = fetch(desk, Note, wish.id, version=wish.version, wish=wish)
        changed = change(desk, note, values)
    if changed:
        desk.session.flush()
        action = "add_note" if wish.id is None else "amend_note"
        desk.note(action, "note", note.id, party_id=party.id, columns=changed)
    return party.id


@needs(Right.EDIT_CUSTOMERS)
def remove_note(desk: Desk, wish: Removal) -> int:
    """Remove a note that should not have been written, and that nothing keeps; returns the party.

    :raises NotFound, StaleRecord, Restricted, RuleRefusal: as :func:`.changing.to_remove`.
    """
    note = to_remove(desk, Note, wish.id, version=wish.version, wish=wish)
    party_id = note.party_id
    desk.session.delete(note)
    desk.session.flush()
    desk.note("remove_note", "note", wish.id, party_id=party_id)
    return party_id
