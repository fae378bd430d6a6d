"""Characters that the fonts of our papers have, and how the others are written.

PDF/UA asks that every character can be read back (ISO 14289-1, 7.21.7), and the fonts that travel
with the typesetter have no Chinese and no emoji. A character that they lack is written with its
code point, ``[U+6F22]``, so that a name never makes a paper impossible and nothing is lost
without a trace. So are the invisible signs that turn the direction of writing or join characters:
on paper they would make a text read as something else than it is.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator

import typst

FONTS = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
"""The fonts in the typesetter's own wheel: the same on every machine."""

#: What the first font has: Latin with Finnish, Swedish and Sámi letters, Greek, Cyrillic, signs.
_PLAIN = r"\n\x20-\x7e\u00a0-\u00ac\u00ae-\u017f\u0391-\u03a1\u03a3-\u03c9\u0410-\u044f–—‘’“”„…€•"
_ALL_PLAIN = re.compile(f"[{_PLAIN}]*")

#: So many different characters are tried in the fonts for one text; what is beyond is a whim.
_MOST_TRIED = 60

_TRIAL = b"""
#set document(title: "-")
#set text(font: ("Libertinus Serif", "DejaVu Sans Mono", "New Computer Modern"))
#sys.inputs.text
"""


def writable(text: str) -> str:
    """The text with what the fonts lack written as code points.

    >>> writable("Åsa Öhman, 50 €")
    'Åsa Öhman, 50 €'
    >>> writable("漢\u202e")
    '[U+6F22][U+202E]'
    """
    if _ALL_PLAIN.fullmatch(text):
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    tried: set[str] = set()
    return "".join(_written(cluster, tried) for cluster in _clusters(text))


def written_out(text: str) -> str:
    """The text with everything but the plainest characters written as code points."""
    return "".join(char if _ALL_PLAIN.fullmatch(char) else code_points(char) for char in text)


def code_points(text: str) -> str:
    """
    >>> code_points("é")
    '[U+00E9]'
    """
    return "".join(f"[U+{ord(char):04X}]" for char in text)


def _written(cluster: str, tried: set[str]) -> str:
    if _ALL_PLAIN.fullmatch(cluster):
        return cluster
    if any(unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn"} for char in cluster):
        return code_points(cluster)
    if cluster not in tried and len(tried) >= _MOST_TRIED:
        return code_points(cluster)
    tried.add(cluster)
    return cluster if _in_fonts(cluster) else code_points(cluster)


def _clusters(text: str) -> Iterator[str]:
    """Each character with the combining marks that follow it: a font has both or is no use."""
    cluster = ""
    for char in text:
        if cluster and not unicodedata.category(char).startswith("M"):
            yield cluster
            cluster = ""
        cluster += char
    if cluster:
        yield cluster


@functools.lru_cache(maxsize=4096)
def _in_fonts(cluster: str) -> bool:
    try:
        typst.compile(_TRIAL, font_paths=FONTS, pdf_standards="ua-1", sys_inputs={"text": cluster})
    except typst.TypstError:
        return False
    return True
