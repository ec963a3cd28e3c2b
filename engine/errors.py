"""Errors a person may see. Each says what happened (message) and what to do about it (hint)."""

from __future__ import annotations


class DeepSkelError(Exception):
    """Base of every error that DeepSkel raises on purpose.

    Args:
        message: What happened, one sentence, for a person who is not a developer.
        hint: What to do about it; may be empty.
    """

    exit_code = 1
    """Exit status of the command line when this error ends it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class InputError(DeepSkelError, ValueError):
    """An argument makes no sense: a click outside the photo, a box without area, an unknown name."""

    exit_code = 2


class PhotoError(DeepSkelError):
    """A photo cannot be read: missing, truncated, empty, not an image, or too large."""

    exit_code = 3


class WeightsError(DeepSkelError):
    """Weights are missing, corrupt (hash), of another architecture, or not finite."""

    exit_code = 4


class OutputError(DeepSkelError):
    """A result cannot be written: folder missing or read-only, disk full, file exists."""

    exit_code = 5


class DeviceError(DeepSkelError):
    """The asked-for compute device cannot be used."""

    exit_code = 6


class Cancelled(Exception):  # noqa: N818 - a request, not an error
    """Raised inside a computation when its caller asked it to stop."""
