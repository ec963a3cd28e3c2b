"""Which people of a project are looked at: by what was said of them, by their error, by words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from engine.pose.project.summary import Bools, Summary

Ints = npt.NDArray[np.intp]
Kind = Literal["all", "to do", "changed", "reviewed", "flagged", "high error", "without photo"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Measure = Literal["relative", "pixels"]

HIGH_ERROR = 0.04
"""Relative reprojection error above which somebody should look.

Of MPII's 2,958 validation people, lifted: median 0.017, quartiles 0.013 and 0.024, 0.033 at 90 %, 0.042 at 95 %,
0.070 at 99 %, at most 0.212. 0.04 is 2.7 robust standard deviations above the median and leaves 174 people (5.9 %) to
look at.
"""


@dataclass(frozen=True, slots=True)
class ErrorRange:
    """Reprojection errors from `low` up to but without `high`; "relative" to the person's size, or in "pixels"."""

    measure: Measure
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Filter:
    """Everything must hold.

    Args:
        kind: "to do" is neither reviewed nor changed; "high error" is a relative error above `high`.
        text: Words that must all occur in the image's name, the person's id or the notes; case does not matter.
        error: Within this range.
        high: What counts as a high error.
    """

    kind: Kind = "all"
    text: str = ""
    error: ErrorRange | None = None
    high: float = HIGH_ERROR

    @property
    def everything(self) -> bool:
        """Whether nobody is left out."""
        return self.kind == "all" and not self.text.strip() and self.error is None


def matching(summary: Summary, what: Filter) -> Ints:
    """(M,) indices of the people of a filter, ascending."""
    keep = of_kind(summary, what.kind, what.high)
    if what.error is not None:
        values = summary.relative if what.error.measure == "relative" else summary.error
        keep = keep & (values >= what.error.low) & (values < what.error.high)
    found = np.flatnonzero(keep)
    words = what.text.casefold().split()
    if words:
        text = summary.text
        found = np.array([i for i in found.tolist() if all(word in text[i] for word in words)], np.intp)
    return found


def of_kind(summary: Summary, kind: Kind, high: float = HIGH_ERROR) -> Bools:
    """(N,) who is of a kind."""
    match kind:
        case "all":
            return np.ones(len(summary), bool)
        case "to do":
            return summary.to_do
        case "changed":
            return summary.changed
        case "reviewed":
            return summary.reviewed
        case "flagged":
            return summary.flagged
        case "high error":
            return np.asarray(summary.relative > high, np.bool_)
        case "without photo":
            return summary.missing


def counts(summary: Summary, high: float = HIGH_ERROR) -> dict[Kind, int]:
    """How many people there are of every kind."""
    return {kind: int(of_kind(summary, kind, high).sum()) for kind in KINDS}
