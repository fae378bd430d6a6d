"""The access report: all of one person's data, nothing of another's, on paper and as JSON."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import Boolean, Date, Integer, LargeBinary, func, select, text

from queries.documents import words
from queries.documents.access.json_file import as_json
from queries.documents.access.labels import codes, label, table_title
from queries.documents.access.pdf import as_pdf
from queries.documents.access.report import Redaction, access_report, place_of, reported_columns
from queries.documents.access.row_retention import RULES, Keeping, table_class
from queries.documents.access.subject_data import is_owners_key, reported_tables
from queries.errors import InvalidInput, NotAllowed, NotFound
from queries.rules.notice import LANGUAGES
from queries.rules.periods import OWN_CODES
from queries.rules.personal_data import PERSONAL_DATA
from queries.rules.personal_data_types import AS_RECORDED, FOLLOWS_PARTY
from queries.rules.roles import Actor, Role
from queries.rules.statutes import STATUTES
from queries.store.tables import Base, TrailEntry
from tests.factories.data_subjects import Person, choices_of, personal_values, surroundings
from tests.factories.recipients import make_disclosure, make_recipient
from tests.factories.records import make_note, make_party
from tests.support.access_schema import access_schema
from tests.support.pdf_text import squeezed, words_of
from tests.support.statements import statements

TODAY = date(2026, 3, 5)
TABLES = Base.metadata.tables


@pytest.fixture
def two(store) -> tuple[Person, Person]:
    """Two persons with a row each in every table; texts of one begin with Qa·, the other's Zu·."""
    surroundings(store, range(1, 3))
    return Person(store, "Qa·", 1), Person(store, "Zu·", 2)


def report_of(store, party_id, actor, **more):
    given = {"language": "fi", "today": TODAY, "request_number": "2026-0007", **more}
    with store.reading(actor) as session:
        return access_report(session, party_id, **given)


def stored(store, person):
    """Return the person's rows as they are in the store, read without the report's own means."""
    found = {}
    with store.engine.connect() as connection:
        for name, row in person.rows.items():
            table = TABLES[name]
            columns = [c for c in table.c if not isinstance(c.type, LargeBinary)]
            found[name] = (
                connection.execute(select(*columns).where(table.c.id == row["id"])).mappings().one()
            )
    return found


def as_it_is_in_json(value):
    return value.isoformat() if isinstance(value, date) else value


def test_the_report_holds_every_value_that_the_map_calls_personal(store, two, manager):
    person, _other = two
    document = json.loads(as_json(report_of(store, person.id, manager)))
    found = {
        (section["table"], column, datum["value"])
        for section in document["sections"]
        for record in section["records"]
        for column, datum in record["data"].items()
    }
    expected = {
        (table, column, as_it_is_in_json(value))
        for table, column, value in personal_values(person, stored(store, person))
    }
    assert found == expected
    assert {table for table, _column, _value in found} == set(reported_tables())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_paper_holds_every_value_in_order_and_no_one_elses(store, two, manager, language):
    person, other = two
    report = report_of(store, person.id, manager, language=language)
    on_paper = squeezed(words_of(as_pdf(report)))
    place = 0
    for section in report.sections:
        for entry in section.entries:
            for datum in entry.data:
                if datum.text and not is_owners_key(section.table, datum.column):
                    found = on_paper.find(squeezed(datum.text), place)
                    assert found >= 0, (section.table, datum.column)
                    place = found + len(squeezed(datum.text))
    assert other.mark not in on_paper
    for said in ("Palvelu-2", "Organisaatio-2", "Vastaanottaja-2", "Tarkoitus-2"):
        assert said not in on_paper
    assert "Vastaanottaja-1" in on_paper


def test_nothing_of_the_other_person_is_in_the_json(store, two, manager):
    person, other = two
    text = as_json(report_of(store, person.id, manager)).decode()
    assert other.mark not in text
    theirs = {
        value
        for table, column, value in personal_values(other, stored(store, other))
        if isinstance(TABLES[table].c[column].type, Integer)
        and not isinstance(TABLES[table].c[column].type, Boolean)
        and (value or 0) >= 10_000
    }
    mine = {
        datum["value"]
        for section in json.loads(text)["sections"]
        for record in section["records"]
        for datum in record["data"].values()
    }
    assert len(theirs) > 10
    assert theirs & mine == set()


