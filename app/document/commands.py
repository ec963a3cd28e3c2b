"""The undo commands: every act takes a part of the document from one value to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtGui import QUndoCommand

if TYPE_CHECKING:
    from app.document.crop import CropPart
    from app.document.prompts import Prompts
    from app.document.skeleton import Choices, SkeletonPart


class ChangePrompts(QUndoCommand):
    """Prompts are small immutable values, so both ends are kept whole and nothing has to be reversed."""

    def __init__(self, part: CropPart, after: Prompts, text: str) -> None:
        super().__init__(text)
        self._part, self._before, self._after = part, part.prompts, after

    def redo(self) -> None:
        self._part.show_prompts(self._after)

    def undo(self) -> None:
        self._part.show_prompts(self._before)


class ChangeChoices(QUndoCommand):
    """From one way of looking at the skeleton to another; what one slide of a slider did is one command.

    Args:
        gesture: Commands of the same gesture merge; None stands alone.
    """

    ID = 1

    def __init__(self, part: SkeletonPart, after: Choices, text: str, gesture: object = None) -> None:
        super().__init__(text)
        self._part, self._before, self._after, self._gesture = part, part.choices, after, gesture

    def id(self) -> int:
        return self.ID

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802 - Qt's name
        later = cast("ChangeChoices", other)
        if self._gesture is None or later._gesture != self._gesture:
            return False
        self._after = later._after
        self.setObsolete(self._after == self._before)
        return True

    def redo(self) -> None:
        self._part.show_choices(self._after)

    def undo(self) -> None:
        self._part.show_choices(self._before)
