"""Human3.6M's npz and cameras; a pickle that asks for more than arrays is refused."""

from __future__ import annotations

import io
import json
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.errors import InputError
from engine.pose.files.body import BODY_17
from engine.pose.files.h36m import read_h36m, read_h36m_cameras
from engine.pose.files.plain_npz import read_plain_npz


def standing() -> np.ndarray:
    """(1, 32, 3) metres, +Z up: a person at (1, 2) who faces -Y, so that their left is at +X."""
    places = np.random.default_rng(0).uniform(-9, 9, (32, 3))  # the joints that do not move
    for joint, place in {
        0: (0, 0, 1.0), 1: (-0.1, 0, 1.0), 2: (-0.1, 0, 0.55), 3: (-0.1, 0, 0.1), 6: (0.1, 0, 1.0), 7: (0.1, 0, 0.55),
        8: (0.1, 0, 0.1), 12: (0, 0, 1.2), 13: (0, 0, 1.45), 14: (0, -0.05, 1.55), 15: (0, 0, 1.65),
        17: (0.15, 0, 1.4), 18: (0.15, 0, 1.1), 19: (0.15, -0.2, 1.0), 25: (-0.15, 0, 1.4), 26: (-0.15, 0, 1.1),
        27: (-0.15, -0.1, 0.9),
    }.items():  # fmt: skip
        places[joint] = place
    return places[None].astype(np.float32) + np.float32([1, 2, 0])


def write(folder: Path, content: Any, key: str = "positions_3d") -> Path:
    path = folder / "data_3d_h36m.npz"
    np.savez_compressed(path, **{key: np.array(content, object)} if isinstance(content, dict) else {key: content})
    return path


def test_reads_recordings_by_subject_and_action(tmp_path: Path) -> None:
    path = write(tmp_path, {"S1": {"Walking 1": standing(), "Sitting": standing()[:0]}, "S11": {"Eating": standing()}})
    first, second, third = read_h36m(path)
    assert (first.subject, first.action, second.action, third.subject) == ("S1", "Walking 1", "Sitting", "S11")
    assert first.world.shape == (1, 17, 3)
    assert second.body().shape == (0, 17, 3)
    joints = dict(zip(BODY_17, first.body()[0], strict=True))
    for joint, place in {
        "pelvis": (0, 0, 0), "l_hip": (100, 0, 0), "r_knee": (-100, -450, 0), "thorax": (0, 450, 0),
        "upper_neck": (0, 550, 50), "head_top": (0, 650, 0), "l_wrist": (150, 0, 200), "r_wrist": (-150, -100, 100),
        "spine": (0, 200, 0), "r_ankle": (-100, -900, 0),
    }.items():  # fmt: skip
        np.testing.assert_allclose(joints[joint], place, atol=1e-3, err_msg=joint)


