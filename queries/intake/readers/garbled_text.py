"""Text that was damaged before it came here: encoded twice, or with letters that are lost."""

from __future__ import annotations

import re

#: UTF-8 read as Windows-1252 (Ã¤), Latin-1, code page 850 (├ñ) or Mac Roman (√§). After Ä and Å a
#: dash or a quotation mark may be a person's; after Ã and Â nothing of the kind is a word.
_TWICE = re.compile(
    "[\u00c2\u00c3][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
    "|[\u00c4\u00c5][\u0080-\u009f\u00a1-\u00bf€‚ƒ„†‡ˆ‰‹Œ˜™›œŸ]"
    "|â€[\u0080-\u00bf™œ“”¦]|[├√][^\x00-\x7f]"
)
_LOST = "\ufffd"
_DOUBTFUL = re.compile(r"[^\W\d_]\?(?=[^\W\d_])")


def is_encoded_twice(text: str) -> bool:
    """Check if a text holds letters that were encoded twice.

    >>> is_encoded_twice("KÃ¤pylÃ¤"), is_encoded_twice("Käpylä – Åbo")
    (True, False)
    """
    return not text.isascii() and _TWICE.search(text) is not None


def has_lost_letters(text: str) -> bool:
    """Check if letters of a text were replaced by the sign that Unicode has for that (U+FFFD)."""
    return _LOST in text


def has_doubtful_letters(text: str) -> bool:
    """Check if a question mark is within a word, as programs write a letter that they do not
    have.

    >>> has_doubtful_letters("K?pyl?n"), has_doubtful_letters("Kuka? Minä")
    (True, False)
    """
    return "?" in text and _DOUBTFUL.search(text) is not None
