"""Draws the sample pictures of docs/quality/pose.md with the shipped weights: made people, and photos of scikit-image.

python scripts/pose_pictures.py CAPTURE.npz: the motion capture that made people are taken from. What stands behind them
is made or from scikit-image too, so that the pictures may go anywhere.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image
from skimage import data

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from engine.imaging.photo import Photo  # noqa: E402 - the script is run from anywhere
from engine.pose.hypotheses import Origin  # noqa: E402
from engine.pose.maps import SINGLE  # noqa: E402
from engine.pose.methods import make_pose_method  # noqa: E402
from engine.pose.plot import plot  # noqa: E402
from engine.pose.reading import PoseMethod  # noqa: E402
from engine.pose.session import PosePrediction, PoseSession  # noqa: E402
from training.data.mocap import open_poses  # noqa: E402
from training.evaluation.pose_people import made  # noqa: E402

U8 = npt.NDArray[np.uint8]

IMAGES = ROOT / "docs" / "images"
HEIGHT = 300
MADE = 4
"""Made people in the picture: the first ones, as they come."""


def backgrounds(rng: np.random.Generator) -> U8:
    """A photo without people."""
    choices = (data.coffee, data.chelsea, data.rocket, data.brick, data.grass, data.gravel)
    picture = np.asarray(choices[int(rng.integers(len(choices)))]())
    return picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, -1)


def strip(photo: Photo, prediction: PosePrediction) -> U8:
    """A person's row: the plot of the pose, and the foreground and background map that the single hypothesis reads."""
    row = [_high(plot(photo, prediction))]
    maps = prediction.maps(Origin(*SINGLE))
    if maps is not None:
        row += [_high(maps.foreground, cv2.INTER_NEAREST), _high(maps.background, cv2.INTER_NEAREST)]
    return np.concatenate(row, 1)


def sheet(rows: list[U8]) -> Image.Image:
    """Rows beneath each other, on white where one is shorter."""
    width = max(row.shape[1] for row in rows)
    padded = [np.pad(row, ((2, 2), (0, width - row.shape[1]), (0, 0)), constant_values=255) for row in rows]
    return Image.fromarray(np.concatenate(padded))


def of_made(method: PoseMethod, capture: Path) -> Image.Image:
    """People made of motion capture of those who are not trained on."""
    rows = []
    for look, _ in made(open_poses(capture).split("dev"), backgrounds, MADE, seed=0):
        photo = Photo.from_array(look.pyramid.level(0))
        rows.append(strip(photo, PoseSession(photo, method).predict(window=look.window)))
    return sheet(rows)


def of_photos(method: PoseMethod) -> Image.Image:
    """The two people of scikit-image's own photos, found in the whole photo."""
    rows = []
    for picture in (data.astronaut(), data.camera()):
        rgb = picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, -1)
        photo = Photo.from_array(np.ascontiguousarray(rgb))
        rows.append(strip(photo, PoseSession(photo, method).predict()))
    return sheet(rows)


def _high(picture: U8, how: int = cv2.INTER_AREA) -> U8:
    width = round(picture.shape[1] * HEIGHT / picture.shape[0])
    return np.asarray(cv2.resize(picture, (width, HEIGHT), interpolation=how), np.uint8)


def main(capture: str) -> None:
    """Write pose-made.webp and pose-photos.webp."""
    method = make_pose_method("pose", "cpu")
    for name, picture in (("pose-made", of_made(method, Path(capture))), ("pose-photos", of_photos(method))):
        picture.save(IMAGES / f"{name}.webp", quality=80, method=6)


if __name__ == "__main__":
    main(*sys.argv[1:])
