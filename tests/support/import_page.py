"""The page of the import: a file given, its import carried out."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from queries.store.sessions import Store
from tests.support.apps import page, signed_in


def give(app: AppTest, name: str, data: bytes) -> AppTest:
    app.file_uploader[0].set_value((name, data, "application/octet-stream")).run()
    assert not app.exception, app.exception
    return app


def opened(
    store: Store, name: str, data: bytes, role: str = "office", *, language: str = "fi"
) -> AppTest:
    return give(page(signed_in(store, role, language=language), "import_"), name, data)


def bring_in(app: AppTest) -> AppTest:
    app.button(key="import.carry_out").click().run()
    assert not app.exception, app.exception
    return app
