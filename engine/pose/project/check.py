"""What looks wrong with the people of a set: for those who look over it before it is used.

Left and right are the commonest mistake of people who annotate, and MPII's released annotations have them too. A pose
is lifted to whatever the picture says, so that its reprojection shows nothing of them; what shows is a trunk that turns
by more than a body can, when the sides of the arms and those of the legs contradict each other. On 500 people of MPII's
validation split with all joints, 1.2 % have shoulders turned against hips by more than 90 degrees; when the legs' sides
are exchanged before lifting it is 60 %. A pose that comes from elsewhere (the networks, another person, an older
annotation) shows them in the picture: with sides exchanged it falls much closer to the joints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.pose.camera import fit_weak_perspective_arrays
from engine.pose.joints import MPII_16
from engine.pose.kinematics import MIRRORED_BONES, bone_lengths, symmetric
from engine.pose.lifting.dictionary import load_dictionary
from engine.pose.limits import NAMES, Limits, excess
from engine.pose.project.check_words import BONES, BOTH, JOINTS, LIMIT_TEXTS, PARTS, share_text
from engine.pose.project.person import COUNT, Person

F64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Kind = Literal["no_pose", "bone", "limit", "sides", "reprojection", "outside"]

FEWEST = 20
"""People from which on the set's own mean body is believed; below, the mean body of motion capture."""

SURELY = 6.0
"""Robust standard deviations from the mean body beyond which a bone is told of."""

ENOUGH = 6
"""Known joints without which nothing is said of sides in the picture: a camera fits any two."""

