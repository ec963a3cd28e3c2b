"""The command line as a script sees it: files, standard output, one-line errors and exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app import __version__
from engine.imaging.load import load
from tests.e2e.conftest import Run


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
    assert state["deepmask"]["problem"] == "missing"
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
