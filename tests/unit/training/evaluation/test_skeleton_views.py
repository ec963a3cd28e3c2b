"""What is shown to a skeleton method, and what counts as true."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.errors import PhotoError
from engine.skeleton.matching import tolerance_of
from tests.unit.training.evaluation.bars import BLUE, RED, write_bars
from training.data.manifest import read_manifest
from training.evaluation.skeleton_views import View, is_measured, photo_views, within

LONG = ("s", "clean", (20, 40, 80, 60))  # 60 x 20
RIGHT = ("s", "cc", (90, 20, 130, 100))  # 40 x 80
SMALL = ("s", "clean", (30, 65, 60, 75))  # 300 pixels


def views(folder: Path, bars: list, kind: str = "object", wanted: slice = slice(None), void: int = 0) -> list[View]:
    records = read_manifest(write_bars(folder / "data", [bars], void))
    chosen = [record for record in records if is_measured(record)][wanted]
    return list(photo_views(records, chosen, kind))  # type: ignore[arg-type]


def test_an_object_in_its_enlarged_box(tmp_path: Path) -> None:
    (view,) = views(tmp_path, [LONG])
    assert view.rgb.shape == (28, 84, 3)  # 1.4 times 60 x 20, begins at (8, 36)
    assert (view.rgb[4:24, 12:72] == RED).all()
    assert (view.target == 1).sum() == 1200
    assert (view.target[4:24, 12:72] == 1).all()
    assert not view.ignored.any()
    assert view.clicks[0].pixel[1] in (13, 14)
    assert view.target[view.clicks[0].pixel[::-1]] == 1
    # The axis of a bar runs along its middle; the circle there has the bar's height as diameter.
    rows, columns = np.nonzero(view.diameter)
    middle = (columns > 24) & (columns < 60)
    assert set(rows[middle]) <= {13, 14}
    assert view.diameter[rows[middle], columns[middle]] == pytest.approx(20, abs=1.01)
    assert (view.set, view.quality, Path(view.photo).name) == ("s", "clean", "0.png")


def test_a_view_ends_with_the_photo(tmp_path: Path) -> None:
    (view,) = views(tmp_path, [("s", "", (0, 0, 60, 40))])
    assert view.rgb.shape == (48, 72, 3)
    assert view.graphs[0].size == (72, 48)


def test_other_objects_and_void_count_neither_way(tmp_path: Path) -> None:
    long, right = views(tmp_path, [LONG, RIGHT], void=1)
    assert (long.rgb[10, 83] == BLUE).all()
    assert (long.target[10, 81:] == 255).all()  # void rim from photo column 89, then the other object
    assert long.target[10, 80] == 0
    assert long.target[3, 30] == 255  # the rim of the object itself
    reach = tolerance_of(28, 84)
    assert 0 < reach < 1  # so nothing is added to the void
    assert np.array_equal(long.ignored, long.target == 255)
    reach = tolerance_of(*right.target.shape)
    assert 1 < reach < 1.42
    ignored = right.target == 255
    assert right.ignored.sum() > ignored.sum()
    assert np.array_equal(right.ignored, within(ignored, reach))
    assert right.quality == "cc"


def test_small_objects_are_void_and_parts_hide_nothing(tmp_path: Path) -> None:
    part = ("s", "part", (40, 45, 60, 55))
    (view,) = views(tmp_path, [LONG, SMALL], "photo")
    assert (view.target[66:74, 32:58] == 255).all()
    assert len(view.graphs) == len(view.clicks) == 1
    (view,) = views(tmp_path / "parts", [("s", "clean", (0, 0, 60, 60)), part], "photo")
    assert not view.ignored.any()


def test_a_whole_photo_shows_all_its_objects(tmp_path: Path) -> None:
    (view,) = views(tmp_path, [LONG, RIGHT], "photo", slice(0, 1))
    assert view.rgb.shape == (120, 160, 3)
    assert (view.target == 1).sum() == 60 * 20 + 40 * 80
    assert view.quality == ""
    for click, colour in zip(view.clicks, (RED, BLUE), strict=True):
        assert (view.rgb[click.pixel[::-1]] == colour).all()
    assert (view.diameter[:, :85] > 0).any()
    assert (view.diameter[:, 85:] > 0).any()


def test_which_objects_are_measured(tmp_path: Path) -> None:
    bars = [
        ("s", "clean", (0, 0, 32, 32)),
        ("s", "clean", (40, 0, 71, 33)),  # 1023 pixels
        ("s", "part", (0, 40, 40, 80)),
        ("s", "cc", (50, 40, 90, 80)),
    ]
    records = read_manifest(write_bars(tmp_path / "data", [bars]))
    assert [is_measured(record) for record in records] == [True, False, False, True]


def test_distances_reach_their_end() -> None:
    one = np.zeros((11, 11), np.bool_)
    one[5, 5] = True
    assert np.argwhere(within(one, 5)).tolist() == [
        [r, c] for r in range(11) for c in range(11) if (r - 5) ** 2 + (c - 5) ** 2 <= 25
    ]
    assert not within(one & False, 5).any()


def test_a_damaged_mask_is_named(tmp_path: Path) -> None:
    records = read_manifest(write_bars(tmp_path / "data", [[LONG]]))
    (tmp_path / "data/masks/0.png").write_bytes(b"no mask")
    with pytest.raises(PhotoError, match=r"0\.png"):
        list(photo_views(records, records, "object"))
