"""The subcommands of ``asiakasrekisteri``; each module has ``add(subparsers)``."""

from __future__ import annotations

from dashboard.commands import (
    backup,
    check,
    demo,
    digest,
    dispose,
    import_,
    imports,
    init,
    ledger,
    migrate,
    notice,
    restore,
    serve,
    user,
)

#: In the order in which ``--help`` lists them.
COMMANDS = (
    demo,
    init,
    serve,
    user,
    import_,
    imports,
    dispose,
    backup,
    restore,
    check,
    ledger,
    digest,
    notice,
    migrate,
)
