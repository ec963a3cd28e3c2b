import pytest
import torch

from engine.nets.clicknet import PLANES, ClickNet


def make_input(batch: int, height: int, width: int) -> torch.Tensor:
    return torch.randn(batch, 3 + PLANES, height, width, generator=torch.Generator().manual_seed(0))


def test_default_form_is_small():
    assert sum(p.numel() for p in ClickNet().parameters()) < 5_000_000


@pytest.mark.parametrize(("height", "width"), [(32, 32), (96, 160), (101, 67)])
def test_masks_have_the_size_of_the_input(height: int, width: int):
    net = ClickNet(widths=(8, 8, 8, 16, 16), depths=(1, 1, 1, 1), heads=3).eval()
    output = net(make_input(2, height, width))
    assert output.masks.shape == (2, 3, height, width)
    assert output.iou.shape == (2, 3)
    assert output.side == ()


def test_training_gives_side_outputs_and_every_parameter_learns():
    net = ClickNet(widths=(8, 8, 8, 16, 16), depths=(1, 2, 1, 1)).train()
    output = net(make_input(2, 64, 64))
    assert [tuple(s.shape) for s in output.side] == [(2, 1, 16, 16), (2, 1, 8, 8), (2, 1, 4, 4)]
    loss = output.masks.pow(2).mean() + output.iou.pow(2).mean() + sum(s.pow(2).mean() for s in output.side)
    loss.backward()
    without = [name for name, p in net.named_parameters() if p.grad is None or not torch.isfinite(p.grad).all()]
    assert without == []


def test_the_mask_heads_do_not_learn_from_the_score():
    net = ClickNet(widths=(8, 8, 8, 16, 16), depths=(1, 1, 1, 1)).train()
    net(make_input(2, 64, 64)).iou.sum().backward()
    assert net.mask_head.weight.grad is None


def test_samples_of_a_batch_do_not_touch_each_other_in_use():
    net = ClickNet(widths=(8, 8, 8, 16, 16), depths=(1, 1, 1, 1)).eval()
    x = make_input(3, 64, 64)
    with torch.inference_mode():
        together, alone = net(x), net(x[1:2])
    torch.testing.assert_close(together.masks[1:2], alone.masks, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(together.iou[1:2], alone.iou, atol=1e-4, rtol=1e-4)
