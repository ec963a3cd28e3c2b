"""How well the skeleton fits: the mask that it gives back, and precision and recall, in the background."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from app.document.reading import DrawnReading
from app.document.skeleton import Truth
from app.worker import Task, Worker
from app.workspaces.skeleton.curve import Curve
from app.workspaces.skeleton.latest import Latest
from app.workspaces.skeleton.recovering import Recovered
from engine.crop.prediction import Prediction
from engine.skeleton.graph import SkeletonGraph

CURVE = "curve"
REST_MS = 120
"""A mask is recovered when the skeleton has not changed for this long: a slider must not wait for it."""


class Comparing(QObject):
    """Asked with what is shown; asking the same again costs nothing.

    Args:
        inference: Computes curves, which take as long as readings.
        shapes: Recovers masks.
    """

    recovered_changed = Signal()
    """`recovered` is another."""
    curve_changed = Signal(object)
    """A Curve, or None."""
    curve_moved = Signal(object)
    """How far the curve is, in [0, 1]; None when it is not under way."""

    def __init__(self, inference: Worker, shapes: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._inference = inference
        self.recovered: Recovered | None = None
        self._masks = Latest(shapes, "recover", self)
        self._masks.done.connect(self._take)
        self._wanted: tuple[SkeletonGraph | None, Prediction | None, Truth | None] = (None, None, None)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._recover)
        self._compared: tuple[DrawnReading, Truth] | None = None
        inference.moved.connect(self._on_moved)

    def recover(self, graph: SkeletonGraph | None, cut_out: Prediction | None, truth: Truth | None) -> None:
        """Recover the mask of a graph, once things rest; None shows none."""
        wanted = (graph, cut_out, truth)
        if all(a is b for a, b in zip(wanted, self._wanted, strict=True)):
            return
        self._wanted = wanted
        if graph is None:
            self._rest.stop()
            self._masks.forget()
            self._take(None)
        else:
            self._rest.start()

    def draw_curve(self, reading: DrawnReading | None, truth: Truth | None) -> None:
        """Compare a reading with the truth."""
        if reading is None or truth is None:
            self.cancel_curve()
            return
        if self._compared and self._compared[0] is reading and self._compared[1] is truth:
            return
        self.cancel_curve()
        self._compared = (reading, truth)
        self.curve_moved.emit(0.0)

        def job(task: Task) -> Curve:
            def moved(fraction: float) -> None:
                task.check()
                task.progress(fraction)

            return Curve.of(reading.prediction, truth.mask, moved)

        self._inference.submit(job, self._take_curve, lane=CURVE, failed=self._on_failed)

    def cancel_curve(self) -> None:
        """Stop comparing; it begins again when it is asked for again."""
        self._inference.cancel(CURVE)
        if self._compared is not None:
            self._compared = None
            self.curve_moved.emit(None)
            self.curve_changed.emit(None)

    def cancel(self, lane: str) -> bool:
        """Stop the work of a lane; True when it was one of these."""
        if lane == CURVE:
            self.cancel_curve()
        return lane == CURVE

    def forget(self) -> None:
        """Nothing is shown any more."""
        self.recover(None, None, None)
        self.cancel_curve()

    def finish(self) -> None:
        self._rest.stop()

    def _recover(self) -> None:
        graph, cut_out, truth = self._wanted
        if graph is not None:
            self._masks.ask(partial(Recovered.of, graph, cut_out, truth.mask if truth else None))

    def _take(self, recovered: Recovered | None) -> None:
        if recovered is not self.recovered:
            self.recovered = recovered
            self.recovered_changed.emit()

    def _take_curve(self, curve: Curve) -> None:
        self.curve_moved.emit(None)
        self.curve_changed.emit(curve)

    def _on_failed(self, error: Exception) -> bool:
        self.curve_moved.emit(None)
        return False

    def _on_moved(self, request: object, fraction: float) -> None:
        if getattr(request, "lane", "") == CURVE:
            self.curve_moved.emit(fraction)
