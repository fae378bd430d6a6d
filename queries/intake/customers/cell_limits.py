"""Limits of the length of cells, by field, and the fields that hold names or numbers."""

from __future__ import annotations

LONGEST = {
    "name": 200,
    "name_more": 200,
    "given_name": 100,
    "family_name": 100,
    "customer_number": 32,
    "company": 200,
    "middle_name": 100,
    "contact_name": 200,
    "job_title": 100,
    "home_street": 200,
    "home_town": 100,
    "foreign_id": 32,
    "street": 200,
    "street_more": 200,
    "town": 100,
    "delivery_street": 200,
    "delivery_town": 100,
    "operator": 35,
    "buyer_reference": 100,
    "note": 5_000,
}
LONGEST_OTHER = 1_000
#: Where a question mark within a word is a letter that was lost.
NAMES = frozenset(
    {
        "name",
        "name_more",
        "given_name",
        "family_name",
        "company",
        "contact_name",
        "street",
        "town",
        "delivery_street",
        "delivery_town",
    }
)
#: Where an e-mail address is in the wrong column.
PLACES = frozenset(
    {
        "street",
        "street_more",
        "town",
        "home_street",
        "home_town",
        "delivery_street",
        "delivery_town",
    }
)
POST_CODE_DIGITS = 5
BUSINESS_ID_DIGITS = 8
#: Where a spreadsheet that wrote the file as text may have shortened a long number.
NUMBERS = frozenset(
    {
        "customer_number",
        "business_id",
        "vat_number",
        "foreign_id",
        "post_code",
        "delivery_post_code",
        "phone",
        "e_invoice_address",
        "iban",
        "buyer_reference",
    }
)
#: Characters of a post code of another country, at the most.
FOREIGN_POST_CODE = 16
