"""A table of customers: what becomes of each row, and what the store holds afterwards."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from queries.errors import NotAllowed, RegisterError, StaleRecord
from queries.intake.import_command import BringIn, bring_in, preview
from queries.reads.customers.customer_list import CustomerFilter, customer_list
from queries.store import derived
from queries.store.tables import (
    Address,
    BillingDetail,
    Email,
    ImportBatch,
    Note,
    Party,
    Phone,
    Restriction,
    TrailEntry,
)
from tests.conftest import NOW
from tests.factories.disposals import hold
from tests.factories.import_files import (
    HEADER,
    OFFICE,
    ROWS,
    TODAY,
    brought,
    codes,
    csv_of,
    outcomes,
    planned,
    read,
    xlsx_of,
)
from tests.factories.records import business_id, make_address, make_email, make_party, make_person
from tests.factories.requests import make_request
from tests.support.statements import statements
from tests.support.trails import only


def table(*rows, **more):
    """A table with the columns named by its first row."""
    return csv_of(*rows[1:], header=rows[0], **more)


def everything(store):
    """All that the register holds of parties, in order."""
    with store.reading(OFFICE) as session:
        return {
            model.__tablename__: [
                tuple(getattr(row, column.name) for column in model.__table__.columns)
                for row in session.scalars(select(model).order_by(model.id))
            ]
            for model in (Party, Address, Email, Phone, BillingDetail, Note)
        }


@pytest.mark.parametrize("make", [csv_of, xlsx_of])
def test_new_customers_are_added_with_their_details_and_provenance(store, make):
    name = "a.csv" if make is csv_of else "a.xlsx"
    plan = brought(store, name, make(*ROWS))
    assert outcomes(plan) == ["create", "create"]
    assert [codes(plan, row) for row in (0, 1)] == [["not_found"], ["not_found"]]
    firm, person = only(store, Party)
    assert (firm.kind, firm.name, firm.business_id, firm.customer_number, firm.town) == (
        "organisation",
        "Pihlajamäen Huolto Oy",
        business_id(11),
        "1001",
        "Mikkeli",
    )
    assert (person.kind, person.name, person.sort_name) == (
        "person",
        "Väinö Äijälä",
        "v|in} |ij|l|",
    )
    for thing in [*only(store, Party), *only(store, Email), *only(store, Address)]:
        assert (thing.source, thing.sourced_on) == ("import", TODAY)
    places = only(store, Address)
    assert [(a.street, a.post_code, a.town, a.country, a.is_primary) for a in places] == [
        ("Pihlajatie 3", "50100", "Mikkeli", "FI", True),
        ("Öölinninkatu 5 A 2", "00580", "Helsinki", "FI", True),
    ]
    assert [(p.number, p.is_primary) for p in only(store, Phone)] == [
        ("+358151234567", True),
        ("+358401234567", True),
    ]
    assert firm.changed_by == "olli"


def test_the_same_file_twice_changes_nothing_and_says_so(store):
    data = csv_of(*ROWS)
    brought(store, "a.csv", data)
    before = everything(store)
    plan = planned(store, "a.csv", data)
    assert outcomes(plan) == ["skip", "skip"]
    assert [codes(plan, row)[-1] for row in (0, 1)] == ["already_so", "already_so"]
    assert not plan.does_something
    with pytest.raises(RegisterError) as caught:
        brought(store, "a.csv", data)
    assert caught.value.code == "import_nothing"
    assert everything(store) == before


def test_one_trail_line_and_one_batch(store):
    brought(store, "a.csv", csv_of(*ROWS))
    (batch,) = only(store, ImportBatch)
    assert (batch.form, batch.created, batch.changed, batch.skipped, len(batch.sha256)) == (
        "customers",
        2,
        0,
        0,
        64,
    )
    (line,) = only(store, TrailEntry)
    assert (line.action, line.subject, line.subject_id, line.actor) == (
        "bring_in",
        "import_batch",
        batch.id,
        "olli",
    )
    assert "Pihlaja" not in line.columns
    assert '"business_id"' in line.columns


def test_the_search_and_the_summaries_are_kept(store):
    brought(store, "a.csv", csv_of(*ROWS))
    with store.reading(OFFICE) as session:
        found = customer_list(session, CustomerFilter(text="äijäl"))
    assert [row.name for row in found.rows] == ["Väinö Äijälä"]
    with store.engine.begin() as connection:
        assert derived.differences(connection) == []


def test_what_is_empty_is_filled_and_what_differs_is_kept(sqlite_store):
    party = make_party(sqlite_store, name="Pihlajamäen Huolto Oy", business_id=business_id(11))
    make_email(sqlite_store, party, address="vanha@pihlaja.example")
    plan = brought(sqlite_store, "a.csv", csv_of(ROWS[0]))
    (row,) = plan.rows
    assert (row.outcome, row.party_id, codes(plan)) == ("change", party, ["matched_by_business_id"])
    assert [(d.field, d.current, d.given, d.taken) for d in row.differences] == [
        ("customer_number", None, "1001", True),
        ("address", None, "Pihlajatie 3, 50100 Mikkeli", True),
        ("email", "vanha@pihlaja.example", "huolto@pihlaja.example", False),
        ("phone", None, "+358151234567", True),
    ]
    assert [e.address for e in only(sqlite_store, Email)] == ["vanha@pihlaja.example"]
    (stands,) = only(sqlite_store, Party)
    assert (stands.customer_number, stands.town) == ("1001", "Mikkeli")


def test_what_differs_is_changed_only_when_told(sqlite_store):
    party = make_party(sqlite_store, name="Vanha Nimi Oy", business_id=business_id(11))
    make_email(sqlite_store, party, address="vanha@pihlaja.example")
    make_address(sqlite_store, party, street="Vanhatie 1", post_code="50100", town="Mikkeli")
    kept = planned(sqlite_store, "a.csv", csv_of(ROWS[0]))
    assert [d.taken for d in kept.rows[0].differences if d.current] == [False, False, False]
    brought(sqlite_store, "a.csv", csv_of(ROWS[0]), overwrite=True)
    (stands,) = only(sqlite_store, Party)
    assert (stands.name, stands.sort_name) == ("Pihlajamäen Huolto Oy", "pihlajam|en huolto oy")
    (email,) = only(sqlite_store, Email)
    assert (email.address, email.source, email.sourced_on) == (
        "huolto@pihlaja.example",
        "import",
        TODAY,
    )
    assert [a.street for a in only(sqlite_store, Address)] == ["Pihlajatie 3"]
    assert outcomes(planned(sqlite_store, "a.csv", csv_of(ROWS[0]), overwrite=True)) == ["skip"]


def test_differences_alone_are_a_skip_that_names_them(sqlite_store):
    make_party(sqlite_store, name="Toinen Nimi Oy", business_id=business_id(11))
    plan = planned(
        sqlite_store, "a.csv", table(("Nimi", "Y-tunnus"), ("Eri Nimi Oy", business_id(11)))
    )
    assert (outcomes(plan), codes(plan)) == (["skip"], ["matched_by_business_id", "differs_kept"])


def test_a_customer_number_goes_before_the_business_id_and_they_must_agree(sqlite_store):
    one = make_party(sqlite_store, name="Yksi Oy", customer_number="1", business_id=business_id(21))
    make_party(sqlite_store, name="Kaksi Oy", customer_number="2", business_id=business_id(22))
    head = ("Asiakasnumero", "Nimi", "Y-tunnus")
    plan = planned(
        sqlite_store,
        "a.csv",
        table(
            head,
            ("1", "Yksi Oy", ""),
            ("1", "Yksi Oy", business_id(22)),
            ("1", "Yksi Oy", business_id(23)),
            ("3", "Kolme Oy", business_id(24)),
        ),
    )
    assert outcomes(plan) == ["skip", "refuse", "refuse", "create"]
    assert plan.rows[0].party_id == one
    assert [codes(plan, row) for row in (1, 2)] == [["keys_differ"], ["identifier_differs"]]


def test_a_customer_number_with_another_name_is_asked_about(sqlite_store):
    party = make_party(sqlite_store, name="Vanha Nimi Oy", customer_number="1")
    data = table(("Asiakasnumero", "Nimi"), ("1", "Uusi Nimi Oy"))
    plan = planned(sqlite_store, "a.csv", data)
    assert (outcomes(plan), codes(plan)) == (["refuse"], ["number_of_other"])
    brought(sqlite_store, "a.csv", data, overwrite=True)
    assert [(one.id, one.name) for one in only(sqlite_store, Party)] == [(party, "Uusi Nimi Oy")]
    bare = planned(sqlite_store, "a.csv", table(("Asiakasnumero", "Puhelin"), ("1", "0401234567")))
    assert outcomes(bare) == ["change"]


def test_nothing_comes_in_to_a_party_whose_data_are_restricted(sqlite_store):
    party = make_party(sqlite_store, name="Pihlajamäen Huolto Oy", business_id=business_id(11))
    with sqlite_store.writing(OFFICE, now=NOW) as uow:
        uow.session.add(
            Restriction(
                party_id=party, since=TODAY, reason="pyyntö", changed_at=NOW, changed_by="olli"
            )
        )
        uow.audit("restrict", "restriction", None, party_id=party)
    plan = planned(sqlite_store, "a.csv", csv_of(*ROWS))
    assert (outcomes(plan), codes(plan)) == (["refuse", "create"], ["restricted"])
    brought(sqlite_store, "a.csv", csv_of(*ROWS), skip_refused=True)
    assert only(sqlite_store, Party)[0].customer_number is None


def test_nothing_that_a_hold_keeps_is_overwritten_and_what_is_new_stands_beside(sqlite_store):
    party = make_party(sqlite_store, name="Vanha Nimi Oy", customer_number="1")
    hold(sqlite_store, "party", party)
    renamed = table(("Asiakasnumero", "Nimi"), ("1", "Uusi Nimi Oy"))
    plan = planned(sqlite_store, "a.csv", renamed, overwrite=True)
    assert (outcomes(plan), codes(plan)) == (["refuse"], ["held"])
    brought(sqlite_store, "b.csv", table(("Asiakasnumero", "Puhelin"), ("1", "0401234567")))
    assert [one.name for one in only(sqlite_store, Party)] == ["Vanha Nimi Oy"]
    assert [one.number for one in only(sqlite_store, Phone)] == ["+358401234567"]


def test_what_an_open_request_keeps_is_refused_by_its_own_ground(sqlite_store):
    party = make_party(sqlite_store, name="Vanha Nimi Oy", customer_number="1")
    make_request(sqlite_store, party_id=party)
    renamed = table(("Asiakasnumero", "Nimi"), ("1", "Uusi Nimi Oy"))
    plan = planned(sqlite_store, "a.csv", renamed, overwrite=True)
    assert (outcomes(plan), codes(plan)) == (["refuse"], ["asked_about"])


def test_a_person_is_found_by_name_and_post_code_in_either_order(sqlite_store):
    person = make_person(sqlite_store, given_name="Aino", family_name="Esimerkki")
    make_address(sqlite_store, person, street="Tie 1", post_code="50100", town="Mikkeli")
    for name in ("Aino Esimerkki", "Esimerkki Aino", "AINO  ESIMERKKI"):
        plan = planned(sqlite_store, "a.csv", table(("Nimi", "Postinumero"), (name, "50100")))
        assert (plan.rows[0].party_id, codes(plan)[0]) == (person, "matched_by_name")
    elsewhere = planned(
        sqlite_store, "a.csv", table(("Nimi", "Postinumero"), ("Aino Esimerkki", "00100"))
    )
    assert outcomes(elsewhere) == ["create"]


def test_a_person_is_found_by_name_and_email(sqlite_store):
    person = make_person(sqlite_store, given_name="Aino", family_name="Esimerkki")
    make_email(sqlite_store, person, address="aino@posti.example")
    head = ("Nimi", "Sähköposti")
    plan = planned(sqlite_store, "a.csv", table(head, ("Aino Esimerkki", "AINO@posti.example")))
    assert plan.rows[0].party_id == person


def test_namesakes_are_never_guessed(sqlite_store):
    for _ in range(2):
        person = make_person(sqlite_store, given_name="Aino", family_name="Esimerkki")
        make_address(sqlite_store, person, street="Tie 1", post_code="50100", town="Mikkeli")
    plan = planned(
        sqlite_store, "a.csv", table(("Nimi", "Postinumero"), ("Aino Esimerkki", "50100"))
    )
    assert (outcomes(plan), codes(plan)) == (["refuse"], ["ambiguous"])
    plan = planned(
        sqlite_store, "a.csv", table(("Nimi", "Puhelin"), ("Aino Esimerkki", "040 123 4567"))
    )
    assert (outcomes(plan), codes(plan)) == (["refuse"], ["name_alone"])


def test_a_bare_name_is_found_again(store):
    data = table(("Nimi", "Puhelin"), ("Pelkkä Nimi Oy", "040 123 4567"))
    brought(store, "a.csv", data)
    assert outcomes(planned(store, "a.csv", data)) == ["skip"]


def test_rows_of_one_file_are_compared_with_each_other(sqlite_store):
    head = ("Nimi", "Y-tunnus", "Postinumero")
    first = ("Sama Oy", business_id(31), "50100")
    plan = planned(
        sqlite_store,
        "a.csv",
        table(
            head,
            first,
            first,
            ("Sama Oy", business_id(31), "00100"),
            ("Aino", "", "50100"),
            ("Aino", "", "50100"),
            ("Aino", "", "00100"),
        ),
    )
    assert outcomes(plan) == ["create", "skip", "refuse", "create", "skip", "create"]
    assert [codes(plan, row)[0] for row in (1, 2, 4)] == [
        "repeated_in_file",
        "twice_in_file",
        "repeated_in_file",
    ]
    assert plan.rows[2].reasons[0].facts == {"row": 2}


@pytest.mark.parametrize("at", range(len(HEADER)))
def test_an_identity_code_anywhere_refuses_the_row_and_is_not_echoed(sqlite_store, at):
    code = "131052-308T"
    row = tuple(f"{cell} {code}" if n == at else cell for n, cell in enumerate(ROWS[1]))
    plan = planned(sqlite_store, "a.csv", csv_of(row, ROWS[0]))
    assert outcomes(plan) == ["refuse", "create"]
    assert [(r.code, r.facts["column"]) for r in plan.rows[0].reasons] == [
        ("personal_identity_code", HEADER[at])
    ]
    assert code not in repr(plan)


def test_an_identity_code_is_caught_in_a_column_that_is_not_brought_in(sqlite_store):
    data = table(("Nimi", "Syntymäaika"), ("Aino Esimerkki", "131052-308T"))
    plan = planned(sqlite_store, "a.csv", data)
    assert codes(plan) == ["personal_identity_code"]


def test_what_looks_like_an_identity_code_is_asked_about(sqlite_store):
    data = table(("Nimi", "Lisätietoja"), ("Aino Esimerkki", "varaosa 131052-308U"))
    assert codes(planned(sqlite_store, "a.csv", data)) == ["suspect_identity_code"]
    brought(sqlite_store, "a.csv", data, accept_suspect=True)
    assert [note.text for note in only(sqlite_store, Note)] == ["varaosa 131052-308U"]


def test_procountors_identity_codes_are_caught_and_its_customers_completed(sqlite_store):
    party = make_party(sqlite_store, name="Yksi Oy", business_id=business_id(41))
    rows = []
    for number, iban, customer in (
        (business_id(41), "FI2112345600000785", "77"),
        ("131052-308T", "", "78"),
        ("", "", "79"),
    ):
        row = [""] * 55
        row[1], row[13], row[52] = number, iban, customer
        rows.append(tuple(row))
    plan = planned(sqlite_store, "a.csv", csv_of(*rows, header=None))
    assert outcomes(plan) == ["change", "refuse", "refuse"]
    assert plan.rows[0].party_id == party
    assert [(r.code, dict(r.facts)) for r in plan.rows[1].reasons] == [
        ("personal_identity_code", {"column": "B"})
    ]
    assert codes(plan, 2) == ["name_missing"]


def test_every_wrong_value_of_a_row_is_named_with_its_column(sqlite_store):
    head = ("Nimi", "Y-tunnus", "Postinumero", "Sähköposti", "Puhelin", "IBAN", "Maa", "Aktiivinen")
    bad = ("Väärä Oy", "9000001-2", "501", "ei@@", "12", "FI00", "FI", "ehkä")
    plan = planned(sqlite_store, "a.csv", table(head, bad))
    assert [(r.facts["column"], r.facts["rule"]) for r in plan.rows[0].reasons] == [
        ("Y-tunnus", "business_id.check_digit"),
        ("Aktiivinen", "yes_or_no.choice"),
        ("Sähköposti", "email.form"),
        ("Puhelin", "phone.not_in_use"),
        ("IBAN", "iban.form"),
    ]


def test_refused_rows_stop_the_whole_file_unless_told(store):
    data = csv_of(ROWS[0], (*ROWS[1][:6], "ei@@", ""))
    before = everything(store)
    with pytest.raises(RegisterError) as caught:
        brought(store, "a.csv", data)
    assert (caught.value.code, caught.value.facts) == ("import_refused_rows", {"n": 1})
    assert (everything(store), only(store, TrailEntry)) == (before, [])
    brought(store, "a.csv", data, skip_refused=True)
    assert [party.name for party in only(store, Party)] == ["Pihlajamäen Huolto Oy"]
    (batch,) = only(store, ImportBatch)
    assert (batch.created, batch.skipped, batch.refused) == (1, 0, 1)


def test_a_plan_that_no_longer_holds_is_not_carried_out(store):
    intake, settings = read("a.csv", csv_of(*ROWS))
    with store.reading(OFFICE) as session:
        plan = preview(session, intake, settings=settings, today=TODAY)
    make_party(store, name="Joku Muu Oy", business_id=business_id(11))
    before = everything(store)
    inputs = BringIn(intake=intake, settings=settings, fingerprint=plan.fingerprint)
    with pytest.raises(StaleRecord):
        store.carry_out(bring_in, inputs, actor=OFFICE, now=NOW)
    assert everything(store) == before


def test_a_double_click_brings_in_once(store):
    intake, settings = read("a.csv", csv_of(*ROWS))
    with store.reading(OFFICE) as session:
        plan = preview(session, intake, settings=settings, today=TODAY)
    inputs = BringIn(intake=intake, settings=settings, fingerprint=plan.fingerprint)
    made = [store.carry_out(bring_in, inputs, actor=OFFICE, now=NOW, token="t") for _ in range(2)]
    assert made[0] == made[1]
    assert len(only(store, ImportBatch)) == 1


def test_a_viewer_may_neither_preview_nor_bring_in(sqlite_store, viewer):
    intake, settings = read("a.csv", csv_of(*ROWS))
    with sqlite_store.reading(viewer) as session, pytest.raises(NotAllowed):
        preview(session, intake, settings=settings, today=TODAY)
    inputs = BringIn(intake=intake, settings=settings, fingerprint="")
    with pytest.raises(NotAllowed):
        sqlite_store.carry_out(bring_in, inputs, actor=viewer, now=NOW)


def test_a_failure_in_the_middle_leaves_nothing(store, monkeypatch):
    class Broken(Exception):
        pass

    def break_down(_done):
        raise Broken

    intake, settings = read("a.csv", csv_of(*ROWS))
    with store.reading(OFFICE) as session:
        plan = preview(session, intake, settings=settings, today=TODAY)
    inputs = BringIn(
        intake=intake, settings=settings, fingerprint=plan.fingerprint, progress=break_down
    )
    with pytest.raises(Broken):
        store.carry_out(bring_in, inputs, actor=OFFICE, now=NOW)
    assert only(store, Party) == only(store, TrailEntry) == only(store, ImportBatch) == []


def test_statements_grow_by_the_five_hundred_not_by_the_row(sqlite_store):
    def issued(n):
        rows = [(f"Yritys {i} Oy", business_id(100 + i)) for i in range(n)]
        intake, settings = read("a.csv", table(("Nimi", "Y-tunnus"), *rows))
        with sqlite_store.reading(OFFICE) as session, statements(sqlite_store.engine) as seen:
            preview(session, intake, settings=settings, today=TODAY)
        return len(seen)

    brought(sqlite_store, "a.csv", table(("Nimi", "Y-tunnus"), ("Yritys 1 Oy", business_id(101))))
    assert (issued(10), issued(500)) == (10, 10)
