"""Reading a file in a process of its own, so that no file can stop the program that serves others.

The danger: a file made to be expensive, or one that brings a parser down, takes every page of
every user with it. The principle: the bytes go to a child process with limits of processor time,
memory and files; what comes back is data of our own types and nothing else. A child that runs into
a limit, or dies, is a refusal; one that nobody waits for any more is killed.

``python -m queries.intake.readers.child_process`` is that process: the request on its standard
input, frames with the progress and the result on its standard output.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
import pickle
import resource
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from queries.errors import InvalidInput, RegisterError, UnreadableFile
from queries.intake.collector import collector_paused
from queries.intake.plan import ImportSettings
from queries.intake.readers.given_file import bytes_of
from queries.intake.readers.read_file import Intake, read_file
from queries.reads.notice.post_codes import PostTown

#: Limits of one file of at most :data:`queries.intake.readers.given_file.MOST_BYTES`: processor
#: time in seconds, time by the clock, and address space in bytes.
MOST_PROCESSOR_SECONDS = 120
MOST_SECONDS = 300
MOST_MEMORY = 3 * 1024**3

#: Interval of progress reports, in seconds.
_PAUSE = 0.2
_FRAME = struct.Struct(">cQ")
_PROGRESS, _RESULT, _REFUSAL = b"p", b"r", b"e"
_REFUSALS: dict[str, Callable[..., RegisterError]] = {
    "UnreadableFile": UnreadableFile,
    "InvalidInput": InvalidInput,
    "RegisterError": RegisterError,
}
#: What a result may be made of, besides the types of this package.
_TYPES = {(one.__module__, one.__qualname__) for one in (date, Decimal, frozenset, PostTown)}

Tell = Callable[[float], None]


def read_apart(
    name: str,
    data: bytes | Path,
    *,
    settings: ImportSettings | None = None,
    tell: Tell | None = None,
) -> Intake:
    """Read as :func:`queries.intake.readers.read_file.read_file` does, in a child process.

    :param tell: called about five times a second with the share (0 to 1) is read; what it raises
        ends the child at once and is passed on, which is how a page or a person cancels.
    :raises UnreadableFile: ``file_too_heavy`` when the child ran into a limit, ``file_breaks`` when
        it died of the file; else as :func:`read_file`.
    :raises InvalidInput: a setting that is not possible.
    """
    raw = bytes_of(data)
    limits = (MOST_PROCESSOR_SECONDS, MOST_MEMORY)
    request = pickle.dumps((name, settings or ImportSettings(), limits))
    child = subprocess.Popen(
        [sys.executable, "-m", "queries.intake.readers.child_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        start_new_session=True,
    )
    try:
        return _exchange(child, request, raw, tell or (lambda _share: None))
    finally:
        child.kill()
        child.wait()
        for stream in (child.stdin, child.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


def _environment() -> dict[str, str]:
    """Return the path of our modules, and nothing else of ours: no address of a store, no
    secret."""
    kept = {key: os.environ[key] for key in ("PATH", "SYSTEMROOT", "TMPDIR") if key in os.environ}
    places = [place or str(Path.cwd()) for place in sys.path]
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join(places),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
    }


def _exchange(child: subprocess.Popen[bytes], request: bytes, raw: bytes, tell: Tell) -> Intake:
    assert child.stdin is not None, "a pipe"  # noqa: S101 - asked for above
    assert child.stdout is not None, "a pipe"  # noqa: S101 - asked for above
    feeder = threading.Thread(target=_feed, args=(child.stdin, request, raw), daemon=True)
    feeder.start()
    try:
        for kind, payload in _frames(child.stdout, tell):
            if kind == _PROGRESS:
                tell(struct.unpack(">d", payload)[0])
            elif kind == _RESULT:
                return _loaded(payload)
            else:
                raise _refusal(payload)
        # It ended without an answer; how it ended is asked before it is killed for good.
        raise UnreadableFile("file_too_heavy" if _hit_a_limit(child) else "file_breaks")
    finally:
        child.kill()
        feeder.join()


def _feed(pipe: IO[bytes], request: bytes, raw: bytes) -> None:
    with contextlib.suppress(OSError):  # a child that is gone answers for itself
        pipe.write(struct.pack(">QQ", len(request), len(raw)))
        pipe.write(request)
        pipe.write(raw)
        pipe.close()


def _frames(pipe: IO[bytes], tell: Tell) -> Iterator[tuple[bytes, bytes]]:
    """The frames that a child writes, until it ends.

    :raises UnreadableFile: ``file_too_heavy`` when it takes too long by the clock.
    """
    handle = pipe.fileno()
    until = time.monotonic() + MOST_SECONDS
    held = bytearray()
    share = 0.0
    while True:
        ready, _, _ = select.select([handle], [], [], _PAUSE)
        if not ready:
            if time.monotonic() > until:
                raise UnreadableFile("file_too_heavy")
            tell(share)
            continue
        some = os.read(handle, 1 << 20)
        if not some:
            return
        held += some
        while len(held) >= _FRAME.size:
            kind, length = _FRAME.unpack_from(held)
            if len(held) < _FRAME.size + length:
                break
            payload = bytes(held[_FRAME.size : _FRAME.size + length])
            del held[: _FRAME.size + length]
            if kind == _PROGRESS:
                share = struct.unpack(">d", payload)[0]
            yield kind, payload


def _hit_a_limit(child: subprocess.Popen[bytes]) -> bool:
    return child.wait() in {-signal.SIGXCPU, -signal.SIGKILL, _OUT_OF_MEMORY}


class _Loader(pickle.Unpickler):
    """Loads our own rows, days, numbers and collections, and refuses every other type."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _TYPES or module.startswith("queries.intake."):
            found = super().find_class(module, name)
            if isinstance(found, type):
                return found
        raise pickle.UnpicklingError("a type that no file is read into")


