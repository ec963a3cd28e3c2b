"""Light and dark: two sets of colours, one palette and one style sheet made of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from string import Template

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from app.settings import Settings


@dataclass(frozen=True)
class Colours:
    """Everything that the interface is painted with."""

    window: str
    panel: str
    canvas: str
    field: str
    hover: str
    border: str
    text: str
    muted: str
    disabled: str
    accent: str
    accent_hover: str
    on_accent: str
    soft_accent: str
    error_soft: str
    warning_soft: str
    done_soft: str


DARK = Colours(
    window="#1d1e21", panel="#242629", canvas="#151618", field="#2d2f33", hover="#34373c", border="#3a3d43",
    text="#e8e9ec", muted="#a1a6ae", disabled="#6a6f77", accent="#6b8cff", accent_hover="#82a0ff",
    on_accent="#0e1324", soft_accent="#2c3557", error_soft="#432529", warning_soft="#3d331f",
    done_soft="#1f3a2a",
)  # fmt: skip
LIGHT = Colours(
    window="#f3f4f6", panel="#ffffff", canvas="#dfe1e5", field="#ffffff", hover="#e9ebef", border="#d3d6dc",
    text="#1c1f24", muted="#5b626d", disabled="#a2a8b1", accent="#3d5ee0", accent_hover="#314fc8",
    on_accent="#ffffff", soft_accent="#e3e9ff", error_soft="#fde8e9", warning_soft="#fdf2d8", done_soft="#e0f4e8",
)  # fmt: skip

KINDS = {"error": "#e5484d", "warning": "#d08a10", "done": "#2ba265", "info": "#5b7cfa"}
"""Colours of messages, in both themes."""

SCHEMES = {"system": Qt.ColorScheme.Unknown, "light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}


class Theme(QObject):
    """Keeps the application in the theme of the settings, and of the system where these say so."""

    def __init__(self, application: QApplication, settings: Settings) -> None:
        super().__init__(application)
        self._application, self._settings = application, settings
        application.setStyle("Fusion")
        settings.changed.connect(self._on_setting)
        application.styleHints().colorSchemeChanged.connect(self._apply)
        self._ask()

    def _on_setting(self, key: str) -> None:
        if key == Settings.theme.key:
            self._ask()

    def _ask(self) -> None:
        self._application.styleHints().setColorScheme(SCHEMES[self._settings.theme])
        self._apply()

    def _apply(self) -> None:
        colours = current(self._settings.theme)
        self._application.setPalette(palette(colours))
        self._application.setStyleSheet(style_sheet(colours))


def current(theme: str) -> Colours:
    """The colours of "light" or "dark", or of the system's scheme."""
    scheme = SCHEMES[theme]
    if scheme == Qt.ColorScheme.Unknown:
        scheme = QApplication.styleHints().colorScheme()
    return DARK if scheme == Qt.ColorScheme.Dark else LIGHT


def palette(colours: Colours) -> QPalette:
    """For what Fusion draws itself."""
    result, role = QPalette(), QPalette.ColorRole
    for roles, colour in (
        ((role.Window,), colours.window),
        ((role.Base, role.ToolTipBase), colours.field),
        ((role.AlternateBase, role.Button), colours.panel),
        ((role.WindowText, role.Text, role.ButtonText, role.ToolTipText, role.BrightText), colours.text),
        ((role.PlaceholderText,), colours.muted),
        ((role.Highlight, role.Accent, role.Link), colours.accent),
        ((role.HighlightedText,), colours.on_accent),
        ((role.Mid, role.Dark), colours.border),
        ((role.Light, role.Midlight), colours.hover),
    ):
        for each in roles:
            result.setColor(each, QColor(colour))
    for each in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, each, QColor(colours.disabled))
    return result


def style_sheet(colours: Colours) -> str:
    """style.qss with the names of colours filled in."""
    template = Template((Path(__file__).parent / "style.qss").read_text(encoding="utf-8"))
    return template.substitute(vars(colours) | KINDS)
