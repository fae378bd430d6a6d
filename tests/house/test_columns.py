"""Every column of a table is in its row and in its form, or says here why it is not."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from sqlalchemy import inspect

from queries.reads.form_messages import MessageCard
from queries.reads.newsletter import ConsentTextRow, IssueRow, SubscriptionRow
from queries.reads.notice.post_codes import PostTown
from queries.reads.paper.records import DestructionLine, LoanRow, PaperRow
from queries.reads.paper.rooms import HolderRow, RoomRow
from queries.reads.recipients import DisclosedRow, RecipientRow
from queries.reads.requests.request_card import AttachmentRow, CheckRow, LetterRow, RequestCard
from queries.reads.requests.request_list import AskedRow
from queries.reads.retention.financial_years import FinancialYearRow
from queries.reads.retention.holds import HoldRow
from queries.reads.sales.invoice import LineRow, PaymentRow
from queries.reads.sales.order import OrderRecord, WorkRecord
from queries.reads.sales.services import ServiceRow
from queries.reads.users import UserRow
from queries.reads.web_forms import WebFormRow
from queries.store import tables
from queries.store.tables import Base
from queries.writes.customers.billing_details import AmendBilling
from queries.writes.customers.contacts import AmendAddress, AmendEmail, AmendPhone
from queries.writes.customers.notes import AmendNote
from queries.writes.customers.parties import AmendParty, LinkContactPerson
from queries.writes.paper.destruction import NoteDestruction
from queries.writes.paper.records import AmendPaper, LendPaper
from queries.writes.paper.rooms import AmendKey, AmendRoom
from queries.writes.recipients import AmendRecipient, NoteDisclosure
from queries.writes.requests.identity import NoteIdentity
from queries.writes.requests.requests import RecordRequest
from queries.writes.retention.financial_years import AmendFinancialYear
from queries.writes.retention.holds import AmendHold
from queries.writes.sales.orders import AmendOrder
from queries.writes.sales.payments import RecordPayment
from queries.writes.sales.services import AmendService
from queries.writes.sales.work_entries import AmendWorkEntry
from queries.writes.users import AddUser
from queries.writes.web_forms import AmendWebForm

#: What :func:`queries.writes.commands.stamp` fills in by itself, and keys.
_BY_ITSELF = {"id", "version", "changed_at", "changed_by"}
_OF_THE_CARD = "of the record whose card shows the row"
_BY_THE_COMMAND = "written by the command itself: who, when, which number"
_COUNTED = "counted from other records; nobody types it"
_LATER = "a later step of the record has a command of its own"
_SECRET = "shown once or never"
_IN_EUROS = "read from what is typed, in euros"
_FOR_THE_SEARCH = "for order and search"
_ON_DEMAND = "read when it is asked for, for its size"


@dataclasses.dataclass(frozen=True)
class Carrier:
    """A row or a form, and the columns of its table that it does not carry, by the reason."""

    model: type[Any]
    kind: type[Any]
    lacks: dict[str, str] = dataclasses.field(default_factory=dict)


def because(reason: str, *columns: str) -> dict[str, str]:
    return dict.fromkeys(columns, reason)


CARRIERS = [
    Carrier(tables.Address, AmendAddress),
    Carrier(tables.Email, AmendEmail),
    Carrier(tables.Phone, AmendPhone),
    Carrier(tables.BillingDetail, AmendBilling, because("billing, always", "purpose")),
    Carrier(tables.Note, AmendNote, because(_BY_THE_COMMAND, "noted_by")),
    Carrier(tables.ContactPerson, LinkContactPerson),
    Carrier(
        tables.Party,
        AmendParty,
        because(_FOR_THE_SEARCH, "sort_name", "town")
        | because(_LATER, "status", "ended_on", "unlinked_on"),
    ),
    Carrier(tables.ConsentText, ConsentTextRow),
    Carrier(
        tables.Subscription,
        SubscriptionRow,
        because(_SECRET, "token")
        | because(_FOR_THE_SEARCH, "address_key")
        | because("the wording is shown on its own", "consent_text_id"),
    ),
    Carrier(tables.NewsletterIssue, IssueRow),
    Carrier(tables.PostCode, PostTown),
    Carrier(tables.Recipient, RecipientRow),
    Carrier(tables.Recipient, AmendRecipient),
    Carrier(
        tables.Disclosure,
        DisclosedRow,
        because(_OF_THE_CARD, "party_id") | because("shown by its name", "recipient_id"),
    ),
    Carrier(tables.Disclosure, NoteDisclosure, because(_BY_THE_COMMAND, "noted_by")),
    Carrier(tables.Service, ServiceRow),
    Carrier(tables.Service, AmendService, because(_IN_EUROS, "unit_price_cents")),
    Carrier(
        tables.ServiceOrder,
        OrderRecord,
        because("for the deadline alone", "invoiced_on", "rest_on", "voucher_on"),
    ),
    Carrier(
        tables.ServiceOrder,
        AmendOrder,
        because(_COUNTED, "invoiced_on", "rest_on", "voucher_on")
        | because(_BY_THE_COMMAND, "number")
        | because(_LATER, "closed_on"),
    ),
    Carrier(tables.WorkEntry, WorkRecord),
    Carrier(tables.WorkEntry, AmendWorkEntry, because("its order's", "party_id")),
    Carrier(tables.InvoiceLine, LineRow, because(_OF_THE_CARD, "invoice_id")),
    Carrier(tables.Payment, PaymentRow, because(_OF_THE_CARD, "invoice_id", "party_id")),
    Carrier(
        tables.Payment,
        RecordPayment,
        because(_IN_EUROS, "amount_cents") | because("its invoice's", "party_id"),
    ),
    Carrier(tables.FinancialYear, FinancialYearRow),
    Carrier(tables.FinancialYear, AmendFinancialYear),
    Carrier(tables.LegalHold, HoldRow),
    Carrier(
        tables.LegalHold,
        AmendHold,
        because("the party of the target", "party_id")
        | because(_BY_THE_COMMAND, "placed_by", "placed_on")
        | because(_LATER, "released_at", "released_by"),
    ),
    Carrier(tables.StorageRoom, RoomRow),
    Carrier(tables.StorageRoom, AmendRoom),
    Carrier(tables.KeyHolder, HolderRow),
    Carrier(tables.KeyHolder, AmendKey),
    Carrier(tables.PaperRecord, PaperRow, because("shown by its name", "room_id")),
    Carrier(
        tables.PaperRecord,
        AmendPaper,
        because(_LATER, "disposed_on") | because(_BY_THE_COMMAND, "number"),
    ),
    Carrier(tables.PaperLoan, LoanRow, because(_OF_THE_CARD, "paper_id")),
    Carrier(
        tables.PaperLoan,
        LendPaper,
        because(_BY_THE_COMMAND, "noted_by")
        | because(_LATER, "returned_on")
        | because("named id: the paper's", "paper_id"),
    ),
    Carrier(tables.PaperDestruction, DestructionLine, because(_OF_THE_CARD, "paper_id")),
    Carrier(
        tables.PaperDestruction,
        NoteDestruction,
        because(_BY_THE_COMMAND, "noted_by") | because("named id: the paper's", "paper_id"),
    ),
    Carrier(tables.DataSubjectRequest, RequestCard),
    Carrier(
        tables.DataSubjectRequest,
        RecordRequest,
        because(_BY_THE_COMMAND, "number", "status", "registered")
        | because(_LATER, "anonymised_on", "closed_on", "extended_on", "extension_reason"),
    ),
    Carrier(tables.RequestRight, AskedRow, because(_OF_THE_CARD, "request_id")),
    Carrier(tables.IdentityCheck, CheckRow, because(_OF_THE_CARD, "request_id")),
    Carrier(tables.IdentityCheck, NoteIdentity, because(_BY_THE_COMMAND, "checked_by")),
    Carrier(
        tables.RequestAttachment,
        AttachmentRow,
        because(_OF_THE_CARD, "request_id") | because(_ON_DEMAND, "content"),
    ),
    Carrier(
        tables.RequestLetter,
        LetterRow,
        because(_OF_THE_CARD, "request_id")
        | because(_ON_DEMAND, "content")
        | because("shown by its name", "recipient_id"),
    ),
    Carrier(
        tables.FormMessage,
        MessageCard,
        because("the form is shown by its name", "form_id")
        | because("the consents are shown in words", "consent_text_id"),
    ),
    Carrier(tables.WebForm, WebFormRow, because(_SECRET, "secret_hash")),
    Carrier(
        tables.WebForm,
        AmendWebForm,
        because(_SECRET, "secret_hash") | because(_BY_THE_COMMAND, "key"),
    ),
    Carrier(
        tables.User,
        UserRow,
        because(_SECRET, "password_hash") | because("decides on the next try", "failed_sign_ins"),
    ),
    Carrier(
        tables.User,
        AddUser,
        because("read from the password", "password_hash")
        | because(_BY_THE_COMMAND, "created_at")
        | because(_LATER, "active", "failed_sign_ins", "last_sign_in_at", "locked_until"),
    ),
]

_PARTS = "its columns are spread over the parts of a card"
_DERIVED = "computed from other records"
_INTERNAL = "of the program itself; no row shows it"
_OWN_TEST = "compared whole by the tests of its reads"

#: Tables without a carrier above, with the reason.
WITHOUT_CARRIER = {
    "derived_mark": _DERIVED,
    "disposal_gate": _INTERNAL,
    "disposal_item": _OWN_TEST,
    "disposal_run": _OWN_TEST,
    "erased_record": _INTERNAL,
    "import_batch": _OWN_TEST,
    "import_before": _OWN_TEST,
    "import_change": _INTERNAL,
    "import_mention": _INTERNAL,
    "import_row": _OWN_TEST,
    "invoice": _PARTS,
    "ledger_mark": _INTERNAL,
    "notice_version": "its texts are read one language at a time",
    "number_series": _INTERNAL,
    "paper_party": "two keys",
    "party_facts": _DERIVED,
    "party_search": _DERIVED,
    "request_suspension": _PARTS,
    "restriction": _PARTS,
    "setting": "each setting has a form of its own",
    "sign_in_session": _INTERNAL,
    "sign_in_ticket": _INTERNAL,
    "source_notice": "filled in by the store itself, and shown by party",
    "summary": _DERIVED,
    "suppression": "a hash: it is told of nobody",
    "trail_entry": "written by the unit of work",
    "write_off": _PARTS,
}


@pytest.mark.parametrize("carrier", CARRIERS, ids=lambda one: one.kind.__name__)
def test_a_row_or_form_carries_its_tables_columns_or_says_why_not(carrier):
    columns = {column.key for column in inspect(carrier.model).column_attrs} - _BY_ITSELF
    lacking = columns - {field.name for field in dataclasses.fields(carrier.kind)}
    assert {
        "forgotten": lacking - carrier.lacks.keys(),
        "carried": carrier.lacks.keys() - lacking,
    } == {"forgotten": set(), "carried": set()}


def test_every_table_has_a_row_or_form_or_says_why_not():
    carried = {carrier.model.__tablename__ for carrier in CARRIERS}
    named = carried | WITHOUT_CARRIER.keys()
    assert {
        "forgotten": Base.metadata.tables.keys() - named,
        "gone": named - Base.metadata.tables.keys(),
    } == {"forgotten": set(), "gone": set()}
    assert carried & WITHOUT_CARRIER.keys() == set()
