"""True skeletons from files written as the published sets have them, with diameters by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from engine.errors import PhotoError
from training.data.skeleton_files import read_truth


def bar() -> tuple[np.ndarray, np.ndarray]:
    """A bar of rows 2 to 6 with its contour, and its middle row 4 as the skeleton."""
    edge, skeleton = np.zeros((9, 12), np.uint8), np.zeros((9, 12), np.uint8)
    edge[2, 1:11] = edge[6, 1:11] = edge[2:7, 1] = edge[2:7, 10] = 1
    skeleton[4, 3:9] = 1
    return edge, skeleton


def png(path: Path, grey: np.ndarray) -> Path:
    Image.fromarray(grey.astype(np.uint8)).save(path)
    return path


def mat(path: Path, **fields: object) -> Path:
    savemat(path, fields)
    return path


def test_symmetry_and_edge_as_sk_large_has_them(tmp_path: Path) -> None:
    edge, skeleton = bar()
    truth = read_truth([mat(tmp_path / "a.mat", edge=edge, symmetry=skeleton)])
    assert truth.skeleton.dtype == np.bool_
    np.testing.assert_array_equal(truth.skeleton, skeleton == 1)
    # Two rows from the contour, all along: the ends of the skeleton lie two columns from it.
    expected = np.where(skeleton == 1, 4, 0).astype(np.float32)
    assert truth.diameter is not None
    assert truth.diameter.dtype == np.float32
    np.testing.assert_array_equal(truth.diameter, expected)


def test_a_skeleton_on_the_contour_has_diameter_two(tmp_path: Path) -> None:
    edge, skeleton = bar()
    skeleton[4, 9:11] = 1
    truth = read_truth([mat(tmp_path / "a.mat", edge=edge, symmetry=skeleton)])
    assert truth.diameter is not None
    assert truth.diameter[4, 7:].tolist() == [4, 4, 2, 2, 0]


def test_skeleton_and_edge_in_two_files_as_wh_symmax_has_them(tmp_path: Path) -> None:
    edge, skeleton = bar()
    files = [mat(tmp_path / "skel.mat", skel=skeleton), mat(tmp_path / "edge.mat", edge=edge)]
    truth = read_truth(files)
    assert truth.diameter is not None
    assert truth.diameter[truth.skeleton].tolist() == [4] * 6


@pytest.mark.parametrize("name", ["symmetry", "sym", "skel"])
def test_a_skeleton_alone_has_no_diameter(tmp_path: Path, name: str) -> None:
    _, skeleton = bar()
    truth = read_truth([mat(tmp_path / "a.mat", **{name: skeleton == 1})])
    np.testing.assert_array_equal(truth.skeleton, skeleton == 1)
    assert truth.diameter is None


def test_annotators_are_united(tmp_path: Path) -> None:
    layers = np.zeros((5, 6, 3), np.uint8)
    layers[1, 1:4, 0] = 1
    layers[1:4, 3, 2] = 1
    truth = read_truth([mat(tmp_path / "gt_1.mat", gt=layers)])
    assert [tuple(p) for p in np.argwhere(truth.skeleton)] == [(1, 1), (1, 2), (1, 3), (2, 3), (3, 3)]


def test_a_stored_distance_counts_more_than_the_contour(tmp_path: Path) -> None:
    edge, skeleton = bar()
    distance = np.full(edge.shape, 3.5)
    distance[4, 3] = 0.2
    truth = read_truth([mat(tmp_path / "a.mat", edge=edge, symmetry=skeleton, distance=distance)])
    assert truth.diameter is not None
    assert truth.diameter[4, 2:10].tolist() == [0, 1, 7, 7, 7, 7, 7, 0]


def test_picture_and_distance_complete_each_other(tmp_path: Path) -> None:
    _, skeleton = bar()
    files = [png(tmp_path / "a.png", skeleton * 255), mat(tmp_path / "a.mat", distance=np.full(skeleton.shape, 2.5))]
    truth = read_truth(files)
    assert truth.diameter is not None
    assert truth.diameter[truth.skeleton].tolist() == [5] * 6


def test_skeview_cells(tmp_path: Path) -> None:
    """Cells: shape, end points and branches, skeleton. A row of height 5 inside the shape: circles of diameter 5."""
    _, skeleton = bar()
    shape = np.zeros_like(skeleton)
    shape[2:7, 1:11] = 1
    cells = np.empty((1, 3), object)
    cells[0, 0], cells[0, 1], cells[0, 2] = shape, np.array([[1.0, 2.0]]), skeleton
    truth = read_truth([mat(tmp_path / "a.mat", mysaving_mat=cells)])
    assert truth.diameter is not None
    assert truth.diameter[truth.skeleton].tolist() == [5] * 6


def test_a_segmentation_alone_gives_its_medial_axis(tmp_path: Path) -> None:
    mask = np.zeros((40, 60), np.uint8)
    mask[14:25, 5:55] = 1
    truth = read_truth([mat(tmp_path / "a.mat", mask=mask)])
    assert truth.diameter is not None
    rows, columns = np.nonzero(truth.skeleton)
    assert set(rows.tolist()) <= {18, 19, 20}  # its ends may lean towards a corner
    assert np.mean(rows == 19) > 0.9
    assert columns.size > 30
    assert truth.diameter[19, 30] == 11


@pytest.mark.parametrize("drawn", [1, 255])
def test_pictures_of_skeletons(tmp_path: Path, drawn: int) -> None:
    _, skeleton = bar()
    truth = read_truth([png(tmp_path / "a.png", skeleton * drawn)])
    np.testing.assert_array_equal(truth.skeleton, skeleton == 1)
    assert truth.diameter is None


def test_a_smoothed_picture_is_cut_at_half(tmp_path: Path) -> None:
    _, skeleton = bar()
    grey = skeleton * 255
    grey[3, 5] = 100
    np.testing.assert_array_equal(read_truth([png(tmp_path / "a.png", grey)]).skeleton, skeleton == 1)


def test_pictures_of_diameters_as_the_augmentation_writes_them(tmp_path: Path) -> None:
    _, skeleton = bar()
    truth = read_truth([png(tmp_path / "a.png", skeleton * np.uint8(13))])
    assert truth.diameter is not None
    assert truth.diameter[truth.skeleton].tolist() == [13] * 6


def test_an_empty_picture_is_a_photo_without_skeleton(tmp_path: Path) -> None:
    truth = read_truth([png(tmp_path / "a.png", np.zeros((4, 5)))])
    assert truth.skeleton.shape == (4, 5)
    assert not truth.skeleton.any()


def test_version_7_3_says_how_to_save_again(tmp_path: Path) -> None:
    header = b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\x00\x02IM"
    (tmp_path / "a.mat").write_bytes(header + b"\x89HDF\r\n\x1a\n" + bytes(64))
    with pytest.raises(PhotoError, match=r"version 7\.3") as caught:
        read_truth([tmp_path / "a.mat"])
    assert "-v7" in caught.value.hint


def test_damaged_and_foreign_files(tmp_path: Path) -> None:
    edge, skeleton = bar()
    whole = mat(tmp_path / "a.mat", edge=edge, symmetry=skeleton)
    whole.write_bytes(whole.read_bytes()[:200])
    (tmp_path / "b.mat").write_bytes(b"no MATLAB file" * 20)
    for name in ("a.mat", "b.mat"):
        with pytest.raises(PhotoError, match="not a readable MATLAB file"):
            read_truth([tmp_path / name])
    with pytest.raises(PhotoError, match="does not exist"):
        read_truth([tmp_path / "missing.mat"])
    with pytest.raises(PhotoError, match=r"no skeleton in c\.mat"):
        read_truth([mat(tmp_path / "c.mat", edge=edge)])
    with pytest.raises(PhotoError, match="differ in size"):
        read_truth([mat(tmp_path / "d.mat", edge=edge[1:], symmetry=skeleton)])
