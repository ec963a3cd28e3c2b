"""Magic wand and GrabCut: pictures whose answer is known, several clicks, boxes, odd photos."""

import numpy as np
import pytest
from skimage import data

from engine.crop.baselines import GrabCutSession, MagicWandSession
from engine.crop.prompts import Box, Click
from engine.errors import Cancelled, InputError
from engine.imaging.photo import Photo

SESSIONS = [MagicWandSession, GrabCutSession]


@pytest.fixture(scope="module")
def shapes():
    """A red disc and a red square on a blue ground with a little noise; and the two masks."""
    rows, columns = np.mgrid[:120, :160]
    disc = np.hypot(columns - 50, rows - 60) < 25
    square = (abs(columns - 120) < 15) & (abs(rows - 60) < 15)
    pixels = np.where((disc | square)[..., None], (200, 40, 40), (40, 60, 190))
    noise = np.random.default_rng(0).normal(0, 4, pixels.shape)
    return Photo.from_array(np.clip(pixels + noise, 0, 255).astype(np.uint8)), disc, square


def iou(first, second):
    return (first & second).sum() / (first | second).sum()


@pytest.mark.parametrize("kind", SESSIONS)
def test_one_click_takes_the_clicked_shape_alone(kind, shapes):
    photo, disc, _ = shapes
    session = kind(photo)
    session.set_prompts((Click(50.5, 60.5),))
    prediction = session.predict()
    assert iou(prediction.mask(), disc) > 0.93
    assert prediction.candidates[0].thumbnail.shape == (72, 96)


@pytest.mark.parametrize("kind", SESSIONS)
def test_two_clicks_take_both_shapes(kind, shapes):
    photo, disc, square = shapes
    session = kind(photo)
    session.set_prompts((Click(50.5, 60.5), Click(120.5, 60.5)))
    assert iou(session.predict().mask(), disc | square) > 0.9


@pytest.mark.parametrize("kind", SESSIONS)
def test_a_negative_click_is_outside_the_answer(kind, shapes):
    photo, _, _ = shapes
    session = kind(photo)
    session.set_prompts((Click(50.5, 60.5), Click(120.5, 60.5), Click(121.5, 60.5, positive=False)))
    mask = session.predict().mask()
    assert mask[60, 50]
    assert not mask[60, 121]


@pytest.mark.parametrize("kind", SESSIONS)
def test_a_box_limits_the_answer(kind, shapes):
    photo, disc, square = shapes
    session = kind(photo)
    session.set_prompts((), Box(18, 28, 82, 92))
    mask = session.predict().mask()
    assert iou(mask, disc) > 0.9
    assert not (mask & square).any()


@pytest.mark.parametrize("kind", SESSIONS)
def test_the_same_prompts_give_the_same_answer(kind):
    photo = Photo.from_array(data.chelsea()[::3, ::3].copy())
    answers = []
    for _ in range(2):
        session = kind(photo)
        session.set_prompts((Click(70, 50), Click(10, 90, positive=False)))
        answers.append(session.predict().probability())
    np.testing.assert_array_equal(*answers)


@pytest.mark.parametrize("kind", SESSIONS)
@pytest.mark.parametrize("shape", [(1, 1), (3, 7), (1, 5000), (5000, 1)])
def test_odd_photos(kind, shape):
    height, width = shape
    photo = Photo.from_array(np.random.default_rng(0).integers(0, 256, (*shape, 3)).astype(np.uint8))
    session = kind(photo)
    last = Click(width - 0.5, height - 0.5)
    for clicks, box in (((last,), None), ((last, Click(0, 0, False)), None), ((), Box(0, 0, width, height))):
        session.set_prompts(clicks, box)
        assert session.predict().mask().shape == shape


@pytest.mark.parametrize("kind", SESSIONS)
def test_a_photo_of_one_colour(kind):
    session = kind(Photo.from_array(np.full((40, 60, 3), 90, np.uint8)))
    session.set_prompts((Click(30, 20),))
    assert session.predict().mask()[20, 30]


@pytest.mark.parametrize("kind", SESSIONS)
def test_without_a_positive_prompt_there_is_no_object(kind, shapes):
    session = kind(shapes[0])
    assert session.predict().patch.size == 0
    session.set_prompts((Click(50, 60, positive=False),))
    assert session.predict().patch.size == 0


@pytest.mark.parametrize("kind", SESSIONS)
def test_bad_requests_are_refused(kind, shapes):
    session = kind(shapes[0])
    with pytest.raises(InputError, match="outside the photo"):
        session.set_prompts((Click(500, 5),))
    session.set_prompts((Click(50, 60),))
    with pytest.raises(InputError, match="no candidate 1"):
        session.predict(candidate=1)
    with pytest.raises(Cancelled):
        session.predict(cancelled=lambda: True)


def test_wand_takes_what_is_within_the_tolerance_and_connected():
    row = np.array([100, 120, 132, 133, 120, 68, 100], np.uint8)
    session = MagicWandSession(Photo.from_array(np.repeat(row[None, :, None], 3, 2)), tolerance=32)
    session.set_prompts((Click(0, 0),))
    # The tolerance counts from the clicked pixel; what lies behind the step at 133 is not connected.
    assert session.predict().mask()[0].tolist() == [True, True, True, False, False, False, False]


def test_grabcut_keeps_only_parts_with_a_click(shapes):
    photo, _, square = shapes
    session = GrabCutSession(photo)
    session.set_prompts((Click(50.5, 60.5),))
    assert not (session.predict().mask() & square).any()


def test_grabcut_works_on_a_small_copy_and_answers_at_source_size(shapes):
    photo, disc, _ = shapes
    large = Photo.from_array(photo.rgb8.repeat(8, 0).repeat(8, 1))
    session = GrabCutSession(large)
    session.set_prompts((Click(404, 484),))
    mask = session.predict().mask()
    assert mask.shape == (960, 1280)
    assert iou(mask, disc.repeat(8, 0).repeat(8, 1)) > 0.9
