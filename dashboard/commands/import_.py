"""``import``: bringing a file in, previewed first, all of it or nothing."""

from __future__ import annotations

import argparse
import functools
import sys
from datetime import datetime
from pathlib import Path

from tqdm import tqdm

from dashboard.commands import options as shared
from dashboard.import_words import (
    nothing_key,
    post_code_sentences,
    printable,
    reason_sentence,
    to_be_known,
    who,
    why,
)
from dashboard.words import word
from queries.errors import RegisterError
from queries.intake.import_command import BringIn, bring_in, preview
from queries.intake.plan import ASKED, ImportSettings, Plan, RowOutcome
from queries.intake.post_codes import PostCodeFile
from queries.intake.readers.child_process import read_apart
from queries.intake.readers.delimited import ENCODINGS
from queries.intake.readers.read_file import Intake
from queries.reads.notice.post_codes import post_code_changes
from queries.rules.calendar_fi import HELSINKI
from queries.rules.roles import CONSOLE
from queries.store.sessions import Store
from queries.store.tables import PartyKind
from queries.writes.notice.post_codes import ReplacePostCodes, replace_post_codes

_DELIMITERS = {"semicolon": ";", "comma": ",", "tab": "\t", "pipe": "|"}
_NAMES = {delimiter: name for name, delimiter in _DELIMITERS.items()}
#: So many rows are worth a progress bar.
_MANY = 1000
# Why somebody gets no letters any more: shown here, but never kept, for it would keep the address.
_ENDS_LETTERS = {"unsubscribes", "will_be_suppressed", "mailbox_gone"}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], language: str) -> None:
    def said(key: str) -> str:
        return word(f"cli.import.{key}", language)

    parser = commands.add_parser("import", help=said("help"))
    parser.add_argument("file", type=Path, metavar="FILE", help=said("file"))
    for flag in ("dry-run", "yes", "skip-refused", "overwrite", "accept-suspect", "no-create"):
        parser.add_argument(f"--{flag}", action="store_true", help=said(flag.replace("-", "_")))
    parser.add_argument("--encoding", choices=ENCODINGS, help=said("encoding"))
    parser.add_argument("--delimiter", choices=list(_DELIMITERS), help=said("delimiter"))
    parser.add_argument("--sheet", metavar="NAME", help=said("sheet"))
    parser.add_argument(
        "--match",
        action="append",
        default=[],
        metavar="ROW=PARTY",
        help=said("match"),
        type=functools.partial(_match, language=language),
    )
    parser.add_argument(
        "--default-kind",
        choices=[kind.value for kind in PartyKind],
        default=PartyKind.PERSON.value,
        help=said("default_kind"),
    )
    shared.add_store(parser, language)
    parser.set_defaults(run=import_)


def _match(text: str, *, language: str) -> tuple[int, int | None]:
    """Parse the party that a row means: ``3=17``, or ``3=new`` for someone new."""
    row, equals, party = text.partition("=")
    is_number = party.isascii() and party.isdigit()
    if not (equals and row.isascii() and row.isdigit() and (is_number or party == "new")):
        raise argparse.ArgumentTypeError(word("cli.import.match_form", language))
    return int(row), int(party) if is_number else None


def import_(options: argparse.Namespace) -> int:
    """Preview the file, ask, bring it in. The file is read in its place.

    :raises UnreadableFile: as :func:`queries.intake.readers.child_process.read_apart`.
    :raises RegisterError: as :func:`queries.intake.import_command.bring_in`.
    """
    settings = ImportSettings(
        encoding=options.encoding,
        delimiter=_DELIMITERS.get(options.delimiter or ""),
        sheet=options.sheet,
        overwrite=options.overwrite,
        accept_suspect=options.accept_suspect,
        create_missing=not options.no_create,
        default_kind=options.default_kind,
        matches=tuple(options.match),
    )
    intake = _read(options, settings)
    with shared.working(options) as store:
        if isinstance(intake.content, PostCodeFile):
            return _import_post_codes(store, intake.content, intake.sha256, options)
        return _import(store, intake, settings, options)


def _read(options: argparse.Namespace, settings: ImportSettings) -> Intake:
    """Read the file in a process of its own, with a bar where that takes its time."""
    with tqdm(
        total=100, disable=not sys.stderr.isatty(), delay=1, leave=False, unit="%", file=sys.stderr
    ) as bar:

        def tell(share: float) -> None:
            bar.update(int(share * 100) - bar.n)

        return read_apart(options.file.name, options.file, settings=settings, tell=tell)


