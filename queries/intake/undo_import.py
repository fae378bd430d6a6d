"""Undoing an import as a whole, while nothing was changed since.

The danger: an undo that takes along what somebody did since, or what the law, a hold or an open
request keeps. The principle: everything or nothing. What the import added is removed and what it
replaced is put back, as its record says; whatever anybody did to these records since, and whatever
was added to a new party, refuses the whole, by its name. So does a hold, a restriction or an open
request on anybody concerned. Invoices are never taken back: an issued invoice is a voucher, which
is kept by law (Kirjanpitolaki 1336/1997 2:10.2) wherever it was issued, and is corrected by a
credit note. Nor is a refusal of the newsletter, or an issue that went out.

The transaction boundary: one transaction with one trail line. The parties are locked first; who
adds to them or edits them waits, or is waited for. The ledger has no line of it, for it is no
disposal: a restore of a backup from before names the import, to be undone once more
(:mod:`queries.store.backup.removed_by_hand`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, false, func, not_, or_, select, update
from sqlalchemy.orm import Session, aliased

from queries.errors import NotFound, RegisterError, RuleRefusal
from queries.intake.formats import format_of
from queries.rules.calendar_fi import helsinki_day
from queries.rules.retention import OwnPeriod
from queries.rules.roles import Permission
from queries.store.import_details import CLASS
from queries.store.named_locks import let_nobody_hold_or_restrict
from queries.store.plain_values import as_json, from_json
from queries.store.retention.blocks import held_parties, read_standing
from queries.store.retention.erasing import FILES, PARTY, add_rows, erase, gate_open
from queries.store.retention.series import own_months
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import (
    Address,
    Base,
    BillingDetail,
    ContactPerson,
    Email,
    ImportBatch,
    ImportBefore,
    ImportChange,
    NewsletterIssue,
    Note,
    Party,
    Phone,
    Restriction,
    Subscription,
)
from queries.writes.commands import stamp
from queries.writes.newsletter.subscriptions import newsletter_alone
from queries.writes.removal_guard import announce_removal, unless_kept

_VOUCHERS = "Kirjanpitolaki 1336/1997 2:10.2"
_REFUSED_LETTERS = "GDPR Art. 7(3), 21(3)"
#: The details of a party, which go with one that is new.
_DETAILS: tuple[Any, ...] = (
    Address,
    Email,
    Phone,
    BillingDetail,
    Note,
    ContactPerson,
    Subscription,
)
_MODELS: dict[str, Any] = {one.__tablename__: one for one in (Party, *_DETAILS)}
#: What is computed of a party, and what records of imports say of it.
_BESIDE = {"party_search", "party_facts", "import_row", "import_mention", "import_before"}

Run = tuple[int, int]


def _parties(model: Any) -> tuple[Any, ...]:
    """The columns of a detail that say whose it is."""
    if model is ContactPerson:
        return (model.organisation_id, model.person_id)
    return (model.id if model is Party else model.party_id,)


@dataclass(frozen=True, kw_only=True)
class UndoImport:
    """The import that should be undone."""

    id: int


@needs(Permission.IMPORT_DATA)
def undo_import(uow: UnitOfWork, inputs: UndoImport) -> int:
    """Undo an import as a whole; return it.

    :raises NotFound:
    :raises RegisterError: ``import_undone`` (at, by); ``import_undo_over`` (on);
        ``import_undo_post_codes``; ``import_undo_changed`` (table, name, id, by, at),
        ``import_undo_gone`` (table) and ``import_undo_added`` (table, name, id) for what came
        since; ``import_undo_sent`` (issue).
    :raises RuleRefusal: ``import_undo_invoices`` (n), ``import_undo_newsletter`` (n),
        ``import_undo_restricted``, ``import_undo_kept`` (name, id), and as
        :func:`.removal_guard.unless_kept`.
    """
    session = uow.session
    announce_removal(session)
    let_nobody_hold_or_restrict(session)
    batch = session.get(ImportBatch, inputs.id, with_for_update=True, populate_existing=True)
    if batch is None:
        raise NotFound("import_batch", inputs.id)
    _unless_too_late(uow, batch)
    if format_of(batch.form).is_mailing_list:
        newsletter_alone(uow)
    taking = _Taking(uow, batch)
    taking.unless_in_the_way()
    gone = taking.carry_out()
    batch = session.get_one(ImportBatch, inputs.id)
    batch.undone_at, batch.undone_by = uow.now, uow.actor.username
    session.flush()
    uow.audit(
        "undo_import",
        "import_batch",
        batch.id,
        columns=[f"{name}={count}" for name, count in gone.items()],
    )
    return batch.id


def _unless_too_late(uow: UnitOfWork, batch: ImportBatch) -> None:
    if batch.undone_at is not None:
        raise RegisterError("import_undone", at=batch.undone_at, by=batch.undone_by)
    if format_of(batch.form).plan is None:
        raise RegisterError("import_undo_post_codes")
    until = OwnPeriod(own_months(uow.session, CLASS)).keep_until(helsinki_day(batch.at))
    if batch.replaced is None or batch.emptied_on is not None or until < uow.today:
        raise RegisterError("import_undo_over", on=min(batch.emptied_on or until, until))


class _Taking:
    """One import being taken back: the checks that nothing blocks it, then the removal."""

    def __init__(self, uow: UnitOfWork, batch: ImportBatch) -> None:
        self._desk = uow
        self._session: Session = uow.session
        self._batch = batch
        self._runs: dict[str, list[Run]] = {}
        for table, first, last in self._session.execute(
            select(ImportChange.table_name, ImportChange.first_id, ImportChange.last_id)
            .where(ImportChange.batch_id == batch.id)
            .order_by(ImportChange.id)
        ):
            self._runs.setdefault(table, []).append((first, last))
        self._before: Sequence[ImportBefore] = self._session.scalars(
            select(ImportBefore)
            .where(ImportBefore.batch_id == batch.id)
            .order_by(ImportBefore.table_name, ImportBefore.record_id)
        ).all()

    def _added(self, column: Any, table: str) -> ColumnElement[bool]:
        """Return the condition that a column holds the key of a row that the import added to a
        table."""
        runs = self._runs.get(table, ())
        return or_(false(), *(column.between(first, last) for first, last in runs))

    def _is_new(self, column: Any) -> ColumnElement[bool]:
        return self._added(column, "party")

    def _others(self) -> Select[Any]:
        """The keys of the parties that were there before and were added to or changed."""
        found = [select(ImportBefore.party_id).where(ImportBefore.batch_id == self._batch.id)]
        found += [
            select(party).where(
                self._added(model.id, model.__tablename__), not_(self._is_new(party))
            )
            for model in _DETAILS
            if model.__tablename__ in self._runs
            for party in _parties(model)
        ]
        keys = {key for query in found for key in self._session.scalars(query) if key is not None}
        return select(Party.id).where(Party.id.in_(sorted(keys)))

    def unless_in_the_way(self) -> None:
        """Lock the parties, and refuse where anything blocks the whole."""
        self._unless_vouchers_or_letters()
        self._concerned = or_(self._is_new(Party.id), Party.id.in_(self._others()))
        self._session.execute(
            select(Party.id).where(self._concerned).order_by(Party.id).with_for_update()
        ).all()
        self._unless_changed()
        self._unless_added()
        self._unless_kept()

    def _unless_vouchers_or_letters(self) -> None:
        if invoices := sum(last - first + 1 for first, last in self._runs.get("invoice", ())):
            raise RuleRefusal("import_undo_invoices", _VOUCHERS, n=invoices)
        refused = sum(last for _first, last in self._runs.get("suppression", ()))
        if format_of(self._batch.form).is_mailing_list:
            refused = max(refused, self._batch.changed)
        if refused:
            raise RuleRefusal("import_undo_newsletter", _REFUSED_LETTERS, n=refused)
        if "subscription" in self._runs:
            sent = select(NewsletterIssue.name).where(NewsletterIssue.exported_at > self._batch.at)
            if (issue := self._session.scalar(sent.limit(1))) is not None:
                raise RegisterError("import_undo_sent", issue=issue)

    def _unless_changed(self) -> None:
        """Refuse unless what was added is there as it was added, what was replaced is as the
        import left it, and no detail beside it is newer than the import."""
        for table, runs in self._runs.items():
            model = _MODELS[table]
            own = self._added(model.id, table)
            there = self._session.scalar(select(func.count()).where(own))
            if there != sum(last - first + 1 for first, last in runs):
                raise RegisterError("import_undo_gone", table=table)
            twice = [one.record_id for one in self._before if one.table_name == table]
            self._refuse_changed(model, own, model.version != 1, model.id.not_in(twice))
        if len(self._before) != self._batch.replaced:
            raise RegisterError("import_undo_gone", table="party")
        for one in self._before:
            model = _MODELS[one.table_name]
            own = model.id == one.record_id
            if self._session.scalar(select(func.count()).where(own)) != 1:
                raise RegisterError("import_undo_gone", table=one.table_name)
            self._refuse_changed(model, own, model.version != one.version_after)
        others = self._others()
        for model in _DETAILS:
            whose = or_(*(party.in_(others) for party in _parties(model)))
            self._refuse_changed(model, whose, model.changed_at > self._batch.at)

    def _refuse_changed(self, model: Any, *which: ColumnElement[bool]) -> None:
        key, whose = _parties(model)[0], aliased(Party)
        found = self._session.execute(
            select(whose.name, key, model.changed_by, model.changed_at)
            .select_from(model)
            .outerjoin(whose, whose.id == key)
            .where(*which)
            .order_by(model.id)
            .limit(1)
        ).first()
        if found is not None:
            name, party, by, at = found
            raise RegisterError(
                "import_undo_changed",
                table=model.__tablename__,
                name=name or "–",
                id=str(party or "–"),
                by=by,
                at=at,
            )

    def _unless_added(self) -> None:
        """Refuse if anything but what came with a new party refers to it."""
        if "party" not in self._runs:
            return
        for table in Base.metadata.sorted_tables:
            if table.name in _BESIDE:
                continue
            for column in table.c:
                if not column.references(PARTY.key):
                    continue
                which = [self._is_new(column)]
                if table.name in self._runs:
                    which.append(not_(self._added(table.c.id, table.name)))
                self._refuse_named(
                    select(Party.name, Party.id)
                    .select_from(table)
                    .join(Party, Party.id == column)
                    .where(*which),
                    RegisterError,
                    "import_undo_added",
                    table=table.name,
                )

    def _unless_kept(self) -> None:
        """Refuse if a hold, restriction or open request keeps anybody concerned, or a class of
        theirs."""
        restricted = select(Restriction.party_id).where(Restriction.lifted_on.is_(None))
        for code, keys in (
            ("import_undo_restricted", restricted),
            ("import_undo_kept", held_parties()),
        ):
            self._refuse_named(
                select(Party.name, Party.id).where(self._concerned, Party.id.in_(keys)),
                lambda code, **facts: RuleRefusal(code, "GDPR Art. 5(2), 15, 18", **facts),
                code,
            )
        if read_standing(self._session).classes:
            for record in self._touched():
                unless_kept(self._session, record)

    def _refuse_named(self, query: Any, refusal: Any, code: str, **facts: Any) -> None:
        found = self._session.execute(query.order_by(Party.id).limit(1)).first()
        if found is not None:
            name, party = found
            raise refusal(code, name=name, id=str(party), **facts)

    def _touched(self) -> Iterator[Any]:
        for table in self._runs:
            model = _MODELS[table]
            yield from self._session.scalars(select(model).where(self._added(model.id, table)))
        for one in self._before:
            yield self._session.get_one(_MODELS[one.table_name], one.record_id)

    def carry_out(self) -> dict[str, int]:
        """Put back what was replaced and remove what was added; return how many rows, by table."""
        session, gone = self._session, dict[str, int]()
        self._put_back()
        for model in _DETAILS:
            table = model.__tablename__
            own = [self._added(model.id, table)]
            if model not in {ContactPerson, Subscription}:
                own.append(not_(self._is_new(model.party_id)))
            records = (
                session.scalars(select(model).where(*own)).all() if table in self._runs else ()
            )
            for record in records:
                session.delete(record)
            if records:
                add_rows(gone, {table: len(records)})
        session.flush()
        new = session.scalars(select(Party.id).where(self._is_new(Party.id))).all()
        session.execute(
            delete(ImportBefore)
            .where(ImportBefore.batch_id == self._batch.id)
            .execution_options(synchronize_session=False)
        )
        if new:
            notes = session.scalars(select(Note.id).where(self._is_new(Note.party_id))).all()
            with gate_open(session):
                for file, keys in ((FILES["note"], notes), (PARTY, new)):
                    add_rows(gone, erase(session, file, keys, on=self._desk.today))
        return gone

    def _put_back(self) -> None:
        """Write the values from before the import, and who had changed them and when; an earlier
        import that left them can be undone then."""
        session, again = self._session, list[tuple[ImportBefore, int, Any]]()
        for one in self._before:
            record = session.get_one(_MODELS[one.table_name], one.record_id)
            stood: dict[str, Any] = from_json(one.stood)
            version = stood.pop("version", None)
            if version is None:  # of an import from before these were kept, or of its own record
                stamp(self._desk, record)
            else:
                again.append((one, version, record))
            for name, value in stood.items():
                setattr(record, name, value)
        session.flush()
        for one, version, record in again:
            self._is_left_again(one, version, record.version)

    def _is_left_again(self, one: ImportBefore, left: int, now: int) -> None:
        """Let the earlier import that left a version of the record know its version of now."""
        session = self._session
        moved = session.execute(
            update(ImportBefore)
            .where(
                ImportBefore.batch_id < self._batch.id,
                ImportBefore.table_name == one.table_name,
                ImportBefore.record_id == one.record_id,
                ImportBefore.version_after == left,
            )
            .values(version_after=now)
            .execution_options(synchronize_session=False)
        )
        if moved.rowcount or left != 1:  # type: ignore[attr-defined]  # a cursor's result
            return
        added_by = session.scalar(
            select(ImportBatch)
            .join(ImportChange, ImportChange.batch_id == ImportBatch.id)
            .where(
                ImportBatch.id < self._batch.id,
                ImportBatch.undone_at.is_(None),
                ImportBatch.emptied_on.is_(None),
                ImportBatch.replaced.is_not(None),
                ImportChange.table_name == one.table_name,
                ImportChange.first_id <= one.record_id,
                ImportChange.last_id >= one.record_id,
            )
        )
        if added_by is None or added_by.replaced is None:
            return
        added_by.replaced += 1
        session.add(
            ImportBefore(
                batch_id=added_by.id,
                noted_on=helsinki_day(added_by.at),
                party_id=one.party_id,
                table_name=one.table_name,
                record_id=one.record_id,
                version_after=now,
                stood=as_json({}),
            )
        )
