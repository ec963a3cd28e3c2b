"""Kept candidates: they come back bit for bit, and nothing that is damaged or out of date comes back."""

from __future__ import annotations

import os
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from engine.errors import OutputError
from engine.pose.camera import WeakPerspective
from engine.pose.hypotheses import NO_MAP, Origin
from engine.pose.project.candidates import Candidate
from engine.pose.project.person import Person, PoseState
from engine.pose.project.store import CandidateStore, key_of, weights_digest
from tests.unit.engine.pose.someone import CAMERA, POSE

CANDIDATES = [
    Candidate("lifted", POSE * 1.1, WeakPerspective(0.1 + 1e-17, 1 / 3, -2e5), "lifted", 2.5, score=0.75),
    Candidate("stick 8, crop 1", POSE, CAMERA, "predicted", 1 / 7, Origin(8.0, 1.0), -12.5),
    Candidate("Größe 4", POSE, CAMERA, "copied", 0.0, NO_MAP),
]


def same(a: Candidate, b: Candidate) -> bool:
    return np.array_equal(a.pose, b.pose) and all(
        getattr(a, f.name) == getattr(b, f.name) for f in fields(Candidate) if f.name != "pose"
    )


@pytest.fixture
def store(tmp_path: Path) -> CandidateStore:
    return CandidateStore.beside(tmp_path / "set one.json")


def test_they_come_back_as_they_were(store: CandidateStore, tmp_path: Path) -> None:
    assert store.folder == tmp_path / "set one.candidates"
    assert store.get("a#1", "k") is None
    assert not store.folder.exists()  # asking leaves nothing behind
    store.put("a#1", "k", CANDIDATES)
    found = store.get("a#1", "k")
    assert found is not None
    assert all(same(a, b) for a, b in zip(found, CANDIDATES, strict=True))
    assert isinstance(found[1].origin, Origin)
    store.put("none", "k", [])
    assert store.get("none", "k") == []


def test_of_another_person_or_from_something_else(store: CandidateStore) -> None:
    store.put("a#1", "k", CANDIDATES)
    assert store.get("a#1", "other") is None
    assert store.get("a#2", "k") is None
    store.put("a#1", "other", CANDIDATES[:1])
    assert store.get("a#1", "k") is None
    assert len(store.get("a#1", "other") or []) == 1


def test_any_name_is_a_file_of_its_own_in_many_folders(store: CandidateStore) -> None:
    names = ["../../etc/passwd", "con", "a/b", "a\\b", "ü" * 200, "\udcff", ""] + [f"{n}.jpg#1" for n in range(300)]
    for number, name in enumerate(names):
        store.put(name, str(number), [])
    files = list(store.folder.rglob("*"))
    assert sum(file.is_file() for file in files) == len(names)
    assert len([file for file in files if file.is_dir()]) > 100
    assert max(len(list(folder.iterdir())) for folder in store.folder.iterdir()) < 12
    assert all(store.get(name, str(number)) == [] for number, name in enumerate(names))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_torn_file_counts_as_absent(store: CandidateStore, share: float) -> None:
    store.put("a#1", "k", CANDIDATES)
    (file,) = store.folder.rglob("*.npz")
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * share)])
    assert store.get("a#1", "k") is None
    store.put("a#1", "k", CANDIDATES)
    assert store.get("a#1", "k") is not None


def test_any_flipped_byte_is_absent_or_harmless(store: CandidateStore) -> None:
    store.put("a#1", "k", CANDIDATES)
    (file,) = store.folder.rglob("*.npz")
    whole = file.read_bytes()
    rng = np.random.default_rng(0)
    for at in rng.integers(0, len(whole), 300).tolist():
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        found = store.get("a#1", "k")
        assert found is None or all(same(a, b) for a, b in zip(found, CANDIDATES, strict=True)), at


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": np.array(99)},
        {"source": np.array([0, 1, 9], np.int8)},
        {"source": np.array([0, 1, -1], np.int8)},
        {"pose": np.full((3, 16, 3), np.nan)},
        {"pose": np.ones((3, 16, 3))},
        {"pose": np.zeros((3, 14, 3))},
        {"camera": np.zeros((3, 3))},
        {"score": np.zeros(2)},
        {"name": np.array([object()] * 3, object)},
    ],
)
def test_what_is_no_candidate_counts_as_absent(store: CandidateStore, wrong: dict[str, np.ndarray]) -> None:
    store.put("a#1", "k", CANDIDATES)
    (file,) = store.folder.rglob("*.npz")
    with np.load(file) as data:
        arrays = dict(data)
    np.savez(file, **{**arrays, **wrong})
    assert store.get("a#1", "k") is None


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "p.candidates").write_text("in the way")
    store = CandidateStore(tmp_path / "p.candidates")
    with pytest.raises(OutputError, match=r"a#1 cannot be kept"):
        store.put("a#1", "k", CANDIDATES)
    assert store.get("a#1", "k") is None


def test_an_interrupted_writer_leaves_the_old_file(store: CandidateStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.put("a#1", "k", CANDIDATES)

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.pose.project.store.np.savez", interrupted)
    with pytest.raises(KeyboardInterrupt):
        store.put("a#1", "k", [])
    assert len(store.get("a#1", "k") or []) == 3
    assert [file.suffix for file in store.folder.rglob("*") if file.is_file()] == [".npz"]


def test_keys_follow_what_candidates_are_made_of(tmp_path: Path) -> None:
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"one")
    state = PoseState(CAMERA.project(POSE), np.full(16, 2))
    person = Person("a#1", "a.jpg", state, box=(0.0, 1.0, 2.0, 3.0))
    moved = state.joints.copy()
    moved[3, 0] += 1e-9
    hidden = np.where(np.arange(16) == 4, 1, 2)
    keys = [
        key_of(person, None),
        key_of(person, photo, "w"),
        key_of(person, photo, "v"),
        key_of(replace(person, box=(0.0, 1.0, 2.0, 4.0)), photo, "w"),
        key_of(replace(person, box=None, center=(0.0, 1.0), scale=2.0), photo, "w"),
        key_of(replace(person, state=replace(state, joints=moved)), photo, "w"),
        key_of(replace(person, state=replace(state, visibility=hidden)), photo, "w"),
    ]
    os.utime(photo, ns=(1, 1))
    keys.append(key_of(person, photo, "w"))
    photo.write_bytes(b"other")
    os.utime(photo, ns=(1, 1))
    keys.append(key_of(person, photo, "w"))
    assert len(set(keys)) == len(keys)
    # The pose, the notes and whoever wrote the numbers do not matter.
    same = replace(person, notes="n", reviewed=True, box=(0, 1, 2, 3), state=replace(state, pose=POSE, camera=CAMERA))
    assert key_of(same, photo, "w") == keys[-1]


def test_half_a_position_is_none() -> None:
    joints = np.where(np.arange(16)[:, None] < 8, CAMERA.project(POSE), np.nan)
    half = joints.copy()
    half[12, 0] = 5.0
    half[13] = -np.nan
    seen = np.where(np.arange(16) < 8, 2, 0)
    assert key_of(Person("a", "a", PoseState(joints, seen)), None) == key_of(
        Person("a", "a", PoseState(half, seen)), None
    )


def test_the_digest_follows_the_weights(tmp_path: Path) -> None:
    assert weights_digest(tmp_path) == weights_digest(tmp_path)
    assert weights_digest(None) != weights_digest(tmp_path)
