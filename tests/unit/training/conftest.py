"""A small data set in the manifest format: coloured ellipses on textured ground."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest


def write_ellipses(folder: Path, photos: int = 6, size: int = 72) -> Path:
    """Write `photos` photos with two objects each; the last photo is of the dev split."""
    (folder / "images").mkdir(parents=True)
    (folder / "masks").mkdir()
    rng = np.random.default_rng(0)
    ys, xs = np.mgrid[:size, :size]
    lines = []
    for n in range(photos):
        labels = np.zeros((size, size), np.uint8)
        photo = rng.integers(0, 256, (size, size, 3)).astype(np.float32) * 0.2 + 60
        for label, cx in ((1, size * 0.27), (2, size * 0.75)):
            inside = ((xs - cx) / (size * 0.2)) ** 2 + ((ys - size * rng.uniform(0.4, 0.6)) / (size * 0.3)) ** 2 < 1
            labels[inside] = label
            photo[inside] = rng.integers(0, 256, 3)
        cv2.imwrite(str(folder / f"images/{n}.png"), photo.astype(np.uint8))
        cv2.imwrite(str(folder / f"masks/{n}.png"), labels)
        for label in (1, 2):
            rows, columns = np.nonzero(labels == label)
            lines.append(
                {
                    "set": "ellipses",
                    "split": "dev" if n == photos - 1 else "train",
                    "image": f"images/{n}.png",
                    "mask": f"masks/{n}.png",
                    "id": label,
                    "cls": "ellipse",
                    "quality": "clean",
                    "area": round(len(rows) / size**2, 5),
                    "bbox": [int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1],
                    "size": [size, size],
                    "border": False,
                }
            )
    (folder / "manifest.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


@pytest.fixture(scope="session")
def ellipses(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the data set."""
    return write_ellipses(tmp_path_factory.mktemp("data") / "ellipses")
