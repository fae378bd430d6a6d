"""Forms that lose nothing.

A form saves in a callback whose arguments are those of the drawing that the user saw: the id, the
version and a token. So a stale save is refused, a double click saves once, and what was typed
stays in the widgets whatever the refusal. The refusal is shown field by field, and a conflict
shows what the user typed, what is saved now and who changed it.
"""

from __future__ import annotations

import dataclasses
import inspect
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any, TypeAlias

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.navigation import open_record
from dashboard.ui import safe_html
from dashboard.ui.gateway import InputsT, carry_out
from dashboard.ui.language import language, sentence, t
from queries.errors import InvalidInput, InvalidInputs, RegisterError, StaleRecord
from queries.rules.money import parse_amount, to_cents
from queries.store.sessions import UnitOfWork
from queries.wording.formats import day, instant, telephone, typed_day

#: What a choice is kept as: a code, the key of a record, or None for no choice.
Code: TypeAlias = str | int | None


@dataclass(frozen=True)
class Field:
    """One field of a form.

    :param kind: ``text``, ``password``, ``lines``, ``phone``, ``choice``, ``day``, ``check``,
        ``whole`` or ``cents``.
    :param label: key of its words; ``fields.<name>`` when empty.
    :param options: the codes of a choice; ``words`` is the area that names them
        (``sources`` -> ``sources.email``), or ``names`` gives the words themselves.
    :param no_default: of a choice that nothing is chosen at first: it has to be thought about.
    :param facts: what the words of the label need.
    :param row: fields that follow each other with the same row are drawn side by side, each as
        wide as its ``width`` says.
    """

    name: str
    kind: str = "text"
    label: str = ""
    options: tuple[Code, ...] = ()
    words: str = ""
    names: Mapping[Code, str] | None = None
    no_default: bool = False
    help: str = ""
    facts: Mapping[str, object] = dataclass_field(default_factory=dict)
    row: str = ""
    width: int = 1


def editing(form: str) -> bool:
    """Return whether this form is the open one."""
    return bool(st.session_state.get("editing") == form)


def start_editing(form: str) -> None:
    """Open a form (a callback); another open one closes."""
    stop_editing()
    st.session_state["editing"] = form


def stop_editing() -> None:
    """Close the open form and forget what it said (a callback)."""
    _forget(st.session_state.pop("editing", None))


def _forget(form: str | None) -> None:
    for name in ("token", "refusal", "seen"):
        st.session_state.pop(f"{form}!{name}", None)


def edit_form(
    form: str,
    fields: Sequence[Field],
    values: Mapping[str, object],
    *,
    command: Callable[[UnitOfWork, InputsT], int],
    inputs: Callable[..., InputsT],
    fixed: Mapping[str, object],
    done: str = "forms.saved",
    submit: str = "forms.save",
    opens: str | None = None,
    then: Callable[[int], object] | None = None,
    inside: Callable[[], None] | None = None,
    is_inline: bool = False,
) -> None:
    """Draw a form and save it in its callback.

    :param form: names the form and its record (``phone-17``): ids only, nothing personal.
    :param values: what the fields hold at first.
    :param inputs: made of ``fixed`` and the fields' values, and handed to ``command``.
    :param done: words for the message after saving.
    :param opens: the page that opens then with the id that the command returned.
    :param then: called with what the command returned, where it was carried out.
    :param inside: draws what else belongs into the form, such as a button for one more row: a
        submit button, so that what was typed is not lost.
    :param is_inline: the form is part of its page and was not opened: there is nothing to cancel.
    :raises TypeError: the form corrects a record and lacks a field of ``inputs``: saving would
        empty what the field keeps.
    """
    _require_every_field(inputs, {field.name for field in fields} | fixed.keys())
    refusal: RegisterError | None = st.session_state.get(f"{form}!refusal")
    wrong = _by_field(refusal)
    token = st.session_state.setdefault(f"{form}!token", secrets.token_urlsafe(16))
    known = dict(fixed) if is_inline else _as_opened(form, fields, fixed)
    save = (form, tuple(fields), command, inputs, known, token, done, opens, then)
    with st.form(form):
        for place, field in _placed(fields):
            with place:
                _widget(form, field, values.get(field.name))
                for error in wrong.pop(field.name, []):
                    st.error(sentence(error), icon=":material/error:")
        if inside is not None:
            inside()
        if refusal is not None and _asks_about_codes(refusal):
            st.checkbox(t("forms.accept_suspect"), key=f"{form}.accept_suspect")
        if isinstance(refusal, StaleRecord):
            _conflict(form, fields, refusal)
        elif refusal is not None:
            for other in _beside_no_field(refusal, wrong):
                st.error(sentence(other), icon=":material/error:")
        _buttons(submit, save, refusal, is_inline=is_inline)


