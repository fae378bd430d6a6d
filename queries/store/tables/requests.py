"""Requests of data subjects: what was asked, who asked, what was answered, with the proof.

The file of a request outlives the party that it is about. When its own time is up it is anonymised:
what identifies the person is removed, and the rights, days and outcomes stay to be counted.
"""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from queries.rules.requests import Asked, IdentityMethod, RequestChannel
from queries.store.tables.base import Base, Versioned, checks
from queries.store.tables.parties import Language

#: What a file of a request needs to be kept for: its own rows go with it.
_FILE = "data_subject_request.id"


class RequestStatus(enum.StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Registered(enum.StrEnum):
    """The presence of the requester in the register; ``not_in_register`` is an answer too."""

    UNKNOWN = "unknown"
    IN_REGISTER = "in_register"
    NOT_IN_REGISTER = "not_in_register"


class AskedStatus(enum.StrEnum):
    """Outcome of one requested right; ``partly``: the rest was refused or waits."""

    OPEN = "open"
    FULFILLED = "fulfilled"
    PARTLY = "partly"
    REFUSED = "refused"


class RestrictionBasis(enum.StrEnum):
    """``request``: the person asked (GDPR Art. 18(1)), and nothing of theirs is disposed of.
    ``erasure``: the person asked for erasure; what a statute keeps is only stored until it is
    erased."""

    REQUEST = "request"
    ERASURE = "erasure"


class SuppressionKind(enum.StrEnum):
    """Post that an address must not get again, whichever way it is added again."""

    MARKETING = "marketing"
    NEWSLETTER = "newsletter"


class DataSubjectRequest(Versioned, Base):
    """A request of a data subject (GDPR Art. 15-22); while it is open, nothing of the party is
    erased.

    :param number: ``2026-0007``, the only name of a request outside the register.
    :param received_on: the Helsinki day of receipt.
    :param claimed_name: name and (``claimed_contact``) contact detail of the requester, as written.
    :param text: what was written, or heard.
    :param linked_to: another request about the same thing.
    :param extended_on: the day on which the person was informed of the extension by two months.
    :param anonymised_on: the day from which on the file only counts.
    """

    __tablename__ = "data_subject_request"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16))
    party_id: Mapped[int | None] = mapped_column(ForeignKey("party.id", ondelete="SET NULL"))
    received_on: Mapped[date]
    channel: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(2), default="fi")
    claimed_name: Mapped[str | None] = mapped_column(String(200))
    claimed_contact: Mapped[str | None] = mapped_column(String(300))
    text: Mapped[str | None] = mapped_column(Text)
    registered: Mapped[str] = mapped_column(String(16), default="unknown")
    linked_to: Mapped[int | None] = mapped_column(ForeignKey(_FILE, ondelete="SET NULL"))
    extended_on: Mapped[date | None]
    extension_reason: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16), default="open")
    closed_on: Mapped[date | None]
    anonymised_on: Mapped[date | None]

    __table_args__ = checks(
        CheckConstraint("(status = 'closed') = (closed_on IS NOT NULL)", name="closed_day"),
        CheckConstraint(
            "extended_on IS NOT NULL OR extension_reason IS NULL", name="extension_day"
        ),
        CheckConstraint("party_id IS NULL OR registered = 'in_register'", name="party_registered"),
        CheckConstraint(
            "anonymised_on IS NULL OR (status = 'closed' AND party_id IS NULL"
            " AND claimed_name IS NULL AND claimed_contact IS NULL AND text IS NULL)",
            name="anonymised",
        ),
        Index("uq_data_subject_request_number", "number", unique=True),
        Index("ix_data_subject_request_party_id", "party_id"),
        Index("ix_data_subject_request_status", "status", "received_on", "id"),
        Index("ix_data_subject_request_closed_on", "closed_on", "id"),
        Index("ix_data_subject_request_linked_to", "linked_to"),
        status=RequestStatus,
        channel=RequestChannel,
        language=Language,
        registered=Registered,
    )


class RequestRight(Base):
    """One right of a request, with its own answer.

    :param answered_on: the day on which the answer was sent.
    :param refusal_ground: code of :mod:`queries.rules.requests`, with its ``refusal_citation``.
    :param completes_on: the last day on which the rest is kept; it is erased after that.
    """

    __tablename__ = "request_right"
    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey(_FILE, ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16), default="open")
    answered_on: Mapped[date | None]
    answered_by: Mapped[str | None] = mapped_column(String(64))
    refusal_ground: Mapped[str | None] = mapped_column(String(32))
    refusal_citation: Mapped[str | None] = mapped_column(String(100))
    refusal_reason: Mapped[str | None] = mapped_column(Text)
    completes_on: Mapped[date | None]

    __table_args__ = checks(
        CheckConstraint("(status = 'open') = (answered_on IS NULL)", name="answered_day"),
        CheckConstraint("(status = 'open') = (answered_by IS NULL)", name="answered_by"),
        CheckConstraint("status <> 'refused' OR refusal_citation IS NOT NULL", name="cited"),
        Index("uq_request_right_kind", "request_id", "kind", unique=True),
        Index("ix_request_right_answered_on", "answered_on", "id"),
        kind=Asked,
        status=AskedStatus,
    )


class RequestSuspension(Base):
    """A pause for identity: information was requested on reasonable doubt (Art. 12(6))."""

    __tablename__ = "request_suspension"
    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey(_FILE, ondelete="CASCADE"))
    asked_on: Mapped[date]
    asked_by: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str | None] = mapped_column(Text)
    answered_on: Mapped[date | None]

    __table_args__ = checks(
        CheckConstraint("answered_on IS NULL OR answered_on >= asked_on", name="answered_after"),
        Index("ix_request_suspension_request_id", "request_id"),
        Index(
            "uq_request_suspension_waiting",
            "request_id",
            unique=True,
            sqlite_where=text("answered_on IS NULL"),
            postgresql_where=text("answered_on IS NULL"),
        ),
    )


