"""The one loader: a picture file or its bytes to a Photo."""

from __future__ import annotations

import io
import re
import stat
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import BinaryIO

import tifffile
from PIL import Image, UnidentifiedImageError
from PIL.ExifTags import Base

from engine.errors import PhotoError
from engine.imaging.decode import Planes, decode_pillow, decode_png16
from engine.imaging.formats import RAW_EXTENSIONS, format_names, formats
from engine.imaging.metadata import Metadata, clean_exif, clean_xmp
from engine.imaging.orientation import upright
from engine.imaging.photo import Photo
from engine.imaging.tiff import is_tiff, read_tiff

WARN_PIXELS = 100_000_000
"""Above this many pixels a photo carries a warning: it works, but it is slow and takes gigabytes."""

MAX_PIXELS = 400_000_000
"""Above this many pixels `load` refuses, going by the header, before anything is decoded."""

_ONE_PICTURE = {"MPO", "AVIF", "HEIF"}  # further pictures in these are previews and depth maps, not pages
_DECODING_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    RuntimeError,
    OverflowError,
    struct.error,
    tifffile.TiffFileError,
)


def load(path: str | Path, *, max_pixels: int = MAX_PIXELS) -> Photo:
    """Read a picture file.

    JPEG, PNG, TIFF, WebP, BMP, GIF, AVIF and (with pillow-heif) HEIC, told apart by content. The result is upright, in
    the file's own depth (8 or 16 bit) and profile; CMYK and Lab are converted to sRGB; of several pages or frames the
    first is taken, with a warning.

    Args:
        path: The file.
        max_pixels: Refuse pictures with more pixels than this.

    Raises:
        PhotoError: Missing, unreadable, empty, truncated or damaged file, no picture, unsupported kind, too large.
    """
    path = Path(path)
    with _told_plainly(path.name):
        if not stat.S_ISREG(path.stat().st_mode):
            raise PhotoError(f"“{path.name}” is a folder or device, not a picture file.", "Choose a file inside it.")
        with path.open("rb") as stream:
            return replace(_read(stream, path.name, max_pixels), path=path)


def size_of(path: str | Path) -> tuple[int, int]:
    """(width, height) of a picture as `load` would show it, without decoding it where the file's header says.

    Raises:
        PhotoError: As `load`.
    """
    path = Path(path)
    with _told_plainly(path.name), path.open("rb") as stream:
        if not is_tiff(stream.read(32)):
            stream.seek(0)
            with _opened(stream) as image:
                turned = image.getexif().get(Base.Orientation, 1) in (5, 6, 7, 8)
                return (image.height, image.width) if turned else (image.width, image.height)
    return load(path).size


@dataclass(frozen=True, slots=True, eq=False)
class Reduced:
    """A photo at a fraction of its size.

    Args:
        photo: What was decoded.
        factor: Pixels of the file for one of the photo, along each side; 1 when it is whole.
    """

    photo: Photo
    factor: float


def load_reduced(path: str | Path, reduce: int, *, max_pixels: int = MAX_PIXELS) -> Reduced:
    """Read a picture file for a thumbnail: a JPEG is decoded with its sides divided, which is many times faster.

    Args:
        path: The file.
        reduce: 1, 2, 4 or 8: divide sides by this at most; other formats come whole.
        max_pixels: As `load`.

    Raises:
        PhotoError: As `load`.
    """
    path = Path(path)
    with _told_plainly(path.name), path.open("rb") as stream:
        photo = _read(stream, path.name, max_pixels, reduce)
        if reduce == 1 or photo.format != "JPEG":
            return Reduced(photo, 1.0)
        stream.seek(0)
        with _opened(stream) as image:  # the header alone
            return Reduced(photo, max(image.size) / max(photo.size))


def from_bytes(data: bytes, name: str, *, max_pixels: int = MAX_PIXELS) -> Photo:
    """Read a picture from the bytes of its file (clipboard, drag of image data).

    Args:
        data: What would be in the file.
        name: What to call it in messages.
        max_pixels: Refuse pictures with more pixels than this.

    Raises:
        PhotoError: As `load`.
    """
    with _told_plainly(name):
        return _read(io.BytesIO(data), name, max_pixels)


def _read(stream: BinaryIO, name: str, max_pixels: int, reduce: int = 1) -> Photo:
    if Path(name).suffix.lower() in RAW_EXTENSIONS:
        raise PhotoError(
            f"“{name}” is a camera raw file, which has to be developed first.",
            "Export it as a 16-bit TIFF from your raw converter and open that.",
        )
    head = stream.read(32)
    if not head:
        raise PhotoError(f"“{name}” is empty.", "The copy or download may have failed; get the file again.")
    stream.seek(0)

    def check_size(width: int, height: int) -> None:
        if width * height > max_pixels:
            raise PhotoError(
                f"“{name}” says it has {width} x {height} pixels; up to {max_pixels / 1e6:g} megapixels can be opened.",
                "Reduce it with another program first, unless the file is damaged.",
            )

    decoded = read_tiff(stream, check_size) if is_tiff(head) else None
    if decoded is not None:
        return _upright(*decoded, "TIFF")
    stream.seek(0)
    return _upright(*_read_pillow(stream, head, check_size, reduce))


