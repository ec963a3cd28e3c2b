"""How the skeleton of the open photo is looked at: every choice is a value, and every change of it an act."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from app.canvas.outline import Outline
from app.canvas.pyramid import U8
from app.document.answers import AnswerCache
from app.document.commands import ChangeChoices
from app.document.prompts import Prompts
from app.document.reading import DrawnReading

SOURCES = ("predicted", "medial", "both")
VIEWS = ("skeleton", "heat")
COLOURS = ("scale", "kind")


@dataclass(frozen=True, eq=False)
class Truth:
    """The mask that is known to be right.

    Args:
        mask: (H, W) uint8 of the photo's size, 255 on the objects.
        path: Its file.
        outline: Its edge.
    """

    mask: U8
    path: Path
    outline: Outline


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything that can be chosen in the Skeleton workspace.

    Args:
        source: Which skeleton is shown: "predicted", "medial" (axis of the object's mask) or "both".
        threshold: Least probability of the predicted skeleton; None takes the method's own.
        view: "skeleton" draws its curves, "heat" its probability.
        colour: Curves are coloured by "scale" or by "kind", the scale type.
        stage: Index of the side output seen as heat; None is the fused probability.
        within: Only the skeleton of the object that is cut out; otherwise that of the whole photo.
        multi_scale: Read at several scales.
        circles: Draw inscribed circles.
        density, opacity: Of circles and overlays, per cent.
        recovered: Show the mask that the circles give back.
        truth: The mask to compare with.
    """

    source: str = "predicted"
    threshold: float | None = None
    view: str = "skeleton"
    colour: str = "scale"
    stage: int | None = None
    within: bool = False
    multi_scale: bool = False
    circles: bool = True
    density: int = 6
    opacity: int = 60
    recovered: bool = False
    truth: Truth | None = None

    def question(self, prompts: Prompts) -> Question:
        """What has to be read for these choices when the object is the one of `prompts`."""
        return Question(prompts if self.within and not prompts.empty else None, self.multi_scale)


@dataclass(frozen=True, slots=True)
class Question:
    """Equal questions have equal readings.

    Args:
        prompts: Whose object the skeleton is looked for in; None is the whole photo.
        multi_scale: Read at several scales.
    """

    prompts: Prompts | None
    multi_scale: bool


class SkeletonPart(QObject):
    """Choices change through the undo stack; readings are kept by the question that led to them."""

    choices_changed = Signal(object, object)
    """New Choices, and the ones before."""

    def __init__(self, undo_stack: QUndoStack, choices: Choices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack, self.choices = undo_stack, choices
        self.readings: AnswerCache[Question, DrawnReading] = AnswerCache()

    def change(self, text: str, gesture: object = None, **fields: Any) -> None:
        """Choose.

        Args:
            text: What this act is called.
            gesture: Acts of one gesture (a slide) become one act.
            fields: Those of Choices that change.
        """
        after = replace(self.choices, **fields)
        if after != self.choices:
            self.undo_stack.push(ChangeChoices(self, after, text, gesture))

    def show_choices(self, choices: Choices) -> None:
        """Called by the undo stack."""
        before, self.choices = self.choices, choices
        self.choices_changed.emit(choices, before)
