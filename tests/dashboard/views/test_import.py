"""The page Tuonti: given a file, previewed, adjusted, brought in."""

from __future__ import annotations

import http.server
import threading

import pytest

from dashboard.words import LANGUAGES, word
from queries.intake.ytj import service as ytj_service
from queries.store.tables import ImportBatch, Invoice, Party, TrailEntry
from tests.factories.import_files import (
    BUYER,
    HEADER,
    ROWS,
    brought,
    company,
    csv_of,
    finvoice,
    finvoice_file,
    finvoice_row,
    xlsx_of,
    ytj_of,
)
from tests.factories.post_code_files import PLACES, bring_codes, pcf
from tests.factories.records import make_address, make_email, make_party, make_person
from tests.support.apps import page, press, signed_in, texts
from tests.support.import_page import bring_in, give, opened
from tests.support.trails import only
from tests.support.words import fi, start_of

HOSTILE = "*Ab* [x](javascript:alert(1)) :red[y] $z$ <img src=x> & Oy"


def chips(app):
    return [
        element.proto.body for element in app.get("html") if "register-chips" in element.proto.body
    ]


@pytest.mark.parametrize(("name", "make"), [("a.csv", csv_of), ("a.xlsx", xlsx_of)])
def test_a_table_is_previewed_and_brought_in(sqlite_store, name, make):
    app = opened(sqlite_store, name, make(*ROWS))
    assert "Pihlajamäen Huolto Oy" in texts(app)
    assert fi("import.counts.create", n=2) in "".join(chips(app))
    address, email = fi("import.fields.address"), fi("import.fields.email")
    said = f"{address}: Pihlajatie 3, 50100 Mikkeli; {email}: huolto@pihlaja.example"
    assert said in texts(app)
    assert only(sqlite_store, Party) == []
    bring_in(app)
    assert [party.name for party in only(sqlite_store, Party)] == [
        "Pihlajamäen Huolto Oy",
        "Väinö Äijälä",
    ]
    assert [said.value for said in app.success] == [
        fi("import.done", created=2, changed=0, skipped=0, refused=0)
    ]
    assert list(app.dataframe[0].value[fi("fields.name")]) == [
        "Pihlajamäen Huolto Oy",
        "Väinö Äijälä",
    ]


def test_the_same_file_again_says_that_there_is_nothing_to_do(sqlite_store):
    app = bring_in(opened(sqlite_store, "a.csv", csv_of(*ROWS)))
    app.button(key="import.again").click().run()
    give(app, "a.csv", csv_of(*ROWS))
    assert [said.value for said in app.info] == [fi("import.nothing")]
    assert [button for button in app.button if button.key == "import.carry_out"] == []
    assert len(only(sqlite_store, ImportBatch)) == 1


def test_refused_rows_stop_the_file_until_one_chooses(sqlite_store):
    app = opened(sqlite_store, "a.csv", csv_of(ROWS[0], (*ROWS[1][:6], "ei@@", "")))
    assert fi(
        "import.reasons.value", column=fi("import.fields.email"), why=fi("refusals.email.form")
    ) in texts(app)
    assert app.button(key="import.carry_out").disabled
    app.checkbox(key="import!without").check().run()
    bring_in(app)
    assert [party.name for party in only(sqlite_store, Party)] == ["Pihlajamäen Huolto Oy"]


def test_columns_are_adjusted_by_hand(sqlite_store):
    app = opened(sqlite_store, "a.csv", csv_of(*ROWS, header=None))
    assert [said.value for said in app.error] == [fi("refusals.columns.no_key_column")]
    column = next(box for box in app.selectbox if box.key.endswith(".1"))
    column.set_value("name").run()
    assert not app.error
    bring_in(app)
    assert [party.name for party in only(sqlite_store, Party)] == [ROWS[0][1], ROWS[1][1]]


def test_encoding_and_delimiter_are_shown_and_adjusted(sqlite_store):
    app = opened(sqlite_store, "a.csv", csv_of(*ROWS, encoding="cp1252"))
    boxes = {box.key.rsplit(".", 1)[-1]: box for box in app.selectbox}
    assert (boxes["encoding"].value, boxes["delimiter"].value) == ("cp1252", ";")
    boxes["encoding"].set_value("iso-8859-15").run()
    assert "Väinö Äijälä" in texts(app)
    boxes = {box.key.rsplit(".", 1)[-1]: box for box in app.selectbox}
    boxes["encoding"].set_value("utf-8").run()
    assert fi("refusals.wrong_encoding", encoding="utf-8") in texts(app)


