"""Asking YTJ for one company, when a person asks for it; nothing is fetched by itself.

The service is open (PRH open data, CC BY 4.0) and allows 300 requests a minute to all its users
together. What is sent is the business ID alone.
"""

from __future__ import annotations

import json
import logging
from typing import Any

import httpx

from queries.errors import RegisterError
from queries.rules.identifiers import business_id as normalised

ADDRESS = "https://avoindata.prh.fi/opendata-ytj-api/v3/companies"
#: Connecting and waiting for an answer, in seconds.
TIMEOUT = httpx.Timeout(10, connect=5)
MOST_BYTES = 2 * 1024 * 1024

_TOO_MANY = 429
_OK = 200


# Its log lines hold the address, and with it what was asked for: a sole trader's business ID is
# personal data.
logging.getLogger("httpx").setLevel(logging.WARNING)


class ServiceRefusal(RegisterError):
    """YTJ did not answer with companies: ``ytj_no_connection``, ``ytj_busy``, ``ytj_failed``
    (status), ``ytj_not_found``."""


def fetch_company(business_id: str, *, transport: httpx.BaseTransport | None = None) -> bytes:
    """The service's answer for one business ID, to be read with
    :func:`queries.intake.readers.read_file.read_file`.

    :param transport: how to reach the service; None is the network.
    :raises InvalidInput: when it is not a business ID; nothing is sent then.
    :raises ServiceRefusal: see there.
    """
    wanted = normalised(business_id)
    raw = _asked(wanted, transport)
    try:
        answer: Any = json.loads(raw)
    except (ValueError, RecursionError):
        raise ServiceRefusal("ytj_failed", status=_OK) from None
    if not isinstance(answer, dict) or not answer.get("companies"):
        raise ServiceRefusal("ytj_not_found")
    return raw


def _asked(wanted: str, transport: httpx.BaseTransport | None) -> bytes:
    try:
        with (
            httpx.Client(timeout=TIMEOUT, transport=transport, follow_redirects=False) as client,
            client.stream("GET", ADDRESS, params={"businessId": wanted}) as answer,
        ):
            if answer.status_code == _TOO_MANY:
                raise ServiceRefusal("ytj_busy")
            if answer.status_code != _OK:
                raise ServiceRefusal("ytj_failed", status=answer.status_code)
            raw = b""
            for part in answer.iter_bytes():
                raw += part
                if len(raw) > MOST_BYTES:
                    raise ServiceRefusal("ytj_failed", status=_OK)
            return raw
    except httpx.HTTPError:
        # The error's own text quotes the address, and with it what was asked for.
        raise ServiceRefusal("ytj_no_connection") from None
