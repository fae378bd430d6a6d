"""The project's own rules: floors, lengths, names, and what must be nowhere."""

from __future__ import annotations

import ast
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[2]
TOP = {
    ".ci",
    ".editorconfig",
    ".github",
    ".gitignore",
    ".pre-commit-config.yaml",
    ".readme",
    ".streamlit",
    "CHANGELOG.md",
    "README.md",
    "dashboard",
    "pyproject.toml",
    "queries",
    "requirements-test.txt",
    "requirements.txt",
    "tests",
}
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
MOST_LINES = 500
MOST_LINES_OF_A_VIEW = 150


def files() -> list[Path]:
    """Return the files of the repository, without those that are only beside it."""
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(  # noqa: S603 - our own words
        words, cwd=ROOT, check=True, capture_output=True, text=True
    )
    found = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in found if path.is_file()]


FILES = files() if (ROOT / ".git").exists() else []
MODULES = [path for path in FILES if path.suffix == ".py"]


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def names(paths) -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in paths)


def test_each_floor_imports_only_the_floors_below_it(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_the_top_level_is_the_plans():
    assert {path.relative_to(ROOT).parts[0] for path in FILES} <= TOP


def test_every_folder_of_modules_is_a_package():
    """The import contracts do not see a module in a folder that is not one."""
    folders = {path.parent for path in MODULES if path.relative_to(ROOT).parts[0] != "tests"}
    assert names(folder for folder in folders if not (folder / "__init__.py").is_file()) == []


def test_a_public_class_has_a_name_of_its_own():
    """One name, one meaning: a reader who looks a class up finds one."""
    found = Counter(
        node.name
        for path in MODULES
        if path.relative_to(ROOT).parts[0] != "tests"
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, times in sorted(found.items()) if times > 1] == []


def test_no_module_is_longer_than_a_reader_holds():
    assert names(path for path in MODULES if lines(path) > MOST_LINES) == []


def test_the_formatter_lays_every_line():
    switched_off = re.compile(r"#\s*fmt:\s*(skip|off)")
    own = [path for path in MODULES if path != Path(__file__)]
    assert names(path for path in own if switched_off.search(path.read_text("utf-8"))) == []


def test_a_page_and_each_part_of_it_fit_on_a_few_screens():
    views = [path for path in MODULES if path.is_relative_to(ROOT / "dashboard" / "views")]
    assert names(path for path in views if lines(path) > MOST_LINES_OF_A_VIEW) == []


def test_every_name_says_something():
    assert names(path for path in MODULES if path.stem in SAYS_NOTHING) == []


@pytest.mark.parametrize("folder", ["dashboard", "queries"])
def test_nothing_is_left_for_later(folder):
    later = re.compile(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError")
    own = [path for path in MODULES if path.is_relative_to(ROOT / folder)]
    assert names(path for path in own if later.search(path.read_text(encoding="utf-8"))) == []


def test_queries_know_no_screen():
    screen = re.compile(r"^\s*(import|from) (streamlit|dashboard)\b", re.MULTILINE)
    own = [path for path in MODULES if path.is_relative_to(ROOT / "queries")]
    assert names(path for path in own if screen.search(path.read_text(encoding="utf-8"))) == []


def test_no_test_imports_another_test():
    """Code that tests share is in factories, support, oracles and machines."""
    shared = re.compile(r"^\s*(from|import) tests\.([\w.]*\.)?test_\w+", re.MULTILINE)
    own = [path for path in MODULES if path.is_relative_to(ROOT / "tests")]
    assert names(path for path in own if shared.search(path.read_text(encoding="utf-8"))) == []


def test_no_test_looks_at_a_clock():
    """A busy machine fails none: seconds are printed by the bench, work is counted, and what is
    waited for is looked for."""
    clock = re.compile(r"\b(perf_counter|process_time|thread_time|monotonic|time\.time|sleep)\b\(")
    allowed = {"tests/support/kills.py", "tests/support/waiting.py"}
    found = names(
        path
        for path in MODULES
        if path.is_relative_to(ROOT / "tests")
        and not path.is_relative_to(ROOT / "tests" / "bench")
        and clock.search(path.read_text(encoding="utf-8").replace("asyncio.sleep", ""))
    )
    assert set(found) - allowed == set()


def test_no_markup_is_let_through_unescaped():
    own = [path for path in MODULES if path.is_relative_to(ROOT / "dashboard")]
    loud = re.compile(r"unsafe_allow_html\s*=\s*True|unsafe_allow_javascript\s*=\s*True")
    assert names(path for path in own if loud.search(path.read_text(encoding="utf-8"))) == []


def test_no_registry_and_no_place_of_one_machine_is_named():
    # Put together here, so that this file does not name them either.
    hosts = [
        ".".join(parts)
        for parts in (
            ("pypi", "org"),
            ("files", "pythonhosted", "org"),
            ("registry", "npmjs", "org"),
            ("deb", "debian", "org"),
            ("playwright", "azureedge", "net"),
        )
    ]
    words = [*hosts, "--index" + "-url", "/ro" + "ot/", "/wo" + "rk/"]
    wrong = [
        (path.name, word)
        for path in FILES
        if path.suffix in {".py", ".toml", ".txt", ".md", ".yml", ".yaml", ""}
        for word in words
        if word in path.read_text(encoding="utf-8", errors="ignore")
    ]
    assert wrong == []
