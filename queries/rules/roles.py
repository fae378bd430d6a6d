"""The role table: what each role sees and does. Reads and commands check it, not the screen.

A read or command declares its right with :func:`queries.store.sessions.needs`, which also checks
it; a test walks ``queries/`` and fails on one that declares none.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from queries.errors import NotAllowed


class Role(enum.StrEnum):
    """Roles of users, from the least to the most."""

    VIEWER = "viewer"
    OFFICE = "office"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


class Permission(enum.StrEnum):
    SEE_CUSTOMERS = "see_customers"
    SEE_BILLING = "see_billing"
    EDIT_CUSTOMERS = "edit_customers"
    EDIT_SALES = "edit_sales"
    ISSUE_INVOICES = "issue_invoices"
    IMPORT_DATA = "import_data"
    SEE_TRAIL = "see_trail"
    EDIT_SETTINGS = "edit_settings"
    SEE_RETENTION = "see_retention"
    EDIT_FINANCIAL_YEARS = "edit_financial_years"
    HOLD = "hold"
    PROPOSE_DISPOSAL = "propose_disposal"
    APPROVE_DISPOSAL = "approve_disposal"
    CARRY_OUT_DISPOSAL = "carry_out_disposal"
    SEE_REQUESTS = "see_requests"
    HANDLE_REQUESTS = "handle_requests"
    ANSWER_REQUESTS = "answer_requests"
    SEE_NOTICE = "see_notice"
    PUBLISH_NOTICE = "publish_notice"
    KEEP_RECIPIENTS = "keep_recipients"
    SEND_NEWSLETTER = "send_newsletter"
    HANDLE_MESSAGES = "handle_messages"
    KEEP_PAPER = "keep_paper"
    MANAGE_USERS = "manage_users"


_SEE = frozenset(
    {
        Permission.SEE_CUSTOMERS,
        Permission.SEE_BILLING,
        Permission.SEE_RETENTION,
        Permission.SEE_NOTICE,
    }
)
_OFFICE = _SEE | {
    Permission.EDIT_CUSTOMERS,
    Permission.EDIT_SALES,
    Permission.ISSUE_INVOICES,
    Permission.IMPORT_DATA,
    Permission.SEE_REQUESTS,
    Permission.HANDLE_REQUESTS,
    Permission.SEND_NEWSLETTER,
    Permission.HANDLE_MESSAGES,
    Permission.KEEP_PAPER,
}
_MANAGER = _OFFICE | {
    Permission.SEE_TRAIL,
    Permission.EDIT_SETTINGS,
    Permission.EDIT_FINANCIAL_YEARS,
    Permission.HOLD,
    Permission.PROPOSE_DISPOSAL,
    Permission.APPROVE_DISPOSAL,
    Permission.CARRY_OUT_DISPOSAL,
    Permission.ANSWER_REQUESTS,
    Permission.PUBLISH_NOTICE,
    Permission.KEEP_RECIPIENTS,
}

#: The role table (ROLES[role] is what it may).
ROLES: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: _SEE,
    Role.OFFICE: _OFFICE,
    Role.MANAGER: _MANAGER,
    Role.ADMINISTRATOR: _MANAGER | {Permission.MANAGE_USERS},
}


@dataclass(frozen=True)
class Actor:
    """A user who reads or writes: name and role, as in the trail."""

    username: str
    role: Role

    def may(self, right: Permission) -> bool:
        return right in ROLES[self.role]

    def require(self, right: Permission) -> None:
        """:raises NotAllowed: when the role table does not give the right."""
        if not self.may(right):
            raise NotAllowed(right, self.role)


#: Who acts on the command line: whoever can read the store's file or address. No user can have
#: this name.
CONSOLE = Actor("(console)", Role.ADMINISTRATOR)
