"""The pages of retention and of financial years, under AppTest."""

from __future__ import annotations

from datetime import date

import pytest

from queries.reads.retention.financial_years import financial_years
from queries.reads.retention.holds import holds
from queries.reads.settings import periods
from tests.factories.records import MAKER, make_note, make_order, make_party, make_work
from tests.factories.retention import hold, make_year, period, years_from_elsewhere
from tests.factories.sales import make_invoice, pay
from tests.support.apps import offers, page, press, signed_in, texts
from tests.support.filled import filled_once
from tests.support.words import fi, start_of

HOSTILE = "*Ab* [x](javascript:alert(1)) :red[y] $z$ <img src=x> & Oy"
OLD, YEAR = date(2015, 9, 1), (date(2015, 8, 15), date(2016, 12, 31))


@filled_once
def old_invoice(sqlite_store):
    make_year(sqlite_store, *YEAR)
    party = make_party(sqlite_store, name=HOSTILE, started_on=date(2015, 1, 1))
    return make_invoice(sqlite_store, party, issued_on=OLD)


def read(store, query, **more):
    with store.reading(MAKER) as session:
        return query(session, **more)


def shown(app):
    return app.dataframe[0].value


def test_an_overdue_invoice_is_counted_listed_and_explained(sqlite_store, old_invoice):
    app = page(signed_in(sqlite_store), "retention")
    assert list(shown(app)[fi("fields.customer")]) == [HOSTILE]
    assert list(shown(app)[fi("fields.keep_until")]) == ["31.12.2022"]
    assert fi("retention.oldest", on="31.12.2022") in texts(app)
    app = page(app, "retention", why=f"invoice_days-{old_invoice}")
    said = texts(app)
    assert (
        "Lasku 1001 annettiin 1.9.2015. Se kuuluu tilikauteen 15.8.2015–31.12.2016, joten se"
        " säilytetään 31.12.2022 asti (kirjanpitolaki 2:10.2)."
    ) in said
    assert (
        fi("why.voucher_arithmetic", period=6, counted="31.12.2016", until="31.12.2022")
    ) in said
    assert fi("why.up") in said


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            "Invoice 1001 was issued on 1.9.2015. That day belongs to the financial year"
            " 15.8.2015–31.12.2016, so it is kept until 31.12.2022 (Accounting Act 2:10.2).",
        ),
        (
            "sv",
            "Fakturan 1001 utfärdades 1.9.2015. Dagen hör till räkenskapsperioden"
            " 15.8.2015–31.12.2016, så uppgiften förvaras till och med 31.12.2022 (bokföringslagen"
            " 2:10.2).",
        ),
    ],
)
def test_the_reason_is_told_in_every_language(sqlite_store, old_invoice, language, sentence):
    app = signed_in(sqlite_store, language=language)
    app.session_state["language"] = language
    app = page(app, "retention", why=f"invoice_days-{old_invoice}")
    assert sentence in texts(app)


def test_a_payment_moves_the_event_and_the_filter_finds_the_missing_year(sqlite_store, old_invoice):
    pay(sqlite_store, old_invoice, "25,50", paid_on=date(2017, 2, 2))
    app = page(signed_in(sqlite_store), "retention")
    assert len(app.dataframe) == 0
    app.selectbox(key="filter.state").set_value("missing").run()
    assert list(shown(app)[fi("fields.keep_until")]) == [fi("retention.missing")]
    assert dict(app.query_params)["state"] == "missing"
    app = page(app, "retention", why=f"invoice_days-{old_invoice}")
    assert (
        "Laskun 1001 viimeinen tapahtuma oli maksu 2.2.2017. Sen päivän tilikautta ei ole kirjattu"
    ) in texts(app)


def test_a_hold_is_placed_shown_literally_amended_and_released(sqlite_store, old_invoice):
    app = page(signed_in(sqlite_store), "retention", why=f"invoice_days-{old_invoice}")
    form = f"hold-invoice-{old_invoice}"
    app.button(key=f"{form}.open").click().run()
    app.text_area(key=f"{form}.reason").input("Riita :red[x] <b>laskusta</b>")
    app.text_input(key=f"{form}.review_on").input("1.12.2099")
    press(app, "holds.place")
    assert not app.exception
    (row,) = read(sqlite_store, holds, today=date(2026, 3, 5))
    assert (row.scope, row.target_id, row.review_on) == ("invoice", old_invoice, date(2099, 12, 1))
    assert "Riita :red[x] &lt;b&gt;laskusta&lt;/b&gt;" in texts(app)
    assert len(app.dataframe) == 0  # held, not overdue
    app.button(key=f"hold-{row.id}.release").click().run()
    assert read(sqlite_store, holds, today=date(2026, 3, 5)) == ()
    assert list(shown(app)[fi("fields.number")]) == ["1001"]


def test_a_hold_without_a_reason_is_refused_and_keeps_what_was_typed(sqlite_store, old_invoice):
    app = page(signed_in(sqlite_store), "retention")
    app.button(key="hold-class-all.open").click().run()
    app.text_input(key="hold-class-all.review_on").input("1.12.2099")
    press(app, "holds.place")
    assert fi("refusals.required") in texts(app)
    assert app.text_input(key="hold-class-all.review_on").value == "1.12.2099"
    assert read(sqlite_store, holds, today=date(2026, 3, 5)) == ()


