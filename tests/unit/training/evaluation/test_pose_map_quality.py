"""Quality of skeleton maps against hand-made ones."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from engine.pose.maps import COLOURS, render_maps
from training.evaluation.pose_map_quality import BONES, NOTHING, MapQuality, bones_of


def drawn(width: float = 8.0) -> Tensor:
    """(2, 6, 48, 48) maps of two people."""
    rng = np.random.default_rng(3)
    xy = torch.from_numpy(rng.uniform(4, 44, (2, 16, 2)))
    return render_maps(xy, torch.from_numpy(rng.uniform(-500, 500, (2, 16))), width, 48)


def test_colours_give_back_their_bones_however_dark_an_edge_is() -> None:
    colours = torch.from_numpy(COLOURS / 255.0)
    every, head, forearm = list(range(15)), BONES.index("upper_neck-head_top"), BONES.index("r_elbow-r_wrist")
    faint = [NOTHING if bone != head else forearm for bone in every]  # the one colour that is another's half
    for share, expected in ((1.0, every), (0.6, every), (0.4, faint), (0.1, [NOTHING] * 15), (0.0, [NOTHING] * 15)):
        picture = (colours * share).T[:, None]  # (3, 1, 15)
        assert bones_of(picture)[0].tolist() == expected


def test_a_single_stick_is_labelled_where_it_was_drawn() -> None:
    xy = torch.full((1, 16, 2), torch.nan)
    bone = BONES.index("l_shoulder-l_elbow")
    xy[0, 13], xy[0, 14] = torch.tensor([10.0, 24.0]), torch.tensor([40.0, 24.0])
    label = bones_of(render_maps(xy, torch.zeros(1, 16), 4.0 * 224 / 48, 48)[:, :3])[0]
    assert set(label.unique().tolist()) == {bone, NOTHING}
    rows = (label == bone).any(1).nonzero().flatten()
    assert rows.tolist() == [22, 23, 24, 25]  # four pixels about y = 24


def test_true_maps_are_perfect_up_to_the_floor() -> None:
    quality = MapQuality()
    quality.add(drawn(), drawn())
    figures = quality.figures()
    assert figures["iou"] == 1
    assert set(figures["bones"]) == set(BONES)
    assert figures["mae"] == pytest.approx(0, abs=1e-4)
    assert figures["cross_entropy"] == pytest.approx(figures["cross_entropy_floor"], abs=1e-4)


def test_nothing_seen() -> None:
    truth = drawn()
    quality = MapQuality()
    quality.add(torch.full_like(truth, float(np.exp(-30))), truth)
    figures = quality.figures()
    assert figures["iou"] == 0
    assert figures["mae"] == pytest.approx(float(truth.mean()), rel=1e-4)
    stick = (truth.unflatten(1, (2, 3)).amax(2, keepdim=True) > 0).expand(2, 2, 3, 48, 48)
    assert figures["stick_mae"] == pytest.approx(float(truth.unflatten(1, (2, 3))[stick].mean()), rel=1e-4)
    assert figures["cross_entropy"] == pytest.approx(float(30 * truth.mean()), rel=1e-3)


def test_a_stick_that_is_half_there() -> None:
    truth = torch.zeros(1, 6, 8, 8)
    truth[:, :3, 2, :] = torch.from_numpy(COLOURS[4] / 255.0).float()[:, None]
    half = truth.clone()
    half[..., 4:] = 0
    quality = MapQuality()
    quality.add(half, truth)
    assert quality.figures()["bones"] == {BONES[4]: 0.5}


def test_pixels_count_alike_however_they_are_added() -> None:
    together, apart = MapQuality(), MapQuality()
    truth, seen = drawn(), drawn(12.0)
    together.add(seen, truth)
    for n in range(2):
        apart.add(seen[n : n + 1], truth[n : n + 1])
    one, other = together.figures(), apart.figures()
    assert one.pop("bones") == pytest.approx(other.pop("bones"))
    assert one == pytest.approx(other)
    assert 0 < together.figures()["iou"] < 1
