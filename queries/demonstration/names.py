"""Made-up names: every person is a common given name beside a common family name drawn apart.

Nobody is described. A combination can of course be somebody's name, as any can. The organisations
are put together from a region, a trade and a form; their domains end in ``.example`` (RFC 2606),
where no mail can ever arrive.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

_GIVEN_FI = tuple(
    """
    Aada Aapo Aaro Aatu Aila Aimo Aino Airi Alina Anita Anja Anna Anne Anneli Anni Annika Antero
    Anton Antti Ari Arja Armi Arto Arttu Arvo Asko Aulis Auli Eero Eetu Eeva Eija Eino Elena Elina
    Ella Elli Elsa Emilia Emma Emmi Enni Ensio Erja Erkki Esa Essi Eveliina Hanna Hannele Hannu
    Harri Heidi Heikki Heimo Heini Helena Heli Helka Helmi Henna Henri Hilkka Hilla Iida Iina
    Ilkka Ilmari Ilona Inka Inkeri Irja Irma Irmeli Isto Jaakko Jaana Jalmari Jani Janika Janne
    Jari Jarkko Jarmo Jenna Jenni Jere Joel Johanna Joni Joona Joonas Jorma Jouko Jouni Juha
    Juhani Jukka Julia Juho Jussi Juuso Jyrki Kaarina Kai Kaija Kaisa Kalevi Kalle Kari Kati Katja
    Katriina Kauko Keijo Kerttu Kimmo Kirsi Kirsti Konsta Krista Kyllikki Laila Lasse Lassi Lauri
    Leena Leila Leevi Lenni Liisa Lotta Maarit Maija Maiju Mari Maria Marika Marja Marjatta Markku
    Marko Markus Martta Matias Matleena Matti Mauri Meeri Mervi Mika Mikael Mikko Milla Minna Mira
    Mirja Miro Mirva Nea Neea Nelli Nico Niina Niklas Noora Olavi Oili Olli Oona Oskari Osmo Outi
    Paavo Pasi Paula Pauli Pekka Pentti Pertti Petra Petri Pia Pihla Piia Pirjo Pirkko Pyry Päivi
    Raija Raili Raimo Rami Rasmus Rauha Rauno Reeta Reijo Reino Riikka Riina Riitta Risto Ritva
    Roope Saana Saara Saija Saku Sami Samu Samuli Sanna Sanni Sara Sari Satu Seija Seppo Simo Sini
    Sinikka Sirkka Sirpa Sisko Sofia Soile Sointu Suvi Taina Taisto Taneli Tanja Tapani Tapio
    Tarja Taru Tarmo Teemu Teija Tero Tiia Tiina Timo Tomi Toni Topi Tuija Tuire Tuomas Tuomo
    Tuula Ulla Urho Ursula Vappu Veera Veijo Veikko Venla Vesa Vieno Viivi Vilho Viljo Ville
    Voitto Väinö Yrjö
    """.split()
)
_FAMILY_FI = tuple(
    """
    Aalto Aaltonen Ahlgren Aho Ahola Ahonen Ahtiainen Airaksinen Ala-Korpi Alanen Alatalo Anttila
    Anttonen Arola Aro Asikainen Auvinen Backman Eerola Erkkilä Eronen Eskelinen Eskola Haapala
    Haapanen Haapasalo Haataja Haavisto Hakala Hakkarainen Halme Halonen Halttunen Hankala Hannula
    Harju Harjula Hartikainen Hautala Hautamäki Havukainen Heikkilä Heikkinen Heinonen Heino
    Heiskanen Helenius Helin Hietala Hietanen Hiltunen Hirvonen Hokkanen Holopainen Honkanen
    Honkala Huotari Huttunen Huovinen Huuskonen Hyvärinen Hyvönen Hämäläinen Hänninen Härkönen
    Häkkinen Ihalainen Ikonen Ilola Immonen Jaakkola Jaatinen Jalava Jalonen Jauhiainen Jokela
    Jokinen Juntunen Jussila Juvonen Jylhä Jäntti Järvelä Järvinen Jääskeläinen Kainulainen
    Kaipainen Kallio Kalliokoski Kananen Kangas Kankaanpää Kantola Karhu Karjalainen Karhunen
    Karppinen Karttunen Karvonen Kauppi Kauppila Kauppinen Keinonen Kemppainen Keränen Keskinen
    Ketola Kettunen Kilpeläinen Kinnunen Kiiskinen Kivelä Kivimäki Kiviniemi Kivistö Koistinen
    Kokko Kokkonen Kolehmainen Kontio Korhonen Korpela Korpi Koskela Koskinen Koski Kosonen Kuisma
    Kukkonen Kulmala Kumpulainen Kuosmanen Kuronen Kurki Kuusela Kuusisto Kyllönen Kärki
    Kärkkäinen Kääriäinen Laakkonen Laakso Laaksonen Laamanen Lahti Lahtinen Laine Laitinen
    Lampinen Lappalainen Latvala Laukkanen Laurila Leino Leinonen Lehtinen Lehto Lehtonen Lehtola
    Leppänen Leppälä Leskinen Liimatainen Liikanen Liukkonen Lindroos Luoma Luostarinen Luukkonen
    Lyytikäinen Maaranen Makkonen Malinen Manninen Mannila Markkanen Marttila Marttinen Matikainen
    Mattila Mikkola Mikkonen Miettinen Moilanen Moisio Mononen Muhonen Muikku Mustonen Myllymäki
    Myllylä Mäenpää Mäkelä Mäki Mäkinen Mäkitalo Mäntylä Määttä Nevalainen Nevala Niemelä Niemi
    Nieminen Niiranen Niskanen Nissinen Noponen Nousiainen Nurmi Nurminen Nurmela Nuutinen Nykänen
    Närhi Ojala Ojanen Oinonen Oksanen Ollila Orava Pakarinen Palander Paananen Paavola Pajunen
    Palonen Parkkinen Partanen Parviainen Pasanen Pekkarinen Pehkonen Peltola Peltonen Pelkonen
    Pennanen Perälä Pesonen Pietilä Piirainen Pirinen Pitkänen Pohjola Pohjonen Poikonen Pulkkinen
    Puranen Puustinen Puttonen Pylkkänen Pynnönen Pääkkönen Pöllänen Pöyhönen Raatikainen Raitanen
    Rajala Ranta Rantala Rantanen Rautio Rautiainen Reinikainen Repo Riikonen Rinne Rissanen
    Ristola Ritari Romppanen Ronkainen Rossi Rouhiainen Ruotsalainen Ruuska Räsänen Räty Saarela
    Saari Saarinen Saarnio Saarelainen Sainio Sallinen Salmela Salmi Salminen Salo Salonen Santala
    Sarajärvi Saukkonen Savolainen Savola Seppälä Seppänen Siekkinen Sihvonen Siltanen Simola
    Sipilä Sirola Sirviö Soini Soininen Sormunen Suhonen Suominen Suomela Sutinen Suutarinen
    Syrjälä Syrjänen Särkkä Takala Tamminen Tanskanen Tarvainen Taskinen Tiainen Tikkanen Timonen
    Tirkkonen Toivanen Toivonen Tolvanen Torvinen Tuominen Tuomela Tuovinen Tuomi Turpeinen
    Turunen Tuulos Tyrväinen Törmänen Uotila Ukkonen Vaara Vainio Vainikainen Valkonen Valtonen
    Varis Vartiainen Vauhkonen Venäläinen Vepsäläinen Viitanen Viitala Vilkman Virtanen Virkkunen
    Vuori Vuorela Vuorinen Väisänen Väyrynen Vänskä Väänänen Ylinen Ylä-Outinen Ylönen Yli-Huhtala
    Äijälä Öhman
    """.split()
)
_GIVEN_SV = tuple(
    """
    Alexander Alf Anders Annika Axel Barbro Benita Bjarne Björn Bo Boel Britta Carina Carl-Johan
    Carola Christel Christer Ebba Elin Elsa Emil Eva Folke Fredrik Gunilla Gunnar Gun-Lis Göran
    Hanna Henrik Håkan Ida Inger Ingmar Jan-Erik Johan Karin Kerstin Kjell Kristina Lars Lena
    Linda Linnéa Magnus Marcus Margareta Mats Mikaela Monica Nils Ola Oskar Patrik Pernilla Pär
    Rolf Sebastian Sigrid Sofia Stefan Sten Susanne Svante Tage Tom Ulla Ulf Viking Viveca Åke Åsa
    """.split()
)
_FAMILY_SV = tuple(
    """
    Abrahamsson Ahlbäck Alm Andersson Backström Berg Berglund Björklund Blomqvist Boström Carlsson
    Dahlberg Ekholm Ekman Eklund Engblom Enlund Eriksson Finne Forsblom Forsman Forsström
    Fagerlund Granholm Grönlund Gustafsson Hagman Hellström Henriksson Holm Holmberg Holmström
    Häggblom Isaksson Jansson Johansson Karlsson Knuts Kronqvist Lindberg Lindholm Lindqvist
    Lindström Lundqvist Mattsson Nordlund Norrgård Nyberg Nygård Nyman Nylund Nystedt Rosenberg
    Rosenlund Sandberg Sandström Sjöberg Sjöblom Sjöström Snellman Stenberg Strandberg Ström
    Sundqvist Sundström Söderholm Söderlund Söderström Wahlberg Westerholm Westerlund Wiklund
    Wikström Åberg Österberg
    """.split()
)
_GIVEN_EN = tuple(
    """
    Alice Amir Andrei Anjali Ben Carlos Chloe Daniel Emily Farah George Grace Hassan James Julia
    Kofi Laura Liam Lucy Maya Mohammed Nadia Oliver Olga Priya Rosa Samuel Sofia Thomas Victor Wei
    Zoe
    """.split()
)
_FAMILY_EN = tuple(
    """
    Adams Ahmed Baker Brown Chen Clarke Costa Davies Evans Fernandez Garcia Green Hughes Ibrahim
    Jones Khan Kowalski Lee Martin Mensah Morris Nguyen Novak Patel Petrov Rossi Silva Singh Smith
    Taylor Walker Wright
    """.split()
)
_PERSONS = {
    "fi": (_GIVEN_FI, _FAMILY_FI),
    "sv": (_GIVEN_SV, _FAMILY_SV),
    "en": (_GIVEN_EN, _FAMILY_EN),
}

_REGIONS_FI = tuple(
    """
    Saimaan Savon Mikkelin Juvan Savonlinnan Kuopion Etelä-Savon Pohjois-Savon Järvi-Suomen
    Suur-Savon Karjalan Päijänteen Puruveden Pieksämäen Kangasniemen Mäntyharjun Hirvensalmen
    Puumalan Ristiinan Haukiveden Kallaveden Lahden Kymen Kaakon Keski-Suomen Jyväskylän Varkauden
    Joroisten Rantasalmen Itä-Suomen Hämeen Uudenmaan Helsingin Espoon Vantaan Tampereen Turun
    Oulun Joensuun Lappeenrannan Imatran Kouvolan Heinolan Iisalmen Porvoon
    """.split()
)
_STEMS_FI = tuple(
    """
    Järvi Metsä Mänty Koivu Honka Tammi Pihka Kallio Kivi Graniitti Tuuli Myrsky Aalto Ranta Lahti
    Saari Niitty Kanerva Karhu Hirvi Ilves Kotka Joutsen Kuikka Norppa Ahven Lohi Pohjan Itä Etelä
    Länsi Tähti Kuu Aurinko Revontuli Halla Routa Syys Kevät Helmi Hopea Kulta Rauta Teräs Kupari
    Timantti Kide Vilja Pelto Mylly
    """.split()
)
#: Trades, each with the endings that go with it.
_TRADES_FI: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        tuple(
            """
            sähkö putki rakennus remontti kiinteistö lämpö ilmastointi maalaus lattia katto pelti
            metalli hitsaus kone auto vene rengas puutarha metsä taimi turvallisuus lukko ikkuna
            keittiö sauna uuni puu kaivo piha tie
            """.split()
        ),
        ("palvelu", "huolto", "asennus", "urakointi", "tekniikka", "tarvike", "työt", "mestarit"),
    ),
    (
        tuple(
            """
            tili laskenta toimisto tieto data verkko ohjelmisto koulutus viestintä mainos paino
            kuva ääni terveys hyvinvointi kuntoutus matkailu juhla kahvila ruoka leipä kuljetus
            varasto siivous pesula konsultointi kirja lahja vaate kalenteri
            """.split()
        ),
        ("palvelu", "palvelut", "keskus", "talo", "ratkaisut", "tiimi", "tukku", "apu"),
    ),
)
_FORMS_FI = ("Oy", "Oy", "Oy", "Oy", "Oy", "Oy", "Ky", "Tmi", "Ay", "ry", "Osk", "Oyj")
_SOCIETIES_FI = tuple(
    """
    Kyläyhdistys Urheiluseura Kotiseutuyhdistys Martat Metsästysseura Osakaskunta Veneseura
    Nuorisoseura Musiikkiyhdistys Eläkeläiset Vesiosuuskunta Tiehoitokunta Partiolaiset Yrittäjät
    """.split()
)
_HOUSES_FI = tuple(
    """
    Kuusela Koivurinne Lehtoranta Mäntyharju Pihlajapuisto Rantapuisto Kivikartano Päivärinne
    Kotikallio Tammikulma Torinkulma Harjunhelmi Saimaanranta Satamakulma Koulukulma Kirkkorinne
    Myllynpiha Niittykumpu Omenapiha Suvilinna Kesäranta Puistola Ratakulma Vesitorni Emännänpiha
    """.split()
)
_PARTS_SV = (
    ("Borgå", "Vasa", "Åbo", "Helsingfors", "Esbo", "Nylands", "Österbottens", "Svenska", "Östra"),
    (
        "Skog",
        "Strand",
        "Havs",
        "Berg",
        "Bygg",
        "El",
        "Rör",
        "Båt",
        "Data",
        "Trädgårds",
        "Mål",
        "Sten",
    ),
    ("service", "teknik", "montage", "handel", "konsult", "tjänst", "verkstad", "bolag"),
    ("Ab", "Ab", "Ab", "Kb", "rf", "Andelslag"),
)
_PARTS_EN = (
    ("Nordic", "Lakeland", "Northern", "Baltic", "Boreal", "Arctic", "Saimaa", "Birch", "Pine"),
    ("Software", "Timber", "Consulting", "Analytics", "Marine", "Energy", "Design", "Logistics"),
    ("Solutions", "Partners", "Works", "Services", "Group", "Studio"),
    ("Ltd", "Oy", "Oy Ltd"),
)

#: Names that a careless screen, letter or spreadsheet would take for markup or a formula.
AWKWARD_NAMES = (
    "*Tähti* & <Kumppanit> Oy",
    "=Laskenta Oy",
    "[Linkki](https://example.example) :red[Oy] $x$",
)

_PLAIN = str.maketrans("åäöéÅÄÖÉ", "aaoeAAOE")


class Person(NamedTuple):
    given: str
    family: str

    @property
    def whole(self) -> str:
        return f"{self.given} {self.family}"

    @property
    def mailbox(self) -> str:
        """The local part of an e-mail address: ``paivi.yla-outinen``."""
        return f"{self.given}.{self.family}".lower().translate(_PLAIN)


def person(rng: Random, language: str) -> Person:
    """A person's name in a language of the register."""
    given, family = _PERSONS[language]
    draw = rng.random
    return Person(given[int(draw() * len(given))], family[int(draw() * len(family))])


