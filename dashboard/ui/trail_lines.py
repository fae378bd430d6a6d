"""Lines of the audit trail in words."""

from __future__ import annotations

from dashboard.ui import safe_html
from dashboard.ui.gateway import ask
from dashboard.ui.language import language, t
from dashboard.web.unsubscribe import LINK
from dashboard.words import has_word
from queries.reads.trail import TrailFilter, TrailRow, trail
from queries.rules.roles import CONSOLE
from queries.wording.formats import instant

LINES_ON_CARD = 20
#: Actors that are no users, and the words for them.
_NOBODY = {CONSOLE.username: "trail.console", LINK.username: "trail.link"}


def action_words(row: TrailRow) -> str:
    """Return what was done: "Puhelinnumero korjattu (numero, lähde)"."""
    action = row.action if row.action != "open" else f"open_{row.subject}"
    # A store keeps lines of programs older and newer than this one: they have no words here.
    known = has_word(f"actions.{action}", language())
    said = t(f"actions.{action}" if known else "actions.other")
    columns = [
        t(f"fields.{name}") for name in row.columns if has_word(f"fields.{name}", language())
    ]
    return f"{said} ({', '.join(columns)})" if columns else said


def actor_words(row: TrailRow) -> str:
    """Return who did it, as :func:`said_by` does."""
    return said_by(row.actor)


def said_by(username: str) -> str:
    """Return who did it: a username, or the command line or a link in words."""
    return t(_NOBODY[username]) if username in _NOBODY else username


def draw_trail_of(party_id: int) -> None:
    """The latest lines of one party."""
    _draw(TrailFilter(party_id=party_id))


def draw_trail_of_record(subject: str, subject_id: int) -> None:
    """The latest lines of one record."""
    _draw(TrailFilter(subject=subject, subject_id=subject_id))


def _draw(wanted: TrailFilter) -> None:
    page = ask(trail, wanted, size=LINES_ON_CARD)
    safe_html.table(
        (t("fields.at"), t("fields.actor"), t("fields.action")),
        [(instant(row.at, language()), actor_words(row), action_words(row)) for row in page.rows],
    )
