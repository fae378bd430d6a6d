"""Plan of an import: the settings it is planned by, and its outcome row by row.

A plan is made by a read and carried out by a command that makes it anew in its own transaction.
Reasons are codes with facts; the words folder owns the sentences (``import.reasons.<code>``).
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any


class RowOutcome(enum.StrEnum):
    CREATE = "create"
    CHANGE = "change"
    SKIP = "skip"
    REFUSE = "refuse"


class NameOrder(enum.StrEnum):
    """Order of the parts of a person's whole name; ``as_is`` parts nothing."""

    AS_IS = "as_is"
    GIVEN_FIRST = "given_first"
    FAMILY_FIRST = "family_first"


@dataclass(frozen=True, kw_only=True)
class ImportSettings:
    """Settings for reading a file and carrying it out; None is "as recognised".

    :param encoding: ``utf-8``, ``cp1252``, ``iso-8859-15`` or ``utf-16``.
    :param delimiter: ``;``, ``,``, ``|`` or a tab.
    :param columns: the field (of :data:`queries.intake.customers.columns.FIELDS`) that each column,
        counted from 0, holds; columns not named are left out.
    :param overwrite: a value of the file takes the place of a differing one of the register;
        otherwise only what is empty is filled.
    :param accept_suspect: what has the form of a personal identity code but not its check
        character has been confirmed to be something else.
    :param create_missing: an invoice's buyer who is not found is added as a customer.
    :param default_kind: what a customer is when neither a column, a business ID nor the name says.
    :param as_partner: the parties of the file are partners, not customers.
    :param matches: a person's answers on rows that their keys do not settle: the number of the row
        and the party that it means, or None for someone new.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    has_header: bool | None = None
    columns: Mapping[int, str] | None = None
    overwrite: bool = False
    accept_suspect: bool = False
    create_missing: bool = True
    default_kind: str = "person"
    name_order: str = NameOrder.AS_IS
    as_partner: bool = False
    matches: tuple[tuple[int, int | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """The reason for a row's outcome, or something about it that a person should know."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Suggestion:
    """A party that a row may mean, with what distinguishes it from its namesakes."""

    id: int
    shown: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A detail that differs between the file and the register.

    :param current: the register's value, None where there is none.
    :param taken: the file's value is taken; otherwise the register's is kept.
    """

    field: str
    current: str | None
    given: str
    taken: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the store to add (``id`` None) or to change."""

    table: str
    id: int | None
    values: tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class InvoiceStep:
    """An invoice to file, with its lines and what is paid of it.

    :param credits: the key of the invoice that it credits; ``credits_row`` the number of its row
        of the plan where it comes in the same file.
    """

    values: tuple[tuple[str, Any], ...]
    lines: tuple[tuple[tuple[str, Any], ...], ...]
    paid_cents: int = 0
    credits: int | None = None
    credits_row: int | None = None


@dataclass(frozen=True, slots=True)
class PlanRow:
    """The outcome of one row (or invoice, or company) of the file.

    :param number: its line, row or position in the file, from 1.
    :param name: whom it is about; empty where that cannot be shown.
    :param party_id: the party that it was matched to.
    :param same_as: the number of the earlier row of the file to whose new party it is added.
    :param suggested: whom it may mean, where a person has to say or has said.
    """

    number: int
    outcome: RowOutcome
    name: str
    party_id: int | None = None
    party_name: str | None = None
    same_as: int | None = None
    reasons: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()
    differences: tuple[Difference, ...] = ()
    suggested: tuple[Suggestion, ...] = ()
    steps: tuple[Step, ...] = field(default=(), repr=False)
    invoice: InvoiceStep | None = field(default=None, repr=False)


#: Reasons of a row whose content is in the register.
IN_REGISTER = frozenset({"already_so", "subscribed_already", "suppressed_already"})
#: Reasons of a row whose party a person has to name.
ASKED = frozenset({"ambiguous", "name_alone", "namesake_in_file"})
#: Reasons that say nothing of what is left out.
_NOTHING_LEFT_OUT = {"already_so", "not_found"}


def to_be_told(row: PlanRow) -> PlanRow | None:
    """Return the row with what a person has to know of it before and after it is brought in: why
    it is refused or left out, its notes, the values that are not taken, and the parties that it
    may mean. None when the row is brought in as it is."""
    is_refused = row.outcome is RowOutcome.REFUSE
    reasons = tuple(
        one
        for one in row.reasons
        if is_refused
        or (
            row.outcome is RowOutcome.SKIP
            and one.code not in _NOTHING_LEFT_OUT
            and not one.code.startswith("matched_by_")
        )
    )
    kept = (
        ()
        if is_refused
        else tuple(one for one in row.differences if not one.taken and one.current is not None)
    )
    if not (is_refused or reasons or row.notes or kept):
        return None
    asked = row.suggested if is_refused else ()
    return replace(row, reasons=reasons, differences=kept, suggested=asked, steps=())


@dataclass(frozen=True)
class Plan:
    """The effect of bringing the file in."""

    form: str
    sha256: str
    rows: tuple[PlanRow, ...]
    notes: tuple[Reason, ...] = ()

    def count(self, outcome: RowOutcome) -> int:
        return sum(row.outcome is outcome for row in self.rows)

    @property
    def does_something(self) -> bool:
        return any(row.outcome in {RowOutcome.CREATE, RowOutcome.CHANGE} for row in self.rows)

    @property
    def fingerprint(self) -> str:
        """The same for two plans that would do the same to the same records."""
        said = hashlib.sha256(self.sha256.encode())
        for row in self.rows:
            said.update(repr((row, row.steps, row.invoice)).encode("utf-8", "surrogatepass"))
        return said.hexdigest()
