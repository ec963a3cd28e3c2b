"""Pulling a chain: inverse kinematics with exact lengths, pins, and limits if wanted.

Bones of the chain turn; what hangs on it moves along and keeps its direction, as in a drag. Limbs with a pinned joint
bend so that the pin stays. Pins and limits come before the target: where not all can be had, the joint stays behind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.pose.editing.drag import square_to
from engine.pose.editing.holding import INSIDE, held
from engine.pose.editing.rules import Rules, prepared
from engine.pose.editing.solve import STAGES, Chain, Places, solve
from engine.pose.editing.state import checked_joint, checked_point, in_picture, posed, with_pose
from engine.pose.editing.swivel import swivelled
from engine.pose.kinematics import CHILDREN, LIMBS, MOVED, PARENTS, ROOT, bone_lengths, bone_vectors, from_bones
from engine.pose.limits import LIMITS, excess, trunk_axes, within_limits
from engine.pose.project.person import PoseState

F64 = npt.NDArray[np.float64]

TRUNK = frozenset(bone for limb in ("hips", "shoulders", "torso") for bone in LIMBS[limb])
"""Bones that stay when a limb is pulled, unless the reach asks for them."""

PIN_WEIGHT = 1e4
"""Weight of a pin beside the target's 1."""

LIMIT_WEIGHT = 100.0
"""Weight of a bone's direction at a limit: limits come before the target, and pins before limits until the last."""

THERE = 1e-9
"""Distance in mm at which a joint is where it is wanted."""

LOST = 0.1
"""Distance in mm from which a pin counts as lost: less than a tenth of a pixel in any photo."""

ROUNDS = 2
"""How often limits are held and the rest is solved around them."""

HALVINGS = 3
"""How often the way of the hand is halved to find how far pins and limits let it go."""

BEND = 1e-3
"""Radians by which a straight limb is bent, so that it knows which way to bend further."""


_Found = tuple[F64, F64, dict[int, float]]  # pose, where the thorax went, pins lost


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull came to.

    Args:
        state: The new one.
        missed: Distance in mm between the joint and its target.
        lost: Pins that could not be held -> by how many mm they gave way.
    """

    state: PoseState
    missed: float
    lost: dict[int, float]


def pull_chain(
    state: PoseState, joint: int, target: npt.ArrayLike, rules: Rules | None = None, reach: int | None = None
) -> PoseState:
    """As `pull`, the state alone."""
    return pull(state, joint, target, rules, reach).state


def pull(
    state: PoseState, joint: int, target: npt.ArrayLike, rules: Rules | None = None, reach: int | None = None
) -> Pulled:
    """The joint brought as near to the target as its chain of bones comes; lengths are kept in any case.

    The chain goes from the joint inwards to the nearest pinned joint, over `reach` bones, or to the trunk. A joint of
    the trunk is pulled with all bones between it and the thorax. Pulling the thorax moves the person: the camera
    follows in the picture, and pinned joints stay where they are, in the picture and beside each other in depth.

    Args:
        state: Has a pose.
        joint: Which one. If it is pinned, it comes along all the same: the hand is on it.
        target: (3,) mm, in the pose's axes.
        rules: Pins, and what else to hold on to.
        reach: Most bones that the chain has, from 1; also those of the trunk.

    Raises:
        InputError: No pose, no such joint, a target that is not a place, or a reach below 1.
    """
    pose, camera = posed(state)
    wanted, how = checked_point(target, 3), rules or Rules()
    before = prepared(pose, how)
    bones = chain_of(checked_joint(joint), how.pins, reach)
    rooted = joint != ROOT
    kept = [pin for pin in sorted(how.pins - {joint}) if not rooted or MOVED[bones, checked_joint(pin)].any()]
    if not rooted and not kept:
        return Pulled(in_picture(with_pose(state, before), camera.project(wanted)), 0.0, {})
    free = set(bones).union(*(_limb_to(pin, bones) for pin in kept))
    if how.hold_limits:
        wanted = _not_too_close(before, bones, wanted)
    at, weights = before[[joint, *kept]], np.array([1.0] + [PIN_WEIGHT] * len(kept), np.float64)

    def pulled(share: float) -> _Found:
        at[0] = before[joint] + share * (wanted - before[joint]) if share < 1 else wanted
        after, shift = _solved(before, free, Places([joint, *kept], at.copy(), weights), rooted, how)
        off = np.linalg.norm(after[kept] + shift - before[kept], axis=1)
        return after, shift, {pin: float(d) for pin, d in zip(kept, off, strict=True) if d > LOST}

    found = pulled(1.0)
    if found[2] and within_limits(before, INSIDE):
        found = _furthest(pulled, (before, np.zeros(3), {}))
    after, shift, lost = found
    missed = float(np.linalg.norm(after[joint] + shift - checked_point(target, 3)))
    moved = with_pose(state, after)
    return Pulled(moved if rooted else in_picture(moved, camera.project(shift)), missed, lost)


def chain_of(joint: int, pins: frozenset[int], reach: int | None = None) -> list[int]:
    """Bones that a pull of the joint turns, the outermost first; see `pull_chain`. None for the thorax.

    Raises:
        InputError: A reach below 1.
    """
    if reach is not None and reach < 1:
        raise InputError("A chain has at least one bone.")
    bones: list[int] = []
    while joint != ROOT:
        bone = int(np.flatnonzero(joint == CHILDREN)[0])
        at_trunk = reach is None and bool(bones) and bone in TRUNK and bones[0] not in TRUNK
        if at_trunk or (reach is not None and len(bones) == reach):
            break
        bones.append(bone)
        joint = int(PARENTS[bone])
        if joint in pins:
            break
    return bones


def _limb_to(pin: int, chain: list[int]) -> set[int]:
    """Bones that give way so that a pin stays: those of its limb, or of its trunk, up to the chain."""
    return set(chain_of(pin, frozenset(), None)) - set(chain) if pin != ROOT else set()


def _furthest(pulled: Callable[[float], _Found], start: _Found) -> _Found:
    """The pull by the largest share of the hand's way that loses no pin; without any, where it began."""
    best, good, bad = start, 0.0, 1.0
    for _ in range(HALVINGS):
        share = (good + bad) / 2
        found = pulled(share)
        if found[2]:
            bad = share
        else:
            best, good = found, share
    return best