def test_who_may_only_look_is_offered_nothing_to_change(sqlite_store, old_invoice):
    hold(sqlite_store, "invoice", old_invoice)
    app = page(signed_in(sqlite_store, "viewer"), "retention", why=f"invoice_days-{old_invoice}")
    for what in ("holds.place", "holds.release_yes", "forms.edit"):
        assert not offers(app, what)
    years = page(app, "financial_years")
    for what in ("financial_years.add", "forms.edit"):
        assert not offers(years, what)


def test_a_period_is_changed_and_a_stale_save_refused(sqlite_store):
    app = page(signed_in(sqlite_store), "retention")
    app.button(key="period-note.open").click().run()
    period(sqlite_store, "note", 18)
    app.text_input(key="period-note.months").input("12")
    press(app, "forms.save")
    assert fi("forms.current") in texts(app)
    assert {row.code: row.months for row in read(sqlite_store, periods)}["note"] == 18
    press(app, "forms.save_over")
    assert {row.code: row.months for row in read(sqlite_store, periods)}["note"] == 12


def test_financial_years_are_added_refused_and_removed(sqlite_store):
    app = page(signed_in(sqlite_store), "financial_years")
    assert fi("financial_years.none") in texts(app)
    form = "financial-year-new"
    app.button(key=f"{form}.open").click().run()
    app.text_input(key=f"{form}.starts_on").input("15.8.2025")
    app.text_input(key=f"{form}.ends_on").input("31.12.2027")
    press(app, "forms.save")
    assert fi("refusals.financial_year.too_long") in texts(app)
    app.text_input(key=f"{form}.ends_on").input("31.12.2026")
    press(app, "forms.save")
    (row,) = read(sqlite_store, financial_years).years
    assert (row.starts_on, row.ends_on) == (date(2025, 8, 15), date(2026, 12, 31))
    assert fi("financial_years.kept", until="31.12.2032") in texts(app)
    app.button(key=f"financial-year-{row.id}.remove").click().run()
    assert read(sqlite_store, financial_years).years == ()


def test_the_card_tells_until_when_and_why(sqlite_store, old_invoice):
    party = make_party(
        sqlite_store,
        name="Loppunut Oy",
        status="ended",
        started_on=date(2015, 1, 1),
        ended_on=date(2026, 1, 1),
    )
    make_note(sqlite_store, party, noted_on=date(2026, 2, 2))
    app = page(signed_in(sqlite_store), "customer", id=str(party))
    app.session_state[f"keep-{party}"] = True
    app.run()
    assert (
        "Asiakkaan viimeinen muistiinpano on päivältä 2.2.2026. Yrityksen oma säilytysaika on"
        " 24 kk, joten se säilytetään 2.2.2028 asti (tietosuoja-asetus 5(1)(e))."
    ) in texts(app)


def test_the_overview_shows_what_is_overdue_and_the_holds_to_review(sqlite_store, old_invoice):
    app = page(signed_in(sqlite_store), "overview")
    assert fi("retention.oldest", on="31.12.2022") in texts(app)


def test_a_hold_shows_wherever_the_record_is(sqlite_store):
    party = make_party(sqlite_store, name=HOSTILE)
    order = make_order(sqlite_store, party)
    bill = make_invoice(sqlite_store, party, order_id=order)
    hold(sqlite_store, "order", order)
    app = signed_in(sqlite_store)
    for name, key in (("order", order), ("invoice", bill), ("customer", party)):
        said = texts(page(app, name, id=str(key)))
        assert (
            start_of("why.held", on="5.3.2026", covers=fi("holds.order", number="1001")) in said
        ), name


@pytest.mark.parametrize("name", ["retention", "financial_years", "overview"])
def test_years_that_overlap_are_named_where_they_count(sqlite_store, name):
    years_from_elsewhere(
        sqlite_store, (date(2018, 1, 1), date(2018, 12, 31)), (date(2018, 7, 1), date(2019, 6, 30))
    )
    app = page(signed_in(sqlite_store), name)
    assert (fi("financial_years.overlapping", start="1.7.2018", end="31.12.2018")) in [
        warning.value for warning in app.warning
    ]


def test_what_is_to_be_decided_before_a_disposal_is_a_link_to_its_list(sqlite_store):
    app = page(signed_in(sqlite_store), "retention")
    assert fi("retention.to_decide") not in texts(app)
    party = make_party(sqlite_store, started_on=date(2015, 1, 1))
    make_invoice(sqlite_store, party, issued_on=OLD)
    make_work(sqlite_store, make_order(sqlite_store, party, status="done", ordered_on=OLD))
    app = page(app, "retention")
    assert fi("retention.to_decide") in texts(app)
    links = {link.proto.label: link.proto for link in app.get("page_link")}
    for said, name, query in (
        (f"{fi('overview.lapsed')}: {fi('overview.invoices', n=1)}", "invoices", "state=lapsed"),
        (
            f"{fi('overview.unbilled')}: {fi('overview.orders_counted', n=1)}",
            "orders",
            "state=unbilled",
        ),
    ):
        assert links[said].page.split("/")[-1] == name
        assert links[said].query_string == f"{query}&sort=oldest"
