"""The pose by Qt's painter: the same solids as with OpenGL, drawn from the farthest to the nearest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QImage,
    QLinearGradient,
    QPainter,
    QPen,
    QPolygonF,
    QRadialGradient,
    QTransform,
)

from app.canvas.sides import BONE_SIDES, JOINT_SIDES
from app.canvas3d.body import BONE_RADII, GHOST_RADIUS, JOINT_RADII, SHADOW, Floor, ghost_bones
from app.canvas3d.frame import Frame
from app.canvas3d.ground import floor_lines, shadow_shows
from app.canvas3d.solids import CUBE, LIGHT, OCTAHEDRON, SQUARE, bands, face_normals, sections, shade
from engine.pose.joints import MPII_16

F64 = npt.NDArray[np.float64]
Piece = tuple[float, Callable[[QPainter], None]]
"""Depth and what draws it."""

_STOPS = np.linspace(-1, 1, 7)


class PainterRenderer:
    """Works everywhere."""

    slow = True

    def render(self, frame: Frame) -> QImage:
        ratio, (width, height) = frame.ratio, frame.view.size
        image = QImage(max(round(width * ratio), 1), max(round(height * ratio), 1), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(frame.colours.ground)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if frame.floor is not None:
            _draw_floor(painter, frame, frame.floor)
        _draw_ghosts(painter, frame)
        for _, draw in sorted(_body(frame), key=lambda piece: -piece[0]):
            draw(painter)
        painter.end()
        return image

    def close(self) -> None:
        """Nothing is kept."""


def _draw_floor(painter: QPainter, frame: Frame, floor: Floor) -> None:
    view, colours = frame.view, frame.colours
    corners = view.project(floor.corners)
    place = QTransform()
    if shadow_shows(floor, view) and QTransform.quadToQuad(
        QPolygonF([QPointF(0, 0), QPointF(SHADOW, 0), QPointF(SHADOW, SHADOW), QPointF(0, SHADOW)]),
        QPolygonF([QPointF(*corner) for corner in corners]),
        place,
    ):
        painter.save()
        painter.setTransform(place, True)
        painter.drawImage(0, 0, shadow_image(floor, colours.shadow, colours.depth))
        painter.restore()
    for (a, b), shown in zip(*floor_lines(floor, view), strict=True):
        colour = QColor(colours.lines)
        colour.setAlphaF(float(shown))
        painter.setPen(QPen(colour, 1))
        painter.drawLine(QPointF(*a), QPointF(*b))


def shadow_image(floor: Floor, colour: QColor, depth: float) -> QImage:
    """The shadow in a colour, transparent where there is none; `depth` is the share that shows where it is full."""
    alpha = floor.shadow * depth
    rgba = np.empty((SHADOW, SHADOW, 4), np.uint8)
    rgba[..., :3] = colour.red(), colour.green(), colour.blue()
    rgba[..., 3] = np.rint(alpha * 255)
    return QImage(rgba.tobytes(), SHADOW, SHADOW, 4 * SHADOW, QImage.Format.Format_RGBA8888).copy()


def _draw_ghosts(painter: QPainter, frame: Frame) -> None:
    """In colours that are faint themselves: a veil of one strength where many overlap. The pose is drawn over them."""
    ends, bones, _ = ghost_bones(frame.scene)
    if not len(ends):
        return
    view, sides = frame.view, np.array([BONE_SIDES[bone] for bone in bones])
    flat = view.project(ends)
    width = max(2 * GHOST_RADIUS * float(view.magnification(view.depth(ends)).mean()), 1.5)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, not frame.draft)
    for side in ("middle", "left", "right"):
        lines = [QLineF(*a, *b) for a, b in flat[sides == side].tolist()]
        colour = _mixed(frame.colours.ground, frame.colours.sides.of(side), frame.colours.ghosts)
        painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLines(lines)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)


def _body(frame: Frame) -> list[Piece]:
    pose = frame.scene.pose
    if pose is None:
        return []
    pieces: list[Piece] = []
    for bone, (parent, child) in enumerate(MPII_16.ends):
        pieces += _bone(frame, bone, pose[parent], pose[child])
    for joint, place in enumerate(pose):
        pieces += _joint(frame, joint, place)
    return pieces


def _bone(frame: Frame, bone: int, first: F64, last: F64) -> list[Piece]:
    view, colour = frame.view, frame.colours.sides.of(BONE_SIDES[bone])
    if BONE_SIDES[bone] != "right":
        return _round_bone(frame, bone, first, last)
    points, outwards = sections(first, last, BONE_RADII[bone], SQUARE)
    flat, depths, pieces = view.project(points), view.depth(points), []
    normals = (outwards + np.roll(outwards, -1, 0)) @ view.rotation.T / np.sqrt(2)
    light = shade(normals)
    for i, band in enumerate(bands(bone)):
        for side in range(4):
            face = flat[[i, i, i + 1, i + 1], [side, (side + 1) % 4, (side + 1) % 4, side]]
            if normals[side, 2] > 0.0:
                continue
            depth = float(depths[[i, i + 1]][:, [side, (side + 1) % 4]].mean())
            pieces.append((depth, _polygon(face, _lit(colour, float(light[side]) * band))))
    return pieces


def _round_bone(frame: Frame, bone: int, first: F64, last: F64) -> list[Piece]:
    """A gradient across it stands for the roundness."""
    view, colour = frame.view, frame.colours.sides.of(BONE_SIDES[bone])
    count = 4
    axis = first + np.linspace(0, 1, count + 1)[:, None] * (last - first)
    flat, depths = view.project(axis), view.depth(axis)
    thick, thin = BONE_RADII[bone]
    radii = np.linspace(thick, thin, count + 1) * view.magnification(depths)
    along = flat[-1] - flat[0]
    length = float(np.hypot(*along))
    if length < 0.5:
        return []
    across = np.array([-along[1], along[0]]) / length
    direction = view.rotation @ (last - first)
    direction /= max(float(np.linalg.norm(direction)), 1e-9)
    over = np.cross((*across, 0.0), direction)
    over *= -np.sign(over[2]) or 1.0
    normals = _STOPS[:, None] * np.array([*across, 0.0]) + np.sqrt(1 - _STOPS**2)[:, None] * over
    light = shade(normals) * (1 - 0.35 * np.abs(_STOPS) ** 4)
    stops = [((stop + 1) / 2, _lit(colour, value)) for stop, value in zip(_STOPS, light.tolist(), strict=True)]
    pieces: list[Piece] = []
    for i in range(count):
        a, b, ra, rb = flat[i], flat[i + 1], radii[i], radii[i + 1]
        face = np.array([a - across * ra, a + across * ra, b + across * rb, b - across * rb])
        middle, radius = (a + b) / 2, (ra + rb) / 2
        gradient = QLinearGradient(QPointF(*(middle - across * radius)), QPointF(*(middle + across * radius)))
        gradient.setStops(stops)
        nearest = float(depths[i] + depths[i + 1]) / 2 - float(BONE_RADII[bone].mean()) / 2
        pieces.append((nearest, _polygon(face, gradient)))
    return pieces


def _joint(frame: Frame, joint: int, place: F64) -> list[Piece]:
    view, side, radius = frame.view, JOINT_SIDES[joint], float(JOINT_RADII[joint])
    colour = frame.colours.sides.of(side)
    depth = float(view.depth(place)) - radius
    if side == "left":
        centre = QPointF(*view.project(place))
        size = radius * float(view.magnification(view.depth(place)))
        gradient = QRadialGradient(centre, size, centre + QPointF(LIGHT[0], LIGHT[1]) * size * 0.8)
        gradient.setColorAt(0, _lit(colour, 1.22))
        gradient.setColorAt(0.35, _lit(colour, 1.05))
        gradient.setColorAt(1, _lit(colour, 0.52))

        def draw(painter: QPainter) -> None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(gradient)
            painter.drawEllipse(QRectF(centre.x() - size, centre.y() - size, 2 * size, 2 * size))

        return [(depth, draw)]
    faces = CUBE if side == "right" else OCTAHEDRON
    normals = face_normals(faces) @ view.rotation.T
    flat, light = view.project(place + radius * faces), shade(normals)
    eye = view.rotation @ view.towards(place)
    draws = [_polygon(flat[i], _lit(colour, float(light[i]))) for i in np.flatnonzero(normals @ eye < 0)]

    def draw_all(painter: QPainter) -> None:
        for each in draws:
            each(painter)

    return [(depth, draw_all)]


def _polygon(points: F64, fill: QColor | QLinearGradient) -> Callable[[QPainter], None]:
    polygon, brush = QPolygonF([QPointF(*point) for point in points]), QBrush(fill)

    def draw(painter: QPainter) -> None:
        painter.setPen(QPen(brush, 0.7))  # over the seam to the next face
        painter.setBrush(brush)
        painter.drawPolygon(polygon)

    return draw


def _mixed(ground: QColor, colour: QColor, share: float) -> QColor:
    below, above = (np.array([c.red(), c.green(), c.blue()]) for c in (ground, colour))
    return QColor(*np.rint(below + share * (above - below)).astype(int).tolist())


def _lit(colour: QColor, value: float) -> QColor:
    red, green, blue = colour.red() * value, colour.green() * value, colour.blue() * value
    return QColor(min(int(red), 255), min(int(green), 255), min(int(blue), 255))
