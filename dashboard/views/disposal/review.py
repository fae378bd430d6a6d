"""Review of a disposal: who decided, what is erased by which rule, what stays and why."""

from __future__ import annotations

from datetime import date, datetime

import streamlit as st

from dashboard.ui import safe_html
from dashboard.ui.gateway import ask
from dashboard.ui.language import language, t
from dashboard.ui.trail_lines import said_by
from queries.documents.certificate import parts
from queries.reads.retention.disposals import Group, Review, RunRow, disposal_items
from queries.store.tables import Outcome
from queries.wording.formats import day, euros, instant, number

SAMPLE = 20
#: How many more files a press on the button shows.
_MORE = 200


def decisions(run: RunRow) -> list[tuple[str, str]]:
    """Return who proposed and approved, and when."""
    found = [
        (t("disposal.as_of"), day(run.as_of, language())),
        (t("disposal.proposed"), _who(run.proposed_by, run.proposed_at)),
    ]
    if run.approved_by:
        found.append((t("disposal.approved"), _who(run.approved_by, run.approved_at)))
    if run.finished_at:
        found.append((t("disposal.finished"), instant(run.finished_at, language())))
    return found


def _who(username: str, at: datetime | None) -> str:
    return f"{said_by(username)}, {instant(at, language())}"


def draw_groups(review: Review) -> None:
    """The files by kind and class, with their rule."""
    begun = review.decided > 0
    st.subheader(t("disposal.goes"), anchor=False)
    head = ("record", "class", "citation", "events", "files", *(("gone", "stayed") * begun))
    safe_html.table(
        [t(f"disposal.{name}") for name in head], [_line(g, begun) for g in review.groups]
    )


def _line(group: Group, begun: bool) -> list[str]:
    days = (day(group.first_event, language()), day(group.last_event, language()))
    counts = (group.count, group.gone, group.stayed) if begun else (group.count,)
    return [
        t(f"file_kinds.{group.kind}"),
        t(f"retention_classes.{group.class_code}"),
        group.rule,
        "–".join(dict.fromkeys(days)),
        *(number(count, language()) for count in counts),
    ]


def draw_sums(review: Review) -> None:
    """The sums of its invoices that are open, or were written off."""
    if review.sums:
        safe_html.facts(
            [
                (t(f"disposal_sums.{name}"), euros(cents, language()))
                for name, cents in review.sums.items()
            ]
        )


def draw_reasons(review: Review) -> None:
    """Draw what stayed, by reason."""
    st.subheader(t("disposal.stays"), anchor=False)
    safe_html.table(
        (t("disposal.record"), t("disposal.reason"), t("disposal.files")),
        [
            (t(f"file_kinds.{kind}"), _why(reason), number(count, language()))
            for kind, reason, count in review.reasons
        ],
    )


def draw_files(review: Review, kind: str) -> None:
    """The first files of a kind: those that stayed once it is carried out, else those that go; all
    of them by and by."""
    outcome = None if review.waiting else Outcome.STAYED
    shown = f"disposal.shown.{review.run.id}.{kind}"
    size = st.session_state.get(shown, SAMPLE)
    rows = ask(disposal_items, review.run.id, kind=kind, outcome=outcome, size=size + 1)
    if not rows:
        return
    more, rows = len(rows) > size, rows[:size]
    with st.expander(t("disposal.first_files", kind=t(f"file_kinds.{kind}"), n=len(rows))):
        safe_html.table(
            [t(f"disposal.{name}") for name in ("identifier", "party", "event", "until", "reason")],
            [
                (
                    row.number or str(row.record_id),
                    row.party or "",
                    day(row.event_on, language()),
                    day(row.keep_until, language()),
                    _why(row.reason or ""),
                )
                for row in rows
            ],
        )
        if more:
            st.button(
                t("disposal.more"),
                key=f"disposal.more.{kind}",
                type="tertiary",
                icon=":material/expand_more:",
                on_click=_show_more,
                args=(shown, size),
            )


def _show_more(shown: str, size: int) -> None:
    st.session_state[shown] = size + _MORE


def _why(reason: str) -> str:
    code, about, until = parts(reason)
    if not code:
        return ""
    said = t(f"disposal_reasons.{code}")
    more = [t(f"retention_classes.{about}")] if about else []
    more += [day(date.fromisoformat(until), language())] if until else []
    return f"{said} ({', '.join(more)})" if more else said
