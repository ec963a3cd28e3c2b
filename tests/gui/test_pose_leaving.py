"""The window is closed while changes cannot be written."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox

from engine.errors import OutputError
from engine.pose.project.project import Project
from tests.gui.annotating import Annotator


class Answers:
    """Presses the buttons of the boxes that appear, one after another."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *texts: str) -> None:
        self.left, self.told = list(texts), []
        monkeypatch.setattr(QMessageBox, "exec", lambda box: self._answer(box))

    def _answer(self, box: QMessageBox) -> int:
        self.told.append(f"{box.text()} {box.informativeText()}")
        text = self.left.pop(0)
        (button,) = (b for b in box.buttons() if text in b.text().replace("&", ""))
        button.click()
        return 0


@pytest.fixture
def stuck(at_work: Annotator, monkeypatch: pytest.MonkeyPatch) -> Annotator:
    """Somebody whose last change the disk does not take."""
    at_work.kept()

    def full(self: Project, batch: object) -> None:
        self._unwritten.update(batch.indices)  # type: ignore[attr-defined]
        raise OutputError("The disk is full.", "Free some space.")

    monkeypatch.setattr(Project, "append", full)
    at_work.key(Qt.Key.Key_Q)
    at_work.key(Qt.Key.Key_D)
    return at_work


def test_somebody_stays_and_tries_again_later(stuck: Annotator, monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    answers = Answers(monkeypatch, "Cancel")
    assert not stuck.window.close()
    assert stuck.window.isVisible()
    assert "1 people" in answers.told[0]
    assert "The disk is full" in answers.told[0]
    monkeypatch.undo()
    assert stuck.window.close()
    assert Project.open(project).people[0].changed


def test_the_work_is_saved_elsewhere(stuck: Annotator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Answers(monkeypatch, "Save elsewhere")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(tmp_path / "else.json"), ""))
    state = stuck.state
    assert stuck.window.close()
    assert Project.open(tmp_path / "else.json").people[0].state.same_as(state)


def test_somebody_closes_without_the_changes(stuck: Annotator, monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    Answers(monkeypatch, "Try again", "Close without")
    assert stuck.window.close()
    assert not Project.open(project).people[0].changed
    assert not project.with_name("work.json.lock").exists()
