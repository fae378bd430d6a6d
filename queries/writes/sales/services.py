"""Commands on the catalogue of services."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from queries.errors import StaleRecord
from queries.rules.money import from_cents
from queries.rules.roles import Permission
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import Service, Unit, VatCategory
from queries.writes.commands import Checks, fetch, save
from queries.writes.sales.numbering import typed_cents

LONGEST_CODE = 32
LONGEST_NAME = 200


@dataclass(frozen=True, kw_only=True)
class AmendService:
    """A service as it should be.

    :param id: the service to correct, with the ``version`` that was seen; None to add one.
    :param unit_price: without VAT, for one ``unit``, as it was typed: ``1 234,50``.
    :param active: whether it is still sold; one that is not stays on what was sold.
    """

    id: int | None = None
    version: int | None = None
    code: str
    name: str
    unit: str
    unit_price: str
    vat_category: str
    active: bool = True
    accept_suspect: bool = False


@needs(Permission.EDIT_SALES)
def amend_service(uow: UnitOfWork, inputs: AmendService) -> int:
    """Add a service to the catalogue or correct one; return it.

    A new price is that of what is sold from now on: orders and invoices keep theirs.

    :raises InvalidInputs: also ``taken`` for the code of another service, ``negative``.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    cents = checks.by(typed_cents, "unit_price", required=True)
    values = {
        "code": checks.text("code", longest=LONGEST_CODE, required=True),
        "name": checks.text("name", longest=LONGEST_NAME, required=True),
        "unit": checks.one_of("unit", Unit),
        "unit_price_cents": cents,
        "vat_category": checks.one_of("vat_category", VatCategory),
        "active": inputs.active,
    }
    if cents is not None and cents < 0:
        checks.refuse("unit_price", "negative")
    other = select(Service.id).where(Service.code == values["code"], Service.id != (inputs.id or 0))
    if uow.session.scalar(other) is not None:
        checks.refuse("code", "taken")
    service = None
    if inputs.id is not None:
        service = _fetched(uow, inputs.id, inputs)
    checks.done()
    actions = "add_service", "amend_service"
    return int(save(uow, Service, service, values, actions).id)


def _fetched(uow: UnitOfWork, service_id: int, inputs: AmendService) -> Service:
    try:
        return fetch(uow, Service, service_id, version=inputs.version, inputs=inputs)
    except StaleRecord as refusal:
        stands = uow.session.get_one(Service, service_id).unit_price_cents
        refusal.theirs["unit_price"] = f"{from_cents(stands):f}".replace(".", ",")
        raise
