"""Made people: the picture agrees with its truth, and is the same every time."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from engine.errors import InputError, PhotoError
from engine.pose.joints import MPII_16
from tests.unit.training.data.test_body_frame import standing
from tests.unit.training.data.test_pose_bank import people as standing_people
from training.data.body_frame import BONE, assembled, turn
from training.data.pose_bank import PoseBank, View
from training.data.pose_widening import ADULT, Widening
from training.data.synthetic_people import SyntheticPeople
from training.data.synthetic_people.build import Build
from training.data.synthetic_people.figure import normals, surface
from training.data.synthetic_people.painting import Frame, Painting
from training.data.synthetic_people.raster import rasterise
from training.data.synthetic_people.topology import QUAD_ZONE, ZONES

J = {name: i for i, name in enumerate(MPII_16.joints)}
PLAIN = {"company": 0.0, "occluded": 0.0, "cropped": 0.0}


class OneView:
    """A bank that always shows one person, 4 m away."""

    def __init__(self, units: np.ndarray, heading: float = 0.0) -> None:
        body = assembled(units, ADULT) @ turn((0, 1, 0), heading).T * (1, -1, -1)
        joints = body + np.array([0, 0, 4000])
        self.view = View(body, joints, joints[:, :2] / joints[:, 2:], 0)

    def draw(self, rng: np.random.Generator) -> View:
        return self.view


def hands_before_chest() -> np.ndarray:
    units = standing()
    for side, sign in (("l", 1), ("r", -1)):
        units[BONE[f"{side}_elbow"]] = np.array([sign * 0.1, -0.8, 0.6])
        units[BONE[f"{side}_wrist"]] = np.array([-sign * 0.55, 0.6, 0.58])
    return units / np.linalg.norm(units, axis=1, keepdims=True)


def bank() -> PoseBank:
    return PoseBank(standing_people(), widening=Widening())


def test_the_picture_is_a_function_of_the_generator() -> None:
    made = SyntheticPeople(bank(), [])
    one, again, other = (made.make(np.random.default_rng(seed), 64) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.image, again.image)
    np.testing.assert_array_equal(one.xy, again.xy)
    assert (one.image != other.image).any()
    assert one.image.shape == (64, 64, 3)
    assert one.image.dtype == np.uint8


def test_joints_are_where_a_camera_shows_the_pose() -> None:
    made = SyntheticPeople(bank(), [])
    for seed in range(8):
        person = made.make(np.random.default_rng(seed), 96)
        depth, pose = person.depth, person.pose
        np.testing.assert_allclose(depth - depth[J["thorax"]], pose[:, 2], atol=1e-6)
        np.testing.assert_allclose(person.z, pose[:, 2])
        # x·z = s·X + s·t − s·x0·z is linear in what is not told: scale and the thorax's and the picture's place.
        a = np.zeros((32, 5))
        a[:16, 0], a[16:, 0] = pose[:, 0], pose[:, 1]
        a[:16, 1], a[:16, 2], a[16:, 3], a[16:, 4] = 1, depth, 1, depth
        b = np.concatenate([person.xy[:, 0] * depth, person.xy[:, 1] * depth])
        solution, *_ = np.linalg.lstsq(a, b, rcond=None)
        assert solution[0] > 0
        np.testing.assert_allclose(a @ solution, b, rtol=1e-6, atol=1e-3)


@pytest.mark.parametrize("scale", [1.0, 0.8, 1.3])
def test_the_person_fills_the_window(scale: float) -> None:
    made = SyntheticPeople(OneView(standing()), [], **PLAIN)
    person = made.make(np.random.default_rng(0), 100, scale=scale, shift=(0.1, -0.05))
    assert np.ptp(person.xy, axis=0).max() == pytest.approx(80 * scale)
    middle = (person.xy.min(0) + person.xy.max(0)) / 2
    np.testing.assert_allclose(middle, (50 - 10, 50 + 5), atol=1e-6)  # the window moved, so the person moves back
    outside = ((person.xy < 0) | (person.xy >= 100)).any(1)
    assert ((person.visibility == 0) == outside).all()
    assert outside.any() == (scale == 1.3)


def test_hands_before_the_chest_are_hidden_from_behind_alone() -> None:
    for heading, seen in ((0.0, 2), (180.0, 1)):
        made = SyntheticPeople(OneView(hands_before_chest(), heading), [], **PLAIN)
        for seed in range(5):
            person = made.make(np.random.default_rng(seed), 96)
            assert person.visibility[[J["l_wrist"], J["r_wrist"]]].tolist() == [seen, seen]
            assert (person.visibility[[J["head_top"], J["l_knee"], J["r_ankle"], J["pelvis"]]] == 2).all()


def test_what_stands_before_a_joint_hides_it() -> None:
    wall = (np.zeros((8, 8, 3), np.uint8), np.ones((8, 8), np.uint8))
    made = SyntheticPeople(OneView(standing()), [], things=lambda rng: wall, **(PLAIN | {"occluded": 1.0}))
    hidden = [(made.make(np.random.default_rng(seed), 64).visibility == 1).sum() for seed in range(12)]
    assert max(hidden) >= 3
    free = SyntheticPeople(OneView(standing()), [], **PLAIN).make(np.random.default_rng(0), 64)
    assert (free.visibility == 2).all()


def painted(heading: float) -> tuple[Painting, np.ndarray, np.ndarray]:
    """The painting, pixels of the joints, and how far around the head (turns from the face) is seen."""
    source = OneView(standing(), heading)
    made = SyntheticPeople(source, [], **PLAIN)
    frame = Frame.around(source.view.xy, np.ones(16, bool), 1.0, (0.0, 0.0))
    painting = Painting(128)
    made._paint(painting, source.view.joints, frame, 1, np.random.default_rng(3))
    rng = np.random.default_rng(3)
    points = surface(source.view.joints, Build.random(rng), frozenset(), rng)
    found = rasterise(points, normals(points), frame.pixels(points, 128), 128)
    head = QUAD_ZONE[found.quad] == ZONES.index("head")
    around = np.abs((found.around[head] + 0.5) % 1 - 0.5)
    return painting, frame.pixels(source.view.joints, 128), around


def test_flesh_is_around_every_joint_and_near_it_in_depth() -> None:
    painting, xy, _ = painted(30.0)
    joints = OneView(standing(), 30.0).view.joints
    for name, (x, y) in zip(MPII_16.joints, xy, strict=True):
        patch = painting.owner[max(int(y) - 2, 0) : int(y) + 3, int(x) - 2 : int(x) + 3]
        assert patch.any(), name
        near = painting.depth[max(int(y) - 2, 0) : int(y) + 3, int(x) - 2 : int(x) + 3][patch > 0]
        assert np.abs(near - joints[J[name], 2]).min() < 260, name
    assert 0.05 < (painting.owner > 0).mean() < 0.4


def test_faces_face_where_people_do() -> None:
    _, _, front = painted(0.0)
    _, _, back = painted(180.0)
    assert np.median(front) < 0.2
    assert len(back) == 0 or np.median(back) > 0.3  # long hair may hide all of the head


@pytest.mark.parametrize("grey", [None, np.full((30, 50, 3), 128, np.uint8)])
def test_the_figure_is_in_the_scene_and_nowhere_else(grey: np.ndarray | None) -> None:
    made = SyntheticPeople(bank(), lambda rng: grey, **PLAIN)
    for seed in range(6):
        painting = Painting(48)
        painting.owner[10:30, 5:20] = 1
        painting.colour[10:30, 5:20] = (1000, 0, 500)
        picture, hidden = made._scene(painting, np.random.default_rng(seed))
        assert not hidden.any()
        assert (picture[10:30, 5:20, 0] > 400).all()
        picture[10:30, 5:20] = 0
        assert (picture < 400).all()


def test_photos_are_behind_people(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "green.png"), np.full((40, 60, 3), (0, 200, 0), np.uint8))
    made = SyntheticPeople(OneView(standing()), [tmp_path / "green.png"], **PLAIN)
    greens = 0
    for seed in range(10):
        image = made.make(np.random.default_rng(seed), 48).image.astype(int)
        corner = image[:4, :4].mean((0, 1))
        greens += corner[1] > corner[0] + 60 and corner[1] > corner[2] + 60
    assert greens >= 8


def test_a_broken_photo_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_text("no picture")
    made = SyntheticPeople(OneView(standing()), [tmp_path / "broken.png"])
    with pytest.raises(PhotoError, match=r"broken\.png"):
        [made.make(np.random.default_rng(seed), 32) for seed in range(10)]


@pytest.mark.parametrize(("size", "scale"), [(8, 1.0), (64, 0.0), (64, float("nan"))])
def test_pictures_of_no_size_are_refused(size: int, scale: float) -> None:
    with pytest.raises(InputError):
        SyntheticPeople(bank(), []).make(np.random.default_rng(0), size, scale=scale)
