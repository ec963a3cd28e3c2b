"""The readers on published files themselves, where DEEPSKEL_DATA names a folder that has them (mpii/valid.h5, …)."""

from __future__ import annotations

import os
from pathlib import Path

import h5py
import numpy as np
import pytest

from engine.pose.files.annotation import Annotation
from engine.pose.files.open import read_annotations
from engine.pose.joints import MPII_16


def published(name: str) -> Path:
    path = Path(os.environ.get("DEEPSKEL_DATA", "")) / name
    if "DEEPSKEL_DATA" not in os.environ or not path.is_file():
        pytest.skip(f"DEEPSKEL_DATA names no folder with {name}")
    return path


def heights(people: list[Annotation], *joints: str) -> list[float]:
    """Median y of joints, in the order of asking."""
    y = np.stack([person.joints[:, 1] for person in people])
    return [float(np.nanmedian(y[:, MPII_16.index(joint)])) for joint in joints]


def test_mpii_valid_h5() -> None:
    path = published("mpii/valid.h5")
    people = read_annotations(path)
    assert len(people) == 2958
    assert len({person.image for person in people}) == 2729
    assert {person.split for person in people} == {"val"}
    # What MPII annotates is whole pixels; the file's own centre and scale are those of the person's window.
    centers = np.array([person.center for person in people]) + 0.5
    np.testing.assert_allclose(centers, centers.round(), atol=1e-9)
    with h5py.File(path) as file:
        sides = np.array([window.width for person in people if (window := person.window())])
        np.testing.assert_allclose(sides, 200 * file["scale"][()])
        tops = np.array([window.y0 + window.height / 2 for person in people if (window := person.window())])
        np.testing.assert_allclose(tops, file["center"][:, 1] - 0.5)
        unknown = (file["part"][()] == 0).all(-1)
    np.testing.assert_array_equal(unknown, np.stack([person.visibility for person in people]) == 0)
    np.testing.assert_allclose([person.head for person in people], [25 * (person.scale or 0) for person in people])
    order = heights(people, "head_top", "upper_neck", "thorax", "pelvis", "r_knee", "r_ankle")
    assert order == sorted(order)


def test_mpii_train_csv() -> None:
    people = read_annotations(published("mpii/train_joints.csv"))
    assert len(people) == 17928
    assert len({person.image for person in people}) == 11210
    assert all((person.visibility == 2).all() for person in people)
    order = heights(people, "head_top", "upper_neck", "thorax", "pelvis", "l_knee", "l_ankle")
    assert order == sorted(order)
