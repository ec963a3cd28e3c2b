import math

import pytest
import torch

from training.losses.masks import dice_loss, mask_iou, normalized_focal_loss


def tensors(logits: list[float], truth: list[float], known: list[float]) -> tuple[torch.Tensor, ...]:
    return tuple(torch.tensor(v).view(1, 1, 1, -1) for v in (logits, truth, known))


def test_gamma_zero_is_cross_entropy_over_known_pixels():
    logits, truth, known = tensors([0.0, 2.0, -1.0, 50.0], [1.0, 1.0, 1.0, 0.0], [1.0, 1.0, 1.0, 0.0])
    expected = (math.log(2) + math.log(1 + math.exp(-2)) + math.log(1 + math.exp(1))) / 3
    assert float(normalized_focal_loss(logits, truth, known, gamma=0.0)) == pytest.approx(expected, rel=1e-5)


def test_focal_weights_by_hand():
    # p = 1/2 on both pixels: equal weights, which normalisation turns into 1 each.
    logits, truth, known = tensors([0.0, 0.0], [1.0, 0.0], [1.0, 1.0])
    assert float(normalized_focal_loss(logits, truth, known)) == pytest.approx(math.log(2), rel=1e-5)
    # p = 3/4 right and 1/4 wrong: |p-y| 1/4 and 3/4, weights 1/16 and 9/16, scaled by 2/(10/16).
    logits, truth, known = tensors([math.log(3), -math.log(3)], [1.0, 1.0], [1.0, 1.0])
    w = [(1 / 16) * 3.2, (9 / 16) * 3.2]
    expected = (w[0] * math.log(4 / 3) + w[1] * math.log(4)) / 2
    assert float(normalized_focal_loss(logits, truth, known)) == pytest.approx(expected, rel=1e-5)


def test_nearly_perfect_masks_do_not_explode():
    logits, truth, known = tensors([20.0, -20.0, 20.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0])
    assert float(normalized_focal_loss(logits, truth, known)) < 1e-6


def test_dice_by_hand():
    logits, truth, known = tensors([100.0, 100.0, -100.0, -100.0], [1.0, 0.0, 1.0, 0.0], [1.0, 1.0, 1.0, 0.0])
    assert float(dice_loss(logits, truth, known, smooth=0.0)) == pytest.approx(1 - 2 * 1 / (2 + 2), rel=1e-5)
    empty = dice_loss(*tensors([-100.0], [0.0], [1.0]))
    assert float(empty) == pytest.approx(0.0, abs=1e-6)


def test_iou_counts_hidden_pixels_as_missed_and_ignores_void():
    logits, truth, known = tensors([1.0, 1.0, 1.0, -1.0], [1.0, 1.0, 0.0, 1.0], [1.0, 1.0, 0.0, 1.0])
    assert float(mask_iou(logits, truth, known)) == pytest.approx(2 / 3)
    assert float(mask_iou(logits, truth, known, torch.tensor([[3.0]]))) == pytest.approx(2 / 6)
    assert float(mask_iou(*tensors([-1.0], [0.0], [1.0]))) == 1.0


def test_heads_and_samples_are_kept_apart():
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(2, 3, 5, 5, generator=generator)
    truth = (torch.rand(2, 1, 5, 5, generator=generator) > 0.5).float()
    known = torch.ones(2, 1, 5, 5)
    for loss in (normalized_focal_loss, dice_loss, mask_iou):
        whole = loss(logits, truth, known)
        assert whole.shape == (2, 3)
        single = loss(logits[1:, 2:], truth[1:], known[1:])
        torch.testing.assert_close(whole[1:, 2:], single)
