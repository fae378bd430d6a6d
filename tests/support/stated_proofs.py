"""The proofs of the notice as a store has them."""

from __future__ import annotations

from datetime import date

from queries.reads.notice.proofs import Proofs, proofs
from queries.rules.proofs import Proof, ServerFacts
from queries.store.sessions import Store
from tests.factories.proof_rows import PUBLIC
from tests.factories.records import MAKER, TODAY


def read(store: Store, told: ServerFacts | None = None, *, today: date = TODAY) -> Proofs:
    with store.reading(MAKER) as session:
        return proofs(session, today=today, known=told or ServerFacts(public=PUBLIC))


def proof(
    store: Store, code: str, told: ServerFacts | None = None, *, today: date = TODAY
) -> Proof | None:
    return read(store, told, today=today).of(code)
