"""Whatever removes a row outside the eraser asks the guard first, or says here why it need not."""

from __future__ import annotations

import ast
from pathlib import Path

QUERIES = Path(__file__).parents[2] / "queries"
#: The functions of :mod:`queries.writes.removal_guard` that refuse, or say what keeps a record.
GUARD = {"to_remove", "unless_kept", "why_held", "keep_overwritten"}
#: The eraser itself, behind the checks of the disposal service; and changes of the schema.
ERASER = ("store/retention/erasing.py", "store/retention/anonymising.py", "store/migrations/")
#: Facts, sums and the search index, computed from the records and made anew from them; and, by the
#: foreign key of a party that is removed, the newsletter that its relation was the basis of.
DERIVED = ("store/derived/",)

_OWN = "the company's own: about no person"
_SIGN_IN = "a session or ticket of the company's own users, over or used"
_COMPUTED = "computed from the records, and made anew from them"
_UNSENT = "a letter that nobody got, made again from the same data; what was sent stays"
_NOTES = "notes of an import and what it replaced, their time over; what is held is left out"
_AFTER = "the eraser's, after the checks of the disposal"
_RESTORED = "a restored copy's, and put there as the store had it"
_WRONG = "a line that was wrong: the paper itself stays"
_OTHER = "of another person than the request is about; unsent"
_OBJECTED = "to get nothing any more is always granted (GDPR Art. 7(3), 21(3)); the mark stays"

#: Removals without the guard, each with its reason.
FREE = {
    "writes/commands.py:remove": "each command that calls it is looked at here itself",
    "store/import_details.py:_forget_rows": _NOTES,
    "store/import_details.py:forget_over": _NOTES,
    "store/retention/request_exports.py:empty_exports": _AFTER,
    "store/backup/carry_suppressions.py:carry_over": _OBJECTED,
    "store/backup/replay.py:replay": _SIGN_IN,
    "store/backup/carry_holds.py:_forget_another": _RESTORED,
    "store/schema.py:mark": _COMPUTED,
    "writes/paper/destruction.py:remove_destruction": _WRONG,
    "writes/retention/financial_years.py:remove_financial_year": _OWN,
    "writes/notice/settings.py:_keep": _OWN,
    "writes/notice/post_codes.py:replace_post_codes": _OWN,
    "writes/recipients.py:remove_recipient": _OWN,
    "writes/requests/answers.py:file_letter": _UNSENT,
    "writes/requests/request_file.py:send_letters": _UNSENT,
    "writes/requests/requests.py:identify_party": _OTHER,
    "writes/restore_review.py:confirm_checked": _OWN,
    "writes/sign_ins.py:_forget_sessions": _SIGN_IN,
    "writes/sign_ins.py:close_sessions": _SIGN_IN,
    "writes/sign_ins.py:issue_ticket": _SIGN_IN,
    "writes/sign_ins.py:redeem_ticket": _SIGN_IN,
    "writes/newsletter/subscriptions.py:suppress": _OBJECTED,
    "writes/newsletter/subscriptions.py:lift_suppressions": "the person's own new consent",
    "writes/web_forms.py:remove_web_form": _OWN,
}


def removes(node: ast.AST) -> bool:
    """Return whether a node removes a row: by the session, by a statement, out of a collection."""
    if isinstance(node, ast.Call):
        called = node.func
        if isinstance(called, ast.Attribute):
            return called.attr == "delete"
        return isinstance(called, ast.Name) and called.id in {"delete", "remove"}
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
        "intake/undo_import.py:_Taking",
        "writes/customers/billing_details.py:remove_billing",
        "writes/customers/contacts.py:_remove",
        "writes/sales/drafts.py:_replace_lines",
        "writes/sales/drafts.py:discard_draft",
        "writes/form_messages.py:accept_message",
        "writes/form_messages.py:reject_message",
        "writes/customers/notes.py:remove_note",
        "writes/paper/records.py:unlink_party",
        "writes/customers/parties.py:unlink_contact_person",
        "writes/requests/request_file.py:_forget_before",
    }
