"""A file is read in a process of its own: the same result, and no file can stop the others."""

from __future__ import annotations

import io
import pickle
import zipfile

import pytest

from queries.errors import InvalidInput, UnreadableFile
from queries.intake.plan import ImportSettings
from queries.intake.readers import child_process
from queries.intake.readers.child_process import read_apart
from queries.intake.readers.read_file import read_file
from tests.factories.import_files import (
    ROWS,
    company,
    csv_of,
    finvoice,
    finvoice_file,
    xlsx_of,
    ytj_of,
)
from tests.factories.post_code_files import pcf

FILES = [
    ("a.csv", csv_of(*ROWS)),
    ("a.xlsx", xlsx_of(*ROWS)),
    ("a.xml", finvoice_file(finvoice("1"), finvoice("2"))),
    ("a.json", ytj_of(company())),
    ("a.csv", b"Email Address,OPTIN_TIME,LEID\nx@y.example,2020-01-01 10:00:00,1\n"),
    ("pcf.dat", pcf()),
]


@pytest.mark.parametrize(("name", "data"), FILES, ids=[name for name, _ in FILES])
def test_what_comes_back_is_what_the_reader_reads(name, data):
    assert read_apart(name, data) == read_file(name, data)


def test_a_file_on_the_disk_is_read(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(csv_of(*ROWS))
    assert read_apart(path.name, path) == read_file(path.name, path)


def test_settings_go_along():
    settings = ImportSettings(has_header=False)
    name, data = FILES[0]
    assert read_apart(name, data, settings=settings) == read_file(name, data, settings=settings)


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.xml", b"<a>\n<b></a>"), ("a.csv", b""), ("a.csv", b"%PDF-1.4"), ("a.xml", b"<a/>")],
)
def test_a_refusal_comes_back_with_its_facts(name, data):
    with pytest.raises(UnreadableFile) as here:
        read_file(name, data)
    with pytest.raises(UnreadableFile) as there:
        read_apart(name, data)
    assert (there.value.code, there.value.facts) == (here.value.code, here.value.facts)


def test_a_setting_that_is_not_possible_comes_back_with_its_field():
    with pytest.raises(InvalidInput) as caught:
        read_apart("a.xlsx", xlsx_of(*ROWS), settings=ImportSettings(sheet="Ei ole"))
    assert (caught.value.field, caught.value.code) == ("sheet", "choice")


def test_whoever_waits_is_told_and_can_end_it():
    class CancelledError(Exception):
        pass

    told = []

    def tell(share):
        told.append(share)
        raise CancelledError

    with pytest.raises(CancelledError):
        read_apart("a.csv", csv_of(*ROWS * 4000), tell=tell)
    assert len(told) == 1


def test_progress_comes_from_the_reader():
    told = []
    read_apart("a.csv", csv_of(*ROWS * 4000), tell=told.append)
    assert told == sorted(told)
    assert max(told) > 0.9


def test_a_child_out_of_processor_time_is_a_refusal(monkeypatch, tmp_path):
    _patched(monkeypatch, tmp_path, "while True: pass")
    with pytest.raises(UnreadableFile) as caught:
        read_apart(*FILES[0])
    assert caught.value.code == "file_too_heavy"


def test_a_child_out_of_memory_is_a_refusal(monkeypatch, tmp_path):
    _patched(monkeypatch, tmp_path, "bytearray(8 * 1024 ** 3)")
    with pytest.raises(UnreadableFile) as caught:
        read_apart(*FILES[0])
    assert caught.value.code == "file_too_heavy"


def test_a_child_that_dies_is_a_refusal(monkeypatch, tmp_path):
    _patched(monkeypatch, tmp_path, "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    with pytest.raises(UnreadableFile) as caught:
        read_apart(*FILES[0])
    assert caught.value.code == "file_breaks"


def _patched(monkeypatch, tmp_path, statement):
    """Lets every child run a statement before it reads, with two seconds of processor time."""
    (tmp_path / "sitecustomize.py").write_text(
        "from queries.intake.readers import read_file as reading\n"
        "def read_file(*args, **kwargs):\n"
        f"    {statement}\n"
        "reading.read_file = read_file\n",
        encoding="utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(child_process, "MOST_PROCESSOR_SECONDS", 2)


@pytest.mark.parametrize("harmful", [pickle.dumps(io.BytesIO()), pickle.dumps(zipfile.ZipFile)])
def test_only_our_own_types_come_back(harmful):
    with pytest.raises(pickle.UnpicklingError):
        child_process._loaded(harmful)


def test_the_child_knows_no_secret_of_ours(monkeypatch):
    monkeypatch.setenv("ASIAKASREKISTERI_DATABASE_URL", "postgresql://register:secret@h/d")
    assert "secret" not in repr(child_process._environment())
