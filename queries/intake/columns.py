"""Which field a column holds, by its name; and what is no customer table at all.

Names are those that Finnish systems document (Netvisor, Heeros, Isolta, Visma Fivaldi), the common
Finnish, Swedish, English and German ones, and those of this register's own export. They are
compared by letters and digits alone: "E-Mail-Adresse" is "emailadresse".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

#: A header stands within the first rows; titles and dates may stand above it.
HEADER_WITHIN = 10

_NAMES = {
    "customer_number": "asiakasnumero asiakasnro asiakaskoodi asiakastunnus asnro koodi code"
    " customernumber customercode customerid customerno kundennummer kundnummer kundnr",
    "name": "nimi nimi1 asiakas asiakkaannimi yritys yrityksennimi yritysnimi name name1 customer"
    " customername company companyname organisation organisaatio namn kundnamn företag firma kunde",
    "name_more": "nimi2 name2 nimenjatke lisänimi nameextension",
    "given_name": "etunimi etunimet firstname givenname förnamn vorname",
    "family_name": "sukunimi lastname surname familyname efternamn nachname",
    "kind": "tyyppi asiakastyyppi laji type kind customertype kundtyp typ",
    "is_private": "privatkunde yksityisasiakas henkilöasiakas yksityishenkilö kuluttaja"
    " privatecustomer privateperson privatkund privatperson",
    "business_id": "ytunnus lytunnus businessid companyid regnr fonummer foochsignum"
    " organisationsnummer orgnr businessidsocialsecuritynumber ytunnushenkilötunnus ytunnushetu",
    "vat_number": "alvtunnus alvnumero alvnro vattunnus arvonlisäverotunniste vatid vatnumber vatno"
    " momsnummer momsregistreringsnummer ustidnr ustid",
    "foreign_id": "ulkomainentunnus foreignid utländskid utländskidentifierare",
    "street": "osoite katuosoite lähiosoite postiosoite jakeluosoite laskutusosoite address"
    " address1 street streetaddress billingaddress adress gatuadress näradress adresse"
    " faktureringsadress"
    " strasse rechnungsadresse",
    "street_more": "osoite2 osoiterivi2 lisärivi address2 additionalline adress2 zusätzlichezeile",
    "post_code": "postinumero postinro postnro pnro laskutuspostinro laskutuspostinumero postcode"
    " postalcode zip zipcode postnummer postnr postleitzahl plz",
    "town": "postitoimipaikka toimipaikka paikkakunta kaupunki ptp laskutuskaupunki city town"
    " postort ort",
    "country": "maa maakoodi maatunnus laskutusmaa country countrycode land landskod landkod"
    " ländercode",
    "delivery_street": "toimitusosoite deliveryaddress leveransadress lieferadresse",
    "delivery_post_code": "toimituspostinumero toimituspostinro deliverypostalcode deliverypostcode"
    " leveranspostnummer",
    "delivery_town": "toimituskaupunki toimituspostitoimipaikka deliverycity leveranspostort",
    "delivery_country": "toimitusmaa deliverycountry leveransland",
    "email": "sähköposti sähköpostiosoite email emailaddress mail epost epostadress emailadresse",
    "phone": "puhelin puhelinnumero puh matkapuhelin matkapuh gsm kännykkä phone phonenumber"
    " telephone tel mobile mobilephone telefon telefonnummer mobil mobiltelefon handy",
    "language": "kieli kielikoodi asiointikieli laskutuskieli language languagecode invoicelanguage"
    " språk språkkod sprache",
    "active": "aktiivinen active aktiv",
    "status": "tila status",
    "role": "rooli roolit role roles roll roller",
    "e_invoice_address": "verkkolaskuosoite verkkolaskutunnus verkkolaskuvastosoite ovt ovttunnus"
    " einvoiceaddress einvoiceid einvoiceadresse nätfakturaadress efakturaadress",
    "operator": "välittäjä välittäjätunnus operaattori operaattoritunnus verkkolaskuoperaattori"
    " verkkolaskuvälittäjä verkkolaskuvastvälittäjä operator operatorcode operatorid intermediator"
    " einvoiceoperator förmedlare förmedlarkod",
    "billing_email": "laskutussähköposti laskutuksensähköposti sähköpostilaskuosoite billingemail"
    " invoiceemail fakturaepost faktureringsepost",
    "iban": "iban tilinumero pankkitili bankaccount bankaccountnumber kontonummer bankkonto",
    "payment_days": "maksuaika maksuaikapv maksuehto maksuehtopv paymentterm paymentterms"
    " paymentdays betalningsvillkor betalningstid zahlungsziel",
    "buyer_reference": "viitteenne ostajanviite tilausviite laskutusviite buyerreference"
    " yourreference erreferens köparensreferens",
    "note": "lisätietoja lisätiedot lisätieto huomautus huomautukset muistiinpano muistiinpanot"
    " memo comment comments note notes anteckning anteckningar kommentar bemerkung"
    " yhteyshenkilö contactperson kontaktperson abteilungkontakt",
    "started_on": "asiakkuusalkanut alkanut alkupäivä asiakasalkaen startedon customersince"
    " kundsedan började",
    "ended_on": "asiakkuuspäättynyt päättynyt loppupäivä endedon slutade upphörde",
}

#: What a column can hold, in the order in which a person chooses.
FIELDS = tuple(_NAMES)

#: Several columns may hold one of these.
SEVERAL = frozenset({"email", "phone", "note"})


def plain(name: str) -> str:
    """A column's name as it is compared: its letters and digits.

    >>> plain(" E-Mail-Adresse "), plain("Reg. Nr."), plain("Straße")
    ('emailadresse', 'regnr', 'strasse')
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in folded if character.isalnum())


