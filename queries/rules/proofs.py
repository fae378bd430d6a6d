"""Proofs that the notice is true today: each of its statements compared with the register.

A proof is a query with today's figure, and the page with the list behind it, to be mended there.
What the store cannot know by itself is reported by the serving program (:class:`ServerFacts`).

The read is :func:`queries.reads.notice.proofs.proofs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Proof:
    """One statement, and whether it is true today.

    :param code: the key of its words; stays the same.
    :param section: of the notice, with the statement.
    :param figure: what was counted; how many are against the statement but where the words say
        otherwise (``requests_in_time`` counts those that were in time).
    :param of: of how many; None where that says nothing.
    :param exact: False where counting stopped at ``figure``.
    :param facts: what else the words need.
    :param page: the page with the list behind it, with ``query`` in its address; None where the
        proof itself shows it.
    """

    code: str
    section: str
    holds: bool
    figure: int
    of: int | None = None
    exact: bool = True
    facts: Mapping[str, Any] = field(default_factory=dict)
    page: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Exposure:
    """Result of requesting every address without signing in, as the server started.

    :param asked: how many addresses and pages were requested.
    :param open: those that answered with more than the sign-in.
    """

    at: datetime
    asked: int
    open: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ServerFacts:
    """Facts that the store does not know by itself.

    :param public: the ``https`` address of the register, None where it has none.
    :param exposure: None where they were not checked, as in a test of pages.
    :param notice_differs: how many statements of the published notice are not what would be
        published now; None where that was not looked at.
    """

    public: str | None = None
    exposure: Exposure | None = None
    notice_differs: int | None = None
