"""The pages of sales: overview, services, orders and invoices."""

from __future__ import annotations

import re
from datetime import date, timedelta
from urllib.parse import parse_qsl

import pytest

from dashboard.ui import clock
from queries.reads.sales.invoice import invoice_record
from queries.reads.sales.order import order_record
from queries.reads.sales.services import service_list
from tests.conftest import NOW
from tests.factories.records import MAKER, TODAY, business_id, make_order, make_party, make_work
from tests.factories.sales import credit, line, make_draft, make_invoice, make_service, noon, pay
from tests.support.apps import page, press, signed_in, texts
from tests.support.words import fi

HOSTILE = "*Ab* [x](javascript:alert(1)) :red[y] $z$ <img src=x> & Oy"
#: A price that was typed beside the one that a colleague saved meanwhile.
COMPARED = f"<td>{fi('fields.line_price')}</td><td>11</td><td>12,00</td>"
ESCAPED = "*Ab* [x](javascript:alert(1)) :red[y] $z$ &lt;img src=x&gt; &amp; Oy"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """The tests' day, 5.3.2026, whenever they run."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


def errors(app):
    return [error.value for error in app.error]


def record(store, invoice):
    with store.reading(MAKER) as session:
        return invoice_record(session, invoice)


def test_the_overview_says_what_needs_doing(sqlite_store):
    party = make_party(sqlite_store)
    make_invoice(sqlite_store, party, issued_on=date(2026, 2, 1), due_on=TODAY - timedelta(days=3))
    make_order(sqlite_store, party, due_on=TODAY - timedelta(days=1))
    app = page(signed_in(sqlite_store), "overview")
    for said in (
        f"<span>{fi('overview.overdue')}</span><strong>125,50\u00a0€</strong>",
        f"<span>{fi('overview.late_orders')}</span><strong>1</strong>",
        f"<span>{fi('ages.1_14')}</span><strong>125,50\u00a0€</strong>",
        f"<span>{fi('overview.invoiced_in', month='2/2026')}</span><strong>100,00\u00a0€</strong>",
    ):
        assert said in re.sub(' style="[^"]*"', "", texts(app))
    assert fi("overview.receivables_total", sum="125,50\xa0€", n=1) in texts(app)


def test_an_empty_register_has_nothing_to_do(sqlite_store):
    app = page(signed_in(sqlite_store, "viewer"), "overview")
    assert [message.value for message in app.success] == [fi("overview.nothing_to_do")]


def test_the_link_of_each_figure_opens_the_list_with_what_it_counts(sqlite_store):
    store, late = sqlite_store, TODAY - timedelta(days=2)
    party = make_party(store, started_on=TODAY)
    for _ in range(2):
        make_invoice(store, party, issued_on=date(2026, 2, 1), due_on=late)
    paid = make_invoice(store, party, issued_on=date(2026, 2, 1), due_on=late)
    pay(store, paid, "125,50")
    credit(store, paid)
    make_order(store, party, due_on=late)
    make_order(store, party, status="quote", ordered_on=date(2026, 1, 1))
    make_draft(store, party, now=noon(date(2026, 2, 1)))
    app = page(signed_in(store), "overview")
    values = [
        re.search("<strong[^>]*>(.*)</strong>", element.proto.body)[1]
        for element in app.get("html")
        if 'class="register-figure"' in element.proto.body
    ]
    links = [
        (link.proto.page.split("/")[-1], link.proto.label, link.proto.query_string)
        for link in app.get("page_link")
        if link.proto.query_string
    ]
    looked_at = []
    for value, (name, label, query) in zip(values, links, strict=True):
        n = label.split()[0] if label[0].isdigit() else value
        if name not in {"customers", "invoices", "orders"} or not n.isdigit():
            continue
        app.query_params.clear()
        page(app, name, **dict(parse_qsl(query)))
        assert [caption.value.split()[0] for caption in app.caption] == [n]
        looked_at.append(name)
    assert looked_at == [
        "invoices",
        "orders",
        "invoices",
        "orders",
        "invoices",
        *["orders"] * 3,
        *["invoices"] * 5,
        "customers",
        "customers",
    ]


def test_the_charts_come_after_the_figures_with_words_for_them(sqlite_store):
    party = make_party(sqlite_store)
    make_invoice(sqlite_store, party, issued_on=date(2026, 2, 1))
    app = signed_in(sqlite_store)
    app.run()
    assert (len(app.get("plotly_chart")), fi("overview.charts_coming") in texts(app)) == (0, True)
    app.session_state["overview.seen"] = True
    app.run()
    charts = app.get("plotly_chart")
    assert len(charts) == 3
    assert charts[0].proto.alt == (
        fi("overview.invoiced_alt", total="100,00\xa0€", before="0,00\xa0€")
    )
    assert "<td>2/2026</td><td>100,00\u00a0€</td><td>0,00\u00a0€</td>" in texts(app)


@pytest.mark.parametrize("language", ["fi", "en", "sv"])
def test_every_page_is_complete_in_every_language(sqlite_store, language):
    store = sqlite_store
    party = make_party(store, business_id=business_id(1))
    order = make_order(store, party, service_id=make_service(store))
    make_work(store, order, material="Kaapeli")
    invoice = make_invoice(store, party, line(vat_category="reverse_charge"), order_id=order)
    note = credit(store, invoice)
    draft = make_draft(store, party)
    app = signed_in(store, language=language)
    app.session_state["overview.seen"] = True
    for name in ("overview", "services", "orders", "invoices"):
        page(app, name)
        assert errors(app) == []
    for name, key in (
        ("order", order),
        ("invoice", invoice),
        ("invoice", note),
        ("invoice", draft),
    ):
        page(app, name, id=str(key))
        assert errors(app) == []
        for button in [b.key for b in app.button if b.key and b.key.endswith(".open")]:
            app.button(key=button).click().run()
            assert not app.exception
            assert errors(app) == []


def test_a_service_is_added_and_its_price_corrected(sqlite_store):
    app = page(signed_in(sqlite_store), "services")
    app.button(key="service-new.open").click().run()
    for name, value in (("code", "PUH-1"), ("name", HOSTILE), ("unit_price", "62,00")):
        app.text_input(key=f"service-new.{name}").set_value(value)
    press(app, "forms.save")
    assert list(app.dataframe[0].value[fi("fields.service_name")]) == [HOSTILE]
    page(app, "services", id="1")
    assert app.text_input(key="service-1.unit_price").value == "62,00"
    app.text_input(key="service-1.unit_price").set_value("halpa")
    press(app, "forms.save")
    assert errors(app) == [fi("refusals.amount.form")]
    app.text_input(key="service-1.unit_price").set_value("1 062,50")
    press(app, "forms.save")
    with sqlite_store.reading(MAKER) as session:
        assert [row.unit_price_cents for row in service_list(session)] == [106_250]


def test_an_order_from_the_card_with_its_work_and_its_end(sqlite_store):
    party = make_party(sqlite_store, name=HOSTILE)
    app = page(signed_in(sqlite_store), "order", party=str(party))
    assert ESCAPED in texts(app)
    app.text_input(key="order-new-1.title").set_value(HOSTILE)
    app.text_input(key="order-new-1.due_on").set_value("1.1.2026")
    press(app, "forms.save")
    assert errors(app) == [fi("refusals.due_before_order", ordered_on="5.3.2026")]
    app.text_input(key="order-new-1.due_on").set_value("1.4.2026")
    press(app, "forms.save")
    assert ESCAPED in texts(app)
    app.button(key="work-new-1.open").click().run()
    app.text_area(key="work-new-1.description").set_value("Tehty *kaikki*")
    app.text_input(key="work-new-1.minutes").set_value("90")
    press(app, "forms.save")
    assert "Tehty *kaikki*" in texts(app)
    assert "5.3.2026 · manager-fi · 1,5 h" in texts(app)
    app.button(key="order-status-1.open").click().run()
    app.selectbox(key="order-status-1.status").set_value("done")
    press(app, "forms.save")
    with sqlite_store.reading(MAKER) as session:
        order = order_record(session, 1)
    assert (order.status, order.closed_on, order.due_on) == ("done", TODAY, date(2026, 4, 1))


def test_an_invoice_from_draft_to_payment(sqlite_store):
    party = make_party(sqlite_store)
    service = make_service(sqlite_store)
    order = make_order(sqlite_store, party, service_id=service, buyer_reference="PO 7")
    make_work(sqlite_store, order, minutes=150)
    app = page(signed_in(sqlite_store), "invoice", party=str(party), order=str(order))
    form = f"draft-new-{party}-{order}"
    at = f"{form}.lines"
    assert [
        app.text_input(key=f"{at}.0.{name}").value
        for name in ("description", "quantity", "unit_price")
    ] == ["Sähkökeskuksen vaihto", "2,5", "62,00"]
    app.text_input(key=f"{at}.2.description").set_value(HOSTILE)
    app.text_input(key=f"{at}.2.quantity").set_value("kaksi")
    app.text_input(key=f"{at}.2.unit_price").set_value("10")
    press(app, "forms.save")
    assert errors(app) == [fi("refusals.quantity.form")]
    app.text_input(key=f"{at}.2.quantity").set_value("2")
    press(app, "invoices.add_service")
    assert app.text_input(key=f"{at}.1.unit_price").value == "62,00"
    assert app.text_input(key=f"{at}.2.quantity").value == "2"
    press(app, "forms.save")
    draft = record(sqlite_store, 1)
    assert [(row.service_id, row.net_cents) for row in draft.lines] == [
        (service, 15_500),
        (service, 6_200),
        (None, 2_000),
    ]
    assert ESCAPED in texts(app)
    app.button(key="issue-1.open").click().run()
    app.text_input(key="issue-1.issued_on").set_value("6.3.2026")
    press(app, "invoices.issue")
    assert record(sqlite_store, 1).status == "draft"
    app.text_input(key="issue-1.issued_on").set_value("5.3.2026")
    press(app, "invoices.issue", last=True)
    issued = record(sqlite_store, 1)
    assert (issued.number, issued.due_on, issued.total_cents, issued.buyer_reference) == (
        "1001",
        date(2026, 3, 19),
        29_744,
        "PO 7",
    )
    app.button(key="payment-1.open").click().run()
    assert app.text_input(key="payment-1.amount").value == "297,44"
    app.text_input(key="payment-1.amount").set_value("300")
    press(app, "invoices.record_payment", last=True)
    assert record(sqlite_store, 1).payments == ()
    app.checkbox(key="payment-1.accept_overpayment").check()
    press(app, "invoices.record_payment", last=True)
    assert record(sqlite_store, 1).open_cents == -256


def test_an_invoice_is_credited_in_part(sqlite_store):
    invoice = make_invoice(sqlite_store, make_party(sqlite_store), line("100"), line("50"))
    app = page(signed_in(sqlite_store), "invoice", id=str(invoice))
    app.button(key="credit-1.open").click().run()
    assert app.text_input(key="credit-1.lines.1.net").value == "50,00"
    app.text_input(key="credit-1.lines.0.net").set_value("")
    app.text_input(key="credit-1.lines.1.net").set_value("60")
    press(app, "invoices.credit", last=True)
    assert errors(app) == [fi("refusals.more_than_left")]
    app.text_input(key="credit-1.lines.1.net").set_value("20")
    press(app, "invoices.credit", last=True)
    assert not app.exception
    assert fi("invoices.credit_note_number", number="1002") in texts(app)
    whole = record(sqlite_store, invoice)
    assert (whole.open_cents, whole.credited_cents) == (18_825 - 2_510, 2_510)


def test_crediting_nothing_is_not_crediting_all(sqlite_store):
    invoice = make_invoice(sqlite_store, make_party(sqlite_store))
    app = page(signed_in(sqlite_store), "invoice", id=str(invoice))
    app.button(key="credit-1.open").click().run()
    app.text_input(key="credit-1.lines.0.net").set_value("")
    press(app, "invoices.credit", last=True)
    assert len(errors(app)) == 1
    assert record(sqlite_store, invoice).credit_notes == ()


def test_a_lapsed_balance_is_written_off_and_may_be_paid_all_the_same(sqlite_store):
    invoice = make_invoice(sqlite_store, make_party(sqlite_store), issued_on=date(2020, 3, 5))
    app = page(signed_in(sqlite_store), "invoice", id=str(invoice))
    app.button(key="write-off-1.open").click().run()
    assert app.text_input(key="write-off-1.written_off_on").value == "5.3.2026"
    app.text_input(key="write-off-1.written_off_on").set_value("6.3.2020")
    press(app, "invoices.write_off", last=True)
    assert errors(app) == [
        fi("refusals.before_balance", since="19.3.2020"),
        fi("refusals.required"),
    ]
    app.text_input(key="write-off-1.written_off_on").set_value("31.12.2023")
    app.text_area(key="write-off-1.reason").set_value(HOSTILE)
    press(app, "invoices.write_off", last=True)
    assert (record(sqlite_store, invoice).open_cents, errors(app)) == (0, [])
    assert fi("invoices.written_off_sum", sum="124,00\xa0€", on="31.12.2023") in texts(app)
    assert ESCAPED in texts(app)
    assert "write-off-1.open" not in {button.key for button in app.button}
    app.button(key="payment-1.open").click().run()
    app.text_input(key="payment-1.amount").set_value("25,50")
    press(app, "invoices.record_payment", last=True)
    paid = record(sqlite_store, invoice)
    assert ([row.amount_cents for row in paid.payments], paid.open_cents) == ([2_550], 0)


def test_a_claim_in_force_is_not_written_off(sqlite_store):
    invoice = make_invoice(sqlite_store, make_party(sqlite_store), issued_on=date(2023, 3, 5))
    app = page(signed_in(sqlite_store), "invoice", id=str(invoice))
    assert "write-off-1.open" not in {button.key for button in app.button}
    assert fi("invoices.claim_in_force", until="19.3.2026") in texts(app)


def written_off(store, on="31.12.2023"):
    """The page of an invoice of 2020 whose balance was written off."""
    invoice = make_invoice(store, make_party(store), issued_on=date(2020, 3, 5))
    app = page(signed_in(store), "invoice", id=str(invoice))
    app.button(key="write-off-1.open").click().run()
    app.text_input(key="write-off-1.written_off_on").set_value(on)
    app.text_area(key="write-off-1.reason").set_value("Maksukyvytön")
    press(app, "invoices.write_off", last=True)
    assert record(store, invoice).open_cents == 0
    return app, invoice


def test_a_payment_of_a_written_off_invoice_is_offered_as_what_was_written_off(sqlite_store):
    app, invoice = written_off(sqlite_store)
    for offered, paid in (("124,00", "25,50"), ("98,50", "98,50"), ("", None)):
        app.button(key="payment-1.open").click().run()
        assert app.text_input(key="payment-1.amount").value == offered
        if paid is not None:
            app.text_input(key="payment-1.amount").set_value(paid)
            press(app, "invoices.record_payment", last=True)
    assert sum(row.amount_cents for row in record(sqlite_store, invoice).payments) == 12_400


def test_a_mistaken_write_off_is_taken_back_on_the_page(sqlite_store):
    app, invoice = written_off(sqlite_store)
    app.button(key="write-off-back-1.open").click().run()
    app.text_input(key="write-off-back-1.reversed_on").set_value("30.12.2023")
    press(app, "invoices.reverse_write_off", last=True)
    assert errors(app) == [
        fi("refusals.before_write_off", since="31.12.2023"),
        fi("refusals.required"),
    ]
    app.text_input(key="write-off-back-1.reversed_on").set_value("5.3.2026")
    app.text_area(key="write-off-back-1.reason").set_value(HOSTILE)
    press(app, "invoices.reverse_write_off", last=True)
    assert (record(sqlite_store, invoice).open_cents, errors(app)) == (12_400, [])
    assert fi("invoices.written_off_sum", sum="124,00\xa0€", on="31.12.2023") in texts(app)
    assert fi("invoices.write_off_reversed_sum", sum="124,00\xa0€", on="5.3.2026") in texts(app)
    assert ESCAPED in texts(app)
    keys = {button.key for button in app.button}
    assert "write-off-back-1.open" not in keys
    assert "write-off-1.open" in keys


def test_crediting_a_written_off_invoice_asks_about_its_vat(sqlite_store):
    app, invoice = written_off(sqlite_store)
    app.button(key="credit-1.open").click().run()
    assert "credit-1.accept_written_off" not in {box.key for box in app.checkbox}
    press(app, "invoices.credit", last=True)
    assert errors(app) == [fi("refusals.credits_written_off", sum="124,00\xa0€", on="31.12.2023")]
    assert record(sqlite_store, invoice).credit_notes == ()
    app.checkbox(key="credit-1.accept_written_off").check()
    press(app, "invoices.credit", last=True)
    whole = record(sqlite_store, invoice)
    assert (whole.open_cents, whole.credited_cents) == (0, 12_400)


def overtaken(store, draft):
    """The page of somebody who types a price of 11 while a colleague saves 12."""
    mine = page(signed_in(store), "invoice", id=str(draft))
    theirs = page(signed_in(store, "office"), "invoice", id=str(draft))
    for app, price in ((mine, "11"), (theirs, "12")):
        app.button(key="draft-1.open").click().run()
        app.text_input(key="draft-1.lines.0.unit_price").set_value(price)
    press(theirs, "forms.save")
    return mine


def test_the_second_of_two_saves_of_a_draft_is_compared_line_by_line(sqlite_store):
    draft = make_draft(sqlite_store, make_party(sqlite_store), line("10"))
    mine = overtaken(sqlite_store, draft)
    press(mine, "forms.save")
    assert COMPARED in texts(mine)
    assert f"<td>{fi('fields.line_description')}</td>" not in texts(mine)
    press(mine, "forms.save_over")
    assert record(sqlite_store, draft).net_cents == 1_100


def test_a_row_more_does_not_pass_off_another_save_of_a_draft_as_seen(sqlite_store):
    draft = make_draft(sqlite_store, make_party(sqlite_store), line("10"))
    mine = overtaken(sqlite_store, draft)
    press(mine, "invoices.more_rows")
    press(mine, "forms.save")
    assert COMPARED in texts(mine)
    assert record(sqlite_store, draft).net_cents == 1_200


def test_a_draft_is_discarded(sqlite_store):
    draft = make_draft(sqlite_store, make_party(sqlite_store))
    app = page(signed_in(sqlite_store), "invoice", id=str(draft))
    press(app, "invoices.discard_yes")
    with sqlite_store.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM invoice").scalar_one() == 0


def test_lists_filter_by_their_address_and_search(sqlite_store):
    store = sqlite_store
    party = make_party(store, name=HOSTILE)
    late = make_order(store, party, due_on=TODAY - timedelta(days=1), title="Vanha työ")
    make_order(store, party, title="Ajallaan")
    make_invoice(store, party, issued_on=date(2026, 2, 1), due_on=TODAY - timedelta(days=1))
    make_invoice(store, party)
    app = signed_in(store)
    page(app, "orders", state="late", sort="due")
    assert list(app.dataframe[0].value[fi("fields.order_number")]) == ["1001"]
    assert list(app.dataframe[0].value[fi("fields.customer")]) == [HOSTILE]
    other = signed_in(store, "office")
    page(other, "invoices", state="overdue")
    assert list(other.dataframe[0].value[fi("fields.status")]) == [fi("invoices.late", n=1)]
    other.query_params.clear()
    other.run()
    assert list(other.dataframe[0].value[fi("fields.invoice_number")]) == ["1002", "1001"]
    other.text_input(key="search.invoices").set_value("1002").run()
    assert list(other.dataframe[0].value[fi("fields.invoice_number")]) == ["1002"]
    assert dict(other.query_params) == {}
    assert late == 1


def test_a_viewer_sees_and_edits_nothing(sqlite_store):
    party = make_party(sqlite_store)
    order = make_order(sqlite_store, party)
    make_work(sqlite_store, order)
    invoice = make_invoice(sqlite_store, party)
    draft = make_draft(sqlite_store, party)
    app = signed_in(sqlite_store, "viewer")
    for name, key in (
        ("services", None),
        ("order", order),
        ("invoice", invoice),
        ("invoice", draft),
    ):
        page(app, name, **({"id": str(key)} if key else {}))
        allowed = {
            fi("orders.open_customer"),
            fi("invoices.open_one"),
            fi("invoices.open_order"),
            fi("own_password.open"),
            fi("sign_in.sign_out"),
        }
        assert {button.label for button in app.button} <= allowed


def test_pages_of_nothing_say_so(sqlite_store):
    app = signed_in(sqlite_store)
    for name, said in (
        ("order", fi("orders.none_chosen")),
        ("invoice", fi("invoices.none_chosen")),
    ):
        assert said in texts(page(app, name))
        page(app, name, id="4711")
        assert errors(app) == [fi("refusals.not_found")]
        app.query_params.pop("id")
