from __future__ import annotations

import pytest
from sqlalchemy import text

from queries.errors import (
    AlreadyIssued,
    InvalidInputs,
    NotAllowed,
    NotFound,
    RuleRefusal,
    StaleRecord,
)
from queries.reads.sales.invoice import invoice_record
from queries.rules.vat import RateTotal
from queries.store import derived
from queries.writes.commands import Seen
from queries.writes.sales.drafts import MOST_LINES, AmendDraft, amend_draft, discard_draft
from tests.factories.records import TODAY, make_order, make_party
from tests.factories.sales import line, make_draft, make_invoice, make_service
from tests.support.trails import everything, trail_of


def _refused(store, actor, inputs, now) -> list[tuple[str, str]]:
    before = everything(store)
    with pytest.raises(InvalidInputs) as refusal:
        store.carry_out(amend_draft, inputs, actor=actor, now=now)
    assert everything(store) == before
    return [(error.field, error.code) for error in refusal.value.errors]


def test_a_draft_has_its_lines_and_sums_and_owes_nothing(store, office, now):
    party = make_party(store)
    order = make_order(store, party)
    service = make_service(store)
    inputs = AmendDraft(
        party_id=party,
        order_id=order,
        buyer_reference="PO 17",
        free_text="Kiitos.\nTervetuloa!",
        lines=(
            line("62,00", service_id=service, quantity="2,5", unit="hour", discount="10"),
            line("12,35", quantity="3"),
            line("50", vat_category="reduced"),
            line("10", quantity="-1"),
        ),
    )
    draft = store.carry_out(amend_draft, inputs, actor=office, now=now)
    with store.reading(office, now=now) as session:
        record = invoice_record(session, draft)
    assert [
        (
            row.position,
            row.service_id,
            row.quantity_thousandths,
            row.unit,
            row.unit_price_cents,
            row.discount_basis_points,
            row.vat_basis_points,
            row.net_cents,
        )
        for row in record.lines
    ] == [
        (1, service, 2_500, "hour", 6_200, 1_000, 2_550, 13_950),
        (2, None, 3_000, "piece", 1_235, 0, 2_550, 3_705),
        (3, None, 1_000, "piece", 5_000, 0, 1_350, 5_000),
        (4, None, -1_000, "piece", 1_000, 0, 2_550, -1_000),
    ]
    assert record.vat == (
        RateTotal("standard", 2_550, 16_655, 4_247),
        RateTotal("reduced", 1_350, 5_000, 675),
    )
    assert (record.net_cents, record.vat_cents, record.total_cents, record.open_cents) == (
        21_655,
        4_922,
        26_577,
        0,
    )
    assert (record.status, record.number, record.order_number, record.free_text) == (
        "draft",
        None,
        "1001",
        "Kiitos.\nTervetuloa!",
    )
    assert trail_of(store, "invoice") == [
        (
            "add_draft",
            draft,
            party,
            "olli",
            ["buyer_reference", "free_text", "lines", "order_id", "party_id"],
        )
    ]


def test_a_draft_without_lines_can_be_put_aside(store, office, now):
    party = make_party(store)
    draft = store.carry_out(amend_draft, AmendDraft(party_id=party), actor=office, now=now)
    with store.reading(office, now=now) as session:
        record = invoice_record(session, draft)
    assert (record.lines, record.total_cents, record.version) == ((), 0, 1)


def test_lines_are_changed_added_and_taken_out_with_the_draft_as_one(store, office, now):
    party = make_party(store)
    draft = make_draft(store, party, line("10"), line("20"), line("30"))
    inputs = AmendDraft(id=draft, version=1, party_id=party, lines=(line("10"), line("25")))
    store.carry_out(amend_draft, inputs, actor=office, now=now)
    with store.reading(office, now=now) as session:
        record = invoice_record(session, draft)
    assert [(row.position, row.net_cents) for row in record.lines] == [(1, 1_000), (2, 2_500)]
    assert (record.net_cents, record.version) == (3_500, 2)
    assert trail_of(store, "invoice")[-1] == ("amend_draft", draft, party, "olli", ["lines"])
    longer = AmendDraft(
        id=draft,
        version=2,
        party_id=party,
        free_text="Kiitos",
        lines=(line("10"), line("25"), line("1")),
    )
    store.carry_out(amend_draft, longer, actor=office, now=now)
    with store.reading(office, now=now) as session:
        record = invoice_record(session, draft)
    assert [row.net_cents for row in record.lines] == [1_000, 2_500, 100]
    assert trail_of(store, "invoice")[-1][4] == ["free_text", "lines"]


def test_the_same_again_changes_nothing(store, office, now):
    party = make_party(store)
    draft = make_draft(store, party, line("10"))
    before = everything(store)
    inputs = AmendDraft(id=draft, version=1, party_id=party, lines=(line("10,00 €"),))
    store.carry_out(amend_draft, inputs, actor=office, now=now)
    assert everything(store) == before


