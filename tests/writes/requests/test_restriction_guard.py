"""Every command that edits a party refuses while processing of its data is restricted."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import pytest
from sqlalchemy import text

import queries.writes
from queries.errors import Restricted
from queries.rules.roles import Actor, Role
from queries.writes import form_messages, recipients
from queries.writes.commands import Seen
from queries.writes.customers import contacts, notes, parties
from queries.writes.customers.billing_details import AmendBilling, amend_billing, remove_billing
from queries.writes.requests.restrictions import Restrict, restrict
from queries.writes.sales import drafts, invoices, orders, work_entries
from tests.factories.messages import make_form, make_message
from tests.factories.records import (
    MAKER,
    TODAY,
    make_address,
    make_billing,
    make_email,
    make_note,
    make_order,
    make_party,
    make_person,
    make_phone,
    make_work,
)
from tests.factories.requests import make_request, seen
from tests.support.trails import everything

ADMIN = Actor("maija", Role.ADMINISTRATOR)
_SOURCED = {"source": "phone", "sourced_on": TODAY}

#: Commands that edit no party, or that Art. 18(2) allows: each with its reason.
FREE = {
    "settings": "the house's own",
    "sales.services": "the house's own",
    "users": "the house's own",
    "sign_ins": "the house's own",
    "retention.financial_years": "the house's own",
    "retention.holds": "keeps: storage and claims",
    "sales.payments": "a claim is settled",
    "sales.credit_notes": "a claim is corrected",
    "retention.disposal": "has its own check of restrictions",
    "requests.requests": "the request itself",
    "requests.identity": "the request itself",
    "requests.answers": "the request itself",
    "requests.restrictions": "the request itself",
    "requests.rectification": "the request itself",
    "requests.erasure": "the request itself",
    "recipients": "the house's own, but for disclosures",
    "paper.rooms": "the house's own",
    "paper.destruction": "asks the disposal's own check",
    "paper.records": "nobody's own; lending and unlinking refuse by themselves",
    "newsletter.newsletter": "adding refuses by itself (tested there), leaving is always free",
    "notice.settings": "the house's own",
    "backups": "the house's own",
    "restore_review": "the house's own",
    "notice.post_codes": "the house's own",
    "sales.write_offs": "a claim is decided on; the disposal has its own check of restrictions",
    "rebuild_derived": "computes anew what is derived",
    "retention.ledger_renewal": "the house's own",
    "notice.told": "what the house told",
    "web_forms": "the house's own",
    "form_messages": "nobody's yet, but for accepting",
}

LINE = drafts.DraftLine(
    service_id=None,
    description="Työ",
    quantity="1",
    unit="hour",
    unit_price="10,00",
    vat_category="standard",
)


def inputs_list(party: int, other: int, ids: dict[str, int]) -> dict[str, tuple]:
    """Return each editing command with inputs that would change something."""
    removal = {
        name: Seen(id=ids[name], version=1)
        for name in ("phone", "email", "address", "billing", "note")
    }
    return {
        "amend_phone": (
            contacts.amend_phone,
            contacts.AmendPhone(party_id=party, number="040 999 8888", **_SOURCED),
        ),
        "amend_email": (
            contacts.amend_email,
            contacts.AmendEmail(party_id=party, address="b@c.example", **_SOURCED),
        ),
        "amend_address": (
            contacts.amend_address,
            contacts.AmendAddress(party_id=party, street="Uusi 1", **_SOURCED),
        ),
        "remove_phone": (contacts.remove_phone, removal["phone"]),
        "remove_email": (contacts.remove_email, removal["email"]),
        "remove_address": (contacts.remove_address, removal["address"]),
        "amend_billing": (amend_billing, AmendBilling(party_id=party, method="letter", **_SOURCED)),
        "remove_billing": (remove_billing, removal["billing"]),
        "amend_note": (
            notes.amend_note,
            notes.AmendNote(party_id=party, text="Uusi", noted_on=TODAY),
        ),
        "remove_note": (notes.remove_note, removal["note"]),
        "amend_party": (
            parties.amend_party,
            parties.AmendParty(
                id=party,
                version=ids["version"],
                kind="person",
                given_name="Uusi",
                family_name="Nimi",
                started_on=TODAY,
                **_SOURCED,
            ),
        ),
        "change_status": (
            parties.change_status,
            parties.ChangeStatus(id=party, version=ids["version"], status="ended", ended_on=TODAY),
        ),
        "link_contact_person": (
            parties.link_contact_person,
            parties.LinkContactPerson(organisation_id=other, person_id=party),
        ),
        "unlink_contact_person": (
            parties.unlink_contact_person,
            parties.UnlinkContactPerson(id=ids["link"]),
        ),
        "amend_order": (
            orders.amend_order,
            orders.AmendOrder(party_id=party, title="Uusi", status="open", ordered_on=TODAY),
        ),
        "change_order_status": (
            orders.change_order_status,
            orders.ChangeOrderStatus(id=ids["order"], version=1, status="done", closed_on=TODAY),
        ),
        "amend_work_entry": (
            work_entries.amend_work_entry,
            work_entries.AmendWorkEntry(
                order_id=ids["order"], done_on=TODAY, done_by="Veikko", description="Lisää"
            ),
        ),
        "amend_draft": (drafts.amend_draft, drafts.AmendDraft(party_id=party, lines=(LINE,))),
        "discard_draft": (drafts.discard_draft, Seen(id=ids["draft"], version=1)),
        "issue_invoice": (
            invoices.issue_invoice,
            invoices.IssueInvoice(id=ids["draft"], version=1, issued_on=TODAY),
        ),
        "accept_message": (
            form_messages.accept_message,
            form_messages.AcceptMessage(id=ids["message"], party_id=party, note="Uusi"),
        ),
        "note_disclosure": (
            recipients.note_disclosure,
            recipients.NoteDisclosure(
                party_id=party, recipient_id=1, what="Nimi", disclosed_on=TODAY
            ),
        ),
    }


def first(store, table: str) -> int:
    with store.engine.connect() as connection:
        return connection.exec_driver_sql(f"SELECT max(id) FROM {table}").scalar_one()  # noqa: S608 - our own tables


@pytest.fixture
def restricted(store, now):
    """A person with data in every table, restricted; an organisation that is not; the keys."""
    party, other = make_person(store), make_party(store)
    make_phone(store, party)
    make_email(store, party)
    make_address(store, party)
    make_billing(store, party)
    make_note(store, party)
    order = make_order(store, party)
    make_work(store, order)
    draft = drafts.AmendDraft(party_id=party, order_id=order, lines=(LINE,))
    link = parties.LinkContactPerson(
        organisation_id=make_party(store, name="Toinen Oy"), person_id=party
    )
    ids = {
        "order": order,
        "draft": store.carry_out(drafts.amend_draft, draft, actor=MAKER, now=now),
    }
    store.carry_out(parties.link_contact_person, link, actor=MAKER, now=now)
    make_message(store, make_form(store))
    for name, table in (
        ("phone", "phone"),
        ("email", "email"),
        ("address", "address"),
        ("message", "form_message"),
        ("billing", "billing_detail"),
        ("note", "note"),
        ("link", "contact_person"),
    ):
        ids[name] = first(store, table)
    with store.engine.connect() as connection:
        party_row = text("SELECT version FROM party WHERE id = :id")
        ids["version"] = connection.execute(party_row, {"id": party}).scalar_one()
    request = make_request(store, party, ("restriction",))
    inputs = Restrict(**seen(store, request), reason="Osoite on kiistetty")
    store.carry_out(restrict, inputs, actor=ADMIN, now=now)
    return inputs_list(party, other, ids)


def test_every_editing_command_refuses(store, restricted, now):
    before = everything(store)
    for name, (command, inputs) in restricted.items():
        with pytest.raises(Restricted) as refusal:
            store.carry_out(command, inputs, actor=ADMIN, now=now)
        assert refusal.value.facts["since"] == TODAY, name
    assert everything(store) == before


def test_no_command_was_forgotten():
    """Every command is either above or free, with its reason."""
    commands = {
        f"{module.name.removeprefix('queries.writes.')}.{name}"
        for module in pkgutil.walk_packages(queries.writes.__path__, "queries.writes.")
        for name, thing in vars(importlib.import_module(module.name)).items()
        if inspect.isfunction(thing)
        and hasattr(thing, "__right__")
        and thing.__module__ == module.name
    }
    ids = dict.fromkeys(
        (
            "phone",
            "email",
            "address",
            "billing",
            "note",
            "link",
            "order",
            "draft",
            "version",
            "message",
        ),
        1,
    )
    tried = set(inputs_list(1, 2, ids))
    rest = {command for command in commands if command.rsplit(".", 1)[1] not in tried}
    assert {command for command in rest if command.rsplit(".", 1)[0] not in FREE} == set()
