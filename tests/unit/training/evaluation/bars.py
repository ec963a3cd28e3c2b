"""Photos of coloured bars with their masks, and skeleton methods whose figures are known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from engine.crop.prompts import Click
from engine.skeleton.medial import medial_graph
from engine.skeleton.reading import Reading
from training.data.object_skeletons import Segments

RED, BLUE = (200, 30, 30), (30, 30, 200)
SIZE = (160, 120)
Bar = tuple[str, str, tuple[int, int, int, int]]
"""Set, quality, box (x0, y0, x1, y1)."""


def write_bars(folder: Path, photos: Sequence[Sequence[Bar]], void: int = 0) -> Path:
    """Write a manifest; the first bar of a photo is red, the others are blue; `void` pixels around each are void."""
    (folder / "images").mkdir(parents=True)
    (folder / "masks").mkdir()
    lines = []
    for number, bars in enumerate(photos):
        photo, labels = np.full((*SIZE[::-1], 3), 120, np.uint8), np.zeros(SIZE[::-1], np.uint8)
        for label, (_, _, (x0, y0, x1, y1)) in enumerate(bars, 1):
            labels[max(0, y0 - void) : y1 + void, max(0, x0 - void) : x1 + void] = 255 if void else label
            labels[y0:y1, x0:x1] = label
            photo[y0:y1, x0:x1] = RED if label == 1 else BLUE
        Image.fromarray(photo).save(folder / f"images/{number}.png")
        Image.fromarray(labels).save(folder / f"masks/{number}.png")
        for label, (name, quality, box) in enumerate(bars, 1):
            line = {
                "set": name, "split": "dev", "image": f"images/{number}.png", "mask": f"masks/{number}.png",
                "id": label, "cls": "bar", "quality": quality, "bbox": box, "size": SIZE,
                "area": float((labels == label).mean()),
            }  # fmt: skip
            lines.append(json.dumps(line))
    (folder / "manifest.jsonl").write_text("\n".join(lines))
    return folder


@lru_cache
def _axis(mask: bytes, shape: tuple[int, int]) -> Segments:
    return Segments.of(medial_graph(np.frombuffer(mask, np.bool_).reshape(shape)))


class Bars:
    """Sees the red and blue bars and answers with their true skeleton.

    Args:
        value: Probability of the skeleton.
        scale: Factor on the true diameters.
        shift: Columns to the right by which it is wrong.
    """

    def __init__(self, value: float = 1.0, scale: float = 1.0, shift: int = 0) -> None:
        self.value, self.scale, self.shift = value, scale, shift
        self.clicks: list[tuple[Click, ...]] = []

    def read(self, rgb: np.ndarray, clicks: Sequence[Click] = (), *, multi_scale: bool = False) -> Reading:
        self.clicks.append(tuple(clicks))
        diameter = np.zeros(rgb.shape[:2], np.float32)
        for colour in (RED, BLUE):
            mask = (rgb == colour).all(2)
            _axis(mask.tobytes(), mask.shape).draw(diameter, np.eye(2, 3))
        diameter = np.roll(diameter, self.shift, axis=1)
        probability = (diameter > 0) * np.float32(self.value)
        kind = (diameter > 0).astype(np.uint8)
        return Reading(
            probability, diameter * np.float32(self.scale), kind, np.zeros((0, *kind.shape), np.float32), True
        )


class Blurred(Bars):
    """The same as a soft ridge, with a weaker false ridge along the upper edge of the picture."""

    def read(self, rgb: np.ndarray, clicks: Sequence[Click] = (), *, multi_scale: bool = False) -> Reading:
        sharp = super().read(rgb, clicks)
        spread = cv2.GaussianBlur(sharp.probability, (0, 0), 2)
        weight = np.maximum(spread, 1e-6)
        diameter = cv2.GaussianBlur(sharp.probability * sharp.diameter, (0, 0), 2) / weight
        probability = spread / max(float(spread.max()), 1e-6) * np.float32(self.value)
        probability[8] = np.maximum(probability[8], 0.3 * self.value)
        return Reading(probability, np.asarray(diameter, np.float32), sharp.kind, sharp.sides)


class Nothing:
    """Sees nothing and knows no scale."""

    def read(self, rgb: np.ndarray, clicks: Sequence[Click] = (), *, multi_scale: bool = False) -> Reading:
        empty = np.zeros(rgb.shape[:2], np.float32)
        return Reading(empty, empty, empty.astype(np.uint8), np.zeros((0, *empty.shape), np.float32))
