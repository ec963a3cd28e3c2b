import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from engine.errors import InputError
from engine.pose.editing.lengths import hold_limits
from engine.pose.editing.pull import chain_of, pull, pull_chain
from engine.pose.editing.rules import Rules
from engine.pose.joints import MPII_16
from engine.pose.kinematics import LIMBS, MIRRORED_BONES, bone_index, bone_lengths, bone_vectors, rotate_bone
from engine.pose.limits import within_limits
from tests.unit.engine.pose.editing.people import AT, edited, places, rotations, state_of, states, without_pose
from tests.unit.engine.pose.someone import POSE

WRIST, SHOULDER, ANKLE, HIP = AT("l_wrist"), AT("l_shoulder"), AT("l_ankle"), AT("l_hip")
FEET = Rules(pins=frozenset({AT("r_ankle"), AT("l_ankle")}))
DIRECTIONS = rotations().map(lambda r: r.apply((1.0, 0.0, 0.0)))


def same_lengths(a, b):
    np.testing.assert_allclose(bone_lengths(a.pose), bone_lengths(b.pose), rtol=0, atol=1e-9)


def straight_arm():
    pose = POSE.copy()
    pose[AT("l_elbow")] = pose[SHOULDER] + (300, 0, 0)
    pose[WRIST] = pose[SHOULDER] + (550, 0, 0)
    return state_of(pose)


@pytest.mark.parametrize(
    ("joint", "pins", "reach", "bones"),
    [
        ("l_wrist", (), None, ["l_wrist", "l_elbow"]),
        ("l_elbow", (), None, ["l_elbow"]),
        ("l_wrist", ("l_elbow",), None, ["l_wrist"]),
        ("l_wrist", (), 1, ["l_wrist"]),
        ("l_wrist", (), 9, ["l_wrist", "l_elbow", "l_shoulder"]),
        ("r_ankle", (), 4, ["r_ankle", "r_knee", "r_hip", "pelvis"]),
        ("r_ankle", ("pelvis",), 4, ["r_ankle", "r_knee", "r_hip"]),
        ("r_hip", (), None, ["r_hip", "pelvis"]),
        ("head_top", (), None, ["head_top", "upper_neck"]),
        ("thorax", (), None, []),
    ],
)
def test_how_far_a_chain_goes(joint, pins, reach, bones):
    found = chain_of(AT(joint), frozenset(AT(pin) for pin in pins), reach)
    assert [MPII_16.bones[b][1] for b in found] == bones


def test_a_straight_arm_bends_as_an_elbow_does():
    """3-4-5: with 300 and 250 the elbow is 240 mm beside a line of 180 + 70."""
    pulled = pull(straight_arm(), WRIST, POSE[SHOULDER] + (250, 0, 0))
    assert pulled.missed < 1e-9
    elbow = pulled.state.pose[AT("l_elbow")] - POSE[SHOULDER]
    assert elbow[0] == pytest.approx(180, abs=1e-6)
    assert np.hypot(*elbow[1:]) == pytest.approx(240, abs=1e-6)
    assert elbow[2] > 230  # behind: this person faces the camera
    assert edited(pulled.state) == {"l_elbow", "l_wrist"}


@given(states(), DIRECTIONS, st.floats(0, 1))
def test_what_is_within_reach_is_reached(state, direction, share):
    inner, outer = bone_lengths(state.pose)[list(LIMBS["l_arm"])]
    near, far = abs(inner - outer), inner + outer
    target = state.pose[SHOULDER] + direction * (near + share * (far - near))
    pulled = pull(state, WRIST, target)
    assert np.linalg.norm(pulled.state.pose[WRIST] - target) < 1e-3
    assert pulled.missed < 1e-3
    same_lengths(pulled.state, state)
    # What is not of the arm stays to the last bit, but for the grid of depths.
    rest = [j for j in range(16) if j not in (WRIST, AT("l_elbow"))]
    np.testing.assert_allclose(pulled.state.pose[rest], state.pose[rest], rtol=0, atol=1e-9)


@given(states(), DIRECTIONS, st.floats(1, 50))
def test_what_is_out_of_reach_is_approached_on_a_straight_arm(state, direction, times):
    inner, outer = bone_lengths(state.pose)[list(LIMBS["l_arm"])]
    # Exactly opposite there is no shortest way round.
    assume(direction @ (state.pose[WRIST] - state.pose[SHOULDER]) > -0.999 * (inner + outer))
    target = state.pose[SHOULDER] + direction * times * (inner + outer)
    pulled = pull(state, WRIST, target)
    assert pulled.missed == pytest.approx((times - 1) * (inner + outer), abs=1e-3)
    same_lengths(pulled.state, state)


