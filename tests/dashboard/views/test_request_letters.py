"""Letters from the page of a request: the reviewed report, letters, corrections, links."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from dashboard.ui import clock
from queries.documents.words import phrase
from queries.reads.requests.request_card import letter_file, request_card
from queries.rules.roles import Actor, Role
from tests.conftest import NOW
from tests.factories.records import (
    TODAY,
    make_address,
    make_email,
    make_note,
    make_party,
    make_person,
    make_phone,
)
from tests.factories.requests import make_closed, make_identity, make_request
from tests.support.apps import offers, page, press, signed_in, texts
from tests.support.filled import filled_once
from tests.support.words import fi, start_of

MANAGER = Actor("maija", Role.MANAGER)
NUMBER = phrase("record.fields.of.phone.number", "fi")
#: A number before and after its correction, side by side.
CORRECTED = f"<td>{NUMBER}</td><td>+358401234567</td><td>+358407654321</td>"


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def _card(store, request: int):
    with store.reading(MANAGER, now=NOW) as session:
        return request_card(session, request, today=TODAY)


def _file(store, letter: int):
    with store.reading(MANAGER, now=NOW) as session:
        return letter_file(session, letter)


def _choose(app, key: str, value: str):
    control = next(one for one in app.get("button_group") if one.key.startswith(key))
    control.set_value(value).run()
    assert not app.exception, app.exception


def disclosed(store, party: int, name: str = "Tilitoimisto Esimerkki Oy") -> None:
    """The party's telephone number was given to a recipient."""
    with store.engine.begin() as connection:
        recipient = connection.execute(
            text(
                "INSERT INTO recipient (name, kind, purpose, country, version, changed_at,"
                " changed_by) VALUES (:name, 'processor', 'kirjanpito', 'FI', 1,"
                " '2026-01-01 10:00:00', 'maija') RETURNING id"
            ),
            {"name": name},
        ).scalar_one()
        connection.execute(
            text(
                "INSERT INTO disclosure (party_id, recipient_id, what, disclosed_on, noted_by)"
                " VALUES (:party, :recipient, 'puhelinnumero', '2026-01-07', 'maija')"
            ),
            {"party": party, "recipient": recipient},
        )


@filled_once
def spoken_of(sqlite_store) -> int:
    """Make an identified request of a person whose notes name two others."""
    aino = make_person(sqlite_store)
    make_person(sqlite_store, "Pekka", family_name="Virtanen")
    said = "Soitto: Pekka Virtaselle luvattu, ja *Pekka Virtanen* kävi."
    make_note(sqlite_store, aino, text=said)
    make_note(sqlite_store, aino, text="Naapuri Muukalainen valvoo.")
    request = make_request(sqlite_store, aino)
    make_identity(sqlite_store, request)
    return request


def test_a_report_waits_until_every_place_is_decided_on(sqlite_store, spoken_of):
    app = page(signed_in(sqlite_store), "request", id=str(spoken_of))
    press(app, "requests.prepare")
    assert start_of("refusals.marks_undecided", n=2) in texts(app)
    assert _card(sqlite_store, spoken_of).letters == ()
    assert "<mark>Pekka Virtaselle</mark> luvattu" in texts(app)
    _choose(app, f"judge-{spoken_of}-0-0", "redact")
    assert fi("requests.review.waiting", n=1) in texts(app)
    _choose(app, f"judge-{spoken_of}-0-1", "keep")
    app.text_input(key=f"word-{spoken_of}.text").input("muukalainen")
    press(app, "requests.review.find")
    assert fi("requests.review.waiting", n=1) in texts(app)
    _choose(app, f"judge-{spoken_of}-1-2", "redact")
    assert app.success[0].value == fi("requests.review.decided")
    press(app, "requests.prepare")
    paper, file, cover = _card(sqlite_store, spoken_of).letters
    assert paper.text == (
        f"{fi('requests.review.noted', n=3, on='5.3.2026')}\n"
        "Poistettu toista ihmistä koskeva tieto: Muistiinpanot 1: Teksti; Muistiinpanot 2: Teksti."
    )
    assert "Raportista on poistettu 2 kohtaa" in cover.text
    report = json.loads(_file(sqlite_store, file.id).content)
    (notes,) = [one for one in report["sections"] if one["table"] == "note"]
    instead = phrase("report.redacted", "fi")
    assert [one["data"]["text"]["text"] for one in notes["records"]] == [
        f"Soitto: {instead} luvattu, ja *Pekka Virtanen* kävi.",
        f"Naapuri {instead} valvoo.",
    ]
    assert _file(sqlite_store, paper.id).content.startswith(b"%PDF-")
    with sqlite_store.engine.connect() as connection:
        line = connection.execute(
            text("SELECT columns FROM trail_entry WHERE action = 'file_letter'")
        ).scalar_one()
    assert "redactions" in line


