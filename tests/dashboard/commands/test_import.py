"""``asiakasrekisteri import FILE``."""

from __future__ import annotations

import io
import sys

import pytest
from sqlalchemy import select

from dashboard.cli import main
from queries.store.tables import ImportBatch, Party, PostCode, TrailEntry
from tests.factories.import_files import OFFICE, ROWS, csv_of, finvoice, finvoice_file
from tests.factories.post_code_files import pcf
from tests.factories.records import make_address, make_person
from tests.support.trails import only
from tests.support.words import fi


@pytest.fixture
def run(sqlite_store, sqlite_path, tmp_path, capsys):
    """Run the command on a file of these bytes; return the exit code and what it said."""

    def command(data, *flags, name="a.csv", answer="", language="fi"):
        file = tmp_path / name
        file.write_bytes(data)
        before = sys.stdin
        sys.stdin = io.StringIO(answer)
        try:
            code = main(
                [
                    "--language",
                    language,
                    "import",
                    str(file),
                    "--database-url",
                    f"sqlite:///{sqlite_path}",
                    *flags,
                ]
            )
        finally:
            sys.stdin = before
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def test_it_asks_and_brings_in(run, sqlite_store):
    code, out, err = run(csv_of(*ROWS), answer="k\n")
    assert (code, out.splitlines()[0]) == (0, fi("import.counts.create", n=2))
    assert err.splitlines() == [
        fi("cli.import.form", form=fi("import.forms.customers"), n=2),
        fi("cli.import.read_as", encoding="utf-8", delimiter=fi("import.delimiters.semicolon")),
        fi("cli.import.ask") + fi("cli.import.done", created=2, changed=0, skipped=0, refused=0),
    ]
    assert len(only(sqlite_store, Party)) == 2
    assert only(sqlite_store, TrailEntry)[-1].actor == "(console)"


@pytest.mark.parametrize("answer", ["e\n", "", "ehkä\n"])
def test_anything_but_yes_brings_nothing_in(run, sqlite_store, answer):
    code, _out, err = run(csv_of(*ROWS), answer=answer)
    assert (code, err.splitlines()[-1]) == (1, fi("cli.import.ask") + fi("cli.import.not_done"))
    assert only(sqlite_store, Party) == []


def test_a_dry_run_changes_nothing(run, sqlite_store):
    code, out, _err = run(csv_of(*ROWS), "--dry-run")
    assert code == 0
    assert "rivi 3: Väinö Äijälä: Tiedosto ei kerro, onko tämä henkilö" in out
    assert only(sqlite_store, Party) == []


def test_nothing_new_is_not_said_where_something_is_left_out_or_differs(run, sqlite_store):
    """Rows that are left out are not in the register, and what differs is not as in the file."""
    header = ("Asiakasnumero", "Nimi", "Postitoimipaikka")
    file = csv_of(("1", "Eka Oy", "Mikkeli"), ("Yhteensä", "1", ""), header=header)
    assert run(file, "--yes")[0] == 0
    said = fi("import.nothing_taken")
    other = csv_of(("1", "Eka Oy", "Kuopio"), header=header)
    for again in (file, other):
        code, _out, err = run(again, "--yes")
        assert (code, err.splitlines()[-1]) == (0, said)


def test_yes_brings_in_without_asking_and_again_there_is_nothing(run, sqlite_store):
    assert run(csv_of(*ROWS), "--yes")[0] == 0
    code, _out, err = run(csv_of(*ROWS), "--yes")
    assert (code, err.splitlines()[-1]) == (0, fi("import.nothing"))
    assert len(only(sqlite_store, ImportBatch)) == 1


def test_refused_rows_are_told_and_left_out_only_when_asked(run, sqlite_store):
    data = csv_of(ROWS[0], (*ROWS[1][:6], "ei@@", ""))
    code, out, err = run(data, "--yes")
    assert code == 1
    assert "rivi 3: Väinö Äijälä: Sarake Sähköposti: Sähköpostiosoite ei ole" in out
    assert "Rivejä, joita ei voi tuoda: 1." in err
    assert only(sqlite_store, Party) == []
    assert run(data, "--yes", "--skip-refused")[0] == 0
    assert len(only(sqlite_store, Party)) == 1


def test_a_file_of_nothing_but_refused_rows_fails(run):
    code, _out, err = run(csv_of(("1", "Aino 131052-308T", "", "", "", "", "", "")), "--yes")
    assert (code, err.splitlines()[-1]) == (1, fi("import.nothing_allowed"))


def test_a_file_that_is_no_good_says_why(run):
    code, _out, err = run(b"%PDF-1.7", name="a.pdf")
    assert code == 1
    assert fi("refusals.file_is_pdf") in err


