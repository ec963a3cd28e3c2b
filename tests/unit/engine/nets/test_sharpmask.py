"""SharpMask: full-resolution masks; only the refinement learns."""

import pytest
import torch

from engine.errors import WeightsError
from engine.nets.deepcrop_v2 import DeepCropV2
from engine.nets.deepmask import INPUT, DeepMask
from engine.nets.sharpmask import SharpMask


@pytest.mark.parametrize("clicked", [False, True])
def test_shapes_and_gradients(clicked):
    net = SharpMask(clicked)
    answer = net(torch.rand(2, 3, INPUT, INPUT), torch.full((2, 2), 96.0))
    assert answer.mask.shape == (2, 1, 160, 160)
    assert answer.score.shape == (2,)
    answer.mask.square().mean().backward()
    learns = {name for name, p in net.named_parameters() if p.grad is not None}
    assert learns == {name for name, _ in net.named_parameters() if not name.startswith("base.")}


def test_published_streams_halve_four_times():
    net = SharpMask(arguments={"depth": 50, "width": 1.0, "bottleneck": 128, "rank": 512, "hidden": 1024})
    first = [step[0] for step in net.horizontal]
    assert [(c.in_channels, c.out_channels) for c in first] == [(1024, 64), (512, 64), (256, 64), (64, 32)]
    assert [step[-1].out_channels for step in net.horizontal] == [16, 8, 4, 2]
    assert [(step[0].in_channels, step[-1].out_channels) for step in net.vertical] == [
        (32, 16),
        (16, 8),
        (8, 4),
        (4, 2),
    ]
    assert net.lift.out_features == 32 * 10 * 10


def test_statistics_of_the_frozen_net_stay_in_training():
    net = SharpMask().train()
    before = {k: v.clone() for k, v in net.base.state_dict().items()}
    net(torch.rand(2, 3, INPUT, INPUT))
    assert net.training
    assert not net.base.training
    assert all(torch.equal(v, before[k]) for k, v in net.base.state_dict().items())


@pytest.mark.parametrize(("clicked", "parent"), [(False, DeepMask), (True, DeepCropV2)])
@torch.no_grad()
def test_starts_from_its_parent(clicked, parent):
    torch.manual_seed(0)
    base, net = parent().eval(), SharpMask(clicked).eval()
    net.start_from(base)
    image, click = torch.rand(1, 3, INPUT, INPUT), torch.tensor([[90.0, 100.0]])
    expected = base(image, click) if clicked else base(image)
    torch.testing.assert_close(net(image, click).score, expected.score)


def test_wrong_parents_are_refused():
    with pytest.raises(WeightsError, match="refine a DeepMask"):
        SharpMask().start_from(DeepCropV2())
    with pytest.raises(WeightsError, match="refine a DeepCropV2"):
        SharpMask(clicked=True).start_from(DeepMask())
    with pytest.raises(WeightsError, match="another size"):
        SharpMask().start_from(DeepMask(rank=64))


def test_a_click_is_needed_on_v2():
    with pytest.raises(ValueError, match="needs a click"):
        SharpMask(clicked=True)(torch.rand(1, 3, INPUT, INPUT))
