"""Source notices due: data of a person that came from elsewhere, recorded by the database as
they are stored.

The danger: an import stores data from YTJ or another source, and nobody informs the person of it
(GDPR Art. 14). The principle: the note is made by a trigger on every table with a source, so no way
of bringing data in can forget it. A party that becomes a person is informed of everything that came
from elsewhere before. The transaction boundary: a trigger works in the transaction of the row that
fires it; on PostgreSQL it locks the party first, so that the person is informed of what is stored
while the party becomes a person too.

A newsletter that was sent on another legal basis than consent ends with the party: that basis was
the customer relation.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

#: The tables whose rows know their source, with the column that names the party.
_SOURCED = {
    "party": "id",
    "address": "party_id",
    "email": "party_id",
    "phone": "party_id",
    "billing_detail": "party_id",
}
_ELSEWHERE = "IN ('ytj', 'third_party')"
_NOTE = "INSERT INTO source_notice (party_id, source, since)"
_ONCE = "ON CONFLICT (party_id, source) DO NOTHING"
#: The party is removed by the eraser or by its foreign key: both release the subscription first.
_BECOMES_PERSON = "NEW.kind = 'person' AND OLD.kind <> 'person'"
_LET_GO = "NEW.party_id IS NULL AND NEW.basis <> 'consent'"
_ENDED = "DELETE FROM subscription WHERE id = NEW.id"


def sqlite() -> list[str]:
    found = [
        f"CREATE TRIGGER derived_told_{table}_{doing.split()[0].lower()} AFTER {doing} ON {table}"  # noqa: S608 - our own tables
        f" WHEN NEW.source {_ELSEWHERE} AND EXISTS (SELECT 1 FROM party"
        f" WHERE party.id = NEW.{key} AND party.kind = 'person')"
        f" BEGIN {_NOTE} VALUES (NEW.{key}, NEW.source, NEW.sourced_on) {_ONCE}; END"
        for table, key in _SOURCED.items()
        for doing in ("INSERT", "UPDATE OF source")
    ]
    return [
        *found,
        f"CREATE TRIGGER derived_told_person AFTER UPDATE OF kind ON party WHEN {_BECOMES_PERSON}"
        f" BEGIN {_NOTE} {_missing('NEW.id')}; END",
        "CREATE TRIGGER derived_newsletter AFTER UPDATE OF party_id ON subscription"
        f" WHEN {_LET_GO} BEGIN {_ENDED}; END",
    ]


def postgresql() -> list[str]:
    found = []
    for table, key in _SOURCED.items():
        name = f"derived_told_{table}"
        found += [
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"  # noqa: S608 - as above
            f" PERFORM 1 FROM party WHERE party.id = NEW.{key} FOR NO KEY UPDATE;"
            f" IF EXISTS (SELECT 1 FROM party"
            f" WHERE party.id = NEW.{key} AND party.kind = 'person') THEN"
            f" {_NOTE} VALUES (NEW.{key}, NEW.source, NEW.sourced_on) {_ONCE};"
            " END IF; RETURN NULL; END $$",
            f"CREATE TRIGGER {name} AFTER INSERT OR UPDATE OF source ON {table} FOR EACH ROW"
            f" WHEN (NEW.source {_ELSEWHERE}) EXECUTE FUNCTION {name}()",
        ]
    return [
        *found,
        "CREATE FUNCTION derived_told_person() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" {_NOTE} {_missing('NEW.id')}; RETURN NULL; END $$",
        "CREATE TRIGGER derived_told_person AFTER UPDATE OF kind ON party"
        f" FOR EACH ROW WHEN ({_BECOMES_PERSON}) EXECUTE FUNCTION derived_told_person()",
        "CREATE FUNCTION derived_newsletter() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" {_ENDED}; RETURN NULL; END $$",
        "CREATE TRIGGER derived_newsletter AFTER UPDATE OF party_id ON subscription"
        f" FOR EACH ROW WHEN ({_LET_GO}) EXECUTE FUNCTION derived_newsletter()",
    ]


def rebuild(connection: Connection) -> None:
    """Record what was stored without triggers; what was recorded before stays as it is."""
    connection.execute(text(f"{_NOTE} {_missing()}"))


def differences(connection: Connection) -> list[str]:
    """Return the data from elsewhere of which nobody would inform the person; empty when all is
    well."""
    missing = connection.execute(text(_missing())).all()
    return [f"source_notice {row.party_id} {row.source}" for row in missing]


def _missing(party: str | None = None) -> str:
    """Select data from elsewhere that is not recorded: of one party, or of all."""
    which = "" if party is None else f" AND party.id = {party}"
    datum = " UNION ALL ".join(
        f"SELECT {key} AS party_id, source, sourced_on FROM {table} WHERE source {_ELSEWHERE}"  # noqa: S608 - our own tables
        + ("" if party is None else f" AND {key} = {party}")
        for table, key in _SOURCED.items()
    )
    return (
        "SELECT datum.party_id, datum.source, min(datum.sourced_on)"  # noqa: S608 - as above
        f" FROM ({datum}) AS datum JOIN party ON party.id = datum.party_id"
        f" WHERE party.kind = 'person'{which} AND NOT EXISTS (SELECT 1 FROM source_notice AS told"
        " WHERE told.party_id = datum.party_id AND told.source = datum.source)"
        " GROUP BY datum.party_id, datum.source"
    )
