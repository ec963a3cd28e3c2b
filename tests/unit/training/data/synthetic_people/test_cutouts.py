"""Objects cut to their boxes."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from training.data.cache import PhotoCache
from training.data.records import ObjectRecord
from training.data.synthetic_people import CutOuts


def test_an_object_is_cut_to_its_box_and_void_is_not_part_of_it(tmp_path: Path) -> None:
    photo = np.zeros((20, 30, 3), np.uint8)
    photo[5:10, 8:20] = (10, 20, 200)
    cv2.imwrite(str(tmp_path / "photo.png"), photo)
    mask = np.zeros((20, 30), np.uint8)
    mask[5:10, 8:20] = 1
    mask[9, 8:20] = 255
    nothing = np.full((20, 30), 255, np.uint8)
    image, box = tmp_path / "photo.png", (8, 5, 20, 10)
    there = ObjectRecord(image, lambda: mask, "a", "train", 1, "", "", box, (30, 20), 0.1, False)
    empty = ObjectRecord(image, lambda: nothing, "a", "train", 2, "", "", box, (30, 20), 0.1, False)
    cache = PhotoCache(tmp_path / "cache", [there.image], progress=False)
    found = CutOuts(cache, [there])(np.random.default_rng(0))
    assert found is not None
    picture, cover = found
    assert cover.shape == (4, 12)
    assert (cover == 1).all()
    assert (picture == (200, 20, 10)).all()
    assert CutOuts(cache, [empty])(np.random.default_rng(0)) is None
    assert CutOuts(cache, [])(np.random.default_rng(0)) is None
