from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from queries.errors import IdentityUnverified, InvalidInputs, NotFound, RuleRefusal
from queries.reads.requests.request_card import request_card
from queries.reads.requests.request_list import restrictions_of
from queries.rules.requests import ANSWERED_BY, Asked
from queries.store.suppression import is_suppressed
from queries.store.tables import SuppressionKind
from queries.writes.commands import Seen
from queries.writes.requests.answers import (
    Copy,
    FileLetter,
    FulfilRectification,
    FulfilRestriction,
    RefuseRight,
    answer_complaint,
    answer_not_in_register,
    file_letter,
    fulfil_export,
    fulfil_rectification,
    refuse_right,
    send_letter,
)
from queries.writes.requests.identity import AskIdentity, NoteIdentity, ask_identity, note_identity
from queries.writes.requests.requests import IdentifyParty, close_request, identify_party
from queries.writes.requests.restrictions import (
    LiftRestriction,
    Restrict,
    fulfil_objection,
    fulfil_restriction,
    lift_restriction,
    restrict,
)
from tests.factories.recipients import make_disclosure, make_recipient
from tests.factories.records import MAKER, TODAY, make_email, make_person, make_phone
from tests.factories.requests import (
    RECEIVED,
    SENT,
    make_answered,
    make_closed,
    make_identity,
    make_letter,
    make_request,
    seen,
    version_of,
)
from tests.support.trails import everything, trail_of


def done(store, command, inputs, now) -> int:
    return store.carry_out(command, inputs, actor=MAKER, now=now)


def refused(store, command, inputs, now) -> str:
    """Return the code of the refusal of a command, which changes nothing."""
    before = everything(store)
    with pytest.raises((RuleRefusal, InvalidInputs, NotFound)) as refusal:
        done(store, command, inputs, now)
    assert everything(store) == before
    if isinstance(refusal.value, InvalidInputs):
        return refusal.value.errors[0].code
    return refusal.value.code


def rights(store, request, now) -> list[tuple[str, str, date | None]]:
    with store.reading(MAKER, now=now) as session:
        card = request_card(session, request, today=TODAY)
    return [(right.kind, right.status, right.answered_on) for right in card.rights]


def answered(store, request, asked, **more):
    return FulfilRestriction(**seen(store, request), **{**SENT, **more}, asked=asked)


@pytest.mark.parametrize("asked", ["access", "portability"])
def test_an_export_needs_identity_of_this_request_and_its_report(store, now, asked):
    party = make_person(store)
    make_closed(store, party)  # an earlier identity check is not inherited
    request = make_request(store, party, (asked,))
    inputs = FileLetter(
        **seen(store, request),
        kind=ANSWERED_BY[Asked(asked)],
        asked=asked,
        language="fi",
        content=b"%PDF-",
    )
    assert refused(store, file_letter, inputs, now) == "identity_unverified"
    answer = answered(store, request, asked)
    assert refused(store, fulfil_export, answer, now) == "identity_unverified"
    make_identity(store, request)
    answer = answered(store, request, asked)
    assert refused(store, fulfil_export, answer, now) == "letter_missing"
    make_letter(store, request, ANSWERED_BY[Asked(asked)], asked)
    answer = answered(store, request, asked)
    early = replace(answer, sent_on=RECEIVED - timedelta(days=1))
    assert refused(store, fulfil_export, early, now) == "before_receipt"
    assert refused(store, fulfil_export, replace(answer, channel="pigeon"), now) == "choice"
    done(store, fulfil_export, answer, now)
    assert rights(store, request, now) == [(asked, "fulfilled", date(2026, 3, 5))]
    assert trail_of(store, "data_subject_request")[-1] == (
        "fulfil_export",
        request,
        party,
        "tekija",
        ["answered_on", "sent_on", "status"],
    )
    again = answered(store, request, asked)
    assert refused(store, fulfil_export, again, now) == "answered_already"


