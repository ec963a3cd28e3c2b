"""Cloth, skin, hair and faces as small pictures."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

F32 = npt.NDArray[np.float32]
U8 = npt.NDArray[np.uint8]
Rng = np.random.Generator
Photos = Callable[[Rng], U8 | None]
"""Gives a random photo (H, W, 3) uint8 RGB, or None when there is none."""

SIDE = 64
"""Of a texture, in texels."""

_SKIN = np.array(
    [(255, 220, 195), (240, 198, 170), (225, 178, 145), (198, 148, 112), (160, 110, 78), (115, 76, 54), (78, 52, 40)],
    np.float32,
)
_HAIR = np.array(
    [(20, 16, 14), (45, 30, 22), (90, 62, 40), (165, 125, 75), (205, 175, 120), (150, 145, 140), (110, 50, 30)],
    np.float32,
)


def noise(rng: Rng, cells: int, side: int = SIDE) -> F32:
    """(side, side) smooth noise of this many cells a side, about unit variance."""
    coarse = rng.standard_normal((cells, cells), np.float32)
    return np.asarray(cv2.resize(coarse, (side, side), interpolation=cv2.INTER_CUBIC), np.float32)


def colour(rng: Rng) -> F32:
    """(3,) RGB that clothes have: greys and dark tones often, blues, anything."""
    kind = rng.random()
    if kind < 0.35:
        grey = rng.choice([rng.uniform(15, 60), rng.uniform(60, 190), rng.uniform(190, 250)])
        return np.asarray(np.clip(grey + rng.normal(0, 6, 3), 5, 255), np.float32)
    if kind < 0.5:  # denim, navy
        return np.asarray(np.array([40, 60, 100]) * rng.uniform(0.5, 1.9) + rng.normal(0, 8, 3), np.float32).clip(
            5, 255
        )
    hsv = np.array([[[rng.uniform(0, 180), 255 * rng.beta(1.6, 1.6), rng.uniform(40, 250)]]]).astype(np.uint8)
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0, 0], np.float32)


def cloth(rng: Rng, photos: Photos) -> F32:
    """(SIDE, SIDE, 3) float32 0–255: plain, striped, checked, dotted, printed, or a piece of a photo."""
    kind = rng.random()
    base = colour(rng)
    texture = np.broadcast_to(base, (SIDE, SIDE, 3)).copy()
    if kind < 0.45:
        pass
    elif kind < 0.62:
        _stripes(texture, rng, both=rng.random() < 0.4)
    elif kind < 0.68:
        texture += (colour(rng) - base) * (noise(rng, int(rng.integers(3, 12))) > rng.uniform(-0.3, 0.8))[..., None]
    elif kind < 0.72:
        step, radius = int(rng.integers(5, 16)), rng.uniform(0.2, 0.4)
        grid = (np.arange(SIDE) % step) / step - 0.5
        texture += (colour(rng) - base) * ((grid[:, None] ** 2 + grid[None] ** 2) < radius**2)[..., None]
    elif kind < 0.78:
        texture += (colour(rng) - base) * np.linspace(0, 1, SIDE, dtype=np.float32)[:, None, None]
    else:
        patch = _patch(rng, photos)
        if patch is not None:
            texture = patch
    texture *= (1 + rng.uniform(0.01, 0.07) * noise(rng, SIDE // 2))[..., None]
    return np.asarray(texture, np.float32)


def skin(rng: Rng) -> tuple[F32, F32]:
    """A (SIDE, SIDE, 3) texture and its (3,) tone."""
    place = rng.uniform(0, len(_SKIN) - 1.001) if rng.random() < 0.6 else rng.uniform(0, 3)
    low = int(place)
    tone = _SKIN[low] + (place - low) * (_SKIN[low + 1] - _SKIN[low])
    tone = np.clip(tone * rng.uniform(0.85, 1.05) + rng.normal(0, 5, 3).astype(np.float32), 10, 255)
    texture = tone * (1 + 0.04 * noise(rng, 8) + 0.02 * noise(rng, 24))[..., None]
    return np.asarray(texture, np.float32), np.asarray(tone, np.float32)


def hair(rng: Rng) -> F32:
    """(SIDE, SIDE, 3) strands."""
    base = _HAIR[int(rng.choice(len(_HAIR), p=[0.3, 0.22, 0.18, 0.1, 0.07, 0.08, 0.05]))] * rng.uniform(0.8, 1.2)
    strands = np.repeat(rng.standard_normal((1, SIDE), np.float32), SIDE, 0)
    return np.asarray(base * (1 + 0.12 * strands + 0.12 * noise(rng, 7))[..., None], np.float32)


def face(rng: Rng, skin_texture: F32, tone: F32, hair_texture: F32) -> F32:
    """(SIDE, SIDE, 3): columns go once around the head from the front, rows from chin to crown."""
    texture = skin_texture.copy()
    turn = np.abs((np.arange(SIDE) / SIDE + 0.5) % 1 - 0.5)  # 0 front, 0.5 back
    row = np.arange(SIDE) / SIDE
    hairline = rng.uniform(0.7, 0.86)
    bald = rng.random() < 0.06
    if not bald:
        edge = np.clip((turn - 0.13) / rng.uniform(0.08, 0.16), 0, 1)
        low = hairline + (rng.uniform(0.12, 0.32) - hairline) * edge + 0.02 * rng.normal(0, 1, SIDE)
        covered = row[:, None] > low[None]
        texture[covered] = hair_texture[covered]
    dark = tone * rng.uniform(0.25, 0.5)

    def blob(x: float, y: float, width: float, height: float, shade: F32, strength: float) -> None:
        dx, dy = ((row - x + 0.5) % 1 - 0.5) / width, (row - y) / height
        rows, columns = np.flatnonzero(np.abs(dy) < 2), np.flatnonzero(np.abs(dx) < 2)
        weight = strength * np.exp(-(dy[rows, None] ** 2)) * np.exp(-(dx[None, columns] ** 2))
        part = np.ix_(rows, columns)
        texture[part] += (shade - texture[part]) * np.minimum(weight, 1)[..., None]

    glasses = rng.random() < 0.12
    for x in (-0.075, 0.075):
        if glasses:
            blob(x, 0.5, 0.05, 0.055, np.full(3, rng.uniform(0, 60), np.float32), 1.2)
        blob(x, 0.5, 0.022, 0.022, np.full(3, 245, np.float32), 0.6)
        blob(x, 0.5, 0.016, 0.022, np.full(3, 30, np.float32), 1.3)
        blob(x, 0.575, 0.04, 0.014, hair_texture[0, 0] if not bald else dark, 0.9)
    blob(0, 0.36, 0.018, 0.016, dark, 0.6)
    blob(0, 0.25, 0.05, 0.016, tone * np.array([0.75, 0.45, 0.45], np.float32), 1.0)
    if rng.random() < 0.15:  # a beard
        blob(0, 0.14, 0.14, 0.1, hair_texture[0, 0], 1.0)
    if rng.random() < 0.08:  # a cap or a helmet
        shade = colour(rng)
        texture[row > rng.uniform(0.62, 0.75)] = shade
    return texture


def torso(rng: Rng, base: F32, tone: F32) -> F32:
    """(SIDE, SIDE, 3) of a shirt: columns once around from the front, rows from belt to neck; prints, open jackets."""
    texture = base.copy()
    turn = np.abs((np.arange(SIDE) / SIDE + 0.5) % 1 - 0.5)
    kind = rng.random()
    if kind < 0.12:  # an open jacket over something else
        texture[:, turn < rng.uniform(0.03, 0.1)] = colour(rng)
    elif kind < 0.3:  # a print on the chest
        height, width = rng.uniform(0.08, 0.25), rng.uniform(0.05, 0.15)
        rows = np.abs(np.arange(SIDE) / SIDE - rng.uniform(0.55, 0.75)) < height
        texture[np.ix_(rows, turn < width)] = colour(rng)
    elif kind < 0.36:  # a number on the back
        texture[SIDE // 3 : 3 * SIDE // 4, turn > 0.42] = colour(rng)
    elif kind < 0.46:  # a band across
        at = int(rng.uniform(0.2, 0.8) * SIDE)
        texture[at : at + int(rng.integers(3, 14))] = colour(rng)
    if rng.random() < 0.4:  # the neckline shows skin, deeper in front
        depth = 0.04 + rng.uniform(0, 0.16) * np.clip(1 - turn / 0.14, 0, 1)
        bare = (np.arange(SIDE)[:, None] / SIDE) > 1 - depth[None]
        texture[bare] = tone
    return texture


def _stripes(texture: F32, rng: Rng, *, both: bool) -> None:
    base, other = texture[0, 0].copy(), colour(rng)
    period, share = int(rng.choice([4, 8, 16, 32])), rng.uniform(0.2, 0.6)
    line = ((np.arange(SIDE) % period) / period < share).astype(np.float32) * rng.uniform(0.4, 1.0)
    upright = rng.random() < 0.4
    weight = line[None] * np.ones((SIDE, 1), np.float32) if upright else line[:, None] * np.ones((1, SIDE), np.float32)
    if both:
        weight = (line[None] + line[:, None]) / 2
    texture += (other - base) * weight[..., None]


def _patch(rng: Rng, photos: Photos) -> F32 | None:
    photo = photos(rng)
    if photo is None:
        return None
    height, width = photo.shape[:2]
    side = int(min(height, width) * rng.uniform(0.1, 0.6))
    if side < 4:
        return None
    y, x = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
    piece = cv2.resize(photo[y : y + side, x : x + side], (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(piece, np.float32)
