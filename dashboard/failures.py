"""Failures of the program itself: a numbered log line, and no values anywhere.

The text of an exception and the locals of a frame can hold personal data. The log gets the types
of the chain of exceptions and the positions in the stack; the screen gets the number.
"""

from __future__ import annotations

import logging
import secrets
import threading
import traceback

from dashboard.words import word
from queries.errors import RegisterError

log = logging.getLogger("dashboard.failures")


def positions(error: BaseException) -> str:
    """The chain of exceptions, type by type, with file, line and function of each frame."""
    parts: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        name = f"{type(current).__module__}.{type(current).__qualname__}"
        # A refusal's text is its code and the names of its facts, by its own promise.
        parts.append(f"{name}: {current}" if isinstance(current, RegisterError) else name)
        parts += [
            f"  {frame.filename}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(current.__traceback__)
        ]
        current = current.__cause__ or current.__context__
    return "\n".join(parts)


def reference() -> str:
    """A number that ties what a person saw to a line in the log."""
    return secrets.token_hex(4).upper()


def on_script_error(error: Exception) -> bool:
    """Streamlit's hook for an exception that a page let through; true: it is dealt with here."""
    number = reference()
    log.error("failure %s\n%s", number, positions(error))
    # Imported in a run: streamlit-authenticator asks for one while it loads, and the command line
    # does without either.
    import streamlit as st  # noqa: PLC0415

    from dashboard.ui.sign_in import current_user, page_language  # noqa: PLC0415

    try:
        language = page_language(current_user())
    except RegisterError:
        language = page_language(None)
    st.error(word("failure.shown", language, reference=number))
    return True


class NoValues(logging.Filter):
    """Takes the exception's text out of every line that other packages log.

    Streamlit logs an uncaught exception whole before it calls the hook; that line is dropped,
    since the hook writes its own. Others keep their message's form without its values.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("streamlit") and record.msg == "Uncaught app execution":
            return False
        if record.exc_info and record.exc_info[1] is not None:
            # Only the first line of the message: asyncio's next one quotes the exception.
            message = record.getMessage().split("\n", 1)[0]
            record.msg, record.args = f"{message}\n{positions(record.exc_info[1])}", None
            record.exc_info = None
            record.exc_text = None
        return True


def _in_thread(caught: threading.ExceptHookArgs) -> None:
    if caught.exc_value is not None and not isinstance(caught.exc_value, SystemExit):
        log.error("failure %s in a thread\n%s", reference(), positions(caught.exc_value))


def guard_logs() -> None:
    """Put the filter on every handler: one on a logger does not hold for its children.

    An exception of a thread is logged too, where Python would print its text.
    """
    threading.excepthook = _in_thread
    names = [name for name in logging.root.manager.loggerDict if isinstance(name, str)]
    loggers = [logging.getLogger(), *(logging.getLogger(name) for name in names)]
    handlers = {handler for logger in loggers for handler in logger.handlers}
    for handler in handlers:
        if not any(isinstance(existing, NoValues) for existing in handler.filters):
            handler.addFilter(NoValues())