def test_a_right_that_was_not_asked_for_is_not_answered(store, now):
    request = make_request(store, make_person(store), ("erasure",))
    assert refused(store, fulfil_export, answered(store, request, "access"), now) == "not_found"


def test_identity_is_asked_on_doubt_once_and_stops_the_clock(store, now):
    request = make_request(store, make_person(store))
    inputs = AskIdentity(**seen(store, request), asked_on=date(2026, 2, 23), reason="Uusi osoite")
    early = replace(inputs, asked_on=RECEIVED - timedelta(days=1))
    assert refused(store, ask_identity, early, now) == "before_receipt"
    done(store, ask_identity, inputs, now)
    again = replace(inputs, version=version_of(store, request))
    assert refused(store, ask_identity, again, now) == "identity_asked_already"
    check = NoteIdentity(
        **seen(store, request), method="call_back", checked_on=TODAY, arrived_on=date(2026, 3, 2)
    )
    sooner = replace(check, arrived_on=date(2026, 2, 22))
    assert refused(store, note_identity, sooner, now) == "arrived_before_asked"
    assert refused(store, note_identity, replace(check, method="other"), now) == "required"
    said = replace(check, explanation="Passi 131052-308T")
    assert refused(store, note_identity, said, now) == "personal_identity_code"
    done(store, note_identity, check, now)
    with store.reading(MAKER, now=now) as session:
        clock = request_card(session, request, today=TODAY).clock
    assert (clock.suspended_days, clock.due) == (7, date(2026, 3, 27))
    again = replace(inputs, version=version_of(store, request), asked_on=TODAY)
    assert refused(store, ask_identity, again, now) == "identified_already"


def test_an_identity_is_that_of_somebody_in_the_register(store, now):
    request = make_request(store)
    inputs = NoteIdentity(**seen(store, request), method="signature", checked_on=TODAY)
    assert refused(store, note_identity, inputs, now) == "request_without_party"


def test_rectification_is_an_edit_and_tells_the_recipients(store, now):
    party = make_person(store)
    request = make_request(store, party, ("rectification",))
    inputs = FulfilRectification(**seen(store, request), **SENT)
    with store.engine.begin() as connection:  # a person added today is no correction
        connection.execute(text("INSERT INTO disposal_gate (id) VALUES (1)"))
        connection.execute(text("DELETE FROM trail_entry WHERE subject = 'party'"))
        connection.execute(text("DELETE FROM disposal_gate"))
    assert refused(store, fulfil_rectification, inputs, now) == "nothing_rectified"
    make_phone(store, party)
    with store.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO recipient (id, name, kind, purpose, country, version, changed_at,"
                " changed_by) VALUES (1, 'Tilitoimisto', 'processor', 'kirjanpito', 'FI', 1,"
                " '2026-01-01 10:00:00', 'maija')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO disclosure (party_id, recipient_id, what, disclosed_on, noted_by)"
                " VALUES (:party, 1, 'puhelin', '2026-01-01', 'maija')"
            ),
            {"party": party},
        )
    assert refused(store, fulfil_rectification, inputs, now) == "recipients_not_told"
    make_letter(store, request, "rectified", "rectification")
    make_letter(store, request, "recipients_told", "rectification", recipient_id=1)
    inputs = replace(inputs, version=version_of(store, request))
    done(store, fulfil_rectification, inputs, now)
    assert rights(store, request, now) == [("rectification", "fulfilled", TODAY)]
    with store.engine.connect() as connection:
        sent = connection.execute(text("SELECT count(*) FROM request_letter WHERE sent_on IS NULL"))
        assert sent.scalar_one() == 0