def test_what_people_wrote_is_shown_to_the_letter(sqlite_store):
    data = csv_of((HOSTILE, "=cmd|' /C calc'!A0"), header=("Nimi", "*Katuosoite*"))
    app = opened(sqlite_store, "a.csv", data)
    bodies = "".join(element.proto.body for element in app.get("html"))
    assert "*Ab* [x](javascript:alert(1)) :red[y] $z$ &lt;img src=x&gt; &amp; Oy" in bodies
    assert "=cmd|&#x27; /C calc&#x27;!A0" in bodies
    assert "*Katuosoite*" in bodies
    shown = [element.value for kind in ("markdown", "info", "error") for element in app.get(kind)]
    assert [text for text in shown if "*Ab*" in str(text)] == []
    bring_in(app)
    assert list(app.dataframe[0].value[fi("fields.name")]) == [HOSTILE]


def test_an_identity_code_is_nowhere_on_the_page(sqlite_store):
    code = "131052-308T"
    app = opened(sqlite_store, "a.csv", csv_of((*ROWS[1][:3], code, *ROWS[1][4:]), ROWS[0]))
    assert fi("import.reasons.personal_identity_code", column=fi("import.fields.street")) in texts(
        app
    )
    assert code not in texts(app)


def test_what_differs_is_listed_and_kept(sqlite_store):
    party = make_party(sqlite_store, name="Ostajan Oy", business_id=BUYER)
    make_email(sqlite_store, party, address="vanha@ostaja.example")
    data = csv_of(
        ("Ostajan Oy", BUYER, "uusi@ostaja.example"), header=("Nimi", "Y-tunnus", "Sähköposti")
    )
    app = opened(sqlite_store, "a.csv", data)
    email = fi("import.fields.email")
    assert fi(
        "import.field_kept",
        field=email,
        current="vanha@ostaja.example",
        given="uusi@ostaja.example",
    ) in texts(app)
    next(box for box in app.checkbox if box.key.endswith(".overwrite")).check().run()
    assert fi(
        "import.field_replaced",
        field=email,
        current="vanha@ostaja.example",
        given="uusi@ostaja.example",
    ) in texts(app)


def test_invoices_are_brought_in_with_their_sums_in_words(sqlite_store):
    data = finvoice_file(
        finvoice(details="<InvoicePaidAmount>100,00</InvoicePaidAmount>"),
        finvoice("2002", kind="TES01"),
    )
    app = opened(sqlite_store, "a.xml", data)
    said = texts(app).replace("\N{NO-BREAK SPACE}", " ")
    assert start_of("import.reasons.invoice_type", type="TES01") in said
    app.segmented_control[0].set_value(None).run()
    said = texts(app).replace("\N{NO-BREAK SPACE}", " ")
    assert fi("import.invoice_of", name="Ostajan Oy", number="2001") in said
    assert fi("import.reasons.paid_in_file", paid_cents="100,00 €") in said
    assert fi("import.invoice_facts", issued_on="2.2.2026", total="125,50 €", n=1) in said
    app.checkbox(key="import!without").check().run()
    bring_in(app)
    assert [invoice.number for invoice in only(sqlite_store, Invoice)] == ["2001"]
    assert list(app.dataframe[0].value[fi("fields.name")]) == ["Ostajan Oy"]


def test_an_imported_invoice_with_a_unit_of_its_own_opens(sqlite_store):
    rows = finvoice_row().replace(
        'QuantityUnitCode="h" QuantityUnitCodeUN="HUR"', 'QuantityUnitCode="rll"'
    )
    brought(sqlite_store, "a.xml", finvoice_file(finvoice(rows=rows)))
    app = page(signed_in(sqlite_store), "invoice", id=str(only(sqlite_store, Invoice)[0].id))
    assert "2 rll" in texts(app)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.csv", b"", fi("refusals.file_empty")),
        ("a.pdf", b"%PDF-1.7", fi("refusals.file_is_pdf")),
        (
            "tili.csv",
            "Kirjauspäivä;Summa;Viitenumero;Arkistointitunnus\n".encode(),
            fi("refusals.bank_statement"),
        ),
        ("a.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><Finvoice/>", fi("refusals.xml_entities")),
        ("a.xml", b"<Finvoice><a>", fi("refusals.xml_damaged", line=1)),
        ("a.csv", csv_of(), fi("import.reasons.no_rows")),
    ],
)
def test_a_file_that_is_no_good_gets_its_sentence(sqlite_store, name, data, said):
    assert said in texts(opened(sqlite_store, name, data))
    assert only(sqlite_store, TrailEntry)[-1].action != "bring_in"


def test_a_register_that_changed_meanwhile_is_told_of_and_planned_anew(sqlite_store):
    app = opened(sqlite_store, "a.csv", csv_of(*ROWS))
    make_party(sqlite_store, name="Ehti Ensin Oy", business_id=ROWS[0][2])
    bring_in(app)
    assert [said.value for said in app.warning] == [fi("import.stale")]
    assert [party.name for party in only(sqlite_store, Party)] == ["Ehti Ensin Oy"]
    bring_in(app)
    assert len(only(sqlite_store, Party)) == 2


