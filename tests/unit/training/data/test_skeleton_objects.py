"""Published skeletons in the sampler: their own skeleton and scale, not those of a mask."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from scipy.io import savemat

from engine.errors import InputError
from training.data.cache import PhotoCache
from training.data.object_skeletons import ObjectSkeletons
from training.data.skeleton_objects import skeleton_objects
from training.data.skeleton_samples import SkeletonSamplerSettings, SkeletonSamples
from training.data.skeleton_sets import open_skeletons


@pytest.fixture
def bars(tmp_path: Path) -> Path:
    """A bar of rows 41 to 79 in a photo of 200 x 120, its contour, and a part of its middle row as the skeleton."""
    for folder in ("images/train", "groundTruth/train"):
        (tmp_path / "SK506" / folder).mkdir(parents=True)
    edge, symmetry = np.zeros((120, 200), np.uint8), np.zeros((120, 200), np.uint8)
    cv2.rectangle(edge, (20, 40), (180, 80), 1)
    symmetry[60, 60:141] = 1
    photo = np.full((120, 200, 3), 40, np.uint8)
    photo[41:80, 21:180] = 200
    for name, skeleton in (("a", symmetry), ("none", symmetry * 0)):
        cv2.imwrite(str(tmp_path / "SK506" / "images" / "train" / f"{name}.jpg"), photo)
        truth = tmp_path / "SK506" / "groundTruth" / "train" / f"{name}.mat"
        savemat(truth, {"edge": edge, "symmetry": skeleton})
    return tmp_path / "SK506"


def test_the_object_is_what_the_skeleton_recovers(bars: Path) -> None:
    (record,) = skeleton_objects(open_skeletons(bars))
    assert (record.image.stem, record.set, record.split, record.size) == ("a", "SK506", "train", (200, 120))
    mask = record.read_mask()
    # Discs of radius 20 around (60.5, 60.5) to (140.5, 60.5).
    discs = np.zeros((120, 200), np.uint8)
    yy, xx = np.mgrid[:120, :200] + 0.5
    discs[np.hypot(np.maximum(np.abs(xx - 100.5) - 40, 0), yy - 60.5) <= 20] = 1
    assert (mask != discs).mean() < 0.005
    assert np.abs(np.subtract(record.bbox, (40, 40, 161, 81))).max() <= 1
    assert record.area == pytest.approx(discs.mean(), rel=0.03)


def test_the_skeleton_is_the_stored_one_at_the_size_of_the_cache(bars: Path) -> None:
    records = skeleton_objects(open_skeletons(bars))
    cache = PhotoCache(bars.parent, [r.image for r in records], max_side=100, progress=False)
    truth = ObjectSkeletons(records, cache, 0.0).of(records[0])
    diameter = np.zeros((60, 100), np.float32)
    truth.objects[1].draw(diameter, np.eye(2, 3))
    rows, columns = np.nonzero(diameter)
    assert set(rows.tolist()) == {30}
    assert (columns.min(), columns.max()) == (30, 70)
    np.testing.assert_allclose(diameter[diameter > 0], 20, rtol=1e-5)


def test_samples_rescale_the_scale(bars: Path) -> None:
    """The papers' augmentation: the crop's side is 1.4 of the object's longer one at scale 1."""
    records = skeleton_objects(open_skeletons(bars))
    cache = PhotoCache(bars.parent, [r.image for r in records], progress=False)
    settings = SkeletonSamplerSettings(augmentation="papers", composite=0)
    samples = SkeletonSamples(records, cache, settings, 0, size=64)
    found = set()
    for n in range(40):
        diameter = samples.sample(n)["diameter"][0]
        on = diameter > 0
        factor = float(diameter[on].median()) / (40 * 64 / (1.4 * 121))
        found.add(round(factor, 1))
        assert float(diameter[on].std()) < 0.1
    assert found == {0.8, 1.0, 1.2}


def test_a_set_without_scale_cannot_be_learned_from(bars: Path) -> None:
    savemat(bars / "groundTruth" / "train" / "a.mat", {"sym": np.eye(120, 200)})
    with pytest.raises(InputError, match="SK506 stores skeletons without contours"):
        skeleton_objects(open_skeletons(bars))
