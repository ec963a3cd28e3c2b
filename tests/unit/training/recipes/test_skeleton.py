"""The default skeleton network's losses, against cases worked by hand."""

import math

import pytest
import torch
from torch import nn

from engine.nets.skeleton_output import SkeletonOutput
from training.recipes import RECIPES
from training.recipes.skeleton import SkeletonRecipe

RECIPE = SkeletonRecipe()


def test_it_is_registered():
    assert RECIPES["skeleton"] is SkeletonRecipe


def test_a_right_answer_costs_nothing_and_a_wrong_one_much():
    types = torch.zeros(1, 6, 6, dtype=torch.long)
    types[:, 3, 1:5] = 2
    known = torch.ones(1, 1, 6, 6)
    right = torch.full((1, 5, 6, 6), -30.0).scatter(1, types[:, None], 30.0)
    assert float(RECIPE._skeleton_loss(right, types, known)) < 1e-3
    assert float(RECIPE._skeleton_loss(-right, types, known)) > 10
    other_type = torch.full((1, 5, 6, 6), -30.0).scatter(1, torch.where(types > 0, 3, 0)[:, None], 30.0)
    wrong_type = float(RECIPE._skeleton_loss(other_type, types, known))
    assert wrong_type > 5, "the type counts"
    known[:, :, 3] = 0
    assert float(RECIPE._skeleton_loss(other_type, types, known)) < 0.2, "void does not"


def test_the_softened_balance():
    # Four of 36 pixels: share 1/9, so a positive weighs sqrt(8). Uniform logits cost log 5 everywhere, and Dice is
    # 1 - (2 * 4 * p + 4) / (36 p + 4 + 4) with p = 4/5 on all pixels.
    types = torch.zeros(1, 6, 6, dtype=torch.long)
    types[:, 3, 1:5] = 2
    loss = float(RECIPE._skeleton_loss(torch.zeros(1, 5, 6, 6), types, torch.ones(1, 1, 6, 6)))
    dice = 1 - (2 * 4 * 0.8 + 4) / (36 * 0.8 + 4 + 4)
    assert loss == pytest.approx(math.log(5) + dice, rel=1e-5)


def test_scale_is_compared_in_octaves_near_the_skeleton_alone():
    near = torch.full((1, 1, 2, 2), 16.0)
    on = torch.tensor([[[[1.0, 0.0], [0.0, 0.0]]]])
    output = SkeletonOutput(torch.zeros(1, 5, 2, 2), torch.tensor([[[[32.0, 1.0], [1.0, 1.0]]]]))
    # One octave off: smooth L1 with beta 0.2 is 1 - 0.1.
    assert float(RECIPE._scale_loss(output, near, on)) == pytest.approx(0.9)
    assert float(RECIPE._scale_loss(output, near, torch.zeros_like(on))) == 0


def test_flux_points_to_the_skeleton_within_its_reach():
    offset = torch.zeros(1, 2, 1, 3)
    offset[0, :, 0, 0] = torch.tensor([3.0, 4.0])  # five pixels away
    offset[0, :, 0, 1] = torch.tensor([0.0, 9.0])  # beyond
    distance = offset.norm(dim=1, keepdim=True)
    present, known = torch.ones(1, 1, 1, 3, dtype=torch.bool), torch.ones(1, 1, 1, 3)
    right = torch.zeros(1, 2, 1, 3)
    right[0, :, 0, 0] = torch.tensor([0.6, 0.8])
    assert float(RECIPE._flux_loss(right, offset, distance, present, known)) == pytest.approx(0, abs=1e-6)
    # Inside: pixel 0 (error 1) and the skeleton's own (error 0); outside: one pixel, error 0.
    assert float(RECIPE._flux_loss(torch.zeros(1, 2, 1, 3), offset, distance, present, known)) == pytest.approx(0.5)


class Echo(nn.Module):
    """Answers a mask that says which pass it is, and counts what it was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[int] = []

    def forward(self, x: torch.Tensor) -> SkeletonOutput:
        self.shown.append(len(x))
        assert not self.training
        return SkeletonOutput(x[:, :2], extra={"mask": torch.full_like(x[:, :1], 3.0)})


def test_its_own_masks_are_given_back_to_clicks_alone():
    net = Echo().train()
    image, previous = torch.zeros(6, 3, 8, 8), torch.zeros(6, 1, 8, 8)
    click = torch.zeros(6, 1, 3)
    click[:4, 0] = torch.tensor([4.0, 4.0, 1.0])
    always = RECIPE.model_copy(update={"iterative": 1.0})
    given = always._with_own_answers(net, image, torch.ones(6, 1, 8, 8), click, previous)
    assert net.shown == [4]
    assert net.training
    assert torch.allclose(given[:4], torch.sigmoid(torch.tensor(3.0)))
    assert not given[4:].any()
    assert not previous.any(), "the batch is not changed"
    never = RECIPE.model_copy(update={"iterative": 0.0})
    assert never._with_own_answers(net, image, torch.ones(6, 1, 8, 8), click, previous) is previous


def test_a_batch_without_skeleton_or_knowledge_stays_finite():
    net = RECIPE.model_copy(update={"arguments": {"widths": (8, 8, 8, 8, 8), "depths": (1, 1, 1, 1)}}).build()
    zero = torch.zeros(2, 1, 32, 32)
    batch = {
        "image": torch.zeros(2, 3, 32, 32, dtype=torch.uint8),
        "diameter": zero,
        "known": zero.byte(),
        "valid": zero.byte(),
        "mask": zero.byte(),
        "click": torch.zeros(2, 1, 3),
        "previous": zero.byte(),
        "offset": torch.zeros(2, 2, 32, 32, dtype=torch.float16),
        "near": zero,
    }
    loss, figures = RECIPE.loss(net, batch)
    loss.backward()
    assert all(math.isfinite(float(v)) for v in figures.values())
    assert all(p.grad is None or torch.isfinite(p.grad).all() for p in net.parameters())
