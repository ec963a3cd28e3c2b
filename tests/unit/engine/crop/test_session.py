import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.crop.prompts import Box, Click
from engine.crop.session import CropSession, CropSettings, predict_batch
from engine.errors import Cancelled, InputError
from engine.imaging.photo import Photo
from tests.unit.engine.crop.oracle import Oracle, ellipse, iou

PLAIN = CropSettings(colour_models=False)


def coloured(truth: npt.NDArray[np.bool_], seed: int = 0) -> Photo:
    """A photo in which the object has a colour of its own, with noise."""
    rng = np.random.default_rng(seed)
    pixels = np.where(truth[..., None], (200, 120, 40), (40, 90, 140)) + rng.normal(0, 8, (*truth.shape, 3))
    return Photo.from_array(np.clip(pixels, 0, 255).astype(np.uint8))


def start(truth: npt.NDArray[np.bool_], settings: CropSettings = PLAIN) -> tuple[CropSession, Oracle]:
    oracle = Oracle(truth)
    return CropSession(coloured(truth), oracle, settings), oracle  # type: ignore[arg-type]


@pytest.mark.parametrize(("rx", "ry"), [(300, 200), (40, 60), (14, 10)])
def test_one_click_finds_objects_of_every_scale(rx: float, ry: float):
    truth = ellipse(800, 600, 420, 310, rx, ry)
    session, _ = start(truth)
    session.set_prompts((Click(420.5, 310.5),))
    prediction = session.predict()
    assert iou(prediction.mask(), truth) > 0.93
    assert prediction.probability().shape == (600, 800)


def test_the_zoom_looks_at_the_object_and_the_search_at_three_scales():
    truth = ellipse(800, 600, 420, 310, 40, 60)
    session, oracle = start(truth)
    session.set_prompts((Click(420.5, 310.5),))
    session.predict()
    assert oracle.batches == [3, 1]
    assert [round(look.window.width) for look in oracle.looks[:3]] == [800, 400, 200]
    zoom = oracle.looks[3]
    assert zoom.window.width == pytest.approx(120 * 1.4, rel=0.1)
    assert zoom.previous is not None


def test_later_clicks_cost_one_look_and_undo_costs_none():
    session, oracle = start(ellipse(400, 300, 200, 150, 80, 60))
    one, two = Click(200.5, 150.5), Click(240.5, 150.5)
    session.set_prompts((one,))
    first = session.predict()
    looks = len(oracle.looks)
    session.set_prompts((one, two))
    session.predict()
    assert len(oracle.looks) == looks + 1
    session.set_prompts((one,))
    again = session.predict()
    assert len(oracle.looks) == looks + 1
    np.testing.assert_array_equal(again.patch, first.patch)


def test_the_answer_depends_on_the_prompts_and_not_on_the_way_to_them():
    truth = ellipse(400, 300, 200, 150, 80, 60)
    clicks = (Click(200.5, 150.5), Click(260.5, 150.5), Click(20.5, 20.5, positive=False))
    direct, _ = start(truth)
    direct.set_prompts(clicks)
    stepwise, _ = start(truth)
    for n in (1, 3, 2):
        stepwise.set_prompts(clicks[:n])
        stepwise.predict()
    stepwise.set_prompts(clicks)
    np.testing.assert_array_equal(direct.predict().probability(), stepwise.predict().probability())


def test_clicks_are_added_moved_and_removed():
    session, _ = start(ellipse(400, 300, 200, 150, 80, 60))
    session.add_click(Click(1.5, 1.5))
    session.add_click(Click(2.5, 2.5, positive=False))
    session.move_click(1, 7.5, 8.5)
    assert session.prompts.clicks == (Click(1.5, 1.5), Click(7.5, 8.5, positive=False))
    session.remove_click(0)
    assert session.prompts.clicks == (Click(7.5, 8.5, positive=False),)


def test_a_part_can_be_chosen_and_later_clicks_build_on_it():
    session, oracle = start(ellipse(400, 300, 200, 150, 80, 60))
    session.set_prompts((Click(200.5, 150.5),))
    whole, part = session.predict(), session.predict(candidate=1)
    assert part.chosen == 1
    assert 0.3 < part.mask().sum() / whole.mask().sum() < 0.7
    built_on = []
    for choice in (1, 0):
        before = len(oracle.looks)
        session.set_prompts((Click(200.5, 150.5), Click(140.5, 150.5, builds_on=choice)))
        session.predict()
        previous = oracle.looks[before].previous
        assert previous is not None
        built_on.append(previous.bounds())
    part_box, whole_box = built_on
    assert part_box.x1 < 210 < whole_box.x1, "the look after the second click starts from the reading that was chosen"


