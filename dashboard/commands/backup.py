"""``backup``: a copy of the store, taken while it is in use and read back."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from dashboard.commands import options as shared
from dashboard.runtime import data_folder
from dashboard.words import word
from queries.rules.calendar_fi import HELSINKI
from queries.rules.roles import CONSOLE
from queries.store.backup.backup import back_up
from queries.store.backup.ledger import ledger_of, settle
from queries.store.data_folder_lock import at_work
from queries.writes.backups import NoteBackup, note_backup

_ENDINGS = {"sqlite": ".sqlite", "postgresql": ".dump"}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], language: str) -> None:
    parser = commands.add_parser("backup", help=word("cli.backup.help", language))
    parser.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help=word("cli.backup.file", language)
    )
    shared.add_store(parser, language)
    parser.set_defaults(run=backup)


def backup(options: argparse.Namespace) -> int:
    """Back the store up and print where the copy is.

    :raises StoreRefusal: as :func:`queries.store.backup.backup.back_up`.
    """
    folder = data_folder(options.data)
    moment = datetime.now(UTC).astimezone(HELSINKI)
    with at_work(folder):
        store = shared.opened(options)
        try:
            ending = _ENDINGS[store.engine.dialect.name]
            default = folder / "backups" / f"register-{moment:%Y%m%d-%H%M%S}{ending}"
            to: Path = (options.file or default).expanduser().resolve()
            ledger = ledger_of(store, folder)
            settle(ledger, store)
            made = back_up(store, ledger, to, on=moment.date())
            store.carry_out(note_backup, NoteBackup(), actor=CONSOLE)
        finally:
            store.close()
    sys.stdout.write(f"{made.path}\n")
    shared.say(
        "cli.backup.done",
        options,
        rows=sum(made.rows.values()),
        revision=made.revision,
        megabytes=max(1, made.size // 1_000_000),
    )
    if made.differing:
        shared.say("cli.backup.differing", options, n=len(made.differing))
    shared.say("cli.backup.ledger", options, folder=ledger.folder)
    return shared.OK
