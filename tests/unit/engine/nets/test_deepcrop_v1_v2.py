"""DeepCropV1 and V2: what their planes hold, worked by hand, and that the click reaches the answer."""

import math

import pytest
import torch

from engine.nets.deepcrop_v1 import DeepCropV1, click_planes
from engine.nets.deepcrop_v2 import DeepCropV2, click_plane, with_click
from engine.nets.deepmask import INPUT, PUBLISHED, DeepMask


def test_distance_plane_by_hand():
    plane = click_plane(torch.tensor([[10.5, 20.5]]), 192, 192)[0, 0]
    assert plane[20, 10] == -1
    assert plane[20, 90] == pytest.approx(80 / 80 - 1)
    assert plane[24, 13] == pytest.approx(5 / 80 - 1)
    assert plane[191, 191] == 1  # more than 160 pixels away


def test_distance_plane_is_the_same_in_a_patch_and_in_the_photo_around_it():
    click = torch.tensor([[150.25, 90.75]])
    photo = click_plane(click, 320, 400)
    patch = click_plane(click - torch.tensor([[64.0, 32.0]]), INPUT, INPUT)
    assert torch.equal(patch, photo[:, :, 32 : 32 + INPUT, 64 : 64 + INPUT])


def test_distance_plane_does_not_depend_on_where_the_farthest_corner_is():
    """Normalising by the patch made the planes of training and use incomparable."""
    near = click_plane(torch.tensor([[0.5, 0.5]]), 64, 64)[0, 0]
    middle = click_plane(torch.tensor([[32.5, 32.5]]), 64, 64)[0, 0]
    assert near[3, 4] == middle[35, 36]


@torch.no_grad()
def test_v2_starts_as_its_parent():
    torch.manual_seed(0)
    parent, net = DeepMask().eval(), DeepCropV2().eval()
    net.start_from(parent)
    image = torch.rand(1, 3, INPUT, INPUT)
    for click in ([[96.0, 96.0]], [[30.0, 150.0]]):
        answer = net(image, torch.tensor(click))
        torch.testing.assert_close(answer.mask, parent(image).mask)
        torch.testing.assert_close(answer.score, parent(image).score)


@torch.no_grad()
def test_v2_listens_to_the_click():
    torch.manual_seed(0)
    net = DeepCropV2().eval()
    image = torch.rand(1, 3, INPUT, INPUT)
    first, second = (net(image, torch.tensor([[x, 96.0]])) for x in (40.0, 150.0))
    assert not torch.allclose(first.mask, second.mask)


@pytest.mark.parametrize("depth", [18, 50])
def test_v2_differs_from_deepmask_by_one_plane_of_the_stem(depth):
    size = {**PUBLISHED, "depth": depth}
    extra = sum(p.numel() for p in DeepCropV2(**size).parameters()) - sum(
        p.numel() for p in DeepMask(**size).parameters()
    )
    assert extra == 64 * 7 * 7


def test_with_click_keeps_the_colours():
    image = torch.rand(1, 3, 32, 48)
    x = with_click(image, torch.tensor([[3.0, 4.0]]))
    assert x.shape == (1, 4, 32, 48)
    assert torch.equal(x[:, :3], image)


def test_v1_planes_by_hand():
    image = torch.zeros(1, 3, 4, 4)
    image[0, :, 1, 2] = torch.tensor([1.0, 0.0, 0.0])
    image[0, :, 3, 3] = torch.tensor([0.0, 1.0, 0.0])
    place, colour, luma = (click_planes(image, torch.tensor([[2.5, 1.5]]))[0] + 1) / 2
    assert place[1, 2] == 0
    assert place[1, 0] == pytest.approx(2 / (4 * math.sqrt(2)))
    assert colour[1, 2] == 0
    assert colour[0, 0] == pytest.approx(1 / math.sqrt(3))
    assert colour[3, 3] == pytest.approx(math.sqrt(2 / 3))
    assert luma[0, 0] == pytest.approx(0.299)
    assert luma[3, 3] == pytest.approx(0.587 - 0.299)


def test_v1_shapes_and_gradients():
    net = DeepCropV1()
    mask = net(torch.rand(2, 3, INPUT, INPUT), torch.tensor([[96.0, 96.0], [20.0, 170.0]]))
    assert mask.shape == (2, 1, 112, 112)
    mask.square().mean().backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in net.parameters())


def test_v1_published_form_concatenates_131_channels():
    net = DeepCropV1(depth=18, width=1.0, bottleneck=128, rank=512)
    assert net.embed.in_features == 131 * 10 * 10


@torch.no_grad()
def test_v1_sees_the_click_only_through_its_planes():
    torch.manual_seed(0)
    net = DeepCropV1().eval()
    net.embed.weight.view(-1, 35, 100)[:, 32:] = 0
    image = torch.rand(1, 3, INPUT, INPUT)
    first, second = (net(image, torch.tensor([[x, 96.0]])) for x in (40.0, 150.0))
    assert torch.equal(first, second)
    fresh = DeepCropV1().eval()
    first, second = (fresh(image, torch.tensor([[x, 96.0]])) for x in (40.0, 150.0))
    assert not torch.allclose(first, second)
