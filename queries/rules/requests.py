"""The rights of data subjects: their codes, answers, and grounds of refusal.

Data with their citations, and no arithmetic: the clock is :mod:`queries.rules.deadlines`.
Sources: GDPR (EU) 2016/679 Art. 7(3), 12, 15-21, 77; Tietosuojalaki 1050/2018 34 §.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class RequestChannel(enum.StrEnum):
    """Channel by which a request came, or a letter was sent."""

    EMAIL = "email"
    POST = "post"
    PHONE = "phone"
    IN_PERSON = "in_person"
    FORM = "form"


class Asked(enum.StrEnum):
    """Right that a data subject can exercise, in the order of the Regulation."""

    ACCESS = "access"
    """Art. 15."""
    RECTIFICATION = "rectification"
    """Art. 16."""
    ERASURE = "erasure"
    """Art. 17."""
    RESTRICTION = "restriction"
    """Art. 18."""
    PORTABILITY = "portability"
    """Art. 20."""
    OBJECTION = "objection"
    """Art. 21, here to direct marketing (21(2)-(3)): absolute."""
    WITHDRAWAL = "withdrawal"
    """Withdrawal of consent, Art. 7(3): absolute."""
    COMPLAINT = "complaint"
    """A complaint that was made (Art. 77), and what the controller says to it."""


#: Refused until it is known that the one who asks is the one that the data are about: what leaves
#: the company, and what cannot be undone (Art. 12(6), 32).
NEEDS_IDENTITY = frozenset({Asked.ACCESS, Asked.PORTABILITY, Asked.ERASURE})

#: Never refused: nothing is weighed against them (Art. 7(3), 21(3)).
ABSOLUTE = frozenset({Asked.OBJECTION, Asked.WITHDRAWAL})


class IdentityMethod(enum.StrEnum):
    """Method of checking a person's identity, never by a copied document (Art. 5(1)(c))."""

    KNOWN_EMAIL = "known_email"
    CALL_BACK = "call_back"
    SIGNATURE = "signature"
    IN_PERSON = "in_person"
    OTHER = "other"


class LetterKind(enum.StrEnum):
    """Kind of paper made for a request and kept with it: two exports, and the letters."""

    ACCESS_REPORT = "access_report"
    PORTABILITY_PACKAGE = "portability_package"
    RECEIVED = "received"
    EXTENSION = "extension"
    IDENTITY_ASKED = "identity_asked"
    ACCESS = "access"
    PORTABILITY = "portability"
    RECTIFIED = "rectified"
    RECIPIENTS_TOLD = "recipients_told"
    ERASED = "erased"
    RESTRICTED = "restricted"
    RESTRICTION_LIFTED = "restriction_lifted"
    OBJECTION = "objection"
    WITHDRAWAL = "withdrawal"
    REFUSED = "refused"
    NOT_IN_REGISTER = "not_in_register"
    COMPLAINT_INFO = "complaint_info"
    BEFORE = "before"
    """What stood before a rectification: no letter, and gone with the answer."""


#: The data themselves: made and sent to a person whose identity was checked, only.
EXPORTS = frozenset({LetterKind.ACCESS_REPORT, LetterKind.PORTABILITY_PACKAGE})

#: Papers sent when a right is fulfilled.
ANSWERED_BY = {
    Asked.ACCESS: LetterKind.ACCESS_REPORT,
    Asked.RECTIFICATION: LetterKind.RECTIFIED,
    Asked.ERASURE: LetterKind.ERASED,
    Asked.RESTRICTION: LetterKind.RESTRICTED,
    Asked.PORTABILITY: LetterKind.PORTABILITY_PACKAGE,
    Asked.OBJECTION: LetterKind.OBJECTION,
    Asked.WITHDRAWAL: LetterKind.WITHDRAWAL,
    Asked.COMPLAINT: LetterKind.COMPLAINT_INFO,
}

#: Letters that answer no right: that a request came, who asks, and how to complain.
ANSWERS_NO_RIGHT = (LetterKind.RECEIVED, LetterKind.IDENTITY_ASKED, LetterKind.COMPLAINT_INFO)

#: The covering letter of an export.
COVERS = {
    LetterKind.ACCESS_REPORT: LetterKind.ACCESS,
    LetterKind.PORTABILITY_PACKAGE: LetterKind.PORTABILITY,
}

#: Rights of which recipients are informed (Art. 19), with the event that their letter names.
TOLD_OF = {
    Asked.RECTIFICATION: "rectified",
    Asked.ERASURE: "erased",
    Asked.RESTRICTION: "restricted",
}


@dataclass(frozen=True)
class RefusalGround:
    """A ground for refusing a request.

    :param rights: what can be refused on it.
    """

    code: str
    citation: str
    rights: frozenset[Asked]


_WEIGHED = frozenset(Asked) - ABSOLUTE - {Asked.COMPLAINT}

GROUNDS = (
    RefusalGround("unfounded", "GDPR Art. 12(5)(b)", _WEIGHED),
    RefusalGround("excessive", "GDPR Art. 12(5)(b)", _WEIGHED),
    RefusalGround("not_identified", "GDPR Art. 12(2), 12(6)", _WEIGHED),
    RefusalGround("accurate", "GDPR Art. 16", frozenset({Asked.RECTIFICATION})),
    RefusalGround("no_ground", "GDPR Art. 17(1)", frozenset({Asked.ERASURE})),
    RefusalGround("expression", "GDPR Art. 17(3)(a)", frozenset({Asked.ERASURE})),
    RefusalGround("legal_obligation", "GDPR Art. 17(3)(b)", frozenset({Asked.ERASURE})),
    RefusalGround("legal_claims", "GDPR Art. 17(3)(e)", frozenset({Asked.ERASURE})),
    RefusalGround("no_ground_to_restrict", "GDPR Art. 18(1)", frozenset({Asked.RESTRICTION})),
    RefusalGround("not_portable", "GDPR Art. 20(1)", frozenset({Asked.PORTABILITY})),
    RefusalGround(
        "others_rights", "GDPR Art. 15(4), 20(4)", frozenset({Asked.ACCESS, Asked.PORTABILITY})
    ),
    RefusalGround("security", "Tietosuojalaki 1050/2018 34.1 § 1", frozenset({Asked.ACCESS})),
    RefusalGround("danger", "Tietosuojalaki 1050/2018 34.1 § 2", frozenset({Asked.ACCESS})),
    RefusalGround("supervision", "Tietosuojalaki 1050/2018 34.1 § 3", frozenset({Asked.ACCESS})),
)
"""Where only part of the data is touched, the rest is given (Tietosuojalaki 34.2 §): the right is
then fulfilled in part, with the same ground."""


def grounds_for(asked: str) -> tuple[RefusalGround, ...]:
    """The grounds on which a right can be refused; none for those that are absolute.

    >>> [ground.code for ground in grounds_for("objection")]
    []
    >>> "legal_obligation" in {ground.code for ground in grounds_for("erasure")}
    True
    """
    return tuple(ground for ground in GROUNDS if asked in ground.rights)
