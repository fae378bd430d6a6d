"""A store with something of everything that the notice covers, and reads of it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from queries.documents.notice import Notice
from queries.documents.notice.draft import draw_notice
from queries.documents.notice.publish import PublishNotice, drafts, fingerprint, publish_notice
from queries.reads.notice.controller import DEMONSTRATION
from queries.reads.notice.notice import NoticeFacts, notice_facts
from queries.rules.calendar_fi import HELSINKI
from queries.store.sessions import Store
from queries.writes.notice.settings import SetController, SetWords, set_controller, set_words
from tests.conftest import NOW
from tests.factories.records import MAKER, TODAY

LANGUAGES = ("fi", "sv", "en")
#: What reads back literally wherever it is shown.
HOSTILE = "=1+1 *Ab* [x](javascript:alert(1)) :red[y] $z$ #let <img src=x> & Oy"


def controller_inputs(**more: Any) -> SetController:
    """The demonstration's controller with what matters by name."""
    return SetController(**{**asdict(DEMONSTRATION), **more})


def make_controller(store: Store, *, now: datetime = NOW, **more: Any) -> None:
    store.carry_out(set_controller, controller_inputs(**more), actor=MAKER, now=now)


def make_words(store: Store, topic: str, text: str = "Omaa tekstiä", **more: Any) -> None:
    """A topic in own words, the same in every language."""
    inputs = SetWords(topic=topic, fi=text, sv=text, en=text, **more)
    store.carry_out(set_words, inputs, actor=MAKER, now=NOW)


def facts_of(store: Store, *, today: date = TODAY) -> NoticeFacts:
    with store.reading(MAKER) as session:
        return notice_facts(session, today=today)


def notice_of(store: Store, language: str = "fi") -> Notice:
    return draw_notice(facts_of(store), language)


def said(store: Store, code: str, language: str = "fi") -> str | None:
    """Return the text of a statement, None where the notice does not have it."""
    found = notice_of(store, language).statement(code)
    return None if found is None else found.text


def publish(store: Store, *, now: datetime = NOW, summary: str = "") -> int:
    """Publish the draft as it is; return the number of the version."""
    with store.reading(MAKER) as session:
        seen = fingerprint(drafts(session, today=now.astimezone(HELSINKI).date()))
    inputs = PublishNotice(seen=seen, summary=summary)
    return store.carry_out(publish_notice, inputs, actor=MAKER, now=now)


HOUSE = {
    "name": "Esimerkki Oy",
    "street": "Mallikatu 10",
    "post_code": "50100",
    "town": "Mikkeli",
    "email": "toimisto@esimerkki.example",
    "contact_name": "Meri Malli",
    "contact_email": "meri@esimerkki.example",
    "contact_phone": "040 123 4567",
}


GOOD = """Esimerkki Oy asiakasrekisteri

Rekisterinpitäjä

Esimerkki Oy
Mallikatu 10, 50100 Mikkeli
toimisto@esimerkki.example

Yhteyshenkilö rekisteriä koskevissa asioissa

Meri Malli, +358 40 123 4567, meri@esimerkki.example

Käsittelyn tarkoitus

Tietoja käytetään asiakassuhteiden hoitamiseen.

Käsittelyperuste

Sopimus, lakisääteinen velvoite, oikeutettu etu ja suostumus.

Tietolähteet

Tiedot saadaan asiakkaalta itseltään. Tietojen antaminen on vapaaehtoista.

Vastaanottajat ja siirrot

Laskutustietoja luovutetaan kirjanpitäjälle. Tietoja ei siirretä EU:n tai ETA:n ulkopuolelle.

Suojaus

Kaikki paperit ovat lukitussa tilassa.

Säilytysaika

Tositteita säilytetään kuusi vuotta sen vuoden lopusta, jona tilikausi päättyy.

Oikeudet

Rekisteröidyllä on oikeus tarkastaa tietonsa, oikaista ne, saada ne poistetuksi, rajoittaa
käsittelyä, vastustaa käsittelyä, siirtää tiedot järjestelmästä toiseen, peruuttaa suostumuksensa ja
tehdä valitus tietosuojavaltuutetulle. Automaattisia päätöksiä ei tehdä.

Pyynnöt osoitteeseen Esimerkki Oy, Mallikatu 10, 50100 Mikkeli.
Tietosuojavaltuutetun toimisto, Lintulahdenkuja 4, 00530 Helsinki; PL 800, 00531 Helsinki;
029 566 6700; tietosuoja@om.fi
"""
