"""A widget that floats over another one, so that showing it moves nothing."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGraphicsDropShadowEffect, QWidget

GAP = 14
WIDEST = 680


class Floating(QObject):
    """Keeps `widget` at the upper or lower edge of an area of `host`, in its middle.

    Args:
        area: The part of `host` to float over, in the host's coordinates.
        bottom: At the lower edge instead of the upper one.
    """

    def __init__(self, widget: QWidget, host: QWidget, area: Callable[[], QRect], *, bottom: bool = False) -> None:
        super().__init__(widget)
        self._widget, self._area, self._bottom = widget, area, bottom
        widget.setParent(host)
        widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        shadow = QGraphicsDropShadowEffect(widget, blurRadius=28)
        shadow.setOffset(0, 4)
        shadow.setColor(QColor(0, 0, 0, 90))
        widget.setGraphicsEffect(shadow)
        for watched in (host, widget):
            watched.installEventFilter(self)
        widget.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.LayoutRequest):
            self.place()
        return False

    def place(self) -> None:
        """Put the widget where it belongs."""
        area = self._area()
        hint = self._widget.sizeHint()
        width = hint.width() if self._bottom else min(WIDEST, area.width() - 2 * GAP)
        height = self._widget.heightForWidth(width) if self._widget.hasHeightForWidth() else hint.height()
        x = area.left() + (area.width() - width) // 2
        y = area.bottom() - height - GAP if self._bottom else area.top() + GAP
        self._widget.setGeometry(x, y, width, height)
        self._widget.raise_()  # a stack puts its page on top whenever it turns to another one
