"""The files of a mailing tool on the page Tuonti and from the command line."""

from __future__ import annotations

import pytest

from dashboard.cli import main
from tests.factories.mailing_lists import COLUMNS, LEFT, line
from tests.factories.newsletters import addresses, make_subscription, say_no
from tests.support.apps import page, signed_in, texts
from tests.support.words import fi, start_of

SUBSCRIBED = "\n".join(
    [COLUMNS, line("aino@esimerkki.example"), line("bo@esimerkki.example", "*Bo*", "[x](y)"), ""]
).encode()
UNSUBSCRIBED = "\n".join(
    [f"{COLUMNS},{LEFT}", line("aino@esimerkki.example") + ",2025-01-02,Syksy,9,ABUSE,", ""]
).encode()


def opened(store, data):
    app = page(signed_in(store, "office"), "import_")
    app.file_uploader[0].set_value(("lista.csv", data, "text/csv")).run()
    assert not app.exception, app.exception
    return app


def test_a_list_is_previewed_with_its_refusals_and_brought_in(sqlite_store):
    say_no(sqlite_store, "bo@esimerkki.example")
    app = opened(sqlite_store, SUBSCRIBED)
    shown = texts(app)
    assert fi("import.forms.subscribed") in shown
    assert fi("import.reasons.subscribes") in shown
    assert fi("import.reasons.suppressed") in shown
    assert [box.label for box in app.selectbox if start_of("import.column") in box.label] == []
    app.button(key="import.carry_out").click().run()
    assert not app.exception
    assert addresses(sqlite_store) == ["aino@esimerkki.example"]


def test_who_left_there_leaves_here_on_the_page(sqlite_store):
    make_subscription(sqlite_store, "aino@esimerkki.example")
    app = opened(sqlite_store, UNSUBSCRIBED)
    assert fi("import.reasons.unsubscribes") in texts(app)
    app.button(key="import.carry_out").click().run()
    assert addresses(sqlite_store) == []
    app.button(key="import.again").click().run()
    app.file_uploader[0].set_value(("lista.csv", UNSUBSCRIBED, "text/csv")).run()
    assert fi("import.reasons.suppressed_already") in texts(app)


@pytest.mark.parametrize("data", [SUBSCRIBED, UNSUBSCRIBED])
def test_the_command_line_brings_it_in_too(sqlite_store, tmp_path, capsys, data):
    file = tmp_path / "lista.csv"
    file.write_bytes(data)
    address = sqlite_store.engine.url.render_as_string(hide_password=False)
    words = ["--language", "fi", "import", str(file), "--yes", "--database-url", address]
    assert main(words) == 0
    said = capsys.readouterr()
    form = "subscribed" if data is SUBSCRIBED else "unsubscribed"
    assert fi(f"import.forms.{form}") in " ".join(said.err.split())
    assert addresses(sqlite_store) == (
        ["aino@esimerkki.example", "bo@esimerkki.example"] if data is SUBSCRIBED else []
    )
    assert main(words) == 0
    assert fi("import.nothing") in " ".join(capsys.readouterr().err.split())
