"""Dealings of the demonstration company with others: recipients, a form, data from elsewhere.

Few rows, whatever its size, and they differ on purpose: an agreement that ends soon, some
disclosures, messages that wait, people who have yet to be informed of the source of their data.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from queries.demonstration.days import Days
from queries.demonstration.feeds import BY
from queries.demonstration.numbers import phone
from queries.rules.recipients import RecipientKind, RecipientRole
from queries.store.tables import (
    ConsentText,
    Disclosure,
    Email,
    FormMessage,
    Party,
    PartyKind,
    PartyStatus,
    Phone,
    Recipient,
    Source,
    SourceNotice,
    ToldHow,
    WebForm,
)

#: Name, kind, which data, what for, country, agreement, and in how many days it ends.
RECIPIENTS: tuple[tuple[str, RecipientKind, str, str, str, str | None, int | None], ...] = (
    (
        "Tilitoimisto Mallitase Oy",
        RecipientKind.ACCOUNTANT,
        "Laskut, maksut ja laskutusosoitteet",
        "Kirjanpito",
        "FI",
        "Kirjanpitosopimus ja tietojenkäsittelyn liite",
        None,
    ),
    (
        "Veroputki Esimerkki Oy",
        RecipientKind.TAX_SYSTEM,
        "Laskujen arvonlisäverotiedot",
        "Veroilmoitukset",
        "FI",
        "Palvelusopimus ja tietojenkäsittelyn liite",
        None,
    ),
    (
        "Työpolku Esimerkki Oy",
        RecipientKind.WORK_TRACKING,
        "Tilaukset, työtunnit ja kohteiden osoitteet",
        "Töiden ja tuntien seuranta",
        "FI",
        "Käyttöehdot ja tietojenkäsittelyn liite",
        None,
    ),
    (
        "Laskusilta Esimerkki Oy",
        RecipientKind.E_INVOICE_OPERATOR,
        "Verkkolaskut ja osoitteet",
        "Laskujen välitys",
        "FI",
        "Välityssopimus",
        40,
    ),
    (
        "Nordbrev Exempel AB",
        RecipientKind.MAILING_TOOL,
        "Nimi, sähköposti ja kieli",
        "Uutiskirjeen lähetys",
        "SE",
        "Personuppgiftsbiträdesavtal",
        None,
    ),
    (
        "Konesali Esimerkki Oy",
        RecipientKind.HOSTING,
        "Rekisteri salattuna varmuuskopiona",
        "Varmuuskopioiden säilytys",
        "FI",
        "Palvelusopimus ja tietojenkäsittelyn liite",
        None,
    ),
    (
        "Perintä Esimerkki Oy",
        RecipientKind.COLLECTION,
        "Erääntyneet laskut ja yhteystiedot",
        "Saatavien perintä",
        "FI",
        None,
        None,
    ),
)

#: Place in the row of recipients, what, and how many days ago.
_GIVEN = (
    (0, "Laskujen tiedot", 34),
    (3, "Verkkolaskut", 21),
    (2, "Nimi ja kohteen osoite", 12),
    (6, "Erääntynyt lasku ja yhteystiedot", 6),
)

#: Name, town, street, post code, message, and how many days ago; the first comes from a customer.
_MESSAGES = (
    (
        "Saku Sähköposti",
        "Mikkeli",
        "Esimerkkikuja 4",
        "50100",
        "Hei! Olisiko teillä lähiviikkoina aikaa ikkunanpesuun? Ikkunoita on kaksitoista.",
        9,
    ),
    (
        "Liisa Lomake",
        "Juva",
        None,
        None,
        "Pyytäisin tarjousta sähkökeskuksen vaihdosta. Minut tavoittaa parhaiten iltapäivisin.",
        4,
    ),
    (
        "Kalle Kysyjä",
        None,
        None,
        None,
        "Vastaatteko myös mökkikohteista?\nSijainti on Hirvensalmen lähellä.",
        1,
    ),
)

#: Telephone numbers from here on are nobody's of the register.
_STRANGERS = 19_999_000

#: Source of a telephone number, how many days ago, and after how many days the person was informed.
_FROM_ELSEWHERE = (
    (Source.THIRD_PARTY, 75, 12),
    (Source.YTJ, 58, 20),
    (Source.THIRD_PARTY, 47, None),
    (Source.YTJ, 18, None),
    (Source.YTJ, 3, None),
    (Source.UNKNOWN, 400, None),
    (Source.UNKNOWN, 900, None),
)


def fill_outside(connection: Connection, days: Days) -> None:
    """Add the rows to the loaded company, in its transaction, while it has no triggers."""
    people = _people(connection, days)
    _recipients(connection, days, people)
    _form(connection, days, people)
    _elsewhere(connection, days, people)


def _people(connection: Connection, days: Days) -> list[int]:
    """Customers of long standing, by their keys: the first few of the load."""
    return list(
        connection.scalars(
            select(Party.id)
            .where(
                Party.kind == PartyKind.PERSON,
                Party.is_customer,
                Party.status == PartyStatus.ACTIVE,
                Party.started_on < days.today - timedelta(days=1_000),
            )
            .order_by(Party.id)
            .limit(len(_FROM_ELSEWHERE))
        )
    )


def _stamp(days: Days) -> dict[str, Any]:
    return {"version": 1, "changed_at": days.now, "changed_by": BY}


def _recipients(connection: Connection, days: Days, people: list[int]) -> None:
    today = days.today
    keys = []
    for name, kind, what, purpose, country, agreement, ends in RECIPIENTS:
        keys.append(
            connection.scalar(
                insert(Recipient)
                .values(
                    name=name,
                    kind=kind,
                    what=what,
                    purpose=purpose,
                    country=country,
                    role=RecipientRole.CONTROLLER if agreement is None else RecipientRole.PROCESSOR,
                    agreement=agreement,
                    agreed_on=None if agreement is None else days.first + timedelta(days=60),
                    ends_on=None if ends is None else today + timedelta(days=ends),
                    **_stamp(days),
                )
                .returning(Recipient.id)
            )
        )
    for party, (place, what, ago) in zip(people, _GIVEN, strict=False):
        connection.execute(
            insert(Disclosure).values(
                party_id=party,
                recipient_id=keys[place],
                what=what,
                disclosed_on=today - timedelta(days=ago),
                noted_by=BY,
            )
        )


def _form(connection: Connection, days: Days, people: list[int]) -> None:
    """A form whose secret nobody knows: who tries it out makes a new one."""
    consent = connection.scalar(
        select(ConsentText.id)
        .where(ConsentText.language == "fi")
        .order_by(ConsentText.version.desc())
        .limit(1)
    )
    form = connection.scalar(
        insert(WebForm)
        .values(
            name="Verkkosivun yhteydenotto",
            key="0123456789abcdef",
            secret_hash="0" * 64,
            origins="https://www.kixit.example",
            language="fi",
            consent_text_id=consent,
            active=True,
            **_stamp(days),
        )
        .returning(WebForm.id)
    )
    customer = connection.execute(
        select(Party.name, Email.address)
        .join(Email, Email.party_id == Party.id)
        .where(Party.id.in_(people))
        .order_by(Party.id, Email.id)
        .limit(1)
    ).first()
    for n, (called, town, street, code, message, ago) in enumerate(_MESSAGES):
        name, mail = called, f"{called.split()[0].lower()}@posti.example"
        if n == 0 and customer is not None:
            name, mail = customer
        consents = n == 1 and consent is not None
        connection.execute(
            insert(FormMessage).values(
                form_id=form,
                received_at=days.now - timedelta(days=ago),
                received_on=days.today - timedelta(days=ago),
                language="fi",
                name=name,
                email=mail,
                phone=phone(_STRANGERS + n),
                street=street,
                post_code=code,
                town=town,
                message=message,
                consents=consents,
                consent_text_id=consent if consents else None,
            )
        )


def _elsewhere(connection: Connection, days: Days, people: list[int]) -> None:
    """Add telephone numbers from others or of unknown source; some people have been informed.

    Whoever has not is noted by the triggers' own rebuilding, at the end of the load.
    """
    rows = connection.execute(
        select(Phone.id, Phone.party_id)
        .where(Phone.party_id.in_(people))
        .order_by(Phone.id)
        .limit(len(people))
    ).all()
    first = {party: key for key, party in reversed([tuple(row) for row in rows])}
    for (party, key), (source, ago, told) in zip(
        sorted(first.items()), _FROM_ELSEWHERE, strict=False
    ):
        on = days.today - timedelta(days=ago)
        connection.execute(
            update(Phone).where(Phone.id == key).values(source=source, sourced_on=on)
        )
        if told is not None:
            connection.execute(
                insert(SourceNotice).values(
                    party_id=party,
                    source=source,
                    since=on,
                    told_on=on + timedelta(days=told),
                    told_by=BY,
                    how=ToldHow.POST,
                )
            )
