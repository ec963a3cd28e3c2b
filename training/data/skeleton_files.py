"""The true skeleton of one photo as published sets store it: a MATLAB file, a picture, or two that complete each other.

Names of the fields are those of the releases: `symmetry` and `edge` (SK506, SK-LARGE), `skel` and `edge`
(WH-SYMMAX as released with FSDS), `sym` (SymPASCAL), `gt` (SYMMAX, one layer an annotator), `mysaving_mat` (SkeView).
Besides these, `distance` holds a distance map and `mask` a segmentation, for sets of one's own.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from scipy.io import loadmat
from scipy.io.matlab import MatReadError

from engine.errors import PhotoError
from engine.skeleton.medial import inscribed_radius, medial_graph
from training.data.masks import read_labels
from training.data.object_skeletons import Segments

Bools = npt.NDArray[np.bool_]
F32 = npt.NDArray[np.float32]
Fields = dict[str, npt.NDArray[Any]]

SKELETON_FIELDS = ("symmetry", "sym", "skel", "gt")


class SkeletonTruth(NamedTuple):
    """What a set says of a photo.

    `skeleton` is (H, W) bool. `diameter` is (H, W) float32: the raw diameter of the inscribed circle in pixels on the
    skeleton, 0 elsewhere; None when nothing stored says how far the contour is.
    """

    skeleton: Bools
    diameter: F32 | None


def read_truth(files: Sequence[Path]) -> SkeletonTruth:
    """Read the skeleton and derive its diameters.

    Diameters are, of what there is first: stored ones (a grey picture of the released augmentation); twice the
    `distance`; twice the distance to the nearest pixel of the contour `edge`, at least 2, as in the released scripts;
    those of the circles inside the segmentation. With a segmentation alone, the skeleton is its pruned medial axis.
    Skeletons of several annotators are united.

    Args:
        files: .mat or picture files whose fields complete each other; of a field stored twice the first counts.

    Raises:
        PhotoError: A file is missing, damaged, of another format, or holds nothing known; sizes differ.
    """
    fields: Fields = {}
    for file in files:
        read = read_mat(file) if file.suffix.lower() == ".mat" else _read_picture(file)
        fields = {**read, **fields}
    names = ", ".join(file.name for file in files)
    if len({values.shape[:2] for values in fields.values()}) > 1:
        raise PhotoError(f"The maps in {names} differ in size.")
    if "diameter" in fields:
        return SkeletonTruth(fields["diameter"] > 0, fields["diameter"].astype(np.float32))
    skeleton = next((fields[name] for name in SKELETON_FIELDS if name in fields), None)
    if skeleton is None:
        if "mask" not in fields:
            raise PhotoError(f"There is no skeleton in {names}.", f"Known fields: {', '.join(SKELETON_FIELDS)}.")
        return _axis(fields["mask"] != 0)
    on = np.asarray((skeleton != 0).any(2) if skeleton.ndim == 3 else skeleton != 0)
    diameter = _diameter(fields)
    return SkeletonTruth(on, None if diameter is None else np.where(on, diameter, 0).astype(np.float32))


def read_mat(path: Path) -> Fields:
    """Every numeric map of a MATLAB file, version 4 to 7, by name; SkeView's cell array by what it holds.

    Raises:
        PhotoError: Missing, damaged, or of version 7.3.
    """
    if not path.is_file():
        raise PhotoError(f"The file {path} does not exist.")
    try:
        content = loadmat(path)
    except NotImplementedError as error:
        raise PhotoError(
            f"{path} is a MATLAB file of version 7.3 (HDF5), which cannot be read.",
            "Save it again in MATLAB with save(..., '-v7').",
        ) from error
    except (OSError, ValueError, TypeError, KeyError, EOFError, MatReadError, zlib.error) as error:
        raise PhotoError(f"{path} is not a readable MATLAB file: {error}.") from error
    fields = {name: value for name, value in content.items() if _is_map(value)}
    cells = content.get("mysaving_mat")
    if isinstance(cells, np.ndarray) and cells.size == 3 and _is_map(cells.flat[0]) and _is_map(cells.flat[2]):
        fields |= {"mask": cells.flat[0], "skel": cells.flat[2]}
    return fields


def _is_map(value: object) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind in "buif" and value.ndim in (2, 3) and value.size > 1


def _read_picture(path: Path) -> Fields:
    """A skeleton drawn in 1 or in 255, possibly smoothed; any other grey picture holds diameters (at most 255)."""
    grey = read_labels(path)
    lit = grey[grey > 0]
    if lit.size == 0 or lit.max() == 1 or np.mean(lit == 255) > 0.5:
        return {"skel": grey > (127 if lit.size and lit.max() > 1 else 0)}
    return {"diameter": grey}


def _diameter(fields: Fields) -> F32 | None:
    """(H, W) float32 diameters, meaningful on the skeleton alone."""
    if "distance" in fields:
        return np.maximum(2 * fields["distance"].astype(np.float32), 1)
    if "edge" in fields and fields["edge"].any():
        contour = (fields["edge"] != 0).astype(np.uint8)
        away = cv2.distanceTransform(1 - contour, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
        return np.asarray(2 * np.maximum(away, 1), np.float32)
    if "mask" in fields:
        return np.maximum(2 * inscribed_radius(fields["mask"] != 0), 1)
    return None


def _axis(mask: Bools) -> SkeletonTruth:
    diameter = np.zeros(mask.shape, np.float32)
    Segments.of(medial_graph(mask)).draw(diameter, np.eye(2, 3))
    return SkeletonTruth(diameter > 0, diameter)
