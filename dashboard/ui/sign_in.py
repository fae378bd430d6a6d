"""Signing in: the form, who is signed in now, and signing out.

The form and the check of the password are streamlit-authenticator's; the users and the session
are the store's. See :mod:`queries.writes.sign_ins` for how a password becomes a session.
"""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlencode, urlsplit

import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit_authenticator import Authenticate
from streamlit_authenticator.controllers import AuthenticationController

from dashboard.runtime import the_doorway, the_store
from dashboard.ui import clock
from dashboard.web.doorway import language_or_default
from dashboard.web.gate import user_of
from dashboard.web.rates import Rates
from dashboard.web.routes import SIGNED_OUT, language_path, sign_in_path
from dashboard.words import LANGUAGES, word
from queries.errors import StoreRefusal
from queries.reads.sign_ins import DOOR, SignedIn
from queries.writes.sign_ins import (
    LOCK_TIME,
    MOST_TRIES,
    TOUCH_EVERY,
    end_session,
    issue_ticket,
    note_failed_sign_in,
    take_try,
    touch_session,
)
from queries.writes.users import OwnLanguage, choose_own_language

__all__ = [
    "SignedIn",
    "current_user",
    "draw_account",
    "draw_sign_in",
    "go_to",
    "own_state",
    "page_language",
    "say_at_sign_in",
    "sign_out",
]

log = logging.getLogger(__name__)

#: Passwords that one process checks in a minute, whoever types them. One takes a third of a second
#: of one core.
PASSWORDS_IN_A_MINUTE = 60
#: Where a test of pages without a browser puts the opaque value that a browser keeps in its
#: cookie; it is looked up in the store like any other.
COOKIE_IN_STATE = "sign_in_cookie"
_LANGUAGE_IN_STATE = "sign_in_language"
_OWNER_IN_STATE = "sign_in_owner"
_SAID_IN_STATE = "sign_in_said"
#: What streamlit-authenticator leaves in the session's state; none of it is believed.
_ITS_STATE = ("authentication_status", "username", "name", "email", "roles", "logout")
#: What a password is compared with where there is no user: it costs the same and matches nothing.
#: The hash of random bytes that nobody kept, at the cost of queries.writes.users.ROUNDS.
_NO_USER = "$2b$12$HRFEhKxn6wjta8wgyPqsk.lVERMSCnoek1dQkaWRjt6bly3WxYRQ2"

#: It sets no cookie and sends no code, so its key signs nothing.
_SIGNS_NOTHING = "unused"

_rates = Rates(PASSWORDS_IN_A_MINUTE, 60)


def current_user() -> SignedIn | None:
    """Return the signed-in user, read from the store now; None for nobody. One statement."""
    cookie = _session_cookie()
    now = clock.now()
    user = user_of(the_store(), cookie, now=now)
    if user is not None and cookie is not None and now - user.seen_at >= TOUCH_EVERY:
        try:
            the_store().carry_out(touch_session, cookie, actor=DOOR, now=now)
        except StoreRefusal as refusal:
            # A busy store must not keep anyone from reading; the next run writes it.
            log.warning("a session's use could not be noted: %s", refusal.code)
    return user


def sign_out() -> None:
    """End the session, and with it every copy of its cookie, and leave the page."""
    cookie = _session_cookie()
    if cookie is not None:
        the_store().carry_out(end_session, cookie, actor=DOOR, now=clock.now())
    st.session_state.clear()
    go_to(SIGNED_OUT)


def own_state(user: SignedIn | None) -> None:
    """Forget what this tab's state holds of another user, before anything of it is drawn."""
    owner = None if user is None else user.username
    before = st.session_state.get(_OWNER_IN_STATE)
    if before is not None and before != owner:
        names = (COOKIE_IN_STATE, _SAID_IN_STATE)
        kept = {name: st.session_state[name] for name in names if name in st.session_state}
        st.session_state.clear()
        for name, value in kept.items():
            st.session_state[name] = value
    st.session_state[_OWNER_IN_STATE] = owner


def say_at_sign_in(key: str, language: str) -> None:
    """Show words on the sign-in form when it is drawn next, in the language of who was here."""
    st.session_state[_SAID_IN_STATE] = (key, language)


def draw_account(user: SignedIn) -> None:
    """Draw the signed-in user, the language of the pages, and the sign-out, in the sidebar."""
    with st.sidebar:
        st.text(user.name)
        _draw_languages(user.language)
        st.button(
            word("sign_in.sign_out", user.language),
            key="sign_out",
            icon=":material/logout:",
            on_click=sign_out,
            width="stretch",
        )


def page_language(user: SignedIn | None) -> str:
    """The language of the page: the user's own, else the one chosen on the sign-in page."""
    if user is not None:
        return user.language
    chosen = st.session_state.get(_LANGUAGE_IN_STATE)
    return language_or_default(chosen or _cookie(the_doorway().language_cookie))


def go_to(path: str) -> None:
    """Send the browser to an address of ours outside the pages, in a whole new load."""
    context = get_script_run_ctx()
    if context is not None:
        message = ForwardMsg()
        message.auth_redirect.url = path
        context.enqueue(message)