def test_the_nearest_of_all_poses_is_taken():
    """Pulled sideways about the line from shoulder to wrist nothing turns: the elbow stays in its plane."""
    state = state_of()
    axis = POSE[WRIST] - POSE[SHOULDER]
    target = POSE[SHOULDER] + 0.8 * axis
    pulled = pull_chain(state, WRIST, target)
    plane = np.cross(axis, POSE[AT("l_elbow")] - POSE[SHOULDER])
    elbow = pulled.pose[AT("l_elbow")] - POSE[SHOULDER]
    assert abs(elbow @ plane) / np.linalg.norm(plane) < 1e-3


@given(states(), st.lists(rotations(0.6), min_size=4, max_size=4))
def test_a_long_chain_reaches_what_it_can_reach(state, turns):
    there = state.pose
    chain = [bone_index(*pair) for pair in (("thorax", "pelvis"), ("pelvis", "l_hip"))] + list(LIMBS["l_leg"])
    for bone, turn in zip(chain, turns, strict=True):
        there = rotate_bone(there, bone, turn)
    pulled = pull(state, ANKLE, there[ANKLE], reach=4)
    assert pulled.missed < 1e-3
    same_lengths(pulled.state, state)
    # The other leg hangs on the pelvis and keeps its directions.
    other = list(LIMBS["r_leg"])
    np.testing.assert_allclose(bone_vectors(pulled.state.pose)[other], bone_vectors(state.pose)[other], atol=1e-9)


def world(before, after):
    """(16, 3) the joints after, beside the thorax before as the picture tells: depth of the whole is not known."""
    shift = before.camera.unproject((after.camera.tx, after.camera.ty))
    return after.pose + np.append(shift, 0.0)


@given(states(0.6), places(60))
def test_feet_stay_while_the_thorax_is_pulled(state, target):
    pulled = pull(state, AT("thorax"), target, FEET)
    assert not pulled.lost
    same_lengths(pulled.state, state)
    moved = world(state, pulled.state)
    for pin in FEET.pins:
        np.testing.assert_allclose(moved[pin, :2], state.pose[pin, :2], rtol=0, atol=1e-3)
    relative = moved[sorted(FEET.pins), 2] - state.pose[sorted(FEET.pins), 2]
    assert abs(relative[0] - relative[1]) < 1e-3  # as deep beside each other as before
    np.testing.assert_allclose(pulled.state.projected()[AT("l_ankle")], state.projected()[AT("l_ankle")], atol=1e-3)
    if pulled.missed < 1e-3:
        np.testing.assert_allclose(moved[AT("thorax"), :2], target[:2], atol=1e-3)
        np.testing.assert_allclose(relative, -target[2], atol=1e-3)
    trunk = [b for b in range(15) if b not in (*LIMBS["r_leg"], *LIMBS["l_leg"])]
    np.testing.assert_allclose(bone_vectors(pulled.state.pose)[trunk], bone_vectors(state.pose)[trunk], atol=1e-9)


def test_someone_crouches():
    pulled = pull(state_of(), AT("thorax"), (0, 300, 0), FEET)
    assert pulled.missed < 1e-3
    knees = pulled.state.pose[[AT("r_knee"), AT("l_knee")]] - pulled.state.pose[[AT("r_hip"), AT("l_hip")]]
    assert np.abs(knees[:, 2]).min() > 200
    assert pulled.state.camera.ty == pytest.approx(state_of().camera.ty + 30)
    assert {"thorax", "r_knee", "l_ankle"} <= edited(pulled.state)


@given(states(0.6), places(120))
def test_feet_stay_while_the_pelvis_is_pulled(state, way):
    pulled = pull(state, AT("pelvis"), state.pose[AT("pelvis")] + way, FEET)
    assert not pulled.lost
    same_lengths(pulled.state, state)
    for pin in FEET.pins:
        np.testing.assert_allclose(pulled.state.pose[pin], state.pose[pin], rtol=0, atol=1e-3)
    assert np.linalg.norm(pulled.state.pose - state.pose) > 0 or np.linalg.norm(way) < 1e-9