LEGS, ARMS = ("hip", "knee", "ankle"), ("shoulder", "elbow", "wrist")
EXCHANGES = {
    "body": (*LEGS, *ARMS),
    "legs": LEGS,
    "arms": ARMS,
    "lower_legs": LEGS[1:],
    "lower_arms": ARMS[1:],
}
"""Name -> joints whose sides are exchanged to see whether the pose fits better."""


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """From what on something is told; defaults were chosen on MPII's validation people, lifted.

    Args:
        reprojection: Mean distance between the pose in the picture and the joints, as a share of the person's size; of
            a single joint three times as much.
        asymmetry: Difference of a bone's two sides, as a share of their mean.
        body: Least difference to the mean body's bone, as a share of it.
        limit: Degrees beyond a limit of a joint.
        twist: Degrees between the lines of shoulders and hips, about the trunk.
        exchange: Error that is left when sides are exchanged, as a share of that before.
        outside: How far a joint lies outside the photo, as a share of the person's size.
    """

    reprojection: float = 0.08
    asymmetry: float = 0.1
    body: float = 0.2
    limit: float = 5.0
    twist: float = 90.0
    exchange: float = 0.6
    outside: float = 0.25


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that looks wrong.

    Args:
        person: `Person.person`.
        what: no_pose; bone (its length; of two like ones the right is named); limit (of a joint); sides (left and
            right); reprojection; outside (the photo).
        where: Joint, limit or bone (its outer joint) by name, or the part whose sides are meant; "" for all of them.
        amount: How much: joints marked of who has no pose; degrees for a limit and a twist; else a share (of the other
            side, the mean body, the person's size, or the error that exchanged sides would leave).
        text: The same for people, one sentence.
    """

    person: str
    what: Kind
    where: str
    amount: float
    text: str


def check(people: Sequence[Person], settings: CheckSettings | None = None) -> list[Finding]:
    """Everything that looks wrong, in the order of the people.

    Args:
        people: A whole set: the mean body is theirs.
        settings: From what on something is told.
    """
    how = settings or CheckSettings()
    found: list[list[Finding]] = [_outside(person, how) for person in people]
    posed = [i for i, person in enumerate(people) if person.state.pose is not None]
    if posed:
        poses = np.array([people[i].state.pose for i in posed])
        joints = np.array([people[i].state.joints for i in posed])
        names = [people[i].person for i in posed]
        errors = np.array([people[i].state.errors() for i in posed])
        size = _sizes(joints)
        for told in (
            _bones(names, poses, how),
            _limits(names, poses, how),
            _sides(names, poses, joints, size, how),
            _reprojection(names, errors, size, how),
        ):
            for i, some in zip(posed, told, strict=True):
                found[i] += some
    for person, some in zip(people, found, strict=True):
        if person.state.pose is None:
            count = int(person.state.known.sum())
            some.append(
                Finding(person.person, "no_pose", "", float(count), f"No pose; {count} of {COUNT} joints marked.")
            )
    return [finding for some in found for finding in some]


def _bones(names: Sequence[str], poses: F64, how: CheckSettings) -> list[list[Finding]]:
    lengths = bone_lengths(poses)
    other = lengths[:, MIRRORED_BONES]
    difference = (lengths - other) / np.maximum((lengths + other) / 2, 1e-9)
    usual, room = _mean_body(symmetric(lengths), how)
    change = symmetric(lengths) / usual - 1
    far = np.abs(np.log(np.maximum(1 + change, 1e-9))) > room
    told: list[list[Finding]] = []
    for n, name in enumerate(names):
        some = []
        for bone, (_, child) in enumerate(MPII_16.bones):
            if difference[n, bone] > how.asymmetry:
                text = f"The {BONES[child]} is {share_text(difference[n, bone])} longer than on the other side."
                some.append(Finding(name, "bone", child, float(difference[n, bone]), text))
            if child in BOTH and far[n, bone]:
                comparison = "longer" if change[n, bone] > 0 else "shorter"
                text = f"{BOTH[child]} {share_text(abs(change[n, bone]))} {comparison} than the mean body's."
                some.append(Finding(name, "bone", child, float(change[n, bone]), text))
        told.append(some)
    return told


def _mean_body(lengths: F64, how: CheckSettings) -> tuple[F64, F64]:
    """(N, 15) mm symmetric -> (15,) mm of the mean body, and (15,) how far a bone may be from it, as a logarithm."""
    least = np.log1p(how.body)
    if len(lengths) < FEWEST:
        book = load_dictionary()
        return book.lengths, np.maximum(SURELY * book.spread, least)
    usual = np.maximum(np.median(lengths, 0), 1e-9)
    spread = 1.4826 * np.median(np.abs(np.log(np.maximum(lengths, 1e-9) / usual)), 0)
    return usual, np.maximum(SURELY * spread, least)


def _limits(names: Sequence[str], poses: F64, how: CheckSettings) -> list[list[Finding]]:
    beyond = excess(poses)
    twist = NAMES.index("twist")  # told of as sides, earlier than the body's limit
    return [
        [
            Finding(name, "limit", NAMES[k], float(row[k]), LIMIT_TEXTS[NAMES[k]].format(row[k]))
            for k in np.flatnonzero(row > how.limit).tolist()
            if k != twist
        ]
        for name, row in zip(names, beyond, strict=True)
    ]


def _sides(names: Sequence[str], poses: F64, joints: F64, size: F64, how: CheckSettings) -> list[list[Finding]]:
    # With a limit of 0 the excess is the angle.
    twist = excess(poses, _NO_TWIST)[:, NAMES.index("twist")]
    told: list[list[Finding]] = []
    best, part = _exchanged(poses, joints, size, how)
    for n, name in enumerate(names):
        some = []
        if twist[n] > how.twist:
            text = f"Shoulders and hips are turned against each other by {twist[n]:.0f}°: left and right of the arms "
            some.append(Finding(name, "sides", "twist", float(twist[n]), text + "or of the legs may be exchanged."))
        if part[n]:
            text = f"Left and right of {PARTS[part[n]]} may be exchanged: the pose would fall {1 / best[n]:.1f} times "
            some.append(Finding(name, "sides", part[n], float(best[n]), text + "closer to the joints."))
        told.append(some)
    return told


def _exchanged(poses: F64, joints: F64, size: F64, how: CheckSettings) -> tuple[F64, list[str]]:
    """(N,) the least share of the error that an exchange leaves over, and the part exchanged; "" where none helps."""
    before = _error(poses, joints)
    left, names = [], list(EXCHANGES)
    for kinds in EXCHANGES.values():
        order = np.array([m if j.split("_")[-1] in kinds else i for i, (j, m) in enumerate(_MIRRORED)])
        left.append(_error(poses, joints[:, order]))
    after = np.array(left)
    best = after.argmin(0)
    least = after.min(0)
    # Two ankles that are close together are exchanged at no cost: only what matters beside the person's size is told.
    with np.errstate(invalid="ignore"):  # infinite before and after
        helps = (least < how.exchange * before) & (before - least > how.reprojection / 4 * size)
    helps &= np.isfinite(joints).all(-1).sum(1) >= ENOUGH
    share = np.maximum(least, 1e-3) / np.where(np.isfinite(before), np.maximum(before, 1e-9), 1.0)
    return share, [names[k] if yes else "" for k, yes in zip(best.tolist(), helps.tolist(), strict=True)]


def _error(poses: F64, joints: F64) -> F64:
    """(N,) px that the camera which fits best leaves over on average; infinite without one."""
    scale, shift = fit_weak_perspective_arrays(poses, joints)
    beside = np.linalg.norm(poses[..., :2] * scale[:, None, None] + shift[:, None] - joints, axis=-1)
    known = np.isfinite(joints).all(-1)
    total = np.where(known, beside, 0.0).sum(1) / np.maximum(known.sum(1), 1)
    return np.where(np.isfinite(scale), total, np.inf)


def _reprojection(names: Sequence[str], errors: F64, size: F64, how: CheckSettings) -> list[list[Finding]]:
    share = errors / np.where(size > 0, size, np.nan)[:, None]
    told: list[list[Finding]] = []
    for name, row in zip(names, share, strict=True):
        some = []
        mean = float(np.mean(row[np.isfinite(row)])) if np.isfinite(row).any() else 0.0
        if mean > how.reprojection:
            text = f"The pose falls {share_text(mean)} of the person's size beside the joints in the picture."
            some.append(Finding(name, "reprojection", "", mean, text))
        for k in np.flatnonzero(row > 3 * how.reprojection).tolist():
            text = f"The pose's {JOINTS[k]} falls {share_text(row[k])} of the person's size beside the one marked."
            some.append(Finding(name, "reprojection", MPII_16.joints[k], float(row[k]), text))
        told.append(some)
    return told


def _outside(person: Person, how: CheckSettings) -> list[Finding]:
    size = float(_sizes(person.state.joints[None])[0])
    if person.size is None or not size:
        return []
    xy = person.state.joints
    beyond = np.maximum(np.maximum(-xy, xy - person.size).max(1), 0) / size
    return [
        Finding(
            person.person,
            "outside",
            MPII_16.joints[k],
            float(beyond[k]),
            f"The {JOINTS[k]} is marked {share_text(beyond[k])} of the person's size outside the photo.",
        )
        for k in np.flatnonzero(beyond > how.outside).tolist()
    ]


def _sizes(joints: F64) -> F64:
    """(N, 16, 2) -> (N,) px, the longer extent of the known joints; 0 below two of them."""
    known = np.isfinite(joints).all(-1, keepdims=True)
    high, low = np.where(known, joints, -np.inf).max(1), np.where(known, joints, np.inf).min(1)
    return np.where(known.sum((1, 2)) > 1, (high - low).max(1), 0.0)


_NO_TWIST = Limits(twist=0.0)
_MIRRORED = tuple(zip(MPII_16.joints, MPII_16.mirrored.tolist(), strict=True))
