"""Icons: line drawings in SVG that take the colour of the text around them, sharp at every pixel ratio."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QImage, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "icons"


@cache
def _source(name: str) -> str:
    return (FOLDER / f"{name}.svg").read_text(encoding="utf-8")


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))


class TintedEngine(QIconEngine):
    """Draws an SVG in the palette's present colour, so that a change of theme needs no new icons."""

    def __init__(self, name: str, role: QPalette.ColorRole, colour: QColor | None) -> None:
        super().__init__()
        self._name, self._role, self._colour = name, role, colour

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        group = QPalette.ColorGroup.Disabled if mode == QIcon.Mode.Disabled else QPalette.ColorGroup.Active
        colour = self._colour or QGuiApplication.palette().color(group, self._role)
        _renderer(self._name, colour.name()).render(painter, QRectF(rect))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return QPixmap.fromImage(image)

    def clone(self) -> QIconEngine:
        return TintedEngine(self._name, self._role, self._colour)


def icon(name: str, role: QPalette.ColorRole = QPalette.ColorRole.ButtonText, colour: QColor | None = None) -> QIcon:
    """The icon `name` of resources/icons in a palette's role, or always in `colour`."""
    _source(name)  # a missing file is an error here, not an empty button later
    return QIcon(TintedEngine(name, role, colour))


def application_icon() -> QIcon:
    """The application's own, in its own colours."""
    return QIcon(str(FOLDER / "deepskel.svg"))