def test_pins_come_before_the_target():
    lifted = pull(state_of(), AT("thorax"), (0, -5000, 0), FEET)
    assert lifted.missed > 4000
    assert not lifted.lost
    legs = lifted.state.pose[[AT("r_ankle"), AT("l_ankle")]] - lifted.state.pose[[AT("r_hip"), AT("l_hip")]]
    both = bone_lengths(POSE)[list(LIMBS["r_leg"])].sum(), bone_lengths(POSE)[list(LIMBS["l_leg"])].sum()
    assert min(abs(np.linalg.norm(legs, axis=1) - both)) < 1e-2  # one leg is stretched


@given(states(0.6), DIRECTIONS, st.floats(1.05, 4))
def test_with_one_foot_pinned_the_thorax_comes_as_near_as_the_leg_is_long(state, direction, times):
    """The trunk moves as a piece: the thorax stays in a ball about where it would be with the hip at the foot."""
    centre = state.pose[ANKLE] - state.pose[HIP]
    most = bone_lengths(state.pose)[list(LIMBS["l_leg"])].sum()
    assume(direction @ centre < 0.99 * np.linalg.norm(centre))  # not to where the leg would have to turn right round
    target = centre + direction * times * most
    pulled = pull(state, AT("thorax"), target, Rules(pins=frozenset({ANKLE})))
    assert pulled.missed == pytest.approx((times - 1) * most, abs=1e-2)
    assert not pulled.lost


def test_a_pin_that_cannot_be_held_is_told():
    """An elbow that is folded too far opens when it is touched: the wrist cannot stay so near to the shoulder."""
    state, fold = straight_arm(), np.radians(175)
    pose = state.pose.copy()
    pose[WRIST] = pose[AT("l_elbow")] + 250 * np.array((np.cos(fold), np.sin(fold), 0))
    rules = Rules(hold_limits=True, pins=frozenset({WRIST}))
    pulled = pull(state_of(pose), AT("l_elbow"), pose[AT("l_elbow")] + (0.0, -20.0, 0.0), rules)
    near, allowed = (np.sqrt(300**2 + 250**2 - 2 * 300 * 250 * np.cos(np.radians(a))) for a in (5, 15))
    assert set(pulled.lost) == {WRIST}
    assert allowed - near - 0.1 < pulled.lost[WRIST] < 60
    moved = np.linalg.norm(pulled.state.pose[WRIST] - pose[WRIST])
    assert pulled.lost[WRIST] == pytest.approx(moved, abs=1e-9)


def test_a_pinned_elbow_stays_and_the_forearm_turns():
    rules = Rules(pins=frozenset({AT("l_elbow")}))
    pulled = pull(state_of(), WRIST, POSE[WRIST] + (0, 200, 0), rules)
    np.testing.assert_allclose(pulled.state.pose[AT("l_elbow")], POSE[AT("l_elbow")], atol=1e-9)
    assert edited(pulled.state) == {"l_wrist"}


def test_a_pinned_joint_that_is_pulled_comes_along():
    pulled = pull(state_of(), WRIST, POSE[WRIST] + (10, 20, 5), Rules(pins=frozenset({WRIST})))
    assert pulled.missed < 1e-3


def test_a_pull_to_where_it_is_changes_nothing():
    for joint in range(16):
        assert pull_chain(state_of(), joint, POSE[joint], FEET).same_as(state_of())


@given(states(), st.sampled_from(["l_wrist", "head_top", "pelvis", "thorax"]), places(200), places(1))
def test_a_small_step_of_the_hand_is_a_small_step_of_the_pose(state, name, way, step):
    target = state.pose[AT(name)] + way
    a, b = (pull_chain(state, AT(name), target + d, FEET).pose for d in (0.0, 1e-6 * step))
    # Where a limb becomes straight, a step s bends it by the root of s.
    assert np.abs(a - b).max() < 0.1


def test_a_hand_led_round_comes_back_without_a_jump():
    state = state_of()
    centre, before = POSE[SHOULDER] + np.array((200.0, 100.0, -100.0)), None
    for angle in np.linspace(0, 2 * np.pi, 73):
        target = centre + 150 * np.array((np.cos(angle), np.sin(angle), 0.5 * np.sin(angle)))
        found = pull(state, WRIST, target)
        assert found.missed < 1e-3
        if before is not None:
            assert np.abs(found.state.pose - before).max() < 5 * 150 * np.radians(5)
        before = found.state.pose


