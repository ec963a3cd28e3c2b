"""The canvas: a graphics view in source pixels with the photo, what is drawn over it, and the tools that act on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from app.canvas.items import BoxItem, Crosshair, MaskItem, OutlineItem, PhotoItem, checkerboard
from app.canvas.markers import RADIUS, Marker
from app.canvas.navigation import Navigation
from app.canvas.outline import Outline
from app.canvas.pyramid import Pyramid
from engine.crop.prompts import Box, Click


class Tool(Protocol):
    """Mouse and keys over the canvas; each method tells whether the event was for it."""

    def press(self, event: QMouseEvent) -> bool: ...
    def move(self, event: QMouseEvent) -> bool: ...
    def release(self, event: QMouseEvent) -> bool: ...
    def key(self, event: QKeyEvent) -> bool: ...
    def leave(self) -> None: ...


class Canvas(QGraphicsView):
    """Shows one photo. Draws what it is given and passes acts to the tool."""

    zoom_changed = Signal(float)
    """Device pixels per source pixel; 1 is 100 %."""
    pointed = Signal(object)
    """(x, y) in source pixels under the mouse or the crosshair, None outside the photo."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setScene(QGraphicsScene(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setObjectName("canvas")
        self.setAccessibleName(self.tr("Photo"))
        self.describe("")
        for policy in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            policy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        for widget in (self, self.viewport()):
            widget.setAcceptDrops(False)  # the window takes drops

        self.photo_rect = QRectF()
        self.markers: list[Marker] = []
        self.crosshair = Crosshair()
        self._photo, self._mask = PhotoItem(), MaskItem()
        self._outline, self._preview = OutlineItem(3), OutlineItem(4, Qt.PenStyle.DashLine)
        self._box, self._rubber = BoxItem(5), BoxItem(6)
        for item in (self._photo, self._mask, self._outline, self._preview, self._box, self._rubber, self.crosshair):
            self.scene().addItem(item)
        self.navigation = Navigation(self)
        self._tool: Tool | None = None
        self._object_shown, self._outlined, self._clicks_shown, self._box_shown = True, True, True, True

    def describe(self, words: str) -> None:
        """Tell those who do not see it what keys do here; "" is for clicks on objects."""
        clicks = self.tr("Arrow keys move the crosshair, Enter includes, Shift+Enter excludes what is under it.")
        self.setAccessibleDescription(words or clicks)

    def set_tool(self, tool: Tool | None) -> None:
        self._tool = tool

    # What is shown

    def show_photo(self, picture: Pyramid | None) -> None:
        """Show another photo, fitted, with nothing over it."""
        self.photo_rect = picture.rect if picture else QRectF()
        self._photo.show_picture(picture)
        self.show_answer(None, None)
        self.show_preview(None)
        self.show_box(None)
        self.show_rubber_band(None)
        self.show_clicks(())
        self.crosshair.hide()
        self.navigation.photo_changed()

    def show_answer(self, mask: Pyramid | None, outline: Outline | None) -> None:
        self._mask.show_mask(mask, self.photo_rect)
        self._outline.show_outline(outline, self.photo_rect)

    def show_preview(self, outline: Outline | None) -> None:
        self._preview.show_outline(outline, self.photo_rect)

    def show_overlay_style(self, colour: QColor, opacity: float, outlined: bool) -> None:
        """See the object through a tint of `opacity` in [0, 1]."""
        self._mask.show_tint(colour, opacity)
        self._outline.show_colour(colour.lighter(135))
        self._outlined = outlined
        self.show_object(self._object_shown)

    def show_backdrop_style(self, name: str) -> None:
        """See the object alone on "checkerboard", "black" or "white"."""
        if name == "checkerboard":
            self._mask.show_backdrop(checkerboard(QColor("#ffffff"), QColor("#d3d6da")))
        else:
            self._mask.show_backdrop(QBrush(QColor(name)))
        self._outlined = False
        self.show_object(self._object_shown)

    def show_object(self, shown: bool) -> None:
        """Show the object that is cut out, or leave it out."""
        self._object_shown = shown
        for item, visible in ((self._mask, shown), (self._outline, shown and self._outlined), (self._preview, shown)):
            item.setVisible(visible)

    def show_clicks(self, clicks: Sequence[Click]) -> None:
        for marker in self.markers:
            self.scene().removeItem(marker)
        self.markers = [Marker(click) for click in clicks]
        for marker in self.markers:
            self.scene().addItem(marker)
            marker.setVisible(self._clicks_shown)

    def show_selected(self, index: int | None) -> None:
        for i, marker in enumerate(self.markers):
            marker.select(i == index)

    def show_marks(self, *, clicks: bool, box: bool) -> None:
        """Show what was said about the object, now and from now on."""
        self._clicks_shown, self._box_shown = clicks, box
        for marker in self.markers:
            marker.setVisible(clicks)
        self._box.setVisible(box)

    def show_box(self, box: Box | None) -> None:
        self._box.show_box(QRectF(box.x0, box.y0, box.width, box.height) if box else None)
        self._box.setVisible(self._box_shown)

    def show_rubber_band(self, rect: QRectF | None) -> None:
        self._rubber.show_box(rect)

    # Where things are

    def place(self, scale: float, corner: QPointF) -> None:
        """Show source pixels `scale` times their size with the photo's corner at `corner` (viewport, whole pixels).

        The visible part is made the whole scene, so that the view's own scrolling and centring never take part.
        """
        port = self.viewport().rect()
        self.setTransform(QTransform.fromScale(scale, scale))
        size = QSizeF(max(1, port.width() - 2) / scale, max(1, port.height() - 2) / scale)
        self.setSceneRect(QRectF(-corner / scale, size))
        self.zoom_changed.emit(self.navigation.zoom)

    def source_point(self, position: QPoint | QPointF) -> QPointF:
        """Source pixels of a position in the viewport, with its fraction."""
        transform, _ = self.viewportTransform().inverted()
        return transform.map(QPointF(position))

    def screen_point(self, point: QPointF) -> QPointF:
        """Position in the viewport of a point in source pixels."""
        return self.viewportTransform().map(point)

    def inside(self, point: QPointF) -> bool:
        """Whether a pixel of the photo is there."""
        r = self.photo_rect
        return r.left() <= point.x() < r.right() and r.top() <= point.y() < r.bottom()

    def marker_at(self, position: QPointF) -> int | None:
        """Index of the topmost visible click sign at a position in the viewport."""
        for index in reversed(range(len(self.markers))):
            offset = self.screen_point(self.markers[index].pos()) - position
            if self.markers[index].isVisible() and offset.manhattanLength() <= RADIUS * 1.5:
                return index
        return None

    # Events

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's names from here on
        if not (self.navigation.press(event) or (self._tool and self._tool.press(event))):
            event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        point = self.source_point(event.position())
        self.pointed.emit((point.x(), point.y()) if self.inside(point) else None)
        if not self.navigation.move(event) and self._tool:
            self._tool.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if not self.navigation.release(event) and self._tool:
            self._tool.release(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        self.pointed.emit(None)
        if self._tool:
            self._tool.leave()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        self.navigation.wheel(event)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QNativeGestureEvent) and self.navigation.gesture(event):
            return True
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if not (self.navigation.key_press(event) or (self._tool and self._tool.key(event))):
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if not self.navigation.key_release(event):
            event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self.navigation.stop_panning()
        super().focusOutEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.navigation.resized(event.oldSize(), event.size())
