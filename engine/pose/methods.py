"""Every way to read poses, by name: the default with all its hypotheses, and what the paper compares with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

from engine.device import Device, choose
from engine.errors import WeightsError
from engine.pose.hypotheses import NO_MAP, Detection, Look, Origin, PoseReading
from engine.pose.maps import CROPS, SINGLE, WIDTHS
from engine.pose.network import BothHeats, JointDetector, MapReader, Regressor, pictures
from engine.pose.reading import Batched, PoseMethod
from engine.registry import named
from engine.weights import folders, load_net

ENSEMBLE = "pose_ensemble"
"""Folder beside the weights: each of its folders has the `pose_regressor` of another training run."""

PUBLISHED = "pose_published"
"""Folder beside the weights: a folder for each stick width, with `skeleton_map` and `map_regressor` in it."""


@dataclass(frozen=True, slots=True)
class PoseSettings:
    """At what size people are shown to the networks, sides in pixels: those that the networks were trained at."""

    detector: int = 128
    maps: int = 128
    direct: int = 128


class FromMaps(Batched):
    """Skeleton maps for a grid of stick widths and crops, each map read by each regressor.

    Args:
        detector: Sees the joints in the picture.
        reader: Draws the maps.
        regressors: The default has one; the paper's Ensemble several.
        widths: Of WIDTHS.
        crops: Factors on the person's window.
    """

    def __init__(
        self,
        detector: JointDetector,
        reader: MapReader,
        regressors: Sequence[Regressor],
        widths: Sequence[float] = WIDTHS,
        crops: Sequence[float] = CROPS,
    ) -> None:
        super().__init__(detector)
        self.reader, self.regressors = reader, tuple(regressors)
        self.widths, self.crops = tuple(widths), tuple(crops)

    def _read(self, looks: Sequence[Look], seen: Detection, *, keep_maps: bool) -> PoseReading:
        drawn = self.reader(looks, self.crops)[:, :, [WIDTHS.index(width) for width in self.widths]]
        maps = drawn.flatten(1, 2)
        n, k = maps.shape[:2]
        told = [regressor(maps.flatten(0, 1)) for regressor in self.regressors]
        kept = None
        if keep_maps:
            kept = (maps * 255).round().to(torch.uint8).repeat(1, len(told), 1, 1, 1).cpu().numpy()
        return PoseReading(
            seen,
            np.concatenate([pose.reshape(n, k, 16, 3) for pose, _ in told], 1),
            np.concatenate([sigma.reshape(n, k, 16) for _, sigma in told], 1),
            tuple(Origin(width, crop) for crop in self.crops for width in self.widths) * len(told),
            kept,
        )


class DirectRGB(Batched):
    """The paper's baseline: a picture straight to a pose.

    Args:
        detector: Sees the joints in the picture.
        regressor: Reads pictures.
        size: Side of the pictures it is shown.
    """

    def __init__(self, detector: JointDetector, regressor: Regressor, size: int) -> None:
        super().__init__(detector)
        self.regressor, self.size = regressor, size

    def _read(self, looks: Sequence[Look], seen: Detection, *, keep_maps: bool) -> PoseReading:
        told = self.regressor(pictures(looks, self.size, self.regressor.device))
        return PoseReading(seen, told.pose[:, None], told.sigma[:, None], (NO_MAP,))


class _Loader:
    """Networks of a folder in use."""

    def __init__(self, device: Device, weights: Path | None, settings: PoseSettings) -> None:
        self.device, self.weights, self.settings = device, weights, settings
        self._nets: dict[str, nn.Module] = {}

    def net(self, name: str) -> nn.Module:
        """Loaded once: the detector looks at the map network too."""
        if name not in self._nets:
            self._nets[name] = load_net(name, self.device, folder=self.weights)
        return self._nets[name]

    def detector(self) -> JointDetector:
        both = BothHeats(self.net("hourglass"), self.net("pose_maps"))
        return JointDetector(both, self.device, self.settings.detector, lambda heat: heat)

    def reader(self) -> MapReader:
        return MapReader(self.net("pose_maps"), self.device, self.settings.maps)

    def regressor(self, name: str = "pose_regressor") -> Regressor:
        return Regressor(self.net(name), self.device)

    def ensemble(self) -> list[Regressor]:
        found = [path.parent for place in folders(self.weights) for path in place.glob(f"{ENSEMBLE}/*/*.safetensors")]
        if not found:
            raise WeightsError(
                "There are no regressors for an ensemble.",
                f"Export pose_regressor networks of several runs to folders inside {ENSEMBLE} beside the weights.",
            )
        nets = [load_net("pose_regressor", self.device, folder=folder) for folder in sorted(set(found))]
        return [Regressor(net, self.device) for net in nets]

    def published(self) -> PoseMethod:
        # Imported when asked for: torchvision's models take more than a second, which the window must not pay.
        from engine.pose.published import Pair, Published

        found: dict[float, Path] = {}
        for place in folders(self.weights):
            for width in WIDTHS:
                folder = place / PUBLISHED / f"{width:g}"
                if width not in found and folder.is_dir():
                    found[width] = folder
        if not found:
            raise WeightsError(
                "The weights of the published skeleton-map networks are missing.",
                f"Train skeleton_map and map_regressor and export both to {PUBLISHED}/WIDTH beside the weights.",
            )
        pairs = [
            Pair(
                width,
                load_net("skeleton_map", self.device, folder=folder),
                load_net("map_regressor", self.device, folder=folder),
            )
            for width, folder in sorted(found.items())
        ]
        return Published(self.detector(), pairs, self.device, self.settings.maps)


_METHODS: dict[str, Callable[[_Loader], PoseMethod]] = {
    "pose": lambda load: FromMaps(load.detector(), load.reader(), [load.regressor()]),
    "pose_single": lambda load: FromMaps(load.detector(), load.reader(), [load.regressor()], [SINGLE[0]], [SINGLE[1]]),
    "pose_rgb": lambda load: DirectRGB(load.detector(), load.regressor("pose_rgb"), load.settings.direct),
    "pose_ensemble": lambda load: FromMaps(load.detector(), load.reader(), load.ensemble(), [SINGLE[0]], [SINGLE[1]]),
    "pose_published": lambda load: load.published(),
}

METHODS = tuple(_METHODS)
"""Names that `make_pose_method` knows, the default first."""


def make_pose_method(
    name: str = "pose",
    device: Device | str = "auto",
    weights: Path | None = None,
    settings: PoseSettings = PoseSettings(),
) -> PoseMethod:
    """Load a method.

    Args:
        name: One of METHODS.
        device: Where networks run.
        weights: Folder of weights; None searches the usual ones.
        settings: Sizes of what the networks see.

    Raises:
        InputError: The name is unknown.
        WeightsError: The weights are missing or refused.
        DeviceError: The device cannot be used.
    """
    return named(_METHODS, name, "pose method")(
        _Loader(choose(device) if isinstance(device, str) else device, weights, settings)
    )
