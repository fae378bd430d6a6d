"""The forecast: how many records' time will be up in each month, by rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go
import streamlit as st

from dashboard.ui import safe_html
from dashboard.ui.language import language, t
from dashboard.words.formats import month, number
from queries.reads.retention.forecast import ForecastMonth

#: Colour of classes that hardly ever occur.
_OTHER = "#7f7f7f"
#: Distinct for people who cannot distinguish red from green, on light and on dark.
COLOURS = {
