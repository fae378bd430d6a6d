"""Rules across rows hold between two who act at once; the loser reads the rule's own refusal."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from queries.errors import RuleRefusal
from queries.rules.roles import Role
from queries.store.migrate import open_store
from queries.store.tables import DisposalRun, FinancialYear, Service, User
from queries.writes.commands import Seen
from queries.writes.retention.disposal import ProposeDisposal, propose_disposal, withdraw_disposal
from queries.writes.sales.services import AmendService, amend_service
from queries.writes.users import AddUser, SetInUse, SetRole, add_user, set_in_use, set_role
from tests.conftest import NOW
from tests.factories.records import MAKER, TODAY
from tests.factories.retention import make_year, years_from_elsewhere
from tests.support.races import after_both_looked, at_once


@pytest.fixture
def postgresql_store(postgresql_address):
    """Open a PostgreSQL store only: SQLite has one writer."""
    opened = open_store(postgresql_address)
    yield opened
    opened.close()


def column(store, which):
    with store.engine.connect() as connection:
        return list(connection.execute(select(which).order_by(which)).scalars())


def propose(store):
    return store.carry_out(propose_disposal, ProposeDisposal(as_of=TODAY), actor=MAKER, now=NOW)


def test_two_record_years_that_overlap(postgresql_store):
    first = (date(2018, 1, 1), date(2018, 12, 31))
    second = (date(2018, 7, 1), date(2019, 6, 30))
    found = after_both_looked(
        postgresql_store,
        "financial_year",
        lambda: make_year(postgresql_store, *first),
        lambda: make_year(postgresql_store, *second),
    )
    kept = column(postgresql_store, FinancialYear.starts_on)
    assert (found, kept) in (
        (["done", "starts_on:financial_year.overlap"], [first[0]]),
        (["ends_on:financial_year.overlap", "done"], [second[0]]),
    )


def test_two_move_years_towards_each_other(postgresql_store):
    one = make_year(postgresql_store, date(2018, 1, 1), date(2018, 12, 31))
    other = make_year(postgresql_store, date(2020, 1, 1), date(2020, 12, 31))
    found = after_both_looked(
        postgresql_store,
        "financial_year",
        lambda: make_year(postgresql_store, date(2018, 1, 1), date(2019, 6, 30), id=one, version=1),
        lambda: make_year(
            postgresql_store, date(2019, 6, 1), date(2020, 11, 30), id=other, version=1
        ),
    )
    assert found in (
        ["done", "starts_on:financial_year.overlap"],
        ["ends_on:financial_year.overlap", "done"],
    )


def test_two_propose_a_disposal(postgresql_store):
    found = after_both_looked(
        postgresql_store,
        "disposal_run",
        lambda: propose(postgresql_store),
        lambda: propose(postgresql_store),
    )
    assert sorted(found) == ["disposal_under_way", "done"]
    assert column(postgresql_store, DisposalRun.status) == ["proposed"]


def test_two_name_a_service_by_one_code(postgresql_store):
    def add(name):
        inputs = AmendService(
            code="AS", name=name, unit="hour", unit_price="50,00", vat_category="standard"
        )
        return lambda: postgresql_store.carry_out(amend_service, inputs, actor=MAKER, now=NOW)

    found = after_both_looked(postgresql_store, "service", add("Asennus"), add("Asiakaskäynti"))
    assert sorted(found) == ["code:taken", "done"]
    assert column(postgresql_store, Service.code) == ["AS"]


def make_administrator(store, username):
    inputs = AddUser(
        username=username, name=username, role=Role.ADMINISTRATOR, password="kolme pientä karhua"
    )
    return store.carry_out(add_user, inputs, actor=MAKER, now=NOW)


@pytest.mark.parametrize("turn", range(5))
def test_two_administrators_who_send_each_other_away(postgresql_store, turn):
    one = make_administrator(postgresql_store, "yksi")
    other = make_administrator(postgresql_store, "kaksi")
    demotion = SetRole(user_id=one, role=Role.VIEWER, version=1)
    leave = SetInUse(user_id=other, active=False, version=1)
    found = at_once(
        lambda: postgresql_store.carry_out(set_role, demotion, actor=MAKER, now=NOW),
        lambda: postgresql_store.carry_out(set_in_use, leave, actor=MAKER, now=NOW),
    )
    assert found == ["done", "last_administrator"]
    with postgresql_store.engine.connect() as connection:
        left = select(User.id).where(User.role == Role.ADMINISTRATOR, User.active)
        assert len(connection.execute(left).all()) == 1


def test_the_database_itself_keeps_years_apart(store):
    make_year(store, date(2018, 1, 1), date(2018, 12, 31))
    row = "VALUES ('2018-12-31', '2019-12-31', 1, '2026-01-01', 'muualta')"
    columns = "starts_on, ends_on, version, changed_at, changed_by"
    insert = text(f"INSERT INTO financial_year ({columns}) {row}")
    with pytest.raises(IntegrityError), store.engine.begin() as connection:
        connection.execute(insert)
    assert column(store, FinancialYear.starts_on) == [date(2018, 1, 1)]


def test_the_database_itself_allows_one_open_disposal(store):
    run = propose(store)
    row = "VALUES ('2026-03-05', 'proposed', 'muualta', '2026-03-05', 1, '2026-03-05', 'muualta')"
    columns = "as_of, status, proposed_by, proposed_at, version, changed_at, changed_by"
    insert = text(f"INSERT INTO disposal_run ({columns}) {row}")
    with pytest.raises(IntegrityError), store.engine.begin() as connection:
        connection.execute(insert)
    store.carry_out(withdraw_disposal, Seen(id=run, version=1), actor=MAKER, now=NOW)
    with store.engine.begin() as connection:
        connection.execute(insert)
    again = text("UPDATE disposal_run SET status = 'proposed' WHERE status = 'withdrawn'")
    with pytest.raises(IntegrityError), store.engine.begin() as connection:
        connection.execute(again)
    with pytest.raises(RuleRefusal) as refusal:
        propose(store)
    assert refusal.value.code == "disposal_under_way"


def test_a_store_whose_years_overlap_can_propose(store):
    years_from_elsewhere(
        store, (date(2018, 1, 1), date(2018, 12, 31)), (date(2018, 7, 1), date(2019, 6, 30))
    )
    propose(store)
    assert column(store, DisposalRun.status) == ["proposed"]
