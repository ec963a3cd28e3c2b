"""The published skeleton-map network: sizes, bilinear beginnings, sums and answers."""

import pytest
import torch
import torch.nn.functional as F  # noqa: N812 - the usual name

from engine.nets.pose_resnet import PUBLISHED
from engine.nets.skeleton_map import SkeletonMapNet, double


def test_published_form_answers_with_56_pixels_from_224():
    with torch.device("meta"):
        net = SkeletonMapNet(**PUBLISHED)
        out = net(torch.empty(1, 3, 224, 224))
    assert out.maps.shape == (1, 6, 56, 56)
    assert [tuple(side.shape[1:]) for side in out.sides] == [(6, s, s) for s in (14, 14, 28, 28, 56, 56)]
    assert [layer.in_channels for layer in net.enlarge] == [2048, 1024, 512]


@pytest.mark.parametrize("depth", [18, 50])
@pytest.mark.parametrize(("height", "width"), [(64, 64), (100, 76), (36, 32)])
def test_any_multiple_of_four_will_do(depth, height, width):
    net = SkeletonMapNet(0.125, depth).eval()
    with torch.no_grad():
        out = net(torch.randn(2, 3, height, width))
    assert out.maps.shape == (2, 6, height // 4, width // 4)
    assert out.sides == ()


def test_up_sampling_begins_as_bilinear_and_is_learned():
    layer = double(3)
    x = torch.randn(1, 3, 6, 5)
    expected = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
    y = layer(x)
    assert torch.allclose(y[..., 1:-1, 1:-1], expected[..., 1:-1, 1:-1], atol=1e-6)
    y.sum().backward()
    assert layer.weight.grad.abs().min() > 0


def test_a_sum_is_of_the_up_sampled_and_the_trunks_features():
    """With silent refinement nothing of conv3 to conv5 can reach the answer: what remains is conv2's own features."""
    net = SkeletonMapNet(0.125).eval()
    x = torch.randn(1, 3, 64, 64)
    last = net.refine[-1][0]
    with torch.no_grad():
        for norm in (last.bn2, last.downsample[1]):
            norm.weight.zero_()
            norm.bias.zero_()
        assert torch.equal(net(x).maps, net.answer(net.trunk.taps(x)[0]))


def test_gradients_reach_every_parameter():
    net = SkeletonMapNet(0.125).train()
    out = net(torch.randn(2, 3, 64, 64))
    sum(o.square().mean() for o in (out.maps, *out.sides)).backward()
    assert not [name for name, p in net.named_parameters() if p.grad is None]
