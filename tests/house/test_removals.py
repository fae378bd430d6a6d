"""Whatever removes a row outside the eraser asks the guard first, or says here why it need not."""

from __future__ import annotations

import ast
from pathlib import Path

QUERIES = Path(__file__).parents[2] / "queries"
#: The functions of :mod:`queries.writes.preservation` that refuse, or say what keeps a record.
GUARD = {"to_remove", "unless_kept", "why_held", "keep_overwritten"}
#: The eraser itself, behind the checks of the disposal service; and changes of the schema.
ERASER = ("store/erasing.py", "store/anonymising.py", "store/migrations/")
#: Facts, sums and the search index, computed from the records and made anew from them; and, by the
#: foreign key of a party that goes, the newsletter that its relation was the right to.
DERIVED = ("store/derived/",)

_OWN = "the company's own: about no person"
_SIGN_IN = "a session or ticket of the company's own users, over or used"
_COMPUTED = "computed from the records, and made anew from them"
_UNSENT = "a letter that nobody got, made again from the same data; what was sent stays"
_NOTES = "notes of an import and what it replaced, their time over; what is held is left out"
_OBJECTED = "to get nothing any more is always granted (GDPR Art. 7(3), 21(3)); the mark stays"

#: Removals without the guard, each with its reason.
FREE = {
    "store/import_details.py:_forget_rows": _NOTES,
    "store/import_details.py:forget_over": _NOTES,
    "store/request_exports.py:empty_exports": "the eraser's, after the checks of the disposal",
    "store/remembering.py:carry_over": _OBJECTED,
    "store/replay.py:replay": _SIGN_IN,
    "store/safeguards.py:_forget_another": "a restored copy's, and put there as the store had it",
    "store/schema.py:mark": _COMPUTED,
    "writes/destruction.py:remove_destruction": "a line that was wrong: the paper itself stays",
    "writes/financial_years.py:remove_financial_year": _OWN,
    "writes/notice_settings.py:_keep": _OWN,
    "writes/post_codes.py:replace_post_codes": _OWN,
    "writes/recipients.py:remove_recipient": _OWN,
    "writes/request_answers.py:file_letter": _UNSENT,
    "writes/request_files.py:send_letters": _UNSENT,
    "writes/requests.py:identify_party": "of another person than the request is about; unsent",
    "writes/restored.py:confirm_checked": _OWN,
    "writes/sign_ins.py:_forget_sessions": _SIGN_IN,
    "writes/sign_ins.py:close_sessions": _SIGN_IN,
    "writes/sign_ins.py:issue_ticket": _SIGN_IN,
    "writes/sign_ins.py:redeem_ticket": _SIGN_IN,
    "writes/subscribing.py:suppress": _OBJECTED,
    "writes/subscribing.py:lift_suppressions": "the person's own new consent",
    "writes/web_forms.py:remove_web_form": _OWN,
}


def removes(node: ast.AST) -> bool:
    """Whether a node takes a row away: by the session, by a statement, out of a collection."""
    if isinstance(node, ast.Call):
        called = node.func
        if isinstance(called, ast.Attribute):
            return called.attr == "delete"
        return isinstance(called, ast.Name) and called.id == "delete"
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.upper().lstrip().startswith("DELETE FROM")
    if isinstance(node, ast.Delete):
        return any(
            isinstance(one, ast.Subscript) and isinstance(one.value, ast.Attribute)
            for one in node.targets
        )
    return False


def calls(node: ast.AST) -> set[str]:
    return {
        one.func.id
        for one in ast.walk(node)
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)
    }


def removals() -> dict[str, bool]:
    """Each place that removes, ``module:function``, and whether it asks the guard."""
    found: dict[str, bool] = {}
    for path in sorted(QUERIES.rglob("*.py")):
        name = path.relative_to(QUERIES).as_posix()
        if name.startswith((*ERASER, *DERIVED)):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if any(removes(one) for one in ast.walk(node)):
                place = getattr(node, "name", "<module>")
                found[f"{name}:{place}"] = bool(calls(node) & GUARD)
    return found


def test_every_removal_asks_the_guard_or_says_why_it_need_not():
    assert {place for place, asks in removals().items() if not asks} == set(FREE)


def test_the_guard_is_asked_by_each_door_of_a_partys_records():
    assert {place for place, asks in removals().items() if asks} == {
        "intake/undoing.py:_Taking",
        "writes/billing_details.py:remove_billing",
        "writes/contacts.py:_remove",
        "writes/drafts.py:_replace_lines",
        "writes/drafts.py:discard_draft",
        "writes/form_messages.py:accept_message",
        "writes/form_messages.py:reject_message",
        "writes/notes.py:remove_note",
        "writes/paper.py:unlink_party",
        "writes/parties.py:unlink_contact_person",
        "writes/request_files.py:_forget_before",
    }
