"""Carrying a previewed import out, with a bar and a way out.

The button only says what was seen. The next run of the page carries it out: any click ends a run
where it draws, which is within the transaction here, and so rolls the whole import back. Nothing is
drawn between the commit and the note that it is done.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.ui import clock
from dashboard.ui.gateway import ask, carry_out
from dashboard.ui.language import t
from dashboard.views.imports.given_file import start_over
from dashboard.views.imports.outcome import DONE, Brought, Done
from dashboard.views.imports.preview import REFUSAL, SeenPlan, forget_plan
from queries.errors import RegisterError
from queries.intake.import_command import BringIn, bring_in, preview
from queries.intake.plan import RowOutcome

#: Customers that are listed after an import.
MOST_PEOPLE = 200
#: Rows that are worth a bar.
MANY = 500
#: Seconds between two drawings of the bar.
_BETWEEN = 0.5

_WANTED = "import!wanted"
_BEGUN = "import!begun"


def want(seen: SeenPlan, without: bool) -> None:
    """Let the next run carry out what was seen (a callback); once it is done, no more."""
    if DONE not in st.session_state:
        st.session_state[_WANTED] = (seen, without)


def carry_out_wanted() -> None:
    """Carry out what is wanted, or say that it was ended before it was done."""
    wanted = st.session_state.pop(_WANTED, None)
    if wanted is None:
        if st.session_state.pop(_BEGUN, False):
            st.warning(t("import.ended_early"), icon=":material/cancel:")
        return
    seen, without = wanted
    st.session_state[_BEGUN] = True
    place = st.empty()
    try:
        _bring_in(seen, without, _teller(place, seen))
    except RegisterError as error:
        forget_plan()
        st.session_state[REFUSAL] = error
        del st.session_state[_BEGUN]
    finally:
        place.empty()


def _bring_in(seen: SeenPlan, without: bool, progress: Callable[[int], None]) -> None:
    plan = seen.plan
    inputs = BringIn(
        intake=seen.intake,
        settings=seen.settings,
        fingerprint=plan.fingerprint,
        skip_refused=without,
        progress=progress,
    )
    carry_out(bring_in, inputs, token=seen.token)
    start_over()
    create, change, skip, refuse = (plan.count(outcome) for outcome in RowOutcome)
    done = Done(create, change, skip, refuse)
    st.session_state[DONE] = done
    with st.spinner(t("import.being_listed")):
        st.session_state[DONE] = replace(done, people=_people(seen))


def _people(seen: SeenPlan) -> tuple[Brought, ...]:
    """Return whom the import added to or changed: planned again, every row says whose it is."""
    after = ask(preview, seen.intake, settings=seen.settings, today=clock.today())
    worked = {
        row.number
        for row in seen.plan.rows
        if row.outcome in {RowOutcome.CREATE, RowOutcome.CHANGE}
    }
    people = {
        row.party_id: Brought(row.party_id, row.party_name or row.name)
        for row in after.rows
        if row.number in worked and row.party_id is not None
    }
    return tuple(people.values())[:MOST_PEOPLE]


def _teller(place: DeltaGenerator, seen: SeenPlan) -> Callable[[int], None]:
    """Show how far a long import is, with a way out; a short one is over before that is read."""
    work = sum(seen.plan.count(one) for one in (RowOutcome.CREATE, RowOutcome.CHANGE))
    if len(seen.plan.rows) < MANY:
        return lambda _rows: None
    with place.container():
        bar = st.progress(0.0, text=t("import.being_carried_out"))
        st.button(t("import.cancel"), key="import!end_early")
    done, drawn = 0, time.monotonic()

    def tell(rows: int) -> None:
        nonlocal done, drawn
        done += rows
        if time.monotonic() - drawn >= _BETWEEN:
            drawn = time.monotonic()
            bar.progress(min(done / work, 1.0), text=t("import.being_carried_out"))

    return tell
