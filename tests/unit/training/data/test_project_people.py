"""People whose poses were fixed by hand, as truth for training and for measuring."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import h5py
import numpy as np
import pytest

from engine.errors import InputError
from engine.pose.kinematics import flip_depth
from engine.pose.project.exports import export_people
from engine.pose.project.person import Person, PoseState
from engine.pose.project.prepare import lift_people
from engine.pose.project.project import Project
from tests.unit.engine.pose.someone import CAMERA, POSE
from tests.unit.training.data.test_pose_bank import people as recorded
from training.__main__ import main
from training.data.cache import PhotoCache
from training.data.mocap import JOINTS_17
from training.data.people import open_people
from training.data.pose_data import PoseData, open_pose_data
from training.data.pose_samples import PoseSamplerSettings, PoseSamples
from training.data.project_people import is_project
from training.evaluation.pose_data import photo_people
from training.recipes.pose_lifts import PSEUDO_TRUST, lifts

FIXED = flip_depth(POSE, [2, 3, 9])
"""Falls on the same joints as POSE, and is not what lifting makes of them."""


def person(name: str, **fields: object) -> Person:
    state = PoseState(CAMERA.project(POSE), np.full(16, 2), pose=FIXED, camera=CAMERA, pose_from=("edited",) * 16)
    return Person(f"{name}#1", f"{name}.png", state, size=(240, 260), **fields)  # type: ignore[arg-type]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Three people: reviewed, with another pose (validation split); changed only; reviewed without a pose."""
    (tmp_path / "photos").mkdir()
    for name in "abcd":
        cv2.imwrite(str(tmp_path / f"photos/{name}.png"), np.full((260, 240, 3), 90, np.uint8))
    nobody = PoseState(np.full((16, 2), np.nan), np.zeros(16, int))
    people = [
        person("a", reviewed=True),
        person("b", reviewed=True, split="val", head=30.0),
        person("c", changed=True),
        replace(person("d", reviewed=True), state=nobody),
    ]
    made = Project(people, [tmp_path / "photos"])
    return made.save(tmp_path / "set.json")


def test_those_who_were_reviewed_with_the_pose_that_was_fixed(project: Path, tmp_path: Path) -> None:
    first, second = open_people(project)
    assert (first.set, first.split, first.person) == ("fixed", "train", "fixed/set.json/a#1")
    assert (second.split, second.head, second.image) == ("val", 30.0, tmp_path / "photos/b.png")
    assert first.size == (240, 260)
    np.testing.assert_array_equal(first.pose, FIXED)
    np.testing.assert_allclose(first.joints, CAMERA.project(POSE))
    assert [p.person for p in open_people(project, "val")] == ["fixed/set.json/b#1"]
    with pytest.raises(InputError, match=r"no person of split dev .*train, val"):
        open_people(project, "dev")


def test_nobody_reviewed(project: Path) -> None:
    opened = Project.open(project)
    for i, each in enumerate(opened.people):
        opened.replace(i, replace(each, reviewed=False))
    opened.save()
    with pytest.raises(InputError, match=r"Nobody in set\.json has been reviewed"):
        open_people(project)


@pytest.mark.parametrize("kind", ["npz", "h5", "json"])
def test_an_export_has_those_who_were_chosen(project: Path, tmp_path: Path, kind: str) -> None:
    chosen = [person for person in Project.open(project).people if person.changed]
    path = tmp_path / "photos" / f"export.{kind}"
    export_people(chosen, path, kind)
    assert is_project(path)
    data = open_pose_data([path], "train")
    (record,) = data.people
    assert data.poses is None  # an archive of people is no motion capture
    assert (record.person, record.set) == (f"fixed/export.{kind}/c#1", "fixed")
    np.testing.assert_allclose(record.pose, FIXED)
    assert record.image == tmp_path / "photos/c.png"


def test_missing_photos_are_listed(project: Path, tmp_path: Path) -> None:
    (tmp_path / "photos/b.png").unlink()
    with pytest.raises(InputError, match=r"1 of 2 photos of set\.json are missing: b\.png"):
        open_people(project)
    (tmp_path / "elsewhere").mkdir()
    cv2.imwrite(str(tmp_path / "elsewhere/b.png"), np.zeros((260, 240, 3), np.uint8))
    assert len(open_people(project, images=[tmp_path / "elsewhere"])) == 2


