"""Losses of the pose networks against cases worked by hand."""

import math

import pytest
import torch

from engine.pose.heatmaps import decode
from training.losses.pose import gaussian_targets, heat_loss, map_loss, pose_loss


def test_gaussian_by_hand():
    target = gaussian_targets(torch.tensor([[[5.5, 8.5]]]), torch.tensor([[True]]), 16)[0, 0]
    assert target[8, 5] == 1
    assert target[8, 6] == pytest.approx(math.exp(-0.5))
    assert target[6, 6] == pytest.approx(math.exp(-2.5))
    assert (target > 0).nonzero().amin(0).tolist() == [5, 2]
    assert (target > 0).sum() == 49  # 7 x 7


def test_gaussian_leans_towards_the_joint_and_is_found_again():
    xy = torch.tensor([[[5.75, 8.25], [3.25, 2.75]]])
    target = gaussian_targets(xy, torch.ones(1, 2, dtype=torch.bool), 16)
    assert target[0, 0, 8, 6] > target[0, 0, 8, 4]
    assert target[0, 0, 7, 5] > target[0, 0, 9, 5]
    assert torch.equal(decode(target)[0], xy)


def test_larger_sigma_reaches_farther():
    target = gaussian_targets(torch.tensor([[[10.5, 10.5]]]), torch.tensor([[True]]), 21, sigma=2.0)[0, 0]
    assert (target > 0).sum() == 13 * 13
    assert target[10, 12] == pytest.approx(math.exp(-0.5))


@pytest.mark.parametrize(
    ("x", "y", "pixels"),
    [(0.5, 0.5, 16), (-1.5, 4.5, 14), (-3.5, 4.5, 0), (8.5, 8.5, 9), (12.5, 4.5, 0), (math.nan, 4.5, 0)],
)
def test_only_what_is_inside_is_drawn(x, y, pixels):
    target = gaussian_targets(torch.tensor([[[x, y]]]), torch.tensor([[True]]), 8)
    assert (target > 0).sum() == pixels
    assert torch.isfinite(target).all()


def test_absent_joints_have_empty_maps():
    target = gaussian_targets(torch.full((1, 2, 2), 4.5), torch.tensor([[True, False]]), 8)
    assert target[0, 0].max() == 1
    assert target[0, 1].max() == 0


def test_heat_loss_by_hand():
    targets = torch.zeros(2, 2, 2, 2)
    targets[0, 0, 0, 0] = 1
    first, second = torch.zeros(2, 2, 2, 2), targets.clone()
    second[0, 1] = 9.0  # an unknown joint: nothing is asked of it
    present = torch.tensor([[True, False], [True, True]])
    # Sample 0: stack 1 misses one pixel of four by 1, stack 2 none. Sample 1: everything is right.
    assert heat_loss((first, second), targets, present).tolist() == [0.25, 0.0]
    assert heat_loss((first, first), targets, present).tolist() == [0.5, 0.0]
    second[1, 1] = 1.0  # now one of two known joints is off by 1 everywhere
    assert heat_loss((second,), targets, present).tolist() == [0.0, 0.5]


def test_heat_loss_without_known_joints_is_zero_with_gradient():
    heat = torch.ones(1, 3, 4, 4, requires_grad=True)
    loss = heat_loss((heat,), torch.zeros(1, 3, 4, 4), torch.zeros(1, 3, dtype=torch.bool))
    loss.sum().backward()
    assert loss.item() == 0
    assert not heat.grad.any()


def test_map_loss_by_hand():
    logits = torch.zeros(1, 6, 2, 2)
    assert map_loss(logits, torch.rand(1, 6, 2, 2)).item() == pytest.approx(math.log(2))
    # p = 3/4 against a target of 3/4: the entropy of the target; against 1: -log 3/4.
    logits = torch.full((2, 6, 1, 1), math.log(3.0))
    targets = torch.stack([torch.full((6, 1, 1), 0.75), torch.ones(6, 1, 1)])
    entropy = -0.75 * math.log(0.75) - 0.25 * math.log(0.25)
    assert map_loss(logits, targets).tolist() == pytest.approx([entropy, -math.log(0.75)])


def test_map_loss_is_smallest_at_the_colours():
    targets = torch.rand(1, 6, 4, 4).clamp(0.05, 0.95)
    right = map_loss(torch.logit(targets), targets)
    assert right < map_loss(torch.logit(targets) + 0.1, targets)
    assert right < map_loss(torch.logit(targets) - 0.1, targets)


def test_smaller_answers_are_compared_with_the_mean_of_their_pixels():
    targets = torch.zeros(1, 6, 4, 4)
    targets[..., :2, :2] = torch.tensor([[0.0, 1.0], [1.0, 1.0]])
    small = torch.zeros(1, 6, 2, 2)
    small[..., 0, 0] = 0.75
    logits = torch.randn(1, 6, 2, 2)
    assert map_loss(logits, targets).item() == pytest.approx(map_loss(logits, small).item())


def test_pose_loss_by_hand():
    truth = torch.zeros(1, 3, 3)
    pose = torch.tensor([[[0.0, 0, 0], [300, 400, 0], [0, 0, 1000]]])
    everything = torch.ones(1, 3)
    assert pose_loss(pose, truth, everything).item() == pytest.approx(0.5 * (0.25 + 1))
    assert pose_loss(pose, truth, torch.tensor([[1.0, 1, 0]])).item() == pytest.approx(0.125)
    assert pose_loss(pose, truth, torch.tensor([[1.0, 0.5, 0]])).item() == pytest.approx(0.0625)


def test_pose_loss_ignores_what_is_unknown():
    pose = torch.ones(2, 2, 3, requires_grad=True)
    truth = torch.full((2, 2, 3), math.nan)
    truth[0, 0] = 0
    weight = torch.tensor([[1.0, 0], [0, 0]])
    loss = pose_loss(pose, truth, weight)
    loss.sum().backward()
    assert loss.tolist() == pytest.approx([1.5e-6, 0])
    assert torch.isfinite(pose.grad).all()
    assert (pose.grad != 0).sum() == 3
