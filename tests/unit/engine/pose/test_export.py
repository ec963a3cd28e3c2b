from pathlib import Path

import numpy as np
import pytest

from engine.crop.prompts import Box
from engine.errors import InputError, OutputError
from engine.imaging.load import load
from engine.imaging.photo import Photo
from engine.pose.export import export, export_plot, lifted_records, person_record
from engine.pose.files.joints2d_json import Person2D
from engine.pose.files.pose_json import PoseFile
from engine.pose.hypotheses import NO_MAP
from engine.pose.lifting.flips import Flips
from engine.pose.lifting.lift import Lifted
from engine.pose.session import PosePrediction, PoseSession
from tests.unit.engine.pose.someone import CAMERA, POSE, Someone

PHOTO = Photo.from_array(np.full((400, 300, 3), 90, np.uint8))
BOX = Box(50, 50, 250, 350)


@pytest.fixture
def prediction() -> PosePrediction:
    return PoseSession(PHOTO, Someone(), how="fusion").predict(box=BOX)


@pytest.mark.parametrize("all_poses", [True, False])
def test_what_is_written_is_read_back(prediction: PosePrediction, tmp_path: Path, all_poses: bool) -> None:
    file = PoseFile.read(export(prediction, tmp_path / "pose.json", all_poses=all_poses))
    assert (file.width, file.height) == (300, 400)
    (person,) = file.people
    assert person.xy() == pytest.approx(prediction.joints, abs=1e-3)
    assert person.confidence() == pytest.approx(prediction.confidence, abs=1e-3)
    assert person.pose() == pytest.approx(prediction.best.pose, abs=1e-3)
    assert person.chosen == prediction.chosen
    assert person.box is not None
    assert person.box[2] - person.box[0] == pytest.approx(prediction.window.width, abs=1e-2)
    for told, hypothesis in zip(person.hypotheses, prediction.hypotheses, strict=True):
        assert told.reprojection_error == pytest.approx(hypothesis.reprojection_error, abs=1e-3)
        assert (told.width, told.crop) == hypothesis.origin
        assert told.camera.camera().project(POSE) == pytest.approx(hypothesis.camera.project(POSE), abs=1e-2)
        assert (told.pose() is not None) == (all_poses or hypothesis is prediction.best)
    assert prediction.hypotheses[-1].origin == NO_MAP


def test_nobody_is_a_file_without_people(tmp_path: Path) -> None:
    nobody = PoseSession(PHOTO, Someone(0.0)).predict(box=BOX)
    assert PoseFile.read(export(nobody, tmp_path / "pose.json")).people == []
    with pytest.raises(InputError, match="No person"):
        person_record(nobody)


def test_files_are_protected(prediction: PosePrediction, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="JSON"):
        export(prediction, tmp_path / "pose.txt")
    path = export(prediction, tmp_path / "pose.json")
    with pytest.raises(OutputError, match="exists"):
        export(prediction, path)
    assert export(prediction, path, overwrite=True) == path


def test_the_picture(prediction: PosePrediction, tmp_path: Path) -> None:
    path = export_plot(prediction, PHOTO, tmp_path / "pose.png")
    assert load(path).height == 720


def test_lifted_people_and_their_flips() -> None:
    signs = np.ones((2, 3, 15), np.int8)
    signs[:, 1] = -1
    flips = Flips(signs, np.array([[0.7, 0.3, 0.0], [1.0, 0.0, 0.0]]), np.ones((2, 15)))
    xy = CAMERA.project(POSE)
    lifted = Lifted(
        np.stack([POSE, POSE]),
        np.array([CAMERA.scale, np.nan]),
        np.array([[CAMERA.tx, CAMERA.ty], [np.nan, np.nan]]),
        np.full((2, 16), 0.5),
        np.full((2, 16), 1.5),
        flips,
        np.array([True, False]),
    )
    people = [Person2D(xy, np.full(16, 2), "anna"), Person2D(xy, np.full(16, 2), None)]
    (record,) = lifted_records(lifted, people, all_poses=True)
    assert record.person == "anna"
    assert [h.score for h in record.hypotheses] == [0.7, 0.3]
    assert [h.reprojection_error for h in record.hypotheses] == [1.5, 1.5]
    assert record.pose() == pytest.approx(POSE)
    assert record.hypotheses[1].pose() == pytest.approx(POSE * (1, 1, -1))
    assert lifted_records(lifted, people)[0].hypotheses[1].pose() is None