def _require_every_field(inputs: Callable[..., object], given: AbstractSet[str]) -> None:
    # A command that amends writes every column; others write what they are named after.
    is_amendment = dataclasses.is_dataclass(inputs) and inputs.__name__.startswith("Amend")
    if not is_amendment or "version" not in given:
        return
    asked = inspect.signature(inputs).parameters.keys()
    # What a person accepts is asked once it is refused.
    lacking = {name for name in asked - given if not name.startswith("accept_")}
    if lacking:
        raise TypeError(f"the form of {inputs} lacks {sorted(lacking)}")


def _as_opened(
    form: str, fields: Sequence[Field], fixed: Mapping[str, object]
) -> dict[str, object]:
    """Return the fields that the form does not show, as they were when the form was opened.

    A form is drawn again by its own refusal and by all that happens around it, and keeps what was
    typed: a version read anew would pass a colleague's save in between off as seen.
    """
    if "version" not in fixed:
        return dict(fixed)
    name = f"{form}!seen"
    if name not in st.session_state or f"{form}.{fields[0].name}" not in st.session_state:
        st.session_state[name] = dict(fixed)
    opened: dict[str, object] = st.session_state[name]
    return opened


#: A form that is always open on its page.
page_form = partial(edit_form, is_inline=True)


def _placed(fields: Sequence[Field]) -> Iterator[tuple[DeltaGenerator, Field]]:
    """Each field with the place it is drawn in: below the one before, or in a column beside it."""
    for row, group in groupby(fields, key=lambda field: field.row):
        beside = list(group)
        if not row:
            yield from ((st.container(), field) for field in beside)
            continue
        columns = st.columns([field.width for field in beside])
        yield from zip(columns, beside, strict=True)


def _beside_no_field(
    refusal: RegisterError, wrong: Mapping[str, list[InvalidInput]]
) -> list[RegisterError]:
    """Return the refusals that no field of the form shows: of other inputs, or of the whole."""
    if _inputs(refusal):
        return [error for errors in wrong.values() for error in errors]
    return [refusal]


def flash(key: str, **facts: object) -> None:
    """Show a message once, at the top of the next drawing."""
    st.session_state["flash"] = (key, facts)


def refuse_flash(error: RegisterError) -> None:
    """Show a refusal once, at the top of the next drawing: for buttons without a form."""
    st.session_state["refused"] = sentence(error)


def draw_messages() -> None:
    """Show what was to be said once; the entry script calls it."""
    refused = st.session_state.pop("refused", None)
    if refused is not None:
        st.error(refused, icon=":material/error:")
    said = st.session_state.pop("flash", None)
    if said is not None:
        key, facts = said
        st.toast(t(key, **facts), icon=":material/check_circle:")


def _buttons(
    submit: str, save: tuple[Any, ...], refusal: RegisterError | None, *, is_inline: bool
) -> None:
    with st.container(horizontal=True):
        if isinstance(refusal, StaleRecord) and refusal.version is not None:
            over = {**save[4], "version": refusal.version}
            st.form_submit_button(
                t("forms.save_over"), on_click=_save, args=(*save[:4], over, *save[5:])
            )
        else:
            st.form_submit_button(t(submit), type="primary", on_click=_save, args=save)
        if not is_inline:
            st.form_submit_button(t("forms.cancel"), on_click=stop_editing)


def _save(
    form: str,
    fields: tuple[Field, ...],
    command: Callable[[UnitOfWork, InputsT], int],
    inputs: Callable[..., InputsT],
    fixed: dict[str, object],
    token: str,
    done: str,
    opens: str | None,
    then: Callable[[int], object] | None,
) -> None:
    try:
        typed = _collect(form, fields)
        outcome = carry_out(command, inputs(**{**fixed, **typed}), token=token)
    except RegisterError as error:
        st.session_state[f"{form}!refusal"] = error
        return
    stop_editing()
    _forget(form)
    flash(done)
    if opens is not None:
        open_record(opens, outcome)
    if then is not None:
        then(outcome)


def _collect(form: str, fields: tuple[Field, ...]) -> dict[str, Any]:
    """The values of the fields; text that is not a day or a sum is refused beside its field."""
    found: dict[str, Any] = {}
    wrong: list[InvalidInput] = []
    for field in fields:
        raw = st.session_state.get(f"{form}.{field.name}")
        try:
            found[field.name] = _value(field, raw)
        except InvalidInput as error:
            wrong.append(InvalidInput(field.name, error.code))
    if wrong:
        raise InvalidInputs(wrong)
    if st.session_state.get(f"{form}.accept_suspect"):
        found["accept_suspect"] = True
    return found


