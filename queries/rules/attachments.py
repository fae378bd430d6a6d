"""Attachments that may be kept with a request, recognised by their content and never by name.

A letter comes as a PDF, a picture, a text or an e-mail (RFC 5322). A program is refused whatever it
calls itself, and so is everything else: this is no place for files, and what cannot be shown as
what it is could be anything.
"""

from __future__ import annotations

import re

from queries.errors import InvalidInput

CODES = {"content": ("empty", "too_large", "program", "type")}
"""Each field's codes, so that a test can ask the catalogues for every sentence."""

MOST_BYTES = 10_000_000

#: Beginnings of programs: Windows and DOS, ELF, Mach-O and Java, scripts, WebAssembly, shortcuts.
_PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"#!",
    b"\0asm",
    b"L\0\0\0\x01\x14\x02\0",
)
_MARKUP = re.compile(rb"<\s*(script|html|!doctype\s+html|\?php|svg|hta:)", re.IGNORECASE)
_HEADER = re.compile(rb"[!-9;-~]+:[ \t]")
_ADDRESSED = re.compile(rb"^(from|received|return-path|message-id):", re.IGNORECASE | re.MULTILINE)


def media_type(content: bytes) -> str:
    """The media type of an attachment.

    :raises InvalidInput: ``content.empty``, ``content.too_large`` (``most``), ``content.program``,
        ``content.type``.

    >>> media_type(b"%PDF-1.7 ..."), media_type("Hyvä yritys, poistakaa tietoni.".encode())
    ('application/pdf', 'text/plain')
    """
    if not content:
        raise InvalidInput("content", "empty")
    if len(content) > MOST_BYTES:
        raise InvalidInput("content", "too_large", most=MOST_BYTES // 1_000_000)
    if content.startswith(_PROGRAMS):
        raise InvalidInput("content", "program")
    for magic, found in (
        (b"%PDF-", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
    ):
        if content.startswith(magic):
            return found
    return _text_type(content)


def _text_type(content: bytes) -> str:
    head = content[:8_192]
    if _is_mail(head):
        return "message/rfc822"
    if _MARKUP.search(head):
        raise InvalidInput("content", "program")
    if not _is_text(content):
        raise InvalidInput("content", "type")
    return "text/plain"


def _is_mail(head: bytes) -> bool:
    fields = re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0]
    return bool(_HEADER.match(fields)) and bool(_ADDRESSED.search(fields)) and b"\0" not in head


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    return not any((ord(c) < 32 and c not in "\t\n\r\f") or c == "\ufffd" for c in text)  # noqa: PLR2004 - control characters
