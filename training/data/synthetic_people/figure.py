"""A skeleton gets a body: the rings of every tube around a pose, for a build and its clothes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.pose.joints import MPII_16
from training.data.synthetic_people.frames import about, across, carried, cross, unit
from training.data.synthetic_people.topology import AFTER, ANGLES, AROUND, BEFORE, COUNT, RINGS

F64 = npt.NDArray[np.float64]
Rng = np.random.Generator

J = {name: i for i, name in enumerate(MPII_16.joints)}

# Rings along a limb: (bone 0 or 1, share of the bone, radius in mm of a median adult).
_LEG = np.array(
    [(0, -0.06, 8), (0, 0.02, 84), (0, 0.25, 84), (0, 0.5, 74), (0, 0.78, 60), (1, 0.0, 55),
     (1, 0.14, 52), (1, 0.3, 56), (1, 0.5, 51), (1, 0.75, 40), (1, 0.97, 36), (1, 1.04, 6)]
)  # fmt: skip
_ARM = np.array(
    [(0, -0.12, 10), (0, 0.0, 54), (0, 0.2, 53), (0, 0.5, 46), (0, 0.8, 41), (1, 0.0, 39),
     (1, 0.2, 41), (1, 0.45, 37), (1, 0.75, 30), (1, 0.97, 27), (1, 1.03, 6)]
)  # fmt: skip
# Torso: share of the way from pelvis to thorax, half width (its part of hips, of shoulders, and mm), half depth in mm.
_TORSO = np.array(
    [(-0.23, 0.0, 0.0, 12, 20), (-0.17, 0.5, 0.0, 10, 82), (-0.06, 1.0, 0.0, 62, 106), (0.06, 1.0, 0.0, 64, 112),
     (0.18, 0.7, 0.1, 60, 103), (0.32, 0.3, 0.3, 56, 96), (0.46, 0.0, 0.5, 52, 96), (0.6, 0.0, 0.6, 50, 104),
     (0.74, 0.0, 0.7, 40, 111), (0.87, 0.0, 0.82, 15, 98), (0.97, 0.0, 0.86, 0, 74), (1.03, 0.0, 0.5, 5, 60)]
)  # fmt: skip
# Head: place from the chin (0) to the crown (1), half width, half depth and shift forward in mm.
_HEAD = np.array(
    [(-0.06, 4, 4, 42), (0.0, 38, 48, 30), (0.14, 56, 74, 16), (0.3, 68, 86, 8), (0.46, 75, 94, 4), (0.62, 78, 98, 2),
     (0.78, 72, 90, 0), (0.92, 48, 62, -2), (1.0, 4, 4, -2)]
)  # fmt: skip
_HAND = np.array([(0.0, 8, 8), (0.12, 24, 17), (0.45, 38, 16), (0.8, 30, 12), (1.0, 5, 5)])
# Foot: from heel (0) to toes (1), half width, half height.
_FOOT = np.array([(0.0, 8, 12), (0.08, 30, 33), (0.35, 34, 38), (0.65, 43, 28), (0.9, 38, 18), (1.0, 8, 8)])

BACK = AROUND // 2


@dataclass(frozen=True, slots=True)
class Build:
    """A body's form; all factors are around 1.

    Args:
        girth: Of limbs. torso: Of the trunk. belly, chest: How far they stand out, from 0.
        hips, shoulders: Widths. head: Size of the head.
        loose: (leg, sleeve, shirt) how far cloth stands off, in mm. hair: Length in mm below the crown, 0 short.
        skirt: Length as a share of the thigh, 0 none. flare: How far a skirt widens.
        volume: How far hair stands off the head, in mm.
    """

    girth: float
    torso: float
    belly: float
    chest: float
    hips: float
    shoulders: float
    head: float
    loose: tuple[float, float, float]
    hair: float
    volume: float
    skirt: float
    flare: float

    @classmethod
    def random(cls, rng: Rng) -> Build:
        """A person of the street."""
        g = rng.normal(0, 1, 8)
        stout = float(np.clip(1 + 0.12 * g[0], 0.8, 1.4))
        woman = rng.random() < 0.45
        cloth = float(rng.gamma(1.6, 9.0))
        skirt = float(rng.uniform(0.35, 1.7)) if rng.random() < (0.25 if woman else 0.02) else 0.0
        hair = float(rng.uniform(120, 420)) if rng.random() < (0.6 if woman else 0.08) else 0.0
        return cls(
            girth=stout * float(np.clip(1 + 0.07 * g[1], 0.8, 1.2)),
            torso=stout * float(np.clip(1 + 0.05 * g[2], 0.85, 1.15)) * (0.94 if woman else 1.0),
            belly=max(0.0, (stout - 1) * 1.5 + 0.1 * abs(float(g[3]))),
            chest=abs(float(g[4])) * 0.16 + 0.08 if woman else 0.04,
            hips=1.08 if woman else 0.98,
            shoulders=(0.97 if woman else 1.03) + 0.04 * float(g[5]),
            head=float(np.clip(1.04 + 0.05 * g[6], 0.92, 1.2)),
            loose=(min(cloth * float(rng.uniform(0.3, 1.3)), 55), min(cloth * float(rng.uniform(0.3, 1.2)), 45),
                   min(cloth * float(rng.uniform(0.4, 1.3)), 55)),
            hair=hair, volume=float(rng.uniform(4, 28)), skirt=skirt, flare=float(rng.uniform(0.0, 1.0)),
        )  # fmt: skip


class _Rings:
    """Rings being put down: centre, and the two half axes (towards the front, towards the left)."""

    def __init__(self) -> None:
        self.centre = np.zeros((COUNT, 3))
        self.front = np.zeros((COUNT, 3))
        self.left = np.zeros((COUNT, 3))

    def put(self, tube: str, centre: F64, front: F64, left: F64) -> None:
        where = RINGS[tube]
        self.centre[where], self.front[where], self.left[where] = centre, front, left


def surface(joints: F64, build: Build, covered: frozenset[str], rng: Rng) -> F64:
    """Points of a figure's surface.

    Args:
        joints: (16, 3) mm, x right, y down, z away.
        build: The body's form.
        covered: Zones under cloth: they stand off as `build.loose` says.
        rng: Source of what a pose leaves open: hands, feet, where the head looks, folds.

    Returns:
        (COUNT, AROUND, 3) mm in the same axes.
    """
    rings = _Rings()
    up = unit(joints[J["thorax"]] - joints[J["pelvis"]])
    hips_left = across(joints[J["l_hip"]] - joints[J["r_hip"]], up)
    chest_left = across(joints[J["l_shoulder"]] - joints[J["r_shoulder"]], up)
    hips_front, chest_front = cross(hips_left, up), cross(chest_left, up)
    size = float(np.linalg.norm(joints[J["thorax"]] - joints[J["pelvis"]])) / 490
    size = 0.5 + 0.5 * size  # girth follows height, weakly
    _torso(rings, joints, build, (hips_left, chest_left), (hips_front, chest_front), covered, size)
    face = _head(rings, joints, build, up, chest_front, rng)
    _hair(rings, joints, build, face)
    for side in "rl":
        _leg(rings, joints, side, build, up, hips_front, covered, size, rng)
        _arm(rings, joints, side, build, up, chest_front, covered, size, rng)
    _skirt(rings, joints, build, up, hips_left, hips_front, size)
    shape = _SHAPE.copy()
    torso = RINGS["torso"].start
    shape[torso + 7 : torso + 10, [1, AROUND - 1]] += build.chest
    shape[torso + 7 : torso + 10, [2, AROUND - 2]] += 0.7 * build.chest
    shape[torso + 4 : torso + 8, [0, 1, AROUND - 1]] += build.belly * 0.5
    shape += _folds(rng)
    cos, sin = np.cos(ANGLES) * shape, np.sin(ANGLES) * shape
    return rings.centre[:, None] + cos[..., None] * rings.front[:, None] + sin[..., None] * rings.left[:, None]


def normals(points: F64) -> F64:
    """(COUNT, AROUND, 3) points -> unit normals, outward."""
    around = np.roll(points, -1, 1) - np.roll(points, 1, 1)
    along = points[AFTER] - points[BEFORE]
    ax, ay, az = around[..., 0], around[..., 1], around[..., 2]
    bx, by, bz = along[..., 0], along[..., 1], along[..., 2]
    n = np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], -1)
    n /= np.maximum(np.sqrt(np.einsum("rkd,rkd->rk", n, n)), 1e-9)[..., None]
    outward = points - points.mean(1, keepdims=True)
    # Tubes may run either way: what matters is that a normal leaves its ring.
    inward = np.einsum("rkd,rkd->rk", n, outward) < 0
    n[inward] *= -1
    return np.asarray(n, np.float64)


def _torso(
    rings: _Rings, joints: F64, build: Build, left: tuple[F64, F64], front: tuple[F64, F64], covered: frozenset[str],
    size: float,
) -> None:  # fmt: skip
    pelvis, thorax, neck = joints[J["pelvis"]], joints[J["thorax"]], joints[J["upper_neck"]]
    share = _TORSO[:, 0]
    s = np.clip(share, 0, 1)[:, None]
    # The line of the back: it leaves the pelvis a little against the thighs, and enters the chest towards the neck.
    spine = thorax - pelvis
    length = float(np.linalg.norm(spine))
    thighs = unit((joints[J["l_knee"]] + joints[J["r_knee"]]) / 2 - pelvis)
    begin = unit(spine / length - 0.25 * thighs) * length
    end = unit(spine / length + 0.5 * unit(neck - thorax)) * length
    h = s * s * (3 - 2 * s)
    centre = pelvis + h * spine + (s * (1 - s) ** 2) * begin - (s * s * (1 - s)) * end
    centre += (share[:, None] - s) * np.where(share[:, None] < 0, begin, end)
    mixed_left, mixed_front = (1 - s) * left[0] + s * left[1], (1 - s) * front[0] + s * front[1]
    half_hips = float(np.linalg.norm(joints[J["l_hip"]] - joints[J["r_hip"]])) / 2 * build.hips
    half_shoulders = float(np.linalg.norm(joints[J["l_shoulder"]] - joints[J["r_shoulder"]])) / 2 * build.shoulders
    off = np.where(share < 0.12, build.loose[0] * ("pelvis" in covered), build.loose[2] * ("torso" in covered))
    off = off * (share < 0.98) * (share > -0.2) * 0.7
    width = _TORSO[:, 1] * half_hips + _TORSO[:, 2] * half_shoulders + _TORSO[:, 3] * build.torso * size
    width = width + 0.5 * (build.torso - 1) * 150 * (share > -0.2) * (share < 0.9) + off
    depth = _TORSO[:, 4] * build.torso * size + off
    # The neck goes on from the shoulders.
    bone = neck - thorax
    neck_front = across(front[1], unit(bone))
    neck_left = cross(unit(bone), neck_front)
    neck_at = thorax + np.array([[0.45], [0.8], [1.15]]) * bone + 6 * neck_front
    radius = np.array([60, 52, 50]) * (0.3 + 0.7 * build.girth) * size
    rings.put(
        "torso",
        np.concatenate([centre, neck_at]),
        np.concatenate([mixed_front * depth[:, None], neck_front * radius[:, None]]),
        np.concatenate([mixed_left * width[:, None], neck_left * radius[:, None]]),
    )


def _head(rings: _Rings, joints: F64, build: Build, up: F64, front: F64, rng: Rng) -> tuple[F64, F64, F64]:
    neck, top = joints[J["upper_neck"]], joints[J["head_top"]]
    crown = unit(top - neck)
    face = carried(front, up, crown)
    face = about(across(face, crown), crown, float(np.clip(rng.normal(0, 0.45), -1.1, 1.1)))
    left = cross(crown, face)
    left = left if float(left @ cross(crown, front)) > -1 else -left
    length = float(np.linalg.norm(top - neck))
    grown = build.head * (0.6 + 0.4 * length / 190)
    height = (_HEAD[:, :1] * 1.08 - 0.08) * length
    centre = neck + height * crown + _HEAD[:, 3:] * grown * face + 8 * face
    rings.put("head", centre, _HEAD[:, 2:3] * grown * face, _HEAD[:, 1:2] * grown * left)
    return crown, face, left


def _hair(rings: _Rings, joints: F64, build: Build, axes: tuple[F64, F64, F64]) -> None:
    """A cap over the skull, and what falls down behind."""
    crown, face, left = axes
    top = joints[J["head_top"]]
    length = float(np.linalg.norm(top - joints[J["upper_neck"]])) / 190
    low = 100 if build.hair == 0 else build.hair
    down = np.array([-0.02, 0.06, 0.3, 0.65, 0.95, 1.0])[:, None] * low
    # Hair hangs: it leaves the head's axis for the vertical.
    hang = np.array([0.0, 1.0, 0.0]) * 0.6 - 0.4 * crown
    path = top - np.minimum(down, 90) * crown * length + np.maximum(down - 90, 0) * unit(hang)
    v = build.volume
    half = np.array([4, 50, 70, 66, 55, 5])[:, None] + v * np.array([0, 1, 1, 1, 1, 0])[:, None]
    centre = path + crown * 6 - face * np.array([6, 16, 30, 52, 58, 58])[:, None]
    depth = np.array([4, 52, 68, 46, 30, 4])[:, None] + v * np.array([0, 1, 1, 0.7, 0.5, 0])[:, None]
    rings.put("hair", centre, depth * face * build.head, half * left * build.head)


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


def _leg(
    rings: _Rings, joints: F64, side: str, build: Build, up: F64, front: F64, covered: frozenset[str], size: float,
    rng: Rng,
) -> None:  # fmt: skip
    hip, knee, ankle = (joints[J[f"{side}_{name}"]] for name in ("hip", "knee", "ankle"))
    thigh, shin = unit(knee - hip), unit(ankle - knee)
    bend = shin - (shin @ thigh) * thigh
    ahead = carried(front, -up, thigh)
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
    stretch = float(np.clip(rng.normal(0.2, 0.3), -0.35, 1.1))
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


def _arm(
    rings: _Rings, joints: F64, side: str, build: Build, up: F64, front: F64, covered: frozenset[str], size: float,
    rng: Rng,
) -> None:  # fmt: skip
    shoulder, elbow, wrist = (joints[J[f"{side}_{name}"]] for name in ("shoulder", "elbow", "wrist"))
    upper = unit(elbow - shoulder)
    ahead = across(carried(front, -up, upper), upper)
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


def _skirt(rings: _Rings, joints: F64, build: Build, up: F64, left: F64, front: F64, size: float) -> None:
    """From the waist down around both thighs; without a skirt all rings fall onto the pelvis and vanish."""
    pelvis = joints[J["pelvis"]]
    if build.skirt == 0:
        nothing = np.zeros((5, 3))
        rings.put("skirt", np.broadcast_to(pelvis, (5, 3)), nothing, nothing)
        return
    knees = [joints[J[f"{side}_knee"]] - joints[J[f"{side}_hip"]] for side in "lr"]
    down = (knees[0] + knees[1]) / 2
    apart = joints[J["l_knee"]] - joints[J["r_knee"]]
    share = np.array([-0.22, 0.0, 0.35, 0.7, 1.0])[:, None] * np.array([[1.0], [1], *([build.skirt],) * 3])
    centre = pelvis + np.where(share < 0, -share * 0.9 * np.linalg.norm(down) * up, share * down)
    at = np.clip(share, 0, 1)
    flare = at * build.flare * 130
    spread = abs(float(apart @ left)) / 2
    depth_spread = abs(float(apart @ front)) / 2
    width = np.array([128, 168, 160, 150, 140])[:, None] * size * build.torso + at * max(spread - 60, 0) + flare
    depth = np.array([102, 128, 122, 110, 105])[:, None] * size * build.torso + at * depth_spread + flare
    rings.put("skirt", centre, depth * front, width * left)


def _folds(rng: Rng) -> F64:
    """(COUNT, AROUND) by how much cloth and flesh leave the ideal surface."""
    coarse = rng.normal(0, 0.03, (COUNT // 2 + 1, AROUND))
    folds = np.repeat(coarse, 2, 0)[:COUNT]
    folds[RINGS["head"]] *= 0.3
    return folds


def _shapes() -> F64:
    """(COUNT, AROUND) radius of a ring by angle, against the ellipse: noses, ears, buttocks, flat chests."""
    shape = np.ones((COUNT, AROUND))
    torso, head = RINGS["torso"].start, RINGS["head"].start
    shape[torso + 1 : torso + 4, [BACK - 1, BACK + 1]] += 0.16
    shape[torso + 1 : torso + 4, BACK] += 0.02
    shape[torso + 1 : torso + 4, [11, 0, 1]] -= 0.1
    diagonal = [1, 2, AROUND - 1, AROUND - 2, BACK - 1, BACK - 2, BACK + 1, BACK + 2]
    shape[torso + 5 : torso + 10][:, diagonal] += 0.06  # trunks are boxes rather than ellipses
    shape[torso + 7 : torso + 11, BACK] -= 0.06  # the furrow of the spine
    shape[head + 3, 0] += 0.24  # the nose
    shape[head + 4, 0] += 0.12
    shape[head + 2, [0, 1, AROUND - 1]] += 0.05
    shape[head + 4, [BACK // 2, AROUND - BACK // 2]] += 0.14  # ears
    shape[head + 1 : head + 3, BACK - 2 : BACK + 3] -= 0.25  # the nape
    return shape


_SHAPE = _shapes()
