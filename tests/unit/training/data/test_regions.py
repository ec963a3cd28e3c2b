from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.errors import PhotoError
from training.data.open import open_records
from training.data.regions import read_regions


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "images").mkdir()
    (tmp_path / "regions").mkdir()
    cv2.imwrite(str(tmp_path / "images/12.png"), np.zeros((20, 30, 3), np.uint8))
    labels = np.ones((20, 30), np.uint8)
    labels[5:15, 10:20] = 2
    labels[0, 0] = 3
    cv2.imwrite(str(tmp_path / "regions/12_0.png"), labels)
    return tmp_path


def test_regions_of_a_sensible_size_become_targets(folder: Path):
    records = read_regions(folder)
    assert [(r.id, r.bbox, r.area, r.border) for r in records] == [(2, (10, 5, 20, 15), 100 / 600, False)]
    mask = records[0].read_mask()
    assert mask.shape == (20, 30)
    assert int(mask.sum()) == 100
    assert records[0].image == folder / "images/12.png"


def test_the_format_is_found_by_looking(folder: Path):
    assert len(open_records(folder, "train")) == 1


def test_a_map_without_its_photo_is_explained(folder: Path):
    (folder / "images/12.png").rename(folder / "images/13.png")
    with pytest.raises(PhotoError, match="12_0"):
        read_regions(folder)
