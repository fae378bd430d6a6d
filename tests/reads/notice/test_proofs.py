"""Each statement of the notice: one case in which it holds, one in which it does not, and its list.

The paper, the users and the newsletter are stored as rows: the proof looks at the rows, whichever
command made them.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from queries.reads.notice.proofs import ORDER
from queries.reads.notice.proofs_answered import idle_users
from queries.reads.paging import Total
from queries.reads.paper.faults import (
    holders_without_reason_or_user,
    overdue_loans,
    papers_nowhere,
    papers_outside_locked_room,
)
from queries.reads.provenance import (
    reminder_figures,
    source_reminders,
    unknown_list,
    unknown_sources,
)
from queries.reads.recipients import recipient_list
from queries.reads.requests.request_list import open_requests, request_statistics
from queries.reads.retention.figures import RetentionState
from queries.reads.retention.financial_years import financial_years
from queries.reads.retention.holds import holds, holds_to_review
from queries.reads.retention.record_list import RetentionFilter, retention_list
from queries.rules.proofs import Exposure, ServerFacts
from queries.rules.recipients import Agreement
from queries.rules.roles import Role
from queries.store.suppression import address_hash, new_key
from queries.store.tables import (
    KeyHolder,
    NoticeVersion,
    PaperLoan,
    Setting,
    SourceNotice,
    Suppression,
)
from queries.writes.backups import NoteBackup, note_backup
from tests.conftest import NOW
from tests.factories.proof_rows import PUBLIC, STAMP, paper, put, room, subscriber, user
from tests.factories.recipients import make_recipient
from tests.factories.records import MAKER, TODAY, make_email, make_party
from tests.factories.requests import make_closed, make_request
from tests.factories.retention import hold, make_year
from tests.factories.sales import make_invoice
from tests.support.stated_proofs import proof, read
from tests.support.statements import statements


def said(store, code, told=None, **more):
    """Return whether the statement is true, the figure, and of how many."""
    found = proof(store, code, told, **more)
    return found.holds, found.figure, found.of


def ask(store, query, *args, **more):
    with store.reading(MAKER) as session:
        return query(session, *args, **more)


def faults(store, query, *, today=TODAY):
    """Return what the page of paper lists, as counts."""
    found = ask(store, query, today=today)
    return found.faulty, found.of


def listed(store, state, *, today=TODAY):
    """Return the recipients that the page lists in this state."""
    return [row.name for row in ask(store, recipient_list) if row.state(today) == state]


# Recipients


def test_a_transfer_without_a_basis_is_counted(store):
    make_recipient(store)
    make_recipient(store, name="Pilvi Inc.", country="US", transfer_basis="standard_clauses")
    assert said(store, "transfers_have_basis") == (True, 0, 2)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE recipient SET transfer_basis = NULL")
    assert said(store, "transfers_have_basis") == (False, 1, 2)
    assert [row.name for row in ask(store, recipient_list) if row.is_unfounded] == ["Pilvi Inc."]
    assert proof(store, "transfers_have_basis").page == "recipients"


def test_an_agreement_that_has_ended_is_counted_from_the_day_after(store):
    make_recipient(store, ends_on=TODAY)
    make_recipient(store, name="Pankki Oyj", role="controller", agreement=None, agreed_on=None)
    assert said(store, "agreements_in_force") == (True, 0, 1)
    tomorrow = TODAY + timedelta(days=1)
    assert said(store, "agreements_in_force", today=tomorrow) == (False, 1, 1)
    assert listed(store, Agreement.ENDED, today=tomorrow) == ["Tilitoimisto Malli Oy"]


def test_a_processor_without_an_agreement_is_counted_and_a_controller_is_not(store):
    make_recipient(store)
    make_recipient(store, name="Pankki Oyj", role="controller", agreement=None, agreed_on=None)
    assert said(store, "processors_agreed") == (True, 0, 1)
    make_recipient(store, name="Postittaja Oy", agreement=None, agreed_on=None)
    assert said(store, "processors_agreed") == (False, 1, 2)
    assert listed(store, Agreement.MISSING) == ["Postittaja Oy"]


# Sources


def test_a_datum_without_a_source_is_counted(store):
    party = make_party(store)
    make_email(store, party)
    assert said(store, "sources_known") == (True, 0, None)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE email SET source = 'unknown'")
        connection.exec_driver_sql("UPDATE party SET source = 'unknown'")
    assert said(store, "sources_known") == (False, 2, None)
    assert ask(store, unknown_sources) == Total(2)
    rows, following = ask(store, unknown_list)
    assert [(row.id, row.tables, following) for row in rows] == [(party, ("party", "email"), None)]


def test_a_person_not_told_within_a_month_is_counted(store):
    persons = [make_party(store, family_name=name, given_name="Aino") for name in ("Aho", "Oja")]
    put(
        store,
        SourceNotice(party_id=persons[0], source="ytj", since=date(2026, 2, 5)),
        SourceNotice(
            party_id=persons[1],
            source="ytj",
            since=date(2026, 1, 1),
            told_on=date(2026, 1, 20),
            told_by="olli",
            how="email",
        ),
    )
    assert said(store, "people_told") == (True, 0, None)
    assert said(store, "people_told", today=date(2026, 3, 6)) == (False, 1, None)
    late = ask(store, source_reminders, today=date(2026, 3, 6)).rows
    assert [(row.party_id, row.days_left) for row in late] == [(persons[0], -1)]
    assert ask(store, reminder_figures, today=date(2026, 3, 6)).overdue == Total(1)


@pytest.mark.parametrize(
    ("since", "today", "late"),
    [
        (date(2026, 1, 31), date(2026, 3, 2), False),
        (date(2026, 1, 31), date(2026, 3, 3), True),
        (date(2026, 2, 27), date(2026, 3, 27), False),
        (date(2026, 2, 27), date(2026, 3, 28), True),
    ],
)
def test_a_month_ends_as_that_of_an_answer_does(sqlite_store, since, today, late):
    person = make_party(sqlite_store, family_name="Aho", given_name="Aino")
    put(sqlite_store, SourceNotice(party_id=person, source="ytj", since=since))
    assert proof(sqlite_store, "people_told", today=today).holds is not late


# Protection of manual material


def test_paper_outside_a_locked_room_is_counted(store):
    locked, open_, closed = put(
        store, room(), room("Aula", lock=None), room("Vanha", closed_on=date(2026, 3, 4))
    )
    put(store, paper("M-0001", locked), paper("M-0002", open_, disposed_on=date(2026, 1, 1)))
    assert said(store, "paper_locked") == (True, 0, 1)
    assert said(store, "paper_placed") == (True, 0, 1)
    put(store, paper("M-0003", open_), paper("M-0004", None), paper("M-0005", closed))
    assert said(store, "paper_locked") == (False, 3, 4)
    assert said(store, "paper_placed") == (False, 2, 4)
    assert faults(store, papers_outside_locked_room) == (3, 4)
    assert faults(store, papers_nowhere) == (2, 4)
    assert len(ask(store, papers_nowhere, today=TODAY).rows) == 2


def test_a_key_holder_without_a_user_or_a_reason_is_counted(store):
    (locked,) = put(store, room())
    held = {"room_id": locked, "held_from": date(2025, 1, 1), **STAMP}
    put(store, user("olli"), user("maija"))
    put(
        store,
        KeyHolder(name="Olli", username="olli", reason="Kirjanpito", **held),
        KeyHolder(name="Entinen", held_until=date(2026, 3, 4), **held),
    )
    assert said(store, "keys_reasoned") == (True, 0, 1)
    put(
        store,
        KeyHolder(name="Vieras", reason="Siivous", **held),
        KeyHolder(name="Maija", username="maija", held_until=TODAY, **held),
    )
    assert said(store, "keys_reasoned") == (False, 2, 3)
    assert faults(store, holders_without_reason_or_user) == (2, 3)


def test_a_loan_past_its_day_is_counted(store):
    (locked,) = put(store, room())
    first, second = put(store, paper("M-0001", locked), paper("M-0002", locked))
    lent = {
        "lent_to": "Olli",
        "reason": "Tarkastus",
        "lent_on": date(2026, 2, 1),
        "noted_by": "maija",
    }
    put(
        store,
        PaperLoan(paper_id=first, due_on=TODAY, **lent),
        PaperLoan(paper_id=second, due_on=date(2026, 2, 2), returned_on=TODAY, **lent),
    )
    assert said(store, "loans_returned") == (True, 0, 1)
    tomorrow = TODAY + timedelta(days=1)
    assert said(store, "loans_returned", today=tomorrow) == (False, 1, 1)
    assert faults(store, overdue_loans, today=tomorrow) == (1, 1)


# Protection of digital material


def test_a_user_who_has_not_signed_in_for_a_year_is_counted_and_listed(store):
    put(
        store,
        user("maija", last=datetime(2025, 3, 5, 10, tzinfo=UTC)),
        user("poissa", last=None, active=False),
    )
    assert said(store, "users_work") == (True, 0, 1)
    put(store, user("vanha", last=datetime(2025, 3, 4, 10, tzinfo=UTC)), user("uusi", last=None))
    assert said(store, "users_work") == (False, 2, 3)
    assert [row.username for row in ask(store, idle_users, today=TODAY)] == ["uusi", "vanha"]


def test_not_every_user_has_every_right(store):
    put(store, user("yksin", Role.ADMINISTRATOR))
    assert said(store, "rights_by_work") == (True, 1, 1)
    put(store, user("toinen", Role.ADMINISTRATOR))
    assert said(store, "rights_by_work") == (False, 2, 2)
    put(store, user("olli", Role.OFFICE))
    assert said(store, "rights_by_work") == (True, 2, 3)


def test_the_doors_that_were_tried_at_start(sqlite_store):
    assert proof(sqlite_store, "sign_in_needed") is None
    tried = ServerFacts(public=PUBLIC, exposure=Exposure(NOW, 20))
    assert said(sqlite_store, "sign_in_needed", tried) == (True, 0, 20)
    found = proof(
        sqlite_store, "sign_in_needed", ServerFacts(exposure=Exposure(NOW, 20, ("/customers",)))
    )
    assert (found.holds, found.figure, found.facts["open"]) == (False, 1, ("/customers",))


def test_a_backup_is_recent_for_a_week(store):
    assert said(store, "backup_recent") == (False, 0, None)
    store.carry_out(note_backup, NoteBackup(), actor=MAKER, now=NOW - timedelta(days=30))
    store.carry_out(note_backup, NoteBackup(), actor=MAKER, now=NOW - timedelta(days=7))
    assert said(store, "backup_recent") == (True, 7, None)
    assert proof(store, "backup_recent").facts["at"] == NOW - timedelta(days=7)
    assert said(store, "backup_recent", today=TODAY + timedelta(days=1)) == (False, 8, None)


# Retention


def test_what_is_overdue_is_the_retention_pages_own_figure(store):
    party = make_party(store)
    make_year(store, date(2019, 1, 1), date(2019, 12, 31))
    make_invoice(store, party, issued_on=date(2019, 5, 5))
    assert said(store, "none_overdue", today=date(2025, 12, 31)) == (True, 0, None)
    found = proof(store, "none_overdue")
    assert (found.holds, found.figure, found.page) == (False, 1, "retention")
    assert found.query == {"state": "overdue"}
    wanted = RetentionFilter(state=RetentionState.OVERDUE)
    assert len(ask(store, retention_list, wanted, today=TODAY).rows) == 1


def test_a_voucher_without_a_financial_year_is_counted(store):
    make_invoice(store, make_party(store), issued_on=date(2025, 5, 5))
    assert said(store, "vouchers_in_years") == (False, 1, None)
    assert ask(store, financial_years).missing[0].invoices == 1
    make_year(store, date(2025, 1, 1), date(2025, 12, 31))
    assert said(store, "vouchers_in_years") == (True, 0, None)


def test_a_hold_whose_review_day_has_come_is_counted(store):
    hold(store, "party", make_party(store), review_on=date(2026, 3, 20))
    assert said(store, "holds_reviewed") == (True, 0, 1)
    day = date(2026, 3, 20)
    assert said(store, "holds_reviewed", today=day) == (False, 1, 1)
    assert ask(store, holds_to_review, today=day) == 1
    assert [row.is_due for row in ask(store, holds, today=day)] == [True]


# Rights


def test_an_open_request_past_its_day_is_counted(store):
    make_request(store, received_on=date(2026, 2, 5))
    assert said(store, "requests_none_overdue") == (True, 0, 1)
    assert said(store, "requests_none_overdue", today=date(2026, 3, 6)) == (False, 1, 1)
    assert [row.days_left for row in ask(store, open_requests, today=date(2026, 3, 6))] == [-1]


def test_requests_answered_in_time_are_counted(store):
    assert said(store, "requests_in_time") == (True, 0, 0)
    person = make_party(store, family_name="Aho", given_name="Aino")
    make_closed(store, person)
    assert said(store, "requests_in_time") == (True, 1, 1)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE data_subject_request SET received_on = '2026-02-01'")
    assert said(store, "requests_in_time") == (False, 0, 1)
    since = date(2025, 3, 5)
    told = ask(store, request_statistics, since=since, today=TODAY)
    assert (told.in_time, told.answered) == (0, 1)


def test_answers_of_more_than_a_year_ago_are_not_looked_at(store):
    make_closed(store, make_party(store, family_name="Aho", given_name="Aino"))
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE data_subject_request SET received_on = '2026-02-01'")
    assert said(store, "requests_in_time", today=date(2027, 3, 5)) == (False, 0, 1)
    assert said(store, "requests_in_time", today=date(2027, 3, 6)) == (True, 0, 0)


# Newsletter


def test_a_subscriber_without_a_working_link_is_counted(store):
    put(
        store,
        subscriber("aino@posti.example", "a" * 22),
        Setting(name="newsletter.links", value=f'"{PUBLIC}"', **STAMP),
    )
    assert said(store, "links_work") == (True, 0, 1)
    assert said(store, "links_work", ServerFacts(public="https://toinen.example")) == (False, 1, 1)
    assert said(store, "links_work", ServerFacts()) == (False, 1, 1)


def test_a_subscriber_who_said_no_is_counted(store):
    key = new_key()
    put(store, subscriber("aino@posti.example"), Setting(**key, **STAMP))
    assert said(store, "suppressed_left_alone") == (True, 0, 1)
    hashed = address_hash(bytes.fromhex(key["value"].strip('"')), "AINO@posti.example")
    put(store, Suppression(kind="newsletter", address_hash=hashed, since=TODAY))
    assert said(store, "suppressed_left_alone") == (False, 1, 1)


# The notice itself


def test_a_published_notice_that_is_no_longer_current_is_told(store):
    assert proof(store, "notice_current") is None
    assert said(store, "notice_current", ServerFacts(notice_differs=0)) == (False, 0, None)
    put(
        store,
        NoticeVersion(
            number=1,
            published_on=TODAY,
            published_at=NOW,
            published_by="maija",
            fi="a",
            sv="b",
            en="c",
        ),
    )
    assert said(store, "notice_current", ServerFacts(notice_differs=0)) == (True, 0, None)
    found = proof(store, "notice_current", ServerFacts(notice_differs=2))
    assert (found.holds, found.figure, found.facts) == (False, 2, {"number": 1, "on": TODAY})


# All together


def test_every_proof_has_its_place_and_few_statements_are_enough(store):
    told = ServerFacts(public=PUBLIC, exposure=Exposure(NOW, 1), notice_differs=0)
    with statements(store.engine) as seen:
        found = read(store, told)
    assert [row.code for row in found.rows] == list(ORDER)
    assert len(seen) <= 17
    assert found.holding == sum(row.holds for row in found.rows)
    # Only this is not true of an empty register: it was never backed up, nothing was published,
    # and nobody is a user.
    assert {row.code for row in found.rows if not row.holds} == {
        "backup_recent",
        "notice_current",
        "rights_by_work",
    }
