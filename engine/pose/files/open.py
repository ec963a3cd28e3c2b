"""Any file of annotated people: the format is found by what is in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from engine.errors import InputError
from engine.pose.files.annotation import Annotation
from engine.pose.files.coco_json import read_coco_json
from engine.pose.files.lsp_mat import read_lsp_mat
from engine.pose.files.mat import variables
from engine.pose.files.mpii_csv import COLUMNS, read_mpii_csv
from engine.pose.files.mpii_h5 import read_mpii_h5
from engine.pose.files.mpii_json import read_hrnet_json, read_pytorch_pose_json
from engine.pose.files.mpii_mat import read_mpii_mat

FORMATS = """\
  MPII: mpii_human_pose_v1_u12_1.mat, or JSON as HRNet or pytorch-pose has it, or .h5 as the Stacked Hourglass has it,
        or a table of a photo's name and 16 times x, y
  LSP and LSP-extended: joints.mat
  COCO keypoints: person_keypoints_*.json"""

HDF5 = b"\x89HDF\r\n\x1a\n"
_Reader = Callable[[Path], list[Annotation]]


def read_annotations(path: str | Path) -> list[Annotation]:
    """Read the people of a file in any known format (`FORMATS`), in its order.

    Raises:
        InputError: The file cannot be read, its format is unknown, or something in it is malformed.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise InputError(f"“{path.name}” cannot be read: {error.strerror or error}.", "Check the path.") from error
    reader = _reader(path, start)
    if reader is None:
        raise InputError(f"{path.name} is in no format that is known.", f"Known are:\n{FORMATS}")
    return reader(path)


def _reader(path: Path, start: bytes) -> _Reader | None:
    if start.startswith(HDF5):
        return read_mpii_h5
    if start.startswith(b"MATLAB") or path.suffix.lower() == ".mat":
        return read_lsp_mat if "joints" in variables(path) else read_mpii_mat
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:1] in (b"{", b"["):
        return _json_reader(path)
    return read_mpii_csv if text.split(b"\n", 1)[0].count(b",") == COLUMNS - 1 else None


def _json_reader(path: Path) -> _Reader | None:
    try:
        content = json.loads(path.read_bytes())
    except ValueError as error:
        raise InputError(f"{path.name} is not readable JSON: {error}.") from error
    if isinstance(content, dict) and "annotations" in content:
        return read_coco_json
    entries = content.get("root") if isinstance(content, dict) else content
    first = entries[0] if isinstance(entries, list) and entries else None
    if not isinstance(first, dict):
        return None
    if "joint_self" in first:
        return read_pytorch_pose_json
    return read_hrnet_json if "image" in first and entries is content else None


class Images(NamedTuple):
    """Photos by the name that annotations have for them, and the names for which there is none."""

    found: dict[str, Path]
    missing: list[str]


def find_images(names: Iterable[str], folders: Iterable[Path]) -> Images:
    """Find photos in folders: by the path that the name is, by file name, or by file name without its ending.

    Folders are searched in their order, not the folders inside them.
    """
    folders = [folder for each in folders if (folder := Path(each)).is_dir()]
    by_name: dict[str, Path] = {}
    by_stem: dict[str, Path] = {}
    for folder in folders:
        for file in sorted(folder.iterdir(), key=lambda file: file.name):
            by_name.setdefault(file.name, file)
            by_stem.setdefault(file.stem, file)
    found, missing = {}, []
    for name in dict.fromkeys(names):
        # Names that are listed are not looked up one by one, which is slow on network drives.
        path = by_name.get(name) or next((folder / name for folder in folders if (folder / name).is_file()), None)
        path = path or by_name.get(Path(name).name) or by_stem.get(Path(name).stem)
        if path is None:
            missing.append(name)
        else:
            found[name] = path
    return Images(found, missing)
