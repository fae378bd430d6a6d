"""Commands on work entries: what was done for an order, when and by whom.

A work entry supports an invoice: it is bookkeeping material (KPL 1336/1997 2:10.2) and the store
lets only the disposal service remove one. What was recorded wrongly is amended: also onto the
right order, when it was recorded on another, and to no minutes, when the work was not done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from queries.rules.roles import Permission
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import OrderStatus, ServiceOrder, WorkEntry
from queries.writes.commands import Checks, fetch, save

LONGEST_DONE_BY = 100
MOST_MINUTES = 60_000


@dataclass(frozen=True, kw_only=True)
class AmendWorkEntry:
    """A work entry as it should be.

    :param id: the entry to correct, with the ``version`` that was seen; None to record one.
    :param order_id: the order that the work belongs to.
    :param minutes: of work, at most 1000 hours in one entry.
    """

    id: int | None = None
    version: int | None = None
    order_id: int
    done_on: date
    done_by: str
    description: str
    minutes: int = 0
    material: str | None = None
    accept_suspect: bool = False


@needs(Permission.EDIT_SALES)
def amend_work_entry(uow: UnitOfWork, inputs: AmendWorkEntry) -> int:
    """Record or correct a work entry; return the entry.

    :raises InvalidInputs: also ``order_cancelled``.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    values = {
        "done_on": checks.day("done_on", latest=uow.today),
        "done_by": checks.text("done_by", longest=LONGEST_DONE_BY, required=True),
        "description": checks.lines("description", required=True),
        "minutes": checks.whole("minutes", least=0, most=MOST_MINUTES),
        "material": checks.lines("material"),
    }
    entry = None
    if inputs.id is not None:
        entry = fetch(uow, WorkEntry, inputs.id, version=inputs.version, inputs=inputs)
    order = fetch(uow, ServiceOrder, inputs.order_id, version=None, inputs=inputs)
    moved = entry is None or entry.order_id != order.id
    if moved and order.status == OrderStatus.CANCELLED:
        checks.refuse("order_id", "order_cancelled")
    checks.done()
    values |= {"order_id": order.id, "party_id": order.party_id}
    actions = "add_work_entry", "amend_work_entry"
    return int(save(uow, WorkEntry, entry, values, actions, party_id=order.party_id).id)
