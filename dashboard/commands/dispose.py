"""``dispose``: what has been kept long enough, proposed, approved and carried out."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from typing import NoReturn

from tqdm import tqdm

from dashboard.commands import options as shared
from dashboard.runtime import data_folder
from dashboard.words import word
from queries.reads.retention.disposals import Review, disposal_review, disposal_runs
from queries.rules.calendar_fi import helsinki_day
from queries.rules.roles import CONSOLE
from queries.store.backup.ledger import ledger_of
from queries.store.data_folder_lock import at_work
from queries.store.sessions import Store
from queries.wording.formats import day
from queries.writes.commands import Seen
from queries.writes.retention.disposal import (
    ProposeDisposal,
    approve_disposal,
    carry_on,
    end_early,
    propose_disposal,
    withdraw_disposal,
)

_DECISIONS = {"approve": approve_disposal, "withdraw": withdraw_disposal}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], language: str) -> None:
    parser = commands.add_parser("dispose", help=word("cli.dispose.help", language))
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    for name in ("list", "propose", "approve", "withdraw", "carry-out", "end"):
        said = word(f"cli.dispose.{name.replace('-', '_')}", language)
        step = steps.add_parser(name, help=said)
        if name not in {"list", "propose"}:
            step.add_argument("id", type=int, metavar="N", help=word("cli.dispose.run", language))
        shared.add_store(step, language)
    parser.set_defaults(run=dispose)


def dispose(options: argparse.Namespace) -> int:
    """One step of a disposal.

    :raises RegisterError: as the commands of :mod:`queries.writes.retention.disposal`.
    """
    folder = data_folder(options.data)
    with at_work(folder):
        store = shared.opened(options)
        try:
            if options.step == "list":
                _list(store, options)
            elif options.step == "propose":
                inputs = ProposeDisposal(as_of=helsinki_day(datetime.now(UTC)))
                run = store.carry_out(propose_disposal, inputs, actor=CONSOLE)
                shared.say(
                    "cli.dispose.proposed", options, n=str(run), count=_review(store, run).count
                )
            elif options.step == "carry-out":
                _carry_out(store, options)
            elif options.step == "end":
                version = _review(store, options.id).run.version
                end_early(store, options.id, version, actor=CONSOLE, now=datetime.now(UTC))
                _list(store, options)
            else:
                seen = Seen(id=options.id, version=_review(store, options.id).run.version)
                store.carry_out(_DECISIONS[options.step], seen, actor=CONSOLE)
                _list(store, options)
        finally:
            store.close()
    return shared.OK


def _list(store: Store, options: argparse.Namespace) -> None:
    with store.reading(CONSOLE) as session:
        for run in disposal_runs(session):
            status = word(f"run_statuses.{run.status}", options.language)
            sys.stdout.write(f"{run.id}\t{day(run.as_of, options.language)}\t{status}\n")


def _carry_out(store: Store, options: argparse.Namespace) -> None:
    before = _review(store, options.id)
    with tqdm(total=before.waiting, file=sys.stderr, unit="", mininterval=0.5) as bar:
        carry_on(
            store,
            ledger_of(store, data_folder(options.data)),
            options.id,
            actor=CONSOLE,
            now=datetime.now(UTC),
            progress=lambda done: _advance(bar, done),
        )
    after = _review(store, options.id)
    shared.say("cli.dispose.done", options, n=str(options.id), gone=after.gone, stayed=after.stayed)


def _advance(bar: tqdm[NoReturn], done: int) -> None:
    bar.update(done)


def _review(store: Store, run_id: int) -> Review:
    with store.reading(CONSOLE) as session:
        return disposal_review(session, run_id)
