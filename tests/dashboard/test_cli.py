"""The command line, as it is typed."""

from __future__ import annotations

import io
import re
import signal
import socket
import subprocess
import sys

import pytest
from sqlalchemy import func, select, text

from dashboard.cli import main
from dashboard.commands import COMMANDS
from dashboard.commands.options import language_of
from dashboard.runtime import DATABASE_URL
from dashboard.words import LANGUAGES
from queries.reads.notice.controller import controller
from queries.reads.users import users
from queries.rules.roles import CONSOLE
from queries.store.data_folder_lock import at_work
from queries.store.engine import sqlite_url
from queries.store.migrate import create_store, open_store
from queries.store.tables import Party, TrailEntry
from tests.factories.records import business_id, make_party
from tests.support.server import ROOT
from tests.support.waiting import comes

PASSWORD = "neljä vahvaa sanaa tässä"


class Terminal(io.StringIO):
    """A person's answers, and not a file's."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def typed(monkeypatch, capsys, tmp_path):
    """Types a command: exit code, lines of output, what was said beside them."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.delenv(DATABASE_URL, raising=False)
    before = signal.getsignal(signal.SIGTERM)

    def run(*words: str, answer: str | Terminal = "") -> tuple[int, list[str], str]:
        given = answer if isinstance(answer, Terminal) else io.StringIO(answer)
        monkeypatch.setattr(sys, "stdin", given)
        try:
            code = main([str(word) for word in words])
        except SystemExit as ended:
            code = ended.code
        said = capsys.readouterr()
        return code, said.out.splitlines(), said.err

    yield run
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def folder(typed, tmp_path):
    """A folder with a store whose administrator is anna."""
    place = tmp_path / "house"
    code, _lines, _said = typed(
        "init", "--data", place, "--username", "anna", "--name", "Anna Aalto", answer=PASSWORD
    )
    assert code == 0
    return place


def known(folder):
    store = open_store(sqlite_url(folder / "register.sqlite"))
    with store.reading(CONSOLE) as session:
        rows = users(session)
    store.close()
    return [(row.username, row.role, row.active) for row in rows]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_explains_itself_in_every_language(typed, language):
    names = [module.__name__.rsplit(".", 1)[1].rstrip("_") for module in COMMANDS]
    for words in [[], *([name] for name in names)]:
        code, lines, _said = typed("--language", language, *words, "--help")
        assert code == 0
        assert lines[0].startswith("usage: asiakasrekisteri")
    _code, lines, _said = typed("--language", language, "--help")
    assert [
        code
        for code in ("0", "1", "2", "3", "70", "130")
        if not any(line.startswith(f"  {code} ") for line in lines)
    ] == []


def test_the_language_may_stand_after_the_command_too(typed):
    before = typed("--language", "sv", "init", "--help")
    assert typed("init", "--language", "sv", "--help") == before
    assert typed("init", "--help", "--language=sv") == before
    assert typed("init", "--language", "de")[0] == 2


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "fi"),
        ({"LANG": "C.UTF-8"}, "fi"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "sv_FI.UTF-8"}, "sv"),
        ({"LANG": "de_DE.UTF-8"}, "fi"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "sv_SE.UTF-8"}, "sv"),
    ],
)
def test_it_speaks_the_machines_language_if_it_can(environment, language):
    assert language_of(environment) == language


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["fly"],
        ["serve", "--port", "port"],
        ["serve", "--port", "65536"],
        ["demo", "--customers", "0"],
        ["serve", "--public-address", "http://x.example"],
        ["user"],
        ["user", "role", "anna", "king"],
    ],
)
def test_what_is_written_wrong_ends_with_two(typed, words):
    code, lines, said = typed(*words)
    assert (code, lines) == (2, [])
    assert said.startswith("usage: asiakasrekisteri")


def test_init_makes_a_store_with_one_administrator(folder):
    assert known(folder) == [("anna", "administrator", True)]
    assert (folder / "register.sqlite").stat().st_mode & 0o777 == 0o600


