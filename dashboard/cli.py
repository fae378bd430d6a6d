"""``asiakasrekisteri``: the command line."""

from __future__ import annotations

import argparse
import signal
import sys
from types import FrameType

from dashboard import failures
from dashboard.commands import COMMANDS
from dashboard.commands import options as shared
from dashboard.words import LANGUAGES, sentence, word
from queries.errors import InvalidInputs, RegisterError, StoreRefusal


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand; the exit code says how it went (see ``--help``)."""
    words = sys.argv[1:] if arguments is None else arguments
    language, rest = _language(words)
    options = _parser(language).parse_args(rest)
    options.language = language
    signal.signal(signal.SIGTERM, _stop)
    try:
        return int(options.run(options))
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return shared.INTERRUPTED
    except InvalidInputs as refusal:
        for error in refusal.errors:
            _complain(error, language)
        return shared.REFUSED
    except StoreRefusal as refusal:
        _complain(refusal, language)
        return shared.STORE_UNUSABLE
    except RegisterError as refusal:
        _complain(refusal, language)
        return shared.REFUSED
    except Exception as error:  # noqa: BLE001 - a bug: loud, but without the values in its text
        number = failures.reference()
        sys.stderr.write(f"asiakasrekisteri: {word('cli.failure', language, reference=number)}\n")
        sys.stderr.write(f"{failures.positions(error)}\n")
        return shared.FAILURE


def _complain(refusal: RegisterError, language: str) -> None:
    sys.stderr.write(f"asiakasrekisteri: {sentence(refusal, language)}\n")


def _language(words: list[str]) -> tuple[str, list[str]]:
    """Return the language, wherever it is on the line, and the other words: it is needed before
    them, for their help is in it."""
    early = argparse.ArgumentParser(add_help=False, exit_on_error=False, allow_abbrev=False)
    early.add_argument("--language", choices=LANGUAGES)
    try:
        known, others = early.parse_known_args(words)
    except argparse.ArgumentError:
        return shared.language_of(), words
    return known.language or shared.language_of(), others


def _parser(language: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="asiakasrekisteri",
        description=word("cli.description", language),
        epilog=word("cli.exit_codes", language),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--language", choices=LANGUAGES, help=word("cli.language", language))
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in COMMANDS:
        module.add(commands, language)
    return parser


def _stop(_number: int, _frame: FrameType | None) -> None:
    """A stop from outside ends long work as Ctrl-C does; the server has a handler of its own."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