def test_a_place_that_came_since_is_decided_on_too(sqlite_store, spoken_of):
    app = page(signed_in(sqlite_store), "request", id=str(spoken_of))
    press(app, "requests.review.look")
    press(app, "requests.review.all_redact")
    assert app.success[0].value == fi("requests.review.decided")
    party = _card(sqlite_store, spoken_of).party_id
    make_note(sqlite_store, party, text="Pekka Virtanen soitti taas.")
    press(app, "requests.prepare")
    assert start_of("refusals.marks_undecided", n=1) in texts(app)
    assert _card(sqlite_store, spoken_of).letters == ()


def test_only_the_paper_was_sent_by_post(sqlite_store):
    person = make_person(sqlite_store)
    make_address(sqlite_store, person, street="Kotikatu 1", post_code="50100", town="Mikkeli")
    request = make_request(sqlite_store, person, channel="post")
    make_identity(sqlite_store, request)
    app = page(signed_in(sqlite_store), "request", id=str(request))
    assert app.checkbox(key=f"prepare-{request}-access_report-access.by_post").value
    press(app, "requests.prepare")
    assert app.selectbox(key=f"answer-{request}-access.media").value == "application/pdf"
    press(app, "requests.sent")
    assert [
        (one.kind, one.media_type, one.channel) for one in _card(sqlite_store, request).letters
    ] == [("access_report", "application/pdf", "post"), ("access", "application/pdf", "post")]


def test_receipt_is_confirmed_and_identity_asked_by_letter(sqlite_store):
    request = make_request(sqlite_store, make_person(sqlite_store))
    app = page(signed_in(sqlite_store), "request", id=str(request))
    form = f"prepare-{request}-received-all"
    press(app, "requests.prepare", form=form)
    (letter,) = _card(sqlite_store, request).letters
    assert "Vastaamme viimeistään 20.3.2026" in letter.text
    press(app, "requests.note_sent")
    assert _card(sqlite_store, request).letters[0].sent_on == TODAY
    app.text_area(key=f"doubt-{request}.reason").input("Viesti tuli uudesta osoitteesta.")
    press(app, "forms.save", form=f"doubt-{request}")
    form = f"prepare-{request}-identity_asked-all"
    assert app.text_area(key=f"{form}.reason").value == "Viesti tuli uudesta osoitteesta."
    press(app, "requests.prepare", form=form)
    assert fi("refusals.letter_fact_missing", fact=fi("requests.fields.asked")) in texts(app)
    assert app.text_area(key=f"{form}.reason").value == "Viesti tuli uudesta osoitteesta."
    app.text_area(key=f"{form}.asked").input("Vastaa tunnetusta osoitteesta.")
    press(app, "requests.prepare", form=form)
    letter = _card(sqlite_store, request).letters[1]
    assert (letter.kind, letter.sent_on) == ("identity_asked", None)
    assert "Pyydämme sinua tekemään näin: Vastaa tunnetusta osoitteesta." in letter.text


