"""The settings of the installation."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from queries.rules.roles import Right
from queries.store.sessions import needs
from queries.store.tables import Setting


@needs(Right.SEE_CUSTOMERS)
def setting(session: Session, name: str) -> Any:
    """The value of a setting; None when it was never set. One statement."""
    value = session.scalar(select(Setting.value).where(Setting.name == name))
    return None if value is None else json.loads(value)
