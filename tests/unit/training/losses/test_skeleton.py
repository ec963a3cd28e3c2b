"""Skeleton losses against arithmetic on paper."""

import math

import pytest
import torch

from engine.nets.skeleton_output import SkeletonOutput
from engine.skeleton.scales import TABLES, seen_by_stage
from training.losses.skeleton import balanced_softmax, scale_error, scale_regression, soft_scores

ONES = torch.ones(1, 1, 1, 4, dtype=torch.uint8)


def row(*values, dtype=torch.float32):
    """(1, 1, 1, N)."""
    return torch.tensor(values, dtype=dtype)[None, None, None]


def types(*values):
    """(1, 1, N)."""
    return torch.tensor(values, dtype=torch.uint8)[None, None]


def test_balanced_softmax_by_hand():
    """Four pixels, types 0 0 0 2: n+ = 1, n- = 3; the skeleton weighs 3/4, background 1/4 a pixel.

    Undecided logits of three classes cost ln 3 a pixel: (3/4 + 3·1/4)·ln 3 / 4 pixels = 3/8 ln 3.
    """
    loss = balanced_softmax(torch.zeros(1, 3, 1, 4), types(0, 0, 0, 2))
    assert loss.tolist() == pytest.approx([3 / 8 * math.log(3)])


def test_the_right_class_costs_less():
    """Logits (ln 4, 0) give background 4/5. Types 0 1: both weigh 1/2; -(ln 4/5 + ln 1/5)/2 / 2 pixels."""
    logits = torch.tensor([math.log(4), 0.0])[None, :, None, None].expand(1, 2, 1, 2)
    assert balanced_softmax(logits, types(0, 1)).tolist() == pytest.approx([-(math.log(0.8) + math.log(0.2)) / 4])


def test_types_are_pooled():
    """Types 0 1 2 2: n+ = 3, so that every type weighs 1/4 and background 3/4, however frequent each type is."""
    weights = [3 / 4, 1 / 4, 1 / 4, 1 / 4]
    logits = torch.tensor([[0.3, -0.2, 0.9], [0.1, 1.2, -0.4], [0.0, 0.5, 0.7], [-1.0, 0.2, 0.1]])
    truth = [0, 1, 2, 2]
    expected = (
        -sum(w * logits[i].log_softmax(0)[k].item() for i, (w, k) in enumerate(zip(weights, truth, strict=True))) / 4
    )
    assert balanced_softmax(logits.T[None, :, None, :], types(*truth)).item() == pytest.approx(expected)


def test_void_counts_nowhere():
    """Types 0 1 255 255: two known pixels of weight 1/2 each: (1/2 + 1/2)·ln 2 / 2, and no gradient on void."""
    logits = torch.zeros(1, 2, 1, 4, requires_grad=True)
    loss = balanced_softmax(logits, types(0, 1, 255, 255))
    assert loss.item() == pytest.approx(math.log(2) / 2)
    loss.sum().backward()
    assert logits.grad[..., 2:].eq(0).all()
    # Softmax minus truth, times weight 1/2, by 2 pixels: ±1/2 · 1/4.
    torch.testing.assert_close(logits.grad[0, :, 0, :2], torch.tensor([[-0.125, 0.125], [0.125, -0.125]]))


def test_photos_are_balanced_one_by_one():
    truth = torch.cat([types(0, 0, 0, 1), types(0, 0, 1, 1)])
    each = balanced_softmax(torch.zeros(2, 2, 1, 4), truth)
    # (3/4 + 3·1/4)/4 and (2·2/4 + 2·2/4)/4, times ln 2.
    assert each.tolist() == pytest.approx([3 / 8 * math.log(2), 1 / 2 * math.log(2)])


@pytest.mark.parametrize("value", [0, 1, 255])
def test_a_photo_of_one_kind_costs_nothing(value):
    logits = torch.randn(1, 2, 1, 4, requires_grad=True)
    loss = balanced_softmax(logits, types(*[value] * 4))
    loss.sum().backward()
    assert loss.item() == 0
    assert logits.grad.eq(0).all()


