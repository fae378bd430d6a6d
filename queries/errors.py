"""The refusals of the register.

A refusal carries a ``code`` and ``facts``; the sentence that a person reads belongs to
``dashboard/words`` (key ``refusals.<code>``). The text of the exception names the code and the
*names* of the facts, never their values: a value can be personal data, and exception texts end
up in logs.

Anything that is not a :class:`RegisterError` is a bug, and stays loud.
"""

from __future__ import annotations

from typing import Any


class RegisterError(Exception):
    """A refusal that a person can do something about.

    :param code: what was refused, in snake_case; the key of the sentence.
    :param facts: the values that the sentence needs.
    """

    def __init__(self, code: str, **facts: Any) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code)

    def __str__(self) -> str:
        names = ", ".join(sorted(self.facts))
        return f"{self.code} ({names})" if names else self.code


class NotFound(RegisterError):
    """There is no such record; ``subject`` is its kind, ``id`` its key."""

    def __init__(self, subject: str, id: object = None) -> None:  # noqa: A002 - the fact's name in every sentence
        super().__init__("not_found", subject=subject, id=id)
        self.subject = subject


class NotAllowed(RegisterError):
    """The actor's role does not have the ``right`` (see :mod:`queries.rules.roles`)."""

    def __init__(self, right: str, role: str | None = None) -> None:
        super().__init__("not_allowed", right=right, role=role)
        self.right = right


class InvalidInput(RegisterError):
    """A value that a person gave is not valid.

    :param field: the field of the command's inputs, or the kind of the value, that is wrong.
    :param code: why, in snake_case.
    """

    def __init__(self, field: str, code: str, **facts: Any) -> None:
        super().__init__(code, field=field, **facts)
        self.field = field


class InvalidInputs(RegisterError):
    """Several fields of a command's inputs are wrong; ``errors`` has one :class:`InvalidInput`
    for each."""

    def __init__(self, errors: list[InvalidInput]) -> None:
        super().__init__("invalid_inputs", fields=[error.field for error in errors])
        self.errors = errors


class StaleRecord(RegisterError):
    """The record changed after the user saw it; nothing was saved.

    :param theirs: the values of the inputs' fields as they are now.
    :param changed_by: user name of who changed it last, when known.
    :param changed_at: the UTC instant of that change, when known.
    """

    def __init__(
        self,
        subject: str,
        id: object,  # noqa: A002 - the fact's name in every sentence
        *,
        theirs: dict[str, Any] | None = None,
        version: int | None = None,
        changed_by: str | None = None,
        changed_at: Any = None,
    ) -> None:
        super().__init__(
            "stale_record", subject=subject, id=id, changed_by=changed_by, changed_at=changed_at
        )
        self.subject = subject
        self.theirs = theirs or {}
        self.version = version
        self.changed_by = changed_by
        self.changed_at = changed_at


class StoreRefusal(RegisterError):
    """The store cannot be opened or used: ``store_missing``, ``store_newer``, ``store_older``,
    ``store_busy``, ``store_unreadable``."""


class UnreadableFile(RegisterError):
    """A file that a person gave cannot be read; ``code`` says why."""


class RuleRefusal(RegisterError):
    """The law or a rule of the company forbids it; ``citation`` says which."""

    def __init__(self, code: str, citation: str, **facts: Any) -> None:
        super().__init__(code, citation=citation, **facts)
        self.citation = citation


class AlreadyIssued(RuleRefusal):
    """An issued invoice is immutable; it is corrected by a credit note (KPL 1336/1997 2:7.2)."""

    def __init__(self, number: str | None) -> None:
        super().__init__("already_issued", "Kirjanpitolaki 1336/1997 2:7.2", number=number)


class IdentityUnverified(RuleRefusal):
    """Nothing is disclosed and nothing is erased for a person who may be somebody else (GDPR
    Art. 12(6), 32)."""

    def __init__(self) -> None:
        super().__init__("identity_unverified", "GDPR Art. 12(6), 32")


class Restricted(RuleRefusal):
    """Processing of the party's data is restricted: they are kept, and not changed.

    :param since: the day from which on.
    """

    def __init__(self, since: Any) -> None:
        super().__init__("restricted", "GDPR Art. 18(2)", since=since)