def test_each_recipient_has_a_letter_of_its_own(store, now):
    party = make_person(store)
    request = make_request(store, party, ("rectification",))
    make_phone(store, party)
    told, other = (make_recipient(store, name=name) for name in ("Tilitoimisto", "Perintä Oy"))
    stranger = make_recipient(store, name="Pankki Oy")
    for one in (told, told, other):
        make_disclosure(store, party, one)
    made = Copy(kind="recipients_told", recipient_id=stranger, content=b"%PDF-1.7 kirje")
    make_letter(
        store, request, "rectified", "rectification", more=(replace(made, recipient_id=told), made)
    )
    inputs = FulfilRectification(**seen(store, request), **SENT)
    with pytest.raises(RuleRefusal) as refusal:
        store.carry_out(fulfil_rectification, inputs, actor=MAKER, now=now)
    assert (refusal.value.code, refusal.value.facts["n"]) == ("recipients_not_told", 1)
    make_letter(
        store,
        request,
        "rectified",
        "rectification",
        more=tuple(replace(made, recipient_id=one) for one in (told, other)),
    )
    done(store, fulfil_rectification, replace(inputs, version=version_of(store, request)), now)
    with store.reading(MAKER, now=now) as session:
        letters = request_card(session, request, today=TODAY).letters
    assert [one.recipient for one in letters] == [None, "Tilitoimisto", "Perintä Oy"]


@pytest.mark.parametrize(
    ("kind", "recipient_id", "code"),
    [
        ("recipients_told", None, "required"),
        ("rectified", 1, "required"),
        ("recipients_told", 99, "not_found"),
    ],
)
def test_a_letter_to_a_recipient_says_to_which(store, now, kind, recipient_id, code):
    request = make_request(store, make_person(store), ("rectification",))
    inputs = FileLetter(
        **seen(store, request),
        kind=kind,
        asked="rectification",
        language="fi",
        recipient_id=recipient_id,
        content=b"%PDF-1.7 kirje",
    )
    assert refused(store, file_letter, inputs, now) == code


def test_an_export_under_another_name_needs_identity_too(store, now):
    request = make_request(store, make_person(store), ("restriction",))
    inputs = FileLetter(
        **seen(store, request),
        kind="restricted",
        asked="restriction",
        language="fi",
        content=b"%PDF-",
        more=(Copy(kind="access_report", content=b"%PDF-"),),
    )
    assert refused(store, file_letter, inputs, now) == "identity_unverified"
    wrong = replace(inputs, more=(Copy(kind="access", media_type="text/html", content=b"x"),))
    assert refused(store, file_letter, wrong, now) == "choice"
    empty = replace(inputs, more=(Copy(kind="access", content=b""),))
    assert refused(store, file_letter, empty, now) == "content.too_large"


def test_what_is_made_together_is_replaced_and_sent_together(store, now):
    request = make_request(store, make_person(store), ("access",))
    make_identity(store, request)
    for version in (b"1", b"2"):
        inputs = FileLetter(
            **seen(store, request),
            kind="access_report",
            asked="access",
            language="fi",
            text="Tarkistettu",
            content=b"%PDF-" + version,
            redacted=1,
            more=(
                Copy(kind="access_report", media_type="application/json", content=b"{}"),
                Copy(kind="access", text="Hei", content=b"%PDF-saate"),
            ),
        )
        done(store, file_letter, inputs, now)
    assert trail_of(store, "data_subject_request")[-1][-1] == [
        "asked",
        "content",
        "kind",
        "language",
        "redactions",
        "sha256",
    ]
    with store.reading(MAKER, now=now) as session:
        letters = request_card(session, request, today=TODAY).letters
    assert [(one.kind, one.media_type) for one in letters] == [
        ("access_report", "application/pdf"),
        ("access_report", "application/json"),
        ("access", "application/pdf"),
    ]
    other = answered(store, request, "access", media="application/zip")
    assert refused(store, fulfil_export, other, now) == "letter_missing"
    done(store, fulfil_export, replace(other, media="application/pdf"), now)
    with store.reading(MAKER, now=now) as session:
        letters = request_card(session, request, today=TODAY).letters
    assert [(one.kind, one.media_type, one.sent_on) for one in letters] == [
        ("access_report", "application/pdf", TODAY),
        ("access", "application/pdf", TODAY),
    ]


