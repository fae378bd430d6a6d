"""Undoing an import as a whole: exactly as it was before, or not at all, with the reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from dashboard.restored_words import removed_sentences
from dashboard.words import LANGUAGES, sentence
from queries.errors import NotAllowed, NotFound, RegisterError
from queries.intake.undo_import import UndoImport, undo_import
from queries.reads.imports import import_record
from queries.rules.roles import Actor, Role
from queries.store import derived
from queries.store.backup.backup import back_up
from queries.store.backup.ledger import ledger_of
from queries.store.backup.removed_by_hand import RemovedByHand
from queries.store.backup.restore import restore
from queries.store.migrate import open_store
from queries.store.tables import (
    Base,
    ContactPerson,
    Email,
    ImportBatch,
    ImportBefore,
    ImportRow,
    Invoice,
    NewsletterIssue,
    Party,
    Phone,
    Subscription,
    TrailEntry,
)
from queries.writes.commands import Seen
from queries.writes.customers.contacts import (
    AmendEmail,
    AmendPhone,
    amend_email,
    amend_phone,
    remove_phone,
)
from queries.writes.customers.parties import LinkContactPerson, link_contact_person
from queries.writes.requests.restrictions import Restrict, restrict
from tests.conftest import NOW
from tests.factories.import_files import (
    OFFICE,
    ROWS,
    TODAY,
    brought,
    csv_of,
    finvoice,
    finvoice_file,
)
from tests.factories.post_code_files import bring_codes, pcf
from tests.factories.records import (
    MAKER,
    make_address,
    make_email,
    make_note,
    make_order,
    make_party,
    make_person,
    make_phone,
)
from tests.factories.requests import make_request, seen
from tests.factories.retention import hold
from tests.support.filled import filled_once
from tests.support.races import outcome, overlapping
from tests.support.trails import only

LATER = NOW + timedelta(hours=1)
#: Adds one customer, and changes and completes another.
FILE = csv_of(
    (
        "1001",
        "Pihlajamäen Huolto Oy",
        "",
        "Uusitie 3",
        "50100",
        "Mikkeli",
        "uusi@pihlaja.example",
        "015 123 4567",
    ),
    ROWS[1],
)
SUBSCRIBERS = (
    b"Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,LEID,EUID\n"
    b"aino@esimerkki.example,Aino,Esimerkki,2,2024-05-06 07:08:09,77,ab12\n"
)
#: What an import and its undo themselves leave.
OWN = {"import_batch", "import_change", "import_row", "import_mention", "trail_entry"}
STAMPS = {"version", "changed_at", "changed_by"}


@filled_once
def known(store):
    key = make_party(store, name="Pihlajamäen Huolto Oy", customer_number="1001")
    make_email(store, key, "vanha@pihlaja.example")
    make_address(store, key, street="Vanhatie 1", post_code="00100", town="Helsinki")
    return key


def dump(store):
    """Every row of the store but the imports' own and the trail, without their stamps, and
    without the sums that are none."""
    with store.engine.connect() as connection:
        return {
            table.name: [
                {name: value for name, value in row.items() if name not in STAMPS}
                for row in connection.execute(
                    select(table).order_by(*table.primary_key.columns)
                ).mappings()
                if table.name != "summary" or row["count"]
            ]
            for table in Base.metadata.sorted_tables
            if table.name not in OWN
        }


def undo(store, batch=1, *, now=LATER, actor=OFFICE):
    return store.carry_out(undo_import, UndoImport(id=batch), actor=actor, now=now)


def refusal(store, batch=1, **more):
    before = dump(store), len(only(store, TrailEntry))
    with pytest.raises(RegisterError) as caught:
        undo(store, batch, **more)
    assert (dump(store), len(only(store, TrailEntry))) == before
    for language in LANGUAGES:
        said = sentence(caught.value, language)
        assert caught.value.code not in said
    return caught.value


def without(tables, name):
    return {table: rows for table, rows in tables.items() if table != name}


def named(store, name):
    return next(party.id for party in only(store, Party) if party.name == name)


def is_sound(store):
    with store.engine.connect() as connection:
        return derived.differences(connection) == []


@pytest.mark.parametrize("overwrite", [True, False])
def test_it_is_as_it_was_before(store, known, overwrite):
    before = dump(store)
    brought(store, "a.csv", FILE, overwrite=overwrite)
    assert dump(store) != before
    assert undo(store) == 1
    assert dump(store) == before
    assert is_sound(store)
    (batch,) = only(store, ImportBatch)
    assert (batch.undone_at, batch.undone_by) == (LATER, "olli")
    assert only(store, ImportBefore) == []
    line = only(store, TrailEntry)[-1]
    assert (line.action, line.subject, line.subject_id, line.actor) == (
        "undo_import",
        "import_batch",
        1,
        "olli",
    )


def test_an_editor_who_saw_the_imports_version_is_refused_after_the_undo(store, known):
    brought(store, "a.csv", FILE, overwrite=True)
    (email,) = [one for one in only(store, Email) if one.party_id == known]
    seen_version = email.version
    undo(store)
    (email,) = [one for one in only(store, Email) if one.party_id == known]
    assert (email.address, email.version) == ("vanha@pihlaja.example", seen_version + 1)


def test_many_customers_with_notes_go_whole(store):
    header = ("Nimi", "Y-tunnus", "Huomautus", "Sähköposti")
    rows = [(f"Yritys {n} Oy", "", f"Sovittu {n}", f"y{n}@yritys.example") for n in range(1200)]
    before = dump(store)
    brought(store, "a.csv", csv_of(*rows, header=header))
    assert len(only(store, Party)) == 1200
    undo(store)
    assert dump(store) == before
    assert is_sound(store)


CONTACTS = csv_of(
    ("Pihlajamäen Huolto Oy", "Liisa Uusi", "liisa@pihlaja.example"),
    ("Aivan Uusi Oy", "Kalle Uusi", "kalle@uusi.example"),
    ("Aivan Uusi Oy", "Maija Tuttu", "maija@tuttu.example"),
    header=("Yritys", "Yhteyshenkilö", "Sähköposti"),
)


def test_contact_persons_and_their_links_go_too(store, known):
    person = make_person(store, given_name="Maija", family_name="Tuttu")
    make_email(store, person, "maija@tuttu.example")
    before = dump(store)
    brought(store, "a.csv", CONTACTS, skip_refused=True)
    assert len(only(store, ContactPerson)) >= 2
    undo(store)
    assert dump(store) == before
    assert is_sound(store)


def test_the_same_file_comes_in_again_and_a_second_undo_is_refused(store, known):
    brought(store, "a.csv", FILE)
    undo(store)
    again = refusal(store)
    assert (again.code, again.facts) == ("import_undone", {"at": LATER, "by": "olli"})
    brought(store, "a.csv", FILE)
    assert undo(store, 2) == 2


def test_another_role_and_another_number(store, known):
    brought(store, "a.csv", FILE)
    with pytest.raises(NotAllowed):
        undo(store, actor=Actor("katri", Role.VIEWER))
    with pytest.raises(NotFound):
        undo(store, 99)


def add_phone(store, party, now=LATER):
    inputs = AmendPhone(party_id=party, number="050 765 4321", source="phone", sourced_on=TODAY)
    store.carry_out(amend_phone, inputs, actor=MAKER, now=now)


def remove_the_phone(store, party):
    phone = next(one for one in only(store, Phone) if one.party_id == party)
    store.carry_out(remove_phone, Seen(id=phone.id, version=phone.version), actor=MAKER, now=LATER)


def link(store, party):
    firm = make_party(store, name="Toinen Oy", now=LATER)
    inputs = LinkContactPerson(organisation_id=firm, person_id=party)
    store.carry_out(link_contact_person, inputs, actor=MAKER, now=LATER)


SINCE = {
    "a number was added": (add_phone, "import_undo_added", "phone"),
    "a number was removed": (remove_the_phone, "import_undo_gone", "phone"),
    "a note was written": (make_note, "import_undo_added", "note"),
    "an order was made": (make_order, "import_undo_added", "service_order"),
    "it became a contact person": (link, "import_undo_changed", "party"),
}


@pytest.mark.parametrize("what", SINCE)
def test_what_came_to_a_new_party_since_is_named(store, known, what):
    brought(store, "a.csv", FILE)
    change, code, table = SINCE[what]
    change(store, named(store, "Väinö Äijälä"))
    refused = refusal(store)
    assert (refused.code, refused.facts["table"]) == (code, table)
    if code == "import_undo_added":
        assert refused.facts["name"] == "Väinö Äijälä"


def test_what_changed_of_a_known_party_since_is_named(store, known):
    brought(store, "a.csv", FILE, overwrite=True)
    add_phone(store, known)
    refused = refusal(store)
    assert (refused.code, refused.facts) == (
        "import_undo_changed",
        {
            "table": "phone",
            "name": "Pihlajamäen Huolto Oy",
            "id": str(known),
            "by": "tekija",
            "at": LATER,
        },
    )
    assert sentence(refused, "fi").startswith(
        "Tuontia ei peruttu, koska tietoja on muutettu sen jälkeen: Pihlajamäen Huolto Oy"
    )


#: A second file: it changes what FILE added, changed and left as it was.
MORE = csv_of(
    (
        "1001",
        "Pihlajamäen Huolto Oy",
        "",
        "Kolmastie 5",
        "50100",
        "Mikkeli",
        "kolmas@pihlaja.example",
        "015 765 4321",
    ),
    ("1002", *ROWS[1][1:6], "toinen@posti.example", ROWS[1][7]),
)


@pytest.mark.parametrize("overwrite", [True, False])
def test_two_imports_are_undone_the_later_one_first(store, known, overwrite):
    before = dump(store)
    brought(store, "a.csv", FILE, overwrite=overwrite)
    between = dump(store)
    brought(store, "b.csv", MORE, overwrite=True)
    assert refusal(store).code == "import_undo_changed"
    undo(store, 2)
    assert without(dump(store), "import_before") == without(between, "import_before")
    undo(store)
    assert dump(store) == before
    assert is_sound(store)


def test_three_imports_are_undone_the_latest_first_and_who_changed_what_is_known_again(
    store, known
):
    stamps = [(one.changed_at, one.changed_by) for one in only(store, Email)]
    before = dump(store)
    brought(store, "a.csv", FILE, overwrite=True)
    brought(store, "b.csv", MORE, overwrite=True)
    undo(store, 2)
    brought(store, "c.csv", MORE, overwrite=True)
    undo(store, 3)
    undo(store)
    assert dump(store) == before
    assert [(one.changed_at, one.changed_by) for one in only(store, Email)] == stamps


@pytest.mark.parametrize("whose", ["Väinö Äijälä", "Pihlajamäen Huolto Oy"])
def test_an_edit_between_two_imports_keeps_the_earlier_one(store, whose):
    make_party(store, name="Pihlajamäen Huolto Oy", customer_number="1001")
    brought(store, "a.csv", FILE)
    party = named(store, whose)
    email = next(one for one in only(store, Email) if one.party_id == party)
    inputs = AmendEmail(
        id=email.id,
        version=email.version,
        party_id=party,
        address="korjattu@posti.example",
        purpose=email.purpose,
        source="phone",
        sourced_on=TODAY,
    )
    store.carry_out(amend_email, inputs, actor=MAKER, now=NOW + timedelta(minutes=1))
    brought(store, "b.csv", MORE, overwrite=True, now=NOW + timedelta(minutes=2))
    undo(store, 2)
    assert refusal(store).code == "import_undo_changed"


@pytest.mark.parametrize("whose", ["Väinö Äijälä", "Pihlajamäen Huolto Oy"])
def test_a_hold_a_request_and_a_restriction_keep(store, known, whose):
    brought(store, "a.csv", FILE)
    party = named(store, whose)
    hold(store, "party", party, now=LATER)
    assert (refusal(store).code, refusal(store).facts["name"]) == ("import_undo_kept", whose)


@pytest.mark.parametrize("whose", ["Väinö Äijälä", "Pihlajamäen Huolto Oy"])
def test_a_request_and_a_restriction_keep(store, known, whose):
    brought(store, "a.csv", FILE)
    party = named(store, whose)
    request = make_request(store, party, ("restriction",))
    added = {"Väinö Äijälä": "import_undo_added", "Pihlajamäen Huolto Oy": "import_undo_kept"}
    assert refusal(store).code == added[whose]
    inputs = Restrict(**seen(store, request), reason="Tieto on riitautettu")
    store.carry_out(restrict, inputs, actor=MAKER, now=NOW)
    added["Pihlajamäen Huolto Oy"] = "import_undo_restricted"
    assert refusal(store).code == added[whose]


def test_a_hold_on_a_class_keeps_whom_it_covers(store, known):
    header = ("Nimi", "Huomautus")
    brought(store, "a.csv", csv_of(("Uusi Yhdistys ry", "Sovittu"), header=header))
    hold(store, "class", class_code="note", now=LATER)
    assert refusal(store).code == "removal_class_held"


def test_invoices_are_not_taken_back(store):
    brought(store, "a.xml", finvoice_file(finvoice()), skip_refused=True)
    assert len(only(store, Invoice)) == 1
    refused = refusal(store)
    assert (refused.code, refused.facts["n"]) == ("import_undo_invoices", 1)
    assert "Kirjanpitolaki 1336/1997 2:10.2" in sentence(refused, "fi")


def test_post_codes_are_not_taken_back(store):
    bring_codes(store, pcf())
    assert refusal(store).code == "import_undo_post_codes"


def test_subscribers_are_taken_back_until_a_letter_went_out(store):
    brought(store, "subscribed_members.csv", SUBSCRIBERS)
    assert len(only(store, Subscription)) == 1
    undo(store)
    assert only(store, Subscription) == []
    brought(store, "subscribed_members.csv", SUBSCRIBERS)
    with store.engine.begin() as connection:
        connection.execute(
            NewsletterIssue.__table__.insert().values(
                name="Kevät", exported_at=LATER, exported_by="olli", recipients=1, sha256="0" * 64
            )
        )
    assert (refusal(store, 2).code, refusal(store, 2).facts) == (
        "import_undo_sent",
        {"issue": "Kevät"},
    )


def test_a_refusal_of_the_newsletter_is_not_taken_back(store):
    brought(store, "subscribed_members.csv", SUBSCRIBERS)
    left = SUBSCRIBERS.replace(b"OPTIN_TIME", b"UNSUB_TIME")
    brought(store, "unsubscribed_members.csv", left)
    assert only(store, Subscription) == []
    assert refusal(store, 2).code == "import_undo_newsletter"
    assert refusal(store, 1).code == "import_undo_gone"


def test_it_is_possible_for_a_month(store, known):
    brought(store, "a.csv", FILE)
    with store.reading(OFFICE) as session:
        record = import_record(session, 1)
    assert record.may_be_undone(date(2026, 4, 5))
    assert not record.may_be_undone(date(2026, 4, 6))
    late = refusal(store, now=NOW + timedelta(days=32))
    assert (late.code, late.facts) == ("import_undo_over", {"on": date(2026, 4, 5)})
    assert undo(store, now=NOW + timedelta(days=31)) == 1


def test_the_notes_of_those_who_went_go_with_them(store, known):
    brought(store, "a.csv", FILE)
    assert [row.name for row in only(store, ImportRow)] == ["Pihlajamäen Huolto Oy", "Väinö Äijälä"]
    undo(store)
    assert [row.name for row in only(store, ImportRow)] == ["Pihlajamäen Huolto Oy"]


def test_a_restore_of_a_backup_from_between_names_the_import(store, known, tmp_path):
    brought(store, "a.csv", FILE)
    copy = back_up(store, ledger_of(store, tmp_path), tmp_path / "copy", on=TODAY).path
    undo(store)
    brought(store, "b.csv", csv_of(("7", "Uusi Oy", *[""] * 6)))
    undo(store, 2)
    store.close()
    back = restore(copy, store.engine.url, tmp_path, now=LATER).replayed.is_back
    assert back == (RemovedByHand("undo_import", "import_batch", 1, None),)
    assert "Import undone (1)" in removed_sentences(back, "en")[0]
    again = open_store(store.engine.url)
    assert named(again, "Väinö Äijälä")
    assert undo(again) == 1
    again.close()


def test_a_restore_of_a_backup_from_after_names_nothing(store, known, tmp_path):
    brought(store, "a.csv", FILE)
    undo(store)
    copy = back_up(store, ledger_of(store, tmp_path), tmp_path / "copy", on=TODAY).path
    store.close()
    assert restore(copy, store.engine.url, tmp_path, now=LATER).replayed.is_back == ()


@pytest.mark.parametrize("whose", ["Väinö Äijälä", "Pihlajamäen Huolto Oy"])
@pytest.mark.parametrize("first", ["edit", "undo"])
def test_an_edit_and_an_undo_at_once(postgresql_address, whose, first):
    store = open_store(postgresql_address)
    key = make_party(store, name="Pihlajamäen Huolto Oy", customer_number="1001")
    make_phone(store, key)
    before = dump(store)
    brought(store, "a.csv", FILE)
    party = named(store, whose)
    inputs = AmendPhone(party_id=party, number="050 765 4321", source="phone", sourced_on=TODAY)
    calls = [lambda uow: amend_phone(uow, inputs), lambda uow: undo_import(uow, UndoImport(id=1))]
    if first == "undo":
        calls.reverse()
    found = overlapping(store, *calls, actor=MAKER, now=LATER)
    added = "import_undo_added" if whose == "Väinö Äijälä" else "import_undo_changed"
    if first == "edit":
        assert found == ["done", added]
    elif whose == "Väinö Äijälä":
        assert found == ["done", "not_found"]
        assert dump(store) == before
    else:
        assert found == ["done", "done"]
    assert is_sound(store)
    store.close()


def test_two_undo_at_once(postgresql_address):
    store = open_store(postgresql_address)
    brought(store, "a.csv", FILE)
    both = [lambda uow: undo_import(uow, UndoImport(id=1))] * 2
    assert overlapping(store, *both, actor=MAKER, now=LATER) == ["done", "import_undone"]
    assert outcome(lambda: undo(store)) == "import_undone"
    with store.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM disposal_gate")) == 0
    store.close()
