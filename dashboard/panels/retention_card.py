"""Retention on a customer's card, and its figures on the overview."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard.navigation import link
from dashboard.panels.hold_forms import draw_holds, place_button
from dashboard.panels.retention_reasons import held, kept_by, sentences
from dashboard.ui import clock, safe_html
from dashboard.ui.gateway import ask
from dashboard.ui.language import language, t
from queries.reads.restored import restore_to_check
from queries.reads.retention.blocked_by import holds_on
from queries.reads.retention.figures import RetentionFigures, RetentionState, retention_figures
from queries.reads.retention.holds import holds_to_review
from queries.reads.retention.reasons import ReasonPart, customer_retention, record_explained
from queries.store.tables import HoldScope
from queries.wording.formats import day, number

_IN_A_ROW = 3


def draw_retention_of(party_id: int) -> None:
    """Draw until when a customer's details and records are kept, and why; its holds."""
    shown = ask(customer_retention, party_id, today=clock.today())
    keepers = shown.keepers
    safe_html.lines(*sentences(shown.why, keepers, today=clock.today()))
    for words, on in (("restricted", keepers.restricted_since), ("asked", keepers.asked_on)):
        if on is not None:
            st.info(t(f"retention.{words}", on=day(on, language())), icon=":material/front_hand:")
    if shown.parts:
        safe_html.table(
            (
                t("fields.record"),
                t("fields.count"),
                t("fields.first_until"),
                t("fields.last_until"),
            ),
            [_part(part) for part in shown.parts],
            caption=t("retention.card_parts"),
        )
    if keepers.holds:
        draw_holds(keepers.holds)
    place_button(HoldScope.PARTY, party_id)
    link("retention", t("pages.retention"), {"party": str(party_id)}, icon="schedule")


def draw_holds_on(scope: str, key: int) -> None:
    """One line for each hold that keeps a customer's records, an order or an invoice."""
    found = ask(holds_on, scope, key, today=clock.today())
    if found:
        with st.container(border=True):
            safe_html.lines(*(held(one) for one in found))


def draw_retention_of_record(scope: str, key: int) -> None:
    """Draw until when an order or an invoice is kept, and why, in a fold; a hold is placed here."""
    with st.expander(t("retention.card"), key=f"keep-{scope}-{key}", on_change="rerun") as fold:
        if fold.open:
            found, keepers = ask(record_explained, scope, key, today=clock.today())
            safe_html.lines(
                *sentences(found, keepers, today=clock.today()),
                *kept_by(replace(keepers, holds=())),
            )
            if keepers.holds:
                draw_holds(keepers.holds)
            place_button(scope, key)


def _part(part: ReasonPart) -> tuple[str, ...]:
    return (
        t(f"file_kinds.{part.kind}"),
        number(part.count, language()),
        *(
            t("retention.no_deadline") if until is None else day(until, language())
            for until in (part.first, part.last)
        ),
    )


def draw_retention_figures() -> RetentionFigures:
    """The row of the overview: what is overdue since when, what is next, a restore to check, holds
    to review; returns what it read."""
    shown = ask(retention_figures, today=clock.today())
    state_figures(shown, (RetentionState.OVERDUE, RetentionState.DAYS_90, RetentionState.MISSING))
    year_faults(shown)
    age_lines(shown)
    if ask(restore_to_check) is not None:
        st.warning(t("restored.title"), icon=":material/settings_backup_restore:")
        link("disposal", t("pages.disposal"), icon="arrow_forward")
    n = ask(holds_to_review, today=clock.today())
    if n:
        st.warning(t("holds.to_review", n=n), icon=":material/event_busy:")
        link("retention", t("holds.title"), icon="arrow_forward")
    return shown


def state_figures(shown: RetentionFigures, states: tuple[RetentionState, ...]) -> None:
    """A figure of each state, with a link to its records; three in a row, so that no word of a
    label is broken."""
    for at in range(0, len(states), _IN_A_ROW):
        for column, state in zip(st.columns(_IN_A_ROW), states[at : at + _IN_A_ROW], strict=True):
            with column, st.container(border=True, height="stretch", gap="small"):
                safe_html.figure(t(f"retention.{state}"), number(shown.of(state), language()))
                link("retention", t("retention.show"), {"state": state}, icon="arrow_forward")


def year_faults(shown: RetentionFigures) -> None:
    """The days that are in several financial years, with the way to mend them."""
    for start, end in shown.overlapping:
        said = t(
            "financial_years.overlapping", start=day(start, language()), end=day(end, language())
        )
        st.warning(said, icon=":material/event_busy:")
    if shown.overlapping:
        link("financial_years", t("pages.financial_years"), icon="arrow_forward")


def age_lines(shown: RetentionFigures) -> None:
    """Draw how old the oldest overdue record is, and when the next deadline is."""
    said = []
    if shown.oldest is not None and shown.of(RetentionState.OVERDUE):
        said += [
            t("retention.oldest", on=day(shown.oldest, language())),
            t("retention.age", n=(clock.today() - shown.oldest).days),
        ]
    elif not shown.of(RetentionState.OVERDUE):
        said.append(t("retention.none_overdue"))
    if shown.next_due is not None:
        said += [
            t("retention.next_due", on=day(shown.next_due, language())),
            t("retention.next_count", n=shown.next_count),
        ]
    st.caption(" ".join(said))
