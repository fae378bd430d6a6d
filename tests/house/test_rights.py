"""Every read and command declares its right, and checks it before anything else."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest

import queries.reads
import queries.writes
from queries.errors import NotAllowed
from queries.rules.roles import ROLES, Actor, Permission, Role

#: Public functions of a session or a unit of work that declare no right, each with its reason.
WITHOUT = {
    "queries.reads.newsletter.leads_out": "the link gives the right, and nobody is told",
    "queries.reads.web_forms.open_form": "how the secret of a form comes to be known",
    "queries.writes.form_messages.receive_message": "the form's secret gives the right",
    "queries.reads.sign_ins.signed_in": "how the rights of a browser come to be known",
    "queries.writes.newsletter.newsletter.unsubscribe_by_link": "the link gives the right",
    "queries.writes.sign_ins.take_try": "nobody is signed in yet",
    "queries.writes.sign_ins.note_failed_sign_in": "nobody is signed in",
    "queries.writes.sign_ins.issue_ticket": "nobody is signed in yet",
    "queries.writes.sign_ins.redeem_ticket": "the ticket gives the right",
    "queries.writes.sign_ins.start_session": "the ticket gave the right",
    "queries.writes.sign_ins.touch_session": "decides nothing",
    "queries.writes.sign_ins.end_session": "whoever holds a session may end it",
    "queries.writes.users.change_own_password": "being oneself is the right",
    "queries.writes.users.choose_own_language": "being oneself is the right",
}
#: Pieces that commands and reads share inside ``queries``: the caller has checked its own right.
PIECES = {
    "queries.reads.retention.financial_years.voucher_days",
    "queries.reads.retention.holds.holds_where",
    "queries.reads.paging.count_up_to",
    "queries.reads.paging.counts_up_to",
    "queries.reads.paging.page_of",
    "queries.reads.notice.post_codes.as_of",
    "queries.reads.notice.proofs_answered.answered",
    "queries.reads.notice.proofs_counted.counted",
    "queries.reads.requests.request_list.asked_of",
    "queries.reads.retention.figures.event_days",
    "queries.reads.retention.figures.figures_of",
    "queries.reads.retention.figures.read_moment",
    "queries.reads.retention.blocked_by.keepers_of_file",
    "queries.reads.retention.blocked_by.keepers_of_party",
    "queries.reads.retention.record_list.list_of",
    "queries.writes.commands.change",
    "queries.writes.commands.fetch",
    "queries.writes.commands.remove",
    "queries.writes.commands.restrict_alone",
    "queries.writes.commands.save",
    "queries.writes.commands.stamp",
    "queries.writes.commands.to_remove",
    "queries.writes.commands.unless_restricted",
    "queries.writes.customers.contacts.keep_town",
    "queries.writes.sales.drafts.draft_to_change",
    "queries.writes.sales.invoices.next_number",
    "queries.writes.sales.invoices.put_in_books",
    "queries.writes.paper.records.loan_out",
    "queries.writes.paper.records.paper_to_change",
    "queries.writes.removal_guard.announce_removal",
    "queries.writes.removal_guard.keep_overwritten",
    "queries.writes.removal_guard.unless_kept",
    "queries.writes.removal_guard.why_held",
    "queries.writes.requests.request_file.answer",
    "queries.writes.requests.request_file.close_if_answered",
    "queries.writes.requests.request_file.is_identified",
    "queries.writes.requests.request_file.open_file",
    "queries.writes.requests.request_file.recipients_to_tell",
    "queries.writes.requests.request_file.require_identity",
    "queries.writes.requests.request_file.restrict_party_of",
    "queries.writes.requests.request_file.right_to_answer",
    "queries.writes.requests.request_file.send_letters",
    "queries.writes.requests.request_file.touch",
    "queries.writes.requests.request_file.unless_untold",
    "queries.writes.sales.numbering.becomes_active",
    "queries.writes.sales.numbering.take_number",
    "queries.writes.sales.invoice_balance.lock_order",
    "queries.writes.sales.invoice_balance.written_off",
    "queries.writes.sales.invoice_balance.locked_family",
    "queries.writes.sales.invoice_balance.settle",
    "queries.writes.sign_ins.close_sessions",
    "queries.writes.newsletter.subscriptions.enlist",
    "queries.writes.newsletter.subscriptions.lift_suppressions",
    "queries.writes.newsletter.subscriptions.newsletter_addresses",
    "queries.writes.newsletter.subscriptions.newsletter_alone",
    "queries.writes.newsletter.subscriptions.parties_with",
    "queries.writes.newsletter.subscriptions.subscription_at",
    "queries.writes.newsletter.subscriptions.suppress",
    "queries.writes.newsletter.subscriptions.stop_sending",
    "queries.writes.newsletter.subscriptions.suppress_party",
    "queries.writes.newsletter.subscriptions.unless_suppressed",
}


def public_functions():
    for package in (queries.reads, queries.writes):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for name, thing in vars(importlib.import_module(module.name)).items():
                if not inspect.isfunction(thing) or thing.__module__ != module.name:
                    continue
                if not name.startswith("_") and _place(thing) in {"Session", "UnitOfWork"}:
                    yield f"{module.name}.{name}", thing


def _place(function) -> str | None:
    """The annotation of the first parameter, as it is written."""
    first = next(iter(inspect.signature(function).parameters.values()), None)
    return None if first is None else str(first.annotation)


FUNCTIONS = dict(public_functions())
DECLARED = {name: each for name, each in FUNCTIONS.items() if hasattr(each, "__right__")}


def test_every_read_and_command_declares_its_right():
    assert set(FUNCTIONS) - set(DECLARED) == set(WITHOUT) | PIECES


def test_a_right_is_one_of_the_role_tables():
    assert {
        name for name, each in DECLARED.items() if each.__right__ not in set(Permission)
    } == set()


def unable(function) -> list[Role]:
    return [role for role, rights in ROLES.items() if function.__right__ not in rights]


@pytest.mark.parametrize("name", sorted(name for name, each in DECLARED.items() if unable(each)))
def test_a_role_without_the_right_is_refused_first(name, sqlite_store):
    function = DECLARED[name]
    more = list(inspect.signature(function).parameters.values())[1:]
    needed = [None for each in more if each.kind is each.POSITIONAL_OR_KEYWORD]
    for role in unable(function):
        actor = Actor("joku", role)
        writes = _place(function) == "UnitOfWork"
        place = sqlite_store.writing(actor) if writes else sqlite_store.reading(actor)
        with pytest.raises(NotAllowed), place as opened:
            function(opened, *needed)
