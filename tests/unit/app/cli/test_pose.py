"""deepskel pose and lift with made-up sessions: what is asked of them, what is written, and what is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.cli import lift as lift_verb
from app.cli.lift import lift
from app.cli.parser import parse
from app.cli.pose import pose
from engine.crop.prompts import Box, Click
from engine.device import Device
from engine.errors import InputError, OutputError, PhotoError
from engine.imaging.load import load
from engine.imaging.photo import Photo
from engine.pose.files.pose_json import PoseFile
from engine.pose.joints import MPII_16
from engine.pose.lifting.flips import Flips
from engine.pose.lifting.lift import Lifted
from engine.pose.session import PosePrediction, PoseSession
from tests.unit.engine.pose.someone import CAMERA, POSE, Someone

WIDTH, HEIGHT = 120, 90


class Poses:
    """Notes what is asked, and answers with someone in the box (or in the whole photo)."""

    asked: list[dict[str, Any]] = []  # noqa: RUF012 - the log of all sessions

    def __init__(self, photo: Photo, device: Device) -> None:
        self.session = PoseSession(photo, Someone())

    def predict(self, **asked: Any) -> PosePrediction:
        self.asked.append(asked)
        return self.session.predict(box=asked["box"])


class Nobody(Poses):
    def __init__(self, photo: Photo, device: Device) -> None:
        self.session = PoseSession(photo, Someone(0.0))


def never(*_: Any) -> Any:
    raise AssertionError("nothing is loaded before the arguments are checked")


@pytest.fixture(autouse=True)
def _fresh_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Poses, "asked", [])


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "фото 1.png"
    Image.fromarray(np.random.default_rng(0).integers(1, 256, (HEIGHT, WIDTH, 3), np.uint8)).save(path)
    return path


def run(photo: Path, *options: str, out: str = "pose.json", poses: Any = Poses) -> Path:
    output = photo.parent / out
    arguments = parse(["pose", str(photo), "-o", str(output), "--device", "cpu", *options])
    assert pose(arguments, poses) == 0
    return output


class TestPose:
    def test_what_is_asked(self, photo: Path) -> None:
        run(photo, out="1.json")
        run(photo, "--box", "10,20,100,80", out="2.json")
        run(photo, "--click", "60,45", "--not", "5,5", "--mute", out="3.json")
        assert Poses.asked == [
            {"box": None, "clicks": (), "mute": False},
            {"box": Box(10, 20, 100, 80), "clicks": (), "mute": False},
            {"box": None, "clicks": (Click(60, 45), Click(5, 5, positive=False)), "mute": True},
        ]

    def test_what_is_written(self, photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
        output = run(photo, "--box", "10,20,100,80", "--hypotheses", "--plot", str(photo.with_name("p.png")), "--json")
        told, file = json.loads(capsys.readouterr().out), PoseFile.read(output)
        assert (file.photo, file.width, file.height) == (photo.name, WIDTH, HEIGHT)
        (person,) = file.people
        assert len(person.hypotheses) == told["hypotheses"] == 4
        assert all(hypothesis.joints3d is not None for hypothesis in person.hypotheses)
        assert (told["found"], told["problem"], told["joints_seen"]) == (True, None, 16)
        assert told["chosen"] == person.chosen
        assert told["reprojection_error"] == person.hypotheses[person.chosen].reprojection_error
        assert load(told["plot"]).height == 720

    def test_other_hypotheses_are_told_by_their_figures(self, photo: Path) -> None:
        (person,) = PoseFile.read(run(photo)).people
        assert [h.joints3d is not None for h in person.hypotheses] == [k == person.chosen for k in range(4)]

    def test_nobody_is_a_result_too(self, photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
        picture = photo.with_name("p.png")
        output = run(photo, "--json", "--plot", str(picture), poses=Nobody)
        captured = capsys.readouterr()
        told = json.loads(captured.out)
        assert PoseFile.read(output).people == []
        assert (told["found"], told["hypotheses"], told["chosen"]) == (False, 0, None)
        assert told["problem"] in captured.err
        assert picture.exists()

    @pytest.mark.parametrize(
        "options",
        [
            ("--not", "5,5"),
            ("--click", "5,5", "--box", "1,1,50,50"),
            ("--mute",),
            ("--box", "1,1,50,50", "--mute"),
            ("--plot", "pose.json"),
            ("--plot", "p.pdf"),
            ("--box", "5,5,5,9"),
        ],
    )
    def test_what_makes_no_sense_is_refused_first(self, photo: Path, options: tuple[str, ...]) -> None:
        with pytest.raises((InputError, OutputError)):
            run(photo, *options, poses=never)
        with pytest.raises(OutputError, match="JSON"):
            run(photo, out="pose.csv", poses=never)

    def test_a_click_outside_and_a_missing_photo(self, photo: Path) -> None:
        with pytest.raises(InputError, match="outside"):
            run(photo, "--click", "500,5", poses=never)
        with pytest.raises(PhotoError):
            run(photo.with_name("none.png"), poses=never)

    def test_files_are_kept(self, photo: Path) -> None:
        output = run(photo)
        with pytest.raises(OutputError, match="exists"):
            run(photo)
        run(photo, "--overwrite")
        assert output.exists()


@pytest.fixture
def joints(tmp_path: Path) -> Path:
    path = tmp_path / "joints.json"
    xy = dict(zip(MPII_16.joints, CAMERA.project(POSE).tolist(), strict=True))
    path.write_text(json.dumps({"people": [{"person": "anna", "joints": xy}, {"joints": {"r_knee": [3, 4]}}]}))
    return path


class TestLift:
    @pytest.fixture(autouse=True)
    def _made_up(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def lifted(points: Any, visibility: Any) -> Lifted:
            known = np.isfinite(np.array(points)).all(-1) & (np.array(visibility) > 0)
            n, found = len(known), known.sum(1) > 3
            flips = Flips(np.ones((n, 2, 15), np.int8), np.tile([0.75, 0.25], (n, 1)), np.ones((n, 15)))
            flips.signs[:, 1] = -1
            scale, shift = np.full(n, CAMERA.scale), np.tile([CAMERA.tx, CAMERA.ty], (n, 1))
            return Lifted(np.repeat(POSE[None], n, 0), scale, shift, known * 0.5, np.ones((n, 16)), flips, found)

        monkeypatch.setattr(lift_verb, "lift_joints", lifted)

    def test_people_are_lifted_and_the_others_named(self, joints: Path, capsys: pytest.CaptureFixture[str]) -> None:
        output = joints.with_name("pose.json")
        assert lift(parse(["lift", str(joints), "-o", str(output), "--json"])) == 0
        captured = capsys.readouterr()
        told, (person,) = json.loads(captured.out), PoseFile.read(output).people
        assert person.person == "anna"
        assert person.pose() == pytest.approx(POSE)
        assert [(h.score, h.joints3d is None) for h in person.hypotheses] == [(0.75, False), (0.25, True)]
        assert (told["people"], told["not_lifted"], told["reprojection_error"]) == (1, ["1"], [1.0])
        assert "Person 1" in captured.err

    def test_all_flips(self, joints: Path) -> None:
        output = joints.with_name("pose.json")
        assert lift(parse(["lift", str(joints), "-o", str(output), "--hypotheses"])) == 0
        (person,) = PoseFile.read(output).people
        assert person.hypotheses[1].pose() == pytest.approx(POSE * (1, 1, -1))

    def test_what_cannot_be_understood_or_written(self, joints: Path) -> None:
        with pytest.raises(OutputError, match="JSON"):
            lift(parse(["lift", str(joints), "-o", "pose.csv"]))
        with pytest.raises(OutputError):
            lift(parse(["lift", str(joints), "-o", str(joints), "--overwrite"]))
        joints.write_text('{"people": [{"joints": {"tail": [1, 2]}}]}')
        with pytest.raises(InputError, match="tail"):
            lift(parse(["lift", str(joints), "-o", str(joints.with_name("pose.json"))]))
        with pytest.raises(InputError, match="none"):
            lift(parse(["lift", str(joints.with_name("none.json")), "-o", "pose.json"]))
