"""What stands over the picture, whoever drew it: marks of joints, rings, the corner's axes, the label."""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from app.canvas.joint_words import joint_words
from app.canvas3d.body import JOINT_RADII, Floor
from app.canvas3d.frame import Colours
from app.canvas3d.gizmo import BALL, gizmo_ends, middle
from app.canvas3d.hand import Hand
from app.canvas3d.looking import View
from app.canvas3d.rings import Ring
from engine.pose.joints import MPII_16

F64 = npt.NDArray[np.float64]

WARNING = {True: QColor("#ffc53d"), False: QColor("#b45309")}
"""Of a joint that passes a limit, on dark and on light ground."""
HALO = 2.5
"""Pixels of ground around thin marks, so that they show over the pose."""


def draw_marks(painter: QPainter, hand: Hand, colours: Colours, floor: Floor | None) -> None:
    """Everything, with a painter in logical pixels of the widget."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    scene, view = hand.scene, hand.view
    _draw_ghost(painter, hand, colours)
    if scene.pose is not None:
        places, depths = view.project(scene.pose), view.depth(scene.pose)
        radii = np.maximum(JOINT_RADII * view.magnification(depths), 5.0)
        pointed = hand.joint if hand.joint is not None else hand.selected
        if floor is not None and pointed is not None:
            _draw_drop(painter, colours, places[pointed], view.project(_below(scene.pose[pointed], floor)))
        for ring in hand.rings:
            _draw_ring(painter, hand, colours, ring)
        for joint in sorted(scene.pins):
            _draw_pin(painter, colours, places[joint], radii[joint])
        for joint in sorted(scene.edited):
            _draw_edited(painter, colours, places[joint], radii[joint])
        for joint in sorted(scene.warned):
            _draw_warning(painter, colours, places[joint], radii[joint])
        if hand.selected is not None:
            _circle(painter, places[hand.selected], radii[hand.selected] + 4, colours.ground, 2.5 + HALO)
            _circle(painter, places[hand.selected], radii[hand.selected] + 4, colours.accent, 2.5)
        if hand.joint is not None:
            _circle(painter, places[hand.joint], radii[hand.joint] + 7.5, colours.text, 1.2)
    if scene.pose is None:
        _draw_nobody(painter, hand, colours)
        return
    _draw_gizmo(painter, hand, colours)
    label = label_of(hand)
    if label:
        text, place = label
        joints = view.project(scene.pose) if scene.pose is not None else np.zeros((0, 2))
        _draw_label(painter, colours, text, place, view.size, joints)


def _draw_nobody(painter: QPainter, hand: Hand, colours: Colours) -> None:
    colour = QColor(colours.text)
    colour.setAlpha(170)
    painter.setPen(colour)
    words = QCoreApplication.translate("PoseCanvas", "No pose yet")
    painter.drawText(QRectF(0, 0, *hand.view.size), Qt.AlignmentFlag.AlignCenter, words)


def label_of(hand: Hand) -> tuple[str, F64] | None:
    """Text about what is pointed at, and the place (2,) that it is about."""
    tr, view = QCoreApplication.translate, hand.view
    pose = hand.scene.pose
    if hand.joint is not None and pose is not None:
        return joint_text(hand, hand.joint), view.project(pose[hand.joint])
    if hand.end is not None and (ends := gizmo_ends(view, pose)):
        return gizmo_words(hand.end), ends[hand.end][0]
    if hand.ring is not None:
        return ring_words(hand.ring), view.project(hand.ring.pivot)
    if hand.ghost is not None:
        text = tr("PoseCanvas", "hypothesis {number}").format(number=hand.ghost + 1)
        return text, view.project(hand.scene.ghosts[hand.ghost]).min(0)
    return None


def joint_text(hand: Hand, joint: int | None) -> str:
    """What a joint is called and how far away it is; "" for none."""
    tr, pose = QCoreApplication.translate, hand.scene.pose
    if joint is None or pose is None:
        return ""
    words, depth = joint_words(joint), round(float(pose[joint, 2]))
    if joint == MPII_16.index(MPII_16.root):
        return words
    if depth < 0:
        return tr("PoseCanvas", "{joint} · {depth} mm nearer than the thorax").format(joint=words, depth=-depth)
    return tr("PoseCanvas", "{joint} · {depth} mm farther than the thorax").format(joint=words, depth=depth)


def gizmo_words(end: View) -> str:
    """What a click on an end of the corner's axes does."""
    tr = QCoreApplication.translate
    return {
        "front": tr("PoseCanvas", "See the front of the person"),
        "side": tr("PoseCanvas", "See the person's right side"),
        "top": tr("PoseCanvas", "See the person from above"),
    }[end]


