"""The personal-data map: for each column of the store, its meaning, its legal basis and its
erasure.

The danger: a column that nobody thought of is kept for ever, left out of an access report, or
survives an erasure. The principle: every column of every table is listed here, as impersonal or
with its purpose, legal basis, retention class, source and erasure; a test compares the map with the
schema, so that a new column without an entry fails the build. The eraser, the access report, the
portability package and the notice read this map and have no list of their own. Nothing is computed
here and nothing touched.

A table whose columns are alike is declared once, and the ones that differ are named. ``owner`` says
how a row is reached from the party it is about: ``table.column`` steps, the last of which holds the
party's key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from queries.rules.personal_data_types import (
    AS_RECORDED,
    FOLLOWS_PARTY,
    From,
    LegalBasis,
    Personal,
    TableMap,
    impersonal_map,
    of_request,
    table_map,
)
from queries.rules.personal_data_types import ProcessingPurpose as Purpose

_DETAIL = Personal(
    Purpose.CUSTOMER_RELATION,
    LegalBasis.CONTRACT,
    FOLLOWS_PARTY,
    From.PERSON_OR_YTJ,
    in_portability=True,
)
_BILLED = replace(_DETAIL, purpose=Purpose.BILLING)
_FACT = replace(_DETAIL, source=From.DERIVED, in_access=False, in_portability=False)
_VOUCHER = Personal(Purpose.BILLING, LegalBasis.LEGAL_OBLIGATION, "voucher", From.HOUSE)
_WORK = Personal(Purpose.SERVICE, LegalBasis.CONTRACT, "voucher", From.HOUSE)
_ORDER = replace(_WORK, in_portability=True)
_NOTE = Personal(Purpose.CUSTOMER_RELATION, LegalBasis.LEGITIMATE_INTEREST, "note", From.HOUSE)
_REQUEST = Personal(
    Purpose.LEGAL_DUTY, LegalBasis.LEGAL_OBLIGATION, "request_file", From.PERSON_OR_YTJ
)
_ASKED = replace(_REQUEST, emptied="NULL")
_ANSWERED = replace(_REQUEST, source=From.HOUSE)
#: The paper itself is not repeated in a report: it is named there with its size and fingerprint.
_PAPER = replace(_REQUEST, in_access=False)
_SUPPRESSED = Personal(
    Purpose.LEGAL_DUTY,
    LegalBasis.LEGAL_OBLIGATION,
    "newsletter",
    From.PERSON_OR_YTJ,
    in_access=False,
)
_RESTRICTED = replace(_REQUEST, retention_class=FOLLOWS_PARTY, source=From.HOUSE)
_SUBSCRIBED = Personal(
    Purpose.MARKETING, LegalBasis.CONSENT, "newsletter", From.PERSON_OR_YTJ, in_portability=True
)
_SUBSCRIPTION_KEY = replace(_SUBSCRIBED, source=From.HOUSE, in_access=False, in_portability=False)
_MESSAGE = Personal(
    Purpose.CUSTOMER_RELATION,
    LegalBasis.CONTRACT,
    "quote_or_lead",
    From.PERSON_OR_YTJ,
    in_access=False,
)
#: The row stays when the paper is destroyed: its number, class and period name nobody by then.
_ON_PAPER = Personal(
    Purpose.LEGAL_DUTY, LegalBasis.LEGAL_OBLIGATION, AS_RECORDED, From.HOUSE, erased="-"
)
#: Contents of a file and what it replaced; removed when an import cannot be undone any more.
_IMPORTED = Personal(
    Purpose.CUSTOMER_RELATION, LegalBasis.LEGITIMATE_INTEREST, "import_record", From.PERSON_OR_YTJ
)
_OF_IMPORT = replace(_IMPORTED, retention_class=FOLLOWS_PARTY, in_access=False)
_IMPORT_FILE = replace(_IMPORTED, erased="NULL", emptied="NULL", in_access=False)
_HOLD = Personal(
    Purpose.LEGAL_DUTY, LegalBasis.LEGITIMATE_INTEREST, FOLLOWS_PARTY, From.HOUSE, erased="-"
)
_SIGN_IN = Personal(
    Purpose.SECURITY, LegalBasis.LEGITIMATE_INTEREST, "sign_in_record", From.HOUSE, in_access=False
)
#: The user who changed a row: data of the company's own people, kept as long as the row.
_STAFF = replace(_SIGN_IN, retention_class=FOLLOWS_PARTY)
_STAFF_VOUCHER = replace(_SIGN_IN, retention_class="voucher")
_STAFF_NOTE = replace(_SIGN_IN, retention_class="note")
_STAFF_REQUEST = replace(_SIGN_IN, retention_class="request_file")
_STAFF_MARKETING = replace(_SIGN_IN, retention_class="newsletter")
_STAFF_PAPER = replace(_SIGN_IN, retention_class=AS_RECORDED)
#: The trail and the settings outlive the records: their user names are the trail's own.
_STAFF_HOUSE = replace(_SIGN_IN, erased="-")

_SOURCED = "source sourced_on"
_STAMPED = "version changed_at"

PERSONAL_DATA: Mapping[str, TableMap] = {
    "party": table_map(
        _DETAIL,
        "customer_number kind name given_name family_name business_id foreign_id language status"
        f" town is_customer is_partner is_contact started_on ended_on unlinked_on {_SOURCED}",
        impersonal=f"id {_STAMPED}",
        owner=("party.id",),
        sort_name=_FACT,
        changed_by=_STAFF,
    ),
    "contact_person": table_map(
        _DETAIL,
        "organisation_id person_id title",
        impersonal=f"id {_STAMPED}",
        owner=("contact_person.person_id",),
        changed_by=_STAFF,
    ),
    "address": table_map(
        _DETAIL,
        f"party_id street post_code town country is_primary purpose {_SOURCED}",
        impersonal=f"id {_STAMPED}",
        owner=("address.party_id",),
        changed_by=_STAFF,
    ),
    "email": table_map(
        _DETAIL,
        f"party_id address is_primary purpose {_SOURCED}",
        impersonal=f"id {_STAMPED}",
        owner=("email.party_id",),
        changed_by=_STAFF,
    ),
    "phone": table_map(
        _DETAIL,
        f"party_id number is_primary purpose {_SOURCED}",
        impersonal=f"id {_STAMPED}",
        owner=("phone.party_id",),
        changed_by=_STAFF,
    ),
    "billing_detail": table_map(
        _BILLED,
        "party_id method e_invoice_address operator email iban payment_days buyer_reference"
        f" purpose {_SOURCED}",
        impersonal=f"id {_STAMPED}",
        owner=("billing_detail.party_id",),
        changed_by=_STAFF,
    ),
    "note": table_map(
        _NOTE,
        "party_id text noted_on",
        impersonal=f"id {_STAMPED}",
        owner=("note.party_id",),
        noted_by=_STAFF_NOTE,
        changed_by=_STAFF_NOTE,
    ),
    "party_search": table_map(_FACT, "party_id text", owner=("party_search.party_id",)),
    "party_facts": table_map(
        _FACT,
        "party_id in_force last_voucher_on last_claim_on last_rest_on last_draft_at last_note_on"
        " lead_on ended_on unlinked_on",
        owner=("party_facts.party_id",),
    ),
    "service": impersonal_map(
        f"id code name unit unit_price_cents vat_category active {_STAMPED} changed_by"
    ),
    "service_order": table_map(
        _ORDER,
        "number party_id service_id title description status ordered_on due_on closed_on"
        " buyer_reference",
        impersonal=f"id {_STAMPED}",
        owner=("service_order.party_id",),
        invoiced_on=replace(_WORK, source=From.DERIVED, in_access=False),
        voucher_on=replace(_WORK, source=From.DERIVED, in_access=False),
        rest_on=replace(_WORK, source=From.DERIVED, in_access=False),
        changed_by=_STAFF_VOUCHER,
    ),
    "work_entry": table_map(
        _WORK,
        "order_id party_id done_on description minutes material",
        impersonal=f"id {_STAMPED}",
        owner=("work_entry.party_id",),
        done_by=_STAFF_VOUCHER,
        changed_by=_STAFF_VOUCHER,
    ),
    "invoice": table_map(
        _VOUCHER,
        "kind status number party_id order_id credits_id issued_on due_on reference buyer_name"
        " buyer_address buyer_business_id buyer_reference free_text net_cents vat_cents total_cents"
        " open_cents",
        impersonal=f"id origin {_STAMPED}",
        owner=("invoice.party_id",),
        last_event_on=replace(_VOUCHER, source=From.DERIVED, in_access=False),
        claim_on=replace(_VOUCHER, source=From.DERIVED, in_access=False),
        changed_by=_STAFF_VOUCHER,
    ),
    "invoice_line": table_map(
        _VOUCHER,
        "invoice_id position service_id description quantity_thousandths unit unit_price_cents"
        " discount_basis_points vat_category vat_basis_points net_cents",
        impersonal="id",
        owner=("invoice_line.invoice_id", "invoice.party_id"),
    ),
    "payment": table_map(
        replace(_VOUCHER, source=From.BANK),
        "invoice_id party_id paid_on amount_cents source",
        impersonal=f"id {_STAMPED}",
        owner=("payment.party_id",),
        changed_by=_STAFF_VOUCHER,
    ),
    "write_off": table_map(
        replace(_VOUCHER, source=From.HOUSE),
        "invoice_id party_id written_off_on amount_cents reason",
        impersonal=f"id {_STAMPED}",
        owner=("write_off.party_id",),
        changed_by=_STAFF_VOUCHER,
    ),
    "restriction": table_map(
        _RESTRICTED,
        "party_id basis since reason told_on lifted_on lifting_reason",
        impersonal=f"id request_id {_STAMPED}",
        owner=("restriction.party_id",),
        changed_by=_STAFF,
    ),
    "data_subject_request": table_map(
        _REQUEST,
        "number received_on channel language status closed_on",
        impersonal=f"id anonymised_on {_STAMPED}",
        owner=("data_subject_request.party_id",),
        party_id=replace(_REQUEST, erased="NULL", emptied="NULL"),
        claimed_name=_ASKED,
        claimed_contact=_ASKED,
        text=_ASKED,
        registered=replace(_ANSWERED, emptied="unknown"),
        extended_on=_ANSWERED,
        extension_reason=replace(_ANSWERED, emptied="NULL"),
        linked_to=replace(_ASKED, in_access=False),
        changed_by=_STAFF_REQUEST,
    ),
    "request_right": table_map(
        _ANSWERED,
        "kind status answered_on refusal_ground refusal_citation completes_on",
        impersonal="id request_id",
        owner=of_request("request_right"),
        refusal_reason=replace(_ANSWERED, emptied="NULL"),
        answered_by=_STAFF_REQUEST,
    ),
    "request_suspension": table_map(
        _ANSWERED,
        "asked_on reason answered_on",
        impersonal="id request_id",
        owner=of_request("request_suspension"),
        asked_by=_STAFF_REQUEST,
    ),
    "identity_check": table_map(
        _ANSWERED,
        "method checked_on explanation",
        impersonal="id request_id",
        owner=of_request("identity_check"),
        checked_by=_STAFF_REQUEST,
    ),
    "request_attachment": table_map(
        _REQUEST,
        "name media_type size sha256",
        impersonal="id request_id added_at",
        owner=of_request("request_attachment"),
        content=_PAPER,
        added_by=_STAFF_REQUEST,
    ),
    "request_letter": table_map(
        _ANSWERED,
        "kind asked language media_type sha256 sent_on channel",
        impersonal="id request_id recipient_id made_at",
        owner=of_request("request_letter"),
        text=_PAPER,
        content=_PAPER,
        made_by=_STAFF_REQUEST,
    ),
    "recipient": impersonal_map(
        "id name kind role what purpose country transfer_basis email agreement agreed_on ends_on"
        f" {_STAMPED} changed_by"
    ),
    "disclosure": table_map(
        _RESTRICTED,
        "party_id what disclosed_on",
        impersonal="id recipient_id",
        owner=("disclosure.party_id",),
        noted_by=_STAFF,
    ),
    "source_notice": table_map(
        _RESTRICTED,
        "party_id source since told_on how",
        impersonal="id",
        owner=("source_notice.party_id",),
        told_by=_STAFF,
    ),
    "consent_text": table_map(
        _STAFF_HOUSE, "written_by", impersonal="id version language text since"
    ),
    "subscription": table_map(
        _SUBSCRIBED,
        "address name language basis consent_text_id source sourced_on",
        renewal_reason=replace(_SUBSCRIBED, source=From.HOUSE, in_portability=False),
        impersonal=f"id {_STAMPED}",
        owner=("subscription.party_id",),
        party_id=replace(_SUBSCRIBED, erased="NULL"),
        address_key=replace(_SUBSCRIPTION_KEY, source=From.DERIVED),
        token=_SUBSCRIPTION_KEY,
        changed_by=_STAFF_MARKETING,
    ),
    "newsletter_issue": table_map(
        _STAFF_HOUSE, "exported_by", impersonal="id name exported_at recipients sha256"
    ),
    "web_form": table_map(
        _STAFF_HOUSE,
        "changed_by",
        impersonal=f"id name key secret_hash origins language consent_text_id active {_STAMPED}",
    ),
    "form_message": table_map(
        _MESSAGE,
        "name email phone street post_code town message consents",
        impersonal="id form_id received_at received_on language consent_text_id",
    ),
    "storage_room": table_map(
        _STAFF_HOUSE, "changed_by", impersonal=f"id name place lock closed_on {_STAMPED}"
    ),
    "key_holder": table_map(
        _STAFF_HOUSE,
        "name username reason held_from held_until changed_by",
        impersonal=f"id room_id {_STAMPED}",
    ),
    "paper_record": table_map(
        _ON_PAPER,
        "number kind class_code starts_on ends_on",
        impersonal=f"id disposed_on {_STAMPED}",
        owner=("paper_record.id", "paper_party.party_id"),
        title=replace(_ON_PAPER, emptied="-"),
        room_id=replace(_ON_PAPER, emptied="NULL"),
        shelf=replace(_ON_PAPER, emptied="NULL"),
        changed_by=_STAFF_HOUSE,
    ),
    "paper_party": table_map(
        replace(_RESTRICTED, in_access=False), "paper_id party_id", owner=("paper_party.party_id",)
    ),
    "paper_loan": table_map(
        _STAFF_PAPER, "lent_to reason lent_on due_on returned_on noted_by", impersonal="id paper_id"
    ),
    "paper_destruction": table_map(
        _STAFF_HOUSE, "destroyed_on destroyed_by method witness noted_by", impersonal="paper_id"
    ),
    "notice_version": table_map(
        _STAFF_HOUSE,
        "published_by",
        impersonal="id number published_on published_at summary fi sv en",
    ),
    "post_code": impersonal_map("code town_fi town_sv municipality_fi municipality_sv valid_from"),
    "suppression": table_map(_SUPPRESSED, "kind address_hash since"),
    "legal_hold": table_map(
        _HOLD,
        "reason",
        impersonal=f"id scope class_code placed_on review_on released_at {_STAMPED}",
        owner=("legal_hold.party_id",),
        target_id=replace(_HOLD, erased="0", in_access=False),
        party_id=replace(_HOLD, erased="0", in_access=False),
        placed_by=_STAFF_HOUSE,
        released_by=_STAFF_HOUSE,
        changed_by=_STAFF_HOUSE,
    ),
    "user_account": table_map(
        _SIGN_IN,
        "username name role language password_hash active created_at last_sign_in_at"
        " failed_sign_ins locked_until changed_by",
        impersonal=f"id {_STAMPED}",
    ),
    "sign_in_ticket": table_map(_SIGN_IN, "ticket_hash nonce_hash user_id expires_at"),
    "sign_in_session": table_map(
        _SIGN_IN, "cookie_hash user_id started_at seen_at expires_at ended_at"
    ),
    "trail_entry": table_map(
        _STAFF_HOUSE,
        "actor",
        impersonal="id at kind action subject subject_id party_id columns token",
    ),
    "import_batch": table_map(
        _STAFF_HOUSE,
        "actor undone_by",
        impersonal="id at form sha256 created changed skipped refused replaced undone_at"
        " emptied_on",
        name=_IMPORT_FILE,
        settings=_IMPORT_FILE,
    ),
    "import_row": table_map(
        _IMPORTED,
        "name invoice_number said",
        impersonal="id batch_id noted_on number outcome",
        owner=("import_row.party_id",),
        party_id=_OF_IMPORT,
    ),
    "import_mention": table_map(_OF_IMPORT, "row_id party_id", owner=("import_mention.party_id",)),
    "import_change": impersonal_map("id batch_id table_name first_id last_id"),
    "import_before": table_map(
        _IMPORTED,
        "stood",
        impersonal="id batch_id noted_on table_name record_id version_after",
        owner=("import_before.party_id",),
        party_id=_OF_IMPORT,
    ),
    "setting": table_map(_STAFF_HOUSE, "changed_by", impersonal=f"name value {_STAMPED}"),
    "financial_year": table_map(
        _STAFF_HOUSE, "changed_by", impersonal=f"id starts_on ends_on {_STAMPED}"
    ),
    "disposal_run": table_map(
        _STAFF_HOUSE,
        "proposed_by approved_by changed_by",
        impersonal=f"id as_of status proposed_at approved_at finished_at counts sums {_STAMPED}",
    ),
    "disposal_item": impersonal_map(
        "run_id kind record_id class_code rule event_on keep_until outcome reason"
    ),
    "ledger_mark": impersonal_map("id number mac"),
    "erased_record": impersonal_map("table_name record_id erased_on origin"),
    "number_series": impersonal_map("name next_number"),
    "summary": impersonal_map("name key count cents"),
    "disposal_gate": impersonal_map("id"),
    "derived_mark": impersonal_map("name fingerprint"),
}
"""Every table of the store, in the order of the house: people, sales, billing, rights, the house.

