from __future__ import annotations

import resource
import shutil
import signal
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text

from queries.errors import StoreRefusal
from queries.reads.customers.customer_list import CustomerFilter, customer_list
from queries.store import derived
from queries.store.backup.backup import back_up
from queries.store.backup.ledger import ledger_of
from queries.store.backup.ledger_marks import Bond, compare, note_mark
from queries.store.backup.numbers_ahead import IDS_APART, NUMBERS_APART
from queries.store.backup.record_origins import origins_of
from queries.store.backup.restore import restore
from queries.store.data_folder_lock import at_work
from queries.store.engine import sqlite_url
from queries.store.migrate import open_store
from queries.store.retention.erasing import FILES, erase, gate_open
from queries.store.tables import Party, SignInSession
from queries.writes.commands import Seen
from queries.writes.customers.notes import remove_note
from tests.conftest import NOW
from tests.factories.records import MAKER, make_note, make_order, make_person, make_phone, make_work
from tests.support.restores import backed_up, drop, make_unreadable, restored
from tests.support.trails import everything

DAY = date(2026, 3, 5)


@pytest.fixture
def folder(tmp_path):
    """The data folder; a SQLite store lies in it."""
    return tmp_path


def code_of(call):
    with pytest.raises(StoreRefusal) as refusal:
        call()
    return refusal.value.code


def erased(store, folder, batch="batch", **keys):
    """Erase records as a disposal does: intent, transaction, confirmation."""
    ledger = ledger_of(store, folder)
    with ledger.held():
        with store.writing(MAKER, token=batch) as uow, gate_open(uow.session):
            for table, ids in keys.items():
                erase(uow.session, FILES[table], ids, on=uow.today)
            note_mark(uow.session, intended(store, ledger, batch, keys))
            uow.audit("carry_out_disposal", "disposal_run", 1)
        ledger.confirm(batch)


def intended(store, ledger, batch, keys):
    """The line of an intent, with the origins that a disposal says; returns its mark."""
    with store.engine.execution_options(register_reading=True).connect() as connection:
        origins = {table: origins_of(connection, table, ids) for table, ids in keys.items()}
    return ledger.intend(batch, DAY, keys, {}, origins=origins)


def rows_but(store, *without):
    return {table: rows for table, rows in everything(store).items() if table not in without}


def found(store, text):
    with store.reading(MAKER) as session:
        return [row.name for row in customer_list(session, CustomerFilter(text=text)).rows]


def full_person(store, given_name):
    party = make_person(store, given_name)
    make_phone(store, party)
    make_note(store, party)
    make_work(store, make_order(store, party))
    return party


def test_the_erased_stay_erased_and_nothing_else_changes(store, folder):
    full_person(store, "Aino")
    gone = full_person(store, "Veikko")
    copy = backed_up(store, folder)
    erased(store, folder, note=[2], service_order=[2], party=[gone])
    own = "trail_entry", "ledger_mark", "erased_record"
    wanted = rows_but(store, *own)
    done, back = restored(store, folder, copy)
    assert rows_but(back, *own) == wanted
    assert [row[:2] for row in everything(back)["erased_record"]] == [
        ("note", 2),
        ("party", 2),
        ("service_order", 2),
    ]
    assert done.replayed.erased == {
        "note": 1,
        "work_entry": 1,
        "service_order": 1,
        "phone": 1,
        "party_search": 1,
        "party_facts": 1,
        "party": 1,
    }
    assert (found(back, "veikko"), found(back, "aino")) == ([], ["Aino Esimerkki"])
    with back.engine.connect() as connection:
        assert derived.differences(connection) == []
    back.close()


def test_what_was_added_later_is_lost_but_its_id_is_not_given_again(store, folder):
    make_person(store)
    copy = backed_up(store, folder)
    for _ in range(3):
        make_person(store)
    done, back = restored(store, folder, copy)
    assert make_person(back) == 5
    assert done.replaced is True
    assert done.replayed.ahead == {}
    back.close()


def test_ids_stay_ahead_where_the_replaced_store_is_gone(sqlite_store, folder):
    make_person(sqlite_store)
    copy = backed_up(sqlite_store, folder)
    make_person(sqlite_store)
    backed_up(sqlite_store, folder, "later")
    sqlite_store.close()
    (folder / "register.sqlite").unlink()
    done, back = restored(sqlite_store, folder, copy)
    assert (done.replaced, done.aside) == (None, None)
    assert make_person(back) == 2 + IDS_APART + 1
    back.close()