def test_long_previews_are_shown_in_parts(sqlite_store):
    rows = [(str(n), f"Asiakas {n} Oy") for n in range(150)]
    app = opened(sqlite_store, "a.csv", csv_of(*rows, header=HEADER[:2]))
    assert "Asiakas 99 Oy" in texts(app)
    assert "Asiakas 100 Oy" not in texts(app)
    press(app, "import.more")
    assert "Asiakas 149 Oy" in texts(app)


def test_the_page_speaks_the_users_language(sqlite_store):
    for language in LANGUAGES:
        said = texts(opened(sqlite_store, "a.csv", csv_of(ROWS[1]), language=language))
        assert word("import.reasons.assumed_person", language) in said


def test_a_viewer_has_no_such_page(sqlite_store):
    app = signed_in(sqlite_store, "viewer")
    app.run()
    assert "import_" not in app.session_state["pages"]


@pytest.fixture
def service(monkeypatch):
    """A service of our own in YTJ's place; ``answer`` is what it says."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        answer = (200, ytj_of(company()))

        def do_GET(self):
            asked.append(self.path)
            self.send_response(self.answer[0])
            self.end_headers()
            self.wfile.write(self.answer[1])

        def log_message(self, *_words):
            """Log nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/companies"
    monkeypatch.setattr(ytj_service, "ADDRESS", address)
    Handler.asked = asked
    yield Handler
    server.shutdown()
    server.server_close()


def fetch(app, number):
    app.text_input(key="import.business_id").set_value(number)
    press(app, "import.fetch")
    assert not app.exception, app.exception
    return app


def test_a_company_is_fetched_when_asked_and_brought_in(sqlite_store, service):
    app = page(signed_in(sqlite_store), "import_")
    assert service.asked == []
    fetch(app, BUYER)
    assert service.asked == [f"/companies?businessId={BUYER}"]
    assert "Uusinimi Oy" in texts(app)
    bring_in(app)
    assert [party.name for party in only(sqlite_store, Party)] == ["Uusinimi Oy"]


def test_a_service_that_is_busy_or_silent_is_told_of(sqlite_store, service, monkeypatch):
    app = page(signed_in(sqlite_store), "import_")
    service.answer = (429, b"")
    assert fi("refusals.ytj_busy") in texts(fetch(app, BUYER))
    monkeypatch.setattr(ytj_service, "ADDRESS", "http://127.0.0.1:9/companies")
    assert fi("refusals.ytj_no_connection") in texts(fetch(app, BUYER))
    assert fi("refusals.business_id.check_digit") in texts(fetch(app, "9000001-2"))


def test_post_codes_are_summed_up_and_brought_in(sqlite_store):
    app = opened(sqlite_store, "PCF_20260302.dat", pcf())
    said = texts(app)
    assert fi("import.post_codes.added", n=5) in said
    assert [box.key for box in app.checkbox] == []
    bring_in(app)
    assert [one.value for one in app.success] == [fi("import.post_codes.done", n=5)]
    app.button(key="import.again").click().run()
    give(app, "PCF_20260302.dat", pcf())
    assert fi("import.nothing") in texts(app)
    give(app, "PCF_20260301.dat", pcf(*PLACES[1:], run_on="20260301"))
    assert fi("import.post_codes.removed", n=1) in texts(app)
    assert fi("import.post_codes.older") in texts(app)


def test_post_codes_that_another_brought_meanwhile_are_no_error(sqlite_store):
    app = opened(sqlite_store, "PCF.dat", pcf())
    bring_codes(sqlite_store, pcf())
    app.button(key="import.carry_out").click().run()
    assert fi("refusals.import_nothing") in texts(app)


@pytest.mark.parametrize("choice", ["new", "same"])
def test_who_a_namesake_is_is_said_on_the_page(sqlite_store, choice):
    person = make_person(sqlite_store, given_name="Aino", family_name="Esimerkki")
    make_address(sqlite_store, person, street="Tie 1", post_code="50100", town="Mikkeli")
    row = ("", "Aino Esimerkki", "", "Katu 2", "50100", "Mikkeli", "aino@posti.example", "")
    app = opened(sqlite_store, "a.csv", csv_of(row))
    assert fi("import.match_title") in texts(app)
    asked = next(
        box
        for box in app.selectbox
        if box.label == fi("import.match", row=2, name="Aino Esimerkki")
    )
    assert asked.options == [
        fi("import.match_open"),
        fi("import.match_new"),
        "Aino Esimerkki, Tie 1, 50100 Mikkeli",
    ]
    asked.set_value(0 if choice == "new" else person).run()
    assert not app.exception, app.exception
    bring_in(app)
    assert len(only(sqlite_store, Party)) == (2 if choice == "new" else 1)
