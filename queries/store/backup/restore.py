"""Restoring a backup: the erasures made since are carried out on it before anyone opens it.

**The danger.** A restored backup brings the erased back, gives their ids and the numbers of sent
invoices out again, or takes the place of a good store and turns out to be damaged.

**The principle.** The backup itself is only read. A copy of it beside the store is checked from its
first byte to its last, brought to this program's schema, brought up to date with the ledger
(:mod:`queries.store.backup.replay`), scrubbed of what that erased, and checked again: foreign keys,
summaries, the search index. Nothing of this touches the store. Where it is not known what the
replaced store gave out, ids and numbers begin a new range
(:mod:`queries.store.backup.numbers_ahead`). Then the copy takes the store's name in one step; the
old store is set aside, whole, under a name with the instant.

**Who may use the store meanwhile.** Nobody: both the folder's lock
(:mod:`queries.store.data_folder_lock`) and the database itself are checked. Without the ledger of
its register a backup is refused, unless the caller says that it is lost (``without_ledger``): then
nobody knows who has been erased since.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from queries.errors import StoreRefusal
from queries.store.backup import postgresql
from queries.store.backup.backup import check_sqlite, form_of, opened_copy
from queries.store.backup.checksum import check_seal, unseal
from queries.store.backup.ledger import Ledger, ledger_of, register_of, settle
from queries.store.backup.ledger_marks import Bond, compare
from queries.store.backup.ledger_renewal import set_unusable_aside
from queries.store.backup.replay import GivenOut, Replayed, given_out, replay
from queries.store.backup.scrub import scrub
from queries.store.connections import ask_file_alone, require_no_others, require_unserved
from queries.store.data_folder_lock import alone
from queries.store.driver_errors import DriverError, kind_of
from queries.store.engine import open_engine, refusal_of, sqlite_url, store_url
from queries.store.integrity import derived_differences, rebuild
from queries.store.migrate import migrate, revision_of
from queries.store.sessions import Store

_SUFFIXES = ("", "-wal", "-shm", "-journal")

#: What the server answers when databases are renamed and removed.
_SERVER_REFUSALS = {DriverError.IN_USE: "store_served", DriverError.FORBIDDEN: "postgresql_rights"}


@dataclass(frozen=True)
class Restored:
    """The result of a restore.

    :param migrated_from: the backup's revision, where it was an older one.
    :param replaced: whether the old store could be read, and so what it had given out is known;
        None where there was none.
    :param aside: where the old store is now: a file, or a database's name.
    :param rebuilt: what was derived in the backup and was not what its rows say, as table and key:
        it was computed anew.
    """

    replayed: Replayed
    migrated_from: str | None
    replaced: bool | None
    aside: str | None
    rebuilt: tuple[str, ...] = ()


def restore(
    backup: Path,
    address: str | URL,
    data_folder: Path,
    *,
    now: datetime,
    without_ledger: bool = False,
) -> Restored:
    """Put a backup in the place of the store at an address.

    :raises StoreRefusal: ``backup_missing``, ``backup_foreign``, ``backup_damaged``,
        ``backup_other_engine``, ``backup_unnamed`` (made by other means, so that nobody knows
        whose it is), ``backup_other_register``, ``ledger_missing``, ``ledger_damaged``,
        ``ledger_key``, ``ledger_lost``, ``ledger_short``, ``ledger_another``, ``ledger_unfit``
        (the ledger does not know what backup or store had seen), ``ids_used_up``, ``store_newer``,
        ``store_served``, ``store_full``, ``restore_differs``,
        ``restore_unwritable``,
        ``postgresql_clients``, ``postgresql_failed``, ``postgresql_rights``.
    """
    url = store_url(address) if isinstance(address, str) else address
    if form_of(backup) != url.get_backend_name():
        raise StoreRefusal("backup_other_engine")
    place = _SqlitePlace(url) if url.get_backend_name() == "sqlite" else _PostgresqlPlace(url)
    with alone(data_folder):
        place.check_unserved()
        try:
            copy = place.copy(backup)
            register = _register_in(copy)
            standing = _look_at_standing(place.url, data_folder, register)
            _refuse_other_register(register, standing, without_ledger=without_ledger)
            lost = _is_ledger_lost(copy, register, standing, data_folder)
            if lost is not None and not without_ledger:
                raise lost
            given = replace(standing.given, ledger_lost=lost is not None)
            replayed, migrated_from, rebuilt = _prepare(copy, given, data_folder, now)
            aside = place.swap(f"{now:%Y%m%d-%H%M%S}")
        except OSError as error:
            raise StoreRefusal("restore_unwritable") from error
        except DBAPIError as error:
            raise refusal_of(error) from error
        finally:
            place.clear()
    return Restored(replayed, migrated_from, standing.readable, aside, rebuilt)


@dataclass(frozen=True)
class _Standing:
    readable: bool | None
    register: str | None
    given: GivenOut
    bond: Bond = Bond.NONE_NEEDED


def _look_at_standing(url: URL, data_folder: Path, register: str | None) -> _Standing:
    """Read what the store to be replaced still knows, and settle what a crash left open.

    :param register: of the backup: a store without one was made a moment ago and knows nothing of
        it.
    """
    nothing = GivenOut({}, {})
    try:
        engine = open_engine(url)
    except StoreRefusal as refusal:
        return _Standing(None if refusal.code == "store_missing" else False, None, nothing)
    try:
        if revision_of(engine) is None:
            return _Standing(None, None, nothing)
        store = Store(engine)
        with engine.connect() as connection:
            standing = register_of(connection)
        if standing is None or standing != register:
            return _Standing(True, standing, nothing)
        bond = _settled(store, Ledger(data_folder, standing))
        with engine.connect() as connection:
            given = given_out(connection, is_newest=bond != Bond.STORE_OLDER)
    except (DBAPIError, StoreRefusal) as error:
        if isinstance(error, StoreRefusal) and error.code != "store_unreadable":
            raise
        return _Standing(False, None, nothing)
    finally:
        engine.dispose()
    return _Standing(True, standing, given, bond)


def _settled(store: Store, ledger: Ledger) -> Bond:
    """Settle what a crash left open, and return how a store and its ledger belong together."""
    try:
        bond = compare(store, ledger)
    except StoreRefusal as refusal:
        if refusal.code not in {"ledger_damaged", "ledger_key"}:
            raise
        return Bond.ANOTHER  # the refusal itself is reported with the backup
    if bond.is_sound:
        settle(ledger, store)
    return bond


def _register_in(url: URL) -> str | None:
    engine = open_engine(url)
    try:
        if revision_of(engine) is None:
            raise StoreRefusal("backup_foreign")
        with engine.connect() as connection:
            return register_of(connection)
    finally:
        engine.dispose()


def _refuse_other_register(
    register: str | None, standing: _Standing, *, without_ledger: bool
) -> None:
    if register is None and not without_ledger:
        raise StoreRefusal("backup_unnamed")
    if register and standing.register and standing.register != register:
        raise StoreRefusal("backup_other_register")


def _is_ledger_lost(
    copy: URL, register: str | None, standing: _Standing, data_folder: Path
) -> StoreRefusal | None:
    """Return why the ledger does not know every erasure that the backup or the replaced store
    had seen, or None where it does. Either may be older than the ledger."""
    if register is None:
        return None
    ledger = Ledger(data_folder, register)
    engine = open_engine(copy)
    try:
        bonds = standing.bond, compare(Store(engine), ledger)
    except StoreRefusal as refusal:
        if refusal.code in {"ledger_damaged", "ledger_key"}:
            return refusal
        raise
    finally:
        engine.dispose()
    # A store that can be read has its disposals still, and renews the ledger by them. Where it has
    # done so, nothing is left to renew: the backup knows the ledger that is lost.
    can_renew = standing.readable and standing.register is not None
    if can_renew and standing.bond in {Bond.SHORT, Bond.ANOTHER, Bond.LOST}:
        return StoreRefusal(standing.bond, folder=str(ledger.folder))
    for bond in bonds:
        if bond in {Bond.SHORT, Bond.ANOTHER}:
            return StoreRefusal("ledger_unfit", folder=str(ledger.folder))
    if not ledger.exists:
        return StoreRefusal("ledger_missing", folder=str(ledger.folder))
    return None


def _prepare(
    url: URL, given: GivenOut, data_folder: Path, now: datetime
) -> tuple[Replayed, str | None, tuple[str, ...]]:
    engine = open_engine(url)
    try:
        before, after = migrate(engine)
        rebuilt = _rebuilt(engine)
        store = Store(engine)
        ledger = ledger_of(store, data_folder)
        with ledger.held():
            if given.ledger_lost:
                set_unusable_aside(ledger, f"{now:%Y%m%d-%H%M%S}")
            replayed = replay(store, ledger, ledger.read(), given, now=now)
        if replayed.erased:
            scrub(store)
        with engine.connect() as connection:
            if url.get_backend_name() == "sqlite":
                check_sqlite(connection)
            connection.execute(text("ANALYZE"))
            connection.commit()
    finally:
        engine.dispose()
    return replayed, before if before != after else None, rebuilt


def _rebuilt(engine: Engine) -> tuple[str, ...]:
    """Compute anew what is derived where it is not what the rows say; return what differed."""
    with engine.begin() as connection:
        found = derived_differences(connection)
        if found:
            rebuild(connection)
            if derived_differences(connection):
                raise StoreRefusal("restore_differs")
    return tuple(found)


class _SqlitePlace:
    """The file of a SQLite store, and the copy beside it."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._file = Path(url.database or "").resolve()
        self._copy = self._file.with_name(self._file.name + ".restoring")

    def check_unserved(self) -> None:
        """Ask the database itself: a file that others have open cannot be had alone.

        :raises StoreRefusal: ``store_served``.
        """
        require_unserved(self.url)

    def copy(self, backup: Path) -> URL:
        self.clear()
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A file that was copied by hand may have its log beside it.
        for suffix in ("", "-wal"):
            source = backup.with_name(backup.name + suffix)
            if not suffix or source.exists():
                _copy_file(source, self._copy.with_name(self._copy.name + suffix))
        check_seal(self._copy)
        unseal(self._copy)
        with opened_copy(self._copy) as connection:
            check_sqlite(connection)
        return sqlite_url(self._copy)

    def swap(self, instant: str) -> str | None:
        _without_log(self._copy)
        _sync(self._copy)
        aside = self._set_aside(instant)
        self._copy.replace(self._file)
        _sync(self._file.parent)
        return aside

    def clear(self) -> None:
        for suffix in _SUFFIXES:
            self._copy.with_name(self._copy.name + suffix).unlink(missing_ok=True)

    def _set_aside(self, instant: str) -> str | None:
        """Rename the existing store and its log; return its new name.

        The log must not stay behind: SQLite would read it into the copy.
        """
        if not self._file.exists():
            return None
        # Leaving write-ahead mode empties the log into the file, where the file is sound.
        ask_file_alone(self._file, "PRAGMA journal_mode=DELETE")
        aside = self._named(_free(instant, lambda tail: self._named(tail).exists()))
        try:
            os.link(self._file, aside)
        except OSError:  # a file system without links: for an instant there is no store
            self._file.rename(aside)
        for suffix in _SUFFIXES[1:]:
            beside = self._file.with_name(self._file.name + suffix)
            if beside.exists():
                beside.rename(aside.with_name(aside.name + suffix))
        return str(aside)

    def _named(self, tail: str) -> Path:
        return self._file.with_name(f"{self._file.stem}-replaced-{tail}{self._file.suffix}")


