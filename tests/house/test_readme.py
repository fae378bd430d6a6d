"""Each command in the guides is run, here or in .ci/run; what they name exists."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.support.server import served

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
#: The README, and the guides in the order in which it names them.
GUIDES = {
    name: (ROOT / name).read_text(encoding="utf-8")
    for name in (
        "README.md",
        "dashboard/README.md",
        "queries/README.md",
        ".github/CONTRIBUTING.md",
        "tests/README.md",
        ".github/SECURITY.md",
    )
}


def commands_in(kind: str) -> list[str]:
    """Return the commands in the blocks of a kind; one on several lines is one command."""
    return [
        line
        for text in GUIDES.values()
        for block in re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)
        for line in re.sub(r"\\\n\s*", "", block).splitlines()
        if line and not line.startswith("#")
    ]


COMMANDS = commands_in("sh")
PASSWORD = "neljä vahvaa sanaa tässä\n"

#: Run by .ci/run as it is.
BY_CI = {
    "python3 tests",
    "python3 tests --quick",
    "python3 tests --coverage",
    ".venv-test/bin/python -m pytest -q tests/writes/test_recipients.py -k corrected",
    ".venv-test/bin/python -m tests.bench",
}
#: They serve until they are stopped: started here and asked.
SERVING = {
    "python3 dashboard demo",
    "python3 dashboard serve",
    "python3 dashboard serve --public-address https://rekisteri.example --no-browser",
}
#: In the order of the guides, each on what the one before left.
IN_TURN = [
    "python3 dashboard init",
    'python3 dashboard user add --username olli --name "Olli Oja" --role office',
    "python3 dashboard user list",
    "python3 dashboard user password olli",
    "python3 dashboard user role olli manager",
    "python3 dashboard user deactivate olli",
    "python3 dashboard user activate olli",
    "python3 dashboard import customers.csv --dry-run",
    "python3 dashboard import customers.csv --yes",
    "python3 dashboard backup register-backup.sqlite",
    "python3 dashboard restore register-backup.sqlite",
    "python3 dashboard ledger renew",
    "python3 dashboard migrate",
    "python3 dashboard check",
    "python3 dashboard dispose list",
    "python3 dashboard digest",
    "python3 dashboard notice --draft --form text",
    "python3 dashboard demo --customers 20 --seed 4 --build-only",
]


#: Blocks of bash that nothing runs, by how they begin, each with the reason.
BY_HAND = {
    "pre-commit install": "changes the developer's own checkout",
    ".ci/run": "is CI itself",
    "uv pip compile ": "asks a package index",
    ".venv-test/bin/python -m tests.bench.hostile": "takes minutes; prints figures, asserts none",
    "ASIAKASREKISTERI_": "takes longer than CI may; the same tests run there with fewer rounds",
}


def test_no_guide_is_forgotten():
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    listed = subprocess.run(  # noqa: S603 - our own words
        words, cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert set(listed.stdout.split()) - {"CHANGELOG.md"} == set(GUIDES)
    assert [name for name in GUIDES if f"]({name})" not in README] == ["README.md"]


def test_the_guides_have_these_commands_and_no_others():
    assert set(COMMANDS) == BY_CI | SERVING | set(IN_TURN)
    assert [command for command in COMMANDS if command in IN_TURN] == IN_TURN
    assert COMMANDS[:2] == ["python3 dashboard demo", "python3 tests"]
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert [command for command in BY_CI if f"\n{command} " not in ci] == []


def test_what_nothing_runs_says_why_and_names_what_exists():
    by_hand = commands_in("bash")
    assert [one for one in by_hand if not one.startswith(tuple(BY_HAND))] == []
    named = {word for one in by_hand for word in one.split() if word.startswith("tests/")}
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def written_out(name: str) -> list[str]:
    """Return the paths that one with alternatives in braces means."""
    found = re.fullmatch(r"(.*)\{([\w,]+)\}(.*)", name)
    if found is None:
        return [name]
    before, each, after = found.groups()
    return [f"{before}{one}{after}" for one in each.split(",")]


@pytest.mark.parametrize("guide", GUIDES)
def test_every_path_that_a_guide_names_exists(guide):
    quoted = re.findall(r"`((?:dashboard|queries|tests|\.ci|\.streamlit)/[^`\s]*)`", GUIDES[guide])
    paths = [path for name in quoted if "<" not in name for path in written_out(name)]
    assert [path for path in paths if not (ROOT / path).exists()] == []
    links = re.findall(r"\]\(([^)#:]+)\)", GUIDES[guide])
    folder = (ROOT / guide).parent
    assert [link for link in links if not (folder / link).exists()] == []


def test_every_path_that_the_settings_name_exists():
    settings = (ROOT / ".streamlit/config.toml").read_text(encoding="utf-8")
    paths = re.findall(r"`((?:dashboard|queries|tests)/[^`\s]*)`", settings)
    assert paths == ["dashboard/garbage.py"]
    assert (ROOT / paths[0]).exists()


def test_every_test_that_a_guide_names_exists():
    named = {name for text in GUIDES.values() for name in re.findall(r"`(test_\w+)`", text)}
    there = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("*.py"))
    assert [name for name in sorted(named) if f"def {name}(" not in there] == []


def test_the_commands_work_one_after_the_other(tmp_path):
    environment = {
        **os.environ,
        "XDG_DATA_HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
    }
    customers = tmp_path / "customers.csv"
    customers.write_text(
        "Nimi;Sähköposti\nAino Esimerkki;aino@esimerkki.example\n", encoding="utf-8"
    )
    environment.pop("ASIAKASREKISTERI_DATABASE_URL", None)
    answers = {IN_TURN[0]: f"anna\nAnna Aalto\n{PASSWORD}"}
    for command in IN_TURN:
        words = shlex.split(command.removeprefix("python3 dashboard "))
        done = subprocess.run(  # noqa: S603 - the README's own words
            [sys.executable, "-m", "dashboard.cli", *words],
            cwd=tmp_path,
            env=environment,
            input=answers.get(command, PASSWORD),
            check=False,
            capture_output=True,
            text=True,
        )
        assert (command, done.returncode) == (command, 0), done.stderr
    left = [path.name for path in (tmp_path / "asiakasrekisteri").iterdir()]
    assert sorted(re.sub(r"-\d{8}-\d{6}", "", name) for name in left) == [
        "asiakasrekisteri-demo",
        "ledger",
        "register-replaced.sqlite",
        "register.lock",
        "register.sqlite",
    ]


@pytest.mark.parametrize("command", sorted(SERVING))
def test_what_serves_starts_and_answers(command, tmp_path):
    words = shlex.split(command.removeprefix("python3 dashboard "))
    if words[0] == "demo":
        words += ["--customers", "5"]
    else:
        subprocess.run(  # noqa: S603 - our own program
            [
                sys.executable,
                "-m",
                "dashboard.cli",
                "init",
                "--data",
                str(tmp_path),
                "--username",
                "anna",
                "--name",
                "Anna Aalto",
            ],
            cwd=ROOT,
            input=PASSWORD,
            check=True,
            capture_output=True,
            text=True,
        )
    with served(tmp_path, *words) as server:
        assert httpx.get(f"{server.base}/health").json() == {"status": "ok"}


def test_the_picture_is_there():
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert [name for name in pictures if not (ROOT / name).is_file()] == []


def test_the_first_screen_holds_the_sentence_the_picture_and_the_two_commands():
    first = README.splitlines()[:25]
    assert sum(line.startswith("python3 ") for line in first) == 2
    assert sum(line.startswith("![") for line in first) == 1
