from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from engine.crop.prompts import Click
from engine.errors import Cancelled, InputError
from engine.imaging.photo import Photo
from engine.skeleton.reading import Reading
from engine.skeleton.session import MARGIN, SkeletonSession, SkeletonSettings, object_window


class Ridge:
    """A method that sees a skeleton wherever the picture is bright, of a diameter of a tenth of the picture."""

    def __init__(self) -> None:
        self.seen: list[tuple[tuple[int, ...], bool]] = []
        self.told: list[tuple[tuple[Click, ...], np.ndarray | None]] = []

    def read(
        self,
        rgb: np.ndarray,
        clicks: Sequence[Click] = (),
        *,
        within: np.ndarray | None = None,
        multi_scale: bool = False,
    ) -> Reading:
        self.seen.append((rgb.shape, multi_scale))
        self.told.append((tuple(clicks), within))
        probability = cv2.GaussianBlur(rgb[..., 0].astype(np.float32) / 255, (0, 0), 1.5)
        height, width = probability.shape
        diameter = np.full((height, width), width / 10, np.float32)
        return Reading(probability / max(1e-6, probability.max()), diameter, np.ones((height, width), np.uint8),
                       probability[None])  # fmt: skip


def photo(width: int = 600, height: int = 300) -> Photo:
    """A bright line along the middle, another near the lower edge on the right."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[height // 2 - 2 : height // 2 + 3, width // 6 : width * 5 // 6] = 255
    pixels[height - 25 : height - 20, width * 2 // 3 : width - 20] = 255
    return Photo.from_array(pixels)


def test_a_whole_photo_is_read_reduced_and_answered_in_its_own_pixels():
    method = Ridge()
    prediction = SkeletonSession(photo(), method, SkeletonSettings(photo_size=150)).predict()
    assert method.seen == [((75, 150, 3), False)]
    assert prediction.size == (600, 300)
    graph = prediction.graph(0.3)
    assert graph.size == (600, 300)
    longest = max(graph.branches, key=lambda b: b.length)
    middle = longest.points[len(longest.points) // 2]
    assert middle[1] == pytest.approx(150, abs=4)
    assert longest.length == pytest.approx(400, abs=30)
    # A tenth of the 150 pixels that were read, on the photo's 600.
    assert np.allclose(longest.radius, 60 / 2)


def test_a_small_photo_is_not_enlarged():
    method = Ridge()
    SkeletonSession(photo(60, 40), method).predict(multi_scale=True)
    assert method.seen == [((40, 60, 3), True)]


def test_within_a_mask_its_surroundings_are_read_and_the_rest_is_dropped():
    method = Ridge()
    mask = np.zeros((300, 600), np.uint8)
    mask[100:200, 80:520] = 255
    prediction = SkeletonSession(photo(), method).predict(within=mask)
    window = prediction.window
    assert (window.x0, window.y0, window.width, window.height) == (0, 80, 600, 140)
    [((click,), told)] = method.told
    assert told is not None
    assert told.shape == method.seen[0][0][:2]
    assert told[int(click.y), int(click.x)] == 255, "the method is told the mask and a point of it"
    graph = prediction.graph(0.3)
    assert graph.points[:, 1].max() < 205
    assert graph.points[:, 1].min() > 95
    whole = SkeletonSession(photo(), method).predict().graph(0.3)
    assert whole.points[:, 1].max() > 260, "the other line is there when nothing restricts"


def test_the_window_of_an_object_keeps_to_the_photo():
    assert MARGIN == 1.4
    window = object_window((10, 20, 110, 70), (500, 400))
    assert (window.x0, window.y0, window.x0 + window.width, window.y0 + window.height) == (0, 10, 130, 80)


@pytest.mark.parametrize("mask", [np.zeros((300, 600), np.uint8), np.full((300, 600), 127, np.uint8)])
def test_an_empty_mask_is_refused(mask: np.ndarray):
    with pytest.raises(InputError, match="empty"):
        SkeletonSession(photo(), Ridge()).predict(within=mask)


def test_a_mask_of_another_photo_is_refused():
    with pytest.raises(InputError, match="600 x 300"):
        SkeletonSession(photo(), Ridge()).predict(within=np.ones((10, 10), np.uint8))


def test_nobody_waits():
    method = Ridge()
    with pytest.raises(Cancelled):
        SkeletonSession(photo(), method).predict(cancelled=lambda: True)
    assert not method.seen


def test_an_empty_answer_is_an_empty_graph():
    prediction = SkeletonSession(Photo.from_array(np.zeros((50, 80, 3), np.uint8)), Ridge()).predict()
    assert prediction.graph().empty
    assert prediction.graph(0.0).empty
