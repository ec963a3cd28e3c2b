"""Short words for what every form is made of."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.icons import icon

CENTRE = Qt.AlignmentFlag.AlignCenter
Margins = tuple[int, int, int, int]
L = TypeVar("L", QHBoxLayout, QVBoxLayout)


def row(spacing: int = 8, margins: Margins = (0, 0, 0, 0), parent: QWidget | None = None) -> QHBoxLayout:
    """Side by side; the layout of `parent` when there is one."""
    return _set_up(QHBoxLayout() if parent is None else QHBoxLayout(parent), spacing, margins)


def column(spacing: int = 8, margins: Margins = (0, 0, 0, 0), parent: QWidget | None = None) -> QVBoxLayout:
    """One under another; the layout of `parent` when there is one."""
    return _set_up(QVBoxLayout() if parent is None else QVBoxLayout(parent), spacing, margins)


def label(text: str = "", role: str = "", *, wrap: bool = False, align: Qt.AlignmentFlag | None = None) -> QLabel:
    """A text in one of the style sheet's roles: "section", "muted", "title", "figure"."""
    made = QLabel(text)
    made.setObjectName(role)
    made.setWordWrap(wrap)
    if align is not None:
        made.setAlignment(align)
    return made


def frame(role: str) -> QFrame:
    """A box in one of the style sheet's roles."""
    made = QFrame()
    made.setObjectName(role)
    return made


def button(text: str, picture: str = "", *, primary: bool = False) -> QPushButton:
    """A push button; Fusion puts icon and text too close together, so the text gets some air."""
    made = QPushButton(icon(picture), f" {text}") if picture else QPushButton(text)
    made.setAccessibleName(text)
    made.setProperty("primary", primary)
    return made


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at."""
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def _set_up(made: L, spacing: int, margins: Margins) -> L:
    made.setSpacing(spacing)
    made.setContentsMargins(*margins)
    return made