def ring_words(ring: Ring) -> str:
    """What turning a ring does to the bone."""
    tr = QCoreApplication.translate
    return {
        "depth": tr("PoseCanvas", "tip nearer or farther"),
        "swing": tr("PoseCanvas", "swing"),
        "twist": tr("PoseCanvas", "twist about the bone"),
    }[ring.name]


def _below(joint: F64, floor: Floor) -> F64:
    return np.array([joint[0], floor.y, joint[2]])


def _draw_ghost(painter: QPainter, hand: Hand, colours: Colours) -> None:
    """The candidate under the mouse, and dashed the one that the pose was taken from, if it differs by now."""
    scene, view = hand.scene, hand.view
    for ghost, colour, width, style in (
        (scene.chosen, colours.muted, 1.4, Qt.PenStyle.DashLine),
        (hand.ghost, colours.text, 2.2, Qt.PenStyle.SolidLine),
    ):
        if ghost is None or ghost >= len(scene.ghosts):
            continue
        pose = scene.ghosts[ghost]
        ends = MPII_16.ends
        if scene.pose is not None:  # where it coincides with the pose there is nothing to see
            ends = ends[(np.abs(pose - scene.pose).max(1) > 3)[ends].any(1)]
        painter.setPen(QPen(colour, width, style, Qt.PenCapStyle.RoundCap))
        for a, b in view.project(pose)[ends]:
            painter.drawLine(QPointF(*a), QPointF(*b))


def _draw_drop(painter: QPainter, colours: Colours, top: F64, foot: F64) -> None:
    painter.setPen(QPen(colours.muted, 1.2, Qt.PenStyle.DotLine))
    painter.drawLine(QPointF(*top), QPointF(*foot))
    painter.setPen(QPen(colours.muted, 1.2))
    painter.drawEllipse(QPointF(*foot), 4.0, 2.0)


