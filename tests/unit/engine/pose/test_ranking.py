from dataclasses import replace

import numpy as np
import pytest

from engine.errors import InputError
from engine.pose.hypotheses import NO_MAP
from engine.pose.joints import MPII_16
from engine.pose.ranking import DETECTOR, FARTHEST, RANKINGS, rank, weighted_mean, with_fused
from tests.unit.engine.pose.someone import CAMERA, POSE, reading

WRIST, ELBOW, THORAX = (MPII_16.index(name) for name in ("l_wrist", "l_elbow", "thorax"))


def moved(joint: int, offset: tuple[float, float, float]) -> np.ndarray:
    pose = POSE.copy()
    pose[joint] += offset
    return pose


def test_matching_takes_the_smallest_reprojection_error() -> None:
    poses = np.stack([moved(WRIST, (200, 0, 0)), moved(WRIST, (0, 0, 900)), moved(WRIST, (0, 80, 0))])
    ranked = rank(reading(poses), "matching")
    assert ranked.best().tolist() == [1], "depth is not seen in the picture"
    assert ranked.score[0].argsort().tolist() == [0, 2, 1]
    assert ranked.reading.pose.shape[1] == 3


def test_the_likeliest_is_close_to_what_is_seen_and_knows_it() -> None:
    said = reading(np.stack([moved(WRIST, (150, 0, 0)), moved(WRIST, (60, 0, 0)), moved(WRIST, (60, 0, 0))]))
    said.sigma[0, 2] = 80.0
    ranked = rank(said, "likelihood")
    assert ranked.best().tolist() == [1], "of two that project alike the one that doubts less"
    bold = reading(np.stack([moved(WRIST, (150, 0, 0)), POSE]))
    bold.sigma[0, 1] = 90.0
    assert rank(bold, "likelihood").score[0, 0] > rank(bold, "likelihood").score[0, 1]


def test_the_likelihood_by_hand() -> None:
    said = reading(POSE[None], confidence=0.8)
    # Nothing is off: what is left is the logarithm of the expected distance, for 15 joints beside the root.
    assert rank(said, "likelihood").score[0, 0] == pytest.approx(-15 * np.log(np.hypot(40, DETECTOR)))


@pytest.mark.parametrize("how", RANKINGS)
def test_a_hypothesis_without_a_camera_is_never_believed(how: str) -> None:
    poses = np.stack([-POSE, moved(WRIST, (60, 0, 0))])
    ranked = rank(reading(poses), how)
    assert ranked.score[0, 0] == -np.inf
    assert ranked.best()[0] != 0


@pytest.mark.parametrize("how", RANKINGS)
def test_each_person_is_ranked_alone(how: str) -> None:
    first = reading(np.stack([POSE, moved(WRIST, (300, 0, 0))]))
    second = reading(np.stack([moved(ELBOW, (0, 300, 200)), POSE]), confidence=0.5)
    together = rank(type(first).joined([first, second]), how)
    for n, alone in enumerate((first, second)):
        assert together.score[n] == pytest.approx(rank(alone, how).score[0])


@pytest.mark.parametrize("how", RANKINGS)
def test_nobody_seen_is_no_error(how: str) -> None:
    ranked = rank(reading(np.stack([POSE, POSE]), confidence=0.0), how)
    assert (ranked.score == -np.inf).all()
    assert ranked.best().tolist() == [0]


def test_the_mean_is_weighted_by_precision() -> None:
    # Depth is not seen, so that both are as likely but for what they expect themselves.
    said = reading(np.stack([POSE, moved(WRIST, (0, 0, 100))]))
    said.sigma[0, :, ELBOW], said.sigma[0, :, WRIST] = [80, 40], [40, 80]
    mean, sigma = weighted_mean(said)
    # weights 1/40² and 1/80²: four to one
    assert mean[0, WRIST] == pytest.approx(POSE[WRIST] + (0, 0, 20))
    assert mean[0, ELBOW] == pytest.approx(POSE[ELBOW])
    assert sigma[0, 0] == pytest.approx(40)
    assert sigma[0, WRIST] == pytest.approx(np.sqrt(2 / (1 / 1600 + 1 / 6400)))


