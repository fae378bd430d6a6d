"""Making of a request's letters at the press of a button, with what was typed and decided there."""

from __future__ import annotations

from functools import partial
from typing import Any

from dashboard.runtime import the_store
from dashboard.ui import clock
from dashboard.ui.gateway import actor
from dashboard.ui.language import language, t
from dashboard.views.requests.review_marks import noted, reviewed
from dashboard.words import has_word
from queries.documents.access.report import redacted
from queries.documents.access.review import proposed
from queries.documents.letters.request_letters import RequestLetters
from queries.errors import InvalidInput
from queries.reads.requests.request_card import RequestCard
from queries.rules.requests import LetterKind
from queries.writes.requests.answers import FileLetter

#: A fact of a letter that is looked up by what was typed.
_TYPED_AS = {"citation": "ground"}


def letter_wish(
    card: RequestCard, kind: str, asked: str | None, /, *, by_post: bool = False, **typed: Any
) -> FileLetter:
    """Return the inputs that file a letter made now from the request and what was typed.

    :param by_post: the letter has the postal address, where one is known.
    :raises RegisterError: for a missing fact, a missing party, a missing right, an erasure that may
        not be, a place of the report that nobody has decided on.
    """
    letters = RequestLetters(
        card=card,
        reading=partial(the_store().reading, actor(), now=clock.now()),
        today=clock.today(),
        by_post=by_post,
    )
    if kind == LetterKind.PORTABILITY_PACKAGE:
        return letters.portability()
    if kind == LetterKind.ACCESS_REPORT:
        report, marks, found = reviewed(card, letters.party_id)
        report = redacted(report, proposed(report, marks))
        return letters.access(report, noted(report, found))
    try:
        return letters.answer(kind, asked, typed)
    except InvalidInput as error:
        raise _by_label(error) from None


def _by_label(error: InvalidInput) -> InvalidInput:
    """Return the refusal of a letter with the field as the form calls it."""
    if error.code == "change_form":
        example = t("requests.fields.changes_example")
        return InvalidInput(error.field, error.code, example=example)
    label = f"requests.fields.{_TYPED_AS.get(error.field, error.field)}"
    if not has_word(label, language()):
        return error
    return InvalidInput(error.field, "letter_fact_missing", fact=t(label))