def test_old_and_new_stand_side_by_side_and_recipients_are_told(sqlite_store):
    person = make_person(sqlite_store)
    make_phone(sqlite_store, person, "040 123 4567")
    disclosed(sqlite_store, person)
    request = make_request(sqlite_store, person, ("rectification",))
    app = page(signed_in(sqlite_store), "request", id=str(request))
    assert "Tilitoimisto Esimerkki Oy" in texts(app)
    app.toggle(key=f"rectify-{request}").set_value(True).run()
    app.button(key="phone-1.open").click().run()
    app.text_input(key="phone-1.number").input("040 765 4321")
    press(app, "forms.save", form="phone-1")
    assert CORRECTED in texts(app)
    form = f"prepare-{request}-rectified-rectification-1"
    assert app.text_area(key=f"{form}.changes").value == (
        f"{NUMBER}: +358401234567 > +358407654321"
    )
    press(app, "requests.prepare", form=form)
    told, recipient = _card(sqlite_store, request).letters
    assert f"{NUMBER}: ennen +358401234567, nyt +358407654321" in told.text
    assert "Ilmoitimme oikaisusta niille, joille tieto oli luovutettu: Tilitoimisto" in told.text
    assert recipient.text.startswith("Tilitoimisto Esimerkki Oy\n\nIlmoitus")
    assert f"- puhelinnumero\n- {NUMBER}: +358407654321" in recipient.text
    press(app, "requests.sent")
    card = _card(sqlite_store, request)
    assert [one.sent_on for one in card.letters] == [TODAY, TODAY]
    assert card.rights[0].status == "fulfilled"


def test_what_stood_before_outlives_the_session(sqlite_store):
    person = make_person(sqlite_store)
    make_phone(sqlite_store, person, "040 123 4567")
    request = make_request(sqlite_store, person, ("rectification",))
    app = page(signed_in(sqlite_store), "request", id=str(request))
    app.toggle(key=f"rectify-{request}").set_value(True).run()
    app.button(key="phone-1.open").click().run()
    app.text_input(key="phone-1.number").input("040 765 4321")
    press(app, "forms.save", form="phone-1")
    another = page(signed_in(sqlite_store, "administrator"), "request", id=str(request))
    assert CORRECTED in texts(another)
    assert another.toggle(key=f"rectify-{request}").value
    assert _card(sqlite_store, request).letters == ()


def test_a_correction_of_another_form_is_refused_and_stays(sqlite_store):
    request = make_request(sqlite_store, make_person(sqlite_store), ("rectification",))
    app = page(signed_in(sqlite_store), "request", id=str(request))
    form = f"prepare-{request}-rectified-rectification"
    app.text_area(key=f"{form}.changes").input("puhelin oikein")
    press(app, "requests.prepare", form=form)
    assert start_of("refusals.change_form") in texts(app)
    assert app.text_area(key=f"{form}.changes").value == "puhelin oikein"


def test_a_recipient_is_written_to_in_its_own_language(sqlite_store):
    person = make_person(sqlite_store)
    disclosed(sqlite_store, person)
    request = make_request(sqlite_store, person, ("rectification",), language="en")
    app = page(signed_in(sqlite_store), "request", id=str(request))
    form = f"prepare-{request}-rectified-rectification"
    app.text_area(key=f"{form}.changes").input("Note: door: blue > door: red")
    press(app, "requests.prepare", form=form)
    told, recipient = _card(sqlite_store, request).letters
    assert "Note: before door: blue, now door: red" in told.text
    assert [(one.kind, one.language) for one in (told, recipient)] == [
        ("rectified", "en"),
        ("recipients_told", "fi"),
    ]
    assert recipient.text.startswith("Tilitoimisto Esimerkki Oy\n\nIlmoitus")


