"""deepskel annotate on small files of the real formats."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from PIL import Image

from app.cli import preparing
from app.cli.annotate import annotate
from app.cli.annotate_parser import FINDINGS
from app.cli.parser import parse
from app.cli.run import run as run_verb
from engine.errors import InputError, OutputError
from engine.pose.files.open import read_annotations
from engine.pose.kinematics import bone_index, rotate_bone
from engine.pose.project.exports.h5 import read_people_h5
from engine.pose.project.exports.npz import read_people_npz
from engine.pose.project.person import Person, PoseState
from engine.pose.project.project import Project
from engine.pose.project.store import CandidateStore, key_of, weights_digest
from tests.unit.engine.pose.someone import CAMERA, POSE, Someone

ROOT = Path(__file__).parents[4]
SEEN = CAMERA.project(POSE)


def write_h5(folder: Path, images: list[str], name: str = "valid.h5") -> Path:
    """As the Stacked Hourglass has MPII: people of the same pose in other places; the second one has two joints."""
    count = len(images)
    part = SEEN[None] + np.arange(count)[:, None, None] * (3, 1) + 0.5
    if count > 1:
        part[1, 2:] = 0
    folder.mkdir(parents=True, exist_ok=True)
    with h5py.File(folder / name, "w") as file:
        file["part"], file["visible"] = part, np.ones((count, 16))
        file["center"], file["scale"] = np.full((count, 2), 120.0), np.full(count, 0.8)
        file["normalize"] = np.full(count, 20.0)
        file["imgname"] = np.array([image.encode() for image in images])
    return folder / name


def write_photo(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((260, 240, 3), 90, np.uint8)).save(folder / name)
    return folder / name


def run(*argv: object) -> int:
    return annotate(parse(["annotate", *map(str, argv)]))


def init(annotations: Path, output: Path, *options: object) -> Project:
    assert run("init", annotations, "-o", output, "--processes", 1, *options) == 0
    return Project.open(output)


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> Someone:
    """The networks are somebody who sees one pose everywhere."""
    someone = Someone()
    monkeypatch.setattr(preparing, "_method", lambda device: someone)
    return someone


@pytest.fixture
def annotations(tmp_path: Path) -> Path:
    return write_h5(tmp_path / "mpii", ["a.png", "b.png", "c.png"])


@pytest.fixture
def project(annotations: Path, tmp_path: Path) -> Path:
    init(annotations, tmp_path / "project.json")
    return tmp_path / "project.json"


class TestInit:
    def test_everybody_is_lifted_and_the_annotations_stay(
        self, annotations: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = annotations.read_bytes()
        project = init(annotations, tmp_path / "p.json", "--json")
        captured = capsys.readouterr()
        assert annotations.read_bytes() == before
        assert [p.person for p in project.people] == ["a.png#1", "b.png#1", "c.png#1"]
        assert [p.state.pose is None for p in project.people] == [False, True, False]
        assert project.people[0].state.pose_from == ("lifted",) * 16
        assert project.people[0].state.error() < 5
        assert not any(p.changed or p.reviewed for p in project.people)
        told = json.loads(captured.out)
        assert (told["people"], told["lifted"], told["without_pose"], told["resumed"]) == (3, 2, 1, False)
        assert told["missing_photos"] == ["a.png", "b.png", "c.png"]
        assert "3 of 3 photos were not found: a.png, b.png, c.png" in captured.err
        assert not (tmp_path / "p.json.journal").exists()
        assert not (tmp_path / "p.candidates").exists()

    def test_photos_are_found_by_name_where_they_are_said_to_be(self, annotations: Path, tmp_path: Path) -> None:
        here = write_photo(tmp_path / "one", "a.png")
        there = write_photo(tmp_path / "two", "c.png")
        project = init(annotations, tmp_path / "p.json", "--images", tmp_path / "one", tmp_path / "two")
        assert [project.image_path(p) for p in project.people] == [here, None, there]
        assert project.missing == ("b.png",)

    def test_without_a_folder_photos_are_looked_for_beside(
        self, annotations: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        photo = write_photo(annotations.parent / "images", "b.png")
        project = init(annotations, tmp_path / "p.json")
        assert project.image_path(project.people[1]) == photo
        assert "1 without a pose.\ndeepskel: Give --predict" in capsys.readouterr().err

    def test_many_missing_photos_are_counted_and_named_when_asked(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        many = write_h5(tmp_path, [f"{n}.png" for n in range(9)])
        init(many, tmp_path / "p.json")
        told = capsys.readouterr().err
        assert "9 of 9 photos were not found: 0.png, 1.png, 2.png, 3.png, 4.png, …" in told
        assert "8.png" not in told
        init(many, tmp_path / "q.json", "--verbose")
        assert "7.png, 8.png" in capsys.readouterr().err

    def test_a_folder_that_is_not_there_is_told(
        self, annotations: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        init(annotations, tmp_path / "p.json", "--images", tmp_path / "none")
        assert f"There is no folder {tmp_path / 'none'}." in capsys.readouterr().err

    def test_the_first_few(self, annotations: Path, tmp_path: Path) -> None:
        assert len(init(annotations, tmp_path / "p.json", "--limit", 2).people) == 2

    def test_several_processes_do_the_same(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        many = write_h5(tmp_path, [f"{n}.png" for n in range(6)])
        monkeypatch.setattr(preparing, "PORTION", 2)
        alone = init(many, tmp_path / "alone.json")
        assert run("init", many, "-o", tmp_path / "both.json", "--processes", 2) == 0
        for a, b in zip(alone.people, Project.open(tmp_path / "both.json").people, strict=True):
            assert a.same_as(b)


class TestPrediction:
    def test_the_networks_read_whose_photo_is_there(
        self, annotations: Path, tmp_path: Path, made_up: Someone, capsys: pytest.CaptureFixture[str]
    ) -> None:
        photo = write_photo(tmp_path / "photos", "a.png")
        options = ("--images", tmp_path / "photos", "--predict", "--json", "--device", "cpu")
        project = init(annotations, tmp_path / "p.json", *options)
        assert json.loads(capsys.readouterr().out)["predicted"] == 1
        first = project.people[0]
        assert first.state.pose_from == ("lifted",) * 16  # who has joints is lifted first
        assert first.size == (240, 260)
        store = CandidateStore.beside(tmp_path / "p.json")
        candidates = store.get("a.png#1", key_of(first, photo, weights_digest()))
        assert candidates is not None
        assert {c.source for c in candidates} == {"lifted", "predicted"}
        assert made_up.looks
        # Once more: nothing is left to do.
        made_up.looks.clear()
        project = init(annotations, tmp_path / "p.json", *options)
        told = json.loads(capsys.readouterr().out)
        assert (told["predicted"], told["lifted"], told["resumed"]) == (0, 0, True)
        assert not made_up.looks
        assert project.people[0].same_as(first)
        # A photo that has changed is read again.
        os.utime(photo, ns=(1, 1))
        init(annotations, tmp_path / "p.json", *options)
        assert json.loads(capsys.readouterr().out)["predicted"] == 1

    def test_a_folder_of_photos(self, tmp_path: Path, made_up: Someone, capsys: pytest.CaptureFixture[str]) -> None:
        photos = tmp_path / "photos"
        for name in ("b.png", "a.png"):
            write_photo(photos, name)
        (photos / "c.jpg").write_bytes(b"no photo")
        (photos / "notes.txt").write_text("not one at all")
        project = init(photos, tmp_path / "p.json", "--predict", "--device", "cpu")
        assert [p.image for p in project.people] == ["a.png", "b.png", "c.jpg"]
        first, _, broken = project.people
        assert first.state.joints_from == ("detected",) * 16
        assert first.state.pose_from == ("predicted",) * 16
        assert first.state.visibility.tolist() == [2] * 16
        assert broken.state.pose is None
        assert "1 could not be read: “c.jpg”" in capsys.readouterr().err
        key = key_of(first, photos / "a.png", weights_digest())
        kept = CandidateStore.beside(tmp_path / "p.json").get(first.person, key)
        assert kept is not None
        assert kept[0].name == "lifted"  # from the joints that were detected
        made_up.looks.clear()
        init(photos, tmp_path / "p.json", "--predict", "--device", "cpu")
        assert not made_up.looks

    def test_nobody_found_is_not_asked_again(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        nobody = Someone(0.0)
        monkeypatch.setattr(preparing, "_method", lambda device: nobody)
        write_photo(tmp_path / "photos", "a.png")
        project = init(tmp_path / "photos", tmp_path / "p.json", "--predict", "--device", "cpu")
        assert project.people[0].state.pose is None
        nobody.looks.clear()
        init(tmp_path / "photos", tmp_path / "p.json", "--predict", "--device", "cpu")
        assert not nobody.looks


KILLED = """
import os, signal, sys
sys.path.insert(0, {root!r})
from app.cli import annotate_init, preparing
from app.__main__ import main
annotate_init.KEEP_EVERY = 0.0
preparing.PORTION = 2
lift = preparing.lift_people
calls = 0
def lift_people(people):
    global calls
    calls += 1
    if calls == 3:
        os.kill(os.getpid(), signal.{signal})
    return lift(people)
