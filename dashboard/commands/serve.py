"""``serve``: the company's register."""

from __future__ import annotations

import argparse
import contextlib
import socket
from pathlib import Path
from urllib.parse import urlsplit

from dashboard.commands import options as shared
from dashboard.runtime import data_folder
from dashboard.web.doorway import Doorway
from dashboard.web.listener import listen
from dashboard.words import word
from queries.store.data_folder_lock import at_work
from queries.store.sessions import Store


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], language: str) -> None:
    parser = commands.add_parser("serve", help=word("cli.serve.help", language))
    parser.add_argument(
        "--public-address",
        type=_https,
        metavar="https://NAME",
        help=word("cli.serve.public_address", language),
    )
    shared.add_store(parser, language)
    shared.add_serving(parser, language)
    parser.set_defaults(run=serve)


def serve(options: argparse.Namespace) -> int:
    """Open the store and serve it.

    :raises StoreRefusal: when the store is missing or of another version.
    :raises RegisterError: ``port_taken``.
    """
    with shared.working(options) as store, contextlib.closing(listen(options.port)) as bound:
        return run(store, data_folder(options.data), options, bound)


def run(store: Store, folder: Path, options: argparse.Namespace, bound: socket.socket) -> int:
    """Print the address, and serve until asked to stop."""
    from dashboard.server import serve as serve_store  # noqa: PLC0415 - the other commands do without

    port = bound.getsockname()[1]
    doorway = Doorway(port, getattr(options, "public_address", None))
    shared.say("cli.serving", options, address=doorway.public or f"http://localhost:{port}/")
    # A server runs until it is asked to stop: that is how it ends well.
    with at_work(folder), contextlib.suppress(KeyboardInterrupt):
        serve_store(store, doorway, folder, bound=bound, browser=not options.no_browser)
    return shared.OK


def _https(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme != "https" or not parts.netloc or parts.path.strip("/") or parts.query:
        raise ValueError(text)
    return f"https://{parts.netloc.lower()}"
