"""Every proof of the registry: true, then not true, and behind it the list that its page shows.

Derived from :data:`queries.reads.notice.proofs.ORDER`: a proof without its case here fails the
build. A case makes the statement untrue ``against`` times in a store in which it holds, and reads
the list; the fine print of each proof is in ``test_proofs``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from queries.documents.notice.differences import differences
from queries.documents.notice.publish import drafts, published_differences
from queries.reads.newsletter import refused_subscriptions, unlinked_subscriptions
from queries.reads.notice.notice import notice_version
from queries.reads.notice.proofs import ORDER
from queries.reads.notice.proofs_answered import idle_users, late_answers
from queries.reads.paper.faults import (
    holders_without_reason_or_user,
    overdue_loans,
    papers_nowhere,
    papers_outside_locked_room,
)
from queries.reads.provenance import source_reminders, unknown_list
from queries.reads.recipients import recipient_list
from queries.reads.requests.request_list import open_requests
from queries.reads.retention.figures import RetentionState
from queries.reads.retention.holds import holds
from queries.reads.retention.record_list import RetentionFilter, retention_list
from queries.reads.users import administrators
from queries.rules.proofs import Exposure, Proof, ServerFacts
from queries.rules.recipients import Agreement
from queries.rules.roles import Actor, Role
from queries.store.suppression import address_hash, new_key
from queries.store.tables import KeyHolder, PaperLoan, Setting, SourceNotice, Suppression
from queries.writes.backups import NoteBackup, note_backup
from queries.writes.notice.settings import SetSafeguards, set_safeguards
from tests.conftest import NOW
from tests.factories.notices import make_controller, publish
from tests.factories.proof_rows import PUBLIC, STAMP, paper, put, room, subscriber, user
from tests.factories.recipients import make_recipient
from tests.factories.records import MAKER, TODAY, make_email, make_party
from tests.factories.requests import make_closed, make_request
from tests.factories.retention import hold, make_year
from tests.factories.sales import make_invoice
from tests.support.stated_proofs import proof

#: Sees every list, those of the users too.
EVERYTHING = Actor("anna", Role.ADMINISTRATOR)
TRUE = ServerFacts(public=PUBLIC, exposure=Exposure(NOW, 30), notice_differs=0)
YESTERDAY = TODAY - timedelta(days=1)


@dataclass(frozen=True)
class Case:
    """One proof.

    :param holds: makes the statement true, beside what is not against it.
    :param breaks: makes it untrue; returns the names of what is against it, in order.
    :param listed: the names in the list beside the proof; None where there is none.
    :param told: what the serving program reports when it is not true.
    """

    holds: Callable[[Any], object]
    breaks: Callable[[Any], list[object]]
    listed: Callable[[Any, Proof], list[object]] | None
    told: Callable[[Any], ServerFacts] = lambda _store: TRUE


def sql(store, statement: str) -> None:
    with store.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def read(store, query, *args, **more):
    with store.reading(EVERYTHING) as session:
        return query(session, *args, **more)


def named(store, state):
    return [row.name for row in read(store, recipient_list) if row.state(TODAY) == state]


def a_recipient(store):
    return make_recipient(store, name="Hyvä Oy")


def unfounded(store):
    make_recipient(store, name="Pilvi Inc.", country="US", transfer_basis="adequacy")
    sql(store, "UPDATE recipient SET transfer_basis = NULL")
    return ["Pilvi Inc."]


def ended(store):
    make_recipient(store, name="Entinen Oy", ends_on=YESTERDAY)
    return ["Entinen Oy"]


def unagreed(store):
    make_recipient(store, name="Sopimaton Oy", agreement=None, agreed_on=None)
    return ["Sopimaton Oy"]


def sourced(store):
    return make_email(store, make_party(store))


def unsourced(store):
    sql(store, "UPDATE party SET source = 'unknown'")
    return [1]


def reminded(store, since=TODAY):
    party = make_party(store, family_name="Aho", given_name="Aino")
    put(store, SourceNotice(party_id=party, source="ytj", since=since))
    return [party]


def late_reminder(store):
    return reminded(store, since=date(2026, 1, 5))


def in_room(store):
    (key,) = put(store, room())
    return put(store, paper("M-0001", key))


def unlocked(store):
    (key,) = put(store, room("Aula", lock=None))
    return put(store, paper("M-0002", key))


def lost(store):
    return put(store, paper("M-0003", None))


def holder(store, **more):
    (key,) = put(store, room(f"Huone {len(more)}"))
    held = {"room_id": key, "held_from": date(2025, 1, 1), "reason": "Kirjanpito", **STAMP}
    return put(store, KeyHolder(**held | {"name": "Olli", "username": "olli"} | more))


def unreasoned(store):
    return holder(store, reason=None)


def holds_key(store):
    put(store, user("olli"))
    holder(store)


def loan(store, due_on=TODAY):
    (key,) = put(store, room(f"Arkisto {due_on}"))
    (lent,) = put(store, paper(f"M-{due_on:%m%d}", key))
    put(
        store,
        PaperLoan(
            paper_id=lent,
            due_on=due_on,
            lent_to="Olli",
            reason="Tarkastus",
            lent_on=date(2026, 2, 1),
            noted_by="maija",
        ),
    )
    return [lent]


def one_user(store):
    return put(store, user("olli"))


def idle(store):
    put(store, user("vanha", last=datetime(2024, 3, 4, tzinfo=UTC)))
    return ["vanha"]


def all_powerful(store):
    put(store, user("eka", Role.ADMINISTRATOR))
    sql(store, "UPDATE user_account SET role = 'administrator'")
    return ["eka", "olli"]


def backed_up(store, days=1):
    store.carry_out(note_backup, NoteBackup(), actor=MAKER, now=NOW - timedelta(days=days))


def backup_gone_old(store):
    backed_up(store, days=8)
    return []


def kept_invoice(store):
    make_year(store, date(2025, 1, 1), date(2025, 12, 31))
    return make_invoice(store, make_party(store), issued_on=date(2025, 5, 5))


def old_year(store):
    return make_year(store, date(2018, 1, 1), date(2018, 12, 31))


def old_invoice(store):
    return [make_invoice(store, make_party(store), issued_on=date(2018, 5, 5))]


def yearless_invoice(store):
    return [make_invoice(store, make_party(store), issued_on=TODAY)]


def standing_hold(store, review_on=date(2027, 1, 1)):
    return [hold(store, "party", make_party(store), review_on=review_on)]


def answered(store):
    return make_closed(store, make_party(store, family_name="Aho", given_name="Aino"))


def answered_late(store):
    request = make_closed(store, make_party(store, family_name="Oja", given_name="Aino"))
    sql(store, "UPDATE data_subject_request SET received_on = '2026-01-02' WHERE id = 2")
    return [request]


def waiting_late(store):
    return [make_request(store, received_on=date(2026, 1, 2))]


def linked(store):
    put(
        store,
        subscriber("ilman@posti.example"),
        Setting(name="newsletter.links", value=f'"{PUBLIC}"', **STAMP),
    )


def link_of_old(store):
    sql(store, "UPDATE setting SET value = '\"https://vanha.example\"'")
    return put(store, subscriber("aino@posti.example", "a" * 22))


def refused(store):
    key = new_key()
    (party,) = put(store, subscriber("AINO@posti.example"))
    hashed = address_hash(bytes.fromhex(key["value"].strip('"')), "aino@posti.example")
    put(
        store,
        Setting(**key, **STAMP),
        Suppression(kind="newsletter", address_hash=hashed, since=TODAY),
    )
    return [party]


OPEN = ServerFacts(public=PUBLIC, exposure=Exposure(NOW, 30, ("/customers",)), notice_differs=0)


def published(store):
    make_controller(store)
    publish(store)


def another_promise(store):
    store.carry_out(set_safeguards, SetSafeguards(encrypted_disk=True), actor=MAKER, now=NOW)
    return ["Palvelimen levyt on salattu."]


def changed_lines(store, _shown):
    published_text = read(store, notice_version).fi
    return [line.text for line in differences(published_text, drafts_of(store))]


def drafts_of(store):
    return read(store, drafts, today=TODAY)["fi"]


def compared(store):
    return replace(TRUE, notice_differs=read(store, published_differences, today=TODAY))


CASES = {
    "sources_known": Case(
        sourced, unsourced, lambda store, _shown: [row.id for row in read(store, unknown_list)[0]]
    ),
    "people_told": Case(
        reminded,
        late_reminder,
        lambda store, _shown: [
            row.party_id
            for row in read(store, source_reminders, today=TODAY).rows
            if row.days_left < 0
        ],
    ),
    "transfers_have_basis": Case(
        a_recipient,
        unfounded,
        lambda store, _shown: [row.name for row in read(store, recipient_list) if row.is_unfounded],
    ),
    "agreements_in_force": Case(
        a_recipient, ended, lambda store, _shown: named(store, Agreement.ENDED)
    ),
    "processors_agreed": Case(
        a_recipient, unagreed, lambda store, _shown: named(store, Agreement.MISSING)
    ),
    "sign_in_needed": Case(
        lambda _store: None,
        lambda _store: ["/customers"],
        lambda _store, shown: list(shown.facts["open"]),
        told=lambda _store: OPEN,
    ),
    "users_work": Case(
        one_user,
        idle,
        lambda store, _shown: [row.username for row in read(store, idle_users, today=TODAY)],
    ),
    "rights_by_work": Case(
        one_user,
        all_powerful,
        lambda store, _shown: [row.username for row in read(store, administrators)],
    ),
    "backup_recent": Case(backed_up, backup_gone_old, None),
    "paper_locked": Case(
        in_room,
        unlocked,
        lambda store, _shown: [
            row.id for row in read(store, papers_outside_locked_room, today=TODAY).rows
        ],
    ),
    "paper_placed": Case(
        in_room,
        lost,
        lambda store, _shown: [row.id for row in read(store, papers_nowhere, today=TODAY).rows],
    ),
    "keys_reasoned": Case(
        holds_key,
        unreasoned,
        lambda store, _shown: [
            row.id for row in read(store, holders_without_reason_or_user, today=TODAY).rows
        ],
    ),
    "loans_returned": Case(
        loan,
        lambda store: loan(store, YESTERDAY),
        lambda store, _shown: [row.id for row in read(store, overdue_loans, today=TODAY).rows],
    ),
    "none_overdue": Case(
        old_year,
        old_invoice,
        lambda store, _shown: [
            row.id
            for row in read(
                store, retention_list, RetentionFilter(state=RetentionState.OVERDUE), today=TODAY
            ).rows
        ],
    ),
    "vouchers_in_years": Case(
        kept_invoice,
        yearless_invoice,
        lambda store, _shown: [
            row.id
            for row in read(
                store, retention_list, RetentionFilter(state=RetentionState.MISSING), today=TODAY
            ).rows
        ],
    ),
    "holds_reviewed": Case(
        standing_hold,
        lambda store: standing_hold(store, TODAY),
        lambda store, _shown: [row.id for row in read(store, holds, today=TODAY) if row.is_due],
    ),
    "requests_in_time": Case(
        answered,
        answered_late,
        lambda store, _shown: [row.id for row in read(store, late_answers, today=TODAY)],
    ),
    "requests_none_overdue": Case(
        make_request,
        waiting_late,
        lambda store, _shown: [
            row.id for row in read(store, open_requests, today=TODAY) if row.days_left < 0
        ],
    ),
    "links_work": Case(
        linked,
        link_of_old,
        lambda store, _shown: [
            row.id for row in read(store, unlinked_subscriptions, public=PUBLIC).rows
        ],
    ),
    "suppressed_left_alone": Case(
        linked,
        refused,
        lambda store, _shown: [row.id for row in read(store, refused_subscriptions).rows],
    ),
    "notice_current": Case(published, another_promise, changed_lines, told=compared),
}
#: Where the proof counts what is right, of all.
COUNTS_RIGHT = {"requests_in_time"}
#: Nothing is behind these but what the proof itself says.
WITHOUT_LIST = {"backup_recent"}


def test_no_proof_is_without_its_case():
    assert list(CASES) == list(ORDER)
    assert {code for code, case in CASES.items() if case.listed is None} == WITHOUT_LIST


@pytest.mark.parametrize("code", ORDER)
def test_a_proof_holds_then_does_not_and_its_list_says_why(sqlite_store, code):
    case = CASES[code]
    case.holds(sqlite_store)
    true = proof(sqlite_store, code, TRUE)
    assert true.holds
    assert case.listed is None or case.listed(sqlite_store, true) == []
    against = case.breaks(sqlite_store)
    untrue = proof(sqlite_store, code, case.told(sqlite_store))
    assert not untrue.holds
    if case.listed is None:
        return
    assert case.listed(sqlite_store, untrue) == against
    figure = untrue.of - untrue.figure if code in COUNTS_RIGHT else untrue.figure
    assert figure == len(against)
