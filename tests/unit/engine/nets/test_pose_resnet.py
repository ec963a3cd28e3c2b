"""The published regressors: torchvision's ResNet-50 with another first and last layer, poses relative to the thorax."""

import pytest
import torch
from torchvision.models import resnet50

from engine.errors import WeightsError
from engine.nets.direct_pose import DirectPose
from engine.nets.map_regressor import MapRegressor
from engine.nets.pose_resnet import PUBLISHED, ROOT, PoseTrunk
from engine.weights import build


def test_the_published_trunk_is_torchvisions_resnet50():
    published = resnet50(weights=None).eval()
    trunk = PoseTrunk(**PUBLISHED).eval()
    missing, unexpected = trunk.load_state_dict(published.state_dict(), strict=False)
    assert not missing
    assert unexpected == ["fc.weight", "fc.bias"]
    x = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        taps = trunk.taps(x)
        logits = published.fc(taps[-1].mean((2, 3)))
        assert torch.allclose(logits, published(x), atol=1e-4)
    assert trunk.tap_channels == (256, 512, 1024, 2048)
    assert [t.shape[1:] for t in taps] == [(256, 16, 16), (512, 8, 8), (1024, 4, 4), (2048, 2, 2)]


@pytest.mark.parametrize(("build_net", "planes", "millions"), [(MapRegressor, 6, 23.6), (DirectPose, 3, 23.6)])
def test_published_regressors_are_resnet50_with_48_outputs(build_net, planes, millions):
    with torch.device("meta"):
        net = build_net(**PUBLISHED)
    assert net.trunk.conv1.in_channels == planes
    assert (net.fc.in_features, net.fc.out_features) == (2048, 48)
    assert sum(p.numel() for p in net.parameters()) / 1e6 == pytest.approx(millions, abs=0.05)


@pytest.mark.parametrize("depth", [18, 50])
def test_poses_are_millimetres_relative_to_the_thorax(depth):
    net = MapRegressor(0.125, depth, size=64).eval()
    with torch.no_grad():
        net.fc.weight.zero_()
        net.fc.bias.copy_(torch.arange(48.0) / 1000)
        pose = net(torch.rand(2, 6, 14, 14)).pose
    assert pose.shape == (2, 16, 3)
    assert torch.equal(pose[:, ROOT], torch.zeros(2, 3))
    # Joint j has 3 j, 3 j + 1, 3 j + 2 mm; the thorax is joint 7.
    assert torch.allclose(pose[0, 8], torch.tensor([3.0, 3, 3]), atol=1e-4)
    assert torch.allclose(pose[1, 0], torch.tensor([-21.0, -21, -21]), atol=1e-4)


def test_maps_are_enlarged_first():
    net = MapRegressor(0.125, size=64).eval()
    maps = torch.rand(1, 6, 16, 16)
    enlarged = torch.nn.functional.interpolate(maps, size=(64, 64), mode="bilinear", align_corners=False)
    with torch.no_grad():
        assert torch.equal(net(maps).pose, net(enlarged).pose)
        assert not torch.allclose(net(maps).pose, net(maps.flip(1)).pose)


def test_direct_rgb_reads_any_size():
    net = DirectPose(0.125).eval()
    with torch.no_grad():
        assert net(torch.randn(1, 3, 96, 96)).pose.shape == (1, 16, 3)
        assert net(torch.randn(1, 3, 50, 70)).pose.shape == (1, 16, 3)


@pytest.mark.parametrize("name", ["map_regressor", "direct_pose", "skeleton_map"])
def test_registered_and_impossible_sizes_are_refused(name):
    assert sum(p.numel() for p in build(name).parameters()) < 5e6
    for arguments in ({"depth": 34}, {"width": 0.0}, {"size": 0}):
        with pytest.raises(WeightsError):
            build(name, arguments)
