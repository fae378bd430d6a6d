"""The page Toteutuuko seloste: what is not true first, each with the way to mend it."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard import runtime
from dashboard.navigation import PAGE_NAMES
from dashboard.words import LANGUAGES, has_word, word
from queries.reads.notice.proofs import ORDER, proofs
from queries.rules.proofs import Exposure, ServerFacts
from queries.rules.roles import Role
from tests.conftest import NOW
from tests.factories.proof_rows import put, user
from tests.factories.recipients import make_recipient
from tests.factories.records import MAKER, TODAY, make_party
from tests.factories.requests import make_closed
from tests.factories.sales import make_invoice
from tests.support.apps import page, signed_in, texts
from tests.support.words import fi, start_of


@pytest.fixture(autouse=True)
def _no_doors():
    yield
    runtime.use_exposure(None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_proof_has_its_words(language):
    for code in ORDER:
        for part in ("says", "counted", "mend"):
            assert has_word(f"proofs.{part}.{code}", language)


def test_what_is_not_true_stands_first_with_the_way_to_its_list(sqlite_store):
    make_invoice(sqlite_store, make_party(sqlite_store), issued_on=date(2025, 5, 5))
    app = page(signed_in(sqlite_store), "proofs")
    said = texts(app)
    assert [head.value for head in app.header] == [fi("proofs.to_mend"), fi("proofs.true_title")]
    rows = [row.value for row in app.markdown if "**" in row.value]
    assert (
        f":material/error: **{fi('proofs.false')}** – {fi('proofs.says.vouchers_in_years')}"
        in rows[:3]
    )
    assert all(f"**{fi('proofs.true')}**" in row for row in rows[3:])
    assert fi("proofs.counted.vouchers_in_years", n=1) in said
    assert fi("proofs.mend.vouchers_in_years") in said
    links = [element.proto.label for element in app.get("page_link")]
    assert fi("proofs.open", page=fi("pages.retention")) in links


def test_a_statement_that_is_true_says_its_figure(sqlite_store):
    make_recipient(sqlite_store)
    said = texts(page(signed_in(sqlite_store), "proofs"))
    assert fi("proofs.counted.transfers_have_basis", n="0 / 1") in said
    assert fi("proofs.never_backup") in said


def test_who_keeps_the_users_sees_the_idle_ones_and_others_only_the_figure(sqlite_store):
    put(sqlite_store, user("kauan-poissa", Role.OFFICE, last=None))
    app = page(signed_in(sqlite_store, "administrator"), "proofs")
    assert "kauan-poissa" in texts(app)
    assert fi("proofs.never") in texts(app)
    viewer = texts(page(signed_in(sqlite_store, "viewer"), "proofs"))
    assert fi("proofs.counted.users_work", n=1) in viewer
    assert "kauan-poissa" not in viewer


def test_what_was_answered_late_and_who_may_do_everything_are_listed(sqlite_store):
    put(sqlite_store, *(user(name, Role.ADMINISTRATOR) for name in ("eka", "toka")))
    make_closed(sqlite_store, make_party(sqlite_store, family_name="Aho"))
    with sqlite_store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE data_subject_request SET received_on = '2026-01-02'")
    app = page(signed_in(sqlite_store, "administrator"), "proofs")
    (late,) = [frame.value for frame in app.dataframe]
    assert late.to_numpy().tolist() == [["2026-0001", "2.2.2026", "5.3.2026"]]
    assert "toka" in texts(app)


def test_every_proof_has_a_way_to_its_list(sqlite_store):
    told = ServerFacts(public=None, exposure=Exposure(NOW, 1), notice_differs=0)
    with sqlite_store.reading(MAKER) as session:
        found = proofs(session, today=TODAY, known=told)
    without = {row.code for row in found.rows if row.page is None}
    assert {row.page for row in found.rows} - {None} <= set(PAGE_NAMES)
    # The proof itself shows these; of a backup there is nothing to show.
    assert without == {"sign_in_needed", "users_work", "rights_by_work", "backup_recent"}


def test_the_doors_that_stood_open_are_named(sqlite_store):
    runtime.use_exposure(Exposure(NOW, 30, ("/customers",)))
    said = texts(page(signed_in(sqlite_store), "proofs"))
    assert start_of("proofs.counted.sign_in_needed", n="1 / 30") in said
    assert "/customers" in said


def test_the_overview_says_how_many_hold(sqlite_store):
    app = page(signed_in(sqlite_store), "overview")
    assert fi("proofs.summary", holding=18, of=20) in texts(app)
    assert fi("proofs.see") in [element.proto.label for element in app.get("page_link")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks_the_users_language(sqlite_store, language):
    app = page(signed_in(sqlite_store, language=language), "proofs")
    sentence = word("proofs.summary", language, holding=18, of=20)
    assert sentence in "\n".join([texts(app), *(one.value for one in app.subheader)])
