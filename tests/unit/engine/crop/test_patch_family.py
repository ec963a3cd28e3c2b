"""Patches, proposals and the family's sessions: geometry by hand, forms against each other, odd photos, prompts."""

import cv2
import numpy as np
import pytest
import torch
from skimage import data
from torch import nn

from engine.crop.patch import confidence, cut, patch_window, segment_patch, squash
from engine.crop.patch_sessions import DeepCropV1Session, DeepCropV2Session, DeepMaskSession, _ProposalSession
from engine.crop.prompts import Box, Click
from engine.crop.proposals import Proposal, best_proposals, overlap, scan_click, scan_photo, view_box
from engine.errors import Cancelled, InputError
from engine.imaging.photo import Photo
from engine.imaging.window import Pyramid
from engine.nets.deepcrop_v1 import DeepCropV1
from engine.nets.deepcrop_v2 import DeepCropV2
from engine.nets.deepmask import INPUT, OBJECT, PATCH, RING, DeepMask
from engine.nets.sharpmask import SharpMask

SIZE = {"width": 0.125, "bottleneck": 4, "rank": 8}


@pytest.fixture(scope="module")
def nets():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        made = DeepMask(**SIZE, hidden=8), DeepCropV2(**SIZE, hidden=8), DeepCropV1(**SIZE)
        for net in made:
            for layer in net.modules():
                if isinstance(layer, nn.Linear) and layer.out_features == 56 * 56:
                    # Untrained masks are near 0.5 everywhere: a stronger head makes them shapes.
                    layer.weight.data *= 30
        return tuple(net.eval() for net in made)


@pytest.fixture(scope="module")
def cat():
    return Photo.from_array(data.chelsea())


def sessions(photo, nets):
    deepmask, v2, v1 = nets
    return DeepMaskSession(photo, deepmask), DeepCropV2Session(photo, v2), DeepCropV1Session(photo, v1)


# Patches


def test_segment_patch_gives_the_nets_logits_at_160(nets, cat):
    image = cut(cat.rgb8, patch_window(200, 150, 1.0))
    deepmask = nets[0]
    with torch.no_grad():
        x = torch.from_numpy(image.copy()).permute(2, 0, 1)[None] / 255
        answer = deepmask(x)
    logits, score = segment_patch(deepmask, image, Click(96, 96))
    assert logits.shape == (PATCH, PATCH)
    expected = nn.functional.interpolate(answer.mask, size=(PATCH, PATCH), mode="bilinear")[0, 0].numpy()
    np.testing.assert_allclose(logits, expected, atol=1e-5)
    assert score == pytest.approx(torch.sigmoid(answer.score).item(), abs=1e-6)


def test_every_net_answers_a_patch(nets, cat):
    image = cut(cat.rgb8, patch_window(200, 150, 1.0))
    size = {**SIZE, "hidden": 8}
    for net in (*nets, SharpMask(False, size).eval(), SharpMask(True, size).eval()):
        logits, score = segment_patch(net, image, Click(90, 100))
        assert logits.shape == (PATCH, PATCH)
        assert np.isfinite(logits).all()
        assert 0 <= score <= 1


def test_confidence_by_hand():
    assert confidence(torch.tensor([1.0, 1.0, 0.0])) == 1
    assert confidence(torch.tensor([0.8, 0.6, 0.4])) == pytest.approx(1.4 / 2.4)
    assert confidence(torch.tensor([0.4, 0.1])) == 0


def test_squash_mirrors_the_border_around_the_whole_photo():
    photo = np.arange(160 * 160 * 3, dtype=np.uint32).reshape(160, 160, 3).astype(np.uint8)
    expected = np.pad(photo, ((RING, RING), (RING, RING), (0, 0)), mode="symmetric")
    np.testing.assert_array_equal(squash(photo), expected)
    assert squash(photo[:1, :3]).shape == (INPUT, INPUT, 3)


# Proposals


def test_render_puts_cells_where_the_box_says():
    mask = np.zeros((4, 4), np.float32)
    mask[1, 2] = 1
    proposal = Proposal(0.5, (10.0, 20.0, 50.0, 60.0), mask)
    patch, left, top = proposal.render(200, 100, threshold=0.5)
    assert (left, top, patch.shape) == (10, 20, (40, 40))
    rows, columns = np.nonzero(patch > 200)
    assert abs(columns.mean() + 0.5 - 25) < 0.6
    assert abs(rows.mean() + 0.5 - 15) < 0.6
    assert proposal.at(35.0, 35.0) == 1
    assert proposal.at(29.9, 35.0) == 0
    assert proposal.at(9.0, 35.0) == 0


