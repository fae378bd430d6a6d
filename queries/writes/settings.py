"""Changes of the installation's settings, the company's own retention periods among them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from queries.errors import InvalidInput, StaleRecord
from queries.rules.roles import Permission
from queries.rules.statutes import check_own_period
from queries.store.retention.series import PERIOD
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import Setting
from queries.writes.commands import Checks


@dataclass(frozen=True, kw_only=True)
class ChangeSetting:
    """``version`` is the one that was seen; None for a setting never set, or set regardless."""

    name: str
    value: Any
    version: int | None = None


@needs(Permission.EDIT_SETTINGS)
def change_setting(uow: UnitOfWork, inputs: ChangeSetting) -> int:
    """Set a setting; its value is kept as JSON.

    :raises StaleRecord: when ``version`` is given and no longer the current one.
    """
    _set(uow, inputs)
    uow.audit("change_setting", "setting", None, columns=(inputs.name,))
    return 0


@dataclass(frozen=True, kw_only=True)
class SetPeriod:
    """The period, in months, of a class whose retention the company sets itself.

    :param version: what was seen; None where the suggested period was in force.
    """

    code: str
    months: int
    version: int | None = None


@needs(Permission.EDIT_SETTINGS)
def set_period(uow: UnitOfWork, inputs: SetPeriod) -> int:
    """Set a period of the company; it applies from the next read or disposal on.

    :raises RuleRefusal: ``period_set_by_statute``, ``period_below_statute``.
    :raises InvalidInputs: ``retention_class.unknown``, ``months.negative``,
        ``months.out_of_range``.
    :raises StaleRecord:
    """
    checks = Checks(inputs)
    try:
        check_own_period(inputs.code, inputs.months)
    except InvalidInput as error:
        facts = {name: fact for name, fact in error.facts.items() if name != "field"}
        checks.refuse("months", f"{error.field}.{error.code}", **facts)
    checks.done()
    name = f"{PERIOD}{inputs.code}"
    stands = uow.session.get(Setting, name)
    if inputs.version is None and stands is not None:
        raise StaleRecord(
            "setting",
            name,
            theirs={"months": json.loads(stands.value)},
            version=stands.version,
            changed_by=stands.changed_by,
            changed_at=stands.changed_at,
        )
    _set(uow, ChangeSetting(name=name, value=inputs.months, version=inputs.version))
    uow.audit("set_period", "setting", None, columns=(name,))
    return 0


def _set(uow: UnitOfWork, inputs: ChangeSetting) -> None:
    setting = uow.session.get(Setting, inputs.name)
    if setting is None:
        setting = Setting(name=inputs.name)
        uow.session.add(setting)
    elif inputs.version is not None and setting.version != inputs.version:
        raise StaleRecord(
            "setting",
            inputs.name,
            version=setting.version,
            changed_by=setting.changed_by,
            changed_at=setting.changed_at,
        )
    setting.value = json.dumps(inputs.value, sort_keys=True)
    setting.changed_at = uow.now
    setting.changed_by = uow.actor.username
