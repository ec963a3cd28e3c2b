"""The Skeleton workspace: it shares its document with Crop, every choice can be undone, and it shows what was read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shiboken6
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.document.skeleton import Choices
from app.method import SkeletonReady
from app.settings import Settings
from app.widgets.picture import Picture
from app.window import MainWindow
from app.workspaces.skeleton.drawing import Drawing
from app.workspaces.skeleton.state import Stage
from app.workspaces.skeleton.workspace import SkeletonWorkspace
from engine.errors import WeightsError
from engine.skeleton.colours import kind_colours
from engine.skeleton.recover import recover_mask
from tests.gui.conftest import Hand, Until
from tests.gui.fakes import BarsMethod, ColourMethod

CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


class Bench:
    """The Skeleton workspace of a window with a photo open."""

    def __init__(self, hand: Hand) -> None:
        self.hand, self.window = hand, hand.window
        self.workspace: SkeletonWorkspace = hand.window.workbench.skeleton
        self.actions, self.panel = self.workspace.actions_, self.workspace.panel

    @property
    def choices(self) -> Choices:
        return self.hand.document.skeleton.choices

    @property
    def drawing(self) -> Drawing:
        assert self.workspace.drawing is not None
        return self.workspace.drawing

    def settle(self) -> None:
        """Until nothing is asked for and no timer waits to ask."""
        timers = (self.workspace._later, self.workspace.comparing._rest)
        self.hand.bot.waitUntil(
            lambda: all(w.idle for w in self.window.workers) and not any(t.isActive() for t in timers), timeout=20_000
        )

    def do(self, act: Callable[[], object]) -> None:
        act()
        self.settle()

    def undo(self) -> None:
        self.do(self.window.workbench.common.undo.trigger)

    def click(self, x: float, y: float, button: Qt.MouseButton = LEFT) -> None:
        self.hand.click(x, y, button, wait=False)
        self.settle()


@pytest.fixture
def bench(hand: Hand) -> Bench:
    made = Bench(hand)
    QTest.keyClick(hand.window, Qt.Key.Key_2, CTRL)
    made.settle()
    return made


def test_switching_keeps_photo_place_object_and_undo(hand: Hand) -> None:
    hand.click(100, 80)
    hand.canvas.navigation.zoom_to(3)
    document, answer, place = hand.document, hand.answer, hand.at(100, 80)
    for key in (Qt.Key.Key_2, Qt.Key.Key_1):
        QTest.keyClick(hand.window, key, CTRL)
        Bench(hand).settle()
        assert hand.document is document
        assert hand.answer is answer
        assert hand.at(100, 80) == place
    QTest.keyClick(hand.window, Qt.Key.Key_2, CTRL)
    Bench(hand).do(hand.window.workbench.common.undo.trigger)
    assert hand.crop.prompts.empty, "one undo stack for both"
    assert hand.window.settings.workspace == "skeleton"


def test_only_the_active_workspace_offers_its_acts_and_draws(hand: Hand) -> None:
    bench = Bench(hand)
    assert hand.window.workbench.crop.panel.isVisible()
    assert not bench.panel.isVisible()
    assert not bench.actions.export.isVisible()
    QTest.keyClick(hand.window, Qt.Key.Key_2, CTRL)
    bench.settle()
    assert bench.panel.isVisible()
    assert not hand.window.workbench.crop.actions_.export.isVisible()
    shown = hand.port.grab().toImage()
    QTest.keyClick(hand.window, Qt.Key.Key_1, CTRL)
    bench.settle()
    assert hand.port.grab().toImage() != shown
    assert not bench.workspace.legend.isVisible()


def test_nothing_is_read_before_the_first_visit(hand: Hand, skeletons: BarsMethod) -> None:
    hand.click(100, 80)
    assert skeletons.calls == []


def test_the_photo_is_read_once_and_the_skeleton_lies_where_the_method_saw_it(
    bench: Bench, skeletons: BarsMethod
) -> None:
    assert len(skeletons.calls) == 1
    graph = bench.drawing.graphs["predicted"]
    width, height = bench.hand.document.size
    assert graph.size == (width, height)
    assert np.abs(graph.points[:, 1] - height / 2).max() < 3, "only the bar that is surer than one half"
    assert np.median(graph.radius) == pytest.approx(height / 12, rel=0.02)
    assert bench.workspace.facts().seconds is not None


def test_the_threshold_slider_is_live_and_one_slide_is_one_act(bench: Bench, skeletons: BarsMethod) -> None:
    before, stack = bench.drawing, bench.hand.document.undo_stack
    slider = bench.panel.threshold.slider
    slider.setSliderDown(True)
    for value in (45, 40, 35, 25):
        bench.do(lambda value=value: slider.setValue(value))  # type: ignore[misc]
        assert bench.drawing.order.threshold == value / 100
    slider.setSliderDown(False)
    lower = bench.drawing.graphs["predicted"]
    assert len(lower.points) > 1.3 * len(before.graphs["predicted"].points), "the unsure bar appears"
    assert set(lower.kind.tolist()) == {1, 2}
    assert stack.count() == 1
    assert stack.undoText() == "threshold"
    bench.undo()
    assert bench.choices.threshold is None
    assert slider.value() == 50
    assert len(bench.drawing.graphs["predicted"].points) == len(before.graphs["predicted"].points)
    assert len(skeletons.calls) == 1, "a threshold needs no new reading"


def test_a_slide_that_ends_where_it_began_is_no_act(bench: Bench) -> None:
    slider = bench.panel.opacity.slider
    slider.setSliderDown(True)
    for value in (80, 60):
        slider.setValue(value)
    slider.setSliderDown(False)
    assert bench.hand.document.undo_stack.count() == 0


def test_a_threshold_above_everything_says_so_and_what_to_do(bench: Bench) -> None:
    bench.do(lambda: bench.panel.threshold.slider.setValue(98))
    assert bench.drawing.empty
    assert "Lower the threshold" in bench.workspace.hint()
    assert "98 %" in bench.panel._words.text()
    assert not bench.actions.export.isEnabled()


def test_every_choice_can_be_undone_and_redone(bench: Bench) -> None:
    a, stack = bench.actions, bench.hand.document.undo_stack
    seen = [bench.choices]
    acts: list[Callable[[], object]] = [
        a.next_view.trigger,
        a.next_view.trigger,
        a.next_colour.trigger,
        a.circles.trigger,
        a.recovered.trigger,
        a.multi_scale.trigger,
        lambda: bench.panel.density.slider.setValue(40),
        lambda: bench.panel.opacity.slider.setValue(90),
        lambda: bench.click(100, 80),
        a.sources["both"].trigger,
        a.places["whole"].trigger,
    ]
    for act in acts:
        bench.do(act)
        seen.append(bench.choices)
    assert stack.count() == len(acts)
    for choices in reversed(seen[:-1]):
        bench.undo()
        assert bench.choices == choices
    assert bench.hand.crop.prompts.empty
    for choices in seen[1:]:
        bench.do(stack.redo)
        assert bench.choices == choices


def test_a_click_keeps_to_the_object_and_shares_it_with_crop(bench: Bench, skeletons: BarsMethod) -> None:
    bench.click(100, 80)
    hand = bench.hand
    assert [c.pixel for c in hand.crop.prompts.clicks] == [(100, 80)]
    assert bench.choices.within
    assert hand.document.undo_stack.count() == 1, "picking an object is one act"
    probability = hand.answer.prediction.probability()
    graph = bench.drawing.graphs["predicted"]
    reading = bench.workspace.reading
    assert reading is not None
    assert reading.prediction.window.width < hand.document.size[0]
    for x, y in graph.points.astype(int):
        near = probability[max(0, y - 6) : y + 7, max(0, x - 6) : x + 7]
        assert near.max(initial=0) > 127, "the skeleton lies within the object"
    bench.do(bench.actions.places["whole"].trigger)
    assert len(skeletons.calls) == 2, "what is known is not read again"
    bench.click(100, 80)
    assert hand.document.undo_stack.count() == 3
    assert len(hand.crop.prompts.clicks) == 1, "the object that is there already is taken"
    for _ in range(3):
        bench.undo()
    assert hand.crop.prompts.empty
    assert not bench.choices.within


def test_the_object_cut_out_in_crop_can_be_used(hand: Hand) -> None:
    hand.click(100, 80)
    bench = Bench(hand)
    QTest.keyClick(hand.window, Qt.Key.Key_2, CTRL)
    bench.settle()
    assert bench.actions.places["object"].isEnabled()
    bench.do(bench.actions.places["object"].trigger)
    reading = bench.workspace.reading
    assert reading is not None
    assert reading.prediction.window.width < hand.document.size[0]


def test_an_exclude_click_corrects_the_object(bench: Bench) -> None:
    bench.click(100, 80)
    before = bench.hand.answer
    bench.click(60, 60, Qt.MouseButton.RightButton)
    assert [c.positive for c in bench.hand.crop.prompts.clicks] == [True, False]
    assert bench.hand.answer is not before


def test_a_box_is_an_object_too(bench: Bench) -> None:
    bench.do(lambda: bench.hand.drag((40, 30), (180, 120), wait=False))
    assert bench.hand.crop.prompts.box is not None
    assert bench.choices.within


def test_side_outputs_are_seen_as_heat(bench: Bench) -> None:
    pictures = [p for p in bench.panel.stages.findChildren(Picture) if not p.isHidden()]
    assert [p.accessibleName() for p in pictures] == ["Fused", "Stage 1", "Stage 2"]
    bench.do(lambda: pictures[2].click())
    assert (bench.choices.view, bench.choices.stage) == ("heat", 1)
    reading = bench.workspace.reading
    assert reading is not None
    assert bench.workspace.layer._heat._map is reading.sides[1]
    assert [p.isChecked() for p in pictures] == [False, False, True]
    bench.undo()
    assert bench.choices.view == "skeleton"
    assert not any(p.isChecked() for p in pictures)


def test_colours_tell_the_type(bench: Bench) -> None:
    bench.do(lambda: bench.panel.threshold.slider.setValue(25))
    bench.do(bench.actions.colours["kind"].trigger)
    expected = {tuple(c) for c in kind_colours(np.array([1, 2], np.uint8)).tolist()}
    assert {stroke.colour.getRgb()[:3] for stroke in bench.drawing.curves} == expected
    key = bench.workspace.legend.key
    assert key is not None
    assert [words for _, words in key.swatches] == ["1 narrow", "2 wide"]


def test_hovering_near_the_skeleton_tells_radius_and_confidence(bench: Bench) -> None:
    graph = bench.drawing.graphs["predicted"]
    x, y = graph.points[len(graph.points) // 2].tolist()
    for away in (QPoint(40, 40), QPoint(3, 2)):
        bench.hand.move(bench.hand.at(x, y) + away)
    label = bench.workspace.hover.label
    bench.hand.bot.waitUntil(label.isVisible)
    mouse = bench.hand.canvas.source_point(bench.hand.at(x, y) + QPoint(3, 2))
    nearest = int(np.hypot(*(graph.points - (mouse.x(), mouse.y())).T).argmin())
    assert f"radius {graph.radius[nearest]:.1f} px" in label.text()
    assert f"confidence {round(100 * float(graph.confidence[nearest]))} %" in label.text()
    bench.hand.move(bench.hand.at(x, y) + QPoint(0, 90))
    bench.hand.bot.waitUntil(lambda: not label.isVisible())


def test_circles_follow_the_density(bench: Bench) -> None:
    few = len(bench.drawing.shown["predicted"])
    bench.do(lambda: bench.panel.density.slider.setValue(60))
    assert len(bench.drawing.shown["predicted"]) > 3 * few
    bench.do(bench.actions.circles.trigger)
    assert not bench.drawing.circles


def test_medial_axis_needs_an_object_and_can_be_seen_beside_the_prediction(bench: Bench) -> None:
    bench.do(bench.actions.sources["medial"].trigger)
    assert bench.workspace.stage == Stage.NO_OBJECT
    assert "Click an object" in bench.workspace.hint()
    bench.click(100, 80)
    assert set(bench.drawing.graphs) == {"medial"}
    assert not bench.drawing.empty
    bench.do(bench.actions.sources["both"].trigger)
    assert set(bench.drawing.graphs) == {"predicted", "medial"}
    assert len({stroke.colour.name() for stroke in bench.drawing.curves}) == 2


def test_the_recovered_mask_and_its_iou(bench: Bench) -> None:
    bench.click(100, 80)
    bench.do(bench.actions.sources["medial"].trigger)
    bench.do(bench.actions.recovered.trigger)
    recovered = bench.workspace.comparing.recovered
    assert recovered is not None
    mask, wanted = recover_mask(bench.drawing.graphs["medial"]) > 0, bench.hand.answer.prediction.mask()
    expected = (mask & wanted).sum() / (mask | wanted).sum()
    assert recovered.with_object == pytest.approx(expected)
    assert expected > 0.8
    assert f"{expected:.3f}" in bench.panel._fit.text()
    bench.do(bench.actions.recovered.trigger)
    assert bench.workspace.comparing.recovered is None


def truth_file(bench: Bench, path: Path, size: tuple[int, int] | None = None) -> Path:
    """A bar around the sure one."""
    width, height = size or bench.hand.document.size
    mask = np.zeros((height, width), np.uint8)
    mask[height // 2 - height // 12 : height // 2 + height // 12, width // 8 : width * 7 // 8] = 255
    Image.fromarray(mask).save(path)
    return path


def test_a_true_mask_gives_iou_and_a_curve_and_can_be_undone(bench: Bench, tmp_path: Path) -> None:
    bench.do(bench.actions.recovered.trigger)
    bench.do(lambda: bench.window.truth.load(truth_file(bench, tmp_path / "truth.png")))
    truth, recovered, curve = bench.choices.truth, bench.workspace.comparing.recovered, bench.panel.plot.curve
    assert truth is not None
    assert recovered is not None
    mask, true = recover_mask(bench.drawing.graphs["predicted"]) > 0, truth.mask > 0
    assert recovered.with_truth == pytest.approx((mask & true).sum() / (mask | true).sum())
    assert curve is not None
    sure, low = curve.thresholds > 0.6, curve.thresholds < 0.3
    assert curve.precision[sure & (curve.thresholds < 0.85)].min() > 0.8, "only the bar that is there"
    assert curve.precision[low].max() < 0.7, "and one that is not"
    assert curve.recall[low].min() > 0.9
    bench.do(lambda: bench.panel.threshold.slider.setValue(20))
    assert bench.panel.plot.curve is curve, "the threshold moves along the curve"
    at = int(np.abs(curve.thresholds - 0.2).argmin())
    x, y = bench.panel.plot._dot.getData()
    assert (x[0], y[0]) == pytest.approx((curve.recall[at], curve.precision[at]))
    bench.undo()
    bench.undo()
    assert bench.choices.truth is None
    assert bench.panel.plot.curve is None


@pytest.mark.parametrize(
    ("size", "words"), [((50, 40), "pixels"), (None, "cannot be read"), ((0, 0), "black all over")]
)
def test_a_mask_that_does_not_fit_is_refused_with_a_reason(
    bench: Bench, tmp_path: Path, size: tuple[int, int] | None, words: str, until: Until
) -> None:
    path = tmp_path / "wrong.png"
    if size is None:
        path.write_text("no picture")
    elif size == (0, 0):
        Image.new("L", bench.hand.document.size).save(path)
    else:
        truth_file(bench, path, size)
    bench.do(lambda: bench.window.truth.load(path))
    assert bench.window.banner.kind == "error"
    assert bench.choices.truth is None
    if size is not None:
        assert words in bench.window.banner.text


def test_missing_weights_are_told_and_the_medial_axis_still_works(
    qtbot: QtBot, settings: Settings, method: ColourMethod, photo_file: Path
) -> None:
    def factory(device: str) -> SkeletonReady:
        raise WeightsError("The weights are missing.", "Install DeepSkel again.")

    window = MainWindow(method.factory, settings, factory)
    window.show()
    hand = Hand(window, qtbot, method)
    hand.open(photo_file)
    bench = Bench(hand)
    window.workbench.turn_to("skeleton")
    bench.settle()
    assert "missing" in window.banner.text
    assert bench.workspace.stage == Stage.FAILED
    bench.do(bench.actions.sources["medial"].trigger)
    bench.click(100, 80)
    assert not bench.drawing.empty
    window.close()
    shiboken6.delete(window)


def test_a_failed_reading_can_be_tried_again(hand: Hand, skeletons: BarsMethod) -> None:
    skeletons.error = RuntimeError("surprise")
    bench = Bench(hand)
    QTest.keyClick(hand.window, Qt.Key.Key_2, CTRL)
    bench.settle()
    assert bench.workspace.stage == Stage.FAILED
    assert bench.actions.read.isEnabled()
    skeletons.error = None
    bench.do(bench.actions.read.trigger)
    assert not bench.drawing.empty


def test_a_long_reading_shows_that_it_runs_and_escape_stops_it(hand: Hand, skeletons: BarsMethod, until: Until) -> None:
    skeletons.go.clear()
    bench = Bench(hand)
    QTest.keyClick(hand.window, Qt.Key.Key_2, CTRL)
    until(lambda: skeletons.calls and hand.window.activity.isVisible())
    QTest.keyClick(hand.window, Qt.Key.Key_Escape)
    skeletons.go.set()
    bench.settle()
    assert bench.workspace.stage == Stage.STOPPED
    assert bench.workspace.drawing is None
    bench.do(bench.actions.read.trigger)
    assert bench.workspace.stage == Stage.SHOWN


def test_another_photo_is_read_by_itself(bench: Bench, skeletons: BarsMethod, tmp_path: Path) -> None:
    other = tmp_path / "other.png"
    Image.fromarray(np.full((90, 120, 3), 90, np.uint8)).save(other)
    bench.hand.open(other)
    bench.settle()
    assert bench.drawing.graphs["predicted"].size == (120, 90)
    assert len(skeletons.calls) == 2


def test_several_scales_are_another_reading(bench: Bench, skeletons: BarsMethod) -> None:
    bench.do(bench.actions.multi_scale.trigger)
    bench.undo()
    assert [multi for _, multi in skeletons.calls] == [False, True]


def test_another_device_reads_from_then_on(bench: Bench, skeletons: BarsMethod, until: Until) -> None:
    bench.window.settings.device = "cuda"
    bench.settle()
    bench.click(100, 80)
    assert bench.window.banner.kind == "warning"
    assert not bench.drawing.empty
    bench.window.banner.dismiss()
    bench.do(bench.actions.places["whole"].trigger)
    bench.do(bench.actions.multi_scale.trigger)
    assert bench.window.banner.text == "", "told once"


def test_a_method_without_scales_shows_curves_alone(hand: Hand, skeletons: BarsMethod) -> None:
    skeletons.scales = False
    bench = Bench(hand)
    QTest.keyClick(hand.window, Qt.Key.Key_2, CTRL)
    bench.settle()
    assert bench.drawing.curves
    assert not bench.drawing.circles
    assert bench.workspace.legend.key is None
    assert not bench.actions.colours["kind"].isEnabled()


def test_how_one_looked_last_is_remembered(bench: Bench, photo_file: Path) -> None:
    bench.do(lambda: bench.panel.density.slider.setValue(33))
    bench.do(bench.actions.colours["kind"].trigger)
    bench.hand.open(photo_file)
    bench.settle()
    assert (bench.choices.density, bench.choices.colour) == (33, "kind")


def test_a_window_opens_in_the_workspace_that_was_used_last(
    qtbot: QtBot, settings: Settings, method: ColourMethod, skeletons: BarsMethod, photo_file: Path
) -> None:
    settings.workspace = "skeleton"
    window = MainWindow(method.factory, settings, skeletons.factory)
    window.show()
    hand = Hand(window, qtbot, method)
    hand.open(photo_file)
    bench = Bench(hand)
    bench.settle()
    assert bench.panel.isVisible()
    assert not bench.drawing.empty
    window.close()
    shiboken6.delete(window)


def test_closing_in_the_middle_of_a_reading(
    qtbot: QtBot, settings: Settings, method: ColourMethod, skeletons: BarsMethod, photo_file: Path, until: Until
) -> None:
    window = MainWindow(method.factory, settings, skeletons.factory)
    window.show()
    Hand(window, qtbot, method).open(photo_file)
    skeletons.go.clear()
    window.workbench.turn_to("skeleton")
    until(lambda: skeletons.calls)
    skeletons.go.set()
    window.close()
    assert window.joined
    shiboken6.delete(window)
