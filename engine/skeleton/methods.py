"""Every way to find skeletons, by name: the default, the published networks, and the medial axis of a clicked mask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.crop.methods import Method, make_method
from engine.crop.prompts import Click
from engine.device import Device, choose
from engine.imaging.photo import Photo
from engine.registry import named
from engine.skeleton.graph import SkeletonGraph
from engine.skeleton.joined import agreed, likeliest
from engine.skeleton.medial import medial_graph
from engine.skeleton.network import SkeletonNetwork
from engine.skeleton.reading import Reading, SkeletonMethod

U8 = npt.NDArray[np.uint8]


class MedialAxis:
    """Clicks to masks by the default click network, masks to their medial axes.

    Args:
        segmenter: Answers the clicks.
    """

    def __init__(self, segmenter: Method) -> None:
        self._segmenter = segmenter

    def read(
        self, rgb: U8, clicks: Sequence[Click] = (), *, within: U8 | None = None, multi_scale: bool = False
    ) -> Reading:
        """Read a picture; every click is one object. Without clicks there is nothing.

        The probability on an axis is the mask's there.
        """
        height, width = rgb.shape[:2]
        probability, diameter = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
        session = self._segmenter.session(Photo.from_array(rgb))
        for click in clicks:
            session.set_prompts((click,))
            prediction = session.predict()
            certain = np.asarray(prediction.probability() / np.float32(255), np.float32)
            draw_points(medial_graph(prediction.mask()), certain, probability, diameter)
        nothing = np.zeros((height, width), np.uint8)
        return Reading(probability, diameter, nothing, np.zeros((0, height, width), np.float32), thin=True)


def draw_points(
    graph: SkeletonGraph,
    certain: npt.NDArray[np.float32],
    probability: npt.NDArray[np.float32],
    diameter: npt.NDArray[np.float32],
) -> None:
    """Set the pixels that a graph passes, in place: `certain` there, and the diameter."""
    height, width = probability.shape
    for b in graph.branches:
        # The points of an axis may be two pixels apart; a quarter of a step leaves no gap.
        number = np.arange(len(b.points))
        between = np.linspace(0, len(number) - 1, 4 * len(number) - 3)
        column = np.interp(between, number, b.points[:, 0]).astype(np.int64).clip(0, width - 1)
        row = np.interp(between, number, b.points[:, 1]).astype(np.int64).clip(0, height - 1)
        probability[row, column] = np.maximum(certain[row, column], 0.5)
        diameter[row, column] = 2 * np.interp(between, number, b.radius)


class Directed:
    """The default network, which a click also brings a first guess of the mask.

    The click is read twice, once with what the default click network cuts out there as the earlier mask, and the two
    readings are averaged: the mask is often right, and where it is not, the other reading is not misled.

    Args:
        network: The default skeleton network.
        segmenter: Loads the click network; called when the first click comes without a mask.
    """

    def __init__(self, network: SkeletonMethod, segmenter: Callable[[], Method]) -> None:
        self._network = network
        self._segmenter = cache(segmenter)

    def read(
        self, rgb: U8, clicks: Sequence[Click] = (), *, within: U8 | None = None, multi_scale: bool = False
    ) -> Reading:
        """Read a picture. See SkeletonMethod."""
        if not clicks or within is not None:
            return self._network.read(rgb, clicks, within=within, multi_scale=multi_scale)
        session = self._segmenter().session(Photo.from_array(rgb))
        readings = []
        for click in clicks:
            session.set_prompts((click,))
            guesses = (None, session.predict().probability())
            each = [self._network.read(rgb, (click,), within=guess, multi_scale=multi_scale) for guess in guesses]
            readings.append(agreed(each))
        return likeliest(readings)


class Untold:
    """A method that is not told where the objects are: it answers for every object.

    Args:
        method: Would listen to clicks.
    """

    def __init__(self, method: SkeletonMethod) -> None:
        self._method = method

    def read(
        self, rgb: U8, clicks: Sequence[Click] = (), *, within: U8 | None = None, multi_scale: bool = False
    ) -> Reading:
        """Read a picture; neither clicks nor a mask reach the method."""
        return self._method.read(rgb, multi_scale=multi_scale)


SIZES: dict[str, tuple[int, int]] = {
    "skeleton": (160, 384),
    "fsds": (160, 384),
    "lmsds": (160, 384),
    "hed": (160, 384),
}
"""Least and greatest longer side in pixels at which each network is shown a picture."""


def _network(name: str) -> Callable[[Device, Path | None], SkeletonMethod]:
    return lambda device, weights: SkeletonNetwork(name, device, sizes=SIZES[name], folder=weights)


def _default(device: Device, weights: Path | None) -> SkeletonMethod:
    network = SkeletonNetwork("skeleton", device, sizes=SIZES["skeleton"], mirrored=True, folder=weights)
    return Directed(network, lambda: make_method("deepcrop", device, weights))


_METHODS: dict[str, Callable[[Device, Path | None], SkeletonMethod]] = {
    "skeleton": _default,
    "skeleton_untold": lambda device, weights: Untold(_default(device, weights)),
    **{name: _network(name) for name in ("fsds", "lmsds", "hed")},
    "medial": lambda device, weights: MedialAxis(make_method("deepcrop", device, weights)),
}

METHODS = tuple(_METHODS)
"""Names that `make_skeleton_method` knows, the default first."""


def make_skeleton_method(name: str, device: Device | str = "auto", weights: Path | None = None) -> SkeletonMethod:
    """Load a method.

    Args:
        name: One of METHODS.
        device: Where networks run.
        weights: Folder of weights; None searches the usual ones.

    Raises:
        InputError: The name is unknown.
        WeightsError: The weights are missing or refused.
        DeviceError: The device cannot be used.
    """
    return named(_METHODS, name, "skeleton method")(choose(device) if isinstance(device, str) else device, weights)
