"""The erasure ledger: what was erased, kept outside the store, so that no restore brings it
back.

**The danger.** A backup from before an erasure holds the erased person. Whoever restores it has
the person back in the register, and nobody notices. The other way round, a ledger that claims an
erasure which never happened would destroy records at the next restore.

**The principle.** Before a batch of a disposal commits, its *intent* is written to the ledger and
synced to the disk; after the commit it is *confirmed*. A crash in between leaves an intent that is
neither, and :func:`settle` asks the store: the batch's trail line carries the batch's token, in the
batch's own transaction, so the line is there exactly when the erasure is. Only then is the intent
confirmed, otherwise it is voided. An intent that nobody can be asked about (the store is lost)
counts as an erasure: it was approved and checked when it was written.

**What is written.** No personal data: of each erased record a keyed pseudonym, HMAC-SHA256 of
register, table and id, and another one of its origin (:mod:`queries.store.backup.record_origins`),
so that the erasure is not repeated on another record of the same id. Without the key, which is a
file of its own, it cannot be said whose it is. The id alone identifies a record because an id is
never given out twice, and a restore keeps it so: each line also says, in clear, the highest id that
each table had given out. A restored store continues above the highest of them all, although the
backup itself knows only lower ones. Likewise for the series of invoice and order numbers.

**The file.** One JSON object a line, append-only, each line numbered and with a MAC of its own: a
line that was changed, taken out or put in is found. Lines cut off at the end are found by the
store, which keeps number and MAC of the last line in each batch's own transaction
(:mod:`queries.store.backup.ledger_marks`). A line that a crash tore is not an intent, for its batch
cannot have committed; the next writer marks it as torn. There is one file for each register (see
:func:`register_of`), so that a backup of another one is never measured by this one's ledger.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from queries.errors import StaleRecord, StoreRefusal
from queries.rules.roles import Actor, Role
from queries.store.data_folder_lock import locked
from queries.store.engine import BUSY_SECONDS
from queries.store.sessions import Store
from queries.store.tables import Setting

FOLDER = "ledger"
#: Hexadecimal digits of a pseudonym and of a line's MAC: 128 bits.
_DIGITS = 32
_MAC = re.compile(rb',"mac":"([0-9a-f]{32})"\}$')
_KEY = re.compile(r"[0-9a-f]{64}")
_CHUNK = 1 << 20

#: The setting that names the register itself; it is copied into every backup.
IDENTITY = "register.identity"

#: Who acts where the program itself does; no user can have this name.
HOUSE = Actor("(register)", Role.ADMINISTRATOR)


def register_of(connection: Connection) -> str | None:
    """The identity of the register that a store holds; None before it was given one."""
    value = connection.execute(
        text("SELECT value FROM setting WHERE name = :name"), {"name": IDENTITY}
    ).scalar()
    return None if value is None else str(json.loads(value))


@dataclass(frozen=True)
class Mark:
    """A line of a ledger: its number from 1 on, and its MAC."""

    number: int
    mac: str


class Named(NamedTuple):
    """The erasure of a record as a ledger has it, beside the pseudonym.

    :param on: the day of the erasure.
    :param origin: the keyed pseudonym of its origin (:mod:`queries.store.backup.record_origins`).
    :param asked: whether the person had asked for it (GDPR Art. 17).
    """

    on: date
    origin: str | None = None
    asked: bool = False


@dataclass
class Contents:
    """The contents of a ledger.

    :param named: the erased records by table and pseudonym, unsettled intents among them.
    :param unsettled: batches that are neither confirmed nor voided, in order.
    :param highest: the highest id that each table has given out, as far as was noted.
    :param series: the highest next number of each series, likewise.
    :param macs: the MAC of each line, in order.
    :param confirmed: the number of the last intent that was confirmed; 0 where there is none.
    """

    named: dict[str, dict[str, Named]] = field(default_factory=dict)
    unsettled: list[str] = field(default_factory=list)
    highest: dict[str, int] = field(default_factory=dict)
    series: dict[str, int] = field(default_factory=dict)
    macs: list[str] = field(default_factory=list)
    confirmed: int = 0

    @property
    def erased(self) -> dict[str, set[str]]:
        """The pseudonyms of the erased records by table."""
        return {table: set(named) for table, named in self.named.items()}

    def add(self, entry: Mapping[str, Any]) -> None:
        """Take in what an intent says; an origin that was said once is not forgotten."""
        on = date.fromisoformat(entry["on"])
        for table, names in entry["gone"].items():
            known = self.named.setdefault(table, {})
            asked = set(entry.get("asked", {}).get(table, ()))
            origins = entry.get("origins", {}).get(table) or [None] * len(names)
            for name, origin in zip(names, origins, strict=True):
                earlier = known.get(name)
                kept = origin or (earlier.origin if earlier else None)
                known[name] = Named(on, kept, name in asked)

    def raise_marks(self, entry: Mapping[str, Any]) -> None:
        """Keep the higher of what is known and what a line says."""
        for name, kept in (("highest", self.highest), ("series", self.series)):
            for key, value in entry.get(name, {}).items():
                kept[key] = max(kept.get(key, 0), value)


class Ledger:
    """The ledger of one register in a data folder; made when something is first written."""

    def __init__(self, data_folder: Path, register: str) -> None:
        self.folder = data_folder / FOLDER
        self.path = self.folder / f"erasures-{register}.jsonl"
        self.register = register
        self._held = False
        self._known_key: bytes | None = None
        self._intended: str | None = None
        self._known: Mark | None = None

    @property
    def exists(self) -> bool:
        return self.path.exists()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the ledger from an intent to its confirmation: one disposal at a time.

        :raises StoreRefusal: ``disposal_busy`` when another process keeps it.
        """
        self._make_folder()
        with locked(
            self.folder / "lock", alone=True, refusal="disposal_busy", patience=BUSY_SECONDS
        ):
            self._held = True
            try:
                yield
            finally:
                self._held = False

    def intend(
        self,
        batch: str,
        on: date,
        erased: Mapping[str, Sequence[int]],
        highest: Mapping[str, int],
        *,
        origins: Mapping[str, Mapping[int, str]] | None = None,
        asked: Mapping[str, Collection[int]] | None = None,
    ) -> Mark:
        """Record what a batch is about to erase; return the line when it is on the disk.

        :param erased: ids by table.
        :param origins: of the records that have one, by table and id.
        :param asked: which of them go because the person asked (GDPR Art. 17), by table.
        :raises StoreRefusal: ``ledger_unwritable``, ``ledger_damaged``.
        """
        assert self._held, "an intent is written while the ledger is held"  # noqa: S101 - a slip here loses erasures
        gone = {
            table: [self.pseudonym(table, key) for key in keys]
            for table, keys in erased.items()
            if keys
        }
        more: dict[str, Any] = {}
        for table, known in (origins or {}).items():
            told = [
                self.origin(table, key, known[key]) if key in known else None
                for key in erased.get(table, ())
            ]
            if any(told):
                more.setdefault("origins", {})[table] = told
        for table, keys in (asked or {}).items():
            if keys:
                more.setdefault("asked", {})[table] = [self.pseudonym(table, key) for key in keys]
        self._intended = batch
        return self._append(
            "erase", batch=batch, on=on.isoformat(), gone=gone, highest=dict(highest), **more
        )

    def confirm(self, batch: str) -> None:
        """The batch was committed."""
        self._append("done", batch=batch)

    def confirm_if_intended(self, batch: str) -> None:
        """Confirm as :meth:`confirm` does; a batch that erased nothing has no intent."""
        if self._intended == batch:
            self.confirm(batch)

    def void(self, batch: str) -> None:
        """The batch was not committed, nor will it be."""
        self._append("void", batch=batch)

    def mark(self, on: date, highest: Mapping[str, int], series: Mapping[str, int]) -> Mark:
        """Record the highest ids and numbers that a store had given out when a copy of it was
        made."""
        return self._append("mark", on=on.isoformat(), highest=dict(highest), series=dict(series))

    def continues(self, mark: Mark) -> bool:
        """Check if the ledger still ends with the line that this object wrote last or was given
        by :meth:`remember`: a look at the end of the file, which a batch can afford."""
        if mark != self._known or not self.exists:
            return False
        handle = os.open(self.path, os.O_RDONLY)
        try:
            return self._last(handle)[0] >= mark.number
        finally:
            os.close(handle)

    def remember(self, mark: Mark) -> None:
        """Take a line as read and compared; see :meth:`continues`."""
        self._known = mark

    def pseudonym(self, table: str, key: int) -> str:
        """The keyed pseudonym of a record."""
        return self._keyed(f"{self.register}:{table}:{key}")

    def origin(self, table: str, key: int, origin: str) -> str:
        """The keyed pseudonym of a record's origin."""
        return self._keyed(f"{self.register}:{table}:{key}:{origin}")

    def set_aside(self, instant: str) -> Path:
        """Give the file another name, and its key where that is none; the next line begins anew."""
        aside = self.path.with_name(f"{self.path.stem}-replaced-{instant}.jsonl")
        try:
            self.path.rename(aside)
            key = self.folder / "key"
            if key.exists() and not _KEY.fullmatch(key.read_text(encoding="ascii").strip()):
                key.rename(key.with_name(f"key-replaced-{instant}"))
        except OSError as error:
            raise StoreRefusal("ledger_unwritable") from error
        self._known_key = self._known = None
        return aside

    def _keyed(self, said: str) -> str:
        return hmac.new(self._key(), said.encode(), hashlib.sha256).hexdigest()[:_DIGITS]

    def read(self) -> Contents:
        """Read the whole ledger; empty where there is none.

        :raises StoreRefusal: ``ledger_damaged`` with the line; ``ledger_key`` without its key.
        """
        contents = Contents()
        if not self.exists:
            return contents
        batches: dict[str, dict[str, Any]] = {}
        standing: dict[str, int] = {}
        for entry, mac in self._entries():
            contents.raise_marks(entry)
            contents.macs.append(mac)
            if entry["kind"] == "erase":
                batches[entry["batch"]] = entry
                standing[entry["batch"]] = entry["n"]
            elif entry["kind"] in {"done", "void"}:
                number = standing.pop(entry["batch"], 0)
                if entry["kind"] == "done":
                    contents.confirmed = max(contents.confirmed, number)
            if entry["kind"] == "void":
                batches.pop(entry["batch"], None)
        for entry in batches.values():
            contents.add(entry)
        contents.unsettled.extend(standing)
        return contents

    def _entries(self) -> Iterator[tuple[dict[str, Any], str]]:
        """Each line that was written here, with its MAC."""
        raw = self.path.read_bytes()
        lines = raw.split(b"\n")
        # A line is whole only with its line end: what follows the last one was torn by a crash.
        lines.pop()
        number = 0
        torn_before = 0
        for position, line in enumerate(lines, start=1):
            entry = self._checked(line)
            if entry is None:
                torn_before = torn_before or position
                continue
            if torn_before and entry["kind"] != "torn":
                raise StoreRefusal("ledger_damaged", line=torn_before)
            torn_before = 0
            number += 1
            if entry["n"] != number:
                raise StoreRefusal("ledger_damaged", line=position)
            yield entry, _mac_of(line)
        if torn_before and not number:
            raise StoreRefusal("ledger_damaged", line=torn_before)

    def _append(self, kind: str, **facts: Any) -> Mark:
        self._make_folder()
        try:
            fresh = not self.exists
            handle = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                with locked(
                    self.folder / "append",
                    alone=True,
                    refusal="disposal_busy",
                    patience=BUSY_SECONDS,
                ):
                    last, torn = self._last(handle)
                    written = b""
                    if torn:
                        last += 1
                        # A line that lacks its line end alone must not become whole by ours.
                        written = b"#\n" + self._line({"n": last, "kind": "torn"})
                    line = self._line({"n": last + 1, "kind": kind, **facts})
                    _write(handle, written + line)
                    self._known = Mark(last + 1, _mac_of(line.rstrip(b"\n")))
            finally:
                os.close(handle)
            if fresh:
                _sync_folder(self.folder)
        except OSError as error:
            raise StoreRefusal("ledger_unwritable") from error
        return self._known

    def _last(self, handle: int) -> tuple[int, bool]:
        """The number of the last whole line, and whether a torn one follows it."""
        end = os.fstat(handle).st_size
        data, torn = b"", False
        while end:
            start = max(0, end - _CHUNK)
            data = os.pread(handle, end - start, start) + data
            end = start
            # The text before the first line end is a whole line only at the file's beginning.
            *whole, tail = data.split(b"\n") if not end else data.split(b"\n")[1:] or [b"torn"]
            torn = bool(tail)
            for line in reversed(whole):
                entry = self._checked(line)
                if entry is not None:
                    return int(entry["n"]), torn
                torn = True
        if data.count(b"\n"):
            raise StoreRefusal("ledger_damaged", line=1)
        return 0, torn

    def _line(self, entry: Mapping[str, Any]) -> bytes:
        body = json.dumps(entry, separators=(",", ":")).encode()
        return body[:-1] + b',"mac":"' + self._mac(body).encode() + b'"}\n'

    def _checked(self, line: bytes) -> dict[str, Any] | None:
        """The entry of a line; None when it is not one that was written here, whole."""
        found = _MAC.search(line)
        if found is None:
            return None
        body = line[: found.start()] + b"}"
        if not hmac.compare_digest(self._mac(body).encode(), found.group(1)):
            return None
        entry: dict[str, Any] = json.loads(body)
        return entry

    def _mac(self, body: bytes) -> str:
        said = self.register.encode() + b"\n" + body
        return hmac.new(self._key(), said, hashlib.sha256).hexdigest()[:_DIGITS]

    def _key(self) -> bytes:
        if self._known_key is None:
            self._known_key = self._read_key()
        return self._known_key

    def _read_key(self) -> bytes:
        path = self.folder / "key"
        if not path.exists():
            if self.exists and self.path.stat().st_size:
                # A new key would make every line look forged and every pseudonym unknown.
                raise StoreRefusal("ledger_key")
            self._make_folder()
            try:
                _make_key(path)
            except OSError as error:
                raise StoreRefusal("ledger_unwritable") from error
        key = path.read_text(encoding="ascii").strip()
        if not _KEY.fullmatch(key):
            raise StoreRefusal("ledger_key")
        return bytes.fromhex(key)

    def _make_folder(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def settle(ledger: Ledger, store: Store) -> list[str]:
    """Find out what became of the intents that a crash left; return their batches.

    :raises StoreRefusal: ``disposal_busy`` while a disposal is under way.
    """
    with ledger.held():
        open_batches = ledger.read().unsettled
        for batch in open_batches:
            if store.outcome_of(batch) is None:
                ledger.void(batch)
            else:
                ledger.confirm(batch)
    return open_batches


def ledger_of(store: Store, data_folder: Path) -> Ledger:
    """The ledger of the register in this store, which is given an identity where it has none."""
    return Ledger(data_folder, _named(store))


def _named(store: Store) -> str:
    with store.engine.connect() as connection:
        register = register_of(connection)
    if register is not None:
        return register
    try:
        with store.writing(HOUSE) as uow:
            register = secrets.token_hex(8)
            uow.session.add(
                Setting(
                    name=IDENTITY,
                    value=json.dumps(register),
                    changed_at=uow.now,
                    changed_by=HOUSE.username,
                )
            )
            uow.audit("name_register", "setting", None, columns=(IDENTITY,))
    except StaleRecord:
        return _named(store)  # another process named it first
    return register


def _mac_of(line: bytes) -> str:
    found = _MAC.search(line)
    assert found is not None, "of a checked line"  # noqa: S101 - a slip here loses erasures
    return found.group(1).decode()


def _make_key(path: Path) -> None:
    """A fresh key; made beside and linked, so that no one ever reads half of one."""
    beside = path.with_name(f"key-{secrets.token_hex(8)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        _write(handle, secrets.token_hex(32).encode() + b"\n")
    finally:
        os.close(handle)
    try:
        os.link(beside, path)
    except FileExistsError:
        pass  # another process was first: its key is the key
    finally:
        beside.unlink()
    _sync_folder(path.parent)


def _write(handle: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]
    os.fsync(handle)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
