"""Changing the settings of the installation, the house's own retention periods among them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from queries.errors import InvalidInput, StaleRecord
from queries.rules.roles import Right
from queries.rules.statutes import check_own_period
from queries.store.retention.series import PERIOD
from queries.store.sessions import Desk, needs
from queries.store.tables import Setting
from queries.writes.commands import Checks


@dataclass(frozen=True, kw_only=True)
class NewSetting:
    """``version`` is the one that was seen; None for a setting never set, or set regardless."""

    name: str
    value: Any
    version: int | None = None


@needs(Right.EDIT_SETTINGS)
def change_setting(desk: Desk, wish: NewSetting) -> int:
    """Set a setting; its value is kept as JSON.

    :raises StaleRecord: when ``version`` is given and no longer stands.
    """
    _set(desk, wish)
    desk.note("change_setting", "setting", None, columns=(wish.name,))
    return 0


@dataclass(frozen=True, kw_only=True)
class PeriodWish:
    """How many months the house keeps a class of its own.

    :param version: what was seen; None where the suggested period stood.
    """

    code: str
    months: int
    version: int | None = None


@needs(Right.EDIT_SETTINGS)
def set_period(desk: Desk, wish: PeriodWish) -> int:
    """Set a period of the house; it counts from the next read or disposal on.

    :raises RuleRefusal: ``period_set_by_statute``, ``period_below_statute``.
    :raises InvalidInputs: ``retention_class.unknown``, ``months.negative``,
        ``months.out_of_range``.
    :raises StaleRecord:
    """
    checks = Checks(wish)
    try:
        check_own_period(wish.code, wish.months)
    except InvalidInput as error:
        facts = {name: fact for name, fact in error.facts.items() if name != "field"}
        checks.refuse("months", f"{error.field}.{error.code}", **facts)
    checks.done()
    name = f"{PERIOD}{wish.code}"
    stands = desk.session.get(Setting, name)
    if wish.version is None and stands is not None:
        raise StaleRecord(
            "setting",
            name,
            theirs={"months": json.loads(stands.value)},
            version=stands.version,
            changed_by=stands.changed_by,
            changed_at=stands.changed_at,
        )
    _set(desk, NewSetting(name=name, value=wish.months, version=wish.version))
    desk.note("set_period", "setting", None, columns=(name,))
    return 0


def _set(desk: Desk, wish: NewSetting) -> None:
    setting = desk.session.get(Setting, wish.name)
    if setting is None:
        setting = Setting(name=wish.name)
        desk.session.add(setting)
    elif wish.version is not None and setting.version != wish.version:
        raise StaleRecord(
            "setting",
            wish.name,
            version=setting.version,
            changed_by=setting.changed_by,
            changed_at=setting.changed_at,
        )
    setting.value = json.dumps(wish.value, sort_keys=True)
    setting.changed_at = desk.now
    setting.changed_by = desk.actor.username
