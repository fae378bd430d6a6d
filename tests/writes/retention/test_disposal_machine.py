"""The whole life of a register, in any order: nothing kept is ever erased, nothing over stays
silently.

Measured by :mod:`tests.oracles.eligibility`, which answers from the rows alone.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
from datetime import date

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from sqlalchemy import URL, make_url

from queries.errors import RegisterError, RuleRefusal
from queries.reads.restored import restore_to_check
from queries.reads.retention.disposals import disposal_items, disposal_review
from queries.reads.retention.figures import retention_figures
from queries.store import derived
from queries.store.backup.backup import back_up
from queries.store.backup.carry_holds import CarriedOver
from queries.store.backup.ledger import ledger_of
from queries.store.backup.restore import restore
from queries.store.migrate import open_store
from queries.writes.commands import Seen
from queries.writes.paper.destruction import NoteDestruction, note_destruction
from queries.writes.restore_review import ConfirmChecked, confirm_checked
from queries.writes.retention.disposal import (
    ProposeDisposal,
    approve_disposal,
    carry_on,
    propose_disposal,
    withdraw_disposal,
)
from tests.factories.records import MAKER
from tests.machines.register_life import ANY, Living
from tests.oracles.eligibility import FILES, Keepers, Rows, rows_of
from tests.support.filled import EMPTY
from tests.support.postgresql import Cluster
from tests.support.races import at_once

#: What is emptied rather than removed, or says something of what went: looked at by itself.
_OTHERWISE = {
    "legal_hold",
    "data_subject_request",
    "paper_record",
    "paper_party",
    "paper_destruction",
}
_LIVES = itertools.count(1)


class Life(Living):
    """People live on, and a disposal, a backup or a restore comes between."""

    @rule(wait=st.sampled_from([0, 0, 400]), limit=st.sampled_from([1, 3, 1000]), which=ANY)
    def dispose(self, wait: int, limit: int, which: int) -> None:
        """Proposed and approved; perhaps something happens before it is carried out."""
        run = self.do(propose_disposal, ProposeDisposal(as_of=self.today))
        as_of = self.today
        with self.store.reading(MAKER) as session:
            is_empty = disposal_review(session, run).count == 0
        self.do(withdraw_disposal if is_empty else approve_disposal, Seen(id=run, version=1))
        if is_empty:
            return
        self.let_time_pass(wait)
        [self.pay, self.end, self.write_note, self.release][which % 4](which)
        self._shred(which)
        self._carry_out(run, as_of, limit)

    @rule(days=st.sampled_from([800, 2600, 3000]), limit=st.sampled_from([1, 3, 1000]), which=ANY)
    def grow_old_and_dispose(self, days: int, limit: int, which: int) -> None:
        self.let_time_pass(days)
        self.end(which)
        self.dispose(0, limit, which)

    @rule(days=st.sampled_from([800, 2600, 3000]), which=ANY)
    def restore_over_a_disposal(self, days: int, which: int) -> None:
        self.back_up()
        self.grow_old_and_dispose(days, 1000, which)
        self.restore(len(self.copies) - 1)

    def _shred(self, which: int) -> None:
        """Most of the paper is destroyed, as far as the command lets it be."""
        for key, row in rows_of(self.store)["paper_record"].items():
            if row["disposed_on"] is None and (key + which) % 4:
                with contextlib.suppress(RegisterError):
                    self.do(
                        note_destruction,
                        NoteDestruction(
                            id=key,
                            version=row["version"],
                            destroyed_on=self.today,
                            destroyed_by="Maija",
                            method="shredded",
                            witness="Olli",
                        ),
                    )

    def _carry_out(self, run: int, as_of: date, limit: int) -> None:
        before = rows_of(self.store)
        keepers = Keepers(before, as_of)
        due = keepers.due()
        ledger = ledger_of(self.store, self.folder)
        carry_on(self.store, ledger, run, actor=MAKER, now=self.now, limit=limit)
        after = rows_of(self.store)
        gone = {
            (table, key)
            for table, rows in before.items()
            for key in rows
            if key not in after[table]
        }
        self._might_go(keepers, due, gone)
        self._paper_went(keepers, due["paper"], after, gone)
        for table, rows in before.items():
            if table not in _OTHERWISE:
                stays = {key: row for key, row in rows.items() if (table, key) not in gone}
                assert after[table] == stays, table
        for kind in ("invoice", "draft", "note"):
            for key in due[kind]:
                held = keepers.kept_back(kind, key) or (kind == "invoice" and keepers.is_open(key))
                assert ((FILES[kind], key) in gone) != held, (kind, key)
        self.gone |= {(table, key) for table, key in gone if table in set(FILES.values())}
        self._is_accounted_for(run)

    def _paper_went(self, keepers: Keepers, due, after, gone) -> None:
        """Check that paper is erased when it is over, destroyed and kept by nothing, and no
        sooner, and the parties that it names not before it."""
        for key, row in keepers.rows["paper_record"].items():
            goes = key in due and keepers.is_destroyed(key) and not keepers.kept_back("paper", key)
            now = after["paper_record"][key]
            if row["disposed_on"] is None:
                assert (now["disposed_on"] is not None) == goes, key
                assert now == row or (now["title"], now["room_id"]) == ("-", None)
            for link in keepers.rows["paper_party"].values():
                if link["paper_id"] == key and ("party", link["party_id"]) in gone:
                    assert now["disposed_on"] is not None
            if now["disposed_on"] is not None:
                self.gone.add(("paper_record", key))
                assert all(link["paper_id"] != key for link in after["paper_party"].values())

    def _might_go(self, keepers: Keepers, due, gone) -> None:
        """Check that nothing that is kept is gone."""
        for kind, table in FILES.items():
            for key, row in keepers.rows[table].items():
                is_other = table == "invoice" and (row["status"] == "draft") != (kind == "draft")
                if (table, key) not in gone or row.get("credits_id") is not None or is_other:
                    continue
                assert not keepers.kept_back(kind, key), (kind, key)
                assert kind != "invoice" or not keepers.is_open(key), key
                if kind == "order":  # judged anew when its invoices are gone
                    assert keepers.order_event(key) is not None
                else:
                    assert key in due[kind], (kind, key)

    def _is_accounted_for(self, run: int) -> None:
        with self.store.reading(MAKER) as session:
            review = disposal_review(session, run)
            assert review.waiting == 0
            for kind in FILES:
                for item in disposal_items(session, run, kind=kind, outcome="stayed", size=1000):
                    assert item.reason
        ledger = ledger_of(self.store, self.folder).read()
        assert ledger.unsettled == []

    @rule()
    def back_up(self) -> None:
        ledger = ledger_of(self.store, self.folder)
        path = self.folder / "copies" / f"{len(self.copies)}"
        back_up(self.store, ledger, path, on=self.today)
        self.copies.append((path, rows_of(self.store), set(self.gone)))

    @rule(which=ANY)
    def restore(self, which: int) -> None:
        if not self.copies:
            return
        path, then, _gone = self.copies[which % len(self.copies)]
        before = rows_of(self.store)
        highest = max([0, *before["party"]])
        self.store.close()
        done = restore(path, self.url, self.folder, now=self.now)
        self.store = open_store(self.url)
        self.throw_away(done.aside)
        back = rows_of(self.store)
        self._still_kept(before, back, done.replayed.kept)
        parties = {key for table, key in self.gone if table == "party"}
        for table, rows in then.items():
            for key, row in rows.items():
                erased = (table, key) in self.gone or row_of(table, row, self.gone, parties)
                if table == "paper_record" and erased:
                    assert (back[table][key]["title"], row["id"]) == ("-", key)
                if table not in _OTHERWISE:
                    assert (key in back[table]) != erased, (table, key)
                    assert erased or back[table][key] == row or table == "invoice"
        assert all(set(back[table]) <= set(then[table]) for table in FILES.values())
        self._confirm()
        self.sell(0, closed=False)
        assert max(rows_of(self.store)["party"]) > highest

    def _still_kept(self, before: Rows, back: Rows, kept: CarriedOver) -> None:
        """Check that what blocked a disposal blocks it again, or is named."""
        held = {key for key, _scope, _covers in kept.lacking.holds}
        for key, row in before["legal_hold"].items():
            if row["released_at"] is None and key not in held:
                assert back["legal_hold"][key]["released_at"] is None
        for key, row in before["restriction"].items():
            if row["lifted_on"] is None and row["party_id"] not in kept.lacking.restrictions:
                assert back["restriction"][key]["lifted_on"] is None
        for key, row in before["data_subject_request"].items():
            if row["status"] == "open":
                found = back["data_subject_request"][key]
                assert found["status"] == "open"
                named = row["number"] in kept.lacking.requests
                assert found["party_id"] == (None if named else row["party_id"])

    def _confirm(self) -> None:
        """Confirm the review of a restore: nothing can be proposed before."""
        with self.store.reading(MAKER) as session:
            found = restore_to_check(session)
        if found is not None:
            with pytest.raises(RuleRefusal):
                self.do(propose_disposal, ProposeDisposal(as_of=self.today))
            self.do(confirm_checked, ConfirmChecked(version=found.version))

    @invariant()
    def what_is_over_is_listed(self) -> None:
        due = Keepers(rows_of(self.store), self.today).due()
        with self.store.reading(MAKER) as session:
            figures = retention_figures(session, today=self.today)
        told: dict[str, int] = dict.fromkeys(FILES, 0)
        for count in figures.counts:
            if count.kind in told:
                told[count.kind] += count.overdue + count.held
        assert told == {kind: len(keys) for kind, keys in due.items()}

    @invariant()
    def what_is_derived_is_right(self) -> None:
        with self.store.engine.connect() as connection:
            assert derived.differences(connection) == []


def row_of(table, row, gone, parties) -> bool:
    """Return whether a row belongs to something that was erased."""
    if not isinstance(row, dict):
        return False
    owners = {
        "invoice_line": ("invoice", "invoice_id"),
        "payment": ("invoice", "invoice_id"),
        "write_off": ("invoice", "invoice_id"),
        "work_entry": ("service_order", "order_id"),
    }
    if table in owners and (owners[table][0], row[owners[table][1]]) in gone:
        return True
    return row.get("party_id") in parties and table not in _OTHERWISE


#: What two do at once, each with one number.
_WHAT = st.sampled_from(
    ["pay", "credit", "write_note", "end", "release", "sell_closed", "bill_it", "hold_party", "ask"]
)
#: What is no reason for anything to go.
_KEEPS = st.sampled_from(
    ["pay", "credit", "write_note", "sell_closed", "bill_it", "hold_party", "hold_invoice", "ask"]
)


class LifeOnPostgresql(Life):
    """The same life in a database of its own on the cluster of the tests, where two people work at
    the same moment now and then."""

    cluster: Cluster

    def sell_closed(self, which: int) -> None:
        self.sell(which, closed=which % 2 == 0)

    def bill_it(self, which: int) -> None:
        self.bill(which, issued=which % 3 != 0)

    def hold_party(self, which: int) -> None:
        self.hold(which, "party")

    def hold_invoice(self, which: int) -> None:
        self.hold(which, "invoice")

    def ask(self, which: int) -> None:
        """A new request: with an odd number the oldest would be answered."""
        self.ask_or_answer(which - which % 2, "data_subject_request")

    def teardown(self) -> None:
        super().teardown()
        self.throw_away(self.url.database or "")

    def new_place(self) -> URL:
        name = f"register_life_{next(_LIVES)}"
        self.cluster.copy(EMPTY, name)
        return make_url(self.cluster.address_of(name))

    def throw_away(self, aside: str) -> None:
        self.cluster.execute(f'DROP DATABASE "{aside}" WITH (FORCE)')

    @rule(which=ANY, other=ANY, first=_WHAT, second=_WHAT)
    def two_at_once(self, which: int, other: int, first: str, second: str) -> None:
        """Two people, of whom one may be refused, three times; the invariants hold afterwards."""
        for n in range(3):
            doings = ((first, which + n), (second, other + n))
            at_once(*(functools.partial(getattr(self, what), row) for what, row in doings))

    @rule(
        days=st.sampled_from([0, 800, 2600]),
        limit=st.sampled_from([1, 3, 1000]),
        which=ANY,
        other=ANY,
        beside=_KEEPS,
    )
    def dispose_beside(self, days: int, limit: int, which: int, other: int, beside: str) -> None:
        """A disposal is carried out while somebody works."""
        self.let_time_pass(days)
        self.end(which)
        run = self.do(propose_disposal, ProposeDisposal(as_of=self.today))
        with self.store.reading(MAKER) as session:
            is_empty = disposal_review(session, run).count == 0
        self.do(withdraw_disposal if is_empty else approve_disposal, Seen(id=run, version=1))
        if is_empty:
            return
        self._shred(which)
        before = rows_of(self.store)
        at_once(lambda: self._go_on(run, limit), lambda: getattr(self, beside)(other))
        self._go_on(run, limit)  # where it lost every race it is carried on
        after = rows_of(self.store)
        gone = {
            (table, key)
            for table, rows in before.items()
            for key in rows
            if key not in after[table]
        }
        keepers = Keepers(before, self.today)
        self._might_go(keepers, keepers.due(), gone)
        for key, hold in after["legal_hold"].items():
            if key not in before["legal_hold"] and hold["scope"] != "class":
                assert hold["target_id"] in after[FILES[hold["scope"]]], hold
        for table in ("restriction", "data_subject_request"):
            for key in after[table].keys() - before[table].keys():
                assert after[table][key]["party_id"] in after["party"]
        self.gone |= {(table, key) for table, key in gone if table in set(FILES.values())}
        self.gone |= {
            ("paper_record", key)
            for key, row in after["paper_record"].items()
            if row["disposed_on"] is not None
        }
        self._is_accounted_for(run)

    def _go_on(self, run: int, limit: int) -> None:
        ledger = ledger_of(self.store, self.folder)
        carry_on(self.store, ledger, run, actor=MAKER, now=self.now, limit=limit)


def _lives(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


TestLife = Life.TestCase
TestLife.settings = _lives(examples=10, steps=25)


@pytest.fixture(scope="class")
def _on_the_cluster(postgresql_cluster):
    LifeOnPostgresql.cluster = postgresql_cluster


@pytest.mark.usefixtures("_on_the_cluster")
class TestLifeOnPostgresql(LifeOnPostgresql.TestCase):
    settings = _lives(examples=4, steps=15)
