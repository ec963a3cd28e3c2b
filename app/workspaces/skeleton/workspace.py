"""The Skeleton workspace: what is chosen, what is read and what is drawn, joined."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from app.canvas.click_tool import ClickTool
from app.canvas.skeleton_layer import SkeletonLayer
from app.canvas.view import Canvas
from app.document.answer import Answer
from app.document.document import Document
from app.document.prompts import Prompts
from app.document.reading import DrawnReading
from app.document.skeleton import COLOURS, VIEWS, Choices, Question
from app.method import SkeletonFactory
from app.settings import Settings
from app.worker import Worker
from app.workspaces.actions import connect
from app.workspaces.skeleton.actions import SkeletonActions
from app.workspaces.skeleton.axes import Axes
from app.workspaces.skeleton.comparing import Comparing
from app.workspaces.skeleton.drawing import Draughtsman, Drawing, Order
from app.workspaces.skeleton.hover import Hover
from app.workspaces.skeleton.latest import Latest
from app.workspaces.skeleton.legend import Legend
from app.workspaces.skeleton.panel import SkeletonPanel
from app.workspaces.skeleton.reader import READ, Reader
from app.workspaces.skeleton.state import Stage, words
from app.workspaces.workspace import Facts, Workspace
from engine.crop.prompts import Box, Click

USUAL = 0.5
"""Threshold before anything has been read."""


class SkeletonWorkspace(Workspace):
    """Finds skeletons and shows their circles.

    Nothing is read before the workspace is first turned to.

    Args:
        inference, shapes: The threads of the network, and of what is drawn from its readings.
        factory: Loads the method for a device.
        owner: The widget whose window hears the keys.
    """

    tool: ClickTool

    def __init__(
        self,
        settings: Settings,
        canvas: Canvas,
        inference: Worker,
        shapes: Worker,
        factory: SkeletonFactory,
        owner: QWidget,
    ) -> None:
        super().__init__(canvas, owner, ClickTool(canvas))
        self.settings = settings
        self.actions_: SkeletonActions = SkeletonActions(owner)
        self.panel: SkeletonPanel = SkeletonPanel(self.actions_)
        self.layer = SkeletonLayer(canvas)
        self.legend = Legend(canvas)
        self.hover = Hover(canvas, self.layer, self)
        self.reader = Reader(inference, factory, settings.device, self)
        self.comparing = Comparing(inference, shapes, self)
        self.drawing: Drawing | None = None
        self.stage = Stage.NO_PHOTO
        self._draughtsman = Draughtsman()
        self._drafts, self._axes = Latest(shapes, "draw", self), Axes(shapes, self)
        self._order: Order | None = None
        self._asked: Question | None = None
        self._given_up: dict[Question, Stage] = {}
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self.refresh)
        self._connect()

    # The window's side

    def first_choices(self) -> Choices:
        """What a new document begins with: how skeletons were looked at last."""
        s = self.settings
        return Choices(
            view=s.skeleton_view,
            colour=s.skeleton_colour,
            circles=s.skeleton_circles,
            density=s.skeleton_density,
            opacity=s.skeleton_opacity,
        )

    def open(self, document: Document) -> None:
        super().open(document)
        self._forget()
        document.skeleton.choices_changed.connect(self._on_choices)
        for changed in (
            document.crop.prompts_changed,
            document.crop.answer_changed,
            document.crop.waiting_changed,
        ):
            changed.connect(self._on_object)
        self.refresh()

    def activate(self, active: bool) -> None:
        super().activate(active)
        self.layer.show(active)
        self.hover.active = active
        self.hover.forget()
        if active:
            self.refresh()
        else:
            self.legend.show_key(None)

    def cancel(self, lane: str = READ) -> bool:
        """Give up the reading or the comparison; True when there was one."""
        if lane != READ:
            return self.comparing.cancel(lane)
        if self._asked is None or not self.reader.cancel():
            return False
        self._given_up[self._asked] = Stage.STOPPED
        self._asked = None
        self.refresh()
        return True

    def use_device(self, device: str) -> None:
        """Read on another device from now on."""
        self.reader.use_device(device)
        self._given_up.clear()

    def finish(self) -> None:
        """No more work: the window closes."""
        self._later.stop()
        self.comparing.finish()

    # From the hand to the document

    def _connect(self) -> None:
        a, panel = self.actions_, self.panel
        self.tool.clicked.connect(self._on_click)
        self.tool.boxed.connect(self._on_box)
        tr = self.tr
        a.place_group.triggered.connect(lambda action: self._change(tr("where"), within=action.data() == "object"))
        a.source_group.triggered.connect(lambda action: self._change(tr("which skeleton"), source=action.data()))
        a.view_group.triggered.connect(lambda action: self._change(tr("view"), view=action.data()))
        a.colour_group.triggered.connect(lambda action: self._change(tr("colours"), colour=action.data()))
        connect(a.next_view, partial(self._next, "view", VIEWS, tr("view")))
        connect(a.next_colour, partial(self._next, "colour", COLOURS, tr("colours")))
        a.circles.triggered.connect(lambda on: self._change(tr("circles"), circles=on))
        a.recovered.triggered.connect(lambda on: self._change(tr("recovered mask"), recovered=on))
        a.multi_scale.triggered.connect(lambda on: self._change(tr("several scales"), multi_scale=on))
        connect(a.read, self._read_again)
        panel.threshold_moved.connect(lambda v, g: self._change(tr("threshold"), ("threshold", g), threshold=v / 100))
        panel.density_moved.connect(lambda v, g: self._change(tr("density"), ("density", g), density=v))
        panel.opacity_moved.connect(lambda v, g: self._change(tr("opacity"), ("opacity", g), opacity=v))
        panel.stages.chosen.connect(lambda stage: self._change(tr("side output"), stage=stage, view="heat"))
        self.reader.read.connect(self._on_read)
        self.reader.failed.connect(self._on_failed)
        self._drafts.done.connect(self._on_drawing)
        self._axes.found.connect(self.refresh)
        self.comparing.recovered_changed.connect(self._show_recovered)
        self.comparing.curve_moved.connect(panel.plot.show_progress)
        self.comparing.curve_changed.connect(panel.plot.show_curve)

    def _change(self, text: str, gesture: object = None, **fields: object) -> None:
        if self.document:
            self.document.skeleton.change(text, gesture, **fields)
        self._show_choices()  # buttons show what holds, not what was pressed

    def _next(self, name: str, values: tuple[str, ...], text: str) -> None:
        if self.document:
            now = getattr(self.document.skeleton.choices, name)
            self._change(text, **{name: values[(values.index(now) + 1) % len(values)]})

    def _on_click(self, click: Click) -> None:
        """An include click takes the object there, whatever was cut out before; an exclude click corrects it."""
        document = self.document
        if document is None:
            return
        crop = document.crop
        if not click.positive:
            if not crop.prompts.empty:
                self._keep_to(lambda: crop.add_click(click))
        elif crop.answer and not crop.answer.empty and _covers(crop.answer, click):
            self._keep_to(lambda: None)
        else:
            self._keep_to(lambda: crop.start_over(Prompts((click.check_inside(*document.size),))))

    def _on_box(self, box: Box) -> None:
        document = self.document
        if document is not None:
            clipped = box.clipped(*document.size)
            self._keep_to(lambda: document.crop.start_over(Prompts(box=clipped)))

    def _keep_to(self, say: Callable[[], object]) -> None:
        """Say something about the object and keep to it, as one act."""
        document = self.document
        if document is None:
            return
        if document.skeleton.choices.within:
            say()
            return
        document.undo_stack.beginMacro(self.tr("pick object"))
        say()
        document.skeleton.change(self.tr("where"), within=True)
        document.undo_stack.endMacro()

    def _read_again(self) -> None:
        self._given_up.clear()
        self.refresh()

    # From the document to the eye

    def _on_choices(self, choices: Choices, before: Choices) -> None:
        s = self.settings
        s.skeleton_view, s.skeleton_colour, s.skeleton_circles = choices.view, choices.colour, choices.circles
        s.skeleton_density, s.skeleton_opacity = choices.density, choices.opacity
        self._later.start() if self.active else None

    def _on_object(self, _: object) -> None:
        if self.active:
            self._later.start()

    def refresh(self) -> None:
        """Show what is chosen; ask for what is not known yet."""
        if not self.active:
            return
        document = self.document
        if document is None:
            self.stage = Stage.NO_PHOTO
        else:
            self.stage = self._advance(document)
        self._show_choices()
        self._show_canvas()
        self._show_words()

    def _advance(self, document: Document) -> Stage:
        """Ask for the next thing that is missing."""
        choices, crop = document.skeleton.choices, document.crop
        answer = crop.answer if crop.answer and not crop.answer.empty else None
        needs_object = choices.source != "predicted" or choices.question(crop.prompts).prompts is not None
        if needs_object and crop.waiting:
            return Stage.OBJECT
        reads = choices.source != "medial" or choices.view == "heat"
        reading = self.reading
        if choices.source == "medial" and not reads:
            return Stage.SHOWN if answer else Stage.NO_OBJECT
        if choices.question(crop.prompts).prompts is not None and answer is None:
            return Stage.NO_OBJECT
        if reading is None:
            return self._ask(document, choices.question(crop.prompts), answer)
        if self._asked is not None:  # what is wanted is known, so nobody waits for what was wanted before
            self.reader.cancel()
            self._asked = None
        return Stage.SHOWN

    def _ask(self, document: Document, question: Question, answer: Answer | None) -> Stage:
        if question in self._given_up:
            return self._given_up[question]
        if question != self._asked:
            self._asked = question
            self.comparing.cancel_curve()
            self.reader.ask(document, question, answer.prediction if answer else None)
        return Stage.READING

    @property
    def reading(self) -> DrawnReading | None:
        """What was read for the present choices; None while it is not known."""
        document = self.document
        if document is None:
            return None
        return document.skeleton.readings.get(document.skeleton.choices.question(document.crop.prompts))

    @property
    def threshold(self) -> float:
        """The one that holds."""
        chosen = self.document.skeleton.choices.threshold if self.document else None
        reading = self.reading
        return chosen if chosen is not None else reading.prediction.threshold if reading else USUAL

    def _on_read(self, question: Question, reading: DrawnReading) -> None:
        if question == self._asked:
            self._asked = None
        self.refresh()

    def _on_failed(self, question: Question) -> None:
        self._given_up[question] = Stage.FAILED
        if question == self._asked:
            self._asked = None
        self.refresh()

    def _on_drawing(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.layer.show_strokes(drawing.curves, drawing.circles)
        self.hover.show_graphs(drawing.graphs if drawing.order.choices.view == "skeleton" else {})
        self._show_words()
        self._compare()

    # What is shown

    def _show_canvas(self) -> None:
        document = self.document
        if document is None:
            return
        choices, reading, answer = document.skeleton.choices, self.reading, document.crop.answer
        self.layer.show_opacity(choices.opacity / 100)
        within = choices.within and not document.crop.prompts.empty
        about_object = within or choices.source != "predicted"
        self.layer.show_edges(
            answer.outline if answer and about_object else None, choices.truth.outline if choices.truth else None
        )
        self.canvas.show_marks(clicks=self.settings.show_clicks and about_object, box=about_object)
        heat = None
        if choices.view == "heat" and reading is not None:
            stage = choices.stage
            heat = reading.heat if stage is None or stage >= len(reading.sides) else reading.sides[stage]
        self.layer.show_heat(heat)
        if self.stage == Stage.SHOWN:
            self._draw(choices, reading)
        elif self._order is not None or self.drawing is not None:
            self._forget_drawing()
        key = self.legend.key_for(choices, reading, document.size) if self.stage == Stage.SHOWN else None
        self.legend.show_key(key)

    def _draw(self, choices: Choices, reading: DrawnReading | None) -> None:
        answer = self.document.crop.answer if self.document else None
        wanted = choices.source != "predicted" and answer is not None and not answer.empty
        axis = self._axes.of(answer) if answer and wanted else None
        order = Order(choices, self.threshold, reading if choices.source != "medial" else None, axis)
        if self._order is None or order.differs(self._order):
            self._order = order
            self._drafts.ask(partial(self._draughtsman.draw, order))
        else:
            self._compare()

    def _compare(self) -> None:
        document, drawing = self.document, self.drawing
        if document is None or self.stage != Stage.SHOWN or drawing is None:
            return
        choices, answer = document.skeleton.choices, document.crop.answer
        graph = drawing.graphs.get("predicted", drawing.graphs.get("medial"))
        self.comparing.recover(
            graph if choices.recovered else None, answer.prediction if answer else None, choices.truth
        )
        self.comparing.draw_curve(self.reading, choices.truth)

    def _show_recovered(self) -> None:
        recovered = self.comparing.recovered
        self.layer.show_recovered(recovered.overlay if recovered else None)
        self.panel.show_recovered(recovered)

    def _show_choices(self) -> None:
        a, document = self.actions_, self.document
        choices = document.skeleton.choices if document else Choices()
        some = document is not None and not document.crop.prompts.empty
        reading = self.reading
        a.show(choices, document is not None, has_object=some, types=reading.types if reading else 1)
        a.read.setEnabled(self.stage in (Stage.STOPPED, Stage.FAILED))
        percent = round(100 * self.threshold)
        self.panel.show_choices(choices, percent)
        self.panel.show_reading(reading, choices)
        self.panel.show_truth(choices.truth.path.name if choices.truth else "")
        self.panel.plot.show_threshold(percent)

    def _show_words(self) -> None:
        said = words(self.stage, self.drawing, round(100 * self.threshold))
        self.panel.show_words(said, stopped=self.stage in (Stage.STOPPED, Stage.FAILED))
        shown = self.stage == Stage.SHOWN and self.drawing is not None and not self.drawing.empty
        self.actions_.export.setEnabled(shown)
        self.state_changed.emit()

    def _forget_drawing(self) -> None:
        self._order, self.drawing = None, None
        self._drafts.forget()
        self.layer.show_strokes((), ())
        self.hover.show_graphs({})
        self.comparing.forget()

    def _forget(self) -> None:
        """Nothing is known of the document that was opened just now."""
        self.reader.cancel()
        self._axes.forget()
        self._asked = None
        self._given_up.clear()
        self._forget_drawing()
        self.layer.show_heat(None)
        self.layer.show_edges(None, None)

    # Words

    def hint(self) -> str:
        return words(self.stage, self.drawing, round(100 * self.threshold)).hint

    def facts(self) -> Facts:
        reading = self.reading
        return Facts(reading.prediction.seconds) if reading and self.stage == Stage.SHOWN else Facts()


def _covers(answer: Answer, click: Click) -> bool:
    """Whether a click is on the object."""
    prediction, (column, row) = answer.prediction, click.pixel
    column, row = column - prediction.left, row - prediction.top
    height, width = prediction.patch.shape
    return 0 <= column < width and 0 <= row < height and bool(prediction.patch[row, column] >= 128)
