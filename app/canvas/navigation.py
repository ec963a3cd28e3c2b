"""Zoom and pan, by mouse, touchpad and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QWheelEvent,
)

if TYPE_CHECKING:
    from app.canvas.view import Canvas

STEP = 1.25
LARGEST = 40.0
"""Screen pixels a source pixel at most."""
LARGEST_FIT = 2.0
"""Small photos are not blown up further than this when fitted (logical pixels a source pixel)."""
LARGEST_AREA = 5.0
"""Nor is a part of one that is looked at, such as a person."""
MARGIN = 28
"""Screen pixels left free around a fitted photo."""
KEEP = 60
"""Screen pixels of the photo that stay in view however far it is pushed."""


class Navigation:
    """Keeps `scale` (screen pixels a source pixel) and the screen position of the photo's corner."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        self._scale = 1.0
        self._corner = QPointF()
        self._fitted = True
        self._grip: QPointF | None = None
        self._space = False

    @property
    def zoom(self) -> float:
        """Device pixels per source pixel."""
        return self._scale * self._canvas.devicePixelRatioF()

    # Acts

    def photo_changed(self) -> None:
        self.fit()

    def fit(self) -> None:
        """Show the whole photo."""
        self._fitted = True
        photo, port = self._canvas.photo_rect, self._canvas.viewport()
        if photo.isEmpty():
            return
        room = min((port.width() - 2 * MARGIN) / photo.width(), (port.height() - 2 * MARGIN) / photo.height())
        self._scale = min(max(room, 1e-4), LARGEST_FIT)
        size = photo.size() * self._scale
        self._corner = QPointF((port.width() - size.width()) / 2, (port.height() - size.height()) / 2)
        self._apply()

    def show_area(self, area: QRectF) -> None:
        """Bring a part of the photo (source pixels) into view, as large as it can be; all of it stays in reach."""
        port = self._canvas.viewport()
        if self._canvas.photo_rect.isEmpty() or area.isEmpty():
            return
        room = min((port.width() - 2 * MARGIN) / area.width(), (port.height() - 2 * MARGIN) / area.height())
        self._fitted = False
        self._scale = min(max(room, self._smallest()), LARGEST_AREA)
        centre = QPointF(port.rect().center())
        self._corner = centre - area.center() * self._scale
        self._apply()

    def zoom_to(self, zoom: float, anchor: QPointF | None = None) -> None:
        """Show a source pixel on `zoom` device pixels, keeping what is at `anchor` (viewport) in its place."""
        if self._canvas.photo_rect.isEmpty():
            return
        self._fitted = False
        anchor = anchor or QPointF(self._canvas.viewport().rect().center())
        scale = min(max(zoom / self._canvas.devicePixelRatioF(), self._smallest()), LARGEST)
        self._corner = anchor - (anchor - self._corner) * (scale / self._scale)
        self._scale = scale
        self._apply()

    def zoom_by(self, factor: float, anchor: QPointF | None = None) -> None:
        self.zoom_to(self.zoom * factor, anchor)

    def pan(self, delta: QPointF) -> None:
        """Push the photo by `delta` screen pixels."""
        self._fitted = False
        self._corner += delta
        self._apply()

    def reveal(self, point: QPointF) -> None:
        """Pan just as far as it takes to see a point (source pixels)."""
        position, port = self._canvas.screen_point(point), self._canvas.viewport().rect()
        inner = port.adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        dx = min(max(position.x(), inner.left()), inner.right()) - position.x()
        dy = min(max(position.y(), inner.top()), inner.bottom()) - position.y()
        if dx or dy:
            self.pan(QPointF(dx, dy))

    def resized(self, old: QSize, new: QSize) -> None:
        if self._fitted or not old.isValid():
            self.fit()
        else:
            self.pan(QPointF((new.width() - old.width()) / 2, (new.height() - old.height()) / 2))

    # Events

    def press(self, event: QMouseEvent) -> bool:
        left_with_space = self._space and event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.MiddleButton or left_with_space:
            self._grip = event.position()
            self._canvas.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            return True
        return self._grip is not None

    def move(self, event: QMouseEvent) -> bool:
        if self._grip is None:
            return self._space
        self.pan(event.position() - self._grip)
        self._grip = event.position()
        return True

    def release(self, event: QMouseEvent) -> bool:
        if self._grip is None:
            return False
        self._grip = None
        self._set_cursor()
        return True

    def wheel(self, event: QWheelEvent) -> None:
        """A wheel zooms; two fingers on a touchpad pan, and zoom with Ctrl; Shift pans sideways."""
        modifiers, pixels, angle = event.modifiers(), event.pixelDelta(), event.angleDelta()
        touchpad = event.device().type() == QInputDevice.DeviceType.TouchPad or (
            not pixels.isNull() and event.phase() != Qt.ScrollPhase.NoScrollPhase
        )
        if touchpad and not modifiers & Qt.KeyboardModifier.ControlModifier:
            self.pan(QPointF(pixels if not pixels.isNull() else angle / 2))
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.pan(QPointF((angle.y() or angle.x()) / 2, 0))
        else:
            self.zoom_by(STEP ** ((angle.y() or angle.x()) / 120), event.position())
        event.accept()

    def gesture(self, event: QNativeGestureEvent) -> bool:
        kind = event.gestureType()
        if kind == Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom_by(max(0.1, 1 + event.value()), event.position())
        elif kind == Qt.NativeGestureType.SmartZoomNativeGesture:
            self.zoom_to(1.0, event.position()) if self._fitted else self.fit()
        else:
            return False
        return True

    def key_press(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            if not event.isAutoRepeat():
                self._space = True
                self._set_cursor()
            return True
        return False

    def key_release(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat() and self._space:
            self._space = False
            self._set_cursor()
            return True
        return False

    def stop_panning(self) -> None:
        self._grip, self._space = None, False
        self._set_cursor()

    # Inside

    def _set_cursor(self) -> None:
        shape = Qt.CursorShape.OpenHandCursor if self._space else Qt.CursorShape.CrossCursor
        self._canvas.viewport().setCursor(shape)

    def _smallest(self) -> float:
        photo, port = self._canvas.photo_rect, self._canvas.viewport()
        fitted = min(port.width() / photo.width(), port.height() / photo.height())
        return min(fitted / 4, 0.5)

    def _apply(self) -> None:
        photo, port = self._canvas.photo_rect, self._canvas.viewport()
        width, height = photo.width() * self._scale, photo.height() * self._scale
        x = min(max(self._corner.x(), KEEP - width), port.width() - KEEP)
        y = min(max(self._corner.y(), KEEP - height), port.height() - KEEP)
        # Whole screen pixels: at 100 % every source pixel then is exactly one screen pixel.
        self._corner = QPointF(round(x), round(y))
        self._canvas.place(self._scale, self._corner)
