"""The methods that the window uses, and the devices that they found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

if TYPE_CHECKING:
    from engine.crop.methods import Method
    from engine.device import Device
    from engine.imaging.photo import Photo
    from engine.pose.session import PoseSession
    from engine.skeleton.session import SkeletonSession

Session = TypeVar("Session")


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

    chosen, fell_back = _chosen(device)
    return Ready(make_method("deepcrop", device=chosen), chosen.name, chosen.reason, fell_back)


@dataclass(frozen=True)
class SessionReady(Generic[Session]):
    """As Ready, of a method whose sessions are begun with a photo alone.

    Args:
        session: Begins to read a photo.
        device: The device's name for people.
        reason: Why this device.
        fell_back: The device that was asked for could not be used.
    """

    session: Callable[[Photo], Session]
    device: str
    reason: str
    fell_back: bool = False


SkeletonReady: TypeAlias = SessionReady["SkeletonSession"]
PoseReady: TypeAlias = SessionReady["PoseSession"]

SkeletonFactory = Callable[[str], SkeletonReady]
PoseFactory = Callable[[str], PoseReady]
"""As MethodFactory."""


def shipped_skeleton(device: str) -> SkeletonReady:
    """The default skeleton network with the weights that come with the application."""
    from engine.skeleton.methods import make_skeleton_method
    from engine.skeleton.session import SkeletonSession

    chosen, fell_back = _chosen(device)
    method = make_skeleton_method("skeleton", device=chosen)
    return SessionReady(lambda photo: SkeletonSession(photo, method), chosen.name, chosen.reason, fell_back)


def shipped_pose(device: str) -> PoseReady:
    """The default pose networks with the weights that come with the application."""
    from engine.pose.methods import make_pose_method
    from engine.pose.session import PoseSession

    chosen, fell_back = _chosen(device)
    method = make_pose_method("pose", device=chosen)
    return SessionReady(lambda photo: PoseSession(photo, method), chosen.name, chosen.reason, fell_back)


def _chosen(device: str) -> tuple[Device, bool]:
    """The device, and whether it is another one than was asked for."""
    from engine.device import choose

    chosen = choose(device, fallback=True)
    return chosen, device not in ("auto", chosen.torch_device.type)
