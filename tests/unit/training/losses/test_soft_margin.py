"""Soft margin against torch's own and against hand-worked cases."""

import math

import pytest
import torch
from torch import nn

from training.losses.soft_margin import mask_loss, score_loss, soft_margin


def test_equals_torchs_soft_margin_when_everything_counts():
    torch.manual_seed(0)
    x, y = torch.randn(4, 5), torch.randint(0, 2, (4, 5)).float() * 2 - 1
    torch.testing.assert_close(soft_margin(x, y, torch.ones(4, 5)), nn.SoftMarginLoss()(x, y))


def test_mask_loss_by_hand():
    """Two pixels known of one sample: log(1 + e^-2) for a right one, log(1 + e^1) for a wrong one."""
    logits = torch.tensor([[[[2.0, 1.0], [50.0, -50.0]]], [[[9.0, 9.0], [9.0, 9.0]]]])
    target = torch.tensor([[[1, 0], [255, 255]], [[0, 0], [0, 0]]], dtype=torch.uint8)
    counts = torch.tensor([True, False])
    expected = (math.log(1 + math.exp(-2)) + math.log(1 + math.exp(1))) / 2
    assert mask_loss(logits, target, counts).item() == pytest.approx(expected)


def test_what_does_not_count_gets_no_gradient():
    logits = torch.zeros(2, 1, 2, 2, requires_grad=True)
    target = torch.tensor([[[1, 255], [0, 1]], [[1, 1], [1, 1]]], dtype=torch.uint8)
    mask_loss(logits, target, torch.tensor([True, False])).backward()
    assert logits.grad is not None
    signs = torch.tensor([[[-1.0, 0.0], [1.0, -1.0]], [[0.0, 0.0], [0.0, 0.0]]]) / 6
    torch.testing.assert_close(logits.grad[:, 0], signs)


def test_nothing_to_learn_is_zero_and_finite():
    logits = torch.randn(2, 1, 2, 2, requires_grad=True)
    loss = mask_loss(logits, torch.full((2, 2, 2), 255, dtype=torch.uint8), torch.tensor([True, True]))
    loss.backward()
    assert loss.item() == 0
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()


def test_score_ignores_zero_labels():
    logits = torch.tensor([0.0, 3.0, 100.0])
    expected = (math.log(2) + math.log(1 + math.exp(3))) / 2
    assert score_loss(logits, torch.tensor([1.0, -1.0, 0.0])).item() == pytest.approx(expected)


def test_large_logits_in_half_precision_stay_finite():
    loss = score_loss(torch.tensor([30000.0], dtype=torch.bfloat16), torch.tensor([-1.0]))
    assert loss.item() == pytest.approx(30000, rel=0.01)
