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
from tests.support.apps import page, signed_in, texts
from tests.support.filled import filled_once

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
    assert list(shown(app)["Asiakas"]) == [HOSTILE]
    assert list(shown(app)["Säilytetään asti"]) == ["31.12.2022"]
    assert "Vanhin säilytysaika päättyi 31.12.2022." in texts(app)
    app = page(app, "retention", why=f"invoice_days-{old_invoice}")
    said = texts(app)
    assert (
        "Lasku 1001 annettiin 1.9.2015. Se kuuluu tilikauteen 15.8.2015–31.12.2016, joten se"
        " säilytetään 31.12.2022 asti (kirjanpitolaki 2:10.2)."
    ) in said
    assert (
        "Säilytysaika on 6 vuotta sen vuoden lopusta, jona tilikausi päättyy:"
        " 31.12.2016 + 6 vuotta = 31.12.2022."
    ) in said
    assert "Säilytysaika on päättynyt: tiedon voi hävittää." in said


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
    assert list(shown(app)["Säilytetään asti"]) == ["Tilikausi puuttuu"]
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
    next(button for button in app.button if button.label == "Aseta hävittämiskielto").click().run()
    assert not app.exception
    (row,) = read(sqlite_store, holds, today=date(2026, 3, 5))
    assert (row.scope, row.target_id, row.review_on) == ("invoice", old_invoice, date(2099, 12, 1))
    assert "Riita :red[x] &lt;b&gt;laskusta&lt;/b&gt;" in texts(app)
    assert len(app.dataframe) == 0  # held, not overdue
    app.button(key=f"hold-{row.id}.release").click().run()
    assert read(sqlite_store, holds, today=date(2026, 3, 5)) == ()
    assert list(shown(app)["Numero"]) == ["1001"]


def test_a_hold_without_a_reason_is_refused_and_keeps_what_was_typed(sqlite_store, old_invoice):
    app = page(signed_in(sqlite_store), "retention")
    app.button(key="hold-class-all.open").click().run()
    app.text_input(key="hold-class-all.review_on").input("1.12.2099")
    next(button for button in app.button if button.label == "Aseta hävittämiskielto").click().run()
    assert "Tämä tieto tarvitaan." in texts(app)
    assert app.text_input(key="hold-class-all.review_on").value == "1.12.2099"
    assert read(sqlite_store, holds, today=date(2026, 3, 5)) == ()


def test_who_may_only_look_is_offered_nothing_to_change(sqlite_store, old_invoice):
    hold(sqlite_store, "invoice", old_invoice)
    app = page(signed_in(sqlite_store, "viewer"), "retention", why=f"invoice_days-{old_invoice}")
    labels = {button.label for button in app.button}
    assert labels & {"Aseta hävittämiskielto", "Kyllä, pura", "Muokkaa"} == set()
    years = page(app, "financial_years")
    assert {button.label for button in years.button} & {"Lisää tilikausi", "Muokkaa"} == set()


def test_a_period_is_changed_and_a_stale_save_refused(sqlite_store):
    app = page(signed_in(sqlite_store), "retention")
    app.button(key="period-note.open").click().run()
    period(sqlite_store, "note", 18)
    app.text_input(key="period-note.months").input("12")
    next(button for button in app.button if button.label == "Tallenna").click().run()
    assert "Rekisterissä nyt" in texts(app)
    assert {row.code: row.months for row in read(sqlite_store, periods)}["note"] == 18
    next(button for button in app.button if button.label == "Tallenna omani silti").click().run()
    assert {row.code: row.months for row in read(sqlite_store, periods)}["note"] == 12


def test_financial_years_are_added_refused_and_removed(sqlite_store):
    app = page(signed_in(sqlite_store), "financial_years")
    assert "Yhtään tilikautta ei ole kirjattu." in texts(app)
    form = "financial-year-new"
    app.button(key=f"{form}.open").click().run()
    app.text_input(key=f"{form}.starts_on").input("15.8.2025")
    app.text_input(key=f"{form}.ends_on").input("31.12.2027")
    next(button for button in app.button if button.label == "Tallenna").click().run()
    assert "Tilikausi voi kestää enintään 18 kuukautta" in texts(app)
    app.text_input(key=f"{form}.ends_on").input("31.12.2026")
    next(button for button in app.button if button.label == "Tallenna").click().run()
    (row,) = read(sqlite_store, financial_years).years
    assert (row.starts_on, row.ends_on) == (date(2025, 8, 15), date(2026, 12, 31))
    assert "Tositteet säilytetään 31.12.2032 asti." in texts(app)
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
    assert "Vanhin säilytysaika päättyi 31.12.2022." in texts(app)


def test_a_hold_shows_wherever_the_record_is(sqlite_store):
    party = make_party(sqlite_store, name=HOSTILE)
    order = make_order(sqlite_store, party)
    bill = make_invoice(sqlite_store, party, order_id=order)
    hold(sqlite_store, "order", order)
    app = signed_in(sqlite_store)
    for name, key in (("order", order), ("invoice", bill), ("customer", party)):
        said = texts(page(app, name, id=str(key)))
        assert "Hävittäminen on kielletty 5.3.2026 alkaen – Tilaus 1001." in said, name


@pytest.mark.parametrize("name", ["retention", "financial_years", "overview"])
def test_years_that_overlap_are_named_where_they_count(sqlite_store, name):
    years_from_elsewhere(
        sqlite_store, (date(2018, 1, 1), date(2018, 12, 31)), (date(2018, 7, 1), date(2019, 6, 30))
    )
    app = page(signed_in(sqlite_store), name)
    assert (
        "1.7.2018–31.12.2018: nämä päivät kuuluvat useaan tilikauteen. Korjaa tilikausien alku- ja"
        " loppupäivät tai poista ylimääräinen tilikausi. Siihen asti näiden päivien tositteita"
        " säilytetään pidemmän ajan mukaan."
    ) in [warning.value for warning in app.warning]


def test_what_is_to_be_decided_before_a_disposal_is_a_link_to_its_list(sqlite_store):
    app = page(signed_in(sqlite_store), "retention")
    assert "Ratkaistavaa ennen hävittämistä" not in texts(app)
    party = make_party(sqlite_store, started_on=date(2015, 1, 1))
    make_invoice(sqlite_store, party, issued_on=OLD)
    make_work(sqlite_store, make_order(sqlite_store, party, status="done", ordered_on=OLD))
    app = page(app, "retention")
    assert "Ratkaistavaa ennen hävittämistä" in texts(app)
    links = {link.proto.label: link.proto for link in app.get("page_link")}
    for said, name, query in (
        ("Vanhentuneet saldot, joista on päätettävä: 1 lasku", "invoices", "state=lapsed"),
        ("Tehty, mutta laskuttamatta: 1 tilaus", "orders", "state=unbilled"),
    ):
        assert links[said].page.split("/")[-1] == name
        assert links[said].query_string == f"{query}&sort=oldest"