def _not_too_close(pose: F64, chain: list[int], target: F64) -> F64:
    """(3,) the target, no nearer to the root of an arm or leg than the elbow or knee bends: that angle hangs on the
    distance alone, so that solving for it beats correcting afterwards.
    """
    for limb, most in (
        ("r_arm", LIMITS.elbow), ("l_arm", LIMITS.elbow), ("r_leg", LIMITS.knee), ("l_leg", LIMITS.knee),
    ):  # fmt: skip
        inner, outer = LIMBS[limb]
        if chain == [outer, inner]:
            a, b = bone_lengths(pose)[[inner, outer]]
            least = float(np.sqrt(a * a + b * b + 2 * a * b * np.cos(np.radians(most - INSIDE))))
            root = pose[PARENTS[inner]]
            way = target - root if (target != root).any() else pose[CHILDREN[outer]] - root
            distance = float(np.linalg.norm(way))
            return target if distance >= least or distance == 0 else root + way * (least / distance)
    return target


def _solved(before: F64, free: set[int], places: Places, rooted: bool, rules: Rules) -> tuple[F64, F64]:
    """(16, 3) the pose with the thorax at the origin, and (3,) where the thorax went."""
    bones = np.flatnonzero(bone_lengths(before) > THERE)  # a bone without length has no direction to turn
    free = free & set(bones.tolist())
    there = np.linalg.norm(before[places.joints] - places.at, axis=1).max() <= THERE
    if there or (rooted and not free):
        return before, np.zeros(3)
    chain = Chain.of(_unlocked(before, free), sorted(free), rooted)
    solve(chain, places)
    if len(places.joints) > 1:
        solve(chain, _pins_of(places), STAGES[-1:])
    after = from_bones(chain.vectors())
    return (_held(chain, places, before, after) if rules.hold_limits else after), chain.shift


def _held(chain: Chain, places: Places, before: F64, after: F64) -> F64:
    """(16, 3) the solved pose within limits, and the rest solved around what gives way to them."""
    free, passed = set(chain.free.tolist()), excess(before)
    for leg in ("r_leg", "l_leg"):
        if set(LIMBS[leg]) <= free:
            after = swivelled(after, leg)
    for _ in range(ROUNDS):
        inside = held(before, after, passed=passed)
        if inside is after:
            return after
        wished = bone_vectors(inside)[chain.free] / chain.lengths[:, None]
        chain.wished, chain.wish = wished, np.where(np.abs(wished - chain.u).max(1) > THERE, LIMIT_WEIGHT, chain.wish)
        chain.u = wished
        solve(chain, places, STAGES[-1:])
        after = from_bones(chain.vectors())
    return held(before, after, passed=passed)


def _pins_of(places: Places) -> Places:
    return Places(places.joints[1:], places.at[1:], np.ones(len(places.joints) - 1))


def _unlocked(pose: F64, free: set[int]) -> F64:
    """(15, 3) the bones, straight pairs of them bent a little: knees to the front, others as an elbow goes back.

    What is quite straight could bend to any side as well, and would not bend at all.
    """
    v = bone_vectors(pose)
    _, down, back = trunk_axes(pose)
    for outer in free:
        for inner in free & set(np.flatnonzero(PARENTS[outer] == CHILDREN).tolist()):
            a, b = (v[bone] / np.linalg.norm(v[bone]) for bone in (inner, outer))
            if np.linalg.norm(np.cross(a, b)) >= BEND:
                continue
            side = -back if inner in (*LIMBS["r_leg"], *LIMBS["l_leg"]) else back
            side = side - (side @ a) * a
            if np.linalg.norm(side) < 0.1:
                side = down - (down @ a) * a
            size = float(np.linalg.norm(side))
            side = side / size if size > 0.1 else square_to(a)
            for bone, unit, way in ((inner, a, 1.0), (outer, b, -1.0)):
                bent = unit + way * BEND * side
                v[bone] = bent * (np.linalg.norm(v[bone]) / np.linalg.norm(bent))
    return v
