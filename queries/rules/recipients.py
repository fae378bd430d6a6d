"""Recipients of personal data (GDPR Art. 4(8)-(10), 28), and transfers out of the EU and the EEA.

A transfer to a country outside them needs a basis of Chapter V (Art. 44-49); within them none.
Nothing is said here of which countries have an adequacy decision: the Commission makes and repeals
them, and whoever records one looks it up.
"""

from __future__ import annotations

import enum
from datetime import date, timedelta

from queries.errors import RuleRefusal
from queries.rules.countries import EEA


class RecipientKind(enum.StrEnum):
    """Work or business of a recipient."""

    ACCOUNTANT = "accountant"
    TAX_SYSTEM = "tax_system"
    """Where the data for taxation are kept or reported."""
    WORK_TRACKING = "work_tracking"
    """Where hours, jobs and field work are followed."""
    E_INVOICE_OPERATOR = "e_invoice_operator"
    BANK = "bank"
    MAILING_TOOL = "mailing_tool"
    HOSTING = "hosting"
    POSTAL_SERVICE = "postal_service"
    AUTHORITY = "authority"
    COLLECTION = "collection"
    SUBCONTRACTOR = "subcontractor"
    OTHER = "other"


class RecipientRole(enum.StrEnum):
    """Art. 28: a processor works for the company by an agreement; a controller for itself."""

    PROCESSOR = "processor"
    CONTROLLER = "controller"


class TransferBasis(enum.StrEnum):
    """Article of Chapter V by which data may leave the EU and the EEA."""

    ADEQUACY = "adequacy"
    """A decision of the Commission on the country (Art. 45)."""
    STANDARD_CLAUSES = "standard_clauses"
    """Standard data protection clauses (Art. 46(2)(c)-(d))."""
    BINDING_RULES = "binding_rules"
    """Binding corporate rules (Art. 47)."""
    DEROGATION = "derogation"
    """A derogation for a specific situation (Art. 49)."""


def language_of(country: str) -> str:
    """The language in which a recipient in a country is written to: its own where we have it.

    >>> language_of("FI"), language_of("SE"), language_of("DE")
    ('fi', 'sv', 'en')
    """
    return {"FI": "fi", "SE": "sv", "AX": "sv"}.get(country, "en")


CHAPTER_V = "GDPR Art. 44-49"

#: An agreement that ends within this time is shown as ending.
ENDS_SOON = timedelta(days=60)


class Agreement(enum.StrEnum):
    """State of the agreement with a recipient."""

    IN_FORCE = "in_force"
    ENDS_SOON = "ends_soon"
    ENDED = "ended"
    MISSING = "missing"
    """A processor without one, against Art. 28(3)."""
    NOT_NEEDED = "not_needed"
    """A controller of its own, with which there is none."""


def needs_basis(country: str) -> bool:
    """Return whether data in this country need a basis of Chapter V.

    >>> needs_basis("FI"), needs_basis("NO"), needs_basis("US"), needs_basis("GB")
    (False, False, True, True)
    """
    return country not in EEA


def check_transfer(country: str, basis: str | None) -> None:
    """Refuse a country in which data may not be kept on this basis.

    :param country: ISO 3166-1 alpha-2.
    :raises RuleRefusal: ``transfer_basis_missing``.

    >>> check_transfer("SE", None)
    >>> check_transfer("US", "standard_clauses")
    >>> check_transfer("US", None)
    Traceback (most recent call last):
        ...
    queries.errors.RuleRefusal: transfer_basis_missing (citation, country)
    """
    if needs_basis(country) and basis is None:
        raise RuleRefusal("transfer_basis_missing", CHAPTER_V, country=country)


def agreement_state(
    role: str, agreement: str | None, ends_on: date | None, *, today: date
) -> Agreement:
    """Return the state of the agreement on a day; its last day is still in force.

    >>> day = date(2026, 3, 5)
    >>> agreement_state("processor", "Sopimus", date(2026, 3, 4), today=day).value
    'ended'
    >>> agreement_state("processor", "Sopimus", date(2026, 5, 4), today=day).value
    'ends_soon'
    >>> agreement_state("processor", None, None, today=day).value
    'missing'
    """
    if agreement is None:
        return Agreement.MISSING if role == RecipientRole.PROCESSOR else Agreement.NOT_NEEDED
    if ends_on is not None and ends_on < today:
        return Agreement.ENDED
    soon = ends_on is not None and ends_on <= today + ENDS_SOON
    return Agreement.ENDS_SOON if soon else Agreement.IN_FORCE
