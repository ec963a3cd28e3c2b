"""BVH: hand-made skeletons, forward kinematics against matrices, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.errors import InputError
from engine.pose.files.bvh import read_bvh

ARM = """HIERARCHY
ROOT Hips
{
  OFFSET 1 2 3
  CHANNELS 6 Xposition Yposition Zposition Zrotation Yrotation Xrotation
  JOINT Upper Arm
  {
    OFFSET 0 10 0
    CHANNELS 3 Zrotation Yrotation Xrotation
    JOINT Fore {
      OFFSET 5 0 0
      CHANNELS 1 Yrotation
      End Site
      {
        OFFSET 0 0 2
      } } } }
MOTION
Frames: 2
Frame Time: 0.0083333
1 2 3 0 0 0 0 0 0 0
10 20 30 90 0 0 0 0 90 -90

"""


def write(folder: Path, text: str) -> Path:
    path = folder / "x.bvh"
    path.write_text(text)
    return path


def test_reads_hierarchy_and_motion(tmp_path: Path) -> None:
    bvh = read_bvh(write(tmp_path, ARM.replace("\n", "\r\n")))
    assert bvh.names == ("Hips", "Upper Arm", "Fore", "Fore_End")
    assert bvh.parents == (-1, 0, 1, 2)
    assert bvh.frame_time == 0.0083333
    assert bvh.motion.shape == (2, 10)
    assert bvh.rest().tolist() == [[1, 2, 3], [1, 12, 3], [6, 12, 3], [6, 12, 5]]


def test_positions_of_a_turned_arm_by_hand(tmp_path: Path) -> None:
    at_rest, turned = read_bvh(write(tmp_path, ARM)).positions()
    np.testing.assert_allclose(at_rest, [[1, 2, 3], [1, 12, 3], [6, 12, 3], [6, 12, 5]])
    # A quarter about z takes +y to -x and +x to +y. The arm's quarter about its own x leaves the +x of its child; the
    # forearm's quarter back about its own y takes its +z to -x, which the root's turn takes to -y.
    np.testing.assert_allclose(turned, [[10, 20, 30], [0, 20, 30], [0, 25, 30], [0, 23, 30]], atol=1e-12)


def test_order_of_rotations_is_that_of_the_channels(tmp_path: Path) -> None:
    def about(axis: int, degrees: float) -> np.ndarray:
        c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        matrix = np.eye(3)
        i, j = [(1, 2), (2, 0), (0, 1)][axis]
        matrix[i, i] = matrix[j, j] = c
        matrix[j, i], matrix[i, j] = s, -s
        return matrix

    angles = {"X": 20.0, "Y": -50.0, "Z": 110.0}
    for order in ("ZXY", "XYZ", "YZX"):
        channels = " ".join(f"{axis}rotation" for axis in order)
        text = (
            f"HIERARCHY\nROOT a\n{{\nOFFSET 0 0 0\nCHANNELS 3 {channels}\nEnd Site\n{{\nOFFSET 1 2 3\n}}\n}}\n"
            f"MOTION\nFrames: 1\nFrame Time: 1\n{' '.join(str(angles[axis]) for axis in order)}\n"
        )
        expected = np.array([1.0, 2, 3])
        for axis in reversed(order):
            expected = about("XYZ".index(axis), angles[axis]) @ expected
        np.testing.assert_allclose(read_bvh(write(tmp_path, text)).positions()[0, 1], expected)


def test_positions_may_be_channels_of_any_joint(tmp_path: Path) -> None:
    text = ARM.replace("CHANNELS 1 Yrotation", "CHANNELS 2 Xposition Yrotation")
    text = text.replace("0 0 0 0\n10", "0 0 0 7 0\n10").replace("90 -90", "90 9 -90")
    first, second = read_bvh(write(tmp_path, text)).positions()
    assert first[2].tolist() == [8, 12, 3]
    np.testing.assert_allclose(second[2], [0, 29, 30], atol=1e-12)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("HIERARCHY", "HIERARKY", "Line 1 .*HIERARCHY"),
        ("ROOT Hips", "JOINT Hips", "Line 2 .*JOINT"),
        ("ROOT Hips", "ROOT", "Line 2 .*ROOT"),
        ("OFFSET 1 2 3", "OFFSET 1 2", "Line 4 .*three numbers"),
        ("OFFSET 1 2 3", "OFFSET 1 2 3\nOFFSET 1 2 3", "Line 5 .*once"),
        ("OFFSET 0 10 0", "OFFSET 0 ten 0", "Line 8 .*ten"),
        ("CHANNELS 1 Yrotation", "CHANNELS 2 Yrotation", "Line 12 .*2 CHANNELS, but 1"),
        ("CHANNELS 1 Yrotation", "CHANNELS 1 Wrotation", "Line 12 .*wrotation"),
        ("CHANNELS 1 Yrotation", "CHANNELS 2 Yrotation Yrotation", "Line 12 "),
        ("    OFFSET 0 10 0\n", "", "JOINT"),
        ("} } } }", "} } }", "Line 17 .*MOTION"),
        ("MOTION", "", "MOTION"),
        ("Frames: 2", "Frames: 3", "2 frames, but 3"),
        ("Frames: 2", "Frames: 1", "2 frames, but 1"),
        ("Frames: 2", "Frames: 0.5", "Line 18 .*whole"),
        ("Frames: 2", "Frames: 0", "Line 18 .*no frame"),
        ("Frame Time: 0.0083333", "", "Line 20 .*Frame Time"),
        ("0 90 -90", "0 90", "Line 21 .*9 values, but .* 10 channels"),
        ("0 90 -90", "0 90 nan", "Line 21 .*not finite"),
        (ARM, "", "HIERARCHY"),
        (ARM[ARM.index("MOTION") :], "", "MOTION"),
    ],
)
def test_names_the_malformed_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in ARM
    with pytest.raises(InputError, match=says):
        read_bvh(write(tmp_path, ARM.replace(old, new, 1)))


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "x.bvh"
    path.write_bytes(bytes(range(256)))
    with pytest.raises(InputError, match="HIERARCHY"):
        read_bvh(path)
