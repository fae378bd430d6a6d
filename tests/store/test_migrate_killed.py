"""Kill -9 in the middle of a migration: the store is of the one version or of the other."""

from __future__ import annotations

import shutil

import pytest
from alembic import command
from sqlalchemy import text

from queries.store.engine import open_engine, sqlite_url
from queries.store.migrate import _config, migrate_alone, newest_revision, revision_of
from tests.support.kills import in_a_child, killed, said, whole

_OLD = "0001"
_PEOPLE = (
    "INSERT INTO party (id, kind, name, sort_name, language, status, is_customer, is_partner,"
    " is_contact, started_on, source, sourced_on, version, changed_at, changed_by)"
    " WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < 3000)"
    " SELECT k, 'organisation', 'Vanha ' || k, 'vanha ' || k, 'fi', 'active', 1, 0, 0,"
    " '2025-01-01', 'office', '2025-01-01', 1, '2025-01-01 10:00:00', 'maija' FROM n"
)
_TEXTS = "INSERT INTO party_search (party_id, text) SELECT id, sort_name FROM party"


def migrated(folder):
    migrate_alone(sqlite_url(folder / "register.sqlite"), folder)


def revision(folder):
    engine = open_engine(sqlite_url(folder / "register.sqlite"))
    found = revision_of(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM party")) == 3000
        assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
    engine.dispose()
    return found


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A store of an old version with customers in it."""
    folder = tmp_path_factory.mktemp("begun")
    engine = open_engine(sqlite_url(folder / "register.sqlite"), create=True)
    with engine.begin() as connection:
        command.upgrade(_config(connection), _OLD)
        connection.execute(text(_PEOPLE))
        connection.execute(text(_TEXTS))
    engine.dispose()
    return folder


def test_killed_at_any_moment_it_is_of_one_version_and_completes(begun, tmp_path):
    done = tmp_path / "done"
    shutil.copytree(begun, done)
    took = in_a_child(migrated, done)
    wanted = whole(done)
    counts = {"before": 0, "after": 0}
    for folder in killed(migrated, begun, tmp_path, took):
        found = revision(folder)
        assert found in (_OLD, newest_revision())
        counts["before" if found == _OLD else "after"] += 1
        in_a_child(migrated, folder)
        assert whole(folder) == wanted
    said("migrate", **counts)