def test_no_id_or_number_is_given_twice_after_a_store_that_cannot_be_read(store, folder):
    first = make_person(store)
    make_order(store, first)
    copy = backed_up(store, folder)
    lost = make_person(store)
    make_order(store, lost)
    make_unreadable(store)
    done, back = restored(store, folder, copy)
    assert not done.replaced
    assert done.replayed.ahead == {}
    assert done.replayed.passed_over == {
        "invoice": (1, 1 + NUMBERS_APART),
        "order": (1002, 1002 + NUMBERS_APART),
        "paper": (1, 1 + NUMBERS_APART),
        "request.2026": (1, 1 + NUMBERS_APART),
    }
    new = make_person(back)
    assert new == first + IDS_APART + 1
    make_order(back, new)
    with back.engine.connect() as connection:
        numbers = connection.execute(text("SELECT number FROM service_order ORDER BY id"))
        assert numbers.scalars().all() == ["1001", str(1002 + NUMBERS_APART)]
    make_unreadable(back)
    _done, again = restored(back, folder, copy)
    assert make_person(again) == first + 2 * IDS_APART + 1
    again.close()


def test_keys_that_are_used_up_are_refused(sqlite_store, folder):
    copy = backed_up(sqlite_store, folder)
    ledger_of(sqlite_store, folder).mark(DAY, {"note": 2**31 - 10}, {})
    make_unreadable(sqlite_store)
    url = sqlite_store.engine.url
    assert code_of(lambda: restore(copy, url, folder, now=NOW)) == "ids_used_up"


def test_a_store_made_a_moment_ago_tells_nothing(sqlite_store, sqlite_template, folder):
    make_person(sqlite_store)
    copy = backed_up(sqlite_store, folder)
    sqlite_store.close()
    shutil.copy(sqlite_template, folder / "register.sqlite")
    done, back = restored(sqlite_store, folder, copy)
    assert done.replayed.kept.unread
    assert make_person(back) == 1 + IDS_APART + 1
    back.close()


def test_numbers_stay_ahead(store, folder):
    party = make_person(store)
    make_order(store, party)
    copy = backed_up(store, folder)
    for _ in range(3):
        make_order(store, party)
    done, back = restored(store, folder, copy)
    assert done.replayed.ahead == {"order": (1002, 1005)}
    make_order(back, party)
    with back.engine.connect() as connection:
        numbers = connection.execute(text("SELECT number FROM service_order ORDER BY id"))
        assert numbers.scalars().all() == ["1001", "1005"]
    back.close()


def test_what_was_removed_by_hand_from_an_erased_party_goes_with_it(store, folder):
    party = make_person(store)
    make_note(store, party)
    copy = backed_up(store, folder)
    store.carry_out(remove_note, Seen(id=1, version=1), actor=MAKER)
    erased(store, folder, party=[party])
    done, back = restored(store, folder, copy)
    assert done.replayed.erased["note"] == 1
    assert everything(back)["note"] == everything(back)["party"] == []
    back.close()


def test_a_batch_that_never_committed_is_not_erased(store, folder):
    party = make_person(store)
    copy = backed_up(store, folder)
    ledger = ledger_of(store, folder)
    with ledger.held():
        ledger.intend("lost", DAY, {"party": [party]}, {})
    done, back = restored(store, folder, copy)
    assert done.replayed.erased == {}
    assert len(everything(back)["party"]) == 1
    back.close()


def test_a_batch_that_nobody_can_be_asked_about_counts_as_erased(sqlite_store, folder):
    party = make_person(sqlite_store)
    copy = backed_up(sqlite_store, folder)
    ledger = ledger_of(sqlite_store, folder)
    with ledger.held():
        intended(sqlite_store, ledger, "unknown", {"party": [party]})
    sqlite_store.close()
    (folder / "register.sqlite").write_bytes(b"SQLite format 3\0" + bytes(9000))
    done, back = restored(sqlite_store, folder, copy)
    assert done.replaced is False
    assert everything(back)["party"] == []
    assert compare(back, ledger) == Bond.FITS
    done, again = restored(back, folder, copy)
    assert done.replaced is True
    assert everything(again)["party"] == []
    again.close()


