"""deepskel skeleton with made-up sessions: what is asked of them, what is written, and what is told."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from PIL import Image

from app.cli import common
from app.cli.parser import CIRCLES, parse
from app.cli.skeleton import skeleton
from engine.crop.prediction import Prediction
from engine.crop.prompts import Box, Click
from engine.device import Device
from engine.errors import DeviceError, InputError, OutputError, PhotoError
from engine.imaging.load import load
from engine.imaging.photo import Photo
from engine.skeleton.files.as_json import read_json
from engine.skeleton.graph import Branch, SkeletonGraph

WIDTH, HEIGHT = 120, 90
SVG = "{http://www.w3.org/2000/svg}"


def straight(size: tuple[int, int], confidence: float) -> Branch:
    """Along the middle row, from x = 20.5 to x = 100.5, radius 10.25."""
    x = np.arange(20.5, 101, dtype=np.float32)
    points = np.column_stack([x, np.full_like(x, size[1] // 2 + 0.5)])
    n = len(x)
    return Branch(
        0, 1, points, np.full(n, 10.25, np.float32), np.full(n, confidence, np.float32), np.full(n, 2, np.uint8)
    )


@dataclass
class Answer:
    """A skeleton that is there up to a threshold of 0.8."""

    size: tuple[int, int]
    threshold: float = 0.3
    seconds: float = 0.5

    def graph(self, threshold: float) -> SkeletonGraph:
        if threshold > 0.8:
            return SkeletonGraph(self.size)
        branch = straight(self.size, 0.8)
        return SkeletonGraph(self.size, branch.points[[0, -1]], (branch,))


class Skeletons:
    asked: list[tuple[np.ndarray | None, bool]] = []  # noqa: RUF012 - the log of all sessions

    def __init__(self, photo: Photo, device: Device) -> None:
        self.photo = photo

    def predict(self, *, within: np.ndarray | None = None, multi_scale: bool = False) -> Any:
        self.asked.append((within, multi_scale))
        return Answer(self.photo.size)


class Clicked:
    """Answers with a rectangle of 80 x 20 pixels around the first click."""

    asked: list[tuple[Click, ...]] = []  # noqa: RUF012 - the log of all sessions

    def __init__(self, photo: Photo, device: Device) -> None:
        self.photo = photo

    def set_prompts(self, clicks: tuple[Click, ...], box: Box | None = None) -> None:
        self.clicks = clicks

    def predict(self, *, candidate: int | None = None, cancelled: Callable[[], bool] | None = None) -> Prediction:
        self.asked.append(self.clicks)
        x, y = self.clicks[0].pixel
        patch = np.full((20, 80), 255, np.uint8)
        return Prediction(self.photo.width, self.photo.height, x - 40, y - 10, patch, 0.9, seconds=0.25)


class ClickedNothing(Clicked):
    def predict(self, *, candidate: int | None = None, cancelled: Callable[[], bool] | None = None) -> Prediction:
        return Prediction.empty(self.photo.width, self.photo.height)


def never(*_: Any) -> Any:
    raise AssertionError("this network is not needed")


@pytest.fixture(autouse=True)
def _fresh_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Skeletons, "asked", [])
    monkeypatch.setattr(Clicked, "asked", [])


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "фото 1.png"
    Image.fromarray(np.random.default_rng(0).integers(1, 256, (HEIGHT, WIDTH, 3), np.uint8)).save(path)
    return path


def run(photo: Path, *options: str, out: str = "out.json", crop: Any = Clicked, skeletons: Any = Skeletons) -> Path:
    output = photo.parent / out
    arguments = parse(["skeleton", str(photo), "-o", str(output), "--device", "cpu", *options])
    assert skeleton(arguments, crop, skeletons) == 0
    return output


class TestWhatIsAsked:
    def test_without_a_click_the_whole_photo(self, photo: Path) -> None:
        graph = read_json(run(photo, crop=never))
        assert graph.size == (WIDTH, HEIGHT)
        assert np.array_equal(graph.points, Answer((WIDTH, HEIGHT)).graph(0).points)
        assert Skeletons.asked == [(None, False)]

    def test_a_click_restricts_to_its_object(self, photo: Path) -> None:
        run(photo, "--click", "60,45", "--not", "5,5", "--click", "70,45", "--multi-scale")
        assert Clicked.asked == [(Click(60, 45), Click(5, 5, positive=False), Click(70, 45))]
        ((within, multi_scale),) = Skeletons.asked
        expected = np.zeros((HEIGHT, WIDTH), np.uint8)
        expected[35:55, 20:100] = 255
        assert within is not None
        assert np.array_equal(within, expected)
        assert multi_scale

    def test_the_networks_own_threshold_is_the_default(self, photo: Path) -> None:
        assert json.loads(run(photo).read_text())["threshold"] == 0.3

    @pytest.mark.parametrize("threshold", ["0", "0.55", "1"])
    def test_the_threshold_can_be_given(self, photo: Path, threshold: str) -> None:
        told = json.loads(run(photo, "--threshold", threshold).read_text())
        assert told["threshold"] == float(threshold)
        assert len(told["branches"]) == (0 if threshold == "1" else 1)

    def test_the_medial_axis_of_the_clicked_object(self, photo: Path) -> None:
        output = run(photo, "--click", "60,45", "--medial", skeletons=never)
        graph = read_json(output)
        assert not graph.empty
        inner = (graph.points[:, 0] > 32) & (graph.points[:, 0] < 88)
        assert np.abs(graph.points[inner, 1] - 45).max() <= 1
        assert np.abs(graph.radius[inner] - 10).max() <= 1
        assert json.loads(output.read_text())["threshold"] is None


class TestWhatIsWritten:
    def test_svg_with_circles(self, photo: Path) -> None:
        svg = ElementTree.fromstring(run(photo, "--circles", "0.5", out="a.svg").read_bytes())
        assert len(svg.findall(f".//{SVG}path")) == 1
        assert 30 <= len(svg.findall(f".//{SVG}circle")) <= 50
        assert svg.find(f"{SVG}image") is None

    def test_svg_with_its_photo(self, photo: Path) -> None:
        svg = ElementTree.fromstring(run(photo, "--backdrop", "embed", out="a.svg").read_bytes())
        assert svg.find(f"{SVG}image") is not None
        assert svg.find(f".//{SVG}circle") is None

    def test_png_over_the_photo_or_alone(self, photo: Path) -> None:
        over, alone = load(run(photo, out="a.png")), load(run(photo, "--backdrop", "none", out="b.png"))
        assert over.alpha is None
        assert np.array_equal(over.pixels[0], load(photo).pixels[0])
        assert alone.alpha is not None
        assert alone.alpha[45, 60] == 255
        assert not alone.alpha[:20].any()

    def test_colours_by_kind(self, photo: Path) -> None:
        by_scale, by_kind = load(run(photo, out="a.png")), load(run(photo, "--colour", "kind", out="b.png"))
        assert not np.array_equal(by_scale.pixels[45, 60], by_kind.pixels[45, 60])

    def test_csv(self, photo: Path) -> None:
        with run(photo, out="a.csv").open(newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert len(rows) == 81
        assert (float(rows[0]["x"]), float(rows[0]["y"]), float(rows[0]["radius"])) == (20.5, 45.5, 10.25)

    def test_the_mask_that_the_skeleton_stands_for(self, photo: Path) -> None:
        run(photo, "--mask", str(photo.with_name("mask.png")))
        mask = load(photo.with_name("mask.png")).pixels[:, :, 0] > 0
        y, x = np.mgrid[:HEIGHT, :WIDTH] + 0.5
        expected = np.hypot(x - np.clip(x, 20.5, 100.5), y - 45.5) <= 10.25
        assert np.count_nonzero(mask ^ expected) < 0.02 * expected.sum()

    def test_upright_photos(self, tmp_path: Path) -> None:
        """A photo that the camera held sideways: its size and its skeleton are those of the upright picture."""
        path, exif = tmp_path / "turned.jpg", Image.Exif()
        exif[0x0112] = 6
        Image.new("RGB", (HEIGHT, WIDTH)).save(path, exif=exif)
        assert read_json(run(path)).size == (WIDTH, HEIGHT)

    @pytest.mark.parametrize(("dtype", "shape"), [(np.uint16, (HEIGHT, WIDTH, 3)), (np.uint8, (HEIGHT, WIDTH))])
    def test_deep_and_grey_photos(self, tmp_path: Path, dtype: Any, shape: tuple[int, ...]) -> None:
        import imagecodecs

        path = tmp_path / "deep.png"
        path.write_bytes(imagecodecs.png_encode(np.random.default_rng(0).integers(0, 255, shape).astype(dtype)))
        back = load(run(path, out="a.png"))
        assert back.pixels.dtype == dtype
        assert back.pixels.shape[2] == 3


class TestWhatIsTold:
    def test_the_report(self, photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
        output = run(photo, "--click", "60,45", "--circles", "--mask", str(photo.with_name("m.png")), "--json")
        told = json.loads(capsys.readouterr().out)
        assert (told["photo"], told["output"], told["mask"]) == (
            str(photo),
            str(output),
            str(photo.with_name("m.png")),
        )
        assert (told["width"], told["height"], told["threshold"]) == (WIDTH, HEIGHT, 0.3)
        assert [told[name] for name in ("nodes", "branches", "parts", "points")] == [2, 1, 1, 81]
        assert (told["length"], told["radius"], told["seconds"]) == (80, [10.25, 10.25], 0.75)
        assert told["device"].startswith("CPU")
        assert 2 <= told["circles"] <= 81 * CIRCLES + 3

    def test_without_json_nothing_is_said(self, photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
        run(photo)
        assert capsys.readouterr() == ("", "")

    @pytest.mark.parametrize("out", ["a.json", "a.svg", "a.csv", "a.png"])
    def test_nothing_found_is_a_result(self, photo: Path, out: str, capsys: pytest.CaptureFixture[str]) -> None:
        output = run(
            photo, "--threshold", "0.9", "--circles", "--mask", str(photo.with_name("m.png")), "--json", out=out
        )
        told = capsys.readouterr()
        assert "No skeleton was found" in told.err
        report = json.loads(told.out)
        assert (report["branches"], report["radius"], report["length"], report["circles"]) == (0, None, 0, 0)
        assert output.stat().st_size > 0
        assert not load(photo.with_name("m.png")).pixels.any()

    @pytest.mark.parametrize("medial", [[], ["--medial"]])
    def test_an_empty_object(self, photo: Path, medial: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        graph = read_json(run(photo, "--click", "60,45", *medial, crop=ClickedNothing, skeletons=never))
        assert graph.empty
        assert "object is empty" in capsys.readouterr().err


class TestWhatIsRefused:
    @pytest.fixture(autouse=True)
    def _nothing_is_written(self, photo: Path) -> Iterator[None]:
        before = photo.read_bytes()
        yield
        assert list(photo.parent.iterdir()) == [photo]
        assert photo.read_bytes() == before

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (["--not", "1,1"], "where the object is"),
            (["--click", "120,5"], "outside"),
            (["--click", "5,90"], "outside"),
            (["--click", "nan,5"], "not a number"),
            (["--medial"], "needs an object"),
            (["--medial", "--click", "60,45", "--threshold", "0.5"], "no threshold"),
            (["--medial", "--click", "60,45", "--multi-scale"], "no scales"),
        ],
    )
    def test_arguments_that_make_no_sense(self, photo: Path, options: list[str], words: str) -> None:
        with pytest.raises(InputError, match=words):
            run(photo, *options)

    def test_an_unknown_ending_costs_no_work(self, photo: Path) -> None:
        with pytest.raises(OutputError, match="no known format") as caught:
            run(photo, out="a.gif", skeletons=never)
        assert ".svg" in caught.value.hint
        with pytest.raises(OutputError, match="JPEG"):
            run(photo, "--mask", "mask.jpg", skeletons=never)

    def test_one_file_cannot_be_both(self, photo: Path) -> None:
        with pytest.raises(InputError, match="one file"):
            run(photo, "--mask", str(photo.with_name("a.png")), out="a.png", skeletons=never)

    def test_a_missing_folder(self, photo: Path) -> None:
        with pytest.raises(OutputError, match="does not exist"):
            run(photo, out="none/a.json")

    def test_the_photo_itself(self, photo: Path) -> None:
        with pytest.raises(OutputError, match="photo itself"):
            run(photo, "--overwrite", out=photo.name)

    def test_a_photo_that_is_none(self, photo: Path) -> None:
        with pytest.raises(PhotoError):
            run(photo.with_name("none.jpg"))

    def test_a_device_that_is_none(self, photo: Path) -> None:
        with pytest.raises(DeviceError):
            run(photo, "--device", "tpu")


def test_existing_files_are_kept_unless_asked(photo: Path) -> None:
    output, mask = photo.with_name("out.json"), photo.with_name("mask.png")
    output.write_text("precious")
    mask.write_text("precious")
    with pytest.raises(OutputError, match="exists"):
        run(photo)
    assert output.read_text() == "precious"
    run(photo, "--overwrite", "--mask", str(mask))
    assert not read_json(output).empty
    assert load(mask).size == (WIDTH, HEIGHT)


@pytest.mark.parametrize("asked", ["auto", "cuda"])
def test_an_accelerator_that_fails_is_replaced_unless_it_was_asked_for(
    photo: Path, asked: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gpu = Device(torch.device("cuda", 0), torch.bfloat16, "Test GPU", "")
    monkeypatch.setattr(common, "choose", lambda _: gpu)

    def skeletons(photo: Photo, device: Device) -> Skeletons:
        if device is gpu:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return Skeletons(photo, device)

    if asked == "cuda":
        with pytest.raises(DeviceError, match="ran out of memory"):
            run(photo, "--device", asked, skeletons=skeletons)
    else:
        run(photo, "--device", asked, "--json", skeletons=skeletons)
        told = capsys.readouterr()
        assert "Test GPU ran out of memory" in told.err
        assert json.loads(told.out)["device"].startswith("CPU")
