from __future__ import annotations

import resource
import signal
import sqlite3
import stat
import threading
from datetime import date

import pytest

from queries.errors import RegisterError
from queries.store.backup import postgresql
from queries.store.backup.backup import back_up, counted, form_of, read_back
from queries.store.backup.ledger import ledger_of
from queries.store.engine import sqlite_url
from queries.store.migrate import newest_revision, open_store
from tests.factories.records import make_party, make_person
from tests.support.trails import everything

DAY = date(2026, 3, 5)


@pytest.fixture
def ledger(store, tmp_path):
    return ledger_of(store, tmp_path)


def code_of(call):
    with pytest.raises(RegisterError) as refusal:
        call()
    return refusal.value.code


def test_a_backup_is_whole_and_its_owners_alone(store, ledger, tmp_path):
    make_person(store)
    made = back_up(store, ledger, tmp_path / "deep" / "copy", on=DAY)
    assert made.revision == newest_revision()
    assert made.rows["party"] == 1
    assert made.size == made.path.stat().st_size > 1000
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert read_back(made.path) == (made.revision, made.rows)
    assert [path.name for path in made.path.parent.iterdir()] == ["copy"]
    with store.engine.connect() as connection:
        assert counted(connection) == made.rows


def test_the_copy_says_what_the_store_says(sqlite_store, tmp_path):
    make_person(sqlite_store)
    ledger = ledger_of(sqlite_store, tmp_path)
    made = back_up(sqlite_store, ledger, tmp_path / "copy", on=DAY)
    copy = open_store(sqlite_url(made.path))
    assert everything(copy) == everything(sqlite_store)
    copy.close()


def test_the_ledger_knows_what_was_given_out(store, ledger, tmp_path):
    for _ in range(3):
        make_party(store)
    back_up(store, ledger, tmp_path / "copy", on=DAY)
    assert ledger.read().highest["party"] == 3


def test_nothing_is_written_over(store, ledger, tmp_path):
    (tmp_path / "letter").write_text("Hyvä asiakas")
    assert code_of(lambda: back_up(store, ledger, tmp_path / "letter", on=DAY)) == "backup_exists"
    assert (tmp_path / "letter").read_text() == "Hyvä asiakas"


def test_a_place_that_cannot_be_written_leaves_nothing(store, ledger, tmp_path):
    (tmp_path / "file").write_text("")
    inside = tmp_path / "file" / "copy"
    assert code_of(lambda: back_up(store, ledger, inside, on=DAY)) == "backup_unwritable"


def test_a_backup_while_others_save_is_of_one_moment(store, ledger, tmp_path):
    stop = threading.Event()

    def save():
        while not stop.is_set():
            make_person(store)

    writer = threading.Thread(target=save)
    writer.start()
    try:
        made = [back_up(store, ledger, tmp_path / f"copy{n}", on=DAY) for n in range(3)]
    finally:
        stop.set()
        writer.join()
    for each in made:
        # A person and its search text are saved together: no copy has one without the other.
        assert each.rows["party"] == each.rows["party_search"] == each.rows["party_facts"]
    assert made[0].rows["party"] < made[2].rows["party"]


def test_a_damaged_copy_is_found(store, ledger, tmp_path):
    for _ in range(20):
        make_person(store)
    made = back_up(store, ledger, tmp_path / "copy", on=DAY)
    whole = made.path.read_bytes()
    (tmp_path / "half").write_bytes(whole[: len(whole) // 2])
    assert code_of(lambda: read_back(tmp_path / "half")) == "backup_damaged"


def test_a_flipped_page_is_found(sqlite_store, tmp_path):
    for _ in range(20):
        make_person(sqlite_store)
    made = back_up(sqlite_store, ledger_of(sqlite_store, tmp_path), tmp_path / "copy", on=DAY)
    whole = bytearray(made.path.read_bytes())
    whole[5 * 4096 : 6 * 4096] = bytes(4096)
    (tmp_path / "flipped").write_bytes(whole)
    assert code_of(lambda: read_back(tmp_path / "flipped")) == "backup_damaged"


def test_a_full_disk_is_a_sentence_and_leaves_nothing(sqlite_store, tmp_path):
    ledger = ledger_of(sqlite_store, tmp_path)
    (tmp_path / "backups").mkdir()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))  # a write beyond it fails
    try:
        code = code_of(lambda: back_up(sqlite_store, ledger, tmp_path / "backups" / "copy", on=DAY))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old)
    assert code == "backup_unwritable"
    assert list((tmp_path / "backups").iterdir()) == []


def test_what_is_no_backup_of_ours(tmp_path):
    assert code_of(lambda: form_of(tmp_path / "nothing")) == "backup_missing"
    (tmp_path / "letter").write_text("Hyvä asiakas")
    assert code_of(lambda: form_of(tmp_path / "letter")) == "backup_foreign"
    other = sqlite3.connect(tmp_path / "other")
    other.execute("CREATE TABLE letters (id INTEGER)")
    other.close()
    assert code_of(lambda: read_back(tmp_path / "other")) == "backup_foreign"


def test_postgresql_without_its_clients_is_a_sentence(postgresql_address, tmp_path, monkeypatch):
    monkeypatch.setattr(postgresql, "_PLACES", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    store = open_store(postgresql_address)
    ledger = ledger_of(store, tmp_path)
    refused = code_of(lambda: back_up(store, ledger, tmp_path / "copy", on=DAY))
    store.close()
    assert refused == "postgresql_clients"
    assert not (tmp_path / "copy.part").exists()
