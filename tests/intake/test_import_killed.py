"""Kill -9 in the middle of an import: all of the file is there or nothing, and it completes."""

from __future__ import annotations

import pytest

from queries.intake.import_command import BringIn, bring_in, preview
from queries.intake.plan import ImportSettings
from queries.intake.readers.read_file import read_file
from queries.store.engine import sqlite_url
from queries.store.migrate import create_store, open_store
from tests.conftest import NOW
from tests.factories.records import MAKER
from tests.support.kills import (
    address_of,
    copied,
    in_a_child,
    killed,
    on_postgresql,
    on_server,
    said,
    whole,
)

_ROWS = 400
_FILE = "\n".join(
    [
        "Asiakasnumero;Nimi;Sähköposti;Puhelin",
        *(
            f"{5000 + n};Etu{n} Suku{n};nimi{n}@esimerkki.example;040 123 4567"
            for n in range(_ROWS)
        ),
    ]
)


def brought(folder):
    store = open_store(address_of(folder))
    settings = ImportSettings()
    intake = read_file("asiakkaat.csv", _FILE.encode(), settings=settings)
    with store.reading(MAKER, now=NOW) as session:
        plan = preview(session, intake, settings=settings, today=NOW.date())
    if plan.does_something:
        inputs = BringIn(intake=intake, settings=settings, fingerprint=plan.fingerprint)
        store.carry_out(bring_in, inputs, actor=MAKER, now=NOW)
    store.close()


def without_ids(found):
    """Return the count of rows of each table, and each customer with its number."""
    counts = {table: len(rows) for table, rows in found.items()}
    return counts, sorted(row[1:4] for row in found["party"])


@pytest.fixture(params=["sqlite", "postgresql"])
def begun(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("begun")
    if request.param == "postgresql":
        on_postgresql(folder, request.getfixturevalue("postgresql_address"))
    else:
        create_store(sqlite_url(folder / "register.sqlite")).close()
    return folder


def test_killed_at_any_moment_all_or_nothing_is_there_and_it_completes(begun, tmp_path):
    with copied(begun, tmp_path / "done") as done:
        before = whole(done)
        took = in_a_child(brought, done)
        wanted = whole(done)
    assert len(wanted["party"]) == _ROWS
    counts = {"before": 0, "after": 0}
    for folder in killed(brought, begun, tmp_path, took):
        found = whole(folder)
        assert found in (before, wanted)
        counts["after" if found == wanted else "before"] += 1
        in_a_child(brought, folder)
        again = whole(folder)
        # The numbers that an undone import took are not given out again by PostgreSQL.
        assert again == wanted or (on_server(folder) and without_ids(again) == without_ids(wanted))
    said("import", **counts)
