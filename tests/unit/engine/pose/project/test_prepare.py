"""First poses and candidates: what is lifted, what the networks add, and what stays untouched."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.errors import InputError
from engine.imaging.photo import Photo
from engine.pose.camera import WeakPerspective, fit_weak_perspective
from engine.pose.joints import MPII_16
from engine.pose.kinematics import MIRRORED_BONES, bone_lengths, bone_vectors, symmetric
from engine.pose.project.person import Person, PoseState
from engine.pose.project.prepare import candidates_of, lift_people, lifted_candidates, predict, with_prediction
from engine.pose.session import PoseSession
from tests.unit.engine.pose.someone import CAMERA, POSE, Someone

WIDTH, HEIGHT = 240, 320
UNKNOWN = np.full((16, 2), np.nan)


def state(hidden: tuple[str, ...] = (), missing: tuple[str, ...] = ()) -> PoseState:
    visibility = np.full(16, 2)
    visibility[[MPII_16.index(name) for name in hidden]] = 1
    visibility[[MPII_16.index(name) for name in missing]] = 0
    return PoseState(np.where(visibility[:, None] > 0, CAMERA.project(POSE), np.nan), visibility)


def person(of: PoseState | None = None, **fields: object) -> Person:
    return Person("a#1", "a.jpg", of or state(), **fields)  # type: ignore[arg-type]


NOBODY = PoseState(UNKNOWN, np.zeros(16, int))


@pytest.fixture
def photo() -> Photo:
    return Photo.from_array(np.full((HEIGHT, WIDTH, 3), 90, np.uint8))


class TestLifting:
    def test_who_has_no_pose_gets_one_that_falls_on_the_joints(self) -> None:
        (done,) = lift_people([person(notes="n")])
        assert done.notes == "n"
        assert done.state.pose_from == ("lifted",) * 16
        assert done.state.joints_from == ("annotated",) * 16
        assert done.state.error() < 5  # of about 170 px
        assert not done.changed
        assert not done.same_as(person(notes="n"))
        assert not person(notes="n").same_as(done)
        np.testing.assert_array_equal(done.state.joints, state().joints)

    def test_others_stay_the_same_object_and_the_order_is_kept(self) -> None:
        posed = person(replace(state(), pose=POSE, camera=CAMERA, pose_from=("edited",) * 16))
        few = person(state(missing=MPII_16.joints[3:]))
        people = [posed, person(), few, person(NOBODY), person()]
        done = lift_people(people)
        assert [done[i] is people[i] for i in range(5)] == [True, False, True, True, False]
        assert done[1].state.same_as(done[4].state)
        assert lift_people([]) == []

    def test_in_portions_as_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        people = [person(state(missing=(name,))) for name in MPII_16.joints[:5]]
        together = lift_people(people)
        monkeypatch.setattr("engine.pose.project.prepare.BATCH", 2)
        apart = lift_people(people)
        for a, b in zip(together, apart, strict=True):
            np.testing.assert_allclose(a.state.pose, b.state.pose, atol=1e-6)


class TestCandidates:
    def test_flips_share_the_projection_and_the_likeliest_is_the_first_pose(self) -> None:
        candidates = candidates_of(state())
        (lifted,) = lift_people([person()])
        assert [c.name for c in candidates[:3]] == ["lifted", "lifted, flip 1", "lifted, flip 2"]
        np.testing.assert_allclose(candidates[0].pose, lifted.state.pose, atol=1e-9)
        assert candidates[0].error == pytest.approx(lifted.state.error())
        assert [c.score for c in candidates] == sorted((c.score for c in candidates), reverse=True)
        for c in candidates:
            assert c.source == "lifted"
            assert not c.pose[MPII_16.index("thorax")].any()
            np.testing.assert_array_equal(c.camera.project(c.pose), candidates[0].camera.project(candidates[0].pose))
            np.testing.assert_allclose(bone_lengths(c.pose), bone_lengths(candidates[0].pose))
        assert len({c.pose.tobytes() for c in candidates}) == len(candidates)

    def test_too_few_joints_give_none(self) -> None:
        assert candidates_of(NOBODY) == []
        both = lifted_candidates([NOBODY, state()])
        assert both[0] == []
        assert both[1]

    def test_the_network_is_measured_against_the_annotated_joints(self, photo: Photo) -> None:
        someone = person(state(hidden=("l_ankle",), missing=("l_wrist", "head_top")))
        prediction = predict(someone, photo, PoseSession(photo, Someone(), how="matching"))
        candidates = [c for c in candidates_of(someone.state, prediction) if c.source == "predicted"]
        # Someone's hypotheses differ in the left wrist alone, which is not annotated.
        assert [c.name for c in candidates] == ["stick 8, crop 1", "stick 8, crop 0.8", "stick 14, crop 1"]
        known = someone.state.known
        for c in candidates:
            lengths = bone_lengths(c.pose)
            np.testing.assert_allclose(lengths, lengths[MIRRORED_BONES])
            camera = fit_weak_perspective(c.pose, someone.state.joints, np.where(someone.state.visibility == 1, 0.5, 1))
            assert (c.camera.scale, c.camera.tx, c.camera.ty) == pytest.approx((camera.scale, camera.tx, camera.ty))
            beside = np.linalg.norm(camera.project(c.pose) - someone.state.joints, axis=1)[known]
            assert c.error == pytest.approx(beside.mean())
            assert c.error < 3  # its sides differ little, but for the one wrist
        assert [c.origin for c in candidates[:1]] == [prediction.best.origin]

    def test_a_hidden_joint_pulls_the_camera_half_as_much(self, photo: Photo) -> None:
        joints = CAMERA.project(POSE)
        joints[0] += (30, 0)
        two = PoseState(joints, np.where(np.arange(16) == 0, 1, 2))
        prediction = predict(person(two), photo, PoseSession(photo, Someone(errors=[0]), how="matching"))
        (candidate,) = (c for c in candidates_of(two, prediction) if c.source == "predicted")
        weight = np.where(np.arange(16) == 0, 0.5, 1.0)
        # The best fit leaves no mean error under these weights.
        beside = candidate.camera.project(candidate.pose) - joints
        np.testing.assert_allclose(weight @ beside, 0, atol=1e-9)
        assert candidate.error == pytest.approx(np.linalg.norm(beside, axis=1).mean())

    def test_without_joints_the_detector_s_count(self, photo: Photo) -> None:
        prediction = predict(person(NOBODY), photo, PoseSession(photo, Someone()))
        candidates = candidates_of(NOBODY, prediction)
        assert len(candidates) == len(prediction.hypotheses) == 4
        assert candidates[0].name == "network"  # what all of them say together is believed
        camera = fit_weak_perspective(candidates[0].pose, prediction.joints)
        assert (candidates[0].camera.scale, candidates[0].camera.tx) == pytest.approx((camera.scale, camera.tx))
        assert candidates[0].error == pytest.approx(prediction.best.reprojection_error, abs=1)

    def test_nobody_found_adds_nothing(self, photo: Photo) -> None:
        prediction = predict(person(), photo, PoseSession(photo, Someone(0.0)))
        assert not prediction.found
        assert all(c.source == "lifted" for c in candidates_of(state(), prediction))

    def test_what_no_camera_shows_is_left_out(self, photo: Photo) -> None:
        upside_down = PoseState(200 - CAMERA.project(POSE), np.full(16, 2))
        prediction = predict(person(), photo, PoseSession(photo, Someone()))
        assert all(c.source == "lifted" for c in candidates_of(upside_down, prediction))


class TestWhere:
    def test_the_window_around_the_joints(self, photo: Photo) -> None:
        someone = Someone()
        predict(person(), photo, PoseSession(photo, someone))
        assert [look.window for look in someone.looks] == [person().window()]

    @pytest.mark.parametrize("box", [None, (0.0, 0.0, float(WIDTH), float(HEIGHT))])
    def test_of_whom_nothing_is_known_the_whole_photo_is_searched(self, photo: Photo, box: object) -> None:
        someone = Someone()
        whole = PoseSession(photo, Someone()).predict()
        found = predict(person(NOBODY, box=box), photo, PoseSession(photo, someone))
        assert found.window == whole.window
        np.testing.assert_array_equal(found.joints, whole.joints)

    def test_a_box_of_a_part_is_believed(self, photo: Photo) -> None:
        someone = Someone()
        boxed = person(NOBODY, box=(20.0, 30.0, 120.0, 300.0))
        predict(boxed, photo, PoseSession(photo, someone))
        assert [look.window for look in someone.looks] == [boxed.window()]

    def test_outside_the_photo_is_refused(self, photo: Photo) -> None:
        with pytest.raises(InputError, match="outside"):
            predict(person(NOBODY, box=(900.0, 900.0, 990.0, 990.0)), photo, PoseSession(photo, Someone()))


class TestTakingOver:
    def test_without_joints(self, photo: Photo) -> None:
        confidence = np.full(16, 0.9)
        confidence[[0, 5]] = 0.05
        empty = person(NOBODY, box=(0.0, 0.0, float(WIDTH), float(HEIGHT)), notes="keep")
        prediction = predict(empty, photo, PoseSession(photo, Someone(confidence)))
        done = with_prediction(empty, prediction)
        assert done.notes == "keep"
        assert done.state.visibility.tolist() == [0 if i in (0, 5) else 2 for i in range(16)]
        assert done.state.joints_from == ("detected",) * 16
        assert done.state.pose_from == ("predicted",) * 16
        mine, theirs = bone_vectors(done.state.pose), bone_vectors(prediction.best.pose)
        length, own = bone_lengths(done.state.pose)[:, None], bone_lengths(prediction.best.pose)[:, None]
        np.testing.assert_allclose(mine / length, theirs / own, atol=1e-9)
        np.testing.assert_allclose(length[:, 0], symmetric(own[:, 0]))
        known = done.state.known
        camera = fit_weak_perspective(done.state.pose[known], done.state.joints[known])
        assert (done.state.camera.scale, done.state.camera.tx) == pytest.approx((camera.scale, camera.tx))

    def test_joints_that_are_too_few_to_lift_are_kept(self, photo: Photo) -> None:
        few = person(state(missing=MPII_16.joints[2:]), box=(20.0, 30.0, 120.0, 300.0))
        assert lift_people([few]) == [few]
        done = with_prediction(few, predict(few, photo, PoseSession(photo, Someone(errors=[0]))))
        np.testing.assert_array_equal(done.state.joints, few.state.joints)
        assert done.state.joints_from == ("annotated",) * 16
        assert done.state.error() < 0.5  # two joints fit a camera nearly: the sides of the body were made equal

    def test_who_has_a_pose_or_was_not_found_stays(self, photo: Photo) -> None:
        (lifted,) = lift_people([person()])
        session = PoseSession(photo, Someone())
        assert with_prediction(lifted, predict(lifted, photo, session)) is lifted
        nobody = person(NOBODY)
        assert with_prediction(nobody, predict(nobody, photo, PoseSession(photo, Someone(0.0)))) is nobody

    def test_a_camera_that_would_mirror_gives_way_to_the_network_s(self, photo: Photo) -> None:
        upside_down = 200 - CAMERA.project(POSE)
        two = PoseState(np.where(np.arange(16)[:, None] < 2, upside_down, np.nan), np.where(np.arange(16) < 2, 2, 0))
        wrong = person(two)
        prediction = PoseSession(photo, Someone(errors=[0])).predict()
        assert isinstance(with_prediction(wrong, prediction).state.camera, WeakPerspective)
