"""COCO keypoints: read and written. A category's own names of keypoints are followed, so its layout may be another.

Keypoints are indices of pixels, so that 0.5 is between them and positions; boxes are positions.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from engine.errors import InputError
from engine.pose.files.annotation import Annotation, Described, Source, with_joints
from engine.pose.files.joints2d_json import NAMES
from engine.pose.files.json_text import parse, read_bytes
from engine.pose.joints import COCO_17, MPII_16, Layout, convert

FORMAT = "COCO keypoints"
HALF = 0.5
_OTHER_NAMES = {"head": "head_top", "top_head": "head_top", "neck": "upper_neck"}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, allow_inf_nan=False)


class _Image(_Part):
    id: int
    file_name: str = Field(min_length=1)
    width: Annotated[int, Field(ge=1)] | None = None
    height: Annotated[int, Field(ge=1)] | None = None


class _Category(_Part):
    id: int
    keypoints: list[str] = []


class _Person(_Part):
    id: int
    image_id: int
    category_id: int
    keypoints: list[float] = []
    bbox: tuple[float, float, float, float] | None = None
    iscrowd: int = 0


class _File(_Part):
    images: list[_Image]
    annotations: list[_Person]
    categories: list[_Category] = []


def read_coco_json(path: Path) -> list[Annotation]:
    """Read everyone with at least one labelled keypoint; crowds are left out.

    The split is "train" or "val" where the file's name has it, as in `person_keypoints_val2017.json`.

    Raises:
        InputError: The file cannot be read, or something in it is malformed (the message names the key).
    """
    path = Path(path)
    content = parse(_File, read_bytes(path), path.name)
    layouts = {each.id: _layout(each, path) for each in content.categories if each.keypoints}
    if len(set(layouts.values())) > 1:
        raise InputError(f"{path.name} has categories with different keypoints.", "Give a file of people alone.")
    layout = next(iter(layouts.values()), COCO_17)
    split = next((name for name in ("train", "val", "test") if name in path.stem), "")
    images = {image.id: image for image in content.images}
    people, keypoints = [], []
    for number, person in enumerate(content.annotations):
        if person.iscrowd or not any(person.keypoints[2::3]) or (layouts and person.category_id not in layouts):
            continue
        where = f"{path.name}: annotations.{number}"
        if len(person.keypoints) != 3 * len(layout.joints):
            raise InputError(
                f"{where}.keypoints has {len(person.keypoints)} numbers; needed are {3 * len(layout.joints)}."
            )
        if not set(person.keypoints[2::3]) <= {0, 1, 2}:
            raise InputError(f"{where}.keypoints has a visibility that is not 0, 1 or 2.")
        image = images.get(person.image_id)
        if image is None:
            raise InputError(f"{where}.image_id {person.image_id} is no image of the file.")
        x, y, w, h = person.bbox or (0, 0, 0, 0)
        people.append(
            Described(
                image=image.file_name,
                at=f"annotation {person.id}",
                split=split,
                size=(image.width, image.height) if image.width and image.height else None,
                box=(x, y, x + w, y + h) if w > 0 and h > 0 else None,
            )
        )
        keypoints.append(person.keypoints)
    values = np.reshape(keypoints, (len(people), -1, 3)) if people else np.zeros((0, 0, 3))
    return with_joints(people, Source(FORMAT, path.name), layout, values[..., :2] + HALF, values[..., 2])


def _layout(category: _Category, path: Path) -> Layout:
    joints = []
    for name in category.keypoints:
        joint = _OTHER_NAMES.get(name, name.replace("left_", "l_").replace("right_", "r_"))
        if joint not in NAMES or joint in joints:
            raise InputError(f"{path.name}: there is no keypoint called “{name}”, or there are two.")
        joints.append(joint)
    return COCO_17 if tuple(joints) == COCO_17.joints else Layout("coco", tuple(joints), (), joints[0])


def to_coco_json(people: Sequence[Annotation]) -> bytes:
    """The bytes of a COCO file of these people: exact for COCO's own layout, of any other the joints that COCO has."""
    images: dict[str, dict[str, Any]] = {}
    annotations = []
    for number, person in enumerate(people, 1):
        image = images.setdefault(person.image, {"id": len(images) + 1, "file_name": person.image})
        if person.size is not None:
            image["width"], image["height"] = person.size
        points, seen = person.points, person.seen
        if person.layout != COCO_17:
            points, seen = convert(person.joints, person.visibility, MPII_16, COCO_17)
        rows = np.where(seen[:, None] > 0, np.column_stack([points - HALF, seen]), 0.0)
        known = person.points[person.seen > 0]
        low, high = (known.min(0), known.max(0)) if len(known) else (np.zeros(2), np.zeros(2))
        x0, y0, x1, y1 = person.box or (*low.tolist(), *high.tolist())
        annotations.append(
            {
                "id": number,
                "image_id": image["id"],
                "category_id": 1,
                "iscrowd": 0,
                "bbox": [x0, y0, x1 - x0, y1 - y0],
                "area": (x1 - x0) * (y1 - y0),
                "num_keypoints": int((seen > 0).sum()),
                "keypoints": [int(v) if v == int(v) else v for v in rows.ravel().tolist()],
            }
        )
    names = [joint.replace("l_", "left_", 1).replace("r_", "right_", 1) for joint in COCO_17.joints]
    skeleton = (COCO_17.ends + 1).tolist()
    category = {"id": 1, "name": "person", "supercategory": "person", "keypoints": names, "skeleton": skeleton}
    content = {"images": list(images.values()), "annotations": annotations, "categories": [category]}
    return (json.dumps(content, ensure_ascii=False) + "\n").encode()
