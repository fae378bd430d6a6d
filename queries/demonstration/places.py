"""Towns with their post codes, weighted by nearness to the office in Mikkeli; streets.

The pairs of post code and town are real (Posti's post code file); streets are names that are found
in most towns, and the house numbers are drawn.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

#: Weight, town, its Swedish name where Swedish is spoken there, post codes.
_TOWNS: tuple[tuple[int, str, str | None, str], ...] = (
    (34, "Mikkeli", None, "50100 50100 50120 50130 50150 50160 50170 50190"),
    (8, "Juva", None, "51900"),
    (10, "Savonlinna", None, "57100 57130 57170 57200 57210 57220 57230"),
    (7, "Kuopio", None, "70100 70110 70150 70200 70300 70500 70600 70700 70800 70820"),
    (9, "Helsinki", "Helsingfors", "00100 00120 00150 00180 00200 00250 00500 00530 00700 00900"),
    (5, "Pieksämäki", None, "76100 76120"),
    (3, "Mäntyharju", None, "52700"),
    (3, "Kangasniemi", None, "51200"),
    (2, "Hirvensalmi", None, "52550"),
    (3, "Ristiina", None, "52300"),
    (2, "Puumala", None, "52200"),
    (1, "Pertunmaa", None, "19430"),
    (1, "Rantasalmi", None, "58900"),
    (1, "Sulkava", None, "58700"),
    (2, "Joroinen", None, "79600"),
    (3, "Varkaus", None, "78200 78210 78250 78300"),
    (3, "Lahti", None, "15100 15110 15140 15150 15200"),
    (2, "Heinola", None, "18100"),
    (3, "Lappeenranta", None, "53100 53130 53200 53300 53500 53600 53810 53850"),
    (1, "Imatra", None, "55100 55120"),
    (3, "Jyväskylä", None, "40100 40200 40250 40320 40500 40520 40600 40700"),
    (3, "Kouvola", None, "45100 45120 45150 45160 45200"),
    (2, "Joensuu", None, "80100 80110 80200 80220"),
    (1, "Iisalmi", None, "74100 74120"),
    (2, "Tampere", None, "33100 33200 33210 33500 33720"),
    (2, "Espoo", "Esbo", "02100 02150 02200 02230 02600"),
    (1, "Vantaa", "Vanda", "01300 01370 01400 01600 01620"),
    (1, "Turku", "Åbo", "20100 20500 20520 20540 20810"),
    (1, "Oulu", None, "90100 90120 90130 90500 90570"),
    (1, "Porvoo", "Borgå", "06100 06150"),
    (1, "Vaasa", "Vasa", "65100 65200"),
)

_STREETS_FI = tuple(
    """
    Ahjokatu Asemakatu Asematie Haapatie Hallituskatu Harjukatu Hietakatu Honkatie Ilmarisenkatu
    Jokikatu Jääkärinkatu Kalevankatu Kanavakatu Karjalankatu Kauppakatu Kenttätie Keskuskatu
    Kirkkokatu Kirkkotie Kivikatu Koivukuja Koivutie Koskikatu Koulukatu Koulutie Kuusitie
    Kuutostie Kyläläntie Lehtotie Leppätie Linnankatu Lukiokatu Maaherrankatu Mannerheimintie
    Mestarinkatu Metsätie Myllykatu Myllytie Mäkitie Mäntytie Nuijamiestenkatu Opistokatu
    Otavankatu Paukkulantie Pellavakatu Peltotie Pihlajatie Pirttiniemenkatu Puistokatu
    Puistotie Päiväkuja Raatihuoneenkatu Rantakatu Rantatie Rauhankatu Ristimäenkatu Saarentie
    Sahantie Sairaalankatu Satamakatu Savilahdenkatu Seppäläntie Suksitie Tammikatu Teollisuuskatu
    Tikankatu Torikatu Tuppuralankatu Tuulimyllyntie Urheilukatu Vainiotie Valtakatu Vanhatie
    Varsitie Vesikatu Vilhonkatu Vuorikatu Yrittäjänkatu
    """.split()
)
_STREETS_SV = (
    "Alexandersgatan",
    "Björkvägen",
    "Fabriksgatan",
    "Hamngatan",
    "Järnvägsgatan",
    "Kyrkogatan",
    "Köpmansgatan",
    "Mannerheimvägen",
    "Parkgatan",
    "Rådhusgatan",
    "Skolgatan",
    "Skogsvägen",
    "Stationsvägen",
    "Storgatan",
    "Strandgatan",
    "Strandvägen",
    "Torggatan",
    "Ågatan",
)


class DemoPlace(NamedTuple):
    street: str
    post_code: str
    town: str

    @property
    def lines(self) -> str:
        """Return the place as it is on an invoice."""
        return f"{self.street}\n{self.post_code} {self.town}"


def _spread(swedish: bool) -> tuple[tuple[str, str], ...]:
    """Post code and town, as often as the town weighs."""
    pairs: list[tuple[str, str]] = []
    for weight, finnish_name, swedish_name, codes in _TOWNS:
        name = swedish_name if swedish else finnish_name
        if name is not None:
            listed = codes.split()
            pairs += [(listed[n % len(listed)], name) for n in range(weight * 16)]
    return tuple(pairs)


_TOWN_FI = _spread(swedish=False)
_TOWN_SV = _spread(swedish=True)


def place(rng: Random, language: str, *, flat: bool) -> DemoPlace:
    """Draw a place to live or work; in Swedish in the towns where Swedish is spoken.

    :param flat: whether it can have a staircase and a door number.
    """
    draw = rng.random
    towns, streets = (_TOWN_SV, _STREETS_SV) if language == "sv" else (_TOWN_FI, _STREETS_FI)
    post_code, town = towns[int(draw() * len(towns))]
    street = f"{streets[int(draw() * len(streets))]} {1 + int(draw() * draw() * 120)}"
    if flat and draw() < 0.6:  # people in a block of flats
        street = f"{street} {'ABCDEF'[int(draw() * 6)]} {1 + int(draw() * 60)}"
    return DemoPlace(street, post_code, town)
