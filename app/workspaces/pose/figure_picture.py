"""A person as a little stick figure, for cards and lists."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap

from app.canvas.pose_marks import shortened, sign
from app.canvas.sides import BONE_SIDES, JOINT_SIDES, ON_DARK, SideColours
from engine.pose.joints import MPII_16

F64 = npt.NDArray[np.float64]
View = Literal["photo", "side"]

NECK, HEAD = MPII_16.index("upper_neck"), MPII_16.index("head_top")
ENDS = tuple(MPII_16.index(name) for name in ("l_wrist", "r_wrist", "l_ankle", "r_ankle"))
"""Joints whose signs are drawn: the ends of arms and legs tell left from right by shape."""


def seen_from(pose: npt.ArrayLike, view: View) -> F64:
    """(16, 3) mm -> (16, 2) as "photo", the camera, sees it, or from the "side" with the camera at the left."""
    p = np.asarray(pose, np.float64)
    return p[:, :2] if view == "photo" else np.stack([p[:, 2], p[:, 1]], 1)


def draw_figure(
    painter: QPainter,
    rect: QRectF,
    points: npt.ArrayLike,
    colours: SideColours = ON_DARK,
    *,
    view: View = "photo",
    scale: float | None = None,
) -> None:
    """Draw a person in the middle of a rectangle.

    Args:
        painter: Its render hints are left as they are.
        rect: In the painter's coordinates; nothing is drawn outside it.
        points: Pose (16, 3) mm in camera axes, or joints (16, 2) in pixels; NaN where unknown.
        colours: Of the sides, fit for what is behind the figure.
        view: Where a pose is seen from; what is nearer to that place is drawn thicker and on top.
        scale: Length in the rectangle of a unit of `points`; the largest that fits when None.
    """
    p = np.asarray(points, np.float64)
    flat = seen_from(p, view) if p.shape[1] == 3 else p
    near = np.zeros(len(p)) if p.shape[1] == 2 else -p[:, 2] if view == "photo" else p[:, 0]
    known = _known(flat)
    if not known.any():
        return
    low, high = flat[known].min(0), flat[known].max(0)
    thick = max(1.1, min(rect.width(), rect.height()) / 34)
    room = rect.adjusted(2 * thick, 2 * thick, -2 * thick, -2 * thick)
    factor = scale or fitting(flat, room)
    middle = (low + high) / 2
    places = [
        QPointF(room.center().x() + factor * (x - middle[0]), room.center().y() + factor * (y - middle[1]))
        for x, y in np.where(known[:, None], flat, 0.0).tolist()
    ]
    depth = np.nanmax(near) - np.nanmin(near)
    nearness = (near - np.nanmin(near)) / depth if depth > 0 else np.full(len(p), 0.5)
    painter.save()
    painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
    ends = MPII_16.ends
    for bone in np.argsort(np.where(known, nearness, 0.0)[ends].mean(1), kind="stable").tolist():
        a, b = ends[bone].tolist()
        if not (known[a] and known[b]):
            continue
        width = thick * (0.75 + 0.75 * float(nearness[[a, b]].mean()))
        if (a, b) == (NECK, HEAD):
            _draw_head(painter, places[a], places[b], colours, width)
            continue
        # The rim parts bones that cross; it ends before the joints, where bones meet.
        rim = shortened(places[a], places[b], 1.5 * width, 1.5 * width)
        if rim is not None:
            painter.setPen(
                QPen(QColor(colours.halo), width + 0.9 * thick, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
            )
            painter.drawLine(*rim)
        painter.setPen(QPen(colours.of(BONE_SIDES[bone]), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(places[a], places[b])
    for j in ENDS:
        if known[j]:
            painter.translate(places[j])
            painter.fillPath(sign(JOINT_SIDES[j], 1.7 * thick), colours.of(JOINT_SIDES[j]))
            painter.translate(-places[j])
    painter.restore()


def fitting(flat: F64, room: QRectF) -> float:
    """The largest scale at which (16, 2) points, NaN where unknown, fit into a rectangle."""
    known = flat[_known(flat)]
    width, height = np.maximum(np.ptp(known, axis=0), 1e-9).tolist()
    return min(room.width() / width, room.height() / height)


def figure_pixmap(points: npt.ArrayLike, width: int, height: int, ratio: float, colours: SideColours) -> QPixmap:
    """A figure on nothing, `width` x `height` logical pixels at `ratio` device pixels each."""
    pixmap = QPixmap(round(width * ratio), round(height * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw_figure(painter, QRectF(0, 0, width, height), points, colours)
    painter.end()
    return pixmap


def _known(points: F64) -> npt.NDArray[np.bool_]:
    return np.asarray(np.isfinite(points).all(1), np.bool_)


def _draw_head(painter: QPainter, neck: QPointF, top: QPointF, colours: SideColours, width: float) -> None:
    """A ball between neck and top; as thick as the bones where it is seen from above."""
    across = top - neck
    radius = max(width, math.hypot(across.x(), across.y()) / 2)
    painter.setPen(QPen(QColor(colours.halo), 1))
    painter.setBrush(colours.of("middle"))
    painter.drawEllipse((neck + top) / 2, radius, radius)