@settings(max_examples=25)
@pytest.mark.parametrize("joint", ["l_ankle", "l_knee", "r_wrist", "head_top", "pelvis", "thorax"])
@given(states(2.0), places(300))
def test_limits_and_pins_are_held_if_wanted(joint, state, way):
    state = hold_limits(state)
    rules = Rules(hold_limits=True, pins=FEET.pins)
    pulled = pull(state, AT(joint), state.pose[AT(joint)] + way, rules)
    assert within_limits(pulled.state.pose, 1e-5)
    assert not pulled.lost
    same_lengths(pulled.state, state)


def test_a_wrist_comes_no_nearer_to_the_shoulder_than_the_elbow_bends():
    pulled = pull(straight_arm(), WRIST, POSE[SHOULDER] + (10, 0, 0), Rules(hold_limits=True))
    nearest = np.sqrt(300**2 + 250**2 - 2 * 300 * 250 * np.cos(np.radians(15)))
    assert pulled.missed == pytest.approx(nearest - 10, abs=1e-3)
    at_root = pull(straight_arm(), WRIST, POSE[SHOULDER], Rules(hold_limits=True))
    assert at_root.missed == pytest.approx(nearest, abs=1e-3)


def test_a_knee_swivels_to_the_side_that_it_bends_to():
    """Sitting down with the foot behind: without limits the nearest pose bends the knee backwards."""
    pose = POSE.copy()
    hip = pose[HIP]
    # Away from the camera is behind this person; the knee is a little behind the line from hip to ankle.
    pose[AT("l_knee")], pose[ANKLE] = hip + np.array((0, 400, 5)), hip + np.array((0, 820, 0))
    state = state_of(pose)
    free = pull(state, ANKLE, hip + np.array((0, 600, 0)))
    assert not within_limits(free.state.pose)
    held = pull(state, ANKLE, hip + np.array((0, 600, 0)), Rules(hold_limits=True))
    assert held.missed < 1e-3
    assert within_limits(held.state.pose, 1e-5)


@pytest.mark.parametrize("rules", [Rules(), FEET, Rules(hold_limits=True, pins=FEET.pins)])
def test_bodies_without_extent_are_pulled_without_harm(rules):
    dot, line = np.zeros((16, 3)), np.zeros((16, 3))
    line[WRIST], line[ANKLE] = (0, 100, 0), (0, -100, 0)
    for pose in (dot, line):
        for joint in range(16):
            pulled = pull_chain(state_of(pose), joint, (30, 40, 50), rules)
            np.testing.assert_allclose(bone_lengths(pulled.pose), bone_lengths(pose), atol=1e-9)


def test_symmetry_is_made_before_pulling():
    pulled = pull_chain(state_of(), WRIST, POSE[WRIST] + (5, 5, 5), Rules(symmetric=True))
    lengths = bone_lengths(pulled.pose)
    np.testing.assert_allclose(lengths, lengths[MIRRORED_BONES], atol=1e-9)


def test_turned_with_the_person_the_pull_turns():
    turn, pins = Rotation.from_rotvec((0.4, -0.9, 0.3)), FEET
    way = np.array((30.0, 90.0, -40.0))
    pulled = pull_chain(state_of(), AT("pelvis"), POSE[AT("pelvis")] + way, pins).pose
    seen = state_of(turn.apply(POSE))
    other = pull_chain(seen, AT("pelvis"), turn.apply(POSE[AT("pelvis")] + way), pins).pose
    np.testing.assert_allclose(other, turn.apply(pulled.copy()), atol=1e-5)


def test_the_arguments_are_left_alone():
    state, target = state_of(), np.array([500.0, 2.0, 3.0])
    before = state.pose.tobytes()
    pull(state, WRIST, target, FEET)
    assert state.pose.tobytes() == before
    assert target.tolist() == [500, 2, 3]


@pytest.mark.parametrize(
    ("state", "joint", "target", "reach", "rules"),
    [
        (without_pose(), 0, (0, 0, 0), None, Rules()),
        (state_of(), 16, (0, 0, 0), None, Rules()),
        (state_of(), 0, (0, np.inf, 0), None, Rules()),
        (state_of(), 0, (0, 0, 0), 0, Rules()),
        (state_of(), 0, (0, 0, 0), None, Rules(pins=frozenset({99}))),
    ],
)
def test_what_is_refused(state, joint, target, reach, rules):
    with pytest.raises(InputError):
        pull(state, joint, target, rules, reach)
