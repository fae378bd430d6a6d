"""A pasted notice against the register, finding by finding.

The text is made up in the form of those that small companies publish.
"""

from __future__ import annotations

import json

import pytest

from queries.documents.notice.check import LONGEST, Weight, check_notice
from queries.documents.notice.pasted_text import NoticeText
from queries.errors import InvalidInput
from queries.rules.notice_words import PARTS
from queries.store.tables import Setting
from tests.factories.notices import GOOD, HOUSE
from tests.factories.post_code_files import bring_codes, pcf
from tests.factories.proof_rows import PUBLIC, STAMP, paper, put, room, subscriber
from tests.factories.recipients import make_recipient
from tests.factories.records import MAKER, TODAY, make_email, make_note, make_party, make_phone
from tests.factories.sales import make_invoice
from tests.support.filled import filled_once
from tests.support.statements import statements


@filled_once
def house(sqlite_store):
    put(sqlite_store, Setting(name="controller", value=json.dumps(HOUSE), **STAMP))
    return sqlite_store


def check(store, text=GOOD, *, public=PUBLIC):
    with store.reading(MAKER) as session:
        return check_notice(session, text, today=TODAY, public=public)


def found(store, text=GOOD, **more):
    return {one.code: one for one in check(store, text, **more).findings}


def codes(store, text=GOOD, **more):
    return set(found(store, text, **more))


def test_a_notice_that_says_it_all_has_no_findings(house):
    bring_codes(house, pcf())
    checked = check(house)
    assert checked.findings == ()
    assert (checked.knows_post_codes, checked.lines) == (True, 46)


def test_a_handful_of_statements_is_enough(house):
    bring_codes(house, pcf())
    put(house, subscriber("aino@posti.example"))
    with statements(house.engine) as seen:
        check(house, GOOD + "\nUutiskirjeen voi perua linkistä.")
    assert len(seen) <= 12


def test_the_same_on_both_engines(store):
    put(store, Setting(name="controller", value=json.dumps(HOUSE), **STAMP))
    make_recipient(store, name="Pilvi Inc.", country="US", transfer_basis="standard_clauses")
    bring_codes(store, pcf())
    assert codes(store, GOOD.replace("50100 Mikkeli.", "00580 Mikkeli.")) == {
        "transfer_denied",
        "post_code_not_of_town",
    }


# The controller


@pytest.mark.parametrize(
    ("stands", "written", "code"),
    [
        ("Esimerkki Oy", "Esimerkki Ky", "name_differs"),
        ("Mallikatu 10", "Mallikatu 12", "street_differs"),
        ("toimisto@esimerkki.example", "info@esimerkki.example", "email_differs"),
        ("Meri Malli", "Matti Malli", "contact_name_differs"),
        ("meri@esimerkki", "matti@esimerkki", "contact_email_differs"),
        ("+358 40 123 4567", "040 123 4568", "contact_phone_differs"),
        ("50100", "50130", "post_code_differs"),
    ],
)
def test_what_the_register_says_otherwise_is_told(house, stands, written, code):
    one = found(house, GOOD.replace(stands, written))[code]
    assert one.weight is Weight.WRONG
    assert one.facts["value"] in HOUSE.values()
    assert one.spot is None


def test_spaces_case_and_prefixes_are_no_difference(house):
    text = GOOD.replace("Meri Malli", "MERI   Malli").replace("+358 40 123 4567", "0401234567")
    assert codes(house, text) == set()


def test_an_address_that_nobody_in_the_register_has_is_told_once(house):
    text = GOOD + "\nKysy: vanha@esimerkki.example tai VANHA@esimerkki.example, 0400 719 000\n"
    spots = found(house, text)
    assert spots["email_unknown"].facts == {"value": "vanha@esimerkki.example"}
    assert spots["email_unknown"].spot.line == 47
    assert spots["phone_unknown"].facts == {"value": "0400 719 000"}
    assert [one.code for one in check(house, text).findings].count("email_unknown") == 1


def test_a_recipients_address_is_known(house):
    make_recipient(house, email="palvelu@tilitoimisto.example")
    assert codes(house, GOOD + "\npalvelu@tilitoimisto.example\n") == set()


def test_without_a_controller_nothing_is_compared(sqlite_store):
    assert codes(sqlite_store, GOOD) == {"controller_unset"}


# Sources and services


