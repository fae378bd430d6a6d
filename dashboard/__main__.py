"""``python3 dashboard``: the command line, in an environment that is made where there is none.

An installed package (``python -m dashboard``) runs the command line where it is.
"""

import os
import sys

OLDEST = (3, 11)

if sys.version_info < OLDEST:
    sys.exit(
        "Asiakasrekisteri needs Python 3.11 or newer; this one is {}.{}. "
        "Run it with a newer one, such as python3.11.".format(*sys.version_info[:2])
    )


def main() -> None:
    # Run as a folder, Python puts that folder on its path: its own modules would hide others'.
    here = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - before anything else
    sys.path[:] = [place for place in sys.path if os.path.abspath(place) != here]  # noqa: PTH100 - as above
    sys.path.insert(0, os.path.dirname(here))  # noqa: PTH120 - as above

    from dashboard import environment  # noqa: PLC0415 - found only now

    if not environment.is_checkout():
        from dashboard.cli import main as command_line  # noqa: PLC0415 - needs the packages

        sys.exit(command_line())
    programs = environment.ready(".venv", "requirements.txt")
    program = str(programs / "asiakasrekisteri")
    os.execv(program, [program, *sys.argv[1:]])  # noqa: S606 - our own program


if __name__ == "__main__":
    main()
