"""``python3 tests``: the whole test suite, in an environment that is made where there is none.

What follows is given to pytest: ``python3 tests tests/rules -k phone``. Two words are our own:
``--quick`` runs the checks before a commit, ``--coverage`` measures branches.
"""

import os
import sys

OLDEST = (3, 11)
#: What ``--coverage`` runs; pyproject.toml says what is measured. A part of the tests, so that the
#: whole suite is not slower for it, and on SQLite alone: few branches belong to one engine.
MEASURED = [
    "--cov",
    "--cov-config=pyproject.toml",
    "tests/rules",
    "tests/reads",
    "tests/writes",
    "queries/rules",
    "-k",
    "not postgresql",
]

if sys.version_info < OLDEST:
    sys.exit(
        "The tests need Python 3.11 or newer; this one is {}.{}. "
        "Run them with a newer one, such as python3.11.".format(*sys.version_info[:2])
    )


def main() -> None:
    here = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - before anything else
    sys.path[:] = [place for place in sys.path if os.path.abspath(place) != here]  # noqa: PTH100 - as above
    sys.path.insert(0, os.path.dirname(here))  # noqa: PTH120 - as above

    import subprocess  # noqa: PLC0415 - after the path is right

    from dashboard import environment  # noqa: PLC0415 - as above
    from tests import quick  # noqa: PLC0415 - as above
    from tests.browser.chromium import find_chromium  # noqa: PLC0415 - as above

    programs = environment.ready(".venv-test", "requirements-test.txt")
    words = sys.argv[1:]
    if "--quick" in words:
        words.remove("--quick")
        sys.exit(quick.run_quick(programs, words))
    if find_chromium() is None:
        sys.stderr.write("No Chromium on this machine: trying Playwright's own.\n")
        subprocess.run(  # noqa: S603 - our own program
            [str(programs / "playwright"), "install", "chromium"],
            check=False,
            stdout=sys.stderr,
            timeout=600,
        )
    if "--coverage" in words:
        words = [*MEASURED, *(word for word in words if word != "--coverage")]
    if not any(word.startswith("-n") for word in words):
        # A file stays with one worker: servers are started once, not twice. In the order of the
        # files: by their number of tests the long ones of one test would come last, alone.
        words = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", *words]
    os.chdir(environment.ROOT)
    done = subprocess.run([str(programs / "python"), "-m", "pytest", *words], check=False)  # noqa: S603 - our own program
    if find_chromium() is None:
        sys.stderr.write(
            "The browser tests did not run: no Chromium here (Debian: apt-get install chromium).\n"
        )
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
