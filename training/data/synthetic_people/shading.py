"""Fragments to colour: textures, light, the folds of cloth."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from training.data.synthetic_people import textures
from training.data.synthetic_people.outfit import ONCE_AROUND, Outfit
from training.data.synthetic_people.raster import Fragments
from training.data.synthetic_people.topology import QUAD_ZONE, QUAD_ZONE_RINGS, QUAD_ZONE_START, ZONES

F32 = npt.NDArray[np.float32]
Rng = np.random.Generator

# mm around and along one ring interval that a zone has, roughly: repeating textures keep their scale over the body.
_GIRTH = {"pelvis": 950, "torso": 950, "neck": 370, "head": 560, "hair": 500, "skirt": 1000, "arm_high": 330,
          "arm_low": 270, "fore": 220, "hand": 200, "thigh_high": 520, "thigh_low": 420, "shin_high": 340,
          "shin_low": 260, "foot": 240}  # fmt: skip
_STEP = {"pelvis": 60, "torso": 62, "neck": 40, "skirt": 110, "arm_high": 70, "arm_low": 80, "fore": 55, "hand": 40,
         "thigh_high": 80, "thigh_low": 105, "shin_high": 70, "shin_low": 80, "foot": 55}  # fmt: skip
_AROUND_MM = np.array([_GIRTH[z] for z in ZONES], np.float32)
_ALONG_MM = np.array([_STEP.get(z, 60) for z in ZONES], np.float32)


def shade(fragments: Fragments, outfit: Outfit, rng: Rng) -> F32:
    """(N, 3) float32 RGB, 0–255 and a little beyond."""
    side = textures.SIDE
    zone = QUAD_ZONE[fragments.quad]
    texture = outfit.of_quad[fragments.quad]
    once = ONCE_AROUND[zone]
    along = np.maximum(fragments.along - QUAD_ZONE_START[fragments.quad], 0)
    tile = rng.uniform(120, 420)  # mm that a repeating texture covers
    u = np.where(once, fragments.around, fragments.around * _AROUND_MM[zone] / tile) * side
    v = (
        np.where(once, np.minimum(along / QUAD_ZONE_RINGS[fragments.quad], 0.999), along * _ALONG_MM[zone] / tile)
        * side
    )
    u, v = np.nan_to_num(u), np.nan_to_num(v)
    colour = outfit.atlas[texture, v.astype(np.intp) % side, u.astype(np.intp) % side]
    # Folds: noise stretched along the limb moves the normal a little and the brightness more.
    fold = textures.noise(rng, int(rng.integers(6, 14)))
    place = (along * _ALONG_MM[zone] / 300 * side).astype(np.intp) % side
    crease = fold[place, (fragments.around * side * 1.0).astype(np.intp) % side]
    strength = np.where(texture < 2, 0.03, rng.uniform(0.03, 0.13)).astype(np.float32)
    light = _light(fragments.normal, rng)
    brightness = light + strength * crease
    towards = -fragments.normal[:, 2]
    glint = outfit.gloss[texture] * np.maximum(towards * 0.4 + light - 0.9, 0) ** 2 * 160
    return np.asarray(colour * np.maximum(brightness, 0.05)[:, None] + glint[:, None], np.float32)


def _light(normal: F32, rng: Rng) -> F32:
    """(N,) from one lamp or the sun, the sky, and what comes back from the ground."""
    key = rng.normal(0, 1, 3) + np.array([0, -0.9, -0.7])  # above and before the figure, mostly
    key /= np.linalg.norm(key)
    ambient = rng.uniform(0.3, 0.75)
    hard = rng.uniform(0.25, 1.0) * (1.15 - ambient)
    lambert = normal @ key.astype(np.float32)
    wrap = rng.uniform(0, 0.5)  # large lamps reach around
    lit = np.maximum((lambert + wrap) / (1 + wrap), 0)
    sky = 0.12 * rng.uniform(0, 1) * -normal[:, 1]
    return np.asarray(ambient + 1.1 * hard * lit + sky, np.float32)
