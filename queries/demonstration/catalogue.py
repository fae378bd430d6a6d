"""The services of the demonstration company: IT and office support, cabling, small building
work.

Three groups: *jobs* are ordered once and done in a day or a few, *contracts* run for a year and
are billed monthly, *extras* are on an invoice beside a job. Prices are those of the current
year; earlier years were cheaper by a little each.
"""

from __future__ import annotations

from typing import NamedTuple

from queries.demonstration.days import Days
from queries.rules.vat import vat_basis_points
from queries.store.tables import Unit, VatCategory

_HOUR, _PIECE, _DAY, _KILOMETRE, _MONTH = (unit.value for unit in Unit)
_STANDARD, _REDUCED, _REDUCED_LOW, _ZERO, _REVERSE_CHARGE = (vat.value for vat in VatCategory)


class Offered(NamedTuple):
    """A service: ``quantities`` in thousandths of its unit, ``titles`` of its orders.

    Unit and VAT category are plain texts: a member of an enumeration is looked up every time.
    """

    code: str
    name: str
    unit: str
    cents: int
    vat: str
    quantities: tuple[int, ...]
    titles: tuple[str, ...] = ()
    works: tuple[str, ...] = ()

    @property
    def is_monthly(self) -> bool:
        """Return whether it is sold by contract, with the same line on every invoice."""
        return self.unit == _MONTH


_HOURS = (500, 1000, 1000, 1500, 1500, 2000, 2000, 2500, 3000, 4000, 5000, 6500, 7500, 12000)
_DAYS = (500, 1000, 1000, 1000, 2000, 3000)
_FEW = (1000, 1000, 1000, 2000, 3000, 4000)
_SEATS = (1000, 1000, 2000, 3000, 5000, 8000, 12000, 25000)

SERVICES = (
    Offered(
        "ITTUKI",
        "IT-tuki asiakkaan luona",
        _HOUR,
        8_400,
        _STANDARD,
        _HOURS,
        (
            "Työaseman käyttöönotto",
            "Tulostimen vianselvitys",
            "Langattoman verkon korjaus",
            "Sähköpostin siirto uuteen koneeseen",
        ),
        (
            "Vika selvitetty ja korjattu, testattu asiakkaan kanssa.",
            "Työasema asennettu ja tiedostot siirretty.",
            "Verkko mitattu, tukiasema vaihdettu toiseen paikkaan.",
            "Ajurit ja päivitykset asennettu, tulostus toimii.",
        ),
    ),
    Offered(
        "ETATUKI",
        "Etätuki",
        _HOUR,
        6_900,
        _STANDARD,
        _HOURS[:8],
        ("Kirjautumisongelma", "Ohjelmiston päivitys etänä", "Käyttäjien lisääminen"),
        (
            "Ratkaistu etäyhteydellä.",
            "Käyttäjätunnukset luotu ja opastus annettu.",
            "Päivitys ajettu ja toiminta varmistettu.",
        ),
    ),
    Offered(
        "ASENNUS",
        "Laitteen asennus",
        _PIECE,
        9_500,
        _STANDARD,
        _FEW,
        ("Näyttöjen ja telakoiden asennus", "Monitoimilaitteen asennus", "Kokoushuoneen laitteet"),
        (
            "Laitteet asennettu ja merkitty laiteluetteloon.",
            "Asennus tehty, pakkaukset viety kierrätykseen.",
        ),
    ),
    Offered(
        "KOULUTUS",
        "Koulutuspäivä",
        _DAY,
        89_000,
        _STANDARD,
        _DAYS,
        ("Toimisto-ohjelmien peruskoulutus", "Tietoturvakoulutus henkilöstölle"),
        (
            "Koulutus pidetty, osallistujille jaettu aineisto.",
            "Koulutus pidetty etänä ja tallennettu asiakkaan käyttöön.",
        ),
    ),
    Offered(
        "KAAPELOINTI",
        "Kaapelointi rakennustyömaalla",
        _HOUR,
        5_800,
        _REVERSE_CHARGE,
        _HOURS,
        ("Yleiskaapelointi uudisrakennukseen", "Toimistokerroksen kaapelointi"),
        (
            "Kaapelit vedetty ja mitattu, pöytäkirja luovutettu.",
            "Jakamo kytketty ja pisteet merkitty.",
        ),
    ),
    Offered(
        "KORJAUS",
        "Toimistotilan pienkorjaus",
        _HOUR,
        5_200,
        _STANDARD,
        _HOURS,
        ("Työpisteiden siirto", "Lukitusten ja helojen korjaus", "Valaisimien vaihto"),
        ("Työ tehty sovitusti, jäljet siivottu.", "Osat vaihdettu, vanhat viety kierrätykseen."),
    ),
    Offered(
        "NEUVONTA",
        "Tietoturvan ja tietosuojan neuvonta",
        _HOUR,
        11_500,
        _STANDARD,
        _HOURS[:10],
        ("Tietosuojan nykytilan kartoitus", "Varautumissuunnitelman päivitys"),
        ("Kartoitus tehty, raportti toimitettu.", "Suunnitelma käyty läpi johdon kanssa."),
    ),
    Offered(
        "YLLAPITO",
        "Työasemien ylläpito",
        _MONTH,
        2_490,
        _STANDARD,
        _SEATS,
        ("Ylläpitosopimus", "Työasemien ylläpito 12 kk"),
        ("Kuukausipäivitykset ajettu.", "Neljännesvuosikatselmus pidetty."),
    ),
    Offered(
        "PALVELIN",
        "Palvelimen ylläpito",
        _MONTH,
        14_900,
        _STANDARD,
        (1000, 1000, 1000, 2000, 3000),
        ("Palvelimen ylläpitosopimus",),
        ("Varmuuskopion palautus testattu.", "Palvelimen päivitykset ajettu."),
    ),
    Offered(
        "VERKKOSIVUT",
        "Verkkosivujen ylläpito",
        _MONTH,
        5_900,
        _STANDARD,
        (1000,),
        ("Verkkosivujen ylläpitosopimus",),
        ("Sivuston päivitykset ja varmuuskopio tarkistettu.",),
    ),
    Offered(
        "MATKA",
        "Kilometrikorvaus",
        _KILOMETRE,
        62,
        _STANDARD,
        (8_000, 14_000, 22_000, 36_000, 54_000, 78_000, 104_000, 166_000),
    ),
    Offered(
        "TARJOILU",
        "Koulutuksen tarjoilu",
        _PIECE,
        1_250,
        _REDUCED,
        (4000, 6000, 8000, 10000, 15000),
    ),
    Offered("TIEDOTE", "Tietoturvatiedote, vuosikerta", _PIECE, 4_800, _REDUCED_LOW, (1000,)),
    Offered(
        "VIRANOMAINEN", "Viranomaismaksu, läpilaskutus", _PIECE, 7_500, _ZERO, (1000, 1000, 2000)
    ),
    Offered("TARVIKE", "Tarvikkeet", _PIECE, 1_990, _STANDARD, _FEW),
)