preparing.lift_people = lift_people
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
class TestGoingOn:
    @pytest.mark.parametrize(("sent", "code"), [("SIGKILL", -9), ("SIGINT", 130)])
    def test_after_the_process_has_ended(self, tmp_path: Path, sent: str, code: int) -> None:
        many = write_h5(tmp_path, [f"{n}.png" for n in range(9)])
        output = tmp_path / "p.json"
        script = tmp_path / "killed.py"
        script.write_text(KILLED.format(root=str(ROOT), signal=sent))
        argv = ["annotate", "init", str(many), "-o", str(output), "--processes", "1"]
        done = subprocess.run([sys.executable, str(script), *argv], capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        before = Project.open(output)
        assert before.recovered == 3  # two portions of two, one of whom has too few joints
        assert sum(p.state.pose is not None for p in before.people) == 3
        asked = {p.person for p in before.people if p.state.pose is None}
        after = init(many, output)
        assert after.recovered == 0
        assert [p.state.pose is None for p in after.people] == [n == 1 for n in range(9)]
        for a, b in zip(before.people, after.people, strict=True):
            assert a.same_as(b) or a.person in asked

    def test_what_was_done_by_hand_stays(self, annotations: Path, project: Path) -> None:
        opened = Project.open(project)
        person = opened.people[0]
        assert person.state.pose is not None
        turned = rotate_bone(person.state.pose, bone_index("l_elbow", "l_wrist"), _quarter())
        opened.replace(0, replace(person.edited(replace(person.state, pose=turned)), notes="mine"))
        opened.save()
        again = init(annotations, project)
        assert again.people[0].same_as(opened.people[0])

    def test_other_folders_and_more_people(self, tmp_path: Path, annotations: Path) -> None:
        output = tmp_path / "p.json"
        init(annotations, output, "--limit", 1)
        photo = write_photo(tmp_path / "late", "a.png")
        project = init(annotations, output, "--images", tmp_path / "late")
        assert len(project.people) == 3
        assert project.image_path(project.people[0]) == photo
        assert len(init(annotations, output, "--limit", 1).people) == 3  # nobody is taken away


def _quarter() -> Any:
    from scipy.spatial.transform import Rotation

    return Rotation.from_rotvec([0, 0, np.pi / 4])


class TestRefusals:
    def test_something_else_is_not_replaced(self, annotations: Path, project: Path, tmp_path: Path) -> None:
        other = write_h5(tmp_path / "other", ["x.png"])
        before = project.read_bytes()
        with pytest.raises(OutputError, match="made of something else"):
            run("init", other, "-o", project)
        (tmp_path / "text.json").write_text("{}")
        with pytest.raises(OutputError, match="exists already, and cannot be gone on with"):
            run("init", other, "-o", tmp_path / "text.json")
        write_photo(tmp_path / "photos", "a.png")
        with pytest.raises(OutputError, match="made of something else"):
            run("init", tmp_path / "photos", "-o", project)
        assert project.read_bytes() == before
        assert [p.image for p in init(other, project, "--overwrite").people] == ["x.png"]

    def test_a_project_that_is_open_elsewhere(self, annotations: Path, project: Path) -> None:
        # A lock of this process does not keep this process out.
        code = (
            f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
            "from pathlib import Path\nfrom engine.pose.project.project import Project\n"
            f"p = Project.open(Path({str(project)!r})); p.lock(); print('locked', flush=True); sys.stdin.readline()\n"
        )
        with subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as other:
            assert other.stdout is not None
            assert other.stdin is not None
            assert other.stdout.readline() == "locked\n"
            before = project.read_bytes()
            for options in ((), ("--overwrite",)):
                with pytest.raises(OutputError):
                    run("init", annotations, "-o", project, *options)
            assert project.read_bytes() == before
            other.stdin.write("\n")
            other.stdin.flush()

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b" \n",
            b"[]",
            b"{",
            b"\x89HDF\r\n\x1a\n broken",
            b"a,b\n",
            b"[{}]",
            b'{"images": [], "annotations": [], "categories": []}',
        ],
    )
    def test_files_that_are_no_annotations(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "a.json").write_bytes(content)
        with pytest.raises(InputError):
            run("init", tmp_path / "a.json", "-o", tmp_path / "p.json")
        assert not (tmp_path / "p.json").exists()

    def test_what_is_not_there(self, tmp_path: Path, annotations: Path) -> None:
        with pytest.raises(InputError):
            run("init", tmp_path / "none.h5", "-o", tmp_path / "p.json")
        (tmp_path / "empty").mkdir()
        with pytest.raises(InputError, match="no photo in"):
            run("init", tmp_path / "empty", "-o", tmp_path / "p.json")
        with pytest.raises(OutputError, match="a project is JSON"):
            run("init", annotations, "-o", tmp_path / "p.txt")
        with pytest.raises(OutputError):
            run("init", annotations, "-o", tmp_path / "nowhere" / "p.json")

    def test_exit_codes_of_the_program(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run_verb(annotate, parse(["annotate", "check", str(tmp_path / "none.json")])) == 2
        assert run_verb(annotate, parse(["annotate", "init", str(tmp_path), "-o", str(tmp_path / "p.txt")])) == 5
        assert len(capsys.readouterr().err.splitlines()) == 2


def test_names_of_others_give_no_orders_to_the_terminal(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    opened = Project.open(project)
    state = PoseState(np.full((16, 2), np.nan), np.zeros(16, int))
    opened.add(Person("\x1b[2Jé\n.jpg#1", "\x1b[2Jé\n.jpg", state))
    opened.save()
    assert run("check", project) == FINDINGS
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\ufffd[2Jé\ufffd.jpg#1  no_pose" in shown


def test_a_crowd_is_read_in_parts(tmp_path: Path) -> None:
    state = PoseState(np.full((16, 2), np.nan), np.zeros(16, int))
    crowd = [(i, Person(f"{i}", "a.jpg" if i % 2 else "b.jpg", state)) for i in range(150)]
    parts = list(preparing.photo_portions(crowd, {"a.jpg": tmp_path / "a.jpg"}))
    assert [len(part.people) for part in parts] == [32, 32, 11]
    assert [i for part in parts for i, _ in part.people] == list(range(1, 150, 2))


class TestExport:
    @pytest.mark.parametrize(("kind", "file"), [(None, "e.npz"), (None, "e.h5"), (None, "e.json"), ("coco", "c.json")])
    def test_what_is_written_reads_back(
        self, project: Path, tmp_path: Path, kind: str | None, file: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        options = () if kind is None else ("--format", kind)
        output = tmp_path / "out" / file
        output.parent.mkdir()
        capsys.readouterr()
        assert run("export", project, "-o", output, "--json", *options) == 0
        captured = capsys.readouterr()
        told, count = json.loads(captured.out), 3 if kind == "coco" else 2
        assert (told["people"], told["left_out"]) == (count, 3 - count)
        assert ("1 person is left out" in captured.err) == (count == 2)
        assert told["format"] == (kind or output.suffix[1:])
        first = Project.open(project).people[0]
        if kind == "coco":
            (again, *_) = read_annotations(output)
            np.testing.assert_allclose(again.joints[0], first.state.joints[0])
        else:
            (again, _) = _READERS[output.suffix](output)
            np.testing.assert_array_equal(again.state.pose, first.state.pose)
        with pytest.raises(OutputError, match="exists"):
            run("export", project, "-o", output, *options)
        assert run("export", project, "-o", output, "--overwrite", *options) == 0

    def test_one_person(self, project: Path, tmp_path: Path) -> None:
        assert run("export", project, "-o", tmp_path / "c.bvh", "--person", "c.png#1") == 0
        assert (tmp_path / "c.bvh").read_text().startswith("HIERARCHY")
        with pytest.raises(InputError, match="one person"):
            run("export", project, "-o", tmp_path / "d.bvh")
        with pytest.raises(InputError, match="nobody"):
            run("export", project, "-o", tmp_path / "d.bvh", "--person", "d.png#1")

    @pytest.mark.parametrize("only", ["reviewed", "changed"])
    def test_those_that_are_asked_for(self, project: Path, tmp_path: Path, only: str) -> None:
        opened = Project.open(project)
        opened.replace(2, replace(opened.people[2], **{only: True}))
        opened.save()
        assert run("export", project, "-o", tmp_path / "e.npz", "--only", only) == 0
        assert [p.person for p in read_people_npz(tmp_path / "e.npz")] == ["c.png#1"]

    def test_what_was_only_in_the_journal_is_exported_too(
        self, project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        opened = Project.open(project)
        opened.replace(2, replace(opened.people[2], reviewed=True))
        opened.append(opened.take_unwritten())
        assert run("export", project, "-o", tmp_path / "e.npz", "--only", "reviewed") == 0
        assert "1 person is taken from the journal beside project.json." in capsys.readouterr().err

    def test_what_is_protected(self, project: Path, annotations: Path, tmp_path: Path) -> None:
        for path in (project, annotations):
            before = path.read_bytes()
            with pytest.raises(OutputError):
                run("export", project, "-o", path, "--overwrite")
            assert path.read_bytes() == before
        with pytest.raises(OutputError, match="no known format"):
            run("export", project, "-o", tmp_path / "e.xls")
        with pytest.raises(OutputError):
            run("export", project, "-o", tmp_path / "e.json", "--format", "npz")


_READERS = {".npz": read_people_npz, ".h5": read_people_h5, ".json": lambda path: Project.open(path).people}


class TestCheck:
    def test_findings_in_words_and_as_json(
        self, project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run("check", project, "--json", tmp_path / "found.json") == FINDINGS
        told = capsys.readouterr().out
        assert "b.png#1  no_pose       No pose; 2 of 16 joints marked." in told
        assert "1 of 3 people have findings:" in told
        content = json.loads((tmp_path / "found.json").read_text())
        assert (content["people"], content["people_with_findings"]) == (3, 1)
        (finding,) = content["findings"]
        assert (finding["person"], finding["what"], finding["amount"]) == ("b.png#1", "no_pose", 2.0)
        with pytest.raises(OutputError, match="exists"):
            run("check", project, "--json", tmp_path / "found.json")
        assert run("check", project, "--json", "-") == FINDINGS
        assert json.loads(capsys.readouterr().out)["findings"] == content["findings"]

    def test_clean(self, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("check", project, "--only", "reviewed") == 0
        assert "Nothing was found with 0 people." in capsys.readouterr().out
        opened = Project.open(project)
        opened.replace(0, replace(opened.people[0], reviewed=True))
        opened.save()
        assert run("check", project, "--only", "reviewed") == 0
        assert "with 1 people" in capsys.readouterr().out

    def test_tolerances(self, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run("check", project, "--reprojection", "0.0001", "--most", "2") == FINDINGS
        told = capsys.readouterr().out
        assert "more (--most, --json)" in told
        assert "reprojection" in told

    def test_a_damaged_project(self, project: Path) -> None:
        lines = project.read_text().splitlines()
        at = next(i for i, line in enumerate(lines) if "c.png#1" in line)
        lines[at] = lines[at].replace('"image"', '"immage"')
        project.write_text("\n".join(lines))
        with pytest.raises(InputError, match=rf"Line {at + 1} .*c\.png#1"):
            run("check", project)
