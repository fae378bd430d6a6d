"""Copies of a PostgreSQL store, through the server's own clients ``pg_dump`` and ``pg_restore``.

The password goes to them in their environment, never on a command line that others can read.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL

from queries.errors import StoreRefusal

_COPY = re.compile(rb'^COPY (?:"?\w+"?\.)?"?(\w+)"? \(.*\) FROM stdin;\n$')
_END = b"\\.\n"
_PLACES = Path("/usr/lib/postgresql")


def dump(connection: Connection, to: Path) -> None:
    """Dump what the connection's transaction sees.

    :raises StoreRefusal: ``postgresql_clients`` where they are not installed;
        ``postgresql_failed`` when the client refuses, as one older than the server does.
    """
    snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
    run(
        "pg_dump",
        connection.engine.url,
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--snapshot={snapshot}",
        f"--file={to}",
        "--dbname",
    )


def load(path: Path, url: URL) -> None:
    """Load a dump into an empty database, all or nothing.

    :raises StoreRefusal: ``postgresql_clients``, ``backup_damaged``.
    """
    run(
        "pg_restore",
        url,
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
        str(path),
        "--dbname",
        refusal="backup_damaged",
    )


def read_back(path: Path) -> tuple[str, dict[str, int]]:
    """The revision in a dump and the rows of each of its tables, all of it read.

    :raises StoreRefusal: ``postgresql_clients``, ``backup_damaged``, ``backup_foreign``.
    """
    rows: dict[str, int] = {}
    revision = b""
    table = ""
    words = [_client("pg_restore"), "--no-owner", "--file=-", str(path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as client:  # noqa: S603 - our own words
        assert client.stdout is not None  # noqa: S101 - asked for above
        for line in client.stdout:
            if table and line == _END:
                table = ""
            elif table:
                rows[table] += 1
                if table == "alembic_version":
                    revision = line.strip()
            elif begins := _COPY.match(line):
                table = begins.group(1).decode()
                rows[table] = 0
    if client.returncode != 0 or table:
        raise StoreRefusal("backup_damaged")
    if not revision:
        raise StoreRefusal("backup_foreign")
    return revision.decode(), rows


def run(program: str, url: URL, *words: str, refusal: str = "postgresql_failed") -> None:
    """Run a client; the last word is the option that takes the database's address."""
    bare = url.set(drivername="postgresql", password=None)
    environment = {**os.environ, "PGCONNECT_TIMEOUT": "10"}
    if url.password is not None:
        environment["PGPASSWORD"] = str(url.password)
    done = subprocess.run(  # noqa: S603 - our own words
        [_client(program), "--no-password", *words, _address(bare)],
        check=False,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        raise StoreRefusal(refusal)


def _address(url: URL) -> str:
    """The address as the clients read it: a plus sign is not a space to them."""
    place, mark, options = url.render_as_string().partition("?")
    return place + mark + options.replace("+", "%20")


def _client(program: str) -> str:
    """The newest client of the machine: one older than the server refuses to work.

    :raises StoreRefusal: ``postgresql_clients``.
    """
    versions = [
        place for place in _PLACES.glob(f"*/bin/{program}") if place.parent.parent.name.isdecimal()
    ]
    if versions:
        return str(max(versions, key=lambda place: int(place.parent.parent.name)))
    found = shutil.which(program)
    if found is None:
        raise StoreRefusal("postgresql_clients")
    return found
