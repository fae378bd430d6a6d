"""The sentences of an import plan, for the page and the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from dashboard.words import has_word, word
from queries.intake.customers.columns import letters
from queries.intake.plan import (
    IN_REGISTER,
    Difference,
    InvoiceStep,
    Plan,
    PlanRow,
    Reason,
    RowOutcome,
    Suggestion,
    to_be_told,
)
from queries.intake.readers.delimited import DELIMITERS
from queries.reads.imports import ImportLine, ImportRecord, Said
from queries.reads.notice.post_codes import PostCodeChanges
from queries.wording.formats import day, euros

MINUS = "\N{MINUS SIGN}"
#: Elements of invoices that have no place in the register, by what they are about.
_GROUPS = {
    "recipient": "InvoiceRecipientPartyDetails InvoiceRecipientContactPersonName"
    " InvoiceRecipientCommunicationDetails",
    "sender": "InvoiceSenderPartyDetails",
    "buyer": "BuyerOrganisationTradingName BuyerOrganisationDepartment BuyerCountrySubdivision"
    " BuyerPhoneNumberIdentifier",
    "contact": "BuyerContactPersonName",
    "delivery": "DeliveryPartyDetails DeliveryContactPersonName DeliveryCommunicationDetails"
    " DeliveryDetails RowDeliveryDetails RowDeliveryDate Delivery",
    "party": "AnyPartyDetails RowAnyPartyDetails",
    "period": "StartDate EndDate InvoicingPeriodStartDate InvoicingPeriodEndDate InvoicePeriod"
    " VatPoint",
    "currency": "InvoiceTotalVatAccountingAmount ExchangeRate OtherCurrencyAmountVatExcludedAmount"
    " OtherCurrencyAmountVatIncludedAmount RowTransactionDetails",
    "credit": "CreditLimitAmount CreditInterestPercent OperationLimitAmount MonthlyAmount",
    "discount": "CashDiscountBaseAmount CashDiscountExcludingVatAmount CashDiscountVatDetails"
    " ReducedInvoiceVatIncludedAmount",
    "overdue": "PaymentOverDueFixedAmount InterestPercent ProsessingCostsAmount"
    " RowOverDuePaymentDetails",
    "payment": "PaidVatExcludedAmount UnPaidVatExcludedAmount PartialPaymentVatExcludedAmount"
    " PaymentCardInfo DirectDebitInfo PaymentMethodText",
    "row": "RowAveragePriceAmount CreditRequestedQuantity ReturnedQuantity",
    "specification": "SpecificationDetails",
}
_GROUP_OF = {name: group for group, names in _GROUPS.items() for name in names.split()}
#: Fields whose values are codes of the register, and the words that name them.
_CODES = {"kind": "kinds", "status": "statuses", "language": "languages"}


def reason_sentence(reason: Reason, language: str) -> str:
    """Return the sentence of a reason, with its facts."""
    facts: dict[str, Any] = {
        name: euros(fact, language).replace("-", MINUS, 1) if name.endswith("_cents") else fact
        for name, fact in reason.facts.items()
    }
    if "field" in facts:
        facts["field"] = word(f"import.fields.{facts['field']}", language)
    if "elements" in facts:
        facts["elements"] = _elements(facts["elements"], facts.get("organisations", {}), language)
    if "rule" in facts:
        facts["why"] = _rule_sentence(facts["rule"], language, facts)
    return word(f"import.reasons.{reason.code}", language, **facts)


def _elements(names: str, organisations: Mapping[str, str], language: str) -> str:
    """Return the elements of an invoice by what they are about, with their names in brackets."""
    groups: dict[str, list[str]] = {}
    for name in names.removesuffix(" …").split(", "):
        groups.setdefault(_GROUP_OF.get(name.removeprefix("Sub"), ""), []).append(name)
    said = []
    for group, members in groups.items():
        if not group:
            said += members
            continue
        whose = dict.fromkeys(organisations[name] for name in members if name in organisations)
        words = (word(f"import.elements.{group}", language), ", ".join(whose))
        said.append(f"{' '.join(filter(None, words))} ({', '.join(members)})")
    return ", ".join(said) + (" …" if names.endswith(" …") else "")


def _rule_sentence(rule: str, language: str, facts: Mapping[str, Any]) -> str:
    """Return the sentence of a refused value: in a file, as on a form, or in general."""
    general = rule.rsplit(".", 1)[-1]
    for key in (f"import.values.{rule}", f"refusals.{rule}", f"refusals.{general}"):
        if has_word(key, language):
            return word(key, language, **facts)
    raise KeyError(rule)


def why(row: PlanRow, language: str) -> str:
    """Return every reason and note of a row, and the parties that it may mean."""
    said = [reason_sentence(one, language) for one in (*row.reasons, *row.notes)]
    if row.outcome is RowOutcome.REFUSE and row.suggested:
        shown = "; ".join(f"{one.id} ({one.shown})" for one in row.suggested)
        said.append(word("import.candidates", language, who=shown))
    return " ".join(said)


def nothing_key(plan: Plan) -> str:
    """Return the words for a plan that adds and changes nothing."""
    if plan.count(RowOutcome.REFUSE):
        return "import.nothing_allowed"
    told = [one for row in plan.rows if (one := to_be_told(row)) is not None]
    codes = {reason.code for one in told for reason in one.reasons}
    if codes - IN_REGISTER or any(one.differences for one in told):
        return "import.nothing_taken"
    return "import.nothing"


def to_be_known(row: PlanRow, language: str) -> str:
    """Return the result of :func:`queries.intake.plan.to_be_told` in words; empty for None."""
    told = to_be_told(row)
    if told is None:
        return ""
    said = (why(told, language), "; ".join(changes(told.differences, language)))
    return " ".join(part for part in said if part)


def who(row: PlanRow, language: str) -> str:
    """Return whom or what a row is about."""
    number = None if row.invoice is None else dict(row.invoice.values)["number"]
    name = printable(row.party_name or row.name)
    if number is None:
        return name
    return word("import.invoice_of", language, name=name, number=number)


def details(row: PlanRow, language: str) -> list[str]:
    """Return what the row brings: an invoice's days and sum, or what is added, replaced and
    kept."""
    if row.invoice is None:
        return changes(row.differences, language)
    values = dict(row.invoice.values)
    return [
        word(
            "import.invoice_facts",
            language,
            issued_on=values["issued_on"],
            total=euros(values["total_cents"], language),
            n=len(row.invoice.lines),
        )
    ]


def changes(differences: Iterable[Difference], language: str) -> list[str]:
    """Return what is added, replaced and kept, one line a detail."""
    return [_change(one, language) for one in differences]


def _change(one: Difference, language: str) -> str:
    field = word(f"import.fields.{one.field}", language)
    if not one.given:
        return field
    given = _value(one.field, one.given, language)
    if one.current is None:
        return word("import.field_added", language, field=field, given=given)
    current = _value(one.field, one.current, language)
    key = "import.field_replaced" if one.taken else "import.field_kept"
    return word(key, language, field=field, current=current, given=given)


def _value(field: str, value: str, language: str) -> str:
    if field == "started_on":
        return day(date.fromisoformat(value), language)
    area = _CODES.get(field)
    return word(f"{area}.{value}", language) if area else value


def post_code_sentences(changes: PostCodeChanges, run_on: date, language: str) -> list[str]:
    """Return what a file of post codes would do: its day, and how many codes are added, changed
    and removed."""
    said = [word("import.post_codes.of_day", language, on=run_on)]
    said += [
        word(f"import.post_codes.{name}", language, n=getattr(changes, name))
        for name in ("added", "changed", "removed", "unchanged")
    ]
    if changes.older:
        said.append(word("import.post_codes.older", language))
    return said


def noted_row(said: Said) -> PlanRow:
    """Return the report on a row, as the preview and the command line gave it."""
    number = said.invoice_number
    return PlanRow(
        said.number,
        RowOutcome(said.outcome),
        said.name,
        party_id=said.party_id,
        reasons=_reasons(said.reasons),
        notes=_reasons(said.notes),
        differences=tuple(Difference(*kept, taken=False) for kept in said.kept),
        suggested=tuple(Suggestion(*one) for one in said.asked),
        invoice=None if number is None else InvoiceStep((("number", number),), ()),
    )


def noted_whole(record: ImportRecord, language: str) -> list[str]:
    """Return the report on the whole file."""
    return [reason_sentence(one, language) for one in _reasons(record.notes)]


def _reasons(pairs: Iterable[tuple[str, Mapping[str, Any]]]) -> tuple[Reason, ...]:
    return tuple(Reason(code, facts) for code, facts in pairs)


def counted(line: ImportLine, language: str) -> str:
    """Return the result of an import, in numbers; that it was undone comes first."""
    counts = {
        "create": line.created,
        "change": line.changed,
        "skip": line.skipped,
        "refuse": line.refused or 0,
    }
    said = [word(f"imports.counts.{name}", language, n=n) for name, n in counts.items() if n]
    undone = [word("imports.undone_short", language)] if line.undone_at is not None else []
    return ", ".join([*undone, *said])


def file_words(line: ImportLine, language: str) -> str:
    """The name of the file, or that there is none any more."""
    return line.name or word("imports.no_name", language)


def settings_words(settings: Mapping[str, Any], language: str) -> list[str]:
    """Return the settings of an import, one line each."""
    said = []
    for name, value in settings.items():
        if name == "columns":
            shown = ", ".join(
                f"{letters(int(at))}: {word(f'import.fields.{field}', language)}"
                for at, field in value.items()
            )
            said.append(
                word("imports.chosen", language, what=word("import.columns", language), value=shown)
            )
        elif name == "matches":
            shown = ", ".join(
                f"{row}: {word('import.match_new', language) if party is None else party}"
                for row, party in value
            )
            said.append(word("imports.matched", language, value=shown))
        elif value is True:
            said.append(word(f"import.{name}", language))
        else:
            said.append(
                word(
                    "imports.chosen",
                    language,
                    what=word(f"import.{name}", language),
                    value=_setting(name, value, language),
                )
            )
    return said


def _setting(name: str, value: Any, language: str) -> str:
    if value is False:
        return word("forms.no", language)
    if name == "default_kind":
        return word(f"kinds.{value}", language)
    if name == "name_order":
        return word(f"import.name_orders.{value}", language)
    if name == "delimiter":
        known = dict(zip(DELIMITERS, ("semicolon", "comma", "tab", "pipe"), strict=True))
        return word(f"import.delimiters.{known[value]}", language) if value in known else str(value)
    return str(value)


def printable(text: str) -> str:
    """The text without what a terminal would obey."""
    if text.isprintable():
        return text
    return "".join(
        one if one.isprintable() or one == "\N{NO-BREAK SPACE}" else "\N{REPLACEMENT CHARACTER}"
        for one in text
    )
