"""Fields of the letters that answer a right: what they need beyond the request itself."""

from __future__ import annotations

from dashboard.ui.forms import Field
from queries.rules.requests import LetterKind

TELL = Field("tell", "check", label="requests.fields.tell")


DETAILS = Field(
    "details", "lines", label="requests.fields.details", help="requests.fields.details_help"
)


PARTLY = Field(
    "partly", "check", label="requests.fields.partly", help="requests.fields.partly_help"
)


UNTOLD = Field("untold_reason", "lines", label="requests.fields.untold")


MEDIA = Field(
    "media",
    "choice",
    label="requests.fields.media",
    words="report_media",
    options=("all", "application/pdf", "application/json"),
)


#: What the letter of a right needs beyond the request itself.
TYPED: dict[str, tuple[Field, ...]] = {
    LetterKind.RECTIFIED: (
        Field(
            "changes", "lines", label="requests.fields.changes", help="requests.fields.changes_help"
        ),
    ),
    LetterKind.RESTRICTED: (
        Field(
            "ground",
            "choice",
            label="requests.fields.ground",
            no_default=True,
            options=("accuracy", "unlawful", "claims", "objection"),
            words="restriction_grounds",
        ),
    ),
    LetterKind.WITHDRAWAL: (Field("what", label="requests.fields.what"),),
    LetterKind.NOT_IN_REGISTER: (
        Field(
            "searched",
            "lines",
            label="requests.fields.searched",
            help="requests.fields.searched_help",
        ),
    ),
    LetterKind.COMPLAINT_INFO: (
        Field("reply", "lines", label="requests.fields.reply", help="requests.fields.reply_help"),
    ),
}