def _value(field: Field, raw: Any) -> Any:
    if field.kind == "day":
        if not (text := str(raw or "").strip()):
            return None
        if (found := typed_day(text)) is None:
            raise InvalidInput(field.name, "day_form")
        return found
    if field.kind == "cents":
        return to_cents(parse_amount(str(raw or "")))
    if field.kind == "whole":
        text = str(raw or "").strip()
        if not text.lstrip("-").isdecimal():
            raise InvalidInput(field.name, "whole_form")
        if len(text) > 9:  # noqa: PLR2004 - no field is larger
            raise InvalidInput(field.name, "whole_large")
        return int(text)
    if field.kind in {"text", "password", "lines", "phone"}:
        return str(raw or "")
    return raw


def _widget(form: str, field: Field, value: Any) -> None:
    key = f"{form}.{field.name}"
    label = _label(field)
    help_ = t(field.help) if field.help else None
    if field.kind == "lines":
        st.text_area(label, value=value or "", key=key, help=help_)
    elif field.kind == "password":
        st.text_input(label, key=key, help=help_, type="password")
    elif field.kind == "check":
        st.checkbox(label, value=bool(value), key=key, help=help_)
    elif field.kind == "choice":
        options = list(field.options)
        names = {code: _option(field, code) for code in options}
        begins = None if field.no_default else 0
        st.selectbox(
            label,
            options,
            index=options.index(value) if value in options else begins,
            key=key,
            format_func=names.__getitem__,
            help=help_,
            placeholder=t("forms.choose"),
        )
    else:
        st.text_input(label, value=_typed(field, value), key=key, help=help_)


def _label(field: Field) -> str:
    return t(field.label or f"fields.{field.name}", **field.facts)


def _typed(field: Field, value: Any) -> str:
    """A value as the person would type it."""
    if value is None:
        return ""
    if field.kind == "day" and isinstance(value, date):
        return day(value, language())
    if field.kind == "phone":
        return telephone(str(value))
    if field.kind == "cents":
        whole, cents = divmod(abs(value), 100)
        return f"{'-' if value < 0 else ''}{whole},{cents:02}"
    return str(value)


def _option(field: Field, code: Code) -> str:
    if field.names is not None:
        return field.names[code]
    return t(f"{field.words}.{code}")


def _by_field(refusal: RegisterError | None) -> dict[str, list[InvalidInput]]:
    found: dict[str, list[InvalidInput]] = {}
    for error in _inputs(refusal):
        found.setdefault(error.field, []).append(error)
    return found


def _inputs(refusal: RegisterError | None) -> list[InvalidInput]:
    """Return the refusals that are shown beside fields."""
    if isinstance(refusal, InvalidInputs):
        return refusal.errors
    return [refusal] if isinstance(refusal, InvalidInput) else []


def _asks_about_codes(refusal: RegisterError) -> bool:
    return any(error.code == "suspect_identity_code" for error in _inputs(refusal))


def _conflict(form: str, fields: Sequence[Field], refusal: StaleRecord) -> None:
    """Draw what was typed beside what is saved now, for the fields in which they differ."""
    if refusal.changed_by is None or refusal.changed_at is None:
        st.warning(t("forms.conflict"), icon=":material/sync_problem:")
    else:
        st.warning(
            t(
                "forms.conflict_by",
                by=refusal.changed_by,
                at=instant(refusal.changed_at, language()),
            ),
            icon=":material/sync_problem:",
        )
    rows = []
    for field in fields:
        if field.name not in refusal.theirs:
            continue
        mine = _words_of(field, st.session_state.get(f"{form}.{field.name}"))
        theirs = _words_of(field, refusal.theirs[field.name])
        if mine != theirs:
            rows.append((_label(field), mine, theirs))
    if rows:
        safe_html.table((t("forms.field"), t("forms.yours"), t("forms.current")), rows)
    else:
        st.caption(t("forms.conflict_elsewhere"))


def _words_of(field: Field, value: Any) -> str:
    """A value of the widget or of the store in the same words, so that the two compare."""
    if field.kind == "check":
        return t("forms.yes") if value else t("forms.no")
    if field.kind == "choice" and value in field.options:
        return _option(field, value)
    if isinstance(value, str) and field.kind != "phone":
        return value
    return _typed(field, value)