def test_init_asks_for_what_is_not_given(typed, tmp_path):
    code, _lines, said = typed("init", "--data", tmp_path, answer=f"anna\nAnna Aalto\n{PASSWORD}\n")
    assert (code, known(tmp_path)) == (0, [("anna", "administrator", True)])
    assert said.startswith("User name: Name: ")


def own_business_id(folder):
    store = open_store(sqlite_url(folder / "register.sqlite"))
    try:
        with store.reading(CONSOLE) as session:
            return controller(session).business_id
    finally:
        store.close()


def test_init_notes_the_companys_business_id(typed, tmp_path):
    words = ("--username", "anna", "--name", "Anna", "--business-id")
    code, _lines, said = typed("init", "--data", tmp_path, *words, "9000001-9", answer=PASSWORD)
    assert (code, (tmp_path / "register.sqlite").exists()) == (1, False)
    assert "check digit" in said
    number = business_id(1)
    assert typed("init", "--data", tmp_path, *words, number, answer=PASSWORD)[0] == 0
    assert own_business_id(tmp_path) == number


def test_init_asks_a_person_for_the_business_id_until_it_is_one(typed, tmp_path):
    words = ("--username", "anna", "--name", "Anna", "--password-file", tmp_path / "password")
    (tmp_path / "password").write_text(PASSWORD, encoding="utf-8")
    code, _lines, said = typed(
        "init", "--data", tmp_path / "house", *words, answer=Terminal(f"12\n{business_id(1)}\n")
    )
    assert (code, own_business_id(tmp_path / "house")) == (0, business_id(1))
    assert said.count("Business ID of the company") == 2
    assert typed("init", "--data", tmp_path / "later", *words, answer=Terminal("\n"))[0] == 0
    assert own_business_id(tmp_path / "later") == ""


def test_init_of_a_store_with_users_is_refused(typed, folder):
    code, _lines, said = typed(
        "init", "--data", folder, "--username", "aino", "--name", "Aino", answer=PASSWORD
    )
    assert code == 1
    assert said.endswith("The store has users already. Add more with asiakasrekisteri user add.\n")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [("lyhyt", "A password has at least 15 characters."), ("", "A password has at least 15")],
)
def test_a_weak_password_is_refused_and_leaves_no_user(typed, tmp_path, answer, sentence):
    code, _lines, said = typed(
        "init", "--data", tmp_path, "--username", "anna", "--name", "Anna", answer=answer
    )
    assert (code, known(tmp_path)) == (1, [])
    assert sentence in said


def test_users_are_added_changed_and_listed(typed, folder, tmp_path):
    at = ("--data", folder)
    secret = tmp_path / "secret"
    secret.write_text(PASSWORD + "\n", encoding="utf-8")
    assert (
        typed(
            "user",
            "add",
            *at,
            "--username",
            "olli",
            "--name",
            "Olli Oja",
            "--role",
            "office",
            "--password-file",
            secret,
        )[0]
        == 0
    )
    assert typed("user", "role", *at, "olli", "manager")[0] == 0
    assert typed("user", "password", *at, "OLLI", answer="aivan toiset sanat nyt")[0] == 0
    assert typed("user", "deactivate", *at, "olli")[0] == 0
    assert known(folder) == [("anna", "administrator", True), ("olli", "manager", False)]
    assert typed("user", "activate", *at, "olli")[0] == 0
    assert typed("user", "list", *at) == (
        0,
        ["anna\tAnna Aalto\tadministrator\tin use\t", "olli\tOlli Oja\tmanager\tin use\t"],
        "",
    )
    store = open_store(sqlite_url(folder / "register.sqlite"))
    with store.reading(CONSOLE) as session:
        lines = session.execute(select(TrailEntry.actor, TrailEntry.action).order_by(TrailEntry.id))
        assert [tuple(line) for line in lines] == [
            ("(console)", action)
            for action in (
                "add_user",
                "add_user",
                "set_role",
                "set_password",
                "deactivate_user",
                "activate_user",
            )
        ]
    store.close()


