"""One paper record: its place, the parties that it names, its loans, and its end."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.navigation import link, open_record
from dashboard.panels.paper_forms import (
    destruction_form,
    loan_form,
    move_form,
    paper_button,
    paper_form,
    return_form,
)
from dashboard.panels.paper_labels import place, span, state, title, until
from dashboard.panels.restriction_banner import draw_restricted
from dashboard.panels.retention_reasons import kept_by, sentences
from dashboard.ui import clock, safe_html
from dashboard.ui.actions import act
from dashboard.ui.forms import editing
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import language, t
from dashboard.ui.lists import search_field
from dashboard.ui.trail_lines import draw_trail_of_record
from queries.reads.customers.customer_list import CustomerFilter, customer_list
from queries.reads.paper.records import LoanRow, PaperCard, PaperState, paper_card, papers_of
from queries.reads.retention.reasons import explained
from queries.rules.roles import Permission
from queries.wording.formats import day
from queries.writes.commands import Seen
from queries.writes.paper.destruction import remove_destruction
from queries.writes.paper.records import PartyLink, link_party, unlink_party

#: So many of those found are offered: whoever is not among them is searched for more closely.
_OFFERED = 5


def draw_record(paper_id: int) -> None:
    """The record with its history."""
    link("paper", t("paper.back"), icon="arrow_back")
    card = ask(paper_card, paper_id, today=clock.today())
    _head(card)
    left, right = st.columns([3, 2], gap="large")
    with left:
        _facts(card)
        _loans(card)
        _destruction(card)
    with right:
        _why(card)
        if card.row.disposed_on is None:
            _people(card)
        if may(Permission.SEE_TRAIL):
            with st.expander(t("paper.trail"), key=f"trail-{paper_id}", on_change="rerun") as fold:
                if fold.open:
                    draw_trail_of_record("paper_record", paper_id)


def draw_papers_of(party_id: int) -> None:
    """Draw, on a customer's card, the paper that names the customer, and where it is."""
    found = ask(papers_of, party_id, today=clock.today())
    if not found:
        st.caption(t("paper.card_none"))
    for row in found:
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            safe_html.lines(f"{row.number} {title(row)}", small=" · ".join((place(row), span(row))))
            st.button(
                t("paper.open"),
                key=f"paper-{row.id}.card",
                type="tertiary",
                icon=":material/folder_open:",
                on_click=open_record,
                args=("paper", row.id),
            )


def _head(card: PaperCard) -> None:
    row = card.row
    kind = t(f"paper_kinds.{row.kind}")
    if row.disposed_on is None:
        safe_html.heading(row.title, after=f"{row.number} · {kind}")
    else:
        safe_html.heading(row.number, after=kind)
    with st.container(horizontal=True, vertical_alignment="center"):
        said = [t(f"retention_classes.{row.class_code}"), state(row)]
        if card.is_paper and row.keep_until is not None and row.keep_until < clock.today():
            said.append(t(f"paper_states.{PaperState.OVERDUE}"))
        safe_html.chips([word for word in said if word != "–"])
        if card.is_paper:
            paper_button(f"paper-{row.id}", "forms.edit")
            paper_button(f"move-{row.id}", "paper.move", icon="move_item")
    if editing(f"paper-{row.id}"):
        paper_form(card)
    if editing(f"move-{row.id}"):
        move_form(card)


def _facts(card: PaperCard) -> None:
    row = card.row
    safe_html.facts(
        [
            (t("paper_fields.period"), span(row)),
            (t("paper_fields.keep_until"), until(row)),
            (t("paper_fields.place"), place(row)),
        ]
    )


def _why(card: PaperCard) -> None:
    if card.key is None:
        return
    why, keepers = ask(explained, card.key, today=clock.today())
    st.subheader(t("paper.why"), anchor=False)
    safe_html.lines(*sentences(why, keepers, today=clock.today()), *kept_by(keepers))


def _people(card: PaperCard) -> None:
    st.subheader(t("paper.people"), anchor=False)
    st.caption(t("paper.people_about"))
    if not card.parties:
        st.caption(t("paper.no_people"))
    keeps = may(Permission.KEEP_PAPER) and card.is_paper
    for key, name in card.parties:
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            safe_html.lines(name)
            st.button(
                t("card.open"),
                key=f"named-{key}.open",
                type="tertiary",
                icon=":material/person:",
                on_click=open_record,
                args=("customer", key),
            )
            if keeps:
                st.button(
                    t("paper.unlink"),
                    key=f"named-{key}.remove",
                    type="tertiary",
                    icon=":material/link_off:",
                    on_click=_change,
                    args=(unlink_party, _link(card, key), "paper.unlinked"),
                )
    draw_restricted(card.parties, lambda party: party)
    if keeps:
        _find(card)


