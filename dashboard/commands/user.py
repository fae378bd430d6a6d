"""``user``: adding users, their passwords and roles, taking them out of use."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dashboard.commands import options as shared
from dashboard.commands.init import add_person
from dashboard.words import word
from queries.errors import NotFound, RegisterError
from queries.reads.users import UserRow, user_named, users
from queries.rules import passwords
from queries.rules.roles import CONSOLE, Role
from queries.store.sessions import Store, UnitOfWork
from queries.wording.formats import instant
from queries.writes.users import (
    AddUser,
    SetInUse,
    SetPassword,
    SetRole,
    add_user,
    set_in_use,
    set_password,
    set_role,
)


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], language: str) -> None:
    parser = commands.add_parser("user", help=word("cli.user.help", language))
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    def action(name: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        made = actions.add_parser(name, help=word(f"cli.user.{name}", language))
        shared.add_store(made, language)
        made.set_defaults(run=run)
        return made

    new = action("add", add_one)
    add_person(new, language, required=True)
    new.add_argument(
        "--role",
        type=Role,
        choices=list(Role),
        required=True,
        help=word("cli.user.role_option", language),
    )
    action("list", list_all)
    for name, run in (
        ("password", new_password),
        ("role", new_role),
        ("deactivate", deactivate),
        ("activate", activate),
    ):
        made = action(name, run)
        made.add_argument("username", help=word("cli.user.username", language))
        if name == "password":
            made.add_argument(
                "--password-file",
                type=Path,
                metavar="FILE",
                help=word("cli.user.password_file", language),
            )
        if name == "role":
            made.add_argument(
                "role", type=Role, choices=list(Role), help=word("cli.user.role_option", language)
            )


def add_one(options: argparse.Namespace) -> int:
    inputs = AddUser(
        username=options.username,
        name=options.name,
        role=options.role,
        password=shared.read_password(options),
        language=options.user_language,
    )
    return _carry_out(options, add_user, lambda _user: inputs, named=False)


def list_all(options: argparse.Namespace) -> int:
    """One line a user: name, role, whether in use, last sign-in."""
    with shared.working(options) as store, store.reading(CONSOLE) as session:
        rows = users(session)
    for row in rows:
        state = word(f"cli.user.{'in_use' if row.active else 'not_in_use'}", options.language)
        seen = "" if row.last_sign_in_at is None else instant(row.last_sign_in_at, options.language)
        sys.stdout.write(f"{row.username}\t{row.name}\t{row.role}\t{state}\t{seen}\n")
    return shared.OK


def new_password(options: argparse.Namespace) -> int:
    password = shared.read_password(options)
    return _carry_out(
        options, set_password, lambda user: SetPassword(user_id=user.id, password=password)
    )


def new_role(options: argparse.Namespace) -> int:
    return _carry_out(
        options,
        set_role,
        lambda user: SetRole(user_id=user.id, role=options.role, version=user.version),
    )


def deactivate(options: argparse.Namespace) -> int:
    return _carry_out(
        options,
        set_in_use,
        lambda user: SetInUse(user_id=user.id, active=False, version=user.version),
    )


def activate(options: argparse.Namespace) -> int:
    return _carry_out(
        options,
        set_in_use,
        lambda user: SetInUse(user_id=user.id, active=True, version=user.version),
    )


def _carry_out(
    options: argparse.Namespace,
    command: Callable[[UnitOfWork, Any], int],
    inputs: Callable[[UserRow], Any],
    *,
    named: bool = True,
) -> int:
    with shared.working(options) as store:
        user: Any = None
        if named:
            user = _named(store, options.username)
        store.carry_out(command, inputs(user), actor=CONSOLE)
    shared.say("cli.user.done", options, username=options.username)
    return shared.OK


def _named(store: Store, username: str) -> UserRow:
    try:
        with store.reading(CONSOLE) as session:
            return user_named(session, passwords.username(username))
    except NotFound as refusal:
        raise RegisterError("no_such_user") from refusal
