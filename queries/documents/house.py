"""Who answers and who supervises: the controller's and the authority's details on every paper.

The controller is a setting (``controller``); until it is set, it is the company of the privacy
notice that this register keeps. Its contact person, e-mail address and telephone number here are
made up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from queries.errors import InvalidInput, InvalidInputs
from queries.reads.settings import setting

#: The name of the setting.
CONTROLLER = "controller"

_LONGEST = 200


@dataclass(frozen=True, kw_only=True)
class Controller:
    """The controller (GDPR Art. 4(7)) and its contact person (Art. 15(1), 13(1)(a)-(b))."""

    name: str
    street: str
    post_code: str
    town: str
    email: str
    contact_name: str
    contact_email: str
    phone: str = ""
    contact_phone: str = ""
    business_id: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """Name, address and how it is reached, as in a letterhead."""
        lines = (self.name, self.street, f"{self.post_code} {self.town}", self.email, self.phone)
        return tuple(line for line in lines if line)

    @property
    def reach(self) -> str:
        """How the contact person is reached."""
        return ", ".join(part for part in (self.contact_email, self.contact_phone) if part)


DEMONSTRATION = Controller(
    name="Kixit Oy",
    street="Kasarminkatu 10",
    post_code="50100",
    town="Mikkeli",
    email="toimisto@kixit.example",
    contact_name="Taina Tietosuoja",
    contact_email="tietosuoja@kixit.example",
    contact_phone="040 123 4567",
)

_OPTIONAL = {"phone", "contact_phone", "business_id"}


def controller(session: Session) -> Controller:
    """The controller as it is set, or the demonstration's; one statement.

    A house that answers real requests sets its own: compare with :data:`DEMONSTRATION`.
    """
    values = setting(session, CONTROLLER)
    return DEMONSTRATION if values is None else controller_of(values)


def controller_of(values: Mapping[str, Any]) -> Controller:
    """The controller from a form's or a setting's values, trimmed.

    :raises InvalidInputs: ``required`` and ``too_long``, each with its field.
    """
    trimmed = {
        name: " ".join(str(values.get(name) or "").split()) for name in asdict(DEMONSTRATION)
    }
    errors = [
        InvalidInput(name, "required")
        for name, value in trimmed.items()
        if not value and name not in _OPTIONAL
    ]
    errors += [
        InvalidInput(name, "too_long", longest=_LONGEST, length=len(value))
        for name, value in trimmed.items()
        if len(value) > _LONGEST
    ]
    if errors:
        raise InvalidInputs(errors)
    return Controller(**trimmed)


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
