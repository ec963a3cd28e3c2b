"""The people of a run of whole poses: in photos and made ones, each with what is known of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from engine.imaging.window import Pyramid
from engine.pose.hypotheses import Look
from engine.pose.maps import CROPS, render_maps
from engine.pose.person import person_window, scaled
from training.data.mocap import Poses
from training.data.people import PersonRecord
from training.data.pose_bank import PoseBank
from training.data.synthetic_people import SyntheticPeople
from training.evaluation.sample import read_photo

F64 = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

MADE_SIDE = 240
"""Side in px of the pictures of made people: 192 for the person's window."""


@dataclass(frozen=True, eq=False)
class Person:
    """One person and the truth about them.

    Args:
        set: Data set.
        person: Whose figures resemble each other share it; intervals resample these.
        joints: (16, 2) px of the picture, NaN where unknown.
        visibility: (16,) 0 unknown, 1 hidden, 2 visible.
        pose: (16, 3) mm in camera axes relative to the thorax; NaN where unknown. True of made people, lifted from the
            2D joints of those in photos.
        depth: (16,) mm from the camera of made people; with any offset of others.
        made: The pose is true, the camera a pinhole.
        head: Length that PCKh measures by, px; None when there is none.
    """

    set: str
    person: str
    joints: F64
    visibility: Ints
    pose: F64
    depth: F64
    made: bool
    head: float | None = None


def photographed(records: Sequence[PersonRecord], lifted: F64 | None) -> Iterator[tuple[Look, Person]]:
    """People in photos, each in the window around their annotated joints.

    Args:
        records: The people.
        lifted: (N, 16, 3) mm, their poses lifted from 2D; None when nobody lifted them.

    Raises:
        PhotoError: A photo cannot be read.
    """
    unknown = np.full((16, 3), np.nan)
    for index, record in enumerate(records):
        pose = unknown if lifted is None else np.asarray(lifted[index], np.float64)
        look = Look(Pyramid(read_photo(record.image).rgb8), person_window(record.joints, record.visibility))
        yield (
            look,
            Person(
                record.set,
                record.person,
                record.joints,
                record.visibility,
                pose,
                pose[:, 2],
                made=False,
                head=record.head,
            ),
        )


def made(poses: Poses, backgrounds: Sequence[Path], count: int, seed: int) -> Iterator[tuple[Look, Person]]:
    """Made people: number n is always the same one.

    Args:
        poses: Motion capture of people who are not trained on; poses and bodies are shown as they were recorded.
        backgrounds: Photos that they are put into; made grounds without any.
        count: How many.
        seed: Another seed makes others.
    """
    people = SyntheticPeople(PoseBank(poses), backgrounds)
    for number in range(count):
        # The picture reaches as far as the widest crop.
        one = people.make(np.random.default_rng((seed, number)), MADE_SIDE, scale=1 / max(CROPS))
        look = Look(Pyramid(one.image), person_window(one.xy, one.visibility))
        recording = f"{poses.subject[one.index]}/{poses.sequence[one.index]}"
        yield look, Person("synthetic", recording, one.xy, one.visibility, one.pose, one.depth, made=True)


def true_maps(people: Sequence[Person], width: float, crop: float, size: int) -> torch.Tensor:
    """Skeleton maps drawn from what is known of people.

    Args:
        people: All made, or all in photos.
        width, crop: Stick width, and factor on the side of the person's window.
        size: Side of the maps.

    Returns:
        (N, 6, size, size) in [0, 1].
    """
    xy = np.stack([scaled(person_window(p.joints, p.visibility), crop).to_window(p.joints, size, size) for p in people])
    depth, known = np.stack([p.depth for p in people]), np.stack([p.visibility > 0 for p in people])
    return render_maps(
        torch.from_numpy(xy), torch.from_numpy(depth), width, size,
        present=torch.from_numpy(known), perspective=all(p.made for p in people),
    )  # fmt: skip
