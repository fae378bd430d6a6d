"""The settings of the installation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from queries.rules.roles import Permission
from queries.rules.statutes import OWN_CLASSES
from queries.store.retention.series import PERIOD
from queries.store.sessions import needs
from queries.store.tables import Setting


@needs(Permission.SEE_CUSTOMERS)
def setting(session: Session, name: str) -> Any:
    """The value of a setting, of any type; None when it was never set. One statement."""
    value = session.scalar(select(Setting.value).where(Setting.name == name))
    return None if value is None else json.loads(value)


@dataclass(frozen=True)
class SetValue:
    """A setting as it was set: when, by whom, with the version for a command.

    :param value: of any type: the JSON of the setting.
    """

    value: Any
    version: int
    changed_by: str
    changed_at: datetime


@needs(Permission.SEE_RETENTION)
def setting_as_set(session: Session, name: str) -> SetValue | None:
    """A setting with who set it; None when it was never set. One statement."""
    kept = session.get(Setting, name)
    if kept is None:
        return None
    return SetValue(json.loads(kept.value), kept.version, kept.changed_by, kept.changed_at)


@dataclass(frozen=True)
class PeriodRow:
    """A retention period of the company; without who and when, the suggested one is used."""

    code: str
    months: int
    version: int | None
    changed_by: str | None
    changed_at: datetime | None


@needs(Permission.SEE_RETENTION)
def periods(session: Session) -> tuple[PeriodRow, ...]:
    """Return the company's own retention periods, as they are counted by now. One statement."""
    names = [f"{PERIOD}{rule.code}" for rule in OWN_CLASSES]
    kept_ones = session.scalars(select(Setting).where(Setting.name.in_(names)))
    found = {row.name: row for row in kept_ones}
    rows = []
    for rule in OWN_CLASSES:
        kept = found.get(f"{PERIOD}{rule.code}")
        if kept is None:
            rows.append(PeriodRow(rule.code, rule.suggested_months, None, None, None))
        else:
            rows.append(
                PeriodRow(
                    rule.code,
                    json.loads(kept.value),
                    kept.version,
                    kept.changed_by,
                    kept.changed_at,
                )
            )
    return tuple(rows)
