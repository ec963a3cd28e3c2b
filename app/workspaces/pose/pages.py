"""The photos of a set: the one that is wanted, and its neighbours before anybody asks."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.canvas.pyramid import Pyramid
from app.worker import Task, Worker
from engine.errors import DeepSkelError
from engine.imaging.load import load
from engine.imaging.photo import Photo
from engine.pose.project.person import Person
from engine.pose.project.project import Project

BUDGET = 400_000_000
"""Bytes of photos that are kept, the one on the screen included."""
GREY = 118
LARGEST = 8000
"""Side of the largest grey canvas: a wrong joint far away must not cost memory."""
USUAL = (1280, 720)
"""Size of most MPII photos, for people of whom nothing else is known."""

WANTED, AHEAD = "photo of a person", "photos ahead"


@dataclass(frozen=True, eq=False)
class Page:
    """A photo that can be shown.

    Args:
        photo: The pixels; grey where there is no photo.
        picture: The same, drawn.
        path: The file; None where there is none.
        problem: Why the photo is grey, in words for people; empty when it is real.
    """

    photo: Photo
    picture: Pyramid
    path: Path | None
    problem: str = ""

    @property
    def bytes(self) -> int:
        """Memory that it takes, about."""
        return int(self.photo.pixels.nbytes) * 2


class Pages(QObject):
    """Loads in the files' thread, keeps what was used last."""

    loaded = Signal(str, object)
    """Name of an image of the project, and its Page."""

    def __init__(self, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._kept: OrderedDict[str, Page] = OrderedDict()
        self._grey: dict[tuple[int, int], Page] = {}
        self._project: Project | None = None
        self._wanted: str | None = None

    def open(self, project: Project | None) -> None:
        """Another set, or none."""
        self._worker.cancel(WANTED)
        self._worker.cancel(AHEAD)
        self._kept.clear()
        self._project, self._wanted = project, None

    def want(self, person: Person) -> Page | None:
        """The person's page if it is here; otherwise it will come as `loaded`."""
        self._wanted = person.image
        page = self._known(person)
        if page is None:
            self._worker.cancel(AHEAD)
            self._load([person], WANTED, self.tr("Opening {name}…").format(name=Path(person.image).name))
        else:
            self._worker.cancel(WANTED)
        return page

    def photo(self, person: Person) -> Photo | None:
        """The person's photo if it is here; None when it is not, or there is none."""
        page = self._kept.get(person.image)
        return page.photo if page is not None and not page.problem else None

    def ahead(self, people: list[Person]) -> None:
        """Have the pages of these people ready."""
        project = self._project
        if project is None:
            return
        missing = [p for p in people if p.image not in self._kept and project.image_path(p) is not None]
        if missing:
            self._load(missing, AHEAD, "")

    def _known(self, person: Person) -> Page | None:
        page = self._kept.get(person.image)
        if page is not None:
            self._kept.move_to_end(person.image)
            return page
        if self._project is None or self._project.image_path(person) is None:
            return self._grey_page(person, self.tr("The photo {name} was not found.").format(name=person.image))
        return None

    def _load(self, people: list[Person], lane: str, label: str) -> None:
        project = self._project
        if project is None:
            return
        wanted = [(person, project.image_path(person)) for person in people]

        def job(task: Task) -> list[tuple[Person, Page | str]]:
            found: list[tuple[Person, Page | str]] = []
            for person, path in wanted:
                task.check()
                try:
                    photo = load(path) if path else None
                except DeepSkelError as error:
                    found.append((person, f"{error.message} {error.hint}".strip()))
                    continue
                if photo is not None:
                    found.append((person, Page(photo, Pyramid.of_photo(photo.rgb8), path)))
            return found

        def then(found: list[tuple[Person, Page | str]]) -> None:
            if project is self._project:
                for person, page in found:
                    self._keep(person.image, self._grey_page(person, page) if isinstance(page, str) else page)

        self._worker.submit(job, then, lane=lane, label=label)

    def _keep(self, image: str, page: Page) -> None:
        self._kept[image] = page
        self._kept.move_to_end(image)
        while len(self._kept) > 1 and sum(p.bytes for p in self._kept.values()) > BUDGET:
            oldest = next(name for name in self._kept if name != image)
            if oldest == self._wanted and len(self._kept) <= 2:
                break
            del self._kept[oldest]
        self.loaded.emit(image, page)

    def _grey_page(self, person: Person, problem: str) -> Page:
        size = grey_size(person)
        if size not in self._grey:
            self._grey.clear()
            pixels = np.full((size[1], size[0], 3), GREY, np.uint8)
            photo = Photo.from_array(pixels)
            self._grey[size] = Page(photo, Pyramid.of_photo(photo.rgb8), None)
        grey = self._grey[size]
        return Page(grey.photo, grey.picture, None, problem)


def grey_size(person: Person) -> tuple[int, int]:
    """(width, height) of a canvas for a person without a photo: the photo's size, or one that holds what is known."""
    if person.size is not None:
        return min(person.size[0], LARGEST), min(person.size[1], LARGEST)
    points = [tuple(xy) for xy in person.state.joints[person.state.known]]
    if person.box is not None:
        points.append(person.box[2:])
    if person.center is not None:
        points.append(person.center)
    width = max([USUAL[0], *(math.ceil(min(x, LARGEST)) + 1 for x, _ in points)])
    height = max([USUAL[1], *(math.ceil(min(y, LARGEST)) + 1 for _, y in points)])
    return min(width, LARGEST), min(height, LARGEST)
