"""A page with a list: search, filters, how many were found, a table that opens the record clicked,
and paging by key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypedDict

import pandas as pd
import streamlit as st

from dashboard.navigation import open_record
from dashboard.ui.language import t
from queries.reads.paging import KeyedT, Page, RowT, Total, typed_key
from queries.store.search import MOST_CHARACTERS, MOST_WORDS, is_cut


@dataclass(frozen=True)
class Column(Generic[RowT]):
    """One column: the key of its words, and the text shown of a row.

    :param width: in pixels; without one the browser measures the first rows only, and cuts what
        is longer further down.
    """

    label: str
    text: Callable[[RowT], str]
    right: bool = False
    width: int | Literal["small", "medium", "large"] | None = None


def record_table(
    rows: Sequence[KeyedT],
    columns: Sequence[Column[KeyedT]],
    *,
    key: str,
    opens: str | None,
    alt: str,
) -> None:
    """A table of rows with an ``id``; a click anywhere on a row opens it on the page ``opens``.

    Only the columns shown are sent to the browser.
    """
    labels = [t(column.label) for column in columns]
    frame = pd.DataFrame(
        [[column.text(row) for column in columns] for row in rows], columns=labels, dtype="string"
    )
    config = {
        label: st.column_config.TextColumn(
            label, alignment="right" if column.right else "left", width=column.width
        )
        for label, column in zip(labels, columns, strict=True)
    }
    if opens is None:
        st.dataframe(frame, hide_index=True, column_config=config, alt=alt, key=key)
        return
    ids = tuple(row.id for row in rows)
    # The key names the page of rows: a selection never falls on another page's row. Once a row has
    # opened nothing is selected any more, so that the same row opens again.
    turn = st.session_state.setdefault(f"{key}!opened", 0)
    name = f"{key}-{ids[0] if ids else 0}-{ids[-1] if ids else 0}-{turn}"

    def chosen() -> None:
        selection = st.session_state[name]["selection"]
        picked = [*selection["rows"], *(row for row, _column in selection["cells"])]
        if picked:
            st.session_state[f"{key}!opened"] += 1
            open_record(opens, ids[picked[0]])

    st.dataframe(
        frame,
        hide_index=True,
        column_config=config,
        alt=alt,
        key=name,
        on_select=chosen,
        selection_mode=["single-row", "single-cell"],
        height="content",
    )


def draw_page(
    page: Page[KeyedT],
    columns: Sequence[Column[KeyedT]],
    *,
    words: str,
    opens: str | None,
    key: str = "",
    none: str = "",
    below: Callable[[Sequence[KeyedT]], None] | None = None,
) -> None:
    """Draw how many were found, the table of the page, and the buttons of paging.

    :param words: the area of the catalogue with ``found``, ``found_many``, ``alt`` and ``none``.
    :param key: of the table, where it is not named as its words are.
    :param none: the words where nothing was found, if they are others.
    :param below: draws what belongs under a table that has rows.
    """
    found_line(words, page.total)
    if page.rows:
        record_table(page.rows, columns, key=key or words, opens=opens, alt=t(f"{words}.alt"))
        if below is not None:
            below(page.rows)
    else:
        st.info(t(none or f"{words}.none"))
    paging(page)


class Marks(TypedDict):
    """The records between which a page lies, as a read takes them: ids, nothing personal."""

    after: int | None
    before: int | None


def page_marks() -> Marks:
    """``after`` and ``before`` from the address."""
    address = st.query_params
    return Marks(after=typed_key(address.get("after")), before=typed_key(address.get("before")))


def found_line(key: str, total: Total) -> None:
    """Draw how many were found, in words."""
    words = f"{key}.found" if total.exact else f"{key}.found_many"
    st.caption(t(words, n=total.n))


def paging(page: Page[KeyedT]) -> None:
    """The buttons for the pages before and after; nothing when there is one page only."""
    if page.next_key is None and page.previous_key is None:
        return
    with st.container(horizontal=True, horizontal_alignment="center"):
        st.button(
            t("listing.previous"),
            icon=":material/chevron_left:",
            key="listing.previous",
            disabled=page.previous_key is None,
            on_click=_turn,
            args=("before", page.previous_key),
        )
        st.button(
            t("listing.next"),
            icon=":material/chevron_right:",
            icon_position="right",
            key="listing.next",
            disabled=page.next_key is None,
            on_click=_turn,
            args=("after", page.next_key),
        )


def _turn(mark: str, key: int | None) -> None:
    first_page()
    if key is not None:
        st.query_params[mark] = str(key)


def first_page() -> None:
    """Back to the first page, as after every change of a filter."""
    for name in ("after", "before"):
        st.query_params.pop(name, None)


@dataclass(frozen=True)
class Choice:
    """A filter that is kept in the address.

    :param words: the area of the catalogue that names the options, or ``names`` are the words.
    """

    name: str
    options: Sequence[str]
    words: str = ""
    names: Mapping[str, str] | None = None
    every: str = "listing.every"
    label: str = ""

    def draw(self) -> str | None:
        """Draw it; return None when nothing is chosen."""
        asked = st.query_params.get(self.name)
        codes: list[str | None] = [None, *self.options]
        if asked not in self.options:
            asked = None
        key = f"filter.{self.name}"
        if st.session_state.get(key, asked) != asked:
            st.session_state[key] = asked
        st.selectbox(
            t(self.label or f"filters.{self.name}"),
            codes,
            index=codes.index(asked),
            format_func=self._shown,
            key=key,
            on_change=self._chosen,
            args=(key,),
        )
        return asked

    def _shown(self, code: str | None) -> str:
        if code is None:
            return t(self.every)
        return self.names[code] if self.names is not None else t(f"{self.words}.{code}")

    def _chosen(self, key: str) -> None:
        first_page()
        value = st.session_state[key]
        if value is None:
            st.query_params.pop(self.name, None)
        else:
            st.query_params[self.name] = value


def choose(*choices: Choice) -> list[str | None]:
    """Draw filters side by side; return what is chosen in each."""
    found = []
    for column, choice in zip(st.columns(len(choices)), choices, strict=True):
        with column:
            found.append(choice.draw())
    return found


def filters(*choices: Choice) -> list[str | None]:
    """Draw filters folded away, unless the address has one; return what is chosen in each."""
    names = {choice.name for choice in choices}
    with st.expander(t("listing.filters"), expanded=not names.isdisjoint(st.query_params)):
        return choose(*choices)


def search_field(name: str, *, label: str) -> str:
    """The search field. What is typed is personal: it stays in the session, not in the address."""
    text = str(
        st.text_input(
            t(label),
            key=f"search.{name}",
            type="search",
            live=True,
            on_change=first_page,
            placeholder=t("listing.search"),
        )
        or ""
    )
    if is_cut(text):
        st.caption(t("listing.cut", words=MOST_WORDS, characters=MOST_CHARACTERS))
    return text
