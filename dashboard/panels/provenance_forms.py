"""Telling people where their data came from: the letter, that it was sent, and that it was not."""

from __future__ import annotations

import secrets
from functools import partial

import streamlit as st

from dashboard.navigation import link
from dashboard.runtime import the_store
from dashboard.ui import clock, safe_html
from dashboard.ui.actions import act
from dashboard.ui.forms import Field, edit_form
from dashboard.ui.gateway import actor, ask, may
from dashboard.ui.language import language, t
from queries.documents.letters.provenance import source_letter
from queries.reads.provenance import FromElsewhere, from_elsewhere, source_notices_of
from queries.rules.roles import Actor, Permission
from queries.store.sessions import UnitOfWork
from queries.store.tables import ToldHow
from queries.wording.formats import day
from queries.writes.notice.told import NoteTold, RetractTold, note_told, retract_told

TOLD = (
    Field("told_on", "day", label="provenance.told_on", row="1"),
    Field(
        "how", "choice", label="provenance.how", options=tuple(ToldHow), words="told_how", row="1"
    ),
)

#: What was noted last in this session, to be taken back.
_NOTED = "provenance!noted"


def draw_reminder(notice_id: int) -> None:
    """One person: which data, the letter on paper and as text, and the form that notes it."""
    told: FromElsewhere = ask(from_elsewhere, notice_id)
    with st.container(border=True):
        safe_html.heading(told.name, level=3)
        safe_html.lines(
            *(f"{t(f'provenance.data.{name}')}, {day(on, language())}" for name, on in told.data),
            small=t(f"sources.{told.source}"),
        )
        if told.told_on is None:
            st.caption(t("provenance.tell_by", due=told.due))
        else:
            st.caption(t("provenance.told_already", on=told.told_on, how=t(f"told_how.{told.how}")))
        link("customer", t("provenance.open_card"), {"id": str(told.party_id)}, icon="person")
        if not may(Permission.EDIT_CUSTOMERS):
            return
        with st.container(horizontal=True):
            for form, icon in (("pdf", "picture_as_pdf"), ("txt", "mail")):
                st.download_button(
                    t(f"provenance.letter_{form}"),
                    key=f"source-{notice_id}.{form}",
                    data=partial(_letter, actor(), notice_id, form=form),
                    file_name=f"{t('provenance.file_name')}-{notice_id}.{form}",
                    mime="application/pdf" if form == "pdf" else "text/plain; charset=utf-8",
                    icon=f":material/{icon}:",
                    on_click="ignore",
                )
        if told.told_on is None:
            told_form((notice_id,), f"source-{notice_id}")
            return
        inputs = RetractTold(ids=(notice_id,), told_on=told.told_on, how=str(told.how))
        with st.popover(t("provenance.retract"), icon=":material/undo:", type="tertiary"):
            st.write(t("provenance.retract_about"))
            _retract_button(inputs, t("provenance.retract_yes"), f"source-{notice_id}.retract")


def told_form(ids: tuple[int, ...], form: str) -> None:
    """Draw the form for the day and the way in which the people of these reminders were
    informed."""
    # A plain dictionary: the command may touch nothing of the screen while its transaction is open.
    noted: dict[str, NoteTold] = st.session_state.setdefault(_NOTED, {})

    def note(uow: UnitOfWork, inputs: NoteTold) -> int:
        first = note_told(uow, inputs)
        noted["last"] = inputs
        return first

    edit_form(
        form,
        TOLD,
        {"told_on": clock.today(), "how": ToldHow.POST},
        command=note,
        inputs=NoteTold,
        fixed={"ids": ids},
        done="provenance.noted",
        submit="provenance.note",
        is_inline=True,
    )


def draw_undo() -> None:
    """Draw the button that undoes a page that was recorded as informed a moment ago."""
    last: NoteTold | None = st.session_state.get(_NOTED, {}).get("last")
    if last is None or len(last.ids) == 1:  # a single one has its own undo, beside it
        return
    inputs = RetractTold(ids=last.ids, told_on=last.told_on, how=last.how)
    _retract_button(inputs, t("provenance.retract_page", n=len(last.ids)), "source-page.retract")


def _retract_button(inputs: RetractTold, label: str, key: str) -> None:
    token = st.session_state.setdefault(f"{key}!token", secrets.token_urlsafe(16))
    st.button(label, key=key, icon=":material/undo:", on_click=_retract, args=(inputs, key, token))


def _retract(inputs: RetractTold, key: str, token: str) -> None:
    st.session_state.pop(f"{key}!token", None)
    st.session_state.get(_NOTED, {}).clear()
    act(retract_told, inputs, token=token, done="provenance.retracted")


def draw_told(party_id: int) -> None:
    """Draw, on the customer card, data from elsewhere, and whether the person was informed."""
    for row in ask(source_notices_of, party_id):
        source = t(f"sources.{row.source}")
        if row.told_on is not None:
            st.caption(
                t(
                    "provenance.told",
                    source=source,
                    since=row.since,
                    on=row.told_on,
                    how=t(f"told_how.{row.how}"),
                )
            )
            if may(Permission.EDIT_CUSTOMERS):
                link("sources", t("provenance.retract"), {"id": str(row.id)}, icon="undo")
        else:
            st.warning(
                t("provenance.untold", source=source, since=row.since, due=row.due),
                icon=":material/campaign:",
            )
            link("sources", t("pages.sources"), {"id": str(row.id)}, icon="arrow_forward")


def _letter(reader: Actor, notice_id: int, *, form: str) -> bytes:
    """Make the letter's bytes on demand, for the user who was signed in when it was drawn."""
    with the_store().reading(reader, now=clock.now()) as session:
        made = source_letter(session, notice_id, today=clock.today(), by_post=form == "pdf")
    return made.pdf if form == "pdf" else made.text.encode()
