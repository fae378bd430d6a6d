"""``migrate``: bringing a store to this program's version."""

from __future__ import annotations

import argparse

from dashboard.commands import options as shared
from dashboard.words import word
from queries.store.engine import open_engine
from queries.store.migrate import migrate as bring_up


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], language: str) -> None:
    parser = commands.add_parser("migrate", help=word("cli.migrate.help", language))
    shared.add_store(parser, language)
    parser.set_defaults(run=migrate)


def migrate(options: argparse.Namespace) -> int:
    """Migrate in one transaction; a store that is current is left as it is.

    :raises StoreRefusal: ``store_missing``, ``store_newer``, ``store_foreign``.
    """
    engine = open_engine(shared.address_of(options))
    try:
        before, after = bring_up(engine)
    finally:
        engine.dispose()
    key = "cli.migrate.current" if before == after else "cli.migrate.done"
    shared.say(key, options, before=before or "-", after=after)
    return shared.OK