def test_candidates_are_ranked_and_have_thumbnails_of_the_whole_photo():
    session, _ = start(ellipse(400, 200, 300, 100, 40, 40))
    session.set_prompts((Click(300.5, 100.5),))
    candidates = session.predict().candidates
    assert [c.score for c in candidates] == sorted((c.score for c in candidates), reverse=True)
    assert candidates[0].thumbnail.shape == (48, 96)
    ys, xs = np.nonzero(candidates[0].thumbnail > 127)
    assert xs.mean() / 96 == pytest.approx(0.75, abs=0.02)
    assert ys.mean() / 48 == pytest.approx(0.5, abs=0.03)


def test_a_box_replaces_the_scale_search():
    truth = ellipse(400, 300, 100, 150, 50, 30)
    session, oracle = start(truth)
    session.set_prompts((), Box(45, 110, 155, 190))
    prediction = session.predict()
    assert iou(prediction.mask(), truth) > 0.93
    assert oracle.batches[0] == 1
    assert oracle.looks[0].box == Box(45, 110, 155, 190)


def test_nothing_asked_nothing_found():
    session, oracle = start(ellipse(60, 40, 30, 20, 10, 10))
    assert session.predict().patch.size == 0
    session.set_prompts((Click(5.5, 5.5, positive=False),))
    assert session.predict().patch.size == 0
    assert oracle.looks == []


def test_an_empty_answer_is_a_normal_result():
    session, _ = start(np.zeros((40, 60), np.bool_))
    session.set_prompts((Click(5.5, 5.5),))
    prediction = session.predict()
    assert not prediction.mask().any()
    session.set_prompts((Click(5.5, 5.5), Click(30.5, 20.5)))
    assert not session.predict().mask().any()


@pytest.mark.parametrize("click", [Click(-1, 5), Click(60, 5), Click(5, 40), Click(float("nan"), 1)])
def test_clicks_outside_are_refused_and_change_nothing(click: Click):
    session, _ = start(ellipse(60, 40, 30, 20, 10, 10))
    session.set_prompts((Click(30.5, 20.5),))
    with pytest.raises(InputError):
        session.add_click(click)
    assert session.prompts.clicks == (Click(30.5, 20.5),)


def test_cancel_between_passes_leaves_the_session_usable():
    truth = ellipse(400, 300, 200, 150, 80, 60)
    session, oracle = start(truth)
    session.set_prompts((Click(200.5, 150.5),))
    with pytest.raises(Cancelled):
        session.predict(cancelled=lambda: len(oracle.batches) == 1)
    assert iou(session.predict().mask(), truth) > 0.93


def test_a_batch_of_photos_gives_what_each_gives_alone():
    truths = [ellipse(400, 300, 200, 150, 80, 60), ellipse(200, 300, 60, 100, 20, 30)]
    clicks = [(Click(200.5, 150.5),), (Click(60.5, 100.5),)]
    alone = []
    for truth, click in zip(truths, clicks, strict=True):
        session, _ = start(truth)
        session.set_prompts(click)
        alone.append(session.predict())

    class Both(Oracle):
        def __call__(self, looks):  # type: ignore[no-untyped-def]
            self.batches.append(len(looks))
            own = {id(session.pyramid): Oracle(truth) for session, truth in zip(sessions, truths, strict=True)}
            return [own[id(look.pyramid)]([look])[0] for look in looks]

    both = Both(truths[0])
    sessions = [CropSession(coloured(truth), both, PLAIN) for truth in truths]  # type: ignore[arg-type]
    for session, click in zip(sessions, clicks, strict=True):
        session.set_prompts(click)
    together = predict_batch(sessions)
    assert both.batches[0] == 6
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one.probability(), other.probability())


@given(
    size=st.tuples(st.integers(1, 40), st.integers(1, 40)) | st.sampled_from([(1, 5000), (5000, 1), (3, 7), (1, 1)]),
    data=st.data(),
)
def test_any_size_and_any_click_inside_give_a_mask_of_the_photos_size(size: tuple[int, int], data: st.DataObject):
    width, height = size
    truth = ellipse(width, height, width / 2, height / 2, max(1, width / 3), max(1, height / 3))
    session, _ = start(truth, CropSettings(coarse_size=64, zoom_size=64))
    clicks = data.draw(
        st.lists(
            st.builds(
                Click,
                st.floats(0, width, exclude_max=True),
                st.floats(0, height, exclude_max=True),
                st.booleans(),
            ),
            max_size=3,
        )
    )
    session.set_prompts(tuple(clicks))
    prediction = session.predict()
    assert prediction.mask().shape == (height, width)
    x0, y0, x1, y1 = prediction.roi
    assert 0 <= x0 <= x1 <= width
    assert 0 <= y0 <= y1 <= height
