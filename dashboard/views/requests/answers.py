"""Rights of a request one by one: the answer, or the ways towards it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.ui import clock, safe_html
from dashboard.ui.forms import Field, page_form
from dashboard.ui.gateway import actor, ask, may
from dashboard.ui.language import t
from dashboard.views.requests.answer_forms import draw_fulfilling, draw_not_held, draw_refusal
from dashboard.views.requests.labels import answer_line
from dashboard.views.requests.rectification import draw_rectifying
from dashboard.views.requests.report_review import draw_review
from queries.errors import StaleRecord
from queries.reads.requests.erasure_plan import erasure_plan
from queries.reads.requests.request_card import RequestCard
from queries.reads.requests.request_list import AskedRow
from queries.rules.requests import ABSOLUTE, Asked, grounds_for
from queries.rules.roles import Permission
from queries.store.tables import Registered
from queries.writes.requests import restrictions


def draw_rights(card: RequestCard) -> None:
    """Each right with its answer, or with the steps towards it."""
    for right in card.rights:
        with st.container(border=True):
            gone = card.party_id is None and card.anonymised_on is None
            safe_html.lines(t(f"asked.{right.kind}"), small=answer_line(right, gone=gone))
            if right.refusal_reason:
                safe_html.lines(*right.refusal_reason.splitlines())
            if _somebody_was_first(card, right):
                st.warning(t("requests.answered_meanwhile"), icon=":material/sync_problem:")
            if right.status != "open" or not card.is_open:
                continue
            if may(Permission.ANSWER_REQUESTS):
                _draw_steps(card, right)
            elif _can_be_restricted(card, right) and may(Permission.HANDLE_REQUESTS):
                _draw_restricting(card)  # it takes effect before anybody has answered


def _somebody_was_first(card: RequestCard, right: AskedRow) -> bool:
    """Return whether an answer was not recorded because a colleague's was: its form is no longer
    there to say so. Shown once."""
    if right.status == "open":
        return False
    refused = [
        st.session_state.pop(f"{form}-{card.id}-{right.kind}!refusal", None)
        for form in ("answer", "refuse")
    ]
    late = any(isinstance(one, StaleRecord) for one in refused)
    return late and right.answered_by != actor().username


def _draw_steps(card: RequestCard, right: AskedRow) -> None:
    ways = _ways(card, right)
    way = st.segmented_control(
        t("requests.way"),
        ways,
        key=f"way-{card.id}-{right.kind}",
        default=ways[0],
        format_func=lambda code: t(f"requests.ways.{code}"),
        required=True,
    )
    if way == "refuse":
        draw_refusal(card, right)
        return
    if way == "not_in_register":
        draw_not_held(card, right)
        return
    values: dict[str, Any] = {}
    turn = 0
    if right.kind in ABSOLUTE:
        st.caption(t("requests.stopped"))
    if card.party_id is not None:
        if right.kind == Asked.ACCESS and card.identified:
            draw_review(card, card.party_id)
        elif right.kind == Asked.RECTIFICATION:
            values, turn = draw_rectifying(card, card.party_id)
        elif right.kind == Asked.ERASURE:
            _draw_plan(card.party_id)
        elif _can_be_restricted(card, right):
            _draw_restricting(card)
            return
    draw_fulfilling(card, right, values, turn)


def _ways(card: RequestCard, right: AskedRow) -> list[str]:
    if card.registered == Registered.NOT_IN_REGISTER:
        ways = ["not_in_register"]
        if right.kind in {Asked.OBJECTION, Asked.WITHDRAWAL, Asked.COMPLAINT}:
            ways.insert(0, "fulfil")
    else:
        ways = ["fulfil"]
    return [*ways, "refuse"] if grounds_for(right.kind) else ways


def _can_be_restricted(card: RequestCard, right: AskedRow) -> bool:
    known = card.party_id is not None and not card.restrictions
    return known and right.kind == Asked.RESTRICTION


def _draw_restricting(card: RequestCard) -> None:
    fields = (Field("reason", "lines", label="requests.fields.reason"),)
    page_form(
        f"restrict-{card.id}",
        fields,
        {},
        command=restrictions.restrict,
        inputs=restrictions.Restrict,
        submit="requests.restrict_now",
        fixed={"request_id": card.id, "version": card.version},
        done="requests.restricted",
    )


def _draw_plan(party_id: int) -> None:
    plan = ask(erasure_plan, party_id, today=clock.today())
    rows = [
        (
            t(f"erasure_kinds.{line.kind}"),
            str(line.count),
            t("requests.goes_now")
            if line.goes_now
            else t("requests.stays", until=line.keep_until)
            if line.keep_until
            else t("requests.stays_open" if line.waits else "requests.stays_in_force"),
            line.citation,
        )
        for line in plan.lines
    ]
    head = tuple(t(f"requests.plan.{name}") for name in ("kind", "count", "what", "law"))
    safe_html.table(head, rows, caption=t("requests.plan.caption"))
    if plan.held:
        st.warning(t("requests.plan.held"), icon=":material/lock:")
    if plan.open_balances:
        said = t("requests.plan.open_balances", n=plan.open_balances)
        st.warning(said, icon=":material/account_balance_wallet:")
    if plan.in_force:
        st.warning(t("requests.plan.in_force"), icon=":material/info:")