def letters(position: int) -> str:
    """A column's letters as spreadsheets count, from 0.

    >>> letters(0), letters(25), letters(26), letters(52)
    ('A', 'Z', 'AA', 'BA')
    """
    found = ""
    left = position + 1
    while left:
        left, rest = divmod(left - 1, 26)
        found = chr(ord("A") + rest) + found
    return found


def _bare(name: str) -> str:
    """Without the dots of umlauts, as older systems write."""
    return name.translate(str.maketrans("äöåü", "aoau"))


_FIELD_OF = {name: field for field, names in _NAMES.items() for name in names.split()}
_FIELD_OF_BARE = {_bare(name): field for name, field in _FIELD_OF.items()}

#: A code of Fivaldi's own settings, not a number of days: meaningless elsewhere.
_NOT_IN = {"fivaldi": frozenset({"payment_days"})}


def field_of(name: str) -> str | None:
    """The field that a column of this name holds; None for a name that is not known.

    >>> field_of("E-mail"), field_of("Puh."), field_of("Alennusprosentti")
    ('email', 'phone', None)
    """
    key = plain(name)
    return _FIELD_OF.get(key) or _FIELD_OF_BARE.get(key)


def recognise(names: Sequence[str]) -> dict[int, str]:
    """The field of each column whose name is known; the first of two of one field counts.

    >>> recognise(["Asiakaskoodi", "Nimi", "Alennusprosentti", "Y-tunnus"])
    {0: 'customer_number', 1: 'name', 3: 'business_id'}
    """
    found: dict[int, str] = {}
    left_out = _NOT_IN.get(system(names) or "", frozenset())
    for position, name in enumerate(names):
        field = field_of(name)
        if field is None or field in left_out:
            continue
        if field in SEVERAL or field not in found.values():
            found[position] = field
    return found


_SIGNS = {
    "fivaldi": {"asiakastunnus", "nimi1", "koronesto"},
    "netvisor": {"asiakaskoodi", "nimi", "postitoimipaikka", "oletusmyyjä"},
    "heeros": {"code", "name", "postalcode", "shortname"},
    "isolta": {"name", "rechnungsadresse", "kundennummer"},
}


def system(names: Sequence[str]) -> str | None:
    """The system whose customer table has such columns, when it is one that is known."""
    keys = {plain(name) for name in names}
    return next((found for found, signs in _SIGNS.items() if signs <= keys), None)


def other_form(names: Sequence[str]) -> str | None:
    """``bank_statement``, for what is no customer table.

    >>> other_form(["Kirjauspäivä", "Maksupäivä", "Summa", "Viitenumero", "Arkistointitunnus"])
    'bank_statement'
    """
    keys = {plain(name) for name in names}
    booked = keys & {"kirjauspäivä", "arvopäivä", "kirjauspvm", "maksupäivä", "bookingdate"}
    bank = keys & {"arkistointitunnus", "viitenumero", "tapahtumalaji", "saajantilinumero", "summa",
                   "määrä", "amount", "määräeuroa", "saajamaksaja", "selitys"}  # fmt: skip
    if booked and len(bank) >= 2:  # noqa: PLR2004 - a date and a sum alone could be anything
        return "bank_statement"
    return None


#: Procountor's partner file has no names of columns: what is known of it by position (columns B,
#: N and BA of its instructions).
PROCOUNTOR = {1: "business_id", 13: "iban", 52: "customer_number"}
