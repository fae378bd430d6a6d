"""Plan of a requested erasure (GDPR Art. 17): what is erased, what stays until when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from queries.reads.retention.reasons import CustomerRetention, customer_retention
from queries.rules.roles import Permission
from queries.rules.statutes import OWN_CLASSES, STATUTES
from queries.store.sessions import needs
from queries.store.tables import ItemKind

#: By what something is erased.
_GROUND = "GDPR Art. 17(1)"


@dataclass(frozen=True)
class PlanLine:
    """The outcome for a party's files of one kind and day when erasure is requested.

    :param goes_now: no statute keeps them, or none any more.
    :param keep_until: the last day on which a statute keeps them; None while alive.
    """

    kind: str
    code: str
    count: int
    goes_now: bool
    keep_until: date | None
    citation: str


@dataclass(frozen=True)
class ErasurePlan:
    """The files erased now, and those that stay, until when and by which law; ``in_force``: the
    relation has not ended."""

    lines: tuple[PlanLine, ...]
    in_force: bool
    held: bool
    completes_on: date | None


@needs(Permission.SEE_REQUESTS)
def erasure_plan(session: Session, party_id: int, *, today: date) -> ErasurePlan:
    """Return what an erasure would do, by kind of file and by day; at most 10 statements.

    A statute keeps what it keeps (GDPR Art. 17(3)(b)); the company's own periods end with the
    request. The party's own details follow what stays longest.

    :raises NotFound: when there is no such party.
    """
    known: CustomerRetention = customer_retention(session, party_id, today=today)
    citations = {rule.code: rule.citation for rule in STATUTES}
    paper_laws = {rule.code: rule.citation for rule in OWN_CLASSES} | citations
    alike: dict[tuple[str, str, date | None], PlanLine] = {}
    for files in known.files:
        if files.kind == ItemKind.REQUEST:
            continue  # it shows how the request was answered, and keeps nothing else
        # A binder names others too: it is erased when its own time is up, or changed by hand.
        laws = paper_laws if files.kind == ItemKind.PAPER else citations
        until = files.keep_until
        stays = until is None or (files.code in laws and until >= today)
        line = PlanLine(
            files.kind,
            files.code,
            files.count,
            not stays,
            until if stays else None,
            laws.get(files.code, _GROUND) if stays else _GROUND,
        )
        key = (files.kind, files.code, until) if stays else (files.kind, "", None)
        before = alike.get(key)
        alike[key] = line if before is None else replace(line, count=before.count + line.count)
    lines = list(alike.values())
    staying = [line.keep_until for line in lines if not line.goes_now]
    completes_on = max((day for day in staying if day is not None), default=None)
    lines.append(
        PlanLine(
            "party",
            "follows_party",
            1,
            not staying and not known.why.alive,
            completes_on,
            "GDPR Art. 17(3)(b)" if staying else _GROUND,
        )
    )
    in_force = known.why.alive or any(day is None for day in staying)
    return ErasurePlan(tuple(lines), in_force, bool(known.keepers.holds), completes_on)
