"""HED, FSDS and LMSDS: published sizes and fusion, outputs of the input's size, and where the scale comes from."""

import pytest
import torch

from engine.errors import WeightsError
from engine.nets.fsds import FSDS
from engine.nets.hed import HED
from engine.nets.lmsds import LMSDS, chosen_scale
from engine.nets.vgg import PUBLISHED
from engine.skeleton.scales import TABLES
from engine.weights import build

TRUNK = 14_714_688
TINY = {"width": 0.0625}
NETS = {"hed": (HED, (2,) * 5), "fsds": (FSDS, (2, 3, 4, 5)), "lmsds": (LMSDS, (2, 3, 4, 5))}


@pytest.mark.parametrize(
    ("net", "heads"),
    [
        # Side outputs 64 + 128 + 256 + 512 + 512 weights and 5 biases; fusion 5 + 1.
        (HED, 1472 + 5 + 6),
        # Sides 129·2 + 257·3 + 513·4 + 513·5; fusion of 4, 4, 3, 2 and 1 maps and 5 biases.
        (FSDS, 258 + 771 + 2052 + 2565 + 14 + 5),
        # One more channel a stage: 129 + 257 + 513 + 513.
        (LMSDS, 258 + 771 + 2052 + 2565 + 14 + 5 + 1412),
    ],
)
def test_published_size(net, heads):
    with torch.device("meta"):
        assert sum(p.numel() for p in net(**PUBLISHED).parameters()) == TRUNK + heads


@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 19), (33, 47), (64, 48)])
@torch.no_grad()
def test_outputs_have_the_inputs_size(name, height, width):
    cls, classes = NETS[name]
    output = cls(**TINY).eval()(torch.rand(2, 3, height, width))
    assert output.types.shape == (2, classes[-1], height, width)
    assert [tuple(side.shape) for side in output.side] == [(2, c, height, width) for c in classes]
    probability = output.probability()
    assert probability.shape == (2, height, width)
    assert 0 <= probability.min() <= probability.max() <= 1
    if name == "lmsds":
        assert output.scale.shape == (2, 1, height, width)
        assert output.scale.min() >= 1
        assert [tuple(y.shape) for y in output.side_scale] == [(2, 1, height, width)] * 4
    else:
        assert output.scale is None
        assert output.side_scale == ()


@pytest.mark.parametrize("name", NETS)
def test_every_parameter_gets_a_gradient(name):
    torch.manual_seed(0)
    net = NETS[name][0](**TINY)
    output = net(torch.rand(2, 3, 33, 40))
    total = output.types.square().sum() + sum(y.square().sum() for y in output.side_scale)
    total.backward()
    assert all(p.grad is not None for p in net.parameters())
    # A bias before a batch norm moves nothing.
    assert [name for name, p in net.named_parameters() if p.ndim > 1 and not p.grad.any()] == []


def test_fusion_starts_as_the_mean_of_the_stages_that_know_a_type():
    net = FSDS(**TINY)
    assert [conv.weight.flatten().tolist() for conv in net.fuse] == [
        [pytest.approx(1 / n)] * n for n in (4, 4, 3, 2, 1)
    ]
    # Every stage says its own number for every class that it knows.
    sides = tuple(torch.full((1, k + 1, 1, 1), float(k)) for k in (1, 2, 3, 4))
    fused = net.fused(sides).flatten()
    # Background and type 1: mean of 1 … 4. Type 2: of 2, 3, 4. Type 3: of 3, 4. Type 4: 4.
    torch.testing.assert_close(fused, torch.tensor([2.5, 2.5, 3.0, 3.5, 4.0]))


def test_hed_starts_as_the_mean_of_its_stages():
    net = HED(**TINY).eval()
    with torch.no_grad():
        output = net(torch.rand(1, 3, 20, 20))
    expected = torch.stack(output.side).mean(0)
    torch.testing.assert_close(output.types, expected)
    assert not output.types[:, 0].any()


def test_scale_is_read_from_the_stage_of_the_likeliest_type():
    """Four pixels, each with another likeliest type; background is likelier still and no candidate."""
    types = torch.full((1, 5, 1, 4), -5.0)
    types[0, 0] = 9.0
    for kind in (1, 2, 3, 4):
        types[0, kind, 0, kind - 1] = 1.0
    y = tuple(torch.full((1, 1, 1, 4), value) for value in (0.0, 0.5, -0.5, -2.0))
    # (0 + 1)·14/2 = 7, (0.5 + 1)·40/2 = 30, (-0.5 + 1)·92/2 = 23, (-2 + 1)·196/2 < 1.
    assert chosen_scale(types, y).flatten().tolist() == [7.0, 30.0, 23.0, 1.0]


def test_tables():
    assert FSDS(**TINY).table == TABLES["fsds"]
    assert LMSDS(**TINY).table == TABLES["lmsds"]
    assert FSDS(**TINY, table="sk_large").table == TABLES["sk_large"]
    assert HED(**TINY).table is None
    with pytest.raises(ValueError, match="no table of scale types called"):
        FSDS(**TINY, table="mine")


@pytest.mark.parametrize("name", NETS)
def test_registered(name):
    assert type(build(name, TINY)) is NETS[name][0]
    with pytest.raises(WeightsError, match="cannot be built"):
        build(name, {"width": -1})
