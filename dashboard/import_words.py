"""The sentences of an import plan, for the page and the command line."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from dashboard.words import has_word, word
from dashboard.words.formats import day, euros
from queries.intake.plan import Difference, Outcome, PlanRow, Reason
from queries.reads.post_codes import PostCodeChanges

#: Fields whose values are codes of the register, and the words that name them.
_CODES = {"kind": "kinds", "status": "statuses", "language": "languages"}


def reason_sentence(reason: Reason, language: str) -> str:
    """What a reason says, with its facts."""
    facts: dict[str, Any] = {
        name: euros(fact, language) if name.endswith("_cents") else fact
        for name, fact in reason.facts.items()
    }
    if "field" in facts:
        facts["field"] = word(f"import.fields.{facts['field']}", language)
    if "rule" in facts:
        facts["why"] = _rule_sentence(facts["rule"], language)
    return word(f"import.reasons.{reason.code}", language, **facts)


def _rule_sentence(rule: str, language: str) -> str:
    """What a refusal of a value says: in a file, as on a form, or in general."""
    general = rule.rsplit(".", 1)[-1]
    for key in (f"import.values.{rule}", f"refusals.{rule}", f"refusals.{general}"):
        if has_word(key, language):
            return word(key, language)
    raise KeyError(rule)


def why(row: PlanRow, language: str) -> str:
    """Every reason and note of a row, and whom it may mean where that is asked."""
    said = [reason_sentence(one, language) for one in (*row.reasons, *row.notes)]
    if row.outcome is Outcome.REFUSE and row.suggested:
        shown = "; ".join(f"{one.id} ({one.shown})" for one in row.suggested)
        said.append(word("import.candidates", language, who=shown))
    return " ".join(said)


#: Reasons that say nothing of what is left out.
_NOTHING_LEFT_OUT = {"already_so", "not_found"}


def to_be_known(row: PlanRow, language: str) -> str:
    """What a person has to know of a row before and after it is brought in.

    Why it is refused or left out, its notes, and values of the file that are not taken; empty when
    the row comes in as it stands.
    """
    if row.outcome is Outcome.REFUSE:
        return why(row, language)
    reasons = [
        one
        for one in row.reasons
        if row.outcome is Outcome.SKIP
        and one.code not in _NOTHING_LEFT_OUT
        and not one.code.startswith("matched_by_")
    ]
    said = [reason_sentence(one, language) for one in (*reasons, *row.notes)]
    kept = [one for one in row.differences if not one.taken and one.stands is not None]
    return " ".join([*said, *changes(kept, language)])


def who(row: PlanRow, language: str) -> str:
    """Whom or what a row is about."""
    number = None if row.invoice is None else dict(row.invoice.values)["number"]
    name = row.party_name or row.name
    if number is None:
        return name
    return word("import.invoice_of", language, name=name, number=number)


def details(row: PlanRow, language: str) -> list[str]:
    """What the row brings: an invoice's days and sum, or what is added, replaced and kept."""
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
    """What is added, replaced and kept, one line a detail."""
    return [_change(one, language) for one in differences]


def _change(one: Difference, language: str) -> str:
    field = word(f"import.fields.{one.field}", language)
    if not one.given:
        return field
    given = _value(one.field, one.given, language)
    if one.stands is None:
        return word("import.field_added", language, field=field, given=given)
    stands = _value(one.field, one.stands, language)
    key = "import.field_replaced" if one.taken else "import.field_kept"
    return word(key, language, field=field, stands=stands, given=given)


def _value(field: str, value: str, language: str) -> str:
    if field == "started_on":
        return day(date.fromisoformat(value), language)
    area = _CODES.get(field)
    return word(f"{area}.{value}", language) if area else value


def post_code_sentences(changes: PostCodeChanges, run_on: date, language: str) -> list[str]:
    """What a file of post codes would do: its day, and how many codes come, change and go."""
    said = [word("import.post_codes.of_day", language, on=run_on)]
    said += [
        word(f"import.post_codes.{name}", language, n=getattr(changes, name))
        for name in ("added", "changed", "removed", "unchanged")
    ]
    if changes.older:
        said.append(word("import.post_codes.older", language))
    return said
