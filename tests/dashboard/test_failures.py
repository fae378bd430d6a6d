"""A failure is numbered and placed, and says nothing of anybody."""

from __future__ import annotations

import logging
import re
import threading

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from dashboard import failures, runtime
from queries.errors import InvalidInput, NotFound

SECRET = "Aino Esimerkki 010190-998X"


def raised(error: Exception, cause: Exception | None = None) -> Exception:
    try:
        raise error from cause  # noqa: TRY301 - raised to be caught, with its place
    except Exception as caught:  # noqa: BLE001 - whichever was given
        return caught


def test_positions_name_types_and_places_and_no_values():
    said = failures.positions(raised(ValueError(SECRET), raised(KeyError(SECRET))))
    assert "Aino" not in said
    assert [line for line in said.splitlines() if not line.startswith("  ")] == [
        "builtins.ValueError",
        "builtins.KeyError",
    ]
    assert f"  {__file__}:" in said
    assert said.count(" in raised") == 2


def test_a_refusal_says_its_code_and_the_names_of_its_facts():
    said = failures.positions(InvalidInput("phone", "phone.form", typed=SECRET))
    assert said == "queries.errors.InvalidInput: phone.form (field, typed)"


def test_a_circle_of_exceptions_ends():
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert failures.positions(first) == "builtins.ValueError\nbuiltins.KeyError"


@pytest.fixture
def lines(monkeypatch):
    """Return the lines that pass the guard into the log."""
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)

    class Kept(logging.Handler):
        def emit(self, record) -> None:
            said.append(self.format(record))

    said: list[str] = []
    handler = Kept()
    logging.getLogger().addHandler(handler)
    failures.guard_logs()
    yield said
    for each in {handler, *logging.getLogger().handlers}:
        for guard in [f for f in each.filters if isinstance(f, failures.NoValues)]:
            each.removeFilter(guard)
    logging.getLogger().removeHandler(handler)


def test_other_packages_lines_lose_the_texts_of_exceptions(lines):
    logging.getLogger("somebody.else").error("it broke", exc_info=raised(ValueError(SECRET)))
    assert len(lines) == 1
    assert lines[0].startswith("it broke\nbuiltins.ValueError\n")
    assert "Aino" not in lines[0]


def test_a_message_that_quotes_the_exception_loses_the_quotation(lines):
    logging.getLogger("asyncio").error(
        "Task exception was never retrieved\nfuture: <Task exception=%r>",
        SECRET,
        exc_info=raised(ValueError(SECRET)),
    )
    assert lines[0].startswith("Task exception was never retrieved\nbuiltins.ValueError\n")
    assert "Aino" not in lines[0]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_a_thread_lets_through_is_logged_without_its_text(lines):
    def work() -> None:
        raise ValueError(SECRET)

    failures.guard_logs()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert re.match(r"failure [0-9A-F]{8} in a thread\nbuiltins\.ValueError\n", lines[0])
    assert "Aino" not in lines[0]


def test_streamlits_own_line_of_an_uncaught_exception_is_dropped(lines):
    error = raised(ValueError(SECRET))
    logging.getLogger("streamlit.error_util").error("Uncaught app execution", exc_info=error)
    assert lines == []


def test_the_screen_shows_the_number_that_the_log_has(lines, sqlite_store):
    def script() -> None:
        from dashboard import failures  # noqa: PLC0415 - AppTest runs this text alone

        failures.on_script_error(ValueError("Aino Esimerkki 010190-998X"))

    runtime.use_store(sqlite_store)
    app = AppTest.from_function(script).run()
    (shown,) = [error.value for error in app.error]
    number = re.search(r"viite ([0-9A-F]{8})\.", shown).group(1)
    assert lines[0].splitlines()[0] == f"failure {number}"
    assert "Aino" not in shown + lines[0]


def test_a_databases_complaint_hides_what_was_sent(sqlite_store):
    with sqlite_store.engine.connect() as connection, pytest.raises(Exception) as failed:  # noqa: PT011 - of either driver
        connection.execute(text("SELECT :name FROM nowhere"), {"name": SECRET})
    assert "Aino" not in str(failed.value)


def test_a_refusal_is_no_failure_of_the_program():
    assert str(NotFound("party", 7)) == "not_found (id, subject)"
