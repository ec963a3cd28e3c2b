"""Skeletons over the photo: the joints in the picture, the pose as its camera shows it, other people, skeleton maps.

Signs and lines keep their size on screen: they are painted in logical pixels, wherever their joints fall.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from app.canvas.items import Layer
from app.canvas.joint_words import joint_words
from app.canvas.pose_marks import (
    CORE,
    RADIUS,
    RIM,
    draw_hidden,
    draw_line,
    draw_ring,
    draw_visible,
    shortened,
)
from app.canvas.pyramid import U8
from app.canvas.sides import BONE_SIDES, JOINT_SIDES, ON_PHOTO
from engine.imaging.window import Window
from engine.pose.joints import MPII_16

F64 = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Place = Callable[[F64], QPointF]

REACH = 24.0
"""Logical pixels that anything is drawn beyond its joints."""
ERROR = QColor("#ff5db1")
OTHER = QColor(255, 255, 255, 130)
OTHER_HOVERED = QColor(255, 255, 255, 240)
BEHIND = 0.55
"""Opacity of a bone that leads to a hidden joint."""


class ScreenItem(Layer):
    """Points in source pixels, painted in logical pixels of the screen."""

    def __init__(self, z: float) -> None:
        super().__init__(z)
        self._scale = 1.0
        self._extent = QRectF()

    def show_scale(self, scale: float) -> None:
        """Logical pixels a source pixel: how far signs reach depends on it."""
        self._scale = scale
        self._fit()

    def _cover(self, points: F64) -> None:
        """Be as large as it takes to draw around (N, 2) points, NaN where unknown."""
        known = points[np.isfinite(points).all(1)]
        self._extent = QRectF()
        if len(known):
            low, high = known.min(0), known.max(0)
            self._extent = QRectF(QPointF(*low.tolist()), QPointF(*high.tolist()))
        self._known = bool(len(known))
        self._fit()

    _known = False
    _width = 0

    def _reach(self) -> float:
        return REACH

    def _fit(self) -> None:
        reach = self._reach() / max(self._scale, 1e-9)
        self._resize(self._extent.adjusted(-reach, -reach, reach, reach) if self._known else QRectF())

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if not self._known:
            return
        self._width = widget.width() if widget is not None else painter.window().width()
        to_screen = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.draw(painter, lambda xy: to_screen.map(QPointF(float(xy[0]), float(xy[1]))))
        painter.restore()

    def draw(self, painter: QPainter, at: Place) -> None:
        """Paint; `at` tells where a point in source pixels is on the screen. By itself an item shows nothing."""


class JointsItem(ScreenItem):
    """The joints in the picture: full where visible, hollow where hidden, absent where unknown."""

    def __init__(self, z: float) -> None:
        super().__init__(z)
        self.joints = np.full((len(MPII_16.joints), 2), np.nan)
        self._visibility = np.zeros(len(MPII_16.joints), np.intp)
        self.hovered: int | None = None
        self.selected: int | None = None

    def show_joints(self, joints: F64, visibility: Ints) -> None:
        self.joints, self._visibility = joints, visibility
        self._cover(joints)

    def show_marks(self, hovered: int | None, selected: int | None) -> None:
        self.hovered, self.selected = hovered, selected
        self._fit()

    def _reach(self) -> float:
        return REACH if self.hovered is None and self.selected is None else 260.0  # room for the joint's name

    def draw(self, painter: QPainter, at: Place) -> None:
        known = self._visibility > 0
        places = [at(xy) if k else QPointF() for xy, k in zip(self.joints, known, strict=True)]
        self._draw_bones(painter, places)
        marked = {self.hovered, self.selected}
        for j in sorted(np.flatnonzero(known).tolist(), key=lambda j: (j in marked, self._visibility[j])):
            side, colour = JOINT_SIDES[j], ON_PHOTO.of(JOINT_SIDES[j])
            radius = RADIUS + (1.5 if j in marked else 0)
            (draw_visible if self._visibility[j] == 2 else draw_hidden)(painter, places[j], side, colour, radius)
            if j in marked:
                draw_ring(painter, places[j], side, radius + 4, strong=j == self.selected)
        named = self.hovered if self.hovered is not None else self.selected
        if named is not None and known[named]:
            words = joint_words(named, hidden=self._visibility[named] == 1)
            _draw_name(painter, places[named], words, self._width)

    def _draw_bones(self, painter: QPainter, places: Sequence[QPointF]) -> None:
        for rim in (True, False):
            for (a, b), side in zip(MPII_16.ends.tolist(), BONE_SIDES, strict=True):
                seen_a, seen_b = self._visibility[a], self._visibility[b]
                if not (seen_a and seen_b):
                    continue
                gaps = [
                    RADIUS if seen == 1 else 0.0 for seen in (seen_a, seen_b)
                ]  # nothing is seen inside a hidden one
                line = shortened(places[a], places[b], *gaps)
                if line is None:
                    continue
                colour = ON_PHOTO.of(side)
                if seen_a == 1 or seen_b == 1:
                    colour.setAlphaF(BEHIND)
                if rim:
                    draw_line(painter, *line, QColor(8, 10, 14, colour.alpha() // 2), RIM, 0)
                else:
                    draw_line(painter, *line, colour, CORE, 0)


class ProjectionItem(ScreenItem):
    """The bones of the pose as its camera shows it: thin and dashed."""

    def __init__(self, z: float) -> None:
        super().__init__(z)
        self._projected = np.full((len(MPII_16.joints), 2), np.nan)

    def show_pose(self, projected: F64) -> None:
        """(16, 2), NaN while there is no pose."""
        self._projected = projected
        self._cover(projected)

    def draw(self, painter: QPainter, at: Place) -> None:
        places = [at(xy) for xy in self._projected]
        for rim in (True, False):
            for (a, b), side in zip(MPII_16.ends.tolist(), BONE_SIDES, strict=True):
                colour = ON_PHOTO.of(side).lighter(118)
                pen = QPen(QColor(8, 10, 14, 105) if rim else colour, 3.2 if rim else 1.5)
                pen.setCapStyle(Qt.PenCapStyle.FlatCap)
                if not rim:
                    pen.setDashPattern([4.0, 2.6])
                painter.setPen(pen)
                painter.drawLine(places[a], places[b])


class ErrorsItem(ScreenItem):
    """Where the pose has its joints, as dots, and how far that is from the joints in the picture, as lines."""

    def __init__(self, z: float) -> None:
        super().__init__(z)
        self._projected = np.full((len(MPII_16.joints), 2), np.nan)
        self._joints = self._projected
        self._marks: tuple[int, ...] = ()
        self._annotated = True

    def show_annotated(self, shown: bool) -> None:
        """Whether the joints in the picture are shown; without them there is nothing to lead lines to."""
        self._annotated = shown
        self.update()

    def show_pose(self, projected: F64, joints: F64) -> None:
        """(16, 2) each, NaN where unknown."""
        self._projected, self._joints = projected, joints
        self._cover(np.concatenate([projected, joints]) if np.isfinite(projected).any() else projected)

    def show_marks(self, hovered: int | None, selected: int | None) -> None:
        self._marks = tuple(j for j in (selected, hovered) if j is not None)
        self.update()

    def draw(self, painter: QPainter, at: Place) -> None:
        places: dict[int, QPointF] = {}
        for j, (xy, joint) in enumerate(zip(self._projected, self._joints, strict=True)):
            place = at(xy)
            if self._annotated and np.isfinite(joint).all():
                line = shortened(place, at(joint), 0, RADIUS)  # up to the edge of the joint's sign
                if line is None:
                    continue  # as good as there: a dot would only hide whether the sign is full or hollow
                draw_line(painter, *line, ERROR, 1.8, 3.6)
            places[j] = place
        for j, place in places.items():
            radius = 4.5 if j in self._marks else 2.2
            painter.setPen(QPen(QColor(8, 10, 14, 190), 1.0))
            painter.setBrush(QColor("white"))
            painter.drawEllipse(place, radius, radius)


class OthersItem(ScreenItem):
    """Other people of the photo, faint."""

    def __init__(self, z: float) -> None:
        super().__init__(z)
        self.people: list[tuple[str, F64]] = []
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)  # they stay while a joint is dragged
        self.hovered: str | None = None

    def show_people(self, people: list[tuple[str, F64]]) -> None:
        same = [person for person, _ in people] == [person for person, _ in self.people]
        if same and all(
            np.array_equal(a, b, equal_nan=True) for (_, a), (_, b) in zip(people, self.people, strict=True)
        ):
            return  # whoever asks again does not have them drawn again
        self.people = people
        self._cover(np.concatenate([joints for _, joints in people]) if people else np.empty((0, 2)))

    def show_hovered(self, person: str | None) -> None:
        if person != self.hovered:
            self.hovered = person
            self.update()

    def draw(self, painter: QPainter, at: Place) -> None:
        for person, joints in self.people:
            colour = OTHER_HOVERED if person == self.hovered else OTHER
            known: list[bool] = (~np.isnan(joints[:, 0])).tolist()
            places = [at(xy) if k else QPointF() for xy, k in zip(joints, known, strict=True)]
            for a, b in MPII_16.ends.tolist():
                if known[a] and known[b]:
                    draw_line(painter, places[a], places[b], colour, 2.0, 3.6)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            for j in np.flatnonzero(known).tolist():
                painter.drawEllipse(places[j], 2.6, 2.6)


class MapItem(Layer):
    """A skeleton map over its window; black is nothing."""

    NOISE, FULL = 12, 77
    """Networks read a little of everything everywhere; from the darkest colour of the sticks on, a map is solid."""

    def __init__(self, z: float) -> None:
        super().__init__(z)
        self._image: QImage | None = None
        self._rgb: U8 | None = None

    def show_map(self, window: Window | None, rgb: U8 | None) -> None:
        """`rgb` (s, s, 3) over `window` in source pixels."""
        place = QRectF() if window is None else QRectF(window.x0, window.y0, window.width, window.height)
        before, self._rgb = self._rgb, rgb
        same = rgb is before if rgb is None or before is None else np.array_equal(rgb, before)
        if same and place == self._bounds:
            return
        if window is None or rgb is None:
            self._image = None
            self._resize(QRectF())
            return
        light = rgb.max(2).astype(np.int32)
        alpha = np.clip((light - self.NOISE) * 255 // (self.FULL - self.NOISE), 0, 255).astype(np.uint8)
        rgba = np.ascontiguousarray(np.dstack([rgb, alpha]))
        side_y, side_x = rgba.shape[:2]
        straight = QImage(rgba.data, side_x, side_y, rgba.strides[0], QImage.Format.Format_RGBA8888)
        self._image = straight.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)  # a copy of its own
        self._resize(place)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self._bounds, self._image)


def _draw_name(painter: QPainter, beside: QPointF, words: str, room: float) -> None:
    metrics = QFontMetricsF(painter.font())
    box = QRectF(beside.x() + RADIUS + 10, beside.y() - metrics.height() / 2 - 3, 0, metrics.height() + 6)
    box.setWidth(metrics.horizontalAdvance(words) + 14)
    if box.right() > room:  # the painter's window may be of more than this picture
        box.moveRight(beside.x() - RADIUS - 10)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(18, 19, 22, 215))
    painter.drawRoundedRect(box, 5, 5)
    painter.setPen(QColor("white"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