def test_each_value_is_told_as_a_person_reads_it(store, two, manager):
    person, _other = two
    rows = stored(store, person)
    for section in report_of(store, person.id, manager).sections:
        for datum in section.entries[0].data:
            value, column = rows[section.table][datum.column], TABLES[section.table].c[datum.column]
            if value is None:
                assert datum.text == ""
            elif isinstance(column.type, Date):
                assert datum.text == f"{value.day}.{value.month}.{value.year}"
            elif isinstance(column.type, Boolean):
                assert datum.text == ("kyllä" if value else "ei")
            elif isinstance(value, str) and not codes(section.table, datum.column, "fi"):
                assert datum.text == value
            else:
                assert datum.text != ""


def text_at(report, table: str, column: str) -> str:
    return next(d.text for d in report.section(table).entries[0].data if d.column == column)


def test_codes_keys_sums_and_quantities_have_words(store, two, manager):
    person, _other = two
    report = report_of(store, person.id, manager)
    assert text_at(report, "party", "kind") == "henkilö"
    assert text_at(report, "party", "status") == "päättynyt"
    assert text_at(report, "billing_detail", "payment_days") == "21 päivää"
    assert text_at(report, "invoice", "order_id") == person.rows["service_order"]["number"]
    assert text_at(report, "invoice_line", "invoice_id") == person.rows["invoice"]["number"]
    assert text_at(report, "invoice_line", "service_id") == "Palvelu-1"
    assert text_at(report, "invoice_line", "discount_basis_points") == "12,5 %"
    assert text_at(report, "contact_person", "organisation_id") == "Organisaatio-1"
    assert text_at(report, "request_letter", "kind") == "vastaus poistopyyntöön"
    assert text_at(report, "invoice", "open_cents") == "199,99\u00a0€"


def test_each_row_says_until_when_it_is_kept_and_why(store, two, manager):
    person, _other = two
    with store.engine.begin() as connection:  # this one is their contact person
        connection.execute(
            text(
                "UPDATE party SET status = 'ended', started_on = '2010-01-01',"
                " ended_on = '2010-01-01' WHERE kind = 'organisation'"
            )
        )
    kept = {s.table: s.entries[0].kept for s in report_of(store, person.id, manager).sections}
    rows = stored(store, person)
    year = max(rows["invoice"]["issued_on"], rows["payment"]["paid_on"]).year
    for table in ("invoice", "invoice_line", "payment", "service_order", "work_entry", "party"):
        assert (kept[table].until, kept[table].citation) == (
            date(year + 6, 12, 31),
            "Kirjanpitolaki 1336/1997 2:10.2",
        )
    noted = rows["note"]["noted_on"]
    assert kept["note"].until == noted.replace(year=noted.year + 2)
    closed = rows["data_subject_request"]["closed_on"]
    assert kept["request_letter"].until == closed.replace(year=closed.year + 3)
    ended = rows["paper_record"]["ends_on"]
    assert (kept["paper_record"].until, kept["paper_record"].citation) == (
        date(ended.year + 10, 12, 31),
        "OVML 768/2016 28.3 §",
    )
    assert kept.pop("subscription").state == Keeping.WITHDRAWN
    waiting = {table for table, its in kept.items() if its.state == Keeping.OPEN_BALANCE}
    assert waiting == {"invoice", "invoice_line", "payment", "write_off"}
    assert {its.state for table, its in kept.items() if table not in waiting} == {Keeping.UNTIL}
    said = words_of(as_pdf(report_of(store, person.id, manager)))
    assert "ja sen jälkeenkin, kunnes avoin saldo on maksettu, hyvitetty tai kirjattu pois" in said


def test_a_relation_in_force_has_no_deadline_and_an_open_request_neither(store, manager):
    party_id = make_party(store, name="Voimassa Oy")
    with store.engine.begin() as connection:
        connection.execute(
            TABLES["data_subject_request"]
            .insert()
            .values(
                number="2026-0001",
                party_id=party_id,
                received_on=TODAY,
                channel="email",
                language="fi",
                registered="in_register",
                status="open",
                version=1,
                changed_at=func.current_timestamp(),
                changed_by="x",
            )
        )
    report = report_of(store, party_id, manager)
    assert report.section("party").entries[0].kept.state == Keeping.ALIVE
    assert report.section("data_subject_request").entries[0].kept.state == Keeping.OPEN
    said = words_of(as_pdf(report))
    assert "Säilytetään niin kauan kuin sopimussuhde tai tilattu työ on voimassa" in said
    assert "Tietojasi ei ole merkitty luovutetuiksi kenellekään." in said
    assert "Sinusta ei ole merkitty paperiasiakirjoja." in said


