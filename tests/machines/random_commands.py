"""Random commands over a register, as it is at the moment."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from queries.store.backup.ledger import ledger_of
from queries.store.sessions import Store
from queries.writes.commands import Seen
from queries.writes.customers.contacts import (
    AmendAddress,
    AmendEmail,
    AmendPhone,
    amend_address,
    amend_email,
    amend_phone,
    remove_address,
    remove_email,
    remove_phone,
)
from queries.writes.customers.notes import AmendNote, amend_note, remove_note
from queries.writes.customers.parties import (
    AmendParty,
    ChangeStatus,
    LinkContactPerson,
    UnlinkContactPerson,
    amend_party,
    change_status,
    link_contact_person,
    unlink_contact_person,
)
from queries.writes.paper.records import AmendPaper, PartyLink, amend_paper, link_party
from queries.writes.requests.requests import RecordRequest, record_request
from queries.writes.requests.restrictions import Restrict, restrict
from queries.writes.retention.disposal import (
    ProposeDisposal,
    approve_disposal,
    carry_on,
    propose_disposal,
    withdraw_disposal,
)
from queries.writes.retention.holds import AmendHold, amend_hold, release_hold
from queries.writes.sales.credit_notes import CreditInvoice, credit_invoice
from queries.writes.sales.drafts import AmendDraft, amend_draft, discard_draft
from queries.writes.sales.invoices import IssueInvoice, issue_invoice
from queries.writes.sales.orders import (
    AmendOrder,
    ChangeOrderStatus,
    amend_order,
    change_order_status,
)
from queries.writes.sales.payments import RecordPayment, record_payment
from queries.writes.sales.work_entries import AmendWorkEntry, amend_work_entry
from tests.factories.records import MAKER
from tests.factories.sales import line

Row = dict[str, Any]
Call = Callable[[], object]


class RandomCommands:
    """Random commands; each method returns a call, or None where there is nothing to call it
    for. The same seed gives the same commands on the same register."""

    def __init__(self, store: Store, folder: Path, *, seed: int) -> None:
        self.store = store
        self.ledger = ledger_of(store, folder)
        self.chance = random.Random(seed)  # noqa: S311 - repeatable
        self.today = date(2018, 3, 5)

    @property
    def now(self) -> datetime:
        return datetime(self.today.year, self.today.month, self.today.day, 10, tzinfo=UTC)

    def _do(self, command: Callable[..., int], inputs: Any) -> Call:
        now = self.now
        return lambda: self.store.carry_out(command, inputs, actor=MAKER, now=now)

    def _rows(self, table: str, which: str = "1 = 1") -> list[Row]:
        with self.store.engine.connect() as connection:
            found = connection.execute(text(f"SELECT * FROM {table} WHERE {which} ORDER BY id"))  # noqa: S608 - our own words
            return [dict(row) for row in found.mappings()]

    def _pick(self, table: str, which: str = "1 = 1") -> Row | None:
        """One of the newest few: two who pick often pick the same."""
        rows = self._rows(table, which)[-6:]
        return self.chance.choice(rows) if rows else None

    def _day(self) -> date:
        return self.today - timedelta(days=self.chance.randrange(30))

    def _sourced(self) -> Row:
        source = self.chance.choice(["office", "ytj", "third_party"])
        return {"source": source, "sourced_on": self._day()}

    def _wishes(self) -> list[Callable[[], Call | None]]:
        often = [self._pay, self._issue, self._note, self._status, self._order_status, self._draft]
        return [
            *often,
            *often,
            self._add,
            self._rename,
            self._unnote,
            self._order,
            self._discard,
            self._credit,
            self._link,
            self._unlink,
            self._phone,
            self._email,
            self._no_phone,
            self._no_email,
            self._address,
            self._no_address,
            self._work,
            self._hold,
            self._release,
            self._ask,
            self._restrict,
            self._lift,
            self._paper,
            self._dispose,
            self._dispose,
            self._dispose,
        ]

    def _begin(self, kind: str) -> Call:
        number = self.chance.randrange(1000)
        names: Row = {"kind": "person", "given_name": "Aino", "family_name": f"Esimerkki {number}"}
        if kind == "organisation":
            names = {"kind": kind, "name": f"Yritys {number} Oy"}
        roles = {"is_customer": kind != "contact", "is_contact": kind == "contact"}
        return self._do(
            amend_party, AmendParty(started_on=self.today, **names, **roles, **self._sourced())
        )

    def _add(self) -> Call:
        return self._begin(self.chance.choice(["organisation", "person", "contact"]))

    def _rename(self) -> Call | None:
        if (party := self._pick("party")) is None:
            return None
        kind = self.chance.choice(["organisation", "person"])
        names: Row = {"name": "Uusi Oy"} if kind == "organisation" else {"family_name": "Uusi"}
        roles = {name: party[name] for name in ("is_customer", "is_partner", "is_contact")}
        return self._do(
            amend_party,
            AmendParty(
                id=party["id"],
                version=party["version"],
                kind=kind,
                started_on=party["started_on"],
                **names,
                **roles,
                **self._sourced(),
            ),
        )

    def _status(self) -> Call | None:
        if (party := self._pick("party")) is None:
            return None
        status = self.chance.choice(["ended", "ended", "active", "lead"])
        ended = self.today if status == "ended" else None
        return self._do(
            change_status,
            ChangeStatus(id=party["id"], version=party["version"], status=status, ended_on=ended),
        )

    def _note(self) -> Call | None:
        party = self._pick("party")
        return party and self._do(
            amend_note, AmendNote(party_id=party["id"], text="x", noted_on=self._day())
        )

    def _removal(self, table: str, command: Callable[..., int]) -> Call | None:
        row = self._pick(table)
        return row and self._do(command, Seen(id=row["id"], version=row["version"]))

    def _unnote(self) -> Call | None:
        return self._removal("note", remove_note)

    def _no_phone(self) -> Call | None:
        return self._removal("phone", remove_phone)

    def _no_email(self) -> Call | None:
        return self._removal("email", remove_email)

    def _no_address(self) -> Call | None:
        return self._removal("address", remove_address)

    def _phone(self) -> Call | None:
        number = f"040 {self.chance.randrange(10**7):07}"
        return self._detail(amend_phone, AmendPhone, number=number)

    def _email(self) -> Call | None:
        address = f"a{self.chance.randrange(10**4)}@esimerkki.example"
        return self._detail(amend_email, AmendEmail, address=address)

    def _address(self) -> Call | None:
        return self._detail(
            amend_address,
            AmendAddress,
            street="Katu 1",
            post_code="50100",
            town=self.chance.choice(["Mikkeli", "Kuopio", "Savonlinna"]),
            is_primary=self.chance.random() < 0.5,
        )

    def _detail(self, command: Callable[..., int], inputs: Any, **values: Any) -> Call | None:
        table = command.__name__.removeprefix("amend_")
        party, row = self._pick("party"), self._pick(table)
        if party is None:
            return None
        key: Row = {"party_id": party["id"]}
        if row is not None and self.chance.random() < 0.5:
            key = {name: row[name] for name in ("party_id", "id", "version")}
        return self._do(command, inputs(**key, **values, **self._sourced()))

    def _link(self) -> Call | None:
        organisation = self._pick("party", "kind = 'organisation'")
        person = self._pick("party", "kind = 'person' AND is_contact")
        if organisation is None or person is None:
            return None
        return self._do(
            link_contact_person,
            LinkContactPerson(organisation_id=organisation["id"], person_id=person["id"]),
        )

    def _unlink(self) -> Call | None:
        row = self._pick("contact_person")
        return row and self._do(unlink_contact_person, UnlinkContactPerson(id=row["id"]))

    def _order(self) -> Call | None:
        status = self.chance.choice(["open", "quote"])
        party = self._pick("party", "is_customer")
        return party and self._do(
            amend_order,
            AmendOrder(party_id=party["id"], title="Työ", status=status, ordered_on=self._day()),
        )

    def _order_status(self) -> Call | None:
        if (order := self._pick("service_order")) is None:
            return None
        status = self.chance.choice(["done", "done", "cancelled", "in_progress", "quote"])
        closed = self.today if status in {"done", "cancelled"} else None
        return self._do(
            change_order_status,
            ChangeOrderStatus(
                id=order["id"], version=order["version"], status=status, closed_on=closed
            ),
        )

    def _work(self) -> Call | None:
        order = self._pick("service_order")
        return order and self._do(
            amend_work_entry,
            AmendWorkEntry(
                order_id=order["id"], done_on=self._day(), done_by="Veikko", description="Työ"
            ),
        )

    def _draft(self) -> Call | None:
        order = self._pick("service_order")
        return order and self._do(
            amend_draft,
            AmendDraft(party_id=order["party_id"], order_id=order["id"], lines=(line(),)),
        )

    def _discard(self) -> Call | None:
        draft = self._pick("invoice", "status = 'draft'")
        return draft and self._do(discard_draft, Seen(id=draft["id"], version=draft["version"]))

    def _issue(self) -> Call | None:
        draft = self._pick("invoice", "status = 'draft'")
        return draft and self._do(
            issue_invoice,
            IssueInvoice(id=draft["id"], version=draft["version"], issued_on=self.today),
        )

    def _pay(self) -> Call | None:
        if (bill := self._pick("invoice", "status = 'issued'")) is None:
            return None
        amount = f"{bill['open_cents'] / 100:.2f}" if self.chance.random() < 0.5 else "1.00"
        return self._do(
            record_payment,
            RecordPayment(
                invoice_id=bill["id"], version=bill["version"], paid_on=self._day(), amount=amount
            ),
        )

    def _credit(self) -> Call | None:
        bill = self._pick("invoice", "status = 'issued' AND kind = 'invoice'")
        return bill and self._do(
            credit_invoice,
            CreditInvoice(id=bill["id"], version=bill["version"], issued_on=self.today),
        )

    def _hold(self) -> Call | None:
        scope = self.chance.choice(["party", "order", "invoice"])
        table = "service_order" if scope == "order" else scope
        row = self._pick(table)
        return row and self._do(
            amend_hold,
            AmendHold(scope=scope, target_id=row["id"], reason="x", review_on=self.today),
        )

    def _release(self) -> Call | None:
        hold = self._pick("legal_hold", "released_at IS NULL")
        return hold and self._do(release_hold, Seen(id=hold["id"], version=hold["version"]))

    def _ask(self) -> Call | None:
        party = self._pick("party")
        return party and self._do(
            record_request,
            RecordRequest(
                received_on=self.today,
                channel="email",
                rights=("restriction",),
                party_id=party["id"],
                claimed_name="Aino",
                text="x",
            ),
        )

    def _restrict(self) -> Call | None:
        request = self._pick("data_subject_request", "status = 'open'")
        return request and self._do(
            restrict, Restrict(request_id=request["id"], version=request["version"], reason="x")
        )

    def _lift(self) -> Call | None:
        """Lift every restriction, as if each person had been informed, so that not everything is
        blocked."""

        def lift() -> None:
            with self.store.writing(MAKER, now=self.now) as uow:
                uow.session.execute(
                    text(
                        "UPDATE restriction SET told_on = :d, lifted_on = :d"
                        " WHERE lifted_on IS NULL"
                    ),
                    {"d": self.today},
                )
                uow.session.execute(
                    text(
                        "UPDATE data_subject_request SET status = 'closed', closed_on = :d"
                        " WHERE status = 'open'"
                    ),
                    {"d": self.today},
                )
                uow.audit("lift_restriction", "restriction", None)

        return lift

    def _paper(self) -> Call | None:
        paper, party = self._pick("paper_record"), self._pick("party")
        if paper is None or party is None or self.chance.random() < 0.5:
            return self._do(
                amend_paper,
                AmendPaper(
                    kind="binder",
                    title="Mappi",
                    class_code="books",
                    starts_on=self.today,
                    ends_on=self.today,
                ),
            )
        return self._do(
            link_party, PartyLink(id=paper["id"], version=paper["version"], party_id=party["id"])
        )

    def _propose(self) -> Call | None:
        return self._do(propose_disposal, ProposeDisposal(as_of=self.today))

    def _approve(self) -> Call | None:
        run = self._pick("disposal_run", "status = 'proposed'")
        return run and self._do(approve_disposal, Seen(id=run["id"], version=run["version"]))

    def _dispose(self) -> Call | None:
        """The next step of a disposal; one that is approved is carried out in batches."""
        run = self._pick("disposal_run", "status IN ('proposed', 'approved', 'carrying_out')")
        if run is None:
            return self._propose()
        if run["status"] == "proposed":
            return self.chance.choice(
                [
                    self._approve(),
                    self._do(withdraw_disposal, Seen(id=run["id"], version=run["version"])),
                ]
            )
        now, limit = self.now, self.chance.choice([1, 5, 1000])
        return lambda: carry_on(
            self.store, self.ledger, run["id"], actor=MAKER, now=now, limit=limit
        )
