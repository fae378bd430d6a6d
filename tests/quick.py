"""The quick check before a commit: ``python3 tests --quick``.

Run lint, format, types, import contracts, the house tests, and the tests of the files that changed
since ``main``. Standard library alone: the launcher imports it before anything is installed.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: Folders whose modules have examples that pytest runs as tests.
WITH_EXAMPLES = ("queries/rules/", "queries/store/", "dashboard/words/")
#: The house tests, without the one that starts servers.
HOUSE = ("tests/house", "--ignore", "tests/house/test_readme.py")


def run_quick(programs: Path, more: Iterable[str]) -> int:
    """Run the checks one after the other, and all of them even if one fails.

    :param programs: the folder of the programs of the tests' environment.
    :param more: further words for pytest.
    :returns: 0 if nothing failed.
    """
    tests = mirrors_of(changed_files())
    pytest = [str(programs / "python"), "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile"]
    steps = (
        [str(programs / "ruff"), "check", "--quiet", "."],
        [str(programs / "ruff"), "format", "--check", "--quiet", "."],
        [str(programs / "mypy")],
        [str(programs / "lint-imports")],
        [*pytest, *HOUSE, *tests, *more],
    )
    os.chdir(ROOT)
    failed = []
    for words in steps:
        name = " ".join(Path(words[0]).name if word == words[0] else word for word in words)
        print(f"== {name}", flush=True)
        if subprocess.run(words, check=False).returncode != 0:  # noqa: S603 - our own words
            failed.append(name)
    for name in failed:
        print(f"FAILED: {name}")
    return 1 if failed else 0


def changed_files() -> list[str]:
    """Return what differs from ``main``, by path; from the last commit where there is no main.

    ``ASIAKASREKISTERI_SINCE`` names another commit: CI has run all the tests before.
    """
    base = "HEAD"
    for main in filter(None, (os.environ.get("ASIAKASREKISTERI_SINCE"), "main", "origin/main")):
        found = _git("merge-base", "HEAD", main)
        if found:
            base = found[0]
            break
    changed = _git("diff", "--name-only", "--diff-filter=d", base)
    return sorted({*changed, *_git("ls-files", "--others", "--exclude-standard")})


def mirrors_of(changed: Iterable[str]) -> list[str]:
    """Return the test files of these files: those that changed, those that mirror a module or its
    folder, and the modules with examples.

    ``queries/writes/recipients.py`` is tested by ``tests/writes/test_recipients.py``;
    ``queries/documents/processing/sheet.py`` by ``tests/documents/test_processing.py``.
    """
    found: set[str] = set()
    for name in changed:
        path = Path(name)
        if path.suffix != ".py":
            continue
        if path.parts[0] == "tests":
            found |= {name} if path.name.startswith("test_") else set()
            continue
        parts = path.parts[1:] if path.parts[0] == "queries" else path.parts
        folder = Path("tests", *parts[:-1])
        for mirror in (
            folder / f"test_{path.stem}.py",
            folder.parent / f"test_{folder.name}.py",
            folder / f"test_{folder.name}.py",
        ):
            found |= {mirror.as_posix()} if (ROOT / mirror).is_file() else set()
        if name.startswith(WITH_EXAMPLES) and "/migrations/" not in name:
            found.add(name)
    return sorted(name for name in found if not name.startswith("tests/house/"))


def _git(*words: str) -> list[str]:
    done = subprocess.run(  # noqa: S603 - our own words
        ["git", *words],  # noqa: S607 - whichever git the developer has
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    return done.stdout.split("\n")[:-1] if done.returncode == 0 else []
