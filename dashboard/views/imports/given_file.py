"""The file to import and how it is read: given once, looked at again at every redraw.

What was read of it stays in the browser session until another file takes its place. Settings have
keys of the file's own hash: a new file begins with what is recognised of it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.ui import safe_html
from dashboard.ui.language import sentence, t
from queries.errors import RegisterError
from queries.intake.customers.columns import FIELDS, letters
from queries.intake.plan import ImportSettings, NameOrder
from queries.intake.readers.child_process import read_apart
from queries.intake.readers.delimited import DELIMITERS, ENCODINGS
from queries.intake.readers.grid import Grid
from queries.intake.readers.read_file import Intake
from queries.intake.ytj import service
from queries.rules.identifiers import find_personal_identity_codes
from queries.store.tables import PartyKind

#: Columns that can be chosen by hand; recognised ones further on are brought in all the same.
MOST_COLUMNS = 60
_SAMPLE = 40
#: Reading that takes no longer than this, in seconds, shows no bar.
_UNSEEN = 2.0
_DELIMITER_NAMES = dict(zip(DELIMITERS, ("semicolon", "comma", "tab", "pipe"), strict=True))
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


def draw_settings(given: Given) -> tuple[Intake, ImportSettings]:
    """Draw what the file is and how it is read, to be adjusted."""
    settings = _chosen_reading(given)
    intake = read(given, settings)
    grid = intake.grid
    system = t(f"import.systems.{grid.system}") if grid and grid.system else ""
    safe_html.chips([t(f"import.forms.{intake.form}"), *([system] if system else [])])
    if intake.format.plan is None:
        return intake, settings
    mailing = intake.format.is_mailing_list
    if mailing:
        st.caption(t(f"import.mailing.{intake.form}"))
    unclear = grid is not None and (len(grid.sheets) > 1 or not (grid.columns or mailing))
    with st.expander(t("import.settings"), expanded=unclear):
        if grid is not None:
            _draw_reading(given, grid)
        if grid is not None and intake.format.has_columns:
            columns = _draw_columns(given, settings, grid)
            if columns != grid.columns:
                settings = replace(settings, columns=columns)
        settings = _draw_choices(given, settings, intake)
    return intake, settings


def _key(given: Given, name: str) -> str:
    return f"import.{given.key}.{name}"


def _chosen_reading(given: Given) -> ImportSettings:
    """Return the chosen way of reading the file, before the widgets are drawn."""
    chosen = {name: _chosen(_key(given, name)) for name in ("encoding", "delimiter", "sheet")}
    return ImportSettings(**chosen, has_header=_chosen(_header_key(given)))


def _chosen(key: str) -> Any:
    """Return the value of a widget, or None where it is the one that was recognised."""
    value = st.session_state.get(key)
    return None if value == st.session_state.get(_recognised(key)) else value


def _recognised(key: str) -> str:
    """Return the key of what a widget began with: that of the first reading stays."""
    return f"{key}!recognised"


def _begin(key: str, recognised: object) -> None:
    """Let a widget begin with what was recognised."""
    st.session_state.setdefault(key, recognised)
    st.session_state.setdefault(_recognised(key), recognised)


def _header_key(given: Given) -> str:
    """Return a key for each sheet, since each may have a heading or not."""
    return _key(given, f"has_header.{st.session_state.get(_key(given, 'sheet'))}")


def _draw_reading(given: Given, grid: Grid) -> None:
    columns = st.columns(3)
    if grid.encoding is not None:
        _select(columns[0], given, "encoding", ENCODINGS, grid.encoding, str.upper)
    if grid.delimiter in DELIMITERS:
        _select(
            columns[1],
            given,
            "delimiter",
            DELIMITERS,
            grid.delimiter,
            lambda one: t(f"import.delimiters.{_DELIMITER_NAMES[one]}"),
        )
    if len(grid.sheets) > 1 and grid.sheet is not None:
        _select(columns[2], given, "sheet", grid.sheets, grid.sheet, str)
    key = _header_key(given)
    _begin(key, grid.header is not None)
    st.checkbox(t("import.has_header"), key=key)


def _select(
    place: Any,
    given: Given,
    name: str,
    options: tuple[str, ...],
    recognised: str,
    shown: Callable[[str], str],
) -> None:
    key = _key(given, name)
    _begin(key, recognised)
    place.selectbox(t(f"import.{name}"), options, key=key, format_func=shown)


def _draw_columns(given: Given, settings: ImportSettings, grid: Grid) -> dict[int, str]:
    """One choice a column, below its own name and the first value in it."""
    st.markdown(f"**{t('import.columns')}**")
    read_as = (settings.encoding, settings.delimiter, settings.sheet, settings.has_header)
    way = "-".join(str(one) for one in read_as)
    chosen = {at: name for at, name in grid.columns.items() if at >= MOST_COLUMNS}
    places = st.columns(3)
    options = ["", *FIELDS]
    for at in range(min(grid.width, MOST_COLUMNS)):
        with places[at % 3]:
            name = grid.header[at] if grid.header and at < len(grid.header) else ""
            label = t("import.column", letter=letters(at))
            safe_html.lines(name or label, small=_sample(grid, at))
            picked = st.selectbox(
                label,
                options,
                index=options.index(grid.columns.get(at, "")),
                format_func=_field_name,
                key=_key(given, f"column.{way}.{at}"),
                label_visibility="collapsed",
            )
        if picked:
            chosen[at] = picked
    return chosen


def _field_name(field: str) -> str:
    return t(f"import.fields.{field}") if field else t("import.column_out")


def _sample(grid: Grid, at: int) -> str:
    for row in grid.rows[:20]:
        cell = row.cells[at].strip() if at < len(row.cells) else ""
        if cell and not find_personal_identity_codes(cell):
            return t("import.sample", sample=cell[:_SAMPLE])
    return ""


def _draw_choices(given: Given, settings: ImportSettings, intake: Intake) -> ImportSettings:
    chosen: dict[str, Any] = {}

    def tick(name: str, *, now: bool = False) -> None:
        chosen[name] = st.checkbox(t(f"import.{name}"), value=now, key=_key(given, name))

    offered = intake.format.choices
    for name in ("create_missing", "overwrite", "as_partner", "accept_suspect"):
        if name in offered:
            tick(name, now=name == "create_missing")
    if "default_kind" in offered:
        chosen["default_kind"] = st.selectbox(
            t("import.default_kind"),
            [kind.value for kind in PartyKind],
            format_func=lambda one: t(f"kinds.{one}"),
            key=_key(given, "default_kind"),
        )
    if "name_order" in offered:
        chosen["name_order"] = st.selectbox(
            t("import.name_order"),
            [order.value for order in NameOrder],
            format_func=lambda one: t(f"import.name_orders.{one}"),
            key=_key(given, "name_order"),
        )
    return replace(settings, **chosen)