def test_a_source_of_the_register_that_the_text_leaves_out_is_told(house):
    make_email(house, make_party(house))
    assert codes(house) == set()
    make_phone(house, make_party(house), source="ytj", sourced_on=TODAY)
    one = found(house)["source_ytj"]
    assert (one.weight, one.spot.quote) == (Weight.WRONG, "Tietolähteet")
    for said in ("YTJ-tietokannasta", "ur FODS", "from the Business Information System"):
        assert codes(house, GOOD.replace("itseltään.", f"itseltään ja {said}.")) == set()


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("work_tracking", "mm. työseurantajärjestelmät"),
        ("work_tracking", "ett system för tidrapportering"),
        ("tax_system", "verotietojärjestelmät"),
        ("tax_system", "our tax reporting system"),
        ("accountant", "tilitoimistomme"),
    ],
)
def test_a_service_that_no_recipient_provides_is_to_be_looked_at(house, kind, said):
    text = GOOD + f"\nSähköiset palvelut: {said}\n"
    one = found(house, text)[f"service_{kind}"]
    assert (one.weight, one.spot.line) == (Weight.LOOK, 47)
    make_recipient(house, kind=kind)
    assert codes(house, text) == set()


# Post codes


def test_one_address_with_two_codes_is_told_without_postis_file(house):
    one = found(house, GOOD.replace("50100 Mikkeli.", "00580 Mikkeli."))["two_post_codes"]
    assert one.facts == {"first": "50100", "second": "00580", "line": 6, "where": "Mallikatu 10"}
    assert (one.spot.line, one.spot.quote) == (
        43,
        "Pyynnöt osoitteeseen Esimerkki Oy, Mallikatu 10, 00580 Mikkeli.",
    )


def test_with_postis_file_the_wrong_one_is_named(house):
    bring_codes(house, pcf())
    all_found = found(house, GOOD.replace("50100 Mikkeli.", "00580 Mikkeli."))
    assert set(all_found) == {"post_code_not_of_town"}
    assert all_found["post_code_not_of_town"].facts == {
        "code": "00580",
        "town": "Mikkeli",
        "of": "Helsinki",
    }


def test_one_town_with_two_streets_has_two_codes_by_right(house):
    assert codes(house, GOOD + "\nVarasto: Toinenkatu 3 B, 50130 Mikkeli\n") == set()


def test_a_code_that_is_not_in_use_is_to_be_looked_at(house):
    bring_codes(house, pcf())
    one = found(house, GOOD + "\nVarasto: Toinenkatu 3 B, 50999 Mikkeli\n")["post_code_unknown"]
    assert (one.weight, one.facts) == (Weight.LOOK, {"code": "50999"})


def test_the_street_may_stand_on_the_line_above_and_the_town_in_swedish(house):
    bring_codes(house, pcf())
    text = GOOD + "\nMallikatu 10\n50100 S:t Michel\n\nToinenkatu 1\n00580 Nyslott\n"
    all_found = found(house, text)
    assert set(all_found) == {"post_code_not_of_town"}
    assert all_found["post_code_not_of_town"].spot.line == 51


# Requirements of the law

#: Words to take out so that a part is not spoken of.
WITHOUT = {
    "controller": "Rekisterinpitäjä",
    "contact": "Yhteyshenkilö",
    "legal_basis": "Käsittelyperuste",
    "transfers": "Tietoja ei siirretä EU:n tai ETA:n ulkopuolelle.",
    "access": "tarkastaa",
    "rectification": "oikaista",
    "erasure": "poistetuksi",
    "restriction": "rajoittaa",
    "objection": "vastustaa",
    "portability": "siirtää tiedot järjestelmästä toiseen",
    "withdrawal": "peruuttaa",
    "complaint": "valitus",
    "automated": "Automaattisia",
    "required": "Tietojen antaminen on vapaaehtoista.",
}


@pytest.mark.parametrize("part", sorted(WITHOUT))
def test_a_part_that_is_not_spoken_of_is_missing(house, part):
    all_found = found(house, GOOD.replace(WITHOUT[part], ""))
    one = all_found[f"part_{part}"]
    assert one.weight is (Weight.LOOK if part == "automated" else Weight.MISSING)
    assert set(all_found) == {f"part_{part}"}


def test_recipients_that_the_register_has_are_counted(house):
    make_recipient(house)
    text = GOOD.replace("Vastaanottajat ja siirrot", "").replace("luovutetaan", "annetaan")
    assert found(house, text)["part_recipients"].facts == {"citation": "13(1)(e)", "n": 1}


SWEDISH = """Personuppgiftsansvarig och kontaktperson. Ändamål och rättslig grund: avtal. Källor.
Mottagare av uppgifter; uppgifter överförs inte utanför EU. Uppgifter bevaras i sex år. Frivilligt.
Rätt att få tillgång till uppgifter, rättelse, radering, begränsning, invända, dataportabilitet,
återkalla samtycke, klagomål till dataombudsmannen. Automatiserade beslut fattas inte."""
ENGLISH = """Data controller and contact person. Purposes and legal basis: contract. Sources.
Recipients; data are not transferred outside the EU. Retention period: 6 years. Voluntary.
Right of access, rectification, erasure, restriction, right to object, data portability, withdraw
consent, complaint to the Data Protection Ombudsman. No automated decisions."""


