"""Annotations of every format, and photos, as people of a project."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.errors import InputError
from engine.pose.files.annotation import Annotation
from engine.pose.files.open import read_annotations
from engine.pose.project.importing import people_of_photos, person_of
from engine.pose.project.project import Project
from tests.unit.engine.pose.files import test_coco_json as coco
from tests.unit.engine.pose.files import test_lsp_mat as lsp
from tests.unit.engine.pose.files import test_mpii_csv as csv
from tests.unit.engine.pose.files import test_mpii_h5 as h5
from tests.unit.engine.pose.files import test_mpii_json as jsons
from tests.unit.engine.pose.files import test_mpii_mat as mat
from tests.unit.engine.pose.project.people import same


def write_mat(folder: Path) -> Path:
    first = mat.person(
        mat.ANKLE, mat.KNEE, mat.TOP, **mat.HEAD, scale=3.02, objpos=mat.structs({"x": 594.0, "y": 257.0})
    )
    return mat.release(folder, [mat.structs(first, mat.person(mat.KNEE)), mat.structs(first), mat.EMPTY])


def write_csv(folder: Path) -> Path:
    path = folder / "train_joints.csv"
    path.write_text(f"{csv.ROW}\n{csv.ROW.replace('4.0,4.25', '-1,7')}\n")
    return path


WRITERS: dict[str, Callable[[Path], Path]] = {
    "mat": write_mat,
    "hrnet": lambda folder: jsons.write(folder, [jsons.HRNET, jsons.HRNET]),
    "pytorch-pose": lambda folder: jsons.write(folder, [jsons.POSE_MACHINE, jsons.POSE_MACHINE]),
    "h5": h5.write,
    "lsp": lambda folder: lsp.write(folder, lsp.people(1001).transpose(2, 1, 0)),
    "csv": write_csv,
    "coco": lambda folder: coco.write(folder, coco.content(coco.PERSON, coco.PERSON)),
}


@pytest.mark.parametrize("kind", WRITERS)
def test_every_format_becomes_a_project(tmp_path: Path, kind: str) -> None:
    path = WRITERS[kind](tmp_path)
    before = path.read_bytes(), path.stat().st_mtime_ns
    annotations = read_annotations(path)
    project = Project.from_annotations(annotations, [tmp_path], source=path)
    assert len(project.people) == len(annotations) >= 2
    for person, annotation in zip(project.people, annotations, strict=True):
        assert (person.person, person.image, person.split) == (annotation.person, annotation.image, annotation.split)
        np.testing.assert_array_equal(person.state.joints, annotation.joints)
        np.testing.assert_array_equal(person.state.visibility, annotation.visibility)
        for name in ("size", "box", "center", "scale", "head"):
            assert getattr(person, name) == getattr(annotation, name)
        assert set(person.state.joints_from) == {"annotated"}
        assert (person.state.pose, person.reviewed, person.changed) == (None, False, False)
    assert project.missing == tuple(dict.fromkeys(each.image for each in annotations))
    again = Project.open(project.save(tmp_path / "project.json"))
    same(again.people, project.people)
    assert again.source is not None
    assert again.source.path.samefile(path)
    assert again.source.format == annotations[0].source.format
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_several_people_of_a_photo(tmp_path: Path) -> None:
    (tmp_path / "000000000.jpg").touch()
    project = Project.from_annotations(read_annotations(write_mat(tmp_path)), [tmp_path])
    assert [person.person for person in project.people] == [
        "000000000.jpg#1", "000000000.jpg#2", "000000001.jpg#1",
    ]  # fmt: skip
    assert [project.image_path(person) for person in project.people] == [*[tmp_path / "000000000.jpg"] * 2, None]
    assert project.missing == ("000000001.jpg",)


def test_joints_outside_the_photo_stay(tmp_path: Path) -> None:
    people = [person_of(annotation) for annotation in read_annotations(write_csv(tmp_path))]
    assert people[1].state.joints[4].tolist() == [-1.5, 6.5]
    assert people[1].state.visibility[4] == 2


def test_half_a_position_and_numbers_that_are_none_are_unknown(tmp_path: Path) -> None:
    (good, _) = read_annotations(write_csv(tmp_path))
    joints = good.joints.copy()
    joints[3, 1] = np.nan
    fields = {name: getattr(good, name) for name in ("image", "at", "person", "source", "layout", "points", "seen")}
    wrong = Annotation(
        **fields, joints=joints, visibility=good.visibility, scale=float("nan"), center=(1.0, float("inf")), head=2.0
    )
    person = person_of(wrong)
    assert person.state.visibility[3] == 0
    assert np.isnan(person.state.joints[3]).all()
    assert (person.scale, person.center, person.head) == (None, None, 2.0)


def test_two_files_of_one_photo_cannot_be_one_project(tmp_path: Path) -> None:
    people = read_annotations(write_csv(tmp_path))
    with pytest.raises(InputError, match="same name"):
        Project.from_annotations(people + people, [])


def test_photos(tmp_path: Path) -> None:
    Image.new("RGB", (40, 30)).save(tmp_path / "b.png")
    turned = Image.Exif()
    turned[0x0112] = 6
    Image.new("RGB", (40, 30)).save(tmp_path / "a.jpg", exif=turned)
    Image.new("RGB", (20, 10)).save(tmp_path / "c.tif")
    (tmp_path / "torn.png").write_bytes(b"\x89PNG")
    paths = [tmp_path / name for name in ("b.png", "a.jpg", "c.tif", "torn.png", "b.png")]
    project = Project.from_photos(paths)
    assert [person.person for person in project.people] == ["b.png#1", "a.jpg#1", "c.tif#1", "torn.png#1"]
    assert [person.size for person in project.people] == [(40, 30), (30, 40), (20, 10), None]
    assert [person.box for person in project.people[1::2]] == [(0.0, 0.0, 30.0, 40.0), None]
    assert not any(person.state.known.any() for person in project.people)
    assert [project.image_path(person) for person in project.people] == paths[:4]
    assert project.missing == ()
    same(Project.open(project.save(tmp_path / "set.json")).people, project.people)


def test_photos_of_one_name_in_several_folders(tmp_path: Path) -> None:
    paths = [tmp_path / folder / "a.png" for folder in ("x", "y", "y/z")]
    for side, path in enumerate(paths, 1):
        path.parent.mkdir(exist_ok=True)
        Image.new("L", (side, side)).save(path)
    project = Project.from_photos(paths)
    assert [person.image for person in project.people] == ["x/a.png", "y/a.png", "y/z/a.png"]
    assert [project.image_path(person) for person in project.people] == paths
    assert Project.from_photos([]).people == []


@pytest.mark.skipif(sys.platform != "linux", reason="needs names of any bytes")
def test_a_file_name_that_is_no_text(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\xff.png"))
    path.touch()
    with pytest.raises(InputError, match=r"“a\?.png”"):
        people_of_photos([path])
