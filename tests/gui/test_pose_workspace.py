"""The Pose workspace in the real window: sets are opened, poses fixed by key and mouse, and everything is kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from engine.errors import OutputError
from engine.pose.editing import joints2d
from engine.pose.joints import MPII_16
from engine.pose.project.project import Project
from tests.gui.annotating import Annotator
from tests.gui.pose_people import PLACES, SomeoneMethod, joints, write_photos

Key, Mod = Qt.Key, Qt.KeyboardModifier
NONE, SHIFT, CTRL = Mod.NoModifier, Mod.ShiftModifier, Mod.ControlModifier
R_WRIST, L_KNEE = MPII_16.index("r_wrist"), MPII_16.index("l_knee")


class TestASet:
    def test_annotations_become_a_project_with_a_pose_for_everybody(self, at_work: Annotator, project: Path) -> None:
        at_work.kept()
        there = Project.open(project)
        assert [p.image for p in there.people] == [place[0] for place in PLACES]
        assert all(p.state.pose is not None for p in there.people)
        assert there.missing == ("gone.png",)
        assert at_work.current == 0
        assert at_work.window.workbench.document.path.name == "a.png"
        assert at_work.state.error() < 3

    def test_the_annotations_are_left_alone(self, at_work: Annotator, tmp_path: Path) -> None:
        before = (tmp_path / "people.json").read_bytes()
        at_work.key(Key.Key_Q)
        at_work.key(Key.Key_D)
        at_work.kept()
        assert (tmp_path / "people.json").read_bytes() == before

    def test_next_and_previous_open_photos_and_people_of_one_photo(self, at_work: Annotator) -> None:
        at_work.key(Key.Key_PageDown)
        assert at_work.current == 1
        assert at_work.window.workbench.document.path.name == "a.png"
        at_work.key(Key.Key_PageDown)
        assert (at_work.current, at_work.window.workbench.document.path.name) == (2, "b.png")
        at_work.key(Key.Key_PageUp)
        assert (at_work.current, at_work.window.workbench.document.path.name) == (1, "a.png")

    def test_who_has_no_photo_is_on_grey_and_the_panel_says_why(self, at_work: Annotator) -> None:
        for _ in range(3):
            at_work.key(Key.Key_PageDown)
        assert at_work.current == 3
        document = at_work.window.workbench.document
        assert document.path is None
        assert document.size == (400, 300)
        assert len(np.unique(document.photo.pixels)) == 1
        assert "gone.png" in at_work.pose.hypotheses.problem
        assert at_work.state.pose is not None

    def test_another_person_of_the_photo_is_opened_by_a_click(self, at_work: Annotator) -> None:
        knee = joints(*PLACES[1][1:])[L_KNEE]
        port, canvas = at_work.canvas.viewport(), at_work.canvas
        canvas.navigation.fit()
        QTest.mouseClick(port, Qt.MouseButton.LeftButton, NONE, canvas.screen_point(QPointF(*knee)).toPoint())
        at_work.settle()
        assert at_work.current == 1

    def test_reviewed_next(self, at_work: Annotator, project: Path) -> None:
        at_work.key(Key.Key_Return)
        assert at_work.current == 1
        at_work.kept()
        assert [p.reviewed for p in Project.open(project).people] == [True, False, False, False]

    def test_a_set_is_gone_on_with_where_somebody_stopped(self, at_work: Annotator, project: Path) -> None:
        at_work.key(Key.Key_PageDown)
        at_work.key(Key.Key_PageDown)
        at_work.window.workbench.pose.close_set()
        assert not at_work.pose.in_set
        at_work.open_set(project)
        assert at_work.current == 2
        assert not at_work.window.banner.text.startswith("Work on")  # it was closed properly

    def test_a_photo_opened_by_itself_ends_the_set(self, at_work: Annotator, photo_file: Path, project: Path) -> None:
        at_work.key(Key.Key_Q)
        at_work.key(Key.Key_D)
        at_work.window.open([photo_file])
        at_work.until(lambda: not at_work.pose.in_set)
        at_work.settle()
        assert Project.open(project).people[0].changed
        assert not project.with_name("work.json.lock").exists()

    def test_a_file_that_is_no_set_is_refused_in_words(self, annotator: Annotator, tmp_path: Path) -> None:
        bad = tmp_path / "bad.json"
        bad.write_text('{"something": 1}')
        annotator.window.open([bad])
        annotator.until(lambda: annotator.window.banner.kind == "error")
        assert "bad.json" in annotator.window.banner.text
        assert annotator.pose.set is None or annotator.pose.set.single


class TestFixing:
    def test_a_limb_is_flipped_in_depth_and_the_photo_stays_the_same(self, at_work: Annotator) -> None:
        before, seen = at_work.xyz, at_work.state.projected()
        at_work.key(Key.Key_Q)
        assert at_work.pose.editor.selected == R_WRIST
        at_work.key(Key.Key_D)
        assert np.array_equal(at_work.state.projected(), seen)
        assert at_work.xyz[R_WRIST, 2] != before[R_WRIST, 2]
        assert at_work.person.changed
        assert at_work.state.pose_from[R_WRIST] == "edited"

    @pytest.mark.parametrize(
        ("grab", "key", "keys"),
        [
            (Key.Key_Q, Key.Key_D, NONE),
            (Key.Key_Q, Key.Key_D, SHIFT),
            (Key.Key_Q, Key.Key_D, CTRL),
            (Key.Key_W, Key.Key_Up, NONE),
            (Key.Key_W, Key.Key_Down, SHIFT),
            (Key.Key_Z, Key.Key_Left, NONE),
            (Key.Key_X, Key.Key_Right, SHIFT),
            (Key.Key_E, Key.Key_Up, Mod.AltModifier),
            (Key.Key_Q, Key.Key_S, NONE),
            (Key.Key_Q, Key.Key_S, SHIFT),
            (Key.Key_Q, Key.Key_M, CTRL),
            (Key.Key_Q, Key.Key_V, NONE),
            (Key.Key_Q, Key.Key_Delete, NONE),
            (Key.Key_Q, Key.Key_K, NONE),
            (Key.Key_Q, Key.Key_3, NONE),
            (Key.Key_Q, Key.Key_Period, NONE),
        ],
    )
    def test_every_act_is_one_step_of_undo_that_restores_every_bit(
        self, at_work: Annotator, grab: Qt.Key, key: Qt.Key, keys: Qt.KeyboardModifier
    ) -> None:
        before = at_work.person
        at_work.key(grab)
        at_work.key(key, keys)
        after = at_work.person
        assert not after.state.same_as(before.state)
        assert at_work.pose.undo_stack.count() == 1
        at_work.key(Key.Key_Z, CTRL)
        assert at_work.state.same_as(before.state)
        assert not at_work.person.changed
        at_work.key(Key.Key_Z, CTRL | SHIFT)
        assert at_work.state.same_as(after.state)

    def test_keys_held_down_are_one_step_of_undo_and_keep_lengths(self, at_work: Annotator) -> None:
        def lengths() -> np.ndarray:
            ends = MPII_16.ends
            return np.linalg.norm(at_work.xyz[ends[:, 1]] - at_work.xyz[ends[:, 0]], axis=1)

        before = lengths()
        at_work.key(Key.Key_W)
        for _ in range(5):
            QTest.keyClick(at_work.canvas, Key.Key_Up)
        at_work.settle()
        assert at_work.pose.undo_stack.count() == 1
        np.testing.assert_allclose(lengths(), before, atol=1e-6)

    def test_a_drag_in_space_is_one_step_and_leads_back(self, at_work: Annotator) -> None:
        before, gesture = at_work.state, object()
        place = at_work.xyz[R_WRIST].copy()
        for step in (40.0, 80.0, 30.0):
            at_work.pose.space.dragged.emit(R_WRIST, place + np.array([0, -step, 0]), gesture)
        assert at_work.xyz[R_WRIST, 1] < place[1]
        assert at_work.pose.undo_stack.count() == 1
        at_work.pose.space.dragged.emit(R_WRIST, place, gesture)
        np.testing.assert_allclose(at_work.xyz, before.pose, atol=1e-6)

    def test_a_chain_is_pulled_and_pins_hold(self, at_work: Annotator) -> None:
        at_work.key(Key.Key_I)
        assert at_work.window.settings.pose_pull
        shoulder, elbow = MPII_16.index("r_shoulder"), MPII_16.index("r_elbow")
        before = at_work.xyz.copy()
        target = (before[R_WRIST] + before[shoulder]) / 2
        at_work.pose.space.dragged.emit(R_WRIST, target, object())
        np.testing.assert_allclose(at_work.xyz[R_WRIST], target, atol=0.01)
        np.testing.assert_allclose(at_work.xyz[shoulder], before[shoulder], atol=1e-6)
        assert np.linalg.norm(at_work.xyz[elbow] - before[elbow]) > 1

    def test_a_joint_moved_in_the_photo_lifts_an_untouched_pose_again(self, at_work: Annotator) -> None:
        before = at_work.state
        x, y = before.joints[R_WRIST]
        gesture = object()
        at_work.pose.tool.moved.emit(R_WRIST, x + 5, y, gesture)
        at_work.pose.tool.moved.emit(R_WRIST, x + 9, y - 4, gesture)
        at_work.settle()
        np.testing.assert_allclose(at_work.state.joints[R_WRIST], [x + 9, y - 4])
        assert at_work.state.joints_from[R_WRIST] == "edited"
        assert not np.array_equal(at_work.xyz, before.pose)
        assert at_work.pose.undo_stack.count() == 1

    def test_a_joint_moved_in_the_photo_leaves_what_the_hand_made(self, at_work: Annotator) -> None:
        at_work.key(Key.Key_Q)
        at_work.key(Key.Key_D)
        pose = at_work.xyz
        x, y = at_work.state.joints[L_KNEE]
        at_work.pose.tool.moved.emit(L_KNEE, x + 5, y, object())
        assert np.array_equal(at_work.xyz, pose)
        at_work.key(Key.Key_K)  # the right arm stays
        at_work.key(Key.Key_L)
        assert not np.array_equal(at_work.xyz, pose)
        bone = at_work.xyz[R_WRIST] - at_work.xyz[MPII_16.index("r_elbow")]
        np.testing.assert_allclose(bone, pose[R_WRIST] - pose[MPII_16.index("r_elbow")], atol=1e-6)

    def test_the_pose_of_the_person_before_is_copied_into_this_body(self, at_work: Annotator) -> None:
        at_work.key(Key.Key_Q)
        at_work.key(Key.Key_D)
        at_work.key(Key.Key_PageDown)
        at_work.key(Key.Key_G)
        assert set(at_work.state.pose_from) == {"copied"}

    def test_hypotheses_are_lifted_flipped_and_read(self, at_work: Annotator) -> None:
        names = [c.name for c in at_work.pose.hypotheses.candidates]
        assert names[0] == "lifted"
        assert any("flip" in name for name in names)
        assert sum(c.source == "predicted" for c in at_work.pose.hypotheses.candidates) == 4
        at_work.key(Key.Key_2)
        np.testing.assert_allclose(at_work.xyz, at_work.pose.hypotheses.candidates[1].pose)

    def test_the_next_person_is_read_before_anybody_asks(self, at_work: Annotator, poses: SomeoneMethod) -> None:
        at_work.until(lambda: len(poses.someone.looks) == 2)
        windows = [look.window for look in poses.someone.looks]
        assert windows == [at_work.pose.set.person(i).window() for i in (0, 1)]
        at_work.key(Key.Key_PageDown)
        assert any(c.source == "predicted" for c in at_work.pose.hypotheses.candidates)
        assert [look.window for look in poses.someone.looks[:2]] == windows
        assert windows[1] not in [look.window for look in poses.someone.looks[2:]]

    def test_what_the_networks_said_is_there_when_the_set_is_opened_again(
        self, at_work: Annotator, poses: SomeoneMethod, project: Path
    ) -> None:
        def sources() -> list[str]:
            return [c.source for c in at_work.pose.hypotheses.candidates]

        before = sources()
        at_work.pose.close_set()
        at_work.settle()
        poses.someone.looks.clear()
        at_work.open_set(project)
        first = at_work.person.window()
        assert sources() == before
        assert "predicted" in before
        assert first not in [look.window for look in poses.someone.looks]
        x, y = at_work.state.joints[L_KNEE]
        at_work.pose.tool.moved.emit(L_KNEE, x + 3, y, object())
        at_work.settle()
        assert sources().count("predicted") == before.count("predicted")  # asked anew, about the joints as they are
        assert at_work.person.window() in [look.window for look in poses.someone.looks]

    def test_a_limb_is_taken_from_another_hypothesis(self, at_work: Annotator) -> None:
        before = at_work.xyz.copy()
        at_work.key(Key.Key_Q)
        at_work.pose.actions_.limb_from[8].trigger()
        at_work.settle()
        source = at_work.pose.hypotheses.candidates[8].pose
        elbow = MPII_16.index("r_elbow")
        mine, theirs = at_work.xyz[R_WRIST] - at_work.xyz[elbow], source[R_WRIST] - source[elbow]
        np.testing.assert_allclose(mine / np.linalg.norm(mine), theirs / np.linalg.norm(theirs), atol=1e-9)
        np.testing.assert_allclose(at_work.xyz[L_KNEE], before[L_KNEE], atol=1e-9)

    def test_history_is_there_when_one_comes_back(self, at_work: Annotator) -> None:
        before = at_work.state
        at_work.key(Key.Key_Q)
        at_work.key(Key.Key_D)
        at_work.key(Key.Key_PageDown)
        assert at_work.pose.undo_stack.count() == 0
        at_work.key(Key.Key_PageUp)
        at_work.key(Key.Key_Z, CTRL)
        assert at_work.state.same_as(before)

    def test_an_act_without_a_joint_says_what_to_do(self, at_work: Annotator) -> None:
        at_work.pose.editor.select(None)
        at_work.pose.editor.flip_limb()
        assert at_work.window.banner.kind == "warning"
        assert "Click" in at_work.window.banner.text

    def test_marks_and_notes(self, at_work: Annotator, project: Path) -> None:
        at_work.key(Key.Key_Return, CTRL)
        assert at_work.person.flagged
        at_work.key(Key.Key_T, CTRL)
        field = at_work.pose.panel.notes.field
        QTest.keyClicks(field, "left foot hidden")
        at_work.settle()
        at_work.kept()
        there = Project.open(project).people[0]
        assert (there.flagged, there.notes) == (True, "left foot hidden")
        assert at_work.pose.undo_stack.count() == 2


class TestKeeping:
    def test_what_is_computed_late_takes_nothing_away(self, at_work: Annotator) -> None:
        annotations = at_work.pose.set
        assert annotations is not None
        lifted = annotations.person(2)
        without = replace(lifted, state=replace(lifted.state, pose=None, camera=None), notes="look again")
        annotations.project.replace(2, without)
        annotations.fill({2: lifted})  # computed before the note was written
        assert annotations.person(2).notes == "look again"
        assert annotations.person(2).state.same_as(lifted.state)
        moved = joints2d.move_joint(without.state, R_WRIST, np.array([5.0, 5.0]))
        annotations.project.replace(2, replace(without, state=moved))
        annotations.fill({2: lifted})  # computed before the joint was moved
        assert annotations.person(2).state.same_as(moved)

    def test_a_change_is_in_the_journal_at_once(self, at_work: Annotator, project: Path) -> None:
        at_work.kept()
        at_work.key(Key.Key_Q)
        at_work.key(Key.Key_D)
        at_work.kept()
        there = Project.open(project)
        assert there.people[0].same_as(at_work.person)

    def test_closing_writes_what_is_left(self, at_work: Annotator, project: Path) -> None:
        at_work.key(Key.Key_Q)
        at_work.key(Key.Key_D)
        state = at_work.state
        at_work.window.close()
        assert Project.open(project).people[0].state.same_as(state)
        assert not project.with_name("work.json.lock").exists()

    def test_a_full_disk_loses_nothing_and_is_told(
        self, at_work: Annotator, project: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        at_work.kept()
        append = Project.append

        def full(self: Project, batch: object) -> None:
            monkeypatch.setattr(Project, "append", append)
            self._unwritten.update(batch.indices)  # type: ignore[attr-defined]
            raise OutputError("The disk is full.", "Free some space.")

        monkeypatch.setattr(Project, "append", full)
        at_work.key(Key.Key_Q)
        at_work.key(Key.Key_D)
        at_work.until(lambda: at_work.window.banner.kind == "warning")
        assert "The disk is full" in at_work.window.banner.text
        assert not at_work.pose.set.clean
        assert at_work.pose.set.finish()
        assert Project.open(project).people[0].same_as(at_work.person)


class TestOnePhoto:
    def test_the_person_in_it_is_read_and_can_be_fixed(self, annotator: Annotator, tmp_path: Path) -> None:
        write_photos(tmp_path)
        annotator.window.open([tmp_path / "b.png"])
        annotator.until(lambda: annotator.pose.person is not None and annotator.pose.person.state.pose is not None)
        annotator.settle()
        assert not annotator.pose.in_set
        assert set(annotator.state.pose_from) == {"predicted"}
        assert set(annotator.state.joints_from) == {"detected"}
        before = annotator.state
        annotator.key(Key.Key_X)
        annotator.key(Key.Key_D)
        assert not annotator.state.same_as(before)
        annotator.key(Key.Key_Z, CTRL)
        assert annotator.state.same_as(before)

    def test_nothing_is_read_before_the_workspace_is_turned_to(
        self, window: MainWindow, qtbot: QtBot, tmp_path: Path, poses: object
    ) -> None:
        write_photos(tmp_path)
        window.open([tmp_path / "b.png"])
        qtbot.waitUntil(lambda: window.workbench.document is not None)
        qtbot.waitUntil(lambda: all(worker.idle for worker in window.workers))
        assert poses.someone.looks == []  # type: ignore[attr-defined]
        window.workbench.turn_to("pose")
        qtbot.waitUntil(lambda: bool(poses.someone.looks))  # type: ignore[attr-defined]
        qtbot.waitUntil(lambda: all(worker.idle for worker in window.workers))
