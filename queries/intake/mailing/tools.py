"""Lists of a mailing tool, recognised by a table's columns and the file's name.

Consent is never invented: only a file or a row that itself says yes brings a subscriber, and who
said no, sent back or was blocked is suppressed. Mailchimp writes a file for each state; Brevo,
MailerLite, Ghost and listmonk write one file in which each row has its own.
"""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Sequence

from queries.errors import UnreadableFile
from queries.intake.customers.columns import field_of, plain
from queries.store.tables import SuppressionKind


class MailingList(enum.StrEnum):
    """List of a mailing tool that a file holds."""

    SUBSCRIBED = "subscribed"
    """who gets the newsletter"""
    UNSUBSCRIBED = "unsubscribed"
    """who said no"""
    CLEANED = "cleaned"
    """whose mailbox sent the letters back"""
    MEMBERS = "members"
    """everybody, each row with its own permission"""


class MailingPermission(enum.StrEnum):
    """Statement of a row on the newsletter."""

    YES = "yes"
    NO = "no"
    BOUNCED = "bounced"
    UNKNOWN = "unknown"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MAILCHIMP = _words(
    "optintime optinip memberrating leid euid unsubtime unsubreason cleantime"
    " cleancampaigntitle unsubcampaignid"
)
#: Columns that say yes or no to the newsletter, by what a yes in them means.
_ALLOWS = _words(
    "optin doubleoptin subscribed issubscribed subscribedtoemails emailsubscribed newsletter"
    " emailmarketing emailmarketingconsent acceptsmarketing acceptsemailmarketing"
    " marketingpermission marketingconsent emailconsent emailpermission consent gdprconsent"
    " permission uutiskirje uutiskirjelupa markkinointilupa sähköpostilupa"
    " suoramarkkinointilupa suostumus nyhetsbrev marknadsföringslov samtycke"
)
_FORBIDS = _words(
    "blocklisted emailblocklisted blacklisted emailblacklisted unsubscribed optedout optout"
    " donotemail donotcontact emailoptout hasoptedoutofemail markkinointikielto"
    " suoramarkkinointikielto uutiskirjekielto sähköpostikielto reklamspärr bounced"
    " hardbounced complained"
)
_STATES = _words(
    "status state subscriberstatus emailstatus emailmarketingstatus subscriptionstatus tila"
    " tilauksentila"
)
#: Columns that only a mailing tool writes, or that this register writes for one.
_OF_A_TOOL = _words(
    "contactid uuid subscriber opens opened clicks clicked sent campaigns bounces addedtime"
    " signupip optinip optintime confirmtime confirmip labels tiers complimentaryplan"
    " stripecustomerid attributes listids lists tags lastchanged listunsubscribe"
    " listunsubscribepost unsubscribe unsubscribelink unsubscribeurl"
)
#: What a row of customers has, and a list of subscribers has not.
_OF_A_CUSTOMER = _words(
    "customer_number business_id vat_number foreign_id e_invoice_address iban billing_email"
    " payment_days role started_on street post_code town company contact_name company_phone"
    " home_street"
)
#: Columns that only an address book writes, such as the one of Google.
_OF_AN_ADDRESS_BOOK = _words(
    "email1label email1type email1value phone1label phone1type phone1value fileas nameprefix"
    " organizationtitle organization1title businessphone companymainphone työpuhelin"
    " arbetstelefon telefonarbete"
)
_SUBJECT = re.compile(
    r"markkinoin|uutiskirj|marketing|newsletter|marknadsför|nyhetsbrev|reklam|mainosposti|mailing"
)
_FORBIDDING = re.compile(
    r"kiel(?:to|letty|tänyt|täytynyt)|estetty|esto|optout|optedout|forbidden|prohibit|unsubscr"
    r"|refus|spärr|förbud|förbjud|nekad|avböj|block|^do?n[o']?t|^no(?=marketing|newsletter)|^ei"
    r"|^ingen?|objection"
)
_ALLOWING = re.compile(
    r"lupa|suostumus|salli|saa|hyväks|permi|consent|allow|accept|optin|optedin|ok$|tillstånd"
    r"|tillåt|samtycke|lov$|godkän|kyllä|tilaa|subscrib|prenumer"
)
#: The subject alone asks whether it may be sent.
_ALONE = _words(
    "markkinointi sähköpostimarkkinointi suoramarkkinointi sähköinenmarkkinointi uutiskirje"
    " uutiskirjeet marketing emailmarketing directmarketing newsletter newsletters"
    " marknadsföring epostmarknadsföring direktmarknadsföring nyhetsbrev nyhetsbreven reklam"
)
_OF_A_LIST = frozenset({"email", "given_name", "family_name", "language", "status"})
_STATE_WORDS = {
    MailingPermission.YES: "subscribed active opted-in optedin confirmed tilaaja tilaa",
    MailingPermission.NO: "unsubscribed opted-out optedout blocklisted blacklisted blocked"
    " complained complaint spam junk suppressed removed archived perunut kieltänyt",
    MailingPermission.BOUNCED: "bounced cleaned undeliverable invalid hardbounce hard-bounce"
    " hardbounced",
}
#: Columns with the moment at which somebody said yes.
_SAID_YES_AT = _words(
    "optintime optindate optinat optintimestamp doubleoptindate subscribedat subscribedon"
    " confirmtime confirmedat suostumuspäivä suostunut samtyckesdatum consentdate"
)
_DAY = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}")
_YES = _words("1 yes y true on x kyllä k ja j sant tosi subscribed opted-in")
_NO = _words("0 no n false off ei e nej falskt epätosi unsubscribed opted-out")


