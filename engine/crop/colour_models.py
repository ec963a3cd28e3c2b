"""The last pass: fit the photo itself.

The network has never seen this photo's colours; after it has answered, the photo tells them. GrabCut's idea (Rother,
Kolmogorov and Blake 2004) started from the network's probability, made fast enough for every click: colour histograms
instead of mixtures, and mean-field steps with a guided filter (Krähenbühl and Koltun 2011 with the kernel of He, Sun
and Tang 2013) instead of a minimum cut. GrabCut itself needs a third of a second on the same grid.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter

from engine.crop.belief import Belief
from engine.crop.guided import GuidedFilter
from engine.crop.prompts import Click
from engine.imaging.window import Pyramid, Window

F32 = npt.NDArray[np.float32]
I32 = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class ColourSettings:
    """Weights of the terms, chosen on training photos.

    Args:
        bins: Cells of the histogram along each axis of Lab.
        blur: Standard deviation in cells by which histograms are smoothed.
        network: Weight of the network's logit.
        colour: Weight of the colour log-likelihood ratio.
        colour_limit: Largest absolute value of that ratio: a colour alone never decides against a sure network.
        smooth: Weight of the neighbours' opinion.
        radius: Of the guided filter, pixels of the network's grid.
        steps: Mean-field steps; the histograms are fitted again in each.
        seed: Logit that a click adds at its pixel, falling off within a few pixels.
    """

    bins: int = 16
    blur: float = 0.6
    network: float = 0.6
    colour: float = 0.8
    colour_limit: float = 2.5
    smooth: float = 2.0
    radius: int = 10
    steps: int = 4
    seed: float = 6.0


def fit_to_photo(
    belief: Belief, pyramid: Pyramid, clicks: tuple[Click, ...], settings: ColourSettings = ColourSettings()
) -> Belief:
    """Refine a belief by the colours of the photo under it.

    Args:
        belief: The network's probability over a window.
        pyramid: The photo.
        clicks: Source pixels; the result agrees with them.
        settings: Weights.

    Returns:
        A belief over the same window and grid; unchanged when the object or its surroundings are (almost) empty, as
        there is nothing to learn colours from.
    """
    size = belief.probability.shape[0]
    rgb, valid = pyramid.extract(belief.window, size, size)
    p = np.clip(belief.probability, 1e-3, 1 - 1e-3)
    inside, outside = float((p * valid).sum()), float(((1 - p) * valid).sum())
    if min(inside, outside) < 25:
        return belief
    cells = _cells(rgb, settings.bins)
    unary = settings.network * np.log(p / (1 - p)) + settings.seed * _seeds(clicks, belief.window, size)
    smooth = GuidedFilter(rgb, settings.radius)
    weight = valid.astype(np.float32)
    q = p
    for _ in range(settings.steps):
        ratio = _log_ratio(cells, q * weight, (1 - q) * weight, settings)
        neighbours = smooth(q) * 2 - 1
        logit = unary + settings.colour * ratio + settings.smooth * neighbours
        q = 1 / (1 + np.exp(-np.clip(logit, -12, 12)))
    return Belief(belief.window, np.asarray(q * weight, np.float32))


def _cells(rgb: npt.NDArray[np.uint8], bins: int) -> I32:
    """(S, S) int32 index of each pixel's cell of the Lab histogram."""
    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB).astype(np.int32)
    # a and b of photos fill the middle half of their range: a finer grid there is worth more than a full one.
    light = lab[..., 0] * bins // 256
    a = np.clip((lab[..., 1] - 64) * bins // 128, 0, bins - 1)
    b = np.clip((lab[..., 2] - 64) * bins // 128, 0, bins - 1)
    return np.asarray((light * bins + a) * bins + b, np.int32)


def _log_ratio(cells: I32, inside: F32, outside: F32, s: ColourSettings) -> F32:
    """(S, S) log of how much likelier each pixel's colour is inside than outside."""
    flat = cells.ravel()
    densities = []
    for weight in (inside, outside):
        histogram = np.bincount(flat, weight.ravel(), minlength=s.bins**3).astype(np.float32)
        cube = gaussian_filter(histogram.reshape(s.bins, s.bins, s.bins), s.blur, mode="nearest", truncate=2.0)
        # A little of every colour everywhere: a colour not seen on either side says nothing.
        prior = 0.02 * len(flat)
        densities.append((cube.ravel() + prior / s.bins**3) / (histogram.sum() + prior))
    ratio = np.log(densities[0] / densities[1])
    return np.asarray(np.clip(ratio, -s.colour_limit, s.colour_limit)[cells], np.float32)


def _seeds(clicks: tuple[Click, ...], window: Window, size: int) -> F32:
    """(S, S) in [-1, 1]: +1 at positive clicks, -1 at negative ones, gone after some three pixels."""
    seeds = np.zeros((size, size), np.float32)
    unit = window.width / size
    ys, xs = np.mgrid[:size, :size].astype(np.float32) + 0.5
    for click in clicks:
        x, y = (click.x - window.x0) / unit, (click.y - window.y0) / unit
        bump = np.exp(-((xs - x) ** 2 + (ys - y) ** 2) / (2 * 2.0**2))
        seeds += bump if click.positive else -bump
    return seeds
