"""One method, loaded when it is first needed, and its session with the photo that was asked about last."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic

from app.method import Session, SessionReady
from app.worker import Task, Worker
from engine.imaging.photo import Photo


class Sessions(Generic[Session]):
    """The method and its session are touched in the worker's thread only.

    Args:
        worker: Whose thread.
        factory: Loads the method for a device.
        device: The device to begin with.
    """

    def __init__(self, worker: Worker, factory: Callable[[str], SessionReady[Session]], device: str) -> None:
        self._worker, self._factory, self._device = worker, factory, device
        self._ready: SessionReady[Session] | None = None
        self._told: SessionReady[Session] | None = None
        self._session: tuple[Photo, Session] | None = None

    @property
    def loaded(self) -> bool:
        """Whether the method is there."""
        return self._ready is not None

    def use_device(self, device: str, lane: str) -> None:
        """Load the method on another device when it is needed next."""
        self._device = device

        def drop(task: Task) -> None:
            self._ready, self._session = None, None

        self._worker.submit(drop, lambda nothing: None, lane=lane)

    def begin(self, photo: Photo) -> tuple[Session, SessionReady[Session]]:
        """In the worker's thread: the session of a photo, and the method."""
        if self._ready is None:
            self._ready = self._factory(self._device)
        if self._session is None or self._session[0] is not photo:
            self._session = None  # let go of the old photo before the new one's memory is needed
            self._session = (photo, self._ready.session(photo))
        return self._session[1], self._ready

    def is_news(self, ready: SessionReady[Session]) -> bool:
        """Whether the window has not been told of this method yet; from now on it has."""
        news = ready is not self._told
        self._told = ready
        return news
