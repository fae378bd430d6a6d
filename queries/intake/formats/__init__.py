"""The formats that come in.

A format is one module of this folder with a tuple ``FORMATS``: it recognises its files, reads them,
plans what becomes of each row, carries the plan out, and says what a person may choose. Its words
are ``import.forms.<code>`` in each language. A new format is a new module here: the registry finds
it by itself, and the page and the command line ask the registry alone.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from queries.errors import UnreadableFile
from queries.intake.apply_plan import Carried, Progress, carry_out_rows
from queries.intake.plan import ImportSettings, Plan, PlanRow, Reason
from queries.intake.readers.given_file import GivenFile
from queries.store.sessions import UnitOfWork

#: Plans the rows of what was read: ``planner(session, content, settings, today)``.
Planner = Callable[[Session, Any, ImportSettings, date], Iterator[PlanRow]]
#: Carries a plan out.
Carrier = Callable[[UnitOfWork, Plan, "Progress | None"], Carried]


def see_one_state(uow: UnitOfWork) -> None:
    """Let the plan and the import see one state of the register.

    On PostgreSQL one of two files that add the same customer at once is refused; SQLite has one
    writer anyway.
    """
    if uow.session.get_bind().dialect.name == "postgresql":
        uow.session.connection(execution_options={"isolation_level": "SERIALIZABLE"})


@dataclass(frozen=True, kw_only=True)
class Format:
    """One format of files.

    :param code: what an import notes of it (``import_batch.form``), and the key of its words.
    :param recognises: whether a file is of this format; tried in the order of ``order``.
    :param read: returns the contents of the file; raises :class:`queries.errors.UnreadableFile`.
    :param plan: None for a format that has a command of its own (post codes).
    :param remarks: what of the whole file a person should know, such as columns that go nowhere.
    :param begin: called in the transaction of the import before the plan is made anew.
    :param choices: the settings that a person may choose, besides how a table is read.
    :param has_columns: whether a person may say which column holds what.
    :param is_mailing_list: of a mailing tool; the page then says what its rows would do.
    """

    code: str
    recognises: Callable[[GivenFile], bool]
    read: Callable[[GivenFile], Any]
    plan: Planner | None = None
    apply: Carrier = carry_out_rows
    remarks: Callable[[Any, ImportSettings], tuple[Reason, ...]] = lambda _content, _settings: ()
    begin: Callable[[UnitOfWork], None] = see_one_state
    choices: tuple[str, ...] = ()
    has_columns: bool = False
    is_mailing_list: bool = False
    order: int = 100


@functools.cache
def all_formats() -> tuple[Format, ...]:
    """Return every format of this folder, in the order in which they are tried."""
    found: list[Format] = []
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        found.extend(importlib.import_module(module.name).FORMATS)
    return tuple(sorted(found, key=lambda one: (one.order, one.code)))


def format_of(code: str) -> Format:
    """The format with this code.

    :raises KeyError: when there is none; codes come from :func:`recognised` or from the store.
    """
    return {one.code: one for one in all_formats()}[code]


def recognised(file: GivenFile) -> Format:
    """The format of a file.

    :raises UnreadableFile: ``form_unknown``, and what :class:`GivenFile` says of a file that
        cannot be looked into.
    """
    for one in all_formats():
        if one.recognises(file):
            return one
    raise UnreadableFile("form_unknown")
