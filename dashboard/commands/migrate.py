"""``migrate``: bringing a store to this program's version."""

from __future__ import annotations

import argparse

from dashboard.commands import options as shared
from dashboard.runtime import data_folder
from dashboard.words import word
from queries.store.migrate import migrate_alone


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], language: str) -> None:
    parser = commands.add_parser("migrate", help=word("cli.migrate.help", language))
    shared.add_store(parser, language)
    parser.set_defaults(run=migrate)


def migrate(options: argparse.Namespace) -> int:
    """Migrate in one transaction, alone; a store that is current is left as it is.

    :raises StoreRefusal: as :func:`queries.store.migrate.migrate_alone`.
    """
    before, after = migrate_alone(shared.address_of(options), data_folder(options.data))
    key = "cli.migrate.current" if before == after else "cli.migrate.done"
    shared.say(key, options, before=before or "-", after=after)
    return shared.OK
