"""The controller (rekisterinpitäjä): who answers for the register, as it is set.

Until the setting ``controller`` is set, it is the company of the privacy notice that this register
keeps. Its contact person, e-mail address and telephone number here are made up.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from queries.errors import InvalidInput, InvalidInputs
from queries.rules.roles import Permission
from queries.store.sessions import needs
from queries.store.tables import Setting

#: The name of the setting.
CONTROLLER = "controller"
#: The setting with the company's business ID as it was given when the store was made: it counts
#: until the controller is set.
OWN_BUSINESS_ID = "business_id"

_LONGEST = 200


@dataclass(frozen=True, kw_only=True)
class Controller:
    """The controller (GDPR Art. 4(7)) and its contact person (Art. 15(1), 13(1)(a)-(b)).

    :param officer_name: the data protection officer, where one is designated (Art. 37).
    :param requests_email: where requests are sent, where that is not ``email``; likewise the
        postal address of ``requests_street``, ``requests_post_code`` and ``requests_town``.
    :param notice_address: the page on which the notice is published: contact forms lead there.
    """

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
    officer_name: str = ""
    officer_email: str = ""
    officer_phone: str = ""
    requests_email: str = ""
    requests_street: str = ""
    requests_post_code: str = ""
    requests_town: str = ""
    notice_address: str = ""

    @property
    def address(self) -> str:
        return f"{self.street}, {self.post_code} {self.town}"

    @property
    def lines(self) -> tuple[str, ...]:
        """Name, address and how it is reached, as in a letterhead."""
        lines = (self.name, self.street, f"{self.post_code} {self.town}", self.email, self.phone)
        return tuple(line for line in lines if line)

    @property
    def reach(self) -> str:
        """Return how the contact person is reached."""
        return ", ".join(part for part in (self.contact_email, self.contact_phone) if part)

    @property
    def officer_reach(self) -> str:
        """Return how the data protection officer is reached."""
        return ", ".join(part for part in (self.officer_email, self.officer_phone) if part)

    @property
    def requests_to(self) -> tuple[str, str]:
        """The e-mail address and the postal address that requests are sent to."""
        post = self.address
        if self.requests_street:
            post = f"{self.requests_street}, {self.requests_post_code} {self.requests_town}"
        return self.requests_email or self.email, f"{self.name}, {post}"


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

#: What every controller has; the rest can be empty.
REQUIRED = ("name", "street", "post_code", "town", "email", "contact_name", "contact_email")


@dataclass(frozen=True)
class ControllerRow:
    """The controller as it is; without a version it was never set."""

    controller: Controller
    version: int | None
    changed_by: str | None
    changed_at: datetime | None


@needs(Permission.SEE_CUSTOMERS)
def controller(session: Session) -> Controller:
    """Return the controller as it is set, or the demonstration's; one statement.

    A house that answers real requests sets its own: compare with :data:`DEMONSTRATION`.
    """
    return _row(session).controller


@needs(Permission.SEE_NOTICE)
def controller_row(session: Session) -> ControllerRow:
    """The controller with its version, for changing it; one statement."""
    return _row(session)


def _row(session: Session) -> ControllerRow:
    found = session.scalars(select(Setting).where(Setting.name.in_([CONTROLLER, OWN_BUSINESS_ID])))
    settings = {one.name: one for one in found}
    kept = settings.get(CONTROLLER)
    if kept is None:
        told = settings.get(OWN_BUSINESS_ID)
        own = DEMONSTRATION
        if told is not None:
            own = replace(DEMONSTRATION, business_id=str(json.loads(told.value)))
        return ControllerRow(own, None, None, None)
    return ControllerRow(
        controller_of(json.loads(kept.value)), kept.version, kept.changed_by, kept.changed_at
    )


def controller_of(values: Mapping[str, object]) -> Controller:
    """The controller from a setting's values, trimmed.

    :raises InvalidInputs: ``required`` and ``too_long``, each with its field.
    """
    trimmed = {
        name: " ".join(str(values.get(name) or "").split()) for name in asdict(DEMONSTRATION)
    }
    errors = [InvalidInput(name, "required") for name in REQUIRED if not trimmed[name]]
    errors += [
        InvalidInput(name, "too_long", longest=_LONGEST, length=len(value))
        for name, value in trimmed.items()
        if len(value) > _LONGEST
    ]
    if errors:
        raise InvalidInputs(errors)
    return Controller(**trimmed)
