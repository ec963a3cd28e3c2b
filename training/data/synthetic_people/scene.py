"""Around a figure: the photo behind it, things before it, and what a camera does to a picture."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from training.data.synthetic_people import textures
from training.data.synthetic_people.textures import Photos

F32 = npt.NDArray[np.float32]
U8 = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
Rng = np.random.Generator
Things = Callable[[Rng], tuple[U8, U8] | None]
"""Gives a cut-out: (H, W, 3) uint8 RGB and its (H, W) uint8 mask, above 0 where the thing is; or None."""


def background(rng: Rng, photos: Photos, side: int) -> F32:
    """(side, side, 3) float32: a piece of a photo, or colours and noise where there is none."""
    photo = photos(rng) if rng.random() < 0.96 else None
    if photo is None or min(photo.shape[:2]) < 8:
        plain = np.tile(textures.colour(rng), (side, side, 1))
        other = textures.colour(rng) - plain[0, 0]
        weight = np.linspace(0, 1, side, dtype=np.float32)[:, None] * rng.uniform(0, 1)
        grain = np.float32(6) * textures.noise(rng, 16, side)[..., None]
        return np.asarray(plain + other * weight[..., None] + grain, np.float32)
    height, width = photo.shape[:2]
    extent = int(min(height, width) * rng.uniform(0.45, 1.0))
    y, x = int(rng.integers(height - extent + 1)), int(rng.integers(width - extent + 1))
    piece = photo[y : y + extent, x : x + extent]
    if rng.random() < 0.5:
        piece = piece[:, ::-1]
    scaled = cv2.resize(
        np.ascontiguousarray(piece), (side, side), interpolation=cv2.INTER_AREA if extent > side else cv2.INTER_LINEAR
    )
    if rng.random() < 0.3:  # out of focus
        scaled = cv2.GaussianBlur(scaled, (0, 0), rng.uniform(0.5, 3.0))
    return scaled.astype(np.float32)


def occluder(rng: Rng, photos: Photos, things: Things | None, side: int) -> tuple[F32, F32]:
    """Something between the camera and the figure: (side, side, 3) colour and (side, side) cover from 0 to 1."""
    thing = things(rng) if things is not None and rng.random() < 0.6 else None
    extent = float(side * rng.uniform(0.12, 0.5))
    centre = rng.uniform(0.05, 0.95, 2) * side
    if thing is not None:
        picture, mask = thing
        factor = extent / max(mask.shape)
        matrix = np.array([[factor, 0, 0], [0, factor, 0]])
        if rng.random() < 0.5:
            matrix[0, 0] *= -1
        middle = np.array(mask.shape[::-1]) / 2
        matrix[:, 2] = centre - matrix[:, :2] @ middle
        size = (side, side)
        cover = np.asarray(cv2.warpAffine((mask > 0).astype(np.float32), matrix, size), np.float32)
        return np.asarray(cv2.warpAffine(picture, matrix, size), np.float32), cover
    cover = np.zeros((side, side), np.float32)
    kind = rng.random()
    if kind < 0.35:  # a pole, a rail, an edge
        angle, thickness = rng.choice([0.0, np.pi / 2]) + rng.normal(0, 0.2), rng.uniform(0.03, 0.14) * side
        along = np.array([np.cos(angle), np.sin(angle)]) * 2 * side
        ends = [tuple(int(c) for c in (centre + sign * along)) for sign in (1, -1)]
        cv2.line(cover, ends[0], ends[1], 1.0, max(1, int(thickness)), cv2.LINE_AA)
    elif kind < 0.6:  # a table, a wall: all below a line
        left, right = side * (rng.uniform(0.6, 0.95) + rng.normal(0, 0.03, 2))
        corners = np.array([(0, left), (side, right), (side, 2 * side), (0, 2 * side)])
        cv2.fillPoly(cover, [corners.round().astype(np.int32)], 1.0, cv2.LINE_AA)
    else:
        turns = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(4, 9))))
        radius = extent / 2 * rng.uniform(0.5, 1.0, len(turns))
        corners = centre + np.stack([np.cos(turns), np.sin(turns)], 1) * radius[:, None]
        cv2.fillPoly(cover, [corners.round().astype(np.int32)], 1.0, cv2.LINE_AA)
    texture = background(rng, photos, side) if rng.random() < 0.5 else textures.cloth(rng, photos)
    return np.asarray(cv2.resize(texture, (side, side), interpolation=cv2.INTER_LINEAR), np.float32), cover


def photographed(picture: F32, rng: Rng) -> U8:
    """(H, W, 3) float32 -> uint8: colour cast, contrast, blur, low resolution, noise, JPEG."""
    side = picture.shape[0]
    gain = np.clip(1 + rng.normal(0, 0.05, 3) + rng.normal(0, 0.12), 0.55, 1.5).astype(np.float32)
    picture = picture * gain + np.float32(rng.normal(0, 8))
    if rng.random() < 0.45:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.3, 1.1) * side / 160), np.float32)
    if rng.random() < 0.25:
        low = int(side * rng.uniform(0.4, 0.9))
        small = cv2.resize(picture, (low, low), interpolation=cv2.INTER_AREA)
        picture = np.asarray(cv2.resize(small, (side, side), interpolation=cv2.INTER_LINEAR), np.float32)
    if rng.random() < 0.5:
        grain = rng.standard_normal((side, side, 1 if rng.random() < 0.5 else 3), np.float32)
        picture = picture + grain * np.float32(rng.uniform(1, 7))
    result = np.clip(picture, 0, 255).astype(np.uint8)
    if rng.random() < 0.4:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 95))]
        result = np.asarray(cv2.imdecode(cv2.imencode(".jpg", result, quality)[1], cv2.IMREAD_COLOR), np.uint8)
    return result