def test_the_last_administrator_is_kept_in_words(typed, folder):
    code, _lines, said = typed("user", "deactivate", "--data", folder, "anna")
    assert code == 1
    assert "the last administrator in use" in said
    assert "Art. 32(1)(b)" in said


def test_an_unknown_user_is_said_to_be_unknown(typed, folder):
    code, _lines, said = typed("user", "role", "--data", folder, "eikukaan", "viewer")
    assert (code, said) == (
        1,
        "asiakasrekisteri: There is no such user. A list: asiakasrekisteri user list\n",
    )


def test_a_password_file_that_cannot_be_read(typed, folder, tmp_path):
    code, _lines, said = typed(
        "user", "password", "anna", "--data", folder, "--password-file", tmp_path / "nowhere"
    )
    assert (code, said) == (1, "asiakasrekisteri: The password file cannot be read.\n")


@pytest.mark.parametrize("words", [["serve"], ["user", "list"], ["migrate"]])
def test_a_missing_store_ends_with_three(typed, tmp_path, words):
    code, lines, said = typed(*words, "--data", tmp_path / "nowhere")
    assert (code, lines) == (3, [])
    assert "There is no store at this place." in said


def test_a_damaged_newer_empty_or_foreign_store_ends_with_three(typed, tmp_path):
    file = tmp_path / "register.sqlite"
    for damage, sentence in ((b"not a database at all" * 99, "damaged"), (b"", "is empty")):
        file.write_bytes(damage)
        code, _lines, said = typed("user", "list", "--data", tmp_path)
        assert (code, sentence in said) == (3, True)
    file.unlink()
    store = create_store(sqlite_url(file))
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    for words in (["user", "list"], ["migrate"]):
        code, _lines, said = typed(*words, "--data", tmp_path)
        assert (code, "of a newer program (9999)" in said) == (3, True)


@pytest.mark.parametrize("address", ["mysql://x/y", "nonsense", "sqlite://"])
def test_an_address_that_is_none_ends_with_three(typed, address):
    code, _lines, said = typed("user", "list", "--database-url", address)
    assert (code, "The address of the store is not valid." in said) == (3, True)


def test_the_address_comes_from_the_environment_too(typed, folder, monkeypatch):
    address = sqlite_url(folder / "register.sqlite").render_as_string()
    monkeypatch.setenv(DATABASE_URL, address)
    assert typed("user", "list")[1] == ["anna\tAnna Aalto\tadministrator\tin use\t"]


def test_postgresql_by_its_address(typed, postgresql_address):
    at = ("--database-url", postgresql_address)
    assert typed("init", *at, "--username", "anna", "--name", "Anna", answer=PASSWORD)[0] == 0
    assert typed("migrate", *at)[0] == 0
    assert typed("user", "list", *at)[1] == ["anna\tAnna\tadministrator\tin use\t"]


def test_migrate_leaves_a_current_store_as_it_is(typed, folder):
    code, _lines, said = typed("migrate", "--data", folder)
    assert code == 0
    assert re.fullmatch(r"The store is at version \d{4} already\.\n", said)


