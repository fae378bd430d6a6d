"""The preview of an import row by row."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from dashboard.import_words import details, nothing_key, reason_sentence, who, why
from dashboard.ui import clock, safe_html
from dashboard.ui.gateway import ask
from dashboard.ui.language import language, sentence, t
from dashboard.views.imports.matches import draw_matches
from queries.errors import StaleRecord
from queries.intake.import_command import preview
from queries.intake.plan import ImportSettings, Plan, PlanRow, RowOutcome
from queries.intake.readers.read_file import Intake
from queries.wording.formats import number

#: Rows shown at once.
STEP = 100
_PLAN = "import!plan"
_TOKEN = "import!token"  # noqa: S105 - the name of a form's token
#: Why the plan that was seen was not carried out.
REFUSAL = "import!refusal"


@dataclass(frozen=True)
class SeenPlan:
    """A plan as it was drawn, with what it was made of.

    :param token: of this drawing: it is carried out once.
    """

    plan: Plan
    intake: Intake
    settings: ImportSettings
    token: str


def planned(intake: Intake, settings: ImportSettings) -> SeenPlan:
    """The plan by these settings, made anew only when they change."""
    wanted = (intake.sha256, repr(settings), clock.today())
    kept = st.session_state.get(_PLAN)
    if kept is None or kept[0] != wanted:
        with st.spinner(t("import.being_planned")):
            plan = ask(preview, intake, settings=settings, today=clock.today())
        kept = (wanted, plan)
        st.session_state[_PLAN] = kept
        st.session_state[_TOKEN] = secrets.token_urlsafe(16)
    return SeenPlan(kept[1], intake, settings, st.session_state[_TOKEN])


def forget_plan() -> None:
    """Let the plan be made anew."""
    st.session_state.pop(_PLAN, None)


def draw_plan(seen: SeenPlan, want: Callable[[SeenPlan, bool], None]) -> None:
    """Draw the plan row by row, with the button that calls ``want``."""
    plan = seen.plan
    st.header(t("import.preview"), anchor=False)
    counts = {outcome: plan.count(outcome) for outcome in RowOutcome}
    safe_html.chips(t(f"import.counts.{one}", n=n) for one, n in counts.items() if n)
    _draw_refusal()
    refused = counts[RowOutcome.REFUSE]
    safe_html.lines(*(reason_sentence(note, language()) for note in plan.notes))
    draw_matches(plan, seen.intake)
    if not plan.rows:
        pass  # that the file has no rows is said above
    elif not plan.does_something:
        st.info(t(nothing_key(plan)))
    else:
        without = bool(refused) and st.checkbox(t("import.skip_refused"), key="import!without")
        st.button(
            t("import.carry_out"),
            type="primary",
            icon=":material/upload_file:",
            key="import.carry_out",
            disabled=bool(refused) and not without,
            on_click=want,
            args=(seen, without),
        )
    if plan.rows:
        _draw_rows(plan)


def _draw_refusal() -> None:
    refusal = st.session_state.pop(REFUSAL, None)
    if isinstance(refusal, StaleRecord):
        st.warning(t("import.stale"), icon=":material/sync_problem:")
    elif refusal is not None:
        st.error(sentence(refusal), icon=":material/error:")


def _draw_rows(plan: Plan) -> None:
    there = [outcome for outcome in RowOutcome if plan.count(outcome)]
    first = RowOutcome.REFUSE if RowOutcome.REFUSE in there else None
    options = [None, *there] if len(there) > 1 else [None]
    chosen = st.segmented_control(
        t("import.show"),
        options,
        default=first if len(there) > 1 else None,
        key="import!show",
        format_func=lambda one: t(f"import.outcomes.{one}") if one else t("import.show_all"),
    )
    rows = [row for row in plan.rows if chosen is None or row.outcome is chosen]
    most = st.session_state.get("import!most", STEP)
    safe_html.table(
        [t(f"import.{name}") for name in ("row", "outcome", "who", "why", "changes")],
        [_cells(row) for row in rows[:most]],
        caption=t("import.alt"),
    )
    if len(rows) > most:
        st.button(t("import.more"), on_click=_more, args=(most + STEP,))


def _cells(row: PlanRow) -> tuple[str, ...]:
    spoken = language()
    return (
        number(row.number, spoken),
        t(f"import.outcomes.{row.outcome}"),
        who(row, spoken),
        why(row, spoken),
        "; ".join(details(row, spoken)),
    )


def _more(most: int) -> None:
    st.session_state["import!most"] = most
