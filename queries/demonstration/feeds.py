"""The rows of one batch, table by table, in the order in which the tables refer to each other.

What is the same in every row (``version``, who changed it) is said once for the table and not
carried in the rows. The facts of retention (``last_event_on``, ``voucher_on``, ``rest_on``) come
with the rows, because writing them into fifteen million rows afterwards would take longer than
all the rest; :func:`queries.store.derived.install` compares each with what the rows say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, NamedTuple

#: Who changed the rows of a demonstration.
BY = "demo"
_STAMP = {"version": 1, "changed_by": BY}

Row = tuple[Any, ...]


class Feed(NamedTuple):
    """The columns of a table's rows, and the constants of the others in every row."""

    table: str
    columns: tuple[str, ...]
    constants: dict[str, Any]


def _feed(table: str, columns: str, **constants: Any) -> Feed:
    return Feed(table, tuple(columns.split()), constants)


_SOURCED = "purpose source sourced_on changed_at"

SERVICE = _feed(
    "service", "id code name unit unit_price_cents vat_category changed_at", active=True, **_STAMP
)
FINANCIAL_YEAR = _feed("financial_year", "id starts_on ends_on changed_at", **_STAMP)
NUMBER_SERIES = _feed("number_series", "name next_number")
PARTY = _feed(
    "party",
    "id customer_number kind name given_name family_name sort_name business_id language status town"
    " is_customer is_partner is_contact started_on ended_on source sourced_on changed_at",
    **_STAMP,
)
PARTY_SEARCH = _feed("party_search", "party_id text")
CONTACT_PERSON = _feed("contact_person", "id organisation_id person_id title changed_at", **_STAMP)
ADDRESS = _feed(
    "address", f"id party_id street post_code town is_primary {_SOURCED}", country="FI", **_STAMP
)
EMAIL = _feed("email", f"id party_id address is_primary {_SOURCED}", **_STAMP)
PHONE = _feed("phone", f"id party_id number is_primary {_SOURCED}", **_STAMP)
BILLING_DETAIL = _feed(
    "billing_detail",
    f"id party_id method e_invoice_address operator email payment_days buyer_reference {_SOURCED}",
    **_STAMP,
)
NOTE = _feed("note", "id party_id text noted_on noted_by changed_at", **_STAMP)
ORDER = _feed(
    "service_order",
    "id number party_id service_id title description status ordered_on due_on closed_on"
    " buyer_reference changed_at invoiced_on voucher_on rest_on",
    **_STAMP,
)
WORK = _feed(
    "work_entry",
    "id order_id party_id done_on done_by description minutes material changed_at",
    **_STAMP,
)
INVOICE = _feed(
    "invoice",
    "id kind status number party_id order_id credits_id issued_on due_on reference buyer_name"
    " buyer_address buyer_business_id buyer_reference free_text net_cents vat_cents total_cents"
    " open_cents changed_at last_event_on",
    origin="own",
    **_STAMP,
)
LINE = _feed(
    "invoice_line",
    "id invoice_id position service_id description quantity_thousandths"
    " unit unit_price_cents discount_basis_points vat_category vat_basis_points"
    " net_cents",
)
PAYMENT = _feed(
    "payment", "id invoice_id party_id paid_on amount_cents source changed_at", **_STAMP
)
STORAGE_ROOM = _feed("storage_room", "id name place lock changed_at", **_STAMP)
KEY_HOLDER = _feed(
    "key_holder", "id room_id name username reason held_from held_until changed_at", **_STAMP
)
PAPER_RECORD = _feed(
    "paper_record",
    "id number kind title class_code starts_on ends_on room_id shelf disposed_on changed_at",
    **_STAMP,
)
PAPER_PARTY = _feed("paper_party", "paper_id party_id")
PAPER_LOAN = _feed(
    "paper_loan", "id paper_id lent_to reason lent_on due_on returned_on", noted_by=BY
)
PAPER_DESTRUCTION = _feed(
    "paper_destruction", "paper_id destroyed_on destroyed_by method witness", noted_by=BY
)

CONSENT_TEXT = _feed("consent_text", "id version language text since", written_by=BY)
SUBSCRIPTION = _feed(
    "subscription",
    "id party_id address address_key name language basis consent_text_id source sourced_on"
    " changed_at",
    **_STAMP,
)
SUPPRESSION = _feed("suppression", "kind address_hash since")

#: Each table after those that it refers to.
FEEDS = (
    SERVICE,
    FINANCIAL_YEAR,
    NUMBER_SERIES,
    PARTY,
    PARTY_SEARCH,
    CONTACT_PERSON,
    ADDRESS,
    EMAIL,
    PHONE,
    BILLING_DETAIL,
    NOTE,
    ORDER,
    WORK,
    INVOICE,
    LINE,
    PAYMENT,
    STORAGE_ROOM,
    KEY_HOLDER,
    PAPER_RECORD,
    PAPER_PARTY,
    PAPER_LOAN,
    PAPER_DESTRUCTION,
    CONSENT_TEXT,
    SUBSCRIPTION,
    SUPPRESSION,
)


class Rows:
    """The rows of a batch; :meth:`take` hands them over and empties it. Keys count on.

    What adds rows and what gives keys is fetched once: both are called fifty million times.
    """

    def __init__(self) -> None:
        self._rows: dict[str, list[Row]] = {feed.table: [] for feed in FEEDS}
        self._keys = {feed.table: count(1) for feed in FEEDS}

    def adder(self, feed: Feed) -> Callable[[Row], None]:
        """Adds a row to a table."""
        return self._rows[feed.table].append

    def keys(self, feed: Feed) -> Callable[[], int]:
        """Gives the next key of a table."""
        return self._keys[feed.table].__next__

    def take(self) -> Iterator[tuple[Feed, list[Row]]]:
        for feed in FEEDS:
            rows = self._rows[feed.table]
            if rows:
                yield feed, rows
                rows.clear()