def test_settings_are_given_by_flags(run, sqlite_store):
    data = csv_of(*ROWS, encoding="iso-8859-15", delimiter="\t")
    flags = (
        "--yes",
        "--encoding",
        "iso-8859-15",
        "--delimiter",
        "tab",
        "--overwrite",
        "--default-kind",
        "organisation",
    )
    assert run(data, *flags)[0] == 0
    assert [party.kind for party in only(sqlite_store, Party)] == ["organisation", "organisation"]


def test_invoices_without_new_customers(run):
    code, out, _err = run(finvoice_file(finvoice()), "--yes", "--no-create", name="a.xml")
    assert code == 1
    assert "rivi 1: Ostajan Oy: Ostajaa ei ole rekisterissä." in out


def test_control_characters_do_not_reach_the_terminal(run):
    data = csv_of(("1", "Aino\x1b[31m", "", "", "", "", "", ""))
    _code, out, _err = run(data, "--dry-run")
    assert "\x1b" not in out


def test_it_speaks_other_languages(run):
    assert run(csv_of(*ROWS), "--dry-run", language="en")[1].splitlines()[0] == "2 to add"
    assert run(csv_of(*ROWS), "--dry-run", language="sv")[1].splitlines()[0] == "2 läggs till"


def test_post_codes_are_shown_first_and_taken_over(run, sqlite_store):
    code, out, err = run(pcf(), name="PCF_20260302.dat", answer="k\n")
    assert (code, out.splitlines()) == (
        0,
        [
            fi("import.post_codes.of_day", on="2.3.2026"),
            fi("import.post_codes.added", n=5),
            fi("import.post_codes.changed", n=0),
            fi("import.post_codes.removed", n=0),
            fi("import.post_codes.unchanged", n=0),
        ],
    )
    assert err.splitlines() == [
        fi("cli.import.form", form=fi("import.forms.post_codes"), n=5),
        fi("cli.import.ask") + fi("import.post_codes.done", n=5),
    ]
    assert len(only_codes(sqlite_store)) == 5
    code, _out, err = run(pcf(), name="PCF_20260302.dat")
    assert (code, err.splitlines()[-1][:40]) == (0, "Tiedostossa ei ole mitään uutta: kaikki ")


@pytest.mark.parametrize(("flags", "answer", "code"), [(("--dry-run",), "", 0), ((), "e\n", 1)])
def test_post_codes_are_not_taken_over_unasked(run, sqlite_store, flags, answer, code):
    assert run(pcf(), *flags, name="PCF.dat", answer=answer)[0] == code
    assert only_codes(sqlite_store) == []


def test_a_bad_line_of_post_codes_is_named(run):
    code, _out, err = run(pcf() + b"PONOT\r\n", "--yes", name="PCF.dat")
    assert (code, "Rivi 6 ei ole Postin" in err) == (1, True)


def only_codes(store):
    with store.reading(OFFICE) as session:
        return session.scalars(select(PostCode.code).order_by(PostCode.code)).all()


def test_who_is_on_a_row_is_said_by_a_flag(run, sqlite_store):
    person = make_person(sqlite_store, given_name="Aino", family_name="Esimerkki")
    make_address(sqlite_store, person, street="Tie 1", post_code="50100", town="Mikkeli")
    head = ("Nimi", "Katuosoite", "Postinumero")
    data = csv_of(("Aino Esimerkki", "Katu 2", "50100"), header=head)
    code, out, _err = run(data, "--yes")
    assert (code, f"{person} (Aino Esimerkki, Tie 1, 50100 Mikkeli)" in out) == (1, True)
    assert fi("cli.import.match_hint", row=2) in out
    code, out, _err = run(data, "--yes", "--match", "2=new", "--match", "9=new")
    assert (code, "riviä 9" in out) == (0, True)
    assert len(only(sqlite_store, Party)) == 2


def test_a_flag_that_says_no_row_is_refused(run, capsys):
    with pytest.raises(SystemExit):
        run(csv_of(*ROWS), "--match", "kolme")
    assert "--match 3=17" in capsys.readouterr().err


def test_who_gets_no_letters_any_more_is_named(run):
    lines = (
        "CONTACT ID;EMAIL;EMAIL_BLOCKLISTED;OPT_IN;ADDED_TIME",
        "1;ei.enaa@posti.example;yes;;2024-01-05",
    )
    code, out, _err = run("\n".join(lines).encode(), "--yes")
    said = "rivi 2: ei.enaa@posti.example: Ei tilaa nyt; osoite jää kieltolistalle."
    assert (code, out.splitlines()[-1]) == (0, said)