The retention class of an order, its work and its notes is that of its usual case; an order that was
never invoiced goes sooner, by ``quote_or_lead`` (:mod:`queries.store.retention.series` counts it).
``party_id`` in the trail is the key of a party that may be gone, and tells nothing by itself.
"""


def erased_rows() -> tuple[str, ...]:
    """The tables whose rows go with a file: those with a column erased by ``row`` and an owner.

    >>> "invoice_line" in erased_rows(), "trail_entry" in erased_rows()
    (True, False)
    """
    return tuple(
        name
        for name, table in PERSONAL_DATA.items()
        if table.owner
        and any(entry is not None and entry.erased == "row" for entry in table.columns.values())
    )


def replaced_values(table: str) -> dict[str, str]:
    """The columns of a table that stay, with the value that is put in place of theirs.

    >>> replaced_values("data_subject_request")
    {'party_id': 'NULL'}
    """
    return {
        name: entry.erased
        for name, entry in PERSONAL_DATA[table].columns.items()
        if entry is not None and entry.erased != "row"
    }


def emptied_values(table: str) -> dict[str, str | None]:
    """Return the values that replace a table's columns when a row is emptied that stays to be
    counted.

    >>> emptied_values("paper_record"), emptied_values("request_right")
    ({'title': '-', 'room_id': None, 'shelf': None}, {'refusal_reason': None})
    """
    return {
        name: None if entry.emptied == "NULL" else entry.emptied
        for name, entry in PERSONAL_DATA[table].columns.items()
        if entry is not None and entry.emptied is not None
    }
