"""A pose to choose: how the photo's camera sees it, how it looks from the side, what it is called, how well it fits."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QPolygonF,
)
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.canvas.keyboard import ARROWS
from app.canvas.sides import colours_on
from app.workspaces.pose.figure_picture import draw_figure, fitting, seen_from
from engine.pose.project.candidates import Candidate

FRONT, SIDE, FIGURE = 66, 58, 78
"""Widths of the two views and their height, logical pixels."""
PAD = 8
KEYS = 9
"""Cards that have a key."""


def card_size(font: QFont) -> QSize:
    """Logical pixels of a card whose words are in `font`."""
    return QSize(FRONT + SIDE + 2 * PAD, round(FIGURE + 2 * QFontMetricsF(font).height() + 2 * PAD))


class Card(QAbstractButton):
    """One candidate."""

    hovered = Signal(bool)
    """Whether the mouse or the focus is on it."""

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number = number
        self.candidate: Candidate | None = None
        self._figures = QPixmap()
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedSize(self.sizeHint())

    def stop_tab(self, stops: bool) -> None:
        """Let Tab come here; a click leaves the focus, and so the arrow keys, where they are."""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if stops else Qt.FocusPolicy.NoFocus)

    def show_candidate(self, candidate: Candidate) -> None:
        if candidate is self.candidate:
            return
        self.candidate, self._figures = candidate, QPixmap()
        words = self.source_words()
        error = self.error_words()
        self.setAccessibleName(
            self.tr("Hypothesis {number}: {name}, {error}, {source}").format(
                number=self._number, name=candidate.name, error=error, source=words
            )
        )
        lines = [f"<b>{candidate.name}</b>", self.tr("Source: {source}").format(source=words)]
        lines.append(self.tr("Mean distance from the joints in the photo: {error}").format(error=error))
        if self._number <= KEYS:
            lines.append(self.tr("Key {number}").format(number=self._number))
        self.setToolTip("<br>".join(lines))
        self.update()

    def error_words(self) -> str:
        """The reprojection error."""
        error = self.candidate.error if self.candidate else math.nan
        return self.tr("{error} px").format(error=f"{error:.1f}") if math.isfinite(error) else self.tr("no joints")

    def source_words(self) -> str:
        """Where the candidate comes from."""
        words = {
            "lifted": self.tr("lifted"),
            "predicted": self.tr("network"),
            "copied": self.tr("copied"),
            "edited": self.tr("by hand"),
        }
        return words[self.candidate.source] if self.candidate else ""

    # Qt's names from here on

    def sizeHint(self) -> QSize:  # noqa: N802
        return card_size(self.font())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in ARROWS:
            event.ignore()  # with modifiers they are somebody else's; the strip takes the plain ones
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        super().enterEvent(event)
        self.hovered.emit(True)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self.hovered.emit(False)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self.hovered.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.hovered.emit(False)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.FontChange):
            self.setFixedSize(self.sizeHint())
            self._figures = QPixmap()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        if self.candidate is None:
            return
        painter, palette = QPainter(self), self.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.setBrush(palette.color(QPalette.ColorRole.Base if not self.underMouse() else QPalette.ColorRole.Light))
        painter.setPen(QPen(palette.color(QPalette.ColorRole.Mid), 1))
        if self.isChecked():
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Highlight), 3))
        painter.drawRoundedRect(edge, 8, 8)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Text), 1, Qt.PenStyle.DotLine))
            painter.drawRoundedRect(edge.adjusted(3, 3, -3, -3), 6, 6)
        ratio = self.devicePixelRatioF()
        if self._figures.isNull() or self._figures.devicePixelRatio() != ratio:
            self._figures = self._draw_figures(self.candidate, ratio)
        painter.drawPixmap(QPointF(PAD, PAD), self._figures)
        self._draw_words(painter, self.candidate)
        painter.end()

    # Inside

    def _draw_figures(self, candidate: Candidate, ratio: float) -> QPixmap:
        pixmap = QPixmap(round((FRONT + SIDE) * ratio), round(FIGURE * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = colours_on(self.palette())
        front, side = QRectF(0, 0, FRONT, FIGURE), QRectF(FRONT + 5, 0, SIDE - 5, FIGURE)
        rooms = [(r.adjusted(5, 5, -5, -5), v) for r, v in ((front, "photo"), (side, "side"))]
        scale = min(
            fitting(seen_from(candidate.pose, "photo"), rooms[0][0]),
            fitting(seen_from(candidate.pose, "side"), rooms[1][0]),
        )
        draw_figure(painter, front, candidate.pose, colours, view="photo", scale=scale)
        draw_figure(painter, side, candidate.pose, colours, view="side", scale=scale)
        muted = self.palette().color(QPalette.ColorRole.Mid)
        painter.setPen(QPen(muted, 1))
        painter.drawLine(QPointF(FRONT, 8), QPointF(FRONT, FIGURE - 8))
        _draw_camera(painter, QPointF(FRONT + 4, FIGURE / 2), self.palette().color(QPalette.ColorRole.PlaceholderText))
        painter.end()
        return pixmap

    def _draw_words(self, painter: QPainter, candidate: Candidate) -> None:
        palette, metrics = self.palette(), QFontMetricsF(self.font())
        width, line = self.width() - 2.0 * PAD, metrics.height()
        name = QRectF(PAD, PAD + FIGURE, width, line)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        elided = metrics.elidedText(candidate.name, Qt.TextElideMode.ElideRight, width)
        painter.drawText(name, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        below = name.translated(0, line)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.error_words())
        if not candidate.name.startswith(self.source_words()):  # once is enough
            painter.drawText(below, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.source_words())
        if self._number <= KEYS:
            bold = QFont(self.font())
            bold.setBold(True)
            painter.setFont(bold)
            role = QPalette.ColorRole.Text if self.isChecked() else QPalette.ColorRole.PlaceholderText
            painter.setPen(palette.color(role))
            painter.drawText(QPointF(PAD, PAD + metrics.ascent() - 2), str(self._number))


def _draw_camera(painter: QPainter, at: QPointF, colour: QColor) -> None:
    """From where the photo was taken, beside the view from the side."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawPolygon(QPolygonF([at, at + QPointF(5, -3.5), at + QPointF(5, 3.5)]))
