"""``asiakasrekisteri imports``."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

from dashboard.cli import main
from queries.store.tables import ImportBatch, Party
from tests.factories import import_files
from tests.factories.import_files import ROWS, csv_of
from tests.factories.records import make_note
from tests.support.trails import only
from tests.support.words import fi

FILE = csv_of(ROWS[0], (*ROWS[1][:6], "ei@@", ""))


def brought(store, name, data, **more):
    """Brought in now: what was brought in long ago has no details left."""
    return import_files.brought(store, name, data, now=datetime.now(UTC), **more)


@pytest.fixture
def run(sqlite_store, sqlite_path, capsys, monkeypatch):
    """Run the command; return the exit code and what it said."""

    def command(*words, answer="", language="fi"):
        monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        code = main(
            [
                "--language",
                language,
                "imports",
                "--database-url",
                f"sqlite:///{sqlite_path}",
                *words,
            ]
        )
        said = capsys.readouterr()
        return code, said.out.splitlines(), said.err.splitlines()

    return command


def test_the_list_is_of_all_newest_first(run, sqlite_store):
    assert run() == (0, [], [fi("imports.none")])
    for n in range(30):
        brought(sqlite_store, f"{n}.csv", csv_of((str(n), f"Yritys {n} Oy", *[""] * 6)))
    code, out, err = run()
    assert (code, len(out), err) == (0, 30, [])
    assert out[0].startswith("30: ")
    assert out[0].endswith(", olli, 29.csv (Asiakastaulukko): 1 lisättiin")
    assert out[-1].startswith("1: ")


def test_one_is_told_whole(run, sqlite_store):
    brought(sqlite_store, "a.csv", FILE, skip_refused=True, overwrite=True)
    code, out, _err = run("1")
    assert code == 0
    assert out[0].endswith("olli, a.csv (Asiakastaulukko): 1 lisättiin, 1 jätettiin tuomatta")
    assert out[1].startswith("SHA-256: ")
    assert out[2:] == [
        fi("import.overwrite"),
        "rivi 3: Väinö Äijälä: Sarake Sähköposti: Sähköpostiosoite ei ole oikein kirjoitettu."
        " Sen pitää olla muotoa nimi@esimerkki.fi.",
    ]
    assert run("9")[0] == 1


def test_it_asks_and_undoes(run, sqlite_store):
    brought(sqlite_store, "a.csv", FILE, skip_refused=True)
    assert run("1", "--undo", answer="e\n")[0] == 1
    assert len(only(sqlite_store, Party)) == 1
    code, _out, err = run("1", "--undo", answer="k\n")
    assert (code, err) == (
        0,
        [
            "Perutaanko koko tuonti? (k/e) Tuonti 1 peruttiin: lisätyt tiedot poistettiin ja"
            " muutetut palautettiin."
        ],
    )
    assert only(sqlite_store, Party) == []
    assert only(sqlite_store, ImportBatch)[0].undone_by == "(console)"
    code, _out, err = run("1", "--undo", "--yes", language="en")
    assert code == 1
    assert "The import was undone already" in err[0]


def test_what_stands_in_the_way_is_said(run, sqlite_store):
    brought(sqlite_store, "a.csv", FILE, skip_refused=True)
    make_note(sqlite_store, only(sqlite_store, Party)[0].id)
    code, _out, err = run("1", "--undo", "--yes", language="sv")
    assert code == 1
    assert "Pihlajamäen Huolto Oy (1): Anteckning." in err[0]
    assert len(only(sqlite_store, Party)) == 1


def test_which_import_has_to_be_said(run):
    code, _out, err = run("--undo")
    assert code == 2
    assert err == [fi("cli.imports.which")]
