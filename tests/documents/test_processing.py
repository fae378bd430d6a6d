"""The record of processing (GDPR Art. 30): every part of each activity, as a workbook and paper."""

from __future__ import annotations

import io
from datetime import date
from zipfile import ZipFile

import openpyxl
import pytest

from queries.documents.processing import PARTS, RECIPIENT_PARTS, SERVES, record_of_processing
from queries.documents.processing.sheet import as_paper
from queries.documents.processing.workbook import as_workbook
from queries.documents.words import branch
from queries.reads.paper.rooms import rooms
from queries.rules.personal_data_types import ProcessingPurpose
from queries.rules.recipients import RecipientKind
from tests.factories.newsletters import make_consent_text
from tests.factories.notices import HOSTILE, LANGUAGES, facts_of, make_controller, make_words
from tests.factories.papers import make_key, make_room
from tests.factories.recipients import make_recipient
from tests.factories.records import MAKER, TODAY
from tests.factories.retention import period
from tests.support.filled import filled_once
from tests.support.pdf_text import squeezed, words_of


def record_of(store, language="fi"):
    return record_of_processing(facts_of(store), language)


def activity(store, purpose, language="en"):
    return next(one for one in record_of(store, language).activities if one.purpose is purpose)


@filled_once
def hostile(sqlite_store):
    make_controller(sqlite_store, name=HOSTILE, officer_name="@Olga", officer_phone="+358 1")
    make_recipient(
        sqlite_store,
        name=HOSTILE,
        kind="other",
        what="+1",
        purpose=HOSTILE,
        agreement="@a",
        country="US",
        transfer_basis="adequacy",
    )
    make_words(sqlite_store, "purposes.service", HOSTILE)
    return sqlite_store


def test_every_purpose_is_an_activity_with_every_part(store):
    make_consent_text(store)
    record = record_of(store)
    assert {one.purpose for one in record.activities} == set(ProcessingPurpose)
    for one in record.activities:
        assert tuple(one.parts) == PARTS
        assert all(text for texts in one.parts.values() for text in texts)
        assert all(one.parts.values())


def test_marketing_is_none_before_there_is_a_newsletter(store):
    assert ProcessingPurpose.MARKETING not in {one.purpose for one in record_of(store).activities}


def test_a_recipient_is_told_where_it_serves_and_a_transfer_with_its_safeguard(store):
    make_recipient(store)
    make_recipient(
        store, name="Cloud Inc.", kind="hosting", country="US", transfer_basis="standard_clauses"
    )
    cloud = "Cloud Inc. (hosting provider)"
    clauses = (
        "Cloud Inc., United States: the Commission's standard contractual clauses (Article 46)"
    )
    assert activity(store, ProcessingPurpose.BILLING).parts["recipients"] == (
        cloud,
        "Tilitoimisto Malli Oy (accounting firm)",
    )
    assert activity(store, ProcessingPurpose.SERVICE).parts["recipients"] == (cloud,)
    assert activity(store, ProcessingPurpose.SERVICE).parts["transfers"] == (clauses,)


def test_the_time_limits_are_the_settings(store):
    period(store, "sign_in_record", 5)
    assert activity(store, ProcessingPurpose.SECURITY).parts["kept"] == (
        "sign-in records: 5 months from the sign-in (General Data Protection Regulation,"
        " Articles 5(1)(e) and 32)",
        "users, log entries and holders of keys: as long as the register is kept, to show that the"
        " processing is lawful (General Data Protection Regulation, Article 5(2)); borrowers of"
        " papers: until the paper is destroyed",
    )


def test_the_rooms_in_use_are_named_with_their_locks_and_keys(store):
    make_key(store, make_room(store))
    make_room(store, name="Varasto", lock=None)
    make_room(store, name="Entinen", closed_on=date(2026, 1, 1))
    with store.reading(MAKER) as session:
        places = rooms(session, today=TODAY)
    record = record_of_processing(facts_of(store), "en", rooms=places)
    for one in record.activities:
        assert one.parts["security"][-2:] == (
            "Storage room Arkisto, Kellari; lock: Abloy, sarjoitettu; keys 1",
            "Storage room Varasto, Kellari; no lock; keys 0",
        )


def test_every_kind_is_placed_or_serves_all():
    assert set(RecipientKind) - set(SERVES) == {RecipientKind.HOSTING, RecipientKind.OTHER}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_part_has_its_words(language):
    assert tuple(branch("processing.parts", language)) == PARTS
    assert tuple(branch("processing.recipient", language)) == RECIPIENT_PARTS
    for name in ("activities", "purposes", "subjects"):
        assert set(branch(f"processing.{name}", language)) == set(ProcessingPurpose)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_holds_texts_and_no_formula(hostile, language):
    record = record_of(hostile, language)
    made = as_workbook(record)
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert book.sheetnames == [
        record.say(f"sheets.{name}") for name in ("activities", "recipients", "controller")
    ]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    for name in ZipFile(io.BytesIO(made)).namelist():
        assert b"<f>" not in ZipFile(io.BytesIO(made)).read(name)
    marked = {cell.value for cell in cells if cell.quotePrefix}
    assert marked == {HOSTILE, f"{HOSTILE} ({HOSTILE})", "+1", "@a", "@Olga, +358 1"} | {
        text for one in record.activities for text in one.parts["transfers"]
    } | {value for _label, value in record.controller if value.startswith(HOSTILE)}
    activities, recipients, _house = book
    assert [cell.value for cell in activities[2]] == [
        record.activities[0].title,
        *("\n".join(record.activities[0].parts[name]) for name in PARTS),
    ]
    assert [cell.value for cell in recipients[2]] == [
        value or None for value in record.recipients[0]
    ]
    for sheet in book:
        assert sheet.freeze_panes == "B2"
        assert sheet.column_dimensions["A"].width > 20
        assert sheet["A1"].font.bold


def test_control_characters_do_not_stop_a_workbook(sqlite_store):
    make_controller(sqlite_store)
    record = record_of(sqlite_store)
    broken = type(record)(**{**vars(record), "house": "A\x0bB"})
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(broken)))
    assert book.worksheets[2]["B1"].value == "AB"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_paper_says_the_same(hostile, language):
    record = record_of(hostile, language)
    made = as_paper(record)
    assert b"/StructTreeRoot" in made
    text = squeezed(words_of(made))
    for one in record.activities:
        assert squeezed(one.title) in text
        for name in PARTS:
            assert all(squeezed(part)[:40] in text for part in one.parts[name])
    assert squeezed(HOSTILE) in text
