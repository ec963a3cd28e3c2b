"""The real network behind the session: precision, batches, damaged weights, and the weights that are shipped."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from skimage.data import astronaut, chelsea, coffee

from engine.crop.methods import make_method
from engine.crop.network import ClickSegmenter, Look
from engine.crop.prompts import Click
from engine.crop.session import CropSession
from engine.device import choose
from engine.errors import WeightsError
from engine.imaging.photo import Photo
from engine.imaging.window import Pyramid, Window
from engine.nets.clicknet import ClickNet
from tests.unit.engine.crop.oracle import iou

PHOTOS = {
    "astronaut": (astronaut, Click(230.5, 330.5)),
    "cat": (chelsea, Click(230.5, 150.5)),
    "cup": (coffee, Click(290.5, 190.5)),
}
AGREEMENT = 0.97
"""Least IoU between the masks of bfloat16 and float32 that is called the same answer."""


def small_net() -> ClickNet:
    torch.manual_seed(0)
    return ClickNet(widths=(8, 8, 8, 16, 16), depths=(1, 1, 1, 1)).eval()


def test_a_net_of_nan_is_refused_in_words():
    net = small_net()
    with torch.no_grad():
        net.mask_head.bias.fill_(float("nan"))
    session = CropSession(Photo.from_array(chelsea()), ClickSegmenter(net, choose("cpu", precision="float32")))
    session.set_prompts((Click(200, 150),))
    with pytest.raises(WeightsError, match="not numbers"):
        session.predict()


def test_looks_of_one_batch_answer_as_each_alone():
    segmenter = ClickSegmenter(small_net(), choose("cpu", precision="float32"))
    pyramid = Pyramid(chelsea())
    looks = [
        Look(pyramid, Window(10 * k, 5 * k, 200, 200), 64, tuple(Click(100 + j, 100) for j in range(k)))
        for k in range(1, 4)
    ]
    together = segmenter(looks)
    for look, readings in zip(looks, together, strict=True):
        for a, b in zip(readings, segmenter([look])[0], strict=True):
            np.testing.assert_allclose(a.belief.probability, b.belief.probability, atol=2e-4)
            assert a.score == pytest.approx(b.score, abs=2e-4)


def test_clicks_outside_a_window_do_not_enter_it():
    segmenter = ClickSegmenter(small_net(), choose("cpu", precision="float32"))
    pyramid, window = Pyramid(chelsea()), Window(0, 0, 100, 100)
    inside = (Click(50, 50),)
    a = segmenter([Look(pyramid, window, 64, inside)])[0][0]
    b = segmenter([Look(pyramid, window, 64, (*inside, Click(300, 200)))])[0][0]
    np.testing.assert_allclose(a.belief.probability, b.belief.probability, atol=1e-5)


@pytest.mark.parametrize("name", PHOTOS)
def test_the_shipped_network_answers_alike_in_both_precisions(name: str):
    picture, click = PHOTOS[name]
    masks = []
    for precision in ("float32", "bfloat16"):
        session = make_method("deepcrop", choose("cpu", precision=precision)).session(Photo.from_array(picture()))
        session.set_prompts((click,))
        first, again = session.predict(), session.predict()
        np.testing.assert_array_equal(first.patch, again.patch)
        masks.append(first.mask())
    assert masks[0].any()
    assert iou(masks[0], masks[1]) >= AGREEMENT


def test_the_shipped_network_heeds_clicks():
    session = make_method("deepcrop", "cpu").session(Photo.from_array(astronaut()))
    face, suit, flag = Click(215.5, 120.5), Click(200.5, 330.5), Click(40.5, 100.5, positive=False)
    session.set_prompts((face,))
    session.predict()
    session.set_prompts((face, suit))
    session.predict()
    session.set_prompts((face, suit, flag))
    mask = session.predict().mask()
    for click in (face, suit, flag):
        column, row = click.pixel
        assert mask[row, column] == click.positive


def test_a_patch_is_segmented_where_it_shows_its_object():
    ys, xs = np.mgrid[:192, :192] + 0.5
    disc = (xs - 100) ** 2 + (ys - 92) ** 2 < 44**2
    image = np.where(disc[..., None], (210, 60, 40), (60, 110, 160)).astype(np.uint8)
    logits, score = make_method("deepcrop", "cpu").patch(image, Click(100.5, 92.5))  # type: ignore[attr-defined]
    assert logits.shape == (160, 160)
    assert iou(logits > 0, disc[16:176, 16:176]) > 0.9
    assert 0 <= score <= 1
