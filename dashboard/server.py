"""The server: Streamlit's app with our gate before it, on a socket of our own."""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import socket
import sys
import threading
import tomllib
import webbrowser
from pathlib import Path
from typing import Any

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route
from streamlit.logger import set_log_level
from streamlit.web import bootstrap

from dashboard import failures, garbage
from dashboard.navigation import PAGE_NAMES
from dashboard.runtime import use_doorway, use_exposure, use_folder, use_store
from dashboard.web.addresses import OwnAddresses
from dashboard.web.compression import Compression
from dashboard.web.doorway import Doorway
from dashboard.web.exposure_check import trying
from dashboard.web.forms import Forms
from dashboard.web.gate import Gate
from dashboard.web.headers import Answers, PageLanguage
from dashboard.web.routes import Routes
from dashboard.web.unsubscribe import Unsubscribing
from queries.store.sessions import Store

_HERE = Path(__file__).parent
_SECRET_FILE = "cookie-secret"  # noqa: S105 - a file's name
#: Seconds that running answers get to end when the server is asked to stop.
_PATIENCE = 5


def settings() -> dict[str, Any]:
    """The settings of ``.streamlit/config.toml``, by their dotted names.

    Read by us and given to Streamlit as a command's flags, so that they hold from any working
    folder and no other file or variable of the machine weakens them.
    """
    packed = _HERE / ".streamlit" / "config.toml"
    path = packed if packed.exists() else _HERE.parent / ".streamlit" / "config.toml"
    return _dotted(tomllib.loads(path.read_text(encoding="utf-8")))


def _dotted(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in table.items():
        if isinstance(value, dict):
            found |= _dotted(value, f"{prefix}{name}.")
        else:
            found[f"{prefix}{name}"] = value
    return found


def cookie_secret(folder: Path) -> str:
    """The installation's secret for Streamlit's form tokens; made at the first start."""
    path = folder / _SECRET_FILE
    folder.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
    return path.read_text(encoding="ascii").strip()


def build(store: Store, doorway: Doorway, folder: Path) -> st.App:
    """The ASGI app over a store."""
    own = {
        "server.port": doorway.port,
        "server.cookieSecret": cookie_secret(folder),
        "browser.serverAddress": "localhost",
        "browser.serverPort": doorway.port,
    }
    set_log_level("ERROR")
    bootstrap.load_config_options({**settings(), **own})
    use_store(store)
    use_folder(folder)
    use_doorway(doorway)
    routes = [
        *Routes(store, doorway).all(),
        *Unsubscribing(store, doorway).routes(),
        *Forms(store, doorway).routes(),
    ]
    # The first page is that of the bare address.
    known = set(PAGE_NAMES[1:]) | {_first_part(route) for route in routes}
    return st.App(
        _HERE / "app.py",
        routes=routes,
        middleware=[
            Middleware(Answers, doorway=doorway),
            Middleware(Gate, doorway=doorway, store=store),
            Middleware(OwnAddresses, known=known),
            Middleware(Compression),
            Middleware(PageLanguage, doorway=doorway),
        ],
        on_script_error=failures.on_script_error,
        lifespan=trying(doorway, PAGE_NAMES, routes, use_exposure),
    )


def _first_part(route: BaseRoute) -> str:
    return route.path.split("/")[1] if isinstance(route, Route | Mount) else ""


def serve(
    store: Store, doorway: Doorway, folder: Path, *, bound: socket.socket, browser: bool
) -> None:
    """Serve until the process is asked to stop (SIGINT or SIGTERM)."""
    app = build(store, doorway, folder)
    config = uvicorn.Config(
        app,
        ws="websockets-sansio",
        ws_max_size=settings()["server.maxMessageSize"] * 1024 * 1024,
        ws_ping_interval=30,
        ws_ping_timeout=30,
        access_log=False,
        server_header=False,
        # The gate reads the proxy's word itself, and only where a public address was given.
        proxy_headers=False,
        log_level="warning",
        timeout_graceful_shutdown=_PATIENCE,
    )
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    failures.guard_logs()
    if browser and _has_screen():
        opening = threading.Timer(1.0, webbrowser.open, [f"http://localhost:{doorway.port}/"])
        opening.daemon = True
        opening.start()
    with garbage.collected_on_a_timer():
        uvicorn.Server(config).run(sockets=[bound])


def _has_screen() -> bool:
    """Return whether a browser can open; without a screen a text browser would take the
    terminal."""
    return sys.platform == "darwin" or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