def test_a_port_that_another_has_is_named(typed, folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, _lines, said = typed("serve", "--data", folder, "--port", port, "--no-browser")
    assert (code, said) == (
        1,
        f"asiakasrekisteri: Another program has port {port}. Give another: --port 8502\n",
    )


def test_the_demonstration_prints_its_users_and_is_reused(typed, tmp_path):
    words = ("demo", "--customers", "5", "--seed", "3", "--build-only", "--data", tmp_path)
    code, first, _said = typed(*words)
    assert code == 0
    assert [line.split("\t")[::2] for line in first] == [
        ["maija", "manager"],
        ["olli", "office"],
        ["ville", "viewer"],
        ["anna", "administrator"],
    ]
    code, again, said = typed(*words)
    assert (code, said) == (0, "The same company of 5 customers exists already; it is opened.\n")
    assert [line.split("\t")[0] for line in again] == ["maija", "olli", "ville", "anna"]
    assert not {line.split("\t")[1] for line in first} & {line.split("\t")[1] for line in again}


def test_a_demonstration_of_another_size_takes_the_first_ones_place(typed, tmp_path):
    def customers() -> int:
        store = open_store(sqlite_url(tmp_path / "register.sqlite"))
        with store.reading(CONSOLE) as session:
            found = session.scalar(select(func.count()).where(Party.is_customer))
        store.close()
        return found

    for n in (5, 8):
        code, _lines, _said = typed(
            "demo", "--customers", n, "--seed", "3", "--build-only", "--data", tmp_path
        )
        assert (code, customers()) == (0, n)


def test_a_demonstration_never_takes_a_real_stores_place(typed, folder, tmp_path):
    other = tmp_path / "other"
    store = create_store(sqlite_url(other / "register.sqlite"))
    make_party(store)
    store.close()
    for place in (folder, other):
        before = (place / "register.sqlite").read_bytes()
        code, lines, said = typed("demo", "--customers", "5", "--build-only", "--data", place)
        assert (code, lines) == (1, [])
        assert "It was not touched." in said
        assert (place / "register.sqlite").read_bytes() == before


def test_an_error_of_the_program_is_placed_and_quotes_nobody(typed, folder):
    store = open_store(sqlite_url(folder / "register.sqlite"))
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE user_account SET created_at = 'Aino Esimerkki'"))
    store.close()
    code, lines, said = typed("user", "list", "--data", folder)
    assert (code, lines) == (70, [])
    first, *places = said.splitlines()
    assert re.fullmatch(r"asiakasrekisteri: The program has an error \([0-9A-F]{8}\)\. .*", first)
    assert "builtins.ValueError" in places
    assert "Aino" not in said


def test_ctrl_c_in_long_work_ends_with_130_and_the_next_start_builds_anew(typed, tmp_path):
    # A shell's background job ignores Ctrl+C, and so do its children: ours listens all the same.
    listening = "signal.signal(signal.SIGINT, signal.default_int_handler)"
    words = [
        sys.executable,
        "-c",
        f"import signal, sys; {listening}; from dashboard.cli import main; sys.exit(main())",
        "demo",
        "--customers",
        "20000",
        "--build-only",
        "--data",
        str(tmp_path),
    ]
    process = subprocess.Popen(  # noqa: S603 - our own program
        words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    for line in process.stderr:
        if "20" in line:
            break
    assert comes(lambda: any(tmp_path.rglob("*")))
    process.send_signal(signal.SIGINT)
    out, said = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in said
    code, lines, _said = typed("demo", "--customers", "5", "--build-only", "--data", tmp_path)
    assert (code, len(lines)) == (0, 4)


@pytest.mark.parametrize("port", ["abc", "-1", "65536", "8²", ""])
def test_a_port_that_is_none_is_refused_in_words(typed, port):
    code, lines, said = typed("--language", "fi", "serve", f"--port={port}")
    assert (code, lines) == (2, [])
    assert said.endswith("argument --port: portti on kokonaisluku 0–65535\n")


def test_check_compares_the_store_and_rebuild_mends_it(typed, folder):
    names = [
        "Integrity of the database",
        "Tables, checks and triggers",
        "References between tables",
        "Derived values",
        "Search",
        "Erasure ledger",
        "Map of personal data",
    ]
    code, lines, said = typed("check", "--data", folder)
    assert (code, lines, said) == (0, [f"{name}: as it should be" for name in names], "")
    store = open_store(sqlite_url(folder / "register.sqlite"))
    with store.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO summary VALUES ('orders', 'open', 3, 0)")
    store.close()
    code, lines, said = typed("check", "--data", folder)
    assert (code, lines[3]) == (1, "Derived values: differs: orders/open")
    assert said == "Close the register and run asiakasrekisteri check --rebuild.\n"
    with at_work(folder):
        assert typed("check", "--rebuild", "--data", folder)[0] == 3
    code, lines, said = typed("check", "--rebuild", "--data", folder)
    assert (code, lines[3]) == (0, "Derived values: as it should be")
    assert said == "What is derived was computed anew from the rows.\n"
