"""Guards: triggers that refuse, in the database, what only the disposal service may do, and rows
that would break a rule together."""

from __future__ import annotations

from queries.store.named_locks import NamedLock, in_trigger

GATE_SHUT = "NOT EXISTS (SELECT 1 FROM disposal_gate)"

#: What of an issued invoice may change: its balance, its stamp, and what the store itself keeps.
_INVOICE_FREE = {"open_cents", "last_event_on", "claim_on", "version", "changed_at", "changed_by"}


def _guarded() -> list[tuple[str, str, str, str]]:
    """Return name, table, event and condition of each guard; {r} is the row as it was."""
    from queries.store.tables import Invoice  # noqa: PLC0415 - the columns as they are now

    fixed = [c.name for c in Invoice.__table__.columns if c.name not in _INVOICE_FREE]
    line_is_issued = (
        "EXISTS (SELECT 1 FROM invoice WHERE invoice.id = {r}.invoice_id"
        " AND invoice.status = 'issued')"
    )
    guards = [
        ("invoice_fixed", "invoice", "UPDATE OF " + ", ".join(fixed), "{r}.status = 'issued'"),
        ("invoice_kept", "invoice", "DELETE", "{r}.status = 'issued'"),
        ("line_fixed", "invoice_line", "UPDATE", line_is_issued),
        ("line_kept", "invoice_line", "DELETE", line_is_issued),
        ("line_added", "invoice_line", "INSERT", line_is_issued),
        ("payment_fixed", "payment", "UPDATE", "1 = 1"),
        ("write_off_fixed", "write_off", "UPDATE", "1 = 1"),
        ("trail_fixed", "trail_entry", "UPDATE", "1 = 1"),
    ]
    kept = ("payment", "write_off", "trail_entry", "party", "service_order", "work_entry")
    guards += [(f"{table}_kept", table, "DELETE", "1 = 1") for table in kept]
    return guards


def _across_rows() -> list[tuple[str, str, str, str, NamedLock]]:
    """Return name, table, event, condition and lock of each rule across rows; NEW is the row to
    be.

    Triggers and no constraints: a constraint is not made where rows that came from elsewhere break
    it already, and such a store has to be opened to be mended. A trigger judges new rows only, and
    is the same in every store.
    """
    overlap = (
        "EXISTS (SELECT 1 FROM financial_year WHERE {other}"
        " AND starts_on <= NEW.ends_on AND ends_on >= NEW.starts_on)"
    )
    new_open = "NEW.status IN ('proposed', 'approved', 'carrying_out')"
    under_way = (
        f"{new_open} AND EXISTS (SELECT 1 FROM disposal_run"  # noqa: S608 - our own words
        " WHERE {other} AND status IN ('proposed', 'approved', 'carrying_out'))"
    )
    reopened = f"NOT {new_open.replace('NEW', 'OLD')} AND {under_way}"
    years, runs = NamedLock.FINANCIAL_YEARS, NamedLock.DISPOSALS
    dates = "UPDATE OF starts_on, ends_on"
    return [
        ("year_apart", "financial_year", "INSERT", overlap, years),
        ("year_moved_apart", "financial_year", dates, overlap, years),
        ("run_alone", "disposal_run", "INSERT", under_way, runs),
        ("run_reopened_alone", "disposal_run", "UPDATE OF status", reopened, runs),
    ]


def sqlite() -> list[str]:
    across = [
        f"CREATE TRIGGER derived_{name} BEFORE {doing} ON {table}"
        f" WHEN {when.format(other='id IS NOT NEW.id')}"
        f" BEGIN SELECT RAISE(ABORT, 'guarded: {name}'); END"
        for name, table, doing, when, _lock in _across_rows()
    ]
    return across + [
        f"CREATE TRIGGER derived_{name} BEFORE {doing} ON {table}"
        f" WHEN {when.format(r='NEW' if doing == 'INSERT' else 'OLD')} AND {GATE_SHUT}"
        f" BEGIN SELECT RAISE(ABORT, 'guarded: {name}'); END"
        for name, table, doing, when in _guarded()
    ]


def postgresql() -> list[str]:
    statements = []
    for name, table, doing, when, lock in _across_rows():
        statements += [
            f"CREATE FUNCTION derived_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" {in_trigger(lock)}"
            f" IF {when.format(other='id <> NEW.id')} THEN RAISE EXCEPTION 'guarded: {name}'"
            " USING ERRCODE = 'exclusion_violation'; END IF; RETURN NEW; END $$",
            f"CREATE TRIGGER derived_{name} BEFORE {doing} ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION derived_{name}()",
        ]
    for name, table, doing, when in _guarded():
        row = "NEW" if doing == "INSERT" else "OLD"
        back = "OLD" if doing == "DELETE" else "NEW"
        statements += [
            f"CREATE FUNCTION derived_{name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {when.format(r=row)} AND {GATE_SHUT} THEN RAISE EXCEPTION 'guarded: {name}';"
            f" END IF; RETURN {back}; END $$",
            f"CREATE TRIGGER derived_{name} BEFORE {doing} ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION derived_{name}()",
        ]
    return statements
