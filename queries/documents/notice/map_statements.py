"""Statements of the personal-data map, as the notice and the record of processing group them.

The danger: a table that is added to the store and never declared. The principle: purposes, bases,
categories and retention classes are read from the map; the few words that name groups of tables are
listed in :data:`CATEGORIES`, and a test fails when a table with personal data is in none.

``ProcessingPurpose.SECURITY`` is the company's own people (who signed in, who changed a row): it is
in the record of processing, not in the notice to customers.
"""

from __future__ import annotations

from collections.abc import Iterator

from queries.reads.notice.notice import NoticeFacts
from queries.rules.personal_data import PERSONAL_DATA
from queries.rules.personal_data_types import (
    AS_RECORDED,
    FOLLOWS_PARTY,
    LegalBasis,
    Personal,
    ProcessingPurpose,
)
from queries.rules.statutes import OWN_CLASSES, STATUTES, statute
from queries.store.tables import MarketingBasis

#: The categories of data that the notice names, each with the tables that hold it.
CATEGORIES = {
    "identity": ("party", "contact_person", "party_search", "party_facts"),
    "contact": (
        "address",
        "email",
        "phone",
        "import_batch",
        "import_row",
        "import_mention",
        "import_before",
    ),
    "billing": ("billing_detail",),
    "orders": ("service_order", "work_entry"),
    "invoices": ("invoice", "invoice_line", "payment", "write_off"),
    "notes": ("note",),
    "newsletter": ("subscription",),
    "messages": ("form_message",),
    "requests": (
        "data_subject_request",
        "request_right",
        "request_suspension",
        "identity_check",
        "request_attachment",
        "request_letter",
        "restriction",
        "disclosure",
        "source_notice",
        "suppression",
        "legal_hold",
    ),
    "paper": ("paper_record", "paper_party"),
}

#: Retention classes of the company's own people.
_OF_STAFF = "sign_in_record"
_STATUTORY = frozenset(rule.code for rule in STATUTES)


def purposes(facts: NoticeFacts) -> tuple[ProcessingPurpose, ...]:
    """The purposes for which data of customers are processed, in the map's order."""
    found = {entry.purpose for _table, entry in _entries()} - {ProcessingPurpose.SECURITY}
    if not facts.marketing:
        found.discard(ProcessingPurpose.MARKETING)
    return tuple(purpose for purpose in ProcessingPurpose if purpose in found)


def bases(purpose: ProcessingPurpose, facts: NoticeFacts) -> tuple[LegalBasis, ...]:
    """The legal bases of a purpose; of marketing those by which there are subscriptions."""
    if purpose is ProcessingPurpose.MARKETING:
        found = {
            LegalBasis.CONSENT if by is MarketingBasis.CONSENT else LegalBasis.LEGITIMATE_INTEREST
            for by in facts.marketing
        }
    else:
        found = {entry.legal_basis for _table, entry in _entries() if entry.purpose is purpose}
    return tuple(basis for basis in LegalBasis if basis in found)


def categories(facts: NoticeFacts, purpose: ProcessingPurpose | None = None) -> tuple[str, ...]:
    """The categories of data in use; those of one purpose where one is given."""
    tables = {table for table, entry in _entries() if purpose in {None, entry.purpose}}
    absent = {
        "newsletter": not facts.marketing,
        "messages": not facts.has_forms,
        "paper": not facts.paper_classes,
    }
    return tuple(
        code
        for code, its in CATEGORIES.items()
        if not absent.get(code) and not tables.isdisjoint(its)
    )


def retention_classes(
    facts: NoticeFacts, purpose: ProcessingPurpose | None = None
) -> tuple[str, ...]:
    """Return the retention classes in use, statutory ones first; ``party`` for what follows its
    party.

    :param purpose: only the classes of this one; without it, all but those of the company's people.
    """
    found: set[str] = set()
    for _table, entry in _entries():
        if purpose in {None, entry.purpose}:
            found |= _classes(entry, facts, purpose)
    if purpose is None:
        found -= {_OF_STAFF}
    if not facts.marketing and purpose is not ProcessingPurpose.MARKETING:
        found -= {"newsletter"}
    ordered = (*(rule.code for rule in STATUTES), "party", *(rule.code for rule in OWN_CLASSES))
    return tuple(code for code in ordered if code in found)


def months_of(code: str, facts: NoticeFacts) -> int:
    """The length of a class's period in months."""
    if code in _STATUTORY:
        return 12 * statute(code).period
    return facts.periods.own(code).months


def _classes(entry: Personal, facts: NoticeFacts, purpose: ProcessingPurpose | None) -> set[str]:
    if entry.purpose is ProcessingPurpose.SECURITY:
        return {_OF_STAFF} if purpose is ProcessingPurpose.SECURITY else set()
    if entry.retention_class == FOLLOWS_PARTY:
        return {"party", "contact_without_transaction"}
    if entry.retention_class == AS_RECORDED:
        return set(facts.paper_classes)
    if entry.purpose is ProcessingPurpose.SERVICE:
        # An order that was never invoiced is erased sooner, as the map says of its class.
        return {entry.retention_class, "quote_or_lead"}
    return {entry.retention_class}


def _entries() -> Iterator[tuple[str, Personal]]:
    for table, its in PERSONAL_DATA.items():
        for entry in its.columns.values():
            if entry is not None:
                yield table, entry
