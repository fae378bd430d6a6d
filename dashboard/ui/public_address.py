"""The address at which people outside reach the register: where links in letters lead."""

from __future__ import annotations

from dashboard.runtime import the_doorway
from dashboard.ui.gateway import ask
from queries.reads.settings import setting


def public_address() -> str | None:
    """The register's public ``https`` address; in a demonstration that of this machine; None where
    there is neither."""
    doorway = the_doorway()
    if doorway.public is not None:
        return doorway.public
    return f"http://localhost:{doorway.port}" if ask(setting, "demonstration") else None
