"""``demo``: the register with a made-up company in it."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL
from tqdm import tqdm

from dashboard.commands import options as shared
from dashboard.commands.demo_notice import publish_demonstration
from dashboard.commands.demo_requests import ask_demonstration, hold_demonstration
from dashboard.commands.serve import run
from dashboard.runtime import STORE_FILE, data_folder
from dashboard.web.listener import listen
from dashboard.words import word
from queries.errors import RegisterError, StoreRefusal
from queries.reads.customers.customer_list import CustomerFilter, customer_list
from queries.reads.settings import setting
from queries.reads.users import users
from queries.rules.calendar_fi import helsinki_day
from queries.rules.passwords import fresh_password
from queries.rules.roles import CONSOLE, Role
from queries.store.engine import sqlite_url
from queries.store.migrate import migrate_alone, open_store
from queries.store.sessions import Store
from queries.writes.settings import ChangeSetting, change_setting
from queries.writes.users import AddUser, SetPassword, add_user, set_password

PEOPLE = (
    ("maija", "Maija Mänty", Role.MANAGER),
    ("olli", "Olli Oja", Role.OFFICE),
    ("ville", "Ville Vaara", Role.VIEWER),
    ("anna", "Anna Aalto", Role.ADMINISTRATOR),
)
_FOLDER = "asiakasrekisteri-demo"
#: The setting that says that a store is a demonstration, and which one.
_MARK = "demonstration"


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], language: str) -> None:
    parser = commands.add_parser("demo", help=word("cli.demo.help", language))
    parser.add_argument(
        "--customers",
        type=_count,
        default=1000,
        metavar="N",
        help=word("cli.demo.customers", language, n="1000"),
    )
    parser.add_argument(
        "--seed", type=int, default=1, metavar="S", help=word("cli.demo.seed", language)
    )
    parser.add_argument(
        "--build-only", action="store_true", help=word("cli.demo.build_only", language)
    )
    shared.add_store(parser, language)
    shared.add_serving(parser, language)
    parser.set_defaults(run=demo)


def demo(options: argparse.Namespace) -> int:
    """Build or reuse the demonstration, print its users, serve it.

    :raises RegisterError: ``demo_real_store`` where a store exists that is not a demonstration.
    """
    folder = Path(options.data or data_folder() / _FOLDER).expanduser().resolve()
    options.data = folder
    with contextlib.ExitStack() as stack:
        bound = None
        if not options.build_only:  # a taken port is said before the building, not after
            bound = stack.enter_context(contextlib.closing(listen(options.port)))
        store = stack.enter_context(contextlib.closing(_demonstration(folder, options)))
        for username, password, role in _people(store):
            sys.stdout.write(f"{username}\t{password}\t{role}\n")
        sys.stdout.flush()
        return shared.OK if bound is None else run(store, folder, options, bound)


def _demonstration(folder: Path, options: argparse.Namespace) -> Store:
    wanted = {"customers": options.customers, "seed": options.seed, "complete": True}
    address = options.database_url or sqlite_url(folder / STORE_FILE)
    file = None if options.database_url else folder / STORE_FILE
    if file is None or file.exists():
        store = _made(address, folder)
        mark, empty = _looked_at(store)
        if mark == wanted:
            shared.say("cli.demo.reused", options, n=options.customers)
            return store
        if not empty:
            store.close()
            if mark is None or file is None:
                raise RegisterError("demo_real_store")
            _remove(file)
            store = _made(address, folder)
    else:
        store = _made(address, folder)
    _build(store, wanted, options)
    return store


def _made(address: str | URL, folder: Path) -> Store:
    """The store, made or brought up where it is not current."""
    try:
        return open_store(address)
    except StoreRefusal:  # the same again, where it is not for its version
        migrate_alone(address, folder, create=True)
    return open_store(address)


def _looked_at(store: Store) -> tuple[dict[str, Any] | None, bool]:
    """The mark of a demonstration, and whether the store holds nothing at all."""
    with store.reading(CONSOLE) as session:
        mark = setting(session, _MARK)
        anyone = customer_list(session, CustomerFilter(role=None), size=1)
        return mark, mark is None and not users(session) and not anyone.rows


def _build(store: Store, wanted: dict[str, Any], options: argparse.Namespace) -> None:
    from queries.demonstration import build  # noqa: PLC0415 - its lists of names are large

    # Marked before it is built: a build that was cut short is known for what it is.
    _note(store, {**wanted, "complete": False})
    shared.say("cli.demo.building", options, n=options.customers)
    with tqdm(total=options.customers, file=sys.stderr, unit="", mininterval=0.5) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        today = helsinki_day(datetime.now(UTC))
        build(store, customers=options.customers, seed=options.seed, today=today, progress=progress)
    publish_demonstration(store, options.language)
    ask_demonstration(store)
    hold_demonstration(store)
    _note(store, wanted)


def _note(store: Store, mark: dict[str, Any]) -> None:
    store.carry_out(change_setting, ChangeSetting(name=_MARK, value=mark), actor=CONSOLE)


def _people(store: Store) -> Iterator[tuple[str, str, str]]:
    """The demonstration's users with passwords made just now."""
    with store.reading(CONSOLE) as session:
        known = {user.username: user.id for user in users(session)}
    for username, name, role in PEOPLE:
        password = fresh_password()
        if username in known:
            again = SetPassword(user_id=known[username], password=password)
            store.carry_out(set_password, again, actor=CONSOLE)
        else:
            new = AddUser(username=username, name=name, role=role, password=password)
            store.carry_out(add_user, new, actor=CONSOLE)
        yield username, password, role


def _remove(file: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{file}{suffix}").unlink(missing_ok=True)


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number
