"""The notice: whole in every language, and exact to the store."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import insert

from queries.documents.notice.draft import SECTIONS, draw_notice
from queries.documents.notice.map_statements import (
    CATEGORIES,
    categories,
    purposes,
    retention_classes,
)
from queries.documents.words import branch
from queries.rules.notice import Safeguard
from queries.rules.personal_data import PERSONAL_DATA
from queries.rules.personal_data_types import ProcessingPurpose
from queries.rules.recipients import RecipientKind, TransferBasis
from queries.rules.statutes import OWN_CLASSES, STATUTES
from queries.store.tables import ContactPerson, Source
from queries.writes.notice.settings import SetSafeguards, set_safeguards
from tests.conftest import NOW
from tests.factories.messages import make_form
from tests.factories.newsletters import make_consent_text
from tests.factories.notices import (
    LANGUAGES,
    facts_of,
    make_controller,
    make_words,
    notice_of,
    said,
)
from tests.factories.papers import make_paper
from tests.factories.recipients import make_recipient
from tests.factories.records import (
    MAKER,
    business_id,
    make_address,
    make_email,
    make_party,
    make_person,
    make_phone,
)
from tests.factories.retention import period
from tests.oracles.notice_checklist import CHECKLIST, missing_letters
from tests.support.filled import filled_once


@filled_once
def full(store):
    """Contacts, sources of several kinds, paper, a form, a newsletter, recipients near and far."""
    person = make_person(store)
    company = make_party(store)
    make_email(store, person, source=Source.EMAIL)
    make_address(store, company, source=Source.YTJ)
    make_recipient(store)
    make_recipient(
        store,
        name="Letters Inc.",
        kind="mailing_tool",
        country="US",
        transfer_basis="standard_clauses",
    )
    make_form(store)
    make_consent_text(store)
    make_paper(store, class_code="books")
    stamp = {"version": 1, "changed_at": NOW, "changed_by": "x"}
    with store.engine.begin() as connection:
        connection.execute(
            insert(ContactPerson).values(organisation_id=company, person_id=person, **stamp)
        )
    return store


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_of_articles_13_and_14_is_answered(full, language):
    assert missing_letters(notice_of(full, language)) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_an_empty_register_too_but_for_nothing_left_out(store, language):
    assert missing_letters(notice_of(store, language)) == ()


def test_the_checklist_is_the_regulations():
    of_13 = [f"13(1)({letter})" for letter in "abcdef"] + [f"13(2)({x})" for x in "abcdef"]
    of_14 = [f"14(1)({letter})" for letter in "abcdef"] + [f"14(2)({x})" for x in "abcdefg"]
    assert list(CHECKLIST) == of_13 + of_14


def test_a_letter_without_its_statement_is_missed(store):
    notice = notice_of(store)
    without = type(notice)(notice.language, notice.title, notice.sections[:-1])
    assert missing_letters(without) == ("13(2)(f)", "14(2)(g)")


def test_the_languages_say_the_same_things(full):
    codes = [
        [(each.code, each.section, each.listed) for each in notice_of(full, language).statements]
        for language in LANGUAGES
    ]
    assert codes[1] == codes[0]
    assert codes[2] == codes[0]
    assert len({code for code, _section, _listed in codes[0]}) == len(codes[0])
    assert [section.code for section in notice_of(full).sections] == list(SECTIONS)


def test_the_whole_of_a_full_register(full):
    codes = {each.code for each in notice_of(full).statements}
    assert {
        "purposes.marketing",
        "interests.contacts",
        "categories.newsletter",
        "categories.messages",
        "categories.paper",
        "sources.person",
        "sources.ytj",
        "sources.office",
        "recipients.intro",
        "transfers.copy",
        "protection.manual",
        "retention.books",
        "retention.newsletter",
        "rights.unsubscribe",
    } <= codes
    assert {
        "recipients.none",
        "transfers.none",
        "protection.no_manual",
        "sources.unknown",
        "sources.third_party",
    }.isdisjoint(codes)


def test_an_empty_register_promises_no_newsletter_form_or_paper(store):
    codes = {each.code for each in notice_of(store).statements}
    assert {
        "purposes.marketing",
        "categories.newsletter",
        "categories.messages",
        "categories.paper",
        "retention.newsletter",
        "rights.unsubscribe",
        "interests.contacts",
        "protection.manual",
    }.isdisjoint(codes)
    assert {"recipients.none", "transfers.none", "protection.no_manual"} <= codes


def test_a_changed_period_changes_its_sentence_and_no_other(store):
    before = {each.code: each.text for each in notice_of(store).statements}
    assert "2 vuotta kirjaamisesta" in before["retention.note"]
    period(store, "note", 7)
    after = {each.code: each.text for each in notice_of(store).statements}
    assert {code for code in after if after[code] != before[code]} == {"retention.note"}
    assert "7 kuukautta kirjaamisesta" in after["retention.note"]
    period(store, "note", 12, version=1)
    assert "yksi vuosi kirjaamisesta" in str(said(store, "retention.note"))
    assert "one year" in str(said(store, "retention.note", "en"))
    assert "ett år" in str(said(store, "retention.note", "sv"))


def test_a_statutory_period_is_the_statutes_own(store):
    assert said(store, "retention.voucher", "en") == (
        "invoices, payments, invoiced work and other vouchers: 6 years from the end of the year in"
        " which the financial year ends (Accounting Act 1336/1997, chapter 2, section 10(2))"
    )


def test_a_newsletter_that_is_kept_after_its_end_says_so(store):
    make_consent_text(store)
    assert "siihen asti, että perut sen" in str(said(store, "retention.newsletter"))
    period(store, "newsletter", 3)
    assert "3 kuukautta siitä, kun perut sen" in str(said(store, "retention.newsletter"))


def test_a_recipient_outside_the_eea_changes_the_transfer_statement(store):
    assert said(store, "transfers.none", "en") == (
        "Personal data are not transferred outside the EU or the European Economic Area, nor to"
        " international organisations."
    )
    make_recipient(store, name="Norsk AS", kind="hosting", country="NO")
    assert said(store, "transfers.none") is not None
    key = make_recipient(
        store, name="Letters Inc.", kind="mailing_tool", country="US", transfer_basis="adequacy"
    )
    assert said(store, "transfers.none") is None
    assert said(store, f"transfers.{key}", "en") == (
        "Letters Inc. keeps data outside the EU and the European Economic Area; country: United"
        " States. Basis of the transfer: the Commission's decision that the country protects data"
        " adequately (Article 45)."
    )
    assert said(store, f"recipients.{key}") == (
        "Letters Inc. (uutiskirjeen lähetyspalvelu), joka käsittelee tietoja meidän lukuumme;"
        " maa: Yhdysvallat"
    )


def test_a_recipient_whose_agreement_has_ended_is_none_any_more(store):
    key = make_recipient(store, ends_on=date(2026, 3, 5))
    assert said(store, f"recipients.{key}") is not None
    facts = facts_of(store, today=date(2026, 3, 6))
    assert facts.recipients == ()
    assert draw_notice(facts, "fi").statement("recipients.none") is not None


def test_a_recipient_of_another_kind_is_told_by_what_it_does(store):
    key = make_recipient(store, kind="other", purpose="arkiston siivous", role="controller")
    assert said(store, f"recipients.{key}") == (
        "Tilitoimisto Malli Oy (arkiston siivous), joka vastaa itse saamiensa tietojen"
        " käsittelystä; maa: Suomi"
    )


def test_the_sources_are_those_that_stand(store):
    person = make_person(store)
    assert said(store, "sources.office") is not None
    assert (
        said(store, "sources.person") == "Saamme tiedot ensi sijassa sinulta tai organisaatioltasi."
    )
    make_phone(store, person, source=Source.MEETING)
    make_email(store, person, source=Source.PHONE)
    make_address(store, person, source=Source.THIRD_PARTY)
    assert said(store, "sources.person") == (
        "Saamme tiedot ensi sijassa sinulta tai organisaatioltasi: puhelimessa ja tapaamisessa."
    )
    assert said(store, "sources.third_party") is not None
    assert said(store, "sources.ytj") is None


def test_the_controller_is_told_with_everything_it_has(store):
    make_controller(
        store,
        business_id=business_id(1),
        phone="015 000 000",
        officer_name="Olga Ombud",
        officer_email="olga@kixit.example",
        requests_email="pyynnot@kixit.example",
        requests_street="Toinen katu 2",
        requests_post_code="50120",
        requests_town="Mikkeli",
    )
    texts = {
        code: said(store, f"{code}", "en")
        for code in (
            "controller.identity",
            "controller.reach",
            "controller.officer",
            "requests.how",
        )
    }
    assert texts == {
        "controller.identity": f"The controller is Kixit Oy (business ID {business_id(1)}),"
        " Kasarminkatu 10, 50100 Mikkeli.",
        "controller.reach": "You can reach us by e-mail at toimisto@kixit.example and by telephone"
        " at 015 000 000.",
        "controller.officer": "The data protection officer is Olga Ombud: olga@kixit.example.",
        "requests.how": "Send your request by e-mail to pyynnot@kixit.example or by post: Kixit Oy,"
        " Toinen katu 2, 50120 Mikkeli.",
    }


def test_own_words_take_the_place_of_the_programs_or_are_added(store):
    make_words(store, "purposes.billing", "Laskutamme {tunnit}\n ja tarvikkeet.")
    make_words(store, "automated", "Luottoraja lasketaan koneella.")
    make_words(store, "protection", "Ovella on vartija.")
    assert said(store, "purposes.billing", "en") == (
        "Laskutamme {tunnit} ja tarvikkeet. Legal basis: a contract, or preparing one at your"
        " request (Article 6(1)(b)) and a legal obligation (Article 6(1)(c))."
    )
    assert said(store, "automated.own") == "Luottoraja lasketaan koneella."
    assert said(store, "automated.none") is None
    assert said(store, "protection.own") == "Ovella on vartija."


def test_only_the_safeguards_that_are_kept_are_promised(store):
    assert {each.code for each in notice_of(store).statements if each.section == "protection"} == {
        "protection.no_manual",
        "protection.sign_in",
        "protection.roles",
        "protection.trail",
    }
    inputs = SetSafeguards(backups=True)
    store.carry_out(set_safeguards, inputs, actor=MAKER, now=NOW)
    assert said(store, "protection.backups") is not None
    assert said(store, "protection.training") is None


def test_every_table_that_tells_of_a_person_is_in_a_category():
    of_people = {
        table
        for table, its in PERSONAL_DATA.items()
        if any(
            entry and entry.purpose is not ProcessingPurpose.SECURITY
            for entry in its.columns.values()
        )
    }
    named = [table for tables in CATEGORIES.values() for table in tables]
    assert set(named) == of_people
    assert len(named) == len(set(named))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_words(language):
    classes = {rule.code for rule in (*STATUTES, *OWN_CLASSES)}
    said_of = branch("notice.retention", language)
    assert set(said_of) == classes | {"intro", "party", "newsletter_after"}
    assert set(branch("notice.kinds", language)) == set(RecipientKind) - {RecipientKind.OTHER}
    assert set(branch("notice.transfer_bases", language)) == set(TransferBasis)
    assert set(Safeguard) <= set(branch("notice.protection", language))
    assert set(branch("notice.categories", language)) == {"intro", *CATEGORIES}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", STATUTES, ids=lambda rule: rule.code)
def test_a_statutory_class_names_its_own_act(rule, language):
    act = next(part for part in rule.citation.split() if "/" in part)
    assert act in branch("notice.retention", language)[rule.code]


def test_what_the_map_says_is_grouped_by_purpose(full):
    facts = facts_of(full)
    assert purposes(facts) == (
        ProcessingPurpose.CUSTOMER_RELATION,
        ProcessingPurpose.BILLING,
        ProcessingPurpose.SERVICE,
        ProcessingPurpose.LEGAL_DUTY,
        ProcessingPurpose.MARKETING,
    )
    assert categories(facts, ProcessingPurpose.SERVICE) == ("orders",)
    assert retention_classes(facts, ProcessingPurpose.SERVICE) == ("voucher", "quote_or_lead")
    assert retention_classes(facts, ProcessingPurpose.SECURITY) == ("sign_in_record",)
    assert "sign_in_record" not in retention_classes(facts)