def _draw_ring(painter: QPainter, hand: Hand, colours: Colours, ring: Ring) -> None:
    points = ring.points()
    flat, depths = hand.view.project(points), hand.view.depth(points)
    front = depths <= float(hand.view.depth(ring.pivot)) + 1e-6
    hot = hand.ring is not None and hand.ring.name == ring.name
    styles = {"depth": Qt.PenStyle.SolidLine, "swing": Qt.PenStyle.SolidLine, "twist": Qt.PenStyle.DashLine}
    for near in (False, True):
        path = QPainterPath()
        for i in range(len(points) - 1):
            if bool(front[i] and front[i + 1]) is near:
                if path.isEmpty() or path.currentPosition() != QPointF(*flat[i]):
                    path.moveTo(QPointF(*flat[i]))
                path.lineTo(QPointF(*flat[i + 1]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        width = 3.4 if hot else 2.0
        if near:
            painter.setPen(QPen(_faint(colours.ground, 0.75), width + HALO))
            painter.drawPath(path)
        colour = colours.accent if ring.name == "depth" or hot else colours.text
        painter.setPen(QPen(_faint(colour, 1.0 if near else 0.3), width, styles[ring.name]))
        painter.drawPath(path)


def _draw_pin(painter: QPainter, colours: Colours, place: F64, radius: float) -> None:
    """A drawing pin, stuck in from the upper left."""
    tip, head = place - radius * 0.35, place - radius * 0.35 - 13
    for colour, more in ((colours.ground, HALO), (colours.text, 0.0)):
        painter.setPen(QPen(colour, 2.0 + more, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(*head), QPointF(*tip))
        painter.setBrush(colour)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(QPointF(*head), 5.0 + more / 2, 5.0 + more / 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _draw_edited(painter: QPainter, colours: Colours, place: F64, radius: float) -> None:
    """Corners of a frame around the joint, as around what is in focus."""
    half, arm = radius + 3.0, max(radius * 0.45, 4.0)
    path = QPainterPath()
    for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
        corner = place + half * np.array([x, y])
        path.moveTo(QPointF(corner[0] - x * arm, corner[1]))
        path.lineTo(QPointF(*corner))
        path.lineTo(QPointF(corner[0], corner[1] - y * arm))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((colours.ground, 1.6 + HALO), (colours.text, 1.6)):
        painter.setPen(QPen(colour, width))
        painter.drawPath(path)


def _draw_warning(painter: QPainter, colours: Colours, place: F64, radius: float) -> None:
    """A triangle with an exclamation mark at the upper right."""
    dark = colours.ground.lightnessF() < 0.5
    centre, size = place + np.array([radius * 0.7 + 8, -radius * 0.7 - 6]), 9.0
    corners = [centre + size * np.array([sin(turn), -cos(turn)]) for turn in (0, 2 * pi / 3, 4 * pi / 3)]
    painter.setPen(
        QPen(colours.ground, 2 * HALO, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    painter.setBrush(WARNING[dark])
    triangle = QPolygonF([QPointF(*corner) for corner in corners])
    painter.drawPolygon(triangle)
    painter.setPen(QPen(WARNING[dark], 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.drawPolygon(triangle)
    painter.setPen(QPen(colours.ground, 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(centre[0], centre[1] - 4), QPointF(centre[0], centre[1] + 0.5))
    painter.drawPoint(QPointF(centre[0], centre[1] + 3.2))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _draw_gizmo(painter: QPainter, hand: Hand, colours: Colours) -> None:
    ends = gizmo_ends(hand.view, hand.scene.pose)
    if not ends:
        return
    origin = QPointF(*middle(hand.view))
    letters = {
        "front": QCoreApplication.translate("PoseCanvas", "F", "front"),
        "side": QCoreApplication.translate("PoseCanvas", "S", "side"),
        "top": QCoreApplication.translate("PoseCanvas", "T", "top"),
    }
    font = painter.font()
    font.setPixelSize(11)
    font.setBold(True)
    painter.setFont(font)
    for name, (place, depth) in ends.items():
        end, strength = QPointF(*place), 1.0 if depth <= 0.05 else 0.55
        colour = colours.accent if hand.end == name else _faint(colours.text, strength)
        painter.setPen(QPen(_faint(colours.text, 0.5 * strength), 2))
        painter.drawLine(origin, end)
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(colours.ground)
        painter.drawEllipse(end, BALL, BALL)
        painter.drawText(
            QRectF(end.x() - BALL, end.y() - BALL, 2 * BALL, 2 * BALL), Qt.AlignmentFlag.AlignCenter, letters[name]
        )
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _draw_label(
    painter: QPainter, colours: Colours, text: str, place: F64, size: tuple[float, float], joints: F64
) -> None:
    font = painter.font()
    font.setPixelSize(13)
    font.setBold(False)
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    width, height = metrics.horizontalAdvance(text) + 16, metrics.height() + 8
    x, y = _free_place(place, np.array([width, height]), np.asarray(size), joints)
    box = QRectF(x, y, width, height)
    painter.setPen(QPen(_faint(colours.muted, 0.6), 1))
    painter.setBrush(_faint(colours.ground, 0.92))
    painter.drawRoundedRect(box, 5, 5)
    painter.setPen(colours.text)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _free_place(place: F64, box: F64, size: F64, joints: F64) -> F64:
    """(2,) upper left corner of a label beside `place`, where it covers the fewest joints (N, 2)."""
    right, above, left, below = place[0] + 18, place[1] - box[1] - 14, place[0] - box[0] - 18, place[1] + 14
    found: list[tuple[int, int]] = []
    corners = [np.array(corner) for corner in ((right, above), (left, above), (right, below), (left, below))]
    for i, corner in enumerate(corners):
        corners[i] = np.clip(corner, 4, np.maximum(size - box - 4, 4))
        covered = ((joints > corners[i] - 10) & (joints < corners[i] + box + 10)).all(1)
        found.append((int(covered.sum()), i))
    return corners[min(found)[1]]


def _circle(painter: QPainter, place: F64, radius: float, colour: QColor, width: float) -> None:
    painter.setPen(QPen(colour, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(*place), float(radius), float(radius))


def _faint(colour: QColor, share: float) -> QColor:
    result = QColor(colour)
    result.setAlphaF(colour.alphaF() * share)
    return result
