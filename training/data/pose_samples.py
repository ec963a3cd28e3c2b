"""Training samples of the pose networks: a window around a person in a photo, or around a made one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor
from torchvision.transforms import v2

from engine.errors import InputError
from engine.pose.joints import MPII_16
from engine.pose.person import FILL, person_window
from training.data.cache import PhotoCache
from training.data.people import PersonRecord
from training.data.pose_bank import PoseBank
from training.data.pose_data import PoseData
from training.data.pose_widening import Widening
from training.data.synthetic_people import CutOuts, SyntheticPeople

Sample = dict[str, Tensor]
F32 = npt.NDArray[np.float32]

FAR = 1e5
"""Distance in mm given to people whose camera is unknown: bones then cross as under weak perspective."""


class PoseSamplerSettings(BaseModel):
    """How people are drawn and shown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    synthetic: float = 0.5
    """Share of made people."""
    set_weights: dict[str, float] = {"lsp": 0.2, "lspet": 0.8}
    rotated: float = 0.6
    """Share of photos that are turned."""
    rotation: float = 30.0
    """Largest turn in degrees."""
    scale: float = 0.33
    """Largest change of the window's side, in octaves: covers the crops of the hypotheses."""
    shift: float = 0.08
    """Largest shift of the window, as a share of its side."""


class PoseSamples:
    """Samples by number; sample n depends on (seed, n) alone.

    A sample has `image` (3, S, S) uint8; `xy` (16, 2) float32 px of the picture; `visibility` (16,) uint8, 0 unknown;
    `depth` (16,) float32 mm from the camera; `pose` (16, 3) float32 mm in camera axes relative to the thorax; `trust`
    (16,) float32: 1 where the pose is true, less where it was lifted from 2D, 0 where there is none.

    Args:
        data: People, motion capture, backgrounds.
        cache: Decoded photos.
        settings: How samples are drawn.
        seed: Of everything that is random.
        size: Side S of the picture.
        lifted: Poses (N, 16, 3) mm and confidence (N, 16) of `data.people`, lifted from their 2D joints.

    Raises:
        InputError: Neither photos nor motion capture where they are asked for.
    """

    def __init__(
        self,
        data: PoseData,
        cache: PhotoCache,
        settings: PoseSamplerSettings,
        seed: int,
        *,
        size: int,
        lifted: tuple[F32, F32] | None = None,
    ) -> None:
        if settings.synthetic < 1 and not data.people:
            raise InputError("There is no person in a photo to learn from.", "Name such data in --data.")
        if settings.synthetic > 0 and data.poses is None:
            raise InputError("There is no motion capture to make people from.", "Name it in --data.")
        self.people = data.people
        self.cache, self.settings, self.seed, self.size, self.lifted = cache, settings, seed, size, lifted
        self.cumulative = np.cumsum(_weights(data.people, settings.set_weights)) if data.people else np.zeros(0)
        self.made: SyntheticPeople | None = None
        if settings.synthetic > 0 and data.poses is not None:
            bank = PoseBank(data.poses, widening=Widening())
            things = CutOuts(cache, data.things)
            self.made = SyntheticPeople(bank, Backgrounds(cache, data.backgrounds), things=things)
        self.photometric = v2.Compose(
            [
                v2.RandomApply([v2.ColorJitter(0.4, 0.4, 0.4, 0.04)], 0.8),
                v2.RandomGrayscale(0.05),
            ]
        )

    def sample(self, n: int) -> Sample:
        """Sample number n."""
        for attempt in range(20):
            rng = np.random.default_rng([self.seed, n, attempt])
            made = self.made is not None and rng.random() < self.settings.synthetic
            sample = self._make(rng) if made else self._photo(rng)
            if sample is not None:
                # transforms.v2 draws from torch's global generator: lend it one that belongs to this sample.
                with torch.random.fork_rng(devices=[]):
                    torch.manual_seed(int(rng.integers(2**31)))
                    sample["image"] = self.photometric(sample["image"])
                return sample
        raise InputError("No person of the data gave a usable picture.", "Check the joints.")

    def _make(self, rng: np.random.Generator) -> Sample:
        assert self.made is not None  # noqa: S101 - asked for only then
        octaves = rng.uniform(-self.settings.scale, self.settings.scale)
        shift = rng.uniform(-self.settings.shift, self.settings.shift, 2)
        person = self.made.make(rng, self.size, scale=2.0**-octaves, shift=(float(shift[0]), float(shift[1])))
        # What is outside the picture is known all the same.
        known = np.maximum(person.visibility, 1)
        return _tensors(person.image, person.xy, known, person.depth, person.pose, np.ones(len(known)))

    def _photo(self, rng: np.random.Generator) -> Sample | None:
        index = min(int(np.searchsorted(self.cumulative, rng.random())), len(self.people) - 1)
        record = self.people[index]
        known = record.visibility > 0
        if known.sum() < 4:
            return None
        settings, size = self.settings, self.size
        window = person_window(record.joints, record.visibility)
        side = window.width * 2 ** rng.uniform(-settings.scale, settings.scale)
        centre = np.array([window.x0, window.y0]) + window.width / 2
        centre = centre + rng.uniform(-settings.shift, settings.shift, 2) * side
        angle = rng.uniform(-1, 1) * settings.rotation if rng.random() < settings.rotated else 0.0
        mirrored = rng.random() < 0.5
        photo = self.cache.photo(record)
        factor = 1.0 if record.size is None else photo.shape[1] / record.size[0]
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        turn = np.array([[cos, -sin], [sin, cos]])
        linear = turn * (size / side)
        if mirrored:
            linear = np.diag([-1.0, 1.0]) @ linear
        shift = size / 2 - linear @ centre
        xy = record.joints @ linear.T + shift
        # Pixel centres lie at half pixels here and at whole ones for OpenCV; the cache may hold a reduced photo.
        to_cached = linear / factor
        offset = shift + to_cached @ (0.5, 0.5) - 0.5
        image = cv2.warpAffine(
            photo, np.hstack([to_cached, offset[:, None]]), (size, size),
            flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(FILL, FILL, FILL),
        )  # fmt: skip
        visibility = record.visibility
        pose, trust = np.zeros((len(xy), 3)), np.zeros(len(xy))
        if self.lifted is not None:
            pose, trust = self.lifted[0][index].astype(np.float64), self.lifted[1][index].astype(np.float64)
            pose = np.concatenate([pose[:, :2] @ (linear * (side / size)).T, pose[:, 2:]], 1)
        if mirrored:
            order = MPII_16.mirrored
            xy, visibility, pose, trust = xy[order], visibility[order], pose[order], trust[order]
        return _tensors(np.asarray(image, np.uint8), xy, visibility, pose[:, 2] + FAR, pose, trust)