def _import_post_codes(
    store: Store, file: PostCodeFile, sha256: str, options: argparse.Namespace
) -> int:
    with store.reading(CONSOLE) as session:
        changes = post_code_changes(session, file.places, run_on=file.run_on)
    form = word("import.forms.post_codes", options.language)
    shared.say("cli.import.form", options, form=form, n=len(file.places))
    for sentence in post_code_sentences(changes, file.run_on, options.language):
        sys.stdout.write(f"{sentence}\n")
    if not changes.does_something:
        shared.say("import.nothing", options)
        return shared.OK
    if options.dry_run:
        return shared.OK
    if not options.yes and not shared.agreed("cli.import.ask", options):
        shared.say("cli.import.not_done", options)
        return shared.REFUSED
    inputs = ReplacePostCodes(
        places=file.places, run_on=file.run_on, sha256=sha256, name=options.file.name
    )
    store.carry_out(replace_post_codes, inputs, actor=CONSOLE)
    shared.say("import.post_codes.done", options, n=len(file.places))
    return shared.OK


def _import(
    store: Store, intake: Intake, settings: ImportSettings, options: argparse.Namespace
) -> int:
    today = datetime.now(HELSINKI).date()
    with store.reading(CONSOLE) as session:
        plan = preview(session, intake, settings=settings, today=today)
    _show(plan, intake, options)
    refused = plan.count(RowOutcome.REFUSE)
    if not plan.does_something:
        if plan.rows:
            shared.say(nothing_key(plan), options)
        return shared.REFUSED if refused else shared.OK
    if options.dry_run:
        return shared.OK
    if refused and not options.skip_refused:
        raise RegisterError("import_refused_rows", n=refused)
    if not options.yes and not shared.agreed("cli.import.ask", options):
        shared.say("cli.import.not_done", options)
        return shared.REFUSED
    _carry_out(store, plan, intake, settings, options)
    return shared.OK


def _show(plan: Plan, intake: Intake, options: argparse.Namespace) -> None:
    language = options.language
    shared.say(
        "cli.import.form",
        options,
        form=word(f"import.forms.{plan.form}", language),
        n=len(plan.rows),
    )
    grid = intake.grid
    if grid is not None and grid.encoding and grid.delimiter:
        name = _NAMES.get(grid.delimiter, "")
        shown = word(f"import.delimiters.{name}", language) if name else repr(grid.delimiter)
        shared.say("cli.import.read_as", options, encoding=grid.encoding, delimiter=shown)
    for outcome in RowOutcome:
        sys.stdout.write(word(f"import.counts.{outcome}", language, n=plan.count(outcome)) + "\n")
    for note in plan.notes:
        sys.stdout.write(printable(reason_sentence(note, language)) + "\n")
    for row in plan.rows:
        ends = any(one.code in _ENDS_LETTERS for one in row.reasons)
        said = why(row, language) if ends else to_be_known(row, language)
        if not said:
            continue
        if ASKED & {one.code for one in row.reasons}:
            said = f"{said} {word('cli.import.match_hint', language, row=row.number)}"
        line = word("cli.import.line", language, row=row.number, name=who(row, language), why=said)
        sys.stdout.write(printable(line) + "\n")


def _carry_out(
    store: Store, plan: Plan, intake: Intake, settings: ImportSettings, options: argparse.Namespace
) -> None:
    work = plan.count(RowOutcome.CREATE) + plan.count(RowOutcome.CHANGE)
    with tqdm(total=work, file=sys.stderr, unit="", disable=work < _MANY) as bar:

        def progress(done: int) -> None:
            bar.update(done)

        inputs = BringIn(
            intake=intake,
            settings=settings,
            fingerprint=plan.fingerprint,
            skip_refused=options.skip_refused,
            progress=progress,
        )
        store.carry_out(bring_in, inputs, actor=CONSOLE)
    shared.say(
        "cli.import.done",
        options,
        created=plan.count(RowOutcome.CREATE),
        changed=plan.count(RowOutcome.CHANGE),
        skipped=plan.count(RowOutcome.SKIP),
        refused=plan.count(RowOutcome.REFUSE),
    )
