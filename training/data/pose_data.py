"""What pose networks learn from: people in photos, motion capture, and photos to put made people into."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import InputError
from training.data.mocap import Poses, open_poses
from training.data.open import open_records
from training.data.people import PersonRecord, open_people
from training.data.pose_files import annotation_files
from training.data.project_people import is_project
from training.data.records import ObjectRecord

PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".bmp"}


@dataclass(frozen=True)
class PoseData:
    """The data of one split; any part may be empty.

    Args:
        people: People in photos, with 2D joints.
        poses: Motion capture; None when there is none.
        backgrounds: Photos that made people are put into.
        things: Objects in these photos, with masks, that may stand before made people.
    """

    people: list[PersonRecord] = field(default_factory=list)
    poses: Poses | None = None
    backgrounds: list[Path] = field(default_factory=list)
    things: list[ObjectRecord] = field(default_factory=list)

    def images(self) -> list[Path]:
        """Every photo, once."""
        return sorted({record.image for record in self.people} | set(self.backgrounds))


def open_pose_data(paths: Iterable[Path], split: str) -> PoseData:
    """Tell apart by content what lies at each path.

    Args:
        paths: Sets of people with joints, motion capture (files or folders of .npz, .bvh), sets of objects with masks
            (photos without people become backgrounds), folders of photos.
        split: "train", "dev" …

    Raises:
        InputError: Nothing usable at a path, or nothing of that split.
    """
    people: list[PersonRecord] = []
    captures: list[Path] = []
    backgrounds: list[Path] = []
    things: list[ObjectRecord] = []
    for path in paths:
        if not path.exists():
            raise InputError(f"{path} does not exist.", "Check the folder given with --data.")
        if is_capture(path):
            captures.append(path)
        elif pictures := _only_pictures(path):
            backgrounds += pictures
        elif _holds_objects(path):
            empty = [r for r in open_records(path, split) if r.set not in PEOPLE_SETS]
            backgrounds += sorted({r.image for r in empty})
            things += [r for r in empty if 0.03 < r.area < 0.6]
        else:
            people += open_people(path, split)
    if captures and split not in ("train", "dev"):
        raise InputError(f"Motion capture has no split called {split}.", "Use train or dev.")
    poses = open_poses(captures).split("train" if split == "train" else "dev") if captures else None
    return PoseData(people, poses, backgrounds, things)


PEOPLE_SETS = frozenset({"ccp", "human_seg_290", "voc_animals", "coco_small", "coco_mini"})
"""Sets of objects whose photos have people in them: no places for others."""


def is_capture(path: Path) -> bool:
    """Whether a file, or a folder's files, are motion capture."""
    endings = {".npz", ".bvh"}
    if path.is_file():
        return path.suffix.lower() in endings and not is_project(path)
    return any(child.suffix.lower() in endings for child in path.iterdir())


def _only_pictures(path: Path) -> list[Path]:
    """The pictures of a folder that holds nothing but pictures (in itself or in `images`)."""
    if not path.is_dir() or (path / "manifest.jsonl").exists() or annotation_files(path):
        return []
    folder = path / "images" if (path / "images").is_dir() else path
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() in PICTURES)


def _holds_objects(path: Path) -> bool:
    manifest = path / "manifest.jsonl" if path.is_dir() else path
    if manifest.name != "manifest.jsonl" or not manifest.is_file():
        return False
    with manifest.open(encoding="utf-8") as lines:
        try:
            first = json.loads(lines.readline())
        except ValueError:
            return False
    return isinstance(first, dict) and "mask" in first
