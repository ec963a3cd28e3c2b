"""People for tests of the Pose workspace: a set of four in three photos, one of which is missing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image

from app.method import PoseReady
from engine.pose.camera import WeakPerspective
from engine.pose.session import PoseSession
from tests.unit.engine.pose.someone import POSE, Someone

SIZE = (400, 300)


class SomeoneMethod:
    """Makes sessions that see the same person everywhere, without a network."""

    def __init__(self) -> None:
        self.someone = Someone(errors=(300, 10, 500))

    def factory(self, device: str) -> PoseReady:
        return PoseReady(
            lambda photo: PoseSession(photo, self.someone), "CPU (test)", "It was asked for.", device == "cuda"
        )


def joints(scale: float, x: float, y: float) -> np.ndarray:
    """(16, 2) px of POSE somewhere."""
    return np.asarray(WeakPerspective(scale, x, y).project(POSE))


PLACES = (
    ("a.png", 0.14, 120.0, 70.0),
    ("a.png", 0.12, 300.0, 80.0),
    ("b.png", 0.15, 200.0, 60.0),
    ("gone.png", 0.1, 90.0, 70.0),
)
"""Photo, px/mm and where the thorax is, of each person."""


def write_photos(folder: Path) -> None:
    """The photos that are there: a.png and b.png."""
    noise = np.random.default_rng(0)
    for name in ("a.png", "b.png"):
        Image.fromarray(noise.integers(90, 150, (SIZE[1], SIZE[0], 3), np.uint8)).save(folder / name)


def write_annotations(folder: Path) -> Path:
    """The photos, and a file of the four people as pytorch-pose has them; the left wrist of each is hidden."""
    write_photos(folder)
    entries = []
    for name, scale, x, y in PLACES:
        rows = np.column_stack([joints(scale, x, y) + 0.5, np.ones(16)])
        rows[15, 2] = 0
        entry = {
            "img_paths": name,
            "joint_self": rows.tolist(),
            "objpos": [x, y + 60],
            "scale_provided": 1.2,
            "isValidation": 1.0,
            "img_width": SIZE[0],
            "img_height": SIZE[1],
        }
        entries.append(entry)
    path = folder / "people.json"
    path.write_text(json.dumps(entries), encoding="utf-8")
    return path
