"""Stacked Hourglass: shapes at any size, the published size, and that every part takes part."""

import pytest
import torch
from torch import nn

from engine.errors import WeightsError
from engine.nets.hourglass import PUBLISHED, Hourglass, HourglassModule, HourglassOutput, PreActResidual
from engine.weights import build


def parameters(net: nn.Module) -> int:
    return sum(p.numel() for p in net.parameters())


@pytest.mark.parametrize(("height", "width"), [(64, 64), (128, 128), (36, 52), (20, 4), (100, 76)])
def test_heat_maps_have_a_quarter_of_any_size(height: int, width: int) -> None:
    net = Hourglass(2, 16, 5).eval()
    with torch.no_grad():
        out = net(torch.randn(2, 3, height, width))
    assert isinstance(out, HourglassOutput)
    assert [heat.shape for heat in out.heat] == [(2, 5, height // 4, width // 4)] * 2


def test_published_form_has_the_published_number_of_parameters() -> None:
    """The known re-implementation has 25.59 million in 8 stacks with a stem of 64, 128, 256, 256 channels.

    The release's stem is 64, 128, 128, 256: one residual of 256 channels less, one of 128 more.
    """
    with torch.device("meta"):
        net = Hourglass(**PUBLISHED)
    wider_stem = parameters(PreActResidual(256, 256)) - parameters(PreActResidual(128, 128))
    assert (parameters(net) + wider_stem) / 1e6 == pytest.approx(25.59, abs=0.005)


def test_published_stem_is_64_128_128_256_wide() -> None:
    with torch.device("meta"):
        stem = Hourglass(**PUBLISHED).stem
    assert stem[0].kernel_size == (7, 7)
    assert stem[0].stride == (2, 2)
    residuals = [m for m in stem if isinstance(m, PreActResidual)]
    widths = [(m.branch[2].in_channels, m.branch[2].out_channels, m.branch[8].out_channels) for m in residuals]
    assert widths == [(64, 64, 128), (128, 64, 128), (128, 128, 256)]


def test_residual_adds_to_its_input() -> None:
    block = PreActResidual(4, 4)
    nn.init.zeros_(block.branch[8].weight)
    nn.init.zeros_(block.branch[8].bias)
    x = torch.randn(1, 4, 6, 6)
    assert torch.equal(block(x), x)


def test_level_adds_what_stayed_and_the_pooled_maximum() -> None:
    """With every residual silent, one level is x plus the maximum of its 2 x 2 block, also at an odd border."""
    module = HourglassModule(1, 2)
    for block in module.children():
        nn.init.zeros_(block.branch[8].weight)
        nn.init.zeros_(block.branch[8].bias)
    x = torch.arange(18.0).reshape(1, 2, 3, 3)
    out = module(x)
    assert out[0, 0].tolist() == [[4, 5, 7], [7, 8, 10], [13, 14, 16]]


def test_an_answer_reaches_the_next_stack_and_gradients_reach_everything() -> None:
    net = Hourglass(2, 8, 3)
    out = net(torch.randn(2, 3, 32, 32))
    out.heat[-1].square().sum().backward()
    assert not [name for name, p in net.named_parameters() if p.grad is None]
    net.eval()
    with torch.no_grad():
        x = torch.randn(1, 3, 32, 32)
        before = net(x).heat
        net.heat[0].bias += 1.0
        after = net(x).heat
    assert torch.allclose(after[0], before[0] + 1.0, atol=1e-5)
    assert not torch.allclose(after[1], before[1])


@pytest.mark.parametrize("arguments", [{"stacks": 0}, {"stacks": 9}, {"channels": 20}, {"channels": 0}])
def test_impossible_sizes_are_refused(arguments: dict[str, int]) -> None:
    with pytest.raises(WeightsError):
        build("hourglass", arguments)


def test_registered_with_the_compact_default() -> None:
    net = build("hourglass")
    assert isinstance(net, Hourglass)
    assert (len(net.hourglasses), net.heat[0].out_channels) == (2, 16)
