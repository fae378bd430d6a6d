"""The dashboard under Streamlit's AppTest: the real entry script on a real store."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button, Element

from dashboard import runtime
from dashboard.navigation import PAGE_NAMES, PAGES
from dashboard.ui.sign_in import COOKIE_IN_STATE
from dashboard.words import has_word, word
from queries.reads.sign_ins import DOOR
from queries.rules.roles import Actor, Role
from queries.store.sessions import Store
from queries.writes.sign_ins import start_session
from queries.writes.users import AddUser, add_user

ENTRY = Path(__file__).parents[2] / "dashboard" / "app.py"
KEEPER = Actor("talo", Role.ADMINISTRATOR)


def signed_in(store: Store, role: str = "manager", *, language: str = "fi") -> AppTest:
    """An app in which a user of the role is signed in, served from this store."""
    runtime.use_store(store)
    user = AddUser(
        username=f"{role}-{language}",
        name="Terttu Testaaja",
        role=Role(role),
        language=language,
        password="pitkä salasana kokeisiin",
    )
    user_id = store.carry_out(add_user, user, actor=KEEPER)
    with store.writing(DOOR, now=datetime.now(UTC)) as uow:
        cookie = start_session(uow, user_id)
    app = AppTest.from_file(str(ENTRY), default_timeout=20)
    app.session_state[COOKIE_IN_STATE] = cookie
    return app


def page(app: AppTest, name: str, **query: str) -> AppTest:
    """Open a page of the app with these parameters in its address.

    Nothing else is drawn before it, except where the app knows the page only once it has run: its
    address is not its file's name.
    """
    if name == PAGE_NAMES[0] or PAGES[name].address:
        app.run()
    app.switch_page(f"views/{PAGES[name].script}.py")
    for key, value in query.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception, app.exception
    return app


def press(app: AppTest, what: str, *, last: bool = False, form: str | None = None) -> AppTest:
    """Press a button: by its key, by the key of its words in the catalogue, or by its label.

    :param last: of several with these words the last: a form's, after the one that opened it.
    :param form: the key of the form whose button it is.
    """
    found = _buttons(app, what, form)
    assert found, f"no button {what!r} among {[(one.key, one.label) for one in app.button]}"
    found[-1 if last else 0].click().run()
    assert not app.exception, app.exception
    return app


def offers(app: AppTest, what: str) -> bool:
    """Check if there is such a button to press: named as in ``press``."""
    return bool(_buttons(app, what))


def _buttons(app: AppTest, what: str, form: str | None = None) -> list[Button]:
    found = [one for one in app.button if one.key == what]
    if found:
        return found
    language = app.session_state["language"]
    label = word(what, language) if has_word(what, language) else what
    of_form = None if form is None else f"FormSubmitter:{form}-{label}"
    return [one for one in app.button if one.label == label and of_form in (None, one.key)]


def texts(app: AppTest) -> str:
    """Return everything written on the page, in one piece."""
    kinds = ("markdown", "caption", "header", "subheader", "title", "info", "error", "warning")
    found = [
        element.value for kind in kinds for element in app.get(kind) if isinstance(element, Element)
    ]
    found += [element.proto.body for element in app.get("html")]
    return "\n".join(str(text) for text in found)
