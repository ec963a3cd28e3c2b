"""Little pictures of people, made in the worker's thread when a row is painted, kept while they are used."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, QRectF, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap

from app.canvas.sides import ON_DARK, SideColours
from app.document.annotation_set import AnnotationSet
from app.worker import Request, Task, Worker
from app.workspaces.pose.figure_picture import draw_figure
from engine.errors import DeepSkelError
from engine.imaging.load import Reduced, load_reduced
from engine.imaging.window import Window, extract
from engine.pose.project.person import Person

SIDE = 56
"""Of a picture, in logical pixels."""
KEPT = 500
"""Pictures that are kept: 25 MB at two device pixels a logical one."""
WANTED = 40
"""Rows that are waited for; what was scrolled past is given up."""
PAUSE_MS = 400
"""A person who is being edited gets a new picture this often at most."""
LANE = "thumbnails"


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """How pictures without a photo are drawn.

    Args:
        colours: Of the figure.
        ground: Behind it, #rrggbb.
    """

    colours: SideColours = ON_DARK
    ground: str = "#34373c"


@dataclass(frozen=True, slots=True, eq=False)
class _Made:
    pixmap: QPixmap
    person: Person
    with_photo: bool
    ratio: float

    def fits(self, person: Person, ratio: float) -> bool:
        if ratio != self.ratio:
            return False
        if person.state is self.person.state:
            return True
        joints = np.array_equal(person.state.joints, self.person.state.joints, equal_nan=True)
        return self.with_photo and joints and person.box == self.person.box


class Thumbnails(QObject):
    """`get` answers at once with what there is; `ready` tells when there is more."""

    ready = Signal(int)
    """Index of a person whose picture is new."""

    def __init__(self, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._set: AnnotationSet | None = None
        self._look = Look()
        self._made: OrderedDict[int, _Made] = OrderedDict()
        self._wanted: OrderedDict[int, float] = OrderedDict()
        self._again: dict[int, float] = {}
        self._request: Request | None = None
        self._making = -1
        self._photos = _Photos()
        worker.ended.connect(self._on_ended)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._on_pause)

    def open(self, annotations: AnnotationSet | None) -> None:
        """Another set, or none."""
        self.clear()
        self._set = annotations

    def clear(self) -> None:
        """Forget every picture: photos were found, or the set is another."""
        self._worker.cancel(LANE)
        self._timer.stop()
        self._made.clear()
        self._wanted.clear()
        self._again.clear()
        self._photos = _Photos()

    def show_look(self, look: Look) -> None:
        """Draw figures in other colours from now on."""
        if (look.colours, look.ground) != (self._look.colours, self._look.ground):
            self._look = look
            self.clear()

    def get(self, index: int, ratio: float) -> QPixmap | None:
        """A person's picture, SIDE logical pixels at `ratio`; perhaps an older one; None while there is none."""
        if self._set is None:
            return None
        made = self._made.get(index)
        if made is None and self._request is not None and index == self._making:
            return None
        if made is None:
            self._wanted[index] = ratio
            self._wanted.move_to_end(index)
            while len(self._wanted) > WANTED:
                self._wanted.popitem(last=False)
            self._next()
            return None
        self._made.move_to_end(index)
        if not made.fits(self._set.person(index), ratio):
            self._again[index] = ratio
            if not self._timer.isActive():
                self._timer.start()
        return made.pixmap

    def _on_pause(self) -> None:
        self._wanted.update(self._again)
        self._again.clear()
        self._next()

    def _next(self) -> None:
        """What was asked for last comes first: that is what is on the screen."""
        annotations = self._set
        if self._request is not None or annotations is None or not self._wanted:
            return
        index, ratio = self._wanted.popitem()
        person, look, photos = annotations.person(index), self._look, self._photos
        project, self._making = annotations.project, index

        def job(task: Task) -> tuple[QImage, bool]:
            return picture(person, project.image_path(person), round(SIDE * ratio), look, photos)

        def then(answer: tuple[QImage, bool]) -> None:
            image, with_photo = answer
            pixmap = QPixmap.fromImage(image)
            pixmap.setDevicePixelRatio(ratio)
            self._made[index] = _Made(pixmap, person, with_photo, ratio)
            while len(self._made) > KEPT:
                self._made.popitem(last=False)
            self.ready.emit(index)

        self._request = self._worker.submit(job, then, lane=LANE)

    def _on_ended(self, request: Request) -> None:
        """Answered, failed, or given up because pictures were cleared."""
        if request is self._request:
            self._request = None
            self._next()


class _Photos:
    """The last photo, for the worker's thread alone: people of one photo follow one another."""

    def __init__(self) -> None:
        self._key: tuple[Path, int] | None = None
        self._photo: Reduced | None = None

    def get(self, path: Path, reduce: int) -> Reduced:
        if self._photo is None or self._key != (path, reduce):
            self._photo, self._key = load_reduced(path, reduce), (path, reduce)
        return self._photo


def picture(
    person: Person, path: Path | None, pixels: int, look: Look, photos: _Photos | None = None
) -> tuple[QImage, bool]:
    """The photo around a person, or their figure where there is no photo; in any thread.

    Args:
        person: Who.
        path: The photo.
        pixels: Side of the square picture.
        look: Of the figure.
        photos: The last one that was read.

    Returns:
        RGB picture, and whether it shows the photo.
    """
    if path is not None:
        try:
            return _crop(person, path, pixels, photos or _Photos(), QColor(look.ground)), True
        except DeepSkelError:
            pass  # what is wrong with the photo is told when the person is opened
    image = QImage(pixels, pixels, QImage.Format.Format_RGB888)
    image.fill(QColor(look.ground))
    points = person.state.joints if person.state.pose is None else person.state.pose
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    room = 0.09 * pixels
    draw_figure(painter, QRectF(room, room, pixels - 2 * room, pixels - 2 * room), points, look.colours)
    painter.end()
    return image, False


def _crop(person: Person, path: Path, pixels: int, photos: _Photos, ground: QColor) -> QImage:
    try:
        window: Window | None = person.window()
    except DeepSkelError:
        window = Window.square_over(*person.size) if person.size else None
    shrink = 4.0 if window is None else max(1.0, window.width / pixels)
    reduced = photos.get(path, min(8, 2 ** math.floor(math.log2(shrink))))
    rgb, factor = reduced.photo.rgb8, reduced.factor
    if window is None:
        part = Window.square_over(*reduced.photo.size)
    else:
        part = Window(window.x0 / factor, window.y0 / factor, window.width / factor, window.height / factor)
    square, inside = extract(rgb, part, pixels, pixels)
    square[~inside] = ground.red(), ground.green(), ground.blue()
    return QImage(square.data, pixels, pixels, square.strides[0], QImage.Format.Format_RGB888).copy()
