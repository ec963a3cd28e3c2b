"""Methods by name, and the ones that are made of others."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from engine.crop.baselines import MagicWandSession
from engine.crop.prompts import Click
from engine.errors import InputError, WeightsError
from engine.imaging.photo import Photo
from engine.skeleton.joined import agreed, likeliest
from engine.skeleton.methods import METHODS, Directed, MedialAxis, Untold, make_skeleton_method
from engine.skeleton.reading import Reading


class Wand:
    """Segments by colour."""

    def session(self, photo: Photo) -> MagicWandSession:
        return MagicWandSession(photo)


class Told:
    """Remembers what it is told; 0.8 where the mask is, else 0.2."""

    def __init__(self) -> None:
        self.calls: list[tuple[tuple[Click, ...], np.ndarray | None, bool]] = []

    def read(
        self,
        rgb: np.ndarray,
        clicks: Sequence[Click] = (),
        *,
        within: np.ndarray | None = None,
        multi_scale: bool = False,
    ) -> Reading:
        self.calls.append((tuple(clicks), within, multi_scale))
        height, width = rgb.shape[:2]
        inside = np.zeros((height, width), np.bool_) if within is None else within > 127
        return reading(np.where(inside, 0.8, 0.2), diameter=4.0 if within is None else 9.0)


def reading(probability: np.ndarray, diameter: float = 1.0, kind: int = 1) -> Reading:
    p = np.asarray(probability, np.float32)
    return Reading(p, np.full(p.shape, diameter, np.float32), np.full(p.shape, kind, np.uint8), p[None])


def picture() -> np.ndarray:
    rgb = np.zeros((60, 100, 3), np.uint8)
    rgb[10:20, 5:60] = 255
    rgb[35:55, 20:90] = 200
    return rgb


def test_an_unknown_method_and_missing_weights_say_so(tmp_path: Path):
    with pytest.raises(InputError, match="no skeleton method"):
        make_skeleton_method("nothing", "cpu")
    for name in METHODS:
        with pytest.raises(WeightsError, match="missing"):
            make_skeleton_method(name, "cpu", tmp_path)


def test_without_a_click_or_with_a_mask_the_network_is_asked_once():
    network = Told()
    directed = Directed(network, lambda: pytest.fail("no first guess is needed"))
    mask = np.full((60, 100), 255, np.uint8)
    directed.read(picture(), multi_scale=True)
    directed.read(picture(), (Click(30, 15),), within=mask)
    assert network.calls == [((), None, True), ((Click(30, 15),), mask, False)]


def test_a_click_is_read_with_and_without_a_first_guess():
    network, loaded = Told(), []

    def segmenter() -> Wand:
        loaded.append(True)
        return Wand()

    directed = Directed(network, segmenter)
    both = directed.read(picture(), (Click(30, 15), Click(60, 45)))
    assert len(loaded) == 1
    assert [(clicks, guess is None) for clicks, guess, _ in network.calls] == [
        ((Click(30, 15),), True), ((Click(30, 15),), False), ((Click(60, 45),), True), ((Click(60, 45),), False),
    ]  # fmt: skip
    assert both.probability[15, 30] == both.probability[45, 60] == pytest.approx(0.5), "mean of 0.2 and 0.8"
    assert both.probability[28, 50] == pytest.approx(0.2)
    assert both.diameter[15, 30] == 9
    assert both.diameter[28, 50] == 4


def test_an_untold_method_hears_nothing():
    network = Told()
    Untold(network).read(picture(), (Click(30, 30),), within=np.zeros((60, 100), np.uint8), multi_scale=True)
    assert network.calls == [((), None, True)]


def test_every_click_is_one_object_for_the_medial_axis():
    found = MedialAxis(Wand()).read(picture(), (Click(30, 15), Click(60, 45)))
    assert found.thin
    rows = np.flatnonzero(found.probability.any(1))
    assert ((rows >= 10) & (rows < 20) | (rows >= 35) & (rows < 55)).all()
    assert found.diameter[14:16, 20:50].max() == pytest.approx(10, abs=1)
    assert found.diameter[44:46, 40:70].max() == pytest.approx(20, abs=1)
    assert not MedialAxis(Wand()).read(picture()).probability.any()


def test_joining_takes_the_rest_from_the_surest():
    left, right = np.array([[0.9, 0.1]]), np.array([[0.3, 0.4]])
    one, other = reading(left, 5, 1), reading(right, 8, 2)
    most, mean = likeliest([one, other]), agreed([one, other])
    assert most.probability.tolist() == pytest.approx(np.array([[0.9, 0.4]]))
    assert mean.probability.tolist() == pytest.approx(np.array([[0.6, 0.25]]))
    for joined in (most, mean):
        assert joined.diameter.tolist() == [[5, 8]]
        assert joined.kind.tolist() == [[1, 2]]
    assert likeliest([one]) is one