def test_takes_17_joints(tmp_path: Path) -> None:
    moving = [0, 1, 2, 3, 6, 7, 8, 12, 13, 14, 15, 17, 18, 19, 25, 26, 27]
    (short,) = read_h36m(write(tmp_path, {"S1": {"Walking": standing()[:, moving]}}))
    (whole,) = read_h36m(write(tmp_path, {"S1": {"Walking": standing()}}))
    np.testing.assert_array_equal(short.world, whole.world)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (np.zeros((4, 32, 3)), "no dictionary of subjects"),
        ({"S1": standing()}, "S1 is no dictionary of actions"),
        ({"S1": {"Walking": standing()[:, :20]}}, r"S1, Walking is \(1, 20, 3\)"),
        ({"S1": {"Walking": standing() * np.nan}}, "S1, Walking .*not finite"),
        ({"S1": {"Walking": [1, 2]}}, "S1, Walking is no array"),
    ],
)
def test_names_what_is_malformed(tmp_path: Path, content: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_h36m(write(tmp_path, content))


class Bomb:
    """Unpickled by numpy, it would make a folder."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (self.path,)


def test_a_pickle_runs_nothing(tmp_path: Path) -> None:
    made = tmp_path / "made"
    path = write(tmp_path, {"S1": {"Walking": Bomb(made)}})
    with pytest.raises(InputError, match=r"not arrays alone: it asks for (posix|nt)\.mkdir"):
        read_h36m(path)
    assert not made.exists()
    np.load(path, allow_pickle=True)["positions_3d"]  # the file is one that would have
    assert made.exists()


def test_other_entries_and_damaged_archives(tmp_path: Path) -> None:
    path = write(tmp_path, {"S1": {}}, key="positions_2d")
    with pytest.raises(InputError, match=r"no entry “positions_3d”.*positions_2d"):
        read_h36m(path)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(InputError, match="not a readable npz"):
        read_h36m(path)
    with pytest.raises(InputError, match="no file"):
        read_h36m(tmp_path / "none.npz")
    content = bytearray(write(tmp_path, {"S1": {"Walking": standing()}}).read_bytes())
    content[300:310] = bytes(10)  # within the compressed data
    path.write_bytes(content)
    with pytest.raises(InputError, match="not a readable npz"):
        read_h36m(path)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("positions_3d.npy", b"no array")
    with pytest.raises(InputError, match="not a readable npz"):
        read_h36m(path)


def test_plain_arrays_need_no_pickle(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    np.savez(path, numbers=np.arange(6).reshape(2, 3), text=np.array(["a", "bc"]), one=np.float32(2.5))
    assert read_plain_npz(path, "numbers").tolist() == [[0, 1, 2], [3, 4, 5]]
    assert read_plain_npz(path, "text").tolist() == ["a", "bc"]
    assert read_plain_npz(path, "one") == 2.5


def test_archives_of_older_numpy(tmp_path: Path) -> None:
    """Numpy 1 called its modules otherwise, and older pickles spell their bytes as text."""
    array = np.array({"S1": {"a": np.arange(2.0)[None]}}, object)
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": "|O", "fortran_order": False, "shape": ()})
    old = pickle.dumps(array, 2).replace(b"cnumpy._core.multiarray\n", b"cnumpy.core.multiarray\n")
    assert b"_core" not in old
    assert b"c_codecs\nencode" in old
    path = tmp_path / "x.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("positions_3d.npy", buffer.getvalue() + old)
    assert read_plain_npz(path, "positions_3d")["S1"]["a"].tolist() == [[0, 1]]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("positions_3d.npy", buffer.getvalue() + old[:-40])
    with pytest.raises(InputError, match="not a readable npz"):
        read_plain_npz(path, "positions_3d")


CAMERAS: dict[str, Any] = {
    "intrinsics": {
        "54138969": {
            "calibration_matrix": [[1145.0, 0, 512.5], [0, 1144.0, 515.5], [0, 0, 1]],
            "distortion": [-0.2, 0.24, -0.0009, -0.0016, -0.003],
        }
    },
    # The camera stands at (0, -5000, 1000) and looks along +Y.
    "extrinsics": {"S1": {"54138969": {"R": [[1, 0, 0], [0, 0, -1], [0, 1, 0]], "t": [[0], [1000], [5000]]}}},
}


def write_cameras(folder: Path, content: Any) -> Path:
    path = folder / "cameras.json"
    path.write_text(json.dumps(content))
    return path


def test_cameras_view_and_project_with_the_lens(tmp_path: Path) -> None:
    camera = read_h36m_cameras(write_cameras(tmp_path, CAMERAS))["S1", "54138969"]
    points = np.array([[[0, 0, 1000], [500, 0, 1000], [0, 1000, 600.0]]])
    seen = camera.view(points)
    np.testing.assert_allclose(seen, [[[0, 0, 5000], [500, 0, 5000], [0, 400, 6000]]])
    xy = camera.project(points)
    assert xy.shape == (1, 3, 2)
    # Brown's model by hand, k1 k2 p1 p2 k3.
    k1, k2, p1, p2, k3 = CAMERAS["intrinsics"]["54138969"]["distortion"]
    for at, expected in zip(seen[0], xy[0], strict=True):
        x, y = at[0] / at[2], at[1] / at[2]
        r = x * x + y * y
        radial = 1 + k1 * r + k2 * r**2 + k3 * r**3
        u = x * radial + 2 * p1 * x * y + p2 * (r + 2 * x * x)
        v = y * radial + p1 * (r + 2 * y * y) + 2 * p2 * x * y
        np.testing.assert_allclose(expected, [1145 * u + 512.5, 1144 * v + 515.5])
    assert camera.project(np.zeros((0, 17, 3))).shape == (0, 17, 2)


def altered(path: str, value: Any) -> dict[str, Any]:
    content: Any = json.loads(json.dumps(CAMERAS))
    inner = content
    *keys, last = path.split("/")
    for key in keys:
        inner = inner[key]
    inner[last] = value
    return content


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (altered("extrinsics/S1/54138969/R", [[1, 0], [0, 1]]), r"extrinsics\.S1\.54138969\.R"),
        (altered("extrinsics/S1/54138969/R", [[1, 0, 0], [0, 1, 0], [0, 0, -1]]), "no rotation"),
        (altered("extrinsics/S1/54138969/t", [0, 0, 0]), r"54138969\.t"),
        (altered("extrinsics/S1/x", CAMERAS["extrinsics"]["S1"]["54138969"]), r"S1\.x has no intrinsics"),
        (altered("intrinsics/54138969/distortion", [0.1]), r"intrinsics\.54138969\.distortion"),
        ({"intrinsics": {}}, "extrinsics"),
    ],
)
def test_names_the_malformed_camera(tmp_path: Path, content: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_h36m_cameras(write_cameras(tmp_path, content))
