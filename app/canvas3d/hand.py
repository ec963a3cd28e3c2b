"""The mouse over the 3D view: what is pointed at, what is held, and what comes of it. No Qt.

Every drag is measured from where it began, so that a drag back gives back exactly what was there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto
from math import hypot, radians
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

from app.canvas3d.acts import Act, Chosen, Dragged, GivenUp, Hovered, Looked, Selected, Turned
from app.canvas3d.body import child_bone
from app.canvas3d.gizmo import gizmo_at
from app.canvas3d.looking import Navigation, View, levelled, orbited
from app.canvas3d.picking import bone_at, ghost_at, joint_at
from app.canvas3d.rings import NEAR, Ring, rings_of
from app.canvas3d.scene import Scene
from app.canvas3d.viewpoint import XY, Viewpoint
from engine.pose.kinematics import CHILDREN

F64 = npt.NDArray[np.float64]
Button = Literal["left", "middle", "right"]


class Keys(Flag):
    """Modifier keys that are held down."""

    NONE = 0
    SHIFT = auto()
    ALT = auto()
    CTRL = auto()


SLACK = 3.0
"""Pixels that a click may move before it is a drag."""
STEP, FINE_STEP = 20.0, 5.0
"""Millimetres of depth a notch of the wheel, and with Shift."""
ZOOM = 1.15
"""Factor a notch."""
PAUSE = 800
"""Milliseconds without a notch after which the next one begins another gesture."""
SNAP = radians(5)
"""Rings turn in steps of this while Ctrl is held."""


@dataclass(eq=False)
class _Grip:
    """What is held since the button went down."""

    what: Literal["joint", "depth", "ring", "orbit", "pan"]
    start: XY
    view: Viewpoint
    gesture: object
    joint: int | None = None
    bone: int | None = None
    place: F64 | None = None
    ring: Ring | None = None
    moved: bool = False


@dataclass(eq=False)
class _Rolling:
    """Notches of the wheel over one joint, without the mouse being moved, that count as one gesture."""

    joint: int
    xy: XY
    place: F64
    away: F64
    gesture: object
    depth: float
    stamp: int


class Hand:
    """Holds the view and what is pointed at. Every method returns what came of it."""

    def __init__(self) -> None:
        self.scene, self.view = Scene(), Viewpoint()
        self.navigation: Navigation = "turntable"
        self.joint: int | None = None
        self.selected: int | None = None
        self.ring: Ring | None = None
        self.ghost: int | None = None
        self.end: View | None = None
        self._grip: _Grip | None = None
        self._rolling: _Rolling | None = None

    @property
    def held(self) -> bool:
        """Whether something is being dragged."""
        return self._grip is not None and self._grip.moved

    @property
    def rings(self) -> tuple[Ring, ...]:
        """The rings of the selected bone; while one is dragged, that one as it was taken."""
        if self._grip is not None and self._grip.ring is not None:
            return (self._grip.ring,)
        bone = child_bone(self.selected)
        return () if bone is None or self.scene.pose is None else rings_of(self.scene.pose, bone, self.view)

    def show_scene(self, scene: Scene) -> None:
        """Another scene; a drag goes on in it while there is a pose."""
        self.scene = scene
        if scene.pose is None:
            self._grip = self._rolling = self.joint = self.ring = None
        self.ghost = None if self.ghost is None or self.ghost >= len(scene.ghosts) else self.ghost

    def navigate(self, how: Navigation) -> None:
        self.navigation = how
        if how == "turntable":
            self.view = levelled(self.view)

    # Mouse

    def move(self, xy: XY, keys: Keys = Keys.NONE) -> list[Act]:
        grip = self._grip
        if grip is None:
            return self._point(xy)
        if not grip.moved and hypot(xy[0] - grip.start[0], xy[1] - grip.start[1]) <= SLACK:
            return []
        grip.moved = True
        return self._drag(grip, xy, keys)

    def press(self, xy: XY, button: Button = "left", keys: Keys = Keys.NONE) -> list[Act]:
        if self._grip is not None:
            return []
        acts, self._rolling = self._point(xy), None
        if button == "middle" or (button == "left" and Keys.SHIFT in keys and self.joint is None):
            self._grip = _Grip("pan", xy, self.view, object())
        elif button == "right":
            self._grip = _Grip("orbit", xy, self.view, object())
        elif self.end is not None:
            acts.append(Looked(self.end))
        elif self.joint is not None and self.scene.pose is not None:
            what: Literal["depth", "joint"] = "depth" if Keys.ALT in keys else "joint"
            place = self.scene.pose[self.joint].copy()
            self._grip = _Grip(what, xy, self.view, object(), joint=self.joint, place=place)
            acts += self._select(self.joint)
        elif self.ring is not None:
            bone = child_bone(self.selected)
            self._grip = _Grip("ring", xy, self.view, object(), bone=bone, ring=self.ring)
        else:
            self._grip = _Grip("orbit", xy, self.view, object())
        return acts

    def release(self, xy: XY, button: Button = "left") -> list[Act]:
        grip, self._grip = self._grip, None
        if grip is None or grip.moved or grip.what != "orbit" or button != "left":
            return self._point(xy) if grip is not None else []
        bone = bone_at(self.scene, self.view, xy)
        if bone is not None:
            return self._select(int(CHILDREN[bone]))
        ghost = ghost_at(self.scene, self.view, xy)
        return self._select(None) if ghost is None else [Chosen(ghost)]

    def double(self, xy: XY) -> list[Act]:
        """A double click where nothing is shows all of the pose again."""
        self._grip = None
        empty = (
            joint_at(self.scene, self.view, xy) is None
            and self._ring_at(xy) is None
            and bone_at(self.scene, self.view, xy) is None
            and ghost_at(self.scene, self.view, xy) is None
            and gizmo_at(self.view, self.scene.pose, xy) is None
        )
        return [Looked(None)] if empty else []

    def wheel(self, xy: XY, notches: float, keys: Keys = Keys.NONE, stamp: int = 0) -> list[Act]:
        """Over a joint it goes away from the eye or comes nearer; elsewhere the view zooms.

        Args:
            xy: Pixels.
            notches: Above 0 forwards.
            keys: Held down.
            stamp: Milliseconds of any clock.
        """
        if self._grip is not None:
            return []
        rolling = self._rolling
        if rolling is None or rolling.xy != xy or stamp - rolling.stamp > PAUSE:
            joint = joint_at(self.scene, self.view, xy)
            if joint is None or self.scene.pose is None:
                self._rolling = None
                self.view = self.view.zoomed(ZOOM**notches, xy)
                return []
            place = self.scene.pose[joint].copy()
            rolling = _Rolling(joint, xy, place, self.view.towards(place), object(), 0.0, stamp)
        rolling.depth += notches * (FINE_STEP if Keys.SHIFT in keys else STEP)
        rolling.stamp, self._rolling = stamp, rolling
        target = rolling.place + rolling.depth * rolling.away
        return [*self._select(rolling.joint), Dragged(rolling.joint, target, rolling.gesture)]

    def leave(self) -> list[Act]:
        """The mouse left."""
        self.ring = self.ghost = self.end = None
        return self._hover(None) if self._grip is None else []

    def let_go(self) -> None:
        """Forget what is being dragged, without a word: another person is shown."""
        self._grip = self._rolling = None

    def escape(self) -> list[Act]:
        """Give back what is being dragged."""
        grip, self._grip = self._grip, None
        if grip is None or not grip.moved:
            return []
        if grip.joint is not None and grip.place is not None:
            return [Dragged(grip.joint, grip.place, grip.gesture), GivenUp(grip.gesture)]
        if grip.bone is not None:
            return [Turned(grip.bone, Rotation.identity(), grip.gesture), GivenUp(grip.gesture)]
        self.view = grip.view
        return []

    # Inside

    def _drag(self, grip: _Grip, xy: XY, keys: Keys) -> list[Act]:
        by = np.array(xy) - grip.start
        if grip.what == "pan":
            self.view = grip.view.panned(by)
        elif grip.what == "orbit":
            self.view = orbited(grip.view, grip.start, xy, self.navigation)
        elif grip.joint is not None and grip.place is not None:
            return [Dragged(grip.joint, self._target(grip, grip.place, by), grip.gesture)]
        elif grip.ring is not None and grip.bone is not None:
            step = SNAP if Keys.CTRL in keys else 0.0
            return [Turned(grip.bone, grip.ring.rotation(grip.view, grip.start, xy, step), grip.gesture)]
        return []

    def _target(self, grip: _Grip, place: F64, by: F64) -> F64:
        view, depth = grip.view, grip.view.depth(place)
        if grip.what == "depth":  # up is away
            return np.asarray(place - float(by[1]) / float(view.magnification(depth)) * view.towards(place), np.float64)
        return view.unproject(view.project(place) + by, depth)

    def _point(self, xy: XY) -> list[Act]:
        self.end = gizmo_at(self.view, self.scene.pose, xy)
        joint = None if self.end is not None else joint_at(self.scene, self.view, xy)
        free = self.end is None and joint is None
        self.ring = self._ring_at(xy) if free else None
        on_bone = free and self.ring is None and bone_at(self.scene, self.view, xy) is not None
        self.ghost = ghost_at(self.scene, self.view, xy) if free and self.ring is None and not on_bone else None
        return self._hover(joint)

    def _ring_at(self, xy: XY) -> Ring | None:
        rings = self.rings
        away = [ring.distance(self.view, xy) for ring in rings]
        return rings[int(np.argmin(away))] if away and min(away) <= NEAR else None

    def _hover(self, joint: int | None) -> list[Act]:
        if joint == self.joint:
            return []
        self.joint = joint
        return [Hovered(joint)]

    def _select(self, joint: int | None) -> list[Act]:
        if joint == self.selected:
            return []
        self.selected = joint
        return [Selected(joint)]