def test_a_refusal_stands_on_a_ground_of_its_right(store, now):
    request = make_request(store, make_person(store), ("erasure", "objection"))
    inputs = RefuseRight(
        **seen(store, request),
        **SENT,
        asked="erasure",
        ground="legal_obligation",
        reason="Tositteet",
    )
    objection = replace(inputs, asked="objection", ground="unfounded")
    assert refused(store, refuse_right, objection, now) == "ground_not_of_right"
    assert refused(store, refuse_right, replace(inputs, reason=" "), now) == "required"
    assert refused(store, refuse_right, inputs, now) == "letter_missing"
    partly = replace(inputs, partly=True)
    assert refused(store, refuse_right, partly, now) == "identity_unverified"
    make_letter(store, request, "refused", "erasure")
    done(store, refuse_right, replace(inputs, version=version_of(store, request)), now)
    with store.reading(MAKER, now=now) as session:
        right = request_card(session, request, today=TODAY).rights[0]
    assert (right.status, right.refusal_citation, right.refusal_reason) == (
        "refused",
        "GDPR Art. 17(3)(b)",
        "Tositteet",
    )


def test_nothing_held_is_an_answer(store, now):
    request = make_request(store)
    assert refused(store, answer_not_in_register, answered(store, request, "access"), now) == (
        "is_in_register"
    )
    who = IdentifyParty(id=request, version=1, registered="not_in_register")
    done(store, identify_party, who, now)
    make_letter(store, request, "not_in_register", "access")
    done(store, answer_not_in_register, answered(store, request, "access"), now)
    assert rights(store, request, now) == [("access", "fulfilled", TODAY)]


def test_a_complaint_is_answered_and_a_receipt_confirmed(store, now):
    request = make_request(store, None, ("complaint",))
    make_letter(store, request, "received", None)
    done(store, send_letter, answered(store, request, "received"), now)
    wrong = answered(store, request, "complaint")
    assert refused(store, send_letter, wrong, now) == "choice"
    make_letter(store, request, "complaint_info", "complaint")
    done(store, answer_complaint, answered(store, request, "complaint"), now)
    assert rights(store, request, now) == [("complaint", "fulfilled", TODAY)]


@pytest.mark.parametrize(
    ("asked", "kind", "other"),
    [
        ("objection", SuppressionKind.MARKETING, SuppressionKind.NEWSLETTER),
        ("withdrawal", SuppressionKind.NEWSLETTER, SuppressionKind.MARKETING),
    ],
)
def test_an_objection_holds_for_every_address_at_once(store, now, asked, kind, other):
    party = make_person(store)
    request = make_request(store, party, (asked,), claimed_contact="040 123 4567")
    make_letter(store, request, ANSWERED_BY[Asked(asked)], asked)
    assert refused(store, fulfil_objection, answered(store, request, asked), now) == "no_address"
    make_email(store, party, "aino@esimerkki.example")
    done(store, fulfil_objection, answered(store, request, asked), now)
    with store.engine.connect() as connection:
        kept = str(connection.execute(text("SELECT * FROM suppression")).all())
    assert "aino" not in kept
    with store.reading(MAKER, now=now) as session:
        assert is_suppressed(session, kind, " Aino@Esimerkki.EXAMPLE ")
        assert not is_suppressed(session, kind, "joku@muu.example")
        assert not is_suppressed(session, other, "aino@esimerkki.example")


