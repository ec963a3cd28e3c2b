"""Published skeleton sets are measured as they are: whole photos, the stored skeleton."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from engine.errors import InputError, PhotoError
from tests.unit.training.evaluation.bars import RED, Bars, Nothing, write_bars
from training.evaluation.skeleton import evaluate
from training.evaluation.skeleton_sources import SkeletonOptions, open_views
from training.evaluation.skeleton_summary import summarise_skeletons


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """Two sets in SK-LARGE's layout: `one` with contours, `two` without; test photos show a red bar of 60 x 20."""
    for name, count in (("one", 2), ("two", 3)):
        for folder in ("images/test", "images/train", "groundTruth/test", "groundTruth/train"):
            (tmp_path / name / folder).mkdir(parents=True)
        for number in range(count):
            photo, skeleton = np.full((70, 90, 3), 120, np.uint8), np.zeros((70, 90), np.uint8)
            photo[30:50, 10:70] = RED
            skeleton[40, 20:60] = 1
            edge = np.zeros_like(skeleton)
            edge[[30, 50], 10:70] = 1
            maps = {"symmetry": skeleton, "edge": edge} if name == "one" else {"symmetry": skeleton}
            for split in ("test", "train"):
                Image.fromarray(photo).save(tmp_path / name / f"images/{split}/{number}.png")
                savemat(tmp_path / name / f"groundTruth/{split}/{number}.mat", maps)
    return tmp_path


def test_photos_are_shown_whole_with_the_stored_skeleton(published: Path) -> None:
    views = open_views([published], "test", [], SkeletonOptions())
    assert (views.total, views.kind, views.sets) == (5, "photo", {"one", "two"})
    found = list(views)
    assert [(view.set, Path(view.photo).name) for view in found] == [
        ("one", "0.png"), ("one", "1.png"), ("two", "0.png"), ("two", "1.png"), ("two", "2.png"),
    ]  # fmt: skip
    one, two = found[0], found[-1]
    assert one.rgb.shape == (70, 90, 3)
    assert one.target is None
    assert np.argwhere(one.diameter).tolist() == [[40, column] for column in range(20, 60)]
    assert set(one.diameter[40, 20:60]) == {20}
    assert one.scaled
    assert set(two.diameter[40, 20:60]) == {1}
    assert not two.scaled


def test_figures_of_a_published_set(published: Path) -> None:
    options = SkeletonOptions(thresholds=5)
    views = open_views([published], "test", [], options)
    models = summarise_skeletons(evaluate({"bars": Bars(), "nothing": Nothing()}, views, options), {}, 0)
    bars = models["bars"]
    # The axis of the bar as an engine finds it is up to a pixel off the stored one, and a little longer or shorter.
    assert bars["sets"]["one"]["ods"] == bars["sets"]["two"]["ods"] > 0.85
    assert bars["sets"]["one"]["scale_error"] == pytest.approx(0, abs=0.1)
    assert "scale_error" not in bars["sets"]["two"]
    assert "mask_iou" not in bars
    assert "true_mask_iou" not in bars
    assert models["nothing"]["ods"] == 0


def test_samples_share_the_sets(published: Path) -> None:
    def names(**options: int) -> list[tuple[str, str]]:
        views = open_views([published], "test", [], SkeletonOptions(**options))  # type: ignore[arg-type]
        return [(view.set, view.photo) for view in views]

    assert [name for name, _ in names(limit=4)] == ["one", "one", "two", "two"]
    assert names(limit=2) == names(limit=2)
    assert len({tuple(names(limit=2, seed=seed)) for seed in range(8)}) > 1
    assert len(names(limit=2, seed=1)) == 2


def test_sets_and_splits_can_be_chosen(published: Path) -> None:
    assert open_views([published / "one", published / "two"], None, [], SkeletonOptions()).total == 10
    assert open_views([published], "train", ["two"], SkeletonOptions()).total == 3
    with pytest.raises(InputError, match="no set three"):
        open_views([published], "test", ["three"], SkeletonOptions())
    with pytest.raises(InputError, match="no photo of split dev"):
        open_views([published], "dev", [], SkeletonOptions())


def test_masks_and_skeletons_are_not_mixed(published: Path, tmp_path: Path) -> None:
    bars = write_bars(tmp_path / "bars", [[("s", "", (20, 40, 80, 60))]])
    with pytest.raises(InputError, match="one run"):
        open_views([published / "one", bars], None, [], SkeletonOptions())
    with pytest.raises(InputError, match="no file or folder"):
        open_views([published / "nowhere"], None, [], SkeletonOptions())


def test_a_skeleton_of_another_size_is_refused(published: Path) -> None:
    Image.new("RGB", (50, 50)).save(published / "one/images/test/0.png")
    with pytest.raises(PhotoError, match="same size"):
        list(open_views([published / "one"], "test", [], SkeletonOptions()))
