"""The words of the signed-in user's language."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.words import LANGUAGES, has_word, word
from queries.errors import InvalidInput, RegisterError


def language() -> str:
    """The language of this browser session; Finnish until something else is chosen."""
    chosen = st.session_state.get("language")
    return chosen if chosen in LANGUAGES else "fi"


def t(key: str, **facts: Any) -> str:
    """The words of a key, with its facts."""
    return word(key, language(), **facts)


def sentence(error: RegisterError) -> str:
    """What a refusal says to a person: what, where and what to do.

    A rule's refusal of a value (``phone.form``) has a sentence of its own or shares the general
    one (``form``).
    """
    facts = {name: fact for name, fact in error.facts.items() if fact is not None}
    for key in _keys(error):
        if has_word(key, language()):
            try:
                return t(key, **facts)
            except KeyError:
                continue
    return t("refusals.other", code=error.code)


def _keys(error: RegisterError) -> list[str]:
    code = error.code
    keys = [f"refusals.{code}"]
    if isinstance(error, InvalidInput):
        keys.insert(0, f"refusals.{error.field}.{code}")
    if "." in code:
        keys.append(f"refusals.{code.rsplit('.', 1)[1]}")
    return keys