#: Places in SERVICES. Cabling at a building site is sold to businesses alone (AVL 8 c §).
JOBS_OF_PERSONS = (0, 0, 0, 0, 1, 1, 1, 2, 2, 5)
JOBS_OF_ORGANISATIONS = (0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 5, 5, 6)
CONTRACTS = (7, 7, 7, 8, 9, 9)
EXTRAS = (10, 10, 10, 10, 14, 14, 13, 12)
TRAINING, CATERING = 3, 11

MATERIALS = (
    "Verkkokaapeli 5 m, 2 kpl",
    "Kiintolevy 1 Tt",
    "Näyttökaapeli",
    "Tukiasema",
    "Kaapelia 60 m, rasioita 6 kpl",
    "Heloja ja ruuveja",
    "LED-valaisin, 4 kpl",
)
STAFF = ("Aino Korpela", "Eetu Rautio", "Jari Pesonen", "Kaisa Laamanen", "Sanna Ylönen")
TITLES = (
    "Toimitusjohtaja",
    "Toimistopäällikkö",
    "Talousvastaava",
    "Isännöitsijä",
    "IT-vastaava",
    "Kiinteistöpäällikkö",
    "Puheenjohtaja",
    "Assistentti",
    "Ostaja",
)
NOTES = (
    "Soitettu ja sovittu, että laskut lähetetään jatkossa sähköpostilla.",
    "Toivoo yhteydenottoa mieluiten aamupäivisin.",
    "Avaimet haetaan vastaanotosta, henkilöllisyys tarkistetaan.",
    "Kysyi tarjousta myös verkkosivujen ylläpidosta. Palataan syksyllä.",
    "Palaute: työ tehtiin ajallaan, kiitos asentajalle.",
    "Maksuajasta sovittu puhelimessa; kirjattu laskutustietoihin.",
    "Pihassa on aita ja irrallaan oleva koira, soitto ennen tuloa.",
    "Laskulle aina asiakkaan oma viite.",
    "Muutto tulossa kesällä, uusi osoite ilmoitetaan lomakkeella.",
    "Reklamaatio käsitelty: osa laskusta hyvitettiin.",
    "Asiakas haluaa työselosteen jokaisesta käynnistä.",
    "Sopimus irtisanottu kirjallisesti, viimeinen kuukausi laskutetaan normaalisti.",
)


class Prices:
    """Prices of each service, and its VAT rate in basis points, day by day."""

    def __init__(self, days: Days) -> None:
        this_year = days.today.year
        years = range(days.first.year, days.year[-1] + 1)
        #: By the place of the service and the year.
        self.cents = [
            {
                year: _rounded(service.cents * (100 - 2 * max(0, this_year - year)) // 100)
                for year in years
            }
            for service in SERVICES
        ]
        by_day = {
            category.value: [
                vat_basis_points(category, day) for day in days.calendar[: days.last + 1]
            ]
            for category in VatCategory
        }
        #: By the place of the service and the day.
        self.rates = [by_day[service.vat] for service in SERVICES]


def _rounded(cents: int) -> int:
    """Round to ten cents, except for what costs less than ten euros."""
    return cents if cents < 1_000 else cents // 10 * 10
