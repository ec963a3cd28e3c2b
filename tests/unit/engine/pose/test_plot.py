import numpy as np
import pytest

from engine.crop.prompts import Box
from engine.imaging.photo import Photo
from engine.imaging.window import Window
from engine.pose.joints import MPII_16
from engine.pose.plot import HEIGHT, PANEL, PAPER, SIDES, WIDEST, plot, views
from engine.pose.session import PoseSession
from tests.unit.engine.pose.someone import POSE, Someone


def where(picture: np.ndarray, side: str) -> np.ndarray:
    """(n, 2) xy of the pixels in which a side's colour is clearly seen."""
    colour = np.array(SIDES[side], int)
    hue = colour - colour.mean()
    seen = picture.astype(int) - picture.astype(int).mean(2, keepdims=True)
    likeness = (seen * hue).sum(2) / np.sqrt((hue**2).sum())
    return np.argwhere(likeness > 60)[:, ::-1]


def photo(width: int = 300, height: int = 400) -> Photo:
    return Photo.from_array(np.full((height, width, 3), 90, np.uint8))


def test_three_views_show_the_right_axes() -> None:
    pose = POSE.copy()
    left = [name.startswith("l_") for name in MPII_16.joints]
    pose[left, 0] = np.abs(pose[left, 0])
    front, side, top = views(pose)
    assert front.shape == side.shape == top.shape == (HEIGHT, PANEL, 3)
    assert where(front, "l")[:, 0].mean() > where(front, "r")[:, 0].mean(), "the camera sees who faces it mirrored"
    raised = pose.copy()
    raised[MPII_16.index("l_wrist")] = (250, -500, 0)
    assert where(views(raised)[0], "l")[:, 1].min() < where(front, "l")[:, 1].min(), "y goes down"
    near = pose.copy()
    near[left, 2] -= 600
    _, side, top = views(near)
    assert where(side, "l")[:, 0].mean() < where(side, "r")[:, 0].mean(), "the camera is at the left"
    assert where(top, "l")[:, 1].mean() > where(top, "r")[:, 1].mean(), "the camera is at the bottom"


def test_nothing_leaves_the_views() -> None:
    for factor in (1e-3, 1, 40):
        for view in views(POSE * (3 * factor, factor, 2 * factor)):
            border = np.concatenate([view[:6].reshape(-1, 3), view[-6:].reshape(-1, 3), view[:, :6].reshape(-1, 3)])
            assert (np.ptp(border.astype(int), axis=1) < 10).all(), "only paper and grid"


@pytest.mark.parametrize("degenerate", [np.zeros((16, 3)), POSE * (0, 1, 0), POSE * (0, 0, 1)])
def test_flat_poses_are_drawn(degenerate: np.ndarray) -> None:
    assert (views(degenerate)[0] != PAPER).any()


def test_the_pose_lies_over_the_photo_where_it_projects() -> None:
    prediction = PoseSession(photo(), Someone(errors=(0,)), how="matching").predict(window=Window(50, 50, 300, 300))
    picture = plot(photo(), prediction)
    assert picture.dtype == np.uint8
    assert picture.shape[0] == HEIGHT
    over = picture[:, : -3 * PANEL]
    blue = where(over, "l")
    # The photo's part is 330 of its pixels high, beginning at y = 35.
    y = blue[:, 1] * 330 / HEIGHT + 35
    joints = prediction.best.xy[[MPII_16.index(n) for n in MPII_16.joints if n.startswith("l_")]]
    assert y.min() == pytest.approx(joints[:, 1].min(), abs=6)
    assert y.max() == pytest.approx(joints[:, 1].max(), abs=6)


def test_nobody_is_told_in_the_photo() -> None:
    prediction = PoseSession(photo(), Someone(0.0)).predict(box=Box(50, 50, 250, 350))
    picture = plot(photo(), prediction)
    assert picture.shape[0] == HEIGHT
    assert (picture[-40:, :100] == PAPER).all(2).any(), "the sentence has its own ground"
    assert not len(where(picture, "l"))


@pytest.mark.parametrize("size", [(3, 1200), (1200, 3), (1, 1), (40, 30)])
def test_odd_photos(size: tuple[int, int]) -> None:
    odd = photo(*size)
    picture = plot(odd, PoseSession(odd, Someone()).predict(window=Window.square_over(*size)))
    assert picture.shape[0] == HEIGHT
    assert picture.shape[1] <= WIDEST + 3 * PANEL + 1
