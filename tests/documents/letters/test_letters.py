"""Letters: what they say in three languages, what they refuse, and that facts stay facts."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest

from queries.documents import words
from queries.documents.controller_details import DEMONSTRATION
from queries.documents.letters.letters import NEEDED, OTHERWISE, SOURCE_NOTICE, Addressee, letter
from queries.errors import InvalidInput
from queries.rules.notice import LANGUAGES
from queries.rules.requests import Asked, LetterKind
from tests.support.pdf_text import facts_in, squeezed, words_of

AINO = Addressee(name="Aino Esimerkki", lines=("Mallikatu 1", "00100 Helsinki"))
RECEIVED = date(2026, 3, 5)
FACTS: dict[str, dict] = {
    LetterKind.RECEIVED: {"rights": ["access", "erasure"], "due_on": date(2026, 4, 7)},
    LetterKind.EXTENSION: {
        "first_due_on": date(2026, 4, 7),
        "due_on": date(2026, 6, 5),
        "reason": "Tietoja on kolmessa arkistossa.",
    },
    LetterKind.IDENTITY_ASKED: {"reason": "Osoite on outo.", "asked": "Soita numeroon 015 000."},
    LetterKind.ACCESS: {"redacted": 2, "paper_records": 1},
    LetterKind.PORTABILITY: {"files": [{"name": "email", "records": 2}], "sha256": "ab" * 32},
    LetterKind.RECTIFIED: {
        "done_on": date(2026, 3, 6),
        "changes": [
            {"what": "Sähköposti", "old": "a@x.example", "new": "b@x.example"},
            {"what": "Puhelin", "old": None, "new": "040 123 4567"},
        ],
        "recipients": ["Tilitoimisto Malli Oy"],
    },
    LetterKind.RECIPIENTS_TOLD: {
        "person": "Aino Esimerkki",
        "done_on": date(2026, 3, 6),
        "event": "rectified",
        "details": ["Sähköposti: b@x.example"],
    },
    LetterKind.ERASED: {
        "gone": [{"kind": "note", "label": "2.2.2023"}],
        "staying": [
            {
                "kind": "invoice",
                "label": "1023",
                "keep_until": date(2031, 12, 31),
                "why": "voucher",
                "citation": "Kirjanpitolaki 1336/1997 2:10.2",
                "restricted": True,
            },
            {"kind": "party", "why": "follows_record"},
        ],
        "completes_on": date(2031, 12, 31),
    },
    LetterKind.RESTRICTED: {"since": RECEIVED, "ground": "accuracy"},
    LetterKind.RESTRICTION_LIFTED: {
        "since": RECEIVED,
        "lifts_on": date(2026, 3, 20),
        "reason": "Osoite on tarkistettu.",
    },
    LetterKind.OBJECTION: {"done_on": RECEIVED},
    LetterKind.WITHDRAWAL: {"done_on": RECEIVED, "what": "uutiskirje"},
    LetterKind.REFUSED: {
        "right": "erasure",
        "reason": "Lasku on tosite.",
        "citation": "GDPR Art. 17(3)(b)",
    },
    LetterKind.NOT_IN_REGISTER: {"searched": ["Aino Esimerkki", "aino@x.example"]},
    LetterKind.COMPLAINT_INFO: {},
    SOURCE_NOTICE: {
        "source": "ytj",
        "data": ["osoite, 3.2.2026"],
        "sections": [
            {
                "title": "Sinun oikeutesi",
                "statements": [
                    ("Sinulla on oikeuksia.", False),
                    ("oikaista", True),
                    ("poistaa", True),
                ],
            }
        ],
    },
}


def facts_of(kind: str) -> dict:
    if kind in {LetterKind.RECIPIENTS_TOLD, LetterKind.RESTRICTION_LIFTED, SOURCE_NOTICE}:
        return dict(FACTS[kind])
    return {"received_on": RECEIVED, **FACTS[kind]}


def written(kind: str, language: str = "fi", **more):
    given = {
        "facts": facts_of(kind),
        "addressee": AINO,
        "controller": DEMONSTRATION,
        "made_on": date(2026, 3, 6),
        "request_number": "2026-0007",
        **more,
    }
    return letter(kind, language, **given)


SENTENCES = [
    ("received", "fi", "Vastaamme viimeistään 7.4.2026 (yleinen tietosuoja-asetus"),
    ("received", "sv", "Vi svarar senast 7.4.2026 (den allmänna dataskyddsförordningen"),
    ("received", "en", "We will answer by 7.4.2026 at the latest"),
    ("received", "fi", "- omien tietojesi tarkastaminen\n- tietojesi poistaminen\n"),
    (
        "extension",
        "fi",
        "Meidän piti vastata siihen viimeistään 7.4.2026, mutta tarvitsemme "
        "lisäaikaa. Vastaamme viimeistään 5.6.2026.",
    ),
    ("extension", "en", "Reason: Tietoja on kolmessa arkistossa."),
    (
        "identity_asked",
        "fi",
        "Älä lähetä kopiota passista, ajokortista tai henkilökortista äläkä henkilötunnustasi.",
    ),
    ("identity_asked", "sv", "Vi ber dig göra så här: Soita numeroon 015 000."),
    ("access", "fi", "Raportista on poistettu 2 kohtaa, jotka kertovat toisesta ihmisestä."),
    ("access", "en", "There are also paper documents about you."),
    ("portability", "fi", "- email, tietueita 2\n"),
    ("portability", "en", "on the basis of a contract or your consent (General Data"),
    (
        "rectified",
        "fi",
        "- Sähköposti: ennen a@x.example, nyt b@x.example\n- Puhelin: ennen –, nyt 040 123 4567\n",
    ),
    (
        "rectified",
        "sv",
        "Vi underrättade dem till vilka uppgiften hade lämnats ut: Tilitoimisto Malli Oy.",
    ),
    ("recipients_told", "fi", "Oikaisimme tiedot 6.3.2026 hänen pyynnöstään."),
    ("recipients_told", "en", "At the person's request we rectified the data on 6.3.2026."),
    (
        "erased",
        "fi",
        "- Lasku 1023: 31.12.2031 asti, koska kirjanpitolaki velvoittaa säilyttämään "
        "tositteet ja niihin liittyvän aineiston (Kirjanpitolaki 1336/1997 2:10.2); siihen asti "
        "vain säilytämme tietoja emmekä käytä niitä muuhun\n- Nimi- ja yhteystiedot: toistaiseksi, "
        "koska niitä tarvitaan niin kauan kuin jokin tässä lueteltu asiakirja säilytetään\n",
    ),
    (
        "erased",
        "en",
        "We erase:\n\n- Note 2.2.2023\n\nWe still keep:\n\n- Invoice 1023: "
        "until 31.12.2031, because the Accounting Act obliges us",
    ),
    (
        "erased",
        "sv",
        "raderas utan ny begäran i takt med att deras förvaringstider går ut. Den "
        "sista av dem går ut 31.12.2031.",
    ),
    ("erased", "sv", "\n\nDu kan också föra ärendet till domstol"),
    (
        "restricted",
        "fi",
        "Rajoitus on voimassa 5.3.2026 alkaen, koska olet kiistänyt tietojen "
        "paikkansapitävyyden, ja tarkistamme sitä.",
    ),
    (
        "restriction_lifted",
        "fi",
        "Rajoitus poistetaan 20.3.2026, ja kerromme siitä sinulle etukäteen",
    ),
    ("objection", "en", "We stopped it on 5.3.2026"),
    ("withdrawal", "sv", "Du återkallade 5.3.2026 ditt samtycke: uutiskirje."),
    (
        "refused",
        "fi",
        "Emme voi toteuttaa sitä.\n\nSyy: Lasku on tosite.\n\nPeruste: GDPR Art. "
        "17(3)(b)\n\nVoit myös viedä asian tuomioistuimeen",
    ),
    (
        "not_in_register",
        "fi",
        "Haimme asiakasrekisteristämme näillä tiedoilla:\n\n"
        "- Aino Esimerkki\n- aino@x.example\n\nEmme löytäneet sinua koskevia tietoja",
    ),
    ("complaint_info", "en", "You contacted us on 5.3.2026."),
    (
        "complaint_info",
        "fi",
        "jossa asut tai työskentelet.\n\nValvontaviranomaisen "
        "yhteystiedot:\n\n- Tietosuojavaltuutetun toimisto\n",
    ),
]


@pytest.mark.parametrize(("kind", "language", "sentence"), SENTENCES)
def test_what_the_letters_say(kind, language, sentence):
    assert sentence in written(kind, language).text


@pytest.mark.parametrize("kind", NEEDED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_letter_is_a_paper_with_the_same_words_in_the_same_order(kind, language):
    made = written(kind, language)
    on_paper = squeezed(words_of(made.pdf))
    place = 0
    for part in made.text.replace("\n- ", "\n").split("\n\n", 2)[2].split("\n"):
        found = on_paper.find(squeezed(part), place)
        assert found >= 0, part
        place = found + len(squeezed(part))
    assert made.sha256 == hashlib.sha256(made.pdf).hexdigest()
    assert made == written(kind, language)


@pytest.mark.parametrize("kind", [kind for kind in NEEDED if kind != LetterKind.RECIPIENTS_TOLD])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_to_a_person_names_the_authority_and_the_controller(kind, language):
    made = written(kind, language).text
    assert "- Lintulahdenkuja 4, 00530 Helsinki\n- PL 800, 00531 Helsinki\n- 029 566 6700\n" in made
    assert "Tietosuojavaltuutetun toimisto" in made
    assert made.endswith("\n\nKixit Oy\n".replace("\n\n", f"\n{DEMONSTRATION.contact_name}\n"))
    assert "tietosuoja@kixit.example, 040 123 4567" in made


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, names in NEEDED.items() for name in names]
)
@pytest.mark.parametrize("empty", ["gone", None, "  ", []])
def test_a_missing_fact_is_named(kind, name, empty):
    given = facts_of(kind)
    if empty == "gone":
        del given[name]
    else:
        given[name] = empty
    with pytest.raises(InvalidInput) as refused:
        written(kind, facts=given)
    assert (refused.value.code, refused.value.field) == ("letter_field_missing", name)
    assert refused.value.facts["kind"] == kind


def test_a_missing_part_of_an_item_is_named():
    given = facts_of(LetterKind.RECTIFIED) | {"changes": [{"what": "Puhelin", "old": "1"}]}
    with pytest.raises(InvalidInput) as refused:
        written(LetterKind.RECTIFIED, facts=given)
    assert (refused.value.code, refused.value.field) == ("letter_field_missing", "new")


def test_the_acknowledgement_needs_the_number():
    with pytest.raises(InvalidInput) as refused:
        written(LetterKind.RECEIVED, request_number=None)
    assert refused.value.field == "request_number"


@pytest.mark.parametrize("kind", NEEDED)
def test_the_templates_use_what_is_declared_and_nothing_else(kind):
    declared = {*NEEDED[kind], *OTHERWISE.get(kind, {}), "request_number"}
    used = set()
    for part in words.branch(f"letters.{kind}.body", "fi"):
        source = part if isinstance(part, str) else part.get("item", "")
        used |= facts_in(source) - {"item"}
        used |= set() if isinstance(part, str) else {part.get("each") or part["sections"]}
    assert used | {"request_number"} == declared


def test_every_right_has_its_words():
    for language in LANGUAGES:
        assert set(words.branch("letter.rights", language)) == {str(right) for right in Asked}


HOSTILE = '{{ 7 * 7 }} {% x %} *b* #set $x$ <script>alert("1")</script> [a](b) :red[x] &amp;'


@pytest.mark.parametrize("language", LANGUAGES)
def test_facts_are_never_read_as_anything_else(language):
    made = written(
        LetterKind.REFUSED,
        language,
        facts={"received_on": RECEIVED, "right": "access", "reason": HOSTILE, "citation": HOSTILE},
        addressee=Addressee(name=HOSTILE, lines=(HOSTILE,)),
    )
    assert made.text.count(HOSTILE) == 3
    assert words_of(made.pdf).replace(" ", "").count("".join(HOSTILE.split())) == 5
    escaped = (
        "{{ 7 * 7 }} {% x %} *b* #set $x$ &lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt; "
        "[a](b) :red[x] &amp;amp;"
    )
    assert made.html.count(escaped) == 5
    assert "<script" not in made.html


def test_the_page_is_in_the_letters_language():
    assert '<html lang="sv">' in written(LetterKind.ACCESS, "sv").html


def test_a_partial_refusal_of_access_names_the_way_through_the_ombudsman():
    given = {
        "received_on": RECEIVED,
        "right": "access",
        "reason": "Turvallisuus",
        "citation": "Tietosuojalaki 1050/2018 34.1 § 2",
        "partly": True,
    }
    made = written(LetterKind.REFUSED, facts=given).text
    assert "Emme voi toteuttaa sitä kokonaan." in made
    assert "Muilta osin pyyntösi on toteutettu." in made
    assert "Voit pyytää, että nämä tiedot annetaan tietosuojavaltuutetulle" in made


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fi", "- Lasku (3 kpl): 31.12.2030 asti (1 kpl), 31.12.2031 asti (2 kpl), koska kirjan"),
        (
            "sv",
            "- Faktura (3 st.): till och med 31.12.2030 (1 st.), till och med 31.12.2031 (2 st.)"
            ", eftersom bok",
        ),
        ("en", "- Invoice (3): until 31.12.2030 (1), until 31.12.2031 (2), because the Acc"),
    ],
)
def test_the_reason_stands_once_for_several_days(language, said):
    pieces = {"fi": "({n} kpl)", "sv": "({n} st.)", "en": "({n})"}[language]
    days = [
        {"keep_until": date(2030, 12, 31), "label": pieces.format(n=1)},
        {"keep_until": date(2031, 12, 31), "label": pieces.format(n=2)},
    ]
    staying = [{"kind": "invoice", "label": pieces.format(n=3), "days": days, "why": "voucher"}]
    given = {"received_on": RECEIVED, "staying": staying}
    assert said in written(LetterKind.ERASED, language, facts=given).text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fi", "Lasku, jolla on avoin saldo, säilytetään säilytysajan jälkeenkin, kunnes"),
        ("sv", "En faktura som har ett öppet saldo förvaras även efter förvaringstiden, tills"),
        ("en", "An invoice that has an open balance is kept even after its storage period, until"),
    ],
)
def test_an_open_balance_waits_beyond_the_last_day(language, said):
    staying = [{"kind": "invoice", "why": "open_balance"}]
    given = {"received_on": RECEIVED, "staying": staying}
    assert said not in written(LetterKind.ERASED, language, facts=given).text
    assert said in written(LetterKind.ERASED, language, facts={**given, "open_balances": 1}).text


def test_an_erasure_of_everything_and_of_nothing():
    given = {"received_on": RECEIVED, "gone": [{"kind": "party"}]}
    everything = written(LetterKind.ERASED, facts=given).text
    assert "Poistamme:\n\n- Nimi- ja yhteystiedot\n\nJos katsot" in everything
    given = {"received_on": RECEIVED, "staying": [{"kind": "party", "why": "in_force"}]}
    nothing = written(LetterKind.ERASED, facts=given).text
    assert "Mitään ei voitu vielä poistaa. Syyt ovat alla.\n\nSäilytämme vielä:" in nothing
    assert "heti, kun säilyttämisen syy on poistunut." in nothing
