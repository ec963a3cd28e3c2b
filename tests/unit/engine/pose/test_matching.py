import numpy as np
import pytest

from engine.pose.hypotheses import Detection, Origin, PoseReading
from engine.pose.joints import MPII_16
from engine.pose.matching import SURE, match, sure
from tests.unit.engine.pose.someone import CAMERA, POSE, reading

WRIST = MPII_16.index("l_wrist")


def test_the_camera_that_made_the_picture_is_found_again() -> None:
    found = match(POSE[None, None], reading(POSE[None]).seen)
    assert found.scale[0, 0] == pytest.approx(CAMERA.scale)
    assert found.shift[0, 0] == pytest.approx((CAMERA.tx, CAMERA.ty))
    assert found.xy[0, 0] == pytest.approx(CAMERA.project(POSE))
    assert found.error[0, 0] == pytest.approx(0, abs=1e-9)


def test_depth_is_not_seen() -> None:
    deeper = POSE * (1, 1, -3)
    found = match(deeper[None, None], reading(POSE[None]).seen)
    assert found.error[0, 0] == pytest.approx(0, abs=1e-9)


def test_the_error_is_the_mean_distance_of_the_sure_joints() -> None:
    seen = CAMERA.project(POSE)
    seen[WRIST] += (500, 0)
    confidence = np.full(16, 0.9)
    confidence[WRIST] = SURE - 0.01
    ignored = match(POSE[None, None], reading(POSE[None], seen, confidence).seen)
    assert ignored.error[0, 0] == pytest.approx(0, abs=1e-9)
    assert np.isnan(ignored.distance[0, 0, WRIST])
    confidence[WRIST] = SURE
    counted = match(POSE[None, None], reading(POSE[None], seen, confidence).seen)
    assert counted.error[0, 0] == pytest.approx(counted.distance[0, 0].mean())
    assert counted.error[0, 0] > 30


def test_two_joints_by_hand() -> None:
    pose = np.zeros((1, 1, 16, 3))
    pose[0, 0, :2, 0] = (0, 100)
    xy = np.full((1, 16, 2), np.nan)
    xy[0, :2] = ((10, 20), (30, 24))
    found = match(pose, Detection(xy, np.ones((1, 16))))
    # x: slope 0.2 px/mm from 10 to 30; y: both project to the mean, 22, so that each is 2 px off.
    assert found.scale[0, 0] == pytest.approx(0.2)
    assert found.shift[0, 0] == pytest.approx((10, 22))
    assert found.error[0, 0] == pytest.approx(2)


@pytest.mark.parametrize("confidence", [0.0, np.eye(16)[3], np.nan])
def test_without_joints_there_is_no_camera(confidence: float | np.ndarray) -> None:
    found = match(POSE[None, None], reading(POSE[None], confidence=confidence).seen)
    assert np.isnan(found.scale[0, 0])
    assert found.error[0, 0] == np.inf


def test_joints_on_one_point_and_mirrored_poses_have_no_camera() -> None:
    one_point = match(POSE[None, None], reading(POSE[None], np.full((16, 2), 7.0)).seen)
    mirrored = match(-POSE[None, None], reading(POSE[None]).seen)
    flat = match(np.zeros((1, 1, 16, 3)), reading(POSE[None]).seen)
    assert [found.error[0, 0] for found in (one_point, mirrored, flat)] == [np.inf] * 3


def test_sure_needs_a_place_and_confidence() -> None:
    xy = CAMERA.project(POSE)[None]
    xy[0, 2] = np.nan
    confidence = np.full((1, 16), 0.9)
    confidence[0, 5] = 0.05
    assert np.flatnonzero(~sure(Detection(xy, confidence))[0]).tolist() == [2, 5]


def test_readings_are_joined_and_thinned_out() -> None:
    first, second = reading(np.stack([POSE, POSE * 2])), reading(np.stack([POSE * 3, POSE * 4]))
    both = PoseReading.joined([first, second])
    assert len(both) == 2
    assert both.pose[1, 0] == pytest.approx(POSE * 3)
    assert both.maps is None
    kept = both.only([1])
    assert kept.origins == (Origin(5.0, 1.0),)
    assert kept.pose[:, 0] == pytest.approx(np.stack([POSE * 2, POSE * 4]))
    assert kept.sigma.shape == (2, 1, 16)
