"""Command that confirms that a person has looked at what a restored store lacks, so that
disposals may continue."""

from __future__ import annotations

from dataclasses import dataclass

from queries.errors import StaleRecord
from queries.rules.roles import Permission
from queries.store.backup.carry_holds import TO_CHECK
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import Setting


@dataclass(frozen=True, kw_only=True)
class ConfirmChecked:
    """:param version: of the list that was seen."""

    version: int


@needs(Permission.APPROVE_DISPOSAL)
def confirm_checked(uow: UnitOfWork, inputs: ConfirmChecked) -> int:
    """Confirm that holds, requests and years are right; return 0. Nothing where nothing waits.

    :raises StaleRecord: when the store was restored once more since.
    """
    kept = uow.session.get(Setting, TO_CHECK, with_for_update=True)
    if kept is None:
        return 0
    if kept.version != inputs.version:
        raise StaleRecord(
            "setting",
            TO_CHECK,
            version=kept.version,
            changed_by=kept.changed_by,
            changed_at=kept.changed_at,
        )
    uow.session.delete(kept)
    uow.session.flush()
    uow.audit("confirm_checked", "setting", None, columns=(TO_CHECK,))
    return 0
