from __future__ import annotations

import dataclasses

import pytest

from dashboard.ui.forms import Field, edit_form
from queries.writes.recipients import AmendRecipient, amend_recipient


def test_a_correction_whose_form_lacks_a_field_does_not_open():
    shown = tuple(
        Field(field.name)
        for field in dataclasses.fields(AmendRecipient)
        if field.name not in {"id", "version", "agreed_on", "email", "accept_suspect"}
    )
    with pytest.raises(TypeError, match=r"AmendRecipient'> lacks \['agreed_on', 'email'\]"):
        edit_form(
            "recipient-1",
            shown,
            {},
            command=amend_recipient,
            inputs=AmendRecipient,
            fixed={"id": 1, "version": 1},
        )
