"""The command line as a script sees it: files, standard output, one-line errors and exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from app import __version__
from engine.imaging.load import load
from engine.pose.files.pose_json import PoseFile
from engine.pose.joints import MPII_16
from engine.pose.lifting.dictionary import SHIPPED as DICTIONARY
from engine.skeleton.files.as_json import read_json
from engine.weights import SHIPPED
from tests.e2e.conftest import BOX, Run
from tests.unit.engine.pose.someone import CAMERA, POSE


def test_version(deepskel: Run) -> None:
    done = deepskel("--version")
    assert (done.returncode, done.stdout) == (0, f"DeepSkel {__version__}\n")


def test_info(deepskel: Run, weights: Path) -> None:
    done = deepskel("info", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    state = {each["name"]: each for each in told["weights"]}
    assert state["deepcrop"]["hash_ok"] is True
    assert state["deepcrop"]["path"] == str(weights / "deepcrop.safetensors")
    assert state["skeleton"]["hash_ok"] is True
    assert "baseline" in state["deepmask"]["problem"]
    assert told["devices"]
    assert told["packages"]["torch"]


def test_crop_writes_the_photo_with_alpha(deepskel: Run, photo: Path) -> None:
    output = photo.with_name("aus schnitt.png")
    done = deepskel("crop", photo, "--click", "230,300", "--not", "5,5", "-o", output, "--device", "cpu", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["width"], told["height"], told["output"]) == (512, 512, str(output))
    assert 0 <= told["score"] <= 1
    source, cutout = load(photo), load(output)
    assert cutout.size == source.size
    assert cutout.alpha is not None
    assert np.count_nonzero(cutout.alpha >= 128) == told["pixels"]
    visible = cutout.alpha > 0
    assert np.array_equal(cutout.pixels[visible], source.pixels[visible])


def test_the_same_arguments_give_the_same_bytes(deepskel: Run, photo: Path) -> None:
    outputs = [photo.with_name(f"{number}.tif") for number in range(2)]
    for output in outputs:
        done = deepskel("crop", photo, "--click", "230,300", "-o", output, "--mask-only")
        assert done.returncode == 0, done.stderr
    assert outputs[0].read_bytes() == outputs[1].read_bytes()


@pytest.mark.parametrize(
    ("status", "changed"),
    [
        (2, {"--click": "600,5"}),
        (3, {"photo": "none.jpg"}),
        (5, {"-o": "no-folder/out.png"}),
        (6, {"--device": "cuda:99"}),
    ],
)
def test_errors_have_an_exit_code_and_one_line(
    deepskel: Run, photo: Path, status: int, changed: dict[str, str]
) -> None:
    given = {"photo": str(photo), "--click": "230,300", "-o": "out.png", "--device": "cpu"} | changed
    source = given.pop("photo")
    done = deepskel("crop", source, *(part for option in given.items() for part in option))
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith("deepskel")
    assert "Traceback" not in done.stderr
    assert [path.name for path in photo.parent.iterdir()] == [photo.name]


def test_skeleton_of_a_photo(deepskel: Run, photo: Path) -> None:
    output, mask = photo.with_name("ske lett.json"), photo.with_name("maske.png")
    done = deepskel("skeleton", photo, "-o", output, "--mask", mask, "--threshold", "0.1", "--json", "--device", "cpu")
    assert done.returncode == 0, done.stderr
    told, graph = json.loads(done.stdout), read_json(output)
    assert (told["width"], told["height"], told["output"]) == (512, 512, str(output))
    assert graph.size == (512, 512)
    assert not graph.empty, "random weights find something everywhere"
    assert (told["branches"], told["nodes"], told["points"]) == (
        len(graph.branches),
        len(graph.nodes),
        len(graph.points),
    )
    assert told["radius"] == pytest.approx([graph.radius.min(), graph.radius.max()], abs=1e-3)
    assert ((graph.points >= 0) & (graph.points <= 512)).all()
    covered = load(mask).pixels[:, :, 0] > 0
    column, row = np.floor(graph.points).astype(int).clip(0, 511).T
    assert covered[row, column][graph.radius >= 1].all()


@pytest.mark.parametrize("output", ["a.svg", "a.csv", "a.png"])
def test_skeleton_of_a_clicked_object(deepskel: Run, photo: Path, output: str) -> None:
    clicks = ("--click", "230,300", "--not", "5,5")
    medial = ("--medial",) if output != "a.png" else ("--multi-scale", "--threshold", "0.1")
    done = deepskel("skeleton", photo, *clicks, *medial, "--circles", "0.2", "-o", photo.with_name(output), "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    content = photo.with_name(output).read_bytes()
    match output:
        case "a.svg":
            svg = ElementTree.fromstring(content)
            assert len(svg.findall(".//{*}path")) == told["branches"] > 0
            assert len(svg.findall(".//{*}circle")) == told["circles"] > 0
        case "a.csv":
            assert content.count(b"\n") == told["points"] + 1 > 1
        case _:
            picture, source = load(photo.with_name(output)), load(photo)
            changed = (picture.pixels != source.pixels).any(axis=2)
            assert picture.size == source.size
            assert changed.any() == (told["points"] > 0)
            assert changed.mean() < 0.9


@pytest.mark.parametrize(
    ("status", "changed"),
    [
        (2, {"--threshold": "1.5"}),
        (3, {"photo": "none.jpg"}),
        (5, {"-o": "no-folder/out.svg"}),
    ],
)
def test_skeleton_errors_have_an_exit_code_and_one_line(
    deepskel: Run, photo: Path, status: int, changed: dict[str, str]
) -> None:
    given = {"photo": str(photo), "-o": "out.svg", "--device": "cpu"} | changed
    source = given.pop("photo")
    done = deepskel("skeleton", source, *(part for option in given.items() for part in option))
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith("deepskel")
    assert "Traceback" not in done.stderr
    assert [path.name for path in photo.parent.iterdir()] == [photo.name]


@pytest.mark.skipif(not (SHIPPED / "skeleton.safetensors").exists(), reason="no skeleton weights are shipped yet")
def test_the_shipped_skeleton_network_finds_a_bar(deepskel: Run, tmp_path: Path) -> None:
    rows, columns = np.mgrid[:192, :256]
    bar = (np.abs(rows - 96) < 20) & (np.abs(columns - 128) < 88)
    path = tmp_path / "bar.png"
    Image.fromarray(np.where(bar[..., None], (90, 50, 40), (205, 210, 190)).astype(np.uint8)).save(path)
    done = deepskel("skeleton", path, "-o", "a.csv", "--mask", "mask.png", DEEPSKEL_WEIGHTS=str(SHIPPED))
    assert done.returncode == 0, done.stderr
    mask = load(tmp_path / "mask.png").pixels[:, :, 0] > 0
    assert np.count_nonzero(mask & bar) / np.count_nonzero(mask | bar) > 0.5


def test_pose_of_a_person_in_a_box(deepskel: Run, photo: Path) -> None:
    output, plot = photo.with_name("po se.json"), photo.with_name("bild.png")
    options = ("--hypotheses", "--plot", plot, "--json", "--device", "cpu")
    done = deepskel("pose", photo, "--box", ",".join(map(str, BOX)), "-o", output, *options)
    assert done.returncode == 0, done.stderr
    told, file = json.loads(done.stdout), PoseFile.read(output)
    assert (file.photo, file.width, file.height) == (photo.name, 512, 512)
    assert told["found"]
    (found,) = file.people
    assert len(found.hypotheses) == told["hypotheses"] >= 18
    assert found.pose()[MPII_16.index("thorax")] == pytest.approx(0)
    assert found.hypotheses[found.chosen].camera.scale == pytest.approx(1, abs=0.2), "a pixel is a millimetre"
    assert told["reprojection_error"] < 60
    assert load(plot).height == 720


@pytest.mark.parametrize("person", [(), ("--click", "230,300", "--mute")])
def test_pose_of_a_person_found_by_the_networks(deepskel: Run, photo: Path, person: tuple[str, ...]) -> None:
    output = photo.with_name("pose.json")
    done = deepskel("pose", photo, *person, "-o", output, "--json")
    assert done.returncode == 0, done.stderr
    told, file = json.loads(done.stdout), PoseFile.read(output)
    assert len(file.people) == told["found"], "untrained networks may find nobody"
    assert (told["problem"] or "") in done.stderr


def test_the_same_person_gives_the_same_pose(deepskel: Run, photo: Path) -> None:
    outputs = [photo.with_name(f"{number}.json") for number in range(2)]
    for output in outputs:
        done = deepskel("pose", photo, "--box", ",".join(map(str, BOX)), "-o", output)
        assert done.returncode == 0, done.stderr
    assert outputs[0].read_bytes() == outputs[1].read_bytes()


@pytest.mark.parametrize(
    ("status", "changed"),
    [
        (2, {"--box": "600,5,700,9"}),
        (2, {"--mute": ""}),
        (3, {"photo": "none.jpg"}),
        (4, {"weights": "none"}),
        (5, {"-o": "no-folder/out.json"}),
        (5, {"-o": "out.csv"}),
    ],
)
def test_pose_errors_have_an_exit_code_and_one_line(
    deepskel: Run, photo: Path, status: int, changed: dict[str, str]
) -> None:
    given = {"photo": str(photo), "-o": "out.json", "--device": "cpu"} | changed
    source, variables = given.pop("photo"), {}
    if "weights" in given:
        variables["DEEPSKEL_WEIGHTS"] = given.pop("weights")
    done = deepskel("pose", source, *(part for option in given.items() for part in option if part), **variables)
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith("deepskel")
    assert "Traceback" not in done.stderr
    assert [path.name for path in photo.parent.iterdir()] == [photo.name]


@pytest.mark.skipif(not DICTIONARY.exists(), reason="no pose dictionary is shipped yet")
def test_lift(deepskel: Run, tmp_path: Path) -> None:
    joints, output = tmp_path / "joints.json", tmp_path / "pose.json"
    xy = dict(zip(MPII_16.joints, CAMERA.project(POSE).tolist(), strict=True))
    whole = {"photo": "a.jpg", "width": 640, "height": 480}
    people = [{"joints": xy}, {"joints": {"r_knee": [1, 2]}}]
    joints.write_text(json.dumps(whole | {"people": people}), encoding="utf-8")
    done = deepskel("lift", joints, "-o", output, "--hypotheses", "--json")
    assert done.returncode == 0, done.stderr
    written = PoseFile.read(output)
    assert (written.photo, written.width, written.height) == ("a.jpg", 640, 480)
    told, (person,) = json.loads(done.stdout), written.people
    assert (told["people"], told["not_lifted"]) == (1, ["1"])
    camera = person.hypotheses[person.chosen].camera.camera()
    assert np.linalg.norm(camera.project(person.pose()) - CAMERA.project(POSE), axis=1).mean() < 10
    assert deepskel("lift", joints, "-o", output).returncode == 5
    joints.write_text("{", encoding="utf-8")
    assert deepskel("lift", joints, "-o", output, "--overwrite").returncode == 2


def test_skeleton_without_its_weights(deepskel: Run, photo: Path, weights: Path, tmp_path: Path) -> None:
    only_crop = tmp_path / "only crop"
    only_crop.mkdir()
    for path in weights.glob("deepcrop.*"):
        (only_crop / path.name).write_bytes(path.read_bytes())
    done = deepskel("skeleton", photo, "-o", "out.svg", DEEPSKEL_WEIGHTS=str(only_crop))
    assert done.returncode == 4
    assert "skeleton" in done.stderr
    assert done.stderr.count("\n") == 1
    done = deepskel(
        "skeleton", photo, "--click", "230,300", "--medial", "-o", "out.svg", DEEPSKEL_WEIGHTS=str(only_crop)
    )
    assert done.returncode == 0, done.stderr


def test_missing_weights(deepskel: Run, photo: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    done = deepskel("crop", photo, "--click", "230,300", "-o", "out.png", DEEPSKEL_WEIGHTS=str(empty))
    assert done.returncode == 4
    assert done.stderr.count("\n") == 1
    assert "DEEPSKEL_WEIGHTS" in done.stderr


def test_damaged_weights(deepskel: Run, photo: Path, weights: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    for path in weights.iterdir():
        (damaged / path.name).write_bytes(path.read_bytes())
    with (damaged / "deepcrop.safetensors").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\xff")
    done = deepskel("crop", photo, "--click", "230,300", "-o", "out.png", DEEPSKEL_WEIGHTS=str(damaged))
    assert done.returncode == 4
    assert "corrupt" in done.stderr


def test_a_truncated_photo(deepskel: Run, photo: Path) -> None:
    photo.write_bytes(photo.read_bytes()[:3000])
    done = deepskel("crop", photo, "--click", "1,1", "-o", "out.png")
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end differently on Windows")
def test_a_reader_that_goes_away(environment: dict[str, str]) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "app", "info"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141
