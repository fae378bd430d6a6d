"""The list of retention: its filter, its rows, its pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from queries.reads.paging import Total
from queries.reads.retention.figures import RetentionState


@dataclass(frozen=True, kw_only=True)
class RetentionFilter:
    """Filter of the list; None is no restriction.

    :param kind: a kind of file; ``code``: a retention class.
    :param text: finds customers as their own list does.
    """

    state: str = RetentionState.OVERDUE
    kind: str | None = None
    code: str | None = None
    party_id: int | None = None
    text: str = ""


@dataclass(frozen=True)
class RetentionRow:
    """A file with its deadline; ``keep_until`` is None where the financial year is missing.

    :param key: ``series-id``, by which a list pages on and :func:`.reasons.why` explains.
    :param party_id: with ``party``, its name: none where the file is nobody's of the register.
    :param number: of an invoice, an order or a request.
    """

    key: str
    kind: str
    id: int
    party_id: int | None
    party: str | None
    number: str | None
    code: str
    event_on: date
    keep_until: date | None


@dataclass(frozen=True)
class RetentionPage:
    """``total`` is None where the page's figures have it; ``next_key`` pages on."""

    rows: tuple[RetentionRow, ...]
    total: Total | None
    next_key: str | None
