"""Trunks: torchvision's nets with another border, loadable from published files."""

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torchvision.models import resnet18

from engine.errors import WeightsError
from engine.nets.resnet import ResNetTrunk, mirror_pad


@pytest.mark.parametrize(("depth", "channels"), [(18, (64, 64, 128, 256)), (50, (64, 256, 512, 1024))])
def test_taps_have_the_published_shapes(depth, channels):
    trunk = ResNetTrunk(depth).eval()
    taps = trunk.taps(torch.rand(1, 3, 64, 96))
    assert trunk.tap_channels == channels
    assert [tuple(t.shape[1:]) for t in taps] == [
        (c, 64 // s, 96 // s) for c, s in zip(channels, (2, 4, 8, 16), strict=True)
    ]


def test_width_scales_every_layer():
    assert ResNetTrunk(18, 0.5).tap_channels == (32, 32, 64, 128)


def test_mirror_padding_includes_the_edge():
    x = torch.rand(2, 3, 5, 7)
    expected = np.pad(x.numpy(), ((0, 0), (0, 0), (3, 3), (3, 3)), mode="symmetric")
    np.testing.assert_array_equal(mirror_pad(x, 3).numpy(), expected)


def test_replicate_equals_the_mirror_for_one_pixel():
    conv = ResNetTrunk(18, 0.5).layer1[0].conv1
    x = torch.rand(1, 32, 6, 6)
    expected = nn.functional.conv2d(mirror_pad(x, 1), conv.weight)
    torch.testing.assert_close(conv(x), expected)


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_published_weights_give_torchvisions_features_away_from_the_border(tmp_path, suffix):
    published = resnet18(weights=None).eval()
    path = tmp_path / f"resnet18{suffix}"
    if suffix == ".pth":
        torch.save(published.state_dict(), path)
    else:
        save_file(published.state_dict(), path)
    trunk = ResNetTrunk(18).eval()
    trunk.load_resnet(path)
    x = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        normal = (x - trunk.mean) / trunk.std
        expected = published.maxpool(published.relu(published.bn1(published.conv1(normal))))
        s2 = trunk.taps(x)[0]
    # Beyond the stem's reach of the border, padding cannot matter.
    torch.testing.assert_close(trunk.maxpool(s2)[..., 2:-2, 2:-2], expected[..., 2:-2, 2:-2])


def test_a_fourth_plane_copies_the_colour_filters_and_starts_silent(tmp_path):
    published = resnet18(weights=None)
    torch.save(published.state_dict(), tmp_path / "r.pth")
    trunk = ResNetTrunk(18, in_channels=4).eval()
    trunk.load_resnet(tmp_path / "r.pth")
    assert torch.equal(trunk.conv1.weight[:, :3], published.conv1.weight)
    assert not trunk.conv1.weight[:, 3].any()
    image = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        silent = [
            trunk(torch.cat([image, plane], 1)) for plane in (torch.zeros(1, 1, 32, 32), torch.rand(1, 1, 32, 32))
        ]
    assert torch.equal(*silent)


def test_weights_of_another_depth_are_refused(tmp_path):
    torch.save(resnet18(weights=None).state_dict(), tmp_path / "r.pth")
    with pytest.raises(WeightsError, match="not a ResNet of this depth"):
        ResNetTrunk(50).load_resnet(tmp_path / "r.pth")
    with pytest.raises(WeightsError, match="another width"):
        ResNetTrunk(18, 0.5).load_resnet(tmp_path / "r.pth")


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_file_that_is_no_weights_is_refused(tmp_path, suffix):
    path = tmp_path / f"broken{suffix}"
    path.write_bytes(b"not weights at all")
    with pytest.raises(WeightsError, match="cannot be read"):
        ResNetTrunk(18).load_resnet(path)
    with pytest.raises(WeightsError, match="cannot be read"):
        ResNetTrunk(18).load_resnet(tmp_path / f"missing{suffix}")
