"""``imports``: what was brought in before, what was said of it, and taking it back."""

from __future__ import annotations

import argparse
import sys

from dashboard.commands import options as shared
from dashboard.import_words import (
    counted,
    file_words,
    noted_row,
    noted_whole,
    printable,
    settings_words,
    to_be_known,
    who,
)
from dashboard.words import word
from queries.intake.undo_import import UndoImport, undo_import
from queries.reads.imports import (
    ROWS,
    ImportLine,
    ImportRecord,
    import_record,
    import_rows,
    imports,
)
from queries.rules.roles import CONSOLE
from queries.store.sessions import Store
from queries.wording.formats import instant


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], language: str) -> None:
    parser = commands.add_parser("imports", help=word("cli.imports.help", language))
    parser.add_argument(
        "id", type=int, nargs="?", metavar="NUMBER", help=word("cli.imports.id", language)
    )
    for flag in ("undo", "yes"):
        parser.add_argument(
            f"--{flag}", action="store_true", help=word(f"cli.imports.{flag}", language)
        )
    shared.add_store(parser, language)
    parser.set_defaults(run=show_imports)


def show_imports(options: argparse.Namespace) -> int:
    """List the imports, newest first, show every report on one, or undo it.

    :raises NotFound: where there is no import of that number.
    :raises RegisterError: as :func:`queries.intake.undo_import.undo_import`.
    """
    if options.undo and options.id is None:
        shared.say("cli.imports.which", options)
        return shared.USAGE
    with shared.working(options) as store:
        if options.id is None:
            return _list(store, options)
        if options.undo:
            return _undo(store, options)
        return _tell(store, options)


def _undo(store: Store, options: argparse.Namespace) -> int:
    with store.reading(CONSOLE) as session:
        record = import_record(session, options.id)
    _write(_line(record.line, options.language))
    if not options.yes and not shared.agreed("cli.imports.ask", options):
        shared.say("cli.imports.not_undone", options)
        return shared.REFUSED
    store.carry_out(undo_import, UndoImport(id=options.id), actor=CONSOLE)
    shared.say("cli.imports.undone", options, id=str(options.id))
    return shared.OK


def _list(store: Store, options: argparse.Namespace) -> int:
    after = None
    while True:
        with store.reading(CONSOLE) as session:
            page = imports(session, after=after)
        for line in page.rows:
            _write(_line(line, options.language))
        if page.next_key is None:
            break
        after = page.next_key
    if not page.total.n:
        shared.say("imports.none", options)
    return shared.OK


def _line(line: ImportLine, language: str) -> str:
    return word(
        "cli.imports.line",
        language,
        id=str(line.id),
        at=instant(line.at, language),
        actor=line.actor,
        name=file_words(line, language),
        form=word(f"import.forms.{line.form}", language),
        counts=counted(line, language),
    )


def _tell(store: Store, options: argparse.Namespace) -> int:
    language = options.language
    with store.reading(CONSOLE) as session:
        record = import_record(session, options.id)
    _write(_line(record.line, language))
    _write(f"SHA-256: {record.sha256}")
    for said in (*settings_words(record.settings, language), *noted_whole(record, language)):
        _write(said)
    _tell_rows(store, record, language)
    if record.emptied_on is not None:
        shared.say("imports.emptied", options, on=record.emptied_on)
    return shared.OK


def _tell_rows(store: Store, record: ImportRecord, language: str) -> None:
    after = 0
    while True:
        with store.reading(CONSOLE) as session:
            rows = [noted_row(row) for row in import_rows(session, record.line.id, after=after)]
        for row in rows:
            _write(
                word(
                    "cli.import.line",
                    language,
                    row=row.number,
                    name=who(row, language),
                    why=to_be_known(row, language),
                )
            )
        if len(rows) < ROWS:
            return
        after = rows[-1].number


def _write(text: str) -> None:
    sys.stdout.write(f"{printable(text)}\n")