def mailing_list(names: Sequence[str], file: str) -> MailingList | None:
    """Return the list of a mailing tool that has these columns; None for another table.

    :param file: the name of the file: Mailchimp's lists differ by it alone.
    :raises UnreadableFile: ``list_of_non_subscribers``: nobody in it subscribed to the newsletter;
        ``mailing_list_unknown``: a list of addresses that says nothing of permission.

    >>> mailing_list(["Email Address", "UNSUB_TIME", "UNSUB_REASON"], "a.csv").value
    'unsubscribed'
    >>> mailing_list(["EMAIL", "EMAIL_BLOCKLISTED", "OPT_IN", "ADDED_TIME"], "a.csv").value
    'members'
    >>> mailing_list(["Nimi", "Y-tunnus", "Sähköposti"], "a.csv") is None
    True
    """
    keys = {plain(name) for name in names}
    if len(keys & _MAILCHIMP) >= 2:  # noqa: PLR2004 - one could be chance
        return _of_mailchimp(keys, plain(file))
    fields = {field for field in map(field_of, names) if field is not None}
    if "email" not in fields and not keys & {"subscriber"}:
        return None
    tools = bool(keys & _OF_A_TOOL)
    if (fields & _OF_A_CUSTOMER and not tools) or keys & _OF_AN_ADDRESS_BOOK:
        return None
    if keys & (_ALLOWS | _FORBIDS | _SAID_YES_AT) or (tools and keys & _STATES):
        return MailingList.MEMBERS
    if tools or fields <= _OF_A_LIST:
        raise UnreadableFile("mailing_list_unknown")
    return None


def is_of_a_tool(names: Sequence[str]) -> bool:
    """Check if these are the column names of a mailing tool, wherever they are in the file."""
    keys = {plain(name) for name in names}
    has_address = bool(keys & {"email", "subscriber"})
    return len(keys & _MAILCHIMP) >= 2 or (has_address and len(keys & _OF_A_TOOL) >= 2)  # noqa: PLR2004 - one could be chance


def has_tool_columns(names: Sequence[str]) -> bool:
    """Check if one of the columns is one that only a mailing tool writes."""
    keys = {plain(name) for name in names}
    return bool(keys & (_OF_A_TOOL | _MAILCHIMP))


def _of_mailchimp(keys: set[str], file: str) -> MailingList:
    if "nonsubscribed" in file:
        raise UnreadableFile("list_of_non_subscribers")
    if keys & {"unsubtime", "unsubreason", "unsubcampaignid"} or "unsubscribed" in file:
        return MailingList.UNSUBSCRIBED
    if keys & {"cleantime", "cleancampaigntitle"} or file.startswith("cleaned"):
        return MailingList.CLEANED
    return MailingList.SUBSCRIBED


