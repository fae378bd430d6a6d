"""Only invoices that this company issued are brought in; a purchase is recognised by its buyer."""

from __future__ import annotations

import pytest

from queries.intake.plan import Reason
from queries.reads.notice.controller import DEMONSTRATION
from tests.factories.finvoices import plan_of
from tests.factories.import_files import SELLER, codes, finvoice, notes, outcomes
from tests.factories.notices import make_controller
from tests.factories.records import business_id


@pytest.mark.parametrize("name", [DEMONSTRATION.name, DEMONSTRATION.name.upper(), "OY KIXIT AB"])
def test_a_purchase_is_refused_also_before_the_own_business_id_is_set(sqlite_store, name):
    plan = plan_of(sqlite_store, finvoice(buyer=None, name=name))
    assert (outcomes(plan), codes(plan)) == (["refuse"], ["buyer_is_controller"])
    assert notes(plan) == []


def test_the_own_name_as_the_seller_is_told_from_a_namesake_of_the_buyer(sqlite_store):
    own = finvoice().replace("Oma Yritys Oy", DEMONSTRATION.name)
    plan = plan_of(sqlite_store, own)
    assert (outcomes(plan), notes(plan)) == (["create"], [])
    # To itself, as an internal invoice is: not a purchase from somebody else.
    plan = plan_of(sqlite_store, own.replace("Ostajan Oy", DEMONSTRATION.name))
    assert outcomes(plan) == ["create"]


def test_a_seller_without_an_identifier_or_a_name_is_named_so(sqlite_store):
    bare = finvoice(seller="")
    (row,) = plan_of(sqlite_store, bare).rows
    assert row.notes == (Reason("seller_not_given", {"seller": "Oma Yritys Oy", "seller_id": ""}),)
    nobody = bare.replace("Oma Yritys Oy", "")
    assert notes(plan_of(sqlite_store, nobody)) == ["seller_missing"]
    make_controller(sqlite_store, name="Oma Yritys Oy", business_id=SELLER)
    assert notes(plan_of(sqlite_store, nobody)) == ["seller_missing"]


def test_what_every_invoice_says_of_the_seller_is_said_once(sqlite_store):
    plan = plan_of(sqlite_store, finvoice(), finvoice("2002"))
    assert [note.code for note in plan.notes] == ["seller_not_compared"]
    assert [notes(plan, row) for row in (0, 1)] == [[], []]
    other = finvoice("2002", seller=business_id(9))
    plan = plan_of(sqlite_store, finvoice(), other)
    assert plan.notes == ()
    assert [notes(plan, row) for row in (0, 1)] == [["seller_not_compared"]] * 2


def test_a_customer_with_the_own_name_and_another_business_id_is_a_customer(sqlite_store):
    make_controller(sqlite_store, name=DEMONSTRATION.name, business_id=SELLER)
    plan = plan_of(sqlite_store, finvoice(name=DEMONSTRATION.name))
    assert outcomes(plan) == ["create"]
    plan = plan_of(sqlite_store, finvoice(seller=business_id(9), buyer=SELLER))
    assert codes(plan) == ["buyer_is_controller"]