def _read_pillow(
    stream: BinaryIO, head: bytes, check_size: Callable[[int, int], None], reduce: int = 1
) -> tuple[Planes, Metadata, int, str]:
    with _opened(stream) as image:
        check_size(image.width, image.height)
        if image.format == "PNG" and head[24] == 16:
            stream.seek(0)
            data = stream.read()
            planes = decode_png16(data, image.info.get("icc_profile"))
            # Pillow would decode the picture again, in search of an EXIF chunk behind it, if this were missing.
            image.info.setdefault("exif", _chunk(data, b"eXIf"))
        else:
            if reduce > 1 and image.format == "JPEG":
                image.draft(None, (max(image.width // reduce, 1), max(image.height // reduce, 1)))
            image.load()
            planes = decode_pillow(image)
        notes = list(planes.warnings)
        frames = getattr(image, "n_frames", 1)
        if frames > 1 and image.format not in _ONE_PICTURE:
            notes.append(f"The file holds {frames} pages or frames; this is the first.")
        if image.info.get("bit_depth", 8) > 8:
            notes.append("The picture was reduced to 8 bits a channel.")
        metadata, orientation = _metadata(image)
        name = "JPEG" if image.format == "MPO" else str(image.format)
        return replace(planes, warnings=tuple(notes)), metadata, orientation, name


def _upright(planes: Planes, metadata: Metadata, orientation: int, format_name: str) -> Photo:
    pixels = upright(planes.pixels, orientation)
    height, width = pixels.shape[:2]
    notes = list(planes.warnings)
    if width * height > WARN_PIXELS:
        millions = width * height / 1e6
        notes.append(f"This is a very large photo ({millions:.0f} megapixels): expect waits and memory use.")
    dpi = metadata.dpi[::-1] if metadata.dpi and orientation in (5, 6, 7, 8) else metadata.dpi
    return Photo(
        pixels,
        None if planes.alpha is None else upright(planes.alpha, orientation),
        replace(metadata, icc=planes.icc, dpi=dpi),
        format=format_name,
        warnings=tuple(notes),
    )


def _metadata(image: Image.Image) -> tuple[Metadata, int]:
    """Metadata and orientation of a picture that Pillow has loaded; damaged metadata never costs the picture."""
    info = image.info
    try:
        exif = image.getexif()
        orientation, exif_bytes = exif.get(Base.Orientation, 1), clean_exif(exif)
    except _DECODING_ERRORS:
        orientation, exif_bytes = 1, None
    dpi = info.get("dpi")
    text = tuple(  # not image.text, which would decode the picture to look for text behind it
        (str(key), str(value))
        for key, value in info.items()
        if image.format == "PNG" and isinstance(value, str) and not str(key).startswith(("XML:", "Raw profile type"))
    )
    valid_dpi = (float(dpi[0]), float(dpi[1])) if dpi and min(dpi) > 0 else None
    return Metadata(None, exif_bytes, clean_xmp(info.get("xmp")), valid_dpi, text), orientation


def _chunk(data: bytes, kind: bytes) -> bytes:
    """Content of the first PNG chunk of a kind, or nothing."""
    position = 8
    while position + 8 <= len(data):
        length, found = struct.unpack_from(">I4s", data, position)
        if found == kind:
            return data[position + 8 : position + 8 + length]
        position += length + 12
    return b""


@contextmanager
def _opened(stream: BinaryIO) -> Iterator[Image.Image]:
    decoders = [decoder for entry in formats() for decoder in entry.decoders]
    _use_own_limits()
    with Image.open(stream, formats=decoders) as image:
        yield image


@cache
def _use_own_limits() -> None:
    """Replace Pillow's pixel limit, which refuses 180 megapixels, by `max_pixels`; add HEIC where it is installed."""
    Image.MAX_IMAGE_PIXELS = None
    if any("HEIF" in entry.decoders for entry in formats()):
        import_module("pillow_heif").register_heif_opener()


@contextmanager
def _told_plainly(name: str) -> Iterator[None]:
    """Turn whatever the system and the decoders raise into a PhotoError about the file `name`."""
    try:
        yield
    except PhotoError:
        raise
    except FileNotFoundError as error:
        raise PhotoError(f"“{name}” does not exist.", "It may have been moved, renamed or deleted.") from error
    except PermissionError as error:
        raise PhotoError(f"“{name}” may not be read.", "Ask for read permission, or copy it elsewhere.") from error
    except MemoryError as error:
        raise PhotoError(
            f"There is not enough memory for “{name}”.", "Close other programs or reduce the picture."
        ) from error
    except UnidentifiedImageError as error:
        raise PhotoError(
            f"“{name}” is not a picture in a known format.", f"DeepSkel opens {format_names()} files."
        ) from error
    except _DECODING_ERRORS as error:
        detail = re.sub(r"\s+", " ", str(error)).strip()
        raise PhotoError(
            f"“{name}” is damaged or incomplete and cannot be read ({detail or type(error).__name__}).",
            "Get the file again from where it came.",
        ) from error
