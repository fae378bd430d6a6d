"""Words by which a privacy notice covers what the law requires, in Finnish, Swedish, English.

GDPR Art. 13(1)-(2) and 14(1)-(2). A notice can say a thing in other words than these: what is not
found here is something for a person to look at. Every pattern is bounded, so that a long text takes
time in proportion to its length.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from queries.rules.recipients import RecipientKind


@dataclass(frozen=True)
class NoticePart:
    """Something that a notice has to state.

    :param citation: where the Regulation asks for it.
    :param is_conditional: only where the case is at hand, as automated decisions.
    """

    code: str
    citation: str
    words: re.Pattern[str]
    is_conditional: bool = False


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


#: Parts that a notice has to have, in the order of the articles.
PARTS = (
    NoticePart(
        "controller",
        "13(1)(a)",
        _any("rekisterinpitäj", "personuppgiftsansvarig", "data controller", "controller"),
    ),
    NoticePart(
        "contact",
        "13(1)(a)-(b)",
        _any(
            "yhteyshenkilö",
            "tietosuojavastaav",
            "yhteydeno",
            "kontaktperson",
            "dataskyddsombud",
            "contact person",
            "data protection officer",
            r"contact (?:us|details)",
        ),
    ),
    NoticePart(
        "purposes", "13(1)(c)", _any("tarkoitu", "käytetään", "ändamål", "syfte", "purpose")
    ),
    NoticePart(
        "legal_basis",
        "13(1)(c)",
        _any(
            "käsittelyperust",
            "oikeusperust",
            "oikeudellinen perust",
            "laillinen perust",
            r"peruste\b",
            r"6 artikla",
            "rättslig grund",
            "laglig grund",
            "rättsgrund",
            "legal basis",
            "lawful basis",
            r"article 6\b",
        ),
    ),
    NoticePart(
        "recipients",
        "13(1)(e)",
        _any(
            "vastaanottaj",
            "luovutetaan",
            "luovutamme",
            "luovuttaa tietoja",
            "alihankkij",
            "henkilötietojen käsittelij",
            "tilitoimisto",
            "mottagare",
            "lämnas ut till",
            "personuppgiftsbiträd",
            "underleverantör",
            "recipient",
            "processors",
            r"(?:shared|disclosed) (?:with|to)",
        ),
    ),
    NoticePart(
        "transfers",
        "13(1)(f)",
        _any(
            "kolmansi",
            "ulkopuolel",
            r"EU:n (?:tai|ja|sisä)",
            "tredje land",
            r"utanför (?:EU\b|EES\b|Europeiska)",
            "third countr",
            "outside (?:of )?the (?:EU|European)",
            "within the (?:EU|European)",
        ),
    ),
    NoticePart(
        "storage",
        "13(2)(a)",
        _any(
            "säilyt",
            "poistetaan",
            "hävitetään",
            "bevara",
            "lagras",
            "lagringstid",
            "förvaras",
            "storage period",
            "retention",
            "retain",
            "stored for",
            "kept for",
            "how long",
        ),
    ),
    NoticePart(
        "access",
        "13(2)(b), 15",
        _any(
            "tarkast",
            "pääsy (?:omiin )?tieto",
            "saada pääsy",
            "saada jäljennös",
            "saada tietoa siitä",
            "rätt (?:att få )?tillgång",
            "tillgång till",
            "granska",
            "registerutdrag",
            "right (?:of|to) access",
            "access (?:to )?(?:your|the|their|his|personal)",
        ),
    ),
    NoticePart(
        "rectification",
        "13(2)(b), 16",
        _any("oikais", "korja", "rätta", "rättelse", "korriger", "rectif", "correct"),
    ),
    NoticePart(
        "erasure",
        "13(2)(b), 17",
        _any(
            "poistetuksi",
            "poistami",
            "poistaa",
            "unohdetuksi",
            "radera",
            "radering",
            "bli bortglömd",
            "eras",
            "delet",
            "forgotten",
        ),
    ),
    NoticePart("restriction", "13(2)(b), 18", _any("rajoit", "begräns", "restrict")),
    NoticePart(
        "objection",
        "13(2)(b), 21",
        _any("vastust", "invänd", "motsätta", "object(?:ion)? (?:to|against)", "right to object"),
    ),
    NoticePart(
        "portability",
        "13(2)(b), 20",
        _any(
            r"siirtää (?:\w{1,30} ){0,3}(?:tiedo|järjestelmä|toise)",
            "siirrettävyy",
            "järjestelmästä toiseen",
            "dataportabilitet",
            "överföra (?:sina |dina )?uppgifter",
            "flytta (?:sina |dina )?uppgifter",
            "portab",
        ),
    ),
    NoticePart(
        "withdrawal",
        "13(2)(c), 7(3)",
        _any(
            "peruutt",
            "peruuta",
            "peruminen",
            "perua",
            "återkalla",
            "ta tillbaka",
            "avsluta prenum",
            "withdraw",
            "unsubscribe",
        ),
    ),
    NoticePart(
        "authority",
        "13(2)(d), 77",
        _any(
            "tietosuojavaltuutet",
            "valvontaviranomai",
            "dataombudsman",
            "tillsynsmyndighet",
            "data protection ombudsman",
            "supervisory authority",
            "data protection authority",
        ),
    ),
    NoticePart(
        "complaint",
        "13(2)(d), 77",
        _any("valitu", "valittaa", "kantelu", "klagomål", "besvär", "complain"),
    ),
    NoticePart(
        "required",
        "13(2)(e)",
        _any(
            "pakko",
            "pakolli",
            "vapaaehtoi",
            "tietojen antami",
            r"tietoja ei (?:anneta|saada)",
            "velvollinen antamaan",
            "obligatorisk",
            "frivillig",
            "skyldig att (?:lämna|ge)",
            "mandatory",
            "voluntary",
            "obliged to provide",
            "required to provide",
        ),
    ),
    NoticePart(
        "automated",
        "13(2)(f), 22",
        _any(
            "automaatti",
            "automatisoi",
            "profiloi",
            "automatiserad",
            "automatiskt beslut",
            "profiler",
            "automated",
            "profiling",
        ),
        is_conditional=True,
    ),
    NoticePart(
        "source",
        "14(2)(f)",
        _any(
            "lähtee",
            "lähde",
            "lähteist",
            r"tiedot (?:saadaan|kerätään)",
            "källa",
            "källor",
            "samlas in",
            "hämtas",
            "source",
            "collected from",
            "obtained from",
        ),
    ),
)

#: The legal bases of Art. 6(1) that a register like this rests on.
BASES = {
    "contract": _any("sopimu", "avtal", "contract"),
    "legal_obligation": _any(
        "lakisääte",
        "lain noudatt",
        "laki velvo",
        "velvoit",
        "velvollisu",
        "rättslig förplikt",
        "lagstadga",
        "legal obligation",
        "statutory",
    ),
    "legitimate_interest": _any(
        "oikeutet", "berättigat intresse", "berättigade intresse", "legitimate interest"
    ),
    "consent": _any("suostumu", "samtyck", "consent"),
}

#: That the law of bookkeeping binds the controller, wherever a notice speaks of it.
BOOKKEEPING = _any(
    "kirjanpitola",
    "kirjanpidosta sää",
    "kirjanpitovelvo",
    "kirjanpito(?:aineisto|materiaali)",
    "bokföringslag",
    "(?:book-?keeping|accounting) (?:act|law|legislation|obligation)",
)

#: That no data leave the EU and the EEA.
NO_TRANSFERS = _any(
    r"\bei (?:luovuteta|siirretä|luovuta|siirrä)\b[^.]{0,120}(?:EU|ETA|Euroopan|kolmansi)",
    r"(?:överförs|överlåts|lämnas ut|lämnas|utlämnas)(?: \w{1,20}){0,3} inte\b[^.]{0,120}"
    r"(?:EU\b|EES|Europeiska|tredje)",
    r"inte (?:överför|lämna|utlämna)[^.]{0,120}(?:EU\b|EES|Europeiska|tredje)",
    r"\b(?:not|never|no)\b[^.]{0,60}(?:transferred|disclosed|transfer)[^.]{0,120}"
    r"(?:EU\b|EEA|European|third)",
)
#: That the newsletter can be cancelled by a link in it.
LINK = _any(
    "peruutuslink",
    r"(?:perua|peruut|peru)[^.]{0,100}link",
    r"link[^.]{0,60}(?:peru|lopet)",
    r"avsluta[^.]{0,100}länk",
    r"länk[^.]{0,60}avsluta",
    r"avprenumer[^.]{0,60}länk",
    r"unsubscribe[^.]{0,60}link",
    r"link[^.]{0,60}unsubscribe",
)
#: Services that a notice names, by the kind that their provider is recorded as.
SERVICES = {
    RecipientKind.WORK_TRACKING: _any(
        r"työ(?:n|ajan)?seurant",
        "tidrapportering",
        "arbetstidsuppfölj",
        "arbetsuppfölj",
        r"(?:work|time)[- ]?tracking",
    ),
    RecipientKind.TAX_SYSTEM: _any(
        r"verotie\w{1,3}järjestelm",
        "verotusjärjestelm",
        "skatte(?:data|uppgifts)?system",
        r"tax (?:data |information |reporting )?systems?",
    ),
    RecipientKind.ACCOUNTANT: _any(
        "tilitoimisto", "bokföringsbyrå", "redovisningsbyrå", r"account(?:ancy|ing) (?:firm|office)"
    ),
}
#: That data come from the business information system.
YTJ = _any(
    r"\bytj",
    "yritys- ja yhteisötie",
    r"\bFODS?\b",
    "företags- och organisationsdata",
    "business information system",
    r"\bBIS\b",
)
NEWSLETTER = _any("uutiskirje", "nyhetsbrev", "newsletter")
#: That all paper is behind a lock.
LOCKED = _any(r"lukit\w{1,12}", r"\blåst\w{0,3}\b", r"\blocked\b")
IDENTITY_CODE = _any(
    "henkilötunnu", "personbeteckning", "personal identity code", "social security number"
)
#: The Ombudsman's office has moved from there.
OLD_AUTHORITY = _any(r"ratapihantie 9", r"bangårdsvägen 9")
#: A length of time: six years, 24 kk.
DURATION = _any(
    r"\b(?:\d{1,3}|yksi|yhden|kaksi|kahden|kolme|kolmen|viisi|viiden|kuusi|kuuden|kymmenen|ett?|två"
    r"|tre|fem|sex|tio|one|two|three|five|six|ten)[ \u00a0]{0,2}"
    r"(?:vuotta|vuoden|vuosi|v\.|kk|kuukau|päivä|år|månad|dag|year|month|day)"
)