@pytest.mark.parametrize(
    ("asked", "kind"),
    [("objection", SuppressionKind.MARKETING), ("withdrawal", SuppressionKind.NEWSLETTER)],
)
def test_nothing_more_is_sent_once_it_was_recorded(store, now, asked, kind):
    def stopped(address):
        with store.reading(MAKER, now=now) as session:
            return is_suppressed(session, kind, address)

    party = make_person(store)
    make_email(store, party, "aino@esimerkki.example")
    request = make_request(store, None, (asked,), claimed_contact="aino@tyo.example")
    assert (stopped("aino@tyo.example"), stopped("aino@esimerkki.example")) == (True, False)
    done(store, identify_party, IdentifyParty(id=request, version=1, party_id=party), now)
    assert stopped("aino@esimerkki.example")
    assert rights(store, request, now) == [(asked, "open", None)]
    assert "address_hash" in trail_of(store, "data_subject_request")[-1][4]


def test_a_restriction_is_placed_told_and_lifted_after_telling(store, now):
    party = make_person(store)
    request = make_request(store, party, ("restriction",))
    told = answered(store, request, "restriction")
    assert refused(store, fulfil_restriction, told, now) == "not_restricted"
    inputs = Restrict(**seen(store, request), reason="Osoite on kiistetty")
    done(store, restrict, inputs, now)
    assert refused(store, restrict, inputs, now) == "restricted_already"
    make_letter(store, request, "restricted", "restriction")
    done(store, fulfil_restriction, answered(store, request, "restriction"), now)
    with store.reading(MAKER, now=now) as session:
        (standing,) = restrictions_of(session, party)
    assert (standing.since, standing.basis, standing.reason) == (
        TODAY,
        "request",
        "Osoite on kiistetty",
    )
    lift = LiftRestriction(
        **seen(store, request),
        **SENT,
        id=standing.id,
        restriction_version=1,
        lifts_on=TODAY,
        reason="Osoite on oikea",
    )
    assert refused(store, lift_restriction, lift, now) == "letter_missing"
    make_letter(store, request, "restriction_lifted", None)
    lift = replace(lift, version=version_of(store, request))
    early = replace(lift, lifts_on=TODAY - timedelta(days=1))
    assert refused(store, lift_restriction, early, now) == "lifted_before_told"
    done(store, lift_restriction, lift, now)
    with store.reading(MAKER, now=now) as session:
        assert restrictions_of(session, party) == ()
    make_phone(store, party)  # and edits are free again


def test_a_restriction_is_lifted_after_its_request_was_closed(store, now):
    party = make_person(store)
    request = make_request(store, party, ("restriction",))
    done(store, restrict, Restrict(**seen(store, request), reason="Kiistetty"), now)
    make_letter(store, request, "restricted", "restriction")
    done(store, fulfil_restriction, answered(store, request, "restriction"), now)
    closing = Seen(id=request, version=version_of(store, request))
    done(store, close_request, closing, now)
    other = FileLetter(**seen(store, request), kind="received", language="fi", content=b"%PDF-1.7")
    assert refused(store, file_letter, other, now) == "request_closed"
    make_letter(store, request, "restriction_lifted", None)
    lift = LiftRestriction(
        **seen(store, request),
        **SENT,
        id=1,
        restriction_version=1,
        lifts_on=TODAY,
        reason="Osoite on oikea",
    )
    done(store, lift_restriction, lift, now)
    with store.reading(MAKER, now=now) as session:
        assert restrictions_of(session, party) == ()
        card = request_card(session, request, today=TODAY)
    assert (card.status, card.letters[-1].kind, card.letters[-1].channel) == (
        "closed",
        "restriction_lifted",
        "email",
    )
    again = replace(other, version=version_of(store, request), kind="restriction_lifted")
    assert refused(store, file_letter, again, now) == "request_closed"


def test_a_closed_request_is_not_answered_again(store, now):
    request = make_closed(store, make_person(store))
    assert refused(store, fulfil_export, answered(store, request, "access"), now) == (
        "request_closed"
    )


def test_identity_unverified_cites_the_law(store):
    assert IdentityUnverified().citation == "GDPR Art. 12(6), 32"
    assert make_answered(store, make_person(store)) == 1
