"""Making anew what the store derives from its rows."""

from __future__ import annotations

from dataclasses import dataclass

from queries.rules.roles import Right
from queries.store.integrity import rebuild
from queries.store.sessions import Desk, needs


@dataclass(frozen=True, kw_only=True)
class Rebuilding:
    """Facts, summaries, sources and search, all of them."""


@needs(Right.MANAGE_USERS)
def rebuild_derived(desk: Desk, wish: Rebuilding) -> int:  # noqa: ARG001 - the shape of a command
    """Compute everything that is derived from the rows; returns 0. The caller is alone."""
    rebuild(desk.session.connection())
    desk.note("rebuild_derived", "store", None)
    return 0
