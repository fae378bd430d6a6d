"""The exposure check at the start finds addresses that are open.

Streamlit's runtime is one for a process, so each app runs in a process of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
#: Serves an app until the exposure check has run, and prints its result.
SERVE = """
import json, socket, sys, threading
from pathlib import Path
import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from dashboard import runtime, server
from dashboard.web import exposure_check
from dashboard.web.doorway import Doorway
from dashboard.web.gate import Gate
from tests.support.waiting import comes
from queries.store.engine import sqlite_url
from queries.store.migrate import create_store

folder, made = Path(sys.argv[1]), sys.argv[2]
store = create_store(sqlite_url(folder / "register.sqlite"))
bound = socket.socket()
bound.bind(("127.0.0.1", 0))
bound.listen()
doorway = Doorway(bound.getsockname()[1])
app = server.build(store, doorway, folder)
if made != "ours":
    (folder / "leaky.py").write_text(sys.argv[3], encoding="utf-8")
    routes = [Route("/customers.csv", lambda request: PlainTextResponse("Aino;Mikkeli"))]
    gate = [Middleware(Gate, doorway=doorway, store=store)]
    app = st.App(
        str(folder / "leaky.py"),
        routes=routes if made == "route" else [],
        middleware=[] if made == "gate" else gate,
        lifespan=exposure_check.trying(doorway, ["customers", "trail"],
                               routes if made == "route" else [], runtime.use_exposure),
    )
running = uvicorn.Server(uvicorn.Config(app, ws="websockets-sansio", log_level="critical"))

def watch():
    comes(runtime.the_exposure)
    running.should_exit = True

threading.Thread(target=watch).start()
running.run(sockets=[bound])
found = runtime.the_exposure()
print(json.dumps([found.asked, list(found.open)]))
"""
SIGN_IN = "import streamlit as st\nst.text_input('a')\nst.text_input('b', type='password')\n"
MENU = SIGN_IN + "st.navigation([st.Page(lambda: st.write('x'), title='Customers')])\n"
LIST = "import streamlit as st\nst.dataframe({'name': ['Aino']})\n"
ONE_PAGE = SIGN_IN + (
    "from streamlit.runtime.scriptrunner import get_script_run_ctx\n"
    "if get_script_run_ctx().pages_manager.intended_page_name == 'trail':\n"
    "    st.dataframe({'name': ['Aino']})\n"
)


def tried(folder, made, script=""):
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", SERVE, str(folder), made, script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_everything_of_ours_needs_signing_in(tmp_path):
    asked, open_ones = tried(tmp_path, "ours")
    assert open_ones == []
    assert asked > 25


@pytest.mark.parametrize(
    ("made", "script", "found"),
    [
        ("page", SIGN_IN, []),
        ("page", MENU, ["/customers", "/trail"]),
        ("page", LIST, ["/customers", "/trail"]),
        ("page", ONE_PAGE, ["/trail"]),
        ("route", SIGN_IN, ["/customers.csv"]),
        ("gate", SIGN_IN, ["/media/x", "/_stcore/script-health-check"]),
    ],
)
def test_what_stands_open_is_named(tmp_path, made, script, found):
    _asked, open_ones = tried(tmp_path, made, script)
    assert set(found) <= set(open_ones)
    assert made == "gate" or found == open_ones
