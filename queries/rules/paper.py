"""Retention classes of manual material: that of a binder is its own, row by row."""

from __future__ import annotations

from queries.rules.statutes import OWN_CLASSES, STATUTES

#: A newsletter's consent counts from its withdrawal, which no binder has; the record of an import
#: is the program's own.
_NOT_ON_PAPER = frozenset({"newsletter", "import_record"})

PAPER_CLASSES = (
    *(rule.code for rule in STATUTES),
    *(rule.code for rule in OWN_CLASSES if rule.code not in _NOT_ON_PAPER),
)
"""The classes of paper records, those of the law first."""
