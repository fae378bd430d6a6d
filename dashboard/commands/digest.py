"""``digest``: what is due, for cron; request numbers and days only, nothing personal."""

from __future__ import annotations

import argparse
import os
import smtplib
import sys
from email.message import EmailMessage
from html import escape

from dashboard.commands import options as shared
from dashboard.ui import clock
from dashboard.words import word
from queries.errors import RegisterError
from queries.reads.requests.request_list import RequestRow, open_requests
from queries.rules.roles import CONSOLE

#: The SMTP settings of the digest: server (``host:port``), sender, and recipients with commas. A
#: server beyond this machine is spoken to with TLS; user and password where it asks for them.
SERVER, SENDER, RECIPIENTS = (
    f"ASIAKASREKISTERI_SMTP_{name}" for name in ("SERVER", "SENDER", "RECIPIENTS")
)
USER, PASSWORD = (f"ASIAKASREKISTERI_SMTP_{name}" for name in ("USER", "PASSWORD"))
_TIMEOUT = 30
_NEAR = {"localhost", "127.0.0.1", "::1"}


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], language: str) -> None:
    parser = commands.add_parser("digest", help=word("cli.digest.help", language))
    shared.add_store(parser, language)
    parser.add_argument("--html", action="store_true", help=word("cli.digest.html", language))
    parser.add_argument(
        "--send",
        action="store_true",
        help=word("cli.digest.send", language, server=SERVER, sender=SENDER, recipients=RECIPIENTS),
    )
    parser.set_defaults(run=digest)


def digest(options: argparse.Namespace) -> int:
    """Print the digest, or send it by SMTP.

    :raises RegisterError: ``smtp_unset`` without its settings; ``smtp_failed``.
    :raises StoreRefusal: as :func:`.options.working`.
    """
    with shared.working(options) as store, store.reading(CONSOLE) as session:
        rows = open_requests(session, today=clock.today())
    spoken = options.language
    if options.send:
        _send(as_message(rows, spoken))
        shared.say("cli.digest.sent", options, n=len(rows))
        return shared.OK
    sys.stdout.write(as_html(rows, spoken) if options.html else as_text(rows, spoken))
    return shared.OK


def subject(rows: tuple[RequestRow, ...], language: str) -> str:
    """Return how many are open and how many of them overdue."""
    late = sum(row.days_left < 0 for row in rows)
    return word("cli.digest.subject", language, open=str(len(rows)), overdue=str(late))


def as_text(rows: tuple[RequestRow, ...], language: str) -> str:
    """Return one line a request, the soonest due first."""
    lines = [subject(rows, language), ""]
    lines += ["  ".join(_cells(row, language)) for row in rows]
    return "\n".join(lines).rstrip() + "\n"


def as_html(rows: tuple[RequestRow, ...], language: str) -> str:
    """The same as a page of its own."""
    title = escape(subject(rows, language))
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in _cells(row, language)) + "</tr>"
        for row in rows
    )
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{title}</title></head><body><h1>{title}</h1><table>{body}</table></body></html>\n"
    )


def as_message(rows: tuple[RequestRow, ...], language: str) -> EmailMessage:
    """An e-mail with both.

    :raises RegisterError: ``smtp_unset``.
    """
    sender, recipients = os.environ.get(SENDER), os.environ.get(RECIPIENTS)
    if not (os.environ.get(SERVER) and sender and recipients):
        raise RegisterError("smtp_unset", server=SERVER, sender=SENDER, recipients=RECIPIENTS)
    message = EmailMessage()
    message["Subject"] = subject(rows, language)
    message["From"] = sender
    message["To"] = recipients
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834
    message.set_content(as_text(rows, language))
    message.add_alternative(as_html(rows, language), subtype="html")
    return message


def _cells(row: RequestRow, language: str) -> tuple[str, str, str]:
    if row.days_left < 0:
        left = word("requests.overdue", language, n=-row.days_left)
    else:
        left = word("requests.left", language, n=row.days_left)
    return row.number, word("requests.due", language, on=row.due), left


def _send(message: EmailMessage) -> None:
    host, _, port = os.environ[SERVER].partition(":")
    try:
        with smtplib.SMTP(host, int(port or 25), timeout=_TIMEOUT) as server:
            if host not in _NEAR:
                server.starttls()
            if os.environ.get(USER):
                server.login(os.environ[USER], os.environ.get(PASSWORD, ""))
            server.send_message(message)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise RegisterError("smtp_failed") from error
