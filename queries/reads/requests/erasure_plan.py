"""Plan of a requested erasure (GDPR Art. 17): what is erased, what stays until when.

An invoice with an open balance stays, whatever its day, until it was paid, credited or written off:
a lapsed claim goes only after a person's decision (GDPR Art. 17(3)(e)).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from queries.reads.retention.reasons import CustomerRetention, Files, customer_retention
from queries.rules.roles import Permission
from queries.rules.statutes import OWN_CLASSES, STATUTES
from queries.store.retention.series import OPEN_BALANCE, read_periods
from queries.store.sessions import needs
from queries.store.tables import Invoice, InvoiceStatus, ItemKind

#: By what something is erased.
_GROUND = "GDPR Art. 17(1)"
#: The code of invoices that only their open balance keeps.
OPEN = "open_balance"


@dataclass(frozen=True)
class PlanLine:
    """The outcome for a party's files of one kind and day when erasure is requested.

    :param goes_now: no statute keeps them, or none any more.
    :param keep_until: the last day on which a statute keeps them; None while alive, and where
        only an open balance keeps them.
    :param waits: some of them stay beyond that day until their balance is not open any more.
    """

    kind: str
    code: str
    count: int
    goes_now: bool
    keep_until: date | None
    citation: str
    waits: bool = False


@dataclass(frozen=True)
class ErasurePlan:
    """The files erased now, and those that stay, until when and by which law; ``in_force``: the
    relation has not ended.

    :param completes_on: the last day on which a statute keeps anything.
    :param open_balances: how many invoices stay until their balance is not open any more.
    """

    lines: tuple[PlanLine, ...]
    in_force: bool
    held: bool
    completes_on: date | None
    open_balances: int = 0

    @property
    def is_whole(self) -> bool:
        """Return whether everything is erased now."""
        return all(line.goes_now for line in self.lines)


@needs(Permission.SEE_REQUESTS)
def erasure_plan(session: Session, party_id: int, *, today: date) -> ErasurePlan:
    """Return what an erasure would do, by kind of file and by day; at most 12 statements.

    A statute keeps what it keeps (GDPR Art. 17(3)(b)); the company's own periods end with the
    request. The party's own details follow what stays longest.

    :raises NotFound: when there is no such party.
    """
    known: CustomerRetention = customer_retention(session, party_id, today=today)
    open_balances = _open_balances(session, party_id)
    alike: dict[tuple[str, str, date | None], PlanLine] = {}
    for files in known.files:
        if files.kind == ItemKind.REQUEST:
            continue  # it shows how the request was answered, and keeps nothing else
        for line in _lines(files, open_balances, today):
            day = None if line.goes_now else line.keep_until
            key = (line.kind, "" if line.goes_now else line.code, day)
            before = alike.get(key)
            alike[key] = line if before is None else replace(line, count=before.count + line.count)
    lines = list(alike.values())
    staying = [line for line in lines if not line.goes_now]
    completes_on = max((line.keep_until for line in staying if line.keep_until), default=None)
    lines.append(
        PlanLine(
            "party",
            "follows_party",
            1,
            not staying and not known.why.alive,
            completes_on,
            "GDPR Art. 17(3)(b)" if staying else _GROUND,
            waits=any(line.waits for line in staying),
        )
    )
    in_force = known.why.alive or any(
        line.keep_until is None and not line.waits for line in staying
    )
    return ErasurePlan(
        tuple(lines), in_force, bool(known.keepers.holds), completes_on, sum(open_balances.values())
    )


_CITATIONS = {rule.code: rule.citation for rule in STATUTES}
#: A binder tells of others too: it goes when its own time is up, or is taken out of by hand.
_PAPER_LAWS = {rule.code: rule.citation for rule in OWN_CLASSES} | _CITATIONS


def _lines(
    files: Files, open_balances: Counter[tuple[str, date | None]], today: date
) -> list[PlanLine]:
    """Return what becomes of some files; invoices with an open balance are a line of their own once
    their day is past."""
    laws = _PAPER_LAWS if files.kind == ItemKind.PAPER else _CITATIONS
    until = files.keep_until
    waiting = open_balances[files.code, until] if files.kind == ItemKind.INVOICE else 0
    if until is None or (files.code in laws and until >= today):
        law = laws.get(files.code, _GROUND)
        waits = waiting > 0 and until is not None
        return [PlanLine(files.kind, files.code, files.count, False, until, law, waits=waits)]
    found = []
    if files.count > waiting:
        found.append(PlanLine(files.kind, files.code, files.count - waiting, True, None, _GROUND))
    if waiting:
        claim = _CITATIONS["claim"]
        found.append(PlanLine(files.kind, OPEN, waiting, False, None, claim, waits=True))
    return found


def _open_balances(session: Session, party_id: int) -> Counter[tuple[str, date | None]]:
    """Count the invoices with an open balance, by their class and last day; two statements."""
    rows = session.execute(
        select(Invoice.claim_on, Invoice.last_event_on).where(
            Invoice.party_id == party_id,
            Invoice.status == InvoiceStatus.ISSUED,
            Invoice.credits_id.is_(None),
            OPEN_BALANCE,
        )
    ).all()
    if not rows:
        return Counter()
    periods = read_periods(session)
    found: Counter[tuple[str, date | None]] = Counter()
    for claim_on, last_event_on in rows:
        code, event = ("claim", claim_on) if claim_on else ("voucher", last_event_on)
        until = None if event is None else periods.keep_until(code, event)
        found[code, until] += 1
    return found
