"""Reasons why a record is kept, in sentences that a manager understands."""

from __future__ import annotations

from datetime import date

from dashboard.panels.hold_forms import covered
from dashboard.ui.language import language, t
from queries.reads.retention.blocked_by import Keepers
from queries.reads.retention.holds import HoldRow
from queries.reads.retention.reasons import Event, Why
from queries.rules.retention import RetentionReason
from queries.rules.statutes import Formula
from queries.store.retention.series import ENDED_BY_ERASURE
from queries.store.tables import ItemKind
from queries.wording.formats import day

_AFTER_THE_YEAR = {Formula.FINANCIAL_YEAR_CALENDAR_YEAR}


def sentences(why: Why, keepers: Keepers, *, today: date) -> list[str]:
    """Return the event, the deadline that follows with its law, and the calculation.

    They can name an organisation: show them as text.
    """
    if why.alive or why.event is None:
        known = why.kind if why.kind in {ItemKind.PARTY, ItemKind.ORDER} else "other"
        return [t(f"why.alive_{known}")]
    found = [_happened(why)]
    if why.reason is None:
        return [f"{found[0]} {t('why.missing')}"]
    found = [f"{found[0]} {_ruled(why.reason)}", _arithmetic(why.reason)]
    is_up = why.reason.keep_until < today
    since = keepers.erasing_since
    if since is not None and not is_up and why.reason.kind in ENDED_BY_ERASURE:
        found.append(t("why.asked", on=day(since, language())))
        is_up = since <= today
    if is_up and not keepers.keep:
        found.append(t("why.up"))
    elif is_up:
        found.append(t("why.up_kept"))
    return found


def kept_by(keepers: Keepers) -> list[str]:
    """Each hold that keeps the record, by what it is on; a restriction, an open request."""
    found = [held(hold) for hold in keepers.holds]
    if keepers.restricted_since is not None:
        found.append(t("why.restricted", on=day(keepers.restricted_since, language())))
    if keepers.asked_on is not None:
        found.append(t("why.requested", on=day(keepers.asked_on, language())))
    if keepers.papers:
        found.append(t("why.on_paper", numbers=", ".join(keepers.papers)))
    return found


def held(hold: HoldRow) -> str:
    """Return the sentence of a hold, on what and since when."""
    return t(
        "why.held",
        covers=covered(hold),
        on=day(hold.placed_on, language()),
        review=day(hold.review_on, language()),
    )


def law(code: str) -> str:
    """The law behind a class, as a sentence cites it."""
    return t(f"laws.{code}")


def _happened(why: Why) -> str:
    on = day(why.event_on, language())
    if why.kind != ItemKind.PARTY:
        return t(f"why.{why.event}", number=why.number or "–", on=on)
    if why.event == Event.ISSUED and why.number is not None:
        said = t("why_party.issued_number", number=why.number, on=on)
    else:
        said = t(f"why_party.{why.event}", on=on)
    if why.through is None:
        return said
    return f"{t('why_party.through', organisation=why.through)} {said}"


def _ruled(reason: RetentionReason) -> str:
    until, said = day(reason.keep_until, language()), law(reason.kind)
    if reason.formula == Formula.OWN_PERIOD:
        return t("why.own", months=reason.period, until=until, law=said)
    year = reason.financial_year
    if year is None:
        return t("why.by_law", until=until, law=said)
    return t(
        "why.voucher",
        start=day(year.start, language()),
        end=day(year.end, language()),
        until=until,
        law=said,
    )


def _arithmetic(reason: RetentionReason) -> str:
    until, counted = (day(on, language()) for on in (reason.keep_until, reason.counted_from))
    if reason.formula == Formula.OWN_PERIOD:
        return t("why.own_arithmetic", counted=counted, months=reason.period, until=until)
    said = "voucher" if reason.formula in _AFTER_THE_YEAR else reason.formula
    return t(f"why.{said}_arithmetic", counted=counted, period=reason.period, until=until)
