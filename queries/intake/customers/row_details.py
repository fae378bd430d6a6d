"""One row of a customers table as :class:`Details`, each cell checked by the register's rules.

Everything that is wrong is gathered, so that a row is refused with all its reasons at once. What
begins with ``=``, ``+``, ``-`` or ``@`` is text like any other; nothing is computed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from queries.errors import InvalidInput
from queries.intake.customers import vocabulary
from queries.intake.customers.cell_limits import (
    BUSINESS_ID_DIGITS,
    FOREIGN_POST_CODE,
    LONGEST,
    LONGEST_OTHER,
    NAMES,
    NUMBERS,
    POST_CODE_DIGITS,
)
from queries.intake.customers.cell_text import fault, whole_text
from queries.intake.customers.columns import letters
from queries.intake.customers.country import has_foreign_form, told_country
from queries.intake.customers.details import Billing, Contact, Details, Place
from queries.intake.customers.phones import phones
from queries.intake.customers.row_names import NameCells, Whom, whom
from queries.intake.mailing.tools import (
    MailingPermission,
    customers_permission,
    customers_permission_columns,
)
from queries.intake.plan import ImportSettings, Reason
from queries.intake.readers.garbled_text import has_doubtful_letters
from queries.intake.readers.grid import GridRow
from queries.rules import identifiers
from queries.rules.countries import FINLAND
from queries.store.tables import PartyKind, PartyStatus
from queries.writes.commands import FIRST_DAY

_T = TypeVar("_T")
_POWER_OF_TEN = re.compile(r"\d(?:[.,]\d+)?E\+\d{1,3}", re.IGNORECASE)


@dataclass(frozen=True)
class _Lines:
    """The e-mail addresses and telephones of a row's party, and of its contact."""

    emails: tuple[str, ...]
    phones: tuple[str, ...]
    contact_emails: tuple[str, ...] = ()
    contact_phones: tuple[str, ...] = ()


