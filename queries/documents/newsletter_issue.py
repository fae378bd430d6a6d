"""The recipients of one issue of the newsletter, as a file for the mailing tool.

The danger: a letter without a way out, and a list of who got it lying about. The principle: nobody
is in the file without a link of their own, and what the register keeps of an issue is how many
there were and the fingerprint of the file; of each party, that its data were given to the mailing
tool, and when last (GDPR Art. 15(1)(c), 19), but not in which issues. The transaction boundary:
links, disclosures, issue and trail line are one transaction; the file goes to the user who asked,
who gives it out once that is committed.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sqlalchemy import bindparam, insert, select, update

from queries.documents.portability import guarded
from queries.errors import RuleRefusal
from queries.reads.newsletter import LINKS, SubscriberRow, issue_recipients
from queries.rules.newsletter import ONE_CLICK, header, link, new_token, plain_address
from queries.rules.recipients import Agreement, agreement_state, check_transfer
from queries.rules.roles import Permission
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import Disclosure, NewsletterIssue, Recipient, Setting, Subscription
from queries.writes.commands import Checks, stamp
from queries.writes.newsletter.subscriptions import newsletter_alone

LONGEST_NAME = 200
#: As long as a disclosure says what was given.
LONGEST_WHAT = 200
#: The columns of the file. The last two are values of headers (RFC 2369, RFC 8058).
COLUMNS = (
    "Email",
    "Name",
    "Language",
    "Basis",
    "Unsubscribe",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
)
_LAW = "Laki sähköisen viestinnän palveluista 917/2014 200.3 §; RFC 8058"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, kw_only=True)
class ExportIssue:
    """An issue that is about to be sent.

    :param name: what the office calls it.
    :param recipient_id: the mailing tool that the file is given to; None where the company sends
        the letters itself, and nothing is given to anybody.
    :param base: the address at which the register is reached: ``https://name``; one of this machine
        alone is for a demonstration.
    :param deliver: takes the file; it may be given out once the command has been carried out.
    """

    name: str
    base: str | None
    recipient_id: int | None = None
    deliver: Callable[[bytes], None] = field(repr=False, compare=False)


@needs(Permission.SEND_NEWSLETTER)
def export_issue(uow: UnitOfWork, inputs: ExportIssue) -> int:
    """Make the file of an issue's recipients and note it; return the issue.

    Who has no link yet gets one now, which stays the same in every later issue.

    :raises InvalidInputs: ``name``; ``recipient_id`` when there is no such recipient, or the
        agreement with it has ended.
    :raises RuleRefusal: ``no_public_address``: links of such a file would lead nowhere;
        ``no_recipients``; ``transfer_basis_missing`` for a tool outside the EU and the EEA.
    """
    checks = Checks(inputs)
    name = checks.text("name", longest=LONGEST_NAME, required=True)
    tool = _tool(uow, checks, inputs.recipient_id)
    checks.done()
    if tool is not None:
        check_transfer(tool.country, tool.transfer_basis)
    base = _base(inputs.base)
    newsletter_alone(uow)
    recipients = list(issue_recipients(uow.session))
    if not recipients:
        raise RuleRefusal("no_recipients", _LAW)
    content = _file(recipients, _links(uow, recipients, base))
    _note_links(uow, base)
    if tool is not None:
        _disclose(uow, tool, {row.party_id for row in recipients if row.party_id is not None})
    issue = NewsletterIssue(
        name=name,
        exported_at=uow.now,
        exported_by=uow.actor.username,
        recipients=len(recipients),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    uow.session.add(issue)
    uow.session.flush()
    uow.audit("export_issue", "newsletter_issue", issue.id, columns=["recipients", "sha256"])
    inputs.deliver(content)
    return issue.id


def _tool(uow: UnitOfWork, checks: Checks, recipient_id: int | None) -> Recipient | None:
    if recipient_id is None:
        return None
    tool = uow.session.get(Recipient, recipient_id)
    if (
        tool is None
        or agreement_state(tool.role, tool.agreement, tool.ends_on, today=uow.today)
        == Agreement.ENDED
    ):
        checks.refuse("recipient_id", "choice")
        return None
    return tool


def _disclose(uow: UnitOfWork, tool: Recipient, parties: Collection[int]) -> None:
    """Record that the data of these parties were given to the tool today; three statements."""
    what = (tool.what or tool.purpose)[:LONGEST_WHAT]
    same = (Disclosure.recipient_id == tool.id, Disclosure.what == what)
    found = uow.session.execute(select(Disclosure.party_id, Disclosure.id).where(*same)).all()
    before = {party: key for party, key in map(tuple, found) if party in parties}
    noted = {"disclosed_on": uow.today, "noted_by": uow.actor.username}
    connection = uow.session.connection()
    if before:
        again = update(Disclosure).where(Disclosure.id == bindparam("key")).values(noted)
        connection.execute(again, [{"key": key} for key in before.values()])
    if first := sorted(set(parties) - set(before)):
        connection.execute(
            insert(Disclosure),
            [
                {"party_id": party, "recipient_id": tool.id, "what": what, **noted}
                for party in first
            ],
        )


def _base(given: str | None) -> str:
    parts = urlsplit(given or "")
    local = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not parts.netloc or not (parts.scheme == "https" or local) or parts.path.strip("/"):
        raise RuleRefusal("no_public_address", _LAW)
    return f"{parts.scheme}://{parts.netloc}"


def _links(uow: UnitOfWork, recipients: Iterable[SubscriberRow], base: str) -> dict[int, str]:
    """The link of each; made for who has none."""
    tokens = {row.id: row.token for row in recipients if row.token is not None}
    new = {row.id: new_token(row.language) for row in recipients if row.token is None}
    if new:
        uow.session.connection().execute(
            update(Subscription)
            .where(Subscription.id == bindparam("key"))
            .values(token=bindparam("new")),
            [{"key": key, "new": token} for key, token in new.items()],
        )
    return {key: link(base, token) for key, token in (tokens | new).items()}


def _file(recipients: Iterable[SubscriberRow], links: Mapping[int, str]) -> bytes:
    written = io.StringIO()
    lines = csv.writer(written)
    lines.writerow(COLUMNS)
    for row in recipients:
        way_out = links[row.id]
        lines.writerow(
            (
                plain_address(row.address),
                guarded(row.name or ""),
                row.language,
                row.basis,
                way_out,
                header(way_out),
                ONE_CLICK,
            )
        )
    return written.getvalue().encode()


def _note_links(uow: UnitOfWork, base: str) -> None:
    """Record where the links lead, for the proof that they still work."""
    kept = uow.session.get(Setting, LINKS)
    if kept is None:
        kept = Setting(name=LINKS)
        uow.session.add(kept)
    kept.value = json.dumps(base)
    stamp(uow, kept)
