"""``notice``: the privacy notice as a file, for the company's web site."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sqlalchemy.orm import Session

from dashboard.commands import options as shared
from dashboard.ui import clock
from dashboard.words import word
from queries.documents.notice.draft import draw_notice
from queries.documents.notice.text import (
    Imprint,
    Writing,
    as_page,
    as_paper,
    as_plain,
    read_text,
    written,
)
from queries.errors import NotFound, RegisterError
from queries.reads.notice.controller import controller
from queries.reads.notice.notice import notice_facts, notice_version
from queries.rules.roles import CONSOLE

FORMS = ("html", "text", "pdf")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], language: str) -> None:
    parser = commands.add_parser("notice", help=word("cli.notice.help", language))
    shared.add_store(parser, language)
    parser.add_argument(
        "--form", choices=FORMS, default="html", help=word("cli.notice.form", language)
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--draft", action="store_true", help=word("cli.notice.draft", language))
    which.add_argument(
        "--version", type=int, metavar="N", help=word("cli.notice.version", language)
    )
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help=word("cli.notice.output", language)
    )
    parser.set_defaults(run=notice)


def notice(options: argparse.Namespace) -> int:
    """Print the notice in the command's language, or write it to a file.

    :raises RegisterError: ``notice_never`` before the first version.
    :raises NotFound: when there is no version of the number.
    :raises StoreRefusal: as :func:`.options.working`.
    """
    with shared.working(options) as store, store.reading(CONSOLE) as session:
        writing, imprint = _found(session, options)
        house = controller(session).name
    made = _made(options.form, writing, options.language, imprint, house)
    if options.output is None:
        sys.stdout.buffer.write(made)
        sys.stdout.flush()
    else:
        options.output.write_bytes(made)
    return shared.OK


def _found(session: Session, options: argparse.Namespace) -> tuple[Writing, Imprint]:
    if options.draft:
        today = clock.today()
        drawn = draw_notice(notice_facts(session, today=today), options.language)
        return written(drawn), Imprint(today)
    version = notice_version(session, options.version)
    if version is None and options.version is not None:
        raise NotFound("notice_version", options.version)
    if version is None:
        raise RegisterError("notice_never")
    imprint = Imprint(version.row.published_on, version.row.number)
    return read_text(version.text(options.language)), imprint


def _made(form: str, writing: Writing, language: str, imprint: Imprint, house: str) -> bytes:
    if form == "pdf":
        return as_paper(writing, language=language, imprint=imprint, house=house)
    made = as_page if form == "html" else as_plain
    return made(writing, language=language, imprint=imprint).encode()
