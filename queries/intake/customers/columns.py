"""Fields of columns, recognised by name; and tables that are not of customers.

Names are those that Finnish systems document (Netvisor, Heeros, Isolta, Visma Fivaldi), the common
Finnish, Swedish, English and German ones, and those of this register's own export. They are
compared by letters and digits alone: "E-Mail-Adresse" is "emailadresse".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

#: A header is within the first rows; titles and dates may be above it.
HEADER_WITHIN = 10

_NAMES = {
    "customer_number": "asiakasnumero asiakasnro asiakaskoodi asiakastunnus asnro koodi code"
    " customernumber customercode customerid customerno kundennummer kundnummer kundnr",
    "name": "nimi nimi1 asiakas asiakkaannimi name name1 customer customername namn kundnamn kunde"
    " kokonimi fullname displayname formattedname fn näyttönimi visningsnamn fullständigtnamn",
    "company": "yritys yrityksennimi yritysnimi company companyname organisation organization"
    " organisaatio organizationname organization1name org yhtiö yhteisö työnantaja företag"
    " företagsnamn firma firmanamn unternehmen",
    "name_more": "nimi2 name2 nimenjatke lisänimi nameextension",
    "given_name": "etunimi etunimet firstname givenname given forename förnamn vorname",
    "middle_name": "toinennimi toinenetunimi middlename additionalname mellannamn andranamn",
    "family_name": "sukunimi lastname surname familyname family efternamn nachname",
    "job_title": "tehtävänimike nimike ammattinimike jobtitle organizationtitle organization1title"
    " befattning yrkestitel",
    "contact_name": "yhteyshenkilö yhteyshenkilönnimi contactperson contactname kontaktperson"
    " kontaktpersonsnamn ansprechpartner",
    "contact_email": "yhteyshenkilönsähköposti contactemail contactpersonemail"
    " kontaktpersonsepost kontaktpersonensepost",
    "contact_phone": "yhteyshenkilönpuhelin yhteyshenkilönpuhelinnumero contactphone"
    " contactpersonphone kontaktpersonstelefon kontaktpersonenstelefon",
    "company_phone": "yrityksenpäänumero yrityksenpuhelin yrityksenpuhelinnumero päänumero vaihde"
    " companymainphone companyphone växel växelnummer företagetshuvudtelefon företagstelefon"
    " företagetstelefon",
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
    " strasse rechnungsadresse businessstreet businessaddress workaddress workstreet työosoite"
    " työosoitekatu työkatuosoite katuosoitetyö arbetsadress gatuadressarbete arbetsgata"
    " address1street",
    "street_more": "osoite2 osoiterivi2 lisärivi address2 additionalline adress2 zusätzlichezeile"
    " businessstreet2 workaddress2 address1extendedaddress",
    "post_code": "postinumero postinro postnro pnro laskutuspostinro laskutuspostinumero postcode"
    " postalcode zip zipcode postnummer postnr postleitzahl plz businesspostalcode workzipcode"
    " workpostalcode työpostinumero postinumerotyö työosoitepostinumero arbetspostnummer"
    " postnummerarbete address1postalcode",
    "town": "postitoimipaikka toimipaikka paikkakunta kaupunki ptp laskutuskaupunki city town"
    " postort ort businesscity workcity työpaikkakunta paikkakuntatyö työosoitepaikkakunta"
    " työpostitoimipaikka arbetsort ortarbete address1city",
    "country": "maa maakoodi maatunnus laskutusmaa country countrycode land landskod landkod"
    " ländercode businesscountryregion businesscountry workcountry maaalue maatyö"
    " työosoitemaa maaaluetyö landregion landregionarbete address1country",
    "home_street": "kotiosoite kotikatuosoite kotiosoitekatu katuosoitekoti homestreet homeaddress"
    " hemadress hemgata gatuadresshem address2street",
    "home_post_code": "kotipostinumero postinumerokoti kotiosoitepostinumero homepostalcode"
    " homezipcode hempostnummer postnummerhem address2postalcode",
    "home_town": "kotipaikkakunta paikkakuntakoti kotipostitoimipaikka kotiosoitepaikkakunta"
    " homecity hemort orthem address2city",
    "home_country": "kotiosoitemaa maakoti maaaluekoti homecountry homecountryregion"
    " hemland landregionhem address2country",
    "delivery_street": "toimitusosoite deliveryaddress leveransadress lieferadresse",
    "delivery_post_code": "toimituspostinumero toimituspostinro deliverypostalcode deliverypostcode"
    " leveranspostnummer",
    "delivery_town": "toimituskaupunki toimituspostitoimipaikka deliverycity leveranspostort",
    "delivery_country": "toimitusmaa deliverycountry leveransland",
    "email": "sähköposti sähköpostiosoite email emailaddress mail epost epostadress emailadresse"
    " sähköposti2 sähköposti3 sähköpostiosoite2 sähköpostiosoite3 sähköposti2osoite"
    " sähköposti3osoite email1 email2 email3 email2address email3address emailaddress2"
    " emailaddress3 email1value email2value email3value primaryemail secondaryemail workemail"
    " homeemail personalemail työsähköposti epost2 epost3 epostadress2 epostadress3 epost2adress"
    " epost3adress",
    "phone": "puhelin puhelinnumero puh matkapuhelin matkapuh gsm kännykkä phone phonenumber"
    " telephone tel mobile mobilephone telefon telefonnummer mobil mobiltelefon handy"
    " puhelin2 puhelinnumero2 työpuhelin työpuhelin2 kotipuhelin kotipuhelin2 muupuhelin"
    " ensisijainenpuhelin puhelintyö puhelinkoti businessphone businessphone2 workphone homephone"
    " homephone2 otherphone primaryphone mobilenumber phone1 phone2 phone3 phone1value phone2value"
    " phone3value telefon2 telefonarbete telefonarbete2 arbetstelefon arbetstelefon2 telefonhem"
    " telefonhem2 hemtelefon mobilnummer annantelefon primärtelefon",
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
    " abteilungkontakt",
    "started_on": "asiakkuusalkanut asiakkuusalkoi alkanut alkupäivä asiakasalkaen startedon"
    " customersince kundsedan började",
    "ended_on": "asiakkuuspäättynyt asiakkuuspäättyi päättynyt loppupäivä endedon customeruntil"
    " kundtill slutade upphörde",
}

#: What a column can hold, in the order in which a person chooses.
FIELDS = tuple(_NAMES)

#: Several columns may hold one of these.
SEVERAL = frozenset({"email", "phone", "note", "contact_email", "contact_phone", "company_phone"})


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

#: Columns in which an address book shows a name that it also has in parts.
_FOR_SHOW = frozenset({"displayname", "formattedname", "fn", "näyttönimi", "visningsnamn"})
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
    return _meant_together(found, names)


def _meant_together(found: dict[int, str], names: Sequence[str]) -> dict[int, str]:
    """The fields as they are meant beside each other: a company's column alone names the party, and
    a name for show says nothing beside a first and a last name."""
    fields = set(found.values())
    if {"given_name", "family_name"} <= fields:
        shown = {at for at in found if found[at] == "name" and plain(names[at]) in _FOR_SHOW}
        found = {at: field for at, field in found.items() if at not in shown}
    if "company" in fields and not fields & {"name", "given_name", "family_name"}:
        return {at: "name" if field == "company" else field for at, field in found.items()}
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
    """``bank_statement``, for what is not a customer table.

    >>> other_form(["Kirjauspäivä", "Maksupäivä", "Summa", "Viitenumero", "Arkistointitunnus"])
    'bank_statement'
    """
    keys = {plain(name) for name in names}
    booked = keys & {"kirjauspäivä", "arvopäivä", "kirjauspvm", "maksupäivä", "bookingdate"}
    bank = keys & {
        "arkistointitunnus",
        "viitenumero",
        "tapahtumalaji",
        "saajantilinumero",
        "summa",
        "määrä",
        "amount",
        "määräeuroa",
        "saajamaksaja",
        "selitys",
    }
    if booked and len(bank) >= 2:  # noqa: PLR2004 - a date and a sum alone could be anything
        return "bank_statement"
    return None


#: Procountor's partner file has no names of columns: what is known of it by position (columns B,
#: N and BA of its instructions).
PROCOUNTOR = {1: "business_id", 13: "iban", 52: "customer_number"}