def test_a_restore_that_dies_before_the_swap_is_done_again(sqlite_store, folder, monkeypatch):
    party = make_person(sqlite_store)
    copy = backed_up(sqlite_store, folder)
    ledger = ledger_of(sqlite_store, folder)
    with ledger.held():
        intended(sqlite_store, ledger, "unknown", {"party": [party]})
    make_unreadable(sqlite_store)

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        assert code_of(lambda: restored(sqlite_store, folder, copy)) == "restore_unwritable"
    _done, back = restored(sqlite_store, folder, copy)
    assert everything(back)["party"] == []
    assert compare(back, ledger) == Bond.FITS
    back.close()


def test_an_older_copy_put_in_place_by_hand_is_mended_by_a_restore(sqlite_store, folder):
    party = make_person(sqlite_store)
    copy = backed_up(sqlite_store, folder)
    erased(sqlite_store, folder, party=[party])
    sqlite_store.close()
    shutil.copy(copy, folder / "register.sqlite")
    done, back = restored(sqlite_store, folder, copy)
    assert everything(back)["party"] == []
    assert done.replayed.kept.unread
    assert make_person(back) == 1 + IDS_APART + 1
    assert compare(back, ledger_of(back, folder)) == Bond.FITS
    back.close()


def test_a_ledger_that_misses_what_the_store_had_seen_is_refused(sqlite_store, folder):
    party = make_person(sqlite_store)
    copy = backed_up(sqlite_store, folder)
    erased(sqlite_store, folder, party=[party])
    later = backed_up(sqlite_store, folder, "later")
    path = ledger_of(sqlite_store, folder).path
    sqlite_store.close()
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:1]))
    url = sqlite_store.engine.url
    assert code_of(lambda: restore(copy, url, folder, now=NOW)) == "ledger_short"
    (folder / "register.sqlite").unlink()
    assert code_of(lambda: restore(later, url, folder, now=NOW)) == "ledger_unfit"


def test_nobody_is_signed_in_afterwards(store, folder):
    with store.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO user_account (id, username, name, role, language, password_hash,"
                " active, created_at, failed_sign_ins, version, changed_at, changed_by)"
                " VALUES (1, 'x', 'X', 'viewer', 'fi', 'x', TRUE, '2026-01-01', 0, 1, '2026-01-01',"
                " 'x')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO sign_in_session VALUES ('c', 1, '2026-01-01', '2026-01-01',"
                " '2027-01-01', NULL)"
            )
        )
    _done, back = restored(store, folder, backed_up(store, folder))
    with back.engine.connect() as connection:
        assert connection.execute(select(SignInSession.user_id)).all() == []
    back.close()


def test_the_replaced_store_is_set_aside_whole(sqlite_store, folder):
    copy = backed_up(sqlite_store, folder)
    make_person(sqlite_store, "Myöhempi")
    done, back = restored(sqlite_store, folder, copy)
    back.close()
    aside = open_store(sqlite_url(folder / done.aside))
    with aside.engine.connect() as connection:
        assert connection.execute(select(Party.given_name)).scalars().all() == ["Myöhempi"]
    aside.close()
    names = {path.name for path in folder.iterdir() if path.name.startswith("register")}
    assert names == {"register.sqlite", "register.lock", "register-replaced-20260305-100000.sqlite"}


def test_two_restores_of_one_second_keep_both_stores(store, folder):
    copy = backed_up(store, folder)
    first, again = restored(store, folder, copy)
    second, last = restored(again, folder, copy)
    last.close()
    name, between, tail = first.aside.partition("100000")
    assert second.aside == f"{name}{between}{'-' if tail else '_'}2{tail}"
    if tail:
        assert Path(first.aside).exists()
        assert Path(second.aside).exists()
    else:
        drop(store, first.aside, second.aside)


def test_the_replaced_database_is_set_aside_whole(postgresql_address, folder):
    store = open_store(postgresql_address)
    copy = backed_up(store, folder)
    make_person(store, "Myöhempi")
    done, back = restored(store, folder, copy)
    assert done.aside == f"{store.engine.url.database}_replaced_20260305_100000"
    aside = open_store(store.engine.url.set(database=done.aside))
    with aside.engine.connect() as connection:
        assert connection.execute(select(Party.given_name)).scalars().all() == ["Myöhempi"]
    aside.close()
    back.close()
    drop(store, done.aside)


def test_a_store_in_use_is_not_touched(store, folder):
    copy = backed_up(store, folder)
    with store.engine.connect() as connection:
        connection.execute(select(Party.id))
        assert code_of(lambda: restore(copy, store.engine.url, folder, now=NOW)) == "store_served"
    store.close()
    with at_work(folder):
        assert code_of(lambda: restore(copy, store.engine.url, folder, now=NOW)) == "store_served"


