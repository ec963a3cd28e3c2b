"""A small data set whose objects are made of flat colours."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.unit.training.evaluation.colours import BLUE, GREY, RED


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two sets of 40 x 30 photos: `flat` has one red object each, `pair` one that is 3 parts red and 1 part blue.

    In `pair` the largest error after a click on the red part is the blue part. One more object of `flat` is empty.
    """
    lines = []
    for name, count in (("flat", 3), ("pair", 2)):
        for folder in ("images", "masks"):
            (tmp_path / folder / name).mkdir(parents=True)
        for number in range(count):
            photo, labels = np.full((30, 40, 3), GREY, np.uint8), np.zeros((30, 40), np.uint8)
            left = 5 + number
            photo[5:17, left : left + 12] = RED
            labels[5:17, left : left + 12] = 1
            box = [left, 5, left + 12, 17]
            if name == "pair":
                photo[17:21, left : left + 12] = BLUE
                labels[17:21, left : left + 12] = 1
                box[3] = 21
            Image.fromarray(photo).save(tmp_path / "images" / name / f"{number}.png")
            Image.fromarray(labels).save(tmp_path / "masks" / name / f"{number}.png")
            line = {
                "set": name, "split": "dev", "image": f"images/{name}/{number}.png", "id": 1, "bbox": box,
                "mask": f"masks/{name}/{number}.png", "cls": name, "quality": "clean" if number else "cc",
                "area": float((labels == 1).mean()), "size": [40, 30],
            }  # fmt: skip
            lines.append(line)
    lines.append(lines[0] | {"id": 2, "area": 0.0, "bbox": [0, 0, 0, 0]})
    path = tmp_path / "manifest.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return path