class _PostgresqlPlace:
    """A PostgreSQL database, and the one that is made beside it on the same server."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._name = url.database or ""
        self._copy = f"{self._name}_restoring"

    def check_unserved(self) -> None:
        """:raises StoreRefusal: ``store_served`` while anyone is connected to the database."""
        with self._server() as run:
            require_no_others(run.connection, self._name)

    def copy(self, backup: Path) -> URL:
        self.clear()
        with self._server() as run:
            run(f'CREATE DATABASE "{self._copy}" TEMPLATE template0')
        url = self.url.set(database=self._copy)
        postgresql.load(backup, url)
        return url

    def swap(self, instant: str) -> str | None:
        """Two new names in one transaction; the server refuses while anyone is connected."""
        self.check_unserved()
        with self._server(at_once=True) as run:
            aside = self._named(_free(instant, lambda tail: self._is_there(run, self._named(tail))))
            was_there = self._is_there(run, self._name)
            if was_there:
                run(f'ALTER DATABASE "{self._name}" RENAME TO "{aside}"')
            run(f'ALTER DATABASE "{self._copy}" RENAME TO "{self._name}"')
        return aside if was_there else None

    def _named(self, tail: str) -> str:
        return f"{self._name}_replaced_{tail.replace('-', '_')}"

    @staticmethod
    def _is_there(run: _Run, name: str) -> bool:
        return bool(run("SELECT count(*) FROM pg_database WHERE datname = :name", name=name))

    def clear(self) -> None:
        with self._server() as run:
            run(f'DROP DATABASE IF EXISTS "{self._copy}"')

    @contextmanager
    def _server(self, *, at_once: bool = False) -> Iterator[_Run]:
        """Statements to the server; ``at_once``: all of them in one transaction."""
        isolation = {} if at_once else {"isolation_level": "AUTOCOMMIT"}
        address = self.url.set(database="postgres")
        engine = create_engine(address, hide_parameters=True, poolclass=NullPool, **isolation)
        try:
            with engine.begin() as connection:
                yield _Run(connection)
        except DBAPIError as error:
            code = _SERVER_REFUSALS.get(kind_of(error))
            raise (refusal_of(error) if code is None else StoreRefusal(code)) from error
        finally:
            engine.dispose()


@dataclass(frozen=True)
class _Run:
    """Runs statements; a call gives the first value, where there is one."""

    connection: Connection

    def __call__(self, statement: str, **values: str) -> int | None:
        done = self.connection.execute(text(statement), values)
        return done.scalar() if done.returns_rows else None


def _free(instant: str, is_taken: Callable[[str], bool]) -> str:
    """The instant for a name, with a number where a restore of the same second has it."""
    names = (instant if turn == 1 else f"{instant}-{turn}" for turn in count(1))
    return next(name for name in names if not is_taken(name))


def _copy_file(source: Path, target: Path) -> None:
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out, source.open("rb") as file:
        shutil.copyfileobj(file, out, 1 << 20)


def _without_log(path: Path) -> None:
    """One file and no write-ahead log; the engine turns it on again when it opens the store."""
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode=DELETE")
    finally:
        connection.close()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
