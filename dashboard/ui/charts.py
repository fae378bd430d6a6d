"""Charts: drawn once the figures are seen, and without the tools of Plotly.

Plotly is read in when the first chart is drawn: this module does not import it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import streamlit as st

from dashboard.ui.language import language, t

#: How long the figures are alone at the first visit, in seconds: then the browser reads Plotly.
FIGURES_FIRST = 0.6
_CONFIG = {"displayModeBar": False, "scrollZoom": False}
_SEPARATORS = {"fi": ",\u00a0", "sv": ",\u00a0", "en": ".,"}


def after_figures(page: str, coming: str, draw: Callable[[], None]) -> None:
    """Draw charts after the figures: at the first visit of the page, once those are seen.

    :param coming: the words that are in their place until then.
    :param draw: imports what draws them, and with it Plotly.
    """
    seen = st.session_state.get(f"{page}.seen", False)

    @st.fragment(run_every=None if seen else FIGURES_FIRST)
    def later() -> None:
        if not seen:
            first = f"{page}.drawn" not in st.session_state
            st.session_state[f"{page}.drawn"] = True
            if first:
                st.caption(t(coming))
                return
            st.session_state[f"{page}.seen"] = True
            st.rerun()
        draw()

    later()


class PlotlyFigure(Protocol):
    """A figure of Plotly, as far as this module knows it."""

    def update_layout(self, *, separators: str) -> object: ...


def draw_figure(figure: PlotlyFigure, *, key: str, alt: str) -> None:
    """Draw a figure of Plotly with a text alternative; its numbers as the language writes them."""
    figure.update_layout(separators=_SEPARATORS[language()])
    st.plotly_chart(figure, key=key, config=_CONFIG, alt=alt)
