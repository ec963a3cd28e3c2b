"""What is told of people, on poses whose faults are known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from engine.pose.joints import MPII_16
from engine.pose.kinematics import bone_index, bone_lengths, flip_depth, rotate_bone, swap_sides, with_bone_lengths
from engine.pose.lifting.dictionary import load_dictionary
from engine.pose.project.check import CheckSettings, Finding, check
from engine.pose.project.person import Person, PoseState
from tests.unit.engine.pose.someone import CAMERA
from tests.unit.engine.pose.someone import POSE as SOMEONE

BODY = load_dictionary().lengths
POSE = with_bone_lengths(SOMEONE, BODY)
SEEN = CAMERA.project(POSE)


def person(pose: np.ndarray | None = POSE, joints: np.ndarray = SEEN, name: str = "a#1", **fields: object) -> Person:
    visibility = np.where(np.isfinite(joints).all(1), 2, 0)
    state = PoseState(joints, visibility, pose=pose, camera=None if pose is None else CAMERA)
    return Person(name, "a.jpg", state, **fields)  # type: ignore[arg-type]


def told(*people: Person, settings: CheckSettings | None = None) -> list[tuple[str, str, float]]:
    return [(f.what, f.where, pytest.approx(f.amount, abs=1e-6)) for f in check(people, settings)]


def with_length(joint: str, factor: float) -> np.ndarray:
    lengths = BODY.copy()
    lengths[[child for _, child in MPII_16.bones].index(joint)] *= factor
    return with_bone_lengths(POSE, lengths)


def seen(pose: np.ndarray) -> Person:
    return person(pose, CAMERA.project(pose))


def test_nothing_is_told_of_a_good_pose() -> None:
    assert check([]) == []
    assert check([person(size=(300, 300))]) == []
    assert check([person(replace_wrist())]) == []


def replace_wrist() -> np.ndarray:
    return rotate_bone(POSE, bone_index("l_elbow", "l_wrist"), Rotation.from_rotvec([0, 0, 0.1]))


def test_without_a_pose() -> None:
    few = np.where(np.arange(16)[:, None] < 3, SEEN, np.nan)
    (found,) = check([person(None, few)])
    assert found == Finding("a#1", "no_pose", "", 3.0, "No pose; 3 of 16 joints marked.")
    assert told(person(None, np.full((16, 2), np.nan))) == [("no_pose", "", 0.0)]


class TestBones:
    def test_sides_that_differ(self) -> None:
        assert told(seen(with_length("l_wrist", 1.09))) == []
        # 1.2 against 1: the difference is 0.2 of their mean 1.1.
        (found,) = check([seen(with_length("l_wrist", 1.2))])
        assert (found.what, found.where) == ("bone", "l_wrist")
        assert found.amount == pytest.approx(0.2 / 1.1)
        assert found.text == "The left forearm is 18 % longer than on the other side."
        assert told(seen(with_length("l_wrist", 1.2)), settings=CheckSettings(asymmetry=0.2)) == []

    def test_far_from_motion_capture_s_body_in_a_small_set(self) -> None:
        lengths = BODY.copy()
        for joint in ("r_ankle", "l_ankle"):
            lengths[[child for _, child in MPII_16.bones].index(joint)] *= 1.8
        (found,) = check([seen(with_bone_lengths(POSE, lengths))])
        assert (found.what, found.where, found.amount) == ("bone", "r_ankle", pytest.approx(0.8))
        assert found.text == "Both shins are 80 % longer than the mean body's."
        (short,) = check([seen(with_length("head_top", 0.3))])
        assert short.text == "The head is 70 % shorter than the mean body's."

    def test_the_set_s_own_body_is_the_measure_of_a_large_one(self) -> None:
        tall = [seen(with_bone_lengths(POSE, BODY * 1.6 * (1 + 0.002 * (i % 5)))) for i in range(30)]
        assert check(tall) == []
        odd = replace(person(), person="odd#1")
        assert {f.person for f in check([*tall, odd])} == {"odd#1"}
        assert {f.what for f in check([*tall, odd])} == {"bone"}


class TestLimits:
    def test_a_knee_to_the_wrong_side(self) -> None:
        knee = bone_index("r_knee", "r_ankle")
        bent = rotate_bone(POSE, knee, Rotation.from_euler("x", 60, degrees=True))
        other = rotate_bone(POSE, knee, Rotation.from_euler("x", -60, degrees=True))
        found = [check([seen(pose)]) for pose in (bent, other)]
        assert sorted(len(some) for some in found) == [0, 1]
        (wrong,) = max(found, key=len)
        assert (wrong.what, wrong.where) == ("limit", "r_knee_side")
        assert wrong.text.startswith("The right knee bends")
        assert wrong.text.endswith("to the wrong side.")

    def test_degrees_and_their_tolerance(self) -> None:
        # The forearm folded back onto the upper arm: 180 degrees of flexion, the limit is 165.
        pose = POSE.copy()
        elbow, wrist, shoulder = (MPII_16.index(f"r_{j}") for j in ("elbow", "wrist", "shoulder"))
        along = (pose[shoulder] - pose[elbow]) / np.linalg.norm(pose[shoulder] - pose[elbow])
        pose[wrist] = pose[elbow] + along * bone_lengths(POSE)[bone_index("r_elbow", "r_wrist")]
        (found,) = check([seen(pose)])
        assert (found.what, found.where, found.amount) == ("limit", "r_elbow", pytest.approx(15))
        assert found.text == "The right elbow bends 15° too far."
        assert told(seen(pose), settings=CheckSettings(limit=15.1)) == []


class TestSides:
    def test_arms_against_legs(self) -> None:
        arms = [j for j in MPII_16.joints if j.split("_")[-1] in ("shoulder", "elbow", "wrist")]
        (found,) = (f for f in check([seen(swap_sides(POSE, arms))]) if f.what == "sides")
        assert (found.where, found.amount) == ("twist", pytest.approx(180, abs=20))
        assert found.text.startswith("Shoulders and hips are turned against each other by 1")

    @pytest.mark.parametrize(
        ("where", "kinds"),
        [
            ("body", ("hip", "knee", "ankle", "shoulder", "elbow", "wrist")),
            ("legs", ("hip", "knee", "ankle")),
            ("arms", ("shoulder", "elbow", "wrist")),
            ("lower_legs", ("knee", "ankle")),
            ("lower_arms", ("elbow", "wrist")),
        ],
    )
    def test_the_joints_contradict_the_pose(self, where: str, kinds: tuple[str, ...]) -> None:
        wrong = swap_sides(SEEN, [j for j in MPII_16.joints if j.split("_")[-1] in kinds])
        sides = [f for f in check([person(joints=wrong)]) if f.what == "sides"]
        assert [f.where for f in sides] == [where]
        assert "may be exchanged" in sides[0].text
        assert sides[0].amount < 0.01  # nothing is left over once they are exchanged
        assert not [f for f in check([person(joints=SEEN)]) if f.what == "sides"]

    def test_ankles_close_together_are_no_contradiction(self) -> None:
        close = POSE.copy()
        r, l = MPII_16.index("r_ankle"), MPII_16.index("l_ankle")  # noqa: E741
        close[l, :2] = close[r, :2] + (20, 0)
        joints = CAMERA.project(close)
        joints[[r, l]] = joints[[l, r]]
        assert not [f for f in check([person(close, joints)]) if f.what == "sides"]

    def test_a_depth_flip_has_no_sides(self) -> None:
        flipped = flip_depth(POSE, [bone_index("l_shoulder", "l_elbow")])
        assert not [f for f in check([person(flipped)]) if f.what == "sides"]


def beside(share: float) -> np.ndarray:
    """The joints to the right of the pose by a share of their extent."""
    return SEEN + np.array([share * np.ptp(SEEN, axis=0).max(), 0])


class TestInThePicture:
    def test_a_pose_beside_the_joints(self) -> None:
        assert told(person(joints=beside(0.07))) == []
        (found,) = check([person(joints=beside(0.1))])
        assert (found.what, found.where, found.amount) == ("reprojection", "", pytest.approx(0.1))
        assert found.text == "The pose falls 10 % of the person's size beside the joints in the picture."
        assert told(person(joints=beside(0.1)), settings=CheckSettings(reprojection=0.11)) == []

    def test_one_joint_beside_it(self) -> None:
        joints = SEEN.copy()
        joints[0, 1] -= 50
        (found,) = check([person(joints=joints)])
        assert (found.what, found.where) == ("reprojection", "r_ankle")
        assert found.amount == pytest.approx(50 / np.ptp(joints, axis=0).max())

    def test_outside_the_photo(self) -> None:
        size = float(np.ptp(SEEN, axis=0).max())
        width = SEEN[:, 0].max() - 0.3 * size
        (found,) = check([person(size=(int(np.ceil(width)), 1000))])
        assert (found.what, found.where, found.amount) == ("outside", "l_wrist", pytest.approx(0.3, abs=0.01))
        assert told(person(size=(int(SEEN[:, 0].max() - 0.2 * size), 1000))) == []
        assert told(person()) == []  # the photo's size is not known

    @pytest.mark.parametrize("known", [0, 1, 2])
    def test_few_joints_are_no_reason_to_fail(self, known: int) -> None:
        joints = np.where(np.arange(16)[:, None] < known, SEEN, np.nan)
        assert told(person(joints=joints, size=(500, 500))) == []


def test_findings_are_in_the_order_of_the_people_and_of_each_alone() -> None:
    rng = np.random.default_rng(0)
    edits: list[Callable[[], Person]] = [
        lambda: seen(with_length("l_wrist", 1.3)),
        lambda: person(None),
        lambda: person(joints=SEEN + 40),
        person,
    ]
    people = [replace(edits[int(rng.integers(4))](), person=f"{n}#1") for n in range(15)]
    found = check(people)
    order = [int(f.person.split("#")[0]) for f in found]
    assert order == sorted(order)
    # Below FEWEST people the measure does not depend on the others.
    assert found == [f for one in people for f in check([one])]
