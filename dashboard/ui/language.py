"""The words of the signed-in user's language."""

from __future__ import annotations

import streamlit as st

from dashboard import words
from dashboard.words import LANGUAGES, word
from queries.errors import RegisterError


def language() -> str:
    """The language of this browser session; Finnish until something else is chosen."""
    chosen = st.session_state.get("language")
    return chosen if chosen in LANGUAGES else "fi"


def t(key: str, **facts: object) -> str:
    """The words of a key, with its facts."""
    return word(key, language(), **facts)


def sentence(error: RegisterError) -> str:
    """Return the sentence of a refusal, in the user's language."""
    return words.sentence(error, language())
