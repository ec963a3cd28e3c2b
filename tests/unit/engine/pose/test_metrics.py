"""Metrics against hand-worked cases, scipy and HRNet's formulas."""

import numpy as np
import pytest
from scipy.spatial import procrustes as scipy_procrustes
from scipy.spatial.transform import Rotation

from engine.errors import InputError
from engine.pose import metrics
from engine.pose.joints import MPII_16

THORAX, PELVIS = MPII_16.index("thorax"), MPII_16.index("pelvis")


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(4)


@pytest.fixture
def poses(rng: np.random.Generator) -> np.ndarray:
    return rng.normal(0, 300, (5, 16, 3))


def test_one_joint_off_by_a_known_distance(poses: np.ndarray) -> None:
    moved = poses.copy()
    moved[:, 0] += (30, 0, 40)
    assert metrics.mpjpe(moved, poses) == pytest.approx(np.full(5, 50 / 16))
    errors = metrics.joint_errors(moved, poses)
    assert errors[:, 0] == pytest.approx(np.full(5, 50))
    assert errors[:, 1:] == pytest.approx(np.zeros((5, 15)))


def test_where_the_person_stands_does_not_count(poses: np.ndarray) -> None:
    assert metrics.mpjpe(poses + np.array([10, -20, 3000]), poses) == pytest.approx(np.zeros(5), abs=1e-9)


def test_the_root_decides_where_an_error_shows(poses: np.ndarray) -> None:
    moved = poses.copy()
    moved[:, THORAX] += (0, 0, 16)
    assert metrics.mpjpe(moved, poses, "thorax") == pytest.approx(np.full(5, 15.0))  # all others seem moved
    assert metrics.mpjpe(moved, poses, "pelvis") == pytest.approx(np.full(5, 1.0))
    with pytest.raises(InputError, match="nose"):
        metrics.mpjpe(moved, poses, "nose")


def test_scale_is_taken_out_by_n_mpjpe_alone(poses: np.ndarray) -> None:
    assert metrics.n_mpjpe(poses * 0.7, poses) == pytest.approx(np.zeros(5), abs=1e-9)
    assert (metrics.mpjpe(poses * 0.7, poses) > 10).all()


def test_n_mpjpe_uses_the_scale_of_least_squares(poses: np.ndarray, rng: np.random.Generator) -> None:
    noisy = poses[0] * 1.3 + rng.normal(0, 40, (16, 3))
    p, t = noisy - noisy[THORAX], poses[0] - poses[0][THORAX]
    scale = np.linalg.lstsq(p.reshape(-1, 1), t.reshape(-1), rcond=None)[0][0]
    assert metrics.n_mpjpe(noisy, poses[0]) == pytest.approx(np.linalg.norm(scale * p - t, axis=1).mean())


def test_similarity_is_taken_out_by_pa_mpjpe(poses: np.ndarray, rng: np.random.Generator) -> None:
    turned = 0.4 * poses @ Rotation.random(random_state=7).as_matrix() + (5, 6, 7)
    assert metrics.pa_mpjpe(turned, poses) == pytest.approx(np.zeros(5), abs=1e-6)
    assert (metrics.n_mpjpe(turned, poses) > 50).all()


def test_pa_mpjpe_agrees_with_scipy_where_no_reflection_helps(poses: np.ndarray, rng: np.random.Generator) -> None:
    for truth in poses:
        noisy = 2 * (truth + rng.normal(0, 60, (16, 3))) @ Rotation.random(random_state=1).as_matrix()
        standard_truth, standard_noisy, _ = scipy_procrustes(truth, noisy)
        norm = np.linalg.norm(truth - truth.mean(0))  # scipy divides by it
        expected = np.linalg.norm(standard_truth - standard_noisy, axis=1).mean() * norm
        assert metrics.pa_mpjpe(noisy, truth) == pytest.approx(expected)


def test_a_mirrored_pose_is_not_brought_onto_itself(poses: np.ndarray) -> None:
    mirrored = poses * (-1, 1, 1)
    assert (metrics.pa_mpjpe(mirrored, poses) > 50).all()
    # The best rotation by scipy (Kabsch, which excludes reflections) and its scale.
    p, t = mirrored[0] - mirrored[0].mean(0), poses[0] - poses[0].mean(0)
    turned = Rotation.align_vectors(t, p)[0].apply(p)
    scale = (turned * t).sum() / (turned * turned).sum()
    assert metrics.pa_mpjpe(mirrored[0], poses[0]) == pytest.approx(np.linalg.norm(scale * turned - t, axis=1).mean())


def test_a_pose_on_one_point_has_the_error_of_that_point(poses: np.ndarray) -> None:
    expected = np.linalg.norm(poses[0] - poses[0].mean(0), axis=1).mean()
    assert metrics.pa_mpjpe(np.full((16, 3), 9.0), poses[0]) == pytest.approx(expected)


