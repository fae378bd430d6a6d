"""Figures of hostile files: ``python -m tests.bench.hostile``.

Each file is read as an upload is, in a child process, beside a running server: how long that takes
by the clock and by the processor's time, what comes of it, and how long others wait meanwhile for
``/health``. Figures are printed, nothing is asserted.
"""

from __future__ import annotations

import argparse
import io
import os
import resource
import statistics
import subprocess
import sys
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
from tests.support.server import ROOT, served

_MB = 1_000_000


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _create_register(folder)
        with served(Path(folder), "serve") as server:
            print(f"{'file':<24}{'MB':>7}{'s':>8}{'CPU s':>8}  {'/health ms':<22}outcome")
            address = f"{server.base}/health"
            for label, name, data in [("nothing", "", b""), *hostile_files()]:
                _report(label, name, data, address)
    print(f"load {os.getloadavg()[0]:.1f}")


def hostile_files() -> Iterator[tuple[str, str, bytes]]:
    """Yield a label, the name and the bytes of each file."""
    yield "84 kB of <?xml", "a.xml", b"<?xml " * 14_000
    yield "120 kB of <?xml", "a.xml", b"<?xml " * 20_000
    yield "900,000 empty rows", "a.xlsx", _empty_rows(900_000)
    yield "zip bomb, 300 MB", "a.xlsx", _zip_bomb(300)
    yield "entity bomb", "a.xml", _entity_bomb()
    yield "one line, CSV", "a.csv", b"Nimi;Maa\nA;" + b"x" * 20 * _MB
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


def _create_register(folder: str) -> None:
    subprocess.run(  # noqa: S603 - our own program
        [
            sys.executable,
            "-m",
            "dashboard.cli",
            "init",
            "--data",
            folder,
            "--username",
            "mittari",
            "--name",
            "Minna Mittari",
            "--user-language",
            "en",
        ],
        input="Pitka-salasana-9381\n",
        text=True,
        cwd=ROOT,
        check=True,
        capture_output=True,
    )


def _report(label: str, name: str, data: bytes, address: str) -> None:
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
