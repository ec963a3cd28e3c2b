"""VGG trunk: published topology, receptive fields, files, and any size of photo."""

import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torchvision.models import vgg, vgg16, vgg16_bn

from engine.errors import WeightsError
from engine.nets.vgg import PUBLISHED, STRIDES, VGGTrunk, to_input
from engine.skeleton.scales import RECEPTIVE_FIELDS


def test_published_size():
    trunk = VGGTrunk(**PUBLISHED)
    assert trunk.tap_channels == (64, 128, 256, 512, 512)
    assert sum(p.numel() for p in trunk.parameters()) == 14_714_688


def test_width_scales_every_stage():
    assert VGGTrunk(0.25).tap_channels == (16, 32, 64, 128, 128)
    with pytest.raises(ValueError, match="width must be positive"):
        VGGTrunk(0)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (2, 3), (17, 33), (40, 64)])
@torch.no_grad()
def test_taps_round_up_for_any_size(height, width):
    trunk = VGGTrunk(0.0625).eval()
    taps = trunk.taps(torch.rand(1, 3, height, width))
    assert [tuple(t.shape) for t in taps] == [
        (1, c, -(-height // s), -(-width // s)) for c, s in zip(trunk.tap_channels, STRIDES, strict=True)
    ]


def test_receptive_fields_are_the_published_ones():
    """Footprint of a gradient, with pooling by the mean, which looks at the same pixels as the maximum."""
    trunk = VGGTrunk(0.01, batch_norm=False)
    for i, module in enumerate(trunk.features):
        if isinstance(module, nn.Conv2d):
            nn.init.constant_(module.weight, 1 / (9 * module.in_channels))
        elif isinstance(module, nn.MaxPool2d):
            trunk.features[i] = Averaging()
    x = torch.ones(1, 3, 288, 288, requires_grad=True)
    sides = []
    for tap, stride in zip(trunk.taps(x), STRIDES, strict=True):
        (gradient,) = torch.autograd.grad(tap[0, 0, 144 // stride, 144 // stride], x, retain_graph=True)
        seen = gradient[0, 0] != 0
        assert int(seen.sum()) == int(seen.any(0).sum()) * int(seen.any(1).sum())
        sides.append((int(seen.any(0).sum()), int(seen.any(1).sum())))
    assert sides == [(r, r) for r in (5, *RECEPTIVE_FIELDS)]


class Averaging(nn.MaxPool2d):
    """Takes the place of max pooling where `taps` looks for it."""

    def __init__(self):
        super().__init__(2, 2)

    def forward(self, x):
        return nn.functional.avg_pool2d(x, 2, 2, ceil_mode=True)


@pytest.mark.parametrize(
    ("published", "batch_norm", "suffix"), [(vgg16, False, ".pth"), (vgg16_bn, True, ".safetensors")]
)
def test_published_weights_give_torchvisions_features(tmp_path, monkeypatch, published, batch_norm, suffix):
    net, path = narrow(published, monkeypatch), tmp_path / f"vgg{suffix}"
    if suffix == ".pth":
        torch.save(net.state_dict(), path)
    else:
        save_file(net.state_dict(), path)
    trunk = VGGTrunk(0.125, batch_norm=batch_norm).eval()
    trunk.load_vgg(path)
    x = torch.rand(1, 3, 64, 96)
    with torch.no_grad():
        torch.testing.assert_close(nn.functional.max_pool2d(trunk.taps(x)[-1], 2), net.features(x))


def test_names_and_shapes_at_full_width_are_torchvisions():
    with torch.device("meta"):
        for published, batch_norm in ((vgg16, False), (vgg16_bn, True)):
            theirs = {k: v.shape for k, v in published().state_dict().items() if k.startswith("features.")}
            ours = {k: v.shape for k, v in VGGTrunk(1.0, batch_norm=batch_norm).state_dict().items()}
            assert ours == theirs


def test_other_weights_are_refused(tmp_path, monkeypatch):
    torch.save(narrow(vgg16, monkeypatch).state_dict(), tmp_path / "plain.pth")
    torch.save(narrow(vgg16_bn, monkeypatch).state_dict(), tmp_path / "bn.pth")
    with pytest.raises(WeightsError, match="not a VGG-16 with batch norm"):
        VGGTrunk(0.125, batch_norm=True).load_vgg(tmp_path / "plain.pth")
    with pytest.raises(WeightsError, match="not a VGG-16 without batch norm"):
        VGGTrunk(0.125, batch_norm=False).load_vgg(tmp_path / "bn.pth")
    with pytest.raises(WeightsError, match="another width"):
        VGGTrunk(0.25, batch_norm=False).load_vgg(tmp_path / "plain.pth")
    (tmp_path / "broken.pth").write_bytes(b"not weights at all")
    for name in ("broken.pth", "missing.pth"):
        with pytest.raises(WeightsError, match="cannot be read"):
            VGGTrunk(0.125).load_vgg(tmp_path / name)


def narrow(published, monkeypatch):
    """The published net at an eighth of its width and without the large classifier."""
    plain = [v if v == "M" else v // 8 for v in vgg.cfgs["D"]]
    monkeypatch.setitem(vgg.cfgs, "D", plain)
    with torch.device("meta"):
        net = published()
    net.classifier = nn.Identity()
    net = net.to_empty(device="cpu").eval()
    for tensor in net.state_dict().values():
        if tensor.is_floating_point():
            nn.init.uniform_(tensor, 0.0, 0.2)
    monkeypatch.undo()
    return net


@pytest.mark.parametrize("stride", [2, 4, 8, 16])
def test_upsampling_is_the_published_bilinear_deconvolution_inside(stride):
    x = torch.rand(1, 1, 6, 7)
    ramp = 1 - ((torch.arange(2 * stride) + 0.5) / stride - 1).abs()
    kernel = (ramp[:, None] * ramp[None, :])[None, None]
    deconvolved = nn.functional.conv_transpose2d(x, kernel, stride=stride, padding=stride // 2)
    ours = to_input(x, stride, 6 * stride, 7 * stride)
    inside = slice(stride, -stride)
    torch.testing.assert_close(ours[..., inside, inside], deconvolved[..., inside, inside])


def test_upsampling_keeps_cells_in_place():
    """Cell j stands for pixels 4 j … 4 j + 3: a ramp of the cells' centres becomes a ramp of the pixels' centres."""
    cells = (torch.arange(5.0) * 4 + 2).expand(1, 1, 3, 5)
    pixels = to_input(cells, 4, 10, 18)
    assert pixels.shape == (1, 1, 10, 18)
    torch.testing.assert_close(pixels[0, 0, 5, 2:18], torch.arange(2.0, 18) + 0.5)