class IdentityCheck(Base):
    """A check of the person's identity, and its method; never a document, never an identity
    code.

    It belongs to one request and one party: another request of the same person has its own.
    """

    __tablename__ = "identity_check"
    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey(_FILE, ondelete="CASCADE"))
    method: Mapped[str] = mapped_column(String(16))
    checked_on: Mapped[date]
    checked_by: Mapped[str] = mapped_column(String(64))
    explanation: Mapped[str | None] = mapped_column(Text)

    __table_args__ = checks(
        Index("ix_identity_check_request_id", "request_id"), method=IdentityMethod
    )


class RequestAttachment(Base):
    """The letter or e-mail as it came, kept with the file."""

    __tablename__ = "request_attachment"
    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey(_FILE, ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(32))
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(String(64))

    __table_args__ = checks(Index("ix_request_attachment_request_id", "request_id"))


class RequestLetter(Base):
    """A letter, report or package made for the person or for a recipient, and when it was sent.

    :param kind: code of :mod:`queries.rules.requests`: a letter, an access report, a package.
    :param asked: the right that it answers; none for what concerns the whole request.
    :param recipient_id: the recipient of the data that it informs (Art. 19).
    :param text: as it can be pasted into an e-mail; none for a report.
    :param sha256: of the content that was sent.
    """

    __tablename__ = "request_letter"
    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey(_FILE, ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(32))
    asked: Mapped[str | None] = mapped_column(String(16))
    recipient_id: Mapped[int | None] = mapped_column(
        ForeignKey("recipient.id", ondelete="SET NULL")
    )
    language: Mapped[str] = mapped_column(String(2))
    text: Mapped[str | None] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(String(32))
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(64))
    sent_on: Mapped[date | None]
    channel: Mapped[str | None] = mapped_column(String(16))

    __table_args__ = checks(
        CheckConstraint("(sent_on IS NULL) = (channel IS NULL)", name="sent_by"),
        Index("ix_request_letter_request_id", "request_id"),
        Index("ix_request_letter_recipient_id", "recipient_id"),
        language=Language,
    )


class Restriction(Versioned, Base):
    """Processing of a party's data is restricted (GDPR Art. 18): it is stored, and little else.

    :param basis: see :class:`RestrictionBasis`; one of ``erasure`` does not block the disposal that
        it waits for.
    :param told_on: the day on which the person was informed that it will be lifted (Art. 18(3)).
    """

    __tablename__ = "restriction"
    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"))
    request_id: Mapped[int | None] = mapped_column(ForeignKey(_FILE, ondelete="SET NULL"))
    basis: Mapped[str] = mapped_column(String(16), default="request")
    since: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    told_on: Mapped[date | None]
    lifted_on: Mapped[date | None]
    lifting_reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = checks(
        CheckConstraint("lifted_on IS NULL OR lifted_on >= since", name="lifted_after"),
        CheckConstraint(
            "lifted_on IS NULL OR (told_on IS NOT NULL AND told_on <= lifted_on)",
            name="told_before",
        ),
        Index("ix_restriction_party_id", "party_id"),
        Index("ix_restriction_request_id", "request_id"),
        Index(
            "ix_restriction_standing",
            "party_id",
            "basis",
            sqlite_where=text("lifted_on IS NULL"),
            postgresql_where=text("lifted_on IS NULL"),
        ),
        basis=RestrictionBasis,
    )


class Recipient(Versioned, Base):
    """A recipient of personal data (GDPR Art. 4(9)), and the agreement.

    :param role: ``processor`` works for the company (Art. 28); ``controller`` decides for itself.
    :param what: which data it receives, in words.
    :param country: where it keeps them, ISO 3166-1.
    :param transfer_basis: outside the EU and the EEA, by which article of Chapter V.
    :param email: the office address that letters of Art. 19 go to.
    :param agreement: by which agreement, from ``agreed_on``.
    :param ends_on: the last day of the agreement.
    """

    __tablename__ = "recipient"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(32))
    purpose: Mapped[str] = mapped_column(String(200))
    country: Mapped[str] = mapped_column(String(2), default="FI")
    role: Mapped[str] = mapped_column(String(16), server_default="processor", default="processor")
    what: Mapped[str | None] = mapped_column(String(300))
    transfer_basis: Mapped[str | None] = mapped_column(String(32))
    email: Mapped[str | None] = mapped_column(String(254))
    agreement: Mapped[str | None] = mapped_column(String(200))
    agreed_on: Mapped[date | None]
    ends_on: Mapped[date | None]

    __table_args__ = checks(
        CheckConstraint("length(name) > 0", name="named"),
        CheckConstraint("length(country) = 2", name="country_code"),
        Index("uq_recipient_name", "name", unique=True),
    )


class Disclosure(Base):
    """A disclosure of a party's data to a recipient: what and when, not the data."""

    __tablename__ = "disclosure"
    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id", ondelete="CASCADE"))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipient.id"))
    what: Mapped[str] = mapped_column(String(200))
    disclosed_on: Mapped[date]
    noted_by: Mapped[str] = mapped_column(String(64))

    __table_args__ = checks(
        Index("ix_disclosure_party_id", "party_id", "disclosed_on"),
        Index("ix_disclosure_recipient_id", "recipient_id"),
    )


class Suppression(Base):
    """An address that must not get something again; only its keyed hash is kept."""

    __tablename__ = "suppression"
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[date]

    __table_args__ = checks(kind=SuppressionKind)[:-1]
