"""The record of an import: it says what was shown, and is removed when its time is up."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dashboard.import_words import noted_row, noted_whole, to_be_known, who
from dashboard.words import LANGUAGES
from queries.errors import NotAllowed, NotFound
from queries.intake.plan import Reason
from queries.reads.imports import import_record, import_rows, imports
from queries.rules.roles import Actor, Role
from queries.store.import_details import forget_over
from queries.store.plain_values import from_json
from queries.store.retention.erasing import PARTY, erase, gate_open
from queries.store.tables import (
    Address,
    Email,
    ImportBatch,
    ImportBefore,
    ImportChange,
    ImportMention,
    ImportRow,
    Party,
)
from tests.conftest import NOW
from tests.factories.import_files import (
    OFFICE,
    ROWS,
    TODAY,
    brought,
    csv_of,
    finvoice,
    finvoice_file,
)
from tests.factories.records import MAKER, make_email, make_party, make_person
from tests.factories.retention import hold, period
from tests.support.filled import filled_once
from tests.support.statements import statements
from tests.support.trails import only

#: One row left out with a reason, one with notes, one that differs, one brought in as it is.
FILE = csv_of(
    (
        "1001",
        "Pihlajamäen Huolto Oy",
        "",
        "Pihlajatie 3",
        "50100",
        "Mikkeli",
        "uusi@pihlaja.example",
        "",
    ),
    ("1002", "Väinö Äijälä", "", "Öölinninkatu 5 A 2", "580", "Helsinki", "", "040 123 4567 (työ)"),
    ("1003", "Aino Esimerkki", "", "", "", "", "ei@@", ""),
    ("1004", "Selvä Yhdistys ry", "", "", "", "", "", ""),
)


@filled_once
def known(store):
    """Add a customer about whom the file differs from the register."""
    key = make_party(store, name="Pihlajamäen Huolto Oy", customer_number="1001")
    make_email(store, key, "vanha@pihlaja.example")
    return key


def record_of(store, batch):
    with store.reading(OFFICE) as session:
        return import_record(session, batch), import_rows(session, batch)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_record_says_what_was_shown(store, known, language):
    plan = brought(store, "tammikuu.csv", FILE, skip_refused=True)
    (batch,) = only(store, ImportBatch)
    record, rows = record_of(store, batch.id)
    shown = [
        (row.number, row.outcome.value, who(row, language), to_be_known(row, language))
        for row in plan.rows
        if to_be_known(row, language)
    ]
    told = [noted_row(row) for row in rows]
    assert [
        (row.number, row.outcome.value, who(row, language), to_be_known(row, language))
        for row in told
    ] == shown
    assert [number for number, *_rest in shown] == [2, 3, 4]
    assert record.rows == len(shown)
    assert (record.line.name, record.line.actor, record.line.at) == ("tammikuu.csv", "olli", NOW)
    assert (record.line.created, record.line.changed, record.line.skipped, record.line.refused) == (
        2,
        1,
        0,
        1,
    )
    assert record.sha256 == plan.sha256
    assert record.details_until == date(2026, 4, 5)


def test_what_was_said_of_the_whole_file_and_what_was_chosen(store):
    data = csv_of(("1", "Selvä Oy", "x"), header=("Asiakasnumero", "Nimi", "Kenkänumero"))
    plan = brought(store, "a.csv", data, overwrite=True, default_kind="organisation")
    (batch,) = only(store, ImportBatch)
    record, _rows = record_of(store, batch.id)
    assert plan.notes == (Reason("columns_unused", {"names": "Kenkänumero"}),)
    assert record.notes == (("columns_unused", {"names": "Kenkänumero"}),)
    assert noted_whole(record, "en") == ["These columns are not imported: Kenkänumero."]
    assert record.settings == {"overwrite": True, "default_kind": "organisation"}


def test_notes_of_invoices_keep_their_days_and_sums(store):
    plan = brought(store, "lasku.xml", finvoice_file(finvoice()), skip_refused=True)
    (batch,) = only(store, ImportBatch)
    _record, rows = record_of(store, batch.id)
    wanted = [to_be_known(row, "fi") for row in plan.rows if to_be_known(row, "fi")]
    assert [to_be_known(noted_row(row), "fi") for row in rows] == wanted
    assert [who(noted_row(row), "fi") for row in rows] == [
        who(row, "fi") for row in plan.rows if to_be_known(row, "fi")
    ]


def test_what_was_added_and_what_was_replaced_is_noted(store, known):
    brought(store, "a.csv", FILE, skip_refused=True, overwrite=True)
    added = {(one.table_name, one.first_id, one.last_id) for one in only(store, ImportChange)}
    ids = [party.id for party in only(store, Party) if party.id != known]
    (place,) = [one for one in only(store, Address) if one.party_id == known]
    assert ("party", ids[0], ids[-1]) in added
    assert any(table == "address" and first <= place.id <= last for table, first, last in added)
    (email,) = [one for one in only(store, Email) if one.party_id == known]
    (party,) = [one for one in only(store, Party) if one.id == known]
    assert (email.address, party.town) == ("uusi@pihlaja.example", "Mikkeli")
    before = {
        (one.table_name, one.record_id): (one.party_id, one.version_after, from_json(one.stood))
        for one in only(store, ImportBefore)
    }
    assert before.keys() == {("email", email.id), ("party", known)}
    assert before["email", email.id][:2] == (known, email.version) == (known, 2)
    assert before["email", email.id][2]["address"] == "vanha@pihlaja.example"
    assert before["party", known] == (known, party.version, {"version": 1, "town": None})
    (batch,) = only(store, ImportBatch)
    assert batch.replaced == len(before)


def test_a_name_with_a_personal_identity_code_is_not_kept(store):
    brought(store, "131052-308T.csv", csv_of(*ROWS))
    assert [batch.name for batch in only(store, ImportBatch)] == [None]


def test_a_failed_import_leaves_no_record(store):
    with pytest.raises(Exception, match="import_refused_rows"):
        brought(store, "a.csv", FILE)
    assert only(store, ImportBatch) == only(store, ImportRow) == only(store, ImportChange) == []


def test_the_list_is_paged_by_key_and_needs_the_right(store):
    for n in range(5):
        brought(store, f"{n}.csv", csv_of((str(n), f"Yritys {n} Oy", *[""] * 6)))
    with store.reading(OFFICE) as session:
        first = imports(session, size=2)
        second = imports(session, after=first.next_key, size=2)
        back = imports(session, before=second.previous_key, size=2)
        with statements(session.get_bind()) as said:
            imports(session)
    assert [line.name for line in first.rows] == ["4.csv", "3.csv"]
    assert [line.name for line in second.rows] == ["2.csv", "1.csv"]
    assert back.rows == first.rows
    assert len(said) == 2
    viewer = Actor("katri", Role.VIEWER)
    for query in (imports, lambda s: import_record(s, 1), lambda s: import_rows(s, 1)):
        with store.reading(viewer) as session, pytest.raises(NotAllowed):
            query(session)
    with store.reading(OFFICE) as session, pytest.raises(NotFound):
        import_record(session, 99)


def forget(store, today):
    with store.writing(MAKER, now=NOW) as uow:
        forget_over(uow.session, today)


def test_the_details_go_after_a_month_and_the_counts_stay(store, known):
    brought(store, "tammikuu.csv", FILE, skip_refused=True, overwrite=True)
    forget(store, TODAY + timedelta(days=31))
    assert len(only(store, ImportRow)) == 2
    forget(store, TODAY + timedelta(days=32))
    assert only(store, ImportRow) == only(store, ImportBefore) == only(store, ImportMention) == []
    (batch,) = only(store, ImportBatch)
    assert (batch.name, batch.settings, batch.emptied_on) == (
        None,
        None,
        TODAY + timedelta(days=32),
    )
    assert (batch.created, batch.refused, len(batch.sha256)) == (2, 1, 64)


@pytest.mark.parametrize("scope", ["class", "party"])
def test_what_is_held_stays_until_the_hold_is_over(store, known, scope):
    brought(store, "tammikuu.csv", FILE, skip_refused=True)
    brought(store, "tammikuu.csv", FILE, skip_refused=True, overwrite=True)
    whose = {"class_code": "import_record"} if scope == "class" else {}
    hold(store, scope, None if scope == "class" else known, **whose)
    forget(store, TODAY + timedelta(days=60))
    kept = {row.party_id for row in only(store, ImportRow)}
    assert kept == {known} if scope == "party" else known in kept and len(kept) > 1
    assert {row.party_id for row in only(store, ImportBefore)} == {known}
    assert (scope == "class") == (only(store, ImportBatch)[0].name == "tammikuu.csv")


def test_the_rows_of_an_erased_party_go_and_no_one_elses(store):
    data = csv_of(
        ("1", "Väinö Äijälä", "", "Kuja 1", "580", "Helsinki", "", ""),
        ("2", "Aino Esimerkki", "", "", "", "", "ei@@", ""),
        ("3", "Selma Toinen", "", "Kuja 3", "580", "Helsinki", "", ""),
    )
    brought(store, "äijälä.csv", data, skip_refused=True)
    # The one who was refused comes in another way.
    aino = make_person(store, given_name="Aino", family_name="Esimerkki")
    vaino = next(one.id for one in only(store, Party) if one.name == "Väinö Äijälä")
    with store.writing(MAKER, now=NOW) as uow:
        with gate_open(uow.session):
            erase(uow.session, PARTY, [aino, vaino], on=TODAY)
        uow.audit("test", "party", vaino)
    assert [row.name for row in only(store, ImportRow)] == ["Selma Toinen"]
    assert only(store, ImportBatch)[0].name is None


def test_a_row_goes_with_a_party_that_it_names(store):
    other = make_person(store, given_name="Matti", family_name="Virtanen")
    make_email(store, other, "yhteinen@posti.example")
    row = ("9", "Maija Meikäläinen", "", "", "", "", "yhteinen@posti.example", "")
    brought(store, "a.csv", csv_of(row))
    (noted,) = only(store, ImportRow)
    assert "Matti Virtanen" in noted.said
    with store.writing(MAKER, now=NOW) as uow:
        with gate_open(uow.session):
            erase(uow.session, PARTY, [other], on=TODAY)
        uow.audit("test", "party", other)
    assert only(store, ImportRow) == only(store, ImportMention) == []


def test_a_period_of_the_house_counts(store):
    period(store, "import_record", 3)
    brought(store, "a.csv", FILE, skip_refused=True)
    (batch,) = only(store, ImportBatch)
    assert record_of(store, batch.id)[0].details_until == date(2026, 6, 5)
