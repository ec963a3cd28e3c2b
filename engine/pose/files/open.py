"""Any file of annotated people: the format is found by what is in it."""

from __future__ import annotations

import json
from collections import Counter
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
    if not start.strip(b"\xef\xbb\xbf \t\r\n"):
        raise InputError(f"“{path.name}” is empty.", f"Known formats are:\n{FORMATS}")
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
    if entries == []:
        raise InputError(f"“{path.name}” holds nobody.", "Choose a file with annotated people.")
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

    Folders are searched in their order, not the folders inside them; those that cannot be read (a drive that is gone)
    hold nothing. A file that several names would get by their file names alone (a/1.jpg and b/1.jpg) is nobody's: a
    missing photo is better than a wrong one.
    """
    listed: list[Path] = []
    by_name: dict[str, Path] = {}
    by_stem: dict[str, Path] = {}
    for folder in map(Path, folders):
        try:
            files = sorted(folder.iterdir(), key=lambda file: file.name)
        except OSError:
            continue
        listed.append(folder)
        for file in files:
            by_name.setdefault(file.name, file)
            by_stem.setdefault(file.stem, file)
    exact: dict[str, Path | None] = {}
    loose: dict[str, Path] = {}
    for name in dict.fromkeys(names):
        # Names that are listed are not looked up one by one, which is slow on network drives.
        exact[name] = by_name.get(name) or next((path for path in (f / name for f in listed) if _is_file(path)), None)
        if exact[name] is None and (path := by_name.get(Path(name).name) or by_stem.get(Path(name).stem)):
            loose[name] = path
    claims = Counter(path for path in (*exact.values(), *loose.values()) if path is not None)
    found = {name: path for name in exact if (path := exact[name] or _alone(loose.get(name), claims))}
    return Images(found, [name for name in exact if name not in found])


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long, a drive that is gone meanwhile
        return False


def _alone(path: Path | None, claims: Counter[Path]) -> Path | None:
    return path if path is not None and claims[path] == 1 else None
