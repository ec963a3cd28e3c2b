"""Published skeletons in the sampler: their own skeleton and scale, not those of a mask."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from scipy.io import savemat

from engine.errors import InputError
from training.__main__ import main
from training.checkpoint import load_checkpoint
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
    for n in range(20):
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


def test_the_command_line_learns_from_a_set(bars: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = bars.parent / "fsds.json"
    fields = {"sampler": {"set_weights": {}}, "schedule": {"batch_size": 2}, "size": 64, "arguments": {"width": 0.0625}}
    config.write_text(json.dumps(fields))
    command = [
        "fit", "skeleton", "--model", "fsds", "--data", str(bars), "--config", str(config), "--steps", "2",
        "--workers", "0", "--device", "cpu", "--out", str(bars.parent / "run"), "--cache", str(bars.parent / "cache"),
        "--quiet",
    ]  # fmt: skip
    assert main(command) == 0
    assert capsys.readouterr().out.startswith("fsds: 2 steps")
    assert load_checkpoint(bars.parent / "run" / "last.pt").step == 2
    assert main([*command, "--split", "dev"]) == 2
    assert "Splits there: train." in capsys.readouterr().err
