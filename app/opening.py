"""Every way a photo comes in: dialog, drop, paste, recent files, sample, command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from app.canvas.pyramid import Pyramid
from app.settings import Settings
from app.worker import Task, Worker
from app.workspaces.pose.set_files import holds_people
from engine.errors import PhotoError
from engine.imaging.formats import readable_extensions
from engine.imaging.load import load
from engine.imaging.photo import Photo


@dataclass(frozen=True)
class Opened:
    """A photo ready to be shown.

    Args:
        photo: The pixels.
        picture: The same, drawn.
        name: What to call it.
        path: Its file; None for an image that was pasted or dropped.
    """

    photo: Photo
    picture: Pyramid
    name: str
    path: Path | None


class Opener(QObject):
    """Emits `opened` for whatever came in; a file that cannot be loaded is an error of the worker's request."""

    opened = Signal(object)
    """An Opened."""
    failed = Signal(str, str)
    """Message and hint, where there is nothing to load."""
    set_asked = Signal(Path)
    """A file or folder of people: a project, annotations, photos."""
    noted = Signal(str, str)
    """Message and hint about what was left out."""

    def __init__(self, window: QWidget, worker: Worker, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._worker, self._settings = window, worker, settings

    def ask(self) -> None:
        """The open dialog, in the folder used last."""
        endings = " ".join(f"*{ending}" for ending in readable_extensions())
        filters = f"{self.tr('Photos')} ({endings} {endings.upper()});;{self.tr('All files')} (*)"
        folder = str(self._settings.folder("open"))
        name, _ = QFileDialog.getOpenFileName(self._window, self.tr("Open photo"), folder, filters)
        if name:
            self.open_path(Path(name))

    def open_path(self, path: Path) -> None:
        self._load(lambda: load(path), path.name, path)

    def open_first(self, paths: Sequence[Path]) -> None:
        """Open the first of several photos, or a set of people: one is worked on at a time."""
        if paths and holds_people(paths[0]):
            self.set_asked.emit(paths[0])
        elif paths:
            self.open_path(paths[0])
        if len(paths) > 1:
            self.noted.emit(
                self.tr("One photo is worked on at a time: {name} is opened.").format(name=paths[0].name),
                self.tr("Open the others when this one is done."),
            )

    def open_sample(self) -> None:
        """A photo that comes with scikit-image; not a file of the user's, so it is not remembered."""
        import skimage.data

        path = Path(skimage.data.__file__).parent / "chelsea.png"
        self._load(lambda: Photo.from_array(load(path).pixels), self.tr("Sample photo"), None)

    def paste(self) -> None:
        """Whatever picture is on the clipboard."""
        data: QMimeData | None = QGuiApplication.clipboard().mimeData()  # None where the clipboard was never used
        if data is None or not self.take(data, self.tr("Pasted image")):
            self.failed.emit(
                self.tr("There is no picture on the clipboard."),
                self.tr("Copy a picture or a picture file, then paste."),
            )

    def take(self, data: QMimeData, name: str) -> bool:
        """Open the file or the image in dropped or pasted data; False when there is neither."""
        if paths := local_files(data):
            self.open_first(paths)
        elif data.hasImage():
            image = QImage(data.imageData())
            self._load(lambda: Photo.from_array(_pixels(image)), name, None)
        else:
            return False
        return True

    def _load(self, read: Callable[[], Photo], name: str, path: Path | None) -> None:
        def job(task: Task) -> Opened:
            photo = read()
            task.check()
            return Opened(photo, Pyramid.of_photo(photo.rgb8), name, path)

        label = self.tr("Opening {name}…").format(name=name)
        self._worker.submit(job, self.opened.emit, lane="open", label=label)


def takes(data: QMimeData) -> bool:
    """Whether there is anything to open in what is dragged."""
    return data.hasImage() or bool(local_files(data))


def local_files(data: QMimeData) -> list[Path]:
    """The existing files and folders among what is dropped or pasted."""
    paths = (Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())
    return [path for path in paths if path.exists()]


def _pixels(image: QImage) -> np.ndarray:
    """(H, W, 3 or 4) uint8 of an image of whatever format."""
    if image.isNull():
        raise PhotoError("The picture that was pasted or dropped cannot be read.", "Save it as a file and open that.")
    channels = 4 if image.hasAlphaChannel() else 3
    form = QImage.Format.Format_RGBA8888 if channels == 4 else QImage.Format.Format_RGB888
    image = image.convertToFormat(form)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * channels].reshape(image.height(), image.width(), channels).copy()
