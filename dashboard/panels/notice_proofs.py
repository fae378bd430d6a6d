"""Proofs of the notice, statement by statement, with links to what is to mend."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from dashboard.navigation import link
from dashboard.runtime import the_exposure
from dashboard.ui import clock, safe_html
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import language, t
from dashboard.ui.lists import Column, record_table
from dashboard.ui.public_address import public_address
from queries.documents.notice.publish import published_differences
from queries.reads.notice.proofs import Proofs, proofs
from queries.reads.notice.proofs_answered import IdleUser, LateAnswer, idle_users, late_answers
from queries.reads.retention.figures import RetentionFigures
from queries.reads.users import UserRow, administrators
from queries.rules.proofs import Proof, ServerFacts
from queries.rules.roles import Permission
from queries.wording.formats import day, instant, number

#: The requests that were answered late.
LATE: tuple[Column[LateAnswer], ...] = (
    Column("requests.columns.number", lambda row: row.number, width="small"),
    Column("requests.columns.due", lambda row: day(row.due, language()), width="small"),
    Column("proofs.answered_on", lambda row: day(row.answered_on, language())),
)


def read_proofs(kept: RetentionFigures | None = None) -> Proofs:
    """Read every proof as it is now.

    :param kept: the retention figures, where they are read already.
    """
    today = clock.today()
    known = ServerFacts(
        public=public_address(),
        exposure=the_exposure(),
        notice_differs=ask(published_differences, today=today) or 0,
    )
    return ask(proofs, today=today, known=known, kept=kept)


def draw_proofs(shown: Proofs) -> None:
    """Draw what is not true first, then what is."""
    st.subheader(summary(shown), anchor=False)
    wrong = [row for row in shown.rows if not row.holds]
    if wrong:
        st.header(t("proofs.to_mend"), anchor=False)
        _draw_rows(wrong)
    else:
        st.success(t("proofs.all_true"), icon=":material/check_circle:")
    right = [row for row in shown.rows if row.holds]
    if right:
        st.header(t("proofs.true_title"), anchor=False)
        safe_html.table(
            (t("proofs.today"), t("proofs.statement"), t("proofs.figure")),
            [
                (f"\N{CHECK MARK} {t('proofs.true')}", t(f"proofs.says.{row.code}"), counted(row))
                for row in right
            ],
        )
    st.caption(t("proofs.unseen"))


def summary(shown: Proofs) -> str:
    """Return how many statements are true, of how many."""
    return t("proofs.summary", holding=shown.holding, of=len(shown.rows))


def draw_proofs_line(kept: RetentionFigures) -> None:
    """The overview's line: how many statements are true, and the way to them."""
    if not may(Permission.SEE_NOTICE):
        return
    shown = read_proofs(kept)
    st.header(t("pages.proofs"), anchor=False)
    icon = ":material/check_circle:" if shown.holding == len(shown.rows) else ":material/error:"
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f"{icon} {summary(shown)}")
        link("proofs", t("proofs.see"), icon="arrow_forward")


def _draw_rows(rows: Iterable[Proof]) -> None:
    """Draw what is not true: the figure, what to do, and the link to the list."""
    for row in rows:
        with st.container(border=True, gap="small"):
            said = f"**{t('proofs.false')}** – {t(f'proofs.says.{row.code}')}"
            st.markdown(f":material/error: {said}")
            safe_html.lines(t(f"proofs.mend.{row.code}"), small=counted(row))
            if row.page is not None and row.page in st.session_state["pages"]:
                label = t("proofs.open", page=t(f"pages.{row.page}"))
                link(row.page, label, dict(row.query), icon="arrow_forward")
            _draw_behind(row)


def counted(row: Proof) -> str:
    """Today's figure in words."""
    if row.code == "backup_recent" and "at" not in row.facts:
        return t("proofs.never_backup")
    if row.code == "notice_current" and "number" not in row.facts:
        return t("proofs.never_notice")
    n = number(row.figure, language())
    if not row.exact:
        n = t("overview.more_than", counted=n)
    if row.of is not None:
        n = t("proofs.of", n=n, of=row.of)
    facts = {name: fact for name, fact in row.facts.items() if name != "open"}
    return t(f"proofs.counted.{row.code}", n=n, **facts)


def _draw_behind(row: Proof) -> None:
    """The list of a proof that has none on a page of its own."""
    if row.code == "users_work" and may(Permission.MANAGE_USERS):
        _draw_users(ask(idle_users, today=clock.today()), "proofs.idle")
    if row.code == "rights_by_work" and may(Permission.MANAGE_USERS):
        _draw_users(ask(administrators), "proofs.administrators")
    if row.code == "requests_in_time" and may(Permission.SEE_REQUESTS):
        rows = ask(late_answers, today=clock.today())
        record_table(rows, LATE, key="late-answers", opens="request", alt=t("proofs.late_alt"))
    if row.code == "sign_in_needed":
        safe_html.table((t("proofs.open_doors"),), [(path,) for path in row.facts["open"]])


def _draw_users(rows: Iterable[IdleUser | UserRow], caption: str) -> None:
    safe_html.table(
        (t("proofs.user"), t("proofs.role"), t("proofs.last")),
        [
            (
                one.username,
                t(f"user_roles.{one.role}"),
                instant(one.last_sign_in_at, language()) or t("proofs.never"),
            )
            for one in rows
        ],
        caption=t(caption),
    )
