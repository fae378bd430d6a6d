"""Changing the settings of the installation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from queries.errors import StaleRecord
from queries.rules.roles import Right
from queries.store.sessions import Desk, needs
from queries.store.tables import Setting


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
    setting = desk.session.get(Setting, wish.name)
    if setting is None:
        setting = Setting(name=wish.name)
        desk.session.add(setting)
    elif wish.version is not None and setting.version != wish.version:
        raise StaleRecord("setting", wish.name, version=setting.version,
                          changed_by=setting.changed_by, changed_at=setting.changed_at)  # fmt: skip
    setting.value = json.dumps(wish.value, sort_keys=True)
    setting.changed_at = desk.now
    setting.changed_by = desk.actor.username
    desk.note("change_setting", "setting", None, columns=(wish.name,))
    return 0
