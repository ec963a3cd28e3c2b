"""Rings of the trunk and of a skirt."""

from __future__ import annotations

import numpy as np

from training.data.synthetic_people.body import Body, Rings
from training.data.synthetic_people.frames import across, cross, unit

# Torso: share of the way from pelvis to thorax, half width (its part of hips, of shoulders, and mm), half depth in mm.
_TORSO = np.array(
    [(-0.23, 0.0, 0.0, 12, 20), (-0.17, 0.5, 0.0, 10, 82), (-0.06, 1.0, 0.0, 62, 106), (0.06, 1.0, 0.0, 64, 112),
     (0.18, 0.7, 0.1, 60, 103), (0.32, 0.3, 0.3, 56, 96), (0.46, 0.0, 0.5, 52, 96), (0.6, 0.0, 0.6, 50, 104),
     (0.74, 0.0, 0.7, 40, 111), (0.87, 0.0, 0.82, 15, 98), (0.97, 0.0, 0.86, 0, 74), (1.03, 0.0, 0.5, 5, 60)]
)  # fmt: skip


def torso(rings: Rings, body: Body) -> None:
    """From the crotch to the chin, neck and all."""
    build, size, covered = body.build, body.size, body.covered
    pelvis, thorax, neck = body.joints["pelvis"], body.joints["thorax"], body.joints["upper_neck"]
    share = _TORSO[:, 0]
    s = np.clip(share, 0, 1)[:, None]
    # The line of the back: it leaves the pelvis a little against the thighs, and enters the chest towards the neck.
    spine = thorax - pelvis
    length = float(np.linalg.norm(spine))
    thighs = unit((body.joints["l_knee"] + body.joints["r_knee"]) / 2 - pelvis)
    begin = unit(spine / length - 0.25 * thighs) * length
    end = unit(spine / length + 0.5 * unit(neck - thorax)) * length
    h = s * s * (3 - 2 * s)
    centre = pelvis + h * spine + (s * (1 - s) ** 2) * begin - (s * s * (1 - s)) * end
    centre += (share[:, None] - s) * np.where(share[:, None] < 0, begin, end)
    mixed_left, mixed_front = (
        (1 - s) * body.hips_left + s * body.chest_left,
        (1 - s) * body.hips_front + s * body.chest_front,
    )
    half_hips = body.distance("l_hip", "r_hip") / 2 * build.hips
    half_shoulders = body.distance("l_shoulder", "r_shoulder") / 2 * build.shoulders
    off = np.where(share < 0.12, build.loose[0] * ("pelvis" in covered), build.loose[2] * ("torso" in covered))
    off = off * (share < 0.98) * (share > -0.2) * 0.7
    width = _TORSO[:, 1] * half_hips + _TORSO[:, 2] * half_shoulders + _TORSO[:, 3] * build.torso * size
    width = width + 0.5 * (build.torso - 1) * 150 * (share > -0.2) * (share < 0.9) + off
    depth = _TORSO[:, 4] * build.torso * size + off
    # The neck goes on from the shoulders.
    bone = neck - thorax
    neck_front = across(body.chest_front, unit(bone))
    neck_left = cross(unit(bone), neck_front)
    neck_at = thorax + np.array([[0.45], [0.8], [1.15]]) * bone + 6 * neck_front
    radius = np.array([60, 52, 50]) * (0.3 + 0.7 * build.girth) * size
    rings.put(
        "torso",
        np.concatenate([centre, neck_at]),
        np.concatenate([mixed_front * depth[:, None], neck_front * radius[:, None]]),
        np.concatenate([mixed_left * width[:, None], neck_left * radius[:, None]]),
    )


def skirt(rings: Rings, body: Body) -> None:
    """From the waist down around both thighs; without a skirt all rings fall onto the pelvis and vanish."""
    build, size = body.build, body.size
    pelvis = body.joints["pelvis"]
    if build.skirt == 0:
        nothing = np.zeros((5, 3))
        rings.put("skirt", np.broadcast_to(pelvis, (5, 3)), nothing, nothing)
        return
    knees = [body.joints[f"{side}_knee"] - body.joints[f"{side}_hip"] for side in "lr"]
    down = (knees[0] + knees[1]) / 2
    apart = body.joints["l_knee"] - body.joints["r_knee"]
    share = np.array([-0.22, 0.0, 0.35, 0.7, 1.0])[:, None] * np.array([[1.0], [1], *([build.skirt],) * 3])
    centre = pelvis + np.where(share < 0, -share * 0.9 * np.linalg.norm(down) * body.up, share * down)
    at = np.clip(share, 0, 1)
    flare = at * build.flare * 130
    spread = abs(float(apart @ body.hips_left)) / 2
    depth_spread = abs(float(apart @ body.hips_front)) / 2
    width = np.array([128, 168, 160, 150, 140])[:, None] * size * build.torso + at * max(spread - 60, 0) + flare
    depth = np.array([102, 128, 122, 110, 105])[:, None] * size * build.torso + at * depth_spread + flare
    rings.put("skirt", centre, depth * body.hips_front, width * body.hips_left)
