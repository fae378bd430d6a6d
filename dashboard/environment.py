"""A virtual environment of the checkout's own, made from the lock file. Standard library alone.

The launchers (``python3 dashboard`` and ``python3 tests``) use it before anything is installed,
so nothing here may import more than a bare Python has.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
_STAMP = ".asiakasrekisteri"
_FAILED = 1


def is_checkout() -> bool:
    """Return whether this file is in a checkout; an installed package has no lock beside it."""
    return (ROOT / "pyproject.toml").is_file() and (ROOT / "requirements.txt").is_file()


def ready(name: str, lock: str) -> Path:
    """The folder of the programs of an environment that holds what the lock says.

    :param name: folder of the environment beneath the checkout.
    :param lock: the lock file, with hashes of everything in it.

    Makes it anew when it is missing, of another Python or of another lock; otherwise it costs
    two small files to read. Ends the program with a sentence when it cannot be made.
    """
    folder = ROOT / name
    programs = folder / "bin"
    wanted = _fingerprint(lock)
    stamp = folder / _STAMP
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return programs
    _need_venv()
    shutil.rmtree(folder, ignore_errors=True)
    _say(f"Making {folder} and installing what {lock} lists. This is done once.")
    _run([sys.executable, "-m", "venv", str(folder)], "The virtual environment was not made.")
    pip = [
        str(programs / "python"),
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        "--quiet",
    ]
    _run(
        [*pip, "--require-hashes", "-r", str(ROOT / lock)],
        "The packages were not installed. Is there a network?",
    )
    _run(
        [*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)],
        "The project itself was not installed.",
    )
    stamp.write_text(wanted, encoding="ascii")
    return programs


def _fingerprint(lock: str) -> str:
    digest = hashlib.sha256()
    for part in (str(sys.version_info[:2]), str(ROOT), sys.base_prefix):
        digest.update(part.encode() + b"\0")
    for file in (lock, "pyproject.toml"):
        digest.update((ROOT / file).read_bytes() + b"\0")
    return digest.hexdigest()


def _need_venv() -> None:
    """Debian and Ubuntu keep the making of environments in a package of its own."""
    if importlib.util.find_spec("ensurepip") is not None:
        return
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    apt = shutil.which("apt-get")
    if apt is None:
        _end(
            "This Python has no ensurepip, so it can make no virtual environment. "
            "Install the part of Python that has it and run this again."
        )
    words = [apt]
    if os.geteuid() != 0:
        sudo = shutil.which("sudo")
        if sudo is None:
            _end(f"This Python can make no virtual environment. As root: apt-get install {package}")
        words = [sudo, apt]
    _say(f"This Python can make no virtual environment yet: installing {package}.")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*words, "update", "-q"], env={**os.environ, **quiet}, check=False)  # noqa: S603 - our own words
    _run([*words, "install", "-y", "-q", package], f"{package} was not installed.")


def _run(words: list[str], failure: str) -> None:
    # Its output belongs to the person at the terminal, not to the program's results.
    done = subprocess.run(words, check=False, stdout=sys.stderr)  # noqa: S603 - our own words
    if done.returncode != 0:
        _end(failure)


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


def _end(sentence: str) -> NoReturn:
    _say(sentence)
    raise SystemExit(_FAILED)
