"""Out of the window: files through the dialog, the clipboard; nothing replaced without a word."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QPushButton

from app.workspaces.crop.export_dialog import ExportDialog
from engine.imaging.cutout import cut_out
from engine.imaging.load import load
from engine.imaging.photo import Photo
from engine.imaging.save import save
from tests.gui.conftest import Hand, Until

CTRL = Qt.KeyboardModifier.ControlModifier


def export(hand: Hand) -> ExportDialog:
    hand.window.activateWindow()
    hand.bot.waitUntil(hand.window.isActiveWindow)
    QTest.keyClick(hand.window, Qt.Key.Key_E, CTRL)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ExportDialog)
    return dialog


def press(dialog: ExportDialog) -> None:
    (button,) = (b for b in dialog.findChildren(QPushButton) if b.property("primary"))
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def offered(dialog: ExportDialog) -> bool:
    (button,) = (b for b in dialog.findChildren(QPushButton) if b.property("primary"))
    return bool(button.isEnabled())


def test_the_file_is_the_cut_out_that_was_shown(hand: Hand, tmp_path: Path, until: Until) -> None:
    hand.click(100, 80)
    dialog = export(hand)
    dialog.set_path(tmp_path / "out.png")
    dialog.choose(mask_only=False, trim=False)
    press(dialog)
    until(lambda: hand.window.banner.kind == "done")
    result, source, alpha = load(tmp_path / "out.png"), hand.document.photo, hand.answer.prediction.probability()
    assert result.alpha is not None
    assert np.array_equal(result.alpha, alpha)
    assert np.array_equal(result.rgb8[alpha > 0], source.rgb8[alpha > 0])
    assert not hand.window.isWindowModified()


def test_trimmed_mask_of_a_sixteen_bit_photo(hand: Hand, tmp_path: Path, until: Until) -> None:
    deep = tmp_path / "deep.tif"
    pixels = skimage.data.chelsea()[::2, ::2].astype(np.uint16) * 257 + 3
    save(cut_out(Photo.from_array(pixels), np.full(pixels.shape[:2], 255, np.uint8)), deep)
    hand.open(deep)
    hand.click(100, 80)
    expected = hand.answer.prediction.probability()
    for mask_only, name in ((False, "cut.tif"), (True, "mask.png")):
        dialog = export(hand)
        dialog.set_path(tmp_path / name)
        dialog.choose(mask_only=mask_only, trim=True)
        press(dialog)
        until((tmp_path / name).exists)
        hand.settle()
    cut, mask = load(tmp_path / "cut.tif"), load(tmp_path / "mask.png")
    rows, columns = np.nonzero(expected)
    inside = np.s_[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert cut.bit_depth == 16
    assert np.array_equal(cut.pixels[expected[inside] > 0], pixels[inside][expected[inside] > 0])
    assert np.array_equal(mask.pixels[..., 0], expected[inside])


def test_an_existing_file_is_replaced_only_when_allowed(hand: Hand, tmp_path: Path, until: Until) -> None:
    target = tmp_path / "there.png"
    target.write_bytes(b"precious")
    hand.click(100, 80)
    dialog = export(hand)
    dialog.set_path(target)
    assert not offered(dialog)
    press(dialog)
    assert dialog.isVisible()
    assert target.read_bytes() == b"precious"
    (allow,) = (box for box in dialog.findChildren(QCheckBox) if box.isVisible())
    QTest.mouseClick(allow, Qt.MouseButton.LeftButton, pos=allow.rect().center() - allow.rect().center() / 1.1)
    assert offered(dialog)
    press(dialog)
    until(lambda: target.read_bytes() != b"precious")
    hand.settle()
    assert load(target).alpha is not None


def test_the_photo_itself_is_protected(hand: Hand, photo_file: Path) -> None:
    before = photo_file.read_bytes()
    hand.click(100, 80)
    dialog = export(hand)
    assert dialog.path != photo_file, "the suggested name is never the photo's"
    dialog.set_path(photo_file)
    assert not offered(dialog)
    assert "photo itself" in " ".join(label.text() for label in dialog.findChildren(type(dialog._note)))
    dialog.reject()
    assert photo_file.read_bytes() == before


def test_a_folder_that_is_gone_is_told(hand: Hand, tmp_path: Path, until: Until) -> None:
    hand.click(100, 80)
    dialog = export(hand)
    dialog.set_path(tmp_path / "nowhere" / "out.png")
    press(dialog)
    until(lambda: hand.window.banner.text)
    assert hand.window.banner.kind == "error"
    assert "nowhere" in hand.window.banner.text


def test_names_need_a_known_ending_and_follow_the_format(hand: Hand) -> None:
    hand.click(100, 80)
    dialog = export(hand)
    dialog.choose(form="tiff")
    assert dialog.path.suffix == ".tif"
    dialog.set_path(dialog.path.with_suffix(".docx"))
    assert not offered(dialog)
    dialog.reject()


def test_options_are_remembered(hand: Hand, tmp_path: Path, until: Until) -> None:
    hand.click(100, 80)
    dialog = export(hand)
    dialog.choose(mask_only=True, trim=False, form="tiff")
    dialog.set_path(tmp_path / "out.tif")
    press(dialog)
    until((tmp_path / "out.tif").exists)
    hand.settle()
    s = hand.window.settings
    assert (s.export_mask_only, s.export_trim, s.export_format) == (True, False, "tiff")
    assert s.folder("export") == tmp_path


@pytest.mark.parametrize("photo_has_alpha", [False, True])
def test_the_clipboard_gets_the_trimmed_cut_out(
    hand: Hand, tmp_path: Path, until: Until, photo_has_alpha: bool
) -> None:
    if photo_has_alpha:
        rgba = np.dstack([skimage.data.chelsea()[::2, ::2], np.full((150, 226), 200, np.uint8)])[:, :225]
        path = tmp_path / "alpha.png"
        save(cut_out(Photo.from_array(np.ascontiguousarray(rgba)), np.full((150, 225), 255, np.uint8)), path)
        hand.open(path)
    hand.click(100, 80)
    QApplication.clipboard().clear()
    QTest.keyClick(hand.window, Qt.Key.Key_C, CTRL)
    until(lambda: not QApplication.clipboard().image().isNull())
    image = QApplication.clipboard().image().convertToFormat(QImage.Format.Format_RGBA8888)
    got = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    photo = hand.document.photo
    expected = cut_out(photo, hand.answer.prediction.probability(), trim=True)
    assert np.array_equal(got[..., 3], expected.alpha)
    assert np.array_equal(got[..., :3], expected.pixels)


def test_nothing_to_export_before_the_first_answer(hand: Hand) -> None:
    assert not hand.window.workbench.crop.actions_.export.isEnabled()
    QTest.keyClick(hand.window, Qt.Key.Key_E, CTRL)
    assert QApplication.activeModalWidget() is None


def test_a_cancelled_export_leaves_nothing(hand: Hand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.workspaces.crop import exporting

    def slow_cut_out(*args: object, **options: object) -> object:
        hand.window.files.cancel("export")  # as if Escape were pressed just now
        return cut_out(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(exporting, "cut_out", slow_cut_out)
    hand.click(100, 80)
    dialog = export(hand)
    dialog.set_path(tmp_path / "out.png")
    press(dialog)
    hand.settle()
    assert not list(tmp_path.glob("*out*"))
    assert hand.window.banner.text == ""
