"""Renewing an erasure ledger that is lost for good: somebody says so, and the trail keeps that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from queries.errors import StoreRefusal
from queries.rules.roles import Actor, Permission
from queries.store.backup.backup import highest_ids, next_numbers
from queries.store.backup.ledger import Ledger, settle
from queries.store.backup.ledger_marks import Bond, compare, note_mark
from queries.store.backup.ledger_renewal import add_lacking, set_unusable_aside
from queries.store.backup.record_origins import known_gone
from queries.store.sessions import Store, UnitOfWork, needs


@dataclass(frozen=True, kw_only=True)
class RenewLedger:
    """:param ledger: of the register; held until this is committed."""

    ledger: Ledger


@dataclass(frozen=True)
class Renewed:
    """The result of a renewal.

    :param added: how many erased records the store still knew of and the ledger lacked.
    :param aside: where the file is now that could not be read; None where there was none.
    """

    added: int
    aside: Path | None


@needs(Permission.CARRY_OUT_DISPOSAL)
def renew_ledger(uow: UnitOfWork, inputs: RenewLedger) -> int:
    """Write what the store still knows to be gone into its ledger, and take that ledger for the
    store's own from now on; return how many records were added.

    :raises StoreRefusal: ``ledger_unwritable``.
    """
    connection = uow.session.connection()
    added = add_lacking(inputs.ledger, inputs.ledger.read(), known_gone(connection))
    mark = inputs.ledger.mark(uow.today, highest_ids(connection), next_numbers(connection))
    note_mark(uow.session, mark)
    uow.audit("renew_ledger", "store", None)
    return added


def renew(store: Store, ledger: Ledger, *, actor: Actor, now: datetime) -> Renewed | None:
    """Renew a ledger that is lost, shorter than the store says, another folder's or unreadable.

    Lines that can be read are kept: they record erasures too. One that fits is left as it is, and
    None returned.

    :raises StoreRefusal: ``store_behind_ledger``: then it is the store that is wrong;
        ``disposal_busy``, ``ledger_unwritable``.
    """
    with ledger.held():
        aside = set_unusable_aside(ledger, f"{now:%Y%m%d-%H%M%S}")
        bond = compare(store, ledger)
        if bond == Bond.STORE_OLDER:
            raise StoreRefusal(bond, folder=str(ledger.folder))
        if bond.is_sound and aside is None:
            return None
        added = store.carry_out(renew_ledger, RenewLedger(ledger=ledger), actor=actor, now=now)
    settle(ledger, store)
    return Renewed(added, aside)
