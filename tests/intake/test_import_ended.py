"""An import whose progress raises is ended, while it is planned anew or carried out, and leaves
nothing."""

from __future__ import annotations

import pytest

from queries.intake.import_command import BringIn, bring_in, preview
from queries.store.tables import ImportBatch, Party
from tests.factories.import_files import OFFICE, csv_of, read
from tests.support.trails import only

#: Some more than are planned, and carried out, together.
DATA = csv_of(*((f"Yritys {n} Oy",) for n in range(1100)), header=("Nimi",))


class Ended(BaseException):
    """What Streamlit raises where a run ends."""


@pytest.mark.parametrize("at", [1, 2, 4, 5])
def test_an_import_that_is_ended_leaves_nothing(store, now, at):
    intake, settings = read("a.csv", DATA)
    with store.reading(OFFICE) as session:
        plan = preview(session, intake, settings=settings, today=now.date())
    told = []

    def progress(rows):
        told.append(rows)
        if len(told) == at:
            raise Ended

    def bring(progress):
        inputs = BringIn(
            intake=intake, settings=settings, fingerprint=plan.fingerprint, progress=progress
        )
        store.carry_out(bring_in, inputs, actor=OFFICE, token="once", now=now)

    with pytest.raises(Ended):
        bring(progress)
    assert told == [0, 0, 0, 500, 500][:at]
    assert (only(store, Party), only(store, ImportBatch)) == ([], [])
    bring(told.append)
    assert told[at:] == [0, 0, 0, 500, 500, 100]
    assert len(only(store, Party)) == 1100
