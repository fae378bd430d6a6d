"""A checksum in a SQLite backup's own header, so that a byte that changed on the way is found.

SQLite checks how its pages hang together, not their content: an amount or a name of which a
byte was lost on a disk reads as sound. The header leaves four bytes to programs (the application
id); there a backup has the CRC-32 of all its other bytes. It needs no second file that could be
lost, and a copy without one, made by other means, is only not checked by it.
"""

from __future__ import annotations

import zlib
from pathlib import Path

from queries.errors import StoreRefusal

_AT, _SIZE = 68, 4
#: The bytes that say whether a file has a write-ahead log: a backup has none.
_VERSIONS, _WITHOUT_LOG = slice(18, 20), b"\x01\x01"
_BLOCK = 1 << 20


def seal(path: Path) -> None:
    """Write the checksum into a finished copy."""
    _write(path, _checksum(path))


def check_seal(path: Path) -> None:
    """Compare a copy with its checksum, where it has one.

    A sealed copy that was opened as a store has a write-ahead log, and the checksum of a moment
    that is past: it is no longer a backup.

    :raises StoreRefusal: ``backup_damaged``.
    """
    with path.open("rb") as file:
        header = file.read(_AT + _SIZE)
    noted = header[_AT:]
    if not any(noted) or header[_VERSIONS] != _WITHOUT_LOG:
        return
    if noted != _checksum(path):
        raise StoreRefusal("backup_damaged")


def unseal(path: Path) -> None:
    """Take the checksum out of a copy that becomes a store."""
    _write(path, bytes(_SIZE))


def _checksum(path: Path) -> bytes:
    with path.open("rb") as file:
        found = zlib.crc32(file.read(_AT))
        file.seek(_SIZE, 1)
        while block := file.read(_BLOCK):
            found = zlib.crc32(block, found)
    return (found or 1).to_bytes(_SIZE, "big")


def _write(path: Path, four: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(_AT)
        file.write(four)
