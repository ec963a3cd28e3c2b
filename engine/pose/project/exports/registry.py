"""What people can be exported as, by name."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.errors import InputError, OutputError
from engine.imaging.save import writing
from engine.pose.files.annotation import Annotation, Source
from engine.pose.files.bvh_write import to_bvh
from engine.pose.files.coco_json import to_coco_json
from engine.pose.joints import MPII_16
from engine.pose.project.exports.h5 import to_h5
from engine.pose.project.exports.npz import to_npz
from engine.pose.project.person import Person, PoseState
from engine.pose.project.project import Project, same_file
from engine.pose.project.project_file import Header, to_bytes
from engine.pose.project.record import to_line
from engine.registry import named


@dataclass(frozen=True, slots=True)
class Export:
    """A format.

    Args:
        name: What it is called in the registry.
        title: What people call it.
        ending: Of file names, with its dot.
        description: What is in it, in a line.
        to_bytes: From people, all of whom have what the format holds, to the file.
        holds: Whether the format has something of a person.
        single: Whether there is one person in a file.
    """

    name: str
    title: str
    ending: str
    description: str
    to_bytes: Callable[[Sequence[Person]], bytes]
    holds: Callable[[Person], bool]
    single: bool = False


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Args:
        path: The file.
        people: How many are in it.
        left_out: How many are not, because they have no pose, or in a format of joints in the picture no joint.
    """

    path: Path
    people: int
    left_out: int


def export_people(
    people: Sequence[Person],
    path: str | Path,
    kind: str,
    *,
    project: Project | None = None,
    overwrite: bool = False,
) -> Exported:
    """Write people as a file of a kind.

    Args:
        people: Those whom the format has nothing of are left out.
        path: Where to.
        kind: Name in EXPORTS.
        project: Its file and the annotations that it was made of are never overwritten.
        overwrite: Replace an existing file.

    Raises:
        InputError: No such kind, or the format holds one person and these are more, or none of them has a pose.
        OutputError: Another ending, missing or read-only folder, full disk, file exists, or it is the project's.
    """
    export, path = named(EXPORTS, kind, "export"), Path(path)
    if path.suffix.lower() != export.ending:
        raise OutputError(f"“{path.name}” cannot be written: it is to be {export.title}.", f"Use {export.ending}.")
    _protect(path, project)
    held = [person for person in people if export.holds(person)]
    if export.single and len(held) != 1:
        raise InputError(
            f"{export.title} holds one person with a pose, and here are {len(held)}.", "Choose one with a pose."
        )
    content = export.to_bytes(held)
    with writing(path, overwrite=overwrite) as stream:
        stream.write(content)
    return Exported(path, len(held), len(people) - len(held))


def _protect(path: Path, project: Project | None) -> None:
    if project is None:
        return
    if project.path is not None and same_file(path, project.path):
        raise OutputError(f"“{path.name}” is the project itself.", "Choose another name.")
    if project.source is not None and same_file(path, project.source.path):
        raise OutputError(f"“{path.name}” is the annotations themselves.", "Choose another name.")


def _to_json(people: Sequence[Person]) -> bytes:
    """A project file of what is known of the people, without what was done with them."""
    plain = [Person(p.person, p.image, p.state, p.size, p.box, p.center, p.scale, p.head, p.split) for p in people]
    plain = [replace(p, state=replace(p.state, fixed=frozenset())) for p in plain]
    digest = hashlib.sha256()
    for person in plain:
        digest.update(to_line(person))
    return to_bytes(Header(revision=digest.hexdigest()[:16]), plain)


def _to_coco(people: Sequence[Person]) -> bytes:
    return to_coco_json([_annotation(person) for person in people])


def _annotation(person: Person) -> Annotation:
    """The person as a file of joints in the picture has them."""
    state: PoseState = person.state
    return Annotation(
        image=person.image,
        at="",
        split=person.split,
        size=person.size,
        box=person.box,
        head=person.head,
        center=person.center,
        scale=person.scale,
        person=person.person,
        source=Source("", ""),
        layout=MPII_16,
        points=state.joints,
        seen=state.visibility,
        joints=state.joints,
        visibility=state.visibility,
    )


def _to_bvh(people: Sequence[Person]) -> bytes:
    return to_bvh(people[0].state.pose)  # type: ignore[arg-type]  # held: they have one


def _has_pose(person: Person) -> bool:
    return person.state.pose is not None


def _has_joints(person: Person) -> bool:
    return bool(person.state.known.any())


EXPORTS = {
    each.name: each
    for each in (
        Export(
            "json",
            "pseudo-3D JSON",
            ".json",
            "joints by name in the picture and in space, cameras, where each joint comes from; opens as a project",
            _to_json,
            _has_pose,
        ),
        Export(
            "npz",
            "NumPy arrays",
            ".npz",
            "the same as arrays: joints2d, visibility, joints3d, camera, image, …, with the joints' names",
            to_npz,
            _has_pose,
        ),
        Export(
            "h5",
            "MPII's .h5 with joints in space",
            ".h5",
            "part, visible, center, scale, imgname as the Stacked Hourglass has, joint_3d_mono as pose-hg-3d has",
            to_h5,
            _has_pose,
        ),
        Export(
            "coco",
            "COCO keypoints",
            ".json",
            "the joints in the picture that COCO has, boxes and photo sizes",
            _to_coco,
            _has_joints,
        ),
        Export("bvh", "BVH", ".bvh", "one person's pose as a skeleton of one frame", _to_bvh, _has_pose, single=True),
    )
}
"""Name -> format."""
