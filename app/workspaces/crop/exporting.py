"""The slow half of exporting: what is asked for is one value, and a job for the worker's thread makes it so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtGui import QImage

from app.canvas.pyramid import U8
from app.worker import Task
from engine.crop.prediction import Prediction
from engine.imaging.cutout import CutOut, bounding_box, cut_out
from engine.imaging.photo import Photo
from engine.imaging.save import save

ENDINGS = {"png": ".png", "tiff": ".tif"}


@dataclass(frozen=True)
class Export:
    """What to write where.

    Args:
        path: The file; its ending is the format.
        mask_only: A grey picture of the mask instead of the cut-out.
        trim: Only the object's bounding box.
        overwrite: An existing file may be replaced.
        overwrite_source: Even the photo itself.
    """

    path: Path
    mask_only: bool = False
    trim: bool = True
    overwrite: bool = False
    overwrite_source: bool = False


def write(photo: Photo, prediction: Prediction, export: Export, task: Task) -> Path:
    """Write the file; stopping before it is complete leaves nothing behind."""
    task.progress(0.05)
    alpha = prediction.probability()
    task.check()
    if export.mask_only:
        x0, y0, x1, y1 = bounding_box(alpha) if export.trim else (0, 0, *photo.size)
        picture: CutOut | U8 = np.ascontiguousarray(alpha[y0:y1, x0:x1])
    else:
        picture = cut_out(photo, alpha, trim=export.trim)
    task.progress(0.4)
    task.check()
    existed = export.path.exists()
    save(
        picture,
        export.path,
        overwrite=export.overwrite,
        overwrite_source=export.overwrite_source,
        source=photo.path,
    )
    if task.cancelled() and not existed:
        export.path.unlink(missing_ok=True)
    task.check()
    return export.path


def clipboard_image(photo: Photo, prediction: Prediction, task: Task) -> QImage:
    """The trimmed cut-out as programs take it from the clipboard: 8-bit sRGB with straight alpha."""
    cut = cut_out(Photo(photo.rgb8, _alpha8(photo)), prediction.probability(), trim=True)
    task.check()
    rgba = np.ascontiguousarray(np.dstack([cut.pixels, cut.alpha]))
    height, width = rgba.shape[:2]
    return QImage(rgba.data, width, height, rgba.strides[0], QImage.Format.Format_RGBA8888).copy()


def _alpha8(photo: Photo) -> U8 | None:
    if photo.alpha is None or photo.alpha.dtype == np.uint8:
        return photo.alpha  # type: ignore[return-value]  # of the dtype just checked
    return (photo.alpha // 257).astype(np.uint8)


def size_of(prediction: Prediction, *, trim: bool) -> tuple[int, int]:
    """(width, height) in pixels of what would be written."""
    if not trim or not prediction.patch.any():
        return prediction.width, prediction.height
    x0, y0, x1, y1 = bounding_box(prediction.patch)
    return x1 - x0, y1 - y0


def suggested_name(name: str, *, mask_only: bool, ending: str) -> str:
    """File name for the cut-out of a photo called `name`."""
    return f"{Path(name).stem} {'mask' if mask_only else 'cut-out'}{ending}"
