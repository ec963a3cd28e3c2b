from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from app.canvas3d.acts import Chosen, Dragged, GivenUp, Hovered, Looked, Selected, Turned
from app.canvas3d.gizmo import gizmo_ends
from app.canvas3d.hand import FINE_STEP, PAUSE, STEP, Hand, Keys
from app.canvas3d.looking import turntable
from app.canvas3d.scene import Scene
from app.canvas3d.viewpoint import Viewpoint
from tests.unit.app.canvas3d.poses import joint, standing

EMPTY = (480.0, 40.0)
WRIST = joint("l_wrist")


@pytest.fixture(params=[False, True], ids=["flat", "perspective"])
def hand(request: pytest.FixtureRequest) -> Hand:
    hand = Hand()
    hand.show_scene(Scene(pose=standing()))
    view = Viewpoint((500.0, 500.0), turntable(0.3, 0.2), perspective=request.param)
    hand.view = view.fitted(standing())
    return hand


def at(hand: Hand, name: str) -> tuple[float, float]:
    assert hand.scene.pose is not None
    x, y = hand.view.project(hand.scene.pose[joint(name)])
    return float(x), float(y)


def test_pointing(hand: Hand) -> None:
    assert hand.move(at(hand, "l_wrist")) == [Hovered(WRIST)]
    assert hand.move(at(hand, "l_wrist")) == []
    assert hand.move(EMPTY) == [Hovered(None)]
    hand.move(at(hand, "l_wrist"))
    assert hand.leave() == [Hovered(None)]


def test_a_joint_is_dragged_in_the_plane_of_the_view(hand: Hand) -> None:
    x, y = at(hand, "l_wrist")
    before = hand.view
    assert hand.press((x + 2, y)) == [Hovered(WRIST), Selected(WRIST)]
    assert hand.move((x + 3, y)) == []  # not yet a drag
    (act,) = hand.move((x + 32, y - 20))
    assert isinstance(act, Dragged)
    assert act.joint == WRIST
    assert np.allclose(hand.view.project(act.target), (x + 30, y - 20))  # held where it was taken
    assert np.allclose(hand.view.depth(act.target), hand.view.depth(standing()[WRIST]))
    (back,) = hand.move((x + 2, y))
    assert isinstance(back, Dragged)
    assert back.gesture is act.gesture
    assert np.allclose(back.target, standing()[WRIST])
    assert hand.held
    hand.release((x + 2, y))
    assert not hand.held
    assert hand.view is before
    hand.press((x, y))
    (another,) = hand.move((x + 30, y))
    assert isinstance(another, Dragged)
    assert another.gesture is not act.gesture


def test_with_alt_a_joint_is_dragged_along_the_ray(hand: Hand) -> None:
    x, y = at(hand, "l_wrist")
    hand.press((x, y), keys=Keys.ALT)
    (act,) = hand.move((x + 40, y - 30))
    assert isinstance(act, Dragged)
    assert np.allclose(hand.view.project(act.target), (x, y))
    assert hand.view.depth(act.target) > hand.view.depth(standing()[WRIST])


def test_the_wheel_over_a_joint_changes_its_depth_alone(hand: Hand) -> None:
    x, y = at(hand, "l_wrist")
    before = hand.view
    selected, first = hand.wheel((x, y), 1, stamp=1000)
    assert selected == Selected(WRIST)
    (second,) = hand.wheel((x, y), 1, Keys.SHIFT, stamp=1100)
    (later,) = hand.wheel((x, y), -1, stamp=1101 + PAUSE)
    for act, by in ((first, STEP), (second, STEP + FINE_STEP), (later, -STEP)):
        assert isinstance(act, Dragged)
        assert np.allclose(hand.view.project(act.target), (x, y))
        away = act.target - standing()[WRIST]
        assert away @ hand.view.towards(standing()[WRIST]) == pytest.approx(by)
        assert np.linalg.norm(away) == pytest.approx(abs(by))
    assert isinstance(first, Dragged)
    assert isinstance(second, Dragged)
    assert isinstance(later, Dragged)
    assert first.gesture is second.gesture
    assert later.gesture is not first.gesture
    assert hand.view is before


def test_the_wheel_elsewhere_zooms(hand: Hand) -> None:
    before = hand.view
    assert hand.wheel(EMPTY, 2) == []
    assert hand.view.scale > before.scale
    hand.wheel(EMPTY, -2)
    assert hand.view.scale == pytest.approx(before.scale)


