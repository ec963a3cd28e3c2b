"""A picture of a person's pose: the photo with the joints seen and the pose over it, and the pose from three sides.

Left is blue, right is orange, the middle is grey: colours of Okabe and Ito, which nearly everybody can tell apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from engine.imaging.photo import Photo
from engine.imaging.window import Window, extract
from engine.pose.hypotheses import Hypothesis
from engine.pose.joints import MPII_16
from engine.pose.session import PosePrediction

F64 = npt.NDArray[np.float64]
U8 = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]

HEIGHT = 720
PANEL = 400
"""Height of the picture and width of one view, pixels."""
WIDEST = 1080
"""Greatest width of the photo's part."""
AROUND = 1.1
"""Side of what is shown of the photo over the person's window."""
FINE = 2
"""Lines are drawn at this many times the size, and then averaged."""
SHIFT = 4
"""Fractional bits of the coordinates that OpenCV draws at."""

SIDES: dict[str, Colour] = {"l": (0, 114, 178), "r": (230, 120, 0), "": (110, 110, 110)}
PAPER, INK, GRID = (250, 250, 250), (60, 60, 60), (228, 228, 228)


class _View(NamedTuple):
    """Which camera axis goes right, which goes down, which goes away, each with a sign: (axis, sign)."""

    title: str
    right: tuple[int, int]
    down: tuple[int, int]
    away: tuple[int, int]


VIEWS = (
    _View("front", (0, 1), (1, 1), (2, 1)),
    _View("side (camera at the left)", (2, 1), (1, 1), (0, -1)),
    _View("top (camera at the bottom)", (0, 1), (2, -1), (1, 1)),
)


def plot(photo: Photo, prediction: PosePrediction) -> U8:
    """Draw what was read.

    Args:
        photo: The photo it was read from.
        prediction: With nobody in it, the photo is shown alone, with the reason.

    Returns:
        (HEIGHT, W, 3) uint8 RGB.
    """
    best = prediction.best if prediction.found else None
    panels = [_over_photo(photo, prediction, best)]
    titles = ["photo"]
    if best is not None:
        panels += views(best.pose)
        titles += [view.title for view in VIEWS]
    legend = "blue left   orange right   white: seen   coloured: pose" if best is not None else prediction.problem
    return _titled(panels, titles, legend)


def views(pose: F64) -> list[U8]:
    """A pose (16, 3) mm in camera axes from front, side and top, at one scale, over squares of half a metre.

    Returns:
        Three (HEIGHT, PANEL, 3) uint8 RGB.
    """
    middle = (pose.min(0) + pose.max(0)) / 2
    centred = pose - middle
    tall = 2 * np.abs(centred[:, 1]).max()
    wide = 2 * max(np.abs(centred[:, 0]).max(), np.abs(centred[:, 2]).max(), 1.0)
    scale = min(PANEL * 0.84 / wide, HEIGHT * 0.8 / max(tall, wide))
    return [_view(centred, view, scale) for view in VIEWS]


def _view(pose: F64, view: _View, scale: float) -> U8:
    canvas = np.full((HEIGHT * FINE, PANEL * FINE, 3), PAPER, np.uint8)
    centre, step = np.array([PANEL, HEIGHT]) * FINE / 2, 500 * scale * FINE
    for axis, limit in ((0, PANEL * FINE), (1, HEIGHT * FINE)):
        for line in np.arange(centre[axis] % step, limit, step):
            ends = np.array([[line, 0], [line, HEIGHT * FINE]] if axis == 0 else [[0, line], [PANEL * FINE, line]])
            _line(canvas, ends[0], ends[1], GRID, FINE)
    (right, down, away) = (pose[:, axis] * sign for axis, sign in (view.right, view.down, view.away))
    xy = np.stack([right, down], 1) * scale * FINE + centre
    _body(canvas, xy, away, 7 * FINE)
    return _averaged(canvas)


def _over_photo(photo: Photo, prediction: PosePrediction, best: Hypothesis | None) -> U8:
    """The photo around the person, HEIGHT pixels high."""
    window = _shown(prediction)
    factor = HEIGHT / window.height
    width = round(window.width * factor)
    canvas = extract(photo.rgb8, window, width * FINE, HEIGHT * FINE, fill=PAPER[0])[0].copy()
    seen = window.to_window(prediction.joints, width * FINE, HEIGHT * FINE)
    known = prediction.sure
    if best is not None:
        xy = window.to_window(best.xy, width * FINE, HEIGHT * FINE)
        _body(canvas, xy, best.pose[:, 2], 6 * FINE, outline=True)
    for a, b in MPII_16.ends:
        if known[a] and known[b]:
            _line(canvas, seen[a], seen[b], (255, 255, 255), FINE)
    for point in seen[known]:
        _dot(canvas, point, 5 * FINE, INK)
        _dot(canvas, point, 4 * FINE, (255, 255, 255))
    return _averaged(canvas)