def test_a_voucher_in_no_financial_year_is_told_as_such(store, two, manager):
    person, _other = two
    with store.engine.begin() as connection:
        connection.execute(TABLES["financial_year"].delete())
        # As a contact person of an organisation in force it would be kept without a deadline.
        connection.execute(TABLES["contact_person"].delete())
    report = report_of(store, person.id, manager)
    assert report.section("payment").entries[0].kept.state == Keeping.UNKNOWN
    assert report.section("party").entries[0].kept.state == Keeping.UNKNOWN
    assert "koska tilikautta ei ole vahvistettu" in words_of(as_pdf(report))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_json_is_valid_by_its_schema(store, two, manager, language):
    person, _other = two
    schema = access_schema()
    Draft202012Validator.check_schema(schema)
    document = json.loads(as_json(report_of(store, person.id, manager, language=language)))
    Draft202012Validator(schema).validate(document)
    assert document["language"] == language
    assert len(document["rights"]) == 8
    assert not Draft202012Validator(schema).is_valid(document | {"more": 1})


def test_what_article_15_asks_for_is_on_the_paper(store, two, manager):
    person, other = two
    said = words_of(as_pdf(report_of(store, person.id, manager)))
    for part in (
        "Kixit Oy käsittelee henkilötietojasi",
        "Pyyntö 2026-0007",
        "Käyttötarkoitus:",
        "Oikeusperuste: sopimus",
        "Tietojen lähde:",
        "Säilytysajat",
        "Kenelle tietoja on luovutettu • Vastaanottaja-1 (Tarkoitus-1), FI:",
        "Tietojasi ei ole luovutettu EU:n tai ETA:n ulkopuolelle",
        "automaattisia päätöksiä tai profilointia ei tehdä",
        "tehdä valitus",
        "Lintulahdenkuja 4, 00530 Helsinki",
    ):
        assert part in said
    outside = words_of(as_pdf(report_of(store, other.id, manager)))
    assert "EU:n tai ETA:n ulkopuolelle luovutettu: Vastaanottaja-2." in outside


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fi", "Verkkolaskut, 1.3.2026; siirron peruste: komission vakiosopimuslausekkeet"),
        ("sv", "Verkkolaskut, 1.3.2026; grund för överföringen: kommissionens standardavtals"),
        ("en", "Verkkolaskut, 1.3.2026; basis of the transfer: the Commission's standard"),
    ],
)
def test_the_basis_of_a_transfer_stands_beside_its_recipient(store, manager, language, said):
    party_id = make_party(store, name="Aino Esimerkki")
    abroad = make_recipient(
        store, name="Far Away Inc", country="US", transfer_basis="standard_clauses"
    )
    make_disclosure(store, party_id, abroad, what="Verkkolaskut", disclosed_on=date(2026, 3, 1))
    report = report_of(store, party_id, manager, language=language)
    assert said in words_of(as_pdf(report))
    (told,) = json.loads(as_json(report))["recipients"]
    assert (told["country"], told["transfer_basis"]) == ("US", "standard_clauses")


def test_who_has_the_register_by_an_agreement_in_force_is_told(store, manager):
    party_id = make_party(store, name="Aino Esimerkki")
    make_recipient(store, name="Konesali Oy", agreement="Sopimus 1", what="Kaikki tiedot")
    make_recipient(
        store,
        name="Cloud Inc",
        country="US",
        transfer_basis="adequacy",
        agreement="DPA",
        ends_on=TODAY,
    )
    make_recipient(store, name="Entinen Oy", agreement="Vanha", ends_on=TODAY - timedelta(days=1))
    report = report_of(store, party_id, manager)
    assert [one.name for one in report.agreed] == ["Cloud Inc", "Konesali Oy"]
    said = words_of(as_pdf(report))
    assert "tietoja käsittelevät: • Cloud Inc" in said
    assert "FI: Kaikki tiedot" in said
    assert "komission päätös maan tietosuojan riittävyydestä (45 artikla)" in said
    assert "EU:n tai ETA:n ulkopuolelle luovutettu: Cloud Inc." in said
    Draft202012Validator(access_schema()).validate(json.loads(as_json(report)))


def test_redactions_replace_and_are_told(store, two, manager):
    person, _other = two
    note, order = person.rows["note"], person.rows["service_order"]
    places = [
        Redaction(place_of("note", note["id"], "text"), "Sovittiin asiasta."),
        Redaction(place_of("service_order", order["id"], "title")),
    ]
    report = report_of(store, person.id, manager, redactions=places)
    assert report.redactions == ("Muistiinpanot 1: Teksti", "Tilaukset 1: Nimike")
    assert text_at(report, "note", "text") == "Sovittiin asiasta."
    assert text_at(report, "service_order", "title") == "[poistettu: toista ihmistä koskeva tieto]"
    said, data = words_of(as_pdf(report)), as_json(report).decode()
    assert "Raportista poistetut kohdat" in said
    for value in (note["text"], order["title"]):
        assert value not in said
        assert value not in data
    assert json.loads(data)["redactions"] == list(report.redactions)
    plain = report_of(store, person.id, manager)
    assert "Raportista poistetut kohdat" not in words_of(as_pdf(plain))


