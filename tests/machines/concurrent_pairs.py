"""Random pairs of commands that begin at the same moment, and what became of them."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from queries.errors import RegisterError
from queries.rules.settlement import open_balances
from queries.store import derived
from queries.store.search import search_text
from queries.store.sessions import Store
from queries.store.tables import Address, Email, Invoice, Party, PartySearch, Payment, Phone
from queries.writes.retention.financial_years import AmendFinancialYear, amend_financial_year
from tests.machines.random_commands import Call, RandomCommands
from tests.support.races import at_once, errors_of


def differences(store: Store) -> list[str]:
    """Return what is stored and differs from the rows: facts, sums, notices, search texts, towns
    and open balances."""
    with store.engine.connect() as connection:
        found = derived.differences(connection)
    with Session(store.engine) as session:
        parties = {party.id: party for party in session.scalars(select(Party))}
        texts = {one.party_id: one.text for one in session.scalars(select(PartySearch))}
        found += [
            f"party_search/{key}"
            for key in parties.keys() | texts.keys()
            if key not in parties or texts.get(key) != _text_of(session, parties[key])
        ]
        found += [
            f"party.town/{party.id}"
            for party in parties.values()
            if party.town != _town_of(session, party)
        ]
        roots = session.scalars(
            select(Invoice).where(Invoice.credits_id.is_(None), Invoice.status == "issued")
        ).all()
        found += [f"invoice.open_cents/{one.id}" for one in roots if not _is_settled(session, one)]
    return found


def _text_of(session: Session, party: Party) -> str:
    return search_text(
        party.name,
        (party.business_id, party.customer_number, party.foreign_id),
        session.scalars(
            select(Email.address).where(Email.party_id == party.id).order_by(Email.address)
        ),
        session.scalars(
            select(Phone.number).where(Phone.party_id == party.id).order_by(Phone.number)
        ),
    )


def _town_of(session: Session, party: Party) -> str | None:
    addresses = session.scalars(select(Address).where(Address.party_id == party.id))
    ordered = sorted(addresses, key=lambda one: (not one.is_primary, one.id))
    return ordered[0].town if ordered else None


def _is_settled(session: Session, invoice: Invoice) -> bool:
    notes = session.scalars(
        select(Invoice).where(Invoice.credits_id == invoice.id).order_by(Invoice.id)
    ).all()

    def sums(one: Invoice) -> tuple[int, int]:
        paid = session.scalars(select(Payment.amount_cents).where(Payment.invoice_id == one.id))
        return one.total_cents, sum(paid)

    own, of_notes = open_balances(sums(invoice), [sums(note) for note in notes])
    return [own, *of_notes] == [invoice.open_cents, *(note.open_cents for note in notes)]


class Pairs(RandomCommands):
    """A small register in which two people work at the same moment, again and again.

    :param age: after so many pairs years have gone by, and what is over may go.
    :ivar wrong: derived values that differed from the rows, and errors that are not refusals.
    """

    def __init__(self, store: Store, folder: Path, *, seed: int, age: int) -> None:
        super().__init__(store, folder, seed=seed)
        self.age = age
        self.wrong: list[str] = []
        self.outcomes: Counter[str] = Counter()
        self.did: Counter[str] = Counter()
        self.pairs = 0
        self.errors = errors_of(store)
        year = AmendFinancialYear(starts_on=date(2018, 1, 1), ends_on=date(2018, 12, 31))
        self._do(amend_financial_year, year)()
        for kind in ("organisation", "organisation", "person", "contact", "contact"):
            self._begin(kind)()
        for _ in range(8):
            self._set_up(self._order, self._draft, self._link, self._note)

    def run(self) -> None:
        """One pair, and what is derived afterwards."""
        self.pairs += 1
        self._let_time_pass()
        inputs_list = self._wishes()
        self.chance.shuffle(inputs_list)
        made = ((make.__name__.strip("_"), make()) for make in inputs_list)
        names, calls = zip(
            *itertools.islice(((name, call) for name, call in made if call is not None), 2),
            strict=True,
        )
        watched = [self._watched(name, call) for name, call in zip(names, calls, strict=True)]
        self.outcomes.update(at_once(*watched))
        self.did.update(names)
        found = differences(self.store)
        self.wrong += [f"pair {self.pairs} {' and '.join(names)}: {one}" for one in found]

    def said(self) -> str:
        """Return the figures, for printing."""
        return (
            f"{self.pairs} pairs, {len(self.wrong)} wrong; outcomes"
            f" {dict(self.outcomes.most_common())}; commands {dict(self.did.most_common())};"
            f" the database's errors that were tried again {dict(Counter(self.errors))}"
        )

    def _watched(self, name: str, call: Call) -> Call:
        def watched() -> None:
            try:
                call()
            except RegisterError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever is not a refusal is reported
                self.wrong.append(f"pair {self.pairs} {name}: {type(error).__name__} {error}"[:600])

        return watched

    def _set_up(self, *makes: Callable[[], Call | None]) -> None:
        for make in makes:
            call = make()
            if call is not None:
                _unless_refused(call)

    def _let_time_pass(self) -> None:
        self.today += timedelta(days=self.chance.randrange(3))
        if self.pairs % self.age:
            return
        first = date(self.today.year + 1, 1, 1)
        self.today = first + timedelta(days=800)
        for year in range(first.year, self.today.year + 1):
            inputs = AmendFinancialYear(starts_on=date(year, 1, 1), ends_on=date(year, 12, 31))
            _unless_refused(self._do(amend_financial_year, inputs))
        for kind in ("organisation", "person", "contact"):
            self._begin(kind)()
        for _ in range(3):
            self._set_up(self._order, self._draft, self._issue, self._link, self._note)
        self._set_up(self._propose)
        self._set_up(self._approve)


def _unless_refused(call: Call) -> None:
    try:
        call()
    except RegisterError:
        return