def test_what_is_no_project(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"format": "deepskel pose", "people": []}')
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "b.npz").write_bytes(b"PK broken")
    np.savez(tmp_path / "mocap.npz", joints=np.zeros((1, 17, 3)))
    with h5py.File(tmp_path / "valid.h5", "w") as file:
        file["part"] = np.zeros((1, 16, 2))
    (tmp_path / "c.h5").write_bytes((tmp_path / "valid.h5").read_bytes()[:200])
    assert not any(is_project(path) for path in [*tmp_path.iterdir(), tmp_path, tmp_path / "none"])


def test_a_damaged_project_names_the_line(project: Path) -> None:
    lines = project.read_text().splitlines()
    at = next(i for i, line in enumerate(lines) if "b#1" in line)
    lines[at] = lines[at].replace('"r_ankle"', '"r_tail"', 1)
    project.write_text("\n".join(lines))
    with pytest.raises(InputError, match=f"Line {at + 1} "):
        open_people(project)


def test_fixed_poses_are_trusted_and_others_lifted(project: Path, tmp_path: Path) -> None:
    fixed = open_people(project, "train")
    plain = [replace(record, pose=None, person="p") for record in fixed]
    data = PoseData([*plain, *fixed])
    cache = PhotoCache(tmp_path / "cache", data.images(), progress=False)
    found = lifts(data, cache)
    assert found is not None
    poses, trust = found
    np.testing.assert_allclose(poses[1], FIXED, atol=1e-3)
    assert (trust[1] == 1).all()
    (lifted,) = lift_people([replace(person("a"), state=PoseState(CAMERA.project(POSE), np.full(16, 2)))])
    np.testing.assert_allclose(poses[0], lifted.state.pose, atol=1e-3)
    assert (trust[0] <= PSEUDO_TRUST).all()


def test_a_sample_shows_the_fixed_pose_over_the_joints(project: Path, tmp_path: Path) -> None:
    data = PoseData(open_people(project, "train"))
    cache = PhotoCache(tmp_path / "cache", data.images(), progress=False)
    samples = PoseSamples(data, cache, PoseSamplerSettings(synthetic=0), 0, size=96, lifted=lifts(data, cache))
    for n in range(6):
        sample = samples.sample(n)
        assert (sample["trust"] == 1).all()
        # A weak-perspective camera shows the pose exactly where the joints are, however the window is turned.
        pose, xy = sample["pose"].numpy(), sample["xy"].numpy()
        a, b = pose[:, :2] - pose[:, :2].mean(0), xy - xy.mean(0)
        np.testing.assert_allclose(a * ((a * b).sum() / (a * a).sum()), b, atol=1e-2)
        assert np.ptp(pose[:, 2]) == pytest.approx(np.ptp(FIXED[:, 2]), rel=1e-3)


def test_what_is_measured_in_photos_is_the_fixed_pose(project: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    ((_, subject),) = photo_people(PoseData(open_people(project, "train")))
    np.testing.assert_allclose(subject.pose, FIXED, atol=1e-3)


def test_a_network_learns_from_a_project(project: Path, tmp_path: Path) -> None:
    poses = recorded(8)
    (tmp_path / "mocap").mkdir()
    np.savez(
        tmp_path / "mocap/a.npz", joints=poses.joints, joint_names=np.array(JOINTS_17), subject=np.zeros(8, np.int16),
        seq=np.zeros(8, np.int32), frame=np.arange(8), subjects=np.array(["cmu007"]), sequences=np.array(["07_01"]),
    )  # fmt: skip
    config = tmp_path / "maps.json"
    small = {"widths": [8, 8, 16, 16, 16], "depths": [1, 1, 1, 1]}
    config.write_text(json.dumps({"name": "pose_maps", "schedule": {"batch_size": 4}, "size": 64, "arguments": small}))
    out = tmp_path / "out"
    fixed = ["--steps", "2", "--workers", "0", "--device", "cpu", "--precision", "float32", "--quiet"]
    places = ["--config", str(config), "--out", str(out), "--cache", str(tmp_path / "cache")]
    data = ["--data", str(project), str(tmp_path / "mocap")]
    assert main(["fit", "pose", "--model", "pose_maps", *data, *places, *fixed]) == 0
    assert (out / "last.pt").is_file()
