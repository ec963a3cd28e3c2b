"""How people of a set are spoken of: status, error, time."""

from __future__ import annotations

import math
from typing import Literal

from PySide6.QtCore import QCoreApplication

from engine.pose.project.filtering import ErrorRange, Kind
from engine.pose.project.person import Person

Status = Literal["to do", "changed", "reviewed"]


def tr(text: str) -> str:
    """Translate words of this module."""
    return QCoreApplication.translate("People", text)


def status_of(person: Person) -> Status:
    """What was last done about somebody."""
    return "reviewed" if person.reviewed else "changed" if person.changed else "to do"


def status_words(status: Status) -> str:
    """A status's name."""
    return {"to do": tr("to do"), "changed": tr("changed"), "reviewed": tr("reviewed")}[status]


def kind_words(kind: Kind) -> str:
    """A filter's name."""
    return {
        "all": tr("All people"),
        "to do": tr("To do"),
        "changed": tr("Changed"),
        "reviewed": tr("Reviewed"),
        "flagged": tr("Flagged"),
        "high error": tr("High error"),
        "without photo": tr("Without photo"),
    }[kind]


def error_words(relative: float) -> str:
    """A relative error, for people."""
    return tr("error unknown") if math.isnan(relative) else tr("error {e}").format(e=percent(relative))


def percent(share: float) -> str:
    """A share of 1 in per cent."""
    return tr("{n} %").format(n=f"{100 * share:.1f}")


def range_words(error: ErrorRange) -> str:
    """An error range: “error 2–2.5 %”, “error from 40 px”."""
    factor, unit = (100, tr("%")) if error.measure == "relative" else (1, tr("px"))
    low, high = f"{factor * error.low:g}", f"{factor * error.high:g}"
    if math.isinf(error.high):
        return tr("error from {low} {unit}").format(low=low, unit=unit)
    return tr("error {low}–{high} {unit}").format(low=low, high=high, unit=unit)


def time_words(seconds: float) -> str:
    """A span of time with the two largest units: “3 h 20 min”, “1 min 5 s”, “12 s”."""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole % 3600 // 60
    if hours >= 100:
        return tr("{h} h").format(h=f"{hours:,}")
    if hours:
        return tr("{h} h {m} min").format(h=hours, m=minutes)
    return tr("{m} min {s} s").format(m=minutes, s=whole % 60) if minutes else tr("{s} s").format(s=whole)
