"""The COCO reader: polygons, both kinds of run lengths, crowds, photo folders, bad files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from engine.errors import InputError, PhotoError
from training.data.coco import read_coco

# 5 wide, 4 high. Column by column (COCO's order): 2 off, 3 on, 15 off.
RUNS = {"size": [4, 5], "counts": [2, 3, 15]}
COMPRESSED = {"size": [4, 5], "counts": "23?"}
RUNS_MASK = [[0, 1, 0, 0, 0], [0, 0, 0, 0, 0], [1, 0, 0, 0, 0], [1, 0, 0, 0, 0]]
POLYGON = [[2.0, 1.0, 5.0, 1.0, 5.0, 4.0, 2.0, 4.0]]  # the 3 x 3 square in the lower right corner


def note(segmentation: Any, **changes: Any) -> dict[str, Any]:
    full = {"id": 1, "image_id": 7, "category_id": 18, "segmentation": segmentation, "bbox": [2, 1, 3, 3], "area": 9}
    return full | {"iscrowd": 0} | changes


def write(root: Path, *notes: dict[str, Any], photos: str = "val2017") -> Path:
    (root / "annotations").mkdir(parents=True)
    (root / photos).mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (5, 4)).save(root / photos / "000007.jpg")
    path = root / "annotations" / "instances_val2017.json"
    data = {
        "images": [{"id": 7, "file_name": "000007.jpg", "width": 5, "height": 4}],
        "annotations": list(notes),
        "categories": [{"id": 18, "name": "dog"}, {"id": 1, "name": "person"}],
    }
    path.write_text(json.dumps(data))
    return path


def test_polygon(tmp_path: Path) -> None:
    (record,) = read_coco(write(tmp_path, note(POLYGON)))
    assert (record.set, record.split, record.id, record.category) == ("coco", "val2017", 1, "dog")
    assert (record.bbox, record.size, record.area, record.border) == ((2, 1, 5, 4), (5, 4), 9 / 20, True)
    assert record.image == tmp_path / "val2017" / "000007.jpg"
    target = record.read_mask()
    assert target.dtype == np.uint8
    expected = np.zeros((4, 5), np.uint8)
    expected[1:, 2:] = 1
    np.testing.assert_array_equal(target, expected)


@pytest.mark.parametrize("segmentation", [RUNS, COMPRESSED])
def test_run_lengths(tmp_path: Path, segmentation: dict[str, Any]) -> None:
    (record,) = read_coco(write(tmp_path, note(segmentation)))
    np.testing.assert_array_equal(record.read_mask(), RUNS_MASK)


def test_several_polygons_are_one_object(tmp_path: Path) -> None:
    (record,) = read_coco(write(tmp_path, note([*POLYGON, [0, 0, 1, 0, 1, 1, 0, 1], [3, 3, 4]])))
    target = record.read_mask()
    assert target.sum() == 10
    assert target[0, 0] == 1


def test_crowds_are_void_for_their_category_alone(tmp_path: Path) -> None:
    crowd = note({"size": [4, 5], "counts": [0, 12, 8]}, id=2, iscrowd=1)  # the first three columns
    other = note(POLYGON, id=3, category_id=1)
    dog, person = read_coco(write(tmp_path, note(POLYGON), crowd, other))
    target = dog.read_mask()
    assert (target[:, :2] == 255).all()
    assert (target[:, 2] == [255, 1, 1, 1]).all()
    assert not (person.read_mask() == 255).any()


def test_box_and_area_come_from_the_mask_where_they_are_missing(tmp_path: Path) -> None:
    (record,) = read_coco(write(tmp_path, note(POLYGON, bbox=None), note([], id=2), note([[1, 1, 2]], id=3, area=None)))
    assert (record.bbox, record.area, record.border) == ((2, 1, 5, 4), 9 / 20, True)


@pytest.mark.parametrize("photos", ["val2017", "images/val2017", "images", "annotations", "elsewhere"])
def test_finds_the_photos(tmp_path: Path, photos: str) -> None:
    path = write(tmp_path / photos, note(POLYGON), photos=photos) if photos == "annotations" else None
    if path is not None:
        assert read_coco(path)[0].image.is_file()
        return
    path = write(tmp_path, note(POLYGON), photos=photos)
    if photos == "elsewhere":
        with pytest.raises(PhotoError, match=r"000007\.jpg.*was not found"):
            read_coco(path)
    images = tmp_path / photos if photos == "elsewhere" else None
    assert read_coco(path, images=images)[0].image.is_file()


def test_bad_files_are_refused_with_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no annotation file"):
        read_coco(tmp_path / "none.json")
    broken = tmp_path / "broken.json"
    broken.write_text('{"images": [')
    with pytest.raises(InputError, match="not a COCO instances file"):
        read_coco(broken)
    broken.write_text('{"images": [{"id": 1, "file_name": "a.jpg", "width": 5}], "annotations": []}')
    with pytest.raises(InputError, match=r"images\.0\.height"):
        read_coco(broken)
    with pytest.raises(InputError, match="names the photo 9"):
        read_coco(write(tmp_path, note(POLYGON, image_id=9)))


@pytest.mark.parametrize(
    ("segmentation", "says"),
    [
        ({"size": [5, 4], "counts": [0, 20]}, "4 x 5 pixels, its photo 5 x 4"),
        ({"size": [4, 5], "counts": [0, 21]}, "cannot be drawn"),
        ({"size": [4, 5], "counts": "zz~~"}, "cannot be drawn"),
        ({"size": [4, 5], "counts": [3, 4]}, "cannot be drawn"),
    ],
)
def test_bad_run_lengths_are_refused(tmp_path: Path, segmentation: dict[str, Any], says: str) -> None:
    (record,) = read_coco(write(tmp_path, note(segmentation)))
    with pytest.raises(PhotoError, match=says):
        record.read_mask()