@pytest.mark.parametrize("text", [SWEDISH, ENGLISH])
def test_other_languages_are_read_too(sqlite_store, text):
    assert codes(sqlite_store, text) == {"controller_unset"}
    make_recipient(sqlite_store, name="Pilvi Inc.", country="US", transfer_basis="adequacy")
    assert codes(sqlite_store, text) == {"controller_unset", "transfer_denied"}


def test_every_part_is_missing_from_a_letter(sqlite_store):
    missing = codes(sqlite_store, "Hyvä asiakas, kiitos viestistäsi.")
    assert missing == {"controller_unset", *(f"part_{part.code}" for part in PARTS)}


# Contradictions with the register


def test_a_basis_that_is_left_out_is_told(house):
    text = GOOD.replace(
        "Sopimus, lakisääteinen velvoite, oikeutettu etu ja suostumus.", "Sopimuksellinen peruste."
    )
    assert codes(house, text) == set()
    party = make_party(house)
    make_invoice(house, party)
    make_note(house, party)
    put(house, subscriber("aino@posti.example"))
    all_found = found(house, text, public=PUBLIC)
    assert set(all_found) == {
        "basis_legal_obligation",
        "basis_legitimate_interest",
        "basis_consent",
    }
    assert all_found["basis_legal_obligation"].spot.quote == "Sopimuksellinen peruste."


def test_a_text_that_speaks_of_bookkeeping_rests_on_the_law_too(house):
    text = GOOD.replace("Sopimus, lakisääteinen velvoite, oikeutettu etu ja suostumus.", "Sopimus.")
    assert codes(house, text) == set()
    text += "\nKirjanpitolaki velvoittaa säilyttämään tositteet.\n"
    assert codes(house, text) == {"basis_legal_obligation"}


def test_as_long_as_needed_is_no_period(house):
    text = GOOD.replace(
        "Tositteita säilytetään kuusi vuotta sen vuoden lopusta, jona tilikausi päättyy.",
        "Tietoja säilytetään niin kauan kuin on tarpeen.",
    )
    one = found(house, text)["retention_vague"]
    assert (one.spot.line, one.spot.quote) == (
        35,
        "Tietoja säilytetään niin kauan kuin on tarpeen.",
    )


def test_no_transfers_and_a_recipient_outside(house):
    make_recipient(house)
    assert "transfer_denied" not in codes(house)
    make_recipient(house, name="Pilvi Inc.", country="US", transfer_basis="standard_clauses")
    one = found(house)["transfer_denied"]
    assert (one.spot.line, one.facts) == (27, {"n": 1, "names": "Pilvi Inc."})


def test_a_link_that_is_promised_and_does_not_work(house):
    text = GOOD + "\nUutiskirjeen voi perua kirjeessä olevasta linkistä.\n"
    assert codes(house, text) == {"newsletter_unknown"}
    put(house, subscriber("aino@posti.example"))
    one = found(house, text, public=None)["link_promised"]
    assert (one.spot.line, one.facts) == (47, {"n": 1})
    assert codes(house, text, public=PUBLIC) == set()


def test_paper_that_is_not_behind_the_lock_that_is_promised(house):
    (locked,) = put(house, room())
    put(house, paper("M-0001", locked))
    assert codes(house) == set()
    put(house, paper("M-0002", None))
    one = found(house)["paper_promised"]
    assert (one.spot.quote, one.facts) == ("Kaikki paperit ovat lukitussa tilassa.", {"n": 1})


def test_identity_codes_and_the_old_office_of_the_authority(house):
    text = GOOD + "\nRekisterissä on henkilötunnus.\nRatapihantie 9, Helsinki\n"
    assert codes(house, text) == {"identity_code_named", "authority_moved"}


# Any text at all


def test_nothing_and_too_much_are_refused(sqlite_store):
    for text, code in ((" \n", "required"), ("a" * (LONGEST + 1), "too_long")):
        with pytest.raises(InvalidInput) as refused:
            check(sqlite_store, text)
        assert refused.value.code == code


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "1",
        "aA ",
        "A1 ",
        "ei siirretä ",
        "siirtää a ",
        "a.a@",
        "50100 Mikkeli ",
        "+358 ",
        "Katu 1, 50100 M",
        "\n",
        "not transferred ",
        "överförs a a a ",
    ],
)
def test_a_text_made_to_be_slow_is_read_to_its_end(house, piece):
    """An expression that went back and forth would take hours; the bench prints seconds."""
    text = (piece * (LONGEST // len(piece) + 1))[:LONGEST]
    if text.strip():
        assert check(house, text).findings


def test_a_long_line_is_quoted_around_its_words():
    text = NoticeText("a" * 300 + " uutiskirje " + "b" * 300)
    quote = text.spot(301).quote
    assert "uutiskirje" in quote
    assert (quote[:2], quote[-2:], len(quote) <= 164) == ("… ", " …", True)
