"""Commands on how a party is billed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from queries.rules import identifiers
from queries.rules.roles import Permission
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import BillingDetail, BillingMethod, Party, Purpose, Source
from queries.writes.commands import Checks, Seen, fetch, remove, save, to_remove

LONGEST_PAYMENT_DAYS = 180


@dataclass(frozen=True, kw_only=True)
class AmendBilling:
    """Billing details as they should be; ``payment_days`` net from the day of the invoice."""

    party_id: int
    id: int | None = None
    version: int | None = None
    method: str
    e_invoice_address: str | None = None
    operator: str | None = None
    email: str | None = None
    iban: str | None = None
    payment_days: int = 14
    buyer_reference: str | None = None
    source: str
    sourced_on: date
    accept_suspect: bool = False


@needs(Permission.EDIT_CUSTOMERS)
def amend_billing(uow: UnitOfWork, inputs: AmendBilling) -> int:
    """Add or correct billing details; return the party.

    :raises InvalidInputs: also ``required`` for the address that the chosen method needs.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    method = checks.one_of("method", BillingMethod)
    values = {
        "method": method,
        "e_invoice_address": checks.by(
            identifiers.e_invoice_address,
            "e_invoice_address",
            required=method == BillingMethod.E_INVOICE,
        ),
        "operator": checks.text("operator", longest=35),
        "email": checks.by(identifiers.email, "email", required=method == BillingMethod.EMAIL),
        "iban": checks.by(identifiers.iban, "iban"),
        "payment_days": checks.whole("payment_days", least=0, most=LONGEST_PAYMENT_DAYS),
        "buyer_reference": checks.text("buyer_reference", longest=100),
        "purpose": Purpose.BILLING.value,
        "source": checks.one_of("source", Source),
        "sourced_on": checks.day("sourced_on", latest=uow.today),
    }
    checks.done()
    party = fetch(uow, Party, inputs.party_id, version=None, inputs=inputs)
    detail = None
    if inputs.id is not None:
        detail = fetch(uow, BillingDetail, inputs.id, version=inputs.version, inputs=inputs)
    given, actions = {"party_id": party.id}, ("add_billing", "amend_billing")
    save(uow, BillingDetail, detail, values, actions, party_id=party.id, given=given)
    return party.id


@needs(Permission.EDIT_CUSTOMERS)
def remove_billing(uow: UnitOfWork, inputs: Seen) -> int:
    """Remove billing details that nothing keeps; return the party. Issued invoices keep their own
    copy.

    :raises NotFound, StaleRecord, Restricted, RuleRefusal: as :func:`.commands.to_remove`.
    """
    detail = to_remove(uow, BillingDetail, inputs.id, version=inputs.version, inputs=inputs)
    party_id = detail.party_id
    remove(uow, detail, "remove_billing", party_id=party_id)
    return party_id
