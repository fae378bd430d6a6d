"""What the controller says of itself in the notice: the safeguards it keeps and its own words.

What the store can answer is never asked of the controller; these are what it cannot know.
"""

from __future__ import annotations

import enum

from queries.rules.personal_data_types import Purpose


class Safeguard(enum.StrEnum):
    """How digital material is protected besides what this program does itself (GDPR Art. 32)."""

    ENCRYPTED_CONNECTION = "encrypted_connection"
    """The server is reached through TLS only."""
    ENCRYPTED_DISK = "encrypted_disk"
    BACKUPS = "backups"
    UPDATES = "updates"
    WITHIN_EU = "within_eu"
    """The server stands in the EU or the EEA."""
    CONFIDENTIALITY = "confidentiality"
    """Who handles data is bound to secrecy (Art. 28(3)(b), 32(4))."""
    TRAINING = "training"


#: What can be said in the controller's own words, in three languages: each purpose and its basis,
#: the legitimate interests, the protection of digital material, automated decisions.
TOPICS = (*(f"purposes.{one}" for one in Purpose), "interests", "protection", "automated")

LANGUAGES = ("fi", "sv", "en")
