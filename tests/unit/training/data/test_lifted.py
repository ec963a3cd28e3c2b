from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.pose.lifting.dictionary import load_dictionary
from engine.pose.lifting.lift import lift
from training.data.lifted import lifted_joints, lifted_people
from training.data.people import PersonRecord


@pytest.fixture
def records():
    book = load_dictionary()
    rng = np.random.default_rng(2)
    made = []
    for i in range(4):
        joints = book.mean[:, :2] * 0.2 + 100 + rng.normal(0, 3, (16, 2))
        seen = np.full(16, 2)
        if i == 3:
            seen[:] = 0
        made.append(PersonRecord("lsp", "train", Path(f"{i}.jpg"), None, joints, seen, str(i)))
    return made


def test_people_are_lifted_once(records, tmp_path, monkeypatch):
    poses, confidence = lifted_people(records, tmp_path)
    expected = lift(np.stack([r.joints for r in records]), np.stack([r.visibility for r in records]))
    np.testing.assert_allclose(poses, expected.poses, atol=1e-3)
    assert poses.dtype == confidence.dtype == np.float32
    assert (confidence[3] == 0).all()
    assert (confidence[0] > 0).all()

    def never(*args, **options):
        raise AssertionError("lifted again")

    monkeypatch.setattr("training.data.lifted.lift", never)
    again, _ = lifted_people(records, tmp_path)
    np.testing.assert_array_equal(again, poses)
    with pytest.raises(AssertionError, match="lifted again"):
        lifted_people(records[:2], tmp_path)
    book = load_dictionary()
    with pytest.raises(AssertionError, match="lifted again"):
        lifted_people(records, tmp_path, replace(book, lengths=book.lengths * 1.1))


def test_a_damaged_file_is_made_again(records, tmp_path):
    poses, _ = lifted_people(records, tmp_path)
    (file,) = tmp_path.glob("*.npz")
    file.write_bytes(b"nothing")
    np.testing.assert_array_equal(lifted_people(records, tmp_path)[0], poses)


def test_joints_without_photos(records, tmp_path):
    joints, seen = np.stack([r.joints for r in records]), np.stack([r.visibility for r in records])
    np.testing.assert_array_equal(lifted_joints(joints, seen, tmp_path)[0], lifted_people(records, tmp_path)[0])


def test_nobody(tmp_path):
    poses, confidence = lifted_people([], tmp_path)
    assert poses.shape == (0, 16, 3)
    assert confidence.shape == (0, 16)