class Backgrounds:
    """Photos by random number, for people to be put into.

    Args:
        cache: Holds them decoded.
        paths: Which.
    """

    def __init__(self, cache: PhotoCache, paths: Sequence[Path]) -> None:
        self.cache, self.paths = cache, list(paths)

    def __len__(self) -> int:
        return len(self.paths)

    def __call__(self, rng: np.random.Generator) -> npt.NDArray[np.uint8] | None:
        """(H, W, 3) uint8 RGB, read-only; None when there is no photo."""
        return self.cache.picture(self.paths[int(rng.integers(len(self.paths)))]) if self.paths else None


def _weights(people: Sequence[PersonRecord], by_set: dict[str, float]) -> npt.NDArray[np.float64]:
    counts: dict[str, int] = {}
    for record in people:
        counts[record.set] = counts.get(record.set, 0) + 1
    weight = np.array([by_set.get(r.set, 1.0 / len(counts)) / counts[r.set] for r in people])
    return np.asarray(weight / weight.sum(), np.float64)


def _tensors(
    image: npt.NDArray[np.uint8],
    xy: npt.NDArray[np.floating],
    visibility: npt.NDArray[np.integer],
    depth: npt.NDArray[np.floating],
    pose: npt.NDArray[np.floating],
    trust: npt.NDArray[np.floating],
) -> Sample:
    return {
        "image": torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1))),
        "xy": torch.from_numpy(np.nan_to_num(xy, nan=-1e4).astype(np.float32)),
        "visibility": torch.from_numpy(visibility.astype(np.uint8)),
        "depth": torch.from_numpy(depth.astype(np.float32)),
        "pose": torch.from_numpy(pose.astype(np.float32)),
        "trust": torch.from_numpy(trust.astype(np.float32)),
    }
