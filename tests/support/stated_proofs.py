"""The proofs of the notice as a store has them."""

from __future__ import annotations

from queries.reads.notice.proofs import proofs
from queries.rules.proofs import ServerFacts
from tests.factories.proof_rows import PUBLIC
from tests.factories.records import MAKER, TODAY


def read(store, told=None, *, today=TODAY):
    with store.reading(MAKER) as session:
        return proofs(session, today=today, known=told or ServerFacts(public=PUBLIC))


def proof(store, code, told=None, **more):
    return read(store, told, **more).of(code)
