"""The poses offered for the open person: lifted at once, read by the network in the background, kept beside the set."""

from __future__ import annotations

import logging
from collections import OrderedDict
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.document.annotation_set import AnnotationSet
from app.worker import Task, Worker
from app.workspaces.pose.pages import Page
from app.workspaces.pose.reader import Asked, PoseReader
from engine.errors import InputError
from engine.imaging.photo import Photo
from engine.pose.project.candidates import Candidate
from engine.pose.project.person import Person
from engine.pose.project.prepare import candidates_of, lift_people, with_prediction
from engine.pose.project.store import CandidateStore, key_of, weights_digest
from engine.pose.session import PosePrediction, SkeletonMaps

log = logging.getLogger(__name__)

KEPT = 24
"""People whose reading, with its maps, is kept in memory."""


class Hypotheses(QObject):
    """Follows the open person of a set.

    Args:
        reader: Asks the networks.
        shapes: The thread that lifts.
        files: The thread that reads and writes what is kept beside the project.
    """

    changed = Signal()
    """Other candidates, or another state of the reading."""
    settled = Signal()
    """Everything about the open person is known: there is time for the next one."""

    def __init__(self, reader: PoseReader, shapes: Worker, files: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader, self._shapes, self._files = reader, shapes, files
        self._set: AnnotationSet | None = None
        self._page: Page | None = None
        self._readings: OrderedDict[str, PosePrediction] = OrderedDict()
        self._failed: set[str] = set()
        self._asked_for_maps: set[str] = set()
        self._stored: list[Candidate] = []
        self.candidates: list[Candidate] = []
        self.problem = ""
        reader.read.connect(self._on_read)
        reader.failed.connect(self._on_failed)

    @property
    def reading(self) -> bool:
        """Whether the networks are at it."""
        return self._reader.asked is not None

    @property
    def prediction(self) -> PosePrediction | None:
        """What the networks read of the open person, when it was in this session."""
        return self._readings.get(self._person.person) if self._person else None

    def maps(self, candidate: Candidate | None) -> SkeletonMaps | None:
        """The skeleton maps that a candidate was read from; those of the pose that is believed for any other."""
        prediction = self.prediction
        if prediction is None or not prediction.found:
            return None
        found = prediction.maps(candidate.origin) if candidate is not None else None
        if found is None:
            best = max(
                (h for h in prediction.hypotheses if h.origin.crop is not None), key=lambda h: h.score, default=None
            )
            found = prediction.maps(best.origin) if best is not None else None
        return found

    def want_maps(self) -> None:
        """Read if nothing was read in this session and nobody has stopped it: candidates are kept, maps are not."""
        person = self._person
        if person is not None and person.person not in self._asked_for_maps and self.prediction is None:
            self._asked_for_maps.add(person.person)
            if self._page is not None and not self._page.problem and not self.reading:
                self.read()

    def open_set(self, annotations: AnnotationSet | None) -> None:
        """Another set, or none."""
        self._reader.cancel()
        self._set, self._page = annotations, None
        self._readings.clear()
        self._failed.clear()
        self._asked_for_maps.clear()
        self.candidates, self._stored = [], []

    def open_person(self, page: Page) -> None:
        """The open person of the set has changed, and this is their photo."""
        self._reader.cancel()
        self._page, self.problem = page, ""
        person = self._person
        if person is None or self._set is None:
            return
        self.candidates, self._stored = [], []
        if person.person in self._readings:  # read before anybody asked
            self._set.fill({self._set.current: with_prediction(person, self._readings[person.person])})
        self._collect()
        if not self._kept():
            self.read(again=False)

    def read(self, *, again: bool = True) -> None:
        """Ask the networks, unless they have said what they can.

        Args:
            again: Even then.
        """
        person, page = self._person, self._page
        if person is None or page is None or self._set is None:
            return
        if page.path is None and page.problem:
            self.problem = page.problem
            self.changed.emit()
            return
        known = person.person in self._readings or person.person in self._failed
        if again or not known:
            self.problem = ""
            self._reader.ask(Asked(self._set.current, person, page.photo))
        self.changed.emit()

    def joints_changed(self) -> None:
        """Joints in the photo were moved: what is lifted is other now, and what was kept was about the old ones."""
        person = self._person
        if self._stored and person is not None:
            self._stored = []
            self._failed.discard(person.person)
            self.read(again=False)
        self._collect()

    def ahead(self, index: int, photo: Photo) -> None:
        """Read the person who is probably next, once the open one is done with."""
        annotations = self._set
        if annotations is None or self.reading:
            return
        person = annotations.person(index)
        if person.person in self._readings or person.person in self._failed:
            return

        def then(prediction: PosePrediction) -> None:
            if annotations is self._set:
                self._remember(person.person, prediction)

        self._reader.ahead(person, photo, then)

    def cancel(self) -> bool:
        """Give the reading up; True when there was one."""
        was = self._reader.cancel()
        if was:
            person = self._person
            self._failed.add(person.person if person else "")
            self.problem = self.tr("Reading was stopped. F9 reads again.")
            self.changed.emit()
        return was

    # Inside

    @property
    def _person(self) -> Person | None:
        return self._set.person(self._set.current) if self._set and self._set.current >= 0 else None

    def _collect(self) -> None:
        """Lift, and put what the networks read beside it; the newest question is the one that counts."""
        annotations, person = self._set, self._person
        if annotations is None or person is None:
            return
        index, prediction = annotations.current, self._readings.get(person.person)

        def job(task: Task) -> tuple[Person, list[Candidate]]:
            return lift_people([person])[0], candidates_of(person.state, prediction)

        def then(found: tuple[Person, list[Candidate]]) -> None:
            filled, candidates = found
            if annotations is not self._set or index != annotations.current:
                return
            if filled.state.pose is not None:
                annotations.fill({index: filled})
            self.candidates = candidates + (self._stored if prediction is None else [])
            self.changed.emit()
            if not self.reading:
                self.settled.emit()
            if prediction is not None:
                self._keep(index)

        self._shapes.submit(job, then, lane="candidates")

    def _kept(self) -> bool:
        """Look beside the project for what the networks said before; True when somebody looks."""
        annotations, person, page = self._set, self._person, self._page
        if (
            annotations is None
            or person is None
            or page is None
            or page.path is None
            or person.person in self._readings
        ):
            return False
        path: Path | None = annotations.project.path
        if path is None or not CandidateStore.beside(path).folder.is_dir():
            return False
        photo = page.path

        def job(task: Task) -> list[Candidate] | None:
            return CandidateStore.beside(path).get(person.person, key_of(person, photo, weights_digest()))

        def then(candidates: list[Candidate] | None) -> None:
            now = self._person
            if annotations is not self._set or now is None or now.person != person.person:
                return
            if candidates:
                self._stored = [candidate for candidate in candidates if candidate.source == "predicted"]
                lifted = [candidate for candidate in self.candidates if candidate.source == "lifted"]
                self.candidates = lifted + self._stored if lifted else candidates
                self._failed.add(person.person)  # no need to ask
                self.settled.emit()
                self.changed.emit()
            else:
                self.read(again=False)

        self._files.submit(job, then, lane="kept candidates")
        return True

    def _on_read(self, asked: Asked, prediction: PosePrediction) -> None:
        annotations = self._set
        if annotations is None or annotations.person(asked.index).person != asked.person.person:
            return
        self._remember(asked.person.person, prediction)
        filled = with_prediction(annotations.person(asked.index), prediction)
        annotations.fill({asked.index: filled})
        if asked.index == annotations.current:
            self.problem = prediction.problem
            self._collect()

    def _remember(self, person: str, prediction: PosePrediction) -> None:
        self._readings[person] = prediction
        self._readings.move_to_end(person)
        while len(self._readings) > KEPT:
            self._readings.popitem(last=False)

    def _on_failed(self, asked: Asked, error: Exception) -> None:
        self._failed.add(asked.person.person)
        annotations = self._set
        if isinstance(error, InputError) and annotations is not None and asked.index == annotations.current:
            self.problem = self.tr("The network cannot read this person: {why}").format(why=error.message)
        self.changed.emit()

    def _keep(self, index: int) -> None:
        """Beside the project, so that nobody waits for the networks twice."""
        annotations, page = self._set, self._page
        if annotations is None or annotations.project.path is None or page is None or page.path is None:
            return
        person, path, photo = annotations.person(index), annotations.project.path, page.path
        candidates = list(self.candidates)
        if not candidates:
            return

        def job(task: Task) -> None:
            CandidateStore.beside(path).put(person.person, key_of(person, photo, weights_digest()), candidates)

        self._files.submit(job, lambda nothing: None, lane=f"keep {person.person}", failed=_not_kept)


def _not_kept(error: Exception) -> bool:
    """Nothing is lost by it: what is not kept is computed again."""
    log.warning("candidates were not kept: %s", error)
    return True
