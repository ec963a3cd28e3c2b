"""The network's answer is that of the net, whatever the size of the picture."""

import numpy as np
import pytest
import torch
from torch import nn

from engine.crop.planes import normalised
from engine.crop.prompts import Click
from engine.device import choose
from engine.errors import WeightsError
from engine.nets.skeleton_output import SkeletonOutput
from engine.skeleton import network as module
from engine.skeleton.network import SkeletonNetwork
from engine.skeleton.scales import TABLES


class Answer(nn.Module):
    """Certain skeleton on the left half, a diameter of half the width it is shown, type 3."""

    table = TABLES["lmsds"]

    def __init__(self, *, regress: bool = True, types: int = 4) -> None:
        super().__init__()
        self.regress, self.types, self.widths = regress, types, []

    def forward(self, x: torch.Tensor) -> SkeletonOutput:
        _, _, height, width = x.shape
        self.widths.append(width)
        logits = torch.zeros(1, self.types + 1, height, width)
        logits[:, min(3, self.types), :, : width // 2] = 20
        logits[:, 0, :, width // 2 :] = 20
        scale = torch.full((1, 1, height, width), width / 2) if self.regress else None
        return SkeletonOutput(logits, scale, (logits[:, :2],))


def reader(
    monkeypatch: pytest.MonkeyPatch, net: nn.Module, sizes: tuple[int, int] = (64, 128), *, mirrored: bool = False
) -> SkeletonNetwork:
    monkeypatch.setattr(module, "load_net", lambda name, device, folder=None: net)
    return SkeletonNetwork("any", choose("cpu"), sizes=sizes, mirrored=mirrored)


@pytest.mark.parametrize(("width", "shown"), [(40, 64), (100, 100), (300, 128)])
def test_maps_come_back_at_the_size_of_the_picture(monkeypatch: pytest.MonkeyPatch, width: int, shown: int):
    net = Answer()
    reading = reader(monkeypatch, net).read(np.zeros((width // 2, width, 3), np.uint8))
    assert net.widths == [shown]
    assert reading.probability.shape == (width // 2, width)
    assert reading.sides.shape == (1, width // 2, width)
    assert reading.probability[:, : width // 2 - 4].min() > 0.99
    assert reading.probability[:, width // 2 + 4 :].max() < 0.01
    assert np.allclose(reading.diameter, width / 2, rtol=1e-5), "in pixels of the picture, not of what the net saw"
    assert (reading.kind[:, : width // 2 - 4] == 3).all()
    assert not reading.thin


def test_several_scales_are_looked_at_and_averaged(monkeypatch: pytest.MonkeyPatch):
    net = Answer()
    reading = reader(monkeypatch, net).read(np.zeros((90, 100, 3), np.uint8), multi_scale=True)
    assert net.widths == [50, 100, 200]
    assert np.allclose(reading.diameter, 50, rtol=1e-4)
    assert reading.probability[:, :40].min() > 0.99


def test_without_regression_the_diameter_is_the_middle_of_the_type(monkeypatch: pytest.MonkeyPatch):
    reading = reader(monkeypatch, Answer(regress=False)).read(np.zeros((80, 100, 3), np.uint8))
    assert np.allclose(reading.diameter[:, :40], TABLES["lmsds"].centres[2])


def test_a_network_without_types_knows_neither(monkeypatch: pytest.MonkeyPatch):
    reading = reader(monkeypatch, Answer(regress=False, types=1)).read(np.zeros((80, 100, 3), np.uint8))
    assert not reading.kind.any()
    assert not reading.diameter.any()


def test_a_very_flat_picture_is_shown_large_enough(monkeypatch: pytest.MonkeyPatch):
    reading = reader(monkeypatch, Answer()).read(np.zeros((1, 300, 3), np.uint8))
    assert reading.probability.shape == (1, 300)


class Prompted(nn.Module):
    """Certain where it is told: around the click, at the earlier mask; everywhere a little without either."""

    prompted = True

    def forward(self, x: torch.Tensor) -> SkeletonOutput:
        assert x.shape[1] == 12
        told = (x[:, 3:4] + x[:, 9:10]).clamp(0, 1)
        told = told if told.any() else torch.full_like(told, 0.3)
        logits = torch.cat([torch.zeros_like(told), torch.logit(told.clamp(1e-4, 1 - 1e-4))], 1)
        diameter = x[:, 3:4] * 10 + 1
        return SkeletonOutput(logits, diameter)


def test_a_click_reaches_the_network_where_it_was_made(monkeypatch: pytest.MonkeyPatch):
    reading = reader(monkeypatch, Prompted()).read(np.zeros((100, 256, 3), np.uint8), (Click(60, 30),))
    peak = np.unravel_index(reading.probability.argmax(), reading.probability.shape)
    assert np.hypot(peak[1] + 0.5 - 60, peak[0] + 0.5 - 30) < 2.5, "the picture is shown at half its size"


def test_the_mirror_image_is_read_too_and_turned_back(monkeypatch: pytest.MonkeyPatch):
    picture, click = np.zeros((100, 128, 3), np.uint8), (Click(30, 40),)
    once = reader(monkeypatch, Prompted()).read(picture, click)
    both = reader(monkeypatch, Prompted(), mirrored=True).read(picture, click)
    # What the network says of a picture does not depend on its side here, so the mean is what it says once.
    assert np.allclose(both.probability, once.probability, atol=1e-5)

    class LeftHanded(Prompted):
        def forward(self, x: torch.Tensor) -> SkeletonOutput:
            answer = torch.full_like(x[:, :1], -9)
            answer[..., :64] = 9
            return SkeletonOutput(torch.cat([torch.zeros_like(answer), answer], 1), torch.ones_like(answer))

    assert np.allclose(reader(monkeypatch, LeftHanded(), mirrored=True).read(picture).probability, 0.5, atol=1e-3)


def test_every_click_is_read_and_the_surest_answer_holds(monkeypatch: pytest.MonkeyPatch):
    network = reader(monkeypatch, Prompted())
    picture = np.zeros((100, 128, 3), np.uint8)
    both = network.read(picture, (Click(30, 30), Click(90, 60)))
    one, other = network.read(picture, (Click(30, 30),)), network.read(picture, (Click(90, 60),))
    assert np.array_equal(both.probability, np.maximum(one.probability, other.probability))
    assert both.diameter[30, 30] == one.diameter[30, 30] > other.diameter[30, 30]


def test_the_earlier_mask_reaches_the_network_and_without_a_click_all_is_read(monkeypatch: pytest.MonkeyPatch):
    network = reader(monkeypatch, Prompted())
    mask = np.zeros((100, 128), np.uint8)
    mask[70:90, 80:120] = 255
    told = network.read(np.zeros((100, 128, 3), np.uint8), (Click(100, 80),), within=mask)
    assert told.probability[80, 110] > 0.95
    assert told.probability[20, 20] < 0.05
    assert np.allclose(network.read(np.zeros((100, 128, 3), np.uint8)).probability, 0.3, atol=0.01)


def test_values_that_are_no_numbers_are_the_weights_fault(monkeypatch: pytest.MonkeyPatch):
    class Broken(Answer):
        def forward(self, x: torch.Tensor) -> SkeletonOutput:
            good = super().forward(x)
            return SkeletonOutput(good.types, torch.full_like(good.types[:, :1], float("nan")), good.side)

    with pytest.raises(WeightsError, match="not numbers"):
        reader(monkeypatch, Broken()).read(np.zeros((64, 64, 3), np.uint8))


def test_colours_are_normalised_channel_by_channel():
    x = normalised(torch.zeros(1, 3, 2, 2))
    assert x.shape == (1, 3, 2, 2)
    assert x[0, 0, 0, 0] == pytest.approx(-0.485 / 0.229)
    assert x[0, 2, 0, 0] == pytest.approx(-0.406 / 0.225)