def _find(card: PaperCard) -> None:
    """Search for the parties that it names."""
    text = search_field("paper-people", label="paper.find_person")
    if not text.strip():
        return
    known = {key for key, _name in card.parties}
    rows = ask(customer_list, CustomerFilter(text=text, role=None), size=_OFFERED).rows
    if not rows:
        st.caption(t("customers.none"))
    for row in rows:
        if row.id in known:
            continue
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            safe_html.lines(row.name, small=row.town or "")
            st.button(
                t("paper.tells_of"),
                key=f"tells-{row.id}",
                type="tertiary",
                icon=":material/add_link:",
                on_click=_change,
                args=(link_party, _link(card, row.id), "paper.linked"),
            )


def _link(card: PaperCard, party_id: int) -> PartyLink:
    return PartyLink(id=card.row.id, version=card.version, party_id=party_id)


def _loans(card: PaperCard) -> None:
    row, out = card.row, card.out
    if row.disposed_on is not None:
        return
    st.subheader(t("paper.loans"), anchor=False)
    if out is not None:
        late = out.due_on < clock.today()
        said = t("paper.out_late" if late else "paper.out", who=out.lent_to, on=out.due_on)
        safe_html.lines(said, small=out.reason)
    form = f"loan-{row.id}"
    if editing(form):
        loan_form(card, out)
    elif editing(f"return-{row.id}") and out is not None:
        return_form(card)
    elif card.is_paper:
        with st.container(horizontal=True):
            if out is not None:
                paper_button(f"return-{row.id}", "paper.return", icon="assignment_return")
                paper_button(form, "paper.amend_loan")
            else:
                paper_button(form, "paper.lend", icon="outbox")
    earlier = [loan for loan in card.loans if loan.returned_on is not None]
    if earlier:
        safe_html.table(
            [t(f"paper_fields.{name}") for name in ("lent_to", "reason", "lent_on", "returned_on")],
            [_loan(loan) for loan in earlier],
        )
    elif out is None:
        st.caption(t("paper.no_loans"))


def _loan(loan: LoanRow) -> tuple[str, ...]:
    return (
        loan.lent_to,
        loan.reason,
        day(loan.lent_on, language()),
        day(loan.returned_on, language()),
    )


def _destruction(card: PaperCard) -> None:
    """The line of its destruction, or the way to it; nothing while it is kept."""
    row, line, form = card.row, card.destruction, f"destroy-{card.row.id}"
    is_over = row.keep_until is not None and row.keep_until < clock.today()
    if line is None and not is_over and card.run_id is None:
        return
    st.subheader(t("paper.destruction"), anchor=False)
    if line is not None:
        safe_html.lines(
            t(
                "paper.destroyed_line",
                by=line.destroyed_by,
                on=line.destroyed_on,
                witness=line.witness,
            ),
            small=t(f"destruction_methods.{line.method}"),
        )
    if row.disposed_on is not None:
        st.caption(t("paper.disposed", on=row.disposed_on))
    elif editing(form):
        destruction_form(card)
    elif line is not None:
        st.caption(t("paper.waits"))
        _take_back(card)
    elif card.run_id is not None:
        st.info(t("paper.destroy_about", n=card.run_id), icon=":material/delete_sweep:")
        paper_button(form, "paper.destroy", icon="delete_sweep", primary=True)
    else:
        st.caption(t("paper.destroy_not_yet"))
        link("disposal", t("paper.open_disposal"), icon="delete_forever")


def _take_back(card: PaperCard) -> None:
    """Correct the line, or take it back that was written of another record."""
    if not may(Permission.KEEP_PAPER):
        return
    with st.container(horizontal=True):
        if card.run_id is not None:
            paper_button(f"destroy-{card.row.id}", "forms.edit")
        with st.popover(t("paper.take_back"), icon=":material/undo:", type="tertiary"):
            st.write(t("paper.take_back_sure"))
            inputs = Seen(id=card.row.id, version=card.version)
            st.button(
                t("paper.take_back_yes"),
                key="paper.take_back",
                on_click=_change,
                args=(remove_destruction, inputs, "paper.taken_back"),
            )


def _change(command: Any, inputs: Any, done: str) -> None:
    token = f"{command.__name__}-{inputs.id}-{inputs.version}-{getattr(inputs, 'party_id', 0)}"
    act(command, inputs, token=token, done=done)
