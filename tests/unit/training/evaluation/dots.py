"""People made of dots: every joint has a colour of its own, so that a detector can be as good as one likes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from engine.pose.hypotheses import Detection, Look
from engine.pose.joints import LSP_14, MPII_16

_LEVELS = np.linspace(40, 250, 4).round().astype(np.uint8)
COLOURS = np.stack([_LEVELS[np.arange(16) % 4], _LEVELS[np.arange(16) // 4], np.full(16, 10, np.uint8)], 1)
"""(16, 3) colour of every joint in MPII order; nothing else is as little blue."""

SIDE = 192
"""Of the pictures that the detector is shown."""

STANDING = np.array(
    [
        (42, 120), (42, 95), (43, 70), (57, 70), (58, 95), (58, 120), (25, 70), (30, 50), (38, 32), (62, 32), (70, 50),
        (75, 70), (50, 28), (50, 12),
    ],
    np.float64,
)  # fmt: skip
"""(14, 2) px of a person in LSP's order; the torso is about 43 px, the head 16."""


def write_dots(folder: Path, sets: dict[str, int], hidden: dict[int, list[str]] | None = None) -> Path:
    """Write photos of 100 x 140 with one person each, all standing, a pixel further right from photo to photo.

    Args:
        folder: Where to.
        sets: Set name -> number of people, of split dev.
        hidden: Number of a person -> joints that are unknown (they have no dot).
    """
    (folder / "images").mkdir(parents=True)
    lines, number = [], 0
    for name, count in sets.items():
        for _ in range(count):
            photo = np.full((140, 100, 3), 128, np.uint8)
            unknown = (hidden or {}).get(number, [])
            xy = STANDING + np.array([number, 0.0])
            for joint, (x, y) in zip(LSP_14.joints, xy, strict=True):
                if joint not in unknown:
                    colour = COLOURS[MPII_16.index(joint)].tolist()
                    cv2.rectangle(photo, (int(x) - 2, int(y) - 2), (int(x) + 2, int(y) + 2), colour, -1)
            Image.fromarray(photo).save(folder / f"images/{number}.png")
            places = [None if j in unknown else (at + 0.5).tolist() for j, at in zip(LSP_14.joints, xy, strict=True)]
            lines.append(
                {
                    "set": name, "split": "dev", "image": f"images/{number}.png", "size": [100, 140],
                    "joints": places,
                    "visibility": [0 if j in unknown else 2 for j in LSP_14.joints],
                }
            )  # fmt: skip
            number += 1
    (folder / "manifest.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


class DotDetector:
    """Finds every dot; joints whose dot it does not see it puts into the corner.

    Args:
        wrong: Joints that it puts into the corner anyway.
    """

    def __init__(self, wrong: tuple[str, ...] = ()) -> None:
        self._wrong = {MPII_16.index(joint) for joint in wrong}

    def __call__(self, looks: Sequence[Look]) -> Detection:
        """See JointDetector."""
        found = np.zeros((len(looks), 16, 2))
        for n, look in enumerate(looks):
            picture = look.pyramid.extract(look.window, SIDE, SIDE)[0].astype(int)
            for joint, colour in enumerate(COLOURS.astype(int)):
                rows, columns = np.nonzero(np.abs(picture - colour).max(-1) < 12)
                if len(rows) and joint not in self._wrong:
                    found[n, joint] = look.window.to_source((columns.mean() + 0.5, rows.mean() + 0.5), SIDE, SIDE)
        return Detection(found, np.ones((len(looks), 16)))
