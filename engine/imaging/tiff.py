"""Deep and unusual TIFFs: 16 bits a channel, planar, associated alpha, floating point, any compression.

Pillow reads the 8-bit ones; it refuses or silently reduces the rest, which tifffile reads in full.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import tifffile
from PIL import Image, UnidentifiedImageError

from engine.errors import PhotoError
from engine.imaging.colour import check_profile, cmyk_to_rgb, strips, to_8_bit
from engine.imaging.decode import Planes, split
from engine.imaging.metadata import Metadata, clean_exif, clean_xmp

_HINT = "Save it as 8 or 16 bits a channel with another program first."
_COLOUR_CHANNELS = {
    tifffile.PHOTOMETRIC.MINISWHITE: 1,
    tifffile.PHOTOMETRIC.MINISBLACK: 1,
    tifffile.PHOTOMETRIC.RGB: 3,
    tifffile.PHOTOMETRIC.YCBCR: 3,
    tifffile.PHOTOMETRIC.SEPARATED: 4,
}


def is_tiff(head: bytes) -> bool:
    """Whether a file that begins with `head` is a TIFF or BigTIFF."""
    return head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def read_tiff(stream: BinaryIO, check_size: Callable[[int, int], None]) -> tuple[Planes, Metadata, int] | None:
    """Read the first page of a TIFF that Pillow cannot read in full.

    Args:
        stream: The file, at its beginning.
        check_size: Called with width and height before decoding; raises to refuse.

    Returns:
        Planes as stored, metadata and EXIF orientation; None when Pillow does better (8 bits and fewer).

    Raises:
        PhotoError: A kind of picture without a faithful 8- or 16-bit form.
    """
    with tifffile.TiffFile(stream) as tiff:
        page = tiff.pages.first.aspage()
        check_size(page.imagewidth, page.imagelength)
        if page.bitspersample <= 8 and _pillow_opens(stream):
            return None
        planes = _planes(page)
        if len(tiff.pages) > 1:
            note = f"The file holds {len(tiff.pages)} pages; this is the first."
            planes = Planes(planes.pixels, planes.alpha, planes.icc, (*planes.warnings, note))
        xmp = page.tags.valueof(700)
        metadata = Metadata(
            exif=_exif(stream, tiff, page),
            xmp=clean_xmp(xmp if isinstance(xmp, bytes | str) else None),
            dpi=_dpi(page),
        )
        orientation = page.tags.valueof(274, 1)
        return planes, metadata, int(orientation)


def _pillow_opens(stream: BinaryIO) -> bool:
    stream.seek(0)
    try:
        Image.open(stream, formats=["TIFF"])
    except (UnidentifiedImageError, OSError, ValueError):
        return False
    return True


def _planes(page: tifffile.TiffPage) -> Planes:
    colours = _COLOUR_CHANNELS.get(page.photometric)  # type: ignore[call-overload]
    if colours is None or page.samplesperpixel < colours or page.samplesperpixel > 16 or page.imagedepth > 1:
        raise PhotoError("This kind of TIFF (its colour model) is not supported.", _HINT)
    samples = page.asarray()
    if page.planarconfig == tifffile.PLANARCONFIG.SEPARATE and samples.ndim == 3:
        samples = np.moveaxis(samples, 0, -1)
    if samples.ndim == 2:
        samples = samples[:, :, None]
    samples, notes = _to_uint(samples, page.bitspersample)
    if page.photometric == tifffile.PHOTOMETRIC.MINISWHITE:
        samples[:, :, 0] = np.iinfo(samples.dtype).max - samples[:, :, 0]
    icc = page.tags.valueof(34675)
    icc = bytes(icc) if icc else None
    kinds = tuple(int(kind) for kind in page.extrasamples)
    has_alpha = bool(kinds) and kinds[0] in (1, 2)
    if len(kinds) > has_alpha:
        notes = (*notes, "Extra channels that are no transparency were left out.")
    if colours == 4:
        return _cmyk_planes(samples[:, :, :4], icc, notes)
    samples = samples[:, :, : colours + has_alpha]
    if has_alpha and kinds[0] == 1:
        samples = _straight(samples)
    planes = split(np.ascontiguousarray(samples), icc)
    return Planes(planes.pixels, planes.alpha, planes.icc, (*planes.warnings, *notes))


def _cmyk_planes(samples: npt.NDArray[Any], icc: bytes | None, notes: tuple[str, ...]) -> Planes:
    icc, warning = check_profile(icc, "cmyk")
    approximate = None if icc else "This CMYK picture has no colour profile: its colours are approximate."
    pixels = np.empty((*samples.shape[:2], 3), np.uint8)
    for rows in strips(*samples.shape[:2]):
        pixels[rows] = cmyk_to_rgb(to_8_bit(samples[rows]), icc)
    return Planes(pixels, None, None, (*filter(None, (warning, approximate)), *notes))


def _to_uint(samples: npt.NDArray[Any], bits: int) -> tuple[npt.NDArray[Any], tuple[str, ...]]:
    """Native uint8 or uint16 over its whole range, and what to tell about it."""
    if samples.dtype.kind == "f":
        return _scale_floats(samples), ("The floating-point picture was scaled to 16 bits a channel.",)
    if samples.dtype not in (np.uint8, np.uint16):
        raise PhotoError(f"A TIFF with {samples.dtype} values is not supported.", _HINT)
    samples = samples.astype(samples.dtype.newbyteorder("="), copy=False)
    used = (1 << bits) - 1
    whole = int(np.iinfo(samples.dtype).max)
    if 0 < used < whole:
        for rows in strips(*samples.shape[:2]):
            samples[rows] = (samples[rows].astype(np.uint32) * whole + used // 2) // used
    return samples, ()


def _scale_floats(samples: npt.NDArray[Any]) -> npt.NDArray[np.uint16]:
    out = np.empty(samples.shape, np.uint16)
    for rows in strips(*samples.shape[:2]):
        strip = samples[rows]
        if not (strip.min() >= 0 and strip.max() <= 1):  # written so that NaN is refused too
            raise PhotoError("This floating-point TIFF has values outside 0 to 1.", _HINT)
        out[rows] = np.rint(strip.astype(np.float64) * 65535)
    return out


def _straight(samples: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Undo premultiplication by the last channel; fully transparent pixels stay black."""
    whole = int(np.iinfo(samples.dtype).max)
    out = samples.copy()
    for rows in strips(*samples.shape[:2]):
        alpha = samples[rows, :, -1:].astype(np.uint64)
        colour = samples[rows, :, :-1].astype(np.uint64) * whole
        out[rows, :, :-1] = np.minimum((colour + alpha // 2) // np.maximum(alpha, 1), whole)
    return out


def _exif(stream: BinaryIO, tiff: tifffile.TiffFile, page: tifffile.TiffPage) -> bytes | None:
    exif = Image.Exif()
    exif.endian, exif.bigtiff = tiff.byteorder, tiff.is_bigtiff
    try:
        exif.load_from_fp(stream, page.offset)
        return clean_exif(exif)
    except (SyntaxError, ValueError, TypeError, LookupError, OSError):  # damaged metadata never costs the picture
        return None


def _dpi(page: tifffile.TiffPage) -> tuple[float, float] | None:
    per_unit = {2: 1.0, 3: 2.54}.get(int(page.tags.valueof(296, 2)))
    if per_unit is None or 282 not in page.tags:
        return None
    x, y = page.get_resolution()
    return (x * per_unit, y * per_unit) if min(x, y) > 0 else None