@collector_paused()
def _loaded(payload: bytes) -> Intake:
    found = _Loader(io.BytesIO(payload)).load()
    assert isinstance(found, Intake), "what the child was asked for"  # noqa: S101 - of our own making
    return found


def _refusal(payload: bytes) -> RegisterError:
    kind, code, facts = _Loader(io.BytesIO(payload)).load()
    if kind == "InvalidInput":
        facts = dict(facts)
        return InvalidInput(facts.pop("field"), code, **facts)
    return _REFUSALS[kind](code, **facts)


# What follows runs in the child.

#: The exit code of a child that was refused memory.
_OUT_OF_MEMORY = 77


def _write(pipe: IO[bytes], kind: bytes, payload: bytes) -> None:
    pipe.write(_FRAME.pack(kind, len(payload)))
    pipe.write(payload)
    pipe.flush()


def _limit(seconds: int, memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes to its pipe and to no file
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    with contextlib.suppress(OSError, ValueError):  # macOS has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def main() -> int:
    """Read one request and answer it."""
    # Nothing that a library prints may get between the frames.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    pipe = sys.stdin.buffer
    request_size, size = struct.unpack(">QQ", pipe.read(16))
    name, settings, limits = pickle.loads(pipe.read(request_size))  # noqa: S301 - from the program that started this one
    raw = pipe.read(size)
    _limit(*limits)
    gc.disable()  # rows are kept to the end, and the end is near
    try:
        answer = (
            _RESULT,
            pickle.dumps(
                read_file(name, raw, settings=settings, tell=_teller(out)), pickle.HIGHEST_PROTOCOL
            ),
        )
    except RegisterError as error:
        kind = type(error).__name__
        answer = (
            _REFUSAL,
            pickle.dumps(
                (kind if kind in _REFUSALS else "RegisterError", error.code, dict(error.facts))
            ),
        )
    except MemoryError:
        return _OUT_OF_MEMORY
    _write(out, *answer)
    return 0


def _teller(out: IO[bytes]) -> Tell:
    """Writes a frame for every hundredth that is read."""
    last = 0.0

    def tell(share: float) -> None:
        nonlocal last
        if share - last >= 0.01:  # noqa: PLR2004 - one in a hundred is seen
            last = share
            _write(out, _PROGRESS, struct.pack(">d", share))

    return tell


if __name__ == "__main__":
    sys.exit(main())