def organisation(rng: Random, language: str) -> str:
    """An organisation's name in a language of the register."""
    if language == "fi":
        return _finnish_organisation(rng)
    regions, stems, endings, forms = _PARTS_SV if language == "sv" else _PARTS_EN
    draw = rng.random
    region = regions[int(draw() * len(regions))]
    stem = stems[int(draw() * len(stems))]
    ending = endings[int(draw() * len(endings))]
    form = forms[int(draw() * len(forms))]
    glue = "" if language == "sv" else " "
    return f"{region} {stem}{glue}{ending} {form}"


def domain(name: str) -> str:
    """The made-up domain of an organisation: letters of its name, under ``.example``."""
    bare = name.lower().translate(_PLAIN)
    letters = "".join(c if c.isascii() and c.isalnum() else "-" for c in bare)
    return "-".join(part for part in letters.split("-") if part)[:50].rstrip("-") + ".example"


def _finnish_organisation(rng: Random) -> str:
    draw = rng.random
    shape = draw()
    region = _REGIONS_FI[int(draw() * len(_REGIONS_FI))]
    if shape < 0.10:  # housing companies
        house = _HOUSES_FI[int(draw() * len(_HOUSES_FI))]
        return f"Asunto Oy {region} {house}"
    if shape < 0.18:  # associations
        society = _SOCIETIES_FI[int(draw() * len(_SOCIETIES_FI))]
        return f"{region} {society} ry"
    trades, endings = _TRADES_FI[int(draw() * len(_TRADES_FI))]
    trade = trades[int(draw() * len(trades))]
    ending = endings[int(draw() * len(endings))]
    form = _FORMS_FI[int(draw() * len(_FORMS_FI))]
    if shape < 0.45:  # named after the place
        return f"{region} {trade.capitalize()}{ending} {form}"
    if shape < 0.80:  # after something in nature
        stem = _STEMS_FI[int(draw() * len(_STEMS_FI))]
        return f"{stem}{trade} {ending.capitalize()} {form}"
    owner = _FAMILY_FI[int(draw() * len(_FAMILY_FI))]
    return f"{trade.capitalize()}{ending} {owner} {form}"
