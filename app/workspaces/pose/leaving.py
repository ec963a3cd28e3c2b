"""The window closes while changes cannot be written: nothing is thrown away without a word."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from app.document.annotation_set import AnnotationSet
from engine.errors import DeepSkelError


def may_leave(annotations: AnnotationSet, parent: QWidget) -> bool:
    """Write what is left of a set, asking what to do as long as that fails; False when somebody wants to stay."""
    tr = parent.tr
    while not annotations.finish():
        box = QMessageBox(QMessageBox.Icon.Warning, tr("Changes cannot be kept"), "", parent=parent)
        box.setText(tr("The last changes of {n} people cannot be written.").format(n=f"{annotations.unkept:,}"))
        box.setInformativeText(annotations.problem)
        again = box.addButton(tr("Try again"), QMessageBox.ButtonRole.AcceptRole)
        elsewhere = box.addButton(tr("Save elsewhere…"), QMessageBox.ButtonRole.ActionRole)
        without = box.addButton(tr("Close without them"), QMessageBox.ButtonRole.DestructiveRole)
        stay = box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(again)
        box.setEscapeButton(stay)
        box.exec()
        if box.clickedButton() is without:
            return True
        if box.clickedButton() is elsewhere:
            _save_elsewhere(annotations, parent)
        elif box.clickedButton() is not again:
            return False
    return True


def _save_elsewhere(annotations: AnnotationSet, parent: QWidget) -> None:
    name, _ = QFileDialog.getSaveFileName(
        parent, parent.tr("Save project"), "", f"{parent.tr('DeepSkel project')} (*.json)"
    )
    if name:
        try:
            annotations.project.save(Path(name), overwrite=True)
        except DeepSkelError as error:
            QMessageBox.warning(parent, parent.tr("Save project"), f"{error.message}\n{error.hint}")