def test_without_the_ledger_only_when_told(sqlite_store, folder):
    party = make_person(sqlite_store)
    copy = backed_up(sqlite_store, folder)
    erased(sqlite_store, folder, party=[party])
    sqlite_store.close()
    shutil.rmtree(folder / "ledger")
    url = sqlite_store.engine.url
    before = (folder / "register.sqlite").read_bytes()
    assert code_of(lambda: restore(copy, url, folder, now=NOW)) == "ledger_lost"
    assert (folder / "register.sqlite").read_bytes() == before
    _done, back = restored(sqlite_store, folder, copy, without_ledger=True)
    assert len(everything(back)["party"]) == 1
    back.close()


def test_a_copy_of_nobody_knows_whose(sqlite_store, sqlite_template, folder):
    ledger_of(sqlite_store, folder)
    sqlite_store.close()
    url = sqlite_store.engine.url
    assert code_of(lambda: restore(sqlite_template, url, folder, now=NOW)) == "backup_unnamed"


def test_a_backup_of_another_register_is_refused(sqlite_store, sqlite_template, folder):
    other_folder = folder / "other"
    other_folder.mkdir()
    shutil.copy(sqlite_template, other_folder / "register.sqlite")
    other = open_store(sqlite_url(other_folder / "register.sqlite"))
    copy = backed_up(other, other_folder)
    other.close()
    ledger_of(sqlite_store, folder)
    sqlite_store.close()
    url = sqlite_store.engine.url
    assert code_of(lambda: restore(copy, url, folder, now=NOW)) == "backup_other_register"


def test_what_is_no_backup_is_refused_and_nothing_is_touched(sqlite_store, folder):
    make_person(sqlite_store)
    copy = backed_up(sqlite_store, folder)
    sqlite_store.close()
    url = sqlite_store.engine.url
    before = (folder / "register.sqlite").read_bytes()
    whole = copy.read_bytes()

    def refused(data):
        (folder / "bad").write_bytes(data)
        return code_of(lambda: restore(folder / "bad", url, folder, now=NOW))

    assert refused(b"Hyva asiakas") == "backup_foreign"
    assert refused(b"") == "backup_foreign"
    assert refused(b"PGDMP and more") == "backup_other_engine"
    assert refused(whole[: len(whole) // 2]) == "backup_damaged"
    assert refused(whole[:5000] + bytes(30_000) + whole[35_000:]) == "backup_damaged"
    other = sqlite3.connect(folder / "other")
    other.execute("CREATE TABLE letters (id INTEGER)")
    other.close()
    assert code_of(lambda: restore(folder / "other", url, folder, now=NOW)) == "backup_foreign"
    assert (folder / "register.sqlite").read_bytes() == before
    assert [path.name for path in folder.glob("*restoring*")] == []


def test_a_full_disk_is_a_sentence_and_nothing_is_touched(sqlite_store, folder):
    make_person(sqlite_store)
    copy = backed_up(sqlite_store, folder)
    sqlite_store.close()
    before = (folder / "register.sqlite").read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))  # a write beyond it fails
        code = code_of(lambda: restore(copy, sqlite_store.engine.url, folder, now=NOW))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old)
    assert code == "restore_unwritable"
    assert (folder / "register.sqlite").read_bytes() == before
    assert list(folder.glob("*restoring*")) == []


def test_a_backup_of_a_newer_program_is_refused(store, folder):
    ledger = ledger_of(store, folder)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    copy = back_up(store, ledger, folder / "copy", on=DAY).path
    store.close()
    assert code_of(lambda: restore(copy, store.engine.url, folder, now=NOW)) == "store_newer"


def test_a_damaged_dump_leaves_no_database_behind(postgresql_address, folder):
    store = open_store(postgresql_address)
    whole = backed_up(store, folder).read_bytes()
    store.close()
    (folder / "half").write_bytes(whole[: len(whole) // 2])
    refused = code_of(lambda: restore(folder / "half", store.engine.url, folder, now=NOW))
    assert refused == "backup_damaged"
    admin = create_engine(store.engine.url.set(database="postgres"))
    with admin.connect() as connection:
        names = connection.execute(text("SELECT datname FROM pg_database")).scalars().all()
    admin.dispose()
    assert not [name for name in names if name.endswith("restoring")]
    assert store.engine.url.database in names
