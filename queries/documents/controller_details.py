"""Details of the controller and of the supervisory authority, as on every paper."""

from __future__ import annotations

from queries.reads.notice.controller import (
    CONTROLLER,
    DEMONSTRATION,
    Controller,
    controller,
    controller_of,
)

__all__ = [
    "AUTHORITY_ADDRESS",
    "CONTROLLER",
    "DEMONSTRATION",
    "Controller",
    "authority",
    "controller",
    "controller_of",
]

AUTHORITY_ADDRESS = (
    "Lintulahdenkuja 4, 00530 Helsinki",
    "PL 800, 00531 Helsinki",
    "029 566 6700",
    "tietosuoja@om.fi",
)

_AUTHORITY_NAMES = {
    "fi": "Tietosuojavaltuutetun toimisto",
    "sv": "Dataombudsmannens byrå (Tietosuojavaltuutetun toimisto)",
    "en": "Office of the Data Protection Ombudsman (Tietosuojavaltuutetun toimisto)",
}


def authority(language: str) -> tuple[str, ...]:
    """The supervisory authority (GDPR Art. 77): its name, then its addresses."""
    return (_AUTHORITY_NAMES[language], *AUTHORITY_ADDRESS)
