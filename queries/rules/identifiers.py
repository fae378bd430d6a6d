"""Identifiers that people type: normalised where valid, refused where not.

Each function takes what was typed and returns the one form that the store keeps, so that equal
identifiers are equal texts; running it on its own result changes nothing. It raises
:class:`queries.errors.InvalidInput` with the kind of the value as ``field`` and one of these
codes, and no other fact: what was typed is never in a refusal. A sentence's key is
``<field>.<code>``.

========================  =====================================================================
code                      meaning
========================  =====================================================================
``empty``                 nothing was typed
``too_long``              more characters than such a value can have
``form``                  other characters, or another number of them, than such a value has
``check_digit``           the check digit or check sum does not match: a mistyped digit
``never_issued``          a business ID that the register has never given out, by its arithmetic
``country``               no such country code, or none that the value can have
``not_in_use``            a phone number that no subscriber can have: a digit too few or many
========================  =====================================================================

=====================  =======================================================================
field                  codes
=====================  =======================================================================
``business_id``        empty, too_long, form, check_digit, never_issued
``vat_number``         empty, too_long, form, check_digit, never_issued, country
``e_invoice_address``  empty, too_long, form, check_digit, never_issued, country
``reference_number``   empty, too_long, form, check_digit
``iban``               empty, too_long, form, check_digit, country
``phone``              empty, too_long, form, country, not_in_use
``email``              empty, too_long, form
``post_code``          empty, too_long, form
``web_address``        empty, too_long, form
=====================  =======================================================================

Personal identity codes are not normalised but found, to be refused:
:func:`find_personal_identity_codes`.

>>> business_id("112038-9"), phone("040 123 4567"), make_reference(123456)
('0112038-9', '+358401234567', '1234561')
"""

from __future__ import annotations

from queries.rules.company_ids import business_id, e_invoice_address, vat_number
from queries.rules.contact_ids import email, phone, post_code, web_address
from queries.rules.payment_ids import iban, make_reference, reference_number
from queries.rules.personal_identity import Certainty, find_personal_identity_codes

CODES = {
    "business_id": ("empty", "too_long", "form", "check_digit", "never_issued"),
    "vat_number": ("empty", "too_long", "form", "check_digit", "never_issued", "country"),
    "e_invoice_address": ("empty", "too_long", "form", "check_digit", "never_issued", "country"),
    "reference_number": ("empty", "too_long", "form", "check_digit"),
    "iban": ("empty", "too_long", "form", "check_digit", "country"),
    "phone": ("empty", "too_long", "form", "country", "not_in_use"),
    "email": ("empty", "too_long", "form"),
    "post_code": ("empty", "too_long", "form"),
    "web_address": ("empty", "too_long", "form"),
}
"""Each field's codes, so that a test can ask the catalogues for every sentence."""

__all__ = [
    "CODES",
    "Certainty",
    "business_id",
    "e_invoice_address",
    "email",
    "find_personal_identity_codes",
    "iban",
    "make_reference",
    "phone",
    "post_code",
    "reference_number",
    "vat_number",
    "web_address",
]
