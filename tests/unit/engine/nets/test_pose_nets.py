"""The default pose networks: PoseNet, MapNet, PoseRGB."""

import pytest
import torch

from engine.nets.map_net import MAP_SIZE, ROOT, MapNet
from engine.nets.pose_rgb import PoseRGB
from engine.nets.posenet import PoseNet
from engine.pose.maps import WIDTHS

SMALL = {"widths": (8, 8, 16, 16, 16), "depths": (1, 1, 1, 1)}


@pytest.mark.parametrize("size", [(128, 128), (96, 132), (36, 52)])
def test_posenet_answers_at_a_quarter_of_any_size(size):
    out = PoseNet(**SMALL).eval()(torch.randn(2, 3, *size))
    quarter = (size[0] // 4, size[1] // 4)
    assert out.heat.shape == (2, 16, *quarter)
    assert out.maps.shape == (2, len(WIDTHS), 6, *quarter)
    assert [s.shape for s in out.sides] == [(2, 16, *quarter)] * 2


def test_posenet_begins_with_background():
    out = PoseNet(**SMALL).eval()(torch.randn(1, 3, 64, 64))
    assert torch.sigmoid(out.heat).mean() < 0.05
    assert torch.sigmoid(out.maps).mean() < 0.2


@pytest.mark.parametrize("net", [MapNet((8, 8, 8, 8), (1, 1, 1)), PoseRGB(**SMALL)], ids=["maps", "rgb"])
def test_poses_are_relative_to_the_thorax_and_spreads_stay_in_bounds(net):
    channels = 6 if isinstance(net, MapNet) else 3
    with torch.inference_mode():
        out = net.eval()(100 * torch.randn(3, channels, 192, 192))
    assert out.pose.shape == (3, 16, 3)
    assert (out.pose[:, ROOT] == 0).all()
    assert out.pose.abs().max() > 0
    assert out.log_sigma.shape == (3, 16)
    assert 1 <= float(out.log_sigma.min()) <= float(out.log_sigma.max()) <= 7.5


def test_maps_of_another_size_are_read_as_if_they_had_the_right_one():
    net = MapNet().eval()
    maps = torch.rand(1, 6, MAP_SIZE, MAP_SIZE)
    large = maps.repeat_interleave(4, 2).repeat_interleave(4, 3)
    difference = (net(large).pose - net(maps).pose).abs().max()
    assert difference < 0.15 * net(maps).pose.abs().max()


@pytest.mark.parametrize(
    ("net", "shape"),
    [(PoseNet(), (2, 3, 64, 64)), (MapNet(), (2, 6, 48, 48)), (PoseRGB(), (2, 3, 192, 192))],
    ids=["maps", "regressor", "rgb"],
)
def test_every_parameter_learns(net, shape):
    out = net.train()(torch.randn(*shape))
    sum(
        part.float().square().mean() for value in out for part in (value if isinstance(value, tuple) else [value])
    ).backward()
    # The last normalisation of a residual branch starts at zero, which holds back what is before it in the branch.
    still = [n for n, p in net.named_parameters() if p.grad is None]
    assert still == []
    assert sum(p.numel() for p in net.parameters()) < 2.3e6