def test_a_correction_with_two_arrows_is_refused_and_stays_as_typed(sqlite_store):
    request = make_request(sqlite_store, make_person(sqlite_store), ("rectification",))
    app = page(signed_in(sqlite_store), "request", id=str(request))
    form = f"prepare-{request}-rectified-rectification"
    app.text_area(key=f"{form}.changes").input("Nimi: a > b > c")
    press(app, "requests.prepare", form=form)
    assert _card(sqlite_store, request).letters == ()
    assert start_of("refusals.change_form") in texts(app)
    assert app.text_area(key=f"{form}.changes").value == "Nimi: a > b > c"


def test_restriction_is_not_answered_while_a_recipient_is_not_told(sqlite_store):
    person = make_person(sqlite_store)
    disclosed(sqlite_store, person)
    request = make_request(sqlite_store, person, ("restriction",))
    app = page(signed_in(sqlite_store), "request", id=str(request))
    app.text_area(key=f"restrict-{request}.reason").input("Osoite on kiistetty")
    press(app, "requests.restrict_now")
    form = f"prepare-{request}-restricted-restriction"
    app.checkbox(key=f"{form}.tell").uncheck()
    press(app, "requests.prepare", form=form)
    assert fi("refusals.letter_fact_missing", fact=fi("requests.fields.ground")) in texts(app)
    app.selectbox(key=f"{form}.ground").select("accuracy")
    press(app, "requests.prepare", form=form)
    press(app, "requests.sent")
    assert start_of("refusals.recipients_not_told", n=1) in texts(app)
    app.text_area(key=f"answer-{request}-restriction.untold_reason").input("Yritys on lakannut.")
    press(app, "requests.sent")
    (right,) = _card(sqlite_store, request).rights
    assert (right.status, right.refusal_reason) == ("fulfilled", "Yritys on lakannut.")
    assert [line.action for line in _card(sqlite_store, request).happenings] == [
        "record_request",
        "restrict",
        "file_letter",
        "fulfil_restriction",
    ]


def test_nobody_of_the_register_is_told_what_was_searched(sqlite_store):
    request = make_request(sqlite_store, claimed_contact="040 999 8877")
    app = page(signed_in(sqlite_store), "request", id=str(request))
    press(app, "requests.nobody")
    press(app, "requests.prepare", form=f"prepare-{request}-not_in_register-access")
    (letter,) = _card(sqlite_store, request).letters
    assert "- Aino Esimerkki\n- 040 999 8877\n" in letter.text
    press(app, "requests.sent")
    assert _card(sqlite_store, request).rights[0].status == "fulfilled"


def test_requests_about_the_same_thing_are_linked_and_let_go(sqlite_store):
    person = make_person(sqlite_store)
    first = make_request(sqlite_store, person, ("access",))
    second = make_request(sqlite_store, person, ("erasure",))
    app = page(signed_in(sqlite_store), "request", id=str(second))
    assert offers(app, fi("requests.alike", number="2026-0001"))
    press(app, "requests.link")
    assert _card(sqlite_store, second).others == ((first, "2026-0001"),)
    press(app, "requests.unlink")
    assert _card(sqlite_store, second).others == ()


def test_a_complaint_is_a_file_of_its_own(sqlite_store):
    person = make_person(sqlite_store)
    about = make_closed(sqlite_store, person)
    app = page(signed_in(sqlite_store), "request", id=str(about))
    assert offers(app, "requests.complain")
    app = page(app, "requests", new="1", about=str(about), party=str(person))
    assert app.checkbox(key="request-new.asks_complaint").value
    app.text_input(key="request-new.received_on").input("4.3.2026")
    press(app, "requests.record")
    card = _card(sqlite_store, about + 1)
    assert (card.received_on, card.party_id, card.linked_to) == (date(2026, 3, 4), person, about)
    app = page(app, "request", id=str(card.id))
    form = f"prepare-{card.id}-complaint_info-complaint"
    app.text_area(key=f"{form}.reply").input("Annoimme kaikki tiedot 3.3.2026.")
    press(app, "requests.prepare", form=form)
    (letter,) = _card(sqlite_store, card.id).letters
    assert "\n\nAnnoimme kaikki tiedot 3.3.2026.\n\nOtit meihin yhteyttä 4.3.2026." in letter.text
    press(app, "requests.sent")
    assert _card(sqlite_store, card.id).rights[0].status == "fulfilled"


