"""Figures of a disposal: ``python -m tests.bench.disposal [--customers N] [--data FOLDER]``.

Everything whose time is up so many years from now is proposed, approved and carried out on a copy
of the store; records a second by the clock and by the processor's time (other work on the machine
slows the first). Figures are printed, nothing is asserted.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tqdm import tqdm

from queries.demonstration import build
from queries.reads.retention.disposals import Review, disposal_review
from queries.rules.roles import Actor, Role
from queries.store.backup.ledger import ledger_of
from queries.store.backup.scrub import scrub
from queries.store.engine import open_engine, sqlite_url
from queries.store.migrate import create_store, migrate, open_store
from queries.store.sessions import Store
from queries.writes.commands import Seen
from queries.writes.retention import disposal
from queries.writes.retention.disposal import (
    ProposeDisposal,
    approve_disposal,
    carry_on,
    propose_disposal,
)

METER = Actor("mittari", Role.MANAGER)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--data", type=Path, help="folder with a register.sqlite that stands")
    parser.add_argument("--most", type=int, help="stop after about so many records, unscrubbed")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        store = stack.enter_context(closing(_store(options, folder)))
        report(store, folder, datetime.now(UTC) + timedelta(days=365 * options.years), options.most)


def _store(options: argparse.Namespace, folder: Path) -> Store:
    url = sqlite_url(folder / "register.sqlite")
    if not options.data:
        store = create_store(url)
        with tqdm(total=options.customers, unit=" customers") as bar:
            build(
                store,
                customers=options.customers,
                seed=1,
                today=datetime.now(UTC).date(),
                progress=lambda done, _total: bar.update(done - bar.n),
            )
        return store
    shutil.copy(options.data / "register.sqlite", folder / "register.sqlite")
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
    return open_store(url)


class _EnoughError(Exception):
    """The requested number of records is carried out."""


def report(store: Store, folder: Path, now: datetime, most: int | None) -> None:
    ledger = ledger_of(store, folder)
    run = 0
    with _measured("proposed"):
        run = store.carry_out(
            propose_disposal, ProposeDisposal(as_of=now.date()), actor=METER, now=now
        )
    store.carry_out(approve_disposal, Seen(id=run, version=1), actor=METER, now=now)
    disposal.scrub = lambda _store: None  # measured apart
    done = 0

    def stop(n: int) -> None:
        nonlocal done
        done += n
        if most and done >= most:
            raise _EnoughError

    with _measured("carried out", lambda: done), suppress(_EnoughError):
        carry_on(store, ledger, run, actor=METER, now=now, progress=stop)
    if most:
        return
    disposal.scrub = scrub
    with _measured("scrubbed"):
        scrub(store)
    end = _review(store, run)
    print(f"{end.gone:,} files gone ({sum(end.run.rows.values()):,} rows), {end.stayed:,} stayed")


def _review(store: Store, run: int) -> Review:
    with store.reading(METER) as session:
        return disposal_review(session, run)


@contextmanager
def _measured(what: str, counted: Callable[[], int] = int) -> Iterator[None]:
    clock, processor = time.perf_counter(), time.process_time()
    yield
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    count = counted()
    rate = f", {count / clock:,.0f} records/s ({count / processor:,.0f})" if count else ""
    print(f"{what:<12}{clock:9.1f} s ({processor:.1f} s of the processor){rate}")


if __name__ == "__main__":
    main()
