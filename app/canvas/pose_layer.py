"""Everything that the Pose workspace draws over the photo, as one layer that can be taken off the canvas."""

from __future__ import annotations

from typing import Literal

import numpy as np
from PySide6.QtCore import QObject, QPoint, QPointF, QRectF

from app.canvas.items import BoxItem
from app.canvas.pose_items import F64, ErrorsItem, JointsItem, MapItem, OthersItem, ProjectionItem
from app.canvas.view import Canvas
from engine.pose.joints import MPII_16
from engine.pose.project.person import PoseState
from engine.pose.session import SkeletonMaps

Which = Literal["foreground", "background"]

NEAR = 11.0
"""A joint is meant within this many logical pixels."""
BESIDE = 7.0
"""A person is meant within this many logical pixels of a bone."""

COUNT = len(MPII_16.joints)


class PoseLayer(QObject):
    """Items over one canvas, lowest first: skeleton map, other people, the pose's bones, the joints, their errors."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._map, self._others = MapItem(1.5), OthersItem(2.1)
        self._projection, self._joints, self._errors = ProjectionItem(2.3), JointsItem(2.5), ErrorsItem(2.7)
        self._box = BoxItem(2.0)
        self._items = (self._map, self._box, self._others, self._projection, self._joints, self._errors)
        self._shown, self._detection, self._reprojection = True, True, True
        self.state: PoseState | None = None
        self._boxed: QRectF | None = None
        for item in self._items:
            canvas.scene().addItem(item)
        self._map.setOpacity(0.6)
        canvas.zoom_changed.connect(self._on_zoom)
        self._on_zoom()

    # What is shown

    def show(self, shown: bool) -> None:
        """Show the layer, or take it off the canvas."""
        self._shown = shown
        self._apply()

    def show_parts(self, *, detection: bool, reprojection: bool, maps: float) -> None:
        """Show the joints in the picture, the pose's reprojection, and skeleton maps with an opacity in [0, 1]."""
        self._detection, self._reprojection = detection, reprojection
        self._map.setOpacity(maps)
        self._apply()

    def show_state(self, state: PoseState | None) -> None:
        """Show a person; None shows nobody."""
        self.state = state
        nowhere = np.full((COUNT, 2), np.nan)
        if state is None:
            self._joints.show_joints(nowhere, np.zeros(COUNT, np.intp))
            self._projection.show_pose(nowhere)
            self._errors.show_pose(nowhere, nowhere)
        else:
            self._joints.show_joints(state.joints, state.visibility)
            projected = state.projected()
            self._projection.show_pose(projected)
            self._errors.show_pose(projected, state.joints)

    def show_box(self, box: tuple[float, float, float, float] | None) -> None:
        """x0, y0, x1, y1 around the person; seen only while no joint of them is."""
        self._boxed = QRectF(QPointF(*box[:2]), QPointF(*box[2:])) if box is not None else None
        self._apply()

    def show_others(self, people: list[tuple[str, F64]]) -> None:
        """Other people of the photo, faint: how each is identified, and (16, 2) joints, NaN where unknown."""
        self._others.show_people(people)

    def show_hover(self, joint: int | None) -> None:
        """Mark the joint under the mouse, in whichever canvas that is."""
        self._joints.show_marks(joint, self._joints.selected)
        self._errors.show_marks(joint, self._joints.selected)

    def show_selected(self, joint: int | None) -> None:
        self._joints.show_marks(self._joints.hovered, joint)
        self._errors.show_marks(self._joints.hovered, joint)

    def show_hovered_person(self, person: str | None) -> None:
        """Bring one of the others forward."""
        self._others.show_hovered(person)

    def show_maps(self, maps: SkeletonMaps | None, which: Which = "foreground") -> None:
        """One of the skeleton maps over its window; black is transparent."""
        if maps is None:
            self._map.show_map(None, None)
        else:
            self._map.show_map(maps.window, maps.foreground if which == "foreground" else maps.background)

    # What is where

    @property
    def selected(self) -> int | None:
        return self._joints.selected

    @property
    def awaited(self) -> bool:
        """Whether the selected joint has no place in the picture yet: the next click is to give it one."""
        return self.state is not None and self.selected is not None and not self.state.known[self.selected]

    @property
    def empty(self) -> bool:
        """Whether nothing is known of the person in the picture."""
        return self.state is None or not self.state.known.any()

    def joint_at(self, position: QPointF | QPoint) -> int | None:
        """The nearest joint at a position in the viewport, of those that can be seen there."""
        if self.state is None or not (self._shown and self._detection):
            return None
        away = np.linalg.norm(self._on_screen(self.state.joints) - _pair(position), axis=1)
        away[~self.state.known] = np.inf
        if self.selected is not None:
            away[self.selected] -= 1.0  # of two in one place, the one that is held
        nearest = int(away.argmin())
        return nearest if away[nearest] <= NEAR else None

    def person_at(self, position: QPointF | QPoint) -> str | None:
        """Who of the others is at a position in the viewport."""
        if not self._shown:
            return None
        best, who = BESIDE, None
        for person, joints in self._others.people:
            places = self._on_screen(joints)
            away = _to_segments(_pair(position), places[MPII_16.ends[:, 0]], places[MPII_16.ends[:, 1]])
            alone = np.linalg.norm(places - _pair(position), axis=1)
            nearest = float(np.nanmin(np.concatenate([away, alone, [np.inf]])))
            if nearest <= best:
                best, who = nearest, person
        return who

    # Inside

    def _on_screen(self, points: F64) -> F64:
        t = self._canvas.viewportTransform()
        return points * (t.m11(), t.m22()) + (t.dx(), t.dy())

    def _on_zoom(self, _: float = 1.0) -> None:
        scale = self._canvas.transform().m11()
        for item in (self._others, self._projection, self._joints, self._errors):
            item.show_scale(scale)

    def _apply(self) -> None:
        for item in (self._map, self._others):
            item.setVisible(self._shown)
        alone = self._shown and self.empty and self._boxed not in (None, self._canvas.photo_rect)
        self._box.show_box(self._boxed if alone else None)
        self._joints.setVisible(self._shown and self._detection)
        self._projection.setVisible(self._shown and self._reprojection)
        self._errors.show_annotated(self._detection)
        self._errors.setVisible(self._shown and self._reprojection)


def _pair(position: QPointF | QPoint) -> F64:
    return np.array([position.x(), position.y()], np.float64)


def _to_segments(point: F64, a: F64, b: F64) -> F64:
    """(B,) distances of a point from segments between (B, 2) and (B, 2); NaN where an end is unknown."""
    along = b - a
    squared = np.maximum((along**2).sum(1), 1e-12)
    t = np.clip(((point - a) * along).sum(1) / squared, 0, 1)
    return np.asarray(np.linalg.norm(a + t[:, None] * along - point, axis=1), np.float64)
