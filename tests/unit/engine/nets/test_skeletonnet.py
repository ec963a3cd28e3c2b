import pytest
import torch

from engine.nets.clicknet import ClickNet
from engine.nets.skeletonnet import SkeletonNet
from engine.skeleton.scales import TABLES

SMALL = {"widths": (8, 8, 16, 16, 16), "depths": (1, 1, 1, 1)}


@pytest.mark.parametrize("shape", [(64, 64), (33, 47), (32, 100)])
def test_every_map_has_the_size_of_the_input(shape: tuple[int, int]):
    net = SkeletonNet(**SMALL).eval()
    with torch.inference_mode():
        out = net(torch.randn(2, 12, *shape))
    assert out.types.shape == (2, 5, *shape)
    assert out.scale is not None
    assert out.scale.shape == (2, 1, *shape)
    assert [s.shape for s in out.side] == [(2, 2, *shape)] * 3
    assert out.extra["mask"].shape == (2, 1, *shape)
    assert out.extra["flux"].shape == (2, 2, *shape)
    assert float(out.scale.min()) >= 1
    probability = out.probability()
    assert probability.shape == (2, *shape)
    assert 0 <= float(probability.min()) <= float(probability.max()) <= 1


def test_the_probability_is_that_of_all_types_together():
    net = SkeletonNet(**SMALL).eval()
    with torch.inference_mode():
        out = net(torch.randn(1, 12, 32, 32))
    assert torch.allclose(out.probability(), out.types.softmax(1)[:, 1:].sum(1), atol=1e-6)


def test_the_table_sets_the_number_of_types():
    assert SkeletonNet(**SMALL, table="fsds").table is TABLES["fsds"]
    with pytest.raises(KeyError):
        SkeletonNet(**SMALL, table="none")


def test_it_shares_its_trunk_with_the_click_network():
    own, other = SkeletonNet().state_dict(), ClickNet().state_dict()
    shared = [k for k in own if k in other and own[k].shape == other[k].shape]
    trunk = [k for k in own if k.startswith(("stages.", "attention.", "context.", "up.", "last."))]
    assert set(trunk) <= set(shared)
