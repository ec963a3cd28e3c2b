"""The ways in: command line, drop, paste, recent photos; and what is said when a photo cannot be opened."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import skimage.data
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from app.settings import Settings
from app.widgets.empty import EmptyState
from app.window import MainWindow
from tests.gui.conftest import Hand, Until

COPY, LEFT, NONE = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def drop(window: MainWindow, data: QMimeData) -> bool:
    enter = QDragEnterEvent(QPointF(300, 300), COPY, data, LEFT, NONE)
    QApplication.sendEvent(window, enter)
    if not enter.isAccepted():
        return False
    event = QDropEvent(QPointF(300, 300), COPY, data, LEFT, NONE)
    QApplication.sendEvent(window, event)
    return event.isAccepted()


def test_a_dropped_file_opens(window: MainWindow, photo_file: Path, until: Until) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(photo_file))])
    assert drop(window, data)
    until(lambda: window.workbench.document)
    document = window.workbench.document
    assert document is not None
    assert document.path == photo_file
    assert np.array_equal(document.photo.rgb8, skimage.data.chelsea()[::2, ::2])
    assert photo_file.name in window.windowTitle()


def test_dropped_pixels_open(window: MainWindow, until: Until) -> None:
    pixels = np.ascontiguousarray(skimage.data.coffee()[:97, :131])  # rows that do not end on four bytes
    data = QMimeData()
    data.setImageData(QImage(pixels.data, 131, 97, 131 * 3, QImage.Format.Format_RGB888))
    assert drop(window, data)
    until(lambda: window.workbench.document)
    document = window.workbench.document
    assert document is not None
    assert document.path is None
    assert np.array_equal(document.photo.rgb8, pixels)


def test_text_cannot_be_dropped(window: MainWindow) -> None:
    data = QMimeData()
    data.setText("no photo")
    assert not drop(window, data)


def test_pasted_pixels_keep_their_transparency(window: MainWindow, until: Until) -> None:
    rgba = np.zeros((40, 50, 4), np.uint8)
    rgba[10:30, 10:30] = (200, 100, 50, 255)
    QApplication.clipboard().setImage(QImage(rgba.data, 50, 40, 200, QImage.Format.Format_RGBA8888).copy())
    QTest.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    until(lambda: window.workbench.document)
    document = window.workbench.document
    assert document is not None
    assert document.photo.alpha is not None
    assert np.array_equal(document.photo.alpha, rgba[..., 3])


def test_an_empty_clipboard_is_told(window: MainWindow) -> None:
    QApplication.clipboard().clear()
    QTest.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert window.banner.kind == "error"
    assert "no picture" in window.banner.text


def test_a_photo_turned_by_exif_is_upright(window: MainWindow, tmp_path: Path, until: Until) -> None:
    path = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(skimage.data.chelsea()[:100, :200]).save(path, exif=exif)
    window.open([path])
    until(lambda: window.workbench.document)
    assert window.workbench.document is not None
    assert window.workbench.document.size == (100, 200)


def test_a_damaged_file_is_told_and_the_open_photo_stays(hand: Hand, tmp_path: Path, until: Until) -> None:
    broken = tmp_path / "holiday.png"
    broken.write_bytes(hand.document.path.read_bytes()[:2000])  # type: ignore[union-attr]
    before = hand.document
    hand.window.open([broken])
    until(lambda: hand.window.banner.text)
    assert hand.window.banner.kind == "error"
    assert "holiday.png" in hand.window.banner.text
    assert hand.document is before
    assert broken not in hand.window.settings.recent
    QTest.keyClick(hand.window, Qt.Key.Key_Escape)
    assert hand.window.banner.text == ""


def test_a_missing_file_is_told(window: MainWindow, tmp_path: Path, until: Until) -> None:
    window.open([tmp_path / "none.jpg"])
    until(lambda: window.banner.text)
    assert "none.jpg" in window.banner.text


def test_of_several_files_the_first_is_opened_and_that_is_said(
    window: MainWindow, photo_file: Path, tmp_path: Path, until: Until
) -> None:
    window.open([photo_file, tmp_path / "second.png"])
    assert window.banner.kind == "info"
    until(lambda: window.workbench.document)
    assert window.banner.kind == "info"
    assert photo_file.name in window.banner.text


def test_recent_photos_are_offered_while_they_exist(
    hand: Hand, settings: Settings, tmp_path: Path, photo_file: Path, until: Until
) -> None:
    gone = tmp_path / "gone.png"
    gone.write_bytes(photo_file.read_bytes())
    hand.open(gone)
    gone.unlink()
    assert settings.recent == [photo_file]
    empty = EmptyState()
    empty.show_recent(settings.recent)
    asked: list[Path] = []
    empty.photo_asked.connect(asked.append)
    names = {button.accessibleName(): button for button in empty.findChildren(QPushButton)}
    QTest.mouseClick(names[photo_file.name], LEFT)
    assert asked == [photo_file]
    assert "gone.png" not in names


def test_the_dialog_starts_in_the_last_folder(
    hand: Hand, qtbot: QtBot, photo_file: Path, monkeypatch, until: Until
) -> None:
    asked = []

    def answer(parent: object, title: str, folder: str, filters: str) -> tuple[str, str]:
        asked.append((folder, filters))
        return str(photo_file), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", answer)
    before = hand.document
    QTest.keyClick(hand.window, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    until(lambda: hand.document is not before)
    assert asked[0][0] == str(photo_file.parent)
    assert "*.jpg" in asked[0][1]


def test_the_sample_is_no_file_of_the_persons(window: MainWindow, until: Until) -> None:
    window.empty.sample_asked.emit()
    until(lambda: window.workbench.document)
    assert window.workbench.document is not None
    assert window.workbench.document.path is None
    assert window.settings.recent == []
