"""deepskel crop with a made-up session: what is asked of it, what is written, and what is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

import app.cli.crop as verb
from app.cli import common
from app.cli.crop import crop
from app.cli.parser import parse
from engine.crop.prediction import Candidate, Prediction
from engine.crop.prompts import Box, Click
from engine.device import Device
from engine.errors import DeviceError, InputError, OutputError, PhotoError
from engine.imaging.load import load
from engine.imaging.photo import Photo
from engine.imaging.save import save

WIDTH, HEIGHT = 40, 30


class SquareSession:
    """Answers with a square of 10 pixels around the first click."""

    asked: list[tuple[tuple[Click, ...], Box | None, int | None]] = []  # noqa: RUF012 - the log of all sessions

    def __init__(self, photo: Photo, device: Device) -> None:
        self.photo, self.device = photo, device

    def set_prompts(self, clicks: tuple[Click, ...], box: Box | None = None) -> None:
        self.clicks, self.box = clicks, box

    def predict(self, *, candidate: int | None = None, cancelled: Callable[[], bool] | None = None) -> Prediction:
        self.asked.append((self.clicks, self.box, candidate))
        x, y = self.clicks[0].pixel
        patch = np.full((10, 10), 255, np.uint8)
        patch[0] = 128
        candidates = (Candidate(0.9, patch), Candidate(0.4, patch))
        return Prediction(
            self.photo.width, self.photo.height, x - 5, y - 5, patch, 0.9, candidates, candidate or 0, 0.25
        )


class EmptySession(SquareSession):
    def predict(self, *, candidate: int | None = None, cancelled: Callable[[], bool] | None = None) -> Prediction:
        return Prediction.empty(self.photo.width, self.photo.height)


@pytest.fixture(autouse=True)
def _fresh_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SquareSession, "asked", [])


@pytest.fixture
def pixels() -> np.ndarray:
    return np.random.default_rng(0).integers(1, 256, (HEIGHT, WIDTH, 3), np.uint8)


@pytest.fixture
def photo(tmp_path: Path, pixels: np.ndarray) -> Path:
    from PIL import Image

    path = tmp_path / "фото 1.png"
    Image.fromarray(pixels).save(path)
    return path


def run(photo: Path, *options: str, session: verb.NewSession = SquareSession) -> Path:
    output = photo.with_name("out.png")
    assert crop(parse(["crop", str(photo), "-o", str(output), "--device", "cpu", *options]), session) == 0
    return output


def test_the_cut_out_is_the_photo_with_the_probability_as_alpha(photo: Path, pixels: np.ndarray) -> None:
    back = load(run(photo, "--click", "20,15"))
    assert back.size == (WIDTH, HEIGHT)
    assert back.alpha is not None
    expected = np.zeros((HEIGHT, WIDTH), np.uint8)
    expected[10:20, 15:25] = 255
    expected[10, 15:25] = 128
    assert np.array_equal(back.alpha, expected)
    assert np.array_equal(back.pixels[10:20, 15:25], pixels[10:20, 15:25])


def test_trim(photo: Path, pixels: np.ndarray) -> None:
    back = load(run(photo, "--click", "20,15", "--trim"))
    assert np.array_equal(back.pixels, pixels[10:20, 15:25])


@pytest.mark.parametrize(("option", "shape"), [([], (HEIGHT, WIDTH)), (["--trim"], (10, 10))])
def test_mask_only(photo: Path, option: list[str], shape: tuple[int, int]) -> None:
    back = load(run(photo, "--click", "20,15", "--mask-only", *option))
    assert back.alpha is None
    assert back.pixels.shape == (*shape, 1)
    assert np.count_nonzero(back.pixels) == 100
    assert set(np.unique(back.pixels)) <= {0, 128, 255}


def test_every_prompt_reaches_the_session(photo: Path) -> None:
    run(photo, "--click", "20,15", "--not", "1,2", "--click", "3,4.5", "--box", "1,2,30,20", "--candidate", "1")
    clicks = (Click(20, 15), Click(1, 2, positive=False), Click(3, 4.5))
    assert SquareSession.asked == [(clicks, Box(1, 2, 30, 20), 1)]


def test_json_tells_what_was_done(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = run(photo, "--click", "20,15", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["output"] == str(output)
    assert (told["width"], told["height"], told["pixels"], told["box"]) == (WIDTH, HEIGHT, 100, [15, 10, 25, 20])
    assert (told["score"], told["candidates"], told["chosen"], told["seconds"]) == (0.9, [0.9, 0.4], 0, 0.25)


def test_without_json_nothing_is_said(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(photo, "--click", "20,15")
    assert capsys.readouterr() == ("", "")


def test_an_empty_object_is_a_result(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    back = load(run(photo, "--click", "20,15", "--trim", "--json", session=EmptySession))
    assert back.alpha is not None
    assert not back.alpha.any()
    output = capsys.readouterr()
    assert json.loads(output.out)["box"] is None
    assert "empty" in output.err


@pytest.mark.parametrize("prompts", [[], ["--not", "1,1"]])
def test_something_must_say_where_the_object_is(photo: Path, prompts: list[str]) -> None:
    with pytest.raises(InputError, match="where the object is"):
        run(photo, *prompts)


@pytest.mark.parametrize("click", ["40,15", "20,30", "nan,1", "1e9,1"])
def test_clicks_outside_the_photo(photo: Path, click: str) -> None:
    with pytest.raises(InputError):
        run(photo, "--click", click)
    assert not photo.with_name("out.png").exists()


def test_a_box_without_area(photo: Path) -> None:
    with pytest.raises(InputError, match="no area"):
        run(photo, "--box", "5,5,5,9")


def test_an_existing_file_is_kept_unless_asked(photo: Path) -> None:
    output = photo.with_name("out.png")
    output.write_text("precious")
    with pytest.raises(OutputError, match="exists"):
        run(photo, "--click", "20,15")
    assert output.read_text() == "precious"
    run(photo, "--click", "20,15", "--overwrite")
    assert load(output).size == (WIDTH, HEIGHT)


@pytest.mark.parametrize("mask", [[], ["--mask-only"]])
def test_the_photo_itself_is_never_overwritten(photo: Path, mask: list[str]) -> None:
    before = photo.read_bytes()
    arguments = parse(
        ["crop", str(photo), "--click", "20,15", "-o", str(photo), "--overwrite", "--device", "cpu", *mask]
    )
    with pytest.raises(OutputError, match="photo itself"):
        crop(arguments, SquareSession)
    assert photo.read_bytes() == before


def test_a_missing_photo(tmp_path: Path) -> None:
    with pytest.raises(PhotoError):
        run(tmp_path / "none.jpg", "--click", "1,1")


def test_a_device_that_cannot_be_used(photo: Path) -> None:
    with pytest.raises(DeviceError):
        run(photo, "--click", "20,15", "--device", "tpu")


@pytest.mark.parametrize("asked", ["auto", "cuda"])
def test_an_accelerator_that_fails_is_replaced_unless_it_was_asked_for(
    photo: Path, asked: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gpu = Device(torch.device("cuda", 0), torch.bfloat16, "Test GPU", "")
    monkeypatch.setattr(common, "choose", lambda _: gpu)

    def session(photo: Photo, device: Device) -> SquareSession:
        if device is gpu:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return SquareSession(photo, device)

    output = photo.with_name("out.png")
    arguments = parse(["crop", str(photo), "--click", "20,15", "-o", str(output), "--device", asked])
    if asked == "cuda":
        with pytest.raises(DeviceError, match="ran out of memory"):
            crop(arguments, session)
    else:
        assert crop(arguments, session) == 0
        assert "Test GPU ran out of memory" in capsys.readouterr().err
        assert output.exists()


def test_the_mask_of_a_16_bit_photo_keeps_its_depth(tmp_path: Path) -> None:
    path = tmp_path / "deep.png"
    deep = np.random.default_rng(1).integers(1, 65536, (HEIGHT, WIDTH), np.uint16)
    save(deep, path)
    back = load(run(path, "--click", "20,15"))
    assert back.bit_depth == 16
    assert np.array_equal(back.pixels[15, 15:25, 0], deep[15, 15:25])
