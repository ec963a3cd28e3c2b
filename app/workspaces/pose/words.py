"""What the Pose workspace tells: where it stands, what is selected, what is wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QCoreApplication

from app.canvas.joint_words import joint_words
from engine.pose.editing.rules import limits_passed
from engine.pose.project.candidates import Candidate
from engine.pose.project.person import Person

SAME_MM = 1e-6


def _tr(text: str) -> str:
    return QCoreApplication.translate("pose words", text)


@dataclass(frozen=True)
class Words:
    """For the panel.

    Args:
        figure: The large figure: how far the pose is from the joints in the photo.
        text: What stands below it.
    """

    figure: str
    text: str


def person_words(person: Person | None, problem: str, *, reading: bool, limited: bool) -> Words:
    """Where a person stands.

    Args:
        person: The open one.
        problem: Why there is no reading by the network.
        reading: The network is at it.
        limited: Tell of joint limits that are passed.
    """
    if person is None:
        return Words("–", "")
    state, lines = person.state, []
    if state.pose is None:
        if reading:
            return Words("…", _tr("Looking for the person…"))
        missing = 4 - int(state.known.sum())
        lines = [problem] if problem else []
        if missing > 0:
            lines.append(_tr("Drag a box around the person, or mark joints: {n} more are needed.").format(n=missing))
        return Words("–", "<br>".join(lines))
    error = state.error()
    figure = f"{error:.1f} px" if np.isfinite(error) else "–"
    lines.append(_tr("mean distance of the pose from the joints in the photo"))
    if limited:
        lines += [
            _tr("{joint}: {degrees:.0f}° past its limit").format(joint=joint_words(joint), degrees=degrees)
            for joint, degrees in sorted(limits_passed(state.pose).items(), key=lambda item: -item[1])
            if degrees >= 1
        ][:3]
    if problem:
        lines.append(problem)
    return Words(figure, "<br>".join(lines))


def joint_line(person: Person | None, joint: int | None) -> str:
    """What is known of the selected joint."""
    if person is None or joint is None:
        return _tr("Click a joint in either picture, or press J.")
    state, parts = person.state, [f"<b>{joint_words(joint)}</b>"]
    origin = {
        "annotated": _tr("annotated"),
        "detected": _tr("detected"),
        "edited": _tr("set by hand"),
        "lifted": _tr("lifted"),
        "predicted": _tr("predicted"),
        "copied": _tr("copied"),
    }
    if state.known[joint]:
        parts.append(_tr("in the photo: {origin}").format(origin=origin[state.joints_from[joint]]))
    else:
        parts.append(_tr("not known in the photo"))
    if state.pose is not None:
        depth = state.pose[joint, 2]
        side = _tr("farther") if depth > 0 else _tr("nearer")
        parts.append(_tr("in space: {origin}").format(origin=origin[state.pose_from[joint]]))
        parts.append(_tr("{depth:.0f} mm {side} than the thorax").format(depth=abs(depth), side=side))
        error = state.errors()[joint]
        if np.isfinite(error):
            parts.append(_tr("{error:.1f} px off").format(error=error))
    return "<br>".join(parts)


def chosen_of(person: Person | None, candidates: list[Candidate]) -> int | None:
    """Which candidate the pose is, if it is one of them as it was offered."""
    if person is None or person.state.pose is None:
        return None
    pose = person.state.pose
    for i, candidate in enumerate(candidates):
        if np.abs(candidate.pose - pose).max() < SAME_MM:
            return i
    return None