def test_render_equals_opencvs_enlargement():
    mask = np.random.default_rng(0).random((8, 8)).astype(np.float32)
    patch, _, _ = Proposal(0.5, (0.0, 0.0, 100.0, 60.0), mask).render(100, 60, threshold=0.5)
    expected = cv2.resize(mask, (100, 60), interpolation=cv2.INTER_LINEAR)
    # The threshold is mapped before interpolation; at 0.5 the map is the identity.
    assert np.abs(patch.astype(float) - expected * 255).max() <= 1


def test_render_moves_the_published_threshold_to_one_half():
    mask = np.array([[0.0, 0.2, 0.6, 1.0]], np.float32)
    patch, _, _ = Proposal(0.5, (0.0, 0.0, 4.0, 1.0), mask).render(4, 1, threshold=0.2)
    assert patch.tolist() == [[0, 128, 191, 255]]


def test_render_outside_the_photo_is_empty():
    patch, _, _ = Proposal(0.5, (300.0, 0.0, 400.0, 100.0), np.ones((4, 4), np.float32)).render(200, 100)
    assert patch.size == 0


def test_overlap_by_hand():
    full = np.ones((56, 56), np.float32)
    whole, half = Proposal(1, (0.0, 0.0, 64.0, 64.0), full), Proposal(1, (32.0, 0.0, 64.0, 64.0), full)
    apart = Proposal(1, (100.0, 0.0, 164.0, 64.0), full)
    assert overlap(whole, whole) == 1
    assert overlap(whole, half) == pytest.approx(0.5, abs=0.02)
    assert overlap(whole, apart) == 0


@torch.no_grad()
def test_a_window_of_the_scan_of_a_photo_is_the_patch_there(nets):
    """At unit scale and away from the photo's edge the two differ by the border of the features alone."""
    deepmask = nets[0]
    grey = Photo.from_array(np.full((480, 640, 3), 128, np.uint8))
    (view,) = scan_photo(deepmask, Pyramid(grey.rgb8), scales=(1.0,))
    alone = deepmask(torch.full((1, 3, INPUT, INPUT), 128 / 255))
    row, column = 15, 20
    assert view.box(row, column) == (240, 160, 400, 320)
    assert view.scores[row, column].item() == pytest.approx(alone.score.item(), abs=1e-3)


def test_scan_covers_the_photo_from_corner_to_corner(nets):
    photo = Photo.from_array(np.zeros((300, 500, 3), np.uint8))
    for view in scan_photo(nets[0], Pyramid(photo.rgb8), scales=(0.25, 1.0)):
        rows, columns = view.scores.shape
        first, last = view.box(0, 0), view.box(rows - 1, columns - 1)
        assert ((first[0] + first[2]) / 2, (first[1] + first[3]) / 2) == pytest.approx((0, 0))
        assert (last[0] + last[2]) / 2 >= 500 - 1e-6
        assert (last[1] + last[3]) / 2 >= 300 - 1e-6


@torch.no_grad()
def test_the_middle_window_of_a_click_is_the_patch_around_it(nets):
    v2 = nets[1]
    grey = Photo.from_array(np.full((400, 400, 3), 128, np.uint8))
    (view,) = scan_click(v2, Pyramid(grey.rgb8), (200.5, 180.5), sizes=(92 / 400,))
    assert view.scores.shape == (7, 7)
    x0, y0, x1, y1 = view.box(3, 3)
    assert ((x0 + x1) / 2, (y0 + y1) / 2, x1 - x0) == pytest.approx((200.5, 180.5, PATCH))
    alone = v2(torch.full((1, 3, INPUT, INPUT), 128 / 255), torch.tensor([[96.0, 96.0]]))
    # The features of the window's border see beyond it in the larger view.
    assert view.scores[3, 3].item() == pytest.approx(alone.score.item(), abs=0.05)


def test_a_box_becomes_the_canonical_patch(nets):
    photo = Pyramid(data.chelsea())
    view = view_box(nets[0], photo, Box(100, 50, 192, 90))
    assert view.scores.shape == (1, 1)
    assert view.box(0, 0) == pytest.approx((146 - 80, 70 - 80, 146 + 80, 70 + 80))
    assert view.unit == pytest.approx(92 / OBJECT)


