"""``check``: the whole store compared with itself, and what is derived made anew."""

from __future__ import annotations

import argparse
import contextlib
import sys

from dashboard.commands import options as shared
from dashboard.runtime import data_folder
from dashboard.words import word
from queries.rules.roles import CONSOLE
from queries.store.data_folder_lock import alone, at_work
from queries.store.engine import open_engine
from queries.store.integrity import DERIVED_PARTS, IntegrityPart, check
from queries.store.migrate import require_newest
from queries.store.sessions import Store
from queries.writes.rebuild_derived import RebuildDerived, rebuild_derived

_NAMED = 10


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], language: str) -> None:
    parser = commands.add_parser("check", help=word("cli.check.help", language))
    parser.add_argument("--rebuild", action="store_true", help=word("cli.check.rebuild", language))
    shared.add_store(parser, language)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Compare the parts of the store, a line each; return 1 where one differs.

    :raises StoreRefusal: ``store_served`` with ``--rebuild`` while anyone is there, and what keeps
        a store from being opened but its schema.
    """
    folder = data_folder(options.data)
    lock = alone if options.rebuild else at_work
    with lock(folder), contextlib.closing(_opened(options)) as store:
        if options.rebuild:
            store.carry_out(rebuild_derived, RebuildDerived(), actor=CONSOLE)
            shared.say("cli.check.rebuilt", options)
        differing = [part for part, what in check(store, folder) if not _told(part, what, options)]
    for part in differing:
        kind = "derived" if part in DERIVED_PARTS else part
        shared.say(f"cli.check.do.{kind}", options)
    return shared.REFUSED if differing else shared.OK


def _opened(options: argparse.Namespace) -> Store:
    """The store, whatever its schema is like: that is one of the parts."""
    engine = open_engine(shared.address_of(options))
    try:
        require_newest(engine)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine)


def _told(part: IntegrityPart, what: list[str], options: argparse.Namespace) -> bool:
    name = word(f"cli.check.parts.{part}", options.language)
    if part == IntegrityPart.LEDGER:
        what = [word(f"cli.check.ledger.{code}", options.language) for code in what]
    if what:
        more = word("cli.check.more", options.language, n=len(what) - _NAMED)
        named = ", ".join(what[:_NAMED]) + (f" {more}" if len(what) > _NAMED else "")
        said = word("cli.check.differs", options.language, what=named)
    else:
        said = word("cli.check.well", options.language)
    sys.stdout.write(f"{name}: {said}\n")
    return not what