def test_the_mean_is_weighted_by_likelihood() -> None:
    far = reading(np.stack([POSE, moved(WRIST, (0, 0, 100)) * (-1, 1, 1)]))
    assert weighted_mean(far)[0][0] == pytest.approx(POSE, abs=1), "the mirrored one is not what is seen"
    unseen = reading(np.stack([POSE, moved(WRIST, (0, 0, 100))]), confidence=0.0)
    assert weighted_mean(unseen)[0][0, WRIST] == pytest.approx(POSE[WRIST] + (0, 0, 50))


def test_the_fused_pose_stays_relative_to_the_thorax() -> None:
    said = reading(np.stack([moved(WRIST, (100, 0, 40)), POSE * 1.1]), CAMERA.project(moved(ELBOW, (50, 0, 0))))
    fused = with_fused(said)
    assert fused.origins[-1] == NO_MAP
    assert fused.pose.shape == (1, 3, 16, 3)
    assert fused.pose[0, -1, THORAX] == pytest.approx(0)


def test_fusion_moves_joints_towards_where_they_are_seen_and_leaves_depth() -> None:
    seen = CAMERA.project(moved(WRIST, (100, 0, 0)))
    unsure = with_fused(reading(POSE[None], seen, np.where(np.arange(16) == WRIST, 0.0, 0.9))).pose[0, -1]
    assert unsure[WRIST] == pytest.approx(POSE[WRIST])
    fused = with_fused(reading(POSE[None], seen)).pose[0, -1]
    assert 20 < fused[WRIST, 0] - POSE[WRIST, 0] < 100
    assert fused[:, 2] == pytest.approx(POSE[:, 2])


def test_fusion_is_believed_and_projects_closer() -> None:
    rng = np.random.default_rng(0)
    poses = POSE + rng.normal(0, 40, (6, 16, 3))
    poses -= poses[:, THORAX : THORAX + 1]
    ranked = rank(reading(poses), "fusion")
    assert ranked.best().tolist() == [6]
    assert ranked.match.error[0, 6] < ranked.match.error[0, :6].min()
    off = np.linalg.norm(ranked.reading.pose[0] - POSE, axis=-1).mean(-1)
    assert off[6] < off[:6].min()


def test_what_is_told_is_finite_with_maps_kept() -> None:
    said = replace(reading(np.stack([POSE, POSE])), maps=np.zeros((1, 2, 6, 4, 4), np.uint8))
    ranked = rank(said, "fusion")
    assert np.isfinite(ranked.score).all()
    assert ranked.reading.maps is said.maps


def test_an_unknown_ranking() -> None:
    with pytest.raises(InputError, match="matching"):
        rank(reading(POSE[None]), "best")


def test_a_detection_far_off_moves_a_joint_no_farther_than_its_error_is_expected_to_be() -> None:
    said = reading(POSE[None])
    xy = said.seen.xy.copy()
    xy[0, WRIST] += (0.5 * (xy[0].max() - xy[0].min()), 0.0)
    there = with_fused(replace(said, seen=said.seen._replace(xy=xy))).pose[0, -1]
    step = np.linalg.norm((there - POSE)[WRIST, :2])
    # The camera is fitted to the wrong wrist too, which moves the rest a little.
    assert 0.5 * FARTHEST * said.sigma[0, 0, WRIST] < step < 1.5 * FARTHEST * said.sigma[0, 0, WRIST]


def test_the_consensus_is_the_mean_of_all_wherever_the_joints_are_seen() -> None:
    said = reading(np.stack([POSE, moved(WRIST, (0, 0, 100))]))
    ranked = rank(said, "consensus")
    assert ranked.best().tolist() == [2]
    assert ranked.reading.pose[0, 2] == pytest.approx(weighted_mean(said)[0][0])
