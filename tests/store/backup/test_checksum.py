from __future__ import annotations

import shutil
from datetime import date

import pytest

from queries.errors import StoreRefusal
from queries.store.backup.backup import back_up, read_back
from queries.store.backup.checksum import check_seal, seal, unseal
from queries.store.backup.ledger import ledger_of
from queries.store.backup.restore import restore
from queries.store.migrate import open_store
from tests.conftest import NOW
from tests.factories.records import make_party


@pytest.fixture
def copy(sqlite_store, tmp_path):
    make_party(sqlite_store, name="Kaarina Mallikas")
    return back_up(
        sqlite_store, ledger_of(sqlite_store, tmp_path), tmp_path / "copy", on=date(2026, 3, 5)
    ).path


def code_of(call):
    with pytest.raises(StoreRefusal) as refusal:
        call()
    return refusal.value.code


def test_a_letter_that_changed_is_found(sqlite_store, copy, tmp_path):
    sqlite_store.close()
    store = tmp_path / "register.sqlite"
    before = store.read_bytes()
    copy.write_bytes(copy.read_bytes().replace(b"Kaarina Mallikas", b"Kaarina Malliko\xf3"))
    assert code_of(lambda: read_back(copy)) == "backup_damaged"
    code = code_of(lambda: restore(copy, sqlite_store.engine.url, tmp_path, now=NOW))
    assert code == "backup_damaged"
    assert store.read_bytes() == before


@pytest.mark.parametrize("at", [20, 60, 68, 71, 5000, -1])
def test_any_byte_that_changed_is_found(copy, at):
    data = bytearray(copy.read_bytes())
    data[at] ^= 0xFF
    copy.write_bytes(data)
    assert code_of(lambda: check_seal(copy)) == "backup_damaged"


def test_a_restored_store_has_no_seal_and_one_in_use_is_past_it(sqlite_store, copy, tmp_path):
    url = sqlite_store.engine.url
    sqlite_store.close()
    store = tmp_path / "register.sqlite"
    restore(copy, url, tmp_path, now=NOW)
    assert store.read_bytes()[68:72] == bytes(4)
    shutil.copy(copy, store)  # by hand, and worked with
    used = open_store(url)
    make_party(used, name="Toinen Mallikas")
    used.close()
    assert store.read_bytes()[68:72] == copy.read_bytes()[68:72] != bytes(4)
    check_seal(store)


def test_a_file_without_a_seal_is_not_checked(copy):
    unseal(copy)
    copy.write_bytes(copy.read_bytes().replace(b"Kaarina Mallikas", b"Kaarina Mallikos"))
    found = read_back(copy)
    seal(copy)
    assert read_back(copy) == found
