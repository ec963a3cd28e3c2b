"""A photo in which people are read, one at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from engine.crop.methods import Method
from engine.crop.prompts import Box, Click
from engine.errors import Cancelled, InputError
from engine.imaging.cutout import bounding_box
from engine.imaging.photo import Photo
from engine.imaging.window import Pyramid, Window
from engine.pose import ranking
from engine.pose.camera import WeakPerspective
from engine.pose.hypotheses import Detection, Hypothesis, Look, Origin
from engine.pose.joints import MPII_16
from engine.pose.matching import sure
from engine.pose.person import FILL, box_window, person_window, scaled
from engine.pose.ranking import Ranked
from engine.pose.reading import PoseMethod

F64 = npt.NDArray[np.float64]
U8 = npt.NDArray[np.uint8]

LEAST_JOINTS = 4
"""Joints that must be seen for a person to be there: a camera fits any two, and nearly any three."""

Cancel = Callable[[], bool] | None


class SkeletonMaps(NamedTuple):
    """Skeleton maps as they were read: (s, s, 3) uint8 RGB each, over a window of the photo."""

    window: Window
    foreground: U8
    background: U8


@dataclass(frozen=True, eq=False)
class PosePrediction:
    """What was read of one person.

    Args:
        size: (width, height) of the photo.
        window: The square around the person, source pixels; it may reach outside the photo.
        joints: (16, 2) where the detector sees the joints, source pixels, in the order of MPII_16.
        confidence: (16,) from 0 to 1.
        hypotheses: In the order in which they were read; those that no camera shows like this are left out. Empty when
            nobody was found.
        chosen: The one to believe, an index of `hypotheses`.
        problem: Why nobody was found, a sentence for people; empty when somebody was.
        seconds: Wall-clock time that it took.
    """

    size: tuple[int, int]
    window: Window
    joints: F64
    confidence: F64
    hypotheses: tuple[Hypothesis, ...]
    chosen: int
    problem: str
    seconds: float
    _maps: dict[Origin, U8] = field(default_factory=dict, repr=False)

    @property
    def found(self) -> bool:
        """Whether there is a person."""
        return not self.problem

    @property
    def best(self) -> Hypothesis:
        """The hypothesis to believe.

        Raises:
            InputError: Nobody was found.
        """
        if self.problem:
            raise InputError(self.problem, "Draw a box around a whole person.")
        return self.hypotheses[self.chosen]

    @property
    def sure(self) -> npt.NDArray[np.bool_]:
        """(16,) which joints the detector is sure of."""
        return np.asarray(sure(Detection(self.joints, self.confidence)))

    def maps(self, origin: Origin) -> SkeletonMaps | None:
        """The skeleton maps that a hypothesis was read from; None for one that was not read from a map."""
        if origin not in self._maps or origin.crop is None:
            return None
        both = self._maps[origin].transpose(1, 2, 0)
        return SkeletonMaps(
            scaled(self.window, origin.crop),
            np.ascontiguousarray(both[:, :, :3]),
            np.ascontiguousarray(both[:, :, 3:]),
        )


class PoseSession:
    """A photo and a method. Every answer is a function of its arguments alone.

    Args:
        photo: Any size and depth.
        method: Reads people.
        segmenter: Loads the method that makes masks of clicks; called at the first click.
        how: Which hypothesis is believed: one of engine.pose.ranking.RANKINGS.
    """

    def __init__(
        self,
        photo: Photo,
        method: PoseMethod,
        segmenter: Callable[[], Method] | None = None,
        *,
        how: str = ranking.DEFAULT,
    ) -> None:
        self._photo, self._pyramid = photo, Pyramid(photo.rgb8)
        self._method, self._segmenter, self._how = method, segmenter, how

    def predict(
        self,
        *,
        window: Window | None = None,
        box: Box | None = None,
        clicks: Sequence[Click] = (),
        within: U8 | None = None,
        mute: bool = False,
        cancelled: Cancel = None,
    ) -> PosePrediction:
        """Read one person. Without any of the first four: the person whom the whole photo shows.

        Args:
            window: Square to read as it is, source pixels.
            box: Around the whole person.
            clicks: On the person and beside; the default click network makes a mask of them.
            within: (H, W) uint8 mask or probability of the person, of the photo's size.
            mute: Grey out what is not in the mask.
            cancelled: Asked between steps; when it answers True, Cancelled is raised.

        Raises:
            InputError: More than one of them, a window, box or click outside the photo, an empty mask or one of another
                size, or nothing to mute by.
            Cancelled: Nobody waits any more.
        """
        start = time.perf_counter()
        if (window is not None) + (box is not None) + bool(clicks) + (within is not None) > 1:
            raise InputError("A person is shown by a window, a box, clicks or a mask.", "Give one of them.")
        if mute and not clicks and within is None:
            raise InputError("Without a mask it is not known what the background is.", "Click the person.")
        if clicks:
            within = self._mask(clicks, cancelled)
            if not (within > 127).any():
                return self._nobody(self._whole(), "Nothing was found where you clicked.", start)
        look = self._look(window, box, within, mute=mute)
        if look is None:
            look = self._around_joints(self._whole())
        _check(cancelled)
        reading = self._method.read_people([look], keep_maps=True, cancelled=cancelled)
        ranked = ranking.rank(reading, self._how)
        _check(cancelled)
        return self._prediction(look.window, ranked, start)

    def _whole(self) -> Look:
        return Look(self._pyramid, Window.square_over(*self._photo.size))

    def _look(self, window: Window | None, box: Box | None, within: U8 | None, *, mute: bool) -> Look | None:
        width, height = self._photo.size
        if within is not None:
            x0, y0, x1, y1 = bounding_box(self._checked(within) > 127)
            pyramid = Pyramid(_muted(self._photo.rgb8, within)) if mute else self._pyramid
            return Look(pyramid, box_window(x0, y0, x1, y1))
        if box is not None:
            box.clipped(width, height)
            return Look(self._pyramid, box_window(box.x0, box.y0, box.x1, box.y1))
        if window is not None:
            Box(window.x0, window.y0, window.x0 + window.width, window.y0 + window.height).clipped(width, height)
            centre = (window.x0 + window.width / 2, window.y0 + window.height / 2)
            return Look(self._pyramid, Window.around(*centre, max(window.width, window.height)))
        return None

    def _around_joints(self, look: Look) -> Look:
        """The window around the joints that are seen in another, or that other one if too few are."""
        seen = self._method.detect([look])
        known = sure(seen)[0]
        if known.sum() < LEAST_JOINTS:
            return look
        return Look(look.pyramid, person_window(seen.xy[0], known.astype(np.intp)))

    def _mask(self, clicks: Sequence[Click], cancelled: Cancel) -> U8:
        if self._segmenter is None:
            raise InputError("Clicks need a method that makes masks of them.", "Give a box.")
        session = self._segmenter().session(self._photo)
        session.set_prompts(tuple(clicks))
        return session.predict(cancelled=cancelled).probability()

    def _checked(self, mask: U8) -> U8:
        width, height = self._photo.size
        if mask.shape != (height, width):
            raise InputError(
                f"The mask is {mask.shape[1]} x {mask.shape[0]} pixels, the photo {width} x {height}.",
                "Use a mask of the same photo.",
            )
        if not (mask > 127).any():
            raise InputError("The mask is empty, so there is nobody to read.", "Click the person again.")
        return mask

    def _prediction(self, window: Window, ranked: Ranked, start: float) -> PosePrediction:
        reading, fit = ranked.reading, ranked.match
        seen = Detection(reading.seen.xy, reading.seen.confidence)
        maps = {} if reading.maps is None else dict(zip(reading.origins, reading.maps[0], strict=False))
        usable = np.flatnonzero(np.isfinite(fit.scale[0]))
        problem = _problem(sure(seen)[0], len(usable))
        hypotheses = tuple(
            Hypothesis(
                reading.pose[0, k],
                reading.sigma[0, k],
                reading.origins[k],
                WeakPerspective(float(fit.scale[0, k]), float(fit.shift[0, k, 0]), float(fit.shift[0, k, 1])),
                fit.xy[0, k],
                float(fit.error[0, k]),
                float(ranked.score[0, k]),
            )
            for k in ([] if problem else usable)
        )
        chosen = 0 if problem else int(np.searchsorted(usable, ranked.best()[0]))
        took = time.perf_counter() - start
        return PosePrediction(
            self._photo.size, window, seen.xy[0], seen.confidence[0], hypotheses, chosen, problem, took, maps
        )

    def _nobody(self, look: Look, problem: str, start: float) -> PosePrediction:
        count = len(MPII_16.joints)
        unseen, nothing = np.full((count, 2), np.nan), np.zeros(count)
        took = time.perf_counter() - start
        return PosePrediction(self._photo.size, look.window, unseen, nothing, (), 0, problem, took)


def _problem(known: npt.NDArray[np.bool_], cameras: int) -> str:
    """Why there is nobody, or nothing."""
    names = [name for name, is_known in zip(MPII_16.joints, known, strict=True) if is_known]
    if not names:
        return "No person was found: no joint is seen with any certainty."
    if len(names) < LEAST_JOINTS:
        return f"Too little of a person is seen: only {', '.join(names)}."
    return "" if cameras else "The joints that are seen fit no pose from any side."


def _muted(rgb: U8, mask: U8) -> U8:
    """The photo with grey outside a mask, which is widened a little: hands and hair are lost at its edge."""
    x0, y0, x1, y1 = bounding_box(mask > 127)
    reach = max(1, round(max(x1 - x0, y1 - y0) * 0.02))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    wide = cv2.GaussianBlur(cv2.dilate(mask, kernel), (2 * reach + 1, 2 * reach + 1), 0)
    shown = wide[..., None].astype(np.float32) / 255
    return np.asarray(np.rint(rgb * shown + FILL * (1 - shown)), np.uint8)


def _check(cancelled: Cancel) -> None:
    if cancelled and cancelled():
        raise Cancelled