def test_a_report_that_is_older_than_a_correction_says_so(sqlite_store, monkeypatch):
    person = make_party(
        sqlite_store, given_name="Aino", family_name="Esimerkki", now=NOW - timedelta(hours=2)
    )
    request = make_request(sqlite_store, person, ("access", "rectification"))
    make_identity(sqlite_store, request)
    monkeypatch.setattr(clock, "now", lambda: NOW - timedelta(hours=1))
    app = page(signed_in(sqlite_store), "request", id=str(request))
    press(app, "requests.prepare")
    assert app.warning.values == []
    make_phone(sqlite_store, person)
    app.run()
    assert app.warning.values == [fi("requests.corrected_since", at="5.3.2026 klo 12.00")]
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=1))
    press(app, "requests.prepare_again")
    assert app.warning.values == []


def test_no_letter_promises_an_erasure_that_may_not_be(sqlite_store):
    request = make_request(sqlite_store, make_person(sqlite_store), ("erasure",))
    app = page(signed_in(sqlite_store), "request", id=str(request))
    press(app, "requests.prepare")
    assert start_of("refusals.identity_unverified") in texts(app)
    make_identity(sqlite_store, request)
    press(app.run(), "requests.prepare")
    assert "tai tilikausi puuttuu (GDPR Art. 17(1)(a))" in texts(app)
    assert _card(sqlite_store, request).letters == ()


def test_how_to_complain_is_no_answer_to_a_complaint(sqlite_store):
    request = make_request(sqlite_store, make_person(sqlite_store), ("complaint",))
    app = page(signed_in(sqlite_store), "request", id=str(request))
    form = f"prepare-{request}-complaint_info-complaint"
    press(app, "requests.prepare", form=form)
    assert fi("refusals.letter_fact_missing", fact=fi("requests.fields.reply")) in texts(app)
    assert _card(sqlite_store, request).letters == ()


def test_who_answers_second_is_told_that_somebody_was_first(sqlite_store):
    person = make_person(sqlite_store)
    make_email(sqlite_store, person)
    request = make_request(sqlite_store, person, ("objection",))
    maija = page(signed_in(sqlite_store), "request", id=str(request))
    press(maija, "requests.prepare")
    anna = page(signed_in(sqlite_store, "administrator"), "request", id=str(request))
    press(maija, "requests.sent")
    press(anna, "requests.sent")
    said = fi("requests.answered_meanwhile")
    assert (said in texts(anna), said in texts(maija.run())) == (True, False)
    assert said not in texts(anna.run())
    assert [line.action for line in _card(sqlite_store, request).happenings] == [
        "record_request",
        "file_letter",
        "fulfil_objection",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"MZ\x90\x00", fi("refusals.content.program")),
        (b"", fi("refusals.content.empty")),
        (b"%PDF-" + b"0" * 10_000_000, fi("refusals.content.too_large", most=10)),
    ],
)
def test_an_attachment_that_is_none_is_refused_in_words(sqlite_store, content, said):
    request = make_request(sqlite_store)
    app = page(signed_in(sqlite_store), "request", id=str(request))
    assert "[class*=st-key-upload-]" in texts(app)
    assert f'content:"{fi("widgets.largest_file", megabytes=10)}"' in texts(app)
    app.file_uploader[0].set_value(("kirje.pdf", content, "application/pdf")).run()
    press(app, "requests.attach_now")
    assert said in texts(app)
    assert _card(sqlite_store, request).attachments == ()
