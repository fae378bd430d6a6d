"""Parts that subcommands share: the store's address, the language, how they print."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from dashboard.runtime import DATABASE_URL, DEFAULT_PORT, data_folder, store_address
from dashboard.words import LANGUAGES, word
from queries.errors import RegisterError
from queries.store.backup.ledger_marks import unless_folder_apart
from queries.store.data_folder_lock import at_work
from queries.store.migrate import open_store
from queries.store.sessions import Store

OK, REFUSED, USAGE, STORE_UNUSABLE, INTERRUPTED = 0, 1, 2, 3, 130
#: An error of the program itself (EX_SOFTWARE of sysexits.h).
FAILURE = 70

_HIGHEST_PORT = 65535


def language_of(environment: dict[str, str] | None = None) -> str:
    """Finnish, but English or Swedish where the machine speaks it (POSIX: LC_ALL before LANG)."""
    known = os.environ if environment is None else environment
    spoken = known.get("LC_ALL") or known.get("LC_MESSAGES") or known.get("LANG") or ""
    return spoken[:2] if spoken[:2] in LANGUAGES else "fi"


def add_store(parser: argparse.ArgumentParser, language: str) -> None:
    parser.add_argument(
        "--data", type=Path, metavar="FOLDER", help=word("cli.data", language, folder=data_folder())
    )
    parser.add_argument(
        "--database-url",
        metavar="URL",
        help=word("cli.database_url", language, variable=DATABASE_URL),
    )


def add_serving(parser: argparse.ArgumentParser, language: str) -> None:
    parser.add_argument(
        "--port",
        type=partial(_port, language=language),
        default=DEFAULT_PORT,
        help=word("cli.port", language, port="8501"),
    )
    parser.add_argument("--no-browser", action="store_true", help=word("cli.no_browser", language))


def address_of(options: argparse.Namespace) -> str:
    return store_address(options.database_url, options.data)


def opened(options: argparse.Namespace) -> Store:
    """The store that the options name, once its erasure ledger in the data folder was compared.

    :raises StoreRefusal: as :func:`queries.store.migrate.open_store` and
        :func:`queries.store.backup.ledger_marks.unless_folder_apart`.
    """
    store = open_store(address_of(options))
    try:
        unless_folder_apart(store, data_folder(options.data))
    except BaseException:
        store.close()
        raise
    return store


@contextmanager
def working(options: argparse.Namespace) -> Iterator[Store]:
    """Open the store that the options name, under a lock so that nobody replaces it meanwhile.

    :raises StoreRefusal: as :func:`opened` and :func:`queries.store.data_folder_lock.at_work`.
    """
    with at_work(data_folder(options.data)), closing(opened(options)) as store:
        yield store


def say(key: str, options: argparse.Namespace, **facts: Any) -> None:
    """A sentence to the person at the terminal; results alone go to the standard output."""
    sys.stderr.write(word(key, options.language, **facts) + "\n")


def agreed(key: str, options: argparse.Namespace) -> bool:
    """Ask at the terminal; anything but yes is no."""
    sys.stderr.write(word(key, options.language))
    sys.stderr.flush()
    answer = sys.stdin.readline().strip().casefold()
    return answer in {"k", "kyllä", "y", "yes", "j", "ja"}


def read_password(options: argparse.Namespace) -> str:
    """A new password: from a file, from the terminal without an echo, or from a pipe."""
    if options.password_file is not None:
        try:
            text: str = options.password_file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise RegisterError("password_file") from error
        return text.rstrip("\r\n")
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    import getpass  # noqa: PLC0415 - only at a terminal

    first = getpass.getpass(word("cli.ask_password", options.language) + ": ")
    if first != getpass.getpass(word("cli.ask_password_again", options.language) + ": "):
        raise RegisterError("passwords_differ")
    return first


def _port(text: str, *, language: str) -> int:
    port = int(text) if text.isdecimal() else -1
    if not 0 <= port <= _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(word("cli.port_form", language, most=str(_HIGHEST_PORT)))
    return port
