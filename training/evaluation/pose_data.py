"""Data of the commands that measure poses: what a user names, and the people in it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.pose.hypotheses import Look
from training.data.lifted import lifted_people
from training.data.mocap import open_poses
from training.data.pose_data import PoseData, is_capture, open_pose_data
from training.evaluation.pose_people import Person, made, photographed
from training.evaluation.pose_photos import chosen_people
from training.evaluation.pose_true_maps import mean_pose

F64 = npt.NDArray[np.float64]


def open_evaluation_data(args: argparse.Namespace) -> PoseData:
    """What `--data` holds of a split, its people in photos sampled.

    Args:
        args: Of the command: `data`, `split`, `sets`, `limit` and `seed` are read.

    Raises:
        InputError: Nothing usable, or "all" as the split: motion capture has people who are trained on and others.
        PhotoError: A photo is missing.
    """
    if args.split == "all":
        raise InputError("Motion capture is measured on one split.", "Give --split dev.")
    data = open_pose_data(args.data, args.split)
    if not data.people or args.limit == 0:
        return replace(data, people=[])
    return replace(data, people=chosen_people(data.people, args.sets, args.limit, args.seed))


def mean_of_trained(args: argparse.Namespace) -> F64:
    """(16, 3) mm: the mean pose of the motion capture in `--data` that is trained on.

    Raises:
        InputError: All of it is held out.
    """
    poses = open_poses([path for path in args.data if is_capture(path)]).split("train")
    if not len(poses):
        raise InputError("There is no motion capture of people who are trained on.", "Name it in --data.")
    return mean_pose(poses, args.seed)


def made_people(args: argparse.Namespace, data: PoseData) -> Iterator[tuple[Look, Person]]:
    """`args.made` made people from the motion capture and backgrounds of `data`."""
    assert data.poses is not None  # noqa: S101 - asked for only then
    return made(data.poses, data.backgrounds, args.made, args.seed)


def photo_people(data: PoseData) -> Iterator[tuple[Look, Person]]:
    """The people in photos of `data`, with poses lifted from their joints."""
    poses, confidence = lifted_people(data.people)
    return photographed(data.people, np.where(confidence[..., None] > 0, poses, np.nan))
