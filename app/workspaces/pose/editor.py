"""From the acts of the hand to edits of the open person; the mathematics is the engine's."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal
from scipy.spatial.transform import Rotation

from app.canvas.joint_words import joint_words
from app.document.pose import PosePart
from app.settings import Settings
from engine.errors import InputError
from engine.pose.editing import joints2d, lengths, limbs
from engine.pose.editing.drag import drag_joint
from engine.pose.editing.pull import pull
from engine.pose.editing.relift import refit_camera, relift
from engine.pose.editing.rules import Rules
from engine.pose.editing.turn import turn_bone
from engine.pose.joints import MPII_16
from engine.pose.kinematics import CHILDREN, LIMBS, PARENTS, ROOT
from engine.pose.project.candidates import Candidate
from engine.pose.project.person import PoseState

F64 = npt.NDArray[np.float64]

PAUSE_S = 0.7
"""Steps by key or wheel that follow one another faster belong to one act."""
DEPTH_STEP = 10.0
"""mm that a key moves a joint in depth."""


class Editor(QObject):
    """The hand on one person at a time: what is selected and pinned, by which rules it works, and every act."""

    selected_changed = Signal(object)
    """Index of the selected joint, or None."""
    pins_changed = Signal()
    refused = Signal(str, str)
    """Message and hint about an act that cannot be done."""

    def __init__(self, settings: Settings, axes: Callable[[], F64], parent: QObject | None = None) -> None:
        """`axes` gives (3, 3) rows right, down, away of the present view, in pose axes."""
        super().__init__(parent)
        self._settings, self._axes = settings, axes
        self.part: PosePart | None = None
        self.selected: int | None = None
        self.pins: frozenset[int] = frozenset()
        self._lost: frozenset[int] = frozenset()
        self._base: tuple[Hashable, PoseState] | None = None
        self._burst: tuple[str, float, object] = ("", 0.0, None)

    def open(self, part: PosePart | None) -> None:
        """Work on another person; the same joint stays selected."""
        self.part, self._base, self.pins = part, None, frozenset()
        self.pins_changed.emit()

    @property
    def rules(self) -> Rules:
        s = self._settings
        return Rules(
            keep_lengths=s.pose_keep_lengths,
            hold_limits=s.pose_hold_limits,
            symmetric=s.pose_symmetric,
            pins=self.pins,
        )

    @property
    def bone(self) -> int | None:
        """The bone that ends at the selected joint; None at the thorax, where none does."""
        return None if self.selected in (None, ROOT) else int(np.flatnonzero(self.selected == CHILDREN)[0])

    @property
    def limb(self) -> str | None:
        return None if self.selected is None else limbs.limb_of(self.selected)

    # What is taken hold of

    def select(self, joint: int | None) -> None:
        if joint != self.selected:
            self.selected = joint
            self.selected_changed.emit(joint)

    def step(self, forward: int) -> None:
        """The next joint outwards, then the next limb."""
        order = [ROOT, *(int(CHILDREN[bone]) for bone in MPII_16.outward)]
        at = order.index(self.selected) if self.selected is not None else -1 if forward > 0 else 0
        self.select(order[(at + forward) % len(order)])

    def grab(self, limb: str) -> None:
        """A joint of a limb: its last one first, as it is the one most often wrong in depth; then inwards."""
        joints = [int(CHILDREN[bone]) for bone in reversed(LIMBS[limb])]
        if limb == "torso":
            joints += [ROOT, *(MPII_16.index(name) for name in ("r_shoulder", "l_shoulder", "r_hip", "l_hip"))]
        at = joints.index(self.selected) if self.selected in joints else -1
        self.select(joints[(at + 1) % len(joints)])

    def toggle_pin(self) -> None:
        if self.selected is not None:
            self.pins = self.pins ^ {self.selected}
            self.pins_changed.emit()

    def unpin(self) -> None:
        self.pins = frozenset()
        self.pins_changed.emit()

    # In space

    def drag(self, joint: int, target: F64, gesture: Hashable) -> None:
        """Bring a joint to a place in space."""
        self._from_base(self.tr("move joint"), gesture, lambda state: self._moved(state, joint, target))

    def turn(self, bone: int, rotation: Rotation, gesture: Hashable) -> None:
        """Turn a bone; `rotation` counts from where the gesture began."""
        self._from_base(self.tr("turn bone"), gesture, lambda state: turn_bone(state, bone, rotation, self.rules))

    def turn_by(self, sideways: float, away: float) -> None:
        """Turn the selected joint's bone: degrees clockwise within the view, degrees away from the eye."""
        bone, part = self.bone, self.part
        if bone is None or part is None or part.state.pose is None:
            self._say(self.tr("No bone is selected."), self.tr("Click a joint, or press J."))
            return
        right, _, depth = self._axes()
        vector = part.state.pose[CHILDREN[bone]] - part.state.pose[PARENTS[bone]]
        within = vector - depth * (vector @ depth)
        hinge = np.cross(within, depth) if np.linalg.norm(within) > 1e-6 else right
        turn = Rotation.from_rotvec(np.radians(sideways) * depth)
        tip = Rotation.from_rotvec(np.radians(away) * hinge / np.linalg.norm(hinge))
        name = "sideways" if sideways else "away"
        self._act(self.tr("turn bone"), lambda s: turn_bone(s, bone, turn * tip, self.rules), self._bursting(name))

    def deepen(self, steps: float) -> None:
        """Move the selected joint away from the eye (or, below zero, nearer)."""
        part, joint = self.part, self.selected
        if part is None or part.state.pose is None or joint is None:
            self._say(self.tr("No joint is selected."), self.tr("Click a joint, or press J."))
            return
        target = part.state.pose[joint] + self._axes()[2] * DEPTH_STEP * steps
        self._act(self.tr("move in depth"), lambda s: self._moved(s, joint, target), self._bursting("depth"))

    def flip_limb(self) -> None:
        self._with_limb(self.tr("flip {limb} in depth"), limbs.flip_limb)

    def flip_bone(self) -> None:
        bone = self.bone
        if bone is not None:
            self._act(self.tr("flip bone in depth"), lambda state: limbs.flip_bone(state, bone))

    def flip_all(self) -> None:
        self._act(self.tr("flip pose in depth"), limbs.flip_all)

    def mirror(self) -> None:
        self._act(self.tr("mirror pose"), limbs.mirror_pose)

    def swap_limb(self) -> None:
        self._with_limb(self.tr("swap sides of {limb}"), limbs.swap_sides)

    def swap_all(self) -> None:
        self._act(self.tr("swap left and right"), limbs.swap_sides)

    def choose(self, candidate: Candidate) -> None:
        self._act(self.tr("choose “{name}”").format(name=candidate.name), lambda s: limbs.choose(s, candidate))

    def reset_limb(self, candidate: Candidate) -> None:
        self._with_limb(
            self.tr("reset {limb}"), lambda s, limb: limbs.reset_limb(s, limb, candidate.pose, candidate.source)
        )

    def reset_all(self, candidate: Candidate) -> None:
        self._act(self.tr("reset pose"), lambda s: limbs.reset_limb(s, None, candidate.pose, candidate.source))

    def copy(self, other: PoseState) -> None:
        self._act(self.tr("copy previous pose"), lambda state: limbs.copy_pose(state, other))

    def fix_limb(self) -> None:
        self._with_limb(
            self.tr("keep {limb} when lifting"), lambda s, limb: limbs.fix_limb(s, limb, limb not in s.fixed)
        )

    def equal_lengths(self) -> None:
        self._act(self.tr("make sides equal"), lengths.symmetric_lengths)

    def to_limits(self) -> None:
        self._act(self.tr("turn back to limits"), lengths.hold_limits)

    def relift(self) -> None:
        self._act(self.tr("lift again"), relift)

    def refit(self) -> None:
        self._act(self.tr("fit camera"), refit_camera)

    # In the picture

    def move_joint(self, joint: int, x: float, y: float, gesture: Hashable) -> None:
        """Move a joint in the picture; a pose that nobody has touched is lifted anew along with it."""

        def move(state: PoseState) -> PoseState:
            moved = joints2d.move_joint(state, joint, np.array([x, y]))
            if "edited" in state.pose_from and state.pose is not None:
                return moved
            try:
                return relift(moved)
            except InputError:  # too few joints yet
                return moved

        self._from_base(self.tr("move joint in the photo"), gesture, move)

    def give_up(self, gesture: Hashable) -> None:
        """Go back to where a gesture began, as if it had not been."""
        part = self.part
        if part is not None and self._base is not None and self._base[0] == gesture:
            if not part.state.same_as(self._base[1]):
                part.give_up(gesture)
            self._base = None

    def place(self, x: float, y: float) -> bool:
        """Put the selected joint, if it is not known yet, at a place in the photo; else the next unknown one."""
        if self.part is None:
            return False
        unknown = np.flatnonzero(~self.part.state.known)
        if not len(unknown):
            return False
        joint = self.selected if self.selected in unknown else int(unknown[0])
        assert joint is not None  # noqa: S101 - for the type alone
        self.move_joint(joint, x, y, object())
        left = np.flatnonzero(~self.part.state.known)
        self.select(int(left[0]) if len(left) else joint)
        return True

    def next_visibility(self, joint: int | None = None) -> None:
        at = self.selected if joint is None else joint
        if at is not None:
            self._act(self.tr("visibility"), lambda state: joints2d.cycle_visibility(state, at))

    def set_visibility(self, visibility: int) -> None:
        at = self.selected
        if at is not None:
            self._act(self.tr("visibility"), lambda state: joints2d.set_visibility(state, at, visibility))

    # Inside

    def _moved(self, state: PoseState, joint: int, target: F64) -> PoseState:
        if self._settings.pose_pull:
            pulled = pull(state, joint, target, self.rules)
            if frozenset(pulled.lost) - self._lost:
                names = ", ".join(joint_words(pin) for pin in sorted(pulled.lost))
                self._say(self.tr("Pinned, and cannot stay there: {joints}").format(joints=names), "")
            self._lost = frozenset(pulled.lost)
            return pulled.state
        return drag_joint(state, joint, target, self.rules, self._axes()[2])

    def _with_limb(self, text: str, change: Callable[[PoseState, str], PoseState]) -> None:
        limb = self.limb
        if limb is None:
            self._say(self.tr("No limb is selected."), self.tr("Click one of its joints, or press Q, W, Z, X, E or T."))
            return
        self._act(text.format(limb=limb_name(limb)), lambda state: change(state, limb))

    def _from_base(self, text: str, gesture: Hashable, change: Callable[[PoseState], PoseState]) -> None:
        """Every step of a gesture counts from where it began: going back and forth leads back."""
        part = self.part
        if part is None:
            return
        if self._base is None or self._base[0] != gesture:
            self._base = (gesture, part.state)
        base = self._base[1]
        self._act(text, lambda state: change(base), gesture)

    def _act(self, text: str, change: Callable[[PoseState], PoseState], gesture: object = None) -> None:
        if self.part is None:
            return
        try:
            after = change(self.part.state)
        except InputError as error:
            self._say(error.message, error.hint)
            return
        self.part.edit(after, text, gesture)

    def _bursting(self, name: str) -> object:
        last, when, token = self._burst
        now = time.monotonic()
        if last != name or now - when > PAUSE_S or token is None:
            token = object()
        self._burst = (name, now, token)
        return token, self.selected

    def _say(self, message: str, hint: str) -> None:
        self.refused.emit(message, hint)


def limb_name(limb: str) -> str:
    """r_leg -> right leg."""
    side = {"r_": "right ", "l_": "left "}.get(limb[:2], "")
    return side + (limb[2:] if side else limb)
