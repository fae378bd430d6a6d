"""Paper is disposed of like every record: proposed, approved, destroyed before a witness,
carried out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from queries.documents.certificate import as_json, as_pdf
from queries.errors import InvalidInputs, NotAllowed, RuleRefusal
from queries.reads.paper.records import DestructionLine, papers_to_destroy
from queries.reads.retention.figures import RetentionState, retention_figures
from queries.reads.retention.reasons import explained
from queries.reads.retention.record_list import RetentionFilter, retention_list
from queries.store.backup.ledger import ledger_of
from queries.writes.commands import Seen
from queries.writes.paper.destruction import NoteDestruction, note_destruction, remove_destruction
from queries.writes.paper.records import (
    AmendPaper,
    MovePaper,
    ReturnPaper,
    amend_paper,
    move_paper,
    return_paper,
)
from queries.writes.retention.disposal import carry_on, withdraw_disposal
from tests.factories.disposals import (
    DAY,
    OVER,
    approve,
    dispose,
    ended_person,
    hold,
    propose,
    reasons,
    restrict,
    review,
)
from tests.factories.papers import card, destroy, lend, make_paper, make_room, seen
from tests.factories.records import MAKER
from tests.factories.requests import make_request
from tests.factories.retention import make_year
from tests.support.restores import backed_up, restored
from tests.support.store_files import bytes_of, found_in
from tests.support.trails import everything, trail_of


@pytest.fixture
def ledger(store, tmp_path):
    return ledger_of(store, tmp_path)


@pytest.fixture(autouse=True)
def years(store):
    for year in (2013, 2014, 2018, 2019):
        make_year(store, date(year, 1, 1), date(year, 12, 31))


def refusal_of(call):
    with pytest.raises(RuleRefusal) as refusal:
        call()
    return refusal.value.code


def test_paper_is_destroyed_before_a_witness_and_then_goes(store, ledger):
    party = ended_person(store)
    room = make_room(store)
    paper = make_paper(store, party, room_id=room, shelf="Jvbkrt 1", title="Wqxzanne 2018")
    other = make_paper(store)
    lend(store, paper, lent_on=date(2024, 5, 5), due_on=date(2024, 6, 6), lent_to="Fjwqzx Oy")
    told = ("Wqxzanne", "Jvbkrt", "Fjwqzx")
    assert found_in(bytes_of(store), told), "it was there"
    back = ReturnPaper(**seen(store, paper), returned_on=date(2024, 6, 1))
    store.carry_out(return_paper, back, actor=MAKER, now=OVER)
    run = propose(store)
    assert review(store, run).groups[0].kind == "paper"
    assert refusal_of(lambda: destroy(store, paper, now=OVER)) == "paper_not_in_disposal"
    approve(store, run)
    assert card(store, paper).run_id == run
    destroy(store, paper, now=OVER)
    with store.reading(MAKER, now=OVER) as session:
        assert papers_to_destroy(session, run) == 1
    carry_on(store, ledger, run, actor=MAKER, now=OVER)
    found = review(store, run)
    assert reasons(found) == {("paper", "not_destroyed"): 1}
    gone = card(store, paper)
    assert (gone.row.title, gone.row.room, gone.row.shelf) == ("-", None, None)
    assert (gone.row.disposed_on, gone.parties, gone.loans, gone.key) == (DAY, (), (), None)
    assert gone.destruction == DestructionLine(DAY, "Maija", "shredded", "Olli", "tekija")
    assert (gone.row.number, gone.row.class_code) == ("M-0001", "voucher")
    stays = card(store, other)
    assert (stays.row.title, stays.row.disposed_on, stays.key) == (
        "Tositteet 2018",
        None,
        f"paper_voucher-{other}",
    )
    # The party went in the same disposal, after the paper that named it.
    assert everything(store)["party"] == []
    assert found.run.rows["paper_record"] == 1
    assert found_in(bytes_of(store), told) == []
    assert b"Wqxzanne" not in as_json(found)
    assert as_pdf(found, language="fi", house="Kixit Oy").startswith(b"%PDF")
    with store.reading(MAKER, now=OVER) as session:
        page = retention_list(session, RetentionFilter(), today=DAY)
    assert [row.key for row in page.rows] == [f"paper_voucher-{other}"]


def test_a_party_that_paper_names_stays_with_its_reason(store, ledger):
    party = ended_person(store)
    paper = make_paper(store, party, class_code="books")
    with store.reading(MAKER, now=OVER) as session:
        figures = retention_figures(session, today=DAY)
        held = retention_list(session, RetentionFilter(state="held"), today=DAY)
        over = retention_list(session, RetentionFilter(), today=DAY)
        why, keepers = explained(session, f"party-{party}", today=DAY)
    assert (figures.of(RetentionState.HELD), figures.of(RetentionState.OVERDUE)) == (1, 0)
    assert ([row.key for row in held.rows], over.rows) == ([f"party-{party}"], ())
    assert (why.keep_until < DAY, keepers.papers, keepers.keep) == (True, ("M-0001",), True)
    found = dispose(store, ledger)
    assert reasons(found) == {("party", "paper_names:books:2028-12-31"): 1}
    assert card(store, paper).parties == ((party, "Aino Esimerkki"),)


def test_each_class_is_kept_by_its_own_law(store):
    long_ago = {"starts_on": date(2014, 1, 1), "ends_on": date(2014, 12, 31)}
    books = make_paper(store, class_code="books", **long_ago)
    make_paper(store, class_code="payroll_ledger")
    hours = make_paper(
        store,
        class_code="working_time_record",
        starts_on=date(2022, 1, 1),
        ends_on=date(2022, 12, 31),
    )
    make_paper(store, class_code="voucher", ends_on=date(2031, 1, 1))
    with store.reading(MAKER, now=OVER) as session:
        page = retention_list(session, RetentionFilter(kind="paper"), today=DAY)
        missing = retention_list(session, RetentionFilter(state="missing"), today=DAY)
        why, _keepers = explained(session, f"paper_books-{books}", today=DAY)
    assert [(row.id, row.code, row.keep_until) for row in page.rows] == [
        (books, "books", date(2024, 12, 31)),
        (hours, "working_time_record", date(2024, 12, 31)),
    ]
    assert [row.number for row in missing.rows] == ["M-0004"]
    assert (why.event, why.number, why.reason.citation) == (
        "filed",
        "M-0001",
        "Kirjanpitolaki 1336/1997 2:10.1",
    )


@pytest.mark.parametrize(
    ("keep", "code", "reason"),
    [
        (lambda store, party: hold(store, "party", party), "paper_held", "hold"),
        (
            lambda store, _party: hold(store, "class", "voucher"),
            "paper_class_held",
            "class_hold:voucher",
        ),
        (restrict, "paper_restricted", "restriction"),
        (
            lambda store, party: make_request(store, party, now=OVER, received_on=DAY),
            "paper_asked_about",
            "request",
        ),
    ],
)
def test_what_keeps_a_person_keeps_the_paper(store, ledger, keep, code, reason):
    party = ended_person(store)
    paper = make_paper(store, party)
    run = propose(store)
    approve(store, run)
    keep(store, party)
    before = everything(store)
    with store.reading(MAKER, now=OVER) as session:
        assert papers_to_destroy(session, run) == 0
    assert refusal_of(lambda: destroy(store, paper, now=OVER)) == code
    assert everything(store) == before
    carry_on(store, ledger, run, actor=MAKER, now=OVER)
    assert reasons(review(store, run))["paper", reason] == 1
    assert card(store, paper).row.disposed_on is None


def test_time_that_goes_on_after_all_keeps_it(store):
    paper, moved = make_paper(store), make_paper(store)
    approve(store, propose(store))
    for key, values, code in (
        (paper, {"class_code": "books"}, "paper_retained"),
        (moved, {"ends_on": date(2032, 2, 2)}, "paper_year_missing"),
    ):
        inputs = AmendPaper(
            **{
                "kind": "binder",
                "title": "T",
                "class_code": "voucher",
                "starts_on": date(2018, 1, 1),
                "ends_on": date(2018, 12, 31),
                **seen(store, key),
                **values,
            }
        )
        store.carry_out(amend_paper, inputs, actor=MAKER, now=OVER)
        assert refusal_of(lambda key=key: destroy(store, key, now=OVER)) == code


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"witness": " mAIJA"}, ("witness", "witness_is_destroyer")),
        ({"witness": ""}, ("witness", "required")),
        ({"destroyed_by": ""}, ("destroyed_by", "required")),
        ({"method": "eaten"}, ("method", "choice")),
        ({"destroyed_on": date(2025, 2, 2)}, ("destroyed_on", "before_approval")),
        ({"destroyed_on": date(2025, 2, 4)}, ("destroyed_on", "day_in_future")),
    ],
)
def test_the_line_is_checked_field_by_field(store, values, refused):
    paper = make_paper(store)
    approve(store, propose(store))
    with pytest.raises(InvalidInputs) as refusal:
        destroy(store, paper, now=OVER, **values)
    assert [(error.field, error.code) for error in refusal.value.errors] == [refused]


def test_what_is_lent_out_is_not_destroyed(store):
    paper = make_paper(store)
    lend(store, paper, lent_on=date(2025, 1, 1), due_on=date(2025, 2, 1))
    approve(store, propose(store))
    with pytest.raises(InvalidInputs) as refusal:
        destroy(store, paper, now=OVER)
    assert refusal.value.errors[0].code == "lent_already"


def test_a_line_is_corrected_or_taken_back_and_nothing_else_is_changed(store, ledger):
    paper = make_paper(store)
    run = propose(store)
    approve(store, run)
    destroy(store, paper, now=OVER)
    destroy(store, paper, now=OVER + timedelta(hours=1), method="processor")
    assert card(store, paper).destruction.method == "processor"
    move = MovePaper(**seen(store, paper), room_id=None, shelf="X")
    assert refusal_of(lambda: store.carry_out(move_paper, move, actor=MAKER, now=OVER)) == (
        "paper_destroyed"
    )
    wrong = Seen(**seen(store, paper))
    store.carry_out(remove_destruction, wrong, actor=MAKER, now=OVER + timedelta(hours=2))
    assert card(store, paper).is_paper
    destroy(store, paper, now=OVER)
    carry_on(store, ledger, run, actor=MAKER, now=OVER)
    wrong = Seen(**seen(store, paper))
    for call in (
        lambda: store.carry_out(remove_destruction, wrong, actor=MAKER, now=OVER),
        lambda: destroy(store, paper, now=OVER),
    ):
        assert refusal_of(call) == "paper_destroyed"
    assert [line[0] for line in trail_of(store, "paper_record")] == [
        "add_paper",
        "note_destruction",
        "amend_destruction",
        "remove_destruction",
        "note_destruction",
    ]


def test_what_was_destroyed_goes_with_a_later_disposal_when_the_first_is_withdrawn(store, ledger):
    paper = make_paper(store)
    run = propose(store)
    approve(store, run)
    destroy(store, paper, now=OVER)
    store.carry_out(withdraw_disposal, Seen(id=run, version=2), actor=MAKER, now=OVER)
    dispose(store, ledger)
    assert card(store, paper).row.disposed_on == DAY


def test_a_restored_copy_is_emptied_of_it_again(store, ledger, tmp_path):
    party = ended_person(store)
    paper = make_paper(store, party, title="Aino Esimerkki 2018")
    copy = backed_up(store, tmp_path)
    run = propose(store)
    approve(store, run)
    destroy(store, paper, now=OVER)
    carry_on(store, ledger, run, actor=MAKER, now=OVER)
    done, again = restored(store, tmp_path, copy)
    try:
        assert done.replayed.erased["paper_record"] == 1
        row = card(again, paper).row
        assert (row.title, row.disposed_on is None) == ("-", False)
        assert everything(again)["paper_party"] == []
    finally:
        again.close()


def test_a_viewer_destroys_nothing(store, viewer):
    paper = make_paper(store)
    approve(store, propose(store))
    inputs = NoteDestruction(
        id=paper, version=1, destroyed_on=DAY, destroyed_by="a", method="shredded", witness="b"
    )
    with pytest.raises(NotAllowed):
        store.carry_out(note_destruction, inputs, actor=viewer, now=OVER)
