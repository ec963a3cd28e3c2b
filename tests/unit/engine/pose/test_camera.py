import numpy as np
import pytest

from engine.errors import InputError
from engine.pose.camera import Perspective, WeakPerspective, fit_weak_perspective, fit_weak_perspective_arrays


@pytest.fixture
def pose():
    return np.random.default_rng(1).normal(0, 400, (16, 3))


def test_weak_perspective_fit_finds_the_camera_again_whatever_is_missing(pose):
    camera = WeakPerspective(0.21, 130.0, 88.0)
    points = camera.project(pose)
    points[[2, 7]] = np.nan
    found = fit_weak_perspective(pose, points)
    assert (found.scale, found.tx, found.ty) == pytest.approx((0.21, 130.0, 88.0))
    assert found.unproject(found.project(pose)) == pytest.approx(pose[:, :2])


def test_weak_perspective_fit_is_the_least_squares_minimum(pose):
    rng = np.random.default_rng(2)
    points, weight = WeakPerspective(0.3, 5, -9).project(pose) + rng.normal(0, 15, (16, 2)), rng.uniform(0.1, 1, 16)
    best = fit_weak_perspective(pose, points, weight)

    def cost(camera):
        return (weight[:, None] * (camera.project(pose) - points) ** 2).sum()

    for step in np.vstack([np.diag([1e-3, 0.3, 0.3]), -np.diag([1e-3, 0.3, 0.3])]):
        assert cost(WeakPerspective(best.scale + step[0], best.tx + step[1], best.ty + step[2])) > cost(best)


@pytest.mark.parametrize("known", [[], [4]])
def test_too_few_joints_have_no_camera(pose, known):
    points = np.full((16, 2), np.nan)
    points[known] = 10.0
    with pytest.raises(InputError):
        fit_weak_perspective(pose, points)
    with pytest.raises(InputError):
        Perspective(500, 0, 0).fit_translation(pose, points)


def test_joints_on_one_point_or_upside_down_have_no_camera(pose):
    with pytest.raises(InputError):
        fit_weak_perspective(np.zeros((16, 3)), np.random.default_rng(0).normal(size=(16, 2)))
    with pytest.raises(InputError):
        fit_weak_perspective(pose, -pose[:, :2])
    with pytest.raises(InputError):
        Perspective(500, 0, 0).fit_translation(np.zeros((16, 3)), np.ones((16, 2)) * 7)


def test_many_fits_at_once_agree_with_one_by_one_and_mark_failures(pose):
    poses = np.stack([pose, pose * 0.5, np.zeros_like(pose)])
    points = np.stack([WeakPerspective(s, 3, 4).project(p) for s, p in zip((0.2, 0.4, 1), poses, strict=True)])
    scale, shift = fit_weak_perspective_arrays(poses, points)
    assert scale[:2] == pytest.approx([0.2, 0.4])
    assert shift[:2] == pytest.approx(np.array([[3, 4], [3, 4]]))
    assert np.isnan(scale[2])


def test_perspective_translation_is_found_again(pose):
    camera = Perspective(900, 320, 240)
    truth = np.array([120.0, -300.0, 4200.0])
    assert camera.fit_translation(pose, camera.project(pose + truth)) == pytest.approx(truth)


def test_what_is_behind_the_camera_is_not_seen():
    assert np.isnan(Perspective(900, 0, 0).project([[0.0, 0.0, -5.0], [0.0, 0.0, 0.0]])).all()
