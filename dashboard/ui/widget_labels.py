"""The words of Streamlit's own widgets, which its front end says in English only.

What has no word of ours is taken away (the hint to press Enter, the buttons above a table or a
chart, whose search would find in the rows shown only); the file uploader's words are put in their
place by a style sheet, its refusal too, which would be in a tooltip only.
"""

from __future__ import annotations

import streamlit as st

from dashboard.ui.language import t

#: The largest file that may be uploaded, in megabytes: ``server.maxUploadSize``.
LARGEST = "server.maxUploadSize"

_HIDDEN = (
    "[data-testid=InputInstructions]",
    "[data-testid=stElementToolbar]",
    "[data-testid=stTooltipErrorContent]",
)
_DROPZONE = "[data-testid=stFileUploaderDropzone]"
_BUTTON = f"{_DROPZONE} [data-testid=stBaseButton-secondary] p"
_LIMIT = "[data-testid=stFileUploaderDropzoneInstructions] span"
_REFUSED = "[data-testid=stFileUploader]:has([aria-invalid=true])"


def draw_widget_words() -> None:
    """The style sheet; drawn once a run by the entry script."""
    megabytes = int(st.get_option(LARGEST))
    st.html(
        "<style>"
        f"{','.join(_HIDDEN)}{{display:none}}"
        f"{_BUTTON},{_LIMIT}{{font-size:0}}"
        f"{_said(_BUTTON, t('widgets.choose_file'))}"
        f"{_limits(megabytes)}"
        f"{_REFUSED}::after{{display:block;margin-top:.5rem;font-weight:600}}"
        "</style>"
    )


def draw_limit(keys: str, megabytes: int) -> None:
    """Draw the limit of an uploader that takes less, chosen by how its keys begin."""
    st.html(f"<style>{_limits(megabytes, of=f'[class*=st-key-{keys}] ')}</style>")


def _limits(megabytes: int, of: str = "") -> str:
    return _said(f"{of}{_LIMIT}", t("widgets.largest_file", megabytes=megabytes)) + _said(
        f"{of}{_REFUSED}", t("widgets.file_refused", megabytes=megabytes)
    )


def _said(of: str, words: str) -> str:
    r"""A rule that says the words after an element; a backslash, a quote and ``<`` are escaped.

    >>> print(_said("p", 'a "b" < \\'))
    p::after{content:"a \22 b\22  \3c  \5c ";font-size:.875rem}
    """
    safe = "".join(f"\\{ord(sign):x} " if sign in '"\\<\n' else sign for sign in words)
    return f'{of}::after{{content:"{safe}";font-size:.875rem}}'
