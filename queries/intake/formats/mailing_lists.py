"""The files of mailing tools: who gets the newsletter, who said no, whose mailbox is gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Session

from queries.intake.formats import Format, Planner
from queries.intake.mailing.plan import carry_out_mailing_list, plan_mailing_list
from queries.intake.mailing.tools import MailingList, mailing_list
from queries.intake.plan import ImportSettings, PlanRow
from queries.intake.readers.given_file import Content, GivenFile
from queries.intake.readers.grid import Grid
from queries.writes.newsletter.subscriptions import newsletter_alone


def _is(code: MailingList, file: GivenFile) -> bool:
    if file.content not in {Content.TEXT, Content.WORKBOOK}:
        return False
    return mailing_list(file.table().header or (), file.name) == code


def _planner(code: MailingList) -> Planner:
    def plan(
        session: Session, grid: Grid, settings: ImportSettings, today: date
    ) -> Iterator[PlanRow]:
        return plan_mailing_list(session, grid, code, settings, today)

    return plan


def _format(code: MailingList) -> Format:
    return Format(
        code=code,
        recognises=lambda file: _is(code, file),
        read=lambda file: file.table(),
        plan=_planner(code),
        apply=carry_out_mailing_list,
        begin=newsletter_alone,
        choices=("accept_suspect",),
        is_mailing_list=True,
        order=20,
    )


FORMATS = tuple(_format(code) for code in MailingList)
