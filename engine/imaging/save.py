"""The one writer: whole files or nothing, and never over the photo itself unless that was asked for."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from engine.errors import InputError, OutputError
from engine.imaging.cutout import CutOut
from engine.imaging.encode import Picture, write_png, write_tiff, write_webp
from engine.imaging.formats import Format, by_extension, writable_extensions
from engine.imaging.photo import Photo

_WRITERS: dict[str, Callable[[Picture, BinaryIO], None]] = {
    "PNG": write_png,
    "TIFF": write_tiff,
    "WebP": write_webp,
}


def save(
    picture: CutOut | Photo | npt.NDArray[Any],
    path: str | Path,
    *,
    overwrite: bool = False,
    overwrite_source: bool = False,
    source: Path | None = None,
) -> Path:
    """Write a cut-out, a photo or a mask; the file name's ending chooses PNG, TIFF or WebP (lossless, 8 bit only).

    The file appears whole or not at all: it is written under another name in the same folder, flushed to the disk and
    renamed. Depth, profile, EXIF (without orientation), XMP and resolution of the photo are kept.

    Args:
        picture: A cut-out, a photo that was drawn on, or a mask of (H, W) uint8, uint16 or bool (True is white).
        path: Where to; a link is followed.
        overwrite: Replace an existing file.
        overwrite_source: Replace the photo itself.
        source: The photo's file, to be protected; a cut-out knows its own.

    Returns:
        The path written.

    Raises:
        OutputError: Unknown ending, missing or read-only folder, full disk, file exists, it is the photo itself.
        InputError: An array that is no mask.
    """
    path = Path(path)
    form = check_ending(path)
    content = _picture(picture)
    if isinstance(picture, CutOut):
        source = picture.source
    with writing(path, source=source, overwrite=overwrite, overwrite_source=overwrite_source) as stream:
        _WRITERS[form.name](content, stream)
    return path


def check_ending(path: Path) -> Format:
    """The format that `save` chooses for a file name; OutputError when there is none."""
    entry = by_extension(path.suffix)
    if entry is None or not entry.writable:
        hint = f"Use one of {', '.join(writable_extensions())}."
        reason = f"{entry.name} cannot hold a cut-out" if entry else "its ending says no known format"
        raise OutputError(f"“{path.name}” cannot be written: {reason}.", hint)
    return entry


@contextlib.contextmanager
def writing(
    path: Path, *, source: Path | None = None, overwrite: bool = False, overwrite_source: bool = False
) -> Iterator[BinaryIO]:
    """A stream whose content becomes the file `path` when the block ends well, and vanishes when it does not.

    Args:
        path: Where to; a link is followed.
        source: The photo's file, to be protected.
        overwrite: Replace an existing file.
        overwrite_source: Replace the photo itself.

    Raises:
        OutputError: Missing or read-only folder, full disk, file exists, it is the photo itself, or an encoder failed.
    """
    with told_plainly(path):
        target = Path(os.path.realpath(path))
        _check_target(target, source, overwrite, overwrite_source)
        with _replacing(target) as stream:
            yield stream


def _picture(picture: CutOut | Photo | npt.NDArray[Any]) -> Picture:
    if isinstance(picture, CutOut):
        return Picture(picture.samples, picture.metadata)
    if isinstance(picture, Photo):
        whole = picture.pixels if picture.alpha is None else np.dstack([picture.pixels, picture.alpha])
        return Picture(np.ascontiguousarray(whole), picture.metadata)
    mask = np.asarray(picture)
    if mask.ndim != 2 or mask.size == 0 or mask.dtype not in (np.bool_, np.uint8, np.uint16):
        raise InputError(f"An array of shape {mask.shape} and {mask.dtype} is no mask.", "Give (H, W) uint8.")
    if mask.dtype == np.bool_:
        mask = np.where(mask, np.uint8(255), np.uint8(0))
    return Picture(np.ascontiguousarray(mask[:, :, None]))


def _check_target(target: Path, source: Path | None, overwrite: bool, overwrite_source: bool) -> None:
    if target.is_dir():
        raise OutputError(f"“{target.name}” is a folder.", "Give a file name inside it.")
    if not target.exists():
        return
    if source is not None and source.exists() and target.samefile(source):
        if not overwrite_source:
            raise OutputError(f"“{target.name}” is the photo itself.", "Choose another name.")
    elif not overwrite:
        raise OutputError(f"“{target.name}” exists already.", "Choose another name, or allow it to be replaced.")


@contextlib.contextmanager
def _replacing(target: Path) -> Iterator[BinaryIO]:
    """A stream whose content becomes the file `target` when the block ends well, and vanishes when it does not."""
    part = target.parent / f"{_start_of_parts(target)}{secrets.token_hex(8)}.part"
    try:
        with part.open("x+b") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def remove_parts(path: Path) -> None:
    """Remove what killed processes have left of the file `path`; only for who knows that nobody is writing it."""
    target = Path(os.path.realpath(path))
    with contextlib.suppress(OSError):
        for part in target.parent.glob(f"{_start_of_parts(target)}*.part"):
            part.unlink(missing_ok=True)


def _start_of_parts(target: Path) -> str:
    """The same for a file, another for others, and never too long."""
    return f".deepskel-{hashlib.sha256(os.fsencode(target.name)).hexdigest()[:16]}-"


def sync_folder(folder: Path) -> None:
    """Make the renaming durable where the system can (not on Windows, not on every network share)."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def told_plainly(path: Path) -> Iterator[None]:
    """Turn what the system and the encoders raise while the file `path` is written into an OutputError."""
    name, folder = path.name, path.parent
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            message, hint = f"The disk is full: “{name}” was not written.", "Free some space or choose another disk."
        elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            message, hint = f"The folder “{folder}” may not be written to.", "Choose another folder."
        elif error.errno in (errno.ENOENT, errno.ENOTDIR):
            message, hint = f"The folder “{folder}” does not exist.", "Create it or choose another one."
        elif error.errno == errno.ENAMETOOLONG:
            message, hint = f"The name “{name[:40]}…” is too long.", "Choose a shorter one."
        else:
            message, hint = f"“{name}” could not be written ({error.strerror or error}).", "Try another folder."
        raise OutputError(message, hint) from error
    except MemoryError as error:
        raise OutputError(f"There is not enough memory to write “{name}”.", "Close other programs or trim.") from error
    except (RuntimeError, ValueError, struct.error) as error:
        raise OutputError(f"“{name}” could not be encoded ({error}).", "Try another format.") from error
