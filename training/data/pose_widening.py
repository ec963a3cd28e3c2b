"""More poses than were recorded: limbs turned within anatomical limits, sitting, crouching, lying, other bodies.

Motion capture that may be used shows walking for the most part; photos show sport, dance, people on chairs and floors.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.pose.kinematics import MIRRORED_BONES
from training.data.body_frame import (
    ARMS,
    BONE,
    HEAD,
    HIPS,
    LEGS,
    LOWER,
    NECK,
    OUTWARD,
    SHOULDERS,
    SPINE,
    UPPER,
    axes,
    mirrored,
    turn,
    within_limits,
)

F64 = npt.NDArray[np.float64]
Rng = np.random.Generator

ADULT: F64 = np.zeros(15)
"""(15,) mm, bones of the body that widened bodies vary around: as tall as CMU's median, in the proportions that people
in photos have in two dimensions (medians of LSP and MPII): a longer forearm, a lower upper neck."""
for _name, _length in {
    "hip": 100, "knee": 408, "ankle": 410, "shoulder": 176, "elbow": 285, "wrist": 260,
}.items():  # fmt: skip
    for _side in "lr":
        ADULT[BONE[f"{_side}_{_name}"]] = _length
ADULT[SPINE], ADULT[NECK], ADULT[HEAD] = 482, 98, 222

VARIED, CLIPPED, SIZE = 0.06, 0.12, 0.04
"""Standard deviation and bound of one bone's relative variation, and of the whole body's."""


@dataclass(frozen=True, slots=True)
class Widening:
    """How often what is done to a recorded pose.

    Args:
        other_arms, other_legs: Take the arms, the legs of another recording.
        turned: A limb turns by up to some thirty degrees, where it is not made anew.
        anew: A limb takes any position that it can.
        low: The legs sit, squat, kneel or lunge.
        bent: The torso bends and twists strongly (slightly it does so always).
        lying, tumbling: The whole body lies; has any orientation.
        fronts: Beyond chance, the camera sees the person from the front, as photographers like to.
    """

    other_arms: float = 0.3
    other_legs: float = 0.15
    turned: float = 0.4
    anew: float = 0.2
    low: float = 0.25
    bent: float = 0.3
    lying: float = 0.07
    tumbling: float = 0.08
    fronts: float = 0.3

    def widen(self, units: F64, other: F64, rng: Rng) -> F64:
        """(15, 3) directions of a recorded pose -> those of another one, within the limits of joints.

        Args:
            units: (15, 3) directions, as `body_frame.directions`; the body may face anywhere.
            other: (15, 3) another recorded pose, whose arms or legs may be taken.
            rng: Source of all choices.
        """
        pose = mirrored(units) if rng.random() < 0.5 else units
        for strength in (1.0, 1.0, 0.5, 0.25):  # what no joint allows is drawn again, then more mildly
            candidate = self._changed(pose, other, strength, rng)
            if within_limits(candidate):
                break
        else:
            candidate = pose.copy()
        return self._oriented(candidate, rng)

    def _changed(self, pose: F64, other: F64, strength: float, rng: Rng) -> F64:
        units = pose.copy()
        chance = rng.random(12)
        if chance[0] < self.other_arms:
            _transplant(units, other, SHOULDERS["l"], [*SHOULDERS.values(), *ARMS["r"], *ARMS["l"]])
        if chance[1] < self.other_legs:
            _transplant(units, other, HIPS["l"], LOWER)
        low = chance[2] < self.low
        if low:
            _lower(units, rng)
        for i, side in enumerate("lr"):
            for j, limb in enumerate((ARMS[side], LEGS[side])):
                choice = chance[3 + 2 * i + j]
                if choice < self.anew and not (low and j):
                    frame = axes(units, (SHOULDERS, HIPS)[j]["l"])
                    (_any_arm, _any_leg)[j](units, frame, side, rng)
                else:
                    spread = (22.0 if choice < self.anew + self.turned else 7.0) * strength
                    _turn(units, limb, rng, spread)
                    _turn(units, limb[1:], rng, spread)
        _bend(units, (28.0 if chance[7] < self.bent else 6.0) * strength, rng)
        _turn(units, [NECK, HEAD], rng, 10.0 * strength)
        _turn(units, [HEAD], rng, 10.0 * strength)
        return units

    def _oriented(self, units: F64, rng: Rng) -> F64:
        choice = rng.random()
        if choice < self.lying:  # on the back, the front or a side, roughly
            frame = axes(units, HIPS["l"])
            axis = frame[0] if rng.random() < 0.7 else frame[2]
            return units @ turn(axis, rng.choice([-1, 1]) * rng.normal(85, 15)).T
        if choice < self.lying + self.tumbling:
            return units @ turn(_unit(rng.normal(size=3)), rng.uniform(0, 360)).T
        return units

    def heading(self, rng: Rng) -> float:
        """Degrees about the vertical; 0 faces the camera."""
        return float(rng.uniform(-90, 90) if rng.random() < self.fronts else rng.uniform(-180, 180))


def varied_lengths(own: F64, rng: Rng) -> F64:
    """(15,) bones of a person between the recorded one and the median, each varied, left like right.

    Args:
        own: (15,) mm, the recorded person's.
        rng: Source of all choices.
    """
    share = rng.random()
    lengths = share * (own + own[MIRRORED_BONES]) / 2 + (1 - share) * ADULT
    lengths = np.clip(lengths, 0.8 * ADULT, 1.25 * ADULT)
    factor = 1 + np.clip(rng.normal(0, VARIED, 15), -CLIPPED, CLIPPED)
    factor = np.minimum(factor, factor[MIRRORED_BONES])
    return np.asarray(lengths * factor * (1 + np.clip(rng.normal(0, SIZE), -3 * SIZE, 3 * SIZE)), np.float64)


def _unit(vector: F64) -> F64:
    return np.asarray(vector / max(math.sqrt(float(vector @ vector)), 1e-9), np.float64)


def _turn(units: F64, bones: list[int], rng: Rng, spread: float) -> None:
    """Turn bones together about any axis; the angle is normal with this many degrees of deviation."""
    units[bones] = units[bones] @ turn(_unit(rng.normal(size=3)), rng.normal(0, spread)).T


def _transplant(units: F64, other: F64, girdle: int, bones: list[int]) -> None:
    """Give a pose the limbs of another, as they are to the other's chest or pelvis."""
    units[bones] = other[bones] @ axes(other, girdle).T @ axes(units, girdle)