class RowReader:
    """Reads the cells of one row.

    :param columns: the field of each column, by position.
    :param header: the names of the columns, for the notes and reasons.
    :param is_text: of a delimited text, where a row that is short may have lost a delimiter; a
        workbook leaves empty cells out.
    """

    def __init__(
        self,
        row: GridRow,
        columns: Mapping[int, str],
        header: tuple[str, ...] | None,
        settings: ImportSettings,
        today: date,
        *,
        is_text: bool = False,
    ) -> None:
        self._row = row
        self._is_text = is_text
        self._header = header
        self._settings = settings
        self._today = today
        self._columns = columns
        self._cells: dict[str, list[tuple[int, str]]] = {}
        self.reasons: list[Reason] = []
        self.notes: list[Reason] = []
        self._hidden: set[int] = set()

    def read(self) -> Details | None:
        """The row's details; None when there is a reason to refuse it."""
        self._look_at_form()
        self._look_for_identity_codes()
        if self.reasons:
            return None
        self._gather()
        details = self._details()
        return None if self.reasons else details

    def shown_name(self) -> str:
        """Return the name of the row's party, as far as it can be shown."""
        is_first_name = "given_name" not in self._columns.values()
        name = ("name", "family_name") if is_first_name else ("name",)
        wanted_fields = (("company",), name, ("given_name", "family_name"), ("customer_number",))
        for wanted in wanted_fields:
            held = [at for at, field in sorted(self._columns.items()) if field in wanted]
            seen = [at for at in held if at < len(self._row.cells) and at not in self._hidden]
            parts = [self._row.cells[at].strip() for at in seen]
            if any(parts):
                return " ".join(part for part in parts if part)[:200]
        return ""

    def _look_at_form(self) -> None:
        width = len(self._header or ())
        if width and any(cell.strip() for cell in self._row.cells[width:]):
            self.reasons.append(
                Reason("too_many_cells", {"cells": len(self._row.cells), "columns": width})
            )
        if self._row.ends_file and len(self._row.cells) < width:
            self.reasons.append(Reason("row_cut"))
        elif self._is_text and len(self._row.cells) < width:
            facts = {"cells": len(self._row.cells), "columns": width}
            self.notes.append(Reason("too_few_cells", facts))
        for at, code, cell in self._row.unread:
            if at in self._columns:
                self.reasons.append(Reason(code, {"column": self._column(at), "cell": cell}))
        for at, field in sorted(self._columns.items()):
            cell = self._row.cells[at].strip() if at < len(self._row.cells) else ""
            if field in NUMBERS and _POWER_OF_TEN.fullmatch(cell):
                told = {"column": self._column(at), "given": cell}
                self.reasons.append(Reason("number_mangled", told))

    def _look_for_identity_codes(self) -> None:
        whole = " | ".join(self._row.cells)
        if not identifiers.find_personal_identity_codes(whole):
            return
        for at, cell in enumerate(self._row.cells):
            found = {one.certainty for one in identifiers.find_personal_identity_codes(cell)}
            if "valid" in found:
                self._hidden.add(at)
                self.reasons.append(Reason("personal_identity_code", {"column": self._column(at)}))
            elif "suspect" in found and not self._settings.accept_suspect:
                self._hidden.add(at)
                self.reasons.append(Reason("suspect_identity_code", {"column": self._column(at)}))

    def _gather(self) -> None:
        for at, field in sorted(self._columns.items()):
            cell = self._row.cells[at] if at < len(self._row.cells) else ""
            text = whole_text(cell, lines=field == "note")
            if all(unicodedata.category(one) in {"Cf", "Zs"} for one in text):
                continue  # nothing that can be seen
            if (wrong := fault(field, text)) is not None:
                self._refuse(at, wrong.code)
            elif len(text) > (longest := LONGEST.get(field, LONGEST_OTHER)):
                self._refuse(at, "too_long", longest=longest, length=len(text))
            else:
                self._cells.setdefault(field, []).append((at, text))
                if field in NAMES and has_doubtful_letters(text):
                    self.notes.append(Reason("letters_doubtful", {"column": self._column(at)}))

    def _details(self) -> Details:
        vat = self._by("vat_number", identifiers.vat_number)
        country = self._by("country", vocabulary.country) or self._told_country(vat)
        business_id, foreign_id = self._company_ids(country, vat)
        of = self._whom(bool(business_id or foreign_id))
        name = self._whole_name(of)
        status, ended_on = self._status()
        started_on = self._day("started_on")
        if started_on and ended_on and started_on > ended_on:
            self._refuse(self._at("ended_on") or self._at("started_on") or 0, "end_before_start")
        customer, partner = self._roles()
        place = self._main_place(of, country)
        lines = self._lines(of)
        is_person = of.kind == PartyKind.PERSON
        return Details(
            name=name,
            kind=of.kind,
            kind_is_assumed=of.is_assumed,
            given_name=of.name.given if of.name and is_person else None,
            family_name=of.name.family if of.name and is_person else None,
            customer_number=self._text("customer_number"),
            business_id=business_id,
            foreign_id=foreign_id,
            language=self._language(),
            status=status,
            started_on=started_on,
            ended_on=ended_on,
            is_customer=customer,
            is_partner=partner,
            place=place,
            delivery=self._place("delivery_", country),
            emails=lines.emails,
            phones=lines.phones,
            billing=self._billing(),
            note=self._note(),
            contact=self._contact(of, lines),
            refuses=self._refuses(),
        )

    def _told_country(self, vat: str | None) -> str:
        """Return the country by the rest of the row; a post code of another country's form needs
        an answer from a person where nothing shows the country."""
        post_code = self._text("post_code")
        business_id = self._text("business_id")
        if "country" in self._cells or (vat is None and business_id and _is_finnish(business_id)):
            return "FI"
        identifier = vat or self._text("vat_number") or self._text("foreign_id")
        found = told_country(vat=identifier, post_code=post_code, town=self._text("town"))
        if found is None and post_code and has_foreign_form(post_code):
            facts = {"post_code": post_code[:FOREIGN_POST_CODE], "town": self._text("town") or ""}
            self.reasons.append(Reason("country_unclear", facts))
            # So that it is not said to be a wrong Finnish post code besides.
            self._cells.pop("post_code")
        elif found not in {None, "FI"}:
            self.notes.append(Reason("country_told", {"given": found}))
        return found or "FI"

    def _company_ids(self, country: str, vat: str | None) -> tuple[str | None, str | None]:
        """The Finnish business ID, and the identifier of another country."""
        foreign_id = self._text("foreign_id")
        business_id = None
        if "business_id" in self._cells:
            if country in FINLAND:
                business_id = self._business_id()
            else:
                foreign_id = foreign_id or (self._text("business_id") or "")[:32]
        if vat is None:
            return business_id, foreign_id
        if not vat.startswith("FI"):
            return business_id, vat
        own = f"{vat[2:9]}-{vat[9]}"
        if business_id is not None and business_id != own:
            self._refuse(self._at("vat_number") or 0, "ids_differ")
        return own, foreign_id

    def _business_id(self) -> str | None:
        """The business ID; the zero that a spreadsheet took from its beginning is given back."""
        found, given = self._by("business_id", identifiers.business_id), self._text("business_id")
        if found and given and sum(one.isdecimal() for one in given) < BUSINESS_ID_DIGITS:
            self.notes.append(Reason("business_id_restored", {"given": given, "taken": found}))
        return found

    def _whom(self, has_company_id: bool) -> Whom:
        """Return the party of the row; note what of its names is left out."""
        kind = self._by("kind", vocabulary.kind)
        private = self._by("is_private", vocabulary.yes_or_no)
        if kind is None and private is not None:
            kind = PartyKind.PERSON if private else PartyKind.ORGANISATION
        given = " ".join(filter(None, (self._text("given_name"), self._text("middle_name"))))
        found = whom(
            NameCells(
                kind=kind,
                has_company_id=has_company_id,
                name=self._text("name"),
                company=self._text("company"),
                given=given[: LONGEST["given_name"]] or None,
                family=self._text("family_name"),
                contact=self._text("contact_name"),
                name_order=self._settings.name_order,
                default_kind=self._settings.default_kind,
            )
        )
        if found.reason is not None:
            self.reasons.append(found.reason)
        for field in found.left_out:
            self._leave_out(field)
        return found

    def _whole_name(self, of: Whom) -> str | None:
        whole, more = of.name.whole if of.name else None, self._text("name_more")
        if whole and more:
            whole = f"{whole} {more}"
        if whole and len(whole) > LONGEST["name"]:
            self.reasons.append(
                Reason(
                    "too_long",
                    {
                        "column": self._name_of("name"),
                        "longest": LONGEST["name"],
                        "length": len(whole),
                    },
                )
            )
        return whole or None

    def _lines(self, of: Whom) -> _Lines:
        """Return the owner of the addresses and telephones: beside a company its contact, except
        for the company's own telephone."""
        emails, phones = self._every("email", vocabulary.emails), self._phones("phone")
        of_contact = self._every("contact_email", vocabulary.emails), self._phones("contact_phone")
        of_company = self._phones("company_phone")
        if of.contact is None:
            return _Lines(_once(emails, of_contact[0]), _once(phones, of_company, of_contact[1]))
        if of.lines_are_contacts:
            return _Lines(
                (), of_company, _once(emails, of_contact[0]), _once(phones, of_contact[1])
            )
        return _Lines(emails, _once(phones, of_company), *of_contact)

    def _contact(self, of: Whom, lines: _Lines) -> Contact | None:
        if of.contact is None:
            self._leave_out("job_title")
            return None
        return Contact(
            name=of.contact.whole,
            given_name=of.contact.given,
            family_name=of.contact.family,
            title=self._text("job_title"),
            emails=lines.contact_emails,
            phones=lines.contact_phones,
        )

    def _refuses(self) -> frozenset[str]:
        """Return what the row refuses; a yes is not a consent, for it says neither when nor how."""
        found: set[str] = set()
        for at in customers_permission_columns(self._header or ()):
            value = self._row.cells[at].strip() if at < len(self._row.cells) else ""
            if at in self._columns or not value:
                continue
            says, kind = customers_permission(self._column(at), value)
            if says is MailingPermission.NO:
                found.add(kind)
            elif says is MailingPermission.UNKNOWN:
                facts = {"column": self._column(at), "given": value[:80]}
                self.notes.append(Reason("permission_unclear", facts))
        return frozenset(found)

    def _leave_out(self, field: str) -> None:
        """Note a cell of the row that is not used."""
        for at, text in self._cells.get(field, []):
            self.notes.append(
                Reason("cell_left_out", {"column": self._column(at), "given": text[:80]})
            )

    def _status(self) -> tuple[str | None, date | None]:
        ended_on = self._day("ended_on")
        status = self._by("status", vocabulary.status)
        active = self._by("active", vocabulary.yes_or_no)
        if status is None and active is not None:
            status = PartyStatus.ACTIVE if active else PartyStatus.ENDED
        if ended_on is not None:
            return PartyStatus.ENDED, ended_on
        if status == PartyStatus.ENDED:
            self.notes.append(Reason("ended_today"))
        return status, None

    def _roles(self) -> tuple[bool, bool]:
        roles = self._by("role", vocabulary.roles)
        if roles is None:
            return not self._settings.as_partner, self._settings.as_partner
        return "customer" in roles, "partner" in roles

    def _language(self) -> str | None:
        text = self._text("language")
        found = vocabulary.language(text) if text else None
        if text and found is None:
            self.notes.append(Reason("language_unknown", {"given": text[:40]}))
        return found

    def _main_place(self, of: Whom, country: str) -> Place | None:
        """Return the main address: a person's home where the row has no other; a contact's home is
        not an organisation's and is left out."""
        main = self._place("", country)
        if main is None and of.kind == PartyKind.PERSON:
            return self._place("home_", country)
        for field in ("home_street", "home_post_code", "home_town"):
            self._leave_out(field)
        return main

    def _place(self, prefix: str, country: str) -> Place | None:
        street, more = self._text(f"{prefix}street"), self._text("street_more")
        if prefix:
            more = None
            country = self._by(f"{prefix}country", vocabulary.country) or country
        post_code = self._post_code(f"{prefix}post_code", country)
        town = self._text(f"{prefix}town")
        if street is None and more is not None:
            street, more = more, None
        if street is None:
            if not post_code and not town:
                return None
            street = ""  # a post code or a town alone is kept too
        whole = ", ".join(part for part in (street, more) if part)[: LONGEST["street"]]
        return Place(whole, post_code, town, country)

    def _post_code(self, field: str, country: str) -> str | None:
        text = self._text(field)
        if text is None:
            return None
        if country not in FINLAND:
            if len(text) > FOREIGN_POST_CODE:
                self._refuse(
                    self._at(field) or 0, "too_long", longest=FOREIGN_POST_CODE, length=len(text)
                )
            return text
        if text.isascii() and text.isdigit() and 3 <= len(text) < POST_CODE_DIGITS:  # noqa: PLR2004 - 00100 may be 100
            restored = text.zfill(POST_CODE_DIGITS)
            self.notes.append(Reason("post_code_restored", {"given": text, "taken": restored}))
            text = restored
        return self._checked(self._at(field) or 0, text, identifiers.post_code)

    def _billing(self) -> Billing:
        return Billing(
            e_invoice_address=self._by("e_invoice_address", identifiers.e_invoice_address),
            operator=self._text("operator"),
            email=self._by("billing_email", identifiers.email),
            iban=self._by("iban", identifiers.iban),
            payment_days=self._by("payment_days", vocabulary.payment_days),
            buyer_reference=self._text("buyer_reference"),
        )

    def _note(self) -> str | None:
        """The row's remarks, each after its column's name where there are several."""
        cells = self._cells.get("note", [])
        if len(cells) == 1:
            return cells[0][1]
        return "\n".join(f"{self._column(at)}: {text}" for at, text in cells) or None

    def _day(self, field: str) -> date | None:
        found = self._by(field, vocabulary.day)
        if found is not None and not FIRST_DAY <= found <= self._today:
            self._refuse(
                self._at(field) or 0,
                "day_in_future" if found > self._today else "day_out_of_range",
                latest=self._today,
            )
        return found

    def _text(self, field: str) -> str | None:
        cells = self._cells.get(field)
        return cells[0][1] if cells else None

    def _at(self, field: str) -> int | None:
        cells = self._cells.get(field)
        return cells[0][0] if cells else None

    def _by(self, field: str, rule: Callable[[str], _T]) -> _T | None:
        cells = self._cells.get(field)
        return self._checked(*cells[0], rule) if cells else None

    def _every(self, field: str, rule: Callable[[str], tuple[str, ...]]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for at, text in self._cells.get(field, []):
            found |= dict.fromkeys(self._checked(at, text, rule) or ())
        return tuple(found)

    def _phones(self, field: str) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for at, text in self._cells.get(field, []):
            typed = self._checked(at, text, phones)
            if typed is None:
                continue
            found |= dict.fromkeys(typed.numbers)
            column = self._column(at)
            for given in typed.remarks:
                self.notes.append(Reason("phone_remark_out", {"column": column, "given": given}))
            for given in typed.restored:
                self.notes.append(Reason("phone_restored", {"column": column, "given": given}))
        return tuple(found)

    def _checked(self, at: int, text: str, rule: Callable[[str], _T]) -> _T | None:
        try:
            return rule(text)
        except InvalidInput as error:
            facts = {name: fact for name, fact in error.facts.items() if name != "field"}
            self._refuse(at, "value", rule=f"{error.field}.{error.code}", **facts)
            return None

    def _refuse(self, at: int, code: str, **facts: object) -> None:
        self.reasons.append(Reason(code, {"column": self._column(at), **facts}))

    def _name_of(self, field: str) -> str:
        return self._column(self._at(field) or 0)

    def _column(self, at: int) -> str:
        """The column's name, or its letter as spreadsheets count."""
        if self._header and at < len(self._header) and self._header[at]:
            return self._header[at]
        return letters(at)


def _is_finnish(business_id: str) -> bool:
    try:
        identifiers.business_id(business_id)
    except InvalidInput:
        return False
    return True


def _once(*several: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for some in several for one in some))
