"""Noting that a backup was taken, so that the register knows how old its last one is."""

from __future__ import annotations

from dataclasses import dataclass

from queries.reads.notice.proofs import BACKUP
from queries.rules.roles import Permission
from queries.store.sessions import UnitOfWork, needs


@dataclass(frozen=True, kw_only=True)
class NoteBackup:
    """A backup that was made and read back; its place is not recorded."""


@needs(Permission.EDIT_SETTINGS)
def note_backup(uow: UnitOfWork, inputs: NoteBackup) -> int:  # noqa: ARG001 - the shape of a command
    """Write the trail line of a backup into the register, not into the copy."""
    uow.audit("note_backup", BACKUP, None)
    return 0