def permission_columns(names: Sequence[str]) -> tuple[int, ...]:
    """The positions of the columns that say something of permission."""
    known = _ALLOWS | _FORBIDS | _STATES | _SAID_YES_AT
    return tuple(at for at, name in enumerate(names) if plain(name) in known)


@functools.lru_cache(maxsize=16)
def customers_permission_columns(names: tuple[str, ...]) -> tuple[int, ...]:
    """The positions of the columns of a customer table that say yes or no to marketing."""
    return tuple(at for at, name in enumerate(names) if _sense(plain(name)) is not None)


def customers_permission(name: str, value: str) -> tuple[MailingPermission, SuppressionKind]:
    """Return what a cell of a customer table says, and what it refuses.

    >>> [str(one) for one in customers_permission("Suoramarkkinointikielto", "Kyllä")]
    ['no', 'marketing']
    >>> [str(one) for one in customers_permission("Uutiskirje", "ei")]
    ['no', 'newsletter']
    """
    key = plain(name)
    sense = _sense(key)
    given = value.strip().casefold()
    kind = SuppressionKind.NEWSLETTER
    if sense is MailingPermission.NO and not re.search(
        r"uutiskirj|newsletter|nyhetsbrev|bounced", key
    ):
        kind = SuppressionKind.MARKETING
    if given in _NO or given in _YES or sense is None:
        return (
            MailingPermission.NO
            if (given in _YES) is (sense is MailingPermission.NO)
            else MailingPermission.YES
        ), kind
    words = {state: listed.split() for state, listed in _STATE_WORDS.items()}
    word = given.replace(" ", "-")
    for state, listed in words.items():
        if word in listed:
            return (MailingPermission.NO if state is MailingPermission.BOUNCED else state), kind
    if sense is MailingPermission.YES:
        said = re.match(r"ei |no |nej |kiel|förbj|estetty|refus", f"{given} ")
        return (MailingPermission.NO if said else MailingPermission.UNKNOWN), kind
    # The day of a refusal is a refusal, other words are not.
    return (MailingPermission.NO if _DAY.match(given) else MailingPermission.UNKNOWN), kind


def _sense(key: str) -> MailingPermission | None:
    """Return what a yes in a column means; None for an unrelated column."""
    if key in _FORBIDS:
        return MailingPermission.NO
    if key in _ALLOWS or key in _ALONE:
        return MailingPermission.YES
    if not _SUBJECT.search(key):
        return None
    if _FORBIDDING.search(key):
        return MailingPermission.NO
    return MailingPermission.YES if _ALLOWING.search(key) else None


def permission(cells: Sequence[tuple[str, str]]) -> MailingPermission:
    """Return the statement of a row on the newsletter: a no in any column is a no.

    :param cells: the name and the value of each column of :func:`permission_columns`.

    >>> permission([("OPT_IN", "true"), ("EMAIL_BLOCKLISTED", "no")]).value
    'yes'
    >>> permission([("OPT_IN", "true"), ("EMAIL_BLOCKLISTED", "yes")]).value
    'no'
    >>> permission([("status", "enabled")]).value
    'unknown'
    """
    said = {_said(plain(name), value.strip().casefold()) for name, value in cells}
    for one in (MailingPermission.NO, MailingPermission.BOUNCED, MailingPermission.YES):
        if one in said:
            return one
    return MailingPermission.UNKNOWN


def _said(key: str, value: str) -> MailingPermission:
    if not value:
        return MailingPermission.UNKNOWN
    if key in _STATES:
        word = value.replace(" ", "-")
        words = {state: listed.split() for state, listed in _STATE_WORDS.items()}
        return next(
            (state for state, listed in words.items() if word in listed), MailingPermission.UNKNOWN
        )
    no = value in _NO
    if key in _FORBIDS:
        # What is neither yes nor no, such as the day of the no, is a no.
        bounced = key.endswith("bounced")
        return (
            MailingPermission.UNKNOWN
            if no
            else MailingPermission.BOUNCED
            if bounced
            else MailingPermission.NO
        )
    if value in _YES or _DAY.match(value):
        return MailingPermission.YES
    return MailingPermission.NO if no else MailingPermission.UNKNOWN