def test_unknown_joints_are_left_out(poses: np.ndarray) -> None:
    truth, predicted = poses.copy(), poses.copy()
    truth[:, 3] = np.nan
    predicted[:, 3] += 1000
    for metric in (metrics.mpjpe, metrics.n_mpjpe, metrics.pa_mpjpe):
        assert metric(predicted, truth) == pytest.approx(np.zeros(5), abs=1e-6)


def test_batches_of_any_shape(poses: np.ndarray) -> None:
    stacked = np.stack([poses, poses + 1.0])
    for metric in (metrics.mpjpe, metrics.n_mpjpe, metrics.pa_mpjpe):
        assert metric(stacked, stacked * 1.1).shape == (2, 5)


@pytest.mark.parametrize("shape", [(16, 2), (15, 3), (3,)])
def test_arrays_that_are_no_poses(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="16, 3"):
        metrics.mpjpe(np.zeros(shape), np.zeros(shape))


def person(torso: tuple[float, float] = (30, 40)) -> np.ndarray:
    """A person whose torso is 50 px long and whose head is 10 px high."""
    xy = np.tile(np.array([100.0, 100.0]), (16, 1))
    xy[MPII_16.index("l_shoulder")] = np.array([100.0, 100.0]) + torso
    xy[MPII_16.index("head_top")] = (100, 90)
    return xy


def test_pck_is_a_fifth_of_the_torso_and_its_border_is_within() -> None:
    truth = person()
    predicted = truth.copy()
    predicted[0, 0] += 10.0
    predicted[1, 0] += 10.001
    correct = metrics.pck(predicted, truth)
    assert correct[0] == 1
    assert correct[1] == 0
    assert correct[2:].min() == 1


def test_pckh_is_half_the_head() -> None:
    truth = person()
    predicted = truth.copy()
    predicted[0, 1] -= 5.0
    predicted[1, 1] -= 5.001
    predicted[2, 1] -= 12
    assert metrics.pckh(predicted, truth)[:3].tolist() == [1, 0, 0]
    size = metrics.head_size([0, 0, 30, 40])
    assert size == pytest.approx(30)
    assert metrics.pckh(predicted, truth, head=size)[:3].tolist() == [1, 1, 1]
    some = metrics.pckh(np.stack([predicted] * 2), np.stack([truth] * 2), head=[30.0, np.nan])
    assert some[:, :3].tolist() == [[1, 1, 1], [1, 0, 0]]


def test_joints_that_are_unknown_or_not_found() -> None:
    truth = person()
    visibility = np.full(16, 2)
    visibility[4] = 0
    visibility[5] = 1  # hidden, yet known
    predicted = truth.copy()
    predicted[5] = predicted[6] = np.nan
    correct = metrics.pck(predicted, truth, visibility)
    assert np.isnan(correct[4])
    assert correct[5] == correct[6] == 0


def test_a_person_without_a_torso_counts_for_nothing() -> None:
    truth = person()
    truth[MPII_16.index("r_hip")] = np.nan
    assert np.isnan(metrics.pck(truth, truth)).all()
    assert np.nanmin(metrics.pckh(np.nan_to_num(truth), truth)) == 1
    assert np.isnan(metrics.pck(person((0, 0)), person((0, 0)))).all()


def test_the_table_of_pckh_is_hrnets(rng: np.random.Generator) -> None:
    """HRNet's lib/dataset/mpii.py: left and right averaged, mean weighted by counts without joints 6 and 7."""
    truth = rng.uniform(0, 200, (40, 16, 2))
    predicted = truth + rng.normal(0, 20, truth.shape)
    visible = rng.random((40, 16)) < 0.8
    head = rng.uniform(20, 60, 40)
    error = np.linalg.norm(predicted - truth, axis=2) / head[:, None]
    count = visible.sum(0)
    rate = ((error <= 0.5) & visible).sum(0) / count
    others = [j for j in range(16) if j not in (6, 7)]
    table = metrics.rates(metrics.pckh(predicted, truth, visible, head), metrics.PCKH_GROUPS)
    assert table["head"] == pytest.approx(rate[9])
    assert table["shoulder"] == pytest.approx((rate[12] + rate[13]) / 2)
    assert table["ankle"] == pytest.approx((rate[0] + rate[5]) / 2)
    assert table["mean"] == pytest.approx((rate * count)[others].sum() / count[others].sum())
    assert list(table) == ["head", "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "mean"]


def test_a_column_of_which_nothing_is_known_is_not_there() -> None:
    visibility = np.full((1, 16), 2)
    visibility[0, [0, 5]] = 0
    table = metrics.rates(metrics.pck(person()[None], person()[None], visibility), metrics.PCK_GROUPS)
    assert "ankle" not in table
    assert table["mean"] == 1
    assert metrics.rates(np.full((1, 16), np.nan), metrics.PCK_GROUPS) == {}
