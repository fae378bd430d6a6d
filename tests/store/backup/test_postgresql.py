"""Copies of a PostgreSQL store through the server's own clients."""

from __future__ import annotations

from queries.store.backup import postgresql
from queries.store.migrate import open_store


def test_a_password_is_not_on_a_command_line(postgresql_address, tmp_path, monkeypatch):
    seen = []
    run = postgresql.subprocess.run

    def watched(words, **options):
        seen.append((words, options["env"]))
        return run(words, **options)

    monkeypatch.setattr(postgresql.subprocess, "run", watched)
    store = open_store(postgresql_address)
    url = store.engine.url.set(password="hush hush")
    with store.engine.connect() as connection:
        connection.engine.url = url
        postgresql.dump(connection, tmp_path / "copy")
    store.close()
    words, environment = seen[0]
    assert "hush" not in " ".join(words)
    assert environment["PGPASSWORD"] == "hush hush"
