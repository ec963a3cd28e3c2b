"""The methods that the window uses, and the devices that they found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.crop.methods import Method
    from engine.imaging.photo import Photo
    from engine.pose.session import PoseSession
    from engine.skeleton.session import SkeletonSession


@dataclass(frozen=True)
class Ready:
    """A method on its device.

    Args:
        method: Makes sessions.
        device: The device's name for people.
        reason: Why this device.
        fell_back: The device that was asked for could not be used.
    """

    method: Method
    device: str
    reason: str
    fell_back: bool = False


MethodFactory = Callable[[str], Ready]
"""From "auto", "cpu", "cuda" or "mps" to a method. Slow: it is called in the worker's thread."""


def shipped_method(device: str) -> Ready:
    """The default network with the weights that come with the application."""
    from engine.crop.methods import make_method
    from engine.device import choose

    chosen = choose(device, fallback=True)
    fell_back = device not in ("auto", chosen.torch_device.type)
    return Ready(make_method("deepcrop", device=chosen), chosen.name, chosen.reason, fell_back)


@dataclass(frozen=True)
class SkeletonReady:
    """A skeleton method on its device.

    Args:
        session: Begins to read a photo.
        device: The device's name for people.
        reason: Why this device.
        fell_back: The device that was asked for could not be used.
    """

    session: Callable[[Photo], SkeletonSession]
    device: str
    reason: str
    fell_back: bool = False


SkeletonFactory = Callable[[str], SkeletonReady]
"""As MethodFactory."""


def shipped_skeleton(device: str) -> SkeletonReady:
    """The default skeleton network with the weights that come with the application."""
    from engine.device import choose
    from engine.skeleton.methods import make_skeleton_method
    from engine.skeleton.session import SkeletonSession

    chosen = choose(device, fallback=True)
    fell_back = device not in ("auto", chosen.torch_device.type)
    method = make_skeleton_method("skeleton", device=chosen)
    return SkeletonReady(lambda photo: SkeletonSession(photo, method), chosen.name, chosen.reason, fell_back)


@dataclass(frozen=True)
class PoseReady:
    """A pose method on its device.

    Args:
        session: Begins to read a photo.
        name: Of the method and its weights: part of what names a cache.
        device: The device's name for people.
        reason: Why this device.
        fell_back: The device that was asked for could not be used.
    """

    session: Callable[[Photo], PoseSession]
    name: str
    device: str
    reason: str
    fell_back: bool = False


PoseFactory = Callable[[str], PoseReady]
"""As MethodFactory."""


def shipped_pose(device: str) -> PoseReady:
    """The default pose networks with the weights that come with the application."""
    from engine.device import choose
    from engine.pose.methods import make_pose_method
    from engine.pose.session import PoseSession

    chosen = choose(device, fallback=True)
    fell_back = device not in ("auto", chosen.torch_device.type)
    method = make_pose_method("pose", device=chosen)
    return PoseReady(lambda photo: PoseSession(photo, method), "pose", chosen.name, chosen.reason, fell_back)
