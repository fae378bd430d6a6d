"""Random pairs of commands that begin at the same moment, and what became of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select, text

from queries.errors import RegisterError
from queries.store import derived
from queries.store.search import search_text
from queries.store.sessions import Store
from queries.store.tables import Email, Phone
from queries.writes.financial_years import FinancialYearWish, amend_financial_year
from tests.races import at_once, errors_of
from tests.random_wishes import Call, RandomWishes


def search_differences(store: Store) -> list[int]:
    """The parties whose search text is not what their rows say."""
    with store.engine.connect() as connection:
        parties = connection.execute(
            text(
                "SELECT p.id, name, business_id, customer_number, foreign_id, s.text AS kept"
                " FROM party p FULL JOIN party_search s ON s.party_id = p.id ORDER BY p.id"
            )
        ).all()
        details = {
            column.table.name: connection.execute(
                select(column.table.c.party_id, column).order_by(column)
            ).all()
            for column in (Email.__table__.c.address, Phone.__table__.c.number)
        }
    return [
        one.id
        for one in parties
        if one.kept
        != search_text(
            one.name,
            (one.business_id, one.customer_number, one.foreign_id),
            *(
                [value for party, value in details[table] if party == one.id]
                for table in ("email", "phone")
            ),
        )
    ]


class Pairs(RandomWishes):
    """A small register in which two people work at the same moment, again and again.

    :param age: after so many pairs years have gone by, and what is over may go.
    :ivar wrong: what is derived and was not what the rows say, and errors that are no refusal.
    """

    def __init__(self, store: Store, folder: Path, *, seed: int, age: int) -> None:
        super().__init__(store, folder, seed=seed)
        self.age = age
        self.wrong: list[str] = []
        self.outcomes: Counter[str] = Counter()
        self.did: Counter[str] = Counter()
        self.pairs = 0
        self.errors = errors_of(store)
        year = FinancialYearWish(starts_on=date(2018, 1, 1), ends_on=date(2018, 12, 31))
        self._do(amend_financial_year, year)()
        for kind in ("organisation", "organisation", "person", "contact", "contact"):
            self._begin(kind)()
        for _ in range(8):
            self._set_up(self._order, self._draft, self._link, self._note)

    def run(self) -> None:
        """One pair, and what is derived afterwards."""
        self.pairs += 1
        self._let_time_pass()
        names, calls = [], []
        for make in self.chance.sample(self._wishes(), 2):
            call = make()
            if call is not None:
                names.append(make.__name__.strip("_"))
                calls.append(self._watched(make.__name__, call))
        if len(calls) == 2:
            self.outcomes.update(at_once(*calls))
            self.did.update(names)
        with self.store.engine.connect() as connection:
            found = derived.differences(connection)
        found += [f"party_search/{key}" for key in search_differences(self.store)]
        self.wrong += [f"pair {self.pairs} {' and '.join(names)}: {one}" for one in found]

    def said(self) -> str:
        """The figures, for whoever asked for them."""
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
            except Exception as error:  # noqa: BLE001 - whatever is no refusal is told
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
            wish = FinancialYearWish(starts_on=date(year, 1, 1), ends_on=date(year, 12, 31))
            _unless_refused(self._do(amend_financial_year, wish))
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
