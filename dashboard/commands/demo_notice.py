"""The demonstration's notice: published once, and changed a little since."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from queries.documents.notice.publish import PublishNotice, drafts, fingerprint, publish_notice
from queries.reads.notice.controller import DEMONSTRATION
from queries.rules.calendar_fi import helsinki_day
from queries.rules.roles import CONSOLE
from queries.store.sessions import Store
from queries.writes.notice.settings import (
    SetController,
    SetSafeguards,
    set_controller,
    set_safeguards,
)

#: How long ago the version was published, and a safeguard was added to what it promises.
_PUBLISHED, _CHANGED = timedelta(days=90), timedelta(days=20)
_SUMMARY = {"fi": "Ensimmäinen versio", "sv": "Första versionen", "en": "First version"}


def publish_demonstration(store: Store, language: str) -> None:
    """Set the controller, publish a version, and change something after it."""
    now = datetime.now(UTC)
    then = now - _PUBLISHED
    store.carry_out(set_controller, SetController(**asdict(DEMONSTRATION)), actor=CONSOLE, now=then)
    kept = {"encrypted_connection": True, "updates": True, "confidentiality": True}
    store.carry_out(set_safeguards, SetSafeguards(**kept), actor=CONSOLE, now=then)
    with store.reading(CONSOLE) as session:
        seen = fingerprint(drafts(session, today=helsinki_day(then)))
    store.carry_out(
        publish_notice,
        PublishNotice(seen=seen, summary=_SUMMARY[language]),
        actor=CONSOLE,
        now=then,
    )
    store.carry_out(
        set_safeguards,
        SetSafeguards(version=1, within_eu=True, **kept),
        actor=CONSOLE,
        now=now - _CHANGED,
    )
