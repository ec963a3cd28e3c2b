"""MPII's joints as a table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.errors import InputError
from engine.pose.files.open import read_annotations

ROW = "024009590.jpg," + ",".join(f"{i}.0,{i + 0.25}" for i in range(16))


def test_reads_people(tmp_path: Path) -> None:
    path = tmp_path / "train_joints.csv"
    path.write_text(f"{ROW}\n{ROW.replace('3.0,3.25', '-1,-1').replace('4.0,4.25', '-1,7')}\n\n")
    a, b = read_annotations(path)
    assert (a.image, a.person, a.split, a.at) == ("024009590.jpg", "024009590.jpg#1", "train", "line 1")
    assert b.person == "024009590.jpg#2"
    assert (a.visibility == 2).all()
    np.testing.assert_allclose(a.joints[:, 0], np.arange(16) - 0.5)
    assert b.visibility[3] == 0
    assert np.isnan(b.joints[3]).all()
    assert b.joints[4].tolist() == [-1.5, 6.5]  # outside the photo, but there


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (ROW + ",1", "Line 2 .*34 columns"),
        (ROW.replace(",3.25", ",x"), "Line 2 .*'x'"),
        (ROW.replace(",3.25", ",nan"), "Line 2 .*not finite"),
        (ROW.removeprefix("024009590.jpg"), "Line 2 "),
    ],
)
def test_names_the_malformed_line(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "joints.csv"
    path.write_text(f"{ROW}\n{line}\n")
    with pytest.raises(InputError, match=says):
        read_annotations(path)


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf\r\n"])
def test_an_empty_file_is_told_to_be_empty(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match="is empty"):
        read_annotations(path)


@pytest.mark.parametrize("content", [b"a,b,c\n", b"\xff\xfe\x00\x01", b"name\n" + ROW.encode()])
def test_other_files_are_of_no_known_format(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match="no format that is known"):
        read_annotations(path)
