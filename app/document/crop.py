"""The object that is cut out of the open photo: what was said about it, and what was answered."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from app.document.answer import Answer
from app.document.answers import AnswerCache
from app.document.commands import ChangePrompts
from app.document.prompts import Prompts
from engine.crop.prompts import Box, Click


class CropPart(QObject):
    """Acts change the prompts through the undo stack; the answer follows from the prompts.

    Args:
        size: (width, height) of the photo in pixels.
        undo_stack: The document's.
    """

    prompts_changed = Signal(object)
    """New Prompts."""
    answer_changed = Signal(object)
    """New Answer, or None while there is nothing to show."""
    selection_changed = Signal(object)
    """Index of the selected click, or None."""

    waiting_changed = Signal(bool)
    """Whether an answer to the present prompts is on its way."""

    def __init__(self, size: tuple[int, int], undo_stack: QUndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.size, self.undo_stack = size, undo_stack
        self.prompts = Prompts()
        self.answer: Answer | None = None
        self.selected: int | None = None
        self.waiting = False
        self._answers: AnswerCache[Prompts, Answer] = AnswerCache()

    # Acts

    def add_click(self, click: Click) -> None:
        """Include or exclude what is at a place; saying the same twice (a double click) says nothing new."""
        click.check_inside(*self.size)
        if not any(c.pixel == click.pixel and c.positive == click.positive for c in self.prompts.clicks):
            text = self.tr("include click") if click.positive else self.tr("exclude click")
            self._act(self.prompts.with_click(click), text)

    def move_click(self, index: int, x: float, y: float) -> None:
        click = replace(self.prompts.clicks[index], x=x, y=y).check_inside(*self.size)
        if click != self.prompts.clicks[index]:
            self._act(self.prompts.with_click_replaced(index, click), self.tr("move click"))
            self.select(index)

    def flip_selected(self) -> None:
        """Turn the selected include click into an exclude click and the other way round."""
        if (index := self.selected) is not None:
            old = self.prompts.clicks[index]
            text = self.tr("turn into exclude") if old.positive else self.tr("turn into include")
            self._act(self.prompts.with_click_replaced(index, replace(old, positive=not old.positive)), text)
            self.select(index)

    def remove_selected(self) -> None:
        """Take the selected click away."""
        if (index := self.selected) is not None:
            self._act(self.prompts.without_click(index), self.tr("remove click"))

    def set_box(self, box: Box | None) -> None:
        """Draw the box (clipped to the photo) or, with None, take it away."""
        if box is not None:
            box = box.clipped(*self.size)
        if box != self.prompts.box:
            self._act(self.prompts.with_box(box), self.tr("draw box") if box else self.tr("remove box"))

    def choose(self, candidate: int) -> None:
        """Take another reading of the same prompts."""
        if self.answer and candidate < len(self.answer.prediction.candidates) and candidate != self.chosen:
            self._act(self.prompts.with_candidate(candidate), self.tr("choose alternative %n", "", candidate + 1))

    def start_over(self, prompts: Prompts) -> None:
        """Say everything anew, as one act: another object, or the one that was answered before."""
        if prompts != self.prompts:
            self._act(prompts, self.tr("select object"))

    def clear(self) -> None:
        if not self.prompts.empty:
            self._act(Prompts(), self.tr("clear"))

    # State

    @property
    def chosen(self) -> int | None:
        """Index of the reading that is asked for or shown."""
        if self.prompts.candidate is not None:
            return self.prompts.candidate
        return self.answer.prediction.chosen if self.answer else None

    def wait(self, waiting: bool) -> None:
        """Say whether an answer to the present prompts is on its way."""
        self.waiting = waiting
        self.waiting_changed.emit(waiting)

    def select(self, index: int | None) -> None:
        if index != self.selected:
            self.selected = index
            self.selection_changed.emit(index)

    def show_prompts(self, prompts: Prompts) -> None:
        """Called by the undo stack: take over prompts and, where it is known, their answer at once."""
        self.prompts = prompts
        self.select(None)
        self.prompts_changed.emit(prompts)
        known = self.known_answer(prompts)
        if known is not None or prompts.empty:
            self._show(known)

    def known_answer(self, prompts: Prompts) -> Answer | None:
        return self._answers.get(prompts)

    def take_answer(self, prompts: Prompts, answer: Answer) -> None:
        """Keep an answer, and show it when it is the one to the present prompts."""
        self._answers.put(prompts, answer)
        if prompts == self.prompts:
            self._show(answer)

    def _show(self, answer: Answer | None) -> None:
        if answer is not self.answer:
            self.answer = answer
            self.answer_changed.emit(answer)

    def _act(self, prompts: Prompts, text: str) -> None:
        self.undo_stack.push(ChangePrompts(self, prompts, text))