def draw_sign_in() -> None:
    """The form; a right password sends the browser through the ticket's route and back."""
    language = page_language(None)
    for name in _ITS_STATE:
        st.session_state.pop(name, None)
    accounts = _Accounts()
    _left, middle, _right = st.columns([1, 2, 1])
    with middle:
        st.title(word("app.name", language))
        if (said := st.session_state.pop(_SAID_IN_STATE, None)) is not None:
            st.success(word(*said), icon=":material/check_circle:")
        _Form(accounts).login(
            fields={
                "Form name": word("sign_in.title", language),
                "Username": word("sign_in.username", language),
                "Password": word("sign_in.password", language),
                "Login": word("sign_in.submit", language),
            },
            key="sign_in",
        )
        if accounts.asked is not None:
            _answer(accounts, language)
        _draw_languages(language)


class _Accounts(dict[str, dict[str, Any]]):
    """The credentials that streamlit-authenticator asks, one name at a time, from the store.

    It says that every name is there, so that a name without a user costs the same check.
    """

    def __init__(self) -> None:
        super().__init__()
        self.asked: str | None = None
        self.user_id: int | None = None
        self.limited = False
        self._entry: dict[str, Any] = {}

    def __contains__(self, username: object) -> bool:
        if self.asked is not None:  # asked again after the check, for a hint; that is no try
            return not self.limited
        self.asked = str(username)
        if not _rates.may("password"):
            self.limited = True
            return False
        with the_store().writing(DOOR, now=clock.now()) as uow:
            found = take_try(uow, self.asked)
        self.user_id = None if found is None else found.user_id
        self._entry = {"name": "", "password": _NO_USER if found is None else found.password_hash}
        return True

    def __getitem__(self, _username: str) -> dict[str, Any]:
        return self._entry

    def get(self, _username: str, default: Any = None) -> Any:  # noqa: ARG002 - dict's signature
        return self._entry


class _NoCookie:
    """Replacement of streamlit-authenticator's cookie: the session's is ours, and no script's."""

    def get_cookie(self) -> None:
        return None

    def set_cookie(self) -> None:
        return None


class _Form(Authenticate):  # type: ignore[misc] # the package has no types
    """The form and the check of the password, without the component that reads the browser's
    cookies: its answer draws the page again, and a click that falls into that moment is lost.

    It is made of the parts that its own beginning makes, but for the cookie's.
    """

    def __init__(self, accounts: _Accounts) -> None:
        self.attrs = {"login_sleep_time": 0}
        self.path = None
        self.cookie_controller = _NoCookie()
        self.authentication_controller = AuthenticationController(
            {"usernames": {}}, auto_hash=False, secret_key=_SIGNS_NOTHING
        )
        model = self.authentication_controller.authentication_model
        model.credentials["usernames"] = accounts


def _answer(accounts: _Accounts, language: str) -> None:
    """Draw the answer to an attempt."""
    right = st.session_state.get("authentication_status") is True
    if right and accounts.user_id is not None:
        nonce = _cookie(the_doorway().nonce_cookie)
        if nonce is None:
            st.error(word("sign_in.cookies_needed", language))
            return
        with the_store().writing(DOOR, now=clock.now()) as uow:
            ticket = issue_ticket(uow, accounts.user_id, nonce)
        go_to(sign_in_path(ticket, _here()))
        st.info(word("sign_in.right", language))
        return
    if accounts.limited:
        log.warning("passwords are tried faster than they are looked at")
        st.error(word("sign_in.limited", language))
        return
    with the_store().writing(DOOR, now=clock.now()) as uow:
        note_failed_sign_in(uow, accounts.asked or "")
    minutes = int(LOCK_TIME.total_seconds() // 60)
    st.error(word("sign_in.wrong", language, tries=MOST_TRIES, minutes=minutes))


def _draw_languages(language: str) -> None:
    key = "sign_in_language_switch"

    def choose() -> None:
        chosen = st.session_state[key]
        if chosen is None:  # a click on the chosen one takes the choice back
            return
        user = current_user()
        if user is not None:
            inputs = OwnLanguage(language=chosen)
            the_store().carry_out(choose_own_language, inputs, actor=user.actor, now=clock.now())
        st.session_state[_LANGUAGE_IN_STATE] = chosen
        go_to(language_path(chosen, _here()))

    st.segmented_control(
        word("sign_in.language", language),
        LANGUAGES,
        default=language,
        format_func=lambda code: word(f"language.{code}", code),
        on_change=choose,
        key=key,
        label_visibility="collapsed",
    )


def _here() -> str:
    """Return the page that was requested, to come back to."""
    url = st.context.url
    path = urlsplit(url).path if isinstance(url, str) else "/"
    query = urlencode(st.query_params.to_dict(), doseq=True)
    return f"{path or '/'}?{query}" if query else path or "/"


def _session_cookie() -> str | None:
    kept = st.session_state.get(COOKIE_IN_STATE)
    return kept if isinstance(kept, str) else _cookie(the_doorway().session_cookie)


def _cookie(name: str) -> str | None:
    """Return a cookie of the browser; the one place that reads them.

    Without a browser (AppTest) Streamlit gives a stand-in whose every value is true.
    """
    value = st.context.cookies.get(name)
    return value if isinstance(value, str) and value else None
