"""People as files of others: each is read again and is what was written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from engine.errors import InputError, OutputError
from engine.pose.files.bvh import read_bvh
from engine.pose.files.open import read_annotations
from engine.pose.joints import COCO_17, MPII_16
from engine.pose.project.exports import EXPORTS, export_people
from engine.pose.project.exports.h5 import read_people_h5
from engine.pose.project.exports.npz import read_people_npz
from engine.pose.project.person import Person, PoseState
from engine.pose.project.project import Project, Source
from tests.unit.engine.pose.project.people import everything, people_like, same
from tests.unit.engine.pose.someone import CAMERA, POSE


def plain(person: Person) -> Person:
    """What of a person is not of working on them."""
    state = replace(person.state, fixed=frozenset())
    return Person(
        person.person, person.image, state, person.size, person.box, person.center, person.scale, person.head,
        person.split,
    )  # fmt: skip


def nobody() -> Person:
    """Somebody with a box alone."""
    return Person("n", "n.jpg", PoseState(np.full((16, 2), np.nan), np.zeros(16, int)), box=(1.0, 2.0, 30.0, 40.0))


def standing(**fields: object) -> Person:
    state = PoseState(CAMERA.project(POSE), np.full(16, 2), pose=POSE, camera=CAMERA)
    return Person("s", "s.jpg", state, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "read"), [("json", lambda p: Project.open(p).people), ("npz", read_people_npz)])
def test_everything_known_of_a_person_comes_back_to_the_bit(tmp_path: Path, kind: str, read) -> None:
    people = [everything(), nobody(), *people_like(20)]
    path = tmp_path / f"set.{kind}"
    done = export_people(people, path, kind)
    assert (done.path, done.people, done.left_out) == (path, 21, 1)
    same(read(path), [plain(person) for person in people if person.person != "n"])
    first = path.read_bytes()
    export_people(people, path, kind, overwrite=True)
    assert path.read_bytes() == first


def test_h5_is_read_as_people_and_as_annotations(tmp_path: Path) -> None:
    people = [everything(), nobody(), *people_like(20), standing(split="val")]
    path = tmp_path / "set.h5"
    assert export_people(people, path, "h5").left_out == 1
    people.pop(1)
    again, annotations = read_people_h5(path), read_annotations(path)
    assert len(again) == len(annotations) == len(people)
    for person, read, annotation in zip(people, again, annotations, strict=True):
        assert (read.person, read.image, read.split) == (person.person, person.image, person.split)
        assert annotation.image == person.image
        for state in (read.state, annotation):
            np.testing.assert_array_equal(state.visibility, person.state.visibility)
            np.testing.assert_allclose(state.joints, person.state.joints, rtol=0, atol=1e-9)
        assert read.state.pose.tobytes() == person.state.pose.tobytes()
        if person.center is not None and person.state.camera.tx < 1e9:
            assert read.center == pytest.approx(person.center, abs=1e-9)
            assert read.scale == person.scale
            np.testing.assert_allclose(read.state.projected(), person.state.projected(), rtol=1e-12, atol=1e-9)
    window, expected = annotations[-1].window(), people[-1].window()
    assert (window.x0, window.y0, window.width) == pytest.approx((expected.x0, expected.y0, expected.width))


def test_h5_has_what_code_that_learns_poses_reads(tmp_path: Path) -> None:
    hidden = standing(split="train", head=60.0, center=(120.0, 130.0), scale=1.5)
    state = hidden.state
    visibility, joints = state.visibility.copy(), state.joints.copy()
    visibility[0], joints[0], visibility[1] = 0, np.nan, 1
    export_people(
        [replace(hidden, state=replace(state, visibility=visibility, joints=joints))], tmp_path / "t.h5", "h5"
    )
    with h5py.File(tmp_path / "t.h5") as file:
        assert file["imgname"][0].decode() == "s.jpg"
        # MATLAB's pixels: one half more than ours. Absent joints are at nought.
        assert file["part"][0, 0].tolist() == [0, 0]
        assert file["part"][0, 7].tolist() == [120.5, 60.5]
        assert file["visible"][0, :3].tolist() == [0, 0, 1]
        assert file["center"][0].tolist() == [120.5, 130.5]
        assert (file["scale"][0], file["normalize"][0], file["istrain"][0]) == (1.5, 60, 1)
        assert file["joint_3d_mono"].shape == (1, 16, 3)
        assert file["joint_3d_mono"][0, 7].tolist() == [0, 0, 0]
        scale, *shift = file["weak_perspective"][0]
        np.testing.assert_allclose(file["joint_2d"][0], scale * file["joint_3d_mono"][0, :, :2] + shift)
        np.testing.assert_allclose(file["joint_2d"][0, 1:], file["part"][0, 1:])
        assert list(file.attrs["joints"]) == list(MPII_16.joints)
        assert file.attrs["root"] == "thorax"
        assert "(1, 1)" in file.attrs["coordinates of part, joint_2d, center"]


def test_coco(tmp_path: Path) -> None:
    people = [everything(), nobody(), *people_like(20)]
    people[-1] = replace(people[-1], state=replace(people[-1].state, pose=None, camera=None))
    done = export_people(people, tmp_path / "set.json", "coco")
    assert (done.people, done.left_out) == (21, 1)
    people.pop(1)
    shared = [name for name in MPII_16.joints if name in COCO_17.joints]
    assert len(shared) == 12
    rows = [MPII_16.index(name) for name in shared]
    written = [p for p in people if p.state.known[rows].any()]
    again = read_annotations(tmp_path / "set.json")
    assert [each.image for each in again] == [person.image for person in written]
    for person, read in zip(written, again, strict=True):
        np.testing.assert_array_equal(read.visibility[rows], person.state.visibility[rows])
        np.testing.assert_allclose(read.joints[rows], person.state.joints[rows], rtol=0, atol=1e-9)
    assert again[0].size == (640, 480)
    assert again[0].box == pytest.approx(people[0].box)


def test_bvh(tmp_path: Path) -> None:
    path = tmp_path / "s.bvh"
    export_people([standing(), nobody()], path, "bvh")
    (places,) = read_bvh(path).positions()
    names = read_bvh(path).names
    bone = places[names.index("LeftHand")] - places[names.index("LeftForeArm")]
    expected = (POSE[MPII_16.index("l_wrist")] - POSE[MPII_16.index("l_elbow")]) * (1, -1, -1) / 10
    np.testing.assert_allclose(bone, expected, atol=1e-4)
    for people in ([standing(), standing()], [nobody()]):
        with pytest.raises(InputError, match="one person"):
            export_people(people, path, "bvh", overwrite=True)


def test_what_cannot_be_written(tmp_path: Path) -> None:
    project = Project([standing()], source=Source("x", tmp_path / "source.json"))
    project.save(tmp_path / "set.json")
    (tmp_path / "source.json").touch()
    with pytest.raises(InputError, match=r"no export called “obj”"):
        export_people(project.people, tmp_path / "a.obj", "obj")
    with pytest.raises(OutputError, match="cannot be written"):
        export_people(project.people, tmp_path / "a.json", "npz")
    with pytest.raises(OutputError, match="the project itself"):
        export_people(project.people, tmp_path / "set.json", "json", project=project, overwrite=True)
    with pytest.raises(OutputError, match="annotations themselves"):
        export_people(project.people, tmp_path / "source.json", "coco", project=project, overwrite=True)
    export_people(project.people, tmp_path / "a.h5", "h5")
    with pytest.raises(OutputError, match="exists already"):
        export_people(project.people, tmp_path / "a.h5", "h5")


@pytest.mark.parametrize("kind", [name for name, export in EXPORTS.items() if not export.single])
def test_none_of_them(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"set{EXPORTS[kind].ending}"
    assert export_people([nobody()], path, kind).left_out == 1
    read = {"npz": read_people_npz, "h5": read_people_h5, "coco": read_annotations}.get(
        kind, lambda path: Project.open(path).people
    )
    assert read(path) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"visibility": None}, "no array “visibility”"),
        ({"version": np.array(2)}, "version 2"),
        ({"joint_names": np.array(["nose"])}, "“joint_names”"),
        ({"camera": np.zeros((3, 3))}, "“camera”"),
        ({"joints3d": np.zeros((3, 17, 3))}, "“joints3d”"),
        ({"joints3d": np.ones((3, 16, 3))}, "thorax"),
        ({"joints3d_from": np.full((3, 16), 9)}, "“joints3d_from”"),
        ({"person": np.zeros(3)}, "“person”"),
    ],
)
def test_malformed_npz(tmp_path: Path, change: dict[str, np.ndarray | None], said: str) -> None:
    path = tmp_path / "set.npz"
    export_people(people_like(3), path, "npz")
    with np.load(path) as archive:
        arrays = dict(archive) | change
    np.savez(path, **{name: values for name, values in arrays.items() if values is not None})
    with pytest.raises(InputError, match=said):
        read_people_npz(path)


def test_malformed_h5(tmp_path: Path) -> None:
    path = tmp_path / "set.h5"
    for field, values, said in (
        ("joint_3d_mono", None, "no field “joint_3d_mono”"),
        ("joint_3d_mono", np.zeros((3, 17, 3)), "“joint_3d_mono”"),
        ("weak_perspective", np.zeros((3, 3)), "“weak_perspective”"),
        ("weak_perspective", np.full((3, 3), b"x"), "“weak_perspective”"),
        ("person", None, "“person”"),
    ):
        export_people(people_like(3), path, "h5", overwrite=True)
        with h5py.File(path, "a") as file:
            del file[field]
            if values is not None:
                file[field] = values
        with pytest.raises(InputError, match=said):
            read_people_h5(path)
    for read in (read_people_npz, read_people_h5):
        (tmp_path / "torn").write_bytes(b"\x89HDF\r\n\x1a\n" + b"PK" * 9)
        with pytest.raises(InputError, match="readable"):
            read(tmp_path / "torn")