def test_proposals_under_a_point_hold_it_and_are_ranked(nets, cat):
    views = scan_photo(nets[0], Pyramid(cat.rgb8))
    found = best_proposals(nets[0], views, 50, under=(220.0, 150.0))
    assert found
    assert all(p.at(220.0, 150.0) >= 0.2 for p in found)
    assert [p.score for p in found] == sorted((p.score for p in found), reverse=True)
    everywhere = best_proposals(nets[0], views, 50)
    assert len(everywhere) == 50
    assert everywhere[0].score >= found[0].score


# Sessions


@pytest.mark.parametrize("shape", [(1, 1), (3, 7), (1, 5000)])
def test_odd_photos(shape, nets):
    photo = Photo.from_array(np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8))
    height, width = shape
    for session in sessions(photo, nets):
        for clicks in ((Click(width / 2, height / 2),), (Click(0, 0), Click(width - 1, height - 1, False))):
            session.set_prompts(clicks)
            prediction = session.predict()
            assert prediction.mask().shape == shape
            assert prediction.probability().dtype == np.uint8


def test_without_a_positive_prompt_there_is_no_object(cat, nets):
    for session in sessions(cat, nets):
        assert session.predict().patch.size == 0
        session.set_prompts((Click(10, 10, positive=False),))
        assert session.predict().patch.size == 0


def test_the_same_prompts_give_the_same_answer(cat, nets):
    clicks = (Click(220, 150), Click(30, 30, False), Click(180, 100))
    for session, fresh in zip(sessions(cat, nets), sessions(cat, nets), strict=True):
        session.set_prompts((Click(100, 100),))
        session.predict()
        session.set_prompts(clicks)
        fresh.set_prompts(clicks)
        first, second = session.predict(), fresh.predict()
        np.testing.assert_array_equal(first.probability(), second.probability())
        assert first.score == second.score


def test_candidates_differ_and_can_be_chosen(cat, nets):
    session = sessions(cat, nets)[0]
    session.set_prompts((Click(220, 150),))
    best = session.predict()
    assert 1 < len(best.candidates) <= 3
    assert [c.score for c in best.candidates] == sorted((c.score for c in best.candidates), reverse=True)
    second = session.predict(candidate=1)
    assert second.chosen == 1
    assert second.score == best.candidates[1].score
    assert not np.array_equal(second.probability(), best.probability())
    for prediction, thumbnail in ((best, best.candidates[0].thumbnail), (second, best.candidates[1].thumbnail)):
        assert max(thumbnail.shape) == 96
        assert thumbnail.mean() == pytest.approx(prediction.probability().mean(), rel=0.1, abs=1)
    with pytest.raises(InputError, match="no candidate 9"):
        session.predict(candidate=9)


class FixedSession(_ProposalSession):
    """Offers a large mask with a high score and a small one with a low score, whatever is clicked."""

    def _under(self, x, y, cancelled):
        full = np.ones((8, 8), np.float32)
        return [Proposal(0.9, (0.0, 0.0, 80.0, 80.0), full), Proposal(0.4, (0.0, 0.0, 40.0, 40.0), full)]

    def _boxed(self, box, x, y):
        return self._under(x, y, None)


@pytest.mark.parametrize(
    ("clicks", "score"),
    [
        ((Click(10, 10),), 0.9),
        ((Click(10, 10), Click(60, 60, False)), 0.4),
        ((Click(10, 10), Click(60, 60)), 0.9),
        ((Click(10, 10), Click(60, 60, False), Click(70, 10)), 0.9),
    ],
)
def test_agreement_with_the_clicks_goes_before_the_score(clicks, score):
    session = FixedSession(Photo.from_array(np.zeros((100, 100, 3), np.uint8)))
    session.set_prompts(clicks)
    prediction = session.predict()
    assert prediction.score == score
    assert prediction.mask().sum() == (6400 if score == 0.9 else 1600)


def test_prompts_outside_are_refused_and_change_nothing(cat, nets):
    for session in sessions(cat, nets):
        session.set_prompts((Click(5, 5),))
        with pytest.raises(InputError, match="outside the photo"):
            session.set_prompts((Click(5, 5), Click(4000, 5)))
        assert session.clicks == (Click(5, 5),)


def test_cancelling_stops_before_the_first_pass(cat, nets):
    for session in sessions(cat, nets):
        session.set_prompts((Click(220, 150),))
        with pytest.raises(Cancelled):
            session.predict(cancelled=lambda: True)
        assert session.predict().mask().shape == (cat.height, cat.width)