def _shown(prediction: PosePrediction) -> Window:
    """What is shown of the photo: around the person's window, and not what lies beyond the photo without need."""
    w, (width, height) = prediction.window, prediction.size
    side = w.width * AROUND
    x, y = w.x0 + w.width / 2, w.y0 + w.height / 2
    x0, x1 = max(x - side / 2, min(0.0, w.x0)), min(x + side / 2, max(float(width), w.x0 + w.width))
    y0, y1 = max(y - side / 2, min(0.0, w.y0)), min(y + side / 2, max(float(height), w.y0 + w.height))
    least = (y1 - y0) / 4  # of a strip that is only a few pixels wide, more is shown
    x0, x1 = min(x0, x - least / 2), max(x1, x + least / 2)
    most = (y1 - y0) * WIDEST / HEIGHT
    return Window(max(x0, x - most / 2), y0, min(x1 - x0, most), y1 - y0)


def _body(canvas: U8, xy: F64, away: F64, thickness: int, *, outline: bool = False) -> None:
    """Bones from the farthest to the nearest, those far away thinner and paler."""
    ends = MPII_16.ends
    depth = away[ends].mean(1)
    spread = max(float(np.ptp(depth)), 1e-6)
    for bone in np.argsort(-depth, kind="stable"):
        a, b = ends[bone]
        near = 1 - (depth[bone] - depth.min()) / spread
        colour = _paler(SIDES[_side(MPII_16.joints[b])], 0.35 * (1 - near))
        width = max(1, round(thickness * (0.65 + 0.35 * near)))
        if outline:
            _line(canvas, xy[a], xy[b], (255, 255, 255), width + 2 * FINE)
        _line(canvas, xy[a], xy[b], colour, width)
        for end in (a, b):
            _dot(canvas, xy[end], round(width * 0.75), _paler(colour, -0.25))


def _side(joint: str) -> str:
    return joint[0] if joint[:2] in ("l_", "r_") else ""


def _paler(colour: Colour, share: float) -> Colour:
    """Mixed with white; darker for a negative share."""
    target = 255 if share > 0 else 0
    r, g, b = (round(c + (target - c) * abs(share)) for c in colour)
    return r, g, b


def _line(canvas: U8, a: F64, b: F64, colour: Colour, thickness: int) -> None:
    cv2.line(canvas, _fixed(a), _fixed(b), colour, thickness, cv2.LINE_AA, SHIFT)


def _dot(canvas: U8, at: F64, radius: int, colour: Colour) -> None:
    cv2.circle(canvas, _fixed(at), radius << SHIFT, colour, cv2.FILLED, cv2.LINE_AA, SHIFT)


def _fixed(point: F64) -> tuple[int, int]:
    # OpenCV's pixel centres are whole numbers; what lies far outside is brought near, or it would overflow.
    x, y = np.rint((np.clip(point, -1e4, 1e4) - 0.5) * (1 << SHIFT)).astype(int).tolist()
    return x, y


def _averaged(canvas: U8) -> U8:
    size = (canvas.shape[1] // FINE, canvas.shape[0] // FINE)
    return np.asarray(cv2.resize(canvas, size, interpolation=cv2.INTER_AREA), np.uint8)


def _titled(panels: Sequence[U8], titles: Sequence[str], legend: str) -> U8:
    """The panels side by side, each with its title, and a line beneath the first."""
    whole = Image.fromarray(np.concatenate(panels, 1))
    draw, left = ImageDraw.Draw(whole), 0
    title, small = ImageFont.load_default(20), ImageFont.load_default(15)
    for panel, name in zip(panels, titles, strict=True):
        if left:
            draw.line([(left, 0), (left, HEIGHT)], fill=(205, 205, 205))
            draw.text((left + 14, 10), name, fill=INK, font=title)
        left += panel.shape[1]
    x0, y0, x1, y1 = draw.textbbox((14, HEIGHT - 30), legend, font=small)
    if left > panels[0].shape[1]:  # beneath the views, where the ground is plain
        start = panels[0].shape[1] + 14
        draw.text((start, HEIGHT - 30), legend, fill=INK, font=small)
    else:
        draw.rectangle((x0 - 6, y0 - 5, x1 + 6, y1 + 5), fill=PAPER)
        draw.text((14, HEIGHT - 30), legend, fill=INK, font=small)
    return np.asarray(whole, np.uint8)
