"""``python3 dashboard`` and ``python3 tests``, before anything is installed."""

from __future__ import annotations

import ast
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard import environment

ROOT = Path(__file__).parents[2]
LAUNCHERS = [ROOT / "dashboard" / "__main__.py", ROOT / "tests" / "__main__.py"]


@pytest.mark.parametrize("launcher", LAUNCHERS, ids=["dashboard", "tests"])
def test_an_old_python_reads_the_launcher_and_is_told_what_is_needed(launcher, monkeypatch):
    ast.parse(launcher.read_text(encoding="utf-8"), feature_version=(3, 6))
    monkeypatch.setattr(sys, "version_info", (3, 10, 12, "final", 0))
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(launcher), run_name="__main__")
    assert "Python 3.11 or newer; " in str(ended.value)
    assert " 3.10. " in str(ended.value)


def test_the_launchers_need_only_the_standard_library():
    beside = (
        "dashboard/__init__.py",
        "dashboard/environment.py",
        "tests/__init__.py",
        "tests/browser/chromium.py",
    )
    files = [*LAUNCHERS, *(ROOT / name for name in beside)]
    own = {"dashboard", "tests"}
    found = {name.split(".")[0] for file in files for name in imported(file)} - own
    assert found - sys.stdlib_module_names == set()


def imported(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = {
        each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names
    }
    return names | {
        node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module
    }


@pytest.fixture
def checkout(tmp_path, monkeypatch) -> Path:
    """Make a checkout whose environment exists already, with a program in it."""
    shutil.copytree(ROOT / "dashboard", tmp_path / "dashboard")
    for name in ("pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    stamp = tmp_path / ".venv" / ".asiakasrekisteri"
    program = tmp_path / ".venv" / "bin" / "asiakasrekisteri"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\necho "$@"\n', encoding="ascii")
    program.chmod(0o755)
    stamp.write_text(environment._fingerprint("requirements.txt"), encoding="ascii")
    return tmp_path


def test_an_environment_that_stands_is_used_as_it_is(checkout):
    assert environment.ready(".venv", "requirements.txt") == checkout / ".venv" / "bin"


@pytest.mark.parametrize("name", ["pyproject.toml", "requirements.txt"])
def test_another_lock_or_project_is_another_environment(checkout, name):
    before = environment._fingerprint("requirements.txt")
    with (checkout / name).open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    assert environment._fingerprint("requirements.txt") != before


def test_the_command_runs_from_any_folder(checkout, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, str(checkout / "dashboard"), "demo", "--port", "8502"],
        cwd=elsewhere,
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.stdout == "demo --port 8502\n"


def test_what_cannot_be_made_ends_with_a_sentence(checkout, monkeypatch, capsys):
    (checkout / ".venv" / ".asiakasrekisteri").unlink()
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(environment.shutil, "which", lambda _name: None)
    with pytest.raises(SystemExit) as ended:
        environment.ready(".venv", "requirements.txt")
    assert ended.value.code == 1
    assert "This Python has no ensurepip" in capsys.readouterr().err
