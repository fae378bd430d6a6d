"""Commands on the catalogue of services."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from queries.errors import StaleRecord
from queries.rules.money import from_cents
from queries.rules.roles import Right
from queries.store.sessions import Desk, needs
from queries.store.tables import Service, Unit, VatCategory
from queries.writes.commands import Checks, change, fetch, stamp
from queries.writes.sales.numbering import typed_cents

LONGEST_CODE = 32
LONGEST_NAME = 200


@dataclass(frozen=True, kw_only=True)
class ServiceWish:
    """A service as it should stand.

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


@needs(Right.EDIT_SALES)
def amend_service(desk: Desk, wish: ServiceWish) -> int:
    """Add a service to the catalogue or correct one; returns it.

    A new price is that of what is sold from now on: orders and invoices keep theirs.

    :raises InvalidInputs: also ``taken`` for the code of another service, ``negative``.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(wish)
    cents = checks.by(typed_cents, "unit_price", required=True)
    values = {
        "code": checks.text("code", longest=LONGEST_CODE, required=True),
        "name": checks.text("name", longest=LONGEST_NAME, required=True),
        "unit": checks.one_of("unit", Unit),
        "unit_price_cents": cents,
        "vat_category": checks.one_of("vat_category", VatCategory),
        "active": wish.active,
    }
    if cents is not None and cents < 0:
        checks.refuse("unit_price", "negative")
    other = select(Service.id).where(Service.code == values["code"], Service.id != (wish.id or 0))
    if desk.session.scalar(other) is not None:
        checks.refuse("code", "taken")
    service = None
    if wish.id is not None:
        service = _fetched(desk, wish.id, wish)
    checks.done()
    if service is None:
        service = Service(**values)
        stamp(desk, service)
        desk.session.add(service)
        changed = list(values)
    else:
        changed = change(desk, service, values)
    if changed:
        desk.session.flush()
        action = "add_service" if wish.id is None else "amend_service"
        desk.note(action, "service", service.id, columns=changed)
    return service.id


def _fetched(desk: Desk, service_id: int, wish: ServiceWish) -> Service:
    try:
        return fetch(desk, Service, service_id, version=wish.version, wish=wish)
    except StaleRecord as refusal:
        stands = desk.session.get_one(Service, service_id).unit_price_cents
        refusal.theirs["unit_price"] = f"{from_cents(stands):f}".replace(".", ",")
        raise
