"""Every way to segment by clicks, by name: the default, the published baselines, and what photo editors had before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from engine.crop.baselines import GrabCutSession, MagicWandSession
from engine.crop.colour_models import fit_to_photo
from engine.crop.network import ClickSegmenter, Look
from engine.crop.prediction import Session
from engine.crop.prompts import Click
from engine.crop.session import CropSession, CropSettings
from engine.device import Device, choose
from engine.imaging.photo import Photo
from engine.imaging.window import Pyramid, Window
from engine.registry import named
from engine.weights import load_net


class Method(Protocol):
    """A named way to segment, its weights loaded."""

    def session(self, photo: Photo) -> Session:
        """Begin with a photo."""


class DeepCrop:
    """The default network and session."""

    def __init__(self, device: Device, weights: Path | None = None, settings: CropSettings = CropSettings()) -> None:
        self.segmenter = ClickSegmenter(load_net("deepcrop", device, folder=weights), device)
        self.settings = settings

    def session(self, photo: Photo) -> CropSession:
        """A CropSession."""
        return CropSession(photo, self.segmenter, self.settings)

    def patch(self, image: npt.NDArray[np.uint8], click: Click) -> tuple[npt.NDArray[np.float32], float]:
        """Segment a patch of DeepMask's protocol: the object's scale and place are given, so nothing is searched.

        Args:
            image: (192, 192, 3) uint8 RGB with an object of about 92 pixels in its middle.
            click: In pixels of `image`.

        Returns:
            (160, 160) float32 logits of the central 160 pixels, and the score in [0, 1].
        """
        pyramid, middle = Pyramid(image), Window(16, 16, 160, 160)
        readings = self.segmenter([Look(pyramid, middle, self.settings.zoom_size, (click,))])[0]
        best = max(readings, key=lambda reading: reading.score)
        belief = fit_to_photo(best.belief, pyramid, (click,)) if self.settings.colour_models else best.belief
        probability = np.clip(belief.seen_through(middle, 160), 1e-4, 1 - 1e-4)
        return np.asarray(np.log(probability / (1 - probability)), np.float32), best.score


class GrabCut:
    """OpenCV's GrabCut, started from the clicks."""

    def session(self, photo: Photo) -> GrabCutSession:
        """A GrabCutSession."""
        return GrabCutSession(photo)


class MagicWand:
    """Contiguous pixels of similar colour."""

    def session(self, photo: Photo) -> MagicWandSession:
        """A MagicWandSession."""
        return MagicWandSession(photo)


def _patch_net(name: str, device: Device, weights: Path | None) -> Method:
    # Imported when asked for: torchvision's models take more than a second, which the window must not pay.
    from engine.crop.patch_sessions import PatchNet

    return PatchNet(name, device, weights)


_METHODS: dict[str, Callable[[Device, Path | None], Method]] = {
    "deepcrop": DeepCrop,
    "grabcut": lambda device, weights: GrabCut(),
    "wand": lambda device, weights: MagicWand(),
    "deepmask": lambda device, weights: _patch_net("deepmask", device, weights),
    "deepcrop_v1": lambda device, weights: _patch_net("deepcrop_v1", device, weights),
    "deepcrop_v2": lambda device, weights: _patch_net("deepcrop_v2", device, weights),
}

METHODS = tuple(_METHODS)
"""Names that `make_method` knows."""


def make_method(name: str, device: Device | str = "auto", weights: Path | None = None) -> Method:
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
    return named(_METHODS, name, "method")(choose(device) if isinstance(device, str) else device, weights)
