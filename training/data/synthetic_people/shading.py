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
    tile = rng.uniform(120, 420)  # mm that a repeating texture covers
    cloth = rng.uniform(0.03, 0.13)
    # What a quad says of all its pixels: factors of its places on the texture, and what it is made of.
    texture, zone = outfit.of_quad, QUAD_ZONE
    once = ONCE_AROUND[zone]
    table = np.stack(
        [
            np.where(once, 1.0, _AROUND_MM[zone] / tile),
            np.where(once, 0.999 / QUAD_ZONE_RINGS, _ALONG_MM[zone] / tile),
            QUAD_ZONE_START,
            _ALONG_MM[zone] / 300,
            np.where(texture < 2, 0.03, cloth),  # skin and face are smooth
            outfit.gloss[texture],
        ]
    ).astype(np.float32)
    u_scale, v_scale, start, fold_scale, strength, gloss = np.take(table, fragments.quad, 1)
    along = np.maximum(fragments.along - start, 0)
    turn = fragments.around * np.float32(side)
    u = (turn * u_scale).astype(np.int32) % side
    v = (along * v_scale * np.float32(side)).astype(np.int32) % side
    texel = (texture.astype(np.int32) * side * side)[fragments.quad] + v * side + u
    colour = np.take(outfit.atlas.reshape(-1, 3), texel, 0)
    # Folds: noise stretched along the limb.
    fold = textures.noise(rng, int(rng.integers(6, 14))).ravel()
    crease = fold[(along * fold_scale * np.float32(side)).astype(np.int32) % side * side + turn.astype(np.int32) % side]
    light = _light(fragments.normal, rng)
    glint = gloss * np.maximum(light - fragments.normal[2] * np.float32(0.4) - np.float32(0.9), 0) ** 2
    colour *= np.maximum(light + strength * crease, np.float32(0.05))[:, None]
    colour += glint[:, None] * np.float32(160)
    return np.asarray(colour, np.float32)


def _light(normal: F32, rng: Rng) -> F32:
    """(N,) from one lamp or the sun, the sky, and what comes back from the ground."""
    key = rng.normal(0, 1, 3) + np.array([0, -0.9, -0.7])  # above and before the figure, mostly
    key /= np.linalg.norm(key)
    ambient = rng.uniform(0.3, 0.75)
    hard = rng.uniform(0.25, 1.0) * (1.15 - ambient)
    lambert = key.astype(np.float32) @ normal
    wrap = rng.uniform(0, 0.5)  # large lamps reach around
    lit = np.maximum((lambert + np.float32(wrap)) / np.float32(1 + wrap), 0)
    sky = np.float32(-0.12 * rng.uniform(0, 1)) * normal[1]
    return np.asarray(np.float32(ambient) + np.float32(1.1 * hard) * lit + sky, np.float32)
