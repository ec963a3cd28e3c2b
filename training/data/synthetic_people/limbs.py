"""Rings of arms and legs, hands and feet."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from training.data.synthetic_people.body import Body, Rings
from training.data.synthetic_people.frames import about, across, carried, cross, unit

F64 = npt.NDArray[np.float64]
Rng = np.random.Generator

# Rings along a limb: (bone 0 or 1, share of the bone, radius in mm of a median adult).
_LEG = np.array(
    [(0, -0.06, 8), (0, 0.02, 84), (0, 0.25, 84), (0, 0.5, 74), (0, 0.78, 60), (1, 0.0, 55),
     (1, 0.14, 52), (1, 0.3, 56), (1, 0.5, 51), (1, 0.75, 40), (1, 0.97, 36), (1, 1.04, 6)]
)  # fmt: skip
_ARM = np.array(
    [(0, -0.12, 10), (0, 0.0, 54), (0, 0.2, 53), (0, 0.5, 46), (0, 0.8, 41), (1, 0.0, 39),
     (1, 0.2, 41), (1, 0.45, 37), (1, 0.75, 30), (1, 0.97, 27), (1, 1.03, 6)]
)  # fmt: skip
_HAND = np.array([(0.0, 8, 8), (0.12, 24, 17), (0.45, 38, 16), (0.8, 30, 12), (1.0, 5, 5)])
# Foot: from heel (0) to toes (1), half width, half height.
_FOOT = np.array([(0.0, 8, 12), (0.08, 30, 33), (0.35, 34, 38), (0.65, 43, 28), (0.9, 38, 18), (1.0, 8, 8)])


def leg(rings: Rings, body: Body, side: str, rng: Rng) -> None:
    """A leg and its foot."""
    build, size, covered = body.build, body.size, body.covered
    hip, knee, ankle = (body.joints[f"{side}_{name}"] for name in ("hip", "knee", "ankle"))
    thigh, shin = unit(knee - hip), unit(ankle - knee)
    bend = shin - (shin @ thigh) * thigh
    ahead = carried(body.hips_front, -body.up, thigh)
    if float(bend @ bend) > 0.06:  # knees bend backward: that tells where a leg's front is
        ahead = unit(0.3 * ahead - unit(bend))
    ahead = across(ahead, thigh)
    centre, tangent, fronts, second, toes = _limb(_LEG, hip, knee, ankle, ahead, thigh)
    off = np.zeros(len(_LEG))
    for zone, part in (("thigh_high", slice(1, 3)), ("thigh_low", slice(3, 6)), ("shin_high", slice(6, 9)),
                       ("shin_low", slice(9, 11))):  # fmt: skip
        off[part] = build.loose[0] * (zone in covered)
    radius = (_LEG[:, 2] * build.girth * size + off)[:, None]
    calf = np.zeros((len(_LEG), 1))
    calf[6:9, 0] = (-8, -14, -8)  # calves stand out behind
    rings.put(f"{side}_leg", centre + calf * fronts, radius * fronts, radius * _left_of(fronts, tangent))
    # The foot points ahead, at about a right angle to the shin.
    stretch = float(np.clip(rng.normal(0.2, 0.3), -0.35, 0.9))
    outward = float(rng.normal(0.12, 0.15)) * (1 if side == "l" else -1)
    along = unit(np.cos(stretch) * toes + np.sin(stretch) * second)
    along = about(along, second, -outward)
    sole = across(second, along)
    length = 255 * size * float(rng.uniform(0.92, 1.1))
    heel = ankle - 0.22 * length * along + 45 * size * sole
    lift = np.array([-4.0, 0, -4, 8, 16, 18])[:, None] * size
    thick = float(rng.uniform(0.95, 1.3))
    rings.put(
        f"{side}_foot",
        heel + _FOOT[:, :1] * length * along + lift * sole,
        -sole * _FOOT[:, 2:] * size * thick,
        np.cross(along, sole) * _FOOT[:, 1:2] * size * thick,
    )


def arm(rings: Rings, body: Body, side: str, rng: Rng) -> None:
    """An arm and its hand."""
    build, size, covered = body.build, body.size, body.covered
    shoulder, elbow, wrist = (body.joints[f"{side}_{name}"] for name in ("shoulder", "elbow", "wrist"))
    upper = unit(elbow - shoulder)
    ahead = across(carried(body.chest_front, -body.up, upper), upper)
    centre, tangent, fronts, second, palm = _limb(_ARM, shoulder, elbow, wrist, ahead, upper)
    off = np.zeros(len(_ARM))
    for zone, part in (("arm_high", slice(1, 4)), ("arm_low", slice(4, 6)), ("fore", slice(6, 10))):
        off[part] = build.loose[1] * (zone in covered)
    radius = (_ARM[:, 2] * build.girth * size + off)[:, None]
    rings.put(f"{side}_arm", centre, radius * fronts, radius * _left_of(fronts, tangent))
    palm = about(palm, second, float(rng.uniform(-1.6, 1.6)))
    along = unit(second + np.tan(np.clip(rng.normal(0, 0.35), -0.8, 0.8)) * palm)
    across_hand = cross(along, across(palm, along))
    fist = rng.random() < 0.35
    length = (100 if fist else 165) * size * float(rng.uniform(0.9, 1.1))
    thick = 1.7 if fist else float(rng.uniform(0.9, 1.25))
    rings.put(
        f"{side}_hand",
        wrist - 12 * second + _HAND[:, :1] * length * along,
        across(palm, along) * _HAND[:, 2:] * size * thick,
        across_hand * _HAND[:, 1:2] * size,
    )


def _limb(profile: F64, a: F64, b: F64, c: F64, front: F64, down: F64) -> tuple[F64, F64, F64, F64, F64]:
    """Centres, tangents and fronts of a limb's rings; the front turns with the joint in the middle."""
    first, second = unit(b - a), unit(c - b)
    front_1 = across(carried(front, down, first), first)
    bend = across(second, first) if float(first @ second) < 0.97 else None
    front_2 = across(carried(front_1, first, second), second)
    at, share = profile[:, 0].astype(int), profile[:, 1:2]
    centre = np.where(at[:, None] == 0, a + share * (b - a), b + share * (c - b))
    joint = int(np.flatnonzero(at)[0])
    middle = unit(first + second) if float(first @ second) > -0.9 else first
    tangent = np.where(at[:, None] == 0, first, second)
    fronts = np.where(at[:, None] == 0, front_1, front_2)
    tangent[joint], fronts[joint] = middle, across(front_1 + front_2, middle)
    if bend is not None:  # skin over a bent joint lies outside of its axis
        centre[joint] -= 0.25 * profile[joint, 2] * bend * (1 - float(first @ second))
    return centre, tangent, fronts, second, front_2


def _left_of(fronts: F64, down: F64) -> F64:
    return np.cross(fronts, down)