def _bend(units: F64, spread: float, rng: Rng) -> None:
    """Bend the torso against the pelvis: forward more than back, to the side, and twist it."""
    left, up, front = axes(units, HIPS["l"])
    forward = rng.normal(0.4 * spread, spread)
    rotation = turn(left, forward) @ turn(front, rng.normal(0, 0.5 * spread)) @ turn(up, rng.normal(0, 0.6 * spread))
    units[UPPER] = units[UPPER] @ rotation.T
    # The chord from pelvis to thorax leans half as far as the chest.
    half = turn(left, forward / 2)
    units[SPINE] = half @ units[SPINE]
    if rng.random() < 0.5:  # the pelvis moves and the chest stays: leaning back with lifted legs, hunching over
        units[:] = units @ turn(left, -forward * rng.random()).T


def _leg(units: F64, frame: F64, side: str, angles: tuple[float, float, float, float]) -> None:
    """Set a leg by its angles at hip (forward, outward, about its own axis) and knee, in degrees."""
    flexion, outward, twist, knee = angles
    x, y, z = np.eye(3)
    sign = OUTWARD[side]
    thigh = turn(x, -flexion) @ turn(z, sign * outward) @ turn(y, sign * twist)
    shin = thigh @ turn(x, knee)
    units[LEGS[side]] = np.stack([-thigh[:, 1], -shin[:, 1]]) @ frame


def _any_leg(units: F64, frame: F64, side: str, rng: Rng) -> None:
    flexion = rng.uniform(-25, 115)
    outward = rng.uniform(-12, 25) if rng.random() < 0.6 else rng.uniform(0, 65)
    knee = min(150.0, abs(rng.normal(0, 25)) if rng.random() < 0.35 else rng.uniform(0, 140))
    _leg(units, frame, side, (flexion, outward, rng.uniform(-20, 40), knee))


def _any_arm(units: F64, frame: F64, side: str, rng: Rng) -> None:
    """Any direction of the upper arm, high ones as often as low ones; the elbow bends any way that it can."""
    height = rng.uniform(-1, 1)
    around = rng.uniform(-0.5, math.pi * 0.75)  # from the side to the front and across
    ring = math.sqrt(1 - height * height)
    upper = np.array([OUTWARD[side] * ring * math.cos(around), height, ring * math.sin(around)])
    flexion = abs(rng.normal(0, 25)) if rng.random() < 0.35 else rng.uniform(0, 140)
    hinge = _unit(np.cross(upper, rng.normal(size=3)))
    fore = turn(hinge, min(flexion, 148.0)) @ upper
    units[ARMS[side]] = np.stack([upper, fore]) @ frame


def _lower(units: F64, rng: Rng) -> None:
    """Let a person sit, squat, kneel or lunge; the torso leans as people do then."""
    frame = axes(units, HIPS["l"])
    kind = rng.integers(5)
    apart, twist, lean = rng.uniform(-4, 28), rng.uniform(-10, 25), 0.0
    if kind == 0:  # on a chair
        hip, knee = rng.normal(82, 12), rng.normal(85, 18)
    elif kind == 1:  # on the floor, legs ahead
        hip, knee = rng.normal(85, 15), abs(rng.normal(25, 35))
    elif kind == 2:  # squat, half or deep
        hip = rng.uniform(40, 120)
        knee, lean = hip * rng.uniform(0.95, 1.25), rng.uniform(0, 45)
    elif kind == 3:  # kneel, upright or on the heels
        hip = rng.uniform(-5, 80)
        knee = rng.uniform(85, 105) + 0.5 * max(hip, 0)
    else:  # lunge, split step
        hip, knee = rng.uniform(30, 100), rng.uniform(10, 100)
    for side in "lr":
        own = (hip, knee)
        if kind == 4 and side == "l":  # a mirrored pose has the other leg behind
            own = (rng.uniform(-40, 10), rng.uniform(0, 90))
        jitter = rng.normal(0, 8, 4)
        angles = (own[0] + jitter[0], apart + jitter[1], twist + jitter[2], min(max(own[1] + jitter[3], 0), 148.0))
        _leg(units, frame, side, angles)
    if rng.random() < 0.3:  # legs crossed or one foot up
        side = "lr"[rng.integers(2)]
        _leg(units, frame, side, (hip, rng.uniform(-15, 45), rng.uniform(-30, 40), rng.uniform(20, 140)))
    units[:] = units @ turn(frame[0], lean).T
