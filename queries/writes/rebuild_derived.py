"""Making anew what the store derives from its rows."""

from __future__ import annotations

from dataclasses import dataclass

from queries.rules.roles import Permission
from queries.store.integrity import rebuild
from queries.store.sessions import UnitOfWork, needs


@dataclass(frozen=True, kw_only=True)
class RebuildDerived:
    """Facts, summaries, sources and search, all of them."""


@needs(Permission.MANAGE_USERS)
def rebuild_derived(uow: UnitOfWork, inputs: RebuildDerived) -> int:  # noqa: ARG001 - the shape of a command
    """Compute everything that is derived from the rows; return 0. The caller is alone."""
    rebuild(uow.session.connection())
    uow.audit("rebuild_derived", "store", None)
    return 0