def test_a_stale_draft_is_refused_with_the_lines_that_stand_now(store, office, manager, now):
    party = make_party(store)
    draft = make_draft(store, party, line("10"))
    theirs = line("12,50", quantity="1,5", discount="12,5")
    store.carry_out(
        amend_draft,
        AmendDraft(id=draft, version=1, party_id=party, lines=(theirs,)),
        actor=manager,
        now=now,
    )
    before = everything(store)
    with pytest.raises(StaleRecord) as refusal:
        store.carry_out(
            amend_draft,
            AmendDraft(id=draft, version=1, party_id=party, lines=(line("11"),)),
            actor=office,
            now=now,
        )
    assert everything(store) == before
    assert (refusal.value.theirs["lines"], refusal.value.changed_by) == ((theirs,), "maija")


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"description": ""}, ("description", "required")),
        ({"description": "x" * 501}, ("description", "too_long")),
        ({"description": "131052-9085"}, ("description", "personal_identity_code")),
        ({"quantity": ""}, ("quantity", "required")),
        ({"quantity": "yksi"}, ("quantity", "quantity.form")),
        ({"quantity": "0,0001"}, ("quantity", "quantity.precision")),
        ({"quantity": "0"}, ("quantity", "zero")),
        ({"unit": "bushel"}, ("unit", "choice")),
        ({"unit_price": "-5"}, ("unit_price", "negative")),
        ({"unit_price": "1.234"}, ("unit_price", "amount.ambiguous")),
        ({"discount": "101"}, ("discount", "percent.range")),
        ({"discount": "-1"}, ("discount", "percent.range")),
        ({"discount": "0,001"}, ("discount", "percent.precision")),
        ({"vat_category": "luxury"}, ("vat_category", "choice")),
        ({"service_id": 77}, ("service_id", "not_for_sale")),
    ],
)
def test_a_line_is_refused_beside_its_own_field(sqlite_store, office, now, values, refused):
    party = make_party(sqlite_store)
    inputs = AmendDraft(party_id=party, lines=(line("10"), line(**values)))
    assert _refused(sqlite_store, office, inputs, now) == [(f"lines.1.{refused[0]}", refused[1])]


def test_what_else_a_draft_cannot_be(sqlite_store, office, now):
    store = sqlite_store
    party, other = make_party(store), make_party(store, name="Toinen Oy")
    theirs = make_order(store, other)
    draft = make_draft(store, party)
    partner = make_party(store, is_customer=False, is_partner=True)
    for inputs, refused in (
        (AmendDraft(party_id=party, free_text="x" * 2_001), ("free_text", "too_long")),
        (AmendDraft(party_id=party, buyer_reference="x" * 101), ("buyer_reference", "too_long")),
        (AmendDraft(party_id=party, order_id=theirs), ("order_id", "order_of_another")),
        (AmendDraft(party_id=party, order_id=404), ("order_id", "order_of_another")),
        (AmendDraft(id=draft, version=1, party_id=other), ("party_id", "party_fixed")),
        (AmendDraft(party_id=partner), ("party_id", "not_a_customer")),
        (AmendDraft(party_id=party, lines=(line(),) * (MOST_LINES + 1)), ("lines", "too_many")),
    ):
        assert _refused(store, office, inputs, now) == [refused]


def test_an_ended_customer_is_invoiced_only_for_what_was_ordered(store, office, now):
    party = make_party(store)
    order = make_order(store, party)
    with store.engine.begin() as connection:
        connection.execute(
            text("UPDATE party SET status = 'ended', ended_on = :day"), {"day": TODAY}
        )
    with pytest.raises(RuleRefusal) as refusal:
        store.carry_out(amend_draft, AmendDraft(party_id=party), actor=office, now=now)
    assert refusal.value.code == "party_ended"
    inputs = AmendDraft(party_id=party, order_id=order, lines=(line(),))
    assert store.carry_out(amend_draft, inputs, actor=office, now=now) > 0


def test_a_draft_is_thrown_away_with_its_lines(store, office, now):
    party = make_party(store)
    draft = make_draft(store, party)
    with pytest.raises(StaleRecord):
        store.carry_out(discard_draft, Seen(id=draft, version=7), actor=office, now=now)
    gone = store.carry_out(discard_draft, Seen(id=draft, version=1), actor=office, now=now)
    assert gone == party
    with store.engine.connect() as connection:
        for table in ("invoice", "invoice_line"):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0  # noqa: S608 - our own tables
        assert derived.differences(connection) == []
    assert trail_of(store, "invoice")[-1] == ("discard_draft", draft, party, "olli", [])


def test_an_issued_invoice_is_neither_amended_nor_thrown_away(store, office, now):
    party = make_party(store)
    invoice = make_invoice(store, party)
    before = everything(store)
    for command, inputs in (
        (amend_draft, AmendDraft(id=invoice, version=1, party_id=party)),
        (discard_draft, Seen(id=invoice, version=1)),
    ):
        with pytest.raises(AlreadyIssued) as refusal:
            store.carry_out(command, inputs, actor=office, now=now)
        assert refusal.value.facts["number"] == "1001"
    assert everything(store) == before


def test_rights_and_what_is_gone(store, viewer, office, now):
    party = make_party(store)
    draft = make_draft(store, party)
    with pytest.raises(NotAllowed):
        store.carry_out(amend_draft, AmendDraft(party_id=party), actor=viewer, now=now)
    with pytest.raises(NotAllowed):
        store.carry_out(discard_draft, Seen(id=draft, version=1), actor=viewer, now=now)
    with pytest.raises(NotFound):
        store.carry_out(discard_draft, Seen(id=404, version=1), actor=office, now=now)
