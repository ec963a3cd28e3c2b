"""MPII as HDF5, in the fields and types of the demo's valid.h5."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from engine.errors import InputError
from engine.pose.files.open import read_annotations

HEAD = np.array([117.96, 44.05])
CENTER, SCALE = np.array([[966.0, 340.0], [316.0, 213.0]]), HEAD / 25


def write(folder: Path, name: str = "valid.h5", **changes: Any) -> Path:
    """Two people, the second of whom lacks an ankle; a field that is None is left out."""
    part = np.arange(64.0).reshape(2, 16, 2) + 1
    part[1, 0] = 0
    visible = np.ones((2, 16))
    visible[0, 3] = visible[1, 0] = 0
    fields = {
        "part": part, "visible": visible, "center": CENTER, "scale": SCALE, "normalize": HEAD,
        "imgname": np.array([b"005808361.jpg", b"052475643.jpg"]), "index": np.array([6.0, 17.0]),
        "person": np.zeros(2), "torsoangle": np.zeros(2),
    } | changes  # fmt: skip
    path = folder / name
    with h5py.File(path, "w") as file:
        file.attrs["name"] = "mpii"
        for key, values in fields.items():
            if values is not None:
                file[key] = values
    return path


@pytest.mark.parametrize("window", [False, True])
def test_reads_people_with_scales_of_either_kind(tmp_path: Path, window: bool) -> None:
    changes: dict[str, Any] = {}
    if window:  # the demo's: already lower and larger
        changes = {"scale": SCALE * 1.25, "center": CENTER + np.stack([0 * SCALE, 15 * SCALE], 1)}
    a, b = read_annotations(write(tmp_path, **changes))
    assert [a.image, b.image] == ["005808361.jpg", "052475643.jpg"]
    assert a.split == "val"
    assert a.head == 117.96
    assert a.scale == pytest.approx(117.96 / 25)
    assert a.center == pytest.approx((965.5, 339.5))
    assert a.visibility[:5].tolist() == [2, 2, 2, 1, 2]
    assert b.visibility[:2].tolist() == [0, 2]
    assert np.isnan(b.joints[0]).all()
    assert a.joints[1].tolist() == [2.5, 3.5]


def test_names_as_character_codes_or_beside(tmp_path: Path) -> None:
    codes = np.zeros((2, 20))
    for row, name in zip(codes, ("a.jpg", "bcd.jpg"), strict=True):
        row[: len(name)] = [ord(letter) for letter in name]
    assert [a.image for a in read_annotations(write(tmp_path, imgname=codes))] == ["a.jpg", "bcd.jpg"]
    path = write(tmp_path, "test.h5", imgname=None)
    with pytest.raises(InputError, match=r"no test_images\.txt"):
        read_annotations(path)
    (tmp_path / "test_images.txt").write_text("x.jpg\ny.jpg\n")
    assert [(a.image, a.split) for a in read_annotations(path)] == [("x.jpg", "test"), ("y.jpg", "test")]
    (tmp_path / "test_images.txt").write_text("x.jpg\n")
    with pytest.raises(InputError, match="2 people, but 1 names"):
        read_annotations(path)


def test_without_head_sizes_and_visibility(tmp_path: Path) -> None:
    a, b = read_annotations(write(tmp_path, normalize=None, visible=None))
    assert (a.head, a.scale) == (None, pytest.approx(117.96 / 25))
    assert (a.visibility == 2).all()
    assert b.visibility[0] == 0


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"part": None}, "no field “part”"),
        ({"part": np.zeros((2, 14, 2))}, "“part”"),
        ({"center": np.zeros((3, 2))}, "differ in length"),
        ({"scale": np.array([np.nan, 1])}, "“scale”"),
        ({"scale": np.array([b"a", b"b"])}, "“scale” .* no numbers"),
    ],
)
def test_names_the_wrong_field(tmp_path: Path, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_annotations(write(tmp_path, **changes))


def test_damaged_file(tmp_path: Path) -> None:
    path = write(tmp_path)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(InputError, match="not a readable HDF5"):
        read_annotations(path)
