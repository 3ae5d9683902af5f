"""The look of all pages (样式): one style sheet, put into the page once."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

SHEET = Path(__file__).with_name("style.css")
ICON = Path(__file__).with_name("icon.svg")


def apply() -> None:
    """Put the style sheet into the page."""
    st.html(SHEET)
