"""What the Pose workspace says and how it is laid out: the sheet of keys, hints, descriptions, empty states."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QToolButton

from app.keys_sheet import KeysSheet, columns_of
from app.window import MainWindow
from app.workspaces.pose.export_dialog import PoseExportDialog
from engine.crop.prompts import Box
from engine.pose.joints import MPII_16
from engine.pose.project.person import COUNT, Person, PoseState
from engine.pose.project.project import Project
from tests.gui.annotating import Annotator
from tests.gui.pose_people import joints, write_photos

R_WRIST = MPII_16.index("r_wrist")


def sheet_of(window: MainWindow, name: str) -> KeysSheet:
    window.workbench.turn_to(name)
    window.menus.keys.trigger()
    (sheet,) = window.findChildren(KeysSheet)
    return sheet


class TestTheSheetOfKeys:
    @pytest.mark.parametrize("name", ["crop", "skeleton", "pose"])
    def test_it_fits_a_screen_of_1440_by_900_without_scrolling(self, window: MainWindow, name: str) -> None:
        sheet = sheet_of(window, name)
        wanted = sheet.area.widget().sizeHint()
        assert wanted.width() < 1400
        assert wanted.height() < 800
        sheet.close()

    def test_it_tells_every_key_of_the_workspace_once_and_no_other(self, window: MainWindow) -> None:
        sheet = sheet_of(window, "pose")
        rows = [row for _, some in sheet.groups for row in some]
        keys = [keys for keys, _ in rows]
        actions = window.workbench.pose.actions_
        for action in (actions.flip_limb, actions.done, actions.relift, actions.next_todo, actions.statistics):
            (row,) = [row for row in rows if row[1] == action.text().rstrip("…")]
            assert row[0] == action.shortcuts()[0].toString().replace("Return", "Enter")
        assert "Show clicks" not in [meaning for _, meaning in rows]  # Crop's
        assert "Ctrl+Backspace" not in keys
        together = {*actions.candidates, *actions.limb_from, *actions.limbs.values(), *actions.turns.values()}
        together |= {actions.farther, actions.nearer, *actions.looks.values()}
        said = {meaning for _, meaning in rows}
        unsaid = [a.text() for a in actions.all if a.shortcuts() and a not in together]
        assert [text for text in unsaid if text.rstrip("…") not in said] == []
        sheet.close()

    def test_columns_keep_the_order_and_are_even(self) -> None:
        groups = [(str(i), [("a", "b")] * count) for i, count in enumerate((10, 12, 8, 9, 14, 7, 20, 3))]
        columns = columns_of(groups)
        assert [title for column in columns for title, _ in column] == [title for title, _ in groups]
        heights = [sum(len(rows) + 2 for _, rows in column) for column in columns]
        assert len(columns) == 3
        assert max(heights) <= 1.4 * sum(heights) / len(heights)


def test_the_canvas_is_described_by_what_its_keys_do_here(window: MainWindow) -> None:
    canvas = window.workbench.canvas
    window.workbench.turn_to("pose")
    assert "Enter includes" not in canvas.accessibleDescription()
    assert "Ctrl with the arrow keys" in canvas.accessibleDescription()
    window.workbench.turn_to("crop")
    assert "Enter includes" in canvas.accessibleDescription()


def test_who_is_to_be_marked_is_asked_for_by_name(at_work: Annotator) -> None:
    at_work.key(Qt.Key.Key_Q)
    at_work.key(Qt.Key.Key_Delete)
    assert "right wrist" in at_work.pose.hint()


def nobody_known(annotator: Annotator, folder: Path) -> None:
    path = folder / "grey.png"
    Image.fromarray(np.full((300, 400, 3), 120, np.uint8)).save(path)
    annotator.window.open([path])
    annotator.until(lambda: annotator.pose.person is not None)
    annotator.settle()
    part = annotator.pose.part
    part.mark("forget", state=PoseState(np.full((COUNT, 2), np.nan), np.zeros(COUNT, np.intp)))
    annotator.settle()


def test_a_box_is_seen_while_nothing_else_is_known(annotator: Annotator, tmp_path: Path) -> None:
    nobody_known(annotator, tmp_path)
    box = annotator.pose.layer._box
    assert box.boundingRect().isEmpty()  # the whole photo is no news
    annotator.pose.part.mark("draw box", box=(100.0, 50.0, 250.0, 280.0))
    annotator.settle()
    assert box.isVisible()
    assert box.boundingRect().contains(QPointF(180, 160))
    annotator.pose.editor.place(150, 100)
    annotator.settle()
    assert box.boundingRect().isEmpty()


def test_a_pose_lifted_from_more_joints_is_brought_into_sight(annotator: Annotator, tmp_path: Path) -> None:
    nobody_known(annotator, tmp_path)
    for i in range(8):
        annotator.pose.editor.select(None)
        annotator.pose.editor.place(100 + 8 * i, 60 + (37 * i) % 170)
        annotator.settle()
    assert annotator.state.pose is not None
    places = annotator.pose.space.view.project(annotator.xyz)
    assert (places >= 0).all()
    assert (places <= [annotator.pose.space.width(), annotator.pose.space.height()]).all()


def test_a_hand_made_edit_leaves_the_view_alone(at_work: Annotator) -> None:
    at_work.key(Qt.Key.Key_Q)
    before = at_work.pose.space.view
    at_work.key(Qt.Key.Key_Up)
    assert at_work.pose.space.view is before


def test_an_export_of_everybody_is_named_after_the_set(at_work: Annotator) -> None:
    at_work.pose.actions_.export.trigger()
    dialog = QApplication.activeModalWidget() or at_work.window.findChild(PoseExportDialog)
    assert isinstance(dialog, PoseExportDialog)
    (name,) = dialog.findChildren(QLineEdit)
    assert name.text() == "work export.json"  # not "a", and not the project itself
    dialog.choose(who="person")
    assert name.text() == "a poses.json"
    dialog.close()


def test_a_format_for_one_person_chooses_that_person(at_work: Annotator) -> None:
    at_work.pose.actions_.export.trigger()
    dialog = at_work.window.findChild(PoseExportDialog)
    dialog.choose(kind="bvh")
    (name,) = dialog.findChildren(QLineEdit)
    assert name.text() == "a poses.bvh"
    dialog.accept()
    at_work.settle()
    assert dialog.export.people == [at_work.person]
    at_work.until(lambda: at_work.window.banner.kind == "done")


def test_buttons_of_the_panel_have_names_of_their_own(at_work: Annotator) -> None:
    texts = [b.text() for b in at_work.pose.panel.findChildren(QToolButton) if b.objectName() == "act"]
    assert len(texts) == len(set(texts))


def test_facts_of_the_status_bar_stay_in_a_narrow_window(at_work: Annotator) -> None:
    window = at_work.window
    window.resize(window.minimumSize())
    QTest.qWait(0)
    at_work.settle()
    status = window.statusBar()
    assert status._device.geometry().right() <= status.width()
    stage, space = window.workbench.stage, at_work.pose.space
    assert space.geometry().right() <= stage.width()
    assert at_work.canvas.width() >= 100


def test_a_box_by_the_mouse_leads_to_a_reading(annotator: Annotator, tmp_path: Path) -> None:
    nobody_known(annotator, tmp_path)
    annotator.pose.open_person.box(Box(100, 50, 250, 280))
    annotator.settle()
    assert annotator.person.box == (100, 50, 250, 280)


def test_tab_goes_down_the_panel_to_its_large_buttons(at_work: Annotator) -> None:
    panel = at_work.pose.panel
    primary = next(b for b in panel.findChildren(QPushButton) if b.property("primary"))
    widget, order = panel.notes.field.nextInFocusChain(), []
    while widget is not primary and len(order) < 200:
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(at_work.window):
            order.append(widget)
        widget = widget.nextInFocusChain()
    assert widget is primary
    assert order
    assert all(panel.isAncestorOf(each) for each in order)


def test_somebody_outside_the_photo_is_told_of_in_the_panel_and_nowhere_else(
    annotator: Annotator, tmp_path: Path
) -> None:
    write_photos(tmp_path)
    away = PoseState(joints(0.14, 3000, 3000), np.full(COUNT, 2))
    near = PoseState(joints(0.14, 120, 70), np.full(COUNT, 2))
    people = [Person(f"p{i}", "b.png", state, (400, 300), None) for i, state in enumerate((away, near))]
    Project(people, folders=(tmp_path,)).save(tmp_path / "work.json")
    annotator.open_set(tmp_path / "work.json")
    assert "cannot read this person" in annotator.pose.hypotheses.problem
    assert annotator.window.banner.kind != "error"
    annotator.key(Qt.Key.Key_PageDown)
    assert annotator.pose.hypotheses.problem == ""
