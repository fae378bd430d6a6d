"""The preview of an import row by row, and carrying it out."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import streamlit as st

from dashboard.import_words import details, nothing_key, reason_sentence, who, why
from dashboard.ui import clock, safe_html
from dashboard.ui.gateway import ask, carry_out
from dashboard.ui.language import language, sentence, t
from dashboard.ui.lists import Column, record_table
from dashboard.views.imports.given_file import start_over
from dashboard.views.imports.matches import draw_matches
from dashboard.words.formats import number
from queries.errors import RegisterError, StaleRecord
from queries.intake.import_command import BringIn, bring_in, preview
from queries.intake.plan import ImportSettings, Plan, PlanRow, RowOutcome
from queries.intake.readers.read_file import Intake

#: Rows shown at once.
STEP = 100
#: Customers that are listed after an import.
MOST_PEOPLE = 200
_PLAN = "import!plan"
_TOKEN = "import!token"  # noqa: S105 - the name of a form's token
_DONE = "import!done"
_REFUSAL = "import!refusal"


@dataclass(frozen=True)
class Brought:
    """A customer whom an import added to or changed."""

    id: int
    name: str


@dataclass(frozen=True)
class Done:
    """The result of an import."""

    created: int
    changed: int
    skipped: int
    refused: int
    people: tuple[Brought, ...]


def planned(intake: Intake, settings: ImportSettings) -> Plan:
    """The plan by these settings, made anew only when they change."""
    wanted = (intake.sha256, repr(settings), clock.today())
    kept = st.session_state.get(_PLAN)
    if kept is None or kept[0] != wanted:
        plan = ask(preview, intake, settings=settings, today=clock.today())
        kept = (wanted, plan)
        st.session_state[_PLAN] = kept
        st.session_state[_TOKEN] = secrets.token_urlsafe(16)
    found: Plan = kept[1]
    return found


def draw_plan(plan: Plan, intake: Intake, settings: ImportSettings) -> None:
    st.header(t("import.preview"), anchor=False)
    counts = {outcome: plan.count(outcome) for outcome in RowOutcome}
    safe_html.chips(t(f"import.counts.{one}", n=n) for one, n in counts.items() if n)
    _draw_refusal()
    refused = counts[RowOutcome.REFUSE]
    safe_html.lines(*(reason_sentence(note, language()) for note in plan.notes))
    draw_matches(plan, intake)
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
            on_click=_carry_out,
            args=(plan, intake, settings, without, st.session_state[_TOKEN]),
        )
    if plan.rows:
        _draw_rows(plan)


def _draw_refusal() -> None:
    refusal = st.session_state.pop(_REFUSAL, None)
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


def _carry_out(
    plan: Plan, intake: Intake, settings: ImportSettings, without: bool, token: str
) -> None:
    """Bring the file in as it was drawn (a callback)."""
    inputs = BringIn(
        intake=intake, settings=settings, fingerprint=plan.fingerprint, skip_refused=without
    )
    try:
        carry_out(bring_in, inputs, token=token)
    except RegisterError as error:
        st.session_state.pop(_PLAN, None)
        st.session_state[_REFUSAL] = error
        return
    # The same file again: every row now says whose it is.
    after = ask(preview, intake, settings=settings, today=clock.today())
    worked = {
        row.number for row in plan.rows if row.outcome in {RowOutcome.CREATE, RowOutcome.CHANGE}
    }
    people = {
        row.party_id: Brought(row.party_id, row.party_name or row.name)
        for row in after.rows
        if row.number in worked and row.party_id is not None
    }
    start_over()
    st.session_state[_DONE] = Done(
        plan.count(RowOutcome.CREATE),
        plan.count(RowOutcome.CHANGE),
        plan.count(RowOutcome.SKIP),
        plan.count(RowOutcome.REFUSE),
        tuple(people.values())[:MOST_PEOPLE],
    )


def draw_done() -> bool:
    """Draw what the last import did; return False when there is nothing to show."""
    done: Done | None = st.session_state.get(_DONE)
    if done is None:
        return False
    st.success(
        t(
            "import.done",
            created=done.created,
            changed=done.changed,
            skipped=done.skipped,
            refused=done.refused,
        ),
        icon=":material/check_circle:",
    )
    st.button(t("import.again"), key="import.again", on_click=start_over)
    if done.people:
        st.header(t("import.done_title"), anchor=False)
        record_table(
            done.people,
            (Column("fields.name", lambda row: row.name, width="large"),),
            key="import.people",
            opens="customer",
            alt=t("import.people"),
        )
    return True
