"""Figures of hostile files: ``python -m tests.bench.hostile``.

Each file is given to a running server twice: to the child process that reads an upload, and, where
there is a Chromium, to the import page as a person gives it, while a colleague in another session
opens one page after another. Printed are the seconds until there is an answer, the child's
processor time, and how long others wait meanwhile: for ``/health``, and for the colleague's pages.
Figures are printed, nothing is asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import resource
import statistics
import tempfile
import threading
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from openpyxl import Workbook

from queries.errors import RegisterError
from queries.intake.readers.child_process import read_apart
from tests.bench.upload import Session, Uploads
from tests.browser.chromium import find_chromium
from tests.support.server import Served, served

_MB = 1_000_000
_SMALL = ("a small table", "a.csv", b"Nimi;Maa\nAino Esimerkki;FI\n")


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    files = list(hostile_files())
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder), "demo", "--customers", "20", "--seed", "7") as server,
    ):
        print(f"{'child process':<24}{'MB':>7}{'s':>8}{'CPU s':>8}  {'/health ms':<22}outcome")
        for label, name, data in [("nothing", "", b""), _SMALL, *files]:
            _report_child(label, name, data, f"{server.base}/health")
        if find_chromium() is None:
            print("No Chromium: nothing was given to the page.")
        else:
            asyncio.run(_give_to_page([_SMALL, *files], server, Path(folder)))
    print(f"load {os.getloadavg()[0]:.1f}")


async def _give_to_page(files: list[tuple[str, str, bytes]], server: Served, folder: Path) -> None:
    people = {role: (user, word) for user, word, role in map(_words, server.output)}
    print(f"{'page':<24}{'MB':>7}{'s':>8}  {'/health ms':<22}{'others, s':<22}outcome")
    async with Uploads(server.base) as uploads:
        giver = await uploads.signed_in(*people["office"])
        colleague = await uploads.signed_in(*people["manager"])
        for label, name, data in files:
            path = folder / name
            path.write_bytes(data)
            with _asked_meanwhile(f"{server.base}/health") as waits:
                took, pages, outcome = await _given(giver, colleague, path)
            health = f"median {statistics.median(waits):.0f}, max {max(waits):.0f}"
            others = f"median {statistics.median(pages):.1f}, max {max(pages):.1f}"
            size = f"{len(data) / _MB:>7.2f}"
            print(f"{label:<24}{size}{took:>8.1f}  {health:<22}{others:<22}{outcome}", flush=True)


async def _given(giver: Session, colleague: Session, path: Path) -> tuple[float, list[float], str]:
    """Give a file to the page while a colleague opens pages; return the seconds, the seconds of
    each of those pages, and what the page answered."""
    pages = []
    await giver.open_import()
    began = time.perf_counter()
    giving = asyncio.create_task(giver.give(path))
    while not pages or not giving.done():
        opened = time.perf_counter()
        await colleague.open_customers()
        pages.append(time.perf_counter() - opened)
    answered, outcome = await giving
    return answered - began, pages, outcome


def _words(line: str) -> list[str]:
    return line.rstrip("\n").split("\t")


def hostile_files() -> Iterator[tuple[str, str, bytes]]:
    """Yield a label, the name and the bytes of each file."""
    yield "84 kB of <?xml", "a.xml", b"<?xml " * 14_000
    yield "120 kB of <?xml", "a.xml", b"<?xml " * 20_000
    yield "900,000 empty rows", "a.xlsx", _empty_rows(900_000)
    yield "zip bomb, 300 MB", "a.xlsx", _zip_bomb(300)
    yield "entity bomb", "a.xml", _entity_bomb()
    yield "one line, CSV", "a.csv", b"Nimi;Maa\nA;" + b"x" * (20 * _MB - 100)
    yield "one line, XML", "a.xml", b"<Finvoice>" + b"x" * (20 * _MB - 100) + b"</Finvoice>"
    yield "one line, JSON", "a.json", b'{"companies":["' + b"x" * (20 * _MB - 100) + b'"]}'


def _empty_rows(n: int) -> bytes:
    book, plain, out = Workbook(), io.BytesIO(), io.BytesIO()
    for row in (["Nimi", "Maa"], ["Aino Esimerkki", "FI"]):
        book.active.append(row)
    book.save(plain)
    empty = b"".join(b'<row r="%d"/>' % at for at in range(3, n + 3))
    with zipfile.ZipFile(plain) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in parts.namelist():
            data = parts.read(name)
            if name.endswith("sheet1.xml"):
                data = data.replace(b"</sheetData>", empty + b"</sheetData>")
            made.writestr(name, data)
    return out.getvalue()


def _zip_bomb(megabytes: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        with made.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(megabytes):
                part.write(b"0" * _MB)
    return out.getvalue()


def _entity_bomb() -> bytes:
    entities = "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' if n else '<!ENTITY a0 "ha">' for n in range(12)
    )
    return f'<?xml version="1.0"?><!DOCTYPE a [{entities}]><Finvoice>&a11;</Finvoice>'.encode()


def _report_child(label: str, name: str, data: bytes, address: str) -> None:
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with _asked_meanwhile(address) as waits:
        outcome = _outcome(name, data)
    took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    work = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    health = f"median {statistics.median(waits):.0f}, max {max(waits):.0f}"
    print(
        f"{label:<24}{len(data) / _MB:>7.2f}{took:>8.1f}{work:>8.1f}  {health:<22}{outcome}",
        flush=True,
    )


def _outcome(name: str, data: bytes) -> str:
    if not name:
        time.sleep(2)
        return ""
    try:
        return f"read as {read_apart(name, data).form}"
    except RegisterError as error:
        return f"refused ({error.code})"


@contextmanager
def _asked_meanwhile(address: str) -> Iterator[list[float]]:
    """Ask for an address again and again until the block ends; how long each answer took, in ms."""
    waits: list[float] = []
    over = threading.Event()

    def ask() -> None:
        while not waits or not over.is_set():
            began = time.perf_counter()
            urllib.request.urlopen(address, timeout=60).read()  # noqa: S310 - our own server
            waits.append((time.perf_counter() - began) * 1000)
            over.wait(0.02)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield waits
    finally:
        over.set()
        thread.join()


if __name__ == "__main__":
    main()
