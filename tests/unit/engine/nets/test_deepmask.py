"""DeepMask: published size, gradients, and the patch form against the convolutional form."""

import pytest
import torch
from torch import nn

from engine.nets.deepmask import INPUT, PUBLISHED, DeepMask


def parameters_without_norms(net):
    """Parameters as the published count has them: the affine of batch norm was folded and frozen."""
    norms = {id(p) for m in net.modules() if isinstance(m, nn.BatchNorm2d) for p in m.parameters()}
    return sum(p.numel() for p in net.parameters() if id(p) not in norms)


def test_published_size_has_the_published_parameters():
    net = DeepMask(**PUBLISHED)
    parts = {
        "trunk": (net.trunk, net.bottleneck, net.embed),
        "mask": (net.mask,),
        "score": (net.score,),
    }
    counts = {name: sum(map(parameters_without_norms, modules)) for name, modules in parts.items()}
    assert counts == {"trunk": 15_198_016, "mask": 1_608_768, "score": 526_337}
    assert parameters_without_norms(net) == 17_333_121


def test_small_form_weighs_about_three_megabytes_in_half_precision():
    assert sum(p.numel() for p in DeepMask().parameters()) == 1_550_849


@pytest.mark.parametrize("in_channels", [3, 4])
def test_shapes(in_channels):
    answer = DeepMask(in_channels=in_channels)(torch.rand(2, in_channels, INPUT, INPUT))
    assert answer.mask.shape == (2, 1, 112, 112)
    assert answer.score.shape == (2,)


def test_every_parameter_gets_a_gradient_from_its_head():
    torch.manual_seed(0)
    net = DeepMask()
    answer = net(torch.rand(2, 3, INPUT, INPUT))
    answer.mask.square().mean().backward(retain_graph=True)
    untouched = {name for name, p in net.named_parameters() if p.grad is None}
    assert untouched == {name for name, _ in net.named_parameters() if name.startswith("score.")}
    net.zero_grad()
    answer.score.square().mean().backward()
    untouched = {name for name, p in net.named_parameters() if p.grad is None}
    assert untouched == {"mask.weight", "mask.bias"}


@torch.no_grad()
def test_convolutional_form_equals_the_patch_form():
    torch.manual_seed(0)
    net = DeepMask().eval()
    x = torch.rand(2, 3, INPUT, INPUT)
    answer = net(x)
    vectors = net.embed_everywhere(x)
    assert vectors.shape[2:] == (1, 1)
    torch.testing.assert_close(net.score_everywhere(vectors).flatten(), answer.score)
    masks = nn.functional.interpolate(net.masks_of(vectors[:, :, 0, 0]), size=(112, 112), mode="bilinear")
    torch.testing.assert_close(masks, answer.mask)


@torch.no_grad()
def test_convolutional_form_slides_the_heads_by_16_pixels():
    """Element (i, j) is what the heads say of the trunk's features from cell (i, j) on."""
    torch.manual_seed(0)
    net = DeepMask().eval()
    x = torch.rand(1, 3, INPUT + 32, INPUT + 16)
    features = net.trunk(x)
    vectors = net.embed_everywhere(x)
    assert vectors.shape[2:] == (3, 2)
    for i in range(3):
        for j in range(2):
            window = features[:, :, i : i + 12, j : j + 12]
            torch.testing.assert_close(vectors[:, :, i, j], net.embed_features(window), rtol=1e-4, atol=1e-5)


@torch.no_grad()
def test_mirrored_borders_bring_a_patch_close_to_the_same_place_in_a_photo():
    """The ring and the mirrored border exist for this: cutting a patch out must change its answer little."""
    torch.manual_seed(0)
    net = DeepMask().eval()
    coarse = torch.rand(1, 3, 12, 12)
    photo = nn.functional.interpolate(coarse, size=(INPUT + 128, INPUT + 128), mode="bicubic").clamp(0, 1)

    def change():
        inside = net.embed_everywhere(photo)[0, :, 4, 4]
        alone = net.embed_everywhere(photo[:, :, 64 : 64 + INPUT, 64 : 64 + INPUT])[0, :, 0, 0]
        return (inside - alone).norm()

    mirrored = change()
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            module.padding_mode = "zeros"
    assert mirrored < 0.8 * change()
