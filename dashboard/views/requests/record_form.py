"""Recording a request that came."""

from __future__ import annotations

from typing import Any

from dashboard.ui import clock
from dashboard.ui.forms import Field, page_form
from dashboard.ui.language import language
from queries.rules.requests import Asked, RequestChannel
from queries.store.tables import Language
from queries.writes.requests import requests

RECORD = (
    Field("received_on", "day", label="requests.fields.received_on", row="came"),
    Field(
        "channel",
        "choice",
        label="requests.fields.channel",
        options=tuple(RequestChannel),
        words="request_channels",
        row="came",
    ),
    Field(
        "language",
        "choice",
        label="fields.language",
        options=tuple(Language),
        words="languages",
        row="came",
    ),
    Field("claimed_name", label="requests.fields.claimed_name", row="who"),
    Field(
        "claimed_contact",
        label="requests.fields.claimed_contact",
        row="who",
        help="requests.fields.contact_help",
    ),
    *(
        Field(f"asks_{asked}", "check", label=f"asked.{asked}", row=f"asks{place // 2}")
        for place, asked in enumerate(Asked)
    ),
    Field("text", "lines", label="requests.fields.text"),
)


def record_form(party_id: int | None, about: int | None = None) -> None:
    """Draw the form that records a request; its own page asks which party it is.

    :param about: the request that a complaint is about.
    """

    def inputs(**typed: Any) -> requests.RecordRequest:
        asked = tuple(right for right in Asked if typed.pop(f"asks_{right}"))
        return requests.RecordRequest(rights=asked, party_id=party_id, linked_to=about, **typed)

    values: dict[str, Any] = {"received_on": clock.today(), "language": language()}
    if about is not None:
        values[f"asks_{Asked.COMPLAINT}"] = True
    page_form(
        "request-new",
        RECORD,
        values,
        command=requests.record_request,
        inputs=inputs,
        fixed={},
        submit="requests.record",
        done="requests.recorded",
        opens="request",
    )
