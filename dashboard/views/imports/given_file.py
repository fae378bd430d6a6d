"""The file to import and how it is read: given once, looked at again at every redraw.

What was read of it stays in the browser session until another file takes its place. Settings have
keys of the file's own hash: a new file begins with what is recognised of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.ui.language import sentence, t
from queries.errors import RegisterError
from queries.intake.plan import ImportSettings
from queries.intake.readers.child_process import read_apart
from queries.intake.readers.read_file import Intake
from queries.intake.ytj import service

#: Reading that takes no longer than this, in seconds, shows no bar.
_UNSEEN = 2.0


_READ = "import!read"


_FETCHED = "import!fetched"


_REFUSED = "import!refused"


_TURN = "import!turn"


@dataclass(frozen=True)
class Given:
    """A file as it came: uploaded, or fetched from YTJ."""

    key: str
    name: str
    data: bytes = field(repr=False)


def start_over() -> None:
    """Forget the file (a callback); the next one begins anew."""
    turn = st.session_state.get(_TURN, 0) + 1
    for key in [key for key in st.session_state if str(key).startswith("import!")]:
        del st.session_state[key]
    st.session_state[_TURN] = turn


def draw_giving() -> Given | None:
    """The two ways of giving a file; None as long as there is none."""
    turn = st.session_state.get(_TURN, 0)
    left, right = st.columns(2, gap="large")
    with left:
        uploaded = st.file_uploader(t("import.file"), key=f"import.file.{turn}")
    with (
        right,
        st.form("import.ytj", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input(t("import.ytj"), key="import.business_id", help=t("import.ytj_help"))
        st.form_submit_button(t("import.fetch"), on_click=_fetch)
    if _REFUSED in st.session_state:
        st.error(st.session_state.pop(_REFUSED), icon=":material/error:")
    if uploaded is not None:
        return Given(uploaded.file_id, uploaded.name, uploaded.getvalue())
    fetched: Given | None = st.session_state.get(_FETCHED)
    return fetched


def _fetch() -> None:
    start_over()
    try:
        data = service.fetch_company(st.session_state["import.business_id"])
    except RegisterError as error:
        st.session_state[_REFUSED] = sentence(error)
        return
    st.session_state[_FETCHED] = Given(f"ytj-{st.session_state[_TURN]}", "ytj.json", data)


def read(given: Given, settings: ImportSettings) -> Intake:
    """The file as the settings say; a refusal is shown and the page stops there."""
    wanted = (given.key, settings.encoding, settings.delimiter, settings.sheet, settings.has_header)
    kept = st.session_state.get(_READ)
    if kept is not None and kept[0] == wanted:
        intake: Intake = kept[1]
        return intake
    place = st.empty()
    try:
        intake = read_apart(given.name, given.data, settings=settings, tell=_teller(place))
    except RegisterError as error:
        st.error(sentence(error), icon=":material/error:")
        st.stop()
    finally:
        place.empty()
    st.session_state[_READ] = (wanted, intake)
    return intake


def _teller(place: DeltaGenerator) -> Callable[[float], None]:
    """Shows how far the reading is, with a way out; a click ends the run, and so the reading."""
    bar: list[DeltaGenerator] = []
    began = time.monotonic()

    def tell(share: float) -> None:
        if not bar and time.monotonic() - began < _UNSEEN:
            return
        if not bar:
            with place.container():
                bar.append(st.progress(0.0))
                st.button(t("import.cancel"), key="import!cancel", on_click=start_over)
        bar[0].progress(min(share, 1.0), text=t("import.being_read"))

    return tell


def key_of(given: Given, name: str) -> str:
    return f"import.{given.key}.{name}"
