"""The real server, in a process of its own, as a person starts it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[2]
#: What the command says when it serves.
SERVING = "The register is at "


@dataclass
class Served:
    """A running server; ``output`` and ``log`` are what it wrote so far."""

    process: subprocess.Popen[str]
    port: int
    output: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"http://localhost:{self.port}"

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Its exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def served(
    folder: Path, *words: str, program: tuple[str, ...] = ("dashboard.cli",)
) -> Iterator[Served]:
    """A server over the folder's store, stopped when the block ends.

    :param program: the module that is run, with words of its own.
    """
    port = free_port()
    process = subprocess.Popen(  # noqa: S603 - our own program
        [
            sys.executable,
            "-m",
            *program,
            "--language",
            "en",
            *words,
            "--data",
            str(folder),
            "--port",
            str(port),
            "--no-browser",
        ],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONWARNINGS": "default"},
    )
    server = Served(process, port)
    serving = threading.Event()
    readers = [
        threading.Thread(target=_read, args=(process.stdout, server.output, None)),
        threading.Thread(target=_read, args=(process.stderr, server.log, serving)),
    ]
    for reader in readers:
        reader.start()
    try:
        serving.wait(timeout=60)
        assert any(line.startswith(SERVING) for line in server.log), "".join(server.log)
        yield server
    finally:
        if process.poll() is None:
            server.stop()
        for reader in readers:
            reader.join(timeout=10)


def _read(stream: IO[str], lines: list[str], serving: threading.Event | None) -> None:
    """Read the output all along: a full pipe would block the server."""
    with stream:
        for line in stream:
            lines.append(line)
            if serving is not None and line.startswith(SERVING):
                serving.set()
    if serving is not None:
        serving.set()
