"""``init``: a new register and its first administrator."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from dashboard.commands import options as shared
from dashboard.runtime import data_folder
from dashboard.words import LANGUAGES, word
from queries.errors import InvalidInput, RegisterError
from queries.reads.users import users
from queries.rules.identifiers import business_id
from queries.rules.roles import CONSOLE, Role
from queries.store.migrate import migrate_alone
from queries.writes.notice.settings import SetBusinessId, set_business_id
from queries.writes.users import AddUser, add_user


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], language: str) -> None:
    parser = commands.add_parser("init", help=word("cli.init.help", language))
    shared.add_store(parser, language)
    add_person(parser, language, required=False)
    parser.add_argument("--business-id", help=word("cli.init.business_id", language))
    parser.set_defaults(run=init)


def add_person(parser: argparse.ArgumentParser, language: str, *, required: bool) -> None:
    parser.add_argument("--username", required=required, help=word("cli.user.username", language))
    parser.add_argument("--name", required=required, help=word("cli.user.name", language))
    parser.add_argument(
        "--user-language", choices=LANGUAGES, default="fi", help=word("cli.user.language", language)
    )
    parser.add_argument(
        "--password-file", type=Path, metavar="FILE", help=word("cli.user.password_file", language)
    )


def init(options: argparse.Namespace) -> int:
    """Make the store and add its first administrator; note the company's business ID.

    :raises RegisterError: ``already_initialised`` when it has users.
    :raises InvalidInput: the business ID is not one; nothing is made then.
    """
    given = options.business_id
    if given:
        business_id(given)
    migrate_alone(shared.address_of(options), data_folder(options.data), create=True)
    with shared.working(options) as store:
        with store.reading(CONSOLE) as session:
            if users(session):
                raise RegisterError("already_initialised")
        person = AddUser(
            username=options.username or _asked("cli.ask_username", options),
            name=options.name or _asked("cli.ask_name", options),
            role=Role.ADMINISTRATOR,
            password=shared.read_password(options),
            language=options.user_language,
        )
        number = given
        if number is None and sys.stdin.isatty():
            number = _asked_business_id(options)
        store.carry_out(add_user, person, actor=CONSOLE)
        if number:
            own = SetBusinessId(business_id=number)
            store.carry_out(set_business_id, own, actor=CONSOLE)
    shared.say("cli.init.done", options, username=person.username)
    return shared.OK


def _asked_business_id(options: argparse.Namespace) -> str:
    """Ask for the business ID until it is valid; an empty answer means "later"."""
    while True:
        answer = _asked("cli.ask_business_id", options)
        try:
            return business_id(answer) if answer else ""
        except InvalidInput as error:
            sys.stderr.write(word(f"refusals.business_id.{error.code}", options.language) + "\n")


def _asked(key: str, options: argparse.Namespace) -> str:
    sys.stderr.write(word(key, options.language) + ": ")
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer:
        raise RegisterError("no_answer")
    return answer.strip()