def test_a_type_above_a_stages_reach_is_background_there():
    """Types 0 1 2 255 at stage 1: 0 1 0 255, so n+ = 1, n- = 2: (2/3 + 2·1/3)·ln 2 / 3."""
    truth = seen_by_stage(types(0, 1, 2, 255), 1)
    assert balanced_softmax(torch.zeros(1, 2, 1, 4), truth).item() == pytest.approx(4 / 9 * math.log(2))


def test_half_precision_does_not_overflow():
    logits = torch.full((1, 2, 1, 4), 300.0, dtype=torch.bfloat16)
    loss = balanced_softmax(logits, types(0, 0, 0, 1))
    assert loss.dtype == torch.float32
    assert loss.item() == pytest.approx(3 / 8 * math.log(2))


def test_regression_by_hand():
    """Reach 40, diameters 0 10 30 40: seen are 10 and 30, targets 2·10/40 - 1 = -1/2 and 2·30/40 - 1 = 1/2.

    Answers 0 and 0 are wrong by 1/2 each: 1/2·(1/4 + 1/4) / 4 pixels = 1/16.
    """
    loss = scale_regression(torch.zeros(1, 1, 1, 4), row(0, 10, 30, 40), ONES, 40)
    assert loss.tolist() == pytest.approx([1 / 16])
    right = scale_regression(row(7.0, -0.5, 0.5, 7.0), row(0, 10, 30, 40), ONES, 40)
    assert right.item() == 0


def test_regression_leaves_void_out():
    """As above with 30 void: 1/2·1/4 / 3 known pixels."""
    known = row(1, 1, 0, 1, dtype=torch.uint8)
    y = torch.zeros(1, 1, 1, 4, requires_grad=True)
    loss = scale_regression(y, row(0, 10, 30, 40), known, 40)
    assert loss.item() == pytest.approx(1 / 24)
    loss.sum().backward()
    assert y.grad.flatten().tolist() == pytest.approx([0, 1 / 6, 0, 0])


@pytest.mark.parametrize(("diameter", "known"), [(0, 1), (50, 1), (10, 0)])
def test_regression_without_any_scale_costs_nothing(diameter, known):
    y = torch.randn(1, 1, 1, 4, requires_grad=True)
    loss = scale_regression(y, row(*[diameter] * 4), ONES * known, 40)
    loss.sum().backward()
    assert loss.item() == 0
    assert y.grad.eq(0).all()


def test_soft_scores_by_hand():
    """Probabilities 0.8 0.4 0.8, the last one void; skeleton at the first: precision 0.8/1.2, recall 0.8."""
    truth, known = torch.tensor([[[True, False, True]]]), torch.tensor([[[True, True, False]]])
    scores = soft_scores(torch.tensor([[[0.8, 0.4, 0.8]]]), truth, known)
    assert scores["precision"].item() == pytest.approx(2 / 3)
    assert scores["recall"].item() == pytest.approx(0.8)
    assert scores["f"].item() == pytest.approx(2 * (2 / 3) * 0.8 / (2 / 3 + 0.8))
    nothing = soft_scores(torch.zeros(1, 1, 3), torch.zeros(1, 1, 3, dtype=torch.bool), known)
    assert [v.item() for v in nothing.values()] == [0, 0, 0]


def test_scale_error_in_octaves():
    """Diameters 10 and 10; answers 20 and 10: one octave and none. By types 1 and 2 the answers are 5 and 18."""
    diameter = row(10, 10, 0)
    known = torch.ones(1, 1, 1, 3, dtype=torch.uint8)
    logits = torch.full((1, 5, 1, 3), -9.0)
    logits[0, 1, 0, 0] = logits[0, 2, 0, 1] = 0.0
    regressed = SkeletonOutput(logits, scale=row(20, 10, 99))
    assert scale_error(regressed, diameter, known, TABLES["fsds"]).item() == pytest.approx(0.5)
    by_type = scale_error(SkeletonOutput(logits), diameter, known, TABLES["fsds"])
    assert by_type.item() == pytest.approx((1 + math.log2(1.8)) / 2)
    assert scale_error(regressed, diameter * 0, known, TABLES["fsds"]).item() == 0
