"""The parts of a workbook's archive: looked at before anything in them is parsed, then parsed.

The danger: a few kilobytes that unpack to gigabytes, entities that multiply, a name in the archive
that is used for two parts. The principle: the archive's own list is compared with limits, then
every part is unpacked once, counted and thrown away; only then is a part parsed, by expat, which is
stopped at a document type. Parts are found by their relations, never by their order, and names are
compared in both namespaces that the standard has (transitional and strict).
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from xml.parsers import expat

from queries.errors import UnreadableFile

#: What a workbook may unpack to, in bytes, and by what factor.
MOST_UNPACKED = 200 * 1024 * 1024
MOST_FACTOR = 200
MOST_PARTS = 2_000

_SMALL = 1024 * 1024
_CHUNK = 1024 * 1024
_PARSED = 64 * 1024
_DTD = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_OVERLAP = 16
_XML = (".xml", ".rels", ".vml")
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"

#: The namespaces of spreadsheets, transitional and strict, and those of relations in them.
_MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_RELATION_IDS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships id",
    "http://purl.oclc.org/ooxml/officeDocument/relationships id",
)
_RELATIONSHIP = "http://schemas.openxmlformats.org/package/2006/relationships Relationship"

Attributes = Mapping[str, str]


def local_names(*names: str) -> dict[str, str]:
    """Return expat's name of each spreadsheet element, and its own name."""
    return {f"{space} {name}": name for space in _MAIN for name in names}


@dataclass(frozen=True)
class Relation:
    """One part that another one names: its type without what differs between the standards."""

    kind: str
    part: str


@dataclass(frozen=True)
class Sheet:
    """A worksheet as the workbook names it."""

    name: str
    part: str
    is_hidden: bool


class WorkbookPackage:
    """The archive of a workbook, once it was looked through.

    :raises UnreadableFile: ``zip_bomb``, ``workbook_damaged``, ``file_encrypted``,
        ``xml_entities``, ``not_a_workbook``, ``file_is_ods``, ``file_is_xlsb``.
    """

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            self._parts = _looked_through(self._archive, len(data))
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            NotImplementedError,
            OSError,
            ValueError,
            RuntimeError,
        ) as error:
            raise UnreadableFile("workbook_damaged") from error
        self.workbook = self._found_workbook()

    def _found_workbook(self) -> str:
        relations = self.relations("").values()
        named = [one.part for one in relations if one.kind == "officeDocument"]
        part = next((one for one in named if one in self), "xl/workbook.xml")
        if part.endswith(".bin") or "xl/workbook.bin" in self:
            raise UnreadableFile("file_is_xlsb")
        if "[content_types].xml" not in self or part not in self or part.startswith("word/"):
            is_ods = "mimetype" in self and self.head("mimetype").startswith(_ODS)
            raise UnreadableFile("file_is_ods" if is_ods else "not_a_workbook")
        return part

    def __contains__(self, part: str) -> bool:
        return part in self._parts

    def head(self, part: str) -> bytes:
        with self._archive.open(self._parts[part]) as stream:
            return stream.read(len(_ODS))

    def relations(self, part: str) -> dict[str, Relation]:
        """The parts that one part names, by the names that it gives them."""
        folder, name = posixpath.split(part)
        found: dict[str, Relation] = {}

        def start(element: str, attributes: Attributes) -> None:
            if element != _RELATIONSHIP or attributes.get("TargetMode") == "External":
                return
            target = posixpath.join("/", folder, attributes.get("Target", ""))
            kind = attributes.get("Type", "").rsplit("/", 1)[-1]
            found[attributes.get("Id", "")] = Relation(kind, _plain(posixpath.normpath(target)))

        rels = _plain(posixpath.join(folder, "_rels", f"{name}.rels"))
        if rels in self:
            for _share in self.parse(rels, start):
                pass
        return found

    def parse(
        self,
        part: str,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> Iterator[float]:
        """Parse a part and yield, piece by piece, which share of it is parsed.

        :raises UnreadableFile: ``xml_entities``, ``workbook_damaged``.
        """
        info = self._parts[part]
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = _refuse_document_type
        size, read, seen = _PARSED, 0, 0
        try:
            with self._archive.open(info) as stream:
                while chunk := stream.read(size):
                    parser.Parse(chunk, False)
                    read += len(chunk)
                    # A token longer than a piece is searched anew with each: longer pieces keep
                    # the whole linear.
                    at = parser.CurrentByteIndex
                    size = _PARSED if at > seen else size * 2
                    seen = at
                    yield read / max(info.file_size, 1)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise UnreadableFile("workbook_damaged") from error

    def sheets(self) -> tuple[tuple[Sheet, ...], bool]:
        """The worksheets, and whether their days count from 1904."""
        relations = self.relations(self.workbook)
        names = local_names("sheet", "workbookPr")
        found: list[Sheet] = []
        from_1904 = False

        def start(element: str, attributes: Attributes) -> None:
            nonlocal from_1904
            name = names.get(element)
            if name == "workbookPr":
                from_1904 = is_true(attributes.get("date1904"))
            elif name == "sheet":
                key = next((attributes[one] for one in _RELATION_IDS if one in attributes), "")
                relation = relations.get(key)
                if relation is not None and relation.kind == "worksheet" and relation.part in self:
                    is_hidden = attributes.get("state", "visible") != "visible"
                    found.append(Sheet(attributes.get("name", ""), relation.part, is_hidden))

        for _share in self.parse(self.workbook, start):
            pass
        return tuple(found), from_1904

    def part_of(self, kind: str) -> str | None:
        """The part of this kind that the workbook names."""
        relations = self.relations(self.workbook).values()
        return next((one.part for one in relations if one.kind == kind and one.part in self), None)


def is_true(value: str | None) -> bool:
    """An attribute that is true or false, as XML Schema writes it."""
    return value in {"1", "true", "on"}


def _plain(name: str) -> str:
    """A part's name as it is compared: some programs write other slashes and letters."""
    return name.replace("\\", "/").lstrip("/").lower()


def _looked_through(archive: zipfile.ZipFile, size: int) -> dict[str, zipfile.ZipInfo]:
    parts = archive.infolist()
    _check_list(parts, size)
    found: dict[str, zipfile.ZipInfo] = {}
    left = MOST_UNPACKED
    for part in parts:
        if part.is_dir():
            continue
        if found.setdefault(_plain(part.filename), part) is not part:
            raise UnreadableFile("workbook_damaged")  # two parts of one name: which is meant?
        left = _unpack(archive, part, left)
    return found


def _check_list(parts: list[zipfile.ZipInfo], size: int) -> None:
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableFile("file_encrypted")
    claimed = sum(part.file_size for part in parts)
    too_much = claimed > MOST_UNPACKED or (claimed > _SMALL and claimed > size * MOST_FACTOR)
    if too_much or len(parts) > MOST_PARTS:
        raise UnreadableFile("zip_bomb")


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """Unpack one part to nowhere; the zip's own checksum is compared at its end."""
    is_xml = part.filename.lower().endswith(_XML)
    tail = b""
    with archive.open(part) as stream:
        first = True
        while chunk := stream.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise UnreadableFile("zip_bomb")
            if is_xml and (_DTD.search(tail + chunk) or (first and _is_wide(chunk))):
                raise UnreadableFile("xml_entities")
            tail = chunk[-_OVERLAP:]
            first = False
    return left


def _is_wide(start: bytes) -> bool:
    """UTF-16 or UTF-32, in which a document type could hide; no workbook is written in it."""
    return start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in start[:64]


def _refuse_document_type(*_said: object) -> None:
    raise UnreadableFile("xml_entities")
