"""The parts of the page of manual material: records, rooms with their keys, loans, faults."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.navigation import link, open_page
from dashboard.panels.paper_forms import key_form, paper_button, room_form
from dashboard.panels.paper_labels import COLUMNS
from dashboard.ui import clock, safe_html
from dashboard.ui.forms import editing
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import language, t
from dashboard.ui.lists import (
    Choice,
    Column,
    choose,
    draw_page,
    page_marks,
    record_table,
    search_field,
)
from queries.reads.paging import KeyedT
from queries.reads.paper.faults import (
    Faults,
    LentRow,
    holders_without_reason_or_user,
    loans_out,
    overdue_loans,
    paper_figures,
    papers_nowhere,
    papers_outside_locked_room,
    rooms_without_lock,
)
from queries.reads.paper.records import PaperFilter, PaperRow, PaperState, paper_list
from queries.reads.paper.rooms import HolderRow, RoomRow, key_holders, rooms
from queries.rules.paper import PAPER_CLASSES
from queries.rules.roles import Permission
from queries.wording.formats import day

LENT: tuple[Column[LentRow], ...] = (
    Column("paper_fields.number", lambda row: row.number, width=80),
    Column("paper_fields.title", lambda row: row.title, width=210),
    Column("paper_fields.lent_to", lambda row: row.lent_to, width=180),
    Column("paper_fields.due_on", lambda row: day(row.due_on, language()), width=140),
    Column("paper_fields.state", lambda row: t("paper.late") if row.is_late else "–", width=100),
    Column("paper_fields.lent_on", lambda row: day(row.lent_on, language()), width=110),
    Column("paper_fields.reason", lambda row: row.reason, width=220),
)


def draw_papers() -> None:
    """The records, searched and filtered."""
    today = clock.today()
    found = {str(row.id): row.name for row in ask(rooms, today=today)}
    text = search_field("paper", label="paper.search")
    state, code, room = choose(
        Choice(
            "state",
            list(PaperState),
            "paper_states",
            every="paper_states.present",
            label="paper_fields.state",
        ),
        Choice("rule", PAPER_CLASSES, "retention_classes", label="paper_fields.class_code"),
        Choice("room", list(found), names=found, label="paper_fields.room_id"),
    )
    wanted = PaperFilter(
        text=text, state=state, class_code=code, room_id=None if room is None else int(room)
    )
    page = ask(paper_list, wanted, today=today, **page_marks())
    draw_page(page, COLUMNS, words="paper", opens="paper", key="papers")


def draw_rooms() -> None:
    """Each room with its lock and who has a key."""
    today = clock.today()
    paper_button("room-new", "paper.add_room", icon="add_home")
    if editing("room-new"):
        room_form(None)
    found = ask(rooms, today=today)
    holders = ask(key_holders, today=today)
    if not found:
        st.info(t("paper.no_rooms"))
    for room in found:
        with st.container(border=True):
            _room(room)
            own = [holder for holder in holders if holder.room_id == room.id]
            over = [holder for holder in own if holder.has_returned(today)]
            for holder in own:
                if holder not in over:
                    _holder(holder)
            if not room.holders and room.is_open:
                st.caption(t("paper.no_keys"))
            if editing(f"key-new-{room.id}"):
                key_form(room.id, None)
            elif room.is_open:
                paper_button(f"key-new-{room.id}", "paper.hand_out", icon="key")
            if over:
                _earlier(room, over)


def _room(room: RoomRow) -> None:
    if editing(f"room-{room.id}"):
        room_form(room)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        safe_html.heading(room.name, level=3, after=room.place)
        link(
            "paper",
            t("paper.papers", n=room.papers),
            {"part": "records", "room": str(room.id)},
            icon="folder_open",
        )
        paper_button(f"room-{room.id}", "forms.edit")
    if room.closed_on is not None:
        st.caption(t("paper.room_closed_on", on=room.closed_on))
    if room.lock:
        safe_html.lines(t("paper.locked", lock=room.lock))
    elif room.is_open:
        st.warning(t("paper.unlocked"), icon=":material/lock_open_right:")


def _earlier(room: RoomRow, over: list[HolderRow]) -> None:
    """Draw former holders of keys, folded: also the way to undo a return entered by mistake."""
    opened = any(editing(f"key-{holder.id}") for holder in over)
    with st.expander(
        t("paper.earlier_keys", n=len(over)), key=f"keys-before-{room.id}", expanded=opened
    ):
        for holder in over:
            _holder(holder)


def _holder(holder: HolderRow) -> None:
    if editing(f"key-{holder.id}"):
        key_form(holder.room_id, holder)
        return
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        safe_html.lines(holder.name, small=_holding(holder))
        paper_button(f"key-{holder.id}", "forms.edit")


def _holding(holder: HolderRow) -> str:
    """User, reason and since when, what is missing said in words."""
    user = holder.username or t("paper.no_user")
    if holder.username and not holder.is_user:
        user = t("paper.inactive_user", user=user)
    since = t("paper.since", on=day(holder.held_from, language()))
    if holder.held_until is not None:
        since = f"{day(holder.held_from, language())}–{day(holder.held_until, language())}"
    return " · ".join((user, holder.reason or t("paper.no_reason"), since))


def draw_loans() -> None:
    """Draw what is lent out."""
    found = ask(loans_out, today=clock.today())
    if not found.rows:
        st.info(t("paper.none_lent"))
        return
    st.caption(t("paper_faults.overdue_loans", n=found.faulty, of=found.of))
    _draw_lent(found, "loans")


def draw_faults() -> None:
    """Draw what is not as it should be, list by list; only a line where all is right."""
    today = clock.today()
    locks = ask(rooms_without_lock, today=today)
    keys = ask(holders_without_reason_or_user, today=today)
    nowhere = ask(papers_nowhere, today=today)
    outside = ask(papers_outside_locked_room, today=today)
    late = ask(overdue_loans, today=today)
    if not any(one.faulty for one in (locks, keys, nowhere, outside, late)):
        st.success(t("paper.all_right"), icon=":material/check_circle:")
    _faults(
        "rooms_without_lock",
        locks,
        lambda: _lines(locks, "room", lambda row: (row.name, row.place)),
    )
    _faults(
        "holders_without_reason_or_user",
        keys,
        lambda: _lines(keys, "key", lambda row: (f"{row.room}: {row.name}", _holding(row))),
    )
    _faults("papers_nowhere", nowhere, lambda: _draw_papers(nowhere, "nowhere"))
    if outside.faulty > nowhere.faulty:
        _faults("papers_outside_locked_room", outside, lambda: _draw_papers(outside, "outside"))
    _faults("overdue_loans", late, lambda: _draw_lent(late, "late"))


def draw_paper_line() -> None:
    """Draw, on the overview, late loans and what is to mend, if there is any."""
    shown = ask(paper_figures, today=clock.today())
    said = [
        t(f"paper.{words}", n=n)
        for words, n in (("late_loans", shown.late), ("to_mend", shown.faults))
        if n
    ]
    if said:
        st.warning(" ".join(said), icon=":material/folder_open:")
        link("paper", t("paper.mend"), {"part": "faults"}, icon="arrow_forward")


def _faults(name: str, found: Faults[KeyedT], draw: Callable[[], None]) -> None:
    if not found.faulty:
        return
    st.subheader(t(f"paper_faults.{name}", n=found.faulty, of=found.of), anchor=False)
    draw()
    if found.next_key is not None:
        st.caption(t("paper.more", n=len(found.rows)))


def _lines(found: Faults[KeyedT], form: str, said: Callable[[KeyedT], tuple[str, str]]) -> None:
    """Rooms or holders, each with the way to its form."""
    for row in found.rows:
        name, small = said(row)
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            safe_html.lines(name, small=small)
            if may(Permission.KEEP_PAPER):
                st.button(
                    t("paper.mend"),
                    key=f"{form}-{row.id}.mend",
                    icon=":material/build:",
                    type="tertiary",
                    on_click=_mend,
                    args=(f"{form}-{row.id}",),
                )


def _mend(form: str) -> None:
    st.session_state["editing"] = form
    open_page("paper", {"part": "rooms"})


def _draw_papers(found: Faults[PaperRow], key: str) -> None:
    record_table(found.rows, COLUMNS, key=key, opens="paper", alt=t("paper.alt"))


def _draw_lent(found: Faults[LentRow], key: str) -> None:
    record_table(found.rows, LENT, key=key, opens="paper", alt=t("paper.loans_alt"))
