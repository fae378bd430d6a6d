"""Meaning of a driver's error, read from its code.

The words of an error are in the language of the server (``lc_messages``) and change between
versions; its code does not. PostgreSQL gives a SQLSTATE (its manual, appendix A), SQLite an
extended result code (sqlite.org/rescode.html). No other module distinguishes errors of drivers.
"""

from __future__ import annotations

import enum
import sqlite3

from sqlalchemy.exc import DBAPIError


class DriverError(enum.Enum):
    """The kinds of error, the same for both engines."""

    BUSY = enum.auto()
    """A lock, or a connection, was not had in time."""
    LOST_RACE = enum.auto()
    """The engine gave up one of two transactions that could not both go on."""
    DUPLICATE = enum.auto()
    """A constraint across rows refused a second row."""
    REFERENCE = enum.auto()
    """A row refers to another that is not there, or that others still refer to."""
    FULL = enum.auto()
    """The disk is full, or does not take what is written."""
    IN_USE = enum.auto()
    """Others have the database open."""
    FORBIDDEN = enum.auto()
    """The account may not do it."""
    STATEMENT = enum.auto()
    """The statement is wrong, or asks for what the schema does not have: an error of a program."""
    OTHER = enum.auto()


_SQLSTATES = {
    "23503": DriverError.REFERENCE,  # foreign_key_violation
    "23505": DriverError.DUPLICATE,  # unique_violation
    "23P01": DriverError.DUPLICATE,  # exclusion_violation
    "40001": DriverError.LOST_RACE,  # serialization_failure
    "40P01": DriverError.LOST_RACE,  # deadlock_detected
    "42501": DriverError.FORBIDDEN,  # insufficient_privilege
    "42601": DriverError.STATEMENT,  # syntax_error
    "42701": DriverError.STATEMENT,  # duplicate_column
    "42703": DriverError.STATEMENT,  # undefined_column
    "42P01": DriverError.STATEMENT,  # undefined_table
    "42P07": DriverError.STATEMENT,  # duplicate_table
    "53100": DriverError.FULL,  # disk_full
    "53300": DriverError.BUSY,  # too_many_connections
    "55006": DriverError.IN_USE,  # object_in_use
    "55P03": DriverError.BUSY,  # lock_not_available
}

_SQLITE_EXTENDED = {
    sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY: DriverError.REFERENCE,
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY: DriverError.DUPLICATE,
    sqlite3.SQLITE_CONSTRAINT_ROWID: DriverError.DUPLICATE,
    sqlite3.SQLITE_CONSTRAINT_UNIQUE: DriverError.DUPLICATE,
}

_SQLITE_PRIMARY = {
    sqlite3.SQLITE_BUSY: DriverError.BUSY,
    sqlite3.SQLITE_ERROR: DriverError.STATEMENT,
    sqlite3.SQLITE_FULL: DriverError.FULL,
    sqlite3.SQLITE_IOERR: DriverError.FULL,
    sqlite3.SQLITE_LOCKED: DriverError.BUSY,
}

#: The low byte of an extended result code is the primary one.
_PRIMARY = 0xFF


def kind_of(error: BaseException) -> DriverError:
    """Return the kind of an error.

    :param error: a driver's, or SQLAlchemy's around one.
    """
    driver = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(driver, "sqlstate", None)
    if state is not None:
        return _SQLSTATES.get(state, DriverError.OTHER)
    code = getattr(driver, "sqlite_errorcode", None)
    if code is None:
        return DriverError.OTHER
    by_primary = _SQLITE_PRIMARY.get(code & _PRIMARY, DriverError.OTHER)
    return _SQLITE_EXTENDED.get(code, by_primary)