@pytest.mark.parametrize(
    "place", ["note/1/nothing", "note/999/text", "nowhere/1/text", "x", "party/1/is_customer"]
)
def test_a_redaction_of_nothing_is_refused(store, two, manager, place):
    person, _other = two
    with pytest.raises(InvalidInput) as refused:
        report_of(store, person.id, manager, redactions=[Redaction(place)])
    assert refused.value.code == "unknown_place"


def test_hostile_text_stays_literal(store, manager):
    hostile = "*b* #set $x$ <b>x</b> [a](b) :red[x] {day} {{ 1 }} =1+1"
    party_id = make_party(store, name=hostile)
    make_note(store, party_id, text=f"{hostile}\n- {hostile}")
    report = report_of(store, party_id, manager)
    assert squeezed(words_of(as_pdf(report))).count(squeezed(hostile)) == 5
    assert text_at(report, "note", "text") == f"{hostile}\n- {hostile}"


def test_the_same_store_gives_the_same_bytes(store, two, manager):
    person, _other = two
    one, other = (report_of(store, person.id, manager) for _ in range(2))
    assert as_pdf(one) == as_pdf(other)
    assert as_json(one) == as_json(other)


def test_statements_do_not_grow_with_the_rows(store, two, manager):
    person, _other = two
    with statements(store.engine) as few, store.reading(manager) as session:
        access_report(session, person.id, language="fi", today=TODAY)
    for _n in range(5):
        make_note(store, make_party(store, name="Muu Oy"))
    row = dict(stored(store, person)["note"])
    with store.engine.begin() as connection:
        for n in range(30):
            row |= {"id": 1000 + n, "noted_on": row["noted_on"] + timedelta(days=1)}
            connection.execute(TABLES["note"].insert().values(row))
    with statements(store.engine) as many, store.reading(manager) as session:
        report = access_report(session, person.id, language="fi", today=TODAY)
    assert len(report.section("note").entries) == 31
    reading = [said for said in few if "trail_entry" not in said]
    assert len([said for said in many if "trail_entry" not in said]) == len(reading)
    assert len(reading) <= len(reported_tables()) + 12


def test_reading_it_leaves_a_line_and_needs_the_right(store, two, manager):
    person, _other = two
    report_of(store, person.id, manager)
    with store.engine.connect() as connection:
        lines = connection.execute(
            select(TrailEntry.action, TrailEntry.party_id).where(TrailEntry.actor == "maija")
        ).all()
    assert ("open", person.id) in [tuple(line) for line in lines]
    viewer = Actor("ville", Role.VIEWER)
    with pytest.raises(NotAllowed):
        report_of(store, person.id, viewer)


def test_there_is_no_report_of_nobody(store, manager):
    with pytest.raises(NotFound):
        report_of(store, 4711, manager)


def test_every_table_column_and_code_has_words_in_each_language():
    for language in LANGUAGES:
        for table in reported_tables():
            assert table_title(table, language)
            for column, its in reported_columns(table).items():
                assert label(table, column, language)
                said = {its.purpose: "purposes", its.legal_basis: "bases", its.source: "origins"}
                for code, group in said.items():
                    assert words.phrase(f"record.{group}.{code}", language)
                choices = choices_of(TABLES[table], column)
                if choices is not None:
                    assert set(choices) <= set(codes(table, column, language)), (table, column)


def test_every_retention_class_of_the_report_has_its_rule_and_words():
    classes = {table_class(table) for table in reported_tables()}
    assert classes <= set(RULES)
    each = {rule.code for rule in STATUTES} | set(OWN_CODES)
    for code in classes - {FOLLOWS_PARTY, AS_RECORDED} | each:
        assert all(words.phrase(f"letter.reasons.{code}", one) for one in LANGUAGES)


def test_paper_is_told_with_the_place_where_it_is(store, two, manager):
    person, other = two
    report = report_of(store, person.id, manager)
    assert text_at(report, "paper_record", "room_id") == "Varasto-1"
    assert text_at(report, "paper_record", "class_code") == "palkkakirjanpito"
    said = words_of(as_pdf(report))
    assert "Varasto-1" in said
    assert "Varasto-2" not in said
    assert "palkkakirjanpito on säilytettävä verotusta varten" in said
    assert other.rows["paper_record"]["title"] not in said


def test_the_tables_are_those_of_the_map():
    assert set(reported_tables()) == {
        name
        for name, its in PERSONAL_DATA.items()
        if its.owner and any(e and (e.in_access or e.in_portability) for e in its.columns.values())
    }
