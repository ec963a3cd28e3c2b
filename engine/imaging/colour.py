"""Colour profiles: anything to sRGB for networks and screens, CMYK and Lab to RGB at load time.

Little CMS does the arithmetic (through imagecodecs, which takes arrays as they are). Pictures are converted a strip of
rows at a time, so that the only large allocation is the result. Intent: relative colorimetric with black point
compensation, the usual choice for photos.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
from PIL import ImageCms

U8 = npt.NDArray[np.uint8]

_STRIP_PIXELS = 1 << 21
_INTENT_RELATIVE = 1
_BLACK_POINT_COMPENSATION = 0x2000


@lru_cache(maxsize=1)
def srgb_profile() -> bytes:
    """The sRGB profile as bytes."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def strips(height: int, width: int) -> Iterator[slice]:
    """Row slices of at most about two million pixels that cover a `width` x `height` picture from top to bottom."""
    rows = max(1, _STRIP_PIXELS // max(1, width))
    for top in range(0, height, rows):
        yield slice(top, min(top + rows, height))


def colour_space(icc: bytes) -> str:
    """Four-letter colour space of a profile's header, lower case and trimmed: "rgb", "gray", "cmyk", "lab"."""
    return icc[16:20].decode("latin-1").strip().lower()


def check_profile(icc: bytes | None, space: str) -> tuple[bytes | None, str | None]:
    """Decide whether a file's profile can be used for its pixels.

    Args:
        icc: The embedded profile, or None.
        space: Colour space of the pixels: "rgb", "gray" or "cmyk". Grey pixels may carry an RGB profile.

    Returns:
        (profile, None), or (None, a sentence for the person) when it is damaged or made for another colour space.
    """
    if not icc:
        return None, None
    fits = colour_space(icc) == space or (space == "gray" and colour_space(icc) == "rgb")
    if not fits:
        return None, "The embedded colour profile does not match the picture and was ignored."
    channels = {"gray": 1, "rgb": 3, "cmyk": 4}[colour_space(icc)]
    try:
        _transform(np.zeros((1, 1, channels), np.uint8), icc)
    except (RuntimeError, ValueError, TypeError):  # imagecodecs' CmsError is a RuntimeError
        return None, "The embedded colour profile is damaged and was ignored."
    return icc, None


def to_srgb8(pixels: npt.NDArray[Any], icc: bytes | None) -> U8:
    """Convert to 8-bit sRGB.

    Args:
        pixels: (H, W, C) uint8 or uint16, C = 1, 3 or 4 (CMYK, 0 = no ink; needs a profile).
        icc: A profile that passed `check_profile`, or None when the pixels are sRGB.

    Returns:
        (H, W, 3) uint8, C-contiguous. It is `pixels` itself when nothing has to change.
    """
    height, width, channels = pixels.shape
    as_it_is = icc is None or (channels != 4 and _is_srgb(icc))
    if as_it_is and channels == 3 and pixels.dtype == np.uint8:
        return np.ascontiguousarray(pixels)
    out = np.empty((height, width, 3), np.uint8)
    for rows in strips(height, width):
        # Little CMS works through a coarse table at 16 bits: slower and further off than rounding to 8 bits first.
        strip = to_8_bit(pixels[rows])
        if icc is None or as_it_is:
            out[rows] = strip
        else:
            if channels == 1 and colour_space(icc) == "rgb":
                strip = strip.repeat(3, axis=2)
            out[rows] = _transform(np.ascontiguousarray(strip), icc)
    return out


def from_srgb8(colours: U8, icc: bytes) -> U8:
    """Convert 8-bit sRGB to the colour space of an RGB profile that passed `check_profile`; (H, W, 3) in and out."""
    result = imagecodecs.cms_transform(
        np.ascontiguousarray(colours),
        srgb_profile(),
        icc,
        colorspace="rgb",
        outcolorspace="rgb",
        outdtype="u1",
        intent=_INTENT_RELATIVE,
        flags=_BLACK_POINT_COMPENSATION,
    )
    return np.asarray(result, np.uint8).reshape(colours.shape)


def cmyk_to_rgb(cmyk: U8, icc: bytes | None) -> U8:
    """Convert one strip of CMYK to sRGB.

    Without a profile there is no right answer; the usual device formula R = (255 - C)(255 - K) / 255 is used.

    Args:
        cmyk: (H, W, 4) uint8, 0 = no ink.
        icc: A CMYK profile, or None.
    """
    if icc is not None:
        return _transform(np.ascontiguousarray(cmyk), icc)
    light = 255 - cmyk.astype(np.uint16)
    return ((light[:, :, :3] * light[:, :, 3:] + 127) // 255).astype(np.uint8)


def to_8_bit(samples: npt.NDArray[Any]) -> U8:
    """uint16 to uint8 with 65535 -> 255, rounded to nearest; uint8 passes through. Any shape."""
    if samples.dtype == np.uint8:
        return samples
    return ((samples.astype(np.uint32) + 128) // 257).astype(np.uint8)


@lru_cache(maxsize=8)
def _is_srgb(icc: bytes) -> bool:
    """Whether a profile moves no colour of a regular lattice by more than one level: most photos say "sRGB"."""
    levels = np.linspace(0, 255, 18).astype(np.uint8)
    if colour_space(icc) == "gray":
        lattice = np.arange(256, dtype=np.uint8).reshape(256, 1, 1)
    else:
        lattice = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(-1, 1, 3)
    return bool(np.abs(_transform(lattice, icc).astype(np.int16) - lattice).max() <= 1)


def _transform(pixels: U8, icc: bytes) -> U8:
    space = {1: "gray", 3: "rgb", 4: "cmyk"}[pixels.shape[2]]
    result = imagecodecs.cms_transform(
        pixels[:, :, 0] if space == "gray" else pixels,
        icc,
        srgb_profile(),
        colorspace=space,
        outcolorspace="rgb",
        outdtype="u1",
        intent=_INTENT_RELATIVE,
        flags=_BLACK_POINT_COMPENSATION,
    )
    return np.asarray(result, np.uint8).reshape(*pixels.shape[:2], 3)