@pytest.mark.parametrize("how", ["turntable", "arcball"])
def test_orbit_and_escape(hand: Hand, how: str) -> None:
    hand.navigate(how)  # type: ignore[arg-type]
    before = hand.view
    hand.press(EMPTY)
    hand.move((300.0, 120.0))
    assert not np.allclose(hand.view.rotation, before.rotation)
    assert hand.escape() == []
    assert hand.view is before
    assert hand.escape() == []


@pytest.mark.parametrize(("button", "keys"), [("middle", Keys.NONE), ("left", Keys.SHIFT)])
def test_pan(hand: Hand, button: str, keys: Keys) -> None:
    middle = hand.view.target
    hand.press(EMPTY, button, keys)  # type: ignore[arg-type]
    hand.move((EMPTY[0] - 30, EMPTY[1] + 10), keys)
    assert np.allclose(hand.view.project(middle) - hand.view.centre, (-30, 10))
    hand.release((EMPTY[0] - 30, EMPTY[1] + 10), button)  # type: ignore[arg-type]
    assert not hand.held


def test_escape_gives_a_dragged_joint_back(hand: Hand) -> None:
    x, y = at(hand, "l_wrist")
    hand.press((x, y))
    (act,) = hand.move((x + 50, y))
    back, given_up = hand.escape()
    assert isinstance(act, Dragged)
    assert isinstance(back, Dragged)
    assert back.gesture is act.gesture
    assert given_up == GivenUp(act.gesture)
    assert np.array_equal(back.target, standing()[WRIST])
    assert hand.move((x + 60, y)) == [Hovered(None)]  # nothing is held


def test_rings_turn_the_selected_bone_and_escape_turns_it_back(hand: Hand) -> None:
    assert hand.rings == ()
    hand.selected = WRIST
    swing = next(ring for ring in hand.rings if ring.name == "swing")
    places = hand.view.project(swing.points())
    taken = next(place for place in places if hand._point(tuple(place)) is not None and hand.ring is not None)
    assert hand.ring is not None
    name = hand.ring.name
    hand.press(tuple(taken))
    (act,) = hand.move((taken[0] + 20, taken[1] + 15))
    assert isinstance(act, Turned)
    assert [ring.name for ring in hand.rings] == [name]
    assert act.rotation.magnitude() > 0.01
    (snapped,) = hand.move((taken[0] + 20, taken[1] + 15), Keys.CTRL)
    assert isinstance(snapped, Turned)
    steps = np.degrees(snapped.rotation.magnitude()) / 5
    assert steps == pytest.approx(round(steps), abs=1e-6)
    back, given_up = hand.escape()
    assert isinstance(back, Turned)
    assert back.gesture is act.gesture
    assert given_up == GivenUp(act.gesture)
    assert back.rotation.magnitude() == 0
    assert isinstance(back.rotation, Rotation)


def test_clicks_select_bones_choose_candidates_and_deselect(hand: Hand) -> None:
    ghost = standing()
    ghost[WRIST] += (0, 400, 0)
    hand.show_scene(replace(hand.scene, ghosts=(standing(), ghost)))
    shin = tuple(hand.view.project(standing()[[joint("r_knee"), joint("r_ankle")]].mean(0)))
    hand.press(shin)
    assert hand.release(shin) == [Selected(joint("r_ankle"))]
    faint = tuple(hand.view.project((standing()[joint("l_elbow")] + ghost[WRIST]) / 2))
    hand.move(faint)
    assert hand.ghost == 1
    hand.press(faint)
    assert hand.release(faint) == [Chosen(1)]
    hand.press(EMPTY)
    assert hand.release(EMPTY) == [Selected(None)]


def test_the_corner_and_the_double_click(hand: Hand) -> None:
    for name, (place, _) in gizmo_ends(hand.view, hand.scene.pose).items():
        assert hand.press(tuple(place)) == [Looked(name)]
        assert hand.release(tuple(place)) == []
        assert hand.double(tuple(place)) == []
    assert hand.double(EMPTY) == [Looked(None)]
    assert hand.double(at(hand, "l_wrist")) == []
    assert gizmo_ends(replace(hand.view, size=(200.0, 200.0)), None) == {}


def test_a_scene_without_a_pose_takes_what_is_held(hand: Hand) -> None:
    x, y = at(hand, "l_wrist")
    hand.press((x, y))
    hand.move((x + 50, y))
    hand.show_scene(Scene())
    assert not hand.held
    assert hand.wheel((x, y), 1) == []
    assert hand.move((x, y)) == []
    assert hand.rings == ()
