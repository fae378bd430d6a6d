"""``ledger``: the erasure ledger, where it is lost for good."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from dashboard.commands import options as shared
from dashboard.runtime import data_folder
from dashboard.words import word
from queries.rules.calendar_fi import HELSINKI
from queries.rules.roles import CONSOLE
from queries.store.backup.ledger import ledger_of
from queries.store.data_folder_lock import at_work
from queries.store.migrate import open_store
from queries.writes.retention.ledger_renewal import renew as renew_lost


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], language: str) -> None:
    parser = commands.add_parser("ledger", help=word("cli.ledger.help", language))
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    step = steps.add_parser("renew", help=word("cli.ledger.renew", language))
    shared.add_store(step, language)
    parser.set_defaults(run=renew)


def renew(options: argparse.Namespace) -> int:
    """Renew the ledger from what the store still knows, and say what that means.

    :raises StoreRefusal: as :func:`queries.writes.retention.ledger_renewal.renew`.
    """
    folder = data_folder(options.data)
    with at_work(folder):
        # Not through ``opened``, which refuses a ledger that is lost.
        store = open_store(shared.address_of(options))
        try:
            ledger = ledger_of(store, folder)
            now = datetime.now(UTC).astimezone(HELSINKI)
            done = renew_lost(store, ledger, actor=CONSOLE, now=now)
        finally:
            store.close()
    if done is None:
        shared.say("cli.ledger.sound", options, folder=str(ledger.folder))
        return shared.OK
    shared.say("cli.ledger.renewed", options, folder=str(ledger.folder), n=done.added)
    if done.aside is not None:
        shared.say("cli.ledger.aside", options, aside=str(done.aside))
    shared.say("cli.ledger.older_backups", options)
    return shared.OK
