import numpy as np
import pytest
import torch

from engine.pose.joints import MPII_16
from engine.pose.maps import COLOURS, CROPS, WIDTHS, as_pictures, render_maps

R_SHIN, L_SHIN, TORSO = 3, 5, 6


def _person(**joints):
    """Joints far outside but for those that are named: xy and z."""
    xy, z = torch.full((1, 16, 2), float("nan")), torch.zeros(1, 16)
    for name, (x, y, depth) in joints.items():
        xy[0, MPII_16.index(name)] = torch.tensor([x, y])
        z[0, MPII_16.index(name)] = depth
    return xy, z


def _crossing(right, left):
    """The right shin lies along a row, the left one along a column; depths of (knee, ankle)."""
    return _person(
        r_knee=(4.0, 28.5, right[0]), r_ankle=(52.0, 28.5, right[1]),
        l_knee=(28.5, 4.0, left[0]), l_ankle=(28.5, 52.0, left[1]),
    )  # fmt: skip


def _colour(maps, y, x, part):
    first = 0 if part == "front" else 3
    return (maps[0, first : first + 3, y, x] * 255).round().numpy()


def test_there_are_fifteen_colours_for_fifteen_bones_and_eighteen_settings():
    assert len({tuple(c) for c in COLOURS}) == len(MPII_16.bones) == 15
    assert MPII_16.bones[R_SHIN] == ("r_knee", "r_ankle")
    assert MPII_16.bones[TORSO] == ("thorax", "pelvis")
    assert len(WIDTHS) * len(CROPS) == 18


@pytest.mark.parametrize(("right", "left", "front"), [(0, 100, R_SHIN), (100, 0, L_SHIN)])
def test_at_a_crossing_the_nearer_bone_is_in_front_and_the_other_behind(right, left, front):
    maps = render_maps(*_crossing((right, right), (left, left)), 16.0, 56)
    behind = R_SHIN + L_SHIN - front
    assert (_colour(maps, 28, 28, "front") == COLOURS[front]).all()
    assert (_colour(maps, 28, 28, "back") == COLOURS[behind]).all()
    for part in ("front", "back"):  # where a bone is alone both maps show it
        assert (_colour(maps, 28, 45, part) == COLOURS[R_SHIN]).all()
        assert (_colour(maps, 45, 28, part) == COLOURS[L_SHIN]).all()
        assert (_colour(maps, 10, 10, part) == 0).all()


def test_depth_is_that_of_the_bone_at_the_crossing_and_not_of_its_ends():
    # At its middle the right shin is at 300, though its knee is nearer than all of the left one.
    maps = render_maps(*_crossing((0, 600), (200, 200)), 16.0, 56)
    assert (_colour(maps, 28, 28, "front") == COLOURS[L_SHIN]).all()


def test_a_pinhole_sees_the_middle_of_a_receding_bone_nearer_than_its_mean_depth():
    # Halfway in the picture between depths 1000 and 3000 the ray meets the bone at 1500 (harmonic mean).
    xy, z = _crossing((1000, 3000), (1600, 1600))
    straight, pinhole = render_maps(xy, z, 16.0, 56), render_maps(xy, z, 16.0, 56, perspective=True)
    assert (_colour(straight, 28, 28, "front") == COLOURS[L_SHIN]).all()
    assert (_colour(pinhole, 28, 28, "front") == COLOURS[R_SHIN]).all()


def test_of_three_bones_the_nearest_is_in_front_and_the_farthest_behind():
    xy, z = _crossing((50, 50), (100, 100))
    for name, (x, y) in {"thorax": (8.0, 8.0), "pelvis": (49.0, 49.0)}.items():
        xy[0, MPII_16.index(name)] = torch.tensor([x, y])
        z[0, MPII_16.index(name)] = 70
    maps = render_maps(xy, z, 16.0, 56)
    assert (_colour(maps, 28, 28, "front") == COLOURS[R_SHIN]).all()
    assert (_colour(maps, 28, 28, "back") == COLOURS[L_SHIN]).all()


@pytest.mark.parametrize("size", [48, 56, 224])
def test_sticks_are_as_wide_as_asked_for_at_any_resolution(size):
    unit = size / 56
    xy, z = _person(r_knee=(4.0, 28.0, 0), r_ankle=(52.0, 28.0, 0))
    maps = render_maps(xy * unit, z, 14.0, size)
    blue = maps[0, 2, :, size // 2] / (COLOURS[R_SHIN][2] / 255)
    assert float(blue.sum()) == pytest.approx(14.0 * size / 224, abs=0.02)


def test_a_batch_is_its_samples_with_widths_of_their_own_and_absent_joints_are_not_drawn():
    rng = torch.Generator().manual_seed(0)
    xy, z = torch.rand(3, 16, 2, generator=rng) * 40, torch.rand(3, 16, generator=rng) * 100
    present = torch.ones(3, 16, dtype=torch.bool)
    present[2] = False
    together = render_maps(xy, z, torch.tensor([4.0, 8.0, 8.0]), 40, present=present)
    alone = torch.cat([render_maps(xy[:1], z[:1], 4.0, 40), render_maps(xy[1:2], z[1:2], 8.0, 40)])
    assert torch.equal(together[:2], alone)
    assert together[2].max() == 0
    assert 0 <= float(together.min()) <= float(together.max()) <= 1


def test_pictures_for_people_are_the_maps():
    maps = render_maps(*_crossing((0, 0), (9, 9)), 16.0, 56)
    front, back = as_pictures(maps[0])
    assert front.shape == back.shape == (56, 56, 3)
    assert front.dtype == np.uint8
    assert (front[28, 28] == COLOURS[R_SHIN]).all()
    assert (back[28, 28] == COLOURS[L_SHIN]).all()
