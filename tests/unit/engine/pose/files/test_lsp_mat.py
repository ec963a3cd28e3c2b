"""LSP and LSP-extended: the two shapes and what their flags mean."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from engine.errors import InputError
from engine.pose.files.open import read_annotations
from engine.pose.joints import LSP_14, MPII_16


def people(count: int) -> np.ndarray:
    """(N, 14, 3) with a flag of 1 at the right knee alone."""
    values = np.random.default_rng(0).uniform(1, 150, (count, 14, 3))
    values[..., 2] = 0
    values[:, LSP_14.index("r_knee"), 2] = 1
    return values


def write(folder: Path, joints: object) -> Path:
    path = folder / "joints.mat"
    savemat(path, {"joints": joints})
    return path


def test_lsp_flags_what_is_hidden(tmp_path: Path) -> None:
    values = people(1001)
    read = read_annotations(write(tmp_path, values.transpose(2, 1, 0)))
    assert len(read) == 1001
    a, last = read[0], read[-1]
    assert (a.image, a.split) == ("im0001.jpg", "train")
    assert (last.image, last.split) == ("im1001.jpg", "test")
    for name in ("r_ankle", "l_wrist", "upper_neck", "head_top"):
        np.testing.assert_allclose(a.joints[MPII_16.index(name)], values[0, LSP_14.index(name), :2] - 0.5)
    assert a.visibility[MPII_16.index("r_knee")] == 1
    assert a.visibility[MPII_16.index("l_knee")] == 2
    assert a.visibility[MPII_16.index("pelvis")] == 2
    hips = values[0, [LSP_14.index("l_hip"), LSP_14.index("r_hip")], :2]
    np.testing.assert_allclose(a.joints[MPII_16.index("pelvis")], hips.mean(0) - 0.5)
    assert a.layout is LSP_14
    np.testing.assert_allclose(a.points, values[0, :, :2] - 0.5)


@pytest.mark.parametrize("count", [1, 3])
def test_lsp_extended_flags_what_is_labelled(tmp_path: Path, count: int) -> None:
    values = people(count)
    a = read_annotations(write(tmp_path, values.transpose(1, 2, 0)))[0]
    assert (a.image, a.split) == ("im00001.jpg", "train")
    assert a.visibility.sum() == 2
    assert a.visibility[MPII_16.index("r_knee")] == 2
    assert np.isfinite(a.joints).all(1).sum() == 1


@pytest.mark.parametrize(
    ("joints", "says"),
    [
        (np.zeros((14, 2, 5)), "3 × 14 × N"),
        (np.zeros((3, 14, 5)) + 0.5, "not 0 and 1"),
        ("text", "no matrix"),
    ],
)
def test_refuses_other_matrices(tmp_path: Path, joints: object, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_annotations(write(tmp_path, joints))
