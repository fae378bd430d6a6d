"""Reader of a given file: its format and its contents.

Whatever is wrong with it comes out as :class:`queries.errors.UnreadableFile`, with the line where
that is known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from queries.intake.formats import Format, format_of, recognised
from queries.intake.plan import ImportSettings
from queries.intake.readers.given_file import given_file
from queries.intake.readers.grid import Grid


@dataclass(frozen=True)
class Intake:
    """A file that was read.

    :param name: the file's own name, without its folder.
    :param form: the code of its format (see :mod:`queries.intake.formats`).
    :param content: what its format's reader returned: a :class:`Grid` for every table.
    """

    form: str
    sha256: str
    size: int
    content: Any = field(repr=False)
    name: str = field(default="", repr=False)

    @property
    def format(self) -> Format:
        return format_of(self.form)

    @property
    def grid(self) -> Grid | None:
        """The table, of a format that is one."""
        return self.content if isinstance(self.content, Grid) else None


def read_file(
    name: str,
    data: bytes | Path,
    *,
    settings: ImportSettings | None = None,
    tell: Callable[[float], None] = lambda _share: None,
) -> Intake:
    """Read a file of any format of :mod:`queries.intake.formats`.

    In this process: a file of somebody else goes through
    :func:`queries.intake.readers.child_process.read_apart`.

    :param name: the file's name; of it only the extension is looked at.
    :param data: its bytes, or its path: a file is measured before it is read.
    :param tell: called from time to time with the share of the file is read, from 0 to 1.
    :raises UnreadableFile: as :func:`queries.intake.readers.given_file.given_file`, the registry
        and the readers of each format say.
    :raises InvalidInput: a setting that is not possible.
    """
    file = given_file(name, data, settings or ImportSettings(), tell)
    found = recognised(file)
    sha256 = hashlib.sha256(file.raw).hexdigest()
    return Intake(found.code, sha256, len(file.raw), found.read(file), Path(name).name)
