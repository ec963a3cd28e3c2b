"""From annotations without their photos to a set: the dialogs of the window, answered as a person would."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton

from app.workspaces.pose.missing import MissingDialog
from engine.pose.project.project import Project
from tests.gui.annotating import Annotator
from tests.gui.pose_people import write_annotations, write_photos


@pytest.fixture
def apart(tmp_path: Path) -> tuple[Path, Path]:
    """The annotations in one folder, the photos in another."""
    notes, photos = tmp_path / "notes", tmp_path / "photos"
    notes.mkdir()
    photos.mkdir()
    path = write_annotations(notes)
    for name in ("a.png", "b.png"):
        (notes / name).unlink()
    write_photos(photos)
    return path, photos


def press(dialog: MissingDialog, text: str) -> None:
    (button,) = (b for b in dialog.findChildren(QPushButton) if text in b.text())
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def missing(annotator: Annotator) -> MissingDialog:
    annotator.until(lambda: isinstance(QApplication.activeModalWidget(), MissingDialog))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, MissingDialog)
    return dialog


def test_photos_are_looked_for_in_a_folder_and_the_work_is_kept_where_somebody_says(
    annotator: Annotator, apart: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    annotations, photos = apart
    kept = tmp_path / "my work.json"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: str(photos))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(kept), ""))
    annotator.window.open([annotations])
    dialog = missing(annotator)
    press(dialog, "Look in folder")
    annotator.settle()
    press(dialog, "Go on")
    annotator.until(lambda: annotator.pose.in_set)
    annotator.settle()
    assert annotator.window.workbench.document.path == photos / "a.png"
    assert Project.open(kept).missing == ("gone.png",)


def test_without_the_photos_people_are_on_grey(
    annotator: Annotator, apart: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(tmp_path / "w.json"), ""))
    annotator.window.open([apart[0]])
    press(missing(annotator), "Go on without")
    annotator.until(lambda: annotator.pose.in_set)
    annotator.settle()
    assert annotator.window.workbench.document.path is None
    assert annotator.state.pose is not None


def test_who_says_nowhere_gets_no_set(
    annotator: Annotator, apart: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: ("", ""))
    annotator.window.open([apart[0]])
    press(missing(annotator), "Go on without")
    annotator.settle()
    assert not annotator.pose.in_set
    assert list(apart[0].parent.iterdir()) == [apart[0]]


def test_a_folder_of_photos_is_dropped(annotator: Annotator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_photos(tmp_path)
    kept = tmp_path / "folder.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(kept), ""))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    annotator.window.dropEvent(
        QDropEvent(
            QPointF(100, 100),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )
    annotator.until(lambda: annotator.pose.in_set)
    annotator.until(lambda: annotator.state.pose is not None)
    annotator.settle()
    assert [p.image for p in Project.open(kept).people] == ["a.png", "b.png"]
    assert set(annotator.state.joints_from) == {"detected"}
