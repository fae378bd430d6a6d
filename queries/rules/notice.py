"""The controller's own statements in the notice: the safeguards it applies and its own words.

The controller never enters what the store can answer; these are what it cannot know.
"""

from __future__ import annotations

import enum

from queries.rules.personal_data_types import ProcessingPurpose


class Safeguard(enum.StrEnum):
    """Protection of digital material besides what this program does itself (GDPR Art. 32)."""

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
TOPICS = (*(f"purposes.{one}" for one in ProcessingPurpose), "interests", "protection", "automated")

LANGUAGES = ("fi", "sv", "en")
