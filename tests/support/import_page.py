"""The page of the import: a file given, its import carried out."""

from __future__ import annotations

from tests.support.apps import page, signed_in


def give(app, name, data):
    app.file_uploader[0].set_value((name, data, "application/octet-stream")).run()
    assert not app.exception, app.exception
    return app


def opened(store, name, data, role="office", **more):
    return give(page(signed_in(store, role, **more), "import_"), name, data)


def bring_in(app):
    app.button(key="import.carry_out").click().run()
    assert not app.exception, app.exception
    return app
