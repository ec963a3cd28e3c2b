"""Masks whose skeletons are known or plain to see."""

import cv2
import numpy as np
import numpy.typing as npt
from skimage.draw import disk, ellipse, polygon

Bools = npt.NDArray[np.bool_]


def empty() -> Bools:
    return np.zeros((300, 400), np.bool_)


def round_disc() -> Bools:
    mask = empty()
    mask[disk((150, 180), 90)] = True
    return mask


def rectangle() -> Bools:
    mask = empty()
    mask[60:200, 50:350] = True
    return mask


def oval() -> Bools:
    mask = empty()
    mask[ellipse(150, 200, 60, 170)] = True
    return mask


def star() -> Bools:
    mask = empty()
    angle = np.arange(10) * np.pi / 5
    radius = np.where(np.arange(10) % 2, 60, 140)
    mask[polygon(150 + radius * np.cos(angle), 200 + radius * np.sin(angle))] = True
    return mask


def ring() -> Bools:
    mask = round_disc()
    mask[disk((150, 180), 40)] = False
    return mask


def letter(which: str) -> Bools:
    mask = np.zeros((300, 300), np.uint8)
    cv2.putText(mask, which, (60, 240), cv2.FONT_HERSHEY_SIMPLEX, 8, 255, 40)
    return np.asarray(mask > 0)


def rough(mask: Bools, seed: int, amplitude: float = 2.0) -> Bools:
    """The mask with its edge moved in and out by noise of about `amplitude` pixels, as wide as a few pixels."""
    noise = np.random.default_rng(seed).standard_normal(mask.shape).astype(np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), 2)
    noise *= amplitude / noise.std()
    inside = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    outside = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    return np.asarray(inside - outside + noise.clip(-2 * amplitude, 2 * amplitude) > 0)


def iou(a: npt.NDArray[np.generic], b: npt.NDArray[np.generic]) -> float:
    first, second = a != 0, b != 0
    return float((first & second).sum() / (first | second).sum())
