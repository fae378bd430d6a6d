"""``restore``: a backup in the place of the store, after what was erased since is erased in it."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from dashboard.commands import options as shared
from dashboard.restored_words import removed_sentences, rights_sentences, sentences
from dashboard.runtime import data_folder
from dashboard.words import has_word, word
from queries.rules.calendar_fi import HELSINKI
from queries.store.backup.restore import Restored
from queries.store.backup.restore import restore as put_in_place


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], language: str) -> None:
    parser = commands.add_parser("restore", help=word("cli.restore.help", language))
    parser.add_argument(
        "backup", type=Path, metavar="BACKUP", help=word("cli.restore.backup", language)
    )
    parser.add_argument(
        "--without-ledger", action="store_true", help=word("cli.restore.without_ledger", language)
    )
    shared.add_store(parser, language)
    parser.set_defaults(run=restore)


def restore(options: argparse.Namespace) -> int:
    """Restore a backup and say what that meant.

    :raises StoreRefusal: as :func:`queries.store.backup.restore.restore`.
    """
    done = put_in_place(
        options.backup.expanduser().resolve(),
        shared.address_of(options),
        data_folder(options.data),
        now=datetime.now(UTC).astimezone(HELSINKI),
        without_ledger=options.without_ledger,
    )
    _tell(done, options)
    return shared.OK


def _tell(done: Restored, options: argparse.Namespace) -> None:
    shared.say("cli.restore.done", options)
    if done.migrated_from is not None:
        shared.say("cli.restore.migrated", options, revision=done.migrated_from)
    if done.rebuilt:
        shared.say("cli.restore.rebuilt", options, n=len(done.rebuilt))
    erased = sum(done.replayed.erased.values())
    if erased:
        shared.say("cli.restore.erased", options, n=erased)
    for series, (first, following) in done.replayed.ahead.items():
        shared.say(
            "cli.restore.ahead",
            options,
            first=str(first),
            last=str(following - 1),
            series=_series(series, options.language),
        )
    for series, (first, following) in done.replayed.passed_over.items():
        shared.say(
            "cli.restore.passed_over",
            options,
            first=str(first),
            following=str(following),
            series=_series(series, options.language),
        )
    for line in sentences(done.replayed.kept, options.language):
        sys.stderr.write(line + "\n")
    if done.replayed.kept.is_to_check:
        shared.say("cli.restore.waits", options)
    for line in (
        *rights_sentences(done.replayed.rights, options.language),
        *removed_sentences(done.replayed.is_back, options.language),
    ):
        sys.stderr.write(line + "\n")
    if done.aside is not None:
        shared.say("cli.restore.aside", options, aside=done.aside)
    shared.say("cli.restore.check", options)


def _series(name: str, language: str) -> str:
    series, _, year = name.partition(".")
    key = f"cli.restore.series.{series}"
    return word(key, language, year=year) if has_word(key, language) else name
