"""The one undo command: every act takes the document from one set of prompts to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QUndoCommand

if TYPE_CHECKING:
    from app.document.document import CropDocument
    from app.document.prompts import Prompts


class ChangePrompts(QUndoCommand):
    """Prompts are small immutable values, so both ends are kept whole and nothing has to be reversed."""

    def __init__(self, document: CropDocument, after: Prompts, text: str) -> None:
        super().__init__(text)
        self._document, self._before, self._after = document, document.prompts, after

    def redo(self) -> None:
        self._document.show_prompts(self._after)

    def undo(self) -> None:
        self._document.show_prompts(self._before)
