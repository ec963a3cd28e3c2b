"""A photo in memory: its pixels as the file has them, and the one form that networks and screens use."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from engine.errors import InputError
from engine.imaging.colour import to_srgb8
from engine.imaging.metadata import Metadata

U8 = npt.NDArray[np.uint8]
Samples = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]


@dataclass(frozen=True, eq=False)
class Photo:
    """One picture, upright (orientation applied), in its file's own depth and colour profile. Arrays are read-only.

    Args:
        pixels: (H, W, C) uint8 or uint16, C = 1 (grey) or 3 (RGB), never premultiplied by alpha.
        alpha: (H, W) of the same dtype, or None for an opaque photo.
        metadata: What travels with the pixels: profile, EXIF, XMP, resolution, text.
        path: The file it came from; None for clipboard and arrays.
        format: Name of the file format ("JPEG", "PNG", ...); "array" when there was no file.
        warnings: What a person should know about this photo, one sentence each.
    """

    pixels: Samples
    alpha: Samples | None = None
    metadata: Metadata = field(default_factory=Metadata)
    path: Path | None = None
    format: str = "array"
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.pixels.ndim != 3 or self.pixels.shape[2] not in (1, 3) or self.pixels.size == 0:
            raise InputError(f"A photo is (height, width, 1 or 3) pixels, not {self.pixels.shape}.")
        if self.pixels.dtype not in (np.uint8, np.uint16):
            raise InputError(f"A photo has 8 or 16 bits a channel, not {self.pixels.dtype}.", "Use Photo.from_array.")
        if self.alpha is not None and (self.alpha.shape, self.alpha.dtype) != (
            self.pixels.shape[:2],
            self.pixels.dtype,
        ):
            raise InputError("The alpha of a photo must have the size and the depth of its pixels.")
        object.__setattr__(self, "pixels", _read_only(self.pixels))
        if self.alpha is not None:
            object.__setattr__(self, "alpha", _read_only(self.alpha))

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.width, self.height

    @property
    def bit_depth(self) -> int:
        """Bits a channel: 8 or 16."""
        return self.pixels.dtype.itemsize * 8

    @property
    def icc(self) -> bytes | None:
        """Colour profile of `pixels`; None means sRGB."""
        return self.metadata.icc

    @property
    def exif(self) -> bytes | None:
        """EXIF block without orientation and thumbnail."""
        return self.metadata.exif

    @cached_property
    def rgb8(self) -> U8:
        """(H, W, 3) uint8, C-contiguous sRGB without alpha; `pixels` itself when these are that already."""
        return _read_only(to_srgb8(self.pixels, self.icc))

    @classmethod
    def from_array(cls, array: npt.ArrayLike, *, icc: bytes | None = None, name: str = "array") -> Self:
        """Make a photo of an array, as in a notebook or from the clipboard.

        Args:
            array: (H, W) or (H, W, C), C = 1 grey, 2 grey + alpha, 3 RGB, 4 RGBA (straight alpha); uint8, uint16, bool
                (True is white) or float in [0, 1] (becomes 16 bit). uint8 and uint16 memory is shared, not copied.
            icc: Colour profile of the array; None means sRGB.
            name: What to call it in `format`.

        Raises:
            InputError: Another shape or dtype, nothing in it, or floats that are not within [0, 1].
        """
        samples = _samples(np.asarray(array))
        if samples.ndim == 2:
            samples = samples[:, :, None]
        if samples.ndim != 3 or samples.shape[2] not in (1, 2, 3, 4) or samples.size == 0:
            raise InputError(
                f"An array of shape {samples.shape} is no photo.",
                "Give (height, width) or (height, width, channels) with 1 to 4 channels.",
            )
        has_alpha = samples.shape[2] in (2, 4)
        pixels: npt.NDArray[Any] = samples[:, :, :-1] if has_alpha else samples
        return cls(
            np.ascontiguousarray(pixels),
            np.ascontiguousarray(samples[:, :, -1]) if has_alpha else None,
            Metadata(icc=icc),
            format=name,
        )


def _samples(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if array.dtype == np.bool_:
        return np.where(array, np.uint8(255), np.uint8(0))
    if np.issubdtype(array.dtype, np.floating):
        if array.size and not (array.min() >= 0 and array.max() <= 1):  # written so that NaN is refused too
            raise InputError(
                "A floating-point picture must hold values from 0 to 1.", "Divide it by its white value first."
            )
        scaled: npt.NDArray[np.uint16] = np.rint(array.astype(np.float64) * 65535).astype(np.uint16)
        return scaled
    native = array.dtype.newbyteorder("=")
    if native in (np.uint8, np.uint16):
        return array.astype(native, copy=False)
    raise InputError(f"A picture of {array.dtype} values is not supported.", "Convert it to uint8, uint16 or float.")


def _read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    view = array.view()
    view.setflags(write=False)
    return view
