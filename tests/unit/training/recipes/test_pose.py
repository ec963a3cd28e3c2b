"""The losses of the default pose networks, against cases worked by hand."""

import math

import pytest
import torch

from engine.pose.joints import MPII_16
from training.losses.rough_maps import rough_maps
from training.recipes.pose_batch import ROOT, pck, pose_loss, true_maps


def _batch(count=2):
    return {
        "pose": torch.zeros(count, 16, 3),
        "trust": torch.ones(count, 16),
        "visibility": torch.full((count, 16), 2, dtype=torch.uint8),
        "xy": torch.zeros(count, 16, 2),
        "depth": torch.full((count, 16), 3000.0),
        "image": torch.zeros(count, 3, 64, 64, dtype=torch.uint8),
    }


def test_a_wrist_a_hand_off_costs_its_distance_its_bone_and_its_spread():
    batch, pose = _batch(1), torch.zeros(1, 16, 3)
    pose[0, MPII_16.index("r_wrist")] = torch.tensor([0.0, 60.0, 80.0])
    log_sigma = torch.full((1, 16), math.log(50.0))
    loss, figures = pose_loss(pose, log_sigma, batch)
    # 100 mm over 15 joints that can move, 100 mm over 15 bones; Laplace: log 50 + distance / 50.
    spread = math.log(50.0) + (100 / 50) / 15
    assert float(loss) == pytest.approx((100 / 15 + 100 / 15) / 100 + 0.1 * spread, rel=1e-5)
    assert float(figures["mpjpe"]) == pytest.approx(100 / 16)


def test_what_is_not_trusted_teaches_nothing():
    batch, pose = _batch(2), torch.randn(2, 16, 3) * 100
    pose[:, ROOT] = 0
    batch["trust"][1] = 0
    first = {key: value[:1] for key, value in batch.items()}
    log_sigma = torch.zeros(2, 16)
    assert float(pose_loss(pose, log_sigma, batch)[0]) == pytest.approx(
        float(pose_loss(pose[:1], log_sigma[:1], first)[0]), rel=1e-5
    )


def test_an_exact_pose_gives_finite_gradients():
    pose, log_sigma = torch.zeros(2, 16, 3, requires_grad=True), torch.ones(2, 16, requires_grad=True)
    pose_loss(pose, log_sigma, _batch())[0].backward()
    assert torch.isfinite(pose.grad).all()
    assert torch.isfinite(log_sigma.grad).all()
    assert (log_sigma.grad[:, ROOT] == 0).all()


def test_several_answers_to_a_sample_are_judged_alike():
    batch, pose = _batch(2), torch.randn(2, 16, 3) * 50
    pose[:, ROOT] = 0
    sigma = torch.ones(2, 16) * 4
    once, twice = pose_loss(pose, sigma, batch)[0], pose_loss(pose.repeat(2, 1, 1), sigma.repeat(2, 1), batch)[0]
    assert float(once) == pytest.approx(float(twice), rel=1e-5)


def test_pck_counts_known_joints_within_a_fifth_of_the_torso():
    batch, heat = _batch(1), torch.zeros(1, 16, 16, 16)
    batch["xy"][0] = torch.tensor([30.0, 30.0])
    batch["xy"][0, MPII_16.index("r_hip")] = torch.tensor([30.0, 60.0])  # torso 30: 6 px allowed
    heat[0, :, 7, 7] = 1.0  # 7.5 cells of 4 px: (30, 30)
    batch["visibility"][0, MPII_16.index("head_top")] = 0
    assert float(pck(heat, batch)) == pytest.approx(14 / 15)


def test_true_maps_follow_the_size_of_the_map():
    batch = _batch(1)
    batch["xy"][0] = torch.rand(16, 2, generator=torch.Generator().manual_seed(3)) * 64
    maps = true_maps(batch, [1, 4], 16, 64)
    assert maps.shape == (1, 2, 6, 16, 16)
    assert maps[:, 1].sum() > maps[:, 0].sum() > 0, "wider sticks cover more"


def test_rough_maps_spoil_their_share_and_stay_maps():
    torch.manual_seed(0)
    maps = torch.rand(10, 6, 24, 24)
    rough = rough_maps(maps, 0.3)
    assert torch.equal(rough[3:], maps[3:])
    assert not torch.allclose(rough[:3], maps[:3], atol=0.05)
    assert 0 <= float(rough.min()) <= float(rough.max()) <= 1
    assert torch.equal(rough_maps(maps, 0.0), maps)
